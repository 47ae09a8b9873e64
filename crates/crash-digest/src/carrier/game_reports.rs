//! Reports that handlers of games write in rows of their own, which name address and modules apart: of the `ZDoom` family, of
//! Special K. Written as the labels and frames that others print.

use std::fmt::Write as _;

use crate::grammar;
use crate::text;

/// What a text with such a report has.
pub(super) const MARKS: [&str; 3] = ["\nAddress: ", "[! Except !]", FACTORIO];

/// The text with such a report's rows as frames; `None` where there is none.
pub(super) fn render(document: &str) -> Option<String> {
    zdoom(document)
        .or_else(|| special_k(document))
        .or_else(|| factorio(document))
}

/// `ZDoom` and what was made of it: the code, the address, further down threads and modules by where they lie.
///
/// `Code: C0000005 (Access Violation - tried to read address 00000000)`, `Address: 0011D333`, `00003318 at 0011D333*`,
/// `00030000 - 002DDFFF *orbit.exe`.
fn zdoom(document: &str) -> Option<String> {
    let at = text::find(document, "\nAddress: ")?;
    let first = document[..at].rfind('\n').map_or(0, |line| line + 1);
    let (code, said) = text::word(text::trim(&document[first..at]).strip_prefix("Code: ")?);
    let said = said.strip_prefix('(')?.strip_suffix(')')?;
    let place = &document[at + "\nAddress: ".len()..];
    let (line, behind) = place.split_once('\n').unwrap_or((place, ""));
    let address = text::hex(text::trim(line))?;
    text::hex(code)?;
    let mut out = String::with_capacity(document.len() + 120);
    out.push_str(&document[..first]);
    let (name, how) = text::split_once(said, " - ").unwrap_or((said, ""));
    let _ = writeln!(out, "ExceptionCode: {code} ({name})");
    if let Some((how, address)) = text::split_once(how, " address ") {
        let _ = writeln!(out, "Access Violation: {how} memory at {address}");
    }
    let mut module = None;
    for row in text::lines(behind).map(text::trim) {
        if let Some((id, place)) = text::split_once(row, " at ")
            && place.ends_with('*')
            && text::hex(id).is_some()
        {
            let _ = writeln!(out, "Exception Thread ID: {id}");
        }
        module = module.or_else(|| holding(row, address));
    }
    match module {
        Some((name, offset)) => {
            let _ = writeln!(out, "0x{address:08x} {name}+0x{offset:x}");
        }
        None => {
            let _ = writeln!(out, "0x{address:08x}");
        }
    }
    out.push_str(behind);
    Some(out)
}

/// The module of a row, and how far into it the address is: `00030000 - 002DDFFF *orbit.exe`.
fn holding(row: &str, address: u64) -> Option<(&str, u64)> {
    let (start, rest) = text::split_once(row, " - ")?;
    let (end, name) = text::word(rest);
    let (start, end) = (text::hex(start)?, text::hex(end)?);
    let name = name.trim_start_matches(['*', ' ']);
    (!name.is_empty() && (start..=end).contains(&address)).then(|| (name, address - start))
}

/// Special K: `[! Except !] << EXCEPTION_ACCESS_VIOLATION >>`, `[ FaultMod ]  * RIP Addr.: +0000000000000000h`,
/// `[--(Name)--] [!] {   KERNELBASE.dll}    RaiseException`, each perhaps behind a time.
fn special_k(document: &str) -> Option<String> {
    text::find(document, "[! Except !]")?;
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        if let Some((_, said)) = text::split_once(line, "[! Except !]") {
            let said = said.trim().trim_matches(['<', '>', ' ']);
            if !said.is_empty() {
                let _ = writeln!(out, "ExceptionCode: {said}");
            }
        } else if let Some((_, place)) = text::split_once(line, "[ FaultMod ]  * ") {
            // `EIP Addr.: KERNELBASE.dll+0000C41Fh`; without a module it is the address.
            let place = place.split_once(": ").map_or("", |(_, place)| place.trim());
            let Some((module, at)) = place.strip_suffix('h').and_then(|at| at.rsplit_once('+'))
            else {
                continue;
            };
            let Some(at) = text::hex(at) else { continue };
            let _ = match module {
                "" => writeln!(out, "0x{at:08x}"),
                module => writeln!(out, "{module}+0x{at:x}"),
            };
        } else if let Some((_, row)) = text::split_once(line, "[--(Name)--] [!] {") {
            if let Some((module, name)) = row.split_once('}') {
                let _ = writeln!(out, "{}!{}", module.trim(), name.trim());
            }
        } else if !ROWS.iter().any(|row| text::has(line, row)) {
            out.push_str(line);
            out.push('\n');
        }
    }
    Some(out)
}

