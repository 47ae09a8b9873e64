//! How things end: a client that goes away, a cancelled call, the server itself; and TLS and logs of the
//! built binary.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use crashsight_mcp::http::CredentialMode;
use crashsight_simulator as sim;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::harness::{Site, call, get, list, post, raw, request, start, start_with};
use super::streams::{Stream, tell};

/// Waits for a condition.
async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let polling = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), polling).await;
    assert!(waited.is_ok(), "{what}");
}

/// A server whose service never answers, and the service.
async fn silent() -> (Site, TcpListener) {
    let service = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", service.local_addr().unwrap());
    let sites = crashsight_mcp::http::BaseUrls {
        cn: base.clone(),
        global: base.clone(),
        agora: base.clone(),
        getui: base,
        zone: jiff::tz::TimeZone::UTC,
    };
    let site = start(|options| options.credentials = CredentialMode::PerRequest(sites)).await;
    (site, service)
}

const WHO: [(&str, &str); 3] = [
    ("X-CrashSight-User-Id", "1"),
    ("X-CrashSight-Api-Key", "k"),
    ("X-CrashSight-Project", "a@pc"),
];

/// Accepts the call that arrives.
async fn arrived(service: &TcpListener) -> TcpStream {
    let (mut socket, _) = service.accept().await.unwrap();
    let mut buffer = [0; 4096];
    assert!(socket.read(&mut buffer).await.unwrap() > 0);
    socket
}

/// The server hangs up on the service.
async fn hung_up(mut call: TcpStream) {
    let mut rest = Vec::new();
    let read = call.read_to_end(&mut rest);
    let ended = tokio::time::timeout(Duration::from_secs(10), read).await;
    assert!(ended.is_ok(), "the upstream request goes on");
}

#[tokio::test]
async fn disconnecting_cancels_the_call() {
    let (site, service) = silent().await;
    let at = site.running.address();
    let stats = call("crashsight_get_day_stats", &json!({})).to_string();
    let json = [("Content-Type", "application/json"), ("Accept", "*/*")];
    let request = request("POST", "/mcp", &[&json[..], &WHO].concat(), &stats);
    let mut client = TcpStream::connect(at).await.unwrap();
    client.write_all(&request).await.unwrap();
    let call = arrived(&service).await;
    drop(client);
    hung_up(call).await;
    until("it is counted", async || {
        let page = get(at, "/metrics", &[]).await.body;
        page.contains("outcome=\"cancelled\"} 1") && page.contains("status=\"499\"} 1")
    })
    .await;
}

#[tokio::test]
async fn sse_calls_are_cancelled_by_notification_or_disconnect() {
    let (site, service) = silent().await;
    let at = site.running.address();
    let stats = call("crashsight_get_day_stats", &json!({}));
    let mut stream = Stream::open(at, &WHO).await;
    stream.greet(at, &WHO).await;
    assert_eq!(tell(at, &stream.endpoint, &WHO, &stats).await.status, 202);
    let first = arrived(&service).await;
    let cancel =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}});
    assert_eq!(tell(at, &stream.endpoint, &WHO, &cancel).await.status, 202);
    hung_up(first).await;
    let again =
        json!({"jsonrpc": "2.0", "id": 8, "method": "tools/call", "params": stats["params"]});
    assert_eq!(tell(at, &stream.endpoint, &WHO, &again).await.status, 202);
    let second = arrived(&service).await;
    drop(stream);
    hung_up(second).await;
    until("the stream is forgotten", async || {
        let page = get(at, "/metrics", &[]).await.body;
        page.contains("crashsight_mcp_sse_streams 0")
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_call_does_not_delay_shutdown() {
    let (site, service) = silent().await;
    let at = site.running.address();
    let mut stream = Stream::open(at, &WHO).await;
    stream.greet(at, &WHO).await;
    let stats = call("crashsight_get_day_stats", &json!({}));
    tell(at, &stream.endpoint, &WHO, &stats).await;
    let asked = arrived(&service).await;
    let cancel =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}});
    tell(at, &stream.endpoint, &WHO, &cancel).await;
    hung_up(asked).await;
    let stopped = tokio::time::timeout(Duration::from_secs(20), site.running.stop());
    assert!(
        stopped.await.is_ok(),
        "it waits for a reply that never comes"
    );
}

