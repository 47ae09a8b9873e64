//! Malformed and hostile requests: each gets the status it deserves, and the server goes on.

use std::time::Duration;

use super::harness::{Answer, call, get, post, raw, request, start};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const JSON: (&str, &str) = ("Content-Type", "application/json");
const BOTH: (&str, &str) = ("Accept", "application/json, text/event-stream");

#[tokio::test]
async fn invalid_messages_get_400() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let deep = "[".repeat(100_000);
    let many = format!("[{}{{}}]", "{\"\":0},".repeat(100_000));
    let digits = format!("{{\"jsonrpc\":\"2.0\",\"id\":{}}}", "9".repeat(5000));
    for (body, code) in [
        ("", -32700),
        ("{", -32700),
        ("\u{0}\u{1}", -32700),
        (&deep, -32700),
        (&many, -32700),
        (&digits, -32700),
        ("[]", -32600),
        (
            "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]",
            -32600,
        ),
        ("7", -32600),
        ("{}", -32600),
        ("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", -32600),
        ("{\"jsonrpc\":\"2.0\"}", -32600),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}",
            -32600,
        ),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", -32600),
    ] {
        let reply = raw(at, &request("POST", "/mcp", &[JSON, BOTH], body)).await;
        let shown = &body[..body.len().min(60)];
        assert_eq!(reply.status, 400, "{shown}: {reply:?}");
        assert_eq!(reply.json()["error"]["code"], code, "{shown}: {reply:?}");
    }
    let mut latin = request("POST", "/mcp", &[JSON, BOTH], "\"x\"");
    let at_x = latin.len() - 2;
    latin[at_x] = 0xff;
    assert_eq!(raw(at, &latin).await.json()["error"]["code"], -32700);
}

#[tokio::test]
async fn wrong_methods_and_content_types_are_rejected() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let body = call("crashsight_get_day_stats", &json!({})).to_string();
    let send = async |method, path, headers: &[(&str, &str)]| -> Answer {
        raw(at, &request(method, path, headers, &body)).await
    };
    assert_eq!(send("POST", "/mcp", &[BOTH]).await.status, 415);
    let text = ("Content-Type", "text/plain");
    assert_eq!(send("POST", "/mcp", &[text, BOTH]).await.status, 415);
    let html = ("Accept", "text/html");
    assert_eq!(send("POST", "/mcp", &[JSON, html]).await.status, 406);
    assert_eq!(send("POST", "/mcp/x", &[JSON, BOTH]).await.status, 404);
    assert_eq!(send("POST", "/MCP", &[JSON, BOTH]).await.status, 404);
    assert_eq!(send("POST", "/../mcp", &[JSON, BOTH]).await.status, 404);
    assert_eq!(send("POST", "/sse", &[JSON, BOTH]).await.status, 405);
    assert_eq!(send("POST", "/metrics", &[JSON]).await.status, 405);
    let version = ("MCP-Protocol-Version", "1999-01-01");
    assert_eq!(
        send("POST", "/mcp", &[JSON, BOTH, version]).await.status,
        400
    );
    for bytes in [
        &b"GET\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"POST /mcp HTTP/1.1\r\nHost: local\x00host\r\n\r\n",
        b"POST /mcp HTTP/9.9\r\nHost: localhost\r\n\r\n",
    ] {
        assert_eq!(raw(at, bytes).await.status, 400, "{bytes:?}");
    }
    let headers = format!(
        "GET /mcp HTTP/1.1\r\nHost: localhost\r\nX-Big: {}\r\n\r\n",
        "a".repeat(200_000)
    );
    assert_eq!(raw(at, headers.as_bytes()).await.status, 431);
    // And after all that it still answers.
    let reply = post(at, &[], &call("crashsight_get_day_stats", &json!({}))).await;
    assert!(reply.text().starts_with("Day totals"), "{reply:?}");
}

#[tokio::test]
async fn a_large_body_is_rejected() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let huge = "x".repeat(3 << 20);
    let reply = raw(at, &request("POST", "/mcp", &[JSON, BOTH], &huge)).await;
    assert_eq!(reply.status, 413, "{}", reply.head);
    let mut chunked = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
        Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        .to_vec();
    for _ in 0..40 {
        chunked.extend_from_slice(format!("{:x}\r\n", 65536).as_bytes());
        chunked.extend_from_slice("x".repeat(65536).as_bytes());
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(raw(at, &chunked).await.status, 413);
}

