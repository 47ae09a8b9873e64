//! The library's own server over HTTP, with the rows that the official conformance suite asks for beside its own.
//!
//! `cargo run --example conformance -- 127.0.0.1:8801`, then `tests/conformance/run` or the suite by hand. What
//! the rows answer is the suite's fixture; listing, dispatch, eras, headers and errors are the server's.

#![expect(
    clippy::print_stdout,
    reason = "whoever starts it wants to know where it listens"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use crashsight_mcp::http::{self, CredentialMode, Options};
use crashsight_mcp::mcp::{Extra, Server};
use crashsight_mcp::testing::{Secret, hmac_sha256_hex};
use crashsight_mcp::{Budget, CallLimits, Clock, Policy, Projects, Toolbox, Upstream};
use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;
use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities,
    CompleteRequestParams, CompleteResult, CompletionInfo, GetPromptRequestParams,
    GetPromptResponse, GetPromptResult, InputRequests, InputRequiredResult, InputResponses,
    ProgressNotificationParam, Prompt, ReadResourceResponse, ReadResourceResult, Reference,
    Resource, ResourceTemplate, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let address: SocketAddr = std::env::args()
        .nth(1)
        .as_deref()
        .unwrap_or("127.0.0.1:0")
        .parse()
        .context("the argument is an address and a port")?;
    let projects = Projects {
        accounts: Vec::new(),
        projects: Vec::new(),
        restricted: true,
        simulated: false,
    };
    let run = Upstream::new(Arc::new(projects), Clock::System, CallLimits::default());
    let toolbox = Toolbox::new(Arc::new(run), TimeZone::UTC, Policy::default());
    let rows: Arc<dyn Extra> = Arc::new(Rows::new()?);
    let running = http::serve(Options {
        address,
        sse: false,
        oauth: None,
        tokens: Vec::new(),
        hosts: Vec::new(),
        origins: Vec::new(),
        tls: None,
        behind_proxy: false,
        credentials: CredentialMode::Config,
        toolbox: Arc::new(toolbox),
        server_factory: Arc::new(move |toolbox, caller| {
            Server::new(toolbox, caller, Budget::DEFAULT).with_extra(Arc::clone(&rows))
        }),
    })
    .await?;
    println!("serving http://{}/mcp", running.address());
    tokio::signal::ctrl_c().await?;
    running.stop().await;
    Ok(())
}

/// The smallest PNG: one red pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
/// The smallest WAV: a header without samples.
const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=";

struct Rows {
    tools: Vec<Tool>,
    prompts: Vec<Prompt>,
    resources: Vec<Resource>,
    templates: Vec<ResourceTemplate>,
    /// Seals the state that a client carries between two rounds.
    key: Secret,
}

/// A fixture, written as the protocol carries it.
fn typed<T: DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value)
        .map_err(|error| ErrorData::internal_error(format!("a fixture is wrong: {error}"), None))
}

/// A whole result.
fn complete<T: DeserializeOwned>(mut result: Value) -> Result<T, ErrorData> {
    result["resultType"] = json!("complete");
    typed(result)
}

