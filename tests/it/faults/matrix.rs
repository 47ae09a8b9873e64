//! The ways in which a service fails, and how a read and a write end then.

use std::io::Write as _;

use serde_json::{Map, Value, json};

use super::CAP;
use super::peer::Step;

/// What a fault concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Every response.
    Responses,
    /// There is no service at all.
    Refused,
    /// Every response, until the deadline: a sample of tools is enough.
    Slow,
    /// Every response, and it takes long: a sample of tools is enough.
    Sampled,
    /// The login.
    Login,
}

/// One way to fail.
pub(super) struct Fault {
    pub(super) name: &'static str,
    pub(super) steps: Vec<Step>,
    pub(super) scope: Scope,
    /// Kinds of error that are right for a read and for a write; any where empty.
    pub(super) read: &'static [&'static str],
    pub(super) write: &'static [&'static str],
    /// Words of which the sentence has one.
    pub(super) words: &'static [&'static str],
}

/// The documented answer at the right time.
pub(super) const GOOD: Step = Step::Answer(super::same, "Sun, 22 Nov 2026 08:08:30 GMT");

const UNREACHABLE: &[&str] = &["unreachable"];
const UNKNOWN: &[&str] = &["outcome_unknown"];
const LIMITED: &[&str] = &["rate_limited"];
const NOT_UNDERSTOOD: &[&str] = &["unexpected_response"];
const TOO_LARGE: &[&str] = &["too_large"];
const REFUSED: &[&str] = &["rejected", "credentials"];
const DENIED: &[&str] = &["credentials", "rejected"];

fn head(status: &str, headers: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n{headers}\r\n"
    )
    .into_bytes()
}

fn whole(status: &str, headers: &str, body: &str) -> Step {
    let length = body.len();
    let mut bytes = head(status, &format!("{headers}Content-Length: {length}\r\n"));
    bytes.extend_from_slice(body.as_bytes());
    Step::Bytes(bytes)
}

fn gzip(text: &[u8]) -> Step {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).unwrap();
    let body = packed.finish().unwrap();
    let length = body.len();
    let mut bytes = head(
        "200 OK",
        &format!("Content-Encoding: gzip\r\nContent-Length: {length}\r\n"),
    );
    bytes.extend_from_slice(&body);
    Step::Bytes(bytes)
}

/// Below the keys of an envelope every value becomes another.
fn retyped(value: &Value) -> Value {
    const ENVELOPE: &[&str] = &["code", "status", "errcode", "msg", "message", "errmsg"];
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let kept = ENVELOPE.contains(&name.as_str());
                (
                    name.clone(),
                    if kept { value.clone() } else { turned(value) },
                )
            });
            Value::Object(fields.collect())
        }
        other => turned(other),
    }
}

fn turned(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.values().map(turned).collect(),
        Value::Array(items) => {
            let fields = items
                .iter()
                .enumerate()
                .map(|(at, item)| (at.to_string(), turned(item)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::String(text) => json!(text.len()),
        Value::Number(number) => json!({"n": number.to_string()}),
        Value::Bool(_) => json!([[]]),
        Value::Null => json!(true),
    }
}

/// The same with every scalar at an extreme.
fn extreme(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let code = matches!(name.as_str(), "code" | "status" | "errcode");
                (
                    name.clone(),
                    if code { value.clone() } else { extreme(value) },
                )
            });
            Value::Object(fields.collect())
        }
        Value::Array(items) => items.iter().map(extreme).collect(),
        Value::String(_) => json!("\u{202e}\u{0}-9223372036854775808"),
        Value::Number(_) => json!(-1e308),
        other => other.clone(),
    }
}

fn fault(
    name: &'static str,
    steps: Vec<Step>,
    [read, write]: [&'static [&'static str]; 2],
    words: &'static [&'static str],
) -> Fault {
    Fault {
        name,
        steps,
        scope: Scope::Responses,
        read,
        write,
        words,
    }
}

