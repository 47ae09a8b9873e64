//! Marks that forms, mails and terminals put around lines: quotation, columns, fences.

use memchr::memmem;

use super::{backward, markdown_quote, quoted_beside};
use crate::text;
use crate::{cut, grammar};

/// A line without its mark of quotation: `> `, `| `, `moon_1  | `.
pub(super) fn strip(line: &str) -> Option<&str> {
    let start = line.trim_start();
    // Lists of tasks: `- [ ] > #00 pc …`.
    let start = ["- [ ] ", "- [x] "]
        .iter()
        .find_map(|mark| start.strip_prefix(mark))
        .unwrap_or(start);
    // An editor's list of what it found: `行 116628: 09-03 19:36:43.698 …`, `Line 31: at com.acme`.
    if let Some((number, rest)) = ["行 ", "Line ", "line "]
        .iter()
        .find_map(|mark| text::digits(start.strip_prefix(mark)?))
        && number.len() >= 2
        && let Some(rest) = rest.strip_prefix(':')
    {
        return Some(rest.strip_prefix(' ').unwrap_or(rest));
    }
    if is_resource(start) {
        return None;
    }
    if let Some(rest) = start.strip_prefix('>') {
        let mut rest = rest.strip_prefix(' ').unwrap_or(rest);
        // A quotation of a quotation.
        while let Some(inner) = rest.strip_prefix("> ")
            && !is_resource(rest)
        {
            rest = inner;
        }
        return Some(rest);
    }
    if let Some(rest) = start.strip_prefix('|') {
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        return Some(rest.strip_suffix('|').unwrap_or(rest));
    }
    // Valgrind: `==2041==    at 0x403C12: f (a.c:1)`.
    if let Some((pid, rest)) = start.strip_prefix("==").and_then(text::digits)
        && pid.len() >= 2
        && let Some(rest) = rest.strip_prefix("==")
        && (rest.is_empty() || rest.starts_with([' ', '\t']))
    {
        return Some(rest.strip_prefix(' ').unwrap_or(rest));
    }
    // Containers: `moon-server-1  | panic: x`; listings: ` 12 | at com.acme`.
    let (name, rest) = text::split_once(start, " | ").or_else(|| {
        let name = start.trim_end().strip_suffix(" |")?;
        Some((name, ""))
    })?;
    let name = name.trim_end();
    // A swarm's: `orbit_api.1.x7k2m9@moon-3    | panic: x`.
    let name = match name.split_once('@') {
        Some((task, node)) if name.len() <= 90 && task.matches('.').count() == 2 => node,
        _ => name,
    };
    let plain = name.len() <= 30
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    let address = name.starts_with("0x");
    (plain && !address).then_some(rest)
}

/// Whether Valgrind put the process in front: `==2041==    at 0x403C12: f (a.c:1)`.
pub(super) fn is_valgrind(line: &str) -> bool {
    let process = line.trim_start().strip_prefix("==").and_then(text::digits);
    process.is_some_and(|(_, rest)| rest.starts_with("== "))
}

/// A numbered frame without the count of lines in front: `12 #11 pc 002bcb45 …`.
pub(super) fn without_count(line: &str) -> Option<&str> {
    let (_, rest) = text::digits(line.trim_start())?;
    let rest = rest.strip_prefix([' ', '\t'])?.trim_start();
    let frame = rest
        .strip_prefix('#')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    frame.then_some(rest)
}

