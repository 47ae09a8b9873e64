//! What the extension for .NET prints in `WinDbg`, lldb and `dotnet-dump` beside its rows: headings, the thread, the exception.

use crate::model::{Builder, Exception};
use crate::text;

/// Whether rows of a stack follow: `Child SP               IP Call Site`, of 32 bits `ESP       EIP`, of an exception
/// `SP               IP               Function`.
pub(super) fn is_heading(line: &str) -> bool {
    const HEADINGS: [[&str; 5]; 4] = [
        ["Child", "SP", "IP", "Call", "Site"],
        ["ESP", "EIP", "", "", ""],
        ["SP", "IP", "Function", "", ""],
        ["ESP", "EIP", "Function", "", ""],
    ];
    // Nearly all lines end here.
    if !line.starts_with(['C', 'E', 'S']) {
        return false;
    }
    let mut words = line.split_ascii_whitespace();
    let first: [&str; 5] = std::array::from_fn(|_| words.next().unwrap_or_default());
    HEADINGS.contains(&first) && words.next().is_none()
}

/// Whether the rows below are all that looks like a place in a stack's memory: `Child-SP         RetAddr          Caller, Callee`.
pub(super) fn is_of_memory(line: &str) -> bool {
    line.ends_with("Caller, Callee")
}

/// A prompt with a command: `> clrstack`, `(lldb) clrstack -f`.
pub(super) fn is_prompt(line: &str) -> bool {
    let command = line
        .strip_prefix("> ")
        .or_else(|| line.strip_prefix("(lldb) "));
    command.is_some_and(|command| {
        let name = text::word(command).0;
        name.len() >= 2 && name.bytes().all(|byte| byte.is_ascii_lowercase())
    })
}

/// Takes what it says of the thread or of the exception; `false` where the line is none of it.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // Nearly all lines end here.
    if !line.starts_with(['O', 'E', 'M', 'I', 'S', 'H']) {
        return false;
    }
    // `OS Thread Id: 0x549c (44)`
    if let Some(rest) = line.strip_prefix("OS Thread Id: 0x") {
        let (id, number) = text::word(rest);
        let number = number
            .strip_prefix('(')
            .and_then(|number| number.strip_suffix(')'));
        if !out.has_frames() && text::hex(id).is_some() {
            let facts = &mut out.stack.facts;
            (facts.thread_id, facts.thread_system_id) = (number, Some(id));
        }
        return true;
    }
    let Some((label, value)) = line.split_once(':') else {
        return false;
    };
    let value = value.trim();
    match label {
        // `Exception type:   System.InvalidOperationException`; a debugger's own code has no point in it.
        "Exception type" if value.contains('.') => {
            if out.stack.sections.len() <= 1 && out.section().exception.name.is_none() {
                out.section().exception = Exception {
                    name: Some(value),
                    message: "",
                };
                out.cut();
            }
        }
        "Message" if is_named(out) => {
            if value != "<none>" {
                out.exception_message(value);
            }
            out.cut();
        }
        // `System.IO.IOException, Use !PrintException 000001f2a4c81d30 to see more.`
        "InnerException" if is_named(out) => {
            if value != "<none>" {
                let name = value.split(", Use ").next().unwrap_or(value);
                out.stack.facts.reason("inner exception", name);
            }
        }
        "Exception object" | "StackTrace (generated)" | "StackTraceString" => {}
        "HResult" if is_named(out) => {}
        _ => return false,
    }
    true
}

/// Whether the exception of .NET was named above.
fn is_named(out: &Builder<'_>) -> bool {
    let last = out.stack.sections.last();
    let name = last.and_then(|section| section.exception.name);
    name.is_some_and(|name| name.contains('.'))
}
