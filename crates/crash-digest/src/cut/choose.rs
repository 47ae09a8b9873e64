//! Finds the thread that a report is about among the threads of a document.

use super::pieces::Piece;
use crate::format::Format;
use crate::frame::Frame;
use crate::grammar::{self, Printers};
use crate::language::Language;
use crate::text;

/// Threads that only wrote the dump.
fn is_dumper(name: &str) -> bool {
    [
        "Signal Catcher",
        "xcrash_trace_dp",
        "SIGNALCATCHER",
        "BuglyThread",
        "anr_dump",
        "ANR-Dump",
        "CrashSight",
    ]
    .iter()
    .any(|known| name.starts_with(known))
}

/// The threads that games' engines run in, where a dump has lost the main one.
fn is_engine(name: &str) -> bool {
    ["UnityMain", "GameThread", "Cocos2d-x", "GLThread"]
        .iter()
        .any(|known| name.starts_with(known))
}

/// Threads of Android's runtime that wait for work most of their time.
fn is_helper(name: &str) -> bool {
    [
        "POSIX timer",
        "Jit thread pool",
        "HeapTaskDaemon",
        "ReferenceQueueDaemon",
        "FinalizerDaemon",
        "FinalizerWatchdogDaemon",
        "Binder:",
        "Binder_",
        "Profile Saver",
    ]
    .iter()
    .any(|known| name.starts_with(known))
}

/// The piece whose thread the report is about; `None` when the stack before all threads is the crash's own.
pub(crate) fn choose(text: &str, pieces: &[Piece<'_>], format: Format) -> Option<usize> {
    let threads = || {
        pieces
            .iter()
            .enumerate()
            .filter_map(|(at, piece)| Some((at, piece.header.as_ref()?, piece)))
    };
    // WinDbg marks the thread of the exception, and that which is looked at with a point; KDE's reporter its handler.
    let marked = |piece: &Piece<'_>| match format {
        Format::Windbg => text::trim(piece.heading).starts_with('#'),
        Format::Debugger => text::has(piece.text, "[KCrash Handler]"),
        _ => false,
    };
    if let Some((at, ..)) = threads().find(|(_, _, piece)| marked(piece)) {
        return Some(at);
    }
    if let Some((at, faulting, _)) = threads().find(|(_, header, _)| header.faulting) {
        // lldb prints where it stopped, and the stack of the same thread when it is asked for.
        let whole = threads().find(|(_, header, piece)| {
            header.faulting && header.id == faulting.id && has_frames_of_lldb(piece.text)
        });
        let whole = whole.filter(|_| format == Format::Debugger);
        return Some(whole.map_or(at, |(at, ..)| at));
    }
    let around = || pieces.iter().filter(|piece| piece.header.is_none());
    let triggered = around()
        .find_map(|piece| text::lines(piece.text).find_map(|line| triggered(text::trim(line))));
    if let Some(id) = triggered
        && let Some((at, ..)) =
            threads().find(|(_, header, _)| header.id == Some(id) || header.system_id == Some(id))
    {
        return Some(at);
    }
    // The text ends before the thread that its head names: no other is the crashed one.
    if triggered.is_some() && matches!(format, Format::Apple | Format::Minidump | Format::Harmony) {
        return None;
    }
    if let Some(at) = aborting(text, pieces, format) {
        return Some(at);
    }
    // The dump was cut off before the thread that ended the process: one that ART had stopped is another.
    let stopped = |piece: &Piece<'_>| text::has(text::head(piece.text, 200), " sCount=1 ");
    let of_abort = format == Format::Trace
        && around().any(|piece| text::has(text::head(piece.text, 4000), "Runtime aborting"));
    if of_abort && threads().all(|(.., piece)| stopped(piece)) {
        return None;
    }
    if begins_inside(text)
        && let Some(at) = behind_rest(pieces, format)
    {
        return Some(at);
    }
    let first = around().find_map(|piece| first_frame(piece.text, format));
    if let Some(first) = first {
        // A server's report with a dump behind it: the stack in front is the crash's own, and whole.
        let report = |piece: &Piece<'_>| text::has(piece.text, WALKTHROUGH);
        let mixed = matches!(format, Format::Trace | Format::Plain) && threads().next().is_some();
        if mixed && around().any(report) {
            return None;
        }
        // The end of a backtrace, and the whole of it in the list of all threads.
        if format == Format::Debugger && is_inner(first.raw) {
            let holds = |piece: &Piece<'_>| {
                let rows = text::lines(piece.text).map(text::trim);
                let mut rows = rows.filter(|line| number(line) == number(first.raw));
                rows.any(|line| {
                    grammar::read_as(Printers::Debugger, line).is_some_and(|row| {
                        (row.address, row.function) == (first.address, first.function)
                    })
                })
            };
            return threads()
                .find(|(_, _, piece)| holds(piece))
                .map(|(at, ..)| at);
        }
        // gdb prints the crashed thread's first frame before it lists all threads.
        let same = threads().find(|(_, _, piece)| {
            first_frame(piece.text, format).is_some_and(|frame| {
                let told = first.function.is_some() || first.address.is_some();
                frame.function == first.function
                    && frame.address == first.address
                    && frame.line == first.line
                    // A place in a library may be all that is known.
                    && (told || (frame.module, frame.offset) == (first.module, first.offset))
                    && !is_elsewhere(&first, &frame)
            })
        });
        return same.map(|(at, ..)| at);
    }
    // gdb says where it stopped before somebody asked for the threads.
    if format == Format::Debugger
        && let Some(stop) = around().find_map(|piece| stop(piece.text))
    {
        let same = threads().find(|(_, _, piece)| {
            first_frame(piece.text, format).is_some_and(|frame| frame.function == stop.function)
        });
        return same.map(|(at, ..)| at);
    }
    // A minidump's walker marks the crashed thread: where none is marked, it is not in the text.
    if format == Format::Minidump && around().any(names_reason) {
        return None;
    }
    let chosen = fallback(pieces, format)?;
    // A list of lldb's threads where none is marked tells of no stack.
    if format == Format::Debugger && pieces[chosen].text.trim().is_empty() {
        return None;
    }
    let stopped = || around().any(|piece| tells_of_fault(piece.text));
    // Who waits in the kernel has touched nothing: the thread that did is not in the text.
    let waits = || waits_in_kernel(pieces[chosen].text);
    (!(format == Format::Apple && waits() && stopped())).then_some(chosen)
}

