//! Bytes on a connection of the HTTP server: heads, bodies and the messages in them.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crashsight_mcp::http::{self, CredentialMode, Options};
use crashsight_mcp::mcp::Server;
use crashsight_mcp::{Budget, Policy, testing};
use serde_json::json;

/// A server on loopback, running as long as the process.
static ADDRESS: LazyLock<SocketAddr> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime can be built");
    let now = "2026-11-22T16:08:30+08:00".parse().expect("a moment");
    let toolbox = testing::canned_toolbox(
        testing::projects("https://crashsight.qq.com"),
        now,
        Policy::default(),
        Arc::new(|_| Ok(testing::ok(&json!({"status": 200, "code": 0, "ret": {}})))),
    );
    let options = Options {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        // A stream stays open for as long as its reader does.
        sse: false,
        tokens: Vec::new(),
        hosts: Vec::new(),
        origins: Vec::new(),
        tls: None,
        behind_proxy: false,
        credentials: CredentialMode::Config,
        oauth: None,
        toolbox: Arc::new(toolbox),
        server_factory: Arc::new(|toolbox, caller| Server::new(toolbox, caller, Budget::new(2000))),
    };
    let running = runtime
        .block_on(http::serve(options))
        .expect("the server starts");
    let address = running.address();
    std::mem::forget((runtime, running));
    address
});

/// Sends the bytes, ends the sending side and reads to the end: whatever is answered is HTTP, and it ends soon.
pub(crate) fn run(bytes: &[u8]) {
    let mut socket = TcpStream::connect(*ADDRESS).expect("the server accepts connections");
    let patience = Some(Duration::from_secs(8));
    socket
        .set_read_timeout(patience)
        .expect("a timeout is valid");
    // A server that refuses early may close before it has read everything.
    let _ = socket.write_all(bytes);
    let _ = socket.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    match socket.read_to_end(&mut answer) {
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            ) =>
        {
            unreachable!("the connection stays open");
        }
        _ => {}
    }
    assert!(
        answer.is_empty() || answer.starts_with(b"HTTP/1."),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    assert!(
        !answer.starts_with(b"HTTP/1.1 500"),
        "a fault of the server"
    );
}

fn request(head: &str, body: &str) -> Vec<u8> {
    format!(
        "{head}\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let post = "POST /mcp HTTP/1.1\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream";
    let mut seeds: Vec<Vec<u8>> = crate::stdio::MESSAGES
        .iter()
        .map(|message| request(post, message))
        .collect();
    seeds.extend(
        [
            "GET /healthz HTTP/1.1",
            "GET /readyz HTTP/1.1",
            "GET /metrics HTTP/1.0",
            "DELETE /mcp HTTP/1.1",
            "OPTIONS /mcp HTTP/1.1\r\nOrigin: http://localhost",
        ]
        .map(|head| request(head, "")),
    );
    seeds.push(b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n".to_vec());
    seeds.push(
        b"POST /mcp HTTP/1.1\r\nHost: evil\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"
            .to_vec(),
    );
    seeds
}
