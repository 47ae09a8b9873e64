//! Sends one signed request, once. Builds every connection pool.
//!
//! No redirect is followed (a signature would travel with it), the size limit counts decompressed bytes,
//! and no error text contains a URL with its query: the query is the signature.

use std::error::Error as _;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, UNIX_EPOCH};

use super::bodies::{CallBodies, Reading};
use crate::error::Error;
use crate::request::{Method, Response, SignedRequest};

/// Bytes of a body after which other tasks have their turn.
const YIELD_AFTER: usize = 256 << 10;

/// The longest `Retry-After` that is believed, in seconds.
const LONGEST_RETRY_AFTER: u64 = 24 * 3600;

/// Responds to requests in place of the network, for tests.
pub(crate) type Responder = dyn Fn(&SignedRequest) -> Result<Response, Error> + Send + Sync;

/// A connection pool, built when the first request is sent; a clone shares it.
#[derive(Clone)]
pub struct HttpClient {
    pool: Arc<OnceLock<reqwest::Client>>,
    max_bytes: usize,
    responder: Option<Arc<Responder>>,
}

impl HttpClient {
    /// A client that reads at most `max_bytes` for a call.
    pub fn new(max_bytes: usize) -> Self {
        Self {
            pool: Arc::default(),
            max_bytes,
            responder: None,
        }
    }

    /// A client that sends nothing and asks `responder` instead.
    pub fn canned(responder: Arc<Responder>) -> Self {
        Self {
            responder: Some(responder),
            ..Self::new(usize::MAX)
        }
    }

    /// Builds the connection pool. A failure is not kept: the next call tries again.
    pub fn connect(&self) -> Result<&reqwest::Client, Error> {
        if let Some(pool) = self.pool.get() {
            return Ok(pool);
        }
        let built = build().map_err(|error| {
            Error::Misconfigured(format!(
                "no connection can be set up: {error}\nhint: check the proxy settings and the CA certificates of the \
                 system; a process without a free file descriptor reads neither: try again"
            ))
        })?;
        Ok(self.pool.get_or_init(|| built))
    }

    /// Sends, and reads the whole response.
    pub async fn send(&self, signed: SignedRequest) -> Result<Response, Error> {
        self.send_within(signed, &Arc::default()).await
    }

    /// Sends, and reads the whole response, one of those that a call reads.
    pub(super) async fn send_within(
        &self,
        signed: SignedRequest,
        bodies: &Arc<CallBodies>,
    ) -> Result<Response, Error> {
        if let Some(responder) = &self.responder {
            return responder(&signed);
        }
        let pool = self.connect()?;
        let url = reqwest::Url::parse(&signed.url).map_err(|_| {
            Error::Misconfigured("the base URL is not valid: check the account's `site`".to_owned())
        })?;
        let host = host(&url);
        let mut request = match signed.method {
            Method::Get => pool.get(url),
            Method::Post => pool.post(url),
        };
        for (name, value) in signed.headers {
            request = request.header(name, value);
        }
        if let Some(body) = signed.body {
            request = request.body(body);
        }
        let response = request
            .timeout(signed.timeout)
            .send()
            .await
            .map_err(|error| describe(&error, &host, signed.timeout))?;
        let reading = Reading::new(Arc::clone(bodies), self.max_bytes);
        self.read(response, reading, &host, signed.timeout).await
    }

