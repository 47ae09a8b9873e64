//! Every tool, as data: `cases/<tool>/<case>/` holds arguments and what the service answered; snapshots hold
//! the requests that are sent, the reply as text and the reply as data. Each case is a test of its own name.
//!
//! - `args.json`: the arguments.
//! - `answer.json`: the body as the service sent it, envelope included. A tool with several requests has an
//!   object of bodies by operation (see `bodies.rs`), or the body of its first alone. Without the file the arguments
//!   must be refused.
//! - `context.json` (may be absent): `now`, `zone`, `status`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::format_push_string,
    reason = "a test stops where it fails"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crashsight_mcp::testing::{
    self, Confirm, Effect, HttpClient, Reply, Request, Response, SignedRequest, SymbolUploader,
};
use crashsight_mcp::{
    Answered, Budget, CallLimits, Caller, Clock, Definition, Error, Policy, Toolbox, Upstream,
    definitions,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::bodies::Asked;

/// A case that says nothing else is asked at this moment.
const NOW: &str = "2026-11-22T16:08:30+08:00";

struct Case {
    folder: PathBuf,
    tool: Definition,
    arguments: Map<String, Value>,
    answer: Option<Value>,
    now: Timestamp,
    zone: String,
    status: u16,
    asked: Asked,
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
        let name = folder.parent().unwrap().file_name().unwrap();
        let name = name.to_string_lossy();
        Self {
            tool: definitions()
                .into_iter()
                .find(|tool| tool.name == name)
                .unwrap_or_else(|| panic!("no tool is called {name}")),
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
            asked: Asked::default(),
        }
    }

    /// The response to one request of this case.
    fn respond(&self, request: &SignedRequest) -> Response {
        let json = |status, body: &Value| Response {
            status,
            content_type: Some("application/json".to_owned()),
            date: None,
            retry_after: None,
            body: body.to_string().into_bytes(),
        };
        if request.url.ends_with("/auth") {
            let token = json!({"code": 0, "data": {"token": "t", "expire_time": "9999999999999"}});
            return json(200, &token);
        }
        let answer = self
            .answer
            .as_ref()
            .unwrap_or_else(|| panic!("{}: answer.json is missing", self.folder.display()));
        if self.tool.upstream.len() == 1 {
            return json(self.status, answer);
        }
        let by_operation = |operation: &&str| answer.get(*operation).is_some();
        if !self.tool.upstream.iter().any(by_operation) {
            // One body is the answer of the first operation; the others are not available.
            let first = request
                .url
                .split(['?', '/'])
                .any(|part| part == self.tool.upstream[0]);
            return if first {
                json(self.status, answer)
            } else {
                json(404, &json!({}))
            };
        }
        let path = request.url.split('?').next().unwrap_or_default();
        let body = self.asked.body(self.tool.upstream, answer, path);
        match body {
            None => json(404, &json!({})),
            Some(body) => match body["http"].as_u64() {
                Some(status) => json(u16::try_from(status).unwrap(), &json!({})),
                None => json(self.status, body),
            },
        }
    }
}

