//! Address, thread, memory and undefined-behaviour sanitizers: one stack is the fault, the others explain it.

use super::debugger_session::session;
use super::harmony::without_note;
use super::ndk_stack::inlined_into;
use super::plain;
use super::reader::{Line, Reader};
use crate::frame::Frame;
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception, RelatedKind};
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'=', ..]
            if line.starts_with("==")
                && (text::has(line, "==ERROR: ") || text::has(line, "==WARNING: ")) =>
        {
            12
        }
        [b'W', ..] if line.starts_with("WARNING: ThreadSanitizer") => 12,
        [b'S', ..] if line.starts_with("SUMMARY: ") && text::has(line, "Sanitizer") => 8,
        [b'R' | b'W', ..] if text::has(line, " of size ") && text::has(line, " at 0x") => 4,
        // All that is left of a report may be what happened to the memory before.
        [b'a' | b'd' | b'f' | b'p', .., b':']
            if line.ends_with(" here:") && related(line).is_some() =>
        {
            4
        }
        _ => u32::from(report(line).is_some()) * 12,
    }
}

/// Reads a sanitizer's report.
#[derive(Default)]
pub(super) struct Sanitizer<'a> {
    reports: usize,
    /// What the last line of a report says, for a text whose beginning is cut off.
    summary: Option<&'a str>,
    /// Undefined behaviour carries its place in front, often without a stack.
    place: Option<&'a str>,
    /// The whole line of it.
    undefined: Option<&'a str>,
    /// The line of the last finding.
    finding: &'a str,
    /// The next line names what lies at the address in a call's memory.
    objects: bool,
    /// What the head of HarmonyOS gives as the reason.
    reason: Option<&'a str>,
}

impl<'a> Reader<'a> for Sanitizer<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = unmarked(line.text);
        let frame = grammar::read_as(Printers::Sanitizer, line);
        if let Some(frame) = frame.or_else(|| name_alone(out, line)) {
            return out.frame(frame);
        }
        if inlined_into(out, line) {
            return;
        }
        // A handler's stack above the report, as its carrier renders it.
        if self.reports == 0 && line.starts_with("[Current thread is ") && session(out, line) {
            return;
        }
        let line = without_note(line).trim_end();
        if self.reports == 0 && self.of_harmony(out, line) {
            return;
        }
        // Which of the bytes, in front of what the report says of it.
        if line.starts_with("Uninitialized bytes in ") {
            return out.stack.facts.reason("", line);
        }
        if let Some(what) = report(line) {
            return self.begins(out, line, what);
        }
        if let Some(summary) = line.strip_prefix("SUMMARY: ") {
            self.summary = self.summary.or(Some(summary));
            // The line of the finding itself may have been lost among those of other threads.
            let place =
                text::after(summary, "undefined-behavior ", b" ").filter(|_| self.reports > 0);
            if place.is_some_and(|place| !self.finding.starts_with(place)) {
                out.stack
                    .facts
                    .reason("also", summary.trim_end_matches(" in"));
            }
            return;
        }
        if line.starts_with("====") {
            return;
        }
        // `READ of size 4 at 0x0072c8a48850 thread T9 (Render)`, `Write of size 8 at 0x7b0c by thread T3 (mutexes: …):`
        let accessed = line.split(" of size ").next().unwrap_or_default();
        if [
            "read",
            "write",
            "atomic read",
            "atomic write",
            "vptr",
            "racy",
        ]
        .iter()
        .any(|word| accessed.eq_ignore_ascii_case(word))
            && text::has(line, " at 0x")
        {
            if out.has_frames() && !out.is_beside() {
                return out.related(
                    RelatedKind::PreviousAccess,
                    line.trim_end_matches(':'),
                    thread(line),
                );
            }
            access(out, line);
            return;
        }
        // LeakSanitizer lists every leak with its stack: the first is the report's.
        if text::has(line, " leak of ") && line.ends_with(" allocated from:") {
            let title = line.trim_end_matches(" allocated from:");
            if out.has_frames() {
                return out.related(RelatedKind::Further, title, None);
            }
            return out.stack.facts.reason("", title);
        }
        // The other access of a race is told without its stack as well.
        if line == "[failed to restore the stack]"
            && let Some(last) = out.stack.related.last()
        {
            let title = last.title;
            return out.stack.facts.reason("without a stack", title);
        }
        // Where a mutex was locked that was destroyed.
        if line == "and:" && out.has_frames() && !out.is_beside() {
            return out.related(RelatedKind::LockedBy, line.trim_end_matches(':'), None);
        }
        if std::mem::take(&mut self.objects) && !line.is_empty() {
            return out.stack.facts.reason("variable", line);
        }
        self.objects = line == "Potentially referenced stack objects:";
        if let Some(kind) = related(line) {
            let title = line
                .trim_end_matches(':')
                .trim_end_matches(" here")
                .trim_end_matches(" at");
            // Locks that were taken in another order before: where the first was taken is the report's own stack.
            if kind == RelatedKind::LockedBy && !out.has_frames() && !out.is_beside() {
                out.stack.facts.reason("", title);
                out.stack.facts.thread_id = thread(line);
                return out.crash();
            }
            called(out, line);
            return out.related(kind, title, thread(line));
        }
        if out.is_fresh() && self.reports == 0 {
            return plain::other(out, line);
        }
        remark(out, line);
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        if let Some(summary) = self.summary.filter(|_| self.reports == 0) {
            let (name, rest) = text::split_once(summary, ": ").unwrap_or((summary, ""));
            let what = [" (", " /"]
                .iter()
                .filter_map(|mark| rest.find(mark))
                .min()
                .map_or(rest, |at| &rest[..at]);
            out.exception_name(name);
            out.exception_message(what);
        }
        // The report itself may call it by another word: `tag-mismatch`.
        let said = |out: &mut Builder<'a>| out.section().exception.message;
        if let Some(reason) = self.reason.filter(|reason| !text::has(said(out), reason)) {
            out.stack.facts.reason("reason", reason);
        }
        if let Some(place) = self.place.filter(|_| !out.has_frames()) {
            let (file, line) = text::file_line(place);
            out.crash();
            out.frame(Frame {
                raw: place,
                file: Some(file),
                line,
                ..Frame::default()
            });
        }
    }
}

