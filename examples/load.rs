//! Load and faults against the built binary, on loopback and for a bounded time.
//!
//! `cargo run --release --example load -- target/release/crashsight-mcp [SECONDS]`

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement stops where it fails, and prints what it found"
)]

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const CLIENTS: usize = 200;
const HOSTILE: usize = 10_000;
const TOKEN: &str = "the-token-of-this-load-run";
const OTHER: &str = "another-token-of-this-run";

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let binary = arguments.next().unwrap();
    let seconds = arguments.next().map_or(30, |text| text.parse().unwrap());
    let length = Duration::from_secs(seconds);
    let open = Server::start(&binary, &["--sim-quota", "off"]);
    mixed("mixed calls", &open, length).await;
    leaving(&open, length / 2).await;
    mixed("again, after clients that left", &open, length / 6).await;
    drop(open);
    let slow = Server::start(&binary, &["--sim-quota", "off", "--sim-latency", "200"]);
    mixed("slow upstream, 200 ms", &slow, length).await;
    drop(slow);
    large_documents(&binary).await;
    hostile(&binary).await;
}

/// Reports that are read at once, and the bytes of each.
const DOCUMENTS: usize = 4;
const DOCUMENT_BYTES: usize = 44 << 20;

/// Large reports read at once: how long the server takes to answer `/healthz` meanwhile.
async fn large_documents(binary: &str) {
    let service = documents_service().await;
    let server = Server::of_service(binary, service);
    let at = server.at;
    let started = Instant::now();
    let calls: Vec<_> = (0..DOCUMENTS)
        .map(|n| {
            tokio::spawn(async move {
                let body = format!(
                    "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"crashsight_get_crash\",\
                     \"arguments\":{{\"crash\":\"{n:032x}\"}}}}}}"
                );
                let mut socket = TcpStream::connect(at).await.unwrap();
                socket.write_all(&post("", &body)).await.unwrap();
                let (status, body) = answer(&mut socket).await.unwrap();
                status == 200 && body.contains("log lines") && !body.contains("\"isError\":true")
            })
        })
        .collect();
    let mut took = Vec::new();
    let mut socket = TcpStream::connect(at).await.unwrap();
    socket.set_nodelay(true).unwrap();
    while !calls.iter().all(tokio::task::JoinHandle::is_finished) {
        let before = Instant::now();
        let health = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.write_all(health).await.unwrap();
        answer(&mut socket).await.unwrap();
        took.push(before.elapsed());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    took.sort_unstable();
    let at = |part: usize| took[(took.len() - 1) * part / 100];
    let mut right = 0;
    for call in calls {
        right += usize::from(call.await.unwrap());
    }
    println!(
        "{DOCUMENTS} reports of {} MB at once: {right} answered in {:?}; {} requests of /healthz meanwhile, \
         p50 {:?}, p99 {:?}, longest {:?}; memory {:.1} MB",
        DOCUMENT_BYTES >> 20,
        started.elapsed(),
        took.len(),
        at(50),
        at(99),
        at(100),
        server.memory(),
    );
}

/// A service whose every report is large: threads, keys and a log.
async fn documents_service() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let document: Arc<str> = document().into();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let document = Arc::clone(&document);
            tokio::spawn(async move {
                while let Some(request) = service_request(&mut socket).await {
                    let hash = request.split("\"crashHash\":\"").nth(1).unwrap_or_default();
                    let hash = hash.split('"').next().unwrap_or_default().replace(':', "");
                    // In pieces as they are: a copy of the whole would hold up the other tasks here.
                    let pieces = match document.split_once("THE-ID") {
                        Some((before, after)) if request.contains("/crashDoc") => {
                            [before, hash.as_str(), after]
                        }
                        _ => ["{\"status\":200,\"ret\":{\"attachList\":[]}}", "", ""],
                    };
                    let length: usize = pieces.iter().map(|piece| piece.len()).sum();
                    let head = format!(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
                    );
                    for piece in std::iter::once(head.as_str()).chain(pieces) {
                        if socket.write_all(piece.as_bytes()).await.is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    at
}

/// Head and body of a request of a connection that stays open.
async fn service_request(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 4096];
    loop {
        let count = socket.read(&mut buffer).await.ok()?;
        if count == 0 {
            return None;
        }
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let head = head.to_lowercase();
        let length = head.split("content-length: ").nth(1);
        let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(text.into_owned());
        }
    }
}

fn document() -> String {
    let frames = "com.starfall.net.Downloader.run(Downloader.java:88)\\n\
                  java.util.concurrent.ThreadPoolExecutor$Worker.run(ThreadPoolExecutor.java:637)\\n"
        .repeat(20);
    let mut files = Vec::new();
    for n in 0..4_000 {
        files.push(format!(
            "{{\"fileName\":\"Worker-{n}({n})\",\"fileType\":2,\"fileContent\":\"{frames}\"}}"
        ));
    }
    let mut log = String::new();
    while log.len() + files.len() * frames.len() < DOCUMENT_BYTES {
        log.push_str("11-22 10:00:00.123  3020  3061 D StarBattle: tick 12 entities=400\\n");
    }
    format!(
        "{{\"statusCode\":0,\"crashMap\":{{\"crashId\":\"THE-ID\",\"expName\":\"SIGSEGV\",\
         \"crashTime\":\"2026-11-22 10:00:00\",\"retraceCrashDetail\":\"{frames}\"}},\"detailMap\":{{\"fileList\":\
         [{},{{\"fileName\":\"log.txt\",\"fileType\":1,\"fileContent\":\"{log}\"}}]}}}}",
        files.join(",")
    )
}

/// The binary, ended when dropped.
struct Server {
    child: Child,
    at: SocketAddr,
    said: Option<std::thread::JoinHandle<(usize, bool)>>,
}

impl Server {
    fn start(binary: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(binary);
        command.args(["serve", "--demo", "--http", "127.0.0.1:0"]);
        Self::spawn(command.args(arguments))
    }

    /// A server of one project whose service is at this address.
    fn of_service(binary: &str, service: SocketAddr) -> Self {
        let mut command = Command::new(binary);
        command.args(["serve", "--http", "127.0.0.1:0"]).envs([
            ("CRASHSIGHT_USER_ID", "1".to_owned()),
            ("CRASHSIGHT_API_KEY", "a-key-of-this-load-run".to_owned()),
            ("CRASHSIGHT_SITE", format!("http://{service}")),
            ("CRASHSIGHT_PROJECT", "d98b9f7eec@android".to_owned()),
        ]);
        Self::spawn(&mut command)
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let at = line.split_once("://").unwrap().1.trim();
        let at = at.trim_end_matches("/mcp").parse().unwrap();
        let said = std::thread::spawn(move || {
            let lines: Vec<String> = stderr.lines().map_while(Result::ok).collect();
            let told = lines.iter().any(|line| {
                let secrets = [TOKEN, OTHER, "wrong-token"];
                secrets.iter().any(|secret| line.contains(secret))
            });
            (lines.len(), told)
        });
        Self {
            child,
            at,
            said: Some(said),
        }
    }

    /// Resident memory in MB; 0 where the system does not say.
    fn memory(&self) -> f64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kilobytes.unwrap_or(0.0) / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What clients ask in turn: listing, memory, the service, a document, a mistake.
fn question(turn: usize) -> Vec<u8> {
    let call = |name: &str, arguments: &str| {
        format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":{turn},\"method\":\"tools/call\",\"params\":{{\"name\":\"{name}\",\"arguments\":{arguments}}}}}"
        )
    };
    let body = match turn % 6 {
        0 => format!("{{\"jsonrpc\":\"2.0\",\"id\":{turn},\"method\":\"tools/list\"}}"),
        1 => call("crashsight_get_day_stats", "{\"window\":\"yesterday\"}"),
        2 => call("crashsight_list_top_issues", "{\"fresh\":true}"),
        3 => call("crashsight_search_issues", "{\"limit\":20}"),
        4 => call(
            "crashsight_get_daily_trend",
            "{\"window\":\"30d\",\"fresh\":true}",
        ),
        _ => call("crashsight_get_issue", "{\"isue\":\"x\"}"),
    };
    post("", &body)
}

fn post(headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Reads one answer of a connection that stays open: its status.
async fn answer(socket: &mut TcpStream) -> Option<(u16, String)> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 16384];
    loop {
        let count = socket.read(&mut buffer).await.ok()?;
        if count == 0 {
            return None;
        }
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let head = head.to_lowercase();
        let length = head
            .split_once("content-length: ")
            .and_then(|(_, rest)| rest.lines().next()?.parse::<usize>().ok())
            .unwrap_or(0);
        if body.len() >= length {
            let status = head.split(' ').nth(1)?.parse().ok()?;
            return Some((status, body.to_owned()));
        }
    }
}

async fn mixed(title: &str, server: &Server, length: Duration) {
    let before = server.memory();
    let started = Instant::now();
    let at = server.at;
    let errors = Arc::new(AtomicU64::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let errors = Arc::clone(&errors);
            tokio::spawn(async move {
                let mut socket = TcpStream::connect(at).await.unwrap();
                socket.set_nodelay(true).unwrap();
                let mut took = Vec::new();
                let mut turn = client;
                while started.elapsed() < length {
                    let asked = Instant::now();
                    socket.write_all(&question(turn)).await.unwrap();
                    let reply = answer(&mut socket).await;
                    let mistake = turn % 6 == 5;
                    let right = reply.is_some_and(|(status, body)| {
                        status == 200 && body.contains("\"isError\":true") == mistake
                    });
                    errors.fetch_add(u64::from(!right), Ordering::Relaxed);
                    took.push(asked.elapsed());
                    turn += 1;
                }
                took
            })
        })
        .collect();
    tokio::time::sleep(length / 3).await;
    let early = server.memory();
    let mut took = Vec::new();
    for client in clients {
        took.extend(client.await.unwrap());
    }
    took.sort_unstable();
    let at = |part: usize| took[(took.len() - 1) * part / 100];
    println!(
        "{title}: {CLIENTS} clients, {length:?}: {} calls, {} errors, p50 {:?}, p99 {:?}, longest {:?}; \
         memory {before:.1} MB before, {early:.1} after a third, {:.1} at the end",
        took.len(),
        errors.load(Ordering::Relaxed),
        at(50),
        at(99),
        at(100),
        server.memory(),
    );
}

