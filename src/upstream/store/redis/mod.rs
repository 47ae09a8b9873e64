//! The store of replicas: a Redis server. Every call is one script or command, atomic there and one round trip; the
//! server's clock counts, and the server removes what has expired.

mod scripts;
mod target;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisError, Script};
use futures_util::FutureExt as _;
use tokio::sync::Mutex;

use super::sliding_window::{LONGEST_BLOCK, LONGEST_GUESS, milliseconds, span};
use super::{
    Backend, Contents, Key, Kind, Limit, PastCall, Reply, Reservation, Slot, SlotEnd, Swapped,
    Unavailable,
};
use scripts::Scripts;

pub(crate) use target::Target;

/// How long a connection may take, and how long an answer. A server that is only slow is not given up: the others would
/// go on using what this replica leaves to them.
const CONNECT: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_secs(2);

/// Keys looked at in one step of a listing.
const STEP: usize = 500;

/// A Redis server.
pub(crate) struct Redis {
    client: Client,
    prefix: String,
    scripts: Scripts,
    connection: Mutex<Option<MultiplexedConnection>>,
}

impl Redis {
    /// A server that is connected to when it is needed. All keys begin with `prefix`.
    pub(crate) fn new(target: &Target, prefix: &str) -> anyhow::Result<Self> {
        Ok(Self {
            client: target.client()?,
            // One hash slot, so that a script may use several keys of a cluster.
            prefix: format!("{{{prefix}}}:"),
            scripts: Scripts::default(),
            connection: Mutex::default(),
        })
    }

    fn key(&self, key: &Key) -> String {
        format!("{}{key}", self.prefix)
    }

    fn closed(&self, key: &Key) -> String {
        format!("{}closed:{}", self.prefix, key.name)
    }

    /// The connection; made by one caller at a time.
    async fn connection(&self) -> Result<MultiplexedConnection, Unavailable> {
        let mut connection = self.connection.lock().await;
        if let Some(connection) = &*connection {
            return Ok(connection.clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER));
        let made = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await
            .map_err(|error| unavailable(&error))?;
        *connection = Some(made.clone());
        Ok(made)
    }

    /// The value of an answer; an error ends the connection.
    async fn checked<T>(&self, answer: Result<T, RedisError>) -> Result<T, Unavailable> {
        match answer {
            Ok(value) => Ok(value),
            Err(error) => {
                *self.connection.lock().await = None;
                Err(unavailable(&error))
            }
        }
    }

