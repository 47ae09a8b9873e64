//! Lines with a label that several formats share: signal, fault address, termination, process, images.

use super::handlers;
use super::signal_lines::signal;
use crate::code_tables::signal_name;
use crate::model::Facts;
use crate::text;

/// Reads one line into the facts; `false` when it says nothing of this kind.
pub(super) fn read<'a>(facts: &mut Facts<'a>, line: &'a str) -> bool {
    match line.as_bytes().first() {
        Some(b's' | b'F' | b'S' | b'_') if text::has(line, "ignal") && signal(facts, line) => true,
        // The tags of a log are left where its times were cut off.
        Some(b'l') if line.starts_with("libc: Fatal signal ") => signal(facts, line),
        // The C library of HarmonyOS, of the handler that it calls.
        Some(b's') if line.starts_with("signal_chain_handler call usr sigaction ") => true,
        Some(b's' | b'S' | b'P') if scudo(facts, line) => true,
        Some(b'c') if line.starts_with("crash message: ") => {
            let address = text::after(line, "fatal_addr=", b", ");
            facts.fault_address = facts.fault_address.or(address);
            facts.reason("crash message", &line[15..]);
            true
        }
        Some(b'c') if line.starts_with("cause: ") => {
            cause(facts, &line[7..]);
            true
        }
        // An app's tracker of errors: `[Package Name]: com.acme.orbit`.
        Some(b'[') if line.starts_with("[Package Name]: ") => {
            facts.process = facts.process.or(Some(line[16..].trim()));
            true
        }
        Some(b'c') if line.starts_with("cmdline: ") => {
            facts.process = facts.process.or(Some(&line[9..]));
            true
        }
        Some(b'D') if line.starts_with("DFX_SigchainHandler ") => sigchain(facts, line),
        // A newer tombstone's, perhaps cut off in front of the line that names the thread as well.
        Some(b'C') if line.starts_with("Cmdline: ") => {
            let command = line[9..].trim();
            facts.process = facts.process.or(Some(text::word(command).0));
            true
        }
        // The C library's own checks: `FORTIFY: pthread_mutex_lock called on a destroyed mutex (0x7f1c)`.
        Some(b'F') if line.starts_with("FORTIFY: ") => {
            facts.abort_message = facts.abort_message.or(Some(line));
            true
        }
        Some(b'F') if line.starts_with("FATAL EXCEPTION: ") => {
            // A tombstone that is thrown on has its own thread.
            if facts.thread_id.is_none() {
                let name = &line[17..];
                // Studio's offer to explain it.
                let offered = [
                    " (Ask Gemini)",
                    " (Explain with AI)",
                    " (Explain with Gemini)",
                ];
                let name = offered
                    .iter()
                    .find_map(|words| name.strip_suffix(words))
                    .unwrap_or(name);
                facts.thread = Some(name);
            }
            true
        }
        // The first systems: `Uncaught handler: thread main exiting due to uncaught exception`.
        Some(b'U') if line.starts_with("Uncaught handler: thread ") => {
            let (name, rest) =
                text::split_once(&line[25..], " exiting due to ").unwrap_or_default();
            if !name.is_empty() && rest.starts_with("uncaught exception") {
                facts.thread = facts.thread.or(Some(name));
            }
            !name.is_empty()
        }
        // Instabug: `# Cause: Crash due to signal: SIGTRAP(TRAP_BRKPT) at 10602f380`.
        Some(b'#') => {
            let Some(said) = line.strip_prefix("# Cause: Crash due to signal: ") else {
                return false;
            };
            let (signal, place) = text::split_once(said, " at ").unwrap_or((said, ""));
            let (signal, code) = signal.split_once('(').unwrap_or((signal, ""));
            facts.signal = facts.signal.or(Some(signal.trim()));
            facts.code = facts.code.or(code.strip_suffix(')'));
            facts.reason("at", place);
            true
        }
        Some(b'p') => process_line(facts, line),
        Some(b't') => {
            let name = ["threadName: ", "thread name:", "threadName:"]
                .iter()
                .find_map(|label| line.strip_prefix(label));
            match name.map(str::trim).filter(|name| !name.is_empty()) {
                Some(name) => {
                    facts.thread = Some(name);
                    true
                }
                None => line == "type: crash",
            }
        }
        Some(b'A'..=b'Z' | b'a') => labelled(facts, line),
        _ => false,
    }
}

