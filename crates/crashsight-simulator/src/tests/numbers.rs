//! The same issue has the same numbers wherever it appears, and today ends now.

use serde_json::json;

use super::*;

fn sum(rows: &Value, field: &str) -> u64 {
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| row[field].as_u64().unwrap())
        .sum()
}

fn trend(from: &str, until: &str) -> Value {
    json!({"appId": APP, "platformId": 1, "startDate": from, "endDate": until, "type": "crash"})
}

#[tokio::test]
async fn days_are_sums_of_hours() {
    let simulator = simulator().await;
    for day in ["20261120", "20261122"] {
        let daily = &post(&simulator, "getTrendEx", trend(day, day)).await["ret"]["data"][0];
        let hours = trend(&format!("{day}00"), &format!("{day}23"));
        let hourly = post(&simulator, "getRealTimeHourlyStatEx", hours.clone()).await;
        let cumulative = post(&simulator, "getAppRealTimeTrendAppendEx", hours).await;
        let last = cumulative["ret"]["data"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        assert_eq!(
            daily["crashNum"].as_u64().unwrap(),
            sum(&hourly["ret"]["data"], "crashNum")
        );
        assert_eq!(
            daily["accessNum"].as_u64().unwrap(),
            sum(&hourly["ret"]["data"], "accessNum")
        );
        for field in ["crashNum", "crashUser", "accessNum", "accessUser"] {
            assert_eq!(daily[field], last[field], "{field} of {day}");
        }
        let path = format!(
            "getRealTimeAppendStat?appId={APP}&platformId=1&startHour={day}00&endHour={day}23&type=all"
        );
        let stats = call(&simulator, "GET", &path, &Value::Null).await.json();
        for field in ["crashNum", "crashUser", "accessNum", "accessUser"] {
            assert_eq!(
                daily[field], stats["ret"]["data"][0][field],
                "{field} of {day}"
            );
        }
    }
}

#[tokio::test]
async fn a_day_is_the_sum_of_its_issues_versions_and_countries() {
    let simulator = simulator().await;
    let day = "20261121";
    let daily = post(&simulator, "getTrendEx", trend(day, day)).await["ret"]["data"][0].clone();
    let top = json!({"appId": APP, "platformId": 1, "limit": 100, "minDate": day, "maxDate": day});
    let top = post(&simulator, "getTopIssueEx", top).await;
    assert_eq!(
        daily["crashNum"].as_u64().unwrap(),
        sum(&top["data"]["topIssueList"], "crashNum")
    );
    assert_eq!(daily["crashUser"], top["data"]["crashDevices"]);
    assert_eq!(daily["accessUser"], top["data"]["accessDevices"]);
    let mut by_version = trend(day, day);
    by_version["versionList"] = json!(["3.7.0", "3.6.2", "3.6.0", "3.5.1"]);
    let mut by_country = trend(day, day);
    by_country["needCountryDimension"] = json!(true);
    for parts in [by_version, by_country] {
        let rows = &post(&simulator, "getTrendEx", parts).await["ret"]["data"];
        assert!(rows.as_array().unwrap().len() >= 4);
        for field in ["crashNum", "accessNum", "accessUser"] {
            assert_eq!(daily[field].as_u64().unwrap(), sum(rows, field), "{field}");
        }
    }
    let devices =
        daily["crashUser"].as_u64().unwrap() * 1000 / daily["accessUser"].as_u64().unwrap();
    assert!(
        (3..=10).contains(&devices),
        "{devices} of 1000 devices crashed"
    );
}

#[tokio::test]
async fn an_issue_has_the_same_numbers_everywhere() {
    let simulator = simulator().await;
    let issue = top_issue(&simulator).await;
    let body = json!({"appId": APP, "platformId": 1, "issueId": issue, "rows": 100, "type": "crash",
        "minDate": "20261122", "maxDate": "20261122", "limit": 100});
    let info = post(&simulator, "issueInfo", body.clone()).await["ret"].clone();
    let list = post(&simulator, "crashList", body.clone()).await["ret"].clone();
    let top =
        post(&simulator, "getTopIssueEx", body.clone()).await["data"]["topIssueList"][0].clone();
    let found = post(&simulator, "queryIssueList", body).await;
    let row = found["ret"]["issueList"].as_array().unwrap().iter();
    let row = row
        .clone()
        .find(|row| row["issueId"] == json!(issue))
        .unwrap();
    assert_eq!(info["count"], list["numFound"]);
    assert_eq!(info["count"], top["accumulateCrashNum"]);
    assert_eq!(info["count"], row["count"]);
    assert_eq!(info["imeiCount"], top["accumulateCrashUser"]);
    assert_eq!(
        info["count"].as_u64().unwrap(),
        sum(&info["issueVersions"], "count")
    );
    assert_eq!(info["lastestUploadTime"], row["lastestUploadTime"]);
    let newest = list["crashIdList"][0].as_str().unwrap();
    let of_crash = json!({"appId": APP, "platformId": "1", "issues": issue, "crashHash": newest});
    let last_info = post(&simulator, "lastCrashInfo", of_crash.clone()).await["data"].clone();
    assert_eq!(last_info["crashId"], newest);
    let document = post(&simulator, "crashDoc", of_crash).await;
    let map = &document["crashMap"];
    assert_eq!(map["issueId"], json!(issue));
    assert_eq!(
        map["productVersion"],
        list["crashDatas"][newest]["productVersion"]
    );
    assert_eq!(map["deviceId"], list["crashDatas"][newest]["deviceId"]);
    assert_eq!(map["callStack"], last_info["callStack"]);
    assert_eq!(document["launchTime"], last_info["launchTime"]);
    let passed = map["crashTimestamp"].as_i64().unwrap() - map["startTimestamp"].as_i64().unwrap();
    assert_eq!(document["launchTime"].as_i64().unwrap() * 1000, passed);
    let by_device = json!({"appId": APP, "type": "pretty", "filters": {"deviceId": [map["deviceId"]]},
        "stime": "2026-10-24 00:00:00", "etime": "2026-11-22 23:59:59"});
    let crashes = post(&simulator, "getCrashDeviceStat/platformId/1", by_device).await;
    let mut ids = crashes["data"]["results"].as_array().unwrap().iter();
    assert!(ids.any(|row| row["crashId"] == newest));
}

#[tokio::test]
async fn keywords_count_what_the_trend_counts() {
    let simulator = simulator().await;
    let body = json!({"appId": APP, "type": "pretty", "params": {"keyName": "*"},
        "stime": "2026-11-21 00:00:00", "etime": "2026-11-21 23:59:59"});
    let all = post(&simulator, "getStackCrashStat/platformId/1", body.clone()).await;
    let daily = post(&simulator, "getTrendEx", trend("20261121", "20261121")).await;
    assert_eq!(
        all["data"]["results"][0]["crashNums"],
        daily["ret"]["data"][0]["crashNum"]
    );
    assert_eq!(
        all["data"]["results"][0]["crashUsers"],
        daily["ret"]["data"][0]["crashUser"]
    );
    let devices = post(&simulator, "getStackDeviceInfo/platformId/1", body.clone()).await;
    let models = sum(&devices["data"]["results"], "crashNums");
    assert_eq!(
        all["data"]["results"][0]["crashNums"].as_u64().unwrap(),
        models
    );
    let mut narrow = body;
    narrow["params"]["keyName"] = json!("TickWheels");
    let some = post(&simulator, "getStackCrashStat/platformId/1", narrow).await;
    let some = some["data"]["results"][0]["crashNums"].as_u64().unwrap();
    assert!(some > 0 && some < models);
}

#[tokio::test]
async fn today_ends_now() {
    let simulator = simulator().await;
    let hours = trend("2026112200", "2026112223");
    let rows = post(&simulator, "getRealTimeHourlyStatEx", hours).await["ret"]["data"].clone();
    assert_eq!(rows.as_array().unwrap().len(), 17);
    assert_eq!(rows[16]["date"], "2026112216");
    let issue = top_issue(&simulator).await;
    let info = post(
        &simulator,
        "issueInfo",
        json!({"appId": APP, "issueId": issue}),
    )
    .await;
    assert!(info["ret"]["latestUploadTimestamp"].as_i64().unwrap() < NOW * 1000);
    let later = post(&simulator, "getTrendEx", trend("20261123", "20261123")).await;
    assert_eq!(later["ret"]["data"][0]["version"], "NO_STATS_DATA");
    let earlier = post(&simulator, "getTrendEx", trend("20261001", "20261001")).await;
    assert_eq!(earlier["ret"]["data"][0]["version"], "NO_STATS_DATA");
}

#[tokio::test]
async fn the_story_is_what_a_first_look_shows() {
    for seed in [1, 2, 99] {
        let simulator = Simulator::start(Options { seed, ..options() })
            .await
            .unwrap();
        first_look(&simulator).await;
    }
}

async fn first_look(simulator: &Simulator) {
    // The live environment; the others have other events.
    for (project, bundle) in PROJECTS[..3]
        .iter()
        .map(|project| (project, project.bundle))
    {
        let body = json!({"appId": project.app, "platformId": project.platform, "limit": 50,
            "minDate": "20261122", "maxDate": "20261122", "topIssueDataType": "unSystemExit"});
        let top = post(simulator, "getTopIssueEx", body).await["data"]["topIssueList"].clone();
        let rows = top.as_array().unwrap();
        let number = |row: &Value, field: &str| row[field].as_u64().unwrap();
        let spikes = |row: &&Value| number(row, "crashUser") > 2 * number(row, "preDayCrashUser");
        assert!(spikes(&&rows[0]), "{bundle}: {}", rows[0]);
        assert!(
            rows.iter()
                .filter(|row| number(row, "crashNum") > 30)
                .filter(spikes)
                .count()
                <= 2,
            "{bundle}"
        );
        let new = rows
            .iter()
            .filter(|row| row["firstUploadTime"].as_str().unwrap() > "2026-11-21");
        assert_eq!(new.count(), 1, "{bundle}");
        let back = rows.iter().filter(|row| {
            row["state"] == 1
                && row["issueVersions"][0]["version"]
                    .as_str()
                    .unwrap()
                    .starts_with("3.7.0")
        });
        assert!(back.count() >= 1, "{bundle}");
    }
}

#[tokio::test]
async fn the_same_seed_and_day_give_the_same_data() {
    let (one, two) = (simulator().await, simulator().await);
    let crash = last_crash(&one).await;
    assert_eq!(crash, last_crash(&two).await);
    let body = json!({"appId": APP, "platformId": "1", "crashHash": crash});
    assert_eq!(
        post(&one, "crashDoc", body.clone()).await,
        post(&two, "crashDoc", body.clone()).await
    );
    let other = Simulator::start(Options {
        seed: 2,
        ..options()
    })
    .await
    .unwrap();
    assert_ne!(crash, last_crash(&other).await);
    assert_eq!(post(&other, "crashDoc", body).await["statusCode"], 404);
}

#[tokio::test]
async fn a_day_that_has_just_begun_is_empty_and_not_an_error() {
    let midnight = Timestamp::from_second(NOW - 16 * 3600 - 8 * 60).unwrap();
    let young = Options {
        now: Some(midnight),
        ..options()
    };
    let simulator = Simulator::start(young).await.unwrap();
    let at_midnight = |path: &str| {
        let signed = signature(API_KEY, USER_ID, midnight.as_second());
        format!("{BASE}/{path}?{signed}")
    };
    let body = json!({"appId": APP, "minDate": "20261122", "maxDate": "20261122"}).to_string();
    let top = send(&simulator, "POST", &at_midnight("getTopIssueEx"), &body)
        .await
        .unwrap()
        .json();
    assert_eq!(top["data"]["topIssueList"], json!([]));
    assert_eq!(top["data"]["accessDevices"], 0);
    assert!(top["data"]["prevDayCrashDevices"].as_u64().unwrap() > 1000);
    let list = json!({"appId": APP, "rows": 1}).to_string();
    let list = send(&simulator, "POST", &at_midnight("queryIssueList"), &list)
        .await
        .unwrap()
        .json();
    let latest = list["ret"]["issueList"][0]["lastestUploadTime"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(latest.starts_with("2026-11-21 23:"), "{latest}");
}
