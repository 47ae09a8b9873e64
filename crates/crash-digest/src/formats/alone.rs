//! What stands alone on a line of the head: a thread's name, the address of a fault.

use crate::grammar;
use crate::model::{Builder, Exception, RelatedKind};
use crate::text;

/// The thread's name alone on the first line: `main`, `main (waiting)`.
pub(super) fn thread<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // A frame is none.
    if line.starts_with("at ") {
        return false;
    }
    if matches!(line, "main" | "UnityMain" | "GameThread" | "RenderThread") || is_counted(line) {
        out.stack.facts.thread = Some(line);
        return true;
    }
    // A queue of the system's above the frames of an exception.
    if line.starts_with("com.apple.") && (line.ends_with("-thread") || line.ends_with("-qos")) {
        out.stack.facts.thread = Some(line);
        return true;
    }
    let fits = |name: &str, id: &str| out.is_empty() || name == "main" || is_twice(name, id);
    if let Some((name, id)) = named_id(line).filter(|(name, id)| fits(name, id)) {
        (out.stack.facts.thread, out.stack.facts.thread_id) = (Some(name), Some(id));
        return true;
    }
    let Some(header) = crate::cut::named_state(line) else {
        return false;
    };
    out.thread(&header);
    true
}

/// What a program's own report calls its thread above what was thrown: `thread: main`, `Crashed thread: Render Thread`. Behind
/// frames, where others follow, they are another thread's.
pub(super) fn labelled_thread<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    const LABELS: [&str; 7] = [
        "thread",
        "thread name",
        "thread_name",
        "threadname",
        "crash thread",
        "crashed thread",
        "current thread",
    ];
    let may = matches!(line.as_bytes().first(), Some(b't' | b'T' | b'c' | b'C'));
    let behind = out.has_frames();
    let told = !behind && out.stack.facts.thread.is_some();
    let Some((label, name)) = line.split_once([':', '=']).filter(|_| may) else {
        return false;
    };
    let label = label.trim_end();
    if !LABELS.iter().any(|known| known.eq_ignore_ascii_case(label)) || told {
        return false;
    }
    let name = text::unquoted(name.trim());
    // Without a blank, or as threads are called: a forum's title may have the same label.
    let plain = |c: char| c.is_alphanumeric() || " -_#@./:()[]".contains(c);
    let called = !name.contains(' ')
        || name.ends_with(|c: char| c.is_ascii_digit())
        || text::has_in_any_case(name, "thread");
    // Below what was thrown it may be more of its message.
    let sure = || name == "main" || text::has_in_any_case(name, "thread");
    let apart = behind || !out.stack.exception().is_some_and(named) || sure();
    let fits = apart
        && name.len() <= 60
        && name.chars().all(plain)
        && name.contains(|c: char| c.is_alphabetic())
        && name.split(' ').count() <= 4
        && called;
    if fits && behind {
        let followed = text::place(out.text, line)
            .and_then(|at| text::lines(&out.text[at + line.len()..]).nth(1))
            .is_some_and(|next| grammar::read(text::trim(next)).is_some());
        if followed {
            out.related(RelatedKind::Thread, line, Some(name));
        }
        return followed;
    }
    if fits {
        out.stack.facts.thread = Some(name);
    }
    fits
}

fn named(exception: &Exception<'_>) -> bool {
    exception.name.is_some()
}

/// The names that Java and Android give to threads without one: `Thread-31`, `pool-2-thread-1`, `AsyncTask #3`, `GLThread 613`.
fn is_counted(line: &str) -> bool {
    let number = |rest: &str| {
        !rest.is_empty() && rest.len() <= 7 && rest.bytes().all(|byte| byte.is_ascii_digit())
    };
    let pool = |rest: &str| {
        rest.split_once("-thread-")
            .is_some_and(|(pool, thread)| number(pool) && number(thread))
    };
    match line.as_bytes().first() {
        Some(b'T') => line.strip_prefix("Thread-").is_some_and(number),
        Some(b'p') => line.strip_prefix("pool-").is_some_and(pool),
        Some(b'A') => line.strip_prefix("AsyncTask #").is_some_and(number),
        Some(b'G') => line.strip_prefix("GLThread ").is_some_and(number),
        _ => false,
    }
}

/// `main(1)`, `# RenderThread(219)`, `network_thread - 26608(26608)`: the console's name of a thread.
fn named_id(line: &str) -> Option<(&str, &str)> {
    let marked = line.strip_prefix("# ");
    let (name, id) = text::last_group(marked.unwrap_or(line), b'(', b')')?;
    let name = name.trim();
    let number = is_id(id);
    let plain = !name.is_empty()
        && name.len() <= 60
        && !name.contains(['.', ':', '(', '=', '/', '!', '"'])
        && (name.split(' ').count() <= if marked.is_some() { 3 } else { 1 }
            || text::has(name, " - "));
    (number && plain).then_some((name, id))
}

/// Whether the name has the number behind a dash as well, as no words of a person do: `network_thread - 26608(26608)`.
fn is_twice(name: &str, id: &str) -> bool {
    let front = name.strip_suffix(id);
    front.is_some_and(|front| front.trim_end().ends_with('-'))
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 7 && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// The console's thread and signal at the end of a person's title: `Crash on phones # Render(108) SIGSEGV(SEGV_MAPERR)`.
pub(super) fn thread_and_signal<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((front, signal)) = line.rsplit_once(' ') else {
        return false;
    };
    if !signal.starts_with("SIG") {
        return false;
    }
    let (name, code) = match signal.split_once('(') {
        Some((name, code)) => (name, code.strip_suffix(')')),
        None => (signal, None),
    };
    let is_signal = name.len() > 5 && name.bytes().all(|byte| byte.is_ascii_uppercase());
    let thread = text::rsplit_once(front, "# ").map_or(front, |(_, thread)| thread);
    let Some((thread, id)) = named_id(thread).filter(|_| is_signal) else {
        return false;
    };
    let facts = &mut out.stack.facts;
    (facts.thread, facts.thread_id) = (Some(thread), Some(id));
    (facts.signal, facts.code) = (Some(name), code.or(facts.code));
    out.stack.unrecognized.push(line);
    out.cut();
    true
}

/// Reports in three parts put the fault address on a line of its own, between the signal and the frames.
pub(super) fn fault_address<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(section) = out.stack.sections.last() else {
        return false;
    };
    let name = section.exception.name.unwrap_or(section.exception.message);
    let signal =
        name.starts_with("SIG") || text::has(name, "EXC_") || text::has(name, "EXCEPTION_");
    if !(signal && line.starts_with("0x") && text::hex(line).is_some()) {
        return false;
    }
    let facts = &mut out.stack.facts;
    facts.fault_address = Some(line);
    let (name, code) = match name.split_once('(') {
        Some((name, code)) => (name.trim_end(), Some(code.trim_end_matches(')'))),
        None => (name, None),
    };
    facts.signal = facts.signal.or(Some(name));
    facts.code = facts.code.or(code);
    true
}
