//! Calls a tool with progress notifications, and converts its outcome into a result.

use rmcp::ErrorData;
use rmcp::model::{CallToolResult, ContentBlock, ProgressNotificationParam, ProgressToken};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Map, Value};

use super::{Output, Server};
use crate::reply::Reply;
use crate::tools::Outcome;
use crate::upstream::pipeline::ProgressFn;

impl Server {
    /// Calls a tool, sends progress if the client requested it, and stops when the request is cancelled.
    pub(super) async fn call_with_progress(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: &RequestContext<RoleServer>,
    ) -> Result<Outcome, ErrorData> {
        let token = context.meta.get_progress_token();
        let (step, mut steps) = tokio::sync::mpsc::unbounded_channel();
        let progress = move |done: usize| {
            // The receiver lives as long as the call.
            let _ = step.send(done);
        };
        let progress = token.is_some().then_some(&progress as &ProgressFn);
        let call = self
            .toolbox
            .call_watched(&self.caller, name, arguments, progress);
        let mut call = Box::pin(call);
        let outcome = loop {
            tokio::select! {
                outcome = &mut call => break outcome,
                // Dropping the call aborts its upstream request.
                () = context.ct.cancelled() => {
                    return Err(ErrorData::internal_error("cancelled", None));
                }
                Some(done) = steps.recv() => {
                    if let Some(token) = &token {
                        notify_progress(context, token.clone(), done).await;
                    }
                }
            }
        };
        outcome.map_err(|unknown| ErrorData::invalid_params(unknown.message, None))
    }

    /// Converts a reply into a result, and returns the tokens of its text as well.
    pub(super) fn result(&self, reply: &Reply) -> (usize, CallToolResult) {
        let text = reply.text(self.budget);
        let tokens = crate::token_estimate::estimate(&text);
        let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
        if self.output == Output::Json {
            result.structured_content = Some(reply.json(self.budget));
        }
        (tokens, result)
    }

    /// Converts an outcome into a result.
    pub(super) fn to_result(&self, outcome: Outcome) -> CallToolResult {
        match outcome.reply {
            Ok(reply) => {
                let (tokens, result) = self.result(&reply);
                self.toolbox
                    .run()
                    .metrics()
                    .record_reply_tokens(outcome.tool, tokens);
                result
            }
            Err(failure) => CallToolResult::error(vec![ContentBlock::text(failure.to_string())]),
        }
    }
}

/// Sends a progress notification; errors are ignored.
async fn notify_progress(context: &RequestContext<RoleServer>, token: ProgressToken, done: usize) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a call makes a handful of requests"
    )]
    let progress = ProgressNotificationParam::new(token, done as f64)
        .with_message(format!("responses so far: {done}"));
    let _ = context.peer.notify_progress(progress).await;
}
