//! The printers' grammars: one line in, one frame out, or nothing when the line is something else.
//!
//! No grammar looks at another line, none uses a regular expression, none copies.

mod csharp;
mod java;
mod native;
mod script;
mod windows;

use super::frame::Frame;
use super::text;

/// A frame cannot be longer than this; what is longer is data that happens to start like one.
const LONGEST: usize = 16 * 1024;

/// Reads one trimmed line.
pub(super) fn read(line: &str) -> Option<Frame<'_>> {
    if line.len() > LONGEST {
        return None;
    }
    let frame = match line.as_bytes() {
        [b'#', ..] => native::numbered(line),
        [b'a', b't', b' ' | b'\t', ..] => called(line[3..].trim_start()),
        [b'n', b'a', b't', b'i', b'v', b'e', b':', ..] => native::numbered(line[7..].trim_start()),
        [b'0', b'x' | b'X', ..] => windows::addressed(line),
        [b'0'..=b'9', ..] => counted(line),
        [b'[', ..] => bracketed(line),
        [b'(', ..] => csharp::wrapper(line).or_else(|| script::tail_call(line)),
        [] => None,
        _ => plain(line),
    };
    frame.map(|frame| Frame { raw: line, ..frame })
}

/// Behind `at`: Java, C#, JavaScript.
fn called(rest: &str) -> Option<Frame<'_>> {
    java::read(rest)
        .or_else(|| script::javascript(rest))
        .or_else(|| csharp::read(rest, true))
}

/// A leading number: Apple's crash reports, `WinDbg`, `minidump_stackwalk`, Rust's own backtrace.
fn counted(line: &str) -> Option<Frame<'_>> {
    let (_, rest) = text::digits(line)?;
    if let Some(name) = rest.strip_prefix(": ") {
        return native::rust(name.trim_start());
    }
    match rest.as_bytes().first() {
        Some(b' ' | b'\t') => {
            native::apple(rest.trim_start()).or_else(|| windows::numbered(rest.trim_start()))
        }
        // `000000000004a1b8  /system/lib64/libc.so (abort+164)`, and WinDbg's `00000000`0012f8a0 …`.
        _ => native::bare(line).or_else(|| windows::numbered(line)),
    }
}

fn bracketed(line: &str) -> Option<Frame<'_>> {
    if let Some(rest) = line.strip_prefix("[Callstack]") {
        return windows::addressed(rest.trim_start());
    }
    script::lua(line)
}

/// No decoration at all: thread files of crash SDKs print `android.os.Looper.loop(Looper.java:123)`.
fn plain(line: &str) -> Option<Frame<'_>> {
    java::read(line)
        .or_else(|| script::lua(line))
        .or_else(|| windows::module_function(line))
        .or_else(|| native::bare(line))
        .or_else(|| csharp::read(line, false))
        .or_else(|| script::at_sign(line))
}
