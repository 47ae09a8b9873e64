//! Against a real server, started for each test; skipped where none is installed.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use super::*;
use crate::upstream::store::contract::{self, key, slot};
use crate::upstream::store::shared::Store;

/// A server on a free port, ended when dropped.
struct Server {
    port: u16,
    folder: tempfile::TempDir,
    child: Option<Child>,
}

impl Server {
    /// `None`, and a line in the test's output, where no server is installed.
    async fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut server = Self {
            port,
            folder: tempfile::tempdir().unwrap(),
            child: None,
        };
        if !server.restart().await {
            println!("skipped: no redis-server is installed");
            return None;
        }
        Some(server)
    }

    /// Starts the server anew, with nothing in it.
    async fn restart(&mut self) -> bool {
        let port = self.port.to_string();
        let child = Command::new("redis-server")
            .args([
                "--port",
                &port,
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--requirepass",
                "pass",
            ])
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .spawn();
        let Ok(child) = child else {
            return false;
        };
        self.child = Some(child);
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port))
            .await
            .is_err()
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        true
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    fn redis(&self, prefix: &str) -> Redis {
        let address = format!("redis://127.0.0.1:{}", self.port);
        let password = crate::secret::Secret::new("pass");
        let target = Target::read(&address, Some(&password)).unwrap();
        Redis::new(&target, prefix).unwrap()
    }

    /// A replica of two.
    fn replica(&self) -> Arc<Store> {
        let redis = Arc::new(self.redis("team"));
        Arc::new(Store::over("redis".to_owned(), redis, 2, None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn take(store: &Store, id: &str) -> Result<Duration, Duration> {
    store.reserve(&slot(id, "cn", 25), Duration::ZERO).await
}

#[tokio::test]
async fn it_holds_the_contract() {
    let Some(server) = Server::start().await else {
        return;
    };
    contract::holds(&server.redis("a")).await;
    let other = server.redis("b");
    assert_eq!(
        other.contents().await.unwrap(),
        Contents::default(),
        "another prefix"
    );
}

#[tokio::test]
async fn a_wrong_password_is_a_reason_that_does_not_show_it() {
    let Some(server) = Server::start().await else {
        return;
    };
    let address = format!("redis://127.0.0.1:{}", server.port);
    let wrong = crate::secret::Secret::new("hunter2");
    let target = Target::read(&address, Some(&wrong)).unwrap();
    let redis = Redis::new(&target, "a").unwrap();
    let problem = redis.contents().await.unwrap_err();
    assert!(!problem.0.contains("hunter2"), "{problem:?}");
}

#[tokio::test]
async fn replicas_at_once_take_no_more_than_the_limit() {
    let Some(server) = Server::start().await else {
        return;
    };
    let replicas = [server.replica(), server.replica()];
    let calls = (0..100).map(|number| {
        let store = &replicas[number % 2];
        async move { take(store, &number.to_string()).await.is_ok() }
    });
    let taken = futures_util::future::join_all(calls).await;
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 25);
}

#[tokio::test]
async fn an_outage_fails_no_call_and_keeps_the_limit() {
    let Some(mut server) = Server::start().await else {
        return;
    };
    let replicas = [server.replica(), server.replica()];
    for number in 0..6 {
        take(&replicas[number % 2], &number.to_string())
            .await
            .unwrap();
    }
    let value = key(Kind::Fallback, "f");
    server.stop();
    let mut taken = 6;
    for (at, store) in replicas.iter().enumerate() {
        store.put(&value, b"1", Some(Duration::from_secs(60))).await;
        assert_eq!(store.get_one(&value).await.as_deref(), Some(&b"1"[..]));
        assert!(store.is_down());
        for number in 0..25 {
            taken += usize::from(take(store, &format!("{at} {number}")).await.is_ok());
        }
    }
    assert!((15..=25).contains(&taken), "{taken}");
    assert!(server.restart().await);
    // The server is empty: what was called meanwhile is counted there, and what is left is shared.
    for (at, store) in replicas.iter().enumerate() {
        while store.is_down() {
            store.get_one(&value).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for number in 0..25 {
            taken += usize::from(take(store, &format!("{at} again {number}")).await.is_ok());
        }
    }
    assert!(taken <= 25, "{taken}");
    assert_eq!(replicas[0].status().outages, 1);
}
