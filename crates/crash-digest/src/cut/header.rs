//! The lines that begin a thread, and cutting a document at them.

use super::name_and_state;
use super::thread_names::{crashed_name, named, queue_name};
use crate::text;

/// What a thread's first line says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Header<'a> {
    /// The thread's name.
    pub name: Option<&'a str>,
    /// Its id.
    pub id: Option<&'a str>,
    /// `Blocked`, `Waiting`, `Native`.
    pub state: Option<&'a str>,
    /// The system's id, where a debugger prints it beside its own: `LWP 11`.
    pub system_id: Option<&'a str>,
    /// It says that this is the thread that crashed.
    pub faulting: bool,
    /// It only names the thread whose header follows: Apple's `Thread 3 name:  RenderThread`.
    pub name_only: bool,
}

/// Reads a thread's first line.
pub(crate) fn read(line: &str) -> Option<Header<'_>> {
    match line.as_bytes().first()? {
        b'"' => quoted(line),
        // Play Console's page, in a reader's language: `Thread 1 "main" tid=1 Blocked …`.
        b'T' | 0xc3.. if text::has(line, "\" tid=") => on_page(line),
        // The console's page, copied with the label of its column: `Type "main" prio=5 tid=1 Native`.
        b'T' if line.starts_with("Type \"") => quoted(&line["Type ".len()..]),
        b'T' if line.starts_with("Tid:") => harmony(line),
        b'T' if line.ends_with("(most recent call first):") => listed(line),
        b'T' => numbered(line).or_else(|| named_state(line)),
        // systemd's journal: `Stack trace of thread 13319:`.
        b'S' if line.starts_with("Stack trace of thread ") => {
            text::digits(&line[22..]).map(|(id, _)| Header {
                id: Some(id),
                ..Header::default()
            })
        }
        // A person makes a heading of it: `**Thread 2**`, `### Thread 0 Crashed:`.
        b'*' | b'#' if line.starts_with("**") || line.starts_with("##") => {
            numbered(without_marks(line)).filter(|header| header.id.is_some())
        }
        b'*' | b't' => lldb(line).or_else(|| named_state(line)),
        b'g' if line.starts_with("goroutine ") => goroutine(line),
        // A server's watchdog: `Current Thread: Server thread`, its state on the next line.
        b'C' if line.starts_with("Current Thread: ") => Some(Header {
            name: Some(&line[16..]),
            ..Header::default()
        }),
        b'C' if line.starts_with("Call Stack for Thread ")
            || line.starts_with("Current thread 0x") =>
        {
            listed(line)
        }
        // BlueStacks announces the report with a line of its own: `pid: 5214, tid: 5236, pkg name: com.acme.orbit`.
        b'p' if line.starts_with("pid: ") && !text::has(line, ", pkg name: ") => {
            let id = text::after(line, "tid: ", b",");
            let name = text::after(line, ", name: ", b">");
            // Play Console knows neither: `pid: 0, tid: 0 >>> com.acme.orbit <<<`.
            id.is_some().then_some(Header {
                name: name.or_else(|| text::after(line, ", name ", b">")),
                id: id
                    .map(|id| id.split(' ').next().unwrap_or(id))
                    .filter(|id| *id != "0"),
                ..Header::default()
            })
        }
        // `#00 pc …` is a frame; the debugger's mark stands alone. What a thread holds follows a dash.
        b'#' if line.as_bytes().get(1) != Some(&b' ') => None,
        b'a' if line.starts_with("at ") => None,
        b'-' => lldb(line),
        b'|' => None,
        _ if line.ends_with(')') => named_state(line),
        // Play Console: `pool-4-thread-1 (timed waiting):tid=24 systid=9496`.
        _ if text::has(line, "tid=") => console_state(line),
        b'.' | b'#' | b'0'..=b'9' => debugger(line),
        _ => None,
    }
}

