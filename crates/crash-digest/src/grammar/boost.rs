//! Boost's list of frames, and that of the standard library after it.

use super::listed::is_program;
use super::shared::{named, path_of, plus};
use crate::frame::Frame;
use crate::text;

/// Libraries of Windows that are named without their ending.
const OF_WINDOWS: [&str; 6] = [
    "KERNEL32",
    "kernel32",
    "KERNELBASE",
    "ntdll",
    "ucrtbase",
    "USER32",
];

/// Boost: ` 0# mf::Vault::open(int) at /mf/vault.cpp:19`, ` 2# 0x00007F1D in /lib/libc.so.6`, ` 3# ?? at 0x00401C70`.
pub(super) fn read(line: &str) -> Option<Frame<'_>> {
    let (_, rest) = text::digits(line)?;
    let rest = rest.strip_prefix("# ")?.trim();
    let (front, module) = match text::rsplit_once(rest, " in ") {
        Some((front, module)) if module.starts_with(['/', '.']) || is_program(module) => {
            (front, Some(module))
        }
        // Windows: `BaseThreadInitThunk in KERNEL32`.
        Some((front, module)) if OF_WINDOWS.contains(&module) && !front.contains(' ') => {
            (front, Some(module))
        }
        _ => (rest, None),
    };
    if let Some(address) = front.strip_prefix("0x").and_then(text::hex) {
        return Some(Frame {
            address: Some(address),
            module,
            ..Frame::default()
        });
    }
    let (front, file, number, address) = match text::rsplit_once(front, " at ") {
        // Without debug information: `?? at 0x00401C70`.
        Some((name, place)) if let Some(address) = place.strip_prefix("0x").and_then(text::hex) => {
            (name, None, None, Some(address))
        }
        Some((name, place)) => {
            let (file, number) = text::file_line(place);
            (name, path_of(file), number, None)
        }
        None => (front, None, None, None),
    };
    // Windows names the module in front: `orbit!mf::Vault::open+0x12`.
    let (inside, front) = match front.split_once('!') {
        Some((inside, name)) if !inside.contains([' ', '(', '<']) => (Some(inside), name),
        _ => (None, front),
    };
    let (front, offset) = if inside.is_some() {
        plus(front)
    } else {
        (front, None)
    };
    let module = module.or(inside);
    // Of the C library and of `main` it may know the name alone: `17# __libc_start_main`.
    let known = module.is_some()
        || number.is_some()
        || address.is_some()
        || text::has(front, "::")
        || matches!(front, "main" | "_start")
        || front.starts_with("__") && !front.contains(' ');
    known.then_some(Frame {
        module,
        function: named(front),
        file,
        line: number,
        address,
        offset,
        ..Frame::default()
    })
}
