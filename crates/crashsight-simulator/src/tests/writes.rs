//! What a client writes shows in the next answers, and attachments can be decoded.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_state_a_note_and_a_bug_show_in_the_next_list() {
    let simulator = simulator().await;
    let issue = top_issue(&simulator).await;
    let of_issue = json!({"appId": APP, "platformId": 1, "issueId": issue, "issueIds": issue});
    let with = |more: Value| {
        let mut body = of_issue.clone();
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let status = with(
        json!({"status": 2, "processors": "4648;512466", "note": "on it", "newUserId": "4648"}),
    );
    assert_eq!(
        post(&simulator, "updateIssueStatus", status).await["ret"]["data"],
        true
    );
    let note = with(json!({"note": "reproduced", "issueStatus": 3}));
    assert_eq!(
        post(&simulator, "addIssueNote", note).await["ret"]["data"],
        true
    );
    let bug = with(json!({"bugId": "77", "bugUrl": "https://tracker.example/77"}));
    assert_eq!(post(&simulator, "bindBugs", bug).await["ret"]["data"], true);
    let title = STANDARD.encode("[crash] suspension");
    let created =
        with(json!({"issueList": [{"issueHash": issue, "bugInfoList": [{"titleBase64": title}]}]}));
    assert_eq!(
        post(&simulator, "upsertBugs", created).await["data"],
        json!([true])
    );

    let info = post(&simulator, "issueInfo", of_issue.clone()).await["ret"].clone();
    assert_eq!(info["status"], 2);
    assert_eq!(info["processor"], "380b6196b8bd21ed08137900a5d05816;512466");
    assert_eq!(info["bugs"][0]["bugUrl"], "https://tracker.example/77");
    assert_eq!(info["bugs"][1]["title"], "[crash] suspension");
    let notes = post(&simulator, "noteList", of_issue.clone()).await["ret"].clone();
    assert_eq!(notes[0]["note"], "reproduced");
    assert_eq!(notes[0]["userId"], USER_ID);
    assert_eq!(
        (&notes[1]["note"], &notes[1]["newUserId"]),
        (&json!("on it"), &json!("4648"))
    );
    let day = json!({"appId": APP, "platformId": 1, "minDate": "20261122", "maxDate": "20261122"});
    let top = post(&simulator, "getTopIssueEx", day).await["data"]["topIssueList"][0].clone();
    assert_eq!((&top["issueId"], &top["state"]), (&json!(issue), &json!(2)));
    let listed = json!({"appId": APP, "platformId": 1, "status": "2", "tapdBugStatus": "REPORTED", "rows": 100});
    let listed = post(&simulator, "queryIssueList", listed).await;
    let mut rows = listed["ret"]["issueList"].as_array().unwrap().iter();
    assert!(rows.any(|row| row["issueId"] == json!(issue)));
    let bugs = json!({"appId": APP, "platformId": 1, "bugInfos": [{"bugPlatform": "TAPD", "id": "77"},
        {"bugPlatform": "TAPD", "id": "unknown"}]});
    let bugs = post(&simulator, "queryBugs", bugs).await["ret"]["data"].clone();
    assert_eq!(bugs.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refused_write_changes_nothing() {
    let simulator = simulator().await;
    let issue = top_issue(&simulator).await;
    let body = |more: Value| {
        let mut body = json!({"appId": APP, "platformId": 1, "issueIds": issue, "status": 1});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    for refused in [
        json!({"status": 4}),
        json!({"processors": "nobody"}),
        json!({"issueIds": format!("{issue},0000")}),
        json!({"note": "x".repeat(2_001)}),
    ] {
        let answer = post(&simulator, "updateIssueStatus", body(refused.clone())).await;
        assert!(is_refusal(&answer), "{refused}: {answer}");
    }
    let info = json!({"appId": APP, "platformId": 1, "issueId": issue});
    let info = post(&simulator, "issueInfo", info).await;
    assert_eq!(info["ret"]["status"], 0);
}

#[tokio::test]
async fn an_attachment_is_the_log_of_the_document() {
    let simulator = simulator().await;
    let hash = last_crash(&simulator).await;
    let body = json!({"appId": APP, "platformId": "1", "crashHash": hash});
    let document = post(&simulator, "crashDoc", body).await;
    let files = document["detailMap"]["fileList"].as_array().unwrap();
    let log = files
        .iter()
        .find(|file| file["fileName"] == "log.txt")
        .unwrap();
    let names = ["SDK_LOG", "CustomizedLogFile.log", "missing.txt"];
    let body = json!({"appId": APP, "crashIdList": [document["crashMap"]["crashId"]], "attachmentFilenameList": names});
    let answer = post(&simulator, "fetchCrashAttachments", body.clone()).await;
    let found = &answer["ret"]["data"]["crashIdAndAttachmentsList"][0]["attachments"];
    assert_eq!(found.as_array().unwrap().len(), 2);
    let packed = STANDARD
        .decode(found[0]["content"].as_str().unwrap())
        .unwrap();
    let mut text = String::new();
    GzDecoder::new(&*packed).read_to_string(&mut text).unwrap();
    assert_eq!(log["fileContent"], text);
    let plain = STANDARD
        .decode(found[1]["content"].as_str().unwrap())
        .unwrap();
    assert_eq!(log["fileContent"], String::from_utf8(plain).unwrap());
    let mut none = body;
    none["attachmentFilenameList"] = json!(["missing.txt"]);
    let refused = post(&simulator, "fetchCrashAttachments", none).await;
    assert_eq!(refused["ret"]["message"], "attachmentFilenameList is empty");
}