/// A line without Markdown's marks of a heading: `**Thread 0 Crashed**:`.
pub(crate) fn without_marks(line: &str) -> &str {
    let marks = ['*', '#', ' ', '_'];
    let inner = line.trim_matches(marks);
    inner
        .strip_suffix("**:")
        .map_or(inner, |inner| inner.trim_matches(marks))
}

/// Virtual machines: `"main" prio=5 tid=1 Blocked`, `"Saver" #12 daemon prio=5 os_prio=0 tid=0x7f nid=0x1 waiting on condition [0x7e]`.
fn quoted(line: &str) -> Option<Header<'_>> {
    // Names may hold quotes themselves: `"OkHttp "api"" prio=5`.
    // A line that begins with the mark has no name: `" #12`.
    let behind_name = |at: &usize| *at > 0;
    let at = text::find(line, "\" #")
        .filter(behind_name)
        .or_else(|| text::find(line, "\" os_prio=").filter(behind_name))
        .or_else(|| text::find(line, " daemon prio="))
        .or_else(|| text::find(line, " prio="))
        .or_else(|| text::find(line, " sysTid="))
        .or_else(|| text::find(line, "\" (not attached)").filter(behind_name))
        .or_else(|| text::find(line, " tid="))
        .or_else(|| text::find(line, "\" Id=").filter(behind_name))?;
    let (front, rest) = (&line[1..at], &line[at..]);
    let name = front.trim_end().strip_suffix('"').unwrap_or(front);
    let rest = rest.trim_start_matches('"').trim_start();
    let number = rest
        .strip_prefix('#')
        .and_then(text::digits)
        .map(|(id, _)| id);
    // Java's own management: `"loader-4" Id=13 RUNNABLE`, `prio=8 Id=79 TIMED_WAITING on java.lang.String@5af92a77`.
    let listed = rest
        .strip_prefix("Id=")
        .or_else(|| text::split_once(rest, " Id=").map(|(_, listed)| listed));
    if let Some(listed) = listed
        && number.is_none()
    {
        let (id, state) = text::word(listed);
        return Some(Header {
            name: Some(name),
            id: Some(id),
            state: Some(state.trim()).filter(|state| !state.is_empty()),
            ..Header::default()
        });
    }
    let id = number
        .or_else(|| text::after(rest, "tid=", b" "))
        .or_else(|| text::after(rest, "sysTid=", b" "));
    let state = if number.is_some() {
        text::after(rest, "nid=", b"").map(|rest| {
            text::word(rest)
                .1
                .split(" [")
                .next()
                .unwrap_or_default()
                .trim()
        })
    } else {
        text::after(rest, " tid=", b"")
            .map(|rest| text::word(rest).1)
            .or_else(|| text::after(rest, "tid=", b"").map(|rest| text::word(rest).1))
    };
    // The current thread of a javacore, as its carrier renders it.
    let crashed = state.and_then(|state| state.strip_suffix(" crashed"));
    Some(Header {
        name: Some(name),
        id,
        state: crashed.or(state).filter(|state| !state.is_empty()),
        faulting: crashed.is_some(),
        ..Header::default()
    })
}

/// A word for a thread, its number, and what ART prints; the page adds words of its own: `Поток 1 "main" tid=1 Blocked …`.
fn on_page(line: &str) -> Option<Header<'_>> {
    let (front, rest) = text::split_once(line, " \"")?;
    let (word, number) = front.rsplit_once(' ')?;
    let (name, rest) = text::split_once(rest, "\" tid=")?;
    let (id, rest) = text::digits(rest)?;
    let state = rest.trim_start().split(' ').next();
    let fits = word.chars().all(char::is_alphabetic) && number == id;
    fits.then_some(Header {
        name: Some(name),
        id: Some(id),
        state: state.filter(|state| !state.is_empty()),
        ..Header::default()
    })
}

