//! What Android's tools look up for a sanitizer's frame and put behind it: `(BuildId: 8a73) (inlined) open [src/dock.c:31 + 0xc]`.

use super::shared::{named, path_of};
use crate::frame::{Frame, Note};
use crate::text;

/// Function and place behind the library in brackets and its build id; nothing where no place ends the line.
pub(super) fn behind_library(rest: &str) -> Frame<'_> {
    let mut rest = rest.trim_end();
    if !rest.ends_with(']') {
        return Frame::default();
    }
    // The library's own bracket, and that of the build id.
    let Some((_, behind)) = text::split_once(rest, ") ") else {
        return Frame::default();
    };
    rest = behind.trim_start();
    if rest.starts_with("(BuildId:") {
        rest = text::split_once(rest, ") ").map_or("", |(_, behind)| behind.trim_start());
    }
    let (inlined, rest) = match rest.strip_prefix("(inlined) ") {
        Some(rest) => (Note::Inlined, rest),
        None => (Note::None, rest),
    };
    name_and_place(rest).map_or_else(Frame::default, |frame| Frame {
        note: inlined,
        ..frame
    })
}

/// `open [src/dock.c:31 + 0xc]`: the number behind the place is the instruction's in its line.
pub(crate) fn name_and_place(line: &str) -> Option<Frame<'_>> {
    let (name, place) = line.strip_suffix(']')?.rsplit_once(" [")?;
    let (place, offset) = text::rsplit_once(place, " + 0x")?;
    text::hex(offset)?;
    let (file, number) = text::file_line(place);
    let file = path_of(file)?;
    (number.is_some() && !name.is_empty()).then(|| Frame {
        function: named(name),
        file: Some(file),
        line: number,
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_up_stands_behind_the_library() {
        let read = |line| {
            let frame = behind_library(line);
            (frame.function, frame.line, frame.note == Note::Inlined)
        };
        let cases = [
            (
                "(/lib/liborbit.so+0x25bcc) (BuildId: 558b) dock_open [src/dock.c:31 + 0x0]",
                (Some("dock_open"), Some(31), false),
            ),
            (
                "(/lib/liborbit.so+0x25bcc) (inlined) orbit::Dock::open(int) [C:/ws/dock.cpp:7 + 0xc]",
                (Some("orbit::Dock::open(int)"), Some(7), true),
            ),
            (
                "(/lib/liborbit.so+0x25bcc) (BuildId: 558b)",
                (None, None, false),
            ),
            (
                "(/lib/liborbit.so+0x25bcc) [arm64-v8a]",
                (None, None, false),
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(read(line), expected, "{line}");
        }
    }
}
