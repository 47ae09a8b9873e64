//! The MCP server: tools, resources, prompts, completion and elicitation. Only this module implements MCP.

mod apps;
mod call;
mod completion;
mod definition;
mod elicitation;
mod extension;
mod handler;
mod protocol;
mod resources;
mod skills;

use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult,
    GetPromptRequestParams, GetPromptResponse, GetPromptResult, GetSkillRequestParams,
    GetSkillResult, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListSkillsResult, ListToolsResult, PaginatedRequestParams, Prompt, PromptArgument,
    PromptMessage, ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult,
    ResourceContents, Role, Tool,
};
use rmcp::service::{RequestContext, RoleServer, ServerInitializeError, ServiceExt as _};
use serde_json::Value;

use crate::error::Error;
use crate::prompts;
use crate::reply::Budget;
use crate::skills::Skill;
use crate::telemetry::Parent;
use crate::tools::{Caller, Toolbox};
use crate::tools::{Definition, tool::Effect};
use elicitation::Decision;
use protocol::{is_2026_07, not_found, reject_cursor};

pub use extension::Extra;

/// Instructions sent at `initialize` and `server/discover`.
const INSTRUCTIONS: &str = include_str!("../../prompts/instructions.md");
/// Added where a simulator answers.
const SIMULATED: &str = "- The data is simulated (demo): no figure here is about a real app. Say so when you report one.\n";

/// Lists only change with the configuration or a new version.
const LIST_TTL_MS: u64 = 3_600_000;

/// Resources are as fresh as the cached responses they are made from.
const READ_TTL_MS: u64 = 60_000;

/// The MCP server of one caller.
#[derive(Clone)]
pub struct Server {
    toolbox: Arc<Toolbox>,
    caller: Caller,
    budget: Budget,
    output: Output,
    extra: Option<Arc<dyn Extra>>,
    /// The span of the caller, where its transport names one.
    parent: Parent,
    /// `pipe` or `tcp`.
    transport: &'static str,
}

/// The format of tool results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Output {
    /// Text.
    #[default]
    Text,
    /// Structured JSON with an output schema, and the same as text, as the specification requires.
    Json,
}

impl Server {
    /// A server for `caller` whose replies stay within `budget`.
    pub fn new(toolbox: Arc<Toolbox>, caller: Caller, budget: Budget) -> Self {
        Self {
            toolbox,
            caller,
            budget,
            output: Output::Text,
            extra: None,
            parent: Parent::default(),
            transport: "pipe",
        }
    }

    /// Sets the format of tool results.
    #[must_use]
    pub fn with_output(mut self, output: Output) -> Self {
        self.output = output;
        self
    }

    /// Serves requests of a connection, whose headers name the span of the caller or none.
    #[must_use]
    pub(crate) fn over_network(mut self, parent: Parent) -> Self {
        self.parent = parent;
        self.transport = "tcp";
        self
    }

    /// Adds tools, prompts and resources.
    #[must_use]
    pub fn with_extra(mut self, extra: Arc<dyn Extra>) -> Self {
        self.extra = Some(extra);
        self
    }

    fn extra<T>(&self, rows: impl FnOnce(&dyn Extra) -> Vec<T>) -> Vec<T> {
        self.extra.as_deref().map(rows).unwrap_or_default()
    }

    /// Whether lists are the same for all callers and clients.
    fn scope(&self, shows_pages: bool) -> CacheScope {
        if self.caller.private || shows_pages {
            CacheScope::Private
        } else {
            CacheScope::Public
        }
    }

    /// Converts a definition, with its output schema where this server sends data to every client, and with its page
    /// for clients that show it.
    fn to_mcp_tool(&self, definition: Definition, shows_pages: bool) -> Tool {
        let schema = (self.output == Output::Json).then(|| Arc::new(definition.output()));
        let reads = definition.effect == Effect::Read;
        let mut tool = definition::tool(definition);
        if shows_pages {
            tool = apps::add_to_tool(tool, reads);
        }
        match schema {
            Some(schema) => tool.with_raw_output_schema(schema),
            None => tool,
        }
    }

    /// The definitions that clients of this server receive.
    pub fn definitions(&self) -> Vec<Value> {
        let listed = self.toolbox.list(&self.caller).into_iter();
        listed
            .map(|definition| {
                serde_json::to_value(self.to_mcp_tool(definition, false)).unwrap_or_default()
            })
            .collect()
    }

