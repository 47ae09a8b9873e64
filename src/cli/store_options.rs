//! Which store the processes share, as options.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use super::exit::UsageError;
use crate::config::{self, UserDirs};
use crate::upstream::store::redis::{Redis, Target};
use crate::upstream::store::shared::Store;
use crate::upstream::store::sqlite::Sqlite;

/// The size of the file, its log not counted.
const MAX_BYTES: u64 = 256 << 20;

/// Options of the store.
#[derive(Args, Clone)]
pub(super) struct StoreOptions {
    /// What processes with the same key share (call limits, answers, confirmations): `memory` is nothing,
    /// `sqlite` or `sqlite:FILE` a file, `redis://HOST:PORT` or `rediss://…` a server [default: a file in the
    /// user's cache folder; with --http memory] [env: CRASHSIGHT_STORE].
    #[arg(long, global = true, value_name = "STORE")]
    pub(super) store: Option<String>,
    /// File with the password of the Redis server.
    #[arg(long, global = true, value_name = "FILE")]
    store_password_file: Option<PathBuf>,
    /// First part of every key on the Redis server.
    #[arg(
        long,
        global = true,
        value_name = "TEXT",
        default_value = "crashsight-mcp"
    )]
    store_prefix: String,
    /// Replicas that share the Redis server; while it is out of reach each keeps to its share of the limits.
    #[arg(
        long,
        global = true,
        value_name = "NUMBER",
        default_value_t = 1,
        value_parser = clap::value_parser!(u16).range(1..=1000)
    )]
    replicas: u16,
    /// Days that answers are kept in the store at most; 0 keeps none [default: until evicted].
    #[arg(long, global = true, value_name = "DAYS")]
    retain: Option<u32>,
}

/// The store where no option names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DefaultStore {
    /// The memory of the process: one server answers all callers.
    Memory,
    /// A file in the user's cache folder: every assistant starts its own process.
    Sqlite,
}

impl StoreOptions {
    /// The store that the options, or else the environment, name. Nothing is opened yet.
    pub(super) fn open(&self, default: DefaultStore) -> anyhow::Result<Arc<Store>> {
        let named = self.store.clone().or_else(config::store);
        let store = match (named.as_deref().map(str::trim), default) {
            (Some("memory"), _) | (None, DefaultStore::Memory) => Store::memory(),
            (Some("sqlite"), _) | (None, DefaultStore::Sqlite) => match default_file() {
                Ok(file) => self.sqlite(file),
                Err(problem) => {
                    let reason = format!("no cache folder: {problem:#}");
                    tracing::warn!(reason, "nothing is shared with other processes");
                    Store::memory_because(reason)
                }
            },
            (Some(text), _) => match text.split_once(':') {
                Some(("sqlite", file)) if !file.is_empty() => self.sqlite(PathBuf::from(file)),
                Some(("redis" | "rediss", _)) => self.redis(text)?,
                _ => {
                    let expected =
                        "memory, sqlite, sqlite:FILE, redis://HOST:PORT or rediss://HOST:PORT";
                    return Err(UsageError(format!("the store is {expected}")).into());
                }
            },
        };
        let store = Arc::new(store);
        if self.replicas > 1 && store.is_shared() {
            store.stay_in_touch();
        }
        Ok(store)
    }

    fn retain(&self) -> Option<Duration> {
        let days = self.retain?;
        Some(Duration::from_secs(u64::from(days) * 24 * 3600))
    }

    fn sqlite(&self, file: PathBuf) -> Store {
        let name = format!("sqlite {}", file.display());
        Store::over(
            name,
            Arc::new(Sqlite::new(file, MAX_BYTES)),
            1,
            self.retain(),
        )
    }

    fn redis(&self, address: &str) -> anyhow::Result<Store> {
        let password = self
            .store_password_file
            .as_deref()
            .map(config::password)
            .transpose()
            .context("--store-password-file")?;
        let target = Target::read(address, password.as_ref())
            .map_err(|problem| UsageError(format!("{problem:#}")))?;
        let redis = Redis::new(&target, &self.store_prefix)?;
        Ok(Store::over(
            target.shown().to_owned(),
            Arc::new(redis),
            usize::from(self.replicas),
            self.retain(),
        ))
    }
}

fn default_file() -> anyhow::Result<PathBuf> {
    let folder = UserDirs::of_process()?.cache.join("crashsight-mcp");
    Ok(folder.join("store.db"))
}
