//! Names that are only the nearest that the printer knew: no function is as long as the offset behind it.

use crate::frame::{Frame, Language};
use crate::text;

/// No function of a program takes so many bytes: what stands there is the nearest export.
pub(super) const LONGEST: u64 = 0x4_0000;
/// No function takes so many bytes in a program that is one whole browser.
const LONGEST_OF_ALL: u64 = 0x40_0000;
/// Programs of 64 bits begin here on a Mac: a lower address counts from the image.
const LOWEST: u64 = 0x1_0000_0000;
/// Images begin at a page.
const PAGE: u64 = 0x1000;
/// What a compiler writes beside a program's functions takes less.
const LONGEST_HELPER: u64 = 0x200;

/// `WinDbg` without symbols: `orbit!Dock::open+0x1295728`, the module alone where the name is far off.
pub(super) fn without_far_export(frame: Frame<'_>) -> Frame<'_> {
    if frame.offset.is_some_and(|offset| offset >= LONGEST) {
        without_name(frame)
    } else {
        frame
    }
}

/// Apple's columns. Crashlytics counts all offsets from one place, the image's begin: what is short for sure is told by them, and
/// what is long where they count from a name.
pub(super) fn without_helper(frame: Frame<'_>) -> Frame<'_> {
    let offset = frame.offset.unwrap_or_default();
    let from_name = || {
        let start = frame.address.and_then(|at| at.checked_sub(offset));
        start.is_some_and(|start| start > LOWEST && start % PAGE != 0)
    };
    let far = offset >= LONGEST_OF_ALL && from_name()
        || offset >= LONGEST_HELPER && frame.function.is_some_and(is_helper);
    if far && frame.line.is_none() {
        without_name(frame)
    } else {
        frame
    }
}

fn without_name(frame: Frame<'_>) -> Frame<'_> {
    let named = frame.function.is_some() && frame.module.is_some();
    if !named || frame.language != Language::Native {
        return frame;
    }
    Frame {
        function: None,
        offset: of_image(frame.raw),
        ..frame
    }
}

/// Apple's newer columns count from the image as well: `0x10442c000 + 1437876 (block_destroy_helper + 992)`.
fn of_image(raw: &str) -> Option<u64> {
    let (front, _) = text::last_group(raw, b'(', b')')?;
    let (_, offset) = front.trim_end().rsplit_once(" + ")?;
    offset.parse().ok()
}

/// What compilers write for blocks, values and tables.
fn is_helper(name: &str) -> bool {
    [
        "__swift_",
        "_swift_stdlib_",
        "block_destroy_helper",
        "block_copy_helper",
        "__destroy_helper_block",
        "__copy_helper_block",
        "block_descriptor",
        "objectdestroy",
        "get_type_metadata",
        "get_witness_table",
        "symbolic _",
        "__clang_call_terminate",
        "GCC_except_table",
        "OUTLINED_FUNCTION_",
        "keypath_get",
        "keypath_set",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}
