//! Linux's callers: `commit_tail+0x3d/0x70 [drm_kms_helper]`, with or without their addresses in front.

use crate::frame::Frame;
use crate::model::{Builder, RelatedKind};
use crate::text;

/// One of Linux's callers: `commit_tail+0x3d/0x70 [drm_kms_helper]`, `[<ffffffff8143d5d1>] drm_ioctl+0x131/0x4c0`; a
/// question mark says that it may be none. On 32 bits `(put_page) from [<c01>] (free+0x44/0x48)`.
pub(super) fn caller<'a>(out: &mut Builder<'a>, line: &'a str) {
    let rest = behind_addresses(line);
    if rest.starts_with("? ") || rest.starts_with('<') {
        return;
    }
    let rest = match text::split_once(rest, " from ") {
        Some((inner, _)) if !out.has_frames() => inner,
        Some((_, outer)) => behind_addresses(outer),
        None => rest,
    };
    let rest = rest.strip_prefix('(').map_or(rest, |inner| {
        inner.split_once(')').map_or(inner, |(inner, _)| inner)
    });
    let frame = named(line, rest);
    // Some processors' callers begin with the function itself.
    if let (Some(frame), [first]) = (frame, out.stack.frames.as_slice())
        && (first.function, first.offset) == (frame.function, frame.offset)
    {
        return;
    }
    match frame {
        Some(frame) => out.frame(frame),
        None => out.stack.unrecognized.push(line),
    }
}

/// What a sanitizer's stack beside that of the access is, by its heading: `Allocated by task 4711`, `Freed by task 12`.
pub(super) fn beside(title: &str) -> Option<RelatedKind> {
    if title.starts_with("Allocated by task ") {
        Some(RelatedKind::AllocatedBy)
    } else if title.starts_with("Freed by task ") {
        Some(RelatedKind::FreedBy)
    } else if is_race(title) {
        Some(RelatedKind::PreviousAccess)
    } else if title == "Uninit was created at" || title == "Uninit was stored to memory at" {
        Some(RelatedKind::OriginOf)
    } else {
        None
    }
}

/// Whether a line is a caller with offset and size, as only the kernel prints it: `dc_log+0x12/0xb0 [amdgpu]`.
pub(super) fn is_caller(line: &str) -> bool {
    let rest = behind_addresses(line);
    // `(put_page) from [<c01>] (free+0x44/0x48)`, of newer ones `put_page from free+0x44/0x48`.
    let rest = match text::split_once(rest, " from ") {
        Some((inner, outer)) if !inner.contains(' ') => {
            let outer = behind_addresses(outer);
            outer.strip_prefix('(').map_or(outer, |outer| {
                outer.split_once(')').map_or(outer, |(place, _)| place)
            })
        }
        _ => rest,
    };
    let (place, module) = text::word(rest.strip_prefix("? ").unwrap_or(rest));
    let Some((function, at)) = text::split_once(place, "+0x") else {
        return false;
    };
    let name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let hex = |digits: &str| text::hex(digits).is_some();
    let module = module
        .strip_suffix("(unreliable)")
        .unwrap_or(module)
        .trim_end();
    !function.is_empty()
        && function.bytes().all(name)
        && at
            .split_once("/0x")
            .is_some_and(|(offset, size)| hex(offset) && hex(size))
        && (module.is_empty()
            || module.starts_with('[') && module.ends_with(']')
            || source(module).is_some())
}

/// Without `[<ffffffff815daee8>] ` in front, on other processors `[c000000000159400] `, once or twice.
fn behind_addresses(rest: &str) -> &str {
    let mut rest = rest.trim_start();
    while let Some((address, behind)) = rest
        .strip_prefix('[')
        .and_then(|inner| inner.split_once(']'))
    {
        let marked = address.starts_with('<') && address.ends_with('>');
        if !marked && !is_address(address) {
            break;
        }
        rest = behind.trim_start();
    }
    rest
}