/// The one quotation of a bug form, `> …` on lines that follow one another, where it tells of a crash and nothing else does; with
/// the debugger's line above it that says why the program stopped.
pub(super) fn quoted(text: &str) -> Option<String> {
    memmem::find(text.as_bytes(), b"\n> ")?;
    let (mut out, mut titles) = (String::new(), String::new());
    let (mut inside, mut tells, mut words) = (false, false, false);
    for line in text::lines(text) {
        let trimmed = text::trim(line);
        if is_resource(trimmed) {
            return None;
        }
        if let Some(rest) = trimmed.strip_prefix("> ") {
            if !inside && tells {
                return None;
            }
            // One before that told nothing: what was typed, what somebody said.
            if !inside {
                out.clear();
            }
            inside = true;
            tells = tells || is_row(rest) || crate::model::tells_of_crash(rest);
            out.push_str(rest);
            out.push('\n');
        } else if is_tight(trimmed) {
            // A quotation without blanks, which is told of the whole text.
            return None;
        } else if trimmed == ">" && inside {
            out.push('\n');
        } else {
            // The quotation goes on without its mark.
            let last = || out.lines().next_back().unwrap_or_default();
            if inside && markdown_quote::is_lazy(last(), trimmed) {
                return None;
            }
            inside = false;
            words |= !trimmed.is_empty();
            if !tells && is_stop(trimmed) {
                out.clear();
                titles.clear();
                titles.extend([trimmed, "\n"]);
                continue;
            }
            let named = crate::model::read_exception(trimmed).name;
            if named.is_some() || is_event(trimmed) || crate::grammar::read(trimmed).is_some() {
                return None;
            }
        }
    }
    (tells && words).then_some(titles + &out)
}

/// Whether words follow a mark of quotation at once: `>Exception Type: EXC_CRASH`.
fn is_tight(line: &str) -> bool {
    matches!(line.as_bytes(), [b'>', next, ..] if !b" \t>".contains(next))
}

/// Whether a line is a frame, perhaps of a printer that other steps read.
fn is_row(line: &str) -> bool {
    grammar::read(line).is_some() || backward::is_row(line)
}

/// gdb's line that says why the program stopped: `Thread 1 "orbit" received signal SIGSEGV, Segmentation fault.`
fn is_stop(line: &str) -> bool {
    ["Program ", "Thread "]
        .iter()
        .any(|start| line.starts_with(start))
        && [" received signal SIG", " terminated with signal SIG"]
            .iter()
            .any(|said| text::has(line, said))
}

/// `FiveM`'s rows: `> handler (@orbit/server/main.lua:80)`.
fn is_resource(line: &str) -> bool {
    line.starts_with("> ")
        && !line.starts_with("> >")
        && (text::has(line, " (@")
            || text::has(line, " (node:") && !line[2..].trim_start().starts_with("at "))
        && grammar::read(line).is_some()
}

/// What begins a part that is written as it is.
pub(super) const FENCES: [&str; 3] = ["```", "~~~", "<pre"];

