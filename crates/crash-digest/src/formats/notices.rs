//! Single lines that say why: of loaders, of Chromium's handler, of virtual machines, of RPG Maker, of Linux's reporter.

use super::{handlers, loader, logged};
use crate::code_tables::signal_name;
use crate::frame::{Frame, Language};
use crate::model::{Builder, Exception, named_last, read_exception};
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    begun(out, line) || handlers::line(out, line)
}

/// Takes a line that its first byte tells.
fn begun<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // The message of RPG Maker's error stands below its place.
    if let [frame] = out.stack.frames[..]
        && (frame.raw.starts_with("Script '") || frame.raw.starts_with("スクリプト '"))
        && out.section().exception.message.is_empty()
    {
        out.exception_message(line);
        return true;
    }
    if let Some((_, ended)) = text::split_once(line, ": Program crashed") {
        if handlers::again_of_godot(out, line) {
            return true;
        }
        if let Some(number) = ended.strip_prefix(" with signal ") {
            handlers::of_godot(out, number);
            return false;
        }
    }
    if text::has(text::head(line, 48), "ignal ") && handlers::by_number(out, line) {
        return true;
    }
    match line.as_bytes().first() {
        Some(b'A') if logged::beside(out, line) => true,
        Some(b'A' | b'C' | b'D' | b'J' | b'N' | b'S') if is_of_agent(out, line) => true,
        Some(b'E') if line.starts_with("Engine version: Godot") => {
            // The engine of another crash is none of this one's.
            if !out.is_further() {
                out.stack.facts.reason("engine", line[16..].trim());
            }
            true
        }
        Some(b'E') => {
            diagnostics(out, line)
                || unix_signal(out, line)
                // Unity's handler could not name the address on the next line.
                || line.starts_with("ERROR: SymGet") && text::has(line, ", GetLastError: ")
        }
        Some(b'C' | b'I' | b'M') => {
            shell(out, line)
                || unix_signal(out, line)
                || dumped(out, line)
                || caught(out, line)
                || oops(out, line)
        }
        // A whole log of systemd, behind its times, and the mark of newer ones: `[🡕] Process 4711 (orbit) of …`.
        Some(b'w' | b'0'..=b'9' | b'P' | b'`' | b'[') if line.ends_with(" dumped core.") => {
            dumped(out, line)
        }
        Some(b'w' | b'0'..=b'9') => trap(out, line),
        Some(b'R' | b'W') => {
            received_signal(out, line) || is_repeat(line) || loader::of_loader(out, line)
        }
        Some(b'L' | b'S') => {
            shell(out, line)
                || loader::line(out, line)
                || script(out, line)
                || unix_signal(out, line)
                || crashed_thread(out, line)
                || logged::line(out, line)
                || logged::beside(out, line)
        }
        Some(b'#') => check(out, line),
        Some(0xe3) => script(out, line),
        Some(b'T') => title(out, line) || handlers::referenced(out, line),
        Some(b'O') => oops(out, line),
        Some(b'G') => line.starts_with("GDScript backtrace (most recent call first)"),
        Some(b'[') => labelled(out, line),
        Some(b'P') => received_signal(out, line) || dumped(out, line),
        Some(b'(') => named_below(out, line) || handlers::place(out, line),
        Some(b'D') if line.starts_with("Device removed reason: ") => {
            out.stack.facts.reason("GPU crash", line);
            out.cut();
            true
        }
        // Minecraft's reports, Windows' log: what was done when it crashed.
        Some(b'D') if described(out, line) => true,
        Some(b'-') => device_removed(out, line),
        Some(b'+') => line.starts_with("+-"),
        Some(b'=') => unity_begins(out, line),
        Some(b'*') => line.starts_with("*** First throw call stack"),
        _ => dumped(out, line),
    }
}

/// What the agent that reads another Java process says above its stacks, where `jstack` asked the process in vain before.
fn is_of_agent(out: &mut Builder<'_>, line: &str) -> bool {
    const SAID: [&str; 7] = [
        "Attaching to core ",
        "Debugger attached successfully.",
        "Server compiler detected.",
        "Client compiler detected.",
        "JVM version is ",
        "Deadlock Detection:",
        "No deadlocks found.",
    ];
    if line.starts_with("Attaching to process ID ") && !out.has_frames() {
        out.drop_unnamed();
        out.cut();
        return true;
    }
    SAID.iter().any(|said| line.starts_with(said))
}

