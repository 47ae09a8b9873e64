use super::*;
use crate::project::CredentialSource;
use jiff::tz::TimeZone;
use serde_json::json;

fn account() -> Account {
    Account {
        name: "env".into(),
        provider: ProviderId::CrashSight,
        base: "https://crashsight.example".to_owned(),
        source: CredentialSource::env(&["CRASHSIGHT_USER_ID", "CRASHSIGHT_API_KEY"]),
        credentials: Ok(Credentials::CrashSight {
            user_id: "12453".to_owned(),
            api_key: Secret::new("bec5b56d-7ae7-43f7-8763-51580aed5fa2"),
        }),
        zone: TimeZone::UTC,
    }
}

fn answer(status: u16, body: &[u8]) -> Response {
    Response {
        status,
        content_type: Some("application/json".to_owned()),
        date: None,
        retry_after: None,
        body: body.to_vec(),
    }
}

fn open(status: u16, body: &str) -> Result<Value, Error> {
    CrashSight.parse_response(
        &account(),
        &mut answer(status, body.as_bytes()),
        Timestamp::UNIX_EPOCH,
    )
}

#[test]
fn signatures_match_the_vectors() {
    let key = Secret::new("bec5b56d-7ae7-43f7-8763-51580aed5fa2");
    assert_eq!(
        signature("12453", &key, 1_693_818_679),
        "NTc5MTA2ZDJkZGQwNjliNTJjMWRkOWZmM2FhZmRlYmU2MjllMDNlNTBjNDQwYTM1Yzk5ODY5NjE0OGZhMGQ3Yw=="
    );
    assert_eq!(
        signature("12453", &key, 1_618_199_626),
        "Nzc3ZjBiMTAxMzM5NGIwYmQyMjIzYzJkYzE1NTFmNDA0YzEwZGRjZmJkMDhlNTk5NjE1YjkzZGVkOTI4ZDU3Ng=="
    );
}

#[test]
fn a_signed_request_carries_time_and_encoded_secret() {
    let request = Request::post(
        "env".into(),
        "op",
        "/uniform/openapi/op".to_owned(),
        json!({"appId": "a"}),
    )
    .with_nonce("requestid");
    let now = Timestamp::from_second(1_693_818_679).unwrap();
    let signed = CrashSight.sign(&account(), &request, now, "an-id").unwrap();
    assert_eq!(
        signed.url,
        "https://crashsight.example/uniform/openapi/op?userSecret=NTc5MTA2ZDJkZGQwNjliNTJjMWRkOWZmM2FhZmRlYmU2MjllMDNlNTBjNDQwYTM1Yzk5ODY5NjE0OGZhMGQ3Yw%3D%3D&localUserId=12453&t=1693818679"
    );
    assert_eq!(
        signed.body.unwrap(),
        br#"{"appId":"a","requestid":"an-id"}"#
    );
}

#[test]
fn all_eight_envelopes_open() {
    for (body, expected) in [
        (
            json!({"status": 200, "ret": {"code": 200, "message": "OK", "data": [1]}}),
            json!([1]),
        ),
        (
            json!({"status": 200, "ret": {"issueId": "A", "status": 2}}),
            json!({"issueId": "A", "status": 2}),
        ),
        (
            json!({"status": 200, "ret": {"statusCode": 0, "message": null, "x": 1}}),
            json!({"statusCode": 0, "message": null, "x": 1}),
        ),
        (
            json!({"status": 200, "ret": [{"note": "n"}]}),
            json!([{"note": "n"}]),
        ),
        (
            json!({"status": 200, "ret": 200, "data": {"trendList": []}, "message": "OK"}),
            json!({"trendList": []}),
        ),
        (
            json!({"requestid": "r", "code": 200, "errmsg": "null", "data": {"results": []}, "cost": 0}),
            json!({"results": []}),
        ),
        (
            json!({"code": 100_000, "msg": "成功", "data": {"crashId": "A"}}),
            json!({"crashId": "A"}),
        ),
        (
            json!({"statusCode": 0, "crashMap": {"id": "A"}, "launchTime": 1}),
            json!({"statusCode": 0, "crashMap": {"id": "A"}, "launchTime": 1}),
        ),
        (
            json!({"versionCrashUser": 200, "topIssueList": []}),
            json!({"versionCrashUser": 200, "topIssueList": []}),
        ),
        (
            json!({"issueId": "A", "status": 2}),
            json!({"issueId": "A", "status": 2}),
        ),
        (json!([{"date": "20230605"}]), json!([{"date": "20230605"}])),
        (
            json!({"status": 200, "ret": {"code": 200, "data": null}}),
            Value::Null,
        ),
        (json!({"status": 200, "ret": null}), Value::Null),
        (json!({"code": 200, "errmsg": null}), Value::Null),
    ] {
        assert_eq!(open(200, &body.to_string()).unwrap(), expected, "{body}");
    }
}

