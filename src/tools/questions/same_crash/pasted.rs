//! Frames as people paste them from a chat: this server's own lines, `>  0 orbit::Dock::open  Source/Dock.cpp:12`, or a name
//! alone, `orbit::Dock::open()`.

use std::borrow::Cow;
use std::fmt::Write as _;

/// More lines are a crash text of their own.
const MOST: usize = 120;

/// The text with such lines written as a debugger prints frames; any other text as it is.
pub(super) fn as_frames(text: &str) -> Cow<'_, str> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(MOST + 1)
        .collect();
    let rows: Vec<Option<Row<'_>>> = lines.iter().map(|line| Row::read(line)).collect();
    let known = rows.iter().flatten().count();
    let marked = rows
        .iter()
        .flatten()
        .any(|row| row.number.is_some() && (row.marked || row.place.is_some()));
    let names = rows
        .iter()
        .all(|row| row.as_ref().is_some_and(|row| row.number.is_none()));
    let fits = known > 0
        && lines.len() <= MOST
        && (names || marked && known * 2 >= lines.len().saturating_sub(known.min(3)));
    if !fits {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut number = 0;
    for (line, row) in lines.iter().zip(rows) {
        if let Some(row) = row {
            row.write(&mut out, number);
            number += 1;
        } else if number == 0 {
            // What was thrown stands above.
            out.push_str(line);
            out.push('\n');
        }
    }
    Cow::Owned(out)
}

/// A frame for reading.
struct Row<'a> {
    number: Option<u32>,
    /// It has the mark of own code or of a slice.
    marked: bool,
    name: &'a str,
    place: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let own = line.strip_prefix('>').map(str::trim_start);
        let rest = own.unwrap_or(line);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest.get(..digits).and_then(|digits| digits.parse().ok());
        let (sliced, rest) = match rest.get(digits..)?.strip_prefix('>') {
            Some(rest) if digits > 0 => (true, rest),
            _ => (false, &rest[digits..]),
        };
        if number.is_some() && !rest.starts_with(' ') || number.is_none() && own.is_some() {
            return None;
        }
        let rest = rest.trim_start();
        let rest = if number.is_none() {
            rest.strip_prefix("at ").unwrap_or(rest)
        } else {
            rest
        };
        let (name, place) = match rest.split_once("  ") {
            Some((name, place)) => (name, Some(place.trim())),
            None => (rest, None),
        };
        let place = place.filter(|place| !place.is_empty());
        let printed = place.is_none_or(|place| !place.starts_with("0x") && !place.contains("  "));
        (printed && is_name(name)).then_some(Self {
            number,
            marked: own.is_some() || sliced,
            name,
            place,
        })
    }

    fn write(&self, out: &mut String, number: usize) {
        let name = self.name.strip_suffix("()").unwrap_or(self.name);
        let java = [".java:", ".kt:", ".scala:"];
        let _ = match self.place {
            Some(place) if java.iter().any(|kind| place.contains(kind)) => {
                let file = place.rsplit(['/', '\\']).next().unwrap_or(place);
                writeln!(out, "at {name}({file})")
            }
            None if is_dotted(name) => writeln!(out, "at {name}(Unknown Source)"),
            Some(place) if place.contains(':') => writeln!(out, "#{number} {name}() at {place}"),
            _ => writeln!(out, "#{number} {name}()"),
        };
    }
}

/// A qualified name of any language: `orbit::Dock::open()`, `com.acme.orbit.Dock.open`.
fn is_name(name: &str) -> bool {
    let name = name.strip_suffix("()").unwrap_or(name);
    let plain = |c: char| c.is_alphanumeric() || "_:.<>~$-[]…".contains(c);
    name.len() <= 300
        && name.starts_with(|c: char| c.is_alphabetic() || "_~<-[".contains(c))
        && name.chars().all(plain)
        && (name.contains("::") || name.matches('.').count() >= 2 || is_dotted(name))
}

/// Whether it is a method of Java: `com.acme.orbit.Dock.open`.
fn is_dotted(name: &str) -> bool {
    !name.contains("::")
        && name.matches('.').count() >= 2
        && name.starts_with(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_our_own_lines_become_frames() {
        let cases = [
            ("orbit::Dock::open()", "#0 orbit::Dock::open()\n"),
            ("orbit::Dock::open", "#0 orbit::Dock::open()\n"),
            ("at orbit::Dock::open()", "#0 orbit::Dock::open()\n"),
            (
                "com.acme.orbit.Dock.open",
                "at com.acme.orbit.Dock.open(Unknown Source)\n",
            ),
            (
                ">  0 orbit::Dock::open  Source/Dock.cpp:12\n     … 3 engine\n   4 orbit::run  liborbit.so",
                "#0 orbit::Dock::open() at Source/Dock.cpp:12\n#1 orbit::run()\n",
            ),
            (
                "SIGSEGV (SEGV_MAPERR)\n6> orbit::Dock::open  Source/Dock.mm:131",
                "SIGSEGV (SEGV_MAPERR)\n#0 orbit::Dock::open() at Source/Dock.mm:131\n",
            ),
            (
                "0 com.acme.orbit.Dock.open  Dock.java:146",
                "at com.acme.orbit.Dock.open(Dock.java:146)\n",
            ),
        ];
        for (pasted, frames) in cases {
            assert_eq!(as_frames(pasted), frames, "{pasted}");
        }
    }

    #[test]
    fn crash_texts_stay_as_they_are() {
        let texts = [
            "#00 pc 0001 /data/lib/liborbit.so (orbit::Dock::open()+4)",
            "java.lang.IllegalStateException: no dock\n\tat com.acme.Dock.open(Dock.java:7)",
            "0   Orbit   0x0000000100a1c2d4 orbit::Dock::open() + 12\n1   Orbit   0x0000000100a1c2d8 main + 4",
            "libUE4.so!orbit::Dock::open(float) [Dock.cpp:412]",
            "the dock is closed",
            "",
        ];
        for text in texts {
            assert!(matches!(as_frames(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
