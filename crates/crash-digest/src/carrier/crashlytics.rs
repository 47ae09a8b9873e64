//! Texts of Crashlytics' console: threads under bare names, `Crashed: com.apple.main-thread` first, written with the
//! headings of Apple's reports.

use std::borrow::Cow;
use std::fmt::Write as _;

use memchr::memmem;

use crate::grammar::{self, Printers};
use crate::model;
use crate::text;

/// Lines of the head that are looked at.
const HEAD: usize = 60;

/// The text with headings; `None` when it is another's.
pub(super) fn render(document: &str) -> Option<String> {
    let any = text::lines(document)
        .map(text::trim)
        .filter(|line| !line.is_empty())
        .take(HEAD)
        .any(|line| crashed(line).is_some());
    if let Some(text) = behind_exception(document, !any) {
        return Some(text);
    }
    if !any {
        return under_names(document).or_else(|| below_another(document));
    }
    let document = &*with_functions_beside(document);
    let mut out = String::with_capacity(document.len() + document.len() / 8);
    // Whether the crashed thread's heading was written.
    let mut written = false;
    // The heading that the next frames stand under, and whether frames were written since the last one.
    let mut heading: Option<&str> = None;
    let mut victim: Option<&str> = None;
    let mut number = None;
    let mut frames = false;
    let mut begun = false;
    let mut lines = text::lines(document).peekable();
    while let Some(raw) = lines.next() {
        let line = text::trim(raw);
        // Threads that stand before the crashed one.
        let begins = victim.is_none()
            && lines.peek().is_some_and(|next| {
                text::trim(next).starts_with("0 ") && is_frame(text::trim(next))
            });
        let line = if is_frame(line) {
            line
        } else {
            uncounted(line)
        };
        if line == "Raw Text" {
            // The page's button.
        } else if line.is_empty() || line.starts_with("# ") && !frames && crashed(line).is_none() {
            out.push('\n');
        } else if is_frame(line) {
            if let Some(name) = heading.take() {
                if victim == Some(name) {
                    crash(&mut out, name, number);
                    written = true;
                } else {
                    let _ = writeln!(out, "\nThread : {name}");
                }
            }
            let _ = writeln!(out, "{line}");
            (frames, begun) = (true, true);
        } else if let Some(name) = crashed(line) {
            if victim.is_none() && !frames && text::has(name, ": SIG") {
                let end = out.len() - said_above(&out).len();
                out.truncate(end);
            }
            (heading, victim, frames) = (Some(name), Some(name), false);
            number = count(text::trim(raw));
        } else if let Some(rest) = line.strip_prefix("EXC_") {
            let mut said = String::new();
            signal(&mut said, rest);
            // Behind the frames of another thread it would be of that one.
            let at = if begun { 0 } else { out.len() };
            out.insert_str(at, &said);
        } else if victim.is_some() && heading.is_some() && line.starts_with("SIG") {
            raised(&mut out, line);
        } else if heading.is_some() && victim == heading && model::is_spoken(line) {
            // What a person says between the heading and the frames.
        } else if (frames || begins || victim.is_some() && heading.is_some()) && is_heading(line) {
            let name = line.trim_end_matches(':');
            (heading, frames) = (Some(name), false);
        } else if victim.is_none() || frames {
            let _ = writeln!(out, "{raw}");
        }
    }
    // A crash without any frame.
    if let Some(name) = victim.filter(|_| !written) {
        crash(&mut out, name, number);
    }
    Some(out)
}

