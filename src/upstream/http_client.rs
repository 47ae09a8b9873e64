//! Sends one signed request, once. The only room that knows `reqwest`.
//!
//! No redirect is followed (a signature would travel with it), the size cap counts decompressed bytes,
//! and no error text holds an address with its query: the query is the signature.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::error::Error;
use crate::request::{Method, Response, SignedRequest};

/// A connection pool, built when the first request leaves; a clone shares it.
#[derive(Clone)]
pub struct HttpClient {
    pool: Arc<OnceLock<reqwest::Client>>,
    most: usize,
}

impl HttpClient {
    /// A client that reads at most `most` bytes of a body.
    pub fn new(most: usize) -> Self {
        Self {
            pool: Arc::default(),
            most,
        }
    }

    /// Sends, and reads the whole answer.
    pub async fn send(&self, signed: SignedRequest) -> Result<Response, Error> {
        let pool = self.pool()?;
        let url = reqwest::Url::parse(&signed.url).map_err(|_| {
            Error::Unreachable(
                "the base address is not a URL: check the account's `site`".to_owned(),
            )
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
        self.read(response, &host, signed.timeout).await
    }

    /// The connection pool. A failure to build it is not kept: the next request tries again.
    fn pool(&self) -> Result<&reqwest::Client, Error> {
        if let Some(pool) = self.pool.get() {
            return Ok(pool);
        }
        let built = build().map_err(|error| {
            Error::Unreachable(format!(
                "this machine's TLS or proxy set-up does not work: {error}"
            ))
        })?;
        Ok(self.pool.get_or_init(|| built))
    }

    async fn read(
        &self,
        mut response: reqwest::Response,
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
        if response.status().is_redirection() {
            // The host alone: the rest of the address may repeat the signature.
            let to = header("location").and_then(|to| reqwest::Url::parse(&to).ok());
            return Err(Error::Rejected {
                code: i64::from(response.status().as_u16()),
                message: to.map(|to| self::host(&to)).unwrap_or_default(),
                trace: None,
            });
        }
        if let Some(coding) = header("content-encoding").filter(|coding| coding != "identity") {
            return Err(Error::unexpected_response(anyhow::anyhow!(
                "{host} compressed its answer as `{}`, which was not asked for",
                crate::reply::inline(&coding, 30)
            )));
        }
        let (content_type, date) = (header("content-type"), header("date"));
        let retry_after = header("retry-after").and_then(|text| text.trim().parse().ok());
        let status = response.status().as_u16();
        // Room at once where the length is told: a vector that grows holds itself twice.
        let told = header("content-length").and_then(|text| text.parse::<usize>().ok());
        let mut body = Vec::with_capacity(told.unwrap_or(0).min(self.most));
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > self.most => {
                    return Err(Error::InvalidArguments(format!(
                        "the answer is larger than {}, the most this server reads\n\
                         hint: ask for less (a shorter window, a smaller limit), or raise `--max-response-mb`",
                        crate::reply::size(i64::try_from(self.most).unwrap_or(i64::MAX)),
                    )));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) if error.is_timeout() => return Err(describe(&error, host, timeout)),
                Err(_) => {
                    return Err(Error::Unreachable(format!(
                        "the answer of {host} broke off after {} bytes: try again",
                        body.len()
                    )));
                }
            }
        }
        Ok(Response {
            status,
            content_type,
            date: date.and_then(|text| http_date(&text)),
            retry_after,
            body,
        })
    }
}

fn build() -> Result<reqwest::Client, String> {
    // A second installation is an error that changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .pool_idle_timeout(Duration::from_secs(90))
        .tcp_nodelay(true)
        .build()
        .map_err(|error| error.without_url().to_string())
}

fn host(url: &reqwest::Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => "the service".to_owned(),
    }
}

fn describe(error: &reqwest::Error, host: &str, timeout: Duration) -> Error {
    if error.is_timeout() {
        return Error::Unreachable(format!(
            "{host} did not answer within {} s: try again, or ask for less",
            timeout.as_secs_f64().round()
        ));
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let what = if error.is_connect() {
        "is not reachable"
    } else {
        "broke the connection"
    };
    Error::Unreachable(format!(
        "{host} {what}: {}\nhint: check the network, a proxy, and the account's `site`",
        crate::reply::inline(&cause.to_string(), 120)
    ))
}

/// `Sun, 22 Nov 2026 08:08:30 GMT` as Unix seconds.
fn http_date(text: &str) -> Option<i64> {
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|at| at.timestamp().as_second())
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
}
