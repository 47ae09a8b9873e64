//! What keeps a server's program running says of its end, behind what the program said itself: forever, PM2, supervisord.

use super::exits::ends_with_code;
use crate::log_prefix;
use crate::model::{Builder, signal_in};
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // Of a program that said nothing itself the line is all that is told.
    let ended = || {
        let told = ends_with_code(line) && (out.has_frames() || !out.is_empty() && out.has_said());
        told.then(|| behind_prefix(line))
    };
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
