//! The way of one call to the service and back, with everything that can go wrong on it: each trouble has
//! its own sentence, costs the calls it should, and shows no secret.
//!
//! The peer is the simulator with its faults; where it cannot, wiremock or a bare socket.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod cache;
mod errors;
mod responses;
mod shared;

use std::sync::Arc;
use std::time::Duration;

use crashsight_mcp::testing::{self, Api, Confirm, Request, Rights};
use crashsight_mcp::{
    Answered, Budget, CallLimits, Caller, Clock, Error, Policy, Projects, Toolbox, Upstream,
};
use crashsight_simulator::{
    ACCOUNTS, API_KEY, Credentials, DemoAccount, Fault, Options, PROJECTS, Simulator, USER_ID,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Both sides' time; half past eight in UTC.
const NOW: &str = "2026-11-22T16:30:00+08:00";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// The simulator's first project at any base, signed with any key.
fn projects(base: &str, api_key: &'static str) -> Projects {
    testing::demo_projects(base, &[account(api_key)], &PROJECTS[..1])
}

/// The simulator's CrashSight account with any key.
fn account(api_key: &'static str) -> DemoAccount {
    DemoAccount {
        credentials: Credentials::CrashSight {
            user_id: USER_ID,
            api_key,
        },
        ..ACCOUNTS[0]
    }
}

/// Tools over one run.
struct Tools {
    run: Arc<Upstream>,
    toolbox: Toolbox,
}

impl Tools {
    fn new(base: &str, key: &'static str, at: Timestamp, limits: CallLimits) -> Self {
        let run = Arc::new(Upstream::new(
            Arc::new(projects(base, key)),
            Clock::Fixed(at),
            limits,
        ));
        let policy = Policy {
            confirm: Confirm::Never,
            ..Policy::default()
        };
        let zone = testing::zone("+08:00").unwrap();
        Self {
            toolbox: Toolbox::new(Arc::clone(&run), zone, policy),
            run,
        }
    }

    /// Over a peer, with the right key at the right time.
    fn over(base: &str) -> Self {
        Self::new(base, API_KEY, now(), CallLimits::default())
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<Answered, Error> {
        let caller = Caller::named("test");
        let arguments = arguments.as_object().cloned().unwrap();
        let outcome = self.toolbox.call(&caller, tool, arguments).await;
        let outcome = outcome.map_err(|unknown| unknown.message).unwrap();
        outcome.result
    }

    /// One read that no other test's answer serves.
    async fn read(&self) -> Result<Answered, Error> {
        self.call("crashsight_get_app_options", json!({"fresh": true}))
            .await
    }

    /// The sentence of a read that fails.
    async fn sentence(&self) -> String {
        told(self.read().await)
    }
}

/// Whether a write left, which no test of these looks at.
static DEPARTED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// The rights of a tool that writes with the given operations, unasked.
fn rights(writes: &'static [&'static str], is_write: fn(&str) -> bool) -> Rights<'static> {
    Rights {
        tool: "test",
        writes,
        is_write,
        read_only: false,
        confirm: Confirm::Never,
        caller: "test",
        departed: &DEPARTED,
    }
}

/// The sentence of a failure, after a look for secrets in it.
fn told<T>(outcome: Result<T, Error>) -> String {
    let failure = outcome.err().expect("the call fails");
    let texts = [failure.to_string(), format!("{failure:?}")];
    for text in &texts {
        for secret in [API_KEY, "userSecret", "localUserId", "&t=", "?t="] {
            assert!(!text.contains(secret), "`{secret}` in: {text}");
        }
    }
    let [text, _] = texts;
    text
}

fn text(answered: &Answered) -> String {
    answered.reply().text(Budget::DEFAULT)
}

async fn simulator() -> Simulator {
    let options = Options {
        now: Some(now()),
        quota: None,
        ..Options::default()
    };
    Simulator::start(options).await.unwrap()
}

/// A simulator whose next answers are spoilt, and tools over it.
async fn spoilt(faults: impl IntoIterator<Item = Fault>) -> (Simulator, Tools) {
    let simulator = simulator().await;
    for fault in faults {
        simulator.faults().push(fault);
    }
    let tools = Tools::over(&simulator.base_url());
    (simulator, tools)
}

/// A socket that takes connections and says nothing.
async fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    (listener, base)
}

/// A read of an operation that exists nowhere else.
fn request(path: &str) -> Request {
    let path = format!("/uniform/openapi/{path}");
    Request::post("demo".into(), "test", path, json!({"appId": "a"}))
}

/// No test waits longer than this for what must happen.
async fn soon<F: Future>(what: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), what)
        .await
        .expect("it happens in time")
}
