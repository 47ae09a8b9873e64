//! What lines around Python's tracebacks say: what was raised, for which request, or that they are a log's.

use super::exits::{Below, below};
use super::reader::Line;
use crate::frame::Frame;
use crate::model::{Builder, Exception, read_exception};
use crate::text;

/// A line without what stands in front of it, and its indent: the rule of a group; Loguru's mark of the place where it was
/// caught.
pub(super) fn unmarked(line: Line<'_>) -> (&str, usize) {
    let (line, indent) = match line.text.strip_prefix('|') {
        Some(inner) => {
            let line = inner.trim_start();
            (line, inner.len().saturating_sub(line.len() + 1))
        }
        None => (line.text, line.indent),
    };
    match line.strip_prefix("> ") {
        Some(rest) if rest.starts_with("File \"") => (rest, indent),
        _ => (line, indent),
    }
}

/// What was raised.
pub(super) fn raised(line: &str) -> Exception<'_> {
    let exception = read_exception(line);
    if exception.name.is_some() {
        return exception;
    }
    // Python's types need no ending: `KeyError: 'x'`, `app.Stop`.
    let (name, message) = text::split_once(line, ": ").unwrap_or((line, ""));
    if name.contains(' ') {
        exception
    } else {
        Exception {
            name: Some(name),
            message,
        }
    }
}

/// What Django's page says that it failed in: `OperationalError at /api/dock` names the exception.
pub(super) fn requested(line: &str) -> Option<&str> {
    let (name, path) = text::split_once(line, " at ")?;
    let thrown = ["Error", "Exception", "DoesNotExist", "Warning"];
    let fits = path.starts_with('/')
        && !path.contains(' ')
        && !name.contains(' ')
        && thrown.iter().any(|end| name.ends_with(end));
    fits.then_some(name)
}

/// An exception as Python would make it again, at the end of a log's line: `… raised exception: KeyError('dock',)`.
pub(super) fn called(line: &str) -> Option<Exception<'_>> {
    // asyncio: `future: <Task finished … exception=ConnectionResetError('closing')>`.
    let (_, called) = match text::rsplit_once(line, " exception=") {
        Some((front, called)) => (front, called.trim_end_matches('>')),
        None => text::rsplit_once(line, ": ")?,
    };
    let (name, message) = text::last_group(called, b'(', b')')?;
    let thrown = name.ends_with("Error") || name.ends_with("Exception");
    let fits = thrown
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte));
    fits.then(|| Exception {
        name: Some(name),
        message: unquoted(message.trim_end_matches(',')),
    })
}

/// What Amazon's functions say above a traceback that does not: `[ERROR] KeyError: 'bay'`.
pub(super) fn said_before(line: &str) -> Option<Exception<'_>> {
    let exception = read_exception(line.strip_prefix("[ERROR] ").unwrap_or(line));
    let thrown = |name: &str| name.ends_with("Error") || name.ends_with("Exception");
    exception.name.is_some_and(thrown).then_some(exception)
}

/// A string without its quotes.
fn unquoted(text: &str) -> &str {
    ['\'', '"']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(text)
}

/// What servers say in front of a traceback: Django's `Internal Server Error: /dock/7`, Gunicorn's `WORKER TIMEOUT (pid:31)`.
pub(super) fn served<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    const REQUEST: &str = "Internal Server Error: ";
    if let Some(at) = text::find(line, REQUEST) {
        let path = &line[at + REQUEST.len()..];
        let known = path.starts_with('/') && !path.contains(' ');
        if known {
            // Of several only the last was of this traceback.
            let reasons = &mut out.stack.facts.reasons;
            reasons.retain(|reason| reason.label != "request");
            out.stack.facts.reason("request", path);
        }
        return known;
    }
    let timeout = text::find(line, "WORKER TIMEOUT (pid:");
    if let Some(at) = timeout {
        out.stack.facts.reason("", &line[at..]);
    }
    timeout.is_some()
}

/// How many frames Sentry's short form has left out: `(12 additional frame(s) were not displayed)`.
pub(super) fn left_out<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = line.ends_with(" additional frame(s) were not displayed)");
    if known {
        let count = line.trim_matches(['(', ')']);
        out.stack.facts.reason("left out", count);
    }
    known
}

