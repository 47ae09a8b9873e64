//! The same over HTTP: cold start to the initialize reply, the list of tools, a call; and memory.

#![expect(clippy::unwrap_used, reason = "a bench stops where it fails")]

use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};

mod process;
use process::Process;

/// The binary, and one connection to it that stays open.
struct Server {
    process: Process,
    connection: BufReader<TcpStream>,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let arguments = [&["serve", "--http", "127.0.0.1:0"], arguments].concat();
        let mut process = Process::start(&arguments, Stdio::piped());
        let mut first = String::new();
        let mut said = BufReader::new(process.0.stderr.take().unwrap());
        said.read_line(&mut first).unwrap();
        let address = first.split("//").nth(1).unwrap().split('/').next().unwrap();
        let connection = TcpStream::connect(address).unwrap();
        connection.set_nodelay(true).unwrap();
        Self {
            process,
            connection: BufReader::new(connection),
        }
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        let message =
            json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n{message}",
            message.len()
        );
        self.connection
            .get_mut()
            .write_all(request.as_bytes())
            .unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.connection.read_line(&mut line).unwrap();
            match line.trim().to_ascii_lowercase().split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                None if line.trim().is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.connection.read_exact(&mut body).unwrap();
        let reply: Value = serde_json::from_slice(&body).unwrap();
        assert!(reply["result"].is_object(), "{reply}");
        reply
    }

    fn initialize(&mut self) {
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}});
        self.ask("initialize", &params);
    }
}

#[expect(
    clippy::print_stderr,
    reason = "memory is no time: criterion has no place for it"
)]
fn http(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("http");
    group.sample_size(20);
    group.bench_function("cold start to the initialize reply", |bench| {
        bench.iter_with_large_drop(|| {
            let mut server = Server::start(&[]);
            server.initialize();
            server
        });
    });
    let mut server = Server::start(&[]);
    server.initialize();
    eprintln!(
        "resident after initialize: {:?} KB",
        server.process.resident()
    );
    group.bench_function("tools/list", |bench| {
        bench.iter(|| black_box(server.ask("tools/list", &json!({}))));
    });
    eprintln!(
        "resident after tools/list: {:?} KB",
        server.process.resident()
    );

    let mut demo = Server::start(&["--demo", "--sim-quota", "off"]);
    let kept = json!({"name": "crashsight_list_top_issues", "arguments": {"window": "yesterday"}});
    demo.ask("tools/call", &kept);
    group.bench_function("a call answered from memory", |bench| {
        bench.iter(|| black_box(demo.ask("tools/call", &kept)));
    });
    group.finish();
}

criterion_group!(benches, http);
criterion_main!(benches);
