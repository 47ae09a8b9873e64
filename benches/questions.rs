//! What the question tools take beside the service: every response is in memory, so the time is the tool's own, from the
//! arguments to the reply as text and as data.

#![expect(clippy::unwrap_used, reason = "a bench stops where it fails")]

use std::hint::black_box;
use std::sync::Arc;

use crashsight_mcp::{Budget, CallLimits, Clock, Policy, Toolbox, Upstream, testing};
use crashsight_simulator::{ACCOUNTS, Options, PROJECTS, Simulator};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};

const NOW: &str = "2026-11-28T20:43:00+08:00";

const ISSUE: &str = "4394305AA48FCFF21A3E836EF0D51C5B";

/// Each question tool as it is asked most.
fn questions() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("overview", "crashsight_report_overview", json!({})),
        (
            "overview of a week",
            "crashsight_report_overview",
            json!({"window": "7d"}),
        ),
        (
            "overview of all projects",
            "crashsight_report_overview",
            json!({"projects": ["all"]}),
        ),
        (
            "compare",
            "crashsight_compare",
            json!({"a": "3.7.0", "b": "3.6.2"}),
        ),
        ("rank", "crashsight_rank_issues", json!({})),
        (
            "same crash",
            "crashsight_find_same_crash",
            json!({"issue": ISSUE}),
        ),
        (
            "breakdown",
            "crashsight_get_issue_breakdown",
            json!({"issue": ISSUE}),
        ),
        (
            "change",
            "crashsight_investigate_change",
            json!({"window": "3d"}),
        ),
        (
            "player",
            "crashsight_find_player",
            json!({"user": "12148761065355066"}),
        ),
        ("inspection", "crashsight_report_inspection", json!({})),
    ]
}

async fn answer(toolbox: &Toolbox, tool: &str, arguments: Value) -> (String, Value) {
    let outcome = testing::call(toolbox, tool, arguments).await;
    let answered = outcome.result.unwrap();
    (answered.reply().text(Budget::DEFAULT), answered.data())
}

fn own_time(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let now = NOW.parse().unwrap();
    let simulator = runtime.block_on(Simulator::start(Options {
        now: Some(now),
        quota: None,
        ..Options::default()
    }));
    let simulator = simulator.unwrap();
    let projects = testing::demo_projects(&simulator.base_url(), &ACCOUNTS, PROJECTS);
    let limits = CallLimits {
        paced: false,
        ..CallLimits::default()
    };
    let upstream = Upstream::new(Arc::new(projects), Clock::Fixed(now), limits);
    let toolbox = Toolbox::new(Arc::new(upstream), testing::site_zone(), Policy::default());
    let mut group = criterion.benchmark_group("own time");
    for (name, tool, arguments) in questions() {
        let ask = || answer(&toolbox, tool, arguments.clone());
        runtime.block_on(ask());
        let asked = simulator.calls();
        runtime.block_on(ask());
        assert_eq!(simulator.calls(), asked, "{name} is not kept");
        // Counts that still grow are kept for a minute: a bench takes less.
        group.bench_function(name, |bench| {
            bench.iter(|| black_box(runtime.block_on(ask())));
        });
    }
    group.finish();
}

criterion_group!(benches, own_time);
criterion_main!(benches);
