//! The facts reports print around a stack: signal, fault address, abort message, process, thread, build ids.

use std::borrow::Cow;
use std::collections::HashSet;

use super::images::{self, Image};
use crate::text;

/// More build ids than this are not kept: a process maps a few hundred libraries.
const MOST_BUILDS: usize = 512;
/// More reasons than this are not kept.
const MOST_REASONS: usize = 12;

/// The label of what a log warned of with a stack.
pub(crate) const LOGGED_AS_WARNING: &str = "logged as a warning";

/// A sentence of the report that says why, with the report's own label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason<'a> {
    /// What it is: `termination reason`, `diagnosis`; empty where the sentence stands alone.
    pub label: &'static str,
    /// The sentence as printed.
    pub text: &'a str,
}

/// Signals that are no access to memory: `SIGQUIT 0x0000000000000000` is Android's request for a dump.
#[rustfmt::skip]
const WITHOUT_ADDRESS: [&str; 15] = [
    "SIGABRT", "SIGALRM", "SIGFPE", "SIGHUP", "SIGINT", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTKFLT", "SIGSYS", "SIGTERM",
    "SIGTRAP", "SIGUSR", "SIGXCPU", "SIGXFSZ",
];

impl Reason<'_> {
    /// With a termination's code as it is known, where the report has a number: `FRONTBOARD 2343432205 (0x8badf00d)`.
    fn spelled(&self) -> Cow<'_, str> {
        let text = self.text.trim_end_matches([',', ' ']);
        if self.label != "termination" || text::has(text, "0x") {
            return Cow::Borrowed(text);
        }
        let known = text.split([' ', ',']).take(8).find_map(|word| {
            let code: u32 = word.parse().ok()?;
            (code > u32::MAX / 2).then_some((word, code))
        });
        known.map_or(Cow::Borrowed(text), |(word, code)| {
            Cow::Owned(text.replacen(word, &format!("{word} (0x{code:x})"), 1))
        })
    }
}

/// Facts around a stack, each as printed. Every one may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// `SIGSEGV`, `EXC_BAD_ACCESS (SIGSEGV)`, `Access violation`.
    pub signal: Option<&'a str>,
    /// Nothing but the frames tells the signal.
    pub signal_by_frames: bool,
    /// `SEGV_MAPERR`, `KERN_INVALID_ADDRESS`.
    pub code: Option<&'a str>,
    /// `0x10`.
    pub fault_address: Option<&'a str>,
    /// The exception is told without the address: Wine's page fault.
    pub(crate) address_apart: bool,
    /// What the system thinks: `null pointer dereference`.
    pub cause: Option<&'a str>,
    /// What the process printed when it aborted itself, perhaps over several lines.
    pub abort_message: Option<&'a str>,
    /// Further sentences that say why.
    pub reasons: Vec<Reason<'a>>,
    /// The crashed thread's name.
    pub thread: Option<&'a str>,
    /// The crashed thread's id.
    pub thread_id: Option<&'a str>,
    /// The system's id of the crashed thread, where a debugger prints it beside its own: `LWP 11`.
    pub thread_system_id: Option<&'a str>,
    /// What the crashed thread was doing, by the virtual machine: `Blocked`, `Sleeping`.
    pub thread_state: Option<&'a str>,
    /// The process's name.
    pub process: Option<&'a str>,
    /// The program's path.
    pub program: Option<&'a str>,
    /// The app's bundle id or package, where the report prints it.
    pub bundle: Option<&'a str>,
    /// The program counter, where registers are printed.
    pub pc: Option<&'a str>,
    /// The return address, where registers are printed.
    pub lr: Option<&'a str>,
    /// The unwinder gave up.
    pub failed_to_unwind: bool,
    /// Modules, as printed, and their build ids.
    pub builds: Vec<(&'a str, &'a str)>,
    /// The process's images.
    pub images: Vec<Image<'a>>,
}

impl<'a> Facts<'a> {
    /// Keeps the build id of a module, once.
    pub(crate) fn build(&mut self, module: &'a str, build: &'a str) {
        if self.builds.len() < MOST_BUILDS && !self.builds.iter().any(|(known, _)| *known == module)
        {
            self.builds.push((module, build));
        }
    }

