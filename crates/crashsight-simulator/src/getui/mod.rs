//! Getui, embedded: tokens that end and can be revoked, and the pushes of "Starfall".

mod pushes;
mod users;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::endpoint_limits::{EndpointCounter, Limit};
use super::hash_random::hash;
use super::params::Params;
use super::world::World;
use super::{GETUI_APP_ID, GETUI_APP_KEY, GETUI_MASTER_SECRET};
use crate::digests::sha256_hex;

/// Logins a minute and a day (FACTS 3.1).
const LOGINS: &[Limit] = &[Limit::new(100, 60), Limit::new(100_000, 86_400)];
/// Getui publishes no number for its reports; this one is ours.
const REPORTS: &[Limit] = &[Limit::new(120, 60)];
/// How long a token holds, in milliseconds.
const LIFE_MS: i64 = 86_400_000;
/// How far a caller's clock may be off, in milliseconds.
const TOLERANCE_MS: i64 = 600_000;

/// HTTP status, code and words of a no.
type No = (u16, i64, &'static str);
/// The payload, or a no.
type Answer = Result<Value, No>;

/// The tokens given out, and when they end.
#[derive(Default)]
pub(super) struct Tokens {
    given: Mutex<HashMap<String, i64>>,
    logins: Mutex<u64>,
}

impl Tokens {
    fn given(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends every token.
    pub(super) fn revoke(&self) {
        self.given().clear();
    }

    /// Logins that were granted.
    pub(super) fn logins(&self) -> u64 {
        *self.logins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give(&self, now_ms: i64) -> (String, i64) {
        let mut logins = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
        *logins += 1;
        let token = format!(
            "{:016x}{:016x}",
            hash([*logins, now_ms.unsigned_abs()]),
            hash([*logins, 17])
        );
        let until = now_ms + LIFE_MS;
        self.given().insert(token.clone(), until);
        (token, until)
    }
}

/// A request, taken apart.
pub(super) struct Ask<'a> {
    pub(super) method: &'a Method,
    pub(super) segments: &'a [String],
    pub(super) headers: &'a HeaderMap,
    pub(super) params: &'a Params,
}

/// Whether a path is this service's.
pub(super) fn serves(path: &str) -> bool {
    path.starts_with("/v2/")
}

/// Answers one request; `passed` is none where nothing is limited.
pub(super) fn answer(
    ask: &Ask<'_>,
    world: World,
    tokens: &Tokens,
    passed: Option<&EndpointCounter>,
) -> (StatusCode, Value) {
    match answered(ask, world, tokens, passed) {
        Ok(data) => (
            StatusCode::OK,
            json!({"code": code(ask), "msg": "success", "data": data}),
        ),
        Err((status, code, message)) => (
            StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            json!({"code": code, "msg": message, "data": {}}),
        ),
    }
}

/// The task group's example has its code as text (seed 003 line 82).
fn code(ask: &Ask<'_>) -> Value {
    if ask.segments.get(3).is_some_and(|name| name == "task_group") {
        json!("0")
    } else {
        json!(0)
    }
}

fn answered(
    ask: &Ask<'_>,
    world: World,
    tokens: &Tokens,
    passed: Option<&EndpointCounter>,
) -> Answer {
    let segments: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    let [app, path @ ..] = segments.as_slice() else {
        return Err((404, 404, "url not found"));
    };
    if *app != GETUI_APP_ID {
        return Err((200, 301, "domain does not match the appid"));
    }
    let within = |name: &str, limits: &'static [Limit]| {
        passed.is_none_or(|passed| passed.admit(name, limits, Instant::now()).is_ok())
    };
    match (ask.method.as_str(), path) {
        ("POST", ["auth"]) if !within("auth", LOGINS) => {
            return Err((401, 10003, "auth limit of the minute exceeded"));
        }
        ("POST", ["auth"]) => return login(ask.params, world.now_ms, tokens),
        ("DELETE", ["auth", token]) => {
            tokens.given().remove(*token);
            return Ok(json!({}));
        }
        _ => {}
    }
    let holds = ask
        .headers
        .get("token")
        .and_then(|token| token.to_str().ok())
        .and_then(|token| tokens.given().get(token).copied())
        .is_some_and(|until| world.now_ms < until);
    if !holds {
        return Err((401, 10001, "token is wrong or has expired"));
    }
    if !within("report", REPORTS) {
        return Err((401, 10005, "calls of the minute exceeded"));
    }
    if ask.method != Method::GET {
        return Err((405, 405, "method not allowed"));
    }
    match path {
        ["report", "push", "task", ids] => pushes::tasks(world, ids, ask.params),
        ["report", "push", "task", ids, "detail"] => pushes::losses(world, ids),
        ["report", "push", "task_group", group] => pushes::group(world, group, ask.params),
        ["report", "push", "date", date] => pushes::day(world, date, ask.params),
        ["report", "push", "count"] => Ok(pushes::quota(world)),
        ["report", "user", "date", date] => users::day(world, date),
        ["report", "online_user"] => Ok(users::online(world)),
        _ => Err((404, 404, "url not found")),
    }
}

fn login(params: &Params, now_ms: i64, tokens: &Tokens) -> Answer {
    let text = |name| params.text(name).unwrap_or_default();
    let timestamp = text("timestamp");
    let expected = sha256_hex(&format!("{GETUI_APP_KEY}{timestamp}{GETUI_MASTER_SECRET}"));
    let near = timestamp
        .parse::<i64>()
        .is_ok_and(|sent| (sent - now_ms).abs() < TOLERANCE_MS);
    if text("appkey") != GETUI_APP_KEY || text("sign") != expected || !near {
        return Err((400, 20001, "sign is invalid"));
    }
    let (token, until) = tokens.give(now_ms);
    Ok(json!({"expire_time": until.to_string(), "token": token}))
}
