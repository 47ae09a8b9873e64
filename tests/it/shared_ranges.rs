//! Questions about different ranges share a response that holds them all: an answer read from it is the one that the
//! service gives to the question alone.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::Arc;

use crashsight_mcp::testing;
use crashsight_mcp::{Budget, CallLimits, Clock, Policy, Toolbox, Upstream};
use crashsight_simulator::{ACCOUNTS, Options, PROJECTS, Simulator};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

const NOW: &str = "2026-11-28T20:43:00+08:00";

const ISSUE: &str = "4394305AA48FCFF21A3E836EF0D51C5B";

fn toolbox(simulator: &Simulator) -> Toolbox {
    let projects = testing::demo_projects(&simulator.base_url(), &ACCOUNTS, PROJECTS);
    let limits = CallLimits {
        paced: false,
        ..CallLimits::default()
    };
    let upstream = Upstream::new(
        Arc::new(projects),
        Clock::Fixed(NOW.parse().unwrap()),
        limits,
    );
    Toolbox::new(Arc::new(upstream), testing::site_zone(), Policy::default())
}

async fn ask(toolbox: &Toolbox, tool: &str, arguments: &Map<String, Value>) -> (String, Value) {
    let outcome = testing::call(toolbox, tool, arguments.clone().into()).await;
    let answered = outcome.result.unwrap();
    (answered.reply().text(Budget::DEFAULT), answered.data())
}

#[tokio::test]
async fn an_answer_from_a_wider_range_is_that_of_its_own() {
    let now: Timestamp = NOW.parse().unwrap();
    let simulator = Simulator::start(Options {
        now: Some(now),
        quota: None,
        ..Options::default()
    })
    .await
    .unwrap();
    // A tool, its other arguments, the range that is asked for first, and those that it holds.
    let asked = [
        (
            "crashsight_get_daily_trend",
            json!({}),
            "7d",
            &[
                "today",
                "yesterday",
                "3d",
                "this_week",
                "last_week",
                "2026-11-10..2026-11-12",
            ][..],
        ),
        (
            "crashsight_get_daily_trend",
            json!({"versions": ["3.7.0"], "kind": "anr"}),
            "14d",
            &["yesterday", "3d", "today"],
        ),
        (
            "crashsight_get_hourly_trend",
            json!({}),
            "today",
            &[
                "24h",
                "yesterday",
                "3h",
                "2026-11-27T03:00..2026-11-27T09:00",
            ],
        ),
        (
            "crashsight_get_cumulative_trend",
            json!({}),
            "today",
            &["yesterday"],
        ),
        (
            "crashsight_get_daily_summary",
            json!({}),
            "7d",
            &["today", "yesterday", "2026-11-17..2026-11-19"],
        ),
        (
            "crashsight_get_issue_trend",
            json!({"issues": [ISSUE]}),
            "14d",
            &["7d", "yesterday", "last_week"],
        ),
    ];
    for (tool, others, first, ranges) in asked {
        let arguments = |window: &str| {
            let mut arguments = others.as_object().unwrap().clone();
            arguments.insert("window".to_owned(), json!(window));
            arguments
        };
        let shared = toolbox(&simulator);
        ask(&shared, tool, &arguments(first)).await;
        for window in ranges {
            let before = simulator.calls();
            let from_shared = ask(&shared, tool, &arguments(window)).await;
            assert_eq!(simulator.calls(), before, "{tool} {window}: a call");
            let alone = ask(&toolbox(&simulator), tool, &arguments(window)).await;
            assert_eq!(simulator.calls(), before + 1, "{tool} {window}");
            assert_eq!(from_shared, alone, "{tool} {window}");
        }
    }
}

#[tokio::test]
async fn people_are_named_where_the_names_are_known_and_cost_no_call() {
    let simulator = Simulator::start(Options {
        now: Some(NOW.parse().unwrap()),
        quota: None,
        ..Options::default()
    })
    .await
    .unwrap();
    let people_of = |rows: &Value| -> Vec<Value> {
        let rows = rows["answer"]["issues"].as_array().unwrap();
        let people = rows
            .iter()
            .flat_map(|row| row["assignees"].as_array().unwrap());
        people.map(|person| person["name"].clone()).collect()
    };
    for tool in [
        "crashsight_list_top_issues",
        "crashsight_list_hourly_top_issues",
        "crashsight_rank_issues",
    ] {
        let none = Map::new();
        let toolbox = toolbox(&simulator);
        let (_, unnamed) = ask(&toolbox, tool, &none).await;
        assert!(!people_of(&unnamed).is_empty(), "{tool}: nobody");
        assert!(people_of(&unnamed).iter().all(Value::is_null), "{tool}");
        ask(&toolbox, "crashsight_get_app_options", &none).await;
        let before = simulator.calls();
        let (_, named) = ask(&toolbox, tool, &none).await;
        assert_eq!(simulator.calls(), before, "{tool}: a call");
        assert!(people_of(&named).iter().all(Value::is_string), "{tool}");
    }
}
