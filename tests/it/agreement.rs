//! Two tools never disagree on a number: over the simulator, at many moments and in every project, whatever shows the
//! same thing shows the same number.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::collections::HashMap;
use std::sync::Arc;

use crashsight_mcp::testing;
use crashsight_mcp::{CallLimits, Clock, Policy, Toolbox, Upstream};
use crashsight_simulator::{ACCOUNTS, Options, PROJECTS, Simulator};
use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;
use serde_json::{Value, json};

struct World {
    _simulator: Simulator,
    toolbox: Toolbox,
}

impl World {
    async fn at(now: Timestamp) -> Self {
        let options = Options {
            now: Some(now),
            quota: None,
            ..Options::default()
        };
        let simulator = Simulator::start(options).await.unwrap();
        let projects = testing::demo_projects(&simulator.base_url(), &ACCOUNTS, PROJECTS);
        let limits = CallLimits {
            paced: false,
            ..CallLimits::default()
        };
        let upstream = Upstream::new(Arc::new(projects), Clock::Fixed(now), limits);
        Self {
            _simulator: simulator,
            toolbox: Toolbox::new(Arc::new(upstream), testing::site_zone(), Policy::default()),
        }
    }

    async fn ask(&self, tool: &str, arguments: Value) -> Value {
        let outcome = testing::call(&self.toolbox, tool, arguments.clone()).await;
        let answered = outcome.result;
        let answered = answered.unwrap_or_else(|error| panic!("{tool} {arguments}: {error}"));
        answered.data()["answer"].clone()
    }
}

/// Numbers of one thing, each with the tool that shows it.
#[derive(Default)]
struct Shown(HashMap<String, Vec<(String, Value)>>);

impl Shown {
    fn add(&mut self, what: &str, by: &str, number: &Value) {
        assert!(!number.is_null(), "{by} has no {what}");
        let shown = self.0.entry(what.to_owned()).or_default();
        shown.push((by.to_owned(), number.clone()));
    }

    fn agree(&self) -> Result<(), String> {
        for (what, shown) in &self.0 {
            let differs = shown.iter().any(|(_, number)| number != &shown[0].1);
            if differs {
                return Err(format!("{what}: {shown:?}"));
            }
        }
        Ok(())
    }
}

fn crash_row<'a>(rows: &'a Value, name: &str) -> &'a Value {
    let rows = rows[name].as_array().unwrap();
    rows.iter().find(|row| row["kind"] == "crash").unwrap()
}

fn sum(rows: &Value, field: &str) -> Value {
    let rows = rows.as_array().unwrap();
    json!(
        rows.iter()
            .map(|row| row[field].as_i64().unwrap_or(0))
            .sum::<i64>()
    )
}

