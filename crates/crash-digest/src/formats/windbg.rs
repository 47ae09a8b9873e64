//! `WinDbg`'s `!analyze` listing and `k` stacks.

use super::reader::{Line, Reader};
use super::windbg_keys::Keys;
use super::windbg_loose::Loose;
use super::windbg_open::Open;
use super::windbg_threads::Threads;
use super::windbg_words::{bugcheck, failed_in_heap, is_banner, stored, unreached};
use super::{metadata, plain, sos, windbg_keys, windbg_threads};
use crate::frame::Frame;
use crate::grammar::{self, Printers};
use crate::model::Builder;
use crate::text;
use crate::windows_exceptions::windows_exception;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'K', ..] if windbg_keys::is_key(line) => 2,
        [b'F', ..] if line.starts_with("FAULTING_IP") || line.starts_with("FAILURE_BUCKET_ID") => 6,
        [b'S', ..] if line.starts_with("STACK_TEXT") || line.starts_with("SYMBOL_NAME") => 6,
        [b'E', ..]
            if line.starts_with("EXCEPTION_RECORD")
                || line.starts_with("ExceptionAddress:")
                || line.starts_with("EXCEPTION_CODE") =>
        {
            5
        }
        [b'C' | b'E', ..] if sos::is_heading(line) => 20,
        [b'S', ..] if line.starts_with("StackTrace (generated):") => 6,
        [b'*', ..]
            if text::has(line, " Bugcheck Analysis ")
                || text::has(line, " Exception Analysis ") =>
        {
            6
        }
        [b'#' | b' ' | b'C' | b'M', ..]
            if text::has(line, "Child-SP") || text::has(line, "ChildEBP") =>
        {
            6
        }
        [b'0'..=b'9', ..] if windbg_threads::is_prompt(line) => 4,
        [b'R', ..] if is_of_arguments(line) => 6,
        [b'E', ..] if line.starts_with("ExceptionCode:") => 3,
        [b'T', ..] if stored(line).is_some() => 6,
        [b'(', ..] | [.., b')'] if event(line).is_some() => 6,
        _ => 0,
    }
}

/// What rows with a place in a program are.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// Places without a stack.
    #[default]
    Loose,
    /// Frames: inside `STACK_TEXT` or below the columns' heading.
    Stack,
    /// All that looks like a place in a stack's memory.
    Memory,
}

/// Reads a listing: only what stands in a stack is a frame.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is what another line has said"
)]
pub(super) struct Windbg<'a> {
    rows: Rows,
    loose: Loose<'a>,
    /// The instruction that faulted, which may carry the place that the stack leaves out.
    faulting: Option<Frame<'a>>,
    /// The function that the listing blames, and the place in it, which the stack leaves out.
    blamed: Option<Frame<'a>>,
    source: Option<&'a str>,
    source_line: Option<u32>,
    /// What was told so far is of an exception that the program may have caught.
    first: bool,
    /// The first that was told behind a stack.
    behind: Option<&'a str>,
    /// Where the frame above returns to: the address of the next one.
    returns: Option<u64>,
    threads: Threads<'a>,
    keys: Keys<'a>,
    open: Open<'a>,
    /// The kernel's end was named, and is explained.
    explained: bool,
    /// Behind the title of an analysis, in front of what it found: the debugger says how it went.
    titled: bool,
    /// The debugger has no words for the exception's code.
    wordless: bool,
    /// The heap has said what is broken.
    heap: bool,
}

/// The thread that stopped and what it stopped at: `(14d4.37a0): Access violation - code c0000005 (first/second chance not
/// available)`. A kernel's debugger names no thread: `Access violation - code c0000005 (!!! second chance !!!)`.
fn event(line: &str) -> Option<(Option<&str>, &str)> {
    let chance = || {
        [" (first chance)", " (!!! second chance !!!)"]
            .iter()
            .find_map(|end| line.strip_suffix(end))
    };
    let line = match line.as_bytes() {
        [b'(', ..] => line,
        [.., b')'] => {
            let said = chance()?;
            let Some((front, _)) = text::rsplit_once(said, "): ") else {
                let (_, code) = text::rsplit_once(said, " - code ")?;
                return text::hex(code).map(|_| (None, line));
            };
            // Output of the program may stand in front, without an end of its own.
            line.get(front.rfind('(')?..)?
        }
        _ => return None,
    };
    let (ids, rest) = line.strip_prefix('(')?.split_once("): ")?;
    let (process, thread) = ids.split_once('.')?;
    let known = text::hex(process).is_some() && text::hex(thread).is_some();
    (known && text::has(rest, " - code ")).then_some((Some(thread), rest))
}