    /// Keeps an image of the process, and its build id.
    pub(crate) fn image(&mut self, image: Image<'a>, build: Option<&'a str>) {
        if let Some(build) = build {
            self.build(image.name, build);
        }
        images::keep(&mut self.images, image);
    }

    /// Keeps a sentence that says why, once.
    pub(crate) fn reason(&mut self, label: &'static str, text: &'a str) {
        let text = text.trim();
        let known = self.reasons.iter().any(|known| known.text == text);
        if !text.is_empty() && !known && self.reasons.len() < MOST_REASONS {
            self.reasons.push(Reason { label, text });
        }
    }

    /// Whether the stack is of a log's warning, and of no crash.
    pub(crate) fn is_warning(&self) -> bool {
        let warned = |reason: &Reason<'_>| reason.label == LOGGED_AS_WARNING;
        self.signal.is_none() && self.reasons.iter().any(warned)
    }

    /// Signal, code, address, what the address hints at, and what else says why, in one line.
    pub fn signal_line(&self) -> String {
        let mut out = String::new();
        for part in self.parts_marked() {
            if !out.is_empty() {
                out.push(' ');
            }
            match part {
                (true, part) => out.extend(["(", &part, ")"]),
                (false, part) => out.push_str(&part),
            }
        }
        out
    }

    /// The same as single parts, most telling first: each can be shown or left out by itself.
    pub fn parts(&self) -> Vec<String> {
        self.parts_marked()
            .into_iter()
            .map(|(_, part)| part)
            .collect()
    }

    /// Each part, and whether it is a remark on the one before.
    fn parts_marked(&self) -> Vec<(bool, String)> {
        let mut parts = Vec::new();
        // The message of a Windows exception has the address already; Wine's and a script's have none.
        let address = self
            .fault_address
            .filter(|_| (self.signal.is_some() || self.address_apart) && !self.was_sent());
        let mut head: Vec<String> = Vec::new();
        head.extend(self.signal.map(str::to_owned));
        let code = self
            .code
            .filter(|code| !self.signal.is_some_and(|signal| signal.contains(code)));
        head.extend(code.map(|code| format!("({code})")));
        head.extend(address.map(|address| match text::hex(address) {
            Some(number) => format!("at 0x{number:x}"),
            None => format!("at {address}"),
        }));
        if !head.is_empty() {
            parts.push((false, head.join(" ")));
        }
        if let Some(cause) = self.cause {
            parts.push((true, cause.to_owned()));
        }
        // Who calls through a null pointer touches no field.
        let call = self.bad_call();
        let null = self.cause.is_some_and(|cause| text::has(cause, "null"))
            || call.as_deref().is_some_and(|call| text::has(call, "null"));
        if let Some(hint) = self
            .hint()
            .filter(|hint| !(null && hint.starts_with("near null")))
        {
            let apart = self.cause.is_some() && hint.starts_with("near null");
            if !apart {
                parts.push((true, hint.to_owned()));
            }
        }
        if let Some(call) = call {
            parts.push((true, call));
        }
        if let Some(message) = self.abort_message {
            parts.push((false, format!("abort message: {message}")));
        }
        for reason in &self.reasons {
            let part = if reason.label.is_empty() {
                reason.text.to_owned()
            } else {
                format!("{}: {}", reason.label, reason.spelled())
            };
            parts.push((false, part));
        }
        if self.failed_to_unwind {
            parts.push((false, "no backtrace: failed to unwind".to_owned()));
        }
        parts
    }

    /// A process or thread sent the signal: what stands in the address's place are the sender's ids.
    fn was_sent(&self) -> bool {
        self.code
            .is_some_and(|code| ["SI_TKILL", "SI_USER", "SI_QUEUE"].contains(&code))
    }

