//! The built binary over standard input and output, as a client sees it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use assert_cmd::cargo::cargo_bin;
use rmcp::model::{
    ArgumentInfo, CallToolRequestParams, CompleteRequestParams, CompletionContext, ContentBlock,
    ErrorCode, GetPromptRequestParams, GetSkillRequestParams, ProtocolVersion,
    ReadResourceRequestParams, Reference, SkillResources,
};
use rmcp::service::{ClientLifecycleMode, RunningService, ServiceError, ServiceExt as _};
use rmcp::transport::TokioChildProcess;
use rmcp::{ClientServiceExt as _, RoleClient};
use serde_json::{Value, json};

type Client = RunningService<RoleClient, ()>;

fn server(arguments: &[&str]) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(cargo_bin!("crashsight-mcp"));
    command.env("CRASHSIGHT_STORE", "memory");
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
    assert!(
        info.instructions.as_ref().unwrap().contains("simulated")
            && info.server_info.as_ref().unwrap().title.as_deref()
                == Some("CrashSight (simulated data)")
    );
    let tools = client.list_all_tools().await.unwrap();
    assert_eq!(tools[0].name, "crashsight_report_overview");
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
async fn every_prompt_is_a_skill_with_its_file() {
    let client = connect(&["serve", "--demo"]).await;
    let skills = client.list_all_skills().await.unwrap();
    assert_eq!(skills.len(), client.list_all_prompts().await.unwrap().len());
    for skill in skills {
        let params = GetSkillRequestParams::new(skill.uri.clone());
        let got = client.get_skill(params).await.unwrap();
        assert_eq!(got.skill, skill);
        let SkillResources::Files(files) = &skill.resources else {
            unreachable!("a prompt has one file");
        };
        let params = ReadResourceRequestParams::new(skill.uri.clone());
        let read = client.read_resource(params).await.unwrap();
        let read = serde_json::to_value(&read).unwrap();
        let text = read["contents"][0]["text"].as_str().unwrap();
        files[0].verify(text.as_bytes()).unwrap();
        assert!(text.starts_with(&format!("---\nname: {}\n", skill.frontmatter.name)));
    }
    let unknown = GetSkillRequestParams::new("crashsight://skills/none/SKILL.md");
    assert!(client.get_skill(unknown).await.is_err());
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
    assert_eq!(client.list_all_resource_templates().await.unwrap().len(), 4);
    assert_eq!(client.list_all_resources().await.unwrap().len(), 2);
    let index = read("crashsight://tools".to_owned()).await.unwrap();
    let index = serde_json::to_string(&index).unwrap();
    assert!(
        index.contains("crashsight_add_issue_tag | addTag | writes | ")
            && index.contains("getui_get_push_report | "),
        "{index}"
    );
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
async fn what_is_typed_is_completed() {
    let client = connect(&["serve", "--demo"]).await;
    let complete = async |argument: &str, typed: &str, project: &str| {
        let mut params = CompleteRequestParams::new(
            Reference::for_prompt("release_watch"),
            ArgumentInfo::new(argument, typed),
        );
        params.context = Some(CompletionContext::with_arguments(
            [("project".to_owned(), project.to_owned())].into(),
        ));
        let result = client.complete(params).await;
        result.map(|result| result.completion.values)
    };
    assert_eq!(
        complete("project", "ios", "").await.unwrap(),
        ["ios", "ios-test", "starfall-ios", "starfall-ios-test"]
    );
    let versions = complete("version", "3.", "starfall-android").await.unwrap();
    assert!(
        versions.iter().any(|version| version == "3.7.0"),
        "{versions:?}"
    );
    assert!(versions.iter().all(|version| version.contains("3.")));
    assert!(complete("version", "", "nowhere").await.unwrap().is_empty());
    assert_eq!(complete("language", "中", "").await.unwrap(), ["中文"]);
    assert!(complete("lang", "", "").await.is_err(), "no such argument");
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
    assert!(carried["tool"] == "crashsight_get_day_stats" && carried["answer"].is_object());
    assert!(!result.content.is_empty(), "the text copy is missing");
    assert!(
        call(&client, "crashsight_get_issue", json!({}))
            .await
            .is_err(),
        "not offered at dispatch either"
    );
    client.cancel().await.unwrap();
}

/// The first call finds no descriptor free, as in a process at its limit; the next one finds some.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_moment_without_descriptors_is_over_when_some_are_free() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let service = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut command = server(&["serve"]);
    command.envs([
        ("CRASHSIGHT_USER_ID", "1".to_owned()),
        ("CRASHSIGHT_API_KEY", "a-key-of-this-test".to_owned()),
        ("CRASHSIGHT_PROJECT", "d98b9f7eec@android".to_owned()),
        (
            "CRASHSIGHT_SITE",
            format!("http://{}", service.local_addr().unwrap()),
        ),
    ]);
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = service.accept().await.unwrap();
            let _ = socket.read(&mut [0; 4096]).await.unwrap();
            let body = r#"{"status":500,"message":"the words of the service"}"#;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}", body.len());
            let response = format!("{head}\r\nConnection: close\r\n\r\n{body}");
            socket.write_all(response.as_bytes()).await.unwrap();
        }
    });
    let transport = TokioChildProcess::new(command).unwrap();
    let process = i32::try_from(transport.id().unwrap()).unwrap();
    let client = ().serve(transport).await.unwrap();
    let limit = |new| {
        let (mut soft, mut hard) = (0, 0);
        let old = Some((&mut soft, &mut hard));
        rlimit::prlimit(process, rlimit::Resource::NOFILE, new, old).unwrap();
        (soft, hard)
    };
    let (soft, hard) = limit(Some((0, limit(None).1)));
    let asked = json!({"fresh": true});
    let first = call(&client, "crashsight_list_top_issues", asked.clone()).await;
    let (failed, text) = first.unwrap();
    assert!(
        failed && text.starts_with("no connection can be set up: "),
        "{text}"
    );
    limit(Some((soft, hard)));
    let second = call(&client, "crashsight_list_top_issues", asked).await;
    let (failed, text) = second.unwrap();
    assert!(
        failed && text.contains("the words of the service"),
        "{text}"
    );
    client.cancel().await.unwrap();
}