#[test]
fn a_refusal_has_its_code_and_words() {
    for (body, code, words) in [
        (
            json!({"status": 200, "ret": {"code": 1001, "message": "no such app", "errorCode": "E1", "traceId": "t-1"}}),
            1001,
            "no such app (E1)",
        ),
        (
            json!({"status": 500, "ret": null, "message": "boom"}),
            500,
            "boom",
        ),
        (
            json!({"status": 200, "ret": 403, "message": "denied"}),
            403,
            "denied",
        ),
        (
            json!({"code": 400, "errmsg": "stime missing", "data": null}),
            400,
            "stime missing",
        ),
        (
            json!({"code": "1002", "msg": "text code"}),
            1002,
            "text code",
        ),
        (
            json!({"statusCode": 3, "message": "no crash"}),
            3,
            "no crash",
        ),
        (
            json!({"status": 200, "ret": {"statusCode": 7, "message": "bad tag"}}),
            7,
            "bad tag",
        ),
    ] {
        match open(200, &body.to_string()) {
            Err(Error::Rejected {
                code: found,
                message,
                ..
            }) => {
                assert_eq!(
                    (found, message.as_str()),
                    ((code != -1).then_some(code), words),
                    "{body}"
                );
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn an_error_page_of_the_framework_is_distinguished() {
    let page = |status: u16| {
        json!({"timestamp": 1, "status": status, "error": "Not Found", "message": "", "path": "/x"})
            .to_string()
    };
    assert!(matches!(
        open(200, &page(404)),
        Err(Error::NotAvailable { status: 404 })
    ));
    assert!(matches!(
        open(200, &page(500)),
        Err(Error::Unreachable { .. })
    ));
}

#[test]
fn every_status_has_its_own_sentence() {
    let say = |status, body: &str| open(status, body).unwrap_err().to_string();
    insta::assert_snapshot!(say(401, "Unauthorized"), @"
    CrashSight: authentication failed (401): user id and API key do not match
    hint: check CRASHSIGHT_USER_ID and CRASHSIGHT_API_KEY
    ");
    insta::assert_snapshot!(say(403, ""), @r"
    CrashSight: this user has no permission for the app (403)
    hint: check `project`, or ask the app's administrator to add the user of CRASHSIGHT_USER_ID and CRASHSIGHT_API_KEY
    ");
    insta::assert_snapshot!(say(503, "<html>"), @"upstream unavailable (HTTP 503): retry in a minute");
    insta::assert_snapshot!(say(200, "<!DOCTYPE html><p>log in"), @"
    unexpected response: the service sent an HTML page where JSON was expected; is a proxy or a login page in between?
    ```
    <!DOCTYPE html><p>log in
    ```
    hint: `crashsight-mcp call … --raw` prints it
    ");
    insta::assert_snapshot!(say(200, "{\"status\": 200, \"re"), @"
    unexpected response: the JSON ends after 19 bytes: call again
    hint: `crashsight-mcp call … --raw` prints it
    ");
    insta::assert_snapshot!(say(200, ""), @"
    unexpected response: the service sent nothing (HTTP 200)
    hint: `crashsight-mcp call … --raw` prints it
    ");
}

#[test]
fn a_wrong_clock_is_named_when_the_date_header_shows_it() {
    let mut refused = answer(401, b"Unauthorized");
    refused.date = Some(1_000_000);
    let now = Timestamp::from_second(1_000_000 + 420).unwrap();
    let failure = CrashSight
        .parse_response(&account(), &mut refused, now)
        .unwrap_err()
        .to_string();
    assert!(
        failure.contains("clock is 7 min ahead of the service's"),
        "{failure}"
    );
    let now = Timestamp::from_second(1_000_020).unwrap();
    let failure = CrashSight
        .parse_response(&account(), &mut refused, now)
        .unwrap_err()
        .to_string();
    assert!(failure.contains("do not match"), "{failure}");
}

#[test]
fn a_large_body_reads_the_same_and_is_given_back() {
    let line = "11-22 14:19:18.283 I StarNet: \\u4e2d\\n";
    let log = line.repeat(300_000);
    let text = format!("\u{feff}{{\"status\":200,\"ret\":{{\"log\":\"{log}\"}}}}");
    let mut large = answer(200, text.as_bytes());
    let opened = CrashSight
        .parse_response(&account(), &mut large, Timestamp::UNIX_EPOCH)
        .unwrap();
    let read = opened["log"].as_str().unwrap();
    assert_eq!(read.matches('中').count(), 300_000);
    assert!(
        large.body.len() < 10_000,
        "{} bytes are still held",
        large.body.len()
    );
    let mut broken = answer(200, &text.as_bytes()[..text.len() - 9]);
    let failure = CrashSight
        .parse_response(&account(), &mut broken, Timestamp::UNIX_EPOCH)
        .unwrap_err();
    assert!(failure.to_string().contains("the JSON ends"), "{failure}");
}