    /// A call through a function pointer that is null or leads into data: the program counter itself could not be read.
    fn bad_call(&self) -> Option<String> {
        let pc = text::hex(self.pc?)?;
        if pc > 0xfff && !self.fetched(pc) {
            return None;
        }
        let lr = self
            .lr
            .and_then(text::hex)
            .map(|lr| format!(", lr 0x{lr:x}"))
            .unwrap_or_default();
        Some(if pc > 0xfff {
            format!("pc is the fault address: a call through a bad pointer{lr}")
        } else {
            format!("pc {pc:x}: a call through a null function pointer{lr}")
        })
    }

    /// Whether the fault was to fetch the instruction itself. Other signals give its address in any case.
    fn fetched(&self, pc: u64) -> bool {
        let access = self
            .signal
            .is_some_and(|signal| text::has(signal, "SIGSEGV") || text::has(signal, "SIGBUS"));
        access && self.fault_address.and_then(text::hex) == Some(pc)
    }

    /// What the fault address tells an experienced eye.
    pub fn hint(&self) -> Option<&'static str> {
        let address = text::hex(self.fault_address.filter(|_| !self.was_sent())?)?;
        // An abort has no fault address, nor has a signal that was sent, whatever a kit prints in its place; the others name the
        // instruction there.
        let without = |signal: &str| WITHOUT_ADDRESS.iter().any(|name| text::has(signal, name));
        if address <= 0xffff && self.signal.is_some_and(without) {
            return None;
        }
        // The processor faults without an address there: a misaligned operand, an address that is none.
        if matches!(self.code, Some("SI_KERNEL" | "128" | "0x80")) && address == 0 {
            return Some("no address is known: misaligned, or not an address at all");
        }
        match address {
            0..=0xffff => Some("near null: a field of a null object"),
            0xcdcd_cdcd | 0xcdcd_cdcd_cdcd_cdcd => Some("uninitialised heap pattern"),
            0xdddd_dddd | 0xfeee_feee | 0xdddd_dddd_dddd_dddd | 0xfeee_feee_feee_feee => {
                Some("freed heap pattern")
            }
            0xdead_beef | 0xbaad_f00d => Some("poison pattern"),
            0xffff_ffff_ffff_ffff => Some("not a real address: the pointer itself was garbage"),
            _ if is_text(address) => Some("text: a string wrote over a pointer"),
            _ => None,
        }
    }

    /// The id of the app, as the report names it: a bundle of Apple's or the package that Android calls a process after.
    pub(crate) fn package(&self) -> Option<&'a str> {
        let id = |name: &&str| name.matches('.').count() >= 2 && !name.contains(['/', '\\', ' ']);
        self.bundle.or(self.process).filter(id)
    }

    /// The names of the program, in lower case: its modules are the app's own. Windows' debuggers leave the ending out.
    pub(crate) fn own_modules(&self) -> HashSet<String> {
        let mut own = HashSet::new();
        for name in [self.process, self.program, self.bundle]
            .into_iter()
            .flatten()
        {
            let name = text::base_name(name).to_ascii_lowercase();
            let stem = name.strip_suffix(".exe").unwrap_or(&name);
            if stem.is_empty() || is_host(stem) {
                continue;
            }
            if stem.len() < name.len() {
                own.insert(stem.to_owned());
            }
            own.insert(name);
        }
        own
    }
}

/// Whether a program, named without its ending in lower case, runs those of others.
pub(crate) fn is_host(stem: &str) -> bool {
    HOSTS.contains(&stem)
}

/// Programs that run those of others.
const HOSTS: [&str; 24] = [
    "java",
    "javaw",
    "mono",
    "dotnet",
    "node",
    "electron",
    "nw",
    "chrome",
    "python",
    "python3",
    "pythonw",
    "lua",
    "luajit",
    "love",
    "ruby",
    "w3wp",
    "rundll32",
    "explorer",
    "app_process",
    "app_process64",
    "svchost",
    "dllhost",
    "wine64-preloader",
    "unknown",
];

/// Whether an address spells six characters or more: nobody maps memory there.
fn is_text(address: u64) -> bool {
    let bytes = address.to_le_bytes();
    let length = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at + 1);
    length >= 6
        && bytes[..length]
            .iter()
            .all(|byte| (0x20..0x7f).contains(byte))
}
