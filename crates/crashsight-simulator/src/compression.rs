//! Gzip for clients that accept it.

use std::io::{self, Write as _};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Smaller bodies are sent as they are.
const MIN_BYTES: usize = 1024;

/// Whether a client accepts gzip: by name, or by `*` as the vendor's SDK asks for.
pub(crate) fn accepted(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .any(|coding| matches!(coding.trim(), "gzip" | "*"))
}

/// Compresses a body that is worth it and not compressed yet.
pub(crate) async fn compress(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await;
    let bytes = bytes.unwrap_or_default();
    if bytes.len() < MIN_BYTES || head.headers.contains_key(header::CONTENT_ENCODING) {
        return Response::from_parts(head, Body::from(bytes));
    }
    match gzip(&bytes) {
        Ok(packed) => {
            let coding = HeaderValue::from_static("gzip");
            head.headers.remove(header::CONTENT_LENGTH);
            head.headers.insert(header::CONTENT_ENCODING, coding);
            Response::from_parts(head, Body::from(packed))
        }
        Err(_) => Response::from_parts(head, Body::from(bytes)),
    }
}

/// The bytes in a gzip stream.
pub(crate) fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_accepted_by_name_or_star() {
        for (line, expected) in [
            ("gzip, deflate", true),
            ("*", true),
            ("identity", false),
            ("br", false),
        ] {
            let mut headers = HeaderMap::new();
            assert!(!accepted(&headers));
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
            assert_eq!(accepted(&headers), expected, "{line}");
        }
    }
}
