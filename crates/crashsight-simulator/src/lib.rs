//! CrashSight, Agora Analytics and Getui, embedded: a real HTTP server on loopback with one coherent,
//! computed data set.
//!
//! It powers `--demo` and is the peer of the tests. Nothing is stored but the tags that were added:
//! every number is a sum over the same crashes, and every crash follows from its own id.
//! From the outside in:
//!
//! - `server` takes a request past `faults` and `auth` (signature, quota), reads its
//!   `params` and hands it to an operation of `crashsight`.
//! - `crashsight` answers in the vendor's shapes, one file per chapter.
//! - `agora` and `getui` answer on the same port, behind their own credentials and `endpoint_limits`.
//! - `report` writes what one crash left behind: stack, threads, log, keys.
//! - `world` enumerates the crashes of a `filter` and `active_devices` counts active devices;
//!   `issues`, `scenario`, `triage`, `projects`, `devices` and `models` are what they draw on, and
//!   `ids` names it all.
//! - `calendar` and `hash_random` are the arithmetic below.

mod active_devices;
mod agora;
mod auth;
mod calendar;
mod crashsight;
mod devices;
mod digests;
mod endpoint_limits;
mod fault_injection;
mod faults;
mod filter;
mod getui;
mod hash_random;
mod ids;
mod issues;
mod models;
mod params;
mod projects;
mod report;
mod scenario;
mod server;
mod triage;
mod world;

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use faults::{Fault, Faults};
pub use projects::{DemoProject, PROJECTS};

/// The user id that the simulator knows.
pub const USER_ID: &str = "10001";
/// The key that belongs to [`USER_ID`]; made up, and of no use anywhere else.
pub const API_KEY: &str = "00000000-demo-demo-demo-000000000000";

/// Agora's customer id that the simulator knows.
pub const AGORA_CUSTOMER_ID: &str = "demo-customer";
/// The secret that belongs to it; made up.
pub const AGORA_CUSTOMER_SECRET: &str = "demo-customer-secret";
/// The game's app at Agora: its calls join players of all platforms.
pub const AGORA_APP: &str = "57a2fa11c0de4c0a8f3b5d7e9a1c2b4d";

/// The game's app at Getui: phones of both kinds.
pub const GETUI_APP_ID: &str = "demoStarfallGt01";
/// Its key; made up.
pub const GETUI_APP_KEY: &str = "demo-getui-app-key";
/// Its master secret; made up.
pub const GETUI_MASTER_SECRET: &str = "demo-getui-master-secret";
/// Today's push, "season 7 opens", on whichever day it is asked for.
pub const LAUNCH_TASK: &str = "RASL_season7_3f9c2a7b51d04e86";

/// How a simulator behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// What the data set grows from: the same seed and UTC+8 day give the same data.
    pub seed: u64,
    /// A clock that stands still; `None` is the system clock, read at each request.
    pub now: Option<Timestamp>,
    /// Calls per sliding minute and user, over all operations; `None` is no limit.
    pub quota: Option<u32>,
    /// How long every answer takes at least.
    pub latency: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            now: None,
            quota: Some(25),
            latency: Duration::ZERO,
        }
    }
}

/// A running simulator. Dropping it stops the server.
pub struct Simulator {
    base_url: String,
    state: Arc<server::State>,
    stop: CancellationToken,
}

impl Simulator {
    /// Binds a free loopback port and serves it in the background.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(server::State::new(options));
        let stop = CancellationToken::new();
        let service = axum::serve(listener, server::router(Arc::clone(&state)))
            .with_graceful_shutdown(stop.clone().cancelled_owned());
        tokio::spawn(async move { service.await });
        Ok(Self {
            base_url,
            state,
            stop,
        })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// What shall go wrong with the next answers.
    pub fn faults(&self) -> &Faults {
        &self.state.faults
    }

    /// Ends every Getui token that was given out.
    pub fn revoke_tokens(&self) {
        self.state.tokens.revoke();
    }

    /// Getui logins granted so far.
    pub fn logins(&self) -> u64 {
        self.state.tokens.logins()
    }

    /// Requests received so far, the refused ones included.
    pub fn calls(&self) -> u64 {
        self.state.calls()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[cfg(test)]
mod tests;