/// The code that the kernel ended with, the first argument of its function: ``… : 00000000`000000f7 … : nt!KeBugCheckEx``.
fn ended_with<'a>(frame: &Frame<'a>) -> Option<&'a str> {
    let (_, arguments) =
        text::split_once(frame.raw, " : ").filter(|_| frame.function == Some("KeBugCheckEx"))?;
    let (first, _) = text::word(arguments.trim_start());
    text::hex(first)?;
    let digits = first.rsplit('`').next()?.trim_start_matches('0');
    (!digits.is_empty()).then_some(digits)
}

/// The heading of `kb` on 64 bits: `RetAddr           : Args to Child           : Call Site`.
fn is_of_arguments(line: &str) -> bool {
    line.starts_with("RetAddr") && text::has(line, ": Args to Child")
}

/// The second column, perhaps behind the frame's number: ``00000035`a6c75340 00007ff7`d6a9ed78 : …``; it is the first where
/// the arguments stand right behind it.
fn returns_to(row: &str) -> Option<u64> {
    let address = |word: &str| (word.len() >= 8).then(|| text::hex(word)).flatten();
    let mut words = row.split_whitespace().take(3);
    let mut first = words.next()?;
    if first.len() <= 2 {
        first = words.next()?;
    }
    let first = address(first)?;
    match words.next()? {
        ":" => Some(first),
        second => address(second),
    }
}

impl<'a> Windbg<'a> {
    /// What the debugger stopped at. Programs catch most of what it sees first: what nothing caught, it sees again.
    fn stopped_at(&mut self, out: &mut Builder<'a>, event: &'a str) {
        let (name, rest) = text::split_once(event, " - code ").unwrap_or((event, ""));
        let (code, chance) = text::word(rest);
        let again = text::has(chance, "second chance") || !out.has_frames();
        if std::mem::take(&mut self.first) && again {
            let facts = &mut out.stack.facts;
            (facts.signal, facts.code, facts.fault_address) = (None, None, None);
            facts.reasons.clear();
            self.faulting = None;
            self.loose = Loose::default();
        }
        self.first = text::has(chance, "(first chance)");
        let facts = &mut out.stack.facts;
        // It has no words for many of them.
        let known = windows_exception(code).filter(|_| name == "Unknown exception");
        facts.signal = facts.signal.or(known).or(Some(name));
        let code = Some(code).filter(|code| !code.is_empty());
        facts.code = facts.code.or(code);
    }

    /// Where it stopped, the last time that it did.
    fn stopped_in(&mut self, out: &mut Builder<'a>, place: Frame<'a>) {
        // Behind a stack of another place it is what happened later.
        let first = out.stack.frames.first().and_then(|first| first.function);
        if let Some(later) = self.behind.take().filter(|_| first != place.function) {
            let facts = &mut out.stack.facts;
            (facts.signal, facts.code) = (None, None);
            facts.reason("later", later);
        }
        self.faulting = self.faulting.or(Some(place));
        self.loose.stopped(place);
    }

    /// A line of the analysis: `PROCESS_NAME:  orbit.exe`.
    fn labelled(&mut self, out: &mut Builder<'a>, label: &str, line: &'a str) {
        let value = line.split_once(':').map(|(_, value)| value.trim());
        match label {
            "EXCEPTION_CODE" => {
                let value = text::after(line, ") ", b"").or_else(|| text::after(line, ": ", b""));
                // It has no words for what runtimes throw: `0xe0434352 - <Unable to get error code text>`.
                let code = value.filter(|value| text::has(value, " - <Unable"));
                let known = code.and_then(|code| windows_exception(text::word(code).0));
                self.wordless |= code.is_some();
                out.stack.facts.signal = out.stack.facts.signal.or(known).or(value);
            }
            // Of what .NET threw the first is the result that it stands for.
            "EXCEPTION_PARAMETER1" => {
                let of_net = |signal: &str| text::has(signal, "CLR exception");
                let value = value.filter(|_| out.stack.facts.signal.is_some_and(of_net));
                out.stack.facts.reason("HRESULT", value.unwrap_or_default());
            }
            "ERROR_CODE" | "EXCEPTION_CODE_STR" => {
                let value = text::split_once(line, ": ").map(|(_, value)| value.trim());
                let text = value
                    .filter(|value| !text::has(value, "<Unable") && !text::has(value, "{    }"));
                // A code that was told without words: `(NTSTATUS) 0xc0000374 - A heap has been corrupted.`
                let signal = out.stack.facts.signal;
                if signal.is_some_and(|signal| text::hex(signal).is_some())
                    && let Some((_, said)) = text.and_then(|text| text::split_once(text, " - "))
                    && !said.contains('%')
                {
                    out.stack.facts.reason("", said);
                }
                out.stack.facts.signal = out.stack.facts.signal.or(text);
            }
            // The system's id in eight digits; of a kernel's dump it is an address.
            "FAULTING_THREAD" => {
                let id = value.filter(|id| id.len() <= 8 && text::hex(id).is_some());
                out.stack.facts.thread_id = out.stack.facts.thread_id.or(id);
            }
            "PROCESS_NAME" => {
                out.stack.facts.process = value;
            }
            "READ_ADDRESS" | "WRITE_ADDRESS" => {
                let value = value.map(|value| text::word(value).0);
                out.stack.facts.fault_address = out.stack.facts.fault_address.or(value);
            }
            // Which check of the heap failed: `…_ACTIONABLE_HEAP_CORRUPTION_heap_failure_block_not_busy_AFTER_CALL`.
            "BUGCHECK_STR" | "FAILURE_BUCKET_ID" | "PRIMARY_PROBLEM_CLASS" => {
                let failed = value.and_then(failed_in_heap).unwrap_or_default();
                out.stack.facts.reason("", failed);
                if self.wordless && label == "PRIMARY_PROBLEM_CLASS" {
                    let class = value.unwrap_or_default();
                    out.stack.facts.reason("problem class", class);
                }
            }
            "SYMBOL_NAME" => {
                self.blamed = value.and_then(|name| grammar::read_as(Printers::Windbg, name));
            }
            "FAULTING_SOURCE_FILE" => self.source = value,
            "FAULTING_SOURCE_LINE_NUMBER" => {
                self.source_line = value.and_then(|number| number.parse().ok());
            }
            _ => {}
        }
    }

