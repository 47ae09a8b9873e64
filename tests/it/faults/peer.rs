//! A service on loopback that answers as a script says: bytes, pauses, a reset.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::bodies::Asked;
use crate::hostile::body_of;

/// What happens on a connection after a request has arrived.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// These bytes leave.
    Bytes(Vec<u8>),
    /// The right answer leaves, changed, with this `Date`.
    Answer(fn(&Value) -> Value, &'static str),
    /// The whole request comes back with this status and content type, as it is or as a string of JSON.
    Echo { status: u16, json: bool },
    /// These bytes leave one a second.
    Slowly(Vec<u8>),
    /// So many megabytes leave, as far as they are taken.
    Flood(usize),
    /// Nothing happens for an hour.
    Silence,
    /// The connection is reset.
    Reset,
}

/// What the peer does now.
#[derive(Debug, Clone, Default)]
pub(super) struct Behavior {
    /// Whether operations but the first of the tool are answered, whatever the steps.
    pub(super) reads_answered: bool,
    pub(super) steps: Vec<Step>,
    /// Whether a login is treated so too; otherwise it succeeds.
    pub(super) login: bool,
    /// The operations of the tool, and its documented answer.
    pub(super) upstream: &'static [&'static str],
    pub(super) answer: Arc<Value>,
    pub(super) asked: Arc<Asked>,
    /// Bytes that a flood got rid of.
    pub(super) flooded: Arc<AtomicUsize>,
}

/// The peer.
pub(super) struct Peer {
    address: SocketAddr,
    behaviors: Behaviors,
}

/// What the peer does below each path.
type Behaviors = Arc<Mutex<HashMap<String, Behavior>>>;

impl Peer {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = Self {
            address: listener.local_addr().unwrap(),
            behaviors: Arc::default(),
        };
        let behaviors = Arc::clone(&peer.behaviors);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let behaviors = Arc::clone(&behaviors);
                tokio::spawn(async move { connection(socket, &behaviors).await });
            }
        });
        peer
    }

    /// The base URL of a path.
    pub(super) fn base(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// Behaves so below a path from now on.
    pub(super) fn behave(&self, path: &str, behavior: Behavior) {
        let mut behaviors = self.behaviors.lock().unwrap();
        behaviors.insert(path.to_owned(), behavior);
    }
}

/// Reads one request with its body.
async fn request(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length = head.split_once("content-length: ");
            let length = length.and_then(|(_, rest)| rest.lines().next()?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return Some(text.into_owned());
            }
        }
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn response(status: u16, content_type: &str, date: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nDate: {date}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

const DATE: &str = "Sun, 22 Nov 2026 08:08:30 GMT";

async fn connection(mut socket: TcpStream, behaviors: &Behaviors) {
    let Some(request) = request(&mut socket).await else {
        return;
    };
    let path = request.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let first = path.split('/').nth(1).unwrap_or_default();
    let behavior = behaviors.lock().unwrap().get(first).cloned().unwrap();
    let (status, body) = body_of(&behavior.asked, behavior.upstream, &behavior.answer, path);
    if path.ends_with("/auth") && !behavior.login {
        let body = body
            .to_string()
            .replace("\"t\"", &format!("\"{}\"", super::TOKEN));
        let _ = socket
            .write_all(&response(status, "application/json", DATE, &body))
            .await;
        return;
    }
    // What a write reads first is answered: the fault is in the response to the write.
    let mut reads = behavior.upstream.iter().skip(1);
    if behavior.reads_answered
        && reads.any(|operation| path.split('/').any(|part| part == *operation))
    {
        let _ = socket
            .write_all(&response(
                status,
                "application/json",
                DATE,
                &body.to_string(),
            ))
            .await;
        return;
    }
    for step in behavior.steps {
        match step {
            Step::Bytes(bytes) => {
                let _ = socket.write_all(&bytes).await;
            }
            Step::Answer(change, date) => {
                let body = change(&body).to_string();
                let bytes = response(status, "application/json", date, &body);
                let _ = socket.write_all(&bytes).await;
            }
            Step::Echo { status, json } => {
                let (kind, body) = if json {
                    let body = serde_json::json!({"code": status, "message": request});
                    ("application/json", body.to_string())
                } else {
                    ("text/html", format!("<html><pre>{request}</pre></html>"))
                };
                let _ = socket.write_all(&response(status, kind, DATE, &body)).await;
            }
            Step::Slowly(bytes) => {
                for byte in bytes {
                    if socket.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Step::Flood(megabytes) => {
                let piece = vec![b' '; 64 << 10];
                for _ in 0..megabytes << 4 {
                    if socket.write_all(&piece).await.is_err() {
                        return;
                    }
                    behavior.flooded.fetch_add(piece.len(), Ordering::Relaxed);
                    // Others have their turn.
                    tokio::task::yield_now().await;
                }
            }
            Step::Silence => tokio::time::sleep(Duration::from_secs(3600)).await,
            Step::Reset => {
                let _ = socket.set_zero_linger();
                return;
            }
        }
    }
}
