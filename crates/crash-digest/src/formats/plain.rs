//! Exceptions and stacks as runtimes and engines print them: Java, C#, Lua, JavaScript, Rust, Unity, and mixtures.

use super::heads;
use super::reader::{Line, Reader};
use crate::frame::{Frame, Language};
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception, Part, RelatedKind};
use crate::text;

/// Reads a text of no format in particular.
#[derive(Default)]
pub(super) struct Plain {
    lines: usize,
}

impl<'a> Reader<'a> for Plain {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        self.lines += 1;
        let line = line.text;
        if self.lines <= 3
            && !out.has_frames()
            && (thread_alone(out, line) || fault_address_alone(out, line))
        {
            return;
        }
        read(out, line, Printers::Any);
    }
}

/// One line: a frame, an exception, a lock, a fact, or words.
pub(super) fn read<'a>(out: &mut Builder<'a>, line: &'a str, printers: Printers) {
    match grammar::read_as(printers, line) {
        Some(frame) if !is_image(line) => {
            out.frame(frame);
            // .NET ends the copy of an inner exception with an arrow.
            if out.is_beside() && line.ends_with("<---") {
                out.crash();
            }
        }
        _ => other(out, line),
    }
}

/// A line that is no frame.
pub(super) fn other<'a>(out: &mut Builder<'a>, line: &'a str) {
    if section(out, line) || heads::read(&mut out.stack.facts, line) || is_heading(line) {
        return;
    }
    if is_image(line) && out.image(line) || glog(out, line) {
        return;
    }
    // `EXCEPTION_ACCESS_VIOLATION reading address 0x10`
    if let Some(rest) = text::after(line, "EXCEPTION_", b"")
        .or_else(|| text::after(line, "SIGSEGV: ", b"").filter(|_| line.contains("memory")))
        && let Some(address) =
            text::after(rest, " address ", b" ").or_else(|| text::after(rest, " at 0x", b" "))
    {
        out.stack.facts.fault_address = Some(address);
    }
    if is_metadata(line) {
        out.stack.unrecognized.push(line);
        out.cut();
    } else {
        out.words(line);
    }
}

/// glog's frame around a stack: `*** Aborted at 1763798411 (unix time) …`,
/// `*** SIGSEGV (@0x18) received by PID 4711 (TID 0x7f1d2a3b4700) from PID 24; stack trace: ***`.
fn glog<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(rest) = line.strip_prefix("*** ") else {
        return false;
    };
    if let Some((signal, rest)) = rest.split_once(" (@")
        && signal.starts_with("SIG")
        && text::has(rest, " received by PID ")
    {
        let facts = &mut out.stack.facts;
        facts.signal = Some(signal);
        facts.fault_address = rest.split(')').next().filter(|at| at.starts_with("0x"));
        return true;
    }
    rest.starts_with("Aborted at ") || rest.starts_with("Check failure stack trace")
}

/// Lines that begin or end a section, name a lock, or continue the frame above.
pub(super) fn section<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes()[0] {
        b'-' => {
            if out.lock(line) {
                return true;
            }
            if line.starts_with("--- End of inner exception stack trace") {
                out.end_of_inner();
                return true;
            }
            if let Some(inner) = line.strip_prefix("---> ") {
                match inner.strip_prefix("(Inner Exception #") {
                    // AggregateException prints its inner ones again, behind everything else.
                    Some(_) => out.related(RelatedKind::InnerException, line, None),
                    None => out.inner_of_last(inner),
                }
                return true;
            }
            if line.starts_with("--- End of stack trace from previous location")
                || line.starts_with("---- End of")
            {
                return true;
            }
        }
        b'.' => {
            if let Some((more, _)) = line.strip_prefix("... ").and_then(text::digits) {
                out.section().elided = more.parse().unwrap_or_default();
                return true;
            }
        }
        b'C' if line.starts_with("Caused by: ") => {
            out.named(Part::Cause, &line[11..]);
            return true;
        }
        b'S' if line.starts_with("Suppressed: ") => {
            out.named(Part::Suppressed, &line[12..]);
            return true;
        }
        b'R' if line.starts_with("Rethrow as ") => {
            out.section().part = Part::Cause;
            out.named(Part::Main, &line[11..]);
            return true;
        }
        b'L' if line.starts_with("Last Exception Backtrace") => {
            out.open(Part::Original, Exception::default());
            return true;
        }
        b'(' if line.starts_with("(0x") => {
            addresses(out, line);
            return true;
        }
        b'a' if line.starts_with("at ") => return place(out, line),
        _ => {}
    }
    false
}