    /// A line that is neither a row nor labelled.
    fn words(&mut self, out: &mut Builder<'a>, line: &'a str) {
        match line {
            _ if stored(line).is_some() => {
                let what = stored(line).filter(|what| what.ends_with(" exception"));
                out.stack.facts.signal = out.stack.facts.signal.or(what);
            }
            // The heap's own end, before the break that the debugger stops at.
            _ if line.starts_with("Critical error detected ") => {
                let code = line.rsplit(' ').next().unwrap_or_default();
                let said = windows_exception(code).unwrap_or(code);
                out.stack.facts.reason("critical error", said);
            }
            _ if line.starts_with("WARNING: Stack unwind information not available") => {
                out.stack
                    .facts
                    .reason("warning", &line["WARNING: ".len()..]);
            }
            _ if out.is_fresh() && !out.has_frames() && bugcheck(line).is_some() => {
                let (name, code) = bugcheck(line).unwrap_or_default();
                let facts = &mut out.stack.facts;
                (facts.signal, facts.code) = (Some(name), Some(code));
                self.explained = true;
            }
            // What it means in general, down to what is known of this one: `Arg2: fffff809090a3010, The address that …`.
            _ if self.explained && !out.has_frames() && line.starts_with("Arg") => {
                if let Some((_, value)) = line.split_once(": ") {
                    out.stack.facts.reason("argument", value);
                }
            }
            _ if self.explained && !out.has_frames() => out.stack.unrecognized.push(line),
            _ if line.starts_with("Attempt to ") && text::has(line, " address ") => {
                let address = text::after(line, " address ", b" ");
                let facts = &mut out.stack.facts;
                facts.fault_address = facts.fault_address.or(address);
                let end = [" from address ", " to address ", " address "]
                    .iter()
                    .find_map(|mark| text::find(line, mark));
                facts.reason("", &line[..end.unwrap_or(line.len())]);
            }
            _ if line.ends_with("??") && unreached(line).is_some() => {
                let facts = &mut out.stack.facts;
                facts.fault_address = facts.fault_address.or(unreached(line));
                // Nobody may have said what it was.
                facts.address_apart |= facts.signal.is_none();
            }
            _ if super::heads::read(&mut out.stack.facts, line) => {}
            // What a program ended itself for: `Subcode: 0x7 FAST_FAIL_FATAL_APP_EXIT`.
            _ if line.starts_with("Subcode: 0x") => out.stack.facts.reason("", line),
            _ if self.rows == Rows::Stack || out.has_frames() => out.stack.unrecognized.push(line),
            _ if text::digits(line).is_some()
                || line.starts_with(|c: char| c.is_ascii_hexdigit())
                    && text::hex(text::word(line).0).is_some() =>
            {
                out.stack.unrecognized.push(line);
            }
            _ if self.keys.line(out, line) => {}
            _ if is_banner(line) => {}
            _ if line.starts_with("NumberParameters")
                || line.starts_with("Parameter[")
                || metadata::is_registers(line)
                || line.contains('=') => {}
            _ if self.titled => out.stack.unrecognized.push(line),
            // Below a debugger the heap says itself what is broken, whatever was said before.
            _ if line.starts_with("HEAP[") && text::has(line, "]: ") => {
                if !std::mem::replace(&mut self.heap, true) {
                    out.drop_unnamed();
                    if out.section().exception.is_empty() {
                        out.exception_message(line);
                    }
                }
                out.stack.unrecognized.push(line);
            }
            _ => {
                self.loose.words(line);
                plain::other(out, line);
            }
        }
    }
}

