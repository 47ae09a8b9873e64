//! Calls a tool with progress notifications, and converts its outcome into a result.

use rmcp::ErrorData;
use rmcp::model::{CallToolResult, ContentBlock, ProgressNotificationParam, ProgressToken};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Map, Value};

use super::Server;
use crate::tools::{Answered, CallOptions, Outcome};
use crate::upstream::api::ProgressFn;

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
        let options = CallOptions {
            progress,
            raw: false,
        };
        let call = self
            .toolbox
            .call_with(&self.caller, name, arguments, options);
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

    /// Converts an answer into a result, with its data where asked for, and returns the tokens of its text as well.
    pub(super) fn result(&self, answered: &Answered, with_data: bool) -> (usize, CallToolResult) {
        let text = answered.reply().text(self.budget);
        let tokens = crate::token_estimate::estimate(&text);
        let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
        if with_data {
            result.structured_content = Some(answered.data());
        }
        (tokens, result)
    }

    /// Converts an outcome into a result.
    pub(super) fn to_result(&self, outcome: Outcome, with_data: bool) -> CallToolResult {
        match outcome.result {
            Ok(answered) => {
                let (tokens, result) = self.result(&answered, with_data);
                self.toolbox
                    .upstream()
                    .metrics()
                    .record_reply_tokens(outcome.tool, tokens);
                result
            }
            Err(error) => CallToolResult::error(vec![ContentBlock::text(error.to_string())]),
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
