//! Android's native crashes: tombstones of the system and of crash kits, `ndk-stack`, reports in three parts, the console.

use super::fatal_signals::FatalSignals;
use super::ndk_stack::{NdkStack, inlined_into};
use super::quoted_stack;
use super::reader::{Line, Reader};
use super::tombstone_heads::{end_of_earlier, signalled};
use super::{above_tombstones, alone, bugly_record, metadata, names_alone, plain, watchdogs};
use crate::cut::OF_NDK_STACK;
use crate::frame::{Frame, Language};
use crate::grammar::{self, Printers};
use crate::model::{Builder, Exception, RelatedKind};
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'#', b'0'..=b'9', ..] => u32::from(is_native_frame(line)) * 3,
        [b'*', ..] => u32::from(line.starts_with("*** *** ***")) * 3,
        [b'p', ..] if line.starts_with("pid: ") => 4,
        [b's', ..]
            if (line.starts_with("signal ") || line.starts_with("signal: "))
                && text::has(line, "(SIG") =>
        {
            4
        }
        [b'/', .., b')'] => u32::from(text::has(line, "pc ")) * 3,
        [b'F', ..] if line.starts_with("Fatal signal ") || line.starts_with("Failed to unwind") => {
            4
        }
        [b'A' | b'a', ..] if line[1..].starts_with("bort message: ") => 4,
        [b'B', ..] if line.starts_with("Build fingerprint:") => 3,
        [b'b', ..] => u32::from(line == "backtrace:"),
        [b'S', ..] if line.starts_with("SIG") && text::has(line, "(SEGV_") => 2,
        [b'S', ..] => {
            let frame = above_tombstones::without_marker(line);
            u32::from(frame.len() < line.len() && is_native_frame(frame)) * 3
        }
        _ => 0,
    }
}

fn is_native_frame(line: &str) -> bool {
    let mut words = line.split_whitespace().skip(1);
    let (first, second) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    first == "pc" || second == "pc" || first.starts_with("0x") && second.starts_with('/')
}

/// What happened to the memory before.
const OF_MEMORY: [(&str, RelatedKind); 4] = [
    ("deallocated by thread", RelatedKind::FreedBy),
    ("allocated by thread", RelatedKind::AllocatedBy),
    ("freed by thread", RelatedKind::FreedBy),
    ("previously allocated by thread", RelatedKind::AllocatedBy),
];

/// What the lines are until something else begins.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Mode {
    #[default]
    Report,
    /// An abort message that goes on over lines.
    Abort,
    /// Memory, maps, open files, log tails: nothing of the stack.
    Skip,
    /// The tombstone's list of other threads.
    Done,
}

/// Reads a native crash.
#[derive(Default)]
pub(super) struct Android<'a> {
    mode: Mode,
    lines: usize,
    abort_lines: usize,
    /// The abort message quotes a Java stack.
    quoted: bool,
    ndk_stack: NdkStack<'a>,
    /// The first line, and whether it stands alone over the report: a heading in words.
    first: &'a str,
    headed: bool,
    /// Native frames that a managed exception has repeated so far, in Java's form.
    repeated: usize,
    fatal: FatalSignals<'a>,
    /// How many frames the tombstone had, as it says itself.
    total: Option<&'a str>,
}

