//! What was being done when it failed, as servers say it around an exception: the request, the message, the task.

use crate::log_prefix;
use crate::model::Builder;
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let facts = &mut out.stack.facts;
    match line.as_bytes() {
        // Elixir's servers: `Last message: {:dock, 7}`, `Last message (from #PID<0.39.0>): :tick`.
        [b'L', b'a', b's', b't', b' ', b'm', ..] => {
            let Some(message) = line
                .strip_prefix("Last message")
                .and_then(|rest| text::split_once(rest, ": "))
                .filter(|(from, _)| from.is_empty() || from.starts_with(" ("))
                .map(|(_, message)| message)
            else {
                return false;
            };
            facts.reason("last message", message);
            out.cut();
            true
        }
        [b'R', b'e', b'q', ..] => {
            let request = line
                .strip_prefix("Request: ")
                .filter(|request| is_request(request));
            if let Some(request) = request {
                facts.reason("request", request);
            }
            request.is_some()
        }
        [b'S', b'e', b'r', b'v', ..] => {
            let server = line.starts_with("Server: ") && line.ends_with(" (http)")
                || line.starts_with("Server: ") && line.ends_with(" (https)");
            if server {
                out.stack.unrecognized.push(line);
            }
            server
        }
        [b'C', b'o', b'n', b'n', ..] => {
            // Kestrel, whose logger's name stood on the line above.
            let known = line.starts_with("Connection id \"")
                && text::has(line, ": An unhandled exception was thrown");
            if known {
                facts.reason("", line);
                out.cut();
            }
            known
        }
        [b't', b'h', b'r', b'o', b'w', ..] => {
            // Node's own code around an error that nothing listened for.
            let known = line.starts_with("throw er; // Unhandled ");
            if known {
                facts.reason("", line[13..].trim());
            }
            known
        }
        _ => endpoint(out, line),
    }
}

/// Elixir: `08:10:11.123 [error] #PID<0.39.0> running Orbit.Endpoint (connection #PID<0.38.0>, stream id 1) terminated`.
fn endpoint<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if !line.ends_with(" terminated") || !text::has(line, "> running ") {
        return false;
    }
    let Some(at) = text::find(line, "#PID<") else {
        return false;
    };
    let known = out.is_fresh() && (at == 0 || log_prefix::read(line).is_some() || at < 40);
    if known {
        out.stack.facts.reason("", &line[at..]);
    }
    known
}

/// What Python's own server says, and whom it served.
const SERVED: &str = "Exception occurred during processing of request from ";

/// asyncio: `Task exception was never retrieved`, and the task on the line below.
pub(super) fn task<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if text::has(line, "was never retrieved") {
        let said = log_prefix::read(line).map_or(line, |prefix| prefix.said.trim());
        if said.ends_with(" was never retrieved") {
            out.stack.facts.reason("", said);
            return true;
        }
    }
    // A pool's worker that was lost: `Process 'ForkPoolWorker-2' pid:31 exited with 'signal 11 (SIGSEGV)'`.
    if text::has(line, " exited with '")
        && let Some(at) = text::find(line, "Process '")
        && text::has(&line[at..], " pid:")
    {
        out.stack.facts.reason("", &line[at..]);
        return true;
    }
    // Python's own server, and Tornado.
    if line.starts_with(SERVED) {
        let reasons = &out.stack.facts.reasons;
        if !reasons.iter().any(|known| known.text.starts_with(SERVED)) {
            out.stack.facts.reason("", line);
        }
        return true;
    }
    if line.ends_with("Exception in ASGI application") {
        out.stack
            .facts
            .reason("", line.rsplit(": ").next().unwrap_or(line).trim_start());
        return true;
    }
    if let Some(request) = text::after(line, "Uncaught exception ", b"").filter(|it| is_request(it))
    {
        out.stack.facts.reason("request", request);
        return true;
    }
    let Some(task) = line
        .strip_prefix("future: <")
        .or_else(|| line.strip_prefix("task: <"))
    else {
        return false;
    };
    let name = text::after(task, "name='", b"'");
    let call = text::after(task, "coro=<", b" ");
    if let Some(name) = name {
        out.stack.facts.reason("task", name);
    }
    if let Some(call) = call {
        out.stack.facts.reason("coroutine", call);
    }
    name.is_some() || call.is_some()
}

/// `GET /dock/7 HTTP/1.1`, without its version or with it.
pub(super) fn is_request(line: &str) -> bool {
    const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
    let (method, path) = text::word(line);
    METHODS.contains(&method) && path.starts_with('/')
}

/// A header of a request: `User-Agent: orbit/1.1`.
pub(super) fn is_header(line: &str) -> bool {
    let Some((name, _)) = line.split_once(": ") else {
        return false;
    };
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !name.ends_with("Error")
}
