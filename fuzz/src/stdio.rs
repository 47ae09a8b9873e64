//! Bytes on standard input: lines of JSON-RPC.

use std::sync::Arc;
use std::time::Duration;

use crashsight_mcp::mcp::Server;
use crashsight_mcp::{Budget, Caller, Policy, testing};
use rmcp::ServiceExt as _;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Messages of a session.
pub(crate) const MESSAGES: &[&str] = &[
    r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
    r#"{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{}}"#,
    r#"{"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"crashsight_list_top_issues","arguments":{"window":"today"}}}"#,
    r#"{"jsonrpc":"2.0","id":3,"method":"prompts/get","params":{"name":"daily_crash_report","arguments":{"project":"x"}}}"#,
    r#"{"jsonrpc":"2.0","id":4,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"daily_crash_report"},"argument":{"name":"project","value":"s"}}}"#,
    r#"{"jsonrpc":"2.0","id":5,"method":"resources/read","params":{"uri":"crashsight://projects"}}"#,
    r#"{"jsonrpc":"2.0","id":6,"method":"ping"}"#,
    r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2,"reason":"x"}}"#,
    r#"[{"jsonrpc":"2.0","id":7,"method":"ping"}]"#,
    r#"{"jsonrpc":"2.0","id":1.5,"result":{}}"#,
];

/// Feeds the bytes to a server and ends its input: every line of its output is a message, and it ends.
pub(crate) fn run(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime can be built");
    let now = "2026-11-22T16:08:30+08:00".parse().expect("a moment");
    let toolbox = testing::canned_toolbox(
        testing::projects("https://crashsight.qq.com"),
        now,
        Policy::default(),
        Arc::new(|_| Ok(testing::ok(&json!({"status": 200, "code": 0, "ret": {}})))),
    );
    let server = Server::new(Arc::new(toolbox), Caller::named("fuzz"), Budget::new(2000));
    let bytes = bytes.to_vec();
    let output = runtime.block_on(async move {
        let (ours, theirs) = tokio::io::duplex(64 << 10);
        let (mut read, mut write) = tokio::io::split(ours);
        let serve = async {
            if let Ok(running) = server.serve(theirs).await {
                let _ = running.waiting().await;
            }
        };
        let feed = async {
            let _ = write.write_all(&bytes).await;
            let _ = write.shutdown().await;
            let mut output = Vec::new();
            let _ = read.read_to_end(&mut output).await;
            output
        };
        let both = async { tokio::join!(serve, feed).1 };
        tokio::time::timeout(Duration::from_secs(3600), both)
            .await
            .expect("the server ends with its input")
    });
    for line in String::from_utf8_lossy(&output).lines() {
        let message: Value = serde_json::from_str(line).expect("a line of output is JSON");
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let session = |messages: &[&str]| format!("{}\n", messages.join("\n")).into_bytes();
    let mut seeds = vec![session(MESSAGES), session(&MESSAGES[2..])];
    seeds.extend(
        MESSAGES[2..]
            .iter()
            .map(|message| session(&[MESSAGES[0], MESSAGES[1], message])),
    );
    seeds.push(b"{\"jsonrpc\":\"2.0\"\r\n\xff\xfe\r\n\r\n".to_vec());
    seeds
}