#[tokio::test(start_paused = true)]
async fn half_a_request_delays_neither_others_nor_the_shutdown() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let head = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\n".as_slice();
    let body = b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
        Content-Length: 100\r\n\r\n{"
        .as_slice();
    // Half a head is closed by itself.
    let mut half = TcpStream::connect(at).await.unwrap();
    half.write_all(head).await.unwrap();
    let begun = tokio::time::Instant::now();
    let mut rest = Vec::new();
    let _ = half.read_to_end(&mut rest).await;
    assert!(
        begun.elapsed() <= Duration::from_secs(11),
        "{:?}",
        begun.elapsed()
    );
    // The end waits for neither.
    for half in [head, body] {
        let site = start(|_| {}).await;
        let mut open = TcpStream::connect(site.running.address()).await.unwrap();
        open.write_all(half).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        let begun = tokio::time::Instant::now();
        site.running.stop().await;
        assert!(
            begun.elapsed() <= Duration::from_secs(6),
            "{:?}",
            begun.elapsed()
        );
    }
}

#[tokio::test]
async fn shutdown_lets_running_calls_finish() {
    let slow = sim::Options {
        latency: Duration::from_millis(400),
        ..sim::Options::default()
    };
    let Site { simulator, running } = start_with(slow, |_| {}).await;
    let at = running.address();
    let stats = |id: u64, window: &str| -> Value {
        let mut call = call("crashsight_get_day_stats", &json!({"window": window}));
        call["id"] = json!(id);
        call
    };
    let mut idle = Stream::open(at, &[]).await;
    let mut stream = Stream::open(at, &[]).await;
    stream.greet(at, &[]).await;
    tell(at, &stream.endpoint, &[], &stats(1, "yesterday")).await;
    let posted = tokio::spawn(async move { post(at, &[], &stats(2, "today")).await });
    until("both calls run", async || simulator.calls() == 2).await;
    let stopping = tokio::spawn(running.stop());
    until("the shutdown is visible", async || {
        get(at, "/readyz", &[]).await.status == 503
    })
    .await;
    assert_eq!(post(at, &[], &stats(3, "today")).await.status, 503);
    assert_eq!(stream.message().await["id"], 1);
    assert_eq!(stream.data().await, None, "then the stream ends");
    assert_eq!(idle.data().await, None);
    let posted = posted.await.unwrap();
    assert!(posted.text().starts_with("Day totals"), "{posted:?}");
    stopping.await.unwrap();
    assert!(TcpStream::connect(at).await.is_err(), "the port is closed");
}

/// The built binary in the background, and its first output.
struct Binary {
    child: std::process::Child,
    log: JoinHandle<String>,
    at: SocketAddr,
}

fn binary(arguments: &[&str]) -> Binary {
    let mut child = Command::new(cargo_bin!("crashsight-mcp"))
        .env("CRASHSIGHT_STORE", "memory")
        .args(["serve", "--demo", "--http", "127.0.0.1:0"])
        .args(arguments)
        .env("CRASHSIGHT_LOG", "trace")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let at = loop {
        let mut line = String::new();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "it ended");
        if let Some((_, rest)) = line.split_once("://")
            && line.starts_with("serving ")
        {
            break rest.trim().trim_end_matches("/mcp").parse().unwrap();
        }
    };
    // A full pipe would stop the server.
    let log = std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        text
    });
    Binary { child, log, at }
}

impl Binary {
    /// Ends it, and returns the rest of its output.
    fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.join().unwrap()
    }
}

