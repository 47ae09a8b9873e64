//! lldb: `frame #1: 0x0000 Moonfort`mf::Vault::open(this=0x0) + 12 at vault.cpp:19:3`.

use super::debugger::without_arguments;
use super::shared::{named, path_of, plus};
use crate::frame::Frame;
use crate::text;

/// lldb's row of a thread: `* thread #3: tid = 0x26b9, 0x00000001 Moonfort`mf_open + 8, name = 'io', …`.
pub(super) fn thread(line: &str) -> Option<Frame<'_>> {
    let rest = text::split_once(line, ", 0x")?.1;
    let (address, rest) = text::word(text::with_mark(line, rest, "0x".len())?);
    let (module, rest) = rest.split_once('`')?;
    let (symbol, offset) = plus(rest.split(',').next().unwrap_or(rest));
    Some(Frame {
        address: Some(text::hex(address)?),
        module: Some(module),
        function: named(without_arguments(symbol)),
        offset,
        ..Frame::default()
    })
}

/// `frame #1: 0x0000 Moonfort`mf::Vault::open(this=0x0) + 12 at vault.cpp:19:3`, `* frame #0: …`: lldb.
pub(super) fn frame(line: &str) -> Option<Frame<'_>> {
    let rest = line.strip_prefix('*').unwrap_or(line).trim_start();
    let (_, rest) = text::digits(rest.strip_prefix("frame #")?)?;
    let rest = rest.strip_prefix(':')?.trim_start();
    // Copies may have lost the addresses: `frame #0: Moonfort`mf::Vault::open()`.
    let (address, rest) = match text::word(rest) {
        (address, behind) if text::hex(address).is_some() => (text::hex(address), behind),
        (word, _) if text::has(word, "`") => (None, rest),
        _ => return None,
    };
    if rest.is_empty() {
        return Some(Frame {
            address,
            ..Frame::default()
        });
    }
    let (module, rest) = rest.split_once('`')?;
    // `… at dock.cpp:77:3 [opt] [artificial]`: optimised, and kept for a call that was a jump.
    let mut rest = rest;
    while let Some(front) = [" [opt]", " [artificial]"]
        .iter()
        .find_map(|mark| rest.strip_suffix(mark))
    {
        rest = front;
    }
    let (rest, file, line) = place(rest, " at ");
    let (symbol, offset) = plus(rest);
    Some(Frame {
        address,
        module: Some(module),
        function: named(without_arguments(symbol)),
        file,
        line,
        offset,
        ..Frame::default()
    })
}

/// Splits `file:line` behind the last `separator` off.
fn place<'a>(rest: &'a str, separator: &str) -> (&'a str, Option<&'a str>, Option<u32>) {
    match text::rsplit_once(rest, separator) {
        Some((front, place)) => {
            let (file, line) = text::file_line(place.trim());
            let file = path_of(file);
            if file.is_some() {
                (front.trim_end(), file, line)
            } else {
                (front.trim_end(), None, None)
            }
        }
        None => (rest, None, None),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn marks_behind_the_place_are_none_of_it() {
        let frame = super::frame(
            "frame #2: 0x0000000100003f64 Moonfort`mf::open(this=<unavailable>) at dock.cpp:77:3 [opt] [artificial]",
        )
        .unwrap();
        assert_eq!((frame.file, frame.line), (Some("dock.cpp"), Some(77)));
    }

    #[test]
    fn a_row_has_its_module_in_front_and_its_place_behind() {
        let frame = super::frame(
            "* frame #0: 0x0000000100003f20 Moonfort`mf::Vault::open(this=0x0) at vault.cpp:19:3",
        )
        .unwrap();
        assert_eq!(
            (frame.function, frame.file, frame.line),
            (Some("mf::Vault::open"), Some("vault.cpp"), Some(19))
        );
    }
}