/// Whether a register's whole value stands there.
fn is_address(word: &str) -> bool {
    matches!(word.len(), 8 | 16) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Where the processor was, as its kind names the register: `RIP: 0010:dc_log+0x12/0xb0 [amdgpu]`, `pc : memset+0x16c/0x188`,
/// `NIP [c000000000ac0ce8] dbs_update+0x18/0xf0`, `epc   : 80123456 dock_open+0x18/0x80`,
/// `Krnl PSW : 0704c00180000000 00000000001a2b3c (dock_open+0x12/0x34)`, `TPC: <dock_open+0x8/0x20>`.
pub(super) fn counter(line: &str) -> Option<&str> {
    let behind = |labels: &[&str]| labels.iter().find_map(|label| line.strip_prefix(label));
    if let Some(rest) = behind(&["RIP  ", "EIP is at ", "PC is at ", "NIP "]) {
        return Some(behind_addresses(rest));
    }
    let (label, rest) = line.split_once(':')?;
    match label.trim_end() {
        "RIP" | "EIP" | "IP" | "pc" | "epc" | "ERA" => {}
        "Krnl PSW" => return Some(text::split_once(rest, " (")?.1.trim_end_matches(')')),
        "TPC" => return Some(rest.trim().trim_start_matches('<').trim_end_matches('>')),
        _ => return None,
    }
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("0010:").unwrap_or(rest);
    Some(behind_addresses(behind_value(rest)))
}

/// Who called it, by a register: `lr : seq_printf+0x3c/0x5c`, `LR [c000000000159748] dock_update+0x4a8/0x5f0`.
pub(super) fn link(line: &str) -> Option<&str> {
    if let Some(rest) = ["LR is at ", "LR ["]
        .iter()
        .find_map(|label| line.strip_prefix(label))
    {
        return Some(rest.split_once("] ").map_or(rest, |(_, rest)| rest));
    }
    let (label, rest) = line.split_once(':')?;
    let caller = behind_value(rest.trim_start());
    // A register alone is no place.
    (matches!(label.trim_end(), "lr" | "ra") && text::has(caller, "+0x")).then_some(caller)
}

/// Without the register's bare value in front of the place: `80123456 dock_open+0x18/0x80`.
fn behind_value(rest: &str) -> &str {
    let (value, place) = text::word(rest);
    if is_address(value) && !place.is_empty() {
        place
    } else {
        rest
    }
}

/// Whether a sanitizer says what it found, and whether the callers follow: `Write of size 4 at addr ffff88801c2a3c40 by task quay/4711`,
/// `index 4 is out of range for type 'u8 [4]'`, `write to 0xffff88801c2a3c40 of 4 bytes by task 12 on cpu 0:`.
pub(super) fn found(line: &str) -> (bool, bool) {
    let access = ["Read of size ", "Write of size "];
    let known = access.iter().any(|start| line.starts_with(start)) && text::has(line, " at addr ");
    let index = line.starts_with("index ") && text::has(line, " is out of range for type ");
    let race = line.strip_suffix(':').is_some_and(is_race);
    (known || index || race, race)
}

/// One of the accesses of a data race: `write to 0xffff88801c2a3c40 of 4 bytes by task 12 on cpu 0`.
fn is_race(title: &str) -> bool {
    [
        "read to 0x",
        "write to 0x",
        "read-write to 0x",
        "read (marked) to 0x",
        "write (marked) to 0x",
    ]
    .iter()
    .any(|start| title.starts_with(start))
}

/// `dc_log+0x12/0xb0 [amdgpu]`: name, offset and size, the kernel's module. A script that looks the places up puts them behind,
/// and adds what was inlined: `dock_open+0x12/0xb0 fs/moon/dock.c:31`, `hold include/moon.h:7 [inline]`,
/// `dock_open (fs/moon/dock.c:31 fs/moon/dock.c:40) moonfs`.
pub(super) fn named<'a>(raw: &'a str, rest: &'a str) -> Option<Frame<'a>> {
    let (place, behind) = text::word(rest.trim_start_matches("0x0:"));
    let source = source(behind);
    let (file, line) = source.unwrap_or_default();
    let Some((function, at)) = text::split_once(place, "+0x") else {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
        let module = behind
            .rsplit_once(") ")
            .map(|(_, module)| module.trim_matches(['[', ']']));
        let known = source.is_some() && !place.is_empty() && place.bytes().all(plain);
        return known.then_some(Frame {
            raw,
            function: Some(place),
            module,
            file,
            line,
            ..Frame::default()
        });
    };
    let offset = at.split('/').next().unwrap_or(at);
    let module = behind
        .strip_prefix('[')
        .and_then(|module| module.split([']', ' ']).next());
    let fits = !function.is_empty() && text::hex(offset).is_some();
    fits.then(|| Frame {
        raw,
        function: Some(function),
        module,
        file,
        line,
        offset: text::hex(offset),
        ..Frame::default()
    })
}

/// File and line that a script looked up: `fs/moon/dock.c:31 [inline]`, `(fs/moon/dock.c:31 (discriminator 3))`.
fn source(behind: &str) -> Option<(Option<&str>, Option<u32>)> {
    let first = text::word(behind.strip_prefix('(').unwrap_or(behind)).0;
    let first = first.trim_end_matches(')');
    let (file, line) = text::file_line(first.trim_end_matches(":?"));
    let known = [".c", ".h", ".S", ".rs"]
        .iter()
        .any(|end| file.ends_with(end));
    // The script found the file and not the line: `(fair.c:?)`.
    if known && first.ends_with(":?") {
        return Some((Some(file), None));
    }
    line.filter(|_| known).map(|line| (Some(file), Some(line)))
}