/// lldb: `* thread #1, queue = 'com.apple.main-thread', stop reason = EXC_BAD_ACCESS (code=1, address=0x0)`,
/// `thread #2, name = 'io'`; the mark stands at the one that stopped.
fn lldb(line: &str) -> Option<Header<'_>> {
    // Markdown takes the mark for that of a list, and may write its own.
    let marked = line.strip_prefix("* ").or_else(|| line.strip_prefix("- "));
    let (id, rest) = text::digits(marked.unwrap_or(line).strip_prefix("thread #")?)?;
    if !(rest.is_empty() || rest.starts_with([',', ':'])) {
        return None;
    }
    Some(Header {
        id: Some(id),
        name: text::after(rest, "name = '", b"'").or_else(|| text::after(rest, "queue = '", b"'")),
        faulting: marked.is_some(),
        ..Header::default()
    })
}

/// `HarmonyOS`: `Tid:7001, Name:orbit.main`.
fn harmony(line: &str) -> Option<Header<'_>> {
    let (id, rest) = text::digits(line.strip_prefix("Tid:")?)?;
    let name = text::split_once(rest, "Name:")?.1;
    // Manuals explain the line behind an arrow.
    let name = text::split_once(name, " <-").map_or(name, |(name, _)| name);
    let name = name.trim();
    Some(Header {
        id: Some(id),
        name: (!name.is_empty()).then_some(name),
        ..Header::default()
    })
}

/// Go: `goroutine 7 [running]:`, `goroutine 1 [chan receive, 2 minutes]:`.
fn goroutine(line: &str) -> Option<Header<'_>> {
    let (id, rest) = text::digits(line.strip_prefix("goroutine ")?)?;
    let state = text::after(rest, "[", b"]")?;
    Some(Header {
        name: Some("goroutine"),
        id: Some(id),
        state: Some(state),
        faulting: state == "running",
        ..Header::default()
    })
}

/// Unity's handler: `Call Stack for Thread 14612:`; Python's: `Current thread 0x00007f (most recent call first):`.
fn listed(line: &str) -> Option<Header<'_>> {
    let (rest, faulting) = match line.strip_prefix("Call Stack for Thread ") {
        Some(rest) => (rest, false),
        None => match line.strip_prefix("Current thread ") {
            Some(rest) => (rest, true),
            None => (line.strip_prefix("Thread ")?, false),
        },
    };
    let id = rest.split([' ', ':']).next()?;
    Some(Header {
        id: Some(id),
        faulting,
        ..Header::default()
    })
}

/// Play Console's heading: name, state, ids.
fn console_state(line: &str) -> Option<Header<'_>> {
    let (front, rest) =
        text::split_once(line, "):tid=").or_else(|| text::split_once(line, "): tid="))?;
    let (name, state) = front.rsplit_once('(')?;
    let (id, rest) = text::digits(rest)?;
    (rest.is_empty() || rest.starts_with(" systid=")).then_some(Header {
        name: Some(name.trim()),
        id: Some(id),
        state: Some(state),
        ..Header::default()
    })
}

/// An app's own report: `main (RUNNABLE)`.
pub(crate) fn named_state(line: &str) -> Option<Header<'_>> {
    name_and_state::read(line).map(|(name, state)| Header {
        name: Some(name),
        state: Some(state),
        ..Header::default()
    })
}

/// Crashlytics: `Thread : Crashed: com.apple.main-thread`, as its carrier renders it.
fn unnumbered(name: &str) -> Header<'_> {
    // Of Fabric's `Thread : Fatal Exception: NSRangeException` the thread has no name.
    let fatal = ["Fatal Exception:", "Non-fatal Exception:"]
        .iter()
        .any(|kind| name.starts_with(kind))
        .then_some("");
    let crashed = name.strip_prefix("Crashed:").or(fatal);
    let name = crashed.unwrap_or(name).trim();
    Header {
        name: (!name.is_empty()).then_some(name),
        faulting: crashed.is_some(),
        ..Header::default()
    }
}

