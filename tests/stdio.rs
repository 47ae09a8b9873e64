//! The built binary over standard input and output: what a client sees, and what a pipe sees.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use rmcp::model::{
    CallToolRequestParams, ContentBlock, ErrorCode, GetPromptRequestParams, ProtocolVersion,
    ReadResourceRequestParams,
};
use rmcp::service::{ClientLifecycleMode, RunningService, ServiceError, ServiceExt as _};
use rmcp::transport::TokioChildProcess;
use rmcp::{ClientServiceExt as _, RoleClient};
use serde_json::{Value, json};

type Client = RunningService<RoleClient, ()>;

fn server(arguments: &[&str]) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(cargo_bin!("crashsight-mcp"));
    command.args(arguments);
    for name in [
        "CRASHSIGHT_USER_ID",
        "CRASHSIGHT_API_KEY",
        "CRASHSIGHT_API_KEY_FILE",
        "CRASHSIGHT_PROJECT",
        "HOME",
        "XDG_CONFIG_HOME",
    ] {
        command.env_remove(name);
    }
    command
}

async fn connect(arguments: &[&str]) -> Client {
    ().serve(TokioChildProcess::new(server(arguments)).unwrap())
        .await
        .unwrap()
}

async fn call(
    client: &Client,
    tool: &str,
    arguments: Value,
) -> Result<(bool, String), ServiceError> {
    let params = CallToolRequestParams::new(tool.to_owned())
        .with_arguments(arguments.as_object().cloned().unwrap_or_default());
    let result = client.call_tool(params).await?;
    let text: Vec<String> = result
        .content
        .iter()
        .map(|block| match block {
            ContentBlock::Text(text) => text.text.clone(),
            other => panic!("not text: {other:?}"),
        })
        .collect();
    Ok((result.is_error == Some(true), text.join("\n")))
}

