//! Marks that forms, mails and terminals put on lines: quotation, columns, colours, escapes.

use std::borrow::Cow;

use memchr::memmem;

use super::{backward, colours, markdown_quote, pasted, quoted_beside, ticks};
use crate::grammar;
use crate::text;

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

/// The fenced parts of a bug form, where they hold a stack; `None` where the text has none.
pub(super) fn fenced(text: &str) -> Option<String> {
    memmem::find(text.as_bytes(), b"```").or_else(|| memmem::find(text.as_bytes(), b"<pre"))?;
    let mut out = String::new();
    let mut titles = String::new();
    let (mut inside, mut tells, mut words) = (false, false, false);
    let mut above = "";
    // Frames that stand in the fences, and in quotations beside them.
    let (mut framed, mut beside) = (false, 0);
    // The quotation that was opened last; those of code and of what was typed, which count where nothing else tells.
    let (mut block, mut code, mut told, mut code_tells) = (0, String::new(), false, false);
    for line in text::lines(text) {
        let (mut line, mut trimmed, mut closes) = (line, text::trim(line), false);
        if let Some(rest) = trimmed.strip_prefix("```")
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
    // The marks of a quotation without words around it are no part of the text.
    (tells || !words && !out.is_empty()).then(|| titles + &out)
}

/// The rest of a line that begins a preformatted part of HTML: `<pre>`, `<pre><code>Thread 0 (crashed)`.
fn preformatted(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("<pre")?;
    let (_, rest) = rest.split_once('>')?;
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix("<code") {
        Some(code) => code.split_once('>').map_or(rest, |(_, rest)| rest),
        None => rest,
    };
    Some(rest)
}

/// Apple's report of a program that took too much: `Event:            cpu usage`.
fn is_event(line: &str) -> bool {
    line.starts_with("Event:   ")
}

/// A reason with a type or a place, and no sentence of whoever filled the form in.
fn is_reason(line: &str) -> bool {
    !line.ends_with(':')
        && (crate::model::names_exception(line)
            || text::has(line, ".lua:") && crate::model::tells_of_crash(line))
}

/// Beginnings of a console's title above the fence: the signal and its address, why an app did not answer.
const TITLES: [&str; 8] = [
    "EXC_",
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
    // Google's console names the signal alone.
    let signal = (6..=9).contains(&line.len())
        && line.starts_with("SIG")
        && line.bytes().all(|byte| byte.is_ascii_uppercase());
    let known = signal || is_stop(line) || TITLES.iter().any(|start| line.starts_with(start));
    known.then_some(line)
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

/// A document that a program put in quotes: `{\"error\" = \"…\"}`.
pub(super) fn unquoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if matches!(letters.peek(), Some('"' | '\\' | '/')) => out.extend(letters.next()),
            _ => out.push(letter),
        }
    }
    out
}

/// Escapes undone: colours, a text on one line with `\n` spelled out, `\t` at the starts of lines, entities of HTML.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    let breaks = memchr::memchr_iter(b'\n', out.as_bytes()).take(3).count();
    if breaks < 2 && memmem::find_iter(out.as_bytes(), b"\\n").take(2).count() == 2 {
        out = Cow::Owned(
            out.replace("\\r", "")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\\"", "\"")
                .replace("\\/", "/"),
        );
    } else if has_spelled_tab(&out) {
        let lines: Vec<Cow<'_, str>> = crate::text::lines(&out)
            .map(|line| without_spelled_tabs(line))
            .collect();
        out = Cow::Owned(lines.join("\n"));
    }
    if memmem::find(out.as_bytes(), b"\x1b[").is_some() {
        out = Cow::Owned(colours::without_real(&out));
    }
    // Most texts have none of a mark, which one look tells for all that is done about it.
    let has = |text: &str, mark: u8| memchr::memchr(mark, text.as_bytes()).is_some();
    if has(&out, b'`')
        && let Some(text) = ticks::without_ticks(&out)
    {
        out = Cow::Owned(text);
    }
    if memmem::find(out.as_bytes(), b"</pre>\n").is_some() {
        let lines: Vec<&str> = crate::text::lines(&out).map(without_pre).collect();
        out = Cow::Owned(lines.join("\n"));
    }
    // A tracker took the numbers of frames for those of its issues: `https://github.com/acme/orbit/pull/1 pc 00000084479c …`.
    if memmem::find(out.as_bytes(), b"\nhttps://github.com/").is_some() {
        let lines: Vec<Cow<'_, str>> = crate::text::lines(&out).map(without_link).collect();
        out = Cow::Owned(lines.join("\n"));
    }
    if has(&out, b'&')
        && let Some(text) = without_entities(&out)
    {
        out = Cow::Owned(text);
    }
    if has(&out, b'*') {
        out = without_stars(out);
    }
    // Code over several lines between two marks that are meant for words.
    if has(&out, b'`')
        && ["\n`#", "\n` ", "\n`0"]
            .iter()
            .any(|mark| text::has(&out, mark))
    {
        let lines: Vec<&str> = text::lines(&out).map(ticks::without_lone_tick).collect();
        out = Cow::Owned(lines.join("\n"));
    }
    out
}