/// `Description: Exception in server tick loop` in a report's head.
fn described<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let said = line.strip_prefix("Description: ").map(str::trim);
    match said.filter(|said| !said.is_empty() && said.len() <= 160 && !out.has_frames()) {
        Some(said) => {
            out.stack.facts.reason("description", said);
            out.cut();
            true
        }
        None => false,
    }
}

/// Balatro's `Oops! The game crashed:`: the error is the next line.
fn oops(out: &mut Builder<'_>, line: &str) -> bool {
    let known = line
        .trim_end_matches(':')
        .ends_with("Oops! The game crashed")
        && !out.has_frames();
    if known {
        out.section().exception = Exception::default();
    }
    known
}

/// The shell's word behind what the program said itself: `Segmentation fault (core dumped)`.
fn shell<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = ["Segmentation fault", "Illegal instruction"]
        .iter()
        .any(|word| line.starts_with(word))
        && line.split(' ').count() <= 4
        && !out.is_empty()
        && out.section().exception.name.is_some();
    if known {
        out.stack.facts.reason("", line);
    }
    known
}

/// The type of an exception below its message, which ends with a line's break: `(SharpDX.SharpDXException)`.
fn named_below<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let exception = &mut out.section().exception;
    match named_last(line) {
        Some(("", name)) if exception.name == Some("Exception") => {
            exception.name = Some(name);
            out.cut();
            true
        }
        _ => false,
    }
}

/// Chromium: `Received signal 11 SEGV_MAPERR 000000000018`; Node's handler: `PID 6008 received SIGSEGV for address: 0x4152b38`.
fn received_signal<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if let Some((_, rest)) = text::split_once(line, " received SIG")
        && line.starts_with("PID ")
        && let Some((name, address)) = text::split_once(rest, " for address: ")
    {
        out.stack.facts.signal = text::with_mark(line, name, "SIG".len());
        out.stack.facts.fault_address = Some(address);
        out.cut();
        return true;
    }
    let Some(rest) = line.strip_prefix("Received signal ") else {
        return false;
    };
    let (number, rest) = text::word(rest);
    let Some(signal) = number.parse().ok().and_then(signal_name) else {
        return false;
    };
    let (code, address) = text::word(rest);
    let facts = &mut out.stack.facts;
    facts.signal = Some(signal);
    facts.code = Some(code).filter(|code| !code.is_empty());
    facts.fault_address = Some(address).filter(|address| text::hex(address).is_some());
    out.cut();
    true
}

/// Unreal on Linux: `Signal 11 caught.`, `CommonUnixCrashHandler: Signal=11`,
/// `Engine crash handling finished; re-raising signal 11 for the default handler. Good bye.`
fn unix_signal<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line.starts_with("Increasing per-process limit of core file size")
        || line.starts_with("Malloc Size=")
    {
        out.cut();
        return true;
    }
    let number = line
        .strip_prefix("Signal ")
        .and_then(|rest| rest.strip_suffix(" caught."))
        .or_else(|| {
            let rest = line.strip_prefix("Common")?;
            Some(text::split_once(rest, "CrashHandler: Signal=")?.1)
        })
        .or_else(|| {
            let rest = line.strip_prefix("Engine crash handling finished; re-raising signal ")?;
            Some(text::word(rest).0)
        });
    let Some(signal) = number.and_then(|number| signal_name(number.parse().ok()?)) else {
        return false;
    };
    out.ended_in(signal);
    out.cut();
    true
}

