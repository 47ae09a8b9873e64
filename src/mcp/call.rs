//! One call of a tool: watched on its way, told at its end.

use rmcp::ErrorData;
use rmcp::model::{CallToolResult, ContentBlock, ProgressNotificationParam, ProgressToken};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Map, Value};

use super::{Output, Server};
use crate::reply::Reply;
use crate::tools::Outcome;
use crate::upstream::pipeline::ProgressFn;

impl Server {
    /// Calls a tool: tells how far it is to who asked for that, and stops when nobody waits any more.
    pub(super) async fn watched(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &RequestContext<RoleServer>,
    ) -> Result<Outcome, ErrorData> {
        let token = context.meta.get_progress_token();
        let (step, mut steps) = tokio::sync::mpsc::unbounded_channel();
        let watch = move |done: usize| {
            // The receiver lives as long as the call.
            let _ = step.send(done);
        };
        let watch = token.is_some().then_some(&watch as &ProgressFn);
        let call = self
            .toolbox
            .call_watched(&self.caller, name, arguments, watch);
        let mut call = Box::pin(call);
        let outcome = loop {
            tokio::select! {
                outcome = &mut call => break outcome,
                // Dropping the call stops its request.
                () = context.ct.cancelled() => {
                    return Err(ErrorData::internal_error("cancelled", None));
                }
                Some(done) = steps.recv() => {
                    if let Some(token) = &token {
                        tell(context, token.clone(), done).await;
                    }
                }
            }
        };
        outcome.map_err(|unknown| ErrorData::invalid_params(unknown.message, None))
    }

    /// A reply as a result, and the tokens of its text.
    pub(super) fn result(&self, reply: &Reply) -> (usize, CallToolResult) {
        let text = reply.text(self.budget);
        let tokens = crate::token_estimate::estimate(&text);
        let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
        if self.output == Output::Json {
            result.structured_content = Some(reply.json(self.budget));
        }
        (tokens, result)
    }

    /// An outcome as a result.
    pub(super) fn told(&self, outcome: Outcome) -> CallToolResult {
        match outcome.reply {
            Ok(reply) => {
                let (tokens, result) = self.result(&reply);
                self.toolbox.run().metrics().told(outcome.tool, tokens);
                result
            }
            Err(failure) => CallToolResult::error(vec![ContentBlock::text(failure.to_string())]),
        }
    }
}

/// Tells how far a call is. A client that does not listen misses nothing.
async fn tell(context: &RequestContext<RoleServer>, token: ProgressToken, done: usize) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a call asks for a handful of answers"
    )]
    let progress = ProgressNotificationParam::new(token, done as f64)
        .with_message(format!("answers so far: {done}"));
    let _ = context.peer.notify_progress(progress).await;
}
