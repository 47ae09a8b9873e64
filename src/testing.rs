//! Accounts and projects for tests, benches and examples. No part of the public API.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::clock::Clock;

use crate::project::{Account, App, CredentialSource, Credentials, Projects, ServiceApp};
use crate::time_range;
use crate::tools::{Outcome, Policy, Toolbox};
use crate::upstream::http_client::Responder;
use crate::upstream::store::redis::{Redis, Target};
use crate::upstream::store::shared::Store;
use crate::upstream::store::sqlite::Sqlite;
use crate::upstream::{CallLimits, Upstream};

#[cfg(feature = "demo")]
pub use crate::demo_projects::select as demo_projects;
pub use crate::json::JsonRef;
pub use crate::project::{Platform, Project, SourceRules, SymbolApp, SymbolUploader};
pub use crate::reply::{Reply, inline};
pub use crate::request::{ProviderId, Request, Response, SignedRequest};
pub use crate::secret::{Fingerprint, Secret, hmac_sha256_hex};
pub use crate::time_range::zone;
pub use crate::token_estimate::estimate;
pub use crate::tools::tool::Effect;
pub use crate::upstream::api::{Api, Rights};
pub use crate::upstream::confirm::Confirm;
pub use crate::upstream::http_client::HttpClient;

/// `+08:00`, the zone of the service's days.
pub fn site_zone() -> TimeZone {
    time_range::zone("+08:00").expect("an offset is a zone")
}

/// An account of any service with made-up credentials.
pub fn account(name: &str, provider: ProviderId, base: &str) -> Arc<Account> {
    let credentials = match provider {
        ProviderId::CrashSight => Credentials::CrashSight {
            user_id: "12453".to_owned(),
            api_key: Secret::new("bec5b56d-7ae7-43f7-8763-51580aed5fa2"),
        },
        ProviderId::Agora => Credentials::Agora {
            customer_id: "customer".to_owned(),
            customer_secret: Secret::new("secret"),
        },
        ProviderId::Getui => Credentials::Getui {
            app_id: "getui-app".to_owned(),
            app_key: Secret::new("key"),
            master_secret: Secret::new("secret"),
        },
    };
    let zone = match provider {
        ProviderId::Agora => TimeZone::UTC,
        _ => site_zone(),
    };
    Arc::new(Account {
        name: name.into(),
        provider,
        base: base.to_owned(),
        source: CredentialSource::account_section(name, &["user_id", "api_key"]),
        credentials: Ok(credentials),
        zone,
    })
}

/// A project with an app at CrashSight alone.
pub fn project(name: &str, account: &str, id: &str, platform: Platform) -> Project {
    Project {
        has_section: false,
        name: name.to_owned(),
        aliases: Vec::new(),
        default: false,
        crashsight: Some(App {
            account: account.into(),
            id: id.to_owned(),
            platform,
        }),
        service_apps: Vec::new(),
        source: SourceRules::default(),
        tickets: Vec::new(),
    }
}

/// Three projects of one game at one account; two of them with apps at Agora and Getui as well.
pub fn projects(base: &str) -> Projects {
    let service_app = |provider, account: &str, app: &str| ServiceApp {
        provider,
        account: account.into(),
        app: app.to_owned(),
    };
    let starfall = |name: &str, platform, default| Project {
        default,
        service_apps: match platform {
            Platform::Android | Platform::Ios => vec![
                service_app(ProviderId::Agora, "rtc", "axxxxxxxxxxxxxxxxxxxx"),
                service_app(ProviderId::Getui, "push", "getui-app"),
            ],
            Platform::Pc | Platform::Other(_) => Vec::new(),
        },
        source: SourceRules {
            own: vec!["Game/".to_owned()],
            strip: vec!["D:/build/ws/".to_owned()],
        },
        ..project(name, "cn", "d98b9f7eec", platform)
    };
    Projects {
        accounts: vec![
            account("cn", ProviderId::CrashSight, base),
            account("rtc", ProviderId::Agora, base),
            account("push", ProviderId::Getui, base),
        ],
        projects: vec![
            starfall("starfall-android", Platform::Android, true),
            starfall("starfall-ios", Platform::Ios, false),
            starfall("starfall-pc", Platform::Pc, false),
        ],
        ..Projects::default()
    }
}

/// A response of 200 with this body.
pub fn ok(body: &Value) -> Response {
    Response {
        status: 200,
        content_type: Some("application/json".to_owned()),
        date: None,
        retry_after: None,
        body: body.to_string().into_bytes(),
    }
}

