//! What the demo data contain beside the default project: environments, platforms, a spike with a cause.

use std::collections::HashSet;

use serde_json::json;

use super::*;
use crate::DemoProject;

fn by_alias(alias: &str) -> &'static DemoProject {
    let mut projects = PROJECTS.iter();
    projects.find(|project| project.alias == alias).unwrap()
}

async fn of(simulator: &Simulator, project: &DemoProject, path: &str, mut body: Value) -> Value {
    body["appId"] = project.app.into();
    body["platformId"] = project.platform.into();
    payload(&post(simulator, path, body).await)
}

/// Key frames of every issue of a project.
async fn key_stacks(simulator: &Simulator, project: &DemoProject) -> HashSet<String> {
    let list = of(simulator, project, "queryIssueList", json!({"rows": 200})).await;
    let rows = list["issueList"].as_array().unwrap().iter();
    rows.map(|row| row["keyStack"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn environments_share_some_issues_under_other_ids() {
    let simulator = simulator().await;
    for live in &PROJECTS[..3] {
        let test = by_alias(&format!("{}-test", live.alias));
        let (live_keys, test_keys) = (
            key_stacks(&simulator, live).await,
            key_stacks(&simulator, test).await,
        );
        let shared = live_keys.intersection(&test_keys).count();
        assert!(shared >= 10, "{}: {shared} shared", live.alias);
        assert!(
            live_keys.len() > shared,
            "{}: none is live only",
            live.alias
        );
        assert!(
            test_keys.len() > shared,
            "{}: none is test only",
            live.alias
        );
    }
}

#[tokio::test]
async fn harmony_has_a_spike_from_an_hour_with_a_version_and_a_push() {
    let simulator = simulator().await;
    let harmony = by_alias("starfall-harmony");
    let top = json!({"minDate": "20261122", "maxDate": "20261122", "limit": 1});
    let top = of(&simulator, harmony, "getTopIssueEx", top).await["topIssueList"][0].clone();
    assert!(
        top["keyStack"]
            .as_str()
            .unwrap()
            .contains("FStarOhosSurface"),
        "{top}"
    );
    let body = json!({"issueIds": [top["issueId"]], "granularityUnit": "HOUR",
        "minDate": "2026-11-21 00:00:00", "maxDate": "2026-11-21 23:59:59"});
    let trend = of(&simulator, harmony, "queryIssueTrend", body).await;
    let hours = trend[0]["trendList"].as_array().unwrap().iter();
    let hours: Vec<u64> = hours
        .map(|hour| hour["crashNum"].as_u64().unwrap())
        .collect();
    let (before, after) = (hours[..20].iter().max(), hours[20..].iter().min());
    assert!(after > before.map(|most| most * 2).as_ref(), "{hours:?}");
    let dates = of(
        &simulator,
        harmony,
        "getVersionDateList",
        json!({"type": "pretty"}),
    )
    .await;
    assert_eq!(dates["results"][0]["first_date"], "20261121");
    let versions = top["issueVersions"].as_array().unwrap();
    assert_eq!(versions.len(), 1);
    assert_eq!(
        versions[0]["version"],
        dates["results"][0]["product_version"]
    );
    // The push of every evening at eight.
    let start = crate::calendar::Hour::parse("2026112120")
        .unwrap()
        .start_ms();
    assert_eq!(crate::calendar::seconds_text(start), "2026-11-21 20:00:00");
}

#[tokio::test]
async fn custom_keys_explain_an_issue() {
    let simulator = simulator().await;
    let harmony = by_alias("starfall-harmony");
    let found = json!({"rows": 20, "searchConditionGroup": {"conditions": [
        {"field": "crashDetail", "queryType": "TEXT_MATCH_PHRASE", "text": "OnFoldStatusChanged"}]}});
    let found = of(&simulator, harmony, "queryCrashList", found).await;
    let ids = found["crashIdList"].as_array().unwrap();
    assert_eq!(ids.len(), 20);
    let mut folded = 0;
    for id in ids {
        let document = of(&simulator, harmony, "crashDoc", json!({"crashHash": id})).await;
        let files = document["detailMap"]["fileList"].as_array().unwrap().iter();
        folded += files
            .filter(|file| file["fileName"] == "fold_state")
            .count();
    }
    assert!((12..=20).contains(&folded), "{folded} of 20");
}

#[tokio::test]
async fn every_platform_has_out_of_memory_reports_with_figures() {
    let simulator = simulator().await;
    for project in &PROJECTS[..3] {
        let body = json!({"limit": 3, "search": {"searchConditionGroup": {"conditions": [
            {"field": "oomStatus", "queryType": "TERM", "term": "ONLY_IS_OOM"}]}}});
        let list = of(&simulator, project, "queryOomList", body).await;
        assert!(list["total"].as_u64().unwrap() > 100, "{}", project.alias);
        let item = &list["items"][0];
        let total = item
            .get("iosTotalMemoryBytes")
            .or_else(|| item.get("aosTotalMemoryBytes"));
        assert!(total.and_then(Value::as_u64).unwrap() > 1 << 30, "{item}");
    }
}
