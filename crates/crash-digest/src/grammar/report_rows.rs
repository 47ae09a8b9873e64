//! Rows of the tables that handlers of exceptions write on Windows: address, frame, and what stands there.

use super::shared::{named, path_of};
use crate::frame::Frame;
use crate::text;

/// The rows of an old handler of Windows: address, frame, section and offset, module: `006CFAE5 0012FBEC 0001:002CEAE5 D:\Orbit.exe`.
pub(super) fn logical(line: &str) -> Option<Frame<'_>> {
    let number = |word: &str| text::hex(word).filter(|_| matches!(word.len(), 8 | 16));
    let (address, rest) = text::word(line);
    let address = number(address)?;
    let (frame, rest) = text::word(rest.trim_start());
    number(frame)?;
    let (place, module) = text::word(rest.trim_start());
    let (section, offset) = place.split_once(':')?;
    let module = module.trim();
    let fits = section.len() == 4 && number(offset).is_some() && module.contains(['\\', '/', '.']);
    fits.then_some(Frame {
        address: Some(address),
        module: Some(module),
        offset: number(offset),
        ..Frame::default()
    })
}

/// A row of a Windows exception report:
/// `00000001707DD029  000000000017E4E0  mf::Vault::open+29  d:\mf\src\vault.cpp line 101`.
pub(super) fn report_row(line: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::word(line);
    let (frame, rest) = text::word(rest);
    let both = address.len() >= 8 && frame.len() >= 8;
    let address = both.then(|| text::hex(address))??;
    text::hex(frame)?;
    // Rows of modules begin with base and size: `77200000 001A4000 C:\Windows\ntdll.dll`.
    if line.get(5..8) == Some("000") && frame.ends_with("000") && rest.get(1..3) == Some(":\\") {
        return None;
    }
    let (rest, file, line) = match text::rsplit_once(rest, " line ") {
        Some((front, number)) => {
            let (function, file) = front.trim_end().split_once("  ").unwrap_or((front, ""));
            (function, path_of(file.trim()), number.trim().parse().ok())
        }
        None => (rest.trim(), None, None),
    };
    if rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (function, offset) = match rest.rsplit_once('+') {
        Some((front, back)) if !front.ends_with("operator") => {
            (front.trim_end(), text::hex(back.trim()))
        }
        _ => (rest, None),
    };
    let frame = Frame {
        address: Some(address),
        file,
        line: line.filter(|_| file.is_some()),
        offset,
        ..Frame::default()
    };
    // Older reports put section and module there: `0001:004DB029 D:\mf\bin\moonserver.exe`.
    match function.split_once(' ') {
        Some((section, module)) if section.contains(':') => Some(Frame {
            module: Some(module.trim()),
            ..frame
        }),
        _ => Some(Frame {
            function: named(function),
            ..frame
        }),
    }
}

/// A row of the stack's memory and no place in a program: `34888CA0 000000CB E85417FB 00007FF6`.
pub(super) fn is_memory(line: &str) -> bool {
    const WORD: usize = 8;
    let apart = |at: usize| line.as_bytes().get(at) == Some(&b' ');
    apart(WORD)
        && apart(2 * WORD + 1)
        && line.trim_end().len() > 3 * WORD
        && line
            .split_ascii_whitespace()
            .all(|word| word.len() == WORD && text::hex(word).is_some())
}