impl<'a> Reader<'a> for Windbg<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        if self.open.line(out, line) || sos::line(out, line) {
            return;
        }
        if line.starts_with("STACK_TEXT")
            || sos::is_heading(line)
            || text::has(line, "Child-SP")
            || text::has(line, "ChildEBP")
            || is_of_arguments(line)
        {
            self.rows = match out.has_frames() {
                _ if sos::is_of_memory(line) => Rows::Memory,
                true => Rows::Loose,
                // What nobody named above it is somebody's.
                false => {
                    out.drop_words();
                    Rows::Stack
                }
            };
            return;
        }
        if let Some((thread, event)) = event(line) {
            if let Some(thread) = thread {
                self.threads.stopped(thread, out.has_frames());
            }
            self.behind =
                Some(event).filter(|_| out.has_frames() && out.stack.facts.signal.is_none());
            self.stopped_at(out, event);
            return;
        }
        if self.threads.line(line, out.has_frames()) || sos::is_prompt(line) {
            // What the next command prints is none of the stack above it.
            if out.has_frames() {
                self.rows = Rows::Loose;
            }
            return out.stack.unrecognized.push(line);
        }
        // Where a thread of .NET is: `Current frame: (MethodDesc 00007ff8c0d34512 +0x4b Orbit.Dock.Open(Int32))`.
        let current = line.strip_prefix("Current frame: ").map(str::trim);
        if let Some(frame) = current.and_then(|place| grammar::read_as(Printers::Windbg, place)) {
            return self.loose.push(frame);
        }
        // Where the debugger stopped: `moon!mf::Vault::open+0x14:`, its instruction below.
        let stopped = line.strip_suffix(':').filter(|line| text::has(line, "+0x"));
        let frame = grammar::read_as(Printers::Windbg, stopped.unwrap_or(line));
        let label = line.split(':').next().unwrap_or_default();
        let labelled = label.len() > 3
            && label.len() < line.len()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit())
            // The debugger's remark in the middle of a stack: `WARNING: Stack unwind information not available.`
            && !matches!(label, "WARNING" | "ERROR");
        if let Some(frame) = frame.filter(|_| !labelled) {
            if stopped.is_some() {
                self.stopped_in(out, frame);
            } else if self.rows == Rows::Stack {
                // A module alone is told apart by the address.
                let alone = frame.function.is_none() && frame.offset.is_none();
                let address = frame.address.or(self.returns.filter(|_| alone));
                self.returns = returns_to(frame.raw);
                let facts = &mut out.stack.facts;
                if facts.signal.is_none()
                    && let Some(code) = ended_with(&frame)
                {
                    (facts.signal, facts.code) = (Some("bugcheck"), Some(code));
                }
                out.frame(Frame { address, ..frame });
                self.open.row(line);
            } else if self.rows == Rows::Memory {
                out.stack.unrecognized.push(line);
            } else {
                let listing = frame
                    .raw
                    .starts_with(|c: char| c.is_ascii_hexdigit() && !c.is_ascii_alphabetic());
                if !listing {
                    self.faulting = self.faulting.or(Some(frame));
                }
                self.loose.push(frame);
            }
            return;
        }
        if labelled {
            self.rows = Rows::Loose;
            self.titled = false;
        }
        self.titled |= line.starts_with('*') && text::has(line, " Exception Analysis ");
        self.explained &= !labelled && line != "Debugging Details:";
        if labelled {
            self.labelled(out, label, line);
        } else {
            self.words(out, line);
        }
    }

    fn blank(&mut self, out: &mut Builder<'a>) {
        if out.has_frames() && self.rows == Rows::Stack {
            self.rows = Rows::Loose;
        }
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        self.threads.end(&mut out.stack.facts);
        let has_frames = out.has_frames();
        self.keys.end(&mut out.stack.facts, has_frames);
        if !has_frames {
            std::mem::take(&mut self.loose).end(out);
        } else if let Some(faulting) = self.faulting
            && let Some(first) = out.stack.frames.first_mut()
            && first.function == faulting.function
            && first.file.is_none()
        {
            (first.file, first.line) = (faulting.file, faulting.line);
        }
        let blamed = self.blamed.and_then(|blamed| blamed.function);
        if let Some(source) = self.source
            && let Some(frame) = out
                .stack
                .frames
                .iter_mut()
                .find(|frame| blamed.is_none() || frame.function == blamed)
            && frame.file.is_none()
        {
            (frame.file, frame.line) = (Some(source), self.source_line);
        }
    }
}