/// systemd: `Process 8594 (gamescope) of user 1000 dumped core.`, also behind `Message:`, and the modules that follow.
fn dumped<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // `Process 1005 (Xwayland) of user 1000 terminated abnormally with signal 6/ABRT, processing...`
    if let Some(signal) = text::after(line, " terminated abnormally with signal ", b"/") {
        let name = signal.parse().ok().and_then(signal_name);
        out.stack.facts.signal = out.stack.facts.signal.or(name);
        out.cut();
        return name.is_some();
    }
    // `orbit.service: Main process exited, code=dumped, status=11/SEGV`, in older systems with a small letter.
    if let Some((unit, rest)) = text::split_once(line, ": Main process exited, code=")
        .or_else(|| text::split_once(line, ": main process exited, code="))
    {
        let number = text::after(rest, "status=", b"/");
        let ended = rest.starts_with("dumped") || rest.starts_with("killed");
        let signal = number.and_then(|number| signal_name(number.parse().ok()?));
        let facts = &mut out.stack.facts;
        if let Some(signal) = signal.filter(|_| ended) {
            facts.signal = facts.signal.or(Some(signal));
            facts.process = facts.process.or(Some(unit));
        } else {
            facts.reason("", line);
        }
        out.cut();
        return true;
    }
    if line.ends_with(" dumped core.")
        && let Some((_, rest)) = text::split_once(line, "Process ")
        && text::has(rest, ") of user ")
    {
        let facts = &mut out.stack.facts;
        facts.process = text::after(rest, "(", b")");
        if facts.signal.is_none() {
            let from = text::find(line, "Process ").unwrap_or_default();
            facts.reason("", &line[from..]);
        }
        out.cut();
        return true;
    }
    let known = line.starts_with("Module ")
        && [" from ", " with build-id ", " without build-id"]
            .iter()
            .any(|mark| text::has(line, mark));
    if known {
        out.cut();
    }
    known
}

/// Unity's handler on Windows: `Stack Trace of Crashed Thread 22828:`.
fn crashed_thread<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((id, rest)) = line
        .strip_prefix("Stack Trace of Crashed Thread ")
        .and_then(text::digits)
    else {
        return false;
    };
    let known = matches!(rest, "" | ":");
    if known {
        let facts = &mut out.stack.facts;
        facts.thread_id = facts.thread_id.or(Some(id));
        out.cut();
    }
    known
}

/// Cocos on `HarmonyOS`: `[name]: TypeError`, `[message]: …` and `[stack]: …` below the place.
fn labelled<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if !out.is_fresh() {
        return false;
    }
    if let Some(name) = line.strip_prefix("[name]: ") {
        out.exception_name(name);
    } else if let Some(message) = line.strip_prefix("[message]: ") {
        out.section().exception.message = message;
    } else if !line.starts_with("[stack]: ") {
        return false;
    }
    out.cut();
    true
}

/// Unity on Linux, below the lines of its log: `Caught fatal signal - signo:11 code:1 errno:0 addr:0x7f7c`.
fn caught<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = line.starts_with("Caught fatal signal - signo:") && !out.has_frames();
    if known {
        out.section().exception = Exception {
            name: None,
            message: line,
        };
        let number = text::after(line, "signo:", b" ").and_then(|number| number.parse().ok());
        let facts = &mut out.stack.facts;
        facts.signal = facts.signal.or(number.and_then(signal_name));
        facts.fault_address = text::after(line, " addr:", b" ").or(facts.fault_address);
        out.cut();
    }
    known
}

/// Unreal on Windows, of a crash of the graphics card: `- Device 0 Removed: DXGI_ERROR_DEVICE_HUNG`.
fn device_removed<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = text::has(line, " Removed: DXGI_ERROR_");
    if known {
        out.stack
            .facts
            .reason("GPU crash", line.trim_start_matches(['-', ' ']));
        out.cut();
    }
    known
}

/// Unity begins every crash's stack so; a log of several runs has several.
fn unity_begins<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let name = line.trim_matches(['=', ' ']);
    let known = matches!(name, "OUTPUTTING STACK TRACE" | "OUTPUTING STACK TRACE");
    if known && out.has_frames() && is_native(out) {
        out.further(line);
    } else if known && out.has_frames() {
        // Scripts' errors that its log has from before the crash.
        out.set_aside_named();
    }
    // Words that a reporter put in front: `The game died at once, the log says:`.
    if known && !out.has_frames() && !out.is_empty() {
        let exception = &mut out.section().exception;
        if exception.name.is_none() && exception.message.ends_with(':') {
            *exception = Exception::default();
        }
    }
    known
}

