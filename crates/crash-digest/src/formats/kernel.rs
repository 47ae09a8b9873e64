//! Kernels: Linux's oops, bug and panic, `RIP:` with the innermost function and `Call Trace:` with its callers; macOS' panic,
//! `panic(cpu 2 caller 0x…): …` with a backtrace of addresses and the extensions it went through.

use super::kernel_callers::{beside, caller, counter, found, is_caller, link, named};
use super::kernel_heads::{begins, has_head, is_head};
use super::memory;
use super::reader::{Line, Reader};
use crate::frame::Frame;
use crate::model::{Builder, Exception};
use crate::text;

/// Extensions of macOS that are kept.
const MOST: usize = 64;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    let line = unstamped(line);
    match line.as_bytes() {
        [b'p', ..] if line.starts_with("panic(cpu ") => 8,
        [b'B', ..]
            if [
                "BUG: kernel ",
                "BUG: unable to ",
                "BUG: KASAN: ",
                "BUG: KMSAN: ",
                "BUG: KCSAN: ",
                "BUG: KFENCE: ",
            ]
            .iter()
            .any(|start| line.starts_with(start)) =>
        {
            8
        }
        [b'U', ..] if line.starts_with("UBSAN: ") => 4,
        [b'B', ..] if line.starts_with("Backtrace (CPU ") => 6,
        [b'K', ..] if line.starts_with("Kernel panic - not syncing: ") => 8,
        [b'O', ..] if line.starts_with("Oops: ") => 6,
        [b'I', ..] if line.starts_with("Internal error: Oops") => 6,
        [b'U', ..] if line.starts_with("Unable to handle kernel ") => 8,
        [b'k', ..] if line.starts_with("kernel BUG at ") => 6,
        [b'w', ..] if line.starts_with("watchdog: BUG: ") => 6,
        [b'C', ..] if line.starts_with("CPU: ") && text::has(line, " PID: ") => 2,
        [b'R', ..] if line.starts_with("RIP: 0010:") => 4,
        [b'r', ..] if line.starts_with("rcu: INFO: ") => 6,
        [b'N', ..] if line.starts_with("NIP [") => 4,
        _ if is_caller(line) => 2,
        _ if text::has(line, " invoked oom-killer: ") => 4,
        _ => 0,
    }
}

/// Reads one oops; what a log holds of later ones is another report.
#[derive(Default)]
pub(super) struct Kernel<'a> {
    mode: Mode,
    /// The callers of one task were read: others are of another task or report.
    traced: bool,
    /// Who called the innermost function, by a register: `seq_printf+0x3c/0x5c`.
    caller: Option<&'a str>,
    /// The text begins inside of the callers.
    cut: bool,
    /// A process was killed for its memory, and this is what asked for it.
    for_memory: bool,
    /// Nothing could be killed for it: `Out of memory and no killable processes...`
    unkilled: Option<&'a str>,
    /// The extensions of macOS that the backtrace went through, by their addresses.
    extensions: Vec<(u64, u64, &'a str)>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Above the report.
    #[default]
    Before,
    /// Between its first line and the callers.
    Head,
    /// Linux's callers.
    Trace,
    /// macOS' rows of addresses.
    Rows,
    /// macOS' extensions.
    Extensions,
    Done,
}

