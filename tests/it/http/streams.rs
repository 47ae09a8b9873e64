//! HTTP+SSE: a stream, messages posted to it, and who may post.

use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::harness::{Answer, READER, WRITER, call, get, raw, request, start, token};

/// A stream, read by hand.
pub(crate) struct Stream {
    reader: BufReader<TcpStream>,
    pub(crate) endpoint: String,
}

impl Stream {
    pub(crate) async fn open(at: SocketAddr, headers: &[(&str, &str)]) -> Self {
        let mut socket = TcpStream::connect(at).await.unwrap();
        let request = request("GET", "/sse", headers, "");
        socket.write_all(&request).await.unwrap();
        let mut stream = Self {
            reader: BufReader::new(socket),
            endpoint: String::new(),
        };
        stream.endpoint = stream.data().await.unwrap();
        stream
    }

    /// The data of the next event; `None` at the end.
    pub(crate) async fn data(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line).await.unwrap_or(0) == 0 {
                return None;
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return Some(data.trim_end().to_owned());
            }
        }
    }

    pub(crate) async fn message(&mut self) -> Value {
        serde_json::from_str(&self.data().await.unwrap()).unwrap()
    }

    pub(crate) async fn greet(&mut self, at: SocketAddr, headers: &[(&str, &str)]) {
        let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "old", "version": "1"}}});
        assert_eq!(tell(at, &self.endpoint, headers, &hello).await.status, 202);
        assert_eq!(
            self.message().await["result"]["protocolVersion"],
            "2024-11-05"
        );
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        assert_eq!(tell(at, &self.endpoint, headers, &ready).await.status, 202);
    }
}

pub(crate) async fn tell(
    at: SocketAddr,
    endpoint: &str,
    headers: &[(&str, &str)],
    message: &Value,
) -> Answer {
    let all = [&[("Content-Type", "application/json")], headers].concat();
    raw(at, &request("POST", endpoint, &all, &message.to_string())).await
}

#[tokio::test]
async fn legacy_sse_clients_work() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let mut stream = Stream::open(at, &[]).await;
    stream.greet(at, &[]).await;
    let stats = call("crashsight_get_day_stats", &json!({}));
    assert_eq!(tell(at, &stream.endpoint, &[], &stats).await.status, 202);
    let reply = stream.message().await;
    let text = reply["result"]["content"][0]["text"].as_str().unwrap();
    assert!(
        reply["id"] == 7 && text.starts_with("Day totals"),
        "{reply}"
    );
    for (body, status) in [("{", 400), ("[]", 400), ("{\"jsonrpc\":\"2.0\"}", 400)] {
        let headers = [("Content-Type", "application/json")];
        let reply = raw(at, &request("POST", &stream.endpoint, &headers, body)).await;
        assert_eq!(reply.status, status, "{body}");
    }
    let huge = "x".repeat(3 << 20);
    let headers = [("Content-Type", "application/json")];
    let reply = raw(at, &request("POST", &stream.endpoint, &headers, &huge)).await;
    assert_eq!(reply.status, 413);
    for endpoint in [
        "/messages",
        "/messages?session_id=",
        "/messages?session_id=x",
    ] {
        assert_eq!(
            tell(at, endpoint, &[], &stats).await.status,
            404,
            "{endpoint}"
        );
    }
    let page = get(at, "/metrics", &[]).await.body;
    assert!(page.contains("crashsight_mcp_sse_streams 1"), "{page}");
}

#[tokio::test]
async fn a_stream_belongs_to_its_identity() {
    let site = start(|options| {
        options.tokens = vec![token("one", WRITER), token("two", READER)];
    })
    .await;
    let at = site.running.address();
    let (one, two) = (format!("Bearer {WRITER}"), format!("Bearer {READER}"));
    let (one, two) = ([("Authorization", &*one)], [("Authorization", &*two)]);
    let mut stream = Stream::open(at, &one).await;
    stream.greet(at, &one).await;
    let stats = call("crashsight_get_day_stats", &json!({}));
    assert_eq!(tell(at, &stream.endpoint, &two, &stats).await.status, 403);
    assert_eq!(tell(at, &stream.endpoint, &[], &stats).await.status, 401);
    assert_eq!(tell(at, &stream.endpoint, &one, &stats).await.status, 202);
    assert_eq!(stream.message().await["id"], 7);
}

#[tokio::test]
async fn sse_can_be_disabled() {
    let site = start(|options| options.sse = false).await;
    let at = site.running.address();
    assert_eq!(get(at, "/sse", &[]).await.status, 404);
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    assert_eq!(tell(at, "/messages", &[], &message).await.status, 404);
}

#[tokio::test]
async fn clients_that_do_not_read_are_limited() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let mut stream = Stream::open(at, &[]).await;
    stream.greet(at, &[]).await;
    let list = |id: Value| json!({"jsonrpc": "2.0", "id": id, "method": "tools/list"});
    let mut refused = 0;
    for id in 1..=600 {
        let status = tell(at, &stream.endpoint, &[], &list(json!(id)))
            .await
            .status;
        assert!(status == 202 || status == 503, "{status}");
        refused += usize::from(status == 503);
    }
    assert!(refused > 0, "the server queues for ever");
    drop(stream);
    let asked = std::time::Instant::now();
    site.running.stop().await;
    assert!(asked.elapsed().as_secs() < 20, "nothing is waited for");
}

#[tokio::test]
async fn request_ids_are_unique_per_stream() {
    let slow = crashsight_simulator::Options {
        latency: std::time::Duration::from_secs(30),
        ..Default::default()
    };
    let site = super::harness::start_with(slow, |_| {}).await;
    let at = site.running.address();
    let mut stream = Stream::open(at, &[]).await;
    stream.greet(at, &[]).await;
    let mut stats = call("crashsight_get_day_stats", &json!({}));
    stats["id"] = json!(9);
    assert_eq!(tell(at, &stream.endpoint, &[], &stats).await.status, 202);
    assert_eq!(tell(at, &stream.endpoint, &[], &stats).await.status, 400);
    let list = json!({"jsonrpc": "2.0", "id": 1.0, "method": "tools/list"});
    assert_eq!(tell(at, &stream.endpoint, &[], &list).await.status, 202);
    assert_eq!(stream.message().await["id"], 1);
    // Only the slow call is waited for, and it is given up here.
    let cancel =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 9}});
    assert_eq!(tell(at, &stream.endpoint, &[], &cancel).await.status, 202);
    let stopped = tokio::time::timeout(std::time::Duration::from_secs(20), site.running.stop());
    assert!(
        stopped.await.is_ok(),
        "an id is waited for that was answered"
    );
}