    async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        keys: &[String],
        arguments: &[Vec<u8>],
    ) -> Result<T, Unavailable> {
        let mut connection = self.connection().await?;
        let mut call = script.prepare_invoke();
        for key in keys {
            call.key(key);
        }
        for argument in arguments {
            call.arg(argument);
        }
        let answer = call.invoke_async(&mut connection).await;
        self.checked(answer).await
    }

    async fn send<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Unavailable> {
        let mut connection = self.connection().await?;
        let answer = command.query_async(&mut connection).await;
        self.checked(answer).await
    }

    /// The keys of the limits, and those that close them.
    fn limit_keys(&self, limits: &[Limit]) -> Vec<String> {
        let calls = limits.iter().map(|limit| self.key(&limit.key));
        let closed = limits.iter().map(|limit| self.closed(&limit.key));
        calls.chain(closed).collect()
    }

    /// Every key of one kind.
    async fn keys_of(&self, kind: &str) -> Result<Vec<String>, Unavailable> {
        let (mut cursor, mut keys) = (0_u64, HashSet::new());
        loop {
            let mut scan = ::redis::cmd("SCAN");
            let pattern = format!("{}{kind}:*", escaped(&self.prefix));
            scan.arg(cursor)
                .arg("MATCH")
                .arg(pattern)
                .arg("COUNT")
                .arg(STEP);
            let (next, found): (u64, Vec<String>) = self.send(&scan).await?;
            keys.extend(found);
            if next == 0 {
                return Ok(keys.into_iter().collect());
            }
            cursor = next;
        }
    }

    async fn count(&self) -> Result<Contents, Unavailable> {
        let mut kinds = BTreeMap::new();
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Calls) {
            let mut bytes = 0;
            let keys = self.keys_of(kind.as_str()).await?;
            for key in &keys {
                bytes += self.send::<u64>(::redis::cmd("STRLEN").arg(key)).await?;
            }
            if !keys.is_empty() {
                kinds.insert(kind, (keys.len() as u64, bytes));
            }
        }
        let mut calls = HashSet::new();
        for key in self.keys_of(Kind::Calls.as_str()).await? {
            let mut range = ::redis::cmd("ZRANGE");
            range.arg(key).arg(0).arg(-1);
            calls.extend(self.send::<Vec<String>>(&range).await?);
        }
        let each = kinds.into_iter();
        Ok(Contents {
            kinds: each
                .map(|(kind, (count, bytes))| (kind, count, bytes))
                .collect(),
            bytes: None,
            calls: calls.len() as u64,
        })
    }

    async fn remove(&self) -> Result<u64, Unavailable> {
        let mut removed = 0;
        for kind in Kind::ALL.into_iter().filter(|kind| !kind.outlasts_clear()) {
            for keys in self.keys_of(kind.as_str()).await?.chunks(STEP) {
                removed += self.send::<u64>(::redis::cmd("UNLINK").arg(keys)).await?;
            }
        }
        Ok(removed)
    }
}