/// Apple's `Thread 3 Crashed:: Dispatch queue: x`, `Thread 3 name:  Render`, `minidump_stackwalk`'s `Thread 0 (crashed)`, gdb's `Thread 2 (LWP 9):`.
fn numbered(line: &str) -> Option<Header<'_>> {
    if let Some(name) = line.strip_prefix("Thread :") {
        return Some(unnumbered(name.trim_start()));
    }
    let (id, rest) = text::digits(line.strip_prefix("Thread ")?)?;
    // rust-minidump: `Thread 3 GameThread (crashed) - tid: 19445`, `Thread 1  - tid: 21552`.
    let (rest, system_id) = match text::rsplit_once(rest, " - tid: ") {
        Some((front, tid)) if text::digits(tid).is_some_and(|(_, end)| end.is_empty()) => {
            (front.trim_end(), Some(tid))
        }
        _ => (rest, None),
    };
    let header = Header {
        id: Some(id),
        system_id,
        ..Header::default()
    };
    if let Some(name) = rest.strip_prefix(" name:") {
        return Some(Header {
            name: named(name),
            name_only: true,
            ..header
        });
    }
    // Swift: `Thread 32 "NIO-ELT-0" crashed:`, `Thread 0 "Frontend":`.
    if let Some(rest) = rest.strip_prefix(" \"")
        && let Some((name, rest)) = rest.split_once('"')
        && matches!(rest, ":" | " crashed:")
    {
        return Some(Header {
            name: Some(name),
            faulting: rest != ":",
            ..header
        });
    }
    if let Some(rest) = [
        " Crashed:",
        " crashed:",
        " Attributed:",
        " attributed:",
        " (Crashed):",
        " Crashed (",
    ]
    .iter()
    .find_map(|word| rest.strip_prefix(word))
    {
        let name = crashed_name(rest);
        return Some(Header {
            name: (!name.is_empty()).then_some(name),
            faulting: true,
            ..header
        });
    }
    if let Some(name) = rest.strip_prefix("::").or_else(|| rest.strip_prefix(':')) {
        let name = name.trim_start_matches([':', ' ']);
        // Xcode's `Thread 1: EXC_BAD_ACCESS (code=1, address=0x109)` says why, and begins nothing.
        if name.starts_with("EXC_")
            || name.starts_with("signal SIG")
            || name.starts_with("Fatal error")
        {
            return None;
        }
        // `jstack -F`: `Thread 11772: (state = BLOCKED)`.
        let state = name.strip_prefix("(state = ");
        let state = state.and_then(|state| state.strip_suffix(')'));
        let name = name.strip_prefix("Dispatch queue: ").unwrap_or(name);
        return Some(Header {
            name: (!name.is_empty() && state.is_none()).then_some(name),
            state,
            ..header
        });
    }
    if rest.is_empty() {
        return Some(header);
    }
    if matches!(rest, " Crashed" | " crashed" | " (Crashed)") {
        return Some(Header {
            faulting: true,
            ..header
        });
    }
    // Instabug: `Thread 0 Queue 1: com.apple.main-thread (serial):`.
    let numbered = || {
        text::digits(rest.strip_prefix(" Queue ")?)?
            .1
            .strip_prefix(": ")
    };
    if let Some(queue) = rest.strip_prefix(" Queue : ").or_else(numbered) {
        return Some(Header {
            name: Some(queue_name(queue)),
            ..header
        });
    }
    let rest = rest.strip_prefix(' ')?;
    if rest.starts_with('(') {
        return in_brackets(rest, header);
    }
    // `Thread 12 RenderThread`; registers follow as `Thread 0 crashed with ARM Thread State`.
    // Crashlytics: `Thread 5923 - pool-21-thread-3`.
    let (rest, words) = rest.strip_prefix("- ").map_or((rest, 1), |rest| (rest, 3));
    let plain = rest.split(' ').count() <= words && !rest.contains(':');
    let crashed = rest.ends_with(" (crashed)");
    (plain || crashed).then_some(Header {
        name: Some(rest.trim_end_matches(" (crashed)")),
        faulting: crashed,
        ..header
    })
}

