//! Stacks that are names alone, one on a line: Unreal's without places, rows of App Center.

use crate::frame::{Frame, Language};
use crate::text;

/// Whether a line can begin such a stack.
pub(super) fn begins(line: &str) -> bool {
    is_qualified(line) || method_alone(line).is_some()
}

/// Whether a line can stand further down in it.
pub(super) fn goes_on(line: &str) -> bool {
    line == "<unknown>" || is_identifier(line)
}

/// A name alone as a frame.
pub(super) fn frame(name: &str) -> Frame<'_> {
    if let Some(method) = method_alone(name) {
        return Frame {
            raw: name,
            function: Some(method),
            language: Language::Java,
            ..Frame::default()
        };
    }
    Frame {
        raw: name,
        function: (name != "<unknown>").then_some(name.strip_suffix("()").unwrap_or(name)),
        ..Frame::default()
    }
}

/// `RenderingThreadMain` between qualified names.
fn is_identifier(line: &str) -> bool {
    line.len() <= 120
        && line.bytes().any(|byte| byte.is_ascii_lowercase())
        && line
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `FOutputDevice::Serialize`, `UE::Tasks::Private::FTaskBase::TryExecuteTask`: nothing else on the line, but for the brackets
/// of `std::__1::__function::__func<>::operator()()`.
fn is_qualified(line: &str) -> bool {
    let called = line.strip_suffix("()");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'~');
    let template = |byte: u8| called.is_some() && matches!(byte, b'<' | b'>' | b'(' | b')');
    line.len() <= 200
        && !line.starts_with(':')
        && called
            .unwrap_or(line)
            .bytes()
            .all(|byte| plain(byte) || template(byte))
        && text::has(line, "::")
}

/// Rows of Visual Studio App Center without a place: `com.acme.orbit.MainActivity$8.onError;`.
fn method_alone(line: &str) -> Option<&str> {
    let method = line.strip_suffix(';')?;
    let fits = method.len() <= 200
        && method.bytes().filter(|byte| *byte == b'.').count() >= 2
        && !method.starts_with('.')
        && method
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$'));
    fits.then_some(method)
}