/// A prefix in a pattern: its own signs are no wildcards.
fn escaped(prefix: &str) -> String {
    let mut out = String::new();
    for c in prefix.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The error without what it may repeat of an address.
fn unavailable(error: &RedisError) -> Unavailable {
    Unavailable(if error.is_timeout() {
        "Redis does not answer in time".to_owned()
    } else {
        format!("Redis: {}", crate::reply::inline(&error.to_string(), 120))
    })
}

fn number(value: i64) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn count(value: usize) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn flag(value: bool) -> Vec<u8> {
    count(usize::from(value))
}

fn duration(wait: i64) -> Duration {
    Duration::from_millis(u64::try_from(wait).unwrap_or(0))
}

impl Backend for Redis {
    fn reserve<'a>(&'a self, slot: &'a Slot, max_wait: Duration) -> Reply<'a, Reservation> {
        async move {
            let mut arguments = vec![slot.id.clone().into_bytes(), number(milliseconds(max_wait))];
            for limit in &slot.limits {
                arguments.extend([count(limit.calls(1)), number(span(limit.rate.per))]);
            }
            let keys = self.limit_keys(&slot.limits);
            let reply: Vec<i64> = self.run(&self.scripts.reserve, &keys, &arguments).await?;
            let wait = duration(reply.get(1).copied().unwrap_or(0));
            if reply.first() != Some(&1) {
                return Ok(Reservation::Full(wait));
            }
            let left = reply.iter().skip(2);
            Ok(Reservation::Taken {
                wait,
                left: left
                    .map(|left| usize::try_from(*left).unwrap_or(0))
                    .collect(),
            })
        }
        .boxed()
    }

    fn settle<'a>(&'a self, slot: &'a Slot, end: SlotEnd) -> Reply<'a, ()> {
        async move {
            let keys: Vec<String> = slot
                .limits
                .iter()
                .map(|limit| self.key(&limit.key))
                .collect();
            let mut arguments = vec![slot.id.clone().into_bytes(), flag(end == SlotEnd::Arrived)];
            arguments.extend(slot.limits.iter().map(|limit| number(span(limit.rate.per))));
            self.run::<i64>(&self.scripts.settle, &keys, &arguments)
                .await?;
            Ok(())
        }
        .boxed()
    }

    fn record<'a>(&'a self, calls: &'a [PastCall]) -> Reply<'a, ()> {
        async move {
            let keys: Vec<String> = calls.iter().map(|call| self.key(&call.key)).collect();
            let arguments: Vec<Vec<u8>> = calls
                .iter()
                .flat_map(|call| {
                    let id = call.id.clone().into_bytes();
                    [id, number(milliseconds(call.age)), number(span(call.per))]
                })
                .collect();
            self.run::<i64>(&self.scripts.record, &keys, &arguments)
                .await?;
            Ok(())
        }
        .boxed()
    }

    fn block<'a>(&'a self, limit: &'a Limit, asked: Option<Duration>) -> Reply<'a, Duration> {
        async move {
            let keys = [self.key(&limit.key), self.closed(&limit.key)];
            let arguments = [
                number(asked.map_or(-1, milliseconds)),
                number(milliseconds(limit.rate.per)),
                number(span(limit.rate.per)),
                number(milliseconds(LONGEST_BLOCK)),
                number(milliseconds(LONGEST_GUESS)),
            ];
            let wait: i64 = self.run(&self.scripts.block, &keys, &arguments).await?;
            Ok(duration(wait))
        }
        .boxed()
    }

    fn available<'a>(&'a self, limits: &'a [Limit]) -> Reply<'a, Vec<usize>> {
        async move {
            let arguments: Vec<Vec<u8>> = limits
                .iter()
                .flat_map(|limit| [count(limit.calls(1)), number(span(limit.rate.per))])
                .collect();
            let keys = self.limit_keys(limits);
            let left: Vec<i64> = self.run(&self.scripts.available, &keys, &arguments).await?;
            Ok(left
                .iter()
                .map(|left| usize::try_from(*left).unwrap_or(0))
                .collect())
        }
        .boxed()
    }

    fn get<'a>(&'a self, keys: &'a [Key]) -> Reply<'a, Vec<Option<Vec<u8>>>> {
        async move {
            let mut command = ::redis::cmd("MGET");
            for key in keys {
                command.arg(self.key(key));
            }
            self.send(&command).await
        }
        .boxed()
    }

    fn put<'a>(&'a self, key: &'a Key, value: &'a [u8], keep: Option<Duration>) -> Reply<'a, ()> {
        async move {
            if keep.is_some_and(|keep| keep.is_zero()) {
                // `SET` refuses a time of zero.
                self.send::<i64>(::redis::cmd("DEL").arg(self.key(key)))
                    .await?;
                return Ok(());
            }
            let mut command = ::redis::cmd("SET");
            command.arg(self.key(key)).arg(value);
            if let Some(keep) = keep {
                command.arg("PX").arg(milliseconds(keep));
            }
            self.send(&command).await
        }
        .boxed()
    }

    fn swap<'a>(
        &'a self,
        key: &'a Key,
        expected: Option<&'a [u8]>,
        value: Option<&'a [u8]>,
        keep: Duration,
    ) -> Reply<'a, Swapped> {
        async move {
            let arguments = [
                flag(expected.is_some()),
                expected.unwrap_or_default().to_vec(),
                flag(value.is_some()),
                value.unwrap_or_default().to_vec(),
                number(milliseconds(keep).max(1)),
            ];
            let keys = [self.key(key)];
            let reply: Vec<::redis::Value> =
                self.run(&self.scripts.swap, &keys, &arguments).await?;
            if reply.first() == Some(&::redis::Value::Int(1)) {
                return Ok(Swapped::Done);
            }
            let found = match reply.into_iter().nth(1) {
                Some(::redis::Value::BulkString(found)) => Some(found),
                _ => None,
            };
            Ok(Swapped::Found(found))
        }
        .boxed()
    }

    fn contents(&self) -> Reply<'_, Contents> {
        self.count().boxed()
    }

    fn clear(&self) -> Reply<'_, u64> {
        self.remove().boxed()
    }
}

#[cfg(test)]
mod tests;
