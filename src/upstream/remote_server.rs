//! Requests to a server of this program on another machine, as a client of it sends them: JSON-RPC over HTTP, one
//! request and its response. For `doctor`; nothing is retried.

use std::error::Error as _;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::http_client::HttpClient;
use crate::secret::Secret;

/// The longest wait for one response.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The largest body that is read: the definitions of all tools are far smaller.
const MAX_BYTES: usize = 8 << 20;

/// What is sent with a request.
#[derive(Default)]
pub(crate) struct RemoteHeaders {
    /// Headers with secret values.
    pub(crate) secret: Vec<(String, Secret)>,
    /// Headers of the protocol.
    pub(crate) protocol: Vec<(&'static str, String)>,
}

/// A response of any status.
#[derive(Debug)]
pub(crate) struct RemoteResponse {
    pub(crate) status: u16,
    /// The `Date` header, in Unix seconds.
    pub(crate) date: Option<i64>,
    /// `WWW-Authenticate`.
    pub(crate) challenge: Option<String>,
    /// `Mcp-Session-Id`.
    pub(crate) session: Option<String>,
    /// `Location`.
    pub(crate) location: Option<String>,
    pub(crate) body: String,
    pub(crate) latency: Duration,
}

/// Why there is no response.
#[derive(Debug)]
pub(crate) enum NoResponse {
    /// TLS failed, which stays until something is fixed.
    Tls(String),
    /// Settings of this machine or a header that cannot be sent.
    Setup(String),
    /// The network, or a server that is not running.
    Network(String),
}

/// A client of servers of this program.
pub(crate) struct RemoteServer {
    client: HttpClient,
}

impl RemoteServer {
    pub(crate) fn new() -> Self {
        Self {
            client: HttpClient::new(MAX_BYTES),
        }
    }

    /// A document, without headers of the caller.
    pub(crate) async fn get(&self, url: &str) -> Result<RemoteResponse, NoResponse> {
        self.send(|pool| pool.get(url), None).await
    }

    /// A JSON-RPC request with this id.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &RemoteHeaders,
        id: u64,
        method: &str,
        params: Value,
    ) -> Result<RemoteResponse, NoResponse> {
        let body = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let request = |pool: &reqwest::Client| {
            let mut request = pool
                .post(url)
                .header("content-type", "application/json")
                .header("accept", "application/json, text/event-stream")
                .body(body.to_string());
            for (name, value) in &headers.protocol {
                request = request.header(*name, value);
            }
            for (name, value) in &headers.secret {
                request = request.header(name, value.expose());
            }
            request
        };
        self.send(request, Some(id)).await
    }

    async fn send(
        &self,
        request: impl FnOnce(&reqwest::Client) -> reqwest::RequestBuilder,
        id: Option<u64>,
    ) -> Result<RemoteResponse, NoResponse> {
        let pool = self.client.connect();
        let pool = pool.map_err(|error| NoResponse::Setup(error.to_string()))?;
        let started = Instant::now();
        let exchange = async {
            let response = request(pool).send().await?;
            read(response, started, id).await
        };
        match tokio::time::timeout(TIMEOUT, exchange).await {
            Ok(outcome) => outcome.map_err(|error| describe(&error)),
            Err(_) => Err(NoResponse::Network(format!(
                "no response within {} s",
                TIMEOUT.as_secs()
            ))),
        }
    }
}

/// Reads a response; a stream only until it holds the response to the request with this id.
async fn read(
    mut response: reqwest::Response,
    started: Instant,
    id: Option<u64>,
) -> Result<RemoteResponse, reqwest::Error> {
    let latency = started.elapsed();
    let header = |name: &str| {
        let value = response.headers().get(name)?;
        Some(value.to_str().ok()?.to_owned())
    };
    let is_stream =
        header("content-type").is_some_and(|kind| kind.starts_with("text/event-stream"));
    let mut read = RemoteResponse {
        status: response.status().as_u16(),
        date: header("date")
            .as_deref()
            .and_then(super::http_client::http_date),
        challenge: header("www-authenticate"),
        session: header("mcp-session-id"),
        location: header("location"),
        body: String::new(),
        latency,
    };
    let mut bytes: Vec<u8> = Vec::new();
    // Where the lines begin that were not searched yet.
    let mut line = 0;
    while let Some(chunk) = response.chunk().await? {
        let ends = chunk.iter().rposition(|byte| *byte == b'\n');
        let lines = ends.map(|at| bytes.len() + at + 1);
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BYTES {
            break;
        }
        if let Some((id, end)) = id.zip(lines).filter(|_| is_stream) {
            if event(&String::from_utf8_lossy(&bytes[line..end]), id).is_some() {
                break;
            }
            line = end;
        }
    }
    read.body = String::from_utf8_lossy(&bytes).into_owned();
    Ok(read)
}

impl RemoteResponse {
    /// The JSON-RPC response with this id, sent alone or in a stream.
    pub(crate) fn message(&self, id: u64) -> Option<Value> {
        let alone = serde_json::from_str(&self.body).ok();
        alone.or_else(|| event(&self.body, id))
    }
}

/// The JSON-RPC response with this id in a stream of events.
fn event(stream: &str, id: u64) -> Option<Value> {
    let data = stream.lines().filter_map(|line| line.strip_prefix("data:"));
    let mut messages = data.filter_map(|data| serde_json::from_str::<Value>(data.trim()).ok());
    messages.find(|message| message.get("id") == Some(&json!(id)))
}

/// The first cause, in words and without the URL.
fn describe(error: &reqwest::Error) -> NoResponse {
    if error.is_builder() {
        return NoResponse::Setup("a header has characters that cannot be sent".to_owned());
    }
    let mut cause: Option<&dyn std::error::Error> = error.source();
    let mut words = if error.is_timeout() {
        "the connection timed out".to_owned()
    } else {
        "the connection was closed".to_owned()
    };
    while let Some(deeper) = cause {
        words = crate::reply::inline(&deeper.to_string(), 160);
        if is_tls(deeper) {
            return NoResponse::Tls(words);
        }
        cause = deeper.source();
    }
    NoResponse::Network(words)
}

/// Whether an error is one of TLS. Those of input and output do not count what they wrap as their source.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let wrapped = error.downcast_ref::<std::io::Error>();
    let wrapped = wrapped.and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || wrapped.is_some_and(|wrapped| is_tls(wrapped))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_found_alone_and_in_a_stream() {
        let response = |body: &str| RemoteResponse {
            status: 200,
            date: None,
            challenge: None,
            session: None,
            location: None,
            body: body.to_owned(),
            latency: Duration::ZERO,
        };
        let message = json!({"jsonrpc": "2.0", "id": 1, "result": {}});
        assert_eq!(
            response(&message.to_string()).message(1),
            Some(message.clone())
        );
        let stream = format!(
            "id: 1\ndata:\n\nevent: message\ndata: {{\"method\": \"notifications/message\"}}\n\ndata: {message}\n\n"
        );
        assert_eq!(response(&stream).message(1), Some(message));
        assert_eq!(response(&stream).message(2), None);
        assert_eq!(response("<html>").message(1), None);
    }
}
