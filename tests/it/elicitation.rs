//! A write is put to the user by a client that can ask, in both eras.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::sync::{Arc, Mutex};

use assert_cmd::cargo::cargo_bin;
use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, ContentBlock, ElicitRequestParams,
    ElicitResult, ElicitationAction, ElicitationCapability, ErrorData, Implementation,
    ProtocolVersion,
};
use rmcp::service::{ClientLifecycleMode, RequestContext, RunningService};
use rmcp::transport::TokioChildProcess;
use rmcp::{ClientHandler, ClientServiceExt as _, RoleClient};
use serde_json::{Value, json};

/// A client whose user always gives the same answer.
#[derive(Clone)]
struct User {
    answers: ElicitationAction,
    asked: Arc<Mutex<Vec<String>>>,
}

impl ClientHandler for User {
    fn get_info(&self) -> ClientConfig {
        let mut declared = ClientCapabilities::default();
        declared.elicitation = Some(ElicitationCapability::new());
        ClientConfig::new(declared, Implementation::new("asking", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, .. } = request else {
            panic!("not a form: {request:?}");
        };
        self.asked.lock().unwrap().push(message);
        Ok(ElicitResult::new(self.answers.clone()))
    }
}

type Client = RunningService<RoleClient, User>;

async fn call(client: &Client, tool: &'static str, arguments: Value) -> String {
    let params = CallToolRequestParams::new(tool)
        .with_arguments(arguments.as_object().cloned().unwrap_or_default());
    let result = client.call_tool(params).await.unwrap();
    assert!(
        result.structured_content.is_some(),
        "the schema asks for it"
    );
    assert_ne!(result.is_error, Some(true), "{result:?}");
    match result.content.as_slice() {
        [ContentBlock::Text(text)] => text.text.clone(),
        other => panic!("not one text: {other:?}"),
    }
}

async fn tags(lifecycle: ClientLifecycleMode, answers: ElicitationAction) -> (String, String) {
    let user = User {
        answers,
        asked: Arc::default(),
    };
    let mut command = tokio::process::Command::new(cargo_bin!("crashsight-mcp"));
    command.env("CRASHSIGHT_STORE", "memory");
    command.args(["serve", "--demo", "--output", "json"]);
    let transport = TokioChildProcess::new(command).unwrap();
    let client = user.clone().serve_with_lifecycle(transport, lifecycle);
    let client = client.await.unwrap();
    let top = call(&client, "crashsight_list_top_issues", json!({"limit": 1})).await;
    let issue = top.split("{\"issue\":\"").nth(1).unwrap()[..32].to_owned();
    let tag = json!({"issue": issue, "tag": "asked-for"});
    let told = call(&client, "crashsight_add_issue_tag", tag).await;
    let after = call(&client, "crashsight_get_issue", json!({"issue": issue})).await;
    client.cancel().await.unwrap();
    let asked = user.asked.lock().unwrap();
    assert_eq!(asked.len(), 1, "once: {asked:?}");
    assert!(
        asked[0].starts_with("Send this to CrashSight? POST /") && asked[0].contains("asked-for"),
        "{asked:?}"
    );
    (told, after)
}

fn eras() -> [ClientLifecycleMode; 2] {
    let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
    [
        ClientLifecycleMode::Initialize,
        ClientLifecycleMode::Discover { preferred_versions },
    ]
}

#[tokio::test]
async fn what_the_user_agrees_to_is_sent() {
    for era in eras() {
        let (told, after) = tags(era, ElicitationAction::Accept).await;
        assert!(
            told.contains("asked-for") && !told.contains("nothing"),
            "{told}"
        );
        assert!(after.contains("asked-for"), "{after}");
    }
}

#[tokio::test]
async fn what_the_user_declines_is_not() {
    for answer in [ElicitationAction::Decline, ElicitationAction::Cancel] {
        for era in eras() {
            let (told, after) = tags(era, answer.clone()).await;
            assert!(
                told.starts_with("crashsight_add_issue_tag: not sent, the user declined"),
                "{told}"
            );
            assert!(!after.contains("asked-for"), "{after}");
        }
    }
}
