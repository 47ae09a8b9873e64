//! Tools that answer a question with several calls, or with none.

use super::crashsight::{crash, issue, projects};

use std::pin::Pin;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::reply::Reply;
use crate::request::ProviderId;
use crate::tools::tool::{CallContext, Effect, Tool, parse};
use crate::upstream::pipeline::Api;

/// Every workflow.
pub const TOOLS: &[Tool<Box<dyn BoxedWorkflow>>] = &[
    of::<issue::GetIssue>(),
    of::<crash::GetCrash>(),
    of::<crash::ReadCrash>(),
    of::<projects::ListProjects>(),
];

/// A tool that needs several calls. Fields are arguments, the doc comment is the description.
pub trait Workflow: DeserializeOwned + JsonSchema + Send + 'static {
    /// The tool: `provider_verb_noun`.
    const NAME: &'static str;
    /// Whose it is.
    const PROVIDER: ProviderId = ProviderId::CrashSight;
    /// The vendor's operations that it calls.
    const PATH: &'static str;
    /// What it does.
    const EFFECT: Effect = Effect::Read;

    /// Asks what it needs, and tells what came of it.
    fn answer(
        self,
        ctx: &CallContext<'_>,
        desk: &Api<'_>,
    ) -> impl Future<Output = Result<Reply, Error>> + Send;
}

/// A workflow with its arguments.
pub trait BoxedWorkflow: Send {
    /// See [`Workflow::answer`].
    fn answer<'a>(
        self: Box<Self>,
        ctx: &'a CallContext<'a>,
        desk: &'a Api<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send + 'a>>;
}

impl<W: Workflow> BoxedWorkflow for W {
    fn answer<'a>(
        self: Box<Self>,
        ctx: &'a CallContext<'a>,
        desk: &'a Api<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send + 'a>> {
        Box::pin(Workflow::answer(*self, ctx, desk))
    }
}

/// The row of a workflow.
const fn of<W: Workflow>() -> Tool<Box<dyn BoxedWorkflow>> {
    Tool::new::<W>(W::NAME, W::PROVIDER, W::PATH, W::EFFECT, |arguments| {
        Ok(Box::new(parse::<W>(arguments)?))
    })
}