/// What stands behind the number in brackets: `(crashed)`, gdb's `(Thread 0x7f11 (LWP 11) "vault"):`.
fn in_brackets<'a>(rest: &'a str, header: Header<'a>) -> Option<Header<'a>> {
    let faulting = rest.starts_with("(crashed)");
    // gdb: `Thread 1 (Thread 0x7f11 (LWP 11) "vault"):`, `Thread 3 (LWP 9):`.
    let lwp = text::find(rest, "LWP ").map(|at| &rest[at..]);
    let lwp = lwp.map(|lwp| lwp.split([')', ',', '"']).next().unwrap_or(lwp).trim_end());
    let name = text::after(rest, "\"", b"\"")
        .or_else(|| text::after(rest, ") ", b"").filter(|_| faulting));
    let (name, lwp) = name.map_or((None, lwp), |name| name_and_state::of_tool(name, lwp));
    let name = name.or_else(|| name_and_state::of_probe(rest));
    (faulting || rest.ends_with(':') || rest.ends_with(')')).then_some(Header {
        name,
        faulting,
        system_id: lwp.or(header.system_id),
        ..header
    })
}

/// `WinDbg`'s `.  0  Id: 1a2c.1b30 Suspend: 0 Teb: 00000000 Unfrozen "GameThread"`; the point or hash marks the current one.
fn debugger(line: &str) -> Option<Header<'_>> {
    let id = text::after(line, " Id: ", b" ").filter(|_| text::has(line, " Suspend: "))?;
    let id = id.split_once('.').map_or(id, |(_, thread)| thread);
    Some(Header {
        name: text::after(line, "\"", b"\""),
        id: Some(id),
        faulting: line.starts_with('.'),
        ..Header::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_of_threads() {
        let cases = [
            (
                "\"main\" prio=5 tid=1 Blocked",
                Some("main"),
                Some("1"),
                Some("Blocked"),
                false,
            ),
            (
                "\"Signal Catcher\" daemon prio=10 tid=6 Runnable",
                Some("Signal Catcher"),
                Some("6"),
                Some("Runnable"),
                false,
            ),
            (
                "\"Saver\" #12 daemon prio=5 os_prio=0 tid=0x7f nid=0x1 waiting on condition [0x7e]",
                Some("Saver"),
                Some("12"),
                Some("waiting on condition"),
                false,
            ),
            (
                "\"Thread-9\" sysTid=4711",
                Some("Thread-9"),
                Some("4711"),
                None,
                false,
            ),
            (
                "Thread 3 Crashed:: Dispatch queue: com.apple.main-thread",
                Some("com.apple.main-thread"),
                Some("3"),
                None,
                true,
            ),
            ("Thread 12:", None, Some("12"), None, false),
            ("Thread 0 (crashed)", None, Some("0"), None, true),
            (
                ".  0  Id: 1a2c.1b30 Suspend: 0 Teb: 0 Unfrozen \"GameThread\"",
                Some("GameThread"),
                Some("1b30"),
                None,
                true,
            ),
            (
                "pid: 1, tid: 2, name: Render  >>> com.starfall <<<",
                Some("Render"),
                Some("2"),
                None,
                false,
            ),
        ];
        for (line, name, id, state, faulting) in cases {
            assert_eq!(
                read(line),
                Some(Header {
                    name,
                    id,
                    state,
                    faulting,
                    name_only: false,
                    system_id: None,
                }),
                "{line}"
            );
        }
        for line in ["\" #12", "\" os_prio=0", "\" (not attached)", "\""] {
            assert_eq!(read(line), None, "{line}");
        }
        assert_eq!(read("Thread pool is full"), None);
        let registers = "Thread 0 crashed with ARM Thread State (64-bit):";
        assert_eq!(read(registers), None);
    }
}