/// `(0x1a2b3c4d5 0x1a2b3c4e6 …)`: where the exception was raised, without symbols.
fn addresses<'a>(out: &mut Builder<'a>, line: &'a str) {
    for word in line.trim_matches(['(', ')']).split_whitespace() {
        if let Some(address) = text::hex(word) {
            out.frame(Frame {
                raw: word,
                address: Some(address),
                ..Frame::default()
            });
        }
    }
}

/// Rust's backtraces put the place on a line of its own: `at src/battle.rs:42:9`.
fn place<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let (file, number) = text::file_line(&line[3..]);
    match out.last_frame() {
        Some(frame)
            if frame.file.is_none() && number.is_some() && frame.language == Language::Native =>
        {
            (frame.file, frame.line) = (Some(file), number);
            true
        }
        _ => false,
    }
}

/// The thread's name alone on the first line: `main`, `main (waiting)`.
pub(super) fn thread_alone<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line == "main" {
        out.stack.facts.thread = Some(line);
        return true;
    }
    if let Some((name, id)) = named_id(line).filter(|(name, _)| out.is_empty() || *name == "main") {
        (out.stack.facts.thread, out.stack.facts.thread_id) = (Some(name), Some(id));
        return true;
    }
    let Some(header) = crate::cut::named_state(line) else {
        return false;
    };
    out.thread(&header);
    true
}

/// `main(1)`, `# RenderThread(219)`, `network_thread - 26608(26608)`: the console's name of a thread.
fn named_id(line: &str) -> Option<(&str, &str)> {
    let (name, id) = text::last_group(line.strip_prefix("# ").unwrap_or(line), b'(', b')')?;
    let name = name.trim();
    let number = !id.is_empty() && id.len() <= 7 && id.bytes().all(|byte| byte.is_ascii_digit());
    let plain = !name.is_empty()
        && name.len() <= 60
        && !name.contains(['.', ':', '(', '=', '/', '!', '"'])
        && (name.split(' ').count() == 1 || name.contains(" - "));
    (number && plain).then_some((name, id))
}

/// Reports in three parts put the fault address on a line of its own, between the signal and the frames.
pub(super) fn fault_address_alone<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(section) = out.stack.sections.last() else {
        return false;
    };
    let name = section.exception.name.unwrap_or(section.exception.message);
    let signal = name.starts_with("SIG") || name.contains("EXC_") || name.contains("EXCEPTION_");
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

/// `0x104000000 - 0x1045fffff Starfall arm64 <2f5b…>` starts like a bare address.
pub(super) fn is_image(line: &str) -> bool {
    line.starts_with("0x") && text::has(line, " - 0x")
        || line.starts_with("0x")
            && line.contains(" - ")
            && line.contains('<')
            && line.ends_with(|c: char| c.is_ascii_alphanumeric())
            && line.contains("> /")
}

/// Lines that only say that frames follow.
pub(super) fn is_heading(line: &str) -> bool {
    const HEADINGS: [&str; 38] = [
        "Dumping registers",
        "Dumping stacktrace",
        "Native frames",
        "END OF BACKTRACE",
        "END OF STACKTRACE",
        "OUTPUTTING STACK TRACE",
        "OUTPUTING STACK TRACE",
        "java stacktrace",
        "java",
        "STACK",
        "Memory",
        "When the exception was thrown, this was the stack",
        "stack traceback",
        "backtrace",
        "Backtrace",
        "Stack trace",
        "Stack Trace",
        "stack trace",
        "Stacktrace",
        "StackTrace",
        "Stack",
        "Callstack",
        "CallStack",
        "[Callstack]",
        "Calltrace",
        "Traceback",
        "Call stack",
        "Call Stack",
        "Binary Images",
        "stack backtrace",
        "[Crash]",
        "Application Specific Information",
        "Application Specific Backtrace 0",
        "Child-SP          RetAddr               Call Site",
        "Current stack trace",
        "Fatal error!",
        "Critical error",
        "Handled ensure",
    ];
    let line = line.trim_matches(['-', '=', '*', '#', ' ', ':', '>']);
    line.is_empty()
        || HEADINGS.contains(&line)
        || line.starts_with("Traceback (most recent")
        || line.starts_with("Version '") && line.contains("Build type '")
}