/// The line that names the thread, without what was left of a log's columns when it was copied: ` E  FATAL EXCEPTION: main`,
/// `AndroidRuntime: FATAL EXCEPTION: main`.
pub(super) fn without_columns(line: &str) -> &str {
    const LONGEST: usize = 60;
    if let Some(thrown) = behind_mark(line).or_else(|| behind_place(line)) {
        return thrown;
    }
    let Some(at) = text::find(line, "FATAL EXCEPTION: ") else {
        return behind_prefix(line);
    };
    let front = line[..at].trim_end();
    // A whole log on one line is none of it.
    let columns = at < LONGEST
        && line.len() - at < 2 * LONGEST
        && front.rsplit([' ', '/']).next().is_some_and(|last| {
            matches!(last, "E" | "F" | "A" | "AndroidRuntime" | "AndroidRuntime:")
        });
    if columns { &line[at..] } else { line }
}

/// The C library's line behind whatever a log puts in front of it: `[orbit] 15:05 libc - Fatal signal 11 (SIGSEGV), code 1 …`.
fn behind_prefix(line: &str) -> &str {
    const LONGEST: usize = 160;
    let Some(at) = text::find(text::head(line, LONGEST), "Fatal signal ") else {
        return line;
    };
    let said = &line[at..];
    let number = text::digits(&said["Fatal signal ".len()..]);
    // A person may say so, and more behind it.
    let whole = text::has(said, " in tid ") || text::has(said, ", code ");
    let named = number.is_some_and(|(_, rest)| rest.starts_with(" (SIG"));
    if named && whole { said } else { line }
}

/// An exception behind a log's level and the place that its logger names in words: `ERROR Dock.cs line 31 DockException: no bay`.
fn behind_place(line: &str) -> Option<&str> {
    let (level, rest) = text::word(line);
    let known = matches!(level, "ERROR" | "FATAL" | "SEVERE" | "CRITICAL" | "WARN");
    let (file, rest) = text::split_once(rest, " line ").filter(|_| known)?;
    let (_, thrown) = text::digits(rest)?;
    let thrown = thrown.trim_start_matches([':', ',', ' ', '-']);
    let (name, message) = thrown.split_once(": ")?;
    let kind = ["Exception", "Error"].iter().any(|end| name.ends_with(end));
    let fits = file.contains('.')
        && !file.contains(' ')
        && kind
        && !name.contains(' ')
        && !message.is_empty();
    fits.then_some(thrown)
}

/// An exception of a package behind a log's level, `E  java.lang.OutOfMemoryError: …`, or a page's count of lines,
/// `1 com.acme.orbit.DockException:no bay`.
fn behind_mark(line: &str) -> Option<&str> {
    let mark = match line.as_bytes() {
        [b'E' | b'W' | b'F' | b'A', b' ', ..] => 1,
        [b'0'..=b'9', ..] => text::digits(line).map(|(number, _)| number.len())?,
        _ => return None,
    };
    let blank = (1..=3).contains(&mark) && line[mark..].starts_with(' ');
    let thrown = line[mark..].trim_start();
    let end = thrown.find([':', ' ']).unwrap_or(thrown.len());
    let name = &thrown[..end];
    let fits = blank
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.matches('.').count() >= 2
        && !name.contains(['(', '/'])
        && ["Exception", "Error", "Throwable"]
            .iter()
            .any(|end| name.ends_with(end));
    fits.then_some(thrown)
}

/// What a label's value says of the signal: `11 (SEGV)`, `Segmentation fault (11)`, `SIGABRT (6), unhandled`.
fn signal_of(value: &str) -> Option<&str> {
    let name = text::word(value).0.trim_end_matches(',');
    if name.starts_with("SIG") && name.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some(name);
    }
    let number = text::digits(value).filter(|(_, rest)| rest.is_empty() || rest.starts_with(" ("));
    let last = || text::last_group(value, b'(', b')').map(|(_, number)| number);
    let number = number.map(|(number, _)| number).or_else(last)?;
    signal_name(number.parse().ok()?)
}

/// The first cause is the report's, others are told behind it.
fn cause<'a>(facts: &mut Facts<'a>, value: &'a str) {
    if facts.cause.is_none() {
        facts.cause = Some(value);
    } else {
        facts.reason("cause", value);
    }
}