#[tokio::test]
async fn logs_have_request_ids_and_no_secrets() {
    let folder = std::env::temp_dir().join(format!("crashsight-mcp-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let tokens = folder.join("tokens.toml");
    let secret = "a-token-that-must-not-be-logged";
    std::fs::write(&tokens, format!("[tokens.ci]\ntoken = \"{secret}\"\n")).unwrap();
    let binary = binary(&["--tokens", tokens.to_str().unwrap()]);
    let at = binary.at;
    let bearer = format!("Bearer {secret}");
    let known = [
        ("Authorization", &*bearer),
        ("X-Request-Id", "from-outside-1"),
    ];
    let stats = call("crashsight_get_day_stats", &json!({}));
    let reply = post(at, &known, &stats).await;
    assert!(
        reply.head.contains("x-request-id: from-outside-1"),
        "{reply:?}"
    );
    post(at, &[("Authorization", &format!("{bearer}x"))], &list()).await;
    get(at, &format!("/mcp?token={secret}"), &[]).await;
    raw(
        at,
        &request(
            "GET",
            "/sse",
            &[("Authorization", &format!("Basic {secret}"))],
            "",
        ),
    )
    .await;
    let header = "x-crashsight-api-key";
    post(at, &[known[0], (header, "key-of-another-caller")], &list()).await;
    // What a client writes stays within its line.
    let mut forged = call("crashsight_no_such", &json!({}));
    forged["id"] = json!("1\nFORGED LINE");
    post(at, &known, &forged).await;
    let log = binary.end();
    assert!(!log.contains("\nFORGED LINE"), "{log}");
    for secret in [secret, "key-of-another-caller", sim::API_KEY] {
        assert!(!log.contains(secret), "{log}");
    }
    for words in [
        "from-outside-1",
        "caller=\"ci\"",
        "status=401",
        "tool=\"crashsight_get_day_stats\"",
    ] {
        assert!(log.contains(words), "{words} is missing: {log}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn https_works() {
    let folder = std::env::temp_dir().join(format!("crashsight-mcp-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let site = start(|options| options.tls = Some((certificate.clone(), key.clone()))).await;
    let at = site.running.address();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let socket = TcpStream::connect(at).await.unwrap();
    let name = "localhost".try_into().unwrap();
    let mut socket = connector.connect(name, socket).await.unwrap();
    let asked = request("GET", "/healthz", &[], "");
    socket.write_all(&asked).await.unwrap();
    let mut answer = String::new();
    let _ = socket.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_ne!(
        raw(at, &asked).await.status,
        200,
        "plain HTTP gets no response"
    );
    std::fs::write(&key, "no key").unwrap();
    let mut options = super::harness::options(super::harness::toolbox_without_projects());
    options.tls = Some((certificate, key));
    match crashsight_mcp::http::serve(options).await {
        Ok(_) => panic!("a key that is none was taken"),
        Err(error) => assert!(error.to_string().contains("key.pem"), "{error}"),
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn readers_that_leave_their_streams_cause_no_panic() {
    let binary = binary(&[]);
    let at = binary.at;
    for _ in 0..20 {
        let mut stream = Stream::open(at, &[]).await;
        stream.greet(at, &[]).await;
        let endpoint = stream.endpoint.clone();
        let asked = (1..=40).map(|id| {
            let list = json!({"jsonrpc": "2.0", "id": id, "method": "tools/list"});
            let endpoint = endpoint.clone();
            async move { tell(at, &endpoint, &[], &list).await }
        });
        let asked = tokio::spawn(futures_util::future::join_all(asked));
        // Some responses are in the stream, some in its queue, some under way.
        stream.message().await;
        drop(stream);
        asked.await.unwrap();
    }
    assert_eq!(get(at, "/healthz", &[]).await.status, 200);
    let log = binary.end();
    let panics: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("panic") || line.contains("internal error"))
        .collect();
    assert!(
        panics.is_empty(),
        "{} lines, {:?}",
        panics.len(),
        panics.first()
    );
}
