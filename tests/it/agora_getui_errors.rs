//! Every tool of Agora and Getui against responses that are no success: none is reported as an answer.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::Path;
use std::sync::Arc;

use crashsight_mcp::testing::{self, Confirm, Response, SignedRequest};
use crashsight_mcp::{Definition, Error, Policy, definitions};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Bodies that come with HTTP 200, and words that the error repeats.
const NO_SUCCESS: &[(&str, &str)] = &[
    ("{}", ""),
    ("[]", ""),
    ("null", ""),
    ("", ""),
    (r#"{"code":"#, ""),
    ("<html><body>502</body></html>", "HTML"),
    (r#"{"success":false,"msg":"wrong app"}"#, "wrong app"),
    (r#"{"error":"invalid token"}"#, "invalid token"),
    (r#"{"errcode":40001}"#, "40001"),
    (
        r#"{"status":200,"ret":false,"message":"no such app"}"#,
        "no such app",
    ),
    (
        r#"{"code":"E5001","message":"quota exceeded","msg":"quota exceeded"}"#,
        "quota exceeded",
    ),
    (
        r#"{"code":400,"message":"bad input","msg":"bad input"}"#,
        "bad input",
    ),
];

/// Successes without the data that a read must have. A write is done with them.
const NO_DATA: &[&str] = &[
    r#""quota exceeded""#,
    r#"{"message":"quota exceeded"}"#,
    r#"[{"error":"quota exceeded"}]"#,
    "[7]",
    "7",
];

fn response(status: u16, body: &str) -> Response {
    Response {
        status,
        content_type: Some("application/json".to_owned()),
        date: None,
        retry_after: None,
        body: body.as_bytes().to_vec(),
    }
}

fn tools() -> impl Iterator<Item = Definition> {
    let other = |tool: &Definition| !tool.name.starts_with("crashsight_");
    definitions().into_iter().filter(other)
}

/// The call of a tool's first case.
fn call_of(tool: &Definition) -> (Value, Timestamp) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let folder = root.join(tool.name).join("seed");
    let read = |name: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
    };
    let now = read("context.json")["now"].as_str().map(str::to_owned);
    let now = now.unwrap_or_else(|| "2026-11-22T16:08:30+08:00".to_owned());
    (read("args.json"), now.parse().unwrap())
}

/// The outcome of a tool whose service always sends this response.
async fn outcome(tool: &Definition, status: u16, body: &str) -> Result<String, Error> {
    let (arguments, now) = call_of(tool);
    let body = body.to_owned();
    let responder = move |request: &SignedRequest| {
        if request.url.ends_with("/auth") {
            let token = json!({"token": "t", "expire_time": "9999999999999"});
            let login = json!({"code": 0, "data": token});
            return Ok(response(200, &login.to_string()));
        }
        Ok(response(status, &body))
    };
    let policy = Policy {
        confirm: Confirm::Never,
        ..Policy::default()
    };
    let projects = testing::projects("https://service.example");
    let toolbox = testing::canned_toolbox(projects, now, policy, Arc::new(responder));
    let outcome = testing::call(&toolbox, tool.name, arguments).await;
    outcome.result.map(|answered| answered.data().to_string())
}

fn success(tool: &Definition, data: &str) -> String {
    let code = if tool.name.starts_with("agora_") {
        200
    } else {
        0
    };
    format!(r#"{{"code":{code},"data":{data}}}"#)
}

#[tokio::test(start_paused = true)]
async fn a_body_without_the_sign_of_success_is_no_answer() {
    let mut count = 0;
    for tool in tools() {
        for (body, words) in NO_SUCCESS {
            let error = outcome(&tool, 200, body).await.expect_err(body);
            let text = error.to_string();
            assert!(text.contains(words), "{} {body}: {text}", tool.name);
            // A write is refused in words, or its outcome is not known.
            let possible = error.kind() == "outcome_unknown";
            let refused = ["rejected", "credentials"].contains(&error.kind());
            if tool.name == "agora_add_quality_report" {
                assert!(possible || refused, "{body}: {text}");
                assert_eq!(possible, text.contains("it may have happened"), "{text}");
            }
        }
        count += 1;
    }
    assert_eq!(count, 21);
}

#[tokio::test(start_paused = true)]
async fn no_status_but_200_is_an_answer() {
    for tool in tools() {
        for status in [400, 401, 403, 404, 405, 429, 500, 503] {
            for body in ["", "<html>", r#"{"message":"no","msg":"no"}"#] {
                let error = outcome(&tool, status, body).await;
                assert!(error.is_err(), "{} {status} {body}", tool.name);
            }
            let body = success(&tool, "[]");
            let error = outcome(&tool, status, &body).await;
            assert!(error.is_err(), "{} {status} {body}", tool.name);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn data_that_is_not_understood_is_not_an_empty_answer() {
    for tool in tools().filter(|tool| tool.name != "agora_add_quality_report") {
        for data in NO_DATA {
            let body = success(&tool, data);
            let error = outcome(&tool, 200, &body).await.expect_err(&body);
            assert_eq!(
                error.kind(),
                "unexpected_response",
                "{} {body}: {error}",
                tool.name
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn agora_without_data_is_no_empty_answer() {
    for tool in tools().filter(|tool| tool.name.starts_with("agora_")) {
        let result = outcome(&tool, 200, r#"{"code":200,"message":""}"#).await;
        // The write has no data, and `code` 200 is all that confirms it.
        assert_eq!(
            result.is_ok(),
            tool.name == "agora_add_quality_report",
            "{}: {result:?}",
            tool.name
        );
    }
}
