//! Bodies made to take memory: whatever a service sends, the process stays below four times what one call may read,
//! however many responses it reads.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use assert_cmd::cargo::cargo_bin;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// `--max-response-mb`.
const CAP_MB: usize = 8;

/// What is repeated to make a body, and what begins and ends it.
const BOMBS: &[(&str, &str, &str, &str)] = &[
    ("numbers", "[", "0,", "0]"),
    ("empty lists", "[", "[],", "0]"),
    ("lists of one", "[", "[0],", "0]"),
    ("nested lists", "[", "[[[[[[[[0]]]]]]]],", "0]"),
    ("empty objects", "[", "{},", "0]"),
    ("objects of one", "[", "{\"\":0},", "0]"),
    ("nested objects", "[", "{\"\":{\"\":{\"\":{}}}},", "0]"),
    ("empty texts", "[", "\"\",", "\"\"]"),
    ("texts of one", "[", "\"a\",", "\"\"]"),
    (
        "rows",
        "{\"list\":[",
        "{\"issueId\":\"A\",\"crashNum\":1,\"issueVersions\":[{\"version\":\"1\"}]},",
        "{}]}",
    ),
    (
        "long texts",
        "[",
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",",
        "0]",
    ),
    ("one text", "\"", "a", "\""),
    ("one escaped text", "\"", "\\u4e2d", "\""),
    (
        "one text of lines",
        "{\"crashMap\":{\"callStack\":\"",
        "\\n#00 pc 0001 /lib/a.so (f+1)",
        "\"}}",
    ),
    (
        "a document in a text",
        "{\"crashMap\":{\"callStack\":\"[",
        "0,",
        "0]\"}}",
    ),
    (
        "a report in a text",
        "{\"crashMap\":{\"callStack\":\"{\\\"threads\\\":[",
        "{\\\"\\\":0},",
        "0]}\"}}",
    ),
];

/// A body of at most so many bytes.
fn body((_, begin, piece, end): (&str, &str, &str, &str), bytes: usize) -> Vec<u8> {
    let (head, tail) = ("{\"status\":200,\"code\":0,\"ret\":", "}");
    let left = bytes - head.len() - begin.len() - end.len() - tail.len();
    [head, begin, &piece.repeat(left / piece.len()), end, tail]
        .concat()
        .into_bytes()
}

/// A body of numbers or objects with as many values as are read of one.
fn at_the_limit(bomb: (&str, &str, &str, &str)) -> Vec<u8> {
    let (_, _, piece, _) = bomb;
    let weigh = |byte| match byte {
        b',' | b':' => 1,
        b'[' => 2,
        b'{' => 4,
        _ => 0,
    };
    let each: usize = piece.bytes().map(weigh).sum();
    let count = ((CAP_MB << 20) / 64 - 100) / each.max(1);
    body(bomb, (count * piece.len() + 200).min(CAP_MB << 20))
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

/// Sends the same packed body for every request.
async fn service(body: Arc<Mutex<Vec<u8>>>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let body = body.lock().unwrap().clone();
            tokio::spawn(async move {
                let mut request = vec![0; 64 << 10];
                let _ = socket.read(&mut request).await;
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\
                     Connection: close\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                let _ = socket.write_all(head.as_bytes()).await;
                let _ = socket.write_all(&body).await;
            });
        }
    });
    address
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(service: std::net::SocketAddr) -> Self {
        let mut child = Command::new(cargo_bin!("crashsight-mcp"))
            .args([
                "serve",
                "--http",
                "127.0.0.1:0",
                "--max-response-mb",
                &CAP_MB.to_string(),
            ])
            .envs([
                ("CRASHSIGHT_USER_ID", "1".to_owned()),
                ("CRASHSIGHT_API_KEY", "a-key-of-this-test".to_owned()),
                ("CRASHSIGHT_SITE", format!("http://{service}")),
                ("CRASHSIGHT_PROJECT", "d98b9f7eec@android".to_owned()),
            ])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let address = line.split_once("://").unwrap().1.trim();
        let address = address.trim_end_matches("/mcp").to_owned();
        std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        Self { child, address }
    }

    /// A figure of the process in kB.
    fn memory(&self, name: &str) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    async fn call(&self, tool: &str, arguments: &Value) -> String {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": tool, "arguments": arguments}})
        .to_string();
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{message}",
            message.len()
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tools that read one answer and several, and the arguments of a call.
fn tools() -> [(&'static str, Value); 3] {
    [
        ("crashsight_list_top_issues", json!({"fresh": true})),
        (
            "crashsight_get_crash",
            json!({"crash": "D8CA9EC44F5556E82A018B0B8A4C01F0", "fresh": true}),
        ),
        ("crashsight_report_overview", json!({"fresh": true})),
    ]
}

/// Each call reads as many answers as its tool has operations, all of them the same bomb.
#[tokio::test]
async fn memory_stays_below_four_times_what_a_call_reads() {
    let mut bodies: Vec<(String, Vec<u8>)> = BOMBS
        .iter()
        .map(|bomb| (bomb.0.to_owned(), gzip(&body(*bomb, CAP_MB << 20))))
        .collect();
    for index in [0, 2, 5, 9] {
        let packed = gzip(&at_the_limit(BOMBS[index]));
        bodies.push((format!("{}, at the limit", BOMBS[index].0), packed));
    }
    bodies.push((
        "a body above the limit".to_owned(),
        gzip(&vec![b' '; (CAP_MB + 4) << 20]),
    ));
    bodies.push(("200 MB".to_owned(), gzip(&vec![b'['; 200 << 20])));
    let sent = Arc::new(Mutex::new(Vec::new()));
    let address = service(Arc::clone(&sent)).await;
    println!("body | packed, kB | tool | memory at most, MB, beyond a first call | of");
    let mut above = Vec::new();
    for (name, packed) in bodies {
        for (tool, arguments) in &tools() {
            let limit = 4 * CAP_MB;
            // Each has a process of its own: the peak is the process's. What a first call takes, code for the most part,
            // is no body's.
            let server = Server::start(address);
            *sent.lock().unwrap() = gzip(b"{}");
            server.call(tool, arguments).await;
            *sent.lock().unwrap() = packed.clone();
            let before = server.memory("VmRSS");
            let answer = server.call(tool, arguments).await;
            assert!(
                answer.starts_with("HTTP/1.1 200"),
                "{name} {tool}: {answer}"
            );
            assert!(!answer.contains("a fault"), "{name} {tool}: {answer}");
            let peak = (server.memory("VmHWM") - before) >> 10;
            println!(
                "{name} | {} | {tool} | {peak} | {limit}",
                packed.len() >> 10
            );
            if peak >= limit {
                above.push(format!("{name} {tool}: {peak} of {limit} MB"));
            }
        }
    }
    assert!(above.is_empty(), "{above:?}");
}
