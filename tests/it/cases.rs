//! Every tool, as data: `cases/<tool>/<case>/` holds arguments and what the service answered; snapshots hold
//! the request that would be sent and the reply an assistant reads.
//!
//! - `args.json`: the arguments.
//! - `answer.json`: the body as the service sent it, envelope included. A workflow's is an object of bodies
//!   by operation. Without the file the arguments must be refused.
//! - `context.json` (may be absent): `now`, `zone`, `status`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_push_string,
    reason = "a test stops where it fails"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crashsight_mcp::clock::Clock;
use crashsight_mcp::project::{
    Account, App, Credentials, Platform, Project, Projects, ServiceApp, SourceRules,
};
use crashsight_mcp::reply::{Budget, Reply};
use crashsight_mcp::request::{ProviderId, Request, Response};
use crashsight_mcp::secret::Secret;
use crashsight_mcp::time_range;
use crashsight_mcp::token_estimate;
use crashsight_mcp::tools;
use crashsight_mcp::tools::tool::CallContext;
use crashsight_mcp::tools::{Caller, Policy, Toolbox};
use crashsight_mcp::upstream::pipeline::{CallLimits, Upstream};
use crashsight_mcp::upstream::provider;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// A case that says nothing else is asked at this moment.
const NOW: &str = "2026-11-22T16:08:30+08:00";

struct Case {
    folder: PathBuf,
    tool: String,
    arguments: Map<String, Value>,
    answer: Option<Value>,
    now: Timestamp,
    zone: String,
    status: u16,
}

impl Case {
    fn read(folder: &Path) -> Self {
        let read = |name: &str| -> Option<Value> {
            let text = std::fs::read_to_string(folder.join(name)).ok()?;
            Some(
                serde_json::from_str(&text)
                    .unwrap_or_else(|e| panic!("{}/{name}: {e}", folder.display())),
            )
        };
        let context = read("context.json").unwrap_or_else(|| json!({}));
        let arguments = read("args.json").expect("a case has args.json");
        Self {
            tool: folder
                .parent()
                .unwrap()
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned(),
            folder: folder.to_path_buf(),
            arguments: arguments
                .as_object()
                .cloned()
                .expect("args.json is an object"),
            answer: read("answer.json"),
            now: context["now"]
                .as_str()
                .unwrap_or(NOW)
                .parse()
                .expect("now is RFC 3339"),
            zone: context["zone"].as_str().unwrap_or("+08:00").to_owned(),
            status: u16::try_from(context["status"].as_u64().unwrap_or(200)).unwrap(),
        }
    }

    fn name(&self) -> String {
        let case = self.folder.file_name().unwrap().to_string_lossy();
        format!("{}/{case}", self.tool)
    }
}

/// Three projects at one account, two of them with companions; addresses are the real ones where nothing is sent.
fn projects(base: &str) -> Projects {
    let project = |name: &str, platform, default| Project {
        name: name.to_owned(),
        aliases: Vec::new(),
        default,
        crashsight: Some(App {
            account: "cn".into(),
            id: "d98b9f7eec".to_owned(),
            platform,
        }),
        companions: match platform {
            Platform::Android | Platform::Ios => vec![
                companion(ProviderId::Agora, "rtc", "axxxxxxxxxxxxxxxxxxxx"),
                companion(ProviderId::Getui, "push", "getui-app"),
            ],
            Platform::Pc | Platform::Other(_) => Vec::new(),
        },
        source: SourceRules {
            own: vec!["Game/".to_owned()],
            strip: vec!["D:/build/ws/".to_owned()],
        },
    };
    let account = |name: &str, provider, credentials, zone: &str| {
        Arc::new(Account {
            name: name.into(),
            provider,
            base: base.to_owned(),
            source: crate::credentials::section(name, provider),
            credentials: Ok(credentials),
            zone: time_range::zone(zone).unwrap(),
        })
    };
    let crashsight = Credentials::CrashSight {
        user_id: "12453".to_owned(),
        api_key: Secret::new("bec5b56d-7ae7-43f7-8763-51580aed5fa2"),
    };
    let agora = Credentials::Agora {
        customer_id: "customer".to_owned(),
        customer_secret: Secret::new("secret"),
    };
    let getui = Credentials::Getui {
        app_id: "getui-app".to_owned(),
        app_key: Secret::new("key"),
        master_secret: Secret::new("secret"),
    };
    Projects {
        accounts: vec![
            account("cn", ProviderId::CrashSight, crashsight, "+08:00"),
            account("rtc", ProviderId::Agora, agora, "UTC"),
            account("push", ProviderId::Getui, getui, "+08:00"),
        ],
        projects: vec![
            project("starfall-android", Platform::Android, true),
            project("starfall-ios", Platform::Ios, false),
            project("starfall-pc", Platform::Pc, false),
        ],
        closed: false,
    }
}