impl Rows {
    fn new() -> anyhow::Result<Self> {
        let plain = [
            "test_simple_text",
            "test_image_content",
            "test_audio_content",
            "test_embedded_resource",
            "test_multiple_content_types",
            "test_error_handling",
            "test_tool_with_progress",
            "test_logging_tool",
            "test_missing_capability",
            "test_streaming_elicitation",
            "test_input_required_result_elicitation",
            "test_input_required_result_sampling",
            "test_input_required_result_list_roots",
            "test_input_required_result_request_state",
            "test_input_required_result_multiple_inputs",
            "test_input_required_result_multi_round",
            "test_input_required_result_tampered_state",
            "test_input_required_result_capabilities",
        ];
        let tool = |name: &str, schema: Value| json!({"name": name, "description": format!("Fixture of the conformance suite: {name}."), "inputSchema": schema});
        let mut tools: Vec<Value> = plain
            .iter()
            .map(|name| tool(name, json!({"type": "object", "properties": {}})))
            .collect();
        tools.push(tool("json_schema_2020_12_tool", schema_2020_12()));
        tools.push(tool(
            "test_header_param",
            json!({"type": "object", "properties": {"region": {"type": "string", "x-mcp-header": "Region"}}, "required": ["region"]}),
        ));
        let argument = |name: &str| json!({"name": name, "required": true});
        let prompt = |name: &str, arguments: Value| json!({"name": name, "description": format!("Fixture of the conformance suite: {name}."), "arguments": arguments});
        Ok(Self {
            tools: typed(Value::Array(tools))?,
            prompts: typed(json!([
                prompt("test_simple_prompt", json!([])),
                prompt(
                    "test_prompt_with_arguments",
                    json!([argument("arg1"), argument("arg2")])
                ),
                prompt(
                    "test_prompt_with_embedded_resource",
                    json!([argument("resourceUri")])
                ),
                prompt("test_prompt_with_image", json!([])),
                prompt("test_input_required_result_prompt", json!([])),
            ]))?,
            resources: typed(json!([
                {"uri": "test://static-text", "name": "static-text", "description": "A text.", "mimeType": "text/plain"},
                {"uri": "test://static-binary", "name": "static-binary", "description": "An image.", "mimeType": "image/png"},
            ]))?,
            templates: typed(json!([
                {"uriTemplate": "test://template/{id}/data", "name": "template", "description": "Data of an id.", "mimeType": "application/json"},
            ]))?,
            key: Secret::new(&uuid::Uuid::new_v4().to_string()),
        })
    }

    fn seal(&self, state: &str) -> String {
        format!("{state}.{}", hmac_sha256_hex(&self.key, state))
    }

    /// The state that came back, if it is one of ours and whole.
    fn opened<'a>(&self, sealed: Option<&'a str>) -> Result<Option<&'a str>, ErrorData> {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        match sealed.rsplit_once('.') {
            Some((state, _)) if self.seal(state) == sealed => Ok(Some(state)),
            _ => Err(ErrorData::invalid_params(
                "requestState is not one that this server gave",
                None,
            )),
        }
    }

    /// Tools that answer only when the client has been asked.
    fn rounds(
        &self,
        params: &CallToolRequestParams,
        declared: &ClientCapabilities,
    ) -> Result<CallToolResponse, ErrorData> {
        let state = self.opened(params.request_state.as_deref())?;
        let no_answers = InputResponses::new();
        let answers = params.input_responses.as_ref().unwrap_or(&no_answers);
        let name = answers.get("user_name").and_then(accepted);
        match &*params.name {
            "test_input_required_result_elicitation" => {
                match name.and_then(|name| name["name"].as_str()) {
                    Some(name) => said(&format!("Hello, {name}!")),
                    None => ask(
                        json!({"user_name": question("What is your name?", "name")}),
                        None,
                    ),
                }
            }
            "test_input_required_result_sampling" => match answers.get("capital_question") {
                Some(answer) => said(&answer["content"]["text"].to_string()),
                None => ask(
                    json!({"capital_question": sample("What is the capital of France?")}),
                    None,
                ),
            },
            "test_input_required_result_list_roots" => match answers.get("client_roots") {
                Some(answer) => said(&format!("roots: {}", answer["roots"])),
                None => ask(
                    json!({"client_roots": {"method": "roots/list", "params": {}}}),
                    None,
                ),
            },
            "test_input_required_result_request_state"
            | "test_input_required_result_tampered_state" => {
                match (state, answers.get("confirm")) {
                    (Some("asked"), Some(_)) => said("state-ok"),
                    _ => ask(
                        json!({"confirm": {"method": "elicitation/create", "params": {
                            "message": "Please confirm",
                            "requestedSchema": {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]},
                        }}}),
                        Some(self.seal("asked")),
                    ),
                }
            }
            "test_input_required_result_multiple_inputs" => {
                let wanted = ["user_name", "greeting", "client_roots"];
                if state == Some("all") && wanted.iter().all(|key| answers.contains_key(*key)) {
                    return said("everything came");
                }
                ask(
                    json!({
                        "user_name": question("What is your name?", "name"),
                        "greeting": sample("Generate a greeting"),
                        "client_roots": {"method": "roots/list", "params": {}},
                    }),
                    Some(self.seal("all")),
                )
            }
            "test_input_required_result_multi_round" => match (state, answers) {
                (Some("step1"), answers) if answers.contains_key("step1") => ask(
                    json!({"step2": question("Step 2: What is your favorite color?", "color")}),
                    Some(self.seal("step2")),
                ),
                (Some("step2"), answers) if answers.contains_key("step2") => said("done"),
                _ => ask(
                    json!({"step1": question("Step 1: What is your name?", "name")}),
                    Some(self.seal("step1")),
                ),
            },
            // Whatever the client can be asked for, and nothing else.
            _ => match (&declared.elicitation, &declared.sampling) {
                (Some(_), _) => ask(
                    json!({"user_name": question("What is your name?", "name")}),
                    None,
                ),
                (None, Some(_)) => ask(json!({"greeting": sample("Generate a greeting")}), None),
                (None, None) => said("nothing can be asked"),
            },
        }
    }
}

