//! Unreal: assertions and exceptions with their call stack, also as modules alone.

use super::plain;
use super::reader::{Line, Reader};
use super::script_stack::ScriptStack;
use crate::frame::{Frame, Language};
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception};
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'[', ..] if line.starts_with("[Callstack]") => 4,
        [b'U', ..]
            if line.starts_with("Unhandled Exception: EXCEPTION_")
                || line.starts_with("Unhandled Exception: SIG") =>
        {
            4
        }
        [b'A', ..] if line.starts_with("Assertion failed: ") && text::has(line, "[File:") => 4,
        [b'G', ..] if line == "GPU Crash dump Triggered" => 5,
        [b'E', ..] if line.starts_with("Ensure condition failed") => 4,
        [b'C', ..] if line.starts_with("Crash in runnable thread") => 5,
        [b'L', ..] if line.starts_with("LowLevelFatalError") => 4,
        // Its box of a crash, which names who is signed in first.
        [b'L' | b'E', ..] if line.starts_with("LoginId:") || line.starts_with("EpicAccountId:") => {
            2
        }
        [b'F', ..] if line.starts_with("Fatal error") && line.ends_with(['!', ']']) => 2,
        [b'=', ..] if text::has(line, "Critical error:") || text::has(line, "Handled ensure:") => 4,
        [b'0', b'x', ..] if text::has(line, ".exe!") => 2,
        _ => 0,
    }
}

/// Reads a crash.
#[derive(Default)]
pub(super) struct Unreal<'a> {
    /// Names alone on their lines, which are modules when known ones follow.
    names: Vec<&'a str>,
    /// What the log named before the report's own banner, which names it again.
    before: Option<Exception<'a>>,
    /// Calls of blueprints.
    scripts: ScriptStack<'a>,
}

impl<'a> Unreal<'a> {
    /// The names before a frame are frames as well.
    fn flush(&mut self, out: &mut Builder<'a>) {
        for name in self.names.drain(..) {
            out.frame(Frame {
                raw: name,
                module: Some(name),
                ..Frame::default()
            });
        }
    }
}

impl<'a> Reader<'a> for Unreal<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        if self.scripts.line(line) {
            return out.stack.unrecognized.push(line);
        }
        if let Some(name) = line.strip_prefix("Crash in runnable thread ") {
            out.stack.facts.thread = Some(name.trim());
            return;
        }
        // Its log, before the fault: `Runnable thread FAsyncLoadingThread crashed.`
        if let Some(name) = crashed_thread(line) {
            let facts = &mut out.stack.facts;
            facts.thread = facts.thread.or(Some(name.trim()));
            return;
        }
        if line == "GPU Crash dump Triggered" && out.is_fresh() {
            if out.section().exception.name.is_none() {
                let exception = Exception {
                    name: Some(line),
                    message: "",
                };
                out.sure(exception, line);
                out.cut();
            }
            return;
        }
        let banner = line.trim_matches(['=', ' ', ':']);
        if matches!(
            banner,
            "Critical error"
                | "Handled ensure"
                | "Fatal error!"
                | "begin: stack for UAT"
                | "end: stack for UAT"
                | "[Callstack]"
                | ""
        ) || line.starts_with("begin: stack")
            || line.starts_with("end: stack")
        {
            if matches!(banner, "Critical error" | "begin: stack for UAT") && out.is_fresh() {
                let exception = &mut out.section().exception;
                let named = std::mem::take(exception);
                // What the allocator could not give stands below the place.
                let message = named.message;
                let first = message.lines().next().unwrap_or_default();
                let second = message.lines().nth(1).unwrap_or_default();
                let message = if second.starts_with("Ran out of memory") {
                    out.span(first, second)
                } else {
                    first
                };
                if !named.is_empty() {
                    self.before = Some(Exception { message, ..named });
                }
            }
            return;
        }
        // Before anything is named, a call without a place is a log's words: `dock.open(slot)`.
        let section = out.stack.sections.last();
        let told = section
            .is_some_and(|section| section.exception.name.is_some() || !section.frames.is_empty());
        let called = |frame: &Frame<'_>| {
            let bare = frame.file.or(frame.module).is_none() && frame.address.is_none();
            bare && frame.language == Language::CSharp && !line.starts_with("at ")
        };
        let frame = grammar::read_as(Printers::Any, line);
        if let Some(frame) = frame.filter(|frame| told || !called(frame)) {
            self.flush(out);
            return out.frame(frame);
        }
        // Log lines before it are no part of the exception.
        let read = crate::model::read_exception(line);
        if read.name.is_some() && out.is_fresh() {
            let known = out.section().exception.name;
            if ended_by_check(out, line) {
                return;
            }
            // Checks end in a write to a bad address on Linux: the signal is only their end.
            let signal = known.is_some_and(|name| name.starts_with("SIG"));
            let check = read.name.is_some_and(|name| !name.starts_with("SIG"));
            if known.is_none() || signal && check {
                let address = text::after(line, " address ", b" ")
                    .or_else(|| text::after(line, "ACCESS_VIOLATION 0x", b" "));
                let before = out.stack.facts.fault_address.filter(|_| !signal);
                out.stack.facts.fault_address = address.or(before);
                out.sure(read, line);
                return;
            }
        }
        let named = !out.stack.sections.is_empty();
        if named && let Some(frame) = module_alone(line) {
            self.flush(out);
            return out.frame(frame);
        }
        if named && is_name(line) && self.names.len() < 512 {
            return self.names.push(line);
        }
        if let Some(rest) = line.strip_prefix("[Callstack]") {
            // A call stack's line without anything known: it stays a line.
            return out.stack.unrecognized.push(rest.trim());
        }
        self.names.clear();
        if is_timing(line) {
            out.stack.unrecognized.push(line);
            return out.cut();
        }
        plain::other(out, line);
    }

    fn blank(&mut self, out: &mut Builder<'a>) {
        self.scripts.blank();
        // Place and message stand together; what follows apart is the call stack, or a person's words.
        if out.is_fresh() && !out.is_empty() && out.section().exception.message.contains('\n') {
            out.cut();
        }
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        let first = out.stack.sections.first().map(|section| section.exception);
        if first.is_some_and(|first| first.name == Some("Ensure condition failed")) {
            let facts = &mut out.stack.facts;
            facts.reason("", "a handled ensure: the program goes on behind it");
        }
        if let Some(before) = self.before
            && let Some(section) = out.stack.sections.first_mut()
            && section.exception.is_empty()
        {
            section.exception = before;
        }
        // A program may print its own name alone, again and again.
        let repeats = self.names.windows(2).any(|pair| pair[0] == pair[1]);
        if repeats || out.has_frames() && self.names.len() > 1 {
            self.flush(out);
        } else {
            out.stack.unrecognized.append(&mut self.names);
        }
        self.scripts.end(out);
    }
}