impl<'a> Sanitizer<'a> {
    /// The head that HarmonyOS writes above the report: `Module name:com.acme.orbit`, `Reason:use-after-free`.
    fn of_harmony(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if !matches!(line.as_bytes().first(), Some(b'M' | b'P' | b'R')) {
            return false;
        }
        let Some((label, value)) = line.split_once(':') else {
            return false;
        };
        if value.is_empty() || value.starts_with(' ') || value.contains(' ') {
            return false;
        }
        match label {
            "Module name" | "Process name" => {
                let facts = &mut out.stack.facts;
                facts.process = facts.process.or(Some(value));
                facts.bundle = facts.bundle.or(Some(value));
            }
            // `Reason:Tsan` is the tool's own name.
            "Reason" if value.to_ascii_lowercase().ends_with("san") => {}
            "Reason" => self.reason = Some(value),
            _ => return false,
        }
        out.cut();
        true
    }

    /// A report begins: the first is the text's own.
    fn begins(&mut self, out: &mut Builder<'a>, line: &'a str, what: &'a str) {
        self.reports += 1;
        self.finding = line;
        // Undefined behaviour that was found on the way to what ended the program.
        if let Some(undefined) = self.undefined
            && !text::has(line, ": runtime error: ")
        {
            (self.undefined, self.place) = (None, None);
            if out.has_frames() {
                out.set_aside(undefined);
            } else {
                out.stack.facts.reason("before it", undefined);
            }
            return exception(out, what);
        }
        if self.reports > 1 {
            // Undefined behaviour needs no stack: each finding is a line.
            if text::has(line, ": runtime error: ") {
                out.stack.facts.reason("also", line);
            }
            if out.has_frames() {
                out.related(RelatedKind::Further, what, None);
            } else {
                out.stack.unrecognized.push(line);
            }
            return;
        }
        // The end of a report whose beginning is cut off.
        if out.has_frames() {
            let first = out.stack.frames.first().map_or(what, |frame| frame.raw);
            out.set_aside(self.summary.unwrap_or(first));
        } else if out.is_beside() {
            // Its other stacks are told apart from this report's.
            for stack in &mut out.stack.related {
                stack.kind = RelatedKind::Earlier;
            }
            if let Some(summary) = self.summary {
                out.stack.facts.reason("earlier report", summary);
            }
            out.crash();
        }
        self.place = text::split_once(line, ": runtime error: ").map(|(place, _)| place);
        self.undefined = self.place.map(|_| line);
        exception(out, what);
    }
}