/// An exception's text, with the other threads behind it under their names: of Java's with a colon, `ReferenceQueueDaemon:`, or
/// without, in saved texts behind a number, `#59. ReferenceQueueDaemon`; of Apple's without, above a frame of the number 0.
///
/// `bare` where no crashed thread is named, which the names alone would be read with. `None` where there is no such thread.
fn behind_exception(document: &str, bare: bool) -> Option<String> {
    let thrown = text::lines(document)
        .map(text::trim)
        .filter(|line| !line.is_empty())
        .take(HEAD)
        .any(|line| {
            line.starts_with("Fatal Exception: ") || line.starts_with("Non-fatal Exception: ")
        });
    if !thrown {
        return None;
    }
    let java = |line: &str| line.starts_with([' ', '\t']) && text::trim(line).starts_with("at ");
    let apple = |line: &str| bare && line.starts_with("0 ") && is_frame(text::trim(line));
    let called = |line: &str| java(line) || apple(line);
    let mut out = String::with_capacity(document.len() + 64);
    let (mut blank, mut frames, mut threads) = (false, false, false);
    let mut lines = text::lines(document).peekable();
    while let Some(line) = lines.next() {
        let first = lines.peek().copied().unwrap_or_default();
        let alone = || {
            let begins = apple(first) || java(first);
            let name = begins.then(|| uncounted(line));
            name.filter(|name| is_heading(name))
        };
        let name = line.strip_suffix(':').or_else(alone).filter(|name| {
            blank
                && frames
                && !name.starts_with([' ', '\t'])
                && !name.starts_with("Caused by")
                && !name.contains(": ")
                && name.len() <= 120
                && !model::names_exception(name)
                && called(first)
                && !name.is_empty()
        });
        if let Some(name) = name {
            let _ = writeln!(out, "Thread : {name}");
            threads = true;
        } else {
            out.push_str(line);
            out.push('\n');
        }
        frames |= called(line);
        blank = line.trim().is_empty();
    }
    threads.then_some(out)
}

/// What a person says right above the crashed thread that has its signal beside it: the lines of the last paragraph, where none
/// is a label or names what was thrown.
fn said_above(out: &str) -> &str {
    let mut start = out.len();
    for line in out.split_inclusive('\n').rev() {
        let said = text::trim(line);
        let spoken = said.contains(' ')
            && !said.starts_with('#')
            && !text::has(said, ": ")
            && !model::names_exception(said);
        if !spoken {
            break;
        }
        start -= line.len();
    }
    &out[start..]
}

/// Threads of which none is said to have crashed, each under its name or under a bare `Thread:`, `None` where there are no two.
fn under_names(document: &str) -> Option<String> {
    text::has(document, ":\n#00 ").then_some(())?;
    let mut out = String::with_capacity(document.len() + 64);
    let (mut threads, mut blank) = (0_usize, true);
    let mut lines = text::lines(document).peekable();
    while let Some(line) = lines.next() {
        let first = lines.peek().is_some_and(|next| next.starts_with("#00 "));
        let name = line.strip_suffix(':').filter(|name| {
            let plain = !name.contains([':', '.', '`', '*', '>']) && name.split(' ').count() <= 2;
            first && blank && !name.is_empty() && name.len() <= 60 && plain
        });
        let heading = |name: &str| ["backtrace", "stack"].contains(&&*name.to_ascii_lowercase());
        if let Some(name) = name.filter(|name| !heading(name)) {
            let name = if name == "Thread" { "" } else { name };
            let _ = writeln!(out, "Thread : {name}");
            threads += 1;
        } else {
            out.extend([line, "\n"]);
        }
        blank = line.trim().is_empty();
    }
    (threads > 1).then_some(out)
}

/// Threads of Apple's under bare names, below the rest of another whose numbers they begin again; `None` where there is none.
fn below_another(document: &str) -> Option<String> {
    // Only the lines above first frames are looked at: dumps have many threads, and their own headings.
    let mut out = String::new();
    let mut from = 0;
    for at in memmem::find_iter(document.as_bytes(), b"\n0 ") {
        let (above, name) = document[..at]
            .rsplit_once('\n')
            .unwrap_or(("", &document[..at]));
        let row = text::lines(&document[at + 1..]).next().unwrap_or_default();
        let begins = above.trim_end_matches([' ', '\r']).ends_with('\n')
            && names_thread(text::trim(name))
            && has_row(&document[from..above.len()])
            && grammar::read_as(Printers::Apple, text::trim(row)).is_some();
        if begins {
            out.extend([&document[from..=above.len()], "Thread : ", text::trim(name)]);
            from = at;
        }
    }
    if from == 0 {
        return None;
    }
    out.push_str(&document[from..]);
    Some(out)
}

