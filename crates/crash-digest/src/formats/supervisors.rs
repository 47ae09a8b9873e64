//! What keeps a server's program running says of its end, behind what the program said itself: forever, PM2, supervisord, `make`,
//! and whoever says in a sentence by which signal it ended.

use super::exits::ends_with_code;
use super::handlers::signal_called;
use crate::code_tables::signal_name;
use crate::log_prefix;
use crate::model::{Builder, signal_in};
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // No sentence is so long.
    if line.len() > 4096 {
        return false;
    }
    // Of a program that said nothing itself the line is all that is told.
    let ended = || {
        let told = (ends_with_code(line) || line == "BUILD FAILED")
            && (out.has_frames() || !out.is_empty() && out.has_said());
        told.then(|| behind_prefix(line))
    };
    if !out.has_frames()
        && let Some(signal) = by_signal(line)
    {
        return ended_by(out, line, signal);
    }
    let Some(said) = said(line) else {
        let ended = ended();
        if let Some(said) = ended {
            out.stack.facts.reason("ended", said);
            out.cut();
        }
        return ended.is_some();
    };
    let named = out
        .stack
        .sections
        .iter()
        .any(|section| section.exception.name.is_some());
    let facts = &mut out.stack.facts;
    // What the program said itself names it.
    if !named && out.stack.frames.is_empty() {
        facts.signal = facts.signal.or(signal_in(said));
    }
    facts.reason("", said);
    out.cut();
    true
}

/// The signal is what happened where nothing that was said before has a name; of the first process that ended so.
fn ended_by<'a>(out: &mut Builder<'a>, line: &'a str, signal: &'static str) -> bool {
    let mut sections = out.stack.sections.iter();
    let named = sections.any(|section| section.exception.name.is_some());
    let facts = &mut out.stack.facts;
    if !named {
        facts.signal = facts.signal.or(Some(signal));
    }
    // The kernel of BSD: `pid 4711 (orbit), jid 0, uid 1001: exited on signal 11 (core dumped)`.
    if let Some(rest) = line.strip_prefix("pid ").and_then(text::digits)
        && let Some((name, _)) = rest
            .1
            .strip_prefix(" (")
            .and_then(|rest| rest.split_once(')'))
    {
        facts.process = facts.process.or(Some(name));
    }
    facts.reason("", line);
    out.cut();
    true
}

/// `worker process 4711 exited on signal 11`, `child crashed with signal 6`, `orbit main process (4711) killed by SEGV signal`,
/// `Service exited due to SIGSEGV`, `make: *** [Makefile:31: run] Segmentation fault (core dumped)`.
fn by_signal(line: &str) -> Option<&'static str> {
    const LONGEST: usize = 300;
    if line.len() > LONGEST {
        return None;
    }
    if line.starts_with("make") || line.starts_with("gmake") {
        let (_, said) =
            text::split_once(line, ": *** [").and_then(|(_, rest)| rest.split_once("] "))?;
        return signal_called(said.strip_suffix(" (core dumped)").unwrap_or(said));
    }
    if let Some((front, rest)) = text::split_once(line, " signal ")
        && ends_so(front)
    {
        let number =
            text::digits(rest).filter(|(_, rest)| !rest.starts_with(char::is_alphanumeric));
        return match number {
            Some((number, _)) => signal_name(number.parse().ok()?),
            None => named(rest),
        };
    }
    if let Some((front, _)) = text::split_once(line, " signal")
        && let Some((front, name)) = front.rsplit_once(' ')
        && ends_so(front)
    {
        return SIGNALS.iter().find(|signal| signal[3..] == *name).copied();
    }
    let (front, rest) = text::split_once(line, " SIG")?;
    named(&line[line.len() - rest.len() - 3..]).filter(|_| ends_so(front))
}

const SIGNALS: [&str; 8] = [
    "SIGABRT", "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP", "SIGKILL", "SIGSYS",
];

/// The signal that words begin with.
fn named(words: &str) -> Option<&'static str> {
    let end = words.find(|c: char| !c.is_ascii_alphanumeric());
    let name = &words[..end.unwrap_or(words.len())];
    SIGNALS.iter().find(|signal| **signal == name).copied()
}

/// Whether words say of a program that it ended, and the cause follows: `… process 4711 exited on`.
fn ends_so(front: &str) -> bool {
    const ENDED: [&str; 6] = ["exited", "killed", "terminated", "died", "crashed", "ended"];
    const CAUSES: [&str; 6] = [" on", " by", " with", " due to", " from", " because of"];
    let front = front.trim_end();
    CAUSES.iter().any(|cause| {
        let said = front.strip_suffix(cause).map(str::trim_end);
        said.is_some_and(|said| ENDED.iter().any(|ended| said.ends_with(ended)))
    })
}

/// forever: `error: Forever detected script exited with code: 1`, `error: Script restart attempt #7`; PM2: `App [orbit:0] exited
/// with code [0] via signal [SIGKILL]`; supervisord: `INFO exited: orbit (terminated by SIGSEGV (core dumped); not expected)`.
fn said(line: &str) -> Option<&str> {
    let behind = |mark: &str| text::find(line, mark).map(|at| &line[at..]);
    if let Some(said) = line.strip_prefix("error: ") {
        let known = ["Forever detected script ", "Script restart attempt #"];
        return known
            .iter()
            .any(|start| said.starts_with(start))
            .then_some(said);
    }
    if text::has(line, "] exited with code [") {
        return behind("App [").or_else(|| behind("App name:"));
    }
    let exited = behind(" exited: ").map(str::trim_start)?;
    let known = exited.ends_with("; not expected)") && text::has(exited, " (");
    known.then_some(exited)
}

/// What a log's line says behind its prefix.
fn behind_prefix(line: &str) -> &str {
    log_prefix::read(line)
        .map(|prefix| prefix.said.trim_start())
        .filter(|said| !said.is_empty())
        .unwrap_or(line)
}
