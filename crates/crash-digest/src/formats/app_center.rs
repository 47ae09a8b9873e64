//! Rows of stacks in issues that Visual Studio App Center writes.

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
