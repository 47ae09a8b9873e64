//! An answer from each kind of store, through the whole path of a call: memory, SQLite, and Redis where one is
//! installed.

#![expect(clippy::unwrap_used, reason = "a bench stops where it fails")]

use std::hint::black_box;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use crashsight_mcp::testing::{self, StoreKind};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;

/// A Redis server on a free port, ended when dropped.
struct Redis(Child, u16);

impl Redis {
    fn start() -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let child = Command::new("redis-server")
            .args([
                "--port",
                &port.to_string(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
            ])
            .stdout(Stdio::null())
            .spawn();
        let server = Self(child.ok()?, port);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::yield_now();
        }
        Some(server)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn store(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let redis = Redis::start();
    let mut kinds = vec![
        ("memory", StoreKind::Memory),
        ("sqlite", StoreKind::Sqlite(folder.path().join("store.db"))),
    ];
    let address = redis
        .as_ref()
        .map(|redis| format!("redis://127.0.0.1:{}", redis.1));
    kinds.extend(address.map(|address| ("redis", StoreKind::Redis(address))));
    let mut group = criterion.benchmark_group("an answer from");
    for (name, kind) in kinds {
        let toolbox = testing::kept_answers(&kind);
        let call = || testing::call(&toolbox, "crashsight_get_app_options", json!({}));
        assert!(runtime.block_on(call()).result.is_ok());
        runtime.block_on(toolbox.upstream().flush());
        group.bench_function(name, |bench| {
            bench.iter(|| black_box(runtime.block_on(call())));
        });
    }
    group.finish();
    drop(redis);
}

criterion_group!(benches, store);
criterion_main!(benches);
