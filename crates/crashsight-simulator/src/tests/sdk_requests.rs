//! The 41 requests of the vendor's Python SDK, in both envelopes.
//!
//! `sdk_requests.json` has one line per method of the SDK's client (two for `query_user_access_list`, which takes
//! users or devices), as the SDK of April 2026 sends them.

use serde_json::json;

use super::*;
use crate::Envelopes;

/// The values of the placeholders in the table.
async fn placeholders(simulator: &Simulator) -> Vec<(&'static str, String)> {
    let hash = crash_of_user(simulator).await;
    let document = document(simulator, &hash).await;
    let text = |pointer: &str| {
        document
            .pointer(pointer)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    vec![
        ("$APP", APP.to_owned()),
        ("$ISSUE", text("/issueId")),
        ("$CRASH_HASH", hash.clone()),
        ("$CRASH", text("/crashId")),
        ("$USER", text("/userId")),
        ("$DEVICE", text("/deviceId")),
    ]
}

/// A recent crash of a user who was logged in.
async fn crash_of_user(simulator: &Simulator) -> String {
    let issue = top_issue(simulator).await;
    let list = json!({"appId": APP, "platformId": 1, "pid": 1, "issueId": issue, "rows": 50});
    let list = payload(&post(simulator, "crashList", list).await);
    let datas = list["crashDatas"].as_object().unwrap().values();
    let mut known = datas.filter(|crash| crash["userId"] != "Unknown");
    crate::ids::with_colons(known.next().unwrap()["crashId"].as_str().unwrap())
}

async fn document(simulator: &Simulator, hash: &str) -> Value {
    let body = json!({"appId": APP, "platformId": "1", "crashHash": hash});
    payload(&post(simulator, "crashDoc", body).await)["crashMap"].clone()
}

#[tokio::test]
async fn every_request_of_the_sdk_succeeds() {
    let table: Vec<Value> = serde_json::from_str(include_str!("sdk_requests.json")).unwrap();
    assert_eq!(table.len(), 41);
    for envelopes in [Envelopes::Seed, Envelopes::Sdk] {
        let simulator = Simulator::start(Options {
            envelopes,
            ..options()
        })
        .await
        .unwrap();
        let placeholders = placeholders(&simulator).await;
        for row in &table {
            let mut request = row.to_string();
            for (name, value) in &placeholders {
                request = request.replace(name, value);
            }
            let request: Value = serde_json::from_str(&request).unwrap();
            let (method, path) = (
                request["method"].as_str().unwrap(),
                request["path"].as_str().unwrap(),
            );
            let reply = call(&simulator, method, path, &request["body"]).await;
            let name = &row["sdk"];
            assert_eq!(reply.status, 200, "{envelopes:?} {name}: {}", reply.text());
            let answer = reply.json();
            assert!(!is_refusal(&answer), "{envelopes:?} {name}: {answer}");
            if envelopes == Envelopes::Sdk {
                assert_eq!(answer["ret"]["code"], 200, "{name}");
                let data = &answer["ret"]["data"];
                let fields = |name: &str| data.get(name).is_some();
                assert!(!data.is_null(), "{name}: {answer}");
                assert!(
                    !fields("errmsg") && !fields("ret"),
                    "{name} is wrapped twice"
                );
            }
        }
    }
}

#[tokio::test]
async fn the_envelope_changes_no_payload() {
    let seed = simulator().await;
    let sdk = Simulator::start(Options {
        envelopes: Envelopes::Sdk,
        ..options()
    })
    .await
    .unwrap();
    for (path, body) in [
        (
            "getTopIssueEx",
            json!({"appId": APP, "minDate": "20261121", "maxDate": "20261121"}),
        ),
        (
            "getTrendEx",
            json!({"appId": APP, "startDate": "20261121", "endDate": "20261121"}),
        ),
        ("queryIssueList", json!({"appId": APP, "rows": 3})),
        ("getSelectorDatas", json!({"appId": APP})),
    ] {
        let (one, other) = (
            post(&seed, path, body.clone()).await,
            post(&sdk, path, body).await,
        );
        assert_eq!(payload(&one), payload(&other), "{path}");
    }
    let refused = post(&sdk, "getTopIssueEx", json!({})).await;
    assert_eq!(refused["ret"]["code"], 400);
}
