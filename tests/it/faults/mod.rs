//! Every tool over a service that fails in every way: each call ends within its deadline with the sentence that fits,
//! shows no secret in any output, and the next call is answered. The results are printed as a table:
//! `cargo test --test it faults -- --nocapture`.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod confirmations;
mod matrix;
mod peer;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crashsight_mcp::testing::{self, Confirm, Effect, HttpClient};
use crashsight_mcp::{
    Budget, CallLimits, Clock, Definition, Policy, Toolbox, Upstream, definitions,
};
use crashsight_simulator as sim;
use futures_util::StreamExt as _;
use serde_json::Value;

use crate::hostile::{Case, Logs, case};
use matrix::{Fault, Scope, faults};
use peer::{Behavior, Peer, Step};

/// The access token of the peer's logins.
const TOKEN: &str = "token-of-a-login-0001";

/// The peer's time.
const NOW: &str = "2026-11-22T16:08:30+08:00";

/// Bytes that are read of a response here.
const CAP: usize = 1 << 20;

/// What no output may show: keys, what is made of them, and the fields that carry it.
fn secrets() -> Vec<String> {
    let pair = format!("{}:{}", sim::AGORA_CUSTOMER_ID, sim::AGORA_CUSTOMER_SECRET);
    let own = [
        sim::API_KEY,
        sim::AGORA_CUSTOMER_SECRET,
        sim::GETUI_APP_KEY,
        sim::GETUI_MASTER_SECRET,
        TOKEN,
        "userSecret",
        "\"sign\"",
        "\\\"sign\\\"",
    ];
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pair);
    own.map(str::to_owned)
        .into_iter()
        .chain([encoded])
        .collect()
}

/// All with one connection pool, which takes long to build.
fn toolbox(base: &str, client: &HttpClient, now: jiff::Timestamp, deadline: u64) -> Toolbox {
    let limits = CallLimits {
        paced: false,
        response_bytes: CAP,
        deadline: Duration::from_secs(deadline),
        ..CallLimits::default()
    };
    let projects = Arc::new(testing::demo_projects(base, &sim::ACCOUNTS, sim::PROJECTS));
    let upstream = Upstream::with_client(projects, Clock::Fixed(now), limits, client.clone());
    let policy = Policy {
        confirm: Confirm::Never,
        ..Policy::default()
    };
    Toolbox::new(Arc::new(upstream), testing::site_zone(), policy)
}

/// How a call ended: the kind of error or `ok`, and everything that it shows.
struct End {
    kind: &'static str,
    text: String,
    output: String,
}

async fn call(toolbox: &Toolbox, tool: &Definition, case: &Case) -> End {
    let called = testing::call(toolbox, tool.name, case.arguments.clone());
    // Longer than any deadline: nothing hangs.
    let outcome = tokio::time::timeout(Duration::from_secs(90), called).await;
    let outcome = outcome.unwrap();
    let (kind, text, output) = match &outcome.result {
        Ok(answered) => {
            let text = answered.reply().text(Budget::DEFAULT);
            let output = format!("{text}\n{}", answered.data());
            ("ok", text, output)
        }
        Err(error) => (
            error.kind(),
            error.to_string(),
            format!("{error}\n{error:?}"),
        ),
    };
    End { kind, text, output }
}

/// What is wrong with an end.
fn problems(fault: &Fault, effect: Effect, end: &End, secrets: &[String]) -> Vec<String> {
    let mut problems = Vec::new();
    let expected = match effect {
        Effect::Read => fault.read,
        Effect::Write => fault.write,
    };
    // Several files at once: the way out is to ask for one.
    let files = end.kind == "invalid_arguments" && end.text.contains("one name in `files`");
    let too_large = files && expected.contains(&"too_large");
    if !expected.is_empty() && !expected.contains(&end.kind) && !too_large {
        problems.push(format!(
            "{} instead of {expected:?}: {}",
            end.kind, end.text
        ));
    }
    if end.kind != "ok"
        && !fault.words.is_empty()
        && !fault.words.iter().any(|words| end.text.contains(words))
    {
        problems.push(format!("none of {:?} in: {}", fault.words, end.text));
    }
    // What helps a read would write twice.
    let again = ["try again", "call again", "retry in", "ask for less"];
    if end.kind == "outcome_unknown" && again.iter().any(|words| end.text.contains(words)) {
        problems.push(format!("false for a write: {}", end.text));
    }
    if end.text.contains("a fault") {
        problems.push(format!("a panic: {}", end.text));
    }
    for secret in secrets.iter().filter(|secret| end.output.contains(*secret)) {
        problems.push(format!("`{secret}` in: {}", end.output));
    }
    problems
}