#[tokio::test]
async fn a_client_lists_and_asks() {
    let client = connect(&["serve", "--demo"]).await;
    let info = client.peer_info().unwrap();
    assert_eq!(
        info.server_info.as_ref().map(|server| server.name.as_str()),
        Some("crashsight-mcp")
    );
    assert!(
        info.instructions
            .as_ref()
            .unwrap()
            .contains("crashsight_list_top_issues")
    );
    let tools = client.list_all_tools().await.unwrap();
    assert_eq!(tools[0].name, "crashsight_list_top_issues");
    assert!(
        tools
            .iter()
            .all(|tool| tool.description.is_some() && tool.title.is_some())
    );
    let (failed, text) = call(&client, "crashsight_list_top_issues", json!({"limit": 3}))
        .await
        .unwrap();
    assert!(!failed, "{text}");
    assert!(
        text.starts_with("Top crash issues · starfall-android"),
        "{text}"
    );
    assert!(text.contains("next: crashsight_get_last_crash"), "{text}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn the_newest_protocol_needs_no_handshake() {
    let versions = vec![ProtocolVersion::V_2026_07_28];
    let transport = TokioChildProcess::new(server(&["serve", "--demo"])).unwrap();
    let client = ().serve_with_lifecycle(
        transport,
        ClientLifecycleMode::Discover {
            preferred_versions: versions,
        },
    );
    let client = client.await.unwrap();
    let (failed, text) = call(&client, "crashsight_list_projects", json!({}))
        .await
        .unwrap();
    assert!(!failed && text.contains("starfall-pc"), "{text}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn mistakes_are_answered_where_they_belong() {
    let client = connect(&["serve", "--demo"]).await;
    match call(&client, "crashsight_list_top_isues", json!({})).await {
        Err(ServiceError::McpError(error)) => {
            assert_eq!(error.code, ErrorCode::INVALID_PARAMS);
            assert!(
                error
                    .message
                    .contains("did you mean crashsight_list_top_issues?"),
                "{}",
                error.message
            );
        }
        other => panic!("an unknown tool is a protocol error: {other:?}"),
    }
    for (arguments, expected) in [
        (json!({"windw": "7d"}), "did you mean `window`?"),
        (json!({"window": "soon"}), "a time range is today"),
        (json!({"limit": 300}), "expected 1 to 100, not 300"),
        (json!({"kind": "crsh"}), "did you mean `crash`?"),
        (
            json!({"project": "starfall-andriod"}),
            "did you mean `starfall-android`?",
        ),
    ] {
        let (failed, text) = call(&client, "crashsight_list_top_issues", arguments.clone())
            .await
            .unwrap();
        assert!(failed && text.contains(expected), "{arguments}: {text}");
    }
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn without_credentials_tools_are_listed_and_name_the_settings() {
    let client = connect(&["serve"]).await;
    assert!(client.list_all_tools().await.unwrap().len() >= 26);
    let (failed, text) = call(&client, "crashsight_list_top_issues", json!({}))
        .await
        .unwrap();
    assert!(failed, "{text}");
    for word in ["CRASHSIGHT_USER_ID", "CRASHSIGHT_API_KEY", "--demo"] {
        assert!(text.contains(word), "{word} is missing: {text}");
    }
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn a_write_is_asked_for_twice_and_read_only_hides_it() {
    let client = connect(&["serve", "--demo"]).await;
    let (_, top) = call(&client, "crashsight_list_top_issues", json!({"limit": 1}))
        .await
        .unwrap();
    let issue = top.split("{\"issue\":\"").nth(1).unwrap()[..32].to_owned();
    let tag = json!({"issue": issue, "tag": "watched"});
    let (failed, preview) = call(&client, "crashsight_add_issue_tag", tag.clone())
        .await
        .unwrap();
    assert!(
        !failed && preview.contains("nothing is sent yet"),
        "{preview}"
    );
    let confirm = preview.split("\"confirm\":\"").nth(1).unwrap()[..16].to_owned();
    let mut confirmed = tag.clone();
    confirmed["confirm"] = json!(confirm);
    let mut other = confirmed.clone();
    other["tag"] = json!("other");
    let (failed, text) = call(&client, "crashsight_add_issue_tag", other)
        .await
        .unwrap();
    assert!(failed && text.contains("does not belong"), "{text}");
    let (failed, text) = call(&client, "crashsight_add_issue_tag", confirmed)
        .await
        .unwrap();
    assert!(!failed && text.contains("watched"), "{text}");
    let (_, text) = call(&client, "crashsight_get_issue", json!({"issue": issue}))
        .await
        .unwrap();
    assert!(text.contains("watched"), "the tag is there at once: {text}");
    client.cancel().await.unwrap();

    let client = connect(&["serve", "--demo", "--read-only"]).await;
    let tools = client.list_all_tools().await.unwrap();
    assert!(
        !tools
            .iter()
            .any(|tool| tool.name == "crashsight_add_issue_tag")
    );
    assert!(
        call(&client, "crashsight_add_issue_tag", tag)
            .await
            .is_err(),
        "refused at dispatch too"
    );
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn resources_and_prompts_are_calls_by_another_name() {
    let client = connect(&["serve", "--demo"]).await;
    let (_, top) = call(&client, "crashsight_list_top_issues", json!({"limit": 1}))
        .await
        .unwrap();
    let issue = top.split("{\"issue\":\"").nth(1).unwrap()[..32].to_owned();
    let (_, last) = call(
        &client,
        "crashsight_get_last_crash",
        json!({"issue": issue}),
    )
    .await
    .unwrap();
    let crash = last.split("{\"crash\":\"").nth(1).unwrap()[..32].to_owned();
    let read = async |uri: String| {
        client
            .read_resource(ReadResourceRequestParams::new(uri))
            .await
    };
    assert_eq!(client.list_all_resource_templates().await.unwrap().len(), 3);
    let told = serde_json::to_string(
        &read(format!("crashsight://starfall-android/crash/{crash}"))
            .await
            .unwrap(),
    )
    .unwrap();
    assert!(
        told.contains("threads") && told.contains("text/plain"),
        "{told}"
    );
    let part = read(format!(
        "crashsight://starfall-android/crash/{crash}/log:0?lines=1..3"
    ))
    .await
    .unwrap();
    assert!(serde_json::to_string(&part).unwrap().contains("log 0"));
    for uri in [
        "crashsight://nowhere/crash/A0",
        "file:///etc/passwd",
        "crashsight://starfall-android/crash/zz",
    ] {
        assert!(read(uri.to_owned()).await.is_err(), "{uri}");
    }
    let prompts = client.list_all_prompts().await.unwrap();
    assert!(
        prompts
            .iter()
            .any(|prompt| prompt.name == "daily_crash_report")
    );
    let arguments = json!({"crash": crash, "language": "中文"});
    let prompt = client
        .get_prompt(
            GetPromptRequestParams::new("explain_crash")
                .with_arguments(arguments.as_object().unwrap().clone()),
        )
        .await
        .unwrap();
    let text = serde_json::to_string(&prompt).unwrap();
    assert!(text.contains(&crash) && text.contains("中文"), "{text}");
    assert!(
        client
            .get_prompt(GetPromptRequestParams::new("explain_crash"))
            .await
            .is_err()
    );
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn json_output_comes_with_its_schema_and_a_text_copy() {
    let client = connect(&[
        "serve",
        "--demo",
        "--output",
        "json",
        "--tools",
        "crashsight_get_day_stats,*_top_issues",
    ])
    .await;
    let tools = client.list_all_tools().await.unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
    assert_eq!(
        names,
        [
            "crashsight_list_top_issues",
            "crashsight_list_hourly_top_issues",
            "crashsight_get_day_stats"
        ]
    );
    assert!(tools.iter().all(|tool| tool.output_schema.is_some()));
    let params = CallToolRequestParams::new("crashsight_get_day_stats");
    let result = client.call_tool(params).await.unwrap();
    let carried = result.structured_content.unwrap();
    assert!(
        carried["blocks"].is_array()
            && carried["title"].as_str().unwrap().starts_with("Day totals")
    );
    assert!(!result.content.is_empty(), "the text copy is missing");
    assert!(
        call(&client, "crashsight_get_issue", json!({}))
            .await
            .is_err(),
        "not offered at dispatch either"
    );
    client.cancel().await.unwrap();
}

fn pipe(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(cargo_bin!("crashsight-mcp"))
        .args(arguments)
        .env_remove("CRASHSIGHT_USER_ID")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_end_of_input_is_a_clean_exit() {
    let output = pipe(&["serve"], "");
    assert!(output.status.success(), "{output:?}");
    assert!(
        output.stdout.is_empty() && output.stderr.is_empty(),
        "{output:?}"
    );
}

#[test]
fn a_script_gets_its_answers_and_nothing_but_json() {
    let message = |value: Value| format!("{value}\n");
    let input = [
        message(json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "script", "version": "1"}}})),
        message(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})),
        message(json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
            "name": "crashsight_get_day_stats", "arguments": {}}})),
        "this is no JSON\n".to_owned(),
        message(json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": 7}})),
        message(json!({"jsonrpc": "2.0", "id": 4, "method": "no/such"})),
    ]
    .concat();
    let output = pipe(&["serve", "--demo"], &input);
    assert!(output.status.success(), "{output:?}");
    let replies: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect();
    let reply = |id: u64| {
        replies
            .iter()
            .find(|reply| reply["id"] == id)
            .unwrap_or_else(|| panic!("no reply to {id}"))
    };
    assert_eq!(reply(1)["result"]["protocolVersion"], "2025-06-18");
    let text = reply(2)["result"]["content"][0]["text"].as_str().unwrap();
    assert!(
        text.starts_with("Day totals"),
        "the input ended and the answer still came: {text}"
    );
    assert_eq!(reply(3)["error"]["code"], -32602);
    assert_eq!(reply(4)["error"]["code"], -32601);
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = pipe(arguments, "");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn call_answers_as_the_server_does_and_exits_in_kind() {
    let (code, text, _) = run(&[
        "call",
        "--demo",
        "crashsight_get_day_stats",
        "window=yesterday",
    ]);
    assert_eq!(code, 0);
    assert!(text.starts_with("Day totals · starfall-android"), "{text}");
    let (code, text, _) = run(&[
        "call",
        "--demo",
        "crashsight_list_top_issues",
        "--args",
        "{\"limit\":2}",
        "--json",
    ]);
    let carried: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (code, carried["blocks"][1]["rows"].as_array().unwrap().len()),
        (0, 2)
    );
    let (code, text, _) = run(&["call", "--demo", "crashsight_list_top_issues", "--raw"]);
    let raw: Value = serde_json::from_str(&text).unwrap();
    assert!(code == 0 && raw["topIssueList"].is_array());
    for (arguments, expected, words) in [
        (
            &["call", "--demo", "no_such_tool"][..],
            2,
            "no tool is called",
        ),
        (
            &["call", "--demo", "crashsight_get_issue"],
            2,
            "`issue` is needed",
        ),
        (
            &["call", "--demo", "crashsight_get_issue", "issue"],
            2,
            "NAME=VALUE",
        ),
        (
            &["call", "crashsight_list_top_issues", "project=a@android"],
            1,
            "CRASHSIGHT_API_KEY",
        ),
        (
            &[
                "call",
                "--demo",
                "--sim-quota",
                "0",
                "crashsight_get_day_stats",
            ],
            2,
            "sim-quota",
        ),
        (&["frobnicate"], 2, "frobnicate"),
    ] {
        let (code, out, error) = run(arguments);
        assert_eq!(code, expected, "{arguments:?}: {error}");
        assert!(
            out.is_empty() && error.contains(words),
            "{arguments:?}: {error}"
        );
    }
}

#[test]
fn tools_are_listed_with_their_cost() {
    let (code, text, _) = run(&["tools"]);
    assert!(
        code == 0 && text.contains("getTopIssueEx") && text.contains("tokens in all"),
        "{text}"
    );
    let (_, text, _) = run(&["tools", "--json", "--read-only"]);
    let tools: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(
        tools
            .iter()
            .all(|tool| tool["annotations"]["readOnlyHint"] == json!(true))
    );
}

#[test]
fn demo_is_a_conversation() {
    let (code, text, error) = run(&["demo"]);
    assert_eq!(code, 0, "{error}");
    for words in [
        "What are today's top crashes?",
        "→ crashsight_get_crash ",
        "tokens",
        "mcpServers",
    ] {
        assert!(text.contains(words), "{words} is missing: {text}");
    }
}
