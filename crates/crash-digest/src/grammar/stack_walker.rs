//! Rows of the walker that many games use on Windows.

use super::shared::{named, path_of};
use crate::frame::Frame;
use crate::text;

/// What many games walk their stack with on Windows: `54E711F9 (hw): (filename not available): vgui::Frame::open`,
/// `00007FF6 ((module-name not available)): (filename not available): (function-name not available)`,
/// `d:\ws\ship.cpp (31): Ship::Fire`.
pub(super) fn row(line: &str) -> Option<Frame<'_>> {
    let known = |name: &&str| !text::has(name, "-name not available");
    let (front, symbol) = text::split_once(line, "): ")?;
    if let Some(symbol) = symbol.strip_prefix("(filename not available): ") {
        let (address, module) = front.split_once(" (")?;
        let fits = matches!(address.len(), 8 | 16);
        return Some(Frame {
            address: Some(text::hex(address).filter(|_| fits)?),
            module: Some(module).filter(known),
            function: Some(symbol).filter(known).and_then(named),
            ..Frame::default()
        });
    }
    let (file, number) = front.rsplit_once('(')?;
    let file = file.strip_suffix(' ').unwrap_or(file);
    // The C library's own path begins with its project: `minkernel\crts\ucrt\src\startup.cpp(219): main`.
    let rooted = file.get(1..3) == Some(":\\")
        || file.contains('\\') && !file.contains([' ', ':']) && is_of_c(file);
    let placed = rooted && path_of(file).is_some();
    let symbol = Some(symbol).filter(|symbol| placed && !symbol.is_empty())?;
    Some(Frame {
        file: Some(file),
        line: Some(number.parse().ok()?),
        function: Some(symbol).filter(known).and_then(named),
        ..Frame::default()
    })
}

/// Whether a file is one of C or C++.
fn is_of_c(file: &str) -> bool {
    let (_, end) = file.rsplit_once('.').unwrap_or_default();
    matches!(end, "c" | "cc" | "cpp" | "cxx" | "h" | "hpp" | "inl")
}
