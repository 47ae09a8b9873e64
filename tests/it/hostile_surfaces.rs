//! Vendor text on the other ways to a reader: resources, completions and prompts, over HTTP as a client reads them.

use std::sync::{Arc, Mutex};

use crashsight_mcp::testing::{self, SignedRequest};
use crashsight_mcp::{Policy, definitions, http};
use serde_json::{Value, json};

use crate::bodies::Asked;
use crate::hostile::{self, PAYLOADS};
use crate::http::harness;

/// A message, and the tool whose answers it shows.
fn surfaces() -> Vec<(&'static str, Value)> {
    let read = |uri: &str| json!({"method": "resources/read", "params": {"uri": uri}});
    let crash = "crashsight://starfall-android/crash/D8CA9EC44F5556E82A018B0B8A4C01F0";
    let complete = |argument: &str| {
        json!({"method": "completion/complete", "params": {
            "ref": {"type": "ref/prompt", "name": "release_watch"},
            "argument": {"name": argument, "value": ""},
            "context": {"arguments": {"project": "starfall-android"}}}})
    };
    vec![
        (
            "crashsight_get_issue",
            read("crashsight://starfall-android/issue/E91CFDD6B0ADF329B3DFC7C7EE0ED952"),
        ),
        ("crashsight_get_crash", read(crash)),
        ("crashsight_get_crash", read(&format!("{crash}/stack"))),
        ("crashsight_get_crash", read(&format!("{crash}/keys"))),
        ("crashsight_get_app_options", complete("version")),
    ]
}

/// Every text of a result: contents of resources, values of completions, messages of prompts, words of errors.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

#[tokio::test]
async fn no_string_of_a_response_leaves_its_place() {
    let mut found = Vec::new();
    let mut tried = 0;
    for (tool, message) in surfaces() {
        let definition = definitions()
            .into_iter()
            .find(|known| known.name == tool)
            .unwrap();
        let case = hostile::case(&definition).unwrap();
        let mut paths = Vec::new();
        hostile::strings(&case.answer, "", &mut paths);
        let answer = Arc::new(Mutex::new(case.answer.clone()));
        let (shared, asked) = (Arc::clone(&answer), Arc::new(Mutex::new(Asked::default())));
        let of_call = Arc::clone(&asked);
        let upstream = definition.upstream;
        // A moment for each request, so that no answer is one of the cache.
        let respond = move |request: &SignedRequest| {
            let asked = of_call.lock().unwrap();
            Ok(hostile::respond(
                &asked,
                upstream,
                &shared.lock().unwrap(),
                request,
            ))
        };
        let respond = Arc::new(respond);
        for (at, path) in paths.iter().enumerate() {
            for turn in 0..3 {
                let (payload, begins) = PAYLOADS[(at + turn * 4) % PAYLOADS.len()];
                *answer.lock().unwrap() = case.answer.clone();
                *answer.lock().unwrap().pointer_mut(path).unwrap() = json!(payload);
                *asked.lock().unwrap() = Asked::default();
                let toolbox = testing::canned_toolbox(
                    testing::projects("https://crashsight.qq.com"),
                    case.now,
                    Policy::default(),
                    respond.clone(),
                );
                let running = http::serve(harness::options(Arc::new(toolbox)))
                    .await
                    .unwrap();
                let mut message = message.clone();
                message["jsonrpc"] = json!("2.0");
                message["id"] = json!(1);
                let reply = harness::post(running.address(), &[], &message).await;
                running.stop().await;
                tried += 1;
                let mut shown = Vec::new();
                texts(&reply.json(), &mut shown);
                for text in shown {
                    let wrong = hostile::problems(&text, None, begins);
                    found.extend(
                        wrong
                            .into_iter()
                            .map(|what| format!("{tool} {path}: {what}")),
                    );
                }
            }
        }
    }
    assert!(tried > 300, "{tried}");
    assert!(found.is_empty(), "of {tried}\n{}", found.join("\n"));
}

/// What a client puts into a prompt is its own, but no more than one line of it comes back in an error.
#[tokio::test]
async fn a_client_finds_its_own_words_in_a_prompt_alone() {
    let toolbox = testing::canned_toolbox(
        testing::projects("https://crashsight.qq.com"),
        jiff::Timestamp::UNIX_EPOCH,
        Policy::default(),
        Arc::new(|_| Ok(testing::ok(&json!({})))),
    );
    let running = http::serve(harness::options(Arc::new(toolbox)))
        .await
        .unwrap();
    let long = "E\u{202e}VIL\n".repeat(2000);
    for (method, params) in [
        ("prompts/get", json!({"name": long})),
        (
            "prompts/get",
            json!({"name": "daily_crash_report", "arguments": {long.clone(): "x"}}),
        ),
        (
            "resources/read",
            json!({"uri": format!("crashsight://{long}")}),
        ),
        (
            "completion/complete",
            json!({"ref": {"type": "ref/prompt", "name": long}, "argument": {"name": "project", "value": ""}}),
        ),
        (
            "completion/complete",
            json!({"ref": {"type": "ref/prompt", "name": "release_watch"}, "argument": {"name": long, "value": long}}),
        ),
    ] {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let reply = harness::post(running.address(), &[], &message).await.json();
        let words = reply["error"]["message"].as_str().unwrap_or_default();
        assert!(
            words.len() < 400 && !words.contains(['\n', '\u{202e}']),
            "{method}: {words:?}"
        );
    }
}