/// Whether the last line with words is a frame of Apple's.
fn has_row(above: &str) -> bool {
    let last = above.trim_end();
    let last = last.rsplit('\n').next().unwrap_or(last);
    last.starts_with(|c: char| c.is_ascii_digit()) && text::has(last, " 0x")
}

/// Whether a line can be the bare name of a thread.
fn names_thread(name: &str) -> bool {
    const SAID: [&str; 3] = ["tack", "race", "xception"];
    is_heading(name)
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.ends_with([':', '.', '!', '?'])
        && !SAID.iter().any(|word| text::has(name, word))
        && crate::cut::header(name).is_none()
        && !model::is_spoken(name)
}

/// A thread's heading without its number in saved texts: `#0. Crashed: GameThread`, `19. Crashed: GameThread`.
fn uncounted(line: &str) -> &str {
    text::digits(line.strip_prefix('#').unwrap_or(line))
        .and_then(|(_, rest)| rest.strip_prefix(". "))
        .unwrap_or(line)
}

/// That number; 0 only says that it comes first.
fn count(line: &str) -> Option<&str> {
    let (number, rest) = text::digits(line.strip_prefix('#').unwrap_or(line))?;
    (number != "0" && rest.starts_with(". ")).then_some(number)
}

/// The name of the crashed thread, in the languages of the console.
fn crashed(line: &str) -> Option<&str> {
    let line = uncounted(line);
    // A form's heading, where a signal is told.
    let line = line
        .strip_prefix('#')
        .map(|line| line.trim_start_matches(['#', ' ']))
        .filter(|line| text::has(line, ": SIG"))
        .unwrap_or(line);
    let line = line.strip_prefix("Thread : ").unwrap_or(line);
    [
        "Crashed: ",
        "Plantage : ",
        "Crash : ",
        "Fehlgeschlagen: ",
        "Abgestürzt: ",
        "Absturz: ",
        "Falló: ",
        "崩溃: ",
        "クラッシュ: ",
    ]
    .iter()
    .find_map(|label| line.strip_prefix(label))
    .map(str::trim)
}

/// The crashed thread: `com.apple.main-thread`, or on Android `Thread : SIGSEGV  0x0000000000000018`.
fn crash(out: &mut String, rest: &str, number: Option<&str>) {
    let name = match rest.split_once(": ") {
        Some((name, signal)) if signal.trim().starts_with("SIG") => {
            raised(out, signal.trim());
            name.trim()
        }
        // On Android also with nothing but numbers behind it: `UnityMain: 0 0 0x0000000000000000`.
        Some((name, rest)) if rest.starts_with("0 ") => name,
        _ => rest,
    };
    // A thread without a name.
    let name = if name == "Thread" { "" } else { name };
    let _ = match number {
        Some(number) => writeln!(out, "Thread {number} Crashed: {name}"),
        None => writeln!(out, "Thread : Crashed: {name}"),
    };
}

/// `SIGSEGV 0x0000000000000018`, `SIGABRT ABORT 0x00000001b098f84c`.
fn raised(out: &mut String, line: &str) {
    let (signal, rest) = text::word(line);
    let _ = writeln!(out, "Exception Type: {signal}");
    // On Android with the kind of the signal: `SIGSEGV SEGV_MAPERR 0x0000000000000018`.
    // What stands behind the address is a person's.
    let end = text::find(rest, "0x").and_then(|at| Some(at + rest[at..].find(' ')?));
    let rest = end.map_or(rest, |end| &rest[..end]);
    let (code, address) = match rest.trim().split_once(' ') {
        Some((code, address)) => (Some(code), address.trim()),
        None => (None, rest.trim()),
    };
    if text::hex(address).is_none() {
        return;
    }
    let _ = match code.filter(|code| code.contains('_')) {
        Some(code) => writeln!(out, "Exception Subtype: {code} at {address}"),
        None if code.is_none() => writeln!(out, "Crash address: {address}"),
        None => Ok(()),
    };
}

