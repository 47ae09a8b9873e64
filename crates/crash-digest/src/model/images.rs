//! Images of a process, and bare addresses: Apple prints where an exception was raised as numbers only, and the images
//! they lie in at the end of the report.

use std::collections::HashMap;

use crate::frame::Frame;
use crate::text;

/// More images than this are not kept: a process maps a few hundred.
const LIMIT: usize = 4096;

/// A library or program in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image<'a> {
    /// Its first address.
    pub start: u64,
    /// Its last address.
    pub end: u64,
    /// Its name, as frames print it.
    pub name: &'a str,
    /// Where it was loaded from, or its name.
    pub path: &'a str,
}

impl<'a> Image<'a> {
    /// Reads `0x104000000 - 0x1045fffff Starfall arm64 <2f5b…> /var/…/Starfall`; older reports print `+Starfall`.
    pub(crate) fn read(line: &'a str) -> Option<Self> {
        if !line.starts_with("0x") {
            return None;
        }
        let (start, rest) = text::split_once(line, " - ")?;
        let (end, rest) = text::word(rest.trim_start());
        let (name, rest) = text::word(rest);
        let name = name.trim_start_matches('+');
        let path = text::find(rest, " /").map_or(name, |at| rest[at..].trim());
        let path = path.trim_start_matches('+');
        (!path.is_empty()).then_some(Self {
            start: text::hex(start.trim())?,
            end: text::hex(end)?,
            name,
            path,
        })
    }
}

/// Keeps an image while there is room.
pub(super) fn keep<'a>(images: &mut Vec<Image<'a>>, image: Image<'a>) {
    if images.len() < LIMIT {
        images.push(image);
    }
}

/// Gives bare addresses their place: that of a frame which names it, or else the image around it.
pub(super) fn assign_images<'a>(frames: &mut [Frame<'a>], images: &[Image<'a>]) {
    if !frames.iter().any(is_bare) {
        return;
    }
    let mut known: HashMap<u64, Frame<'a>> = HashMap::new();
    for frame in frames.iter().filter(|frame| !is_bare(frame)) {
        if let Some(address) = frame.address {
            known.entry(address).or_insert(*frame);
        }
    }
    let mut sorted: Vec<&Image<'a>> = images.iter().collect();
    sorted.sort_by_key(|image| image.start);
    for frame in frames.iter_mut().filter(|frame| is_bare(frame)) {
        let Some(address) = frame.address else {
            continue;
        };
        if let Some(known) = known.get(&address) {
            *frame = Frame {
                raw: frame.raw,
                ..*known
            };
            continue;
        }
        let behind = sorted.partition_point(|image| image.start <= address);
        let around = behind.checked_sub(1).and_then(|at| sorted.get(at));
        if let Some(image) = around.filter(|image| address <= image.end) {
            frame.module = Some(image.path);
            frame.offset = Some(address - image.start);
        }
    }
}

/// An absolute address and nothing else.
fn is_bare(frame: &Frame<'_>) -> bool {
    frame.module.is_none()
        && frame.function.is_none()
        && frame.file.is_none()
        && frame.address.is_some_and(|address| address >> 32 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_read_with_their_paths() {
        let read =
            |line| Image::read(line).map(|image| (image.start, image.end, image.name, image.path));
        assert_eq!(
            read("0x104900000 - 0x104f3ffff Starfall arm64  <5ca1> /var/My App.app/Starfall"),
            Some((
                0x1_0490_0000,
                0x1_04f3_ffff,
                "Starfall",
                "/var/My App.app/Starfall"
            ))
        );
        assert_eq!(
            read("0x100 -        0x1ff +Starfall arm64"),
            Some((0x100, 0x1ff, "Starfall", "Starfall"))
        );
        for line in ["", "0x1", "0x1 - ", "0x1 - 0x2", "0xzz - 0x2 a", "1 - 2 a"] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
