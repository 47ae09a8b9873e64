//! The lines that begin a thread, and cutting a document at them.

use super::super::{stack, text};
use super::{Thread, ThreadDump};

/// What a thread's first line says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Header<'a> {
    /// The thread's name.
    pub name: Option<&'a str>,
    /// Its id.
    pub id: Option<&'a str>,
    /// `Blocked`, `Waiting`, `Native`.
    pub state: Option<&'a str>,
    /// It says that this is the thread that crashed.
    pub faulting: bool,
    /// It only names the thread whose header follows: Apple's `Thread 3 name:  RenderThread`.
    pub name_only: bool,
}

/// Reads a thread's first line.
pub(crate) fn read(line: &str) -> Option<Header<'_>> {
    match line.as_bytes().first()? {
        b'"' => quoted(line),
        b'T' => numbered(line),
        b'p' if line.starts_with("pid: ") => {
            let id = text::after(line, "tid: ", b",");
            let name = text::after(line, "name: ", b">");
            id.is_some().then_some(Header {
                name,
                id,
                ..Header::default()
            })
        }
        // `#00 pc …` is a frame; the debugger's mark stands alone.
        b'#' if line.as_bytes().get(1) != Some(&b' ') => None,
        b'.' | b'#' | b'0'..=b'9' => debugger(line),
        _ => None,
    }
}

/// Virtual machines: `"main" prio=5 tid=1 Blocked`, `"Saver" #12 daemon prio=5 os_prio=0 tid=0x7f nid=0x1 waiting on condition [0x7e]`.
fn quoted(line: &str) -> Option<Header<'_>> {
    // Names may hold quotes themselves: `"OkHttp "api"" prio=5`.
    let (name, rest) = [
        "\" #",
        "\" os_prio=",
        " daemon prio=",
        " prio=",
        " sysTid=",
        "\" (not attached)",
        " tid=",
    ]
    .iter()
    .find_map(|mark| {
        let at = line.find(mark)?;
        // A line that begins with the mark has no name: `" #12`.
        let front = line.get(1..at)?;
        let front = front.trim_end().strip_suffix('"').unwrap_or(front);
        Some((front, &line[at..]))
    })?;
    let rest = rest.trim_start_matches('"').trim_start();
    let number = rest
        .strip_prefix('#')
        .and_then(text::digits)
        .map(|(id, _)| id);
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
            .or(text::after(rest, "tid=", b"").map(|rest| text::word(rest).1))
    };
    Some(Header {
        name: Some(name),
        id,
        state: state.filter(|state| !state.is_empty()),
        ..Header::default()
    })
}