/// `BAD_ACCESS KERN_INVALID_ADDRESS 0x00000007cef20230`, behind `EXC_`.
///
/// The line may stand behind the crashed thread's heading, where Apple's reports have no such labels; they are read there
/// as well.
fn signal(out: &mut String, rest: &str) {
    let mut words = rest.split_whitespace().filter(|word| *word != "at");
    let name = words.next().unwrap_or_default();
    let _ = writeln!(out, "Exception Type: EXC_{name}");
    match (words.next(), words.next()) {
        (Some(code), Some(address)) => {
            let _ = writeln!(out, "Exception Subtype: {code} at {address}");
        }
        (Some(address), None) => {
            let _ = writeln!(out, "Crash address: {address}");
        }
        _ => {}
    }
}

/// Fabric's page with the function behind the number and the library that it stands below: `0  liborbit.so` and
/// `orbit::Dock::open(int)`.
fn with_functions_beside(document: &str) -> Cow<'_, str> {
    let alone = |line: &str| {
        let (_, module) = text::digits(line)?;
        let module = module.strip_prefix(['\t', ' '])?.trim();
        (module.rsplit('.').next() == Some("so") && !module.contains(' ')).then_some(())
    };
    let named = |line: &str| {
        !line.starts_with(|c: char| c.is_ascii_digit())
            && (line.ends_with(')') || text::has(line, "::"))
    };
    let mut out = String::new();
    let mut lines = text::lines(document).peekable();
    let mut joined = false;
    while let Some(line) = lines.next() {
        let below = lines.peek().map_or("", |below| text::trim(below));
        if alone(text::trim(line)).is_some() && named(below) {
            out.extend([line.trim_end(), "  ", below]);
            lines.next();
            joined = true;
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    if joined {
        Cow::Owned(out)
    } else {
        Cow::Borrowed(document)
    }
}

fn is_frame(line: &str) -> bool {
    (line.starts_with(|c: char| c.is_ascii_digit() || c == '#') || line.starts_with("at "))
        && grammar::read(line).is_some()
}

/// A thread's name stands alone: no sentence, no label with a value.
fn is_heading(line: &str) -> bool {
    line.len() <= 120 && !line.contains(": ") && !line.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_get_their_headings() {
        let text = "Crashed: com.apple.main-thread\nEXC_BAD_ACCESS KERN_INVALID_ADDRESS 0x10\nCrashed: com.apple.main-thread\n\
                    0  Orbit   0x2bf0 f + 16\nNet\n0  Orbit   0x2bf4 g + 16\n";
        assert_eq!(
            render(text).unwrap(),
            "Exception Type: EXC_BAD_ACCESS\nException Subtype: KERN_INVALID_ADDRESS at 0x10\n\
             Thread : Crashed: com.apple.main-thread\n0  Orbit   0x2bf0 f + 16\n\nThread : Net\n0  Orbit   0x2bf4 g + 16\n"
        );
        assert_eq!(render("Program crashed\n0  Orbit   0x2bf0 f + 16\n"), None);
    }

    #[test]
    fn a_bare_name_stands_below_an_empty_line_however_lines_end() {
        let rest = "3  Orbit   0x2bf0 f + 16\n4  Orbit   0x2bf4 g + 16\n";
        let text = format!("{rest}\nDock worker\n0  Orbit   0x2bf8 h + 16\n");
        let named = |text: &str| {
            below_another(text).is_some_and(|out| out.contains("Thread : Dock worker"))
        };
        assert!(named(&text));
        assert!(named(&text.replace('\n', "\r\n")));
        let close = text.replace("\n\n", "\n");
        assert!(!named(&close));
        assert!(!named(&close.replace('\n', "\r\n")));
    }
}