/// Whether the frames that were read are of a native crash, not of an error that was logged before it.
fn is_native(out: &Builder<'_>) -> bool {
    out.stack
        .frames
        .iter()
        .any(|frame| frame.language == Language::Native)
}

/// wasmtime names the trap last: ``2: wasm trap: wasm `unreachable` instruction executed``.
fn trap<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let rest = text::digits(line).and_then(|(_, rest)| rest.strip_prefix(": "));
    let trap = rest.unwrap_or(line).strip_prefix("wasm trap: ");
    if let Some(trap) = trap.filter(|_| out.has_frames()) {
        out.stack.facts.reason("wasm trap", trap);
        return true;
    }
    false
}

/// Unreal's old diagnostics: `Exception was "EXCEPTION_ACCESS_VIOLATION reading address 0x18"`.
///
/// A game's own: `Exception EXCEPTION_ACCESS_VIOLATION (0xC0000005) at address 0x53CF5BE0 (hull.dll).`
fn diagnostics<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if let Some(rest) = line.strip_prefix("Exception EXCEPTION_")
        && let Some((name, place)) = text::split_once(rest, " (0x")
        && text::has(place, ") at address 0x")
        && !out.has_frames()
    {
        let end = "Exception EXCEPTION_".len() + name.len();
        out.section().exception = Exception {
            name: line.get("Exception ".len()..end),
            message: text::split_once(place, ") ")
                .map_or("", |(_, place)| place.trim_end_matches('.')),
        };
        out.cut();
        return true;
    }
    let quoted = line
        .strip_prefix("Exception was \"")
        .and_then(|rest| rest.strip_suffix('"'));
    let Some(quoted) = quoted.filter(|_| !out.has_frames()) else {
        return false;
    };
    out.section().exception = read_exception(quoted);
    out.cut();
    true
}

/// .NET says how often the frames below stand there: `Repeat 2 times:`.
fn is_repeat(line: &str) -> bool {
    let times = line.strip_prefix("Repeat ").and_then(text::digits);
    times.is_some_and(|(_, rest)| rest == " times:")
}

/// RPG Maker: `Script 'Game_Ship' line 31: NoMethodError occurred.`, in Japanese
/// `スクリプト 'Game_Ship' の 31 行目で NoMethodError が発生しました。`; the message follows.
fn script<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((script, rest)) = line
        .strip_prefix("Script '")
        .and_then(|rest| text::split_once(rest, "' line "))
        .or_else(|| {
            let rest = line.strip_prefix("スクリプト '")?;
            text::split_once(rest, "' の ")
        })
    else {
        return false;
    };
    let Some((number, rest)) = text::digits(rest) else {
        return false;
    };
    let name = rest
        .strip_prefix(": ")
        .and_then(|rest| rest.strip_suffix(" occurred."))
        .or_else(|| {
            let rest = rest.trim_start().strip_prefix("行目で ")?;
            rest.split_once(' ').map(|(name, _)| name)
        });
    let Some(name) = name.filter(|_| out.is_empty()) else {
        return false;
    };
    out.section().exception = Exception {
        name: Some(name),
        message: "",
    };
    out.frame(Frame {
        raw: line,
        file: Some(script),
        line: number.parse().ok(),
        language: Language::Script,
        ..Frame::default()
    });
    true
}

/// V8: `# Check failed: node->IsInUse().`, below `# Fatal error in file.cc, line 12`.
fn check<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let rest = line.trim_start_matches(['#', ' ']);
    let Some(message) = rest.strip_prefix("Check failed: ") else {
        // The place alone, perhaps empty: `# Fatal error in , line 0`.
        return rest.starts_with("Fatal error in ") && text::has(rest, ", line ");
    };
    if out.has_frames() {
        return false;
    }
    out.section().exception = Exception {
        name: Some(&rest[..12]),
        message,
    };
    out.cut();
    true
}

/// Linux's reporter: `Title: orbit crashed with SIGSEGV in orbit::Ship::fire()`.
fn title<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let title = line
        .strip_prefix("Title: ")
        .filter(|title| text::has(title, " crashed with "));
    if let Some(title) = title {
        out.stack.facts.reason("", title);
    }
    title.is_some()
}