/// Entities of HTML undone, where there are several; `None` where nothing changes.
fn without_entities(text: &str) -> Option<String> {
    let count = |text: &str, mark: &str| memmem::find_iter(text.as_bytes(), mark).take(2).count();
    let of_marks = ["&lt;", "&gt;", "&quot;", "&amp;"].map(|mark| count(text, mark));
    let mut out = if of_marks.iter().sum::<usize>() >= 2 {
        Cow::Owned(pasted::without_entities(text))
    } else if count(text, "&nbsp;") > 0 {
        Cow::Owned(text.replace("&nbsp;", " "))
    } else {
        Cow::Borrowed(text)
    };
    // Forms break up marks that mean something to them: `#&#8203;1`.
    if count(&out, "&#8203;") > 0 {
        out = Cow::Owned(out.replace("&#8203;", ""));
    }
    match out {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text),
    }
}

/// Marks of Markdown for bold words: `**\* Terminating app due to …`, `**Thread 0**`.
fn without_stars(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut out = text;
    if memmem::find(out.as_bytes(), b"**\\* ").is_some() {
        out = Cow::Owned(out.replace("**\\* ", "*** "));
    }
    if memmem::find(out.as_bytes(), b"**\n").is_some() {
        let lines: Vec<&str> = text::lines(&out).map(without_bold).collect();
        out = Cow::Owned(lines.join("\n"));
    }
    out
}

/// The inside of a line that is preformatted as a whole: `<pre>Dock;open;Dock.m;17</pre>`.
fn without_pre(line: &str) -> &str {
    let inner = |line| preformatted(line)?.strip_suffix("</pre>");
    inner(line).unwrap_or(line)
}

/// A frame whose number became a link.
fn without_link(line: &str) -> Cow<'_, str> {
    let number = line
        .strip_prefix("https://github.com/")
        .and_then(|rest| {
            text::split_once(rest, "/pull/").or_else(|| text::split_once(rest, "/issues/"))
        })
        .and_then(|(_, rest)| text::digits(rest));
    match number {
        Some((number, rest)) if rest.starts_with(" pc ") || rest.starts_with(" 0x") => {
            Cow::Owned(format!("#{number:0>2}{rest}"))
        }
        _ => Cow::Borrowed(line),
    }
}

/// A line without the marks that print it bold: `**Caused by: java.lang.NullPointerException:**`.
fn without_bold(line: &str) -> &str {
    let trimmed = line.trim();
    trimmed
        .strip_prefix("**")
        .and_then(|rest| rest.strip_suffix("**"))
        .filter(|inner| !inner.is_empty() && !text::has(inner, "**") && !inner.starts_with('*'))
        .map_or(line, str::trim)
}

fn has_spelled_tab(text: &str) -> bool {
    let has = |mark: &[u8]| memmem::find(text.as_bytes(), mark).is_some();
    has(b"\\t") && (text.starts_with("\\t") || has(b"\n\\t") || has(b": \\tat "))
}

fn without_spelled_tabs(line: &str) -> Cow<'_, str> {
    if line.starts_with("\\t") || text::has(line, ": \\tat ") {
        Cow::Owned(line.replace("\\t", "\t"))
    } else {
        Cow::Borrowed(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_escapes_come_off() {
        assert_eq!(strip("> at a.b(C.java:1)"), Some("at a.b(C.java:1)"));
        assert_eq!(strip("| at a.b(C.java:1) |"), Some("at a.b(C.java:1) "));
        assert_eq!(strip("moon-1  | panic: x"), Some("panic: x"));
        assert_eq!(strip("0x0016EB68 | moon (0x1) | f"), None);
        assert_eq!(
            unescape("a.B: c\\n\\tat d.e(F.java:1)\\n"),
            "a.B: c\n\tat d.e(F.java:1)\n"
        );
        assert_eq!(unescape("\x1b[31mboom\x1b[0m"), "boom");
        assert_eq!(unescape("plain"), "plain");
    }
}
