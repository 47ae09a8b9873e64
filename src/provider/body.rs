//! A body as JSON, or in words why it is none.

use anyhow::anyhow;
use serde_json::Value;

use crate::failure::Failure;
use crate::reply::fenced;
use crate::wire::Answer;

/// The body of an answer.
pub(super) fn json(answer: &Answer) -> Result<Value, Failure> {
    serde_json::from_slice(&answer.body).map_err(|error| not_json(answer, &error))
}

/// The head of a body, for an error.
pub(super) fn excerpt(body: &[u8]) -> String {
    let head = body.get(..2000).unwrap_or(body);
    String::from_utf8_lossy(head).into_owned()
}

fn not_json(answer: &Answer, error: &serde_json::Error) -> Failure {
    let text = excerpt(&answer.body);
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