impl<'a> Reader<'a> for Android<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        self.lines += 1;
        let indent = line.indent;
        if self.lines == 1 {
            self.first = line.text;
        }
        let line = above_tombstones::without_marks(line.text);
        // Below a kit's record what ended the program stands as at the beginning of a text.
        if line.starts_with(bugly_record::STACK) {
            self.lines = 0;
        }
        if !out.has_frames() && above_tombstones::line(out, line) {
            return out.cut();
        }
        if watchdogs::title(out, line) || self.titled(out, line) || self.fatal.line(out, line) {
            return out.cut();
        }
        // The console's word for a frame it knows nothing of.
        if self.mode == Mode::Done || line == "Unknown" {
            return;
        }
        if self.mode == Mode::Abort && self.abort(out, line) {
            return;
        }
        // The console's list of what the other threads did.
        let others = line.trim_start_matches(['#', ' ']).trim_end_matches(':');
        if line.starts_with("--- --- ---") || others == "Other threads" {
            if out.has_frames() {
                self.mode = Mode::Done;
            }
            return;
        }
        // No part of the report begins as a numbered frame does.
        if !line.starts_with('#') && self.begins(out, line) {
            return;
        }
        if self.mode == Mode::Skip {
            return;
        }
        if self.lines <= 4
            && !out.has_frames()
            && (alone::fault_address(out, line)
                || alone::thread(out, line)
                || alone::thread_and_signal(out, line))
        {
            return;
        }
        // A managed stack can stand in front of or behind the native one.
        let managed = || {
            let frame = grammar::read(line)?;
            let managed = frame.language != Language::Native;
            let cpp = frame.language == Language::CSharp && text::has(line, "::");
            let sure = frame.language == Language::Java || indent > 0 || frame.line.is_some();
            (managed && sure && !cpp).then_some(frame)
        };
        let frame = grammar::read_as(Printers::Android, line).or_else(managed);
        if let Some(frame) = frame {
            self.ndk_stack.frame();
            if !self.repeats(out, &frame) {
                out.frame(frame);
            }
            return;
        }
        if out.has_frames() && (self.ndk_stack.line(out, line) || inlined_into(out, line)) {
            return;
        }
        if line.starts_with('#')
            && let Some(frame) = names_alone::numbered(out, line)
        {
            return out.frame(frame);
        }
        if out.has_frames() && crate::model::read_exception(line).name.is_some() {
            return out.further(line);
        }
        // A log's rows without numbers and addresses: the library is all that is known of a frame.
        if out.stack.facts.signal.is_some()
            && line.starts_with("/data/app/")
            && line.rsplit('.').next() == Some("so")
            && !line.contains(' ')
        {
            return out.frame(Frame {
                raw: line,
                module: Some(line),
                ..Frame::default()
            });
        }
        if registers(out, line) {
            return;
        }
        if is_total(line) && !out.has_frames() {
            self.total = Some(line);
        }
        said(out, line);
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        // Unity's handler throws the tombstone as `java.lang.Error: FATAL EXCEPTION [UnityMain]`: the signal is the crash.
        let signal = out.stack.facts.signal.is_some();
        for section in &mut out.stack.sections {
            if signal && section.exception.message.starts_with("FATAL EXCEPTION [") {
                section.exception = Exception::default();
            }
        }
        self.fatal.end(out);
        // Frames were left out of the text.
        let total = self.total.filter(|total| {
            let count = text::digits(total).and_then(|(count, _)| count.parse::<usize>().ok());
            count.is_some_and(|count| count > out.stack.frames.len() + out.stack.omitted)
        });
        if let Some(total) = total.filter(|_| out.has_frames()) {
            out.stack.facts.reason("the stack had", total);
        }
    }

    fn blank(&mut self, out: &mut Builder<'a>) {
        self.headed |= self.lines == 1;
        if self.mode == Mode::Skip {
            self.mode = Mode::Report;
        }
        self.ndk_stack.blank();
        let _ = out;
    }
}

impl<'a> Android<'a> {
    /// Lines above a report that are none of it: the console's title, what a crash kit says of itself.
    fn titled(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        // Play Console: the library and its last function of a name, `[base.apk!libgodot_android.so] GodotLib_step`.
        if self.lines == 1
            && let Some((library, function)) = line
                .strip_prefix('[')
                .and_then(|line| line.split_once("] "))
            && library.rsplit('.').next() == Some("so")
            && !function.is_empty()
            && !function.contains(' ')
        {
            out.section().exception.message = line;
            // It stays, though it stands alone above the report.
            self.first = "";
            return true;
        }
        // ndk-stack's next report, of a log that does not name its thread.
        if line.starts_with(OF_NDK_STACK) && out.has_frames() {
            self.mode = Mode::Report;
            out.further(line);
            return true;
        }
        let own =
            line.starts_with("xcrash error") || line.starts_with("child terminated normally with ");
        if own {
            out.stack.unrecognized.push(line);
        }
        own
    }

    /// Takes the abort message, which may go on over lines.
    fn aborts(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        // Services write it small.
        let Some(message) = line
            .strip_prefix(['A', 'a'])
            .and_then(|rest| rest.strip_prefix("bort message: "))
        else {
            return false;
        };
        let message = message.trim_end();
        let open = message.starts_with('\'') && (message.len() == 1 || !message.ends_with('\''));
        let said = message.trim_start_matches('\'').trim_end_matches('\'');
        out.stack.facts.abort_message = Some(said.trim());
        self.mode = if open { Mode::Abort } else { Mode::Report };
        let quoted = open && quoted_stack::is_quoted(out.text, message);
        (self.abort_lines, self.quoted) = (0, quoted);
        true
    }

