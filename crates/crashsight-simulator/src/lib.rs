//! A simulator of Tencent CrashSight, Agora Analytics and Getui: one HTTP server on loopback that checks
//! signatures, enforces quotas and serves one coherent, computed data set.
//!
//! Nothing is stored but what clients write. Every number is a sum over the same crashes, and every crash
//! follows from its id, so two operations that report the same thing agree.
//!
//! ```
//! use crashsight_simulator::{ACCOUNTS, Options, PROJECTS, Simulator, operations};
//!
//! # async fn run() -> std::io::Result<()> {
//! let simulator = Simulator::start(Options::default()).await?;
//! println!("{} serves {} operations", simulator.base_url(), operations().count());
//! println!("{:?} signs for {}", ACCOUNTS[0].credentials, PROJECTS[0].app);
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new()?.block_on(run())?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The modules, from the outside in:
//!
//! - `server` passes a request through `faults` and `auth` (signature, quota), reads its `params` and
//!   calls an operation of `crashsight`, `agora` or `getui`; `endpoint_limits` belongs to the latter two.
//! - `report` writes the contents of one crash report: stack, threads, log, keys.
//! - `occurrences` enumerates the crashes of a `filter`, and `active_devices` counts active devices.
//! - `issues`, `scenario`, `triage`, `projects`, `accounts`, `devices` and `models` are the fixed data.
//! - `world`, `crash`, `span`, `ids`, `pattern`, `calendar`, `hash_random` and `digests` are values.

mod accounts;
mod active_devices;
mod agora;
mod auth;
mod calendar;
mod compression;
mod crash;
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
mod occurrences;
mod options;
mod params;
mod pattern;
mod projects;
mod report;
mod response;
mod scenario;
mod server;
mod span;
mod triage;
mod world;

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use accounts::{
    ACCOUNTS, AGORA_APP, AGORA_CUSTOMER_ID, AGORA_CUSTOMER_SECRET, API_KEY, Credentials,
    DemoAccount, GETUI_APP_ID, GETUI_APP_KEY, GETUI_MASTER_SECRET, Service, USER_ID,
};
pub use crashsight::Envelopes;
pub use faults::{Fault, FaultRule, Faults};
pub use options::Options;
pub use projects::{DemoProject, PROJECTS};
pub use scenario::LAUNCH_TASK;

/// A running simulator. Dropping it stops the server.
pub struct Simulator {
    base_url: String,
    state: Arc<server::State>,
    stop: CancellationToken,
}

impl Simulator {
    /// Binds a loopback port and serves it in the background.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
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

    /// `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// Faults to inject into the next answers.
    pub fn faults(&self) -> &Faults {
        &self.state.faults
    }

    /// Ends every Getui token issued so far.
    pub fn revoke_tokens(&self) {
        self.state.tokens.revoke();
    }

    /// Getui logins granted so far.
    pub fn logins(&self) -> u64 {
        self.state.tokens.logins()
    }

    /// Requests received so far, including the rejected ones.
    pub fn calls(&self) -> u64 {
        self.state.calls()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Every operation that is served, by the vendor's name: `getTopIssueEx`, `live/scale/by_time`,
/// `report/push/task`.
pub fn operations() -> impl Iterator<Item = (Service, &'static str)> {
    let crashsight = crashsight::OPERATIONS.iter();
    let crashsight = crashsight.map(|operation| (Service::CrashSight, operation.name));
    let agora = agora::ENDPOINTS.iter();
    let agora = agora.map(|endpoint| (Service::Agora, endpoint.name));
    let getui = getui::REPORTS_SERVED.iter();
    let getui = getui.map(|report| (Service::Getui, report.name));
    crashsight.chain(agora).chain(getui)
}

#[cfg(test)]
mod tests;