/// A whole day of a project, by all tools that know it.
#[expect(clippy::too_many_lines, reason = "a list of all tools that know a day")]
async fn day(world: &World, project: &str, day: &str, shown: &mut Shown) {
    let of = |more: Value| {
        let mut arguments = json!({"project": project, "window": day});
        for (name, value) in more.as_object().unwrap() {
            arguments[name] = value.clone();
        }
        arguments
    };
    let (rate, reports) = ("affected devices", "reports");
    let top = world
        .ask("crashsight_list_top_issues", of(json!({"limit": 100})))
        .await;
    shown.add(rate, "list_top_issues", &top["affected"]);
    let trend = world.ask("crashsight_get_daily_trend", of(json!({}))).await;
    shown.add(rate, "get_daily_trend", &trend["points"][0]["devices"]);
    shown.add(reports, "get_daily_trend", &trend["points"][0]["reports"]);
    let advanced = world
        .ask("crashsight_get_advanced_trend", of(json!({})))
        .await;
    shown.add(
        rate,
        "get_advanced_trend",
        &advanced["points"][0]["devices"],
    );
    let stats = world.ask("crashsight_get_day_stats", of(json!({}))).await;
    shown.add(
        rate,
        "get_day_stats",
        &crash_row(&stats, "kinds")["devices"],
    );
    shown.add(
        reports,
        "get_day_stats",
        &crash_row(&stats, "kinds")["reports"],
    );
    let summary = world
        .ask("crashsight_get_daily_summary", of(json!({})))
        .await;
    shown.add(
        rate,
        "get_daily_summary",
        &crash_row(&summary, "totals")["devices"],
    );
    shown.add(
        reports,
        "get_daily_summary",
        &crash_row(&summary, "totals")["reports"],
    );
    let hours = world
        .ask("crashsight_get_hourly_trend", of(json!({})))
        .await;
    shown.add(
        reports,
        "get_hourly_trend, its hours",
        &sum(&hours["points"], "reports"),
    );
    let cumulative = world
        .ask("crashsight_get_cumulative_trend", of(json!({})))
        .await;
    let last = cumulative["points"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    shown.add(rate, "get_cumulative_trend", &last["devices"]);
    shown.add(reports, "get_cumulative_trend", &last["reports"]);
    let overview = world.ask("crashsight_report_overview", of(json!({}))).await;
    shown.add(
        rate,
        "report_overview",
        &overview["projects"][0]["affected"],
    );
    shown.add(
        reports,
        "report_overview",
        &overview["projects"][0]["reports"],
    );
    let compared =
        json!({"a": {"project": project, "window": day}, "b": {"project": project, "window": day}});
    let compared = world.ask("crashsight_compare", compared).await;
    shown.add(rate, "compare", &compared["a"]["affected"]);
    shown.add(reports, "compare", &compared["b"]["reports"]);
    let ranked = world
        .ask("crashsight_rank_issues", of(json!({"limit": 50})))
        .await;
    shown.add("active devices", "rank_issues", &ranked["active_devices"]);
    shown.add("active devices", "get_day_stats", &stats["active_devices"]);
    shown.add(
        "active devices",
        "list_top_issues",
        &top["affected"]["active"],
    );
    let versions = of(json!({"dimension": "version", "limit": 100}));
    let versions = world.ask("crashsight_list_top_dimensions", versions).await;
    shown.add(
        "active devices",
        "list_top_dimensions",
        &versions["devices"]["active"],
    );
    versions_agree(world, project, day, &versions, shown).await;
    issues_agree(world, project, day, &top, shown).await;
}

/// Each version, in the lists by version and in a comparison.
async fn versions_agree(
    world: &World,
    project: &str,
    day: &str,
    versions: &Value,
    shown: &mut Shown,
) {
    let rows = versions["values"].as_array().unwrap();
    for row in rows.iter().take(2) {
        let version = row["value"].as_str().unwrap();
        let what = format!("affected devices of {version}");
        shown.add(&what, "list_top_dimensions", &row["devices"]);
        let asked = json!({"project": project, "window": day, "versions": [version]});
        let trend = world.ask("crashsight_get_daily_trend", asked.clone()).await;
        shown.add(&what, "get_daily_trend", &trend["points"][0]["devices"]);
        let side = json!({"project": project, "window": day, "versions": [version]});
        let compared = world
            .ask("crashsight_compare", json!({"a": side, "b": side}))
            .await;
        shown.add(&what, "compare", &compared["a"]["affected"]);
    }
}

/// The first issues of a day, in lists, trends and alone.
async fn issues_agree(world: &World, project: &str, day: &str, top: &Value, shown: &mut Shown) {
    let rows = top["issues"].as_array().unwrap();
    for row in rows.iter().take(2) {
        let issue = row["issue"].as_str().unwrap();
        let of_day = format!("reports of {issue} on {day}");
        shown.add(&of_day, "list_top_issues", &row["reports"]);
        let asked = json!({"project": project, "issues": [issue], "window": day});
        let trend = world.ask("crashsight_get_issue_trend", asked.clone()).await;
        shown.add(&of_day, "get_issue_trend", &trend["issues"][0]["crashes"]);
        let mut by_hour = asked;
        by_hour["step"] = json!("hour");
        let hours = world.ask("crashsight_get_issue_trend", by_hour).await;
        shown.add(
            &of_day,
            "get_issue_trend, its hours",
            &hours["issues"][0]["crashes"],
        );
        let in_all = format!("reports of {issue} in all");
        let details = world
            .ask(
                "crashsight_get_issue",
                json!({"project": project, "issue": issue}),
            )
            .await;
        shown.add(&in_all, "get_issue", &details["details"]["reports"]);
        shown.add(&in_all, "list_top_issues", &row["total_reports"]);
        let versions = &details["details"]["versions"];
        shown.add(
            &in_all,
            "get_issue, its versions",
            &sum(versions, "reports"),
        );
        let search = json!({"project": project, "window": "90d", "limit": 100});
        let found = world.ask("crashsight_search_issues", search).await;
        let found = found["issues"].as_array().unwrap().iter();
        let found = found.clone().find(|one| one["issue"] == issue).unwrap();
        shown.add(&in_all, "search_issues", &found["reports"]);
        let inspected = json!({"projects": [project], "window": day, "limit": 2000});
        let inspected = world.ask("crashsight_report_inspection", inspected).await;
        let lists = [&inspected["missed"], &inspected["filed"]];
        let mut listed = lists.into_iter().flat_map(|rows| rows.as_array().unwrap());
        let listed = listed.find(|one| one["issue"] == issue).unwrap();
        shown.add(&of_day, "report_inspection", &listed["reports_in_range"]);
        shown.add(
            &in_all,
            "report_inspection",
            &listed["issue_reports_all_time"],
        );
    }
}

/// What all tools say of the day `back` days before the moment `minutes` after the first, in one project.
fn a_day_is_told_alike(minutes: i64, project: usize, back: i64) -> Result<(), String> {
    let first: Timestamp = "2026-11-10T00:07:30+08:00".parse().unwrap();
    let now = first.checked_add(minutes.minutes()).unwrap();
    let today = now.to_zoned_datetime(testing::site_zone()).date();
    let day_of = today.checked_sub(back.days()).unwrap();
    let alias = PROJECTS[project].alias;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let shown = runtime.block_on(async {
        let world = World::at(now).await;
        let mut shown = Shown::default();
        Box::pin(day(&world, alias, &day_of.to_string(), &mut shown)).await;
        shown
    });
    let agreed = shown.agree();
    agreed.map_err(|differs| format!("{alias} at {now}: {differs}"))
}

/// A moment at which tools once disagreed.
#[test]
fn tools_agree_where_they_once_did_not() {
    assert_eq!(a_day_is_told_alike(44_633, 1, 1), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tools_agree_on_a_day(minutes in 0_i64..60 * 24 * 40, project in 0..PROJECTS.len(), back in 1_i64..6) {
        let agreed = a_day_is_told_alike(minutes, project, back);
        prop_assert!(agreed.is_ok(), "{}", agreed.unwrap_err());
    }
}