/// Ends of one fault: reads and writes, by kind.
type Row = [BTreeMap<&'static str, usize>; 2];

fn table(rows: &[(&str, Row)]) -> String {
    let mut out = String::from("fault | reads | writes\n");
    let kinds = |ends: &BTreeMap<&str, usize>| {
        let kinds = ends.iter().map(|(kind, count)| format!("{count} {kind}"));
        kinds.collect::<Vec<_>>().join(", ")
    };
    for (name, [reads, writes]) in rows {
        let _ = writeln!(out, "{name} | {} | {}", kinds(reads), kinds(writes));
    }
    out
}

/// One tool under one fault: its end, and what is wrong with it.
async fn cell(
    peer: &Peer,
    client: &HttpClient,
    tool: &Definition,
    fault: &Fault,
) -> (&'static str, Vec<String>) {
    let case = case(tool).unwrap();
    let behavior = |steps: &[Step], login| Behavior {
        steps: steps.to_vec(),
        login,
        reads_answered: tool.effect == Effect::Write,
        upstream: tool.upstream,
        answer: Arc::new(case.answer.clone()),
        ..Behavior::default()
    };
    let path = format!(
        "{}-{}",
        tool.name,
        fault.name.replace(|c: char| !c.is_alphanumeric(), "-")
    );
    let base = if fault.scope == Scope::Refused {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", closed.local_addr().unwrap())
    } else {
        peer.base(&path)
    };
    let deadline = if fault.scope == Scope::Slow { 5 } else { 55 };
    let failing_toolbox = toolbox(&base, client, case.now, deadline);
    let failing = behavior(&fault.steps, fault.scope == Scope::Login);
    let flooded = Arc::clone(&failing.flooded);
    peer.behave(&path, failing);
    let end = call(&failing_toolbox, tool, &case).await;
    let mut wrong = problems(fault, tool.effect, &end, &secrets());
    let flooded = flooded.load(Ordering::Relaxed);
    if flooded > 16 << 20 {
        wrong.push(format!("{flooded} bytes were read"));
    }
    // The process answers afterwards, over the same connections.
    if fault.scope != Scope::Refused {
        peer.behave(&path, behavior(&[matrix::GOOD], false));
        let toolbox = if fault.scope == Scope::Slow {
            toolbox(&base, client, case.now, 55)
        } else {
            failing_toolbox
        };
        let after = call(&toolbox, tool, &case).await;
        if after.kind != "ok" {
            wrong.push(format!("afterwards: {}", after.text));
        }
    }
    let wrong = wrong.into_iter();
    let wrong = wrong.map(|what| format!("{} · {}: {what}", tool.name, fault.name));
    (end.kind, wrong.collect())
}

/// Cells at a time: most of their time is the pause before a retry.
const CONCURRENT: usize = 12;

/// One tool of each service and effect: for what takes long.
const SAMPLE: &[&str] = &[
    "crashsight_list_top_issues",
    "crashsight_get_crash",
    "crashsight_add_issue_tag",
    "agora_get_usage",
    "getui_get_push_report",
];

#[tokio::test]
async fn every_tool_survives_every_fault() {
    let logs = Logs::default();
    let _guard = logs.collect();
    let peer = Peer::start().await;
    let client = HttpClient::new(CAP);
    client.connect().unwrap();
    let faults = faults();
    let tools = definitions();
    let tools = tools.iter().filter(|tool| !tool.upstream.is_empty());
    let mut cells: Vec<(&Definition, usize)> = tools
        .flat_map(|tool| (0..faults.len()).map(move |fault| (tool, fault)))
        .filter(|(tool, fault)| match faults[*fault].scope {
            Scope::Login => tool.name.starts_with("getui_"),
            Scope::Slow | Scope::Sampled => SAMPLE.contains(&tool.name),
            _ => true,
        })
        .collect();
    // What waits for its deadline comes when nothing else keeps it from leaving.
    cells.sort_by_key(|(_, fault)| faults[*fault].scope == Scope::Slow);
    let ended: Vec<_> = futures_util::stream::iter(cells)
        .map(|(tool, fault)| {
            let (peer, client, faults) = (&peer, &client, &faults);
            async move {
                (
                    tool.effect,
                    fault,
                    cell(peer, client, tool, &faults[fault]).await,
                )
            }
        })
        .buffer_unordered(CONCURRENT)
        .collect()
        .await;
    let mut rows: Vec<(&str, Row)> = faults
        .iter()
        .map(|fault| (fault.name, Row::default()))
        .collect();
    let mut found = Vec::new();
    for (effect, fault, (kind, wrong)) in ended {
        let column = usize::from(effect == Effect::Write);
        *rows[fault].1[column].entry(kind).or_default() += 1;
        found.extend(wrong);
    }
    println!("{}", table(&rows));
    let count = found.len();
    found.truncate(60);
    assert!(found.is_empty(), "{count} problems\n{}", found.join("\n"));
    let logs = logs.text();
    assert!(logs.contains("upstream response"), "nothing was logged");
    for line in logs.lines() {
        for secret in &secrets() {
            assert!(!line.contains(secret), "`{secret}` in the log: {line}");
        }
    }
}

/// The peer's answers are what the tools are documented with, whatever the value.
fn same(value: &Value) -> Value {
    value.clone()
}
