//! What a user waits for: cold start to the initialize reply, the list of tools, a call.

#![expect(clippy::unwrap_used, reason = "a bench stops where it fails")]

use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};

mod process;
use process::Process;

struct Server {
    process: Process,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    id: u64,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Process::start(arguments, Stdio::inherit());
        let input = process.0.stdin.take().unwrap();
        let output = BufReader::new(process.0.stdout.take().unwrap());
        Self {
            process,
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
    eprintln!(
        "resident after tools/list: {:?} KB",
        server.process.resident()
    );

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
