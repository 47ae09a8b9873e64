//! Carries out a [`Fault`]: replaces an answer or damages it.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use crate::faults::Fault;
use crate::{compression, response};

const MEGABYTE: usize = 1 << 20;

/// How far the `Date` of an answer is off, carried from the fault to the header.
#[derive(Clone, Copy)]
struct SkewMs(i64);

impl Fault {
    /// Whether the request is not processed.
    pub(crate) const fn replaces(&self) -> bool {
        !matches!(
            self,
            Self::Truncated | Self::Gzip | Self::Delay(_) | Self::DateSkew(_)
        )
    }
}

/// The answer of a replacing fault.
pub(crate) fn instead(fault: Fault, path: &str, now_ms: i64) -> Response {
    match fault {
        Fault::Status { status, body } => {
            let kind = [(header::CONTENT_TYPE, "application/json;charset=UTF-8")];
            (status_code(status), kind, body).into_response()
        }
        Fault::Html(status) => html(status_code(status)),
        Fault::Spring(status) => response::spring_page(status, path, now_ms),
        Fault::Redirect(address) => {
            (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
        }
        Fault::Flood(megabytes) => flood(megabytes),
        Fault::TooManyRequests(seconds) => {
            let mut response = response::text(StatusCode::TOO_MANY_REQUESTS, "too many requests");
            if let Some(seconds) = seconds {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, seconds.into());
            }
            response
        }
        // A body that fails before anything was flushed closes the connection without an answer.
        Fault::Dropped => Response::new(Body::from_stream(stream::once(async { broken() }))),
        Fault::Truncated | Fault::Gzip | Fault::Delay(_) | Fault::DateSkew(_) => {
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The right answer, damaged.
pub(crate) async fn after(fault: Fault, mut response: Response) -> Response {
    match fault {
        Fault::Truncated => truncated(response).await,
        Fault::Gzip => gzipped(response).await,
        Fault::DateSkew(seconds) => {
            response
                .extensions_mut()
                .insert(SkewMs(seconds.saturating_mul(1000)));
            response
        }
        _ => response,
    }
}

/// The error of this answer's `Date`.
pub(crate) fn take_skew_ms(response: &mut Response) -> i64 {
    response
        .extensions_mut()
        .remove::<SkewMs>()
        .map_or(0, |SkewMs(skew)| skew)
}

async fn truncated(response: Response) -> Response {
    let (mut head, bytes) = collect(response).await;
    head.headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let half = bytes.slice(..bytes.len() / 2);
    let body = stream::unfold(Some(half), |rest| async {
        match rest {
            Some(half) if !half.is_empty() => Some((Ok(half), Some(Bytes::new()))),
            Some(_) => {
                // The half has to leave before the connection breaks.
                tokio::time::sleep(Duration::from_millis(1)).await;
                Some((broken(), None))
            }
            None => None,
        }
    });
    Response::from_parts(head, Body::from_stream(body))
}

async fn gzipped(response: Response) -> Response {
    if response.headers().contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    let (mut head, bytes) = collect(response).await;
    let packed = compression::gzip(&bytes);
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers
        .insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Response::from_parts(head, Body::from(packed.unwrap_or_default()))
}

async fn collect(response: Response) -> (axum::http::response::Parts, Bytes) {
    let (head, body) = response.into_parts();
    (
        head,
        axum::body::to_bytes(body, usize::MAX)
            .await
            .unwrap_or_default(),
    )
}

fn flood(megabytes: usize) -> Response {
    let chunk = Bytes::from(vec![b' '; MEGABYTE]);
    let body = stream::unfold(megabytes, move |left| {
        let chunk = chunk.clone();
        async move {
            left.checked_sub(1)
                .map(|left| (Ok::<_, io::Error>(chunk), left))
        }
    });
    let kind = [(header::CONTENT_TYPE, "application/json;charset=UTF-8")];
    (kind, Body::from_stream(body)).into_response()
}

fn html(status: StatusCode) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let page = format!(
        "<html>\r\n<head><title>{0} {title}</title></head>\r\n<body>\r\n<center><h1>{0} {title}\
         </h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
        status.as_u16()
    );
    (status, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn broken() -> io::Result<Bytes> {
    Err(io::Error::from(io::ErrorKind::ConnectionAborted))
}