/// The rest of a stack says nothing of what follows it whole: an app's main thread in a dump, or a tombstone with its signal.
fn behind_rest(pieces: &[Piece<'_>], format: Format) -> Option<usize> {
    let signal = |line: &str| text::trim(line).starts_with("signal ");
    pieces.iter().position(|piece| {
        piece.header.as_ref().is_some_and(|header| {
            format == Format::Trace && header.name == Some("main")
                || format == Format::Android && text::lines(piece.text).take(12).any(signal)
        })
    })
}

/// Whether a minidump's walker says why the program crashed.
fn names_reason(piece: &Piece<'_>) -> bool {
    text::has(text::head(piece.text, 4000), "Crash reason: ")
}

/// Whether the text begins inside of a stack: nothing stands above its first frame that could say what it is of.
pub(crate) fn begins_inside(text: &str) -> bool {
    let first = text::lines(text)
        .map(text::trim)
        .find(|line| !line.is_empty() && !line.starts_with("- "));
    first.is_some_and(|line| {
        let begins =
            line.starts_with(['#', 'a', 'n']) || line.starts_with(|c: char| c.is_ascii_digit());
        let read = |printers| grammar::read_as(printers, line).is_some();
        begins && (read(Printers::Java) || read(Printers::Apple))
    })
}

/// Whether the head of Apple's report names a fault that a thread stops at by itself: `Exception Type: SIGSEGV`.
fn tells_of_fault(text: &str) -> bool {
    const KINDS: [&str; 9] = [
        "SIGSEGV",
        "SIGBUS",
        "SIGILL",
        "SIGFPE",
        "SIGTRAP",
        "EXC_BAD_ACCESS",
        "EXC_BAD_INSTRUCTION",
        "EXC_BREAKPOINT",
        "EXC_ARITHMETIC",
    ];
    let kind = text::lines(text).find_map(|line| {
        let line = text::trim(line);
        line.strip_prefix("Exception Type:")
            .or_else(|| line.strip_prefix("# Cause: Crash due to signal:"))
    });
    kind.is_some_and(|kind| KINDS.iter().any(|known| kind.trim().starts_with(known)))
}

/// Whether the innermost frame of a thread of Apple's waits in the kernel.
fn waits_in_kernel(text: &str) -> bool {
    const CALLS: [&str; 9] = [
        "mach_msg_trap",
        "mach_msg2_trap",
        "__psynch_cvwait",
        "__psynch_mutexwait",
        "semaphore_wait_trap",
        "semaphore_timedwait_trap",
        "__workq_kernreturn",
        "kevent_id",
        "__semwait_signal",
    ];
    first_frame(text, Format::Apple)
        .and_then(|frame| frame.function)
        .is_some_and(|name| CALLS.contains(&name))
}

/// Whether a piece has two frames or more.
fn has_frames_of_lldb(text: &str) -> bool {
    const FRAME: &str = "frame #";
    text::split_once(text, FRAME).is_some_and(|(_, behind)| text::has(behind, FRAME))
}

/// Where gdb stopped: behind the line that names the signal.
fn stop(text: &str) -> Option<Frame<'_>> {
    const NEAR: usize = 6;
    let at = text::find(text, " received signal ")?;
    text::lines(&text[at..])
        .take(NEAR)
        .find_map(|line| grammar::stopped(text::trim(line)))
}

