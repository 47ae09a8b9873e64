//! Codes of colours whose first byte a form, a log or a terminal spelled out or dropped: `ESC[36m`, `\u001b[0m`, `#033[1m`, `←[31m`, `[31m`.

use memchr::memmem;

use crate::text;

/// How the escape is written; the byte itself is among them.
/// The arrow is how the console of Windows draws it.
const SPELLED: [&str; 14] = [
    "\x1b", "ESC", "<ESC>", "\\u001b", "\\u001B", "\\u{1b}", "\\x1b", "\\x1B", "\\e", "\\033",
    "#033", "^[", "\u{2190}", "\u{241b}",
];

/// What colours a line ends its colour as well.
pub(super) const ENDS: [&str; 3] = ["[0m", "[39m", "[m"];

/// The text without such codes; `None` where fewer than two stand in it, or all are the terminal's own.
pub(super) fn without(document: &str) -> Option<String> {
    ENDS.iter()
        .find_map(|end| memmem::find(document.as_bytes(), end.as_bytes()))?;
    let mut out = String::with_capacity(document.len());
    let (mut done, mut codes) = (0, 0);
    for at in memchr::memchr_iter(b'[', document.as_bytes()) {
        let Some(length) = code(&document[at..]).filter(|_| at >= done) else {
            continue;
        };
        let front = &document[done..at];
        let spelled = SPELLED.iter().find_map(|mark| front.strip_suffix(mark));
        // A name in brackets: `[main]`; a span: `[5m]`.
        if spelled.is_none() && (length < 3 || document[at + length..].starts_with(']')) {
            continue;
        }
        codes += usize::from(!front.ends_with('\x1b'));
        out.push_str(spelled.unwrap_or(front));
        done = at + length;
    }
    out.push_str(&document[done..]);
    (codes >= 2).then_some(out)
}

/// Without the terminal's own codes, `ESC [ 3 1 m` and its kin.
pub(super) fn without_real(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = text::find(rest, "\x1b[") {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 2..];
        let end = tail
            .bytes()
            .take(16)
            .position(|byte| byte.is_ascii_alphabetic());
        rest = match end {
            Some(end) => &tail[end + 1..],
            None => tail,
        };
    }
    out.push_str(rest);
    out
}

/// The length of a code of colours: `[0m`, `[1;31m`, `[38;5;208m`, `[K`.
fn code(text: &str) -> Option<usize> {
    let end = text[1..]
        .bytes()
        .take(16)
        .position(|byte| !byte.is_ascii_digit() && byte != b';')?;
    let ends = text.as_bytes()[1 + end] == b'm';
    ends.then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelled_and_cut_codes_come_off() {
        for mark in SPELLED.into_iter().skip(1).chain([""]) {
            let text = format!("{mark}[36morbit |{mark}[0m [main] no dock[5m]\n");
            let plain = "orbit | [main] no dock[5m]\n";
            assert_eq!(without(&text).as_deref(), Some(plain));
        }
        assert_eq!(without("at bays[0m\n"), None);
        assert_eq!(without("\x1b[31mno dock\x1b[0m"), None);
    }
}
