//! Numbers of different operations that mean the same thing agree, for any seed, project and time of day.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::DemoProject;

/// One simulator and project, at one time.
struct Peer {
    simulator: Simulator,
    project: &'static DemoProject,
    now: i64,
}

impl Peer {
    async fn post(&self, path: &str, mut body: Value) -> Value {
        body["appId"] = self.project.app.into();
        body["platformId"] = self.project.platform.into();
        let signed = signature(API_KEY, USER_ID, self.now);
        let target = format!("{BASE}/{path}?{signed}");
        let reply = send(&self.simulator, "POST", &target, &body.to_string()).await;
        payload(&reply.unwrap().json())
    }
}

fn total(rows: &Value, field: &str) -> u64 {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row[field].as_u64().unwrap()).sum()
}

const DAY: &str = "20261121";
const TODAY: &str = "20261122";

/// Checks one project of one data set at one time.
async fn agree(seed: u64, position: usize, second_of_day: i64) {
    let now = NOW - 16 * 3600 - 8 * 60 + second_of_day;
    let options = Options {
        seed,
        now: Some(Timestamp::from_second(now).unwrap()),
        ..options()
    };
    let peer = Peer {
        simulator: Simulator::start(options).await.unwrap(),
        project: &PROJECTS[position],
        now,
    };
    for day in [DAY, TODAY] {
        days_agree(&peer, day).await;
        issues_agree(&peer, day).await;
    }
    searches_agree(&peer).await;
}

#[tokio::test]
async fn operations_agree_in_every_project() {
    for position in 0..PROJECTS.len() {
        agree(1, position, 58_080).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, ..ProptestConfig::default() })]

    #[test]
    fn operations_agree_for_any_seed_and_time(
        seed: u64,
        position in 0..PROJECTS.len(),
        second_of_day in 1..86_400_i64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(agree(seed, position, second_of_day));
    }
}

/// Trend, summary, hours, cumulative hours, versions and dimensions of a day.
async fn days_agree(peer: &Peer, day: &str) {
    let name = format!("{} {day} at {}", peer.project.alias, peer.now);
    let hours = json!({"startHour": format!("{day}00"), "endHour": format!("{day}23")});
    let summary = peer.post("fetchDailySummary", hours.clone()).await[0].clone();
    for kind in ["crash", "anr", "error"] {
        let mut body = json!({"startDate": day, "endDate": day, "type": kind});
        let trend = peer.post("getTrendEx", body.clone()).await[0].clone();
        let (number, devices) = (
            &summary[format!("{kind}Num")],
            &summary[format!("{kind}User")],
        );
        assert_eq!(
            (&trend["crashNum"], &trend["crashUser"]),
            (number, devices),
            "{name} {kind}"
        );
        assert_eq!(trend["accessUser"], summary["accessUser"], "{name}");
        assert_eq!(trend["accessNum"], summary["accessNum"], "{name}");
        body["startDate"] = format!("{day}00").into();
        body["endDate"] = format!("{day}23").into();
        let hourly = peer.post("getRealTimeHourlyStatEx", body.clone()).await;
        assert_eq!(
            total(&hourly, "crashNum"),
            number.as_u64().unwrap(),
            "{name} {kind}"
        );
        let cumulative = peer.post("getAppRealTimeTrendAppendEx", body).await;
        let last = cumulative.as_array().unwrap().last().unwrap();
        assert_eq!(
            (&last["crashNum"], &last["crashUser"]),
            (number, devices),
            "{name} {kind}"
        );
        assert_eq!(last["accessUser"], summary["accessUser"], "{name}");
        // An hour has one number of active devices, whichever operation reports it.
        let top = json!({"startHour": format!("{day}00"), "type": kind, "limit": 100});
        let top = peer.post("getTopIssueHourly", top).await;
        assert_eq!(top["accessDevices"], hourly[0]["accessUser"], "{name}");
        assert_eq!(top["crashDevices"], hourly[0]["crashUser"], "{name} {kind}");
        assert_eq!(
            hourly[0]["accessUser"], cumulative[0]["accessUser"],
            "{name}"
        );
        for field in ["version", "model", "osVersion"] {
            let dimension =
                json!({"minDate": day, "maxDate": day, "type": kind, "field": field, "limit": 100});
            let dimension = peer.post("fetchDimensionTopStats", dimension).await;
            assert_eq!(
                total(&dimension, "accessDevices"),
                summary["accessUser"].as_u64().unwrap(),
                "{name} {field}"
            );
            // A device has one model and one system, but may update on the day.
            if field != "version" {
                assert_eq!(
                    total(&dimension, "exceptionDevices"),
                    devices.as_u64().unwrap(),
                    "{name} {kind} {field}"
                );
            }
        }
    }
    devices_agree(peer, day, &summary).await;
}

/// The column of a table with columns and values, added up.
fn column(table: &Value, name: &str) -> u64 {
    let columns = table["columns"].as_array().unwrap();
    let place = columns.iter().position(|column| column == name).unwrap();
    let rows = table["values"].as_array().unwrap().iter();
    rows.map(|row| row[place].as_u64().unwrap()).sum()
}