/// How a game server's report goes on behind its stack.
const WALKTHROUGH: &str = "A detailed walkthrough of the error, its code path";

/// The thread that ended the process where ART does so itself: it holds the lock for it.
fn aborting(text: &str, pieces: &[Piece<'_>], format: Format) -> Option<usize> {
    // The text is searched once, not thread by thread.
    if !text::has(text, "\"abort lock\"") {
        return None;
    }
    let aborts = |piece: &Piece<'_>| {
        let head = text::head(piece.text, 600);
        piece.header.is_some() && text::has(head, "| held mutexes= \"abort lock\"")
    };
    matches!(format, Format::Trace | Format::Plain | Format::Android)
        .then(|| pieces.iter().position(aborts))?
}

/// Without a mark: an ANR's main thread, else the first that did not write the dump.
fn fallback(pieces: &[Piece<'_>], format: Format) -> Option<usize> {
    let threads = || {
        pieces
            .iter()
            .enumerate()
            .filter_map(|(at, piece)| Some((at, piece.header.as_ref()?)))
    };
    // gdb lists the newest thread first; the one that its dump of memory was written for is the first by its number.
    if format == Format::Debugger {
        let signalled = |at: usize| text::has(pieces[at].text, "<signal handler called>");
        // Of a thread in its list alone gdb says no more than the innermost frame.
        let deep = |at: usize| text::has(pieces[at].text, "#1 ");
        let alone = threads().all(|(at, _)| !deep(at));
        let first =
            || threads().find(|(at, header)| header.id == Some("1") && (alone || deep(*at)));
        if let Some((at, _)) = threads().find(|(at, _)| signalled(*at)).or_else(first) {
            return Some(at);
        }
    }
    let main = threads().find(|(_, header)| header.name == Some("main"));
    if matches!(format, Format::Trace | Format::Plain)
        && let Some((at, _)) = main
    {
        return Some(at);
    }
    let engines = threads().find(|(_, header)| header.name.is_some_and(is_engine));
    // The machine's own threads have no calls: `"GC task thread#9" os_prio=31 … runnable`.
    let called = || {
        let plain = matches!(format, Format::Trace | Format::Plain);
        let mut threads = threads().filter(|_| plain);
        threads.find(|(at, header)| {
            !header
                .name
                .is_some_and(|name| is_dumper(name) || is_helper(name))
                && first_frame(pieces[*at].text, format).is_some()
        })
    };
    engines
        .or_else(called)
        .or_else(|| {
            threads().find(|(_, header)| {
                !header
                    .name
                    .is_some_and(|name| is_dumper(name) || is_helper(name))
            })
        })
        .or_else(|| threads().find(|(_, header)| !header.name.is_some_and(is_dumper)))
        .or_else(|| threads().next())
        .map(|(at, _)| at)
}

/// The thread's id that a report's head names.
fn triggered(line: &str) -> Option<&str> {
    // gdb: `Thread 2 "canary" received signal SIGSEGV, …`, `[Switching to Thread 0x7ffff79ac700 (LWP 115332)]`,
    // `[Current thread is 1 (Thread 0x7f29024f8700 (LWP 1827))]`.
    if let Some(rest) = line.strip_prefix("Thread ") {
        let received = text::has(rest, " received signal ") || text::has(rest, "\" hit ");
        return text::digits(rest).filter(|_| received).map(|(id, _)| id);
    }
    if let Some(rest) = line.strip_prefix("[Current thread is ") {
        return text::digits(rest).map(|(id, _)| id);
    }
    if let Some(rest) = line.strip_prefix("[Switching to Thread ") {
        let from = text::find(rest, "(LWP ")?;
        return rest[from + 1..].split(')').next();
    }
    if let Some(id) = runner_thread(line) {
        return Some(id);
    }
    let rest = line
        .strip_prefix("Triggered by Thread:")
        .or_else(|| line.strip_prefix("Crashed Thread:"))
        .or_else(|| line.strip_prefix("Faulting thread:"))?;
    text::digits(rest.trim()).map(|(id, _)| id)
}

/// `HarmonyOS` says of a freeze whose events were not handled: `Event runner (Thread name = , Thread ID = 57003) is running`.
pub(crate) fn runner_thread(line: &str) -> Option<&str> {
    let (_, id) = text::split_once(line.strip_prefix("Event runner (")?, "Thread ID")?;
    text::digits(id.trim_start_matches([' ', '=', ':'])).map(|(id, _)| id)
}

/// Whether rows of `WinDbg` of the same function stand in other places of memory, as stacks of two threads do.
fn is_elsewhere(one: &Frame<'_>, other: &Frame<'_>) -> bool {
    let place = |frame: &Frame<'_>| {
        let mut words = frame.raw.split_whitespace().take(2);
        words
            .find(|word| word.len() >= 8)
            .filter(|_| text::has(frame.raw, "!"))
            .and_then(text::hex)
    };
    match (place(one), place(other)) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    }
}