    /// Serves standard input and output until the input ends.
    pub async fn serve_stdio(self) -> anyhow::Result<()> {
        match self.serve(rmcp::transport::stdio_pipes()).await {
            Ok(running) => {
                running.waiting().await?;
                Ok(())
            }
            // The input ended before the first request.
            Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Server {
    /// Prompts whose tools are available to this caller.
    fn prompts(&self) -> impl Iterator<Item = &'static prompts::Prompt> {
        let listed = self.toolbox.names(&self.caller);
        prompts::all()
            .iter()
            .filter(move |prompt| prompt.tools().all(|tool| listed.contains(&tool)))
    }

    /// The same as skills.
    fn skills(&self) -> impl Iterator<Item = Skill> {
        self.prompts().filter_map(Skill::of)
    }
}

/// All tools as clients receive them, for `tools/`.
pub fn published() -> Vec<Value> {
    crate::tools::definitions()
        .into_iter()
        .map(|definition| serde_json::to_value(definition::tool(definition)).unwrap_or_default())
        .collect()
}

/// The answers to requests.
impl Server {
    fn answer_list_tools(
        &self,
        page: Option<PaginatedRequestParams>,
        context: &RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        reject_cursor(page)?;
        let shows_pages = apps::shows_pages(context);
        let own = self.toolbox.list(&self.caller).into_iter();
        let tools = own
            .map(|definition| self.to_mcp_tool(definition, shows_pages))
            .chain(self.extra(|rows| rows.tools()))
            .collect();
        Ok(ListToolsResult::with_all_items(tools)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(self.scope(shows_pages)))
    }

    async fn answer_call_tool(
        &self,
        params: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if let Some(rows) = &self.extra
            && rows.tools().iter().any(|tool| tool.name == params.name)
        {
            return rows.call(params, &context).await;
        }
        let with_data = self.output == Output::Json || apps::shows_pages(&context);
        let mut arguments = params.arguments.unwrap_or_default();
        let mut decision =
            elicitation::parse_responses(params.input_responses.as_ref(), params.request_state)
                .filter(|_| self.toolbox.is_write(&self.caller, &params.name));
        loop {
            match decision.take() {
                Some(Decision::Accepted(value)) => {
                    arguments.insert("confirm".to_owned(), Value::String(value));
                }
                Some(Decision::Declined) => {
                    let declined = self.toolbox.declined(&self.caller, &params.name);
                    return declined
                        .map(|answered| self.result(&answered, with_data).1.into())
                        .ok_or_else(|| ErrorData::invalid_params("no such tool", None));
                }
                None => {}
            }
            let outcome = self.call_with_progress(&params.name, arguments.clone(), &context);
            let outcome = outcome.await?;
            if let Some(question) = outcome
                .confirmation
                .as_ref()
                .filter(|_| elicitation::supports_elicitation(&context))
            {
                if is_2026_07(&context) {
                    return Ok(elicitation::input_required(question).into());
                }
                decision = elicitation::elicit(question, &context).await;
                if decision.is_some() {
                    continue;
                }
            }
            return Ok(self.to_result(outcome, with_data).into());
        }
    }

    fn answer_list_resources(
        &self,
        page: Option<PaginatedRequestParams>,
        context: &RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        reject_cursor(page)?;
        let shows_pages = apps::shows_pages(context);
        let mut all = resources::list();
        all.extend(shows_pages.then(apps::resource));
        all.extend(self.extra(|rows| rows.resources()));
        Ok(ListResourcesResult::with_all_items(all)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(self.scope(shows_pages)))
    }

    fn answer_list_resource_templates(
        &self,
        page: Option<PaginatedRequestParams>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        reject_cursor(page)?;
        let mut all = resources::templates();
        all.extend(self.extra(|rows| rows.templates()));
        Ok(ListResourceTemplatesResult::with_all_items(all)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(self.scope(false)))
    }

    async fn answer_read_resource(
        &self,
        params: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let extra = self.extra.as_deref();
        if let Some(contents) = extra.and_then(|rows| rows.read(&params.uri)) {
            return Ok(contents);
        }
        if params.uri == apps::URI {
            // Hosts may read it with a client of its own that declares nothing: it is the same for all.
            return Ok(ReadResourceResult::new(vec![apps::contents()])
                .with_ttl_ms(LIST_TTL_MS)
                .with_cache_scope(CacheScope::Public)
                .into());
        }
        if params.uri == resources::INDEX {
            let index = resources::index(self.toolbox.list(&self.caller));
            let text = ResourceContents::text(index, params.uri).with_mime_type("text/plain");
            return Ok(ReadResourceResult::new(vec![text])
                .with_ttl_ms(LIST_TTL_MS)
                .with_cache_scope(self.scope(false))
                .into());
        }
        if skills::is_file(&params.uri) {
            let skill = self.skills().find(|skill| skills::uri(skill) == params.uri);
            let Some(skill) = skill else {
                return Err(not_found(&params.uri, &context));
            };
            let text =
                ResourceContents::text(skill.text, params.uri).with_mime_type("text/markdown");
            return Ok(ReadResourceResult::new(vec![text])
                .with_ttl_ms(LIST_TTL_MS)
                .with_cache_scope(self.scope(false))
                .into());
        }
        let Some(target) = resources::resolve(&params.uri) else {
            return Err(not_found(&params.uri, &context));
        };
        let whole = target.is_whole();
        let outcome = tokio::select! {
            outcome = self.toolbox.call(&self.caller, target.tool, target.arguments) => outcome,
            () = context.ct.cancelled() => return Err(ErrorData::internal_error("cancelled", None)),
        };
        let outcome = outcome.map_err(|_| not_found(&params.uri, &context))?;
        match outcome.result {
            Ok(answered) => {
                let reply = answered.reply();
                let text = if whole {
                    reply.whole_text()
                } else {
                    reply.text(self.budget)
                };
                let text = ResourceContents::text(text, params.uri).with_mime_type("text/plain");
                Ok(ReadResourceResult::new(vec![text])
                    .with_ttl_ms(READ_TTL_MS)
                    .with_cache_scope(CacheScope::Private)
                    .into())
            }
            Err(failure @ Error::InvalidArguments(_)) => {
                Err(ErrorData::invalid_params(failure.to_string(), None))
            }
            Err(failure) => Err(ErrorData::internal_error(failure.to_string(), None)),
        }
    }

    fn answer_list_skills(
        &self,
        page: Option<PaginatedRequestParams>,
    ) -> Result<ListSkillsResult, ErrorData> {
        reject_cursor(page)?;
        let entries = self.skills().map(|skill| skills::entry(&skill)).collect();
        Ok(ListSkillsResult::with_all_items(entries)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(self.scope(false)))
    }

    fn answer_get_skill(
        &self,
        params: &GetSkillRequestParams,
    ) -> Result<GetSkillResult, ErrorData> {
        let skill = self.skills().find(|skill| skills::uri(skill) == params.uri);
        skill
            .map(|skill| GetSkillResult::new(skills::entry(&skill)))
            .ok_or_else(|| {
                let uri = crate::reply::inline(&params.uri, 120);
                ErrorData::invalid_params(format!("no skill at {uri}"), None)
            })
    }

    fn answer_list_prompts(
        &self,
        page: Option<PaginatedRequestParams>,
    ) -> Result<ListPromptsResult, ErrorData> {
        reject_cursor(page)?;
        let listed = self.prompts().map(|prompt| {
            let arguments = prompt
                .arguments
                .iter()
                .map(|argument| {
                    PromptArgument::new(&argument.name)
                        .with_description(&argument.description)
                        .with_required(argument.required)
                })
                .collect();
            Prompt::new(
                prompt.name,
                Some(prompt.description.clone()),
                Some(arguments),
            )
            .with_title(&prompt.title)
        });
        let listed = listed.chain(self.extra(|rows| rows.prompts())).collect();
        Ok(ListPromptsResult::with_all_items(listed)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(self.scope(false)))
    }

    fn answer_get_prompt(
        &self,
        params: GetPromptRequestParams,
    ) -> Result<GetPromptResponse, ErrorData> {
        let extra = self.extra.as_deref();
        if let Some(result) = extra.and_then(|rows| rows.prompt(&params)) {
            return result;
        }
        let reject = |message: String| Err(ErrorData::invalid_params(message, None));
        let Some(prompt) = self.prompts().find(|prompt| prompt.name == params.name) else {
            return reject(format!(
                "unknown prompt {}",
                crate::reply::inline(&params.name, 60)
            ));
        };
        match prompt.render(&params.arguments.unwrap_or_default()) {
            Ok(text) => {
                let mut result =
                    GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]);
                result.description = Some(prompt.description.clone());
                Ok(result.into())
            }
            Err(message) => reject(message),
        }
    }

    async fn answer_complete(
        &self,
        params: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let extra = self.extra.as_deref();
        if let Some(result) = extra.and_then(|rows| rows.complete(&params)) {
            return Ok(result);
        }
        tokio::select! {
            completed = completion::complete(&params, &self.toolbox, &self.caller) => completed,
            () = context.ct.cancelled() => Err(ErrorData::internal_error("cancelled", None)),
        }
    }
}