/// Active devices by model, and an hour by minute.
async fn devices_agree(peer: &Peer, day: &str, summary: &Value) {
    let name = format!("{} {day} at {}", peer.project.alias, peer.now);
    let date = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]);
    if peer.project.platform != 10 {
        let path = format!("getNetworkDevices/platformId/{}", peer.project.platform);
        let body =
            json!({"stime": format!("{date} 00:00:00"), "etime": format!("{date} 23:59:59")});
        let devices = peer.post(&path, body).await;
        assert_eq!(
            column(&devices, "uniq(deviceId)"),
            summary["accessUser"].as_u64().unwrap(),
            "{name}"
        );
    }
    let hours =
        json!({"startDate": format!("{day}00"), "endDate": format!("{day}00"), "type": "crash"});
    let hour = peer.post("getRealTimeHourlyStatEx", hours).await[0].clone();
    let body = json!({"stime": format!("{date} 00:00:00"), "etime": format!("{date} 00:59:59"), "limit": 100});
    let minutes = peer.post("getMinuteCrashData", body).await;
    let (crashed, launched) = (
        column(&minutes, "crash_device"),
        column(&minutes, "access_device"),
    );
    let count = |field: &str| hour[field].as_u64().unwrap();
    assert!(
        (count("crashUser")..=count("crashNum")).contains(&crashed),
        "{name}: {crashed} of {hour}"
    );
    assert!(
        (count("accessNum")..=count("accessNum") + crashed).contains(&launched),
        "{name}: {launched} of {hour}"
    );
}

/// The top list, the trends of its issues, and the whole of the day.
async fn issues_agree(peer: &Peer, day: &str) {
    let name = format!("{} {day} at {}", peer.project.alias, peer.now);
    let top = json!({"minDate": day, "maxDate": day, "limit": 100, "type": "crash"});
    let top = peer.post("getTopIssueEx", top).await;
    let trend = json!({"startDate": day, "endDate": day, "type": "crash"});
    let trend = peer.post("getTrendEx", trend).await[0].clone();
    let rows = &top["topIssueList"];
    assert_eq!(
        total(rows, "crashNum"),
        trend["crashNum"].as_u64().unwrap(),
        "{name}"
    );
    assert_eq!(top["crashDevices"], trend["crashUser"], "{name}");
    assert_eq!(top["accessDevices"], trend["accessUser"], "{name}");
    let ids: Vec<&Value> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["issueId"])
        .collect();
    if ids.is_empty() {
        return;
    }
    let date = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]);
    for unit in ["DAY", "HOUR"] {
        let body = json!({"issueIds": ids, "granularityUnit": unit,
            "minDate": format!("{date} 00:00:00"), "maxDate": format!("{date} 23:59:59")});
        let trends = peer.post("queryIssueTrend", body).await;
        for (row, trend) in rows
            .as_array()
            .unwrap()
            .iter()
            .zip(trends.as_array().unwrap())
        {
            assert_eq!(row["issueId"], trend["issueId"]);
            let sum = total(&trend["trendList"], "crashNum");
            assert_eq!(
                row["crashNum"].as_u64().unwrap(),
                sum,
                "{name} {unit} {row}"
            );
        }
    }
    for row in rows.as_array().unwrap() {
        let first = row["firstUploadTime"].as_str().unwrap();
        let versions = row["issueVersions"].as_array().unwrap();
        let earliest = versions
            .iter()
            .map(|version| version["firstUploadTime"].as_str().unwrap());
        assert_eq!(earliest.min(), Some(first), "{name}: first report of {row}");
        assert_eq!(
            total(&row["issueVersions"], "count"),
            row["accumulateCrashNum"].as_u64().unwrap(),
            "{name}"
        );
    }
}

/// Searches, lists and users of everything that is kept.
async fn searches_agree(peer: &Peer) {
    let name = format!("{} at {}", peer.project.alias, peer.now);
    let conditions = |list: Value| {
        json!({"rows": 100, "limit": 1, "search": {"searchConditionGroup": {"conditions": list}},
        "searchConditionGroup": {"conditions": list}})
    };
    let crash = json!([{"field": "exceptionCategory", "queryType": "TERMS", "terms": ["CRASH"]}]);
    let issues = peer
        .post("advancedSearchEx", conditions(crash.clone()))
        .await;
    let crashes = peer.post("queryCrashList", conditions(crash.clone())).await;
    let flat = peer
        .post("queryCrashList", json!({"type": "crash", "rows": 1}))
        .await;
    let users = peer.post("getMostReportUser", conditions(crash)).await;
    assert_eq!(
        issues["totalCrashMatchCount"], crashes["numFound"],
        "{name}"
    );
    assert_eq!(crashes["numFound"], flat["numFound"], "{name}");
    assert_eq!(crashes["numFound"], users[0]["total"], "{name}");
    assert_eq!(issues["crashNums"], crashes["numFound"], "{name}");
    let list = peer.post("queryIssueList", json!({"rows": 200})).await;
    let list = list["issueList"].as_array().unwrap().iter();
    let counts: HashMap<&str, &Value> = list
        .map(|row| (row["issueId"].as_str().unwrap(), &row["count"]))
        .collect();
    for row in issues["issueList"].as_array().unwrap() {
        let id = row["issueId"].as_str().unwrap();
        assert_eq!(&row["matchCount"], counts[id], "{name} {id}");
    }
    let oom = json!([{"field": "oomStatus", "queryType": "TERM", "term": "ONLY_IS_OOM"}]);
    let found = peer.post("queryCrashList", conditions(oom.clone())).await;
    let oom = peer.post("queryOomList", conditions(oom)).await;
    assert_eq!(found["numFound"], oom["total"], "{name}");
    let item = &oom["items"][0];
    assert_eq!(item["isOom"], true, "{name}");
    assert!(
        item["predictedPssBytes"].as_u64().unwrap() > item["oomThresholdBytes"].as_u64().unwrap(),
        "{name} {item}"
    );
}
