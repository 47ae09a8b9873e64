//! Every operation in its envelope, both forms alike, documents in full.

use serde_json::json;

use super::*;

const DAY: &str = "20261121";

/// A good call of every operation: method, path, body, and where the payload is.
#[expect(clippy::too_many_lines, reason = "one entry per operation")]
async fn every_call(simulator: &Simulator) -> Vec<(&'static str, String, Value, &'static str)> {
    let issue = top_issue(simulator).await;
    let crash = last_crash(simulator).await;
    let doc = json!({"appId": APP, "platformId": "1", "crashHash": crash});
    let document = post(simulator, "crashDoc", doc.clone()).await;
    let (user, device) = (
        &document["crashMap"]["userId"],
        &document["crashMap"]["deviceId"],
    );
    let trend =
        json!({"appId": APP, "platformId": 1, "startDate": DAY, "endDate": DAY, "type": "crash"});
    let hours = json!({"appId": APP, "platformId": 1, "startHour": format!("{DAY}00"),
        "endHour": format!("{DAY}23"), "type": "crash", "version": "-1", "vm": 0});
    let spans = |more: Value| {
        let mut body = json!({"requestid": "r-1", "appId": APP, "type": "pretty", "limit": 5,
            "stime": "2026-11-20 00:00:00", "etime": "2026-11-22 23:59:59"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let of_issue = json!({"appId": APP, "platformId": "1", "issueId": issue});
    let platform = |name: &str| format!("{name}/platformId/1");
    vec![
        (
            "POST",
            "getTopIssueHourly".into(),
            json!({"appId": APP, "platformId": 1, "startHour": "2026112214", "limit": 5}),
            "/topIssueList/0/issueId",
        ),
        ("POST", "getTrendEx".into(), trend, "/ret/data/0/crashNum"),
        (
            "GET",
            format!(
                "getRealTimeAppendStat/appId/{APP}/platformId/1/version/-1/startHour/{DAY}00/endHour/{DAY}23/type/all"
            ),
            Value::Null,
            "/ret/data/0/vmErrorUser",
        ),
        (
            "POST",
            "getAppRealTimeTrendAppend".into(),
            hours.clone(),
            "/ret/data/23/crashUser",
        ),
        (
            "POST",
            "getRealTimeHourlyStat".into(),
            hours.clone(),
            "/23/crashUser",
        ),
        (
            "POST",
            "getAppRealTimeTrendAppendEx".into(),
            hours.clone(),
            "/ret/data/23/country",
        ),
        (
            "POST",
            "getRealTimeHourlyStatEx".into(),
            hours,
            "/ret/data/23/country",
        ),
        (
            "POST",
            "getTopIssueEx".into(),
            json!({"appId": APP, "platformId": 1, "minDate": DAY, "maxDate": DAY}),
            "/data/topIssueList/0/is_system_exit",
        ),
        (
            "POST",
            "queryAdvancedTrend".into(),
            json!({"appId": APP, "searchConditionGroup": {"conditions": [{"field": "version"}]}, "minDatetime": "2026-11-20T00:00:00Z", "maxDatetime": "2026-11-21T23:59:59Z", "granularityUnit": "DAY"}),
            "/data/trendList/1/anrNum",
        ),
        (
            "POST",
            "addTag".into(),
            json!({"appId": APP, "platformId": 1, "issueId": issue, "tagName": "seen"}),
            "/ret/tagInfoList/0/tagId",
        ),
        (
            "POST",
            platform("getStackDeviceInfo"),
            spans(json!({"params": {"keyName": "Suspension"}})),
            "/data/results/0/model",
        ),
        (
            "POST",
            platform("getCrashUserList"),
            spans(json!({})),
            "/data/results/0/user",
        ),
        (
            "POST",
            platform("getStackCrashStat"),
            spans(json!({"params": {"keyName": "*"}})),
            "/data/results/0/crashNums",
        ),
        (
            "POST",
            platform("getCrashDeviceStat"),
            spans(json!({"filters": {"deviceId": [device]}})),
            "/data/results/0/exceptionType",
        ),
        (
            "POST",
            platform("getCrashDeviceInfo"),
            spans(json!({"filters": {"issueId": [issue]}})),
            "/data/results/0/crashId",
        ),
        (
            "POST",
            platform("getDeviceUserInfo"),
            spans(json!({"filters": {}, "deviceId": device})),
            "/data/results/0/userId",
        ),
        (
            "GET",
            format!("noteList?appId={APP}&platformId=1&issueId={issue}&crashDataType=undefined"),
            Value::Null,
            "/ret",
        ),
        (
            "POST",
            "issueInfo".into(),
            of_issue,
            "/ret/lastestUploadTime",
        ),
        (
            "POST",
            "lastCrashInfo".into(),
            json!({"appId": APP, "platformId": "1", "issues": issue}),
            "/data/crashHash",
        ),
        (
            "POST",
            "crashList".into(),
            json!({"appId": APP, "platformId": 1, "pid": 1, "issueId": issue, "start": 0, "rows": 3, "version": ""}),
            "/ret/crashIdList/2",
        ),
        (
            "POST",
            "appDetailCrash".into(),
            doc.clone(),
            "/ret/attachList/0/content",
        ),
        (
            "POST",
            "crashDoc".into(),
            doc,
            "/detailMap/fileList/0/fileContent",
        ),
        (
            "POST",
            "queryIssueList".into(),
            json!({"appId": APP, "platformId": 1, "pid": "1", "rows": 5}),
            "/ret/issueList/4/imeiCount",
        ),
        (
            "POST",
            "getSelectorDatas".into(),
            json!({"appId": APP, "pid": "1"}),
            "/ret/data/versionList/3/productVersion",
        ),
        (
            "POST",
            platform("getCrashUserInfo"),
            spans(json!({"filters": {"user": [user]}})),
            "/data/results/0/crashTime",
        ),
    ]
}

#[tokio::test]
async fn every_operation_answers_in_its_envelope() {
    let simulator = simulator().await;
    let calls = every_call(&simulator).await;
    assert_eq!(calls.len(), 25);
    for (method, path, body, payload) in calls {
        let reply = call(&simulator, method, &path, &body).await;
        assert_eq!(reply.status, 200, "{path}");
        let answer = reply.json();
        assert!(
            answer.pointer(payload).is_some(),
            "{path} has no {payload}: {answer:.900}"
        );
    }
}

#[tokio::test]
async fn every_operation_says_no_in_its_envelope() {
    let simulator = simulator().await;
    for (method, path, body, _) in every_call(&simulator).await {
        let (path, body) = match body {
            Value::Null => (
                path.replace("2026112100", "2026112105")
                    .replace("issueId=", "issueId=0"),
                body,
            ),
            mut body => {
                body.as_object_mut().unwrap().remove("appId");
                (path, body)
            }
        };
        let answer = call(&simulator, method, &path, &body).await.json();
        let codes = [
            "/ret/code",
            "/ret/statusCode",
            "/ret",
            "/statusCode",
            "/code",
        ];
        let code = codes.iter().find_map(|code| answer.pointer(code)?.as_i64());
        assert!(code.is_some_and(|code| code >= 400), "{path}: {answer}");
    }
}

#[tokio::test]
async fn both_forms_answer_alike() {
    let simulator = simulator().await;
    let (issue, crash) = (top_issue(&simulator).await, last_crash(&simulator).await);
    let of_issue = json!({"appId": APP, "platformId": "1", "issueId": issue, "issues": issue});
    let of_crash = json!({"appId": APP, "platformId": "1", "crashHash": crash});
    let hours = json!({"appId": APP, "platformId": 1, "startHour": "2026112100",
        "endHour": "2026112112", "type": "crash", "version": "3.6.2", "vm": 1});
    let in_path = format!(
        "appId/{APP}/platformId/1/version/3.6.2/startHour/2026112100/endHour/2026112112/type/crash/vm/1?dataType=realTimeTrendData"
    );
    for (path, body, other) in [
        (
            "issueInfo",
            &of_issue,
            format!("issueInfo?appId={APP}&platformId=1&issueId={issue}"),
        ),
        (
            "noteList",
            &of_issue,
            format!("noteList/appId/{APP}/platformId/1/issueId/{issue}?crashDataType=undefined"),
        ),
        (
            "lastCrashInfo",
            &of_issue,
            format!(
                "lastCrashInfo?appId={APP}&platformId=1&issues={issue}&crashDataType=undefined"
            ),
        ),
        (
            "crashDoc",
            &of_crash,
            format!("crashDoc?appId={APP}&platformId=1&crashHash={crash}"),
        ),
        (
            "crashDoc",
            &of_crash,
            format!(
                "crashDoc/appId/{APP}/platformId/1/crashHash/{}",
                crash.replace(':', "")
            ),
        ),
        (
            "appDetailCrash",
            &of_crash,
            format!(
                "appDetailCrash?appId={APP}&platformId=1&crashHash={}",
                crash.replace(':', "%3A")
            ),
        ),
        (
            "getAppRealTimeTrendAppend",
            &hours,
            format!("getAppRealTimeTrendAppend/{in_path}"),
        ),
        (
            "getRealTimeHourlyStat",
            &hours,
            format!("getRealTimeHourlyStat/{in_path}"),
        ),
        (
            "getSelectorDatas",
            &json!({"appId": APP, "pid": "1"}),
            format!("getSelectorDatas/appId/{APP}/pid/1"),
        ),
    ] {
        let posted = post(&simulator, path, body.clone()).await;
        let got = call(&simulator, "GET", &other, &Value::Null).await;
        assert_eq!(got.json(), posted, "{other}");
    }
    let trend = |versions: Value, countries: Value| {
        json!({"appId": APP, "platformId": "1", "startDate": "20261120", "endDate": "20261121",
            "type": "crash", "versionList": versions, "needCountryDimension": "true",
            "countryList": countries, "vm": "0", "mergeMultipleVersionsWithInaccurateResult": true})
    };
    let lists = post(
        &simulator,
        "getTrendEx",
        trend(json!(["3.6.*", "3.7.0"]), json!(["中国"])),
    )
    .await;
    let texts = trend(json!("[\"3.6.*\",\"3.7.0\"]"), json!("[\"中国\"]"));
    assert_eq!(post(&simulator, "getTrendEx", texts).await, lists);
    assert_eq!(lists["ret"]["data"][0]["version"], "MERGED");
    assert_eq!(lists["ret"]["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_tag_is_there_afterwards() {
    let simulator = simulator().await;
    let issue = top_issue(&simulator).await;
    let body = json!({"appId": APP, "platformId": 1, "issueId": issue, "tagName": "周会"});
    let added = post(&simulator, "addTag", body.clone()).await;
    let has = |list: &Value| {
        list.as_array()
            .unwrap()
            .iter()
            .any(|tag| tag["tagName"] == "周会")
    };
    assert!(has(&added["ret"]["tagInfoList"]));
    assert!(has(
        &post(&simulator, "issueInfo", body).await["ret"]["tagInfoList"]
    ));
    let options = post(
        &simulator,
        "getSelectorDatas",
        json!({"appId": APP, "pid": "1"}),
    )
    .await;
    assert!(has(&options["ret"]["data"]["tagList"]));
}

#[tokio::test]
async fn one_issue_keeps_its_files_elsewhere() {
    let simulator = simulator().await;
    let found = post(
        &simulator,
        "queryIssueList",
        json!({"appId": APP, "platformId": 1, "rows": 60}),
    )
    .await;
    let mut without = 0;
    for issue in found["ret"]["issueList"].as_array().unwrap() {
        let of_issue = json!({"appId": APP, "platformId": "1", "issues": issue["issueId"]});
        let last = post(&simulator, "lastCrashInfo", of_issue).await;
        let of_crash =
            json!({"appId": APP, "platformId": "1", "crashHash": last["data"]["crashId"]});
        let document = post(&simulator, "crashDoc", of_crash.clone()).await;
        assert_eq!(document["crashMap"]["issueId"], issue["issueId"]);
        assert!(document["crashMap"]["memSize"].is_string());
        if document["detailMap"].get("fileList").is_none() {
            without += 1;
            let detail = post(&simulator, "appDetailCrash", of_crash).await;
            assert!(detail["ret"]["attachList"].as_array().unwrap().len() > 20);
        }
    }
    assert_eq!(without, 1);
}
