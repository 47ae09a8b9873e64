//! Getui: tokens that expire and can be revoked, and the pushes of "Starfall".

mod pushes;
mod reply;
mod tokens;
mod users;

use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

use self::reply::Answer;
pub(crate) use self::tokens::Tokens;
use crate::accounts::GETUI_APP_ID;
use crate::endpoint_limits::{EndpointCounter, Limit};
use crate::params::Params;
use crate::world::World;

/// Logins per minute and per day (docs/vendor/getui.md §1).
const LOGINS: &[Limit] = &[Limit::new(100, 60), Limit::new(100_000, 86_400)];
/// Getui publishes no number for its reports; this one is made up.
const REPORTS: &[Limit] = &[Limit::new(120, 60)];

/// A report, the argument of its path in `{}`.
pub(crate) struct Report {
    /// The path below the app id, without its argument.
    pub(crate) name: &'static str,
    path: &'static str,
    answer: fn(World, &str, &Params) -> Answer,
}

const fn report(
    name: &'static str,
    path: &'static str,
    answer: fn(World, &str, &Params) -> Answer,
) -> Report {
    Report { name, path, answer }
}

/// Every report, in the order of the document. All of them are `GET`.
pub(crate) const REPORTS_SERVED: &[Report] = &[
    report("report/push/task", "report/push/task/{}", pushes::tasks),
    report(
        "report/push/task_group",
        "report/push/task_group/{}",
        pushes::group,
    ),
    report(
        "report/push/task/detail",
        "report/push/task/{}/detail",
        pushes::losses,
    ),
    report("report/push/date", "report/push/date/{}", pushes::day),
    report("report/push/count", "report/push/count", pushes::quota),
    report("report/user/date", "report/user/date/{}", users::day),
    report("report/online_user", "report/online_user", users::online),
];

impl Report {
    /// The argument in a path that belongs to this report; empty where it takes none.
    fn argument<'a>(&self, segments: &[&'a str]) -> Option<&'a str> {
        let mut found = "";
        let mut expected = self.path.split('/');
        for segment in segments {
            match expected.next()? {
                "{}" => found = segment,
                name if name == *segment => {}
                _ => return None,
            }
        }
        expected.next().is_none().then_some(found)
    }
}

/// A request, its path decoded and split below `/v2/`.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a Method,
    pub(crate) segments: &'a [String],
    pub(crate) headers: &'a HeaderMap,
    pub(crate) params: &'a Params,
    /// The time of the clock, by which tokens expire.
    pub(crate) now_ms: i64,
}

/// Whether a path belongs to this service.
pub(crate) fn serves(path: &str) -> bool {
    path.starts_with("/v2/")
}

/// Answers one request. Without `counter` nothing is limited.
pub(crate) fn answer(
    request: &Request<'_>,
    world: World,
    tokens: &Tokens,
    counter: Option<&EndpointCounter>,
) -> (StatusCode, Value) {
    match data(request, world, tokens, counter) {
        Ok(data) => (
            StatusCode::OK,
            json!({"code": success_code(request), "msg": "success", "data": data}),
        ),
        Err((status, code, message)) => (
            StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            json!({"code": code, "msg": message, "data": {}}),
        ),
    }
}

/// The task group's example has its code as text (docs/vendor/getui.md §2).
fn success_code(request: &Request<'_>) -> Value {
    let name = request.segments.get(3);
    if name.is_some_and(|name| name == "task_group") {
        json!("0")
    } else {
        json!(0)
    }
}

fn data(
    request: &Request<'_>,
    world: World,
    tokens: &Tokens,
    counter: Option<&EndpointCounter>,
) -> Answer {
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let [app, path @ ..] = segments.as_slice() else {
        return Err((404, 404, "url not found"));
    };
    if *app != GETUI_APP_ID {
        return Err((200, 301, "domain does not match the appid"));
    }
    let admitted = |name: &str, limits: &'static [Limit]| {
        counter.is_none_or(|counter| counter.admit(name, limits, Instant::now()).is_ok())
    };
    match (request.method.as_str(), path) {
        ("POST", ["auth"]) if !admitted("auth", LOGINS) => {
            return Err((401, 10003, "auth limit of the minute exceeded"));
        }
        ("POST", ["auth"]) => return tokens.login(request.params, request.now_ms),
        ("DELETE", ["auth", token]) => {
            tokens.remove(token);
            return Ok(json!({}));
        }
        _ => {}
    }
    let token = request.headers.get("token");
    let token = token.and_then(|token| token.to_str().ok());
    if !token.is_some_and(|token| tokens.is_valid(token, request.now_ms)) {
        return Err((401, 10001, "token is wrong or has expired"));
    }
    if !admitted("report", REPORTS) {
        return Err((401, 10005, "calls of the minute exceeded"));
    }
    if request.method != Method::GET {
        return Err((405, 405, "method not allowed"));
    }
    REPORTS_SERVED
        .iter()
        .find_map(|report| Some((report, report.argument(path)?)))
        .ok_or((404, 404, "url not found"))
        .and_then(|(report, argument)| (report.answer)(world, argument, request.params))
}