impl Extra for Rows {
    fn tools(&self) -> Vec<Tool> {
        self.tools.clone()
    }

    fn prompts(&self) -> Vec<Prompt> {
        self.prompts.clone()
    }

    fn resources(&self) -> Vec<Resource> {
        self.resources.clone()
    }

    fn templates(&self) -> Vec<ResourceTemplate> {
        self.templates.clone()
    }

    fn call<'a>(
        &'a self,
        params: CallToolRequestParams,
        context: &'a RequestContext<RoleServer>,
    ) -> BoxFuture<'a, Result<CallToolResponse, ErrorData>> {
        Box::pin(async move {
            let declared = context.client_capabilities().unwrap_or_default();
            match &*params.name {
                "test_missing_capability" if declared.sampling.is_none() => {
                    let needed = typed(json!({"sampling": {}}))?;
                    Err(ErrorData::missing_required_client_capability(needed))
                }
                "test_tool_with_progress" => {
                    for percent in [0.0, 50.0, 100.0] {
                        if let Some(token) = context.meta.get_progress_token() {
                            let progress =
                                ProgressNotificationParam::new(token, percent).with_total(100.0);
                            // Whoever left does not listen.
                            let _ = context.peer.notify_progress(progress).await;
                        }
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    said("progress was told")
                }
                "test_streaming_elicitation" => ask(
                    json!({"user_name": question("What is your name?", "name")}),
                    None,
                ),
                name if name.starts_with("test_input_required_result") => {
                    self.rounds(&params, &declared)
                }
                name => content(name),
            }
        })
    }

    fn prompt(
        &self,
        params: &GetPromptRequestParams,
    ) -> Option<Result<GetPromptResponse, ErrorData>> {
        let argument = |name: &str| {
            let value = params.arguments.as_ref().and_then(|all| all.get(name));
            value.and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let user = |content: Value| json!({"role": "user", "content": content});
        let text = |text: &str| user(json!({"type": "text", "text": text}));
        let messages = match params.name.as_str() {
            "test_simple_prompt" => json!([text("This is a simple prompt for testing.")]),
            "test_prompt_with_arguments" => json!([text(&format!(
                "Prompt with arguments: arg1='{}', arg2='{}'",
                argument("arg1"),
                argument("arg2")
            ))]),
            "test_prompt_with_embedded_resource" => json!([
                user(json!({"type": "resource", "resource": {
                    "uri": argument("resourceUri"), "mimeType": "text/plain",
                    "text": "Embedded resource content for testing.",
                }})),
                text("Please process the embedded resource above."),
            ]),
            "test_prompt_with_image" => json!([
                user(json!({"type": "image", "data": PNG, "mimeType": "image/png"})),
                text("Please analyze the image above."),
            ]),
            "test_input_required_result_prompt" => {
                let answers = params.input_responses.as_ref();
                let answer = answers.and_then(|all| all.get("user_context").and_then(accepted));
                let Some(context) = answer.and_then(|answer| answer["context"].as_str()) else {
                    let asked = typed::<InputRequests>(
                        json!({"user_context": question("What context should the prompt use?", "context")}),
                    );
                    return Some(
                        asked.map(|asked| InputRequiredResult::from_input_requests(asked).into()),
                    );
                };
                json!([text(&format!("Mind this: {context}"))])
            }
            _ => return None,
        };
        Some(complete::<GetPromptResult>(json!({"messages": messages})).map(Into::into))
    }

    fn read(&self, uri: &str) -> Option<ReadResourceResponse> {
        let contents = match uri {
            "test://static-text" => {
                json!({"uri": uri, "mimeType": "text/plain", "text": "This is the content of the static text resource."})
            }
            "test://static-binary" => json!({"uri": uri, "mimeType": "image/png", "blob": PNG}),
            _ => {
                let id = uri
                    .strip_prefix("test://template/")?
                    .strip_suffix("/data")?;
                let data =
                    json!({"id": id, "templateTest": true, "data": format!("Data for ID: {id}")});
                json!({"uri": uri, "mimeType": "application/json", "text": data.to_string()})
            }
        };
        let result = complete::<ReadResourceResult>(json!({"contents": [contents]})).ok()?;
        Some(result.into())
    }

    fn complete(&self, params: &CompleteRequestParams) -> Option<CompleteResult> {
        let Reference::Prompt(prompt) = &params.r#ref else {
            return None;
        };
        if prompt.name != "test_prompt_with_arguments" {
            return None;
        }
        let words = ["paris", "park", "party"].map(str::to_owned).to_vec();
        let words = CompletionInfo::with_all_values(words).ok()?;
        Some(CompleteResult::new(words))
    }
}

