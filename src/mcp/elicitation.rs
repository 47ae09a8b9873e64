//! A write is put to the user by the client, where the client can ask. Elsewhere the reply brings a value to
//! confirm with.

use std::collections::BTreeMap;
use std::time::Duration;

use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitationAction, ElicitationSchema, InputRequest,
    InputRequests, InputRequiredResult, InputResponses,
};
use rmcp::service::{RequestContext, RoleServer};

use crate::reply::Reply;
use crate::tools::ConfirmationRequest;

/// The question's name among the requests, and its answer's among the responses.
const NAME: &str = "send";

/// The question's value does not hold longer.
const PATIENCE: Duration = Duration::from_secs(600);

/// What became of a question.
#[derive(Debug, PartialEq)]
pub(super) enum Decision {
    /// The user agreed to the call that this value confirms.
    Accepted(String),
    /// The user did not.
    Declined,
}

/// Whether the client shows forms to its user.
pub(super) fn can(context: &RequestContext<RoleServer>) -> bool {
    let declared = context.client_capabilities();
    let asking = declared.and_then(|declared| declared.elicitation);
    // Nothing named means forms: the first revision knew nothing else.
    asking.is_some_and(|asking| asking.form.is_some() || asking.url.is_none())
}

/// The question, for a client that asks and calls again.
pub(super) fn again(question: &ConfirmationRequest) -> InputRequiredResult {
    let request = InputRequest::Elicitation(ElicitRequest::new(form(question)));
    let requests = InputRequests::from([(NAME.to_owned(), request)]);
    InputRequiredResult::new(Some(requests), Some(question.value.clone()))
}

/// What a client that called again brought. The state is checked where every confirmation is.
pub(super) fn brought(
    responses: Option<&InputResponses>,
    state: Option<String>,
) -> Option<Decision> {
    let response = responses?.get(NAME)?;
    match response["action"].as_str() {
        Some("accept") => state.map(Decision::Accepted),
        _ => Some(Decision::Declined),
    }
}

/// Asks while the call waits; `None` when the client could not.
pub(super) async fn put(
    question: &ConfirmationRequest,
    context: &RequestContext<RoleServer>,
) -> Option<Decision> {
    let asked = context
        .peer
        .create_elicitation_with_timeout(form(question), Some(PATIENCE));
    let answer = tokio::select! {
        answer = asked => answer.ok()?,
        // Nobody waits for the call any more.
        () = context.ct.cancelled() => return Some(Decision::Declined),
    };
    Some(match answer.action {
        ElicitationAction::Accept => Decision::Accepted(question.value.clone()),
        _ => Decision::Declined,
    })
}

/// What a refused write is answered with.
pub(super) fn refused(tool: &str) -> Reply {
    let tool = crate::reply::inline(tool, 60);
    Reply::titled([format!("{tool}: nothing was sent, the user declined")])
}

/// Nothing to fill in: to accept is to agree.
fn form(question: &ConfirmationRequest) -> ElicitRequestParams {
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: question.message.clone(),
        requested_schema: ElicitationSchema::new(BTreeMap::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_an_answer_with_its_state_agrees() {
        let responses = |answer| InputResponses::from([(NAME.to_owned(), answer)]);
        let read = |answer, state: Option<&str>| {
            brought(Some(&responses(answer)), state.map(str::to_owned))
        };
        let agreed = Some(Decision::Accepted("v".to_owned()));
        assert_eq!(
            read(json!({"action": "accept", "content": {}}), Some("v")),
            agreed
        );
        assert_eq!(read(json!({"action": "accept"}), None), None);
        for answer in [
            json!({"action": "decline"}),
            json!({"action": 1}),
            json!(null),
            json!([]),
        ] {
            assert_eq!(read(answer, Some("v")), Some(Decision::Declined));
        }
        assert_eq!(
            brought(Some(&InputResponses::new()), Some("v".to_owned())),
            None
        );
        assert_eq!(brought(None, None), None);
    }
}
