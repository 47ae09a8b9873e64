//! Bare addresses and what lies there: Apple prints where an exception was raised as numbers only, and the
//! images they lie in at the end of the report.

use super::super::frame::Frame;
use super::super::text;

/// A library or program in memory.
struct Image<'a> {
    start: u64,
    /// Its last byte.
    end: u64,
    path: &'a str,
}

/// Gives bare addresses their place: that of a frame which names it, or else the image around it.
pub(super) fn assign_images<'a>(frames: &mut [Frame<'a>], text: &'a str) {
    if !frames.iter().any(is_bare) {
        return;
    }
    let known: Vec<Frame<'a>> = frames
        .iter()
        .filter(|frame| !is_bare(frame))
        .copied()
        .collect();
    let images: Vec<Image<'a>> = text::lines(text).filter_map(image).collect();
    for frame in frames.iter_mut().filter(|frame| is_bare(frame)) {
        let Some(address) = frame.address else {
            continue;
        };
        let same = known.iter().find(|known| known.address == frame.address);
        if let Some(known) = same {
            *frame = Frame {
                raw: frame.raw,
                ..*known
            };
            continue;
        }
        let around = images
            .iter()
            .find(|image| (image.start..=image.end).contains(&address));
        if let Some(image) = around {
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

/// `0x104000000 - 0x1045fffff Starfall arm64 <2f5b…> /var/…/Starfall`; older reports print `+Starfall`.
fn image(line: &str) -> Option<Image<'_>> {
    let line = text::trim(line);
    if !line.starts_with("0x") {
        return None;
    }
    let (start, rest) = line.split_once(" - ")?;
    let (end, rest) = text::word(rest.trim_start());
    let (name, rest) = text::word(rest);
    let path = rest.find(" /").map_or(name, |at| rest[at..].trim());
    let path = path.trim_start_matches('+');
    (!path.is_empty()).then_some(Image {
        start: text::hex(start.trim())?,
        end: text::hex(end)?,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_read_with_their_paths() {
        let read = |line| image(line).map(|image| (image.start, image.end, image.path));
        assert_eq!(
            read("0x104900000 - 0x104f3ffff Starfall arm64  <5ca1> /var/My App.app/Starfall"),
            Some((0x1_0490_0000, 0x1_04f3_ffff, "/var/My App.app/Starfall"))
        );
        assert_eq!(
            read("       0x100 -        0x1ff +Starfall arm64"),
            Some((0x100, 0x1ff, "Starfall"))
        );
        for line in ["", "0x1", "0x1 - ", "0x1 - 0x2", "0xzz - 0x2 a", "1 - 2 a"] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
