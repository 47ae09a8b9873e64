//! Confirmation of writes by elicitation, if the client supports it. Otherwise the reply contains a confirmation value.

use std::collections::BTreeMap;
use std::time::Duration;

use rmcp::model::{
    ElicitRequest, ElicitRequestParams, ElicitationAction, ElicitationSchema, InputRequest,
    InputRequests, InputRequiredResult, InputResponses,
};
use rmcp::service::{RequestContext, RoleServer};

use crate::request::ConfirmationRequest;

/// The key of the elicitation in input requests and responses.
const NAME: &str = "send";

/// The lifetime of a confirmation value.
const ELICITATION_TIMEOUT: Duration = Duration::from_secs(600);

/// The decision of the user.
#[derive(Debug, PartialEq)]
pub(super) enum Decision {
    /// Accepted, with the confirmation value of the call.
    Accepted(String),
    /// Declined or cancelled.
    Declined,
}

/// Whether the client supports form elicitation.
pub(super) fn supports_elicitation(context: &RequestContext<RoleServer>) -> bool {
    let declared = context.client_capabilities();
    let elicitation = declared.and_then(|declared| declared.elicitation);
    // An empty capability means forms, the only kind in the first revision.
    elicitation.is_some_and(|kinds| kinds.form.is_some() || kinds.url.is_none())
}

/// A result that requests the decision from a client that repeats the call with it.
pub(super) fn input_required(request: &ConfirmationRequest) -> InputRequiredResult {
    let elicitation = InputRequest::Elicitation(ElicitRequest::new(elicit_params(request)));
    let requests = InputRequests::from([(NAME.to_owned(), elicitation)]);
    InputRequiredResult::new(Some(requests), Some(request.value.clone()))
}

/// The decision in a repeated call. The confirmation value is verified like any other.
pub(super) fn parse_responses(
    responses: Option<&InputResponses>,
    state: Option<String>,
) -> Option<Decision> {
    let response = responses?.get(NAME)?;
    match response["action"].as_str() {
        Some("accept") => state.map(Decision::Accepted),
        _ => Some(Decision::Declined),
    }
}

/// Elicits a decision during the call; `None` if the client failed to.
pub(super) async fn elicit(
    request: &ConfirmationRequest,
    context: &RequestContext<RoleServer>,
) -> Option<Decision> {
    let response = context
        .peer
        .create_elicitation_with_timeout(elicit_params(request), Some(ELICITATION_TIMEOUT));
    let result = tokio::select! {
        result = response => result.ok()?,
        // The call was cancelled.
        () = context.ct.cancelled() => return Some(Decision::Declined),
    };
    Some(match result.action {
        ElicitationAction::Accept => Decision::Accepted(request.value.clone()),
        _ => Decision::Declined,
    })
}

/// An empty form: accepting it confirms the write.
fn elicit_params(request: &ConfirmationRequest) -> ElicitRequestParams {
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: request.message(),
        requested_schema: ElicitationSchema::new(BTreeMap::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_an_accepted_response_with_its_state_confirms() {
        let responses = |answer| InputResponses::from([(NAME.to_owned(), answer)]);
        let read = |answer, state: Option<&str>| {
            parse_responses(Some(&responses(answer)), state.map(str::to_owned))
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
            parse_responses(Some(&InputResponses::new()), Some("v".to_owned())),
            None
        );
        assert_eq!(parse_responses(None, None), None);
    }
}
