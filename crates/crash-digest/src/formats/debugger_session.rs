//! What gdb, lldb and KDE's reporter tell of a session: the program, its process, the thread that is looked at.

use super::handlers;
use crate::frame::Language;
use crate::grammar;
use crate::model::{Builder, RelatedKind};
use crate::text;

/// What gdb and those around it write in front of what is typed.
const PROMPTS: [&str; 6] = [
    "(gdb) ",
    "(rr) ",
    "(lldb) ",
    "pwndbg> ",
    "gdb-peda$ ",
    "gef➤  ",
];

/// A line behind its prompt, and whether somebody typed it: `info threads`, `thread apply all bt`.
pub(super) fn typed(line: &str) -> (&str, bool) {
    let prompted = line.starts_with(['(', 'p', 'g']);
    let behind = |prompt| line.strip_prefix(prompt).filter(|_| prompted);
    match PROMPTS.into_iter().find_map(behind) {
        Some(said) => (said, said.starts_with(|c: char| c.is_ascii_lowercase())),
        None => (line, false),
    }
}

/// The system's id of a thread: `LWP 2668`.
fn lwp(line: &str) -> Option<&str> {
    let from = text::find(line, "(LWP ")? + 1;
    line[from..].split(')').next()
}

/// The same on Windows, behind the process: `4711.0x1f2c]`.
fn of_windows(line: &str) -> Option<&str> {
    let (_, id) = text::split_once(line, ".0x")?;
    let end = id.find(|c: char| !c.is_ascii_hexdigit())?;
    (end > 0 && id[end..].starts_with([']', ')'])).then_some(&id[..end])
}

/// The thread that somebody asked for, by gdb's number and the system's:
/// `[Switching to thread 2 (Thread 0x7ffff79ac700 (LWP 115332))]`.
pub(super) fn asked_for(line: &str) -> Option<(&str, Option<&str>)> {
    let (id, rest) = text::digits(line.strip_prefix("[Switching to thread ")?)?;
    Some((id, lwp(rest).or_else(|| of_windows(rest))))
}

/// What gdb tells of its session: the program, the thread that it looks at.
pub(super) fn session<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let facts = &mut out.stack.facts;
    if let Some(program) = line.strip_prefix("Starting program: ") {
        // A path of Windows may hold blanks.
        let end = text::find(program, ".exe").map(|at| at + ".exe".len());
        let path = end.map_or_else(|| text::word(program).0, |end| &program[..end]);
        facts.program = Some(path).filter(|path| !path.is_empty()).or(facts.program);
        return true;
    }
    // lldb: `Process 9465 launched: '/home/mf/orbit/orbit' (x86_64)`, `Target 0: (orbit) stopped.`
    if line.starts_with("Process ")
        && let Some((_, rest)) = text::split_once(line, " launched: '")
    {
        facts.program = rest.split('\'').next().or(facts.program);
        return true;
    }
    // KDE's reporter: `Application: Harbor (harbor), signal: Segmentation fault`.
    if let Some((program, signal)) = line
        .strip_prefix("Application: ")
        .and_then(|rest| text::split_once(rest, "), signal: "))
    {
        let process = program.rsplit_once('(').map(|(_, process)| process);
        facts.process = process.or(facts.process);
        facts.signal = handlers::signal_called(signal.trim()).or(facts.signal);
        return true;
    }
    if let Some(said) = line.strip_prefix("Content of s_kcrashErrorMessage: ") {
        // `std::unique_ptr<char []> = {get() = 0x55d0 "no dock"}`, mostly without a text.
        if let Some(message) = text::after(said, " \"", b"\"") {
            facts.reason("", message);
        }
        return true;
    }
    let number = line.strip_prefix("Process ").and_then(text::digits);
    if number.is_some_and(|(_, rest)| rest == " stopped") {
        out.cut();
        return true;
    }
    if let Some(target) = line.strip_prefix("Target 0: (") {
        facts.process = target.split(')').next().or(facts.process);
        return true;
    }
    if let Some(rest) = line.strip_prefix("[Current thread is ") {
        let (id, lwp) = (text::digits(rest), lwp(rest));
        // Somebody may have asked for it behind the backtrace.
        let same = facts.thread_system_id.is_none() || facts.thread_system_id == lwp;
        if let (Some((id, _)), None, true) = (id, facts.thread_id, same) {
            (facts.thread_id, facts.thread_system_id) = (Some(id), lwp);
        }
        return true;
    }
    if let Some(rest) = line.strip_prefix("[Switching to Thread ") {
        if !out.has_frames() {
            let facts = &mut out.stack.facts;
            facts.thread_system_id = lwp(rest)
                .or_else(|| of_windows(rest))
                .or(facts.thread_system_id);
        }
        return true;
    }
    if let Some((id, system)) = asked_for(line) {
        if !out.has_frames() {
            let facts = &mut out.stack.facts;
            (facts.thread, facts.thread_id) = (None, Some(id));
            facts.thread_system_id = system;
        }
        return true;
    }
    false
}

/// What a runtime printed above the debugger's words: the frames of the exception that it named.
pub(super) fn managed<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let frame = line
        .starts_with("at ")
        .then(|| grammar::read(line))
        .flatten();
    let frame = frame.filter(|frame| matches!(frame.language, Language::CSharp | Language::Java));
    let name = out
        .stack
        .sections
        .first()
        .and_then(|section| section.exception.name);
    let (Some(frame), Some(name)) = (frame, name) else {
        return false;
    };
    if !out.is_beside() {
        out.related(RelatedKind::Managed, name, None);
    }
    out.frame(frame);
    true
}