/// The line without what others put in front of it.
fn unmarked(line: &str) -> &str {
    // Forms make headings of the marks: `#### WRITE of size 8 …`.
    let plain_line = line.trim_start_matches('#');
    let line = match plain_line.strip_prefix(' ') {
        Some(rest) if plain_line.len() < line.len() => rest,
        _ => line,
    };
    // `Issue is caused by frames marked with "*".` A log may have quoted each frame.
    match line.strip_prefix("* ").or_else(|| line.strip_prefix('\'')) {
        Some(rest) if rest.starts_with('#') => rest,
        _ => line,
    }
}

/// A frame of which a person who trimmed the report left the name alone: `#0 free (asan interceptor)`, `#1 orbit_dock_open`. It is
/// the next of its stack by its number; a list in words is not.
fn name_alone<'a>(out: &mut Builder<'a>, line: &'a str) -> Option<Frame<'a>> {
    let (number, rest) = text::digits(line.strip_prefix('#')?)?;
    let (name, remark) = text::word(rest.strip_prefix(' ')?.trim_start());
    let called = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '~')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_:~<>,()*&".contains(&byte))
        && (remark.is_empty() || remark.starts_with('(') && remark.ends_with(')'));
    if !called {
        return None;
    }
    let before = out.last_frame().map(|last| last.raw);
    let before = before.map(|raw| raw.strip_prefix('#').and_then(text::digits));
    let next = match before {
        Some(last) => last?.0.parse::<u32>().ok()?.checked_add(1)?,
        None => 0,
    };
    (number.parse() == Ok(next)).then_some(Frame {
        raw: line,
        function: Some(name),
        ..Frame::default()
    })
}

/// What the report says around its stacks.
fn remark<'a>(out: &mut Builder<'a>, line: &'a str) {
    // `==31==ERROR: AddressSanitizer failed to allocate 0x1000 (4096) bytes of stack (error code: 12)`, `ERROR: Failed to mmap`
    if line.starts_with(['=', 'E'])
        && let Some((front, said)) = text::split_once(line, "ERROR: ")
        && (front.is_empty() || front.ends_with("=="))
    {
        return out.stack.facts.reason("", said);
    }
    // `0x60e00001d540 is located 16 bytes inside of 176-byte region`, `Hint: address points to the zero page.`
    if text::has(line, " is located ")
            || line.starts_with("Hint: ")
            || line.starts_with("Cause: ")
            || line.starts_with("Potential Cause: ")
            || line.starts_with("Invalid access starting at offset ")
            || line.starts_with("Cycle in lock order graph: ")
            // `Location is stack of main thread.`, `Location is global 'bays' of size 4 at 0x…`.
            || line.starts_with("Location is ")
            || text::has(line, " is pointing to the ")
    {
        out.stack.facts.reason("", line);
    } else if text::has(line, " <== Memory access at offset ") {
        out.stack.facts.reason("variable", line);
    } else if line.starts_with("The signal is caused by")
        || text::has(line, "The signal is caused by")
    {
        let from = text::find(line, "The signal").unwrap_or_default();
        out.stack.facts.reason("", &line[from..]);
    } else {
        out.stack.unrecognized.push(line);
    }
}

/// Behind `==4883==ERROR: ` or `WARNING: `; undefined behaviour carries its place in front.
fn report(line: &str) -> Option<&str> {
    if let Some(at) = text::find(line, ": runtime error: ") {
        // Go says the same words behind `panic: `, which is no place.
        let front = &line[..at];
        let placed = text::file_line(front).1.is_some() && !text::has(front, "panic");
        return placed.then(|| &line[at + 2..]);
    }
    // Marks in front are the sanitizer's or a form's: `==4883==ERROR: `, `==4883== ERROR: `, `## ERROR: `.
    let at = text::head(line, 80).find("Sanitizer: ")?;
    let start = line[..at].rfind(' ').map_or(0, |at| at + 1);
    let front = &line[..start];
    (front.ends_with("ERROR: ") || front.ends_with("WARNING: ")).then(|| &line[start..])
}

/// `AddressSanitizer: heap-use-after-free on address 0x60e0 at pc 0x7efd bp 0x7ffd`: the registers tell nothing.
fn exception<'a>(out: &mut Builder<'a>, what: &'a str) {
    let (name, message) = text::split_once(what, ": ").unwrap_or((what, ""));
    let message = message.split(" at pc 0x").next().unwrap_or(message);
    let message = message.split(" (pc 0x").next().unwrap_or(message);
    let message = message.split(" (pid=").next().unwrap_or(message);
    let section = out.section();
    section.exception = Exception {
        name: Some(name),
        message,
    };
    out.stack.facts.fault_address =
        text::after(what, "address ", b" ,;)").filter(|address| address.starts_with("0x"));
    // The thread stands behind the registers: `sp 0x7ffd8235bb50 T0)`.
    if let Some((_, thread)) = text::last_group(what, b'(', b')')
        .and_then(|(_, registers)| text::rsplit_once(registers, " T"))
        .filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let with_mark = text::with_mark(what, thread, 1);
        out.stack.facts.thread_id = out.stack.facts.thread_id.or(with_mark);
    }
}

