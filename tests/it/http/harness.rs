//! A server on loopback with a simulator behind it, and requests written by hand.

use std::net::SocketAddr;
use std::sync::Arc;

use crashsight_mcp::http::{self, BaseUrls, CredentialMode, Options, Running, Token};
use crashsight_mcp::mcp::Server;
use crashsight_mcp::testing::{self, Fingerprint};
use crashsight_mcp::{Budget, CallLimits, Clock, Policy, Projects, Toolbox, Upstream};
use crashsight_simulator::{self as sim, Simulator};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) struct Site {
    pub(crate) simulator: Simulator,
    pub(crate) running: Running,
}

pub(crate) const WRITER: &str = "token-of-the-writer-0001";
pub(crate) const READER: &str = "token-of-the-reader-0002";

pub(crate) fn token(name: &str, text: &str) -> Token {
    Token {
        name: name.into(),
        fingerprint: Fingerprint::of(text),
        read_only: false,
        projects: None,
        signs: false,
    }
}

pub(crate) fn projects(base: &str) -> Projects {
    testing::demo_projects(base, &sim::ACCOUNTS[..1], sim::PROJECTS)
}

/// Starts a server that `change` has made different from the default.
pub(crate) async fn start(change: impl FnOnce(&mut Options)) -> Site {
    start_with(sim::Options::default(), change).await
}

pub(crate) async fn start_with(simulated: sim::Options, change: impl FnOnce(&mut Options)) -> Site {
    let simulator = Simulator::start(simulated).await.unwrap();
    let mut options = options(toolbox(&simulator));
    change(&mut options);
    let running = http::serve(options).await.unwrap();
    Site { simulator, running }
}

/// Nothing is configured: such a server is not ready.
pub(crate) fn toolbox_without_projects() -> Arc<Toolbox> {
    let upstream = Upstream::new(Arc::default(), Clock::System, CallLimits::default());
    Arc::new(Toolbox::new(
        Arc::new(upstream),
        TimeZone::UTC,
        Policy::default(),
    ))
}

pub(crate) fn toolbox(simulator: &Simulator) -> Arc<Toolbox> {
    let run = Upstream::new(
        Arc::new(projects(&simulator.base_url())),
        Clock::System,
        CallLimits {
            paced: false,
            ..CallLimits::default()
        },
    );
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    Arc::new(Toolbox::new(Arc::new(run), zone, Policy::default()))
}

pub(crate) fn options(toolbox: Arc<Toolbox>) -> Options {
    Options {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        sse: true,
        tokens: Vec::new(),
        oauth: None,
        hosts: Vec::new(),
        origins: Vec::new(),
        tls: None,
        behind_proxy: false,
        credentials: CredentialMode::Config,
        toolbox,
        server_factory: Arc::new(|toolbox, caller| Server::new(toolbox, caller, Budget::new(2000))),
    }
}

pub(crate) fn sites(cn: &Simulator, global: &Simulator) -> BaseUrls {
    BaseUrls {
        cn: cn.base_url(),
        global: global.base_url(),
        agora: cn.base_url(),
        getui: cn.base_url(),
        zone: TimeZone::fixed(jiff::tz::offset(8)),
    }
}

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        let json = self.json();
        json["result"]["content"][0]["text"]
            .as_str()
            .unwrap_or_else(|| panic!("no text: {json}"))
            .to_owned()
    }
}

/// Sends these bytes and reads to the end of the connection.
pub(crate) async fn raw(address: SocketAddr, request: &[u8]) -> Answer {
    let mut socket = TcpStream::connect(address).await.unwrap();
    // A server that refuses early may close before it has read everything.
    let _ = socket.write_all(request).await;
    let mut bytes = Vec::new();
    let _ = socket.read_to_end(&mut bytes).await;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    Answer {
        status: head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or(0),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    if !headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("host"))
    {
        text += "Host: localhost\r\n";
    }
    for (name, value) in headers {
        text.push_str(&[name, ": ", value, "\r\n"].concat());
    }
    let length = body.len();
    format!("{text}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

pub(crate) async fn get(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
    raw(address, &request("GET", path, headers, "")).await
}

/// Posts a message as a client of the older era would.
pub(crate) async fn post(address: SocketAddr, headers: &[(&str, &str)], message: &Value) -> Answer {
    let mut all = vec![
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
    ];
    all.extend_from_slice(headers);
    raw(
        address,
        &request("POST", "/mcp", &all, &message.to_string()),
    )
    .await
}

pub(crate) fn call(tool: &str, arguments: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
}

pub(crate) fn list() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
}