#[tokio::test]
async fn metrics_count_requests_and_calls() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let stats = call("crashsight_get_day_stats", &json!({"window": "yesterday"}));
    for _ in 0..2 {
        post(at, &[], &stats).await;
    }
    post(at, &[], &call("crashsight_get_issue", &json!({}))).await;
    let page = get(at, "/metrics", &[]).await.body;
    for line in [
        "crashsight_mcp_tool_calls_total{tool=\"crashsight_get_day_stats\",outcome=\"ok\"} 2",
        "crashsight_mcp_tool_calls_total{tool=\"crashsight_get_issue\",outcome=\"invalid_arguments\"} 1",
        "crashsight_mcp_upstream_answers_total{provider=\"crashsight\",status=\"200\"} 1",
        "crashsight_mcp_lookups_total{result=\"hit\"} 1",
        "crashsight_mcp_budget_left{account=\"demo\",provider=\"crashsight\"} 25",
        "crashsight_mcp_http_requests_total{path=\"mcp\",status=\"200\"} 3",
    ] {
        assert!(page.lines().any(|found| found == line), "{line}: {page}");
    }
    assert!(page.contains("crashsight_mcp_reply_tokens_total{tool=\"crashsight_get_day_stats\"}"));
}

#[tokio::test]
async fn malformed_params_have_the_right_error_code() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let ask = async |method: &str, params: serde_json::Value| {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        post(at, &[], &message).await.json()["error"]["code"].clone()
    };
    for (method, params) in [
        ("tools/call", json!({"name": 7})),
        ("prompts/get", json!({})),
        ("resources/read", json!({"uri": 7})),
        ("tools/list", json!({"cursor": "next"})),
        ("prompts/list", json!({"cursor": "next"})),
        ("resources/list", json!({"cursor": "next"})),
        ("resources/templates/list", json!({"cursor": "next"})),
        (
            "tools/call",
            json!({"name": "no_such", "arguments": {}, "inputResponses": {"send": {"action": "decline"}}}),
        ),
    ] {
        assert_eq!(
            ask(method, params.clone()).await,
            -32602,
            "{method} {params}"
        );
    }
}

/// A body that never arrives does not hold a refusal back, which once waited for it as long as a body is drained.
#[tokio::test]
async fn a_refusal_does_not_wait_for_the_body() {
    let site = start(|options| {
        options.tokens = vec![super::harness::token("one", super::harness::WRITER)];
    })
    .await;
    let token = format!("Authorization: Bearer {}\r\n", super::harness::WRITER);
    let json = "Content-Type: application/json\r\n";
    for (path, headers, sent, status) in [
        ("/mcp", json.to_owned(), 1, 401),
        ("/nowhere", token.clone(), 1, 404),
        (
            "/mcp",
            format!("{token}Content-Type: text/plain\r\n"),
            1,
            415,
        ),
        ("/mcp", format!("{token}{json}"), (1 << 20) + 1, 413),
    ] {
        let mut socket = TcpStream::connect(site.running.address()).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: 3000000\r\n\r\n{}",
            "x".repeat(sent)
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        let read = socket.read_exact(&mut answer);
        let read = tokio::time::timeout(Duration::from_secs(4), read).await;
        read.unwrap_or_else(|_| panic!("{status} waits for the body"))
            .unwrap();
        assert_eq!(
            String::from_utf8_lossy(&answer),
            format!("HTTP/1.1 {status}")
        );
    }
}

#[tokio::test]
async fn rejected_upload_still_receives_response() {
    let site = start(|options| {
        options.tokens = vec![super::harness::token("one", super::harness::WRITER)];
    })
    .await;
    let at = site.running.address();
    let body = "x".repeat(900_000);
    for (headers, status) in [
        (&[JSON, BOTH][..], 401),
        (&[JSON, BOTH, ("Origin", "http://evil.example")], 403),
    ] {
        let reply = raw(at, &request("POST", "/mcp", headers, &body)).await;
        assert_eq!(reply.status, status, "{headers:?}");
    }
}
