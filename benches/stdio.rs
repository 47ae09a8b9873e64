//! What a user waits for: cold start to the initialize reply, the list of tools, a call.

#![expect(clippy::unwrap_used, reason = "a bench stops where it fails")]

use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    id: u64,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_crashsight-mcp"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            input,
            output,
            id: 0,
        }
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.id += 1;
        let message = json!({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params});
        writeln!(self.input, "{message}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let reply: Value = serde_json::from_str(&line).unwrap();
        assert!(reply["result"].is_object(), "{reply}");
        reply
    }

    fn initialize(&mut self) {
        self.ask(
            "initialize",
            &json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}),
        );
        writeln!(
            self.input,
            "{}",
            json!({"jsonrpc": "2.0", "method": "notifications/initialized"})
        )
        .unwrap();
    }

    /// Resident memory in KB, where the system tells.
    fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(
    clippy::print_stderr,
    reason = "memory is no time: criterion has no place for it"
)]
fn stdio(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stdio");
    group.sample_size(20);
    group.bench_function("cold start to the initialize reply", |bench| {
        bench.iter_with_large_drop(|| {
            let mut server = Server::start(&["serve"]);
            server.initialize();
            server
        });
    });
    let mut server = Server::start(&["serve"]);
    server.initialize();
    group.bench_function("tools/list", |bench| {
        bench.iter(|| black_box(server.ask("tools/list", &json!({}))));
    });
    eprintln!("resident after tools/list: {:?} KB", server.resident());

    let mut demo = Server::start(&["serve", "--demo", "--sim-quota", "off"]);
    demo.initialize();
    let call =
        |arguments: Value| json!({"name": "crashsight_list_top_issues", "arguments": arguments});
    let kept = call(json!({"window": "yesterday"}));
    demo.ask("tools/call", &kept);
    group.bench_function("a call answered from memory", |bench| {
        bench.iter(|| black_box(demo.ask("tools/call", &kept)));
    });
    let fresh = call(json!({"window": "yesterday", "fresh": true}));
    group.bench_function("a call that asks the simulator", |bench| {
        bench.iter(|| black_box(demo.ask("tools/call", &fresh)));
    });
    group.finish();
}

criterion_group!(benches, stdio);
criterion_main!(benches);
