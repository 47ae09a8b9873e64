//! The only room that knows MCP: tools in, replies out.

use std::borrow::Cow;
use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock,
    CustomRequest, CustomResult, ErrorCode, Implementation, ListToolsResult, MetaObject,
    PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig, Tool,
    ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer, ServerInitializeError, ServiceExt as _};
use serde_json::{Value, json};

use crate::operation::{Definition, Effect};
use crate::reply::Budget;
use crate::toolbox::{Caller, Toolbox};

/// Sent at `initialize` and `server/discover`.
const INSTRUCTIONS: &str = include_str!("../prompts/instructions.md");

/// The list changes with the program and its settings, not by itself.
const LIST_TTL_MS: u64 = 3_600_000;

/// One MCP server over a toolbox.
#[derive(Clone)]
pub struct Server {
    toolbox: Arc<Toolbox>,
    caller: Caller,
    budget: Budget,
}

impl Server {
    /// A server whose calls are made by `caller` and answered within `budget`.
    pub fn new(toolbox: Arc<Toolbox>, caller: Caller, budget: Budget) -> Self {
        Self {
            toolbox,
            caller,
            budget,
        }
    }

    /// Serves standard input and output until the input ends.
    pub async fn serve_stdio(self) -> anyhow::Result<()> {
        match self.serve(rmcp::transport::stdio_pipes()).await {
            Ok(running) => {
                running.waiting().await?;
                Ok(())
            }
            // The input ended before anything was asked: nobody wanted anything.
            Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A definition as MCP carries it.
fn tool(definition: Definition) -> Tool {
    let write = definition.effect == Effect::Write;
    let annotations = ToolAnnotations::new()
        .read_only(!write)
        // A tag can be added, and not taken away again here; nothing is ever deleted.
        .destructive(false)
        .idempotent(definition.idempotent)
        .open_world(true);
    let mut meta = MetaObject::new();
    if !definition.path.is_empty() {
        meta.insert(
            "crashsight/operation".to_owned(),
            Value::String(definition.path.to_owned()),
        );
    }
    let mut tool = Tool::new(
        definition.name,
        definition.description,
        Arc::new(definition.input),
    )
    .with_title(definition.title)
    .with_annotations(annotations);
    if !meta.is_empty() {
        tool = tool.with_meta(meta);
    }
    tool
}

/// Every tool there is, as a client receives it: what `tools/` publishes.
pub fn published() -> Vec<Value> {
    crate::toolbox::definitions()
        .into_iter()
        .map(|definition| serde_json::to_value(tool(definition)).unwrap_or_else(|_| json!({})))
        .collect()
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(
                Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
                    .with_title("CrashSight"),
            )
            .with_instructions(INSTRUCTIONS)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(ProtocolVersion::known_up_to(&ProtocolVersion::V_2026_07_28))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tools = self.toolbox.list().into_iter().map(tool).collect();
        Ok(ListToolsResult::with_all_items(tools)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Public))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.toolbox
            .list()
            .into_iter()
            .find(|definition| definition.name == name)
            .map(tool)
    }

    async fn call_tool(
        &self,
        params: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = params.arguments.unwrap_or_default();
        let call = self.toolbox.call(&self.caller, &params.name, arguments);
        let outcome = tokio::select! {
            outcome = call => outcome,
            // Nobody waits for the answer any more: dropping the call stops its request.
            () = context.ct.cancelled() => {
                return Err(ErrorData::internal_error("cancelled", None));
            }
        };
        let outcome =
            outcome.map_err(|unknown| ErrorData::invalid_params(unknown.message, None))?;
        let result = match outcome.reply {
            Ok(reply) => CallToolResult::success(vec![ContentBlock::text(reply.text(self.budget))]),
            Err(failure) => CallToolResult::error(vec![ContentBlock::text(failure.to_string())]),
        };
        Ok(result.into())
    }

    /// rmcp hands malformed params of methods it knows to this place: those are invalid, not unknown.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let known = [
            "tools/call",
            "tools/list",
            "completion/complete",
            "server/discover",
        ];
        if known.contains(&request.method.as_str()) {
            let message = format!("the params of {} are malformed", request.method);
            return Err(ErrorData::invalid_params(message, None));
        }
        Err(ErrorData::new(
            ErrorCode::METHOD_NOT_FOUND,
            request.method,
            None,
        ))
    }
}
