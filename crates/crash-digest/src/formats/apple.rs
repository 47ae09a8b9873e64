//! Apple's crash reports and those of crash kits in the same form; `minidump_stackwalk` prints alike.

use super::reader::{Line, Reader};
use super::{banners, heads, plain};
use crate::frame::Language;
use crate::grammar::{self, Printers};
use crate::model::{Builder, Part, RelatedKind};
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'E', ..]
            if line.starts_with("Exception Type:") || line.starts_with("Exception type: EXC_") =>
        {
            6
        }
        [b'I', ..] if line.starts_with("Incident Identifier:") => 6,
        [b'T', ..] if line.starts_with("Triggered by Thread:") => 4,
        [b'T', ..]
            if line.starts_with("Thread ")
                && (text::has(line, "Crashed:")
                    || text::has(line, " (crashed)")
                    || text::has(line, "Attributed:")
                    || line[7..].starts_with(|c: char| c.is_ascii_digit())
                        && text::has(line, " name:")
                    || text::has(line, " Queue ") && line.ends_with("):")) =>
        {
            5
        }
        [b'#', ..] if line.starts_with("# Cause: Crash due to ") => 6,
        [b'F', ..] => 4 * u32::from(is_found_by(line)),
        [b'B', ..] if line.starts_with("Binary Images:") => 4,
        // A game's own report has a block below that heading.
        [b'C', ..] if line.starts_with("Crash reason:") => 4 * u32::from(line.len() > 13),
        [b'C', ..] if line.starts_with("Crashed Thread:") => 4,
        [b'L', ..] if line.starts_with("Last Exception Backtrace:") => 5,
        [b'A', ..] if line.starts_with("Application Specific Backtrace ") => 5,
        [b'*', ..] if line.starts_with("*** Terminating app due to uncaught exception") => 5,
        [b'0'..=b'9', ..] => u32::from(text::has(line, "0x0000000") && text::has(line, " + ")),
        _ => 0,
    }
}

/// How `minidump_stackwalk` found the frame above: `Found by: previous frame's frame pointer`.
pub(super) fn is_found_by(line: &str) -> bool {
    let how = line.strip_prefix("Found by: ");
    how.is_some_and(|how| {
        [
            "previous frame's frame pointer",
            "call frame info",
            "stack scanning",
            "given as instruction pointer",
        ]
        .iter()
        .any(|known| how.starts_with(known))
    })
}

/// Reads a report; whose thread it is was decided before.
#[derive(Default)]
pub(super) struct Apple {
    /// Behind `Application Specific Information:`.
    information: bool,
    /// Behind the registers: instructions and memory.
    skip: bool,
    inside: Inside,
    /// What a minidump names; none where the text is another report.
    system: System,
    script: ScriptCalls,
}

/// The calls of a script in the reason of React Native's exception, which ends in `, stack:`: one a line, `open@31:7`.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum ScriptCalls {
    #[default]
    None,
    /// Such a reason stands above.
    Announced,
    /// A call was read.
    Begun,
}

impl ScriptCalls {
    /// Takes a call, and the quote that ends the reason; `false` where the line is none.
    fn line<'a>(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if *self == Self::None {
            if line.ends_with(", stack:") && text::has(line, "xception") {
                *self = Self::Announced;
            }
            return false;
        }
        // A function without a name has none in front of the place.
        let call = line.strip_prefix("<unknown>").unwrap_or(line);
        let frame = Some(call)
            .filter(|call| call.contains('@'))
            .and_then(grammar::read);
        if let Some(frame) = frame.filter(|frame| frame.language == Language::Script) {
            if *self == Self::Announced {
                out.related(RelatedKind::Managed, "JavaScript", None);
            }
            *self = Self::Begun;
            out.frame(frame);
            return true;
        }
        let ends = line == "'" && *self == Self::Begun;
        if *self == Self::Begun {
            out.crash();
        }
        *self = Self::None;
        ends
    }
}

/// The system of a minidump.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum System {
    #[default]
    Unknown,
    Linux,
    Other,
}

impl System {
    /// The line without the note that a person left behind it in a minidump; the head names the system.
    fn said<'a>(&mut self, line: &'a str) -> &'a str {
        if let Some(system) = line.strip_prefix("Operating system: ") {
            *self = if system == "Linux" {
                Self::Linux
            } else {
                Self::Other
            };
        }
        if *self == Self::Unknown {
            line
        } else {
            without_note(line)
        }
    }
}