/// Clients that ask and go away before the answer.
async fn leaving(server: &Server, length: Duration) {
    let started = Instant::now();
    let at = server.at;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            tokio::spawn(async move {
                let mut left = 0_u64;
                while started.elapsed() < length {
                    let Ok(mut socket) = TcpStream::connect(at).await else {
                        continue;
                    };
                    let turn = client + usize::try_from(left).unwrap_or(0);
                    let _ = socket.write_all(&question(turn)).await;
                    let stay = Duration::from_millis(u64::try_from(turn % 40).unwrap_or(0));
                    tokio::time::sleep(stay).await;
                    drop(socket);
                    left += 1;
                }
                left
            })
        })
        .collect();
    let mut left = 0;
    for client in clients {
        left += client.await.unwrap();
    }
    println!(
        "clients that leave: {left} left within 40 ms; memory {:.1} MB",
        server.memory()
    );
}

/// Requests that deserve a refusal, and the status of each.
fn wrong(turn: usize, stream: &str) -> (Vec<u8>, u16) {
    let own = format!("Authorization: Bearer {TOKEN}\r\n");
    let list = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}";
    let replace = |from: &str, to: &str| {
        let text = String::from_utf8(post(&own, list)).unwrap_or_default();
        text.replace(from, to).into_bytes()
    };
    match turn % 16 {
        0 => (post(&own, "{\"jsonrpc\":"), 400),
        1 => (post(&own, "[]"), 400),
        2 => (post(&own, &"[".repeat(5000)), 400),
        3 => (
            replace("application/json\r\nAccept", "text/plain\r\nAccept"),
            415,
        ),
        4 => (
            replace(
                "Accept: application/json, text/event-stream",
                "Accept: text/html",
            ),
            406,
        ),
        5 => (replace("Host: localhost", "Host: evil.example"), 403),
        6 => (
            post(&format!("{own}Origin: http://evil.example\r\n"), list),
            403,
        ),
        7 => (post("", list), 401),
        8 => (post("Authorization: Bearer wrong-token\r\n", list), 401),
        9 => (
            post(&format!("{own}MCP-Protocol-Version: 2026-07-28\r\n"), list),
            400,
        ),
        10 => (
            post(&format!("{own}MCP-Protocol-Version: 1999-01-01\r\n"), list),
            400,
        ),
        11 => (replace("POST /mcp", "DELETE /mcp"), 405),
        12 => (replace("POST /mcp", "POST /../etc/passwd"), 404),
        13 if turn % 160 == 13 => (post(&own, &"x".repeat(2 << 20)), 413),
        13 => (replace("Content-Length: ", "Content-Length: x"), 400),
        14 => {
            let text = String::from_utf8(post(&own, list)).unwrap_or_default();
            let text = text.replace("POST /mcp", &format!("POST {stream}"));
            (text.into_bytes(), 403)
        }
        _ => (replace("HTTP/1.1", "HTTP/7.7"), 400),
    }
}