/// Labels of a report's head: facts that say nothing of why.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "Operating system", "CPU", "GPU", "Found by", "ExceptionInformation", "Build fingerprint", "Revision", "ABI",
    "Timestamp", "Process uptime", "Cmdline", "Cmd line", "uid", "Incident Identifier", "CrashReporter Key",
    "Hardware Model", "Path", "Identifier", "Version", "Code Type", "Role", "Parent Process", "Coalition",
    "Date/Time", "Launch Time", "OS Version", "Release Type", "Report Version", "Baseband Version",
    "Exception Note", "java.lang.Thread.State", "Kernel Release", "Executable", "tagged_addr_ctrl",
    "pac_enabled_keys", "esr", "Tombstone maker", "Crash type", "Start time", "Crash time", "App ID", "App version",
    "Rooted", "API level", "OS version", "Manufacturer", "Brand", "Model", "Crash Version", "Distributor ID",
    "AppStoreTools", "AppVariant", "Beta", "Architecture", "Command", "PID", "Event", "Responsible", "User ID",
    "Anonymous UUID", "Sleep/Wake UUID", "Time Awake Since Boot", "System Integrity Protection", "Time Since Wake",
    "Notes", "os", "isolate_dso_base", "vm_dso_base", "isolate_instructions", "vm_instructions", "Build type",
    "si_errno", "Bundle Identifier", "Device info", "Build info", "Module name", "VersionCode", "PreInstalled",
    "Foreground", "Fingerprint", "Subject", "Package", "Flags", "Crash-Handler", "Device Model", "System", "UUID",
    "Hardware", "Processor", "Platform", "Analyzed", "Logged", "Heaviest stack", "Bundle", "Build", "pid", "Note",
    "tid", "SYMBOL_NAME", "Engine version", "ABI list", "App Version", "Kernel version", "Symbol search path is",
    "Executable search path is", "Product", "Machine Name", "Debug session time", "System Uptime", "Process Uptime",
    "OS-Version", "SymInit", "Physical memory", "Virtual memory", "Physical Usage", "Virtual Usage", "Virtual  Usage",
    "Terminating Process", "JRE version", "Java VM", "Command Line", "Script Stack", "Malloc Size",
    "Dumping the backtrace. Please include this when reporting the bug on", "Node.js", "Process Name", "LoginId", "EpicAccountId", "An Unreal process has crashed", "PC", "si_errnoMsg", "time",
    "Dumping the backtrace. Please include this when reporting the bug to the project developer.",
];

/// Lines of a report's head and of its registers: true, but not the exception.
pub(super) fn is_metadata(line: &str) -> bool {
    let label = line
        .split(':')
        .next()
        .and_then(|label| label.split(" = ").next())
        .unwrap_or_default()
        .trim_end();
    // Unity throws a tombstone as an error: `java.lang.Error: *** *** ***`.
    if line.ends_with("*** *** ***") {
        return true;
    }
    // Boxes: `══╡ EXCEPTION CAUGHT BY WIDGETS LIBRARY ╞══════`.
    if line.starts_with("══") {
        return true;
    }
    // What virtual machines print between a thread's first line and its frames.
    if line.starts_with(['|', '(']) && !line.starts_with("(0x") {
        return true;
    }
    if label.len() < line.len() && LABELS.contains(&label) || line.starts_with("*** *** ***") {
        return true;
    }
    // Heads in columns: `Build Type        : Release`; of Crashlytics' texts: `# Platform: apple`.
    if line.contains("  : ") || line.starts_with("# ") && line.contains(": ") {
        return true;
    }
    // Unity's list of modules: `C:\Windows\ntdll.dll:ntdll.dll (00007FFA23B40000), size: 1966080 (result: 0), …`.
    if text::has(line, "), size: ") && text::has(line, " (result: ") {
        return true;
    }
    // gdb's `info threads`: `13   Thread 0x7eee (LWP 9471) "vault" 0x00007eee in epoll_wait ()`.
    let row = line.trim_start_matches(['*', ' ']);
    if text::digits(row).is_some_and(|(_, rest)| {
        rest == " total frames" || rest.trim_start().starts_with("Thread 0x")
    }) {
        return true;
    }
    is_registers(line)
}

/// `    x0  0000007b5c1a2b30  x1  …`, `    rax 0000…`, `r0: 0xc40a8e7c  r1: …`, `x0:0000000000000000 x1:…`.
pub(super) fn is_registers(line: &str) -> bool {
    let (first, rest) = text::word(line);
    // `RAX: 0x0`, `R10: 0x5`
    if first.len() <= 5
        && first.ends_with(':')
        && (rest.starts_with("0x") && text::hex(rest).is_some())
        && first.starts_with(['R', 'E', 'r', 'e', 'x', 's', 'p', 'l'])
    {
        return true;
    }
    if let Some((register, value)) = first.split_once(':')
        && !value.is_empty()
    {
        return register.len() <= 4 && value.len() >= 8 && text::hex(value).is_some();
    }
    let (second, _) = text::word(rest);
    let register = first.trim_end_matches([':', '=']);
    register.len() <= 4
        && !register.is_empty()
        && second.len() >= 8
        && text::hex(second).is_some()
        && register.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && register.bytes().any(|byte| byte.is_ascii_alphabetic())
}