impl<'a> Reader<'a> for Kernel<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = unstamped(line.text);
        if self.cut && out.has_frames() && is_head(line) {
            // The callers so far are the end of a report whose head is cut off, and its task is not this one's.
            out.end_of_earlier();
            let facts = &mut out.stack.facts;
            (facts.process, facts.thread_id) = (None, None);
            facts.reasons.clear();
            *self = Self::default();
        }
        if self.of_memory(out, line) {
            return;
        }
        if self.mode == Mode::Done {
            if let Some(why) = line.strip_prefix("Kernel panic - not syncing: ") {
                out.stack.facts.reason("kernel panic", why);
            }
            return;
        }
        // Another task that hangs as well is another report.
        if out.has_frames() && (line.starts_with("INFO: ") || line.starts_with("rcu: INFO: ")) {
            return self.mode = Mode::Done;
        }
        if begins(out, line) {
            self.mode = self.mode.max_head();
            return;
        }
        match self.mode {
            Mode::Before if has_head(line) => (self.mode, self.cut) = (Mode::Head, true),
            Mode::Before if is_caller(line) => {
                (self.mode, self.traced, self.cut) = (Mode::Trace, true, true);
            }
            Mode::Before => return out.stack.unrecognized.push(line),
            _ => {}
        }
        if self.aside(out, line) {
            return;
        }
        if line.starts_with("Call Trace:") || line.starts_with("Call trace:") {
            self.mode = if self.traced && out.has_frames() {
                Mode::Done
            } else {
                Mode::Trace
            };
            self.traced = true;
        } else if line.starts_with("Backtrace (CPU ") || line.starts_with("Panicked thread: ") {
            self.mode = Mode::Rows;
        } else if line.starts_with("Kernel Extensions in backtrace:") {
            self.mode = Mode::Extensions;
        } else if line.starts_with("---[ end trace") || line.starts_with("---[ end Kernel") {
            self.mode = Mode::Done;
        } else if let Some(access) = line.strip_prefix("#PF: ") {
            // `#PF: supervisor read access in kernel mode`; the code says the same in bits.
            if !access.starts_with("error_code(") {
                out.stack.facts.reason("access", access);
            }
        } else if line.starts_with("Oops: ") && !out.has_frames() {
            // The code of the access, and which oops since the start it is: `Oops: 0002 [#12] SMP PTI`.
            out.stack.facts.reason("", line);
        } else if task(out, line) || self.innermost(out, line) {
        } else {
            // Some processors print the callers without a heading.
            if self.mode == Mode::Head
                && out.has_frames()
                && (line.starts_with("[<") || text::has(line, " from "))
                && is_caller(line)
            {
                (self.mode, self.traced) = (Mode::Trace, true);
            }
            match self.mode {
                Mode::Trace => caller(out, line),
                Mode::Rows => row(out, line),
                Mode::Extensions => self.extension(out, line),
                _ => out.stack.unrecognized.push(line),
            }
        }
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        // The callers of the one that asked for memory, where the head is cut off.
        let killed = |frame: &Frame<'_>| frame.function == Some("oom_kill_process");
        if self.cut && out.stack.frames.iter().any(killed) && out.section().exception.is_empty() {
            out.section().exception.message = "out of memory, by the frames of the kernel's killer";
        }
        if let Some(said) = self.unkilled {
            out.stack.facts.reason("", said);
        }
        // Callers that were printed name it themselves.
        if let Some(caller) = self.caller.filter(|_| out.stack.frames.len() == 1) {
            out.stack.facts.reason("called from", caller);
        }
        for frame in &mut out.stack.frames {
            let address = frame.address.filter(|_| frame.module.is_none());
            let of = |at: u64| {
                self.extensions
                    .iter()
                    .find(|(from, to, _)| (*from..=*to).contains(&at))
            };
            if let Some((from, _, name)) = address.and_then(of) {
                frame.module = Some(name);
                frame.offset = frame.address.map(|at| at - from);
            }
        }
    }
}

impl Mode {
    fn max_head(self) -> Self {
        if self == Self::Before {
            Self::Head
        } else {
            self
        }
    }
}

/// A line without the kernel's time in front of it: `[10409.645057] `.
fn unstamped(line: &str) -> &str {
    let stamp = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "));
    match stamp {
        Some((time, rest))
            if time
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b' '))
                || is_date(time) =>
        {
            rest.trim_start()
        }
        _ => line,
    }
}

/// The date that `dmesg -T` prints in its place: `[Thu Aug 13 12:28:38 2026] `.
fn is_date(time: &str) -> bool {
    const DAYS: [&str; 7] = ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "];
    time.len() <= 28
        && DAYS.iter().any(|day| time.starts_with(day))
        && time.bytes().filter(|byte| *byte == b':').count() == 2
}

/// Whose thread it was: `CPU: 9 PID: 4045 Comm: kworker/u32:1 Not tainted 5.2.6 #1`,
/// `Panicked task 0xffffff90: 11 threads: pid 220: airportd`, `BSD process name corresponding to current thread: quay`.
fn task<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let facts = &mut out.stack.facts;
    if line.starts_with("CPU: ")
        && let Some(rest) = text::after(line, " Comm: ", b"")
    {
        let name = [" Not tainted", " Tainted: "]
            .iter()
            .find_map(|end| text::split_once(rest, end))
            .map_or(rest, |(name, _)| name);
        facts.process = facts.process.or(Some(name.trim()));
        facts.thread_id = facts.thread_id.or(text::after(line, " PID: ", b" "));
        return true;
    }
    if line.starts_with("Panicked task ")
        && let Some((_, name)) = text::rsplit_once(line, ": ")
    {
        facts.process = Some(name);
        return true;
    }
    if line.contains("name corresponding to current thread")
        && let Some((_, name)) = text::rsplit_once(line, ": ")
    {
        facts.process = facts.process.or(Some(name));
        return true;
    }
    if let Some(label) = ["Fault CR2: ", "Failing address: "]
        .iter()
        .find(|label| line.starts_with(**label))
    {
        facts.fault_address = text::after(line, label, b", ");
        facts.address_apart = true;
        return true;
    }
    false
}

