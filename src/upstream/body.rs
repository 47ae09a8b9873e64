//! A body as JSON, or in words why it is none.

use std::io::{BufRead, Read};

use anyhow::anyhow;
use serde_json::Value;

use crate::error::{CALL_AGAIN, Error};
use crate::reply::fenced;
use crate::request::Response;

/// Some gateways put it before their JSON.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Removes from a text the secrets that a service's own addresses carry.
pub(super) type Clean<'a> = &'a dyn Fn(&str) -> String;

/// Larger bodies are given back piece by piece while they are read.
const LARGE: usize = 4 << 20;

/// What is kept of a body that was given back, for errors.
const HEAD: usize = 4096;

/// The body of an answer. A large one is gone afterwards but for its head: the parser holds a long string
/// twice while it reads it, and a third copy is one too many.
pub(super) fn json(answer: &mut Response, clean: Clean<'_>) -> Result<Value, Error> {
    if answer.body.len() > LARGE && std::str::from_utf8(&answer.body).is_ok() {
        let whole = std::mem::take(&mut answer.body);
        answer.body = whole.get(..HEAD).unwrap_or_default().to_vec();
        return serde_json::from_reader(Pieces::of(whole))
            .map_err(|error| not_json(answer, &error, clean));
    }
    let text = answer
        .body
        .strip_prefix(BYTE_ORDER_MARK)
        .unwrap_or(&answer.body);
    serde_json::from_slice(text).map_err(|error| not_json(answer, &error, clean))
}

/// A body cut into pieces, each freed when it has been read.
struct Pieces {
    /// The last piece comes first.
    left: Vec<Vec<u8>>,
    at: usize,
}

impl Pieces {
    fn of(mut whole: Vec<u8>) -> Self {
        let mut left = Vec::new();
        while whole.len() > LARGE {
            left.push(whole.split_off(whole.len() - LARGE));
            whole.shrink_to_fit();
        }
        left.push(whole);
        let at = match left.last() {
            Some(first) if first.starts_with(BYTE_ORDER_MARK) => BYTE_ORDER_MARK.len(),
            _ => 0,
        };
        Self { left, at }
    }
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let copied = self.fill_buf()?.read(into)?;
        self.consume(copied);
        Ok(copied)
    }
}

impl BufRead for Pieces {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        while self.left.last().is_some_and(|piece| self.at >= piece.len()) {
            self.left.pop();
            self.at = 0;
        }
        Ok(self.left.last().map_or(&[], |piece| &piece[self.at..]))
    }

    fn consume(&mut self, bytes: usize) {
        self.at += bytes;
    }
}

/// The head of a body, for an error.
pub(super) fn excerpt(body: &[u8], clean: Clean<'_>) -> String {
    let head = body.get(..2000).unwrap_or(body);
    clean(&String::from_utf8_lossy(head))
}

fn not_json(answer: &Response, error: &serde_json::Error, clean: Clean<'_>) -> Error {
    let text = excerpt(&answer.body, clean);
    let start = text.trim_start().to_lowercase();
    let kind = answer.content_type.as_deref().unwrap_or("no content type");
    if answer.body.is_empty() {
        return Error::unexpected_response(anyhow!(
            "the service sent nothing (HTTP {})",
            answer.status
        ));
    }
    if start.starts_with("<!doctype") || start.starts_with("<html") || kind.contains("html") {
        return Error::unexpected_response(anyhow!(
            "the service sent an HTML page where JSON was expected; is a proxy or a login page in between?\n{}",
            fenced(&text, 200)
        ));
    }
    if std::str::from_utf8(&answer.body).is_err() {
        return Error::unexpected_response(anyhow!(
            "{} bytes that are not UTF-8 text ({}) where JSON was expected",
            answer.body.len(),
            crate::reply::inline(kind, 60)
        ));
    }
    if error.is_eof() {
        return Error::unexpected_response(anyhow!(
            "the JSON ends after {} bytes{CALL_AGAIN}",
            answer.body.len()
        ));
    }
    Error::unexpected_response(anyhow!(
        "not JSON at line {} column {} ({})\n{}",
        error.line(),
        error.column(),
        crate::reply::inline(kind, 60),
        fenced(&text, 200)
    ))
}
