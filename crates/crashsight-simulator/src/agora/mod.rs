//! Agora Analytics, embedded: HTTP Basic, the limits of seed 002, and calls that freeze when the game's
//! newest version crashes.

mod calls;
mod minutes;
mod usage;

use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::endpoint_limits::{EndpointCounter, Limit};
use super::params::Params;
use super::world::World;
use super::{AGORA_APP, AGORA_CUSTOMER_ID, AGORA_CUSTOMER_SECRET};
use crate::digests::base64;

/// An endpoint: what it may be asked how often, and who answers.
struct Endpoint {
    path: &'static str,
    method: Method,
    limits: &'static [Limit],
    answer: fn(World, &Params) -> Answer,
}

/// A code and its words.
type No = (i64, &'static str);
/// The fields beside the code, or a no.
type Answer = Result<Value, No>;

const LIVE: &[Limit] = &[Limit::new(1, 60), Limit::new(1000, 86_400)];
const USAGE: &[Limit] = &[Limit::new(1, 60), Limit::new(10, 86_400)];
const SEARCH: &[Limit] = &[Limit::new(3, 1), Limit::new(1000, 86_400)];
const DETAILS: &[Limit] = &[Limit::new(1, 1), Limit::new(1000, 86_400)];
const FEEDBACK: &[Limit] = &[Limit::new(10, 1)];

const fn get(
    path: &'static str,
    limits: &'static [Limit],
    answer: fn(World, &Params) -> Answer,
) -> Endpoint {
    Endpoint {
        path,
        method: Method::GET,
        limits,
        answer,
    }
}

const ENDPOINTS: &[Endpoint] = &[
    get("/beta/live/scale/by_time", LIVE, minutes::scale),
    get("/beta/live/experience/by_time", LIVE, minutes::experience),
    get("/beta/live/net/by_time", LIVE, minutes::network),
    get(
        "/beta/live/quality/videofreeze/user_count",
        LIVE,
        minutes::freeze_users,
    ),
    get(
        "/beta/live/quality/slowjoining/user_count",
        LIVE,
        minutes::slow_joins,
    ),
    get(
        "/beta/live/quality/joiningtrial/user_count",
        LIVE,
        minutes::join_attempts,
    ),
    get("/beta/bigchannel/live/quality/score", LIVE, minutes::score),
    get(
        "/beta/bigchannel/live/quality/videofreeze/user_count",
        LIVE,
        minutes::channel_freeze_users,
    ),
    get(
        "/beta/bigchannel/live/scale/user_count",
        LIVE,
        minutes::channel_users,
    ),
    get("/beta/live/diagnosis", LIVE, minutes::diagnoses),
    get("/beta/insight/usage/by_time", USAGE, usage::by_day),
    get("/beta/analytics/call/lists", SEARCH, calls::list),
    get("/beta/analytics/call/details", DETAILS, calls::details),
    Endpoint {
        path: "/beta/analytics/feedback/reportV2",
        method: Method::POST,
        limits: FEEDBACK,
        answer: feedback,
    },
];

/// Whether a path is this service's.
pub(super) fn serves(path: &str) -> bool {
    path.starts_with("/beta/")
}

/// Answers one request; `passed` is none where nothing is limited.
pub(super) fn answer(
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    params: &Params,
    world: World,
    passed: Option<&EndpointCounter>,
) -> (StatusCode, Value) {
    let no = |code: i64, message: &str| json!({"code": code, "message": message, "data": null});
    if !known(headers) {
        return (
            StatusCode::UNAUTHORIZED,
            no(401, "Authorization is not correct"),
        );
    }
    let Some(endpoint) = ENDPOINTS.iter().find(|endpoint| endpoint.path == path) else {
        return (StatusCode::NOT_FOUND, no(404, "api not found"));
    };
    if endpoint.method != method {
        return (
            StatusCode::METHOD_NOT_ALLOWED,
            no(405, "method not allowed"),
        );
    }
    if params.text("appid").as_deref() != Some(AGORA_APP) {
        return (StatusCode::FORBIDDEN, no(403, "no auth"));
    }
    if let Some(passed) = passed
        && let Err(limit) = passed.admit(path, endpoint.limits, Instant::now())
    {
        let words = if limit.per.as_secs() > 3600 {
            "qpd limit error"
        } else {
            "qps limit error"
        };
        return (StatusCode::OK, no(300, words));
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
        Err((code, message)) => (StatusCode::OK, no(code, message)),
    }
}

fn known(headers: &HeaderMap) -> bool {
    let expected = format!(
        "Basic {}",
        base64(&format!("{AGORA_CUSTOMER_ID}:{AGORA_CUSTOMER_SECRET}"))
    );
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        == Some(expected.as_str())
}

/// From and to in Unix seconds. Milliseconds come back as they do from the service (FACTS 2.1).
fn range(world: World, params: &Params, memory: i64) -> Result<(i64, i64), No> {
    let number = |names: [&str; 2]| names.iter().find_map(|name| params.number(name));
    let (Some(start), Some(end)) = (number(["start_ts", "startTs"]), number(["end_ts", "endTs"]))
    else {
        return Err((400, "parameter : startTs can not be null"));
    };
    if start > 100_000_000_000 || end > 100_000_000_000 {
        return Err((500, "Unknown Error"));
    }
    if end <= start {
        return Err((400, "end_ts must be later than start_ts"));
    }
    // A minute of grace: a request takes its time.
    if start < world.now_ms / 1000 - memory - 60 {
        return Err((300, "query time range limit error"));
    }
    Ok((start, end.min(world.now_ms / 1000)))
}

fn feedback(_: World, params: &Params) -> Answer {
    let whole = ["teacher_uid", "student_uid", "abnormal_uid", "ts", "type"];
    if params.text("cname").is_none() || whole.iter().any(|name| params.number(name).is_none()) {
        return Err((400, "invalid parameter"));
    }
    Ok(Value::Null)
}