/// All of them.
pub(super) fn faults() -> Vec<Fault> {
    let mut all = connections();
    all.extend(statuses());
    all.extend(bodies());
    all.extend(echoes());
    all
}

fn connections() -> Vec<Fault> {
    const GONE: &[&str] = &["closed the connection", "ended or was damaged"];
    const SLOW: &[&str] = &["no answer within 5 s"];
    let partial = head("200 OK", "Content-Length: 100000\r\n");
    let start = [&partial[..], b"{\"status\":200,\"ret\":["].concat();
    let lost = [UNREACHABLE, UNKNOWN];
    let slow = |name, steps| Fault {
        scope: Scope::Slow,
        ..fault(name, steps, lost, SLOW)
    };
    vec![
        Fault {
            scope: Scope::Refused,
            ..fault(
                "connection refused",
                vec![],
                [UNREACHABLE; 2],
                &["is not reachable"],
            )
        },
        fault("reset before the headers", vec![Step::Reset], lost, GONE),
        fault(
            "reset inside the headers",
            vec![Step::Bytes(partial[..30].to_vec()), Step::Reset],
            lost,
            GONE,
        ),
        fault(
            "reset after the headers",
            vec![Step::Bytes(partial.clone()), Step::Reset],
            lost,
            GONE,
        ),
        fault(
            "reset in the body",
            vec![Step::Bytes(start.clone()), Step::Reset],
            lost,
            GONE,
        ),
        fault("closed before the headers", vec![], lost, GONE),
        fault("truncated", vec![Step::Bytes(start)], lost, GONE),
        slow(
            "headers, 1 byte a second",
            vec![Step::Slowly(partial.clone())],
        ),
        slow(
            "body, 1 byte a second",
            vec![Step::Bytes(partial), Step::Slowly(vec![b' '; 3600])],
        ),
        slow("never answers", vec![Step::Silence]),
    ]
}

fn statuses() -> Vec<Fault> {
    let limited = |name, header: &str, words| {
        fault(
            name,
            vec![whole("429 Too Many Requests", header, "")],
            [LIMITED; 2],
            words,
        )
    };
    let down = |name, status: &str, header: &str, words| {
        fault(
            name,
            vec![whole(status, header, "")],
            [UNREACHABLE, UNKNOWN],
            words,
        )
    };
    vec![
        limited("429", "", &["retry in"]),
        limited(
            "429, Retry-After 35",
            "Retry-After: 35\r\n",
            &["retry in 35 s"],
        ),
        limited(
            "429, Retry-After absurd",
            "Retry-After: 18446744073709551615\r\n",
            &["retry in"],
        ),
        limited(
            "429, Retry-After negative",
            "Retry-After: -1\r\n",
            &["retry in"],
        ),
        limited(
            "429, Retry-After in the year 9999",
            "Date: Sun, 22 Nov 2026 08:08:30 GMT\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
            &["retry in"],
        ),
        down("500", "500 X", "", &["upstream unavailable"]),
        down("502", "502 X", "", &["upstream unavailable"]),
        down("503", "503 X", "", &["upstream unavailable"]),
        down(
            "503, Retry-After absurd",
            "503 X",
            "Retry-After: 18446744073709551615\r\n",
            &["upstream unavailable"],
        ),
        down("504", "504 X", "", &["upstream unavailable"]),
        fault(
            "redirect",
            vec![whole(
                "302 Found",
                "Location: https://evil.example/?userSecret=1\r\n",
                "",
            )],
            [&["redirected"]; 2],
            &["redirect to evil.example"],
        ),
        fault(
            "clock skew",
            vec![Step::Answer(super::same, "Sat, 01 Jan 2000 00:00:00 GMT")],
            [&["ok"]; 2],
            &[],
        ),
        fault(
            "clock skew and 401",
            vec![whole(
                "401 X",
                "Date: Sat, 01 Jan 2000 00:00:00 GMT\r\n",
                "{\"code\":401}",
            )],
            [DENIED; 2],
            &["clock", "401", "check"],
        ),
    ]
}