/// The fenced parts of a bug form, where they hold a stack; `None` where the text has none.
pub(super) fn fenced(text: &str) -> Option<String> {
    FENCES.iter().find(|mark| text::holds(text, mark))?;
    // One such row is a rule.
    let is_tildes = |line: &&str| line.trim_start().starts_with("~~~");
    let tildes = text::holds(text, "~~~") && text::lines(text).filter(is_tildes).nth(1).is_some();
    let mut out = String::new();
    let mut titles = String::new();
    let (mut inside, mut tells, mut words) = (false, false, false);
    let (mut above, mut heading) = ("", None);
    // Frames that stand in the fences, and in quotations beside them.
    let (mut framed, mut beside) = (false, 0);
    // The quotation that was opened last; those of code and of what was typed, which count where nothing else tells.
    let (mut block, mut code, mut told, mut code_tells) = (0, String::new(), false, false);
    for line in text::lines(text) {
        let (mut line, mut trimmed, mut closes) = (line, text::trim(line), false);
        if let Some(rest) = trimmed
            .strip_prefix("```")
            .or_else(|| trimmed.strip_prefix("~~~").filter(|_| tildes))
            && !rest.trim_matches('`').contains('`')
        {
            inside = !inside;
            if inside {
                // What another quotation holds is no more of this one's words.
                if !out.is_empty() {
                    out.push('\n');
                }
                (block, told) = (out.len(), tells);
            } else if quoted_beside::is_one(&out[block..], tells != told) {
                code.push_str(&out[block..]);
                out.truncate(block);
                code_tells |= tells;
                tells = told;
            }
            // A word behind the mark is a language; more is the first line of the text itself.
            if !inside || !rest.contains([' ', '!', '(']) {
                continue;
            }
            (line, trimmed) = (rest, rest);
        } else if !inside
            && let Some(rest) = preformatted(trimmed)
            && !rest.ends_with("</pre>")
        {
            inside = true;
            if rest.is_empty() {
                continue;
            }
            (line, trimmed) = (rest, rest);
        } else if inside && let Some(rest) = trimmed.strip_suffix("</pre>") {
            (line, trimmed, closes) = (rest, rest, true);
        } else if inside && let Some(rest) = trimmed.strip_suffix("```") {
            (line, trimmed, closes) = (rest, rest, true);
        }
        let frame = is_row(trimmed);
        if inside {
            // What was thrown may stand above rows that are quoted alone, between marks of code: "I get `dock.lua:31: …`".
            let rows = frame || trimmed == "stack traceback:";
            if out.is_empty() && rows && titles.is_empty() && is_reason(above) {
                let mut parts = above.split('`').skip(1).step_by(2);
                let reason = parts.find(|part| is_reason(part)).unwrap_or(above);
                titles.extend([reason, "\n"]);
            }
            // Threads may have a fence each.
            if let Some(heading) = heading.take() {
                out.extend([heading, "\n"]);
            }
            framed |= frame;
            tells = tells || frame || crate::model::tells_of_crash(trimmed);
            out.push_str(line);
            out.push('\n');
        } else if frame || is_event(trimmed) {
            return None;
        } else if let Some(title) = title(trimmed)
            .filter(|_| out.is_empty())
            .or_else(|| of_studio(trimmed).filter(|_| titles.is_empty()))
        {
            titles.extend([title, "\n"]);
        } else if let Some(thrown) = crate::model::quoted(trimmed).filter(|_| out.is_empty()) {
            titles.extend([thrown, "\n"]);
        }
        if !inside && !closes && !trimmed.is_empty() {
            heading = thread(trimmed);
            beside += usize::from(trimmed.strip_prefix("> ").is_some_and(is_row));
            above = trimmed;
            words = true;
        }
        inside &= !closes;
    }
    // The code of a program, and below it the stack as a quotation.
    if !framed && beside >= 2 {
        return None;
    }
    if !tells && !code.is_empty() {
        out = code + &out;
        tells = code_tells;
    }
    // The record below names the exception itself, with all that is known of it.
    if titles.starts_with("EXCEPTION_") && text::has(&out, titles.trim_end()) {
        titles.clear();
    }
    // The marks of a quotation without words around it are no part of the text.
    (tells || !words && !out.is_empty()).then(|| titles + &out)
}

/// The rest of a line that begins a preformatted part of HTML: `<pre>`, `<pre><code>Thread 0 (crashed)`.
pub(super) fn preformatted(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("<pre")?;
    let (_, rest) = rest.split_once('>')?;
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix("<code") {
        Some(code) => code.split_once('>').map_or(rest, |(_, rest)| rest),
        None => rest,
    };
    Some(rest)
}

/// Apple's report of a program that took too much, `Event:            cpu usage`, or the kernel's line of a fault,
/// `[  157.339044] orbit[7699]: segfault at 4 ip …`.
fn is_event(line: &str) -> bool {
    line.starts_with("Event:   ") || text::has(line, "]: segfault at ")
}

/// A reason with a type or a place, and no sentence of whoever filled the form in.
fn is_reason(line: &str) -> bool {
    !line.ends_with(':')
        && (crate::model::names_exception(line)
            || text::has(line, ".lua:") && crate::model::tells_of_crash(line))
}