/// Android's allocator: `scudo: Scudo ERROR: invalid chunk state when deallocating address 0x200007`, `Pointer tag for 0x6e was
/// truncated, see '…'`.
fn scudo<'a>(facts: &mut Facts<'a>, line: &'a str) -> bool {
    let line = line.strip_prefix("scudo: ").unwrap_or(line);
    let known = line.starts_with("Scudo ERROR: ") || line.starts_with("Pointer tag for 0x");
    if known {
        facts.abort_message = facts.abort_message.or(Some(line));
    }
    known
}

/// HarmonyOS' handler in the log: `DFX_SigchainHandler :: sig(5), pid(7), processName(com.acme.orbit), threadName(Render).`
fn sigchain<'a>(facts: &mut Facts<'a>, line: &'a str) -> bool {
    let number = text::after(line, "sig(", b")").and_then(|number| number.parse().ok());
    let Some(signal) = number.and_then(signal_name) else {
        return false;
    };
    facts.signal = facts.signal.or(Some(signal));
    facts.process = facts.process.or(text::after(line, "processName(", b")"));
    facts.thread = facts.thread.or(text::after(line, "threadName(", b")"));
    true
}

/// `pid: 1234, tid: 1250, name: GameThread  >>> com.starfall.game <<<`
fn process_line<'a>(facts: &mut Facts<'a>, line: &'a str) -> bool {
    if !line.starts_with("pid: ") {
        return false;
    }
    // The number of no thread is 0.
    facts.thread_id = text::after(line, "tid: ", b", ")
        .filter(|id| *id != "0")
        .or(facts.thread_id);
    facts.thread = text::after(line, ", name: ", b">")
        .or_else(|| text::after(line, ", name ", b">"))
        .or(facts.thread);
    facts.process = text::after(line, ">>>", b"<").or(facts.process);
    true
}

/// No label is longer.
const LONGEST_LABEL: usize = 40;

fn labelled<'a>(facts: &mut Facts<'a>, line: &'a str) -> bool {
    if text::has(line, "ttempt to ")
        && let Some(address) = text::after(line, "ttempt to read from address ", b"")
            .or_else(|| text::after(line, "ttempt to write to address ", b""))
            .or_else(|| text::after(line, "ttempt to execute non-executable address ", b""))
    {
        facts.fault_address = Some(address);
        return true;
    }
    if line.starts_with("Originated at or in a subcall of ") {
        facts.reason("", line);
        return true;
    }
    let Some(at) = memchr::memchr(b':', line.as_bytes()) else {
        return false;
    };
    let (label, value) = (line[..at].trim_end(), line[at + 1..].trim());
    if label.len() > LONGEST_LABEL {
        return false;
    }
    if value.is_empty() {
        return matches!(label, "Application Specific Information");
    }
    match label {
        "Abort message" | "abortMessage" => {
            facts.abort_message = Some(text::unquoted(value));
        }
        "Cause" => cause(facts, value),
        // KSCrash: `0 (SIGSEGV)`.
        "Exception Type" if value.starts_with("0 (SIG") => {
            facts.signal = text::after(value, "(", b")");
        }
        "Exception Type" | "Exception type" | "Crash reason" => facts.signal = Some(value),
        // coredumpctl: `Signal: 11 (SEGV)`; games: `Signal: Segmentation fault (11)`; a person's form: `Error: SIGABRT ABORT`.
        "Signal" | "Error" | "Crash type" if label == "Signal" || value.starts_with("SIG") => {
            let Some(signal) = signal_of(value) else {
                return false;
            };
            facts.signal = facts.signal.or(Some(signal));
        }
        // The old handler of many games: `Exception:  0xC0000005 (ACCESS_VIOLATION) at 0107:006CFAE5`
        "Exception" if value.starts_with("0xC") => {
            facts.signal = text::after(value, "(", b")").or(Some(text::word(value).0));
        }
        "ExceptionCode" => handlers::exception_code(facts, value),
        "Exception Subtype" | "Exception subtype" | "Exception Codes" | "VM Region Info" => {
            codes(facts, label, value);
        }
        "Exception Message" | "SegvReason" => facts.reason("", value),
        // `NON-FATAL CONDITION (This is NOT a crash)`, `SIMULATED (this is NOT a crash)`.
        "Exception Note" if text::has(value, "NOT a crash") => facts.reason("", value),
        "Crash address" => facts.fault_address = Some(value),
        "Termination" if !value.starts_with("Namespace ") => return false,
        "Termination Reason" | "Termination Description" | "Termination" => {
            facts.reason("termination", value);
        }
        "Triggered by Thread" | "Triggered by thread" | "Crashed Thread" => {
            facts.thread_id = text::digits(value).map(|(id, _)| id).or(facts.thread_id);
            facts.thread = facts
                .thread
                .or_else(|| text::after(value, "Dispatch queue: ", b""))
                .or_else(|| text::after(value, "Dispatch Queue: ", b""))
                .or_else(|| name_behind_number(value));
        }
        "Process" => process(facts, value),
        "ExecutablePath" => process(facts, text::base_name(value)),
        "Thread name" if value.starts_with("Dispatch queue: ") => facts.thread = Some(&value[16..]),
        "Thread Name" => facts.thread = Some(value.trim_matches('\'').trim()),
        // Windows' event log.
        "Application" | "ApplicationName" if value.to_ascii_lowercase().ends_with(".exe") => {
            facts.process = Some(value);
        }
        "Path" => facts.program = Some(value),
        "Identifier" => facts.bundle = Some(value),
        "Crashed thread" => facts.thread = facts.thread.or(Some(value)),
        "Expression" => facts.reason("expression", value),
        "Error reason" => facts.reason("error reason", value),
        "File" if text::has(value, ", Line ") => facts.reason("file", value),
        "Program" if value.contains(['/', '\\']) => facts.program = Some(value),
        "Access Violation" => {
            facts.fault_address = text::after(value, " memory at ", b" ").or(facts.fault_address);
            facts.reason("", value);
        }
        "Exception Thread ID" | "Crash Thread ID" => {
            facts.thread_id = facts.thread_id.or(Some(value));
        }
        // Cr4shed's guess, by the frames.
        "Culprit" if !matches!(value, "Unknown" | "None") => facts.reason("culprit", value),
        "Diagnosis" | "CrashDoctor Diagnosis" => facts.reason("diagnosis", value),
        // The first repeats in words what stands in the reason below it.
        "Termination Signal" | "ExceptionAddress" | "ExceptionFlags" => {}
        _ => return of_handler(facts, label, value),
    }
    true
}