async fn hostile(binary: &str) {
    let file = std::env::temp_dir().join(format!("load-{}.toml", std::process::id()));
    let tokens = format!("[tokens.one]\ntoken = \"{TOKEN}\"\n[tokens.two]\ntoken = \"{OTHER}\"\n");
    std::fs::write(&file, tokens).unwrap();
    let mut server = Server::start(binary, &["--tokens", file.to_str().unwrap()]);
    let at = server.at;
    let mut owner = TcpStream::connect(at).await.unwrap();
    let open =
        format!("GET /sse HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {OTHER}\r\n\r\n");
    owner.write_all(open.as_bytes()).await.unwrap();
    let mut first = String::new();
    while !first.contains("session_id=") {
        let mut buffer = [0; 1024];
        let count = owner.read(&mut buffer).await.unwrap();
        first += &String::from_utf8_lossy(&buffer[..count]);
    }
    let stream = first.split_once("data: ").unwrap().1;
    let stream: Arc<str> = stream.lines().next().unwrap().into();
    let started = Instant::now();
    let clients: Vec<_> = (0..50)
        .map(|client| {
            let stream = Arc::clone(&stream);
            tokio::spawn(async move {
                let mut odd = Vec::new();
                for turn in (client..HOSTILE).step_by(50) {
                    let (request, expected) = wrong(turn, &stream);
                    let mut socket = TcpStream::connect(at).await.unwrap();
                    let _ = socket.write_all(&request).await;
                    let reply = tokio::time::timeout(Duration::from_secs(20), answer(&mut socket));
                    let status = reply.await.ok().flatten().map_or(0, |(status, _)| status);
                    if status != expected {
                        odd.push((turn % 16, expected, status));
                    }
                }
                odd
            })
        })
        .collect();
    let mut odd = Vec::new();
    for client in clients {
        odd.extend(client.await.unwrap());
    }
    let memory = server.memory();
    let took = started.elapsed();
    let _ = server.child.kill();
    let (lines, told) = server.said.take().unwrap().join().unwrap();
    println!(
        "hostile: {HOSTILE} requests in {took:?}: {} with another status than expected {:?}; \
         {lines} log lines, a token in one of them: {told}; memory {memory:.1} MB",
        odd.len(),
        odd.first(),
    );
    let _ = std::fs::remove_file(file);
}
