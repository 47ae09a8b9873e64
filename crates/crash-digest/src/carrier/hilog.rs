//! HarmonyOS' log: each tag has the domain in front, and the process in newer ones: `A00000/com.acme.orbit/Dock`.

use std::collections::HashSet;

use super::log_source::is_domain;
use super::logcat;
use crate::text;

/// Whether one of the tags has a domain.
pub(super) fn is_of(tags: &HashSet<&str>) -> bool {
    tags.iter().any(|tag| is_domain(tag))
}

/// The process that a tag names.
pub(super) fn process(tag: &str) -> Option<&str> {
    let mut parts = tag.split('/');
    let process = parts.nth(1).filter(|_| parts.next().is_some())?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    (is_domain(tag) && process.contains('.') && process.bytes().all(plain)).then_some(process)
}

/// The last error that the app itself wrote a few lines above the report that these tags hold: the domains of apps begin with `A`,
/// the system's with `C`.
pub(super) fn error_before<'a>(
    text: &'a str,
    tags: &HashSet<&str>,
    inner: impl Fn(&'a str) -> &'a str,
) -> Option<&'a str> {
    const NEAR: usize = 16;
    is_of(tags).then_some(())?;
    let mut found = None;
    for (at, line) in text::lines(text).enumerate() {
        let Some(parts) = logcat::read(inner(line)) else {
            continue;
        };
        let said = text::trim(parts.message);
        if tags.contains(parts.tag) && crate::model::names_exception(said) {
            let (said, from, by) = found?;
            return (at - from <= NEAR && process(parts.tag) == Some(by)).then_some(said);
        }
        let of_app = parts.level == b'E' && parts.tag.starts_with('A') && !tags.contains(parts.tag);
        if let Some(by) = process(parts.tag).filter(|_| of_app && !said.is_empty()) {
            found = Some((said, at, by));
        }
    }
    None
}