/// What goes on over several lines.
#[derive(Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Nothing,
    /// The context of a termination.
    Context,
    /// The table of memory regions.
    Regions,
}

impl Inside {
    /// `what` where it holds, else nothing.
    fn when(holds: bool, what: Self) -> Self {
        if holds { what } else { Self::Nothing }
    }
}

impl<'a> Reader<'a> for Apple {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        let line = self.system.said(line);
        if self.script.line(out, line) {
            return;
        }
        // A file of the system has a line of JSON above the report: what a person wrote stands before it.
        if line.starts_with("{\"") && text::has(line, "\"bug_type\":") && !out.has_frames() {
            out.drop_unnamed();
            out.stack.unrecognized.push(line);
            return out.cut();
        }
        // The head begins the report: what stands above it is a person's.
        let begins = line.starts_with("Process:  ") || line.starts_with("Incident Identifier: ");
        if begins && !out.has_frames() && out.stack.facts.signal.is_none() {
            out.drop_unnamed();
        }
        if line.starts_with("VM Region Info:") {
            self.inside = Inside::Regions;
            heads::read(&mut out.stack.facts, line);
            return;
        }
        // The table of the neighbouring regions ends with the next label, and with a thread's first frame.
        if self.inside == Inside::Regions {
            let region = line.starts_with("REGION TYPE")
                || line.starts_with("--->")
                || !text::has(line, ": ") && !is_numbered_frame(line);
            self.inside = Inside::when(region, Inside::Regions);
            if region {
                return;
            }
        }
        if line.starts_with("Binary Images") || line.starts_with("Loaded modules") {
            (self.skip, self.information) = (false, false);
            return;
        }
        // The context of `Termination Reason: FRONTBOARD 2343432205`, over lines.
        if line.starts_with("<RBSTerminateContext|") {
            self.inside = Inside::when(!line.ends_with('>'), Inside::Context);
            let said = text::split_once(line, "explanation:").map_or(line, |(_, said)| said);
            out.stack.facts.reason("termination", said);
            return;
        }
        if self.inside == Inside::Context {
            let ends = line.ends_with('>');
            let goes_on = !ends && is_of_context(line);
            self.inside = Inside::when(goes_on, Inside::Context);
            if goes_on || ends {
                return;
            }
        }
        if text::has(line, "Thread State (")
            || line.starts_with("Logical CPU:")
            || is_of_registers(line)
        {
            self.skip = true;
            return;
        }
        if let Some(rest) = line.strip_prefix("Exception Reason:") {
            return reason(out, rest.trim());
        }
        if let Some(rest) = line.strip_prefix("Application Specific Information:") {
            self.information = true;
            let rest = rest.trim();
            if !rest.is_empty() {
                information(out, rest);
            }
            return;
        }
        if line.starts_with("Last Exception Backtrace") {
            self.information = false;
            out.open(Part::Original, crate::model::Exception::default());
            return;
        }
        if line.starts_with("Application Specific Backtrace") {
            self.information = false;
            // Where the exception was thrown, on a Mac; another one's is not this crash's.
            if out.has_frames() {
                out.further(line);
            } else {
                out.open(Part::Original, crate::model::Exception::default());
            }
            return;
        }
        if plain::is_image(line) && out.image(line) {
            let facts = &mut out.stack.facts;
            facts.process = facts.process.or_else(|| main_module(line));
            return;
        }
        // Crashlytics has the same headings on Android.
        let managed = || line.starts_with("at ").then(|| grammar::read(line))?;
        let frame = grammar::read_as(Printers::Apple, line).or_else(managed);
        if let Some(frame) = frame.filter(|_| !self.skip || !out.has_frames()) {
            self.information = false;
            if self.system == System::Linux {
                program_of_linux(out, frame.module);
            }
            return out.frame(frame);
        }
        if self.information {
            return information(out, line);
        }
        if !self.skip {
            plain::other(out, line);
        }
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        cut_address(out);
    }

    fn blank(&mut self, _out: &mut Builder<'a>) {
        self.information = false;
        if self.inside == Inside::Regions {
            self.inside = Inside::Nothing;
        }
    }
}