fn bodies() -> Vec<Fault> {
    const DAMAGED: &[&str] = &["unexpected_response", "unreachable"];
    let unread = [NOT_UNDERSTOOD, UNKNOWN];
    let html = "<html><body>Sign in</body></html>";
    let zeros = format!(
        "{{\"status\":200,\"code\":200,\"ret\":[{}0]}}",
        "0,".repeat(CAP / 2 - 100)
    );
    let objects = format!(
        "{{\"code\":0,\"data\":[{}0]}}",
        "{\"\":{}},".repeat(CAP / 9 - 100)
    );
    let blanks = vec![b' '; 8 * CAP];
    vec![
        fault(
            "HTML",
            vec![whole("200 OK", "", html)],
            unread,
            &["an HTML page"],
        ),
        fault(
            "empty",
            vec![whole("200 OK", "", "")],
            unread,
            &["sent nothing"],
        ),
        fault(
            "no content",
            vec![whole("204 No Content", "", "")],
            [
                &["unexpected_response", "rejected"],
                &["outcome_unknown", "rejected"],
            ],
            &["sent nothing", "204"],
        ),
        fault(
            "length too short",
            vec![Step::Bytes(
                [
                    &head("200 OK", "Content-Length: 20\r\n")[..],
                    b"{\"status\":200,\"ret\":[]}",
                ]
                .concat(),
            )],
            unread,
            &["the JSON ends after 20 bytes"],
        ),
        fault(
            "length no number",
            vec![Step::Bytes(head("200 OK", "Content-Length: many\r\n"))],
            [DAMAGED, UNKNOWN],
            &[],
        ),
        fault(
            "wrong types",
            vec![Step::Answer(retyped, "")],
            [&[]; 2],
            &[],
        ),
        fault(
            "extreme values",
            vec![Step::Answer(extreme, "")],
            [&[]; 2],
            &[],
        ),
        fault(
            "gzip bomb",
            vec![gzip(&blanks)],
            [TOO_LARGE, UNKNOWN],
            &["more than 1 MB"],
        ),
        fault(
            "value bomb",
            vec![gzip(zeros.as_bytes())],
            [TOO_LARGE, UNKNOWN],
            &["more than 65,536 values"],
        ),
        fault(
            "object bomb",
            vec![gzip(objects.as_bytes())],
            [TOO_LARGE, UNKNOWN],
            &["more than 65,536 values"],
        ),
        Fault {
            scope: Scope::Sampled,
            ..fault(
                "200 MB",
                vec![Step::Bytes(head("200 OK", "")), Step::Flood(200)],
                [TOO_LARGE, UNKNOWN],
                &["more than 1 MB"],
            )
        },
    ]
}

fn echoes() -> Vec<Fault> {
    let echo = |name, status, json, ends| fault(name, vec![Step::Echo { status, json }], ends, &[]);
    let unread = [NOT_UNDERSTOOD, UNKNOWN];
    let login = |name, status, json| Fault {
        scope: Scope::Login,
        ..echo(name, status, json, [&[]; 2])
    };
    vec![
        echo("credentials echoed, HTML 200", 200, false, unread),
        echo("credentials echoed, HTML 400", 400, false, [REFUSED; 2]),
        echo("credentials echoed, JSON 400", 400, true, [REFUSED; 2]),
        echo("credentials echoed, JSON 401", 401, true, [DENIED; 2]),
        echo(
            "credentials echoed, JSON 500",
            500,
            true,
            [UNREACHABLE, UNKNOWN],
        ),
        login("login echoed, HTML 200", 200, false),
        login("login echoed, HTML 400", 400, false),
        login("login echoed, JSON 400", 400, true),
        login("login echoed, JSON 500", 500, true),
    ]
}