impl<'a> Kernel<'a> {
    /// A heading behind the callers: other callers follow, which did not call the innermost function. Above them a sanitizer
    /// says what it found: `Read of size 8 at addr ffff88801c2a3c40 by task quay/4711`.
    fn aside(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if self.mode == Mode::Head && !out.has_frames() {
            let (found, headed) = found(line);
            if headed {
                (self.mode, self.traced) = (Mode::Trace, true);
            }
            if found {
                out.stack.facts.reason("", line.trim_end_matches(':'));
            }
            return found;
        }
        let heading = line.strip_suffix(':');
        let Some(title) = heading.filter(|_| self.mode == Mode::Trace && out.has_frames()) else {
            return false;
        };
        match beside(title) {
            Some(kind) => out.related(kind, title, None),
            None => self.mode = Mode::Done,
        }
        true
    }

    /// `quay invoked oom-killer: …` with the callers of the one that asked for memory, and below them who was killed for it.
    fn of_memory(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if text::has(line, " invoked oom-killer: ") {
            // The next one is another report.
            if self.for_memory || out.has_frames() {
                self.mode = Mode::Done;
                return true;
            }
            (self.for_memory, self.mode) = (true, Mode::Head);
            return memory::line(out, line);
        }
        if line.starts_with("Out of memory and no killable processes") {
            self.unkilled = Some(line);
            return true;
        }
        let killed = line.starts_with("Out of memory: Kill")
            || line.starts_with("Memory cgroup out of memory: Kill");
        if !killed || !self.for_memory || !out.is_empty() && out.section().exception.name.is_some()
        {
            return false;
        }
        // Whose the callers are is told by what it asked for.
        let facts = &mut out.stack.facts;
        let asked = (facts.process.take(), facts.thread_id.take());
        if memory::line(out, line) {
            let (why, who) = text::split_once(line, ": ").unwrap_or((line, ""));
            out.section().exception = Exception {
                name: Some(why),
                message: text::split_once(who, " total-vm:").map_or(who, |(who, _)| who),
            };
            return true;
        }
        (out.stack.facts.process, out.stack.facts.thread_id) = asked;
        false
    }

    /// The innermost function: `RIP: 0010:dc_log+0x12/0xb0 [amdgpu]`, `pc : __memset+0x16c/0x188`, `PC is at put_page+0x98/0x16c`,
    /// `NIP [c000000000ac0ce8] dbs_update+0x18/0xf0`.
    fn innermost(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let Some(rest) = counter(line) else {
            let caller = link(line);
            self.caller = caller.or(self.caller);
            return caller.is_some();
        };
        // The program's own place, behind the callers, is where it called the kernel.
        if out.has_frames() || self.mode == Mode::Trace || rest.starts_with("0033:") {
            return true;
        }
        if let Some(frame) = named(line, rest) {
            out.frame(frame);
        }
        true
    }

    /// `com.acme.driver.Pad(1.0.0d14)[E02C7F6C]@0xffffff7f97150000->0xffffff7f97160fff`.
    fn extension(&mut self, out: &mut Builder<'a>, line: &'a str) {
        if line.starts_with("dependency: ") {
            return;
        }
        let read = || {
            let (name, rest) = line.split_once('(')?;
            let (version, rest) = rest.split_once(')')?;
            let (from, to) = text::split_once(rest, "@")?.1.split_once("->")?;
            let shown = &line[..name.len() + version.len() + 2];
            Some((name, shown, text::hex(from)?, text::hex(to)?))
        };
        let Some((name, shown, from, to)) = read() else {
            self.mode = Mode::Head;
            return out.stack.unrecognized.push(line);
        };
        if self.extensions.len() < MOST {
            self.extensions.push((from, to, name));
        }
        out.stack
            .facts
            .reason("kernel extension in backtrace", shown);
    }
}

/// A row of macOS: `0xffffff9202373aa0 : 0xffffff8015cf84ac mach_kernel : _panic + 0x4c1`, `lr: 0xfffffe002a2593ac  fp: 0x…`.
fn row<'a>(out: &mut Builder<'a>, line: &'a str) {
    let read = || {
        if let Some(rest) = line.strip_prefix("lr: ") {
            return Some((text::hex(text::word(rest).0)?, ""));
        }
        let (frame, rest) = text::split_once(line, " : ")?;
        text::hex(frame.strip_prefix("0x")?)?;
        let (address, rest) = text::word(rest);
        Some((text::hex(address)?, rest))
    };
    let Some((address, rest)) = read() else {
        return out.stack.unrecognized.push(line);
    };
    let (module, symbol) = text::split_once(rest, " : ").unwrap_or((rest, ""));
    let (symbol, offset) = text::rsplit_once(symbol, " + ").unwrap_or((symbol, ""));
    out.frame(Frame {
        raw: line,
        address: Some(address),
        module: Some(module.trim()).filter(|module| !module.is_empty()),
        function: Some(symbol.trim()).filter(|symbol| !symbol.is_empty()),
        offset: text::offset(offset),
        ..Frame::default()
    });
}
