//! Agora Analytics: HTTP Basic, the limits of docs/vendor/agora.md §4, and call quality that drops after today's push.

mod calls;
mod minutes;
mod request;
mod usage;

use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::Instant;

use self::request::Answer;
use crate::accounts::{AGORA_APP, AGORA_CUSTOMER_ID, AGORA_CUSTOMER_SECRET};
use crate::digests::base64;
use crate::endpoint_limits::{EndpointCounter, Limit};
use crate::params::Params;
use crate::world::World;

/// An endpoint: its limits and its answer.
pub(crate) struct Endpoint {
    /// The path below `/beta/`.
    pub(crate) name: &'static str,
    method: Method,
    limits: &'static [Limit],
    answer: fn(World, &Params) -> Answer,
}

const LIVE: &[Limit] = &[Limit::new(1, 60), Limit::new(1000, 86_400)];
const USAGE: &[Limit] = &[Limit::new(1, 60), Limit::new(10, 86_400)];
const SEARCH: &[Limit] = &[Limit::new(3, 1), Limit::new(1000, 86_400)];
const DETAILS: &[Limit] = &[Limit::new(1, 1), Limit::new(1000, 86_400)];
const FEEDBACK: &[Limit] = &[Limit::new(10, 1)];

const fn get(
    name: &'static str,
    limits: &'static [Limit],
    answer: fn(World, &Params) -> Answer,
) -> Endpoint {
    Endpoint {
        name,
        method: Method::GET,
        limits,
        answer,
    }
}

const fn post(
    name: &'static str,
    limits: &'static [Limit],
    answer: fn(World, &Params) -> Answer,
) -> Endpoint {
    Endpoint {
        name,
        method: Method::POST,
        limits,
        answer,
    }
}

/// Every endpoint, in the order of the document.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    get("live/scale/by_time", LIVE, minutes::scale),
    get("live/experience/by_time", LIVE, minutes::experience),
    get("live/net/by_time", LIVE, minutes::network),
    get(
        "live/quality/videofreeze/user_count",
        LIVE,
        minutes::freeze_users,
    ),
    get(
        "live/quality/slowjoining/user_count",
        LIVE,
        minutes::slow_joins,
    ),
    get(
        "live/quality/joiningtrial/user_count",
        LIVE,
        minutes::join_attempts,
    ),
    get("bigchannel/live/quality/score", LIVE, minutes::score),
    get(
        "bigchannel/live/quality/videofreeze/user_count",
        LIVE,
        minutes::channel_freeze_users,
    ),
    get(
        "bigchannel/live/scale/user_count",
        LIVE,
        minutes::channel_users,
    ),
    get("live/diagnosis", LIVE, minutes::diagnoses),
    get("insight/usage/by_time", USAGE, usage::by_day),
    get("analytics/call/lists", SEARCH, calls::list),
    get("analytics/call/details", DETAILS, calls::details),
    post("analytics/feedback/reportV2", FEEDBACK, feedback),
];

const PREFIX: &str = "/beta/";

/// Whether a path belongs to this service.
pub(crate) fn serves(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// Answers one request. Without `counter` nothing is limited.
pub(crate) fn answer(
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    params: &Params,
    world: World,
    counter: Option<&EndpointCounter>,
) -> (StatusCode, Value) {
    let error = |code: i64, message: &str| json!({"code": code, "message": message, "data": null});
    if !authenticated(headers) {
        return (
            StatusCode::UNAUTHORIZED,
            error(401, "Authorization is not correct"),
        );
    }
    let name = path.strip_prefix(PREFIX).unwrap_or_default();
    let Some(endpoint) = ENDPOINTS.iter().find(|endpoint| endpoint.name == name) else {
        return (StatusCode::NOT_FOUND, error(404, "api not found"));
    };
    if endpoint.method != method {
        return (
            StatusCode::METHOD_NOT_ALLOWED,
            error(405, "method not allowed"),
        );
    }
    if params.text("appid").as_deref() != Some(AGORA_APP) {
        return (StatusCode::FORBIDDEN, error(403, "no auth"));
    }
    if let Some(counter) = counter
        && let Err(limit) = counter.admit(path, endpoint.limits, Instant::now())
    {
        let message = if limit.per.as_secs() > 3600 {
            "qpd limit error"
        } else {
            "qps limit error"
        };
        return (StatusCode::OK, error(300, message));
    }
    match (endpoint.answer)(world, params) {
        Ok(Value::Object(fields)) => {
            let mut root = json!({"code": 200, "message": "success"});
            if let Value::Object(root) = &mut root {
                root.extend(fields);
            }
            (StatusCode::OK, root)
        }
        Ok(_) => (StatusCode::OK, json!({"code": 200, "message": ""})),
        Err((code, message)) => (StatusCode::OK, error(code, message)),
    }
}

fn authenticated(headers: &HeaderMap) -> bool {
    let expected = format!(
        "Basic {}",
        base64(&format!("{AGORA_CUSTOMER_ID}:{AGORA_CUSTOMER_SECRET}"))
    );
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        == Some(expected.as_str())
}

/// Accepts a quality report and keeps nothing of it.
fn feedback(_: World, params: &Params) -> Answer {
    let integers = ["teacher_uid", "student_uid", "abnormal_uid", "ts", "type"];
    if params.text("cname").is_none() || integers.iter().any(|name| params.number(name).is_none()) {
        return Err((400, "invalid parameter"));
    }
    Ok(Value::Null)
}
