//! The facts reports print around a stack: signal, fault address, abort message, process, thread, build ids.

use super::super::text;

/// More build ids than this are not kept: a process maps a few hundred libraries.
const MOST_BUILDS: usize = 512;

/// Facts around a stack, each as printed. Every one may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// `SIGSEGV`, `EXC_BAD_ACCESS (SIGSEGV)`, `Access violation`.
    pub signal: Option<&'a str>,
    /// `SEGV_MAPERR`, `KERN_INVALID_ADDRESS`.
    pub code: Option<&'a str>,
    /// `0x10`.
    pub fault_address: Option<&'a str>,
    /// What the system thinks: `null pointer dereference`.
    pub cause: Option<&'a str>,
    /// What the process said when it aborted itself.
    pub abort_message: Option<&'a str>,
    /// The crashed thread's name.
    pub thread: Option<&'a str>,
    /// The crashed thread's id.
    pub thread_id: Option<&'a str>,
    /// The process's name.
    pub process: Option<&'a str>,
    /// Modules, as printed, and their build ids.
    pub builds: Vec<(&'a str, &'a str)>,
}

impl<'a> Facts<'a> {
    /// Reads one line; `false` when it says nothing of this kind.
    pub(super) fn read(&mut self, line: &'a str) -> bool {
        match line.as_bytes().first() {
            Some(b's' | b'F') if text::has(line, "signal ") => self.signal(line),
            Some(b'F') => {
                self.thread = line.strip_prefix("FATAL EXCEPTION: ").or(self.thread);
                line.starts_with("FATAL EXCEPTION: ")
            }
            Some(b'p') => self.tombstone(line),
            Some(b'0') => self.image(line),
            Some(b'A' | b'C' | b'E' | b'P' | b'T' | b'V' | b'a') => self.labelled(line),
            _ => false,
        }
    }

    /// `signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x10`, also `… in tid 99 (RenderThread), pid 7 (com.starfall)`.
    fn signal(&mut self, line: &'a str) -> bool {
        let Some(rest) = text::after(line, "signal ", b"") else {
            return false;
        };
        if !rest.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        self.signal = text::after(rest, "(", b"),").or(self.signal);
        self.code = text::after(rest, "code ", b",")
            .map(|code| text::after(code, "(", b") ").unwrap_or(code))
            .or(self.code);
        // `fault addr --------` when the signal has none.
        self.fault_address = text::after(rest, "fault addr ", b" ,")
            .filter(|address| !address.starts_with('-'))
            .or(self.fault_address);
        if let Some(thread) = text::after(rest, " in tid ", b",") {
            self.thread_id = text::digits(thread).map(|(id, _)| id);
            self.thread = text::after(thread, "(", b")").or(self.thread);
        }
        true
    }

    /// `pid: 1234, tid: 1250, name: GameThread  >>> com.starfall.game <<<`
    fn tombstone(&mut self, line: &'a str) -> bool {
        if !line.starts_with("pid: ") {
            return false;
        }
        self.thread_id = text::after(line, "tid: ", b",").or(self.thread_id);
        self.thread = text::after(line, "name: ", b">").or(self.thread);
        self.process = text::after(line, ">>> ", b"<").or(self.process);
        true
    }

    /// Apple's list of images: `0x104000000 - 0x1045fffff Starfall arm64  <2f5b…> /private/var/…/Starfall`.
    fn image(&mut self, line: &'a str) -> bool {
        let Some((_, rest)) = line.split_once(" - 0x") else {
            return false;
        };
        let (Some(module), Some(build)) = (
            text::word(rest).1.split_whitespace().next(),
            text::after(rest, "<", b">"),
        ) else {
            return false;
        };
        self.build(module.trim_start_matches('+'), build);
        true
    }

    /// Lines with a label in front, of Android, Apple, `WinDbg` and `minidump_stackwalk`.
    fn labelled(&mut self, line: &'a str) -> bool {
        if let Some(address) = text::after(line, "ttempt to read from address ", b"")
            .or_else(|| text::after(line, "ttempt to write to address ", b""))
        {
            self.fault_address = Some(address);
            return true;
        }
        let Some((label, value)) = line.split_once(':') else {
            return false;
        };
        let value = value.trim();
        if value.is_empty() {
            return false;
        }
        match label.trim_end() {
            "Abort message" => self.abort_message = Some(value.trim_matches('\'')),
            "Cause" => self.cause = Some(value),
            "Exception Type" | "Crash reason" => self.signal = Some(value),
            "ExceptionCode" => self.signal = text::after(value, "(", b")").or(Some(value)),
            "Exception Subtype" | "Exception Codes" | "VM Region Info" => {
                self.code = self
                    .code
                    .or_else(|| value.starts_with("KERN").then(|| text::word(value).0));
                self.fault_address = self
                    .fault_address
                    .or_else(|| text::after(value, " at ", b" ,("));
            }
            "Crash address" => self.fault_address = Some(value),
            "Termination Reason" | "Termination Description" => {
                // `SIGNAL 11 Segmentation fault: 11` only repeats the type.
                self.cause = self
                    .cause
                    .or((!value.starts_with("SIGNAL")).then_some(value));
            }
            "Triggered by Thread" | "Crashed Thread" => {
                self.thread_id = text::digits(value).map(|(id, _)| id);
                self.thread = self
                    .thread
                    .or_else(|| text::after(value, "Dispatch queue: ", b""));
            }
            "Process" => {
                // Logcat: `Process: com.starfall.game, PID: 4883`; Apple: `Process: Starfall [4883]`.
                self.process = Some(value.split([',', ' ']).next().unwrap_or(value));
            }
            "ExceptionAddress" | "ExceptionFlags" => {}
            _ => return false,
        }
        true
    }

    /// Keeps the build id of a module, once.
    pub(super) fn build(&mut self, module: &'a str, build: &'a str) {
        if self.builds.len() < MOST_BUILDS && !self.builds.iter().any(|(known, _)| *known == module)
        {
            self.builds.push((module, build));
        }
    }

    /// Signal, code, address, and what the address hints at, in one line; empty when there is no signal.
    pub fn signal_line(&self) -> String {
        let mut out = String::new();
        let mut add = |text: &str| {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(text);
        };
        if let Some(signal) = self.signal {
            add(signal);
        }
        if let Some(code) = self.code {
            add(&format!("({code})"));
        }
        // The message of a Windows exception has the address already.
        if let Some(address) = self.fault_address.filter(|_| self.signal.is_some()) {
            add(&format!("at {address}"));
        }
        if let Some(cause) = self.cause.or_else(|| self.hint()) {
            add(&format!("({cause})"));
        }
        if let Some(message) = self.abort_message {
            add(&format!("abort message: {message}"));
        }
        out
    }

    /// What the fault address tells an experienced eye.
    pub fn hint(&self) -> Option<&'static str> {
        match text::hex(self.fault_address?)? {
            0..=0xffff => Some("near null: a field of a null object"),
            0xcdcd_cdcd | 0xcdcd_cdcd_cdcd_cdcd => Some("uninitialised heap pattern"),
            0xdddd_dddd | 0xfeee_feee | 0xdddd_dddd_dddd_dddd | 0xfeee_feee_feee_feee => {
                Some("freed heap pattern")
            }
            0xdead_beef | 0xbaad_f00d => Some("poison pattern"),
            0xffff_ffff_ffff_ffff => Some("not a real address: the pointer itself was garbage"),
            _ => None,
        }
    }
}
