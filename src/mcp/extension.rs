//! Additional tools, prompts and resources of a program that uses this library.

use futures_util::future::BoxFuture;
use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult,
    GetPromptRequestParams, GetPromptResponse, Prompt, ReadResourceResponse, Resource,
    ResourceTemplate, Tool,
};
use rmcp::service::{RequestContext, RoleServer};

/// Tools, prompts and resources that a [`Server`](super::Server) lists after its own. `None` means that a name or URI
/// is unknown here.
///
/// `examples/conformance.rs` adds those that the official suite requires.
pub trait Extra: Send + Sync {
    /// Tools.
    fn tools(&self) -> Vec<Tool>;

    /// Prompts.
    fn prompts(&self) -> Vec<Prompt>;

    /// Resources.
    fn resources(&self) -> Vec<Resource>;

    /// Resource templates.
    fn templates(&self) -> Vec<ResourceTemplate>;

    /// Calls a tool of [`Extra::tools`].
    fn call<'a>(
        &'a self,
        params: CallToolRequestParams,
        context: &'a RequestContext<RoleServer>,
    ) -> BoxFuture<'a, Result<CallToolResponse, ErrorData>>;

    /// Renders a prompt.
    fn prompt(
        &self,
        params: &GetPromptRequestParams,
    ) -> Option<Result<GetPromptResponse, ErrorData>>;

    /// Reads a resource.
    fn read(&self, uri: &str) -> Option<ReadResourceResponse>;

    /// Completes an argument.
    fn complete(&self, params: &CompleteRequestParams) -> Option<CompleteResult>;
}
