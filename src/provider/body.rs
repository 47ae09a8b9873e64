//! A body as JSON, or in words why it is none.

use anyhow::anyhow;
use serde_json::Value;

use crate::failure::Failure;
use crate::reply::fenced;
use crate::wire::Answer;

/// Some gateways put it before their JSON.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Takes out of a text what a service's own addresses carry and nobody may see.
pub(super) type Clean = fn(&str) -> String;

/// The body of an answer.
pub(super) fn json(answer: &Answer, clean: Clean) -> Result<Value, Failure> {
    let text = answer
        .body
        .strip_prefix(BYTE_ORDER_MARK)
        .unwrap_or(&answer.body);
    serde_json::from_slice(text).map_err(|error| not_json(answer, &error, clean))
}

/// The head of a body, for an error.
pub(super) fn excerpt(body: &[u8], clean: Clean) -> String {
    let head = body.get(..2000).unwrap_or(body);
    clean(&String::from_utf8_lossy(head))
}

fn not_json(answer: &Answer, error: &serde_json::Error, clean: Clean) -> Failure {
    let text = excerpt(&answer.body, clean);
    let start = text.trim_start().to_lowercase();
    let kind = answer.content_type.as_deref().unwrap_or("no content type");
    if answer.body.is_empty() {
        return Failure::unreadable(anyhow!("the service sent nothing (HTTP {})", answer.status));
    }
    if start.starts_with("<!doctype") || start.starts_with("<html") || kind.contains("html") {
        return Failure::unreadable(anyhow!(
            "the service sent an HTML page where JSON was expected; is a proxy or a login page in between?\n{}",
            fenced(&text, 200)
        ));
    }
    if std::str::from_utf8(&answer.body).is_err() {
        return Failure::unreadable(anyhow!(
            "{} bytes that are not UTF-8 text ({}) came where JSON was expected",
            answer.body.len(),
            crate::reply::inline(kind, 60)
        ));
    }
    if error.is_eof() {
        return Failure::unreadable(anyhow!(
            "the JSON broke off after {} bytes: call again",
            answer.body.len()
        ));
    }
    Failure::unreadable(anyhow!(
        "not JSON at line {} column {} ({})\n{}",
        error.line(),
        error.column(),
        crate::reply::inline(kind, 60),
        fenced(&text, 200)
    ))
}