/// Beginnings of a console's title above the fence: the signal and its address, why an app did not answer.
const TITLES: [&str; 10] = [
    "EXC_",
    "EXCEPTION_",
    "Exception Type: ",
    "Fatal signal ",
    "Fatal Exception: ",
    "Swift runtime failure: ",
    "Crashed: ",
    "ANR in ",
    "Input dispatching timed out",
    "Broadcast of Intent {",
];

/// Such a title, without marks of code around it, and without the end of a part that can be folded: `… 5505.4ms.)</summary>`.
fn title(line: &str) -> Option<&str> {
    let line = line.strip_prefix("<summary>").unwrap_or(line);
    let line = line.strip_suffix("</summary>").unwrap_or(line);
    let line = line.trim().trim_matches('`');
    let line = labelled_signal(line).unwrap_or(line);
    // Google's console names the signal alone.
    let signal = (6..=9).contains(&line.len())
        && line.starts_with("SIG")
        && line.bytes().all(|byte| byte.is_ascii_uppercase());
    // And what did not answer: `ANR com.acme.orbit.DockService`.
    let class = |rest: &str| !rest.contains(' ') && rest.contains('.') && !rest.ends_with('.');
    let unanswered = line.strip_prefix("ANR ").is_some_and(class);
    let known =
        signal || unanswered || is_stop(line) || TITLES.iter().any(|start| line.starts_with(start));
    known.then_some(line)
}

/// A thread's heading above its fence, `**Thread 2**`; a sentence may begin so as well: `Thread 2 hangs`.
fn thread(line: &str) -> Option<&str> {
    let plain = cut::without_marks(line);
    let (_, rest) = text::digits(plain.strip_prefix("Thread ")?)?;
    let fits = rest.is_empty() || rest.ends_with(':') || plain.len() < line.len();
    (fits && cut::header(plain).is_some()).then_some(plain)
}

/// The signal, or the exception of Windows, that a form's field names: `**Error:** SIGABRT ABORT`,
/// `Exception type: EXCEPTION_ACCESS_VIOLATION_READ`.
fn labelled_signal(line: &str) -> Option<&str> {
    const LABELS: [&str; 7] = [
        "error",
        "signal",
        "crash type",
        "exception",
        "exception type",
        "crash reason",
        "reason",
    ];
    let (label, value) = line.split_once(':')?;
    let label = label.trim_matches(['*', '-', ' ']);
    let known = LABELS.iter().any(|known| known.eq_ignore_ascii_case(label));
    let value = value.trim_start_matches(['*', '`', ' ']);
    let signal = text::word(value).0.trim_end_matches(['*', '`', ',']);
    let of_windows = || {
        let name = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        signal.starts_with("EXCEPTION_") && signal.bytes().all(name)
    };
    (known && (signal.starts_with("SIG") || of_windows())).then_some(signal)
}

/// Visual Studio's sentence beside its window of calls, above or below it: `Unhandled exception at 0x00007FF6 in orbit.exe: …`.
fn of_studio(line: &str) -> Option<&str> {
    const STARTS: [&str; 4] = [
        "Unhandled exception at 0x",
        "Exception thrown at 0x",
        "First-chance exception at 0x",
        // Languages that name the place first: `0x00007FF6 (hull.dll) (orbit.exe 中)处有未经处理的异常: 0xC0000005: …`.
        "0x",
    ];
    let said = line.trim_matches(['`', '*', '.', ' ']);
    let fits = STARTS.iter().any(|start| said.starts_with(start)) && text::has(said, ".exe");
    (fits && text::has(said, ": 0x")).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_off() {
        assert_eq!(strip("> at a.b(C.java:1)"), Some("at a.b(C.java:1)"));
        assert_eq!(strip("| at a.b(C.java:1) |"), Some("at a.b(C.java:1) "));
        assert_eq!(strip("moon-1  | panic: x"), Some("panic: x"));
        assert_eq!(strip("0x0016EB68 | moon (0x1) | f"), None);
    }
}