fn companion(provider: ProviderId, account: &str, app: &str) -> ServiceApp {
    ServiceApp {
        provider,
        account: account.into(),
        app: app.to_owned(),
    }
}

fn show(request: &Request) -> String {
    let query: Vec<String> = request
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut out = format!("{} {}", request.method.word(), request.path);
    if !query.is_empty() {
        out.push_str(&format!("?{}", query.join("&")));
    }
    if let Some(field) = request.stamp {
        out.push_str(&format!("\n+ a fresh id in {field}"));
    }
    out.push_str(&format!("\nkept {:?}", request.keep));
    for rate in request.rate {
        out.push_str(&format!(
            "\nat most {} in {} s",
            rate.calls,
            rate.per.as_secs()
        ));
    }
    if let Some(body) = &request.body {
        out.push('\n');
        out.push_str(&serde_json::to_string_pretty(body).unwrap());
    }
    if let Some(documented) = &request.fallback {
        out.push_str(&format!("\n\nafter 404 or 405:\n{}", show(documented)));
    }
    out
}

fn check(case: &Case, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&case.folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_input_file(case.folder.join("answer.json"));
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Characters that turn what is read around.
const BIDI: [char; 5] = ['\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}'];

/// Lines that stand in no fence; a fence ends with as many backticks as it began with.
fn outside_fences(text: &str) -> impl Iterator<Item = &str> {
    let mut open: Option<&str> = None;
    text.lines().filter(move |line| {
        let ticks = line.len() >= 3 && line.bytes().all(|b| b == b'`');
        match open {
            Some(fence) if *line == fence => {
                open = None;
                false
            }
            Some(_) => false,
            None if ticks => {
                open = Some(line);
                false
            }
            None => true,
        }
    })
}

/// What every reply promises, whatever it tells.
fn promises(case: &Case, reply: &Reply) {
    let text = reply.text(Budget::DEFAULT);
    let cost = token_estimate::estimate(&text);
    assert!(
        cost <= Budget::DEFAULT.tokens(),
        "{}: {cost} tokens",
        case.name()
    );
    assert!(text.chars().count() <= 40_000, "{}", case.name());
    let unsafe_char = text
        .chars()
        .find(|c| (c.is_control() && !matches!(c, '\n' | '\t')) || BIDI.contains(c));
    assert_eq!(unsafe_char, None, "{}:\n{text}", case.name());
    // What a service says is never a line of its own outside a fence.
    for line in outside_fences(&text).filter(|line| line.starts_with("next: ")) {
        let tool = line["next: ".len()..].split(' ').next().unwrap_or_default();
        assert!(
            reply.json(Budget::DEFAULT)["next"][0]["tool"] == tool,
            "{}: a forged line: {line}",
            case.name()
        );
    }
    for token in ["null", "undefined", "NaN", "[object"] {
        assert!(
            !outside_fences(&text).any(|line| line.contains(token)),
            "{}: `{token}` in the reply:\n{text}",
            case.name()
        );
    }
    let carried = reply.json(Budget::DEFAULT);
    let cost = token_estimate::estimate(&carried.to_string());
    assert!(
        cost <= Budget::DEFAULT.tokens() + 100,
        "{}: {cost} tokens of JSON",
        case.name()
    );
    for part in ["title", "blocks", "next"] {
        assert!(
            carried.get(part).is_some(),
            "{}: {part} is missing",
            case.name()
        );
    }
    for (at, block) in carried["blocks"].as_array().unwrap().iter().enumerate() {
        let (Some(columns), Some(rows)) = (block["columns"].as_array(), block["rows"].as_array())
        else {
            continue;
        };
        for row in rows {
            assert_eq!(
                row.as_array().unwrap().len(),
                columns.len(),
                "{}: block {at}",
                case.name()
            );
        }
    }
}

fn operation(case: &Case, tool: &'static crashsight_mcp::tools::tool::Tool) {
    let projects = projects("https://crashsight.qq.com");
    let zone = time_range::zone(&case.zone).unwrap();
    let listed = |_: &str| true;
    let ctx = CallContext {
        now: case.now,
        zone: &zone,
        projects: &projects,
        listed: &listed,
    };
    let bound = tool
        .bind(case.arguments.clone())
        .and_then(|call| Ok((call.request(&ctx)?, call)));
    let (request, call) = match bound {
        Ok(bound) => bound,
        Err(failure) => {
            assert!(
                case.answer.is_none(),
                "{}: refused, and an answer waits: {failure}",
                case.name()
            );
            return check(case, "reply", &failure.to_string());
        }
    };
    check(case, "request", &show(&request));
    let answer = case
        .answer
        .as_ref()
        .unwrap_or_else(|| panic!("{}: answer.json is missing", case.name()));
    let mut answer = Response {
        status: case.status,
        content_type: Some("application/json".to_owned()),
        date: None,
        retry_after: None,
        body: answer.to_string().into_bytes(),
    };
    let account = projects.account(&request.account).unwrap();
    match provider::of(tool.provider).open(account, &mut answer, case.now) {
        Ok(data) => {
            let reply = call
                .reply(&ctx, &data)
                .unwrap_or_else(|e| panic!("{}: not understood: {e:#}", case.name()));
            promises(case, &reply);
            check(case, "reply", &reply.text(Budget::DEFAULT));
        }
        Err(failure) => check(case, "reply", &failure.to_string()),
    }
}

/// Workflows make their calls: a peer answers each operation with its body, and 404 to any other.
async fn workflow(case: &Case) {
    use wiremock::matchers::path_regex;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    let peer = MockServer::start().await;
    for (operation, body) in case
        .answer
        .as_ref()
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let answer = match body["http"].as_u64() {
            Some(status) => ResponseTemplate::new(u16::try_from(status).unwrap()),
            None => ResponseTemplate::new(case.status).set_body_json(body),
        };
        Mock::given(path_regex(format!("/uniform/openapi/{operation}(/.*)?$")))
            .respond_with(answer)
            .mount(&peer)
            .await;
    }
    let run = Upstream::new(
        Arc::new(projects(&peer.uri())),
        Clock::Fixed(case.now),
        CallLimits::default(),
    );
    let zone = time_range::zone(&case.zone).unwrap();
    let toolbox = Toolbox::new(Arc::new(run), zone, Policy::default());
    let caller = Caller::named("test");
    let outcome = toolbox
        .call(&caller, &case.tool, case.arguments.clone())
        .await;
    let outcome = outcome.unwrap_or_else(|unknown| panic!("{}: {}", case.name(), unknown.message));
    let sent: Vec<String> = peer
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
            format!(
                "{} {}\n{}",
                request.method,
                request.url.path(),
                serde_json::to_string_pretty(&body).unwrap()
            )
        })
        .collect();
    check(case, "request", &sent.join("\n\n"));
    match outcome.reply {
        Ok(reply) => {
            promises(case, &reply);
            check(case, "reply", &reply.text(Budget::DEFAULT));
        }
        Err(failure) => check(case, "reply", &failure.to_string()),
    }
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(of)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn every_case_is_as_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut seen = 0;
    for tool in folders(&root) {
        let name = tool.file_name().unwrap().to_string_lossy().into_owned();
        let Some(definition) = crashsight_mcp::tools::definitions()
            .into_iter()
            .find(|d| d.name == name)
        else {
            // Other suites keep their data beside this one's; a folder that looks like a tool must be one.
            for provider in ["crashsight_", "agora_", "getui_"] {
                assert!(!name.starts_with(provider), "no tool is called {name}");
            }
            continue;
        };
        let operation_of = tools::tools().find(|tool| tool.name == definition.name);
        for folder in folders(&tool) {
            let case = Case::read(&folder);
            match operation_of {
                Some(tool) => operation(&case, tool),
                None => workflow(&case).await,
            }
            seen += 1;
        }
    }
    assert!(seen >= 180, "only {seen} cases were found");
}

#[test]
fn every_tool_has_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    for definition in crashsight_mcp::tools::definitions() {
        let cases = folders(&root.join(definition.name));
        assert!(
            cases.len() >= 4,
            "{} has {} cases",
            definition.name,
            cases.len()
        );
    }
}
