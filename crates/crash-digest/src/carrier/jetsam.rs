//! Apple's `JetsamEvent` files, whole or one process of them quoted: which process the system ended for its memory, and why.

use std::fmt::Write as _;

use memchr::memmem;
use serde_json::Value;

use super::apple_json::text;
use crate::text;

/// Every process of such a file has its pages of memory.
pub(super) const MARK: &str = "\"rpages\"";
/// Processes that are looked at.
const MOST: usize = 4096;
/// A process takes fewer bytes.
const LONGEST: usize = 1 << 14;

/// The end of the first process with a reason, in the words of Apple's reports; `None` where no process has one.
pub(super) fn render(document: &str) -> Option<String> {
    let ended = memmem::find_iter(document.as_bytes(), MARK)
        .take(MOST)
        .filter_map(|at| around(document, at))
        .find(|process| text(process, "reason").is_some())?;
    let (name, reason) = (text(&ended, "name")?, text(&ended, "reason")?);
    let mut out = String::from("Exception Type: JETSAM\n");
    let _ = write!(out, "Process: {}", name.lines().next().unwrap_or_default());
    if let Some(id) = ended.get("pid").and_then(Value::as_u64) {
        let _ = write!(out, " [{id}]");
    }
    let _ = write!(
        out,
        "\nTermination Reason: JETSAM {}",
        reason.lines().next().unwrap_or_default()
    );
    if let Some(pages) = ended.get("rpages").and_then(Value::as_u64) {
        let _ = write!(out, ", {pages} pages of memory");
        if let Some(size) = page_size(document) {
            let _ = write!(out, " ({} MB)", pages.saturating_mul(size) >> 20);
        }
    }
    out.push('\n');
    Some(out)
}

/// The object that a field stands in.
fn around(document: &str, at: usize) -> Option<Value> {
    // No brace is a part of another letter.
    let from = at.saturating_sub(LONGEST);
    let open = from + memchr::memrchr(b'{', &document.as_bytes()[from..at])?;
    let object = text::head(&document[open..], 2 * LONGEST);
    let mut values = serde_json::Deserializer::from_str(object).into_iter::<Value>();
    let object = values.next()?.ok()?;
    object.get("rpages").is_some().then_some(object)
}

/// `"pageSize" : 16384` in the head of a whole file.
fn page_size(document: &str) -> Option<u64> {
    let value = text::after(document, "\"pageSize\"", b"")?;
    let number = value.trim_start_matches([' ', ':']);
    text::digits(number)?.0.parse().ok()
}
