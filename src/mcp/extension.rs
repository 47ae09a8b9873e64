//! What a program built on this library serves beside the toolbox, in the protocol's own terms.

use futures_util::future::BoxFuture;
use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult,
    GetPromptRequestParams, GetPromptResponse, Prompt, ReadResourceResponse, Resource,
    ResourceTemplate, Tool,
};
use rmcp::service::{RequestContext, RoleServer};

/// Rows that a [`Server`](super::Server) lists after its own and hands their calls to. `None` says that a
/// name or an address is not among them.
///
/// `examples/conformance.rs` brings the rows that the official suite asks for.
pub trait Extra: Send + Sync {
    /// Tools.
    fn tools(&self) -> Vec<Tool>;

    /// Prompts.
    fn prompts(&self) -> Vec<Prompt>;

    /// Resources.
    fn resources(&self) -> Vec<Resource>;

    /// Resource templates.
    fn templates(&self) -> Vec<ResourceTemplate>;

    /// Calls a tool that [`Extra::tools`] names.
    fn call<'a>(
        &'a self,
        params: CallToolRequestParams,
        context: &'a RequestContext<RoleServer>,
    ) -> BoxFuture<'a, Result<CallToolResponse, ErrorData>>;

    /// Fills in a prompt.
    fn prompt(
        &self,
        params: &GetPromptRequestParams,
    ) -> Option<Result<GetPromptResponse, ErrorData>>;

    /// Reads a resource.
    fn read(&self, uri: &str) -> Option<ReadResourceResponse>;

    /// Completes an argument.
    fn complete(&self, params: &CompleteRequestParams) -> Option<CompleteResult>;
}
