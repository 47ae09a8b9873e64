//! The simulator seen from outside, over its own socket.

mod agreement;
mod numbers;
mod operations;
mod protocol;
mod scenario;
mod sdk_requests;
mod writes;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use jiff::Timestamp;
use serde_json::Value;

use super::{API_KEY, Options, PROJECTS, Simulator, USER_ID};
use crate::digests::{base64, hmac_sha256_hex};

/// 2026-11-22 16:08:00 +08:00, a Sunday.
const NOW: i64 = 1_795_334_880;
const BASE: &str = "/uniform/openapi";
const APP: &str = PROJECTS[0].app;

/// An answer.
struct Reply {
    status: u16,
    head: String,
    bytes: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut named = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{} is no JSON: {error}: {}", self.status, self.text()))
    }
}

fn options() -> Options {
    Options {
        now: Some(Timestamp::from_second(NOW).unwrap()),
        quota: None,
        ..Options::default()
    }
}

async fn simulator() -> Simulator {
    Simulator::start(options()).await.unwrap()
}

fn signature(key: &str, user: &str, t: i64) -> String {
    let digest = hmac_sha256_hex(key, &format!("{user}_{t}"));
    let secret = base64(&digest)
        .replace('=', "%3D")
        .replace('+', "%2B")
        .replace('/', "%2F");
    format!("userSecret={secret}&localUserId={user}&t={t}")
}

/// Sends a request unchanged; `None` when the connection closed without an answer.
async fn send(simulator: &Simulator, method: &str, target: &str, body: &str) -> Option<Reply> {
    let host = simulator.base_url();
    let host = host.trim_start_matches("http://");
    send_with(simulator, method, target, body, host).await
}

/// As [`send`], with `host` and any further header lines.
async fn send_with(
    simulator: &Simulator,
    method: &str,
    target: &str,
    body: &str,
    host: &str,
) -> Option<Reply> {
    let address = simulator
        .base_url()
        .trim_start_matches("http://")
        .to_owned();
    // HTTP/1.0 keeps the answer free of chunks: it ends when the connection does.
    let request = format!(
        "{method} {target} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let exchange = move || {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        // A broken connection leaves the bytes received so far.
        let _ = stream.read_to_end(&mut bytes);
        bytes
    };
    let bytes = tokio::task::spawn_blocking(exchange).await.unwrap();
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    Some(Reply {
        status: head.split(' ').nth(1)?.parse().ok()?,
        head,
        bytes: bytes[end + 4..].to_vec(),
    })
}

/// Sends a signed request to an operation.
async fn call(simulator: &Simulator, method: &str, path: &str, body: &Value) -> Reply {
    let joint = if path.contains('?') { '&' } else { '?' };
    let signed = signature(API_KEY, USER_ID, NOW);
    let body = if method == "POST" {
        body.to_string()
    } else {
        String::new()
    };
    let target = format!("{BASE}/{path}{joint}{signed}");
    send(simulator, method, &target, &body)
        .await
        .expect("an answer")
}

/// Posts and expects JSON.
async fn post(simulator: &Simulator, path: &str, body: Value) -> Value {
    let reply = call(simulator, "POST", path, &body).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.json()
}

/// The payload of an answer in any envelope.
fn payload(answer: &Value) -> Value {
    let inside = [&answer["ret"]["data"], &answer["data"], &answer["ret"]];
    let inside = inside
        .into_iter()
        .find(|payload| !payload.is_null() && !payload.is_number());
    inside.unwrap_or(answer).clone()
}

/// Whether an answer is a refusal, in any envelope.
fn is_refusal(answer: &Value) -> bool {
    let codes = [
        "/ret/code",
        "/ret/statusCode",
        "/ret",
        "/statusCode",
        "/code",
    ];
    let code = codes.iter().find_map(|code| answer.pointer(code)?.as_i64());
    code.is_some_and(|code| (400..1000).contains(&code))
}

/// The first issue of today's top list.
async fn top_issue(simulator: &Simulator) -> String {
    let body = serde_json::json!({"appId": APP, "platformId": 1, "type": "crash", "limit": 1,
        "minDate": "20261122", "maxDate": "20261122", "versionList": ["-1"]});
    let answer = post(simulator, "getTopIssueEx", body).await;
    payload(&answer)["topIssueList"][0]["issueId"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The last crash of the first issue of today's top list, with colons.
async fn last_crash(simulator: &Simulator) -> String {
    let issue = top_issue(simulator).await;
    let body = serde_json::json!({"appId": APP, "platformId": "1", "issues": issue});
    let answer = post(simulator, "lastCrashInfo", body).await;
    answer["data"]["crashHash"].as_str().unwrap().to_owned()
}
