//! Linux's callers: `commit_tail+0x3d/0x70 [drm_kms_helper]`, with or without their addresses in front.

use crate::frame::Frame;
use crate::model::Builder;
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

/// Whether a line is a caller with offset and size, as only the kernel prints it: `dc_log+0x12/0xb0 [amdgpu]`.
pub(super) fn is_caller(line: &str) -> bool {
    let rest = behind_addresses(line);
    let (place, module) = text::word(rest.strip_prefix("? ").unwrap_or(rest));
    let Some((function, at)) = text::split_once(place, "+0x") else {
        return false;
    };
    let name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let hex = |digits: &str| text::hex(digits).is_some();
    !function.is_empty()
        && function.bytes().all(name)
        && at
            .split_once("/0x")
            .is_some_and(|(offset, size)| hex(offset) && hex(size))
        && (module.is_empty() || module.starts_with('[') && module.ends_with(']'))
}

/// Without `[<ffffffff815daee8>] ` in front, once or twice.
pub(super) fn behind_addresses(rest: &str) -> &str {
    let mut rest = rest.trim_start();
    while let Some((_, behind)) = rest
        .strip_prefix("[<")
        .and_then(|inner| inner.split_once(">]"))
    {
        rest = behind.trim_start();
    }
    rest
}

/// `dc_log+0x12/0xb0 [amdgpu]`: name, offset and size, the kernel's module.
pub(super) fn named<'a>(raw: &'a str, rest: &'a str) -> Option<Frame<'a>> {
    let (place, module) = text::word(rest.trim_start_matches("0x0:"));
    let (function, at) = text::split_once(place, "+0x")?;
    let offset = at.split('/').next().unwrap_or(at);
    let module = module
        .strip_prefix('[')
        .and_then(|module| module.split([']', ' ']).next());
    let fits = !function.is_empty() && text::hex(offset).is_some();
    fits.then(|| Frame {
        raw,
        function: Some(function),
        module,
        offset: text::hex(offset),
        ..Frame::default()
    })
}