/// What an app's own handler names: `AV Type  : READ at 0x0000000000000000`, `Thread   : 6348`.
fn of_handler<'a>(facts: &mut Facts<'a>, label: &str, value: &'a str) -> bool {
    match label {
        "AV Type" | "Access type" => {
            facts.reason("access", value);
            facts.fault_address = text::after(value, " at ", b" ").or(facts.fault_address);
        }
        // OpenTTD's report: `Exception: C0000005`, `Location:  00007FF6E8544CAD` below it.
        "Exception" if value.len() == 8 && value.starts_with('C') && text::hex(value).is_some() => {
            facts.signal = Some(value);
        }
        "Location"
            if facts.signal.is_some()
                && matches!(value.len(), 8 | 16)
                && text::hex(value).is_some() =>
        {
            facts.reason("at", value);
        }
        // `Address  : 0x00007FF83EF32F58`, of the instruction.
        "Address" | "Exception Addr" | "Exception Address"
            if facts.signal.is_some()
                && value.len() >= 10
                && value.strip_prefix("0x").and_then(text::hex).is_some() =>
        {
            facts.reason("at", value);
        }
        "Module Name" if facts.signal.is_some() && is_image(value) => {
            facts.reason("faulting module", value);
        }
        "Offset" if facts.signal.is_some() && value.starts_with("0x") => {
            facts.reason("fault offset", value);
        }
        "Thread ID" if is_number(value) => {
            facts.thread_id = facts.thread_id.or(Some(value));
        }
        // `Terminating Process: Orbit [20221]`, where the head is cut off; a process that ends others is none.
        "Terminating Process" => {
            let system = [
                "exc handler",
                "launchd",
                "SpringBoard",
                "kernel",
                "runningboardd",
            ];
            let other = system.iter().any(|name| value.starts_with(name));
            if facts.process.is_none() && !other {
                process(facts, value);
            }
            facts.reason("terminated by", value);
        }
        // Godot's, below what it says of the signal.
        "Engine version" if value.starts_with("Godot Engine v") => facts.reason("engine", value),
        "Thread" if is_number(value) && facts.signal.is_some() => {
            facts.thread_id = facts.thread_id.or(Some(value));
        }
        // A service's page: `Package: com.acme.orbit`, `Thread: main-1`.
        "Package" if is_package(value) => facts.process = facts.process.or(Some(value)),
        "Thread" if is_numbered(value) => facts.thread = facts.thread.or(Some(value)),
        _ => return false,
    }
    true
}

