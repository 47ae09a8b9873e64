//! Mails in the form `quoted-printable`: signs by their number, `arg=3D0x0`, and lines that a `=` at their end breaks softly.

use crate::text;

/// Longer texts are no mails.
const LONGEST: usize = 1 << 20;
/// A line of such a mail is at most so long, and a softly broken one at least.
const WIDEST: usize = 76;
const NARROWEST: usize = 50;

/// The text of such a mail as it was written; `None` where it is none. Somebody who pastes it may write around it.
pub(super) fn decode(text: &str) -> Option<String> {
    if text.len() > LONGEST || !(text::has(text, "=\n") || text::has(text, "=\r\n")) {
        return None;
    }
    let (mut soft, mut signs) = (0_usize, 0_usize);
    for line in text::lines(text) {
        let line = line.trim_end_matches('\r');
        let mut marks = memchr::memchr_iter(b'=', line.as_bytes()).peekable();
        let coded = marks.peek().is_some();
        for at in marks {
            if at + 1 == line.len() {
                soft += usize::from((NARROWEST..=WIDEST).contains(&line.len()));
            } else if sign(&line.as_bytes()[at + 1..]).is_some() {
                signs += 1;
            } else {
                return None;
            }
        }
        if coded && line.len() > WIDEST {
            return None;
        }
    }
    if soft == 0 || soft + signs < 2 {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memchr(b'=', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let broken = [&b"\r\n"[..], b"\n"]
            .into_iter()
            .find_map(|end| rest.strip_prefix(end));
        if let Some(behind) = broken {
            rest = behind;
        } else if let Some(sign) = sign(rest) {
            out.push(sign);
            rest = &rest[2..];
        }
    }
    out.extend_from_slice(rest);
    Some(String::from_utf8_lossy(&out).into_owned())
}

/// The sign behind `=`: two digits, the letters of which are large.
fn sign(behind: &[u8]) -> Option<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    let [high, low, ..] = behind else {
        return None;
    };
    Some(digit(*high)? * 16 + digit(*low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_read_as_it_was_written() {
        let mail = "#4  0x00007f3b0c0dff8e in orbit_dock_open (bay=3D0x0) at ../src/orbit/do=\n\
                    ck.c:31\n=20\nHerr M=C3=BCller\n";
        let written = "#4  0x00007f3b0c0dff8e in orbit_dock_open (bay=0x0) at ../src/orbit/dock.c:31\n \nHerr M\u{fc}ller\n";
        assert_eq!(decode(mail).unwrap(), written);
        assert_eq!(
            decode(&mail.replace('\n', "\r\n")).unwrap(),
            written.replace('\n', "\r\n")
        );
    }

    #[test]
    fn others_are_left() {
        let wide = "#4  0x00007f3b0c0dff8e in orbit_dock_open (bay=3D0x0) at ../src/orbit/deck=\n";
        for text in [
            "eax=3D000000 ebx=20202020\nx=\n",
            "#1 0x31 in orbit_dock_open (bay=0x0, deck=31) at ../src/orbit/dock.c:31, where x=\nmore=3D\n",
            "aGVsbG8gb3JiaXQsIHRoaXMgaXMgYSBsb25nIGxpbmUgb2YgYmFzZTY0IHdpdGhvdXQgc2Vu=\nend\n",
            &format!("{wide}bay=1\n"),
            "a=3Db\n",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
