//! Every tool, fed every body that is no answer: none of them is reported as an answer or as "nothing there".

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::path::Path;
use std::sync::Arc;

use crashsight_mcp::testing::{self, Confirm, Effect, ProviderId, Response, SignedRequest};
use crashsight_mcp::{Definition, Policy, definitions};
use serde_json::{Map, Value, json};

/// A response that is no answer: status, content type, body, and the kinds of error that are right for a read.
type Spoiled = (u16, &'static str, &'static str, &'static [&'static str]);

const JSON: &str = "application/json";
const HTML: &str = "text/html";

/// A refusal inside HTTP 200, in the forms that the services and what stands before them are known for.
const REFUSALS: &[Spoiled] = &[
    (200, JSON, r#"{"success":false,"msg":"THE WORDS"}"#, REFUSED),
    (200, JSON, r#"{"error":"THE WORDS invalid token"}"#, REFUSED),
    (
        200,
        JSON,
        r#"{"errcode":40001,"errmsg":"THE WORDS"}"#,
        REFUSED,
    ),
    (200, JSON, r#"{"errcode":40001}"#, REFUSED),
    (
        200,
        JSON,
        r#"{"status":200,"ret":false,"message":"THE WORDS"}"#,
        REFUSED,
    ),
    (
        200,
        JSON,
        r#"{"status":200,"message":"THE WORDS","errorCode":"E5001"}"#,
        REFUSED,
    ),
    (
        200,
        JSON,
        r#"{"code":"E_DENIED","message":"THE WORDS"}"#,
        REFUSED,
    ),
    (
        200,
        JSON,
        r#"{"message":"THE WORDS quota exceeded"}"#,
        REFUSED,
    ),
    (
        200,
        JSON,
        r#"{"status":200,"errorCode":"PARAM","data":null,"message":"THE WORDS"}"#,
        REFUSED,
    ),
    (
        200,
        JSON,
        r#"{"ret":{"code":403,"msg":"THE WORDS"}}"#,
        REFUSED,
    ),
];

/// What a broken service, a proxy or a gateway sends.
const BROKEN: &[Spoiled] = &[
    (200, JSON, "{}", NOT_UNDERSTOOD),
    (200, JSON, "[]", NOT_UNDERSTOOD),
    (200, JSON, "null", NOT_UNDERSTOOD),
    (200, JSON, "true", NOT_UNDERSTOOD),
    (200, JSON, r#""ok""#, NOT_UNDERSTOOD),
    (200, JSON, "", NOT_UNDERSTOOD),
    (
        200,
        JSON,
        r#"{"status":200,"data":{"list":[{"a"#,
        NOT_UNDERSTOOD,
    ),
    (
        200,
        HTML,
        "<html><body>Sign in</body></html>",
        NOT_UNDERSTOOD,
    ),
    (400, JSON, "", REFUSED),
    (400, JSON, r#"{"code":400,"message":"THE WORDS"}"#, REFUSED),
    (400, HTML, "<html>", REFUSED),
    (401, JSON, "", CREDENTIALS),
    (
        401,
        JSON,
        r#"{"code":401,"message":"THE WORDS"}"#,
        CREDENTIALS,
    ),
    (403, JSON, "", CREDENTIALS),
    (
        403,
        JSON,
        r#"{"code":403,"message":"THE WORDS"}"#,
        CREDENTIALS,
    ),
    (404, JSON, "", ABSENT),
    (404, JSON, r#"{"code":404,"message":"THE WORDS"}"#, ABSENT),
    (404, HTML, "<html>", ABSENT),
    (429, JSON, "", &["rate_limited"]),
    (
        429,
        JSON,
        r#"{"code":429,"message":"slow down"}"#,
        &["rate_limited"],
    ),
    (500, JSON, "", &["unreachable"]),
    (
        500,
        JSON,
        r#"{"code":500,"message":"boom"}"#,
        &["unreachable"],
    ),
    (500, HTML, "<html>", &["unreachable"]),
    (503, JSON, "", &["unreachable"]),
    (503, JSON, r#"{"message":"maintenance"}"#, &["unreachable"]),
    (503, HTML, "<html>", &["unreachable"]),
];

const REFUSED: &[&str] = &["rejected", "credentials"];
const NOT_UNDERSTOOD: &[&str] = &["unexpected_response"];
const CREDENTIALS: &[&str] = &["credentials", "rejected"];
const ABSENT: &[&str] = &["not_available", "rejected"];

/// The arguments of a tool's first documented call, its time and what the service answered.
fn arguments(tool: &Definition) -> (Map<String, Value>, jiff::Timestamp, Value) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let folder = ["seed", "stack", "simulated"]
        .map(|case| root.join(tool.name).join(case))
        .into_iter()
        .find(|folder| folder.exists())
        .unwrap_or_else(|| panic!("{} has no case of its document", tool.name));
    let read = |name: &str| -> Option<Value> {
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        Some(serde_json::from_str(&text).unwrap())
    };
    let arguments = read("args.json").unwrap().as_object().cloned().unwrap();
    let now = read("context.json").and_then(|context| Some(context["now"].as_str()?.to_owned()));
    let now = now.as_deref().unwrap_or("2026-11-22T16:08:30+08:00");
    let answer = read("answer.json").unwrap_or_default();
    (arguments, now.parse().unwrap(), answer)
}

/// The good answer to a read that a write needs first: what is spoiled is the answer to the write.
fn read_before_write(
    tool: &Definition,
    answer: &Value,
    request: &SignedRequest,
) -> Option<Response> {
    let path = request.url.split('?').next().unwrap_or_default();
    let reads = tool.upstream.iter().skip(1);
    let mut reads = reads.filter(|_| tool.effect == Effect::Write);
    let operation = reads.find(|operation| path.split('/').any(|part| part == **operation))?;
    let body = answer.get(*operation)?;
    Some(testing::ok(body["in_turn"].get(0).unwrap_or(body)))
}

fn response(spoiled: Spoiled, request: &SignedRequest) -> Response {
    let (status, content_type, body, _) = spoiled;
    let login = json!({"code": 0, "data": {"token": "t", "expire_time": "9999999999999"}});
    let is_login = request.url.ends_with("/auth");
    Response {
        status: if is_login { 200 } else { status },
        content_type: Some(content_type.to_owned()),
        date: None,
        retry_after: None,
        body: if is_login {
            login.to_string().into_bytes()
        } else {
            body.as_bytes().to_vec()
        },
    }
}

/// The kind and the words of the error, or the text of what was taken for an answer.
async fn outcome(tool: &Definition, spoiled: Spoiled) -> Result<(&'static str, String), String> {
    let (arguments, now, answer) = arguments(tool);
    let of_tool = tool.clone();
    let policy = Policy {
        confirm: Confirm::Never,
        ..Policy::default()
    };
    let toolbox = testing::canned_toolbox(
        testing::projects("https://crashsight.qq.com"),
        now,
        policy,
        Arc::new(move |request: &SignedRequest| {
            let read = read_before_write(&of_tool, &answer, request);
            Ok(read.unwrap_or_else(|| response(spoiled, request)))
        }),
    );
    match testing::call(&toolbox, tool.name, Value::Object(arguments))
        .await
        .result
    {
        Ok(answered) => Err(answered.reply().text(crashsight_mcp::Budget::DEFAULT)),
        Err(error) => Ok((error.kind(), error.to_string())),
    }
}

#[tokio::test(start_paused = true)]
async fn no_spoiled_response_is_an_answer() {
    let mut problems = Vec::new();
    let mut checked = 0;
    for tool in definitions()
        .iter()
        .filter(|tool| !tool.upstream.is_empty())
    {
        for spoiled in REFUSALS.iter().chain(BROKEN) {
            let (status, _, body, kinds) = *spoiled;
            checked += 1;
            let mut problem =
                |what: &str| problems.push(format!("{} · {status} {body}: {what}", tool.name));
            let (kind, text) = match outcome(tool, *spoiled).await {
                Ok(error) => error,
                Err(reply) => {
                    problem(&format!("taken for an answer: {reply}"));
                    continue;
                }
            };
            let unknown = tool.effect == Effect::Write && kind == "outcome_unknown";
            // Getui's gateway says with 401 and 403 what its code says.
            if !unknown && !kinds.contains(&kind) {
                problem(&format!("{kind}: {text}"));
            }
            if body.contains("THE WORDS") && !text.contains("THE WORDS") {
                problem(&format!("the service's words are lost: {text}"));
            }
            if text.contains("\"message\"") || text.contains("\"msg\"") {
                problem(&format!("raw JSON: {text}"));
            }
            if tool.effect == Effect::Write && status >= 500 && !text.contains("may have") {
                problem(&format!("a write is said not to have happened: {text}"));
            }
        }
    }
    assert!(checked > 1_000, "{checked}");
    let count = problems.len();
    assert!(
        problems.is_empty(),
        "{count} of {checked}\n{}",
        problems.join("\n")
    );
}

/// Only the service's own name decides which words a user reads about credentials.
#[test]
fn every_provider_is_in_the_table() {
    let providers = [ProviderId::CrashSight, ProviderId::Agora, ProviderId::Getui];
    for provider in providers {
        let prefix = format!("{}_", provider.as_str());
        assert!(
            definitions()
                .iter()
                .any(|tool| tool.name.starts_with(&prefix) && !tool.upstream.is_empty())
        );
    }
}