/// Tools whose requests are answered by `responder` at a moment that stands still.
pub fn canned_toolbox(
    projects: Projects,
    now: Timestamp,
    policy: Policy,
    responder: Arc<Responder>,
) -> Toolbox {
    let limits = CallLimits {
        paced: false,
        ..CallLimits::default()
    };
    let client = HttpClient::canned(responder);
    let upstream = Upstream::with_client(Arc::new(projects), Clock::Fixed(now), limits, client);
    Toolbox::new(Arc::new(upstream), site_zone(), policy)
}

/// A kind of store.
#[derive(Debug, Clone)]
pub enum StoreKind {
    /// The memory of a process.
    Memory,
    /// A SQLite file.
    Sqlite(PathBuf),
    /// The address of a Redis server.
    Redis(String),
}

impl StoreKind {
    fn open(&self) -> Store {
        match self {
            Self::Memory => Store::memory(),
            Self::Sqlite(file) => {
                let sqlite = Arc::new(Sqlite::new(file.clone(), 256 << 20));
                Store::over("sqlite".to_owned(), sqlite, 1, None)
            }
            Self::Redis(address) => {
                let target = Target::read(address, None).expect("it is an address");
                let redis = Redis::new(&target, "test").expect("it is an address");
                Store::over("redis".to_owned(), Arc::new(redis), 1, None)
            }
        }
    }
}

/// Tools over a store, as one of the processes that share it.
pub fn process_of(
    projects: Projects,
    clock: Clock,
    store: &StoreKind,
    limits: CallLimits,
    policy: Policy,
) -> Toolbox {
    let client = HttpClient::new(limits.response_bytes);
    over_store(projects, clock, store, limits, client, policy)
}

/// Tools whose answers come from a store: a process that shares one keeps nothing in its own memory.
pub fn kept_answers(store: &StoreKind) -> Toolbox {
    let limits = CallLimits {
        cache_bytes: match store {
            StoreKind::Memory => 1 << 20,
            _ => 0,
        },
        ..CallLimits::default()
    };
    let body = serde_json::json!({"code": 200, "data": {"channelList": ["play"]}});
    let client = HttpClient::canned(Arc::new(move |_: &SignedRequest| Ok(ok(&body))));
    let projects = projects("http://localhost");
    let policy = Policy::default();
    over_store(projects, Clock::System, store, limits, client, policy)
}

fn over_store(
    projects: Projects,
    clock: Clock,
    store: &StoreKind,
    limits: CallLimits,
    client: HttpClient,
    policy: Policy,
) -> Toolbox {
    let store = Arc::new(store.open());
    let upstream = Upstream::with_store(Arc::new(projects), clock, limits, client, store);
    Toolbox::new(Arc::new(upstream), site_zone(), policy)
}

/// Calls a tool with arguments that are a JSON object.
pub async fn call(toolbox: &Toolbox, tool: &str, arguments: Value) -> Outcome {
    let arguments = match arguments {
        Value::Object(arguments) => arguments,
        _ => serde_json::Map::new(),
    };
    match toolbox
        .call(&crate::tools::Caller::named("test"), tool, arguments)
        .await
    {
        Ok(outcome) => outcome,
        Err(unknown) => unreachable!("{}", unknown.message),
    }
}

/// The files of `skills/`: path below it, and text.
pub fn skills() -> Vec<(String, String)> {
    crate::skills::files()
}

/// The titles of a range in words, by day, hour and second; nothing where it is refused.
pub fn windows(text: &str, display: &str) -> Vec<String> {
    let now = Timestamp::from_second(1_795_334_910).unwrap_or_default();
    let zones = time_range::Zones {
        service: site_zone(),
        display: zone(display).unwrap_or(TimeZone::UTC),
    };
    let grains = [
        time_range::Granularity::Day,
        time_range::Granularity::Hour,
        time_range::Granularity::Second,
    ];
    let Ok(spec) = time_range::WindowSpec::try_from(text.to_owned()) else {
        return Vec::new();
    };
    grains
        .into_iter()
        .filter_map(|grain| spec.resolve(grain, now, &zones).ok())
        .map(|window| window.title())
        .collect()
}

/// A client's file with an entry of this server added.
pub struct MergedFile {
    /// Its new text.
    pub text: String,
    /// What it held beside the entry.
    pub before: Value,
    /// What it holds beside it now.
    pub after: Value,
}

/// Adds an example entry to the text of a client's file, the client by its name on the command line.
pub fn merged_client_file(client: &str, text: &str) -> anyhow::Result<MergedFile> {
    let (text, [before, after]) = crate::cli::merged_client_file(client, text)?;
    Ok(MergedFile {
        text,
        before,
        after,
    })
}