fn first_frame(text: &str, format: Format) -> Option<Frame<'_>> {
    const FAR: usize = 400;
    let printers = match format {
        Format::Debugger => Printers::Debugger,
        Format::Android | Format::Trace | Format::Harmony => Printers::Android,
        Format::Apple | Format::Minidump => Printers::Apple,
        // Without a mark of their own these are no stack before the threads.
        Format::Go | Format::Hotspot => return None,
        _ => Printers::Any,
    };
    text::lines(text)
        .map(text::trim)
        .take_while(|line| {
            !line.starts_with("Last Exception") && !line.starts_with("Binary Images")
        })
        .filter(|line| !line.is_empty())
        .take(FAR)
        .find_map(|line| {
            grammar::read_as(printers, line)
                // A Java exception before a tombstone is another report.
                .filter(|frame| format != Format::Android || frame.language == Language::Native)
                // The end of an earlier report that the log begins with.
                .filter(|_| format != Format::Android || !is_inner(line))
                // ART's own dump, which the tombstone follows.
                .filter(|_| format != Format::Android || !line.starts_with("native: "))
                .filter(|_| !line.starts_with("0x") || !text::has(line, " - 0x"))
        })
}

/// Whether a frame is numbered, and not the first.
fn is_inner(line: &str) -> bool {
    number(line).is_some_and(|number| number.bytes().any(|byte| byte != b'0'))
}

/// The number of a frame: `#12 0x…`.
fn number(line: &str) -> Option<&str> {
    let (number, _) = line.strip_prefix('#').and_then(text::digits)?;
    Some(number)
}