/// What Factorio's handler writes into the game's log.
pub(super) const FACTORIO: &str = "CrashHandler.cpp:";

/// Factorio: `204.820 Error CrashHandler.cpp:503: Exception Code: c0000005, Address: 0x00007ff7880ba9ef`, the place in the program
/// below it, the access, and the program: `Crashed in D:\\Orbit\\bin\\orbit.exe (0x00007ff787660000 - …)`.
fn factorio(document: &str) -> Option<String> {
    let at = text::find(document, FACTORIO)?;
    let begin = document[..at].rfind('\n').map_or(0, |line| line + 1);
    let told = text::lines(&document[begin..]).next()?;
    let (_, said) = text::split_once(told, ": Exception Code: ")?;
    let (code, address) = text::split_once(text::trim(said), ", Address: ")?;
    text::hex(code)?;
    let name = crate::windows_exceptions::windows_exception(code).unwrap_or(code);
    let mut out = String::with_capacity(document.len() + 120);
    out.push_str(&document[..begin]);
    let _ = writeln!(out, "ExceptionCode: {name}");
    let (mut offset, mut program) = (None, None);
    let behind = &document[begin + told.len()..];
    // Where the handler walked the stack itself, its rows are the frames; a paste may end among its own.
    let walked = text::has(behind, "): ")
        && behind
            .lines()
            .any(|row| !is_handlers(row) && grammar::read(row.trim()).is_some());
    for row in text::lines(behind).map(text::trim).take(NEAR) {
        if let Some((_, how)) = text::split_once(row, ": Access Violation: ")
            && let Some((how, at)) = text::split_once(how, " at address ")
        {
            let _ = writeln!(out, "Access Violation: {how} memory at 0x{at}");
        } else if let Some((_, at)) = text::split_once(row, ", RelativeAddress: ") {
            offset = text::hex(at);
        } else if let Some((_, path)) = text::split_once(row, " Crashed in ") {
            program = text::rsplit_once(path, " (0x").map(|(path, _)| text::base_name(path));
        }
    }
    let rows = text::lines(behind).filter(|row| {
        let said = [FACTORIO, ", RelativeAddress: ", " Crashed in "];
        let register = |row: &str| row.trim_start().get(3..6) == Some("=00");
        !said.iter().any(|mark| text::has(row, mark)) && !register(row)
    });
    let mut place = match (program, offset) {
        (Some(program), Some(offset)) => Some(format!("{address} {program}+0x{offset:x}\n")),
        _ => Some([address, "\n"].concat()),
    };
    place = place.filter(|_| !walked);
    // It stands below the handler's own rows.
    let mut rows = rows.peekable();
    while let Some(row) = rows.next() {
        let last = is_handlers(row) && rows.peek().is_none_or(|next| !is_handlers(next));
        out.extend([row, "\n"]);
        if last && let Some(place) = place.take() {
            out.push_str(&place);
        }
    }
    out.push_str(&place.unwrap_or_default());
    if let Some(program) = program {
        let _ = writeln!(out, "Process: {program}");
    }
    Some(out)
}

/// Whether the handler called it itself: `…StackWalker.cpp(924): StackWalker::ShowCallstack`.
fn is_handlers(row: &str) -> bool {
    ["): StackWalker::", "): Logger::", "): CrashHandler"]
        .iter()
        .any(|own| text::has(row, own))
}

/// Lines of Factorio's record in front of its stack.
const NEAR: usize = 40;

/// Rows that say nothing of where: registers, files, rules.
const ROWS: [&str; 5] = [
    "[ FaultMod ]",
    "[StackFrame]",
    "[  GP Reg  ]",
    "[ GP Flags ]",
    ": ---------------",
];