/// A thread of a pool: `main-1`.
fn is_numbered(value: &str) -> bool {
    let parts = value.rsplit_once('-');
    parts.is_some_and(|(name, id)| !name.is_empty() && !id.is_empty() && is_number(id))
}

/// A package of three parts or more, as Android's apps have: `com.acme.orbit`.
fn is_package(value: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    value.starts_with(|c: char| c.is_ascii_lowercase())
        && value.bytes().all(word)
        && value.split('.').all(|part| !part.is_empty())
        && value.matches('.').count() >= 2
}

/// A file that Windows loads.
fn is_image(value: &str) -> bool {
    let ends = [".dll", ".exe", ".sys", ".ocx"];
    ends.iter().any(|end| text::has_in_any_case(value, end)) && !value.contains(' ')
}

fn is_number(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Logcat: `Process: com.starfall.game, PID: 4883`; Apple: `Process: Starfall [4883]`. A number alone is no name.
fn process<'a>(facts: &mut Facts<'a>, value: &'a str) {
    if !is_number(value) {
        let name = text::split_once(value, " [").map_or(value, |(name, _)| name);
        // ProcDump: `harbor.exe (4711)`.
        let numbered = name
            .strip_suffix(')')
            .and_then(|name| text::rsplit_once(name, " ("));
        let name = numbered
            .filter(|(_, id)| is_number(id))
            .map_or(name, |(name, _)| name);
        facts.process = Some(name.split(',').next().unwrap_or(name).trim());
    }
}

/// The name of the thread that ended the process: `8  dock-worker`, `45 UnityPreload`.
fn name_behind_number(value: &str) -> Option<&str> {
    let (_, name) = text::digits(value)?;
    let name = name.strip_prefix(' ')?.trim();
    let plain = !name.is_empty() && name.len() <= 64 && !name.starts_with(['(', '/', '-', '*']);
    plain.then_some(name)
}

/// `Exception Subtype: KERN_INVALID_ADDRESS at 0x8`, `Exception Subtype: CPU`.
fn codes<'a>(facts: &mut Facts<'a>, label: &str, value: &'a str) {
    // PLCrashReporter has the signal's own code: `SEGV_ACCERR at 0x8`.
    let of_signal = || {
        let (code, rest) = text::word(value);
        let kinds = ["SEGV_", "BUS_", "ILL_", "FPE_", "TRAP_"];
        rest.starts_with("at 0x") && kinds.iter().any(|kind| code.starts_with(kind))
    };
    // Of a guard two lines tell, `GUARD_TYPE_MACH_PORT` and its numbers.
    let of_guard = value.starts_with("GUARD_TYPE_");
    if value.starts_with("KERN") || value.starts_with("EXC_") || of_guard || of_signal() {
        facts.code = facts
            .code
            .or(Some(text::word(value).0.trim_end_matches([',', ':'])));
    } else if label == "Exception Subtype" {
        facts.reason("", value);
    } else if label == "Exception Codes" && tells(facts, value) {
        facts.reason("codes", value);
    }
    // Some crash kits: `KERN_INVALID_ADDRESS: 0x561666570`.
    let address = text::after(value, " at ", b" ,(")
        .or_else(|| text::after(value, "ADDRESS: ", b" ,("))
        .filter(|address| text::hex(address).is_some());
    facts.fault_address = facts.fault_address.or(address);
}

/// Whether the codes are the reason: of a guard, `0x0000000100000000, 0x08fd4dbfade2dead`, and of a limit that nothing else names.
fn tells(facts: &Facts<'_>, codes: &str) -> bool {
    let kind = facts.signal.unwrap_or_default();
    let trivial =
        |code: &str| text::hex(code.trim().trim_start_matches("0x")).is_none_or(|code| code < 2);
    let told = facts.reasons.iter().any(|reason| reason.label.is_empty());
    (kind.starts_with("EXC_GUARD") || kind.starts_with("EXC_RESOURCE") && !told)
        && !codes.split(',').all(trivial)
}