    async fn read(
        &self,
        mut response: reqwest::Response,
        mut reading: Reading,
        host: &str,
        timeout: Duration,
    ) -> Result<Response, Error> {
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let status = response.status().as_u16();
        if response.status().is_redirection() {
            // The host alone: the rest of the address may repeat the signature.
            let to = header("location").and_then(|to| reqwest::Url::parse(&to).ok());
            return Err(Error::Redirected {
                status,
                host: to.map(|to| self::host(&to)),
            });
        }
        if let Some(coding) = header("content-encoding").filter(|coding| coding != "identity") {
            return Err(Error::unexpected_response(anyhow::anyhow!(
                "unsupported Content-Encoding `{}` from {host}",
                crate::reply::inline(&coding, 30)
            )));
        }
        let content_type = header("content-type");
        let date = header("date").as_deref().and_then(http_date);
        let retry_after = header("retry-after").and_then(|text| seconds_to_wait(&text, date));
        // Allocated at once where the length is known: a vector that grows holds its content twice.
        let length = header("content-length").and_then(|text| text.parse::<usize>().ok());
        let mut body = Vec::with_capacity(length.unwrap_or(0).min(self.max_bytes));
        let mut unyielded = 0;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    reading.add(&chunk)?;
                    body.extend_from_slice(&chunk);
                    // A large body that is always ready would keep its worker from all else.
                    unyielded += chunk.len();
                    if unyielded > YIELD_AFTER {
                        unyielded = 0;
                        tokio::task::yield_now().await;
                    }
                }
                Ok(None) => break,
                Err(error) if error.is_timeout() => return Err(describe(&error, host, timeout)),
                Err(_) => {
                    return Err(Error::unreachable(format!(
                        "the response of {host} ended or was damaged after {} bytes",
                        body.len()
                    ))
                    .advise("try again"));
                }
            }
        }
        reading.finish();
        Ok(Response {
            status,
            content_type,
            date,
            retry_after,
            body,
        })
    }
}

/// A connection pool.
pub(super) fn build() -> Result<reqwest::Client, String> {
    // A second installation is an error that changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .pool_idle_timeout(Duration::from_secs(90))
        .tcp_nodelay(true)
        .build()
        .map_err(|error| first_cause(&error))
}

/// Of the errors that one wraps, the innermost, which says what is wrong. Its own text has the URL, so the signature.
fn first_cause(error: &reqwest::Error) -> String {
    let wrapped = std::iter::successors(error.source(), |&cause| cause.source());
    let cause = wrapped.last().map(ToString::to_string);
    crate::reply::inline(cause.as_deref().unwrap_or("the cause is not known"), 120)
}

fn host(url: &reqwest::Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => "the service".to_owned(),
    }
}

fn describe(error: &reqwest::Error, host: &str, timeout: Duration) -> Error {
    let unreachable = |message| Error::Unreachable {
        message,
        advice: String::new(),
        before_send: error.is_connect(),
        retry_after: None,
    };
    if error.is_timeout() {
        return unreachable(format!(
            "{host} did not answer within {} s",
            timeout.as_secs_f64().round()
        ))
        .advise("try again, or ask for less");
    }
    let what = if error.is_connect() {
        "is not reachable"
    } else {
        "closed the connection"
    };
    unreachable(format!(
        "{host} {what}: {}\nhint: check the network, a proxy, and the account's `site`",
        first_cause(error)
    ))
}

/// `Sun, 22 Nov 2026 08:08:30 GMT` as Unix seconds.
pub(super) fn http_date(text: &str) -> Option<i64> {
    let at = httpdate::parse_http_date(text).ok()?;
    i64::try_from(at.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// `Retry-After` as seconds from now: a number, or a date measured by the service's own `Date`. More than a day is no
/// wait for anything.
fn seconds_to_wait(text: &str, service_now: Option<i64>) -> Option<u64> {
    let text = text.trim();
    let seconds = text.parse().ok().or_else(|| {
        let until = http_date(text)?;
        Some(u64::try_from(until - service_now?).unwrap_or(0))
    });
    seconds.filter(|seconds| *seconds <= LONGEST_RETRY_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_header_is_read() {
        assert_eq!(
            http_date("Sun, 22 Nov 2026 08:08:30 GMT"),
            Some(1_795_334_910)
        );
        assert_eq!(http_date("yesterday"), None);
    }

    #[test]
    fn a_wait_comes_as_seconds_or_as_a_date() {
        assert_eq!(seconds_to_wait(" 3600 ", None), Some(3600));
        let now = http_date("Sun, 22 Nov 2026 08:08:30 GMT");
        assert_eq!(
            seconds_to_wait("Sun, 22 Nov 2026 08:10:00 GMT", now),
            Some(90)
        );
        assert_eq!(
            seconds_to_wait("Sun, 22 Nov 2026 08:00:00 GMT", now),
            Some(0)
        );
        for none in ["soon", "-1", "18446744073709551615", "86401"] {
            assert_eq!(seconds_to_wait(none, now), None, "{none}");
        }
        assert_eq!(
            seconds_to_wait("Thu, 31 Dec 9999 23:59:59 GMT", now),
            None,
            "in eight thousand years"
        );
    }
}