/// Apple's `Thread 3 Crashed:: Dispatch queue: x`, `Thread 3 name:  Render`, `minidump_stackwalk`'s `Thread 0 (crashed)`, gdb's `Thread 2 (LWP 9):`.
fn numbered(line: &str) -> Option<Header<'_>> {
    let (id, rest) = text::digits(line.strip_prefix("Thread ")?)?;
    let header = Header {
        id: Some(id),
        ..Header::default()
    };
    if let Some(name) = rest.strip_prefix(" name:") {
        let name = name.trim();
        let name = name.strip_prefix("Dispatch queue: ").unwrap_or(name);
        return Some(Header {
            name: Some(name),
            name_only: true,
            ..header
        });
    }
    if let Some(rest) = rest
        .strip_prefix(" Crashed:")
        .or_else(|| rest.strip_prefix(" crashed:"))
    {
        let name = rest.trim_start_matches([':', ' ']);
        let name = name.strip_prefix("Dispatch queue: ").unwrap_or(name);
        return Some(Header {
            name: (!name.is_empty()).then_some(name),
            faulting: true,
            ..header
        });
    }
    if let Some(name) = rest.strip_prefix("::").or_else(|| rest.strip_prefix(':')) {
        let name = name.trim_start_matches([':', ' ']);
        let name = name.strip_prefix("Dispatch queue: ").unwrap_or(name);
        return Some(Header {
            name: (!name.is_empty()).then_some(name),
            ..header
        });
    }
    if rest.is_empty() {
        return Some(header);
    }
    let rest = rest.strip_prefix(' ')?;
    if rest.starts_with('(') {
        let faulting = rest.starts_with("(crashed)");
        let name = text::after(rest, "\"", b"\"")
            .or_else(|| text::after(rest, ") ", b"").filter(|_| faulting));
        return (faulting || rest.ends_with(':') || rest.ends_with(')')).then_some(Header {
            name,
            faulting,
            ..header
        });
    }
    // `Thread 12 RenderThread`; registers follow as `Thread 0 crashed with ARM Thread State`.
    let plain = !rest.contains(' ') && !rest.contains(':');
    let crashed = rest.ends_with(" (crashed)");
    (plain || crashed).then_some(Header {
        name: Some(rest.trim_end_matches(" (crashed)")),
        faulting: crashed,
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

/// Cuts a document into threads.
pub(super) fn split(text: &str) -> ThreadDump<'_> {
    let mut threads = Vec::new();
    let mut open: Option<(Header<'_>, usize)> = None;
    let mut name = None;
    let mut preamble = None;
    let place = |line: &str| line.as_ptr() as usize - text.as_ptr() as usize;
    let mut close = |open: &mut Option<_>, end: usize| {
        if let Some((header, start)) = open.take() {
            threads.push(thread(header, text.get(start..end).unwrap_or_default()));
        }
    };
    for line in text::lines(text) {
        // Frames make up nearly all of a dump; only a few first letters can begin a thread or end one.
        let trimmed = text::trim(line);
        let Some(first) = trimmed.as_bytes().first() else {
            continue;
        };
        if !matches!(
            first,
            b'"' | b'T' | b'p' | b'.' | b'#' | b'0'
                ..=b'9' | b'-' | b'B' | b'|' | b'j' | b'l' | b'L'
        ) {
            continue;
        }
        let at = place(line);
        if let Some(header) = read(trimmed) {
            preamble.get_or_insert(at);
            close(&mut open, at);
            if header.name_only {
                name = header.name;
            } else {
                open = Some((
                    Header {
                        name: header.name.or(name.take()),
                        ..header
                    },
                    at + line.len(),
                ));
            }
        } else if trimmed.starts_with("Binary Images")
            || trimmed.starts_with("----- end")
            || trimmed.starts_with("Loaded modules")
            || trimmed.starts_with("Last Exception")
        {
            close(&mut open, at);
        } else if let Some((header, _)) = &mut open
            && let Some(state) = trimmed.strip_prefix("java.lang.Thread.State: ")
        {
            header.state = Some(state);
        }
    }
    close(&mut open, text.len());
    let head = preamble.unwrap_or(text.len());
    let mut dump = ThreadDump {
        threads,
        preamble: text[..head].trim(),
    };
    // A tombstone begins with the thread that crashed; the others stand behind a rule of dashes.
    let tombstone = text::has(dump.preamble, "*** *** ***") || text::has(text, "\n--- --- ---");
    if tombstone && let Some(first) = dump.threads.first_mut() {
        first.faulting = true;
    }
    dump
}

fn thread<'a>(header: Header<'a>, text: &'a str) -> Thread<'a> {
    let stack = stack::parse(text);
    Thread {
        name: header.name.unwrap_or_default(),
        id: header.id,
        state: header.state,
        faulting: header.faulting,
        stack,
        text: text.trim_matches(['\n', '\r']),
    }
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
                    name_only: false
                }),
                "{line}"
            );
        }
        for line in ["\" #12", "\" os_prio=0", "\" (not attached)", "\""] {
            assert_eq!(read(line), None, "{line}");
        }
        assert_eq!(read("Thread pool is full"), None);
        assert_eq!(
            read("Thread 0 crashed with ARM Thread State (64-bit):"),
            None
        );
    }
}