/// Who accessed what: kept as a reason, with the thread it names.
fn access<'a>(out: &mut Builder<'a>, line: &'a str) {
    out.crash();
    // The mutexes that it held are half of what a race is about.
    out.stack.facts.reason("", line.trim_end_matches(':'));
    let Some(thread) = thread(line) else { return };
    let (id, name) = match text::last_group(thread, b'(', b')') {
        Some((id, name)) if !name.starts_with("mutexes") => (id.trim(), Some(name)),
        _ => (thread, None),
    };
    out.stack.facts.thread_id = Some(id.trim_end_matches(':'));
    out.stack.facts.thread = name;
}

/// The name of the report's own thread, where it is told how it was made: `Thread T8 (Render) created by T7 (Dock) here:`,
/// `Thread T3 'Render' (tid=4475, running) created by main thread at:`.
fn called<'a>(out: &mut Builder<'a>, line: &'a str) {
    let made = line.strip_prefix("Thread ");
    let Some((made, _)) = made.and_then(|made| text::split_once(made, " created by ")) else {
        return;
    };
    let (id, rest) = text::word(made);
    let quoted = rest
        .strip_prefix('\'')
        .and_then(|rest| rest.split_once('\''));
    let name = match text::last_group(rest, b'(', b')') {
        Some(("", name)) if !name.starts_with("tid=") => Some(name),
        _ => quoted.map(|(name, _)| name),
    };
    let facts = &mut out.stack.facts;
    if facts.thread.is_none() && facts.thread_id == Some(id) {
        facts.thread = name;
    }
}

/// The thread a line names: `T3`, `T9 (Render)`, `main thread`.
fn thread(line: &str) -> Option<&str> {
    let line = line
        .trim_end_matches(':')
        .trim_end_matches(" here")
        .trim_end_matches(" at");
    if line.ends_with("main thread") {
        return Some("main thread");
    }
    let at = line.rfind("thread T")?;
    let rest = &line[at + 7..];
    Some(
        // Servers put words of their own behind every line: `thread T1, r0=1094`.
        rest.split(" (mutexes:")
            .next()
            .unwrap_or(rest)
            .split(", ")
            .next()
            .unwrap_or(rest)
            .split(" here")
            .next()
            .unwrap_or(rest)
            // Where in the call's memory the address lies is no part of the thread.
            .split(" at offset ")
            .next()
            .unwrap_or(rest),
    )
}

fn related(line: &str) -> Option<RelatedKind> {
    let lower = text::head(line, 120).to_ascii_lowercase();
    if lower == "freed here:"
        || lower == "deallocated here:"
        || lower.starts_with("freed by")
        || lower.starts_with("deallocated by")
    {
        Some(RelatedKind::FreedBy)
    } else if lower.starts_with("previously allocated by")
        || lower.starts_with("allocated by")
        || lower == "allocated here:"
        || text::has(&lower, "heap block of size")
    {
        Some(RelatedKind::AllocatedBy)
    } else if lower.starts_with("previous ") {
        Some(RelatedKind::PreviousAccess)
    } else if text::has(&lower, " created ")
        && text::has(&lower, "thread ")
        && lower.starts_with("thread ")
    {
        Some(RelatedKind::CreatedBy)
    } else if lower.starts_with("mutex ") && text::has(&lower, "acquired") {
        Some(RelatedKind::LockedBy)
    } else if lower.starts_with("mutex ") && text::has(&lower, "created") {
        Some(RelatedKind::LockMadeBy)
    } else if lower.starts_with("as if synchronized via")
        || lower.starts_with("hint: ") && lower.ends_with(':')
    {
        Some(RelatedKind::Synchronized)
    } else if lower.starts_with("uninitialized value was") || lower.starts_with("memory was marked")
    {
        Some(RelatedKind::OriginOf)
    } else if lower.starts_with("address ") && text::has(&lower, " is located in stack of") {
        Some(RelatedKind::VariableOf)
    } else {
        None
    }
}