/// Tools that answer at once.
fn content(name: &str) -> Result<CallToolResponse, ErrorData> {
    let text = |text: &str| json!({"type": "text", "text": text});
    let image = json!({"type": "image", "data": PNG, "mimeType": "image/png"});
    let resource = |uri: &str, kind: &str, text: &str| json!({"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": text}});
    let content = match name {
        "test_simple_text" => json!([text("This is a simple text response for testing.")]),
        "test_image_content" => json!([image]),
        "test_audio_content" => json!([{"type": "audio", "data": WAV, "mimeType": "audio/wav"}]),
        "test_embedded_resource" => json!([resource(
            "test://embedded-resource",
            "text/plain",
            "This is an embedded resource content."
        )]),
        "test_multiple_content_types" => json!([
            text("Multiple content types test:"),
            image,
            resource(
                "test://mixed-content-resource",
                "application/json",
                "{\"test\":\"data\",\"value\":123}"
            ),
        ]),
        "test_error_handling" => {
            let content = json!([text("This tool intentionally returns an error for testing")]);
            let failed = json!({"content": content, "isError": true});
            return complete::<CallToolResult>(failed).map(Into::into);
        }
        name => json!([text(&format!("{name} was called"))]),
    };
    complete::<CallToolResult>(json!({"content": content})).map(Into::into)
}

fn said(text: &str) -> Result<CallToolResponse, ErrorData> {
    complete::<CallToolResult>(json!({"content": [{"type": "text", "text": text}]})).map(Into::into)
}

fn ask(requests: Value, state: Option<String>) -> Result<CallToolResponse, ErrorData> {
    let requests = typed::<InputRequests>(requests)?;
    Ok(InputRequiredResult::new(Some(requests), state).into())
}

/// One text field to fill in.
fn question(message: &str, field: &str) -> Value {
    json!({"method": "elicitation/create", "params": {
        "message": message,
        "requestedSchema": {"type": "object", "properties": {field: {"type": "string"}}, "required": [field]},
    }})
}

fn sample(text: &str) -> Value {
    json!({"method": "sampling/createMessage", "params": {
        "messages": [{"role": "user", "content": {"type": "text", "text": text}}],
        "maxTokens": 100,
    }})
}

/// What was filled in, when it was.
fn accepted(answer: &Value) -> Option<&Value> {
    (answer["action"] == "accept").then(|| &answer["content"])
}

/// Keywords that a server must not lose on the way.
fn schema_2020_12() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {"address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }},
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false,
    })
}