fn crashed_thread(line: &str) -> Option<&str> {
    line.strip_prefix("Runnable thread ")?
        .strip_suffix(" crashed.")
}

/// A check's own way to end the editor, below what it said: `Unhandled Exception: EXCEPTION_ACCESS_VIOLATION reading …`.
fn ended_by_check<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let ended = line.starts_with("Unhandled Exception: EXCEPTION_")
        && out.section().exception.name == Some("Assertion failed")
        && out.has_said();
    if ended {
        out.stack.facts.reason("ended", line);
        out.cut();
    }
    ended
}

/// How long something took, as the log tells it: `FPlatformStackWalk::StackWalkAndDump -  0.101 s`.
fn is_timing(line: &str) -> bool {
    let Some((_, took)) = line.rsplit_once(" - ") else {
        return false;
    };
    took.trim_start()
        .rsplit_once(' ')
        .is_some_and(|(number, unit)| {
            matches!(unit, "s" | "ms" | "us" | "min" | "h") && number.parse::<f32>().is_ok()
        })
}

/// What can be a module's name: one word in the manner of identifiers.
fn is_name(line: &str) -> bool {
    line.len() < 80
        && line.starts_with(|c: char| c.is_ascii_alphabetic())
        && line
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Shipping builds without symbols print modules alone: `Moonfort_Win64_Shipping`, `kernel32`.
fn module_alone(line: &str) -> Option<Frame<'_>> {
    let plain = line
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+'));
    let lower = line.to_ascii_lowercase();
    let program = text::has(&lower, "shipping")
        || text::has(&lower, "-win64")
        || text::has(&lower, "_win64")
        || [".dll", ".exe", ".so", ".dylib"]
            .iter()
            .any(|end| lower.ends_with(end));
    let system = [
        "kernel32",
        "ntdll",
        "kernelbase",
        "user32",
        "ucrtbase",
        "d3d11",
        "d3d12",
        "dxgi",
        "combase",
        "rpcrt4",
        "win32u",
        "gdi32",
        "comctl32",
        "comdlg32",
        "gdi32full",
        "uxtheme",
        "nvwgf2umx",
        "amdxc64",
        "vcruntime140",
        "msvcp140",
        "ws2_32",
        "xinput1_3",
        "xaudio2_9",
        "dinput8",
        "atidxx64",
        "nvoglv64",
        "igd10iumd64",
        "unknown",
        "ole32",
        "shell32",
        "msvcrt",
        "sechost",
        "physx3_x64",
        "physx3common_x64",
        "d3dcompiler_47",
        "ntoskrnl",
    ];
    let known = program || system.contains(&lower.as_str()) || is_engine_module(&lower);
    (plain && line.len() < 80 && known).then_some(Frame {
        raw: line,
        module: Some(line),
        ..Frame::default()
    })
}

/// The editor's modules: `UE4Editor_Core`, `UnrealEditor_Engine`.
fn is_engine_module(lower: &str) -> bool {
    lower.starts_with("ue4editor")
        || lower.starts_with("unrealeditor")
        || lower.starts_with("ue4game")
        || text::head(lower, 6) == "engine" && lower.len() == 6
}
