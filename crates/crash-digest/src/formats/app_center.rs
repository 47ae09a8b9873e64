//! Issues that Visual Studio App Center writes: the stack first, then the exception under a heading of its own.

use crate::model::{self, Builder};

/// The heading over the exception.
pub(super) const REASON: &str = "### Reason ###";

/// The line behind that heading; `false` where the crash has a name already.
pub(super) fn reason<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if out.section().exception.name.is_some() {
        return false;
    }
    out.section().exception = model::read_exception(line);
    out.cut();
    true
}

/// Rows of Visual Studio App Center without a place: `com.acme.orbit.MainActivity$8.onError;`.
pub(super) fn method_alone(line: &str) -> Option<&str> {
    let method = line.strip_suffix(';')?;
    let fits = method.len() <= 200
        && method.bytes().filter(|byte| *byte == b'.').count() >= 2
        && !method.starts_with('.')
        && method
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$'));
    fits.then_some(method)
}