    /// Lines that begin a part of the report.
    fn begins(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if self.aborts(out, line) {
            return true;
        }
        if line.starts_with("*** *** ***")
            || line.starts_with("pid: ")
            || line.starts_with("signal ")
        {
            out.native_begins();
        }
        if line.starts_with("*** *** ***")
            || line.starts_with("Fatal signal ")
            || line.starts_with("pid: ")
        {
            end_of_earlier(out, line);
        }
        if line.starts_with("signal ") && text::has(line, "(SIG") && signalled(out, line) {
            return true;
        }
        if self.headed && line.starts_with("pid: ") && out.is_fresh() {
            let exception = out.section().exception;
            if exception.name.is_none() && exception.message == self.first {
                out.section().exception = Exception::default();
            }
        }
        if line == "backtrace:" || line.starts_with("backtrace of") {
            self.mode = Mode::Report;
            // Below a sanitizer's stack it is where the sanitizer ended the process.
            let facts = &out.stack.facts;
            let said = facts.abort_message.unwrap_or_default();
            let quoted = text::has(said, "Sanitizer");
            let own = quoted || facts.signal.is_none() && !out.is_beside();
            let first = out.stack.frames.first();
            let sanitized = own && first.is_some_and(|first| first.raw.starts_with("#0 0x"));
            if sanitized {
                out.related(crate::model::RelatedKind::Further, line, None);
                return true;
            }
            out.crash();
            out.cut();
            return true;
        }
        // What Java did, below the native frames of a kit's report.
        if line.ends_with(':') && is_of_java(line) && out.has_frames() && !out.is_beside() {
            self.mode = Mode::Report;
            out.related(RelatedKind::Managed, line.trim_end_matches(':'), None);
            return true;
        }
        if line == "java stacktrace:" || line.starts_with("signal ") || line.starts_with("Cause: ")
        {
            self.mode = Mode::Report;
        }
        if line.starts_with("Failed to unwind") {
            out.stack.facts.failed_to_unwind = true;
            return true;
        }
        for (label, kind) in OF_MEMORY {
            // Manuals begin them with a capital.
            let front = line.get(..label.len());
            if front.is_some_and(|front| front.eq_ignore_ascii_case(label)) {
                self.mode = Mode::Report;
                let thread = line[label.len()..]
                    .trim()
                    .trim_end_matches(':')
                    .split(' ')
                    .next()
                    .filter(|id| !id.is_empty());
                out.related(kind, line.trim_end_matches(':'), thread);
                return true;
            }
        }
        let skipped = [
            "memory near",
            "memory map",
            "code around",
            "open files",
            "stack:",
            "--------- ",
            "logcat:",
            "foreground:",
            "build id:",
            "network info",
            "memory info",
            "registers:",
            "Registers:",
        ];
        // A person's own heading over a log is none of a report's.
        let heading = line == "logcat:" && !out.has_frames();
        if !heading && skipped.iter().any(|start| line.starts_with(start)) {
            // A log's own separators stand between report lines: they begin nothing.
            if !(line.starts_with("--------- beginning") || line.ends_with("egisters:")) {
                self.mode = Mode::Skip;
            }
            return true;
        }
        false
    }

    /// Whether a frame in Java's form, `at libil2cpp.0x11c2b98(Native Method)`, is one that the backtrace had before it:
    /// Unity throws a tombstone as an error whose stack it is.
    fn repeats(&mut self, out: &Builder<'a>, frame: &Frame<'a>) -> bool {
        let Some(known) = out.stack.frames.get(self.repeated) else {
            return false;
        };
        let stem = |frame: &Frame<'a>| frame.module_name().map(|name| name.trim_end_matches(".so"));
        // Java takes what stands behind the first dot for the method: `at liborbit-2.0x1c2b98` is of `liborbit-2.0.so`.
        let of_version = |frame: &Frame<'a>, known: &Frame<'a>| {
            let rest = stem(known).and_then(|known| known.strip_prefix(stem(frame)?));
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        let same = frame.raw.starts_with("at ")
            && frame.language == Language::Native
            && frame.offset.is_some()
            && (frame.offset == known.offset || frame.offset == known.address)
            && (stem(frame) == stem(known) || of_version(frame, known));
        self.repeated += usize::from(same);
        same
    }

    /// More of an abort message; `false` when the line belongs to the report again.
    fn abort(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        self.abort_lines += 1;
        let known = line == "backtrace:"
            || line.starts_with("signal ")
            || line.starts_with("*** ***")
            || !(self.quoted && line.starts_with("at "))
                && grammar::read_as(Printers::Android, line).is_some()
            || metadata::is_registers(line)
            || is_total(line);
        if known || self.abort_lines > quoted_stack::MOST_LINES {
            self.mode = Mode::Report;
            return false;
        }
        let first = out.stack.facts.abort_message.unwrap_or_default();
        let message = out.span(first, line);
        out.stack.facts.abort_message = Some(message.trim_end_matches('\''));
        if line.ends_with('\'') {
            self.mode = Mode::Report;
        }
        true
    }
}

/// The heading of Java's frames: `java stack:`, `Java stack trace:`.
fn is_of_java(line: &str) -> bool {
    let rest = line
        .strip_prefix(['j', 'J'])
        .and_then(|rest| rest.strip_prefix("ava stack"));
    rest.is_some_and(|rest| matches!(rest, ":" | "trace:" | " trace:"))
}

/// How many frames follow: `31 total frames`.
fn is_total(line: &str) -> bool {
    line.ends_with(" total frames")
        && text::digits(line).is_some_and(|(_, rest)| rest == " total frames")
}

/// A line that is no part of a report's own. The C library's is whole: what was said before it is apart, and nothing goes on
/// behind it.
fn said<'a>(out: &mut Builder<'a>, line: &'a str) {
    let signalled = !out.has_frames() && line.starts_with("Fatal signal ");
    if signalled && !out.is_empty() {
        out.cut();
    }
    plain::other(out, line);
    if signalled {
        out.cut();
    }
}

/// Keeps program counter and return address of a register line.
fn registers<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if !metadata::is_registers(line) {
        return false;
    }
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once(':') {
            Some((name, value)) if !value.is_empty() => (name, Some(value)),
            Some((name, _)) => (name, words.next()),
            None => (word, words.next()),
        };
        match name {
            "pc" | "eip" | "rip" => out.stack.facts.pc = value,
            "lr" => out.stack.facts.lr = value,
            _ => {}
        }
    }
    true
}
