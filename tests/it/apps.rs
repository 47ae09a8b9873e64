//! MCP Apps, in both eras: a client that declares the extension receives pages and data, every other client exactly
//! what it received without the extension.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use assert_cmd::cargo::cargo_bin;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig,
    Implementation, ProtocolVersion, ReadResourceRequestParams, ResourceContents,
};
use rmcp::service::{ClientLifecycleMode, RunningService};
use rmcp::transport::TokioChildProcess;
use rmcp::{ClientHandler, ClientServiceExt as _, RoleClient};
use serde_json::{Value, json};

const URI: &str = "ui://crashsight/app.html";
const MIME: &str = "text/html;profile=mcp-app";

/// A client with extensions among its capabilities.
#[derive(Clone)]
struct Declaring(Value);

impl ClientHandler for Declaring {
    fn get_info(&self) -> ClientConfig {
        let declared: ClientCapabilities =
            serde_json::from_value(json!({"extensions": self.0})).unwrap();
        ClientConfig::new(declared, Implementation::new("declaring", "1"))
    }
}

type Client = RunningService<RoleClient, Declaring>;

fn pages() -> Value {
    json!({"io.modelcontextprotocol/ui": {"mimeTypes": [MIME]}})
}

fn eras() -> [ClientLifecycleMode; 2] {
    let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
    [
        ClientLifecycleMode::Initialize,
        ClientLifecycleMode::Discover { preferred_versions },
    ]
}

async fn connect(extensions: Value, era: &ClientLifecycleMode) -> Client {
    let mut command = tokio::process::Command::new(cargo_bin!("crashsight-mcp"));
    command.args(["serve", "--demo"]);
    let transport = TokioChildProcess::new(command).unwrap();
    let connected = Declaring(extensions).serve_with_lifecycle(transport, era.clone());
    connected.await.unwrap()
}

async fn overview(client: &Client) -> CallToolResult {
    let params = CallToolRequestParams::new("crashsight_list_projects");
    client.call_tool(params).await.unwrap()
}

#[tokio::test]
async fn a_client_that_shows_pages_receives_them() {
    for era in eras() {
        let client = connect(pages(), &era).await;
        let tools = client.list_tools(None).await.unwrap();
        assert_eq!(tools.cache_scope, Some(CacheScope::Private));
        for tool in &tools.tools {
            let meta = serde_json::to_value(&tool.meta).unwrap();
            let reads = tool.annotations.as_ref().unwrap().read_only_hint == Some(true);
            let expected = if reads {
                json!({"resourceUri": URI})
            } else {
                // The page cannot call what writes.
                json!({"visibility": ["model"]})
            };
            assert_eq!(meta["ui"], expected, "{}", tool.name);
        }
        let resources = client.list_resources(None).await.unwrap();
        assert_eq!(resources.cache_scope, Some(CacheScope::Private));
        let listed = resources.resources.iter().find(|one| one.uri == URI);
        assert_eq!(listed.unwrap().mime_type.as_deref(), Some(MIME));

        let result = overview(&client).await;
        let data = result.structured_content.unwrap();
        assert_eq!(data["tool"], "crashsight_list_projects");
        assert!(!data["answer"]["projects"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_page_may_connect_to_nothing() {
    for era in eras() {
        let client = connect(pages(), &era).await;
        let read = client.read_resource(ReadResourceRequestParams::new(URI));
        let contents = read.await.unwrap().contents;
        let [
            ResourceContents::TextResourceContents {
                mime_type,
                text,
                meta,
                ..
            },
        ] = contents.as_slice()
        else {
            panic!("not one text: {contents:?}");
        };
        assert_eq!(mime_type.as_deref(), Some(MIME));
        assert!(text.starts_with("<!doctype html>"), "{}", &text[..40]);
        let csp = &serde_json::to_value(meta).unwrap()["ui"]["csp"];
        assert_eq!(*csp, json!({"connectDomains": [], "resourceDomains": []}));
    }
}

#[tokio::test]
async fn every_other_client_receives_the_same_bytes_as_without_the_extension() {
    for era in eras() {
        let shows = connect(pages(), &era).await;
        let mut expected = serde_json::to_value(shows.list_all_tools().await.unwrap()).unwrap();
        for tool in expected.as_array_mut().unwrap() {
            let tool = tool.as_object_mut().unwrap();
            let meta = tool["_meta"].as_object_mut().unwrap();
            meta.shift_remove("ui").unwrap();
            if meta.is_empty() {
                tool.shift_remove("_meta");
            }
        }
        let expected = expected.to_string();
        for extensions in [
            json!({}),
            json!({"io.modelcontextprotocol/ui": {"mimeTypes": ["text/html"]}}),
            json!({"io.modelcontextprotocol/skills": {}}),
        ] {
            let client = connect(extensions.clone(), &era).await;
            let tools = client.list_tools(None).await.unwrap();
            assert_eq!(tools.cache_scope, Some(CacheScope::Public), "{extensions}");
            let listed = serde_json::to_value(tools.tools).unwrap().to_string();
            assert!(listed == expected, "{extensions}");
            let resources = client.list_resources(None).await.unwrap();
            assert_eq!(resources.cache_scope, Some(CacheScope::Public));
            assert!(resources.resources.iter().all(|one| one.uri != URI));
            assert_eq!(overview(&client).await.structured_content, None);
        }
    }
}
