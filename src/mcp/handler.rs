//! The methods of the protocol: each request is answered inside a span.

use std::borrow::Cow;
use std::future::ready;

use rmcp::ErrorData;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult, CustomRequest,
    CustomResult, ErrorCode, GetPromptRequestParams, GetPromptResponse, GetSkillRequestParams,
    GetSkillResult, Implementation, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListSkillsResult, ListToolsResult, PaginatedRequestParams,
    ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};

use super::{INSTRUCTIONS, SIMULATED, Server};
use crate::prompts;
use crate::telemetry::{Parent, Span};

impl Server {
    /// The span of a request. Names are those of this server: what else a client sends may be anything.
    fn span(
        &self,
        method: &'static str,
        target: Option<(&'static str, &str)>,
        context: &RequestContext<RoleServer>,
    ) -> Span {
        let meta = |key: &str| context.meta.get(key).and_then(|value| value.as_str());
        let parent = Parent::parse(meta("traceparent"), meta("tracestate")).or(&self.parent);
        let id = serde_json::to_value(&context.id).unwrap_or_default();
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let mut attributes = vec![
            ("mcp.method.name", method.to_owned()),
            ("jsonrpc.request.id", crate::reply::inline(&id, 64)),
            ("network.transport", self.transport.to_owned()),
        ];
        if let Some(version) = context.protocol_version() {
            attributes.push(("mcp.protocol.version", version.as_str().to_owned()));
        }
        let mut name = method.to_owned();
        if let Some((key, target)) = target {
            name = format!("{method} {target}");
            attributes.push((key, target.to_owned()));
        }
        if method == "tools/call" {
            attributes.push(("gen_ai.operation.name", "execute_tool".to_owned()));
        }
        Span::server(name, parent, attributes)
    }
}

/// Answers inside a span, and marks it where the answer is an error.
async fn traced<T>(
    span: &Span,
    answer: impl Future<Output = Result<T, ErrorData>>,
) -> Result<T, ErrorData> {
    let answered = span.scope(answer).await;
    if let Err(error) = &answered {
        let code = error.code.0.to_string();
        span.set("rpc.response.status_code", code.clone());
        span.fail(code);
    }
    answered
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let (title, instructions) = if self.toolbox.is_simulated(&self.caller) {
            (
                "CrashSight (simulated data)",
                Cow::Owned(format!("{INSTRUCTIONS}{SIMULATED}")),
            )
        } else {
            ("CrashSight", Cow::Borrowed(INSTRUCTIONS))
        };
        ServerConfig::new(
            ServerCapabilities::builder()
                .enable_tools()
                .enable_resources()
                .enable_prompts()
                .enable_completions()
                .enable_skills()
                .build(),
        )
        .with_server_info(
            Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
                .with_title(title),
        )
        .with_instructions(instructions)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(ProtocolVersion::known_up_to(&ProtocolVersion::V_2026_07_28))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let own = self.toolbox.list(&self.caller).into_iter();
        own.filter(|definition| definition.name == name)
            .map(|definition| self.to_mcp_tool(definition, false))
            .chain(self.extra(|rows| rows.tools()))
            .find(|tool| tool.name == name)
    }

    async fn list_tools(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let span = self.span("tools/list", None, &context);
        traced(&span, ready(self.answer_list_tools(page, &context))).await
    }

    async fn call_tool(
        &self,
        params: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let names = self.toolbox.names(&self.caller);
        let known = names.into_iter().find(|name| *name == params.name);
        let target = known.map(|name| ("gen_ai.tool.name", name));
        let span = self.span("tools/call", target, &context);
        let answer = Box::pin(self.answer_call_tool(params, context));
        let answered = traced(&span, answer).await;
        if let Ok(CallToolResponse::Complete(result)) = &answered
            && result.is_error == Some(true)
        {
            span.fail("tool_error");
        }
        answered
    }

    async fn list_resources(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let span = self.span("resources/list", None, &context);
        traced(&span, ready(self.answer_list_resources(page, &context))).await
    }

    async fn list_resource_templates(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let span = self.span("resources/templates/list", None, &context);
        traced(&span, ready(self.answer_list_resource_templates(page))).await
    }

    async fn read_resource(
        &self,
        params: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let span = self.span("resources/read", None, &context);
        traced(&span, self.answer_read_resource(params, context)).await
    }

    async fn list_skills(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListSkillsResult, ErrorData> {
        let span = self.span("skills/list", None, &context);
        traced(&span, ready(self.answer_list_skills(page))).await
    }

    async fn get_skill(
        &self,
        params: GetSkillRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetSkillResult, ErrorData> {
        let span = self.span("skills/get", None, &context);
        traced(&span, ready(self.answer_get_skill(&params))).await
    }

    async fn list_prompts(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let span = self.span("prompts/list", None, &context);
        traced(&span, ready(self.answer_list_prompts(page))).await
    }

    async fn get_prompt(
        &self,
        params: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let known = prompts::all()
            .iter()
            .find(|prompt| prompt.name == params.name);
        let target = known.map(|prompt| ("gen_ai.prompt.name", prompt.name));
        let span = self.span("prompts/get", target, &context);
        traced(&span, ready(self.answer_get_prompt(params))).await
    }

    async fn complete(
        &self,
        params: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let span = self.span("completion/complete", None, &context);
        traced(&span, self.answer_complete(params, context)).await
    }

    /// rmcp also calls this for known methods with malformed params, which are invalid, not unknown.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let known = [
            "tools/call",
            "tools/list",
            "resources/list",
            "resources/read",
            "resources/templates/list",
            "prompts/list",
            "prompts/get",
            "completion/complete",
            "server/discover",
        ];
        if known.contains(&request.method.as_str()) {
            let message = format!("invalid params of {}", request.method);
            return Err(ErrorData::invalid_params(message, None));
        }
        Err(ErrorData::new(
            ErrorCode::METHOD_NOT_FOUND,
            request.method,
            None,
        ))
    }
}
