//! What people ask, as calls and facts: `tests/questions/*.toml` holds a question, at most two calls that an assistant
//! would make, and facts that must be in the replies, which cost at most 1,500 tokens together. The second call may take
//! an argument from the first reply: `$issue`, `$crash`, `$user` or `$task` is the first of its kind there.
//!
//! `cargo test --test it questions -- --nocapture` prints calls, tokens and requests of each; with `SHOW=name` the
//! replies of one.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails, and prints what it measured"
)]

mod minute;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crashsight_mcp::testing::{self, Request};
use crashsight_mcp::{Budget, CallLimits, Clock, Policy, Projects, Toolbox, Upstream};
use crashsight_simulator::{ACCOUNTS, Options, PROJECTS, Simulator};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Now, for the questions: a Saturday evening at the service.
const NOW: &str = "2026-11-28T20:43:00+08:00";

/// Tokens (o200k) of the replies to one question.
const MOST_TOKENS: usize = 1_500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// As a person asks it.
    #[serde(rename = "question")]
    asked: String,
    /// What kind of question it is.
    kind: String,
    calls: Vec<Call>,
    /// Texts that must be in the replies.
    facts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    tool: String,
    #[serde(default)]
    arguments: toml::Table,
}

/// Kinds that must be asked at least once.
const KINDS: &[&str] = &[
    "report",
    "trend",
    "old or new",
    "elsewhere",
    "full stack",
    "devices",
    "bug",
    "compare",
    "what first",
    "player",
    "anr",
    "oom",
    "keys",
    "spike",
    "release",
    "inspection",
    "calls and pushes",
];

/// The tools over projects of the demo, with the limits of calls.
fn toolbox(projects: Projects, limits: CallLimits) -> Toolbox {
    let now = NOW.parse().unwrap();
    let upstream = Upstream::new(Arc::new(projects), Clock::Fixed(now), limits);
    Toolbox::new(Arc::new(upstream), testing::site_zone(), Policy::default())
}

/// The first value of a name in a reply's data, wherever it is.
fn first<'a>(data: &'a Value, name: &str) -> Option<&'a Value> {
    match data {
        Value::Object(fields) => fields
            .get(name)
            .filter(|value| value.is_string() || value.is_number())
            .or_else(|| fields.values().find_map(|value| first(value, name))),
        Value::Array(items) => items.iter().find_map(|item| first(item, name)),
        _ => None,
    }
}

/// Arguments with what an assistant takes from the reply before.
fn arguments(call: &Call, before: Option<&Value>) -> Value {
    fn filled(value: Value, before: Option<&Value>) -> Value {
        match value {
            Value::String(text) => match text.strip_prefix('$') {
                Some(name) => before
                    .and_then(|data| first(data, name))
                    .cloned()
                    .unwrap_or_else(|| panic!("no {name} in the reply before")),
                None => Value::String(text),
            },
            Value::Array(items) => items.into_iter().map(|item| filled(item, before)).collect(),
            Value::Object(fields) => fields
                .into_iter()
                .map(|(name, value)| (name, filled(value, before)))
                .collect::<Map<_, _>>()
                .into(),
            other => other,
        }
    }
    filled(serde_json::to_value(&call.arguments).unwrap(), before)
}

/// Every question, by the name of its file.
fn questions() -> Vec<(String, Question)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/questions");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "toml"))
        .collect();
    files.sort();
    let read = |file: &PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(file).unwrap();
        let question = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, question)
    };
    files.iter().map(read).collect()
}

/// What a reply says where a part of it is missing.
const LEFT_OUT: &[&str] = &["not included:", "not compared with the time before"];

/// What a question was answered with.
#[derive(Default)]
struct Answers {
    replies: String,
    /// Calls that failed.
    failed: Vec<String>,
    /// Sentences about what a reply does not include.
    left_out: Vec<String>,
    /// Requests, by what makes two the same.
    requests: Vec<String>,
}

/// The calls that an assistant would make.
async fn ask(toolbox: &Toolbox, question: &Question) -> Answers {
    let (mut answers, mut data) = (Answers::default(), None);
    for call in &question.calls {
        let arguments = arguments(call, data.as_ref());
        let outcome = testing::call(toolbox, &call.tool, arguments.clone()).await;
        let requests = outcome.log.requests.iter();
        answers.requests.extend(requests.map(Request::cache_key));
        match outcome.result {
            Ok(answered) => {
                let reply = answered.reply().text(Budget::DEFAULT);
                let left_out = reply
                    .lines()
                    .filter(|line| LEFT_OUT.iter().any(|words| line.contains(words)));
                answers.left_out.extend(left_out.map(str::to_owned));
                answers.replies.push_str(&reply);
                answers.replies.push('\n');
                data = Some(answered.data());
            }
            Err(error) => answers
                .failed
                .push(format!("{} {arguments}: {error}", call.tool)),
        }
    }
    answers
}

async fn simulator() -> Simulator {
    let now: Timestamp = NOW.parse().unwrap();
    Simulator::start(Options {
        now: Some(now),
        quota: None,
        ..Options::default()
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn every_question_is_answered_in_two_calls() {
    let simulator = simulator().await;
    let tokens = tiktoken_rs::o200k_base().unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "which replies are shown is chosen by the environment"
    )]
    let show = std::env::var("SHOW").ok();
    let mut problems = Vec::new();
    let mut kinds = Vec::new();
    let questions = questions();
    println!("question | calls | tokens | requests");
    for (name, question) in &questions {
        if show
            .as_ref()
            .is_some_and(|show| !name.contains(show.as_str()))
        {
            continue;
        }
        let projects = testing::demo_projects(&simulator.base_url(), &ACCOUNTS, PROJECTS);
        let unpaced = CallLimits {
            paced: false,
            ..CallLimits::default()
        };
        let toolbox = toolbox(projects, unpaced);
        let asked_before = simulator.calls();
        let Answers {
            replies, failed, ..
        } = ask(&toolbox, question).await;
        problems.extend(failed.iter().map(|failed| format!("{name}: {failed}")));
        let cost = tokens.encode_ordinary(&replies).len();
        let requests = simulator.calls() - asked_before;
        println!("{name} | {} | {cost} | {requests}", question.calls.len());
        if show.is_some() {
            println!("{}\n{replies}", question.asked);
        }
        if question.facts.is_empty() || question.calls.is_empty() {
            problems.push(format!("{name}: no call or no fact"));
        }
        if question.calls.len() > 2 {
            problems.push(format!("{name}: {} calls", question.calls.len()));
        }
        if cost > MOST_TOKENS {
            problems.push(format!("{name}: {cost} tokens"));
        }
        for fact in question
            .facts
            .iter()
            .filter(|fact| !replies.contains(*fact))
        {
            problems.push(format!("{name}: not in the replies: {fact}"));
        }
        kinds.push(&question.kind);
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    if show.is_none() {
        assert!(questions.len() >= 60, "{} questions", questions.len());
        for kind in KINDS {
            assert!(
                kinds.iter().any(|asked| *asked == kind),
                "none of the kind {kind}"
            );
        }
        let unknown: Vec<&&String> = kinds
            .iter()
            .filter(|kind| !KINDS.contains(&kind.as_str()))
            .collect();
        assert!(unknown.is_empty(), "kinds {unknown:?}");
    }
}