fn show(request: &Request, writes: bool) -> String {
    let mut out = request.line();
    if let Some(field) = request.nonce {
        out.push_str(&format!("\n+ a fresh id in {field}"));
    }
    for (field, stamp) in request.stamps {
        out.push_str(&format!("\n+ {stamp:?} in {field}"));
    }
    // A write is never cached, whatever its request says.
    if !writes {
        out.push_str(&format!("\ncache {:?}", request.cache));
    }
    for rate in request.rates {
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
    if let Some(fallback) = &request.fallback {
        out.push_str(&format!(
            "\n\nafter 404 or 405:\n{}",
            show(fallback, writes)
        ));
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

/// Characters that reorder the text around them.
const BIDI: [char; 5] = ['\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}'];

/// Lines outside every fence; a fence ends with as many backticks as it began with.
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

/// What every text promises.
fn text_promises(reply: &Reply, data: &Value) {
    let text = reply.text(Budget::DEFAULT);
    let cost = testing::estimate(&text);
    assert!(cost <= Budget::DEFAULT.tokens(), "{cost} tokens");
    assert!(text.chars().count() <= 40_000);
    let unsafe_char = text
        .chars()
        .find(|c| (c.is_control() && !matches!(c, '\n' | '\t')) || BIDI.contains(c));
    assert_eq!(unsafe_char, None, "\n{text}");
    // What a service says is never a line of its own outside a fence.
    for line in outside_fences(&text).filter(|line| line.starts_with("next: ")) {
        let tool = line["next: ".len()..].split(' ').next().unwrap_or_default();
        assert!(data["next"][0]["tool"] == tool, "a forged line: {line}");
    }
    for token in ["null", "undefined", "NaN", "[object"] {
        assert!(
            !outside_fences(&text).any(|line| line.contains(token)),
            "`{token}` in the reply:\n{text}"
        );
    }
}

/// What all data promises: its tool's schema, plain keys, no null, next calls that their tools accept.
fn data_promises(case: &Case, data: &Value) {
    let schema = Value::Object(case.tool.output());
    let validator = jsonschema::validator_for(&schema).unwrap();
    let problems: Vec<String> = validator
        .iter_errors(data)
        .map(|problem| format!("{}: {problem}", problem.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}\n{data:#}");
    plain(data);
    let tools = definitions();
    for next in data["next"].as_array().unwrap() {
        let tool = tools
            .iter()
            .find(|tool| next["tool"] == tool.name)
            .unwrap_or_else(|| panic!("{next} names no tool"));
        let schema = Value::Object((*tool.input).clone());
        let validator = jsonschema::validator_for(&schema).unwrap();
        let problem = validator.validate(&next["arguments"]).err();
        assert!(problem.is_none(), "{next}: {}", problem.unwrap());
    }
}

fn plain(value: &Value) {
    match value {
        Value::Null => panic!("a null"),
        Value::Array(items) => items.iter().for_each(plain),
        Value::Object(fields) => {
            for (key, field) in fields {
                assert!(
                    key.bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                        && !key.is_empty()
                        && !key.starts_with(|c: char| c.is_ascii_digit()),
                    "the key {key:?}"
                );
                plain(field);
            }
        }
        _ => {}
    }
}

async fn answered(case: Case) -> (Case, Vec<Request>, Result<Answered, Error>) {
    let case = Arc::new(case);
    let responder = Arc::clone(&case);
    let client = HttpClient::canned(Arc::new(move |request| Ok(responder.respond(request))));
    let projects = Arc::new(testing::projects("https://crashsight.qq.com"));
    let limits = CallLimits {
        paced: false,
        ..CallLimits::default()
    };
    let upstream = Upstream::with_client(projects, Clock::Fixed(case.now), limits, client);
    let policy = Policy {
        confirm: Confirm::Never,
        // Without a settings file nothing runs.
        symbol_uploader: Some(Arc::new(SymbolUploader {
            tool: "crashSightSymbolTool.jar".into(),
            apps: Vec::new(),
        })),
        ..Policy::default()
    };
    let zone = testing::zone(&case.zone).unwrap();
    let toolbox = Toolbox::new(Arc::new(upstream), zone, policy);
    let outcome = toolbox
        .call(
            &Caller::named("test"),
            case.tool.name,
            case.arguments.clone(),
        )
        .await
        .unwrap_or_else(|unknown| panic!("{}", unknown.message));
    drop(toolbox);
    let case = Arc::into_inner(case).expect("the toolbox is gone");
    (case, outcome.log.requests, outcome.result)
}

#[rstest::rstest]
#[tokio::test(start_paused = true)]
async fn case(
    #[files("tests/cases/*/*")]
    #[dirs]
    folder: PathBuf,
) {
    let case = Case::read(&folder);
    let expects_answer = case.answer.is_some() || case.tool.upstream.is_empty();
    let (case, requests, result) = answered(case).await;
    if !requests.is_empty() {
        let writes = matches!(case.tool.effect, Effect::Write);
        let requests: Vec<String> = requests
            .iter()
            .map(|request| show(request, writes))
            .collect();
        check(&case, "request", &requests.join("\n\n"));
    }
    match result {
        Ok(answered) => {
            assert!(expects_answer, "answered without answer.json");
            let data = answered.data();
            text_promises(answered.reply(), &data);
            check(&case, "reply", &answered.reply().text(Budget::DEFAULT));
            data_promises(&case, &data);
            check(&case, "data", &serde_json::to_string_pretty(&data).unwrap());
        }
        Err(error) => check(&case, "reply", &error.to_string()),
    }
}

#[rstest::rstest]
#[case("crashsight_list_top_issues/ten-rows", 1_050)]
#[case("crashsight_list_top_issues/today", 500)]
#[case("crashsight_get_day_stats/today", 170)]
#[case("crashsight_find_same_crash/all-projects", 550)]
#[case("crashsight_rank_issues/simulated", 600)]
#[tokio::test(start_paused = true)]
async fn everyday_replies_keep_their_budget(#[case] folder: &str, #[case] most: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let (_, _, result) = answered(Case::read(&root.join(folder))).await;
    let text = result.unwrap().reply().text(Budget::DEFAULT);
    let tokens = testing::estimate(&text);
    assert!(tokens <= most, "{tokens} tokens of {most}:\n{text}");
}

#[test]
fn every_tool_has_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    for definition in definitions() {
        let cases = std::fs::read_dir(root.join(definition.name))
            .unwrap()
            .count();
        assert!(cases >= 4, "{} has {cases} cases", definition.name);
    }
}