/// Takes a line of whoever ran the program, which no message goes on with either.
pub(super) fn ends<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match below(line) {
        Some(Below::Ended) => out.stack.facts.reason("ended", line),
        Some(Below::Nothing) => out.stack.unrecognized.push(line),
        None => return false,
    }
    true
}

/// Whether a line is a log's, which no message goes on with: it begins with a time or a level.
pub(super) fn is_log(line: &str) -> bool {
    let rest = line.strip_prefix('[').unwrap_or(line);
    let digits = |text: &str| text.len() >= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (first, _) = rest.split_once(['-', '/', ':']).unwrap_or_default();
    let time = digits(first) && rest.bytes().take(24).filter(|byte| *byte == b':').count() >= 2;
    let (word, behind) = rest.split_once([' ', ':', ']']).unwrap_or_default();
    let level = matches!(
        word,
        "INFO" | "WARNING" | "WARN" | "ERROR" | "DEBUG" | "CRITICAL"
    );
    time || level && !behind.is_empty()
        || is_access(line)
        || is_of_flask(line)
        || text::has(line, "Failed to execute script ")
        || line.starts_with("Ignoring exception in ")
        // What runs Python's programs on Android.
        || line.starts_with("Python for android ended")
}

/// A row of a web server's log of requests: `10.0.0.7 - - [27/Jan/2020 08:31:49] "POST /dock HTTP/1.1" 200 -`.
fn is_access(line: &str) -> bool {
    let Some((front, rest)) = text::split_once(line, " [") else {
        return false;
    };
    let (day, rest) = rest.split_once('/').unwrap_or_default();
    let (month, rest) = rest.split_once('/').unwrap_or_default();
    let (year, _) = rest.split_once([':', ' ']).unwrap_or_default();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    front.split(' ').count() <= 4
        && front.contains(['.', ':', '-'])
        && (day.len(), month.len(), year.len()) == (2, 3, 4)
        && digits(day)
        && digits(year)
}

/// What the server that Flask brings says of itself, again behind each error that ended it: `* Restarting with stat`.
fn is_of_flask(line: &str) -> bool {
    const SAID: [&str; 9] = [
        "Restarting with ",
        "Debugger ",
        "Serving Flask app",
        "Environment: ",
        "Debug mode: ",
        "Running on ",
        "Detected change in ",
        "Tip: ",
        "Press CTRL",
    ];
    line.strip_prefix("* ")
        .is_some_and(|said| SAID.iter().any(|start| said.starts_with(start)))
}

/// Name and message as they stand in the text, on one line.
pub(super) fn title<'a>(out: &Builder<'a>, exception: Exception<'a>) -> &'a str {
    let title = match exception.name {
        Some(name) if !exception.message.is_empty() => out.span(name, exception.message),
        Some(name) => name,
        None => exception.message,
    };
    title.lines().next().unwrap_or_default()
}

/// `Exception in thread Thread-1 (land):`.
pub(super) fn in_thread(line: &str) -> Option<&str> {
    // Python 2's own module: `Unhandled exception in thread started by <bound method … of <Reloader(Thread-1, stopped …)>>`.
    if let Some(started) = line.strip_prefix("Unhandled exception in thread started by ") {
        let (_, inner) = started.rsplit_once('(')?;
        return inner.split([',', ')']).next();
    }
    // Threads that print at once begin in each other's lines: `Exception in thread Exception in thread Thread-12:`, `Thread-8:`.
    let thread = line.strip_suffix(':')?;
    let named = text::rsplit_once(thread, "Exception in thread ").map(|(_, thread)| thread);
    named.filter(|_| line.starts_with('E')).or_else(|| {
        let number = thread.strip_prefix("Thread-")?;
        number
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(thread)
    })
}

/// Whether a frame is of Python's own code.
pub(super) fn is_script(frame: &Frame<'_>) -> bool {
    frame.file.is_none_or(|file| {
        [".py", ".rpy", ".pyx", ".pyc", ".rpyc", ".rpym", ".pyo", ">"]
            .iter()
            .any(|end| file.ends_with(end))
            || !text::base_name(file).contains('.')
    })
}

/// Whether a line without an indent is a program's own, and no exception's name.
pub(super) fn is_code(line: &str) -> bool {
    let named = text::split_once(line, ": ").map_or(line, |(name, _)| name);
    named.contains([' ', '(', '"', '=']) || !crate::model::names_exception(line)
}
