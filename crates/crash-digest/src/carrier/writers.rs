//! Who wrote the line that tells of an error, where the log has a column for it: a service of skynet, a thread of FiveM. The
//! columns come off later.

use super::log_field::{FURTHER, LOGGED};
use crate::text;

/// What such columns hold.
pub(super) const MARKS: [&str; 2] = ["[:0", "Thrd/ "];
/// Errors whose writer is told.
const MOST: usize = 32;

/// The text with the writers named; `None` where no error has one.
pub(super) fn render(document: &str) -> Option<String> {
    let skynet = text::has(document, MARKS[0]) && text::has(document, TRACEBACK);
    let five_m = text::has(document, MARKS[1]) && text::has(document, SCRIPT_ERROR);
    let named = |what| text::has(document, what);
    if !skynet && !five_m || named(LOGGED) || named("Exception in thread \"") {
        return None;
    }
    let mut lines = text::lines(document).peekable();
    let mut out = String::with_capacity(document.len() + 128);
    let mut told = 0;
    while let Some(line) = lines.next() {
        if skynet
            && told < MOST
            && let Some(service) = service(line)
        {
            let framed = lines.peek().is_some_and(|next| next.trim() == TRACEBACK);
            if let Some(failed) = failed(&service).filter(|_| framed) {
                told += 1;
                let Service { handle, said } = service;
                if told == 1 {
                    out.extend([LOGGED, "service :", handle, ": ", failed, "\n"]);
                } else {
                    out.extend([FURTHER, "service :", handle, ": ", said, "\n"]);
                    continue;
                }
            }
        } else if five_m
            && told == 0
            && let Some(thread) = thread(line)
        {
            told = 1;
            out.extend(["Exception in thread \"", thread, "\"\n"]);
        }
        out.extend([line, "\n"]);
    }
    (told > 0).then_some(out)
}

/// What stands above Lua's frames.
const TRACEBACK: &str = "stack traceback:";
/// What FiveM says of an error of a script.
const SCRIPT_ERROR: &str = "SCRIPT ERROR: ";

/// A line of a service of skynet: `[:0000000a] `.
struct Service<'a> {
    handle: &'a str,
    said: &'a str,
}

fn service(line: &str) -> Option<Service<'_>> {
    let (handle, said) = line.strip_prefix("[:")?.split_once(']')?;
    let known = handle.len() == 8 && handle.bytes().all(|byte| byte.is_ascii_hexdigit());
    known.then(|| Service {
        handle,
        said: said.trim_start(),
    })
}

/// What failed: `lua call [b to :a : 10 msgsz = 0]`, `init service failed`.
fn failed<'a>(service: &Service<'a>) -> Option<&'a str> {
    let said = service.said;
    match text::split_once(said, " error : ") {
        Some((call, _)) if said.starts_with("lua call [") => Some(call),
        _ => text::split_once(said, ": ")
            .map(|(what, _)| what)
            .filter(|what| !what.contains(".lua")),
    }
}

/// The thread of a script's error: `[     81875] [    GTAProcess]             MainThrd/ SCRIPT ERROR: `.
fn thread(line: &str) -> Option<&str> {
    let (front, said) = text::split_once(line, "/ ")?;
    let thread = text::rsplit_once(front, " ")?.1;
    let fits = front.starts_with('[') && thread.ends_with("Thrd");
    (fits && text::has(said, SCRIPT_ERROR)).then_some(thread)
}