/// Where the text ends behind the digits of a frame's address, and other rows have more, the rest was cut off: `XUL  0x00`.
fn cut_address(out: &mut Builder<'_>) {
    let digits = |row: &str| {
        let at = text::find(row, " 0x").or_else(|| text::find(row, "\t0x"))?;
        Some(text::word(&row[at + 1..]).0.len())
    };
    let text = out.text.trim_end();
    let [.., before, last] = &mut out.stack.frames[..] else {
        return;
    };
    let ends = last.function.is_none()
        && last.module.is_some()
        && last.offset.is_none()
        && text.ends_with(last.raw);
    if ends && digits(last.raw) < digits(before.raw) {
        last.address = None;
    }
}

/// `Thread 10 crashed with ARM Thread State (64-bit):`
fn is_of_registers(line: &str) -> bool {
    let number = line.strip_prefix("Thread ").and_then(text::digits);
    number.is_some_and(|(_, rest)| rest.starts_with(" crashed with "))
}

/// A line of a minidump without what a manual says behind it: `Crash address: 0x0         // often no more than this`.
fn without_note(line: &str) -> &str {
    match text::split_once(line, "  // ") {
        Some((front, _)) => front.trim_end(),
        None => line,
    }
}

/// What Linux runs is called without an ending, and its libraries with one: `orbit` among `libc-2.19.so`, `linux-gate.so`.
fn program_of_linux<'a>(out: &mut Builder<'a>, module: Option<&'a str>) {
    let program = module.filter(|name| !name.contains('.') && !name.starts_with(['[', '<', '?']));
    let facts = &mut out.stack.facts;
    facts.process = facts
        .process
        .or(program.filter(|name| *name != "linux-gate"));
}

/// A thread's first frame, below a table that goes on until something else begins.
fn is_numbered_frame(line: &str) -> bool {
    text::digits(line).is_some() && grammar::read_as(Printers::Apple, line).is_some()
}

/// A line of a termination's context, whose end may be missing: `ProcessState: Running`, `WatchdogCPUStatistics: (`, a line in
/// quotation marks, and the bracket behind these.
fn is_of_context(line: &str) -> bool {
    line.starts_with(['"', ')'])
        || line
            .split_once(':')
            .is_some_and(|(label, _)| label.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The program in a minidump's list of modules: `0x7ff644250000 - 0x7ff6489a9fff  orbit.exe  0.36.3.0  (main)`.
fn main_module(line: &str) -> Option<&str> {
    text::split_once(line, "  (main)")?;
    let (_, rest) = text::split_once(line, " - ")?;
    let (_, rest) = text::split_once(rest.trim_start(), "  ")?;
    rest.trim_start().split("  ").next()
}

/// The reason of an exception, alone or with its name in front: `*** -[NSArray …]: …`, `NSRangeException: …`.
fn reason<'a>(out: &mut Builder<'a>, line: &'a str) {
    let read = crate::model::read_exception(line);
    let section = out.section();
    if read.name.is_some() && section.exception.name.is_none() {
        section.exception = read;
    } else if section.exception.message.is_empty() {
        section.exception.message = line;
    } else {
        out.stack.facts.reason("reason", line);
    }
}

/// Application specific information: an exception, an assertion, or a sentence.
fn information<'a>(out: &mut Builder<'a>, line: &'a str) {
    if banners::swift_said(out, line) {
        return;
    }
    let boring = [
        "abort() called",
        "dyld4 config",
        "stack buffer overflow",
        "BUG IN CLIENT",
    ];
    if line.starts_with("*** Terminating app")
        || line.starts_with("Fatal error: ")
        || text::has(line, ": Fatal error: ")
        || text::has(line, "Assertion failed")
        || line.starts_with("terminating ")
            && text::has(line, " uncaught exception of type ")
            && !line.ends_with(" NSException")
    {
        let exception = crate::model::read_exception(line);
        // What a runtime raised for an exception of its own language.
        if let Some(name) = exception.name.filter(|name| name.starts_with("SIG")) {
            let facts = &mut out.stack.facts;
            facts.signal = facts.signal.or(Some(name));
        }
        if out.section().exception.name.is_none() {
            out.section().exception = exception;
            return;
        }
    }
    if line.starts_with(boring[1]) {
        return;
    }
    out.stack
        .facts
        .reason("application specific information", line);
}
