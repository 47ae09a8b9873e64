//! What an app of Android printed itself with `printStackTrace`, and went on: nothing in the log ended its process.

use super::logcat;
use crate::text;

/// Who printed what was thrown, where the program printed it itself and went on: `W/System.err of thread 4155`. `inner` takes
/// off what stands around the log's own columns.
pub(super) fn printed<'a>(text: &'a str, inner: impl Fn(&'a str) -> &'a str) -> Option<String> {
    let ended = ["AndroidRuntime", "Fatal signal ", "FATAL EXCEPTION"];
    if !text::has(text, "System.err") || ended.iter().any(|mark| text::has(text, mark)) {
        return None;
    }
    let mut lines = text::lines(text).map(inner);
    let line = lines.find(|line| {
        let parts = logcat::read(line).filter(|parts| parts.tag == "System.err");
        parts.is_some_and(|parts| crate::model::names_thrown(text::trim(parts.message)))
    })?;
    let mut said = String::from("W/System.err");
    if let Some(thread) = thread(line) {
        said.extend([" of thread ", thread]);
    }
    Some(said)
}

/// The number of the thread that wrote a line: `04-04 22:12:45.381 7026-7041/? W/…`, `… 7026  7041 W …`.
fn thread(line: &str) -> Option<&str> {
    let (_, rest) = text::word(line.trim_start());
    let (_, rest) = text::word(rest);
    let (ids, rest) = text::word(rest);
    let thread = match ids.split_once('-') {
        Some((_, thread)) => thread.split('/').next()?,
        None => text::word(rest).0,
    };
    (!thread.is_empty()
        && thread.bytes().all(|byte| byte.is_ascii_digit())
        && ids.starts_with(|c: char| c.is_ascii_digit()))
    .then_some(thread)
}
