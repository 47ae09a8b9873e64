//! The kinds of documents: what a text of each repeats, and how it is read.

use std::fmt::Write as _;

use crate::parts::{log_line, native_frame, prose, thread};

/// What is done with a document.
#[derive(Clone, Copy)]
pub(crate) enum Read {
    Digest,
    Threads,
    Log,
    Search,
    Keys,
}

/// A kind of document: how its part of this number is written, and how it is read.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) read: Read,
    pub(crate) head: &'static str,
    pub(crate) part: fn(&mut String, usize),
    pub(crate) tail: fn(usize) -> String,
}

const fn kind(
    name: &'static str,
    read: Read,
    head: &'static str,
    part: fn(&mut String, usize),
) -> Kind {
    Kind {
        name,
        read,
        head,
        part,
        tail: |_| String::new(),
    }
}

const SIGNAL: &str = "signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x10\nbacktrace:\n";

#[expect(clippy::too_many_lines, reason = "one table of documents")]
pub(crate) fn all() -> Vec<Kind> {
    vec![
        kind("native stack", Read::Digest, SIGNAL, |out, at| {
            native_frame(out, at, at % 997);
        }),
        kind("native stack, distinct", Read::Digest, SIGNAL, |out, at| {
            native_frame(out, at, at);
        }),
        kind(
            "Java stack",
            Read::Digest,
            "java.lang.IllegalStateException: no ship\n",
            |out, at| {
                let _ = writeln!(
                    out,
                    "\tat com.acme.orbit.Stage{}.step(Stage.kt:{at})",
                    at % 997
                );
            },
        ),
        kind("Java stack in logcat", Read::Digest, "", |out, at| {
            let _ = writeln!(
                out,
                "01-02 03:04:05.678  4100  4100 E AndroidRuntime: \tat com.acme.orbit.Stage{}.step(Stage.kt:{at})",
                at % 997
            );
        }),
        kind(
            "causes of causes",
            Read::Digest,
            "java.lang.A: a\n",
            |out, at| {
                let _ = writeln!(
                    out,
                    "Caused by: java.lang.B{at}: b\n\tat com.acme.C.d(C.kt:{at})"
                );
            },
        ),
        kind(
            "Unreal callstack in its log",
            Read::Digest,
            "",
            |out, at| {
                let _ = writeln!(
                    out,
                    "[2026.11.22-08.10.11:123][ 45]LogWindows: Error: [Callstack] 0x00007ff6{:08x} Orbit-Win64-Shipping.exe!AShip::Fire{at}() [C:\\w\\Ship.cpp:{}]",
                    at % 90_000,
                    at % 3000
                );
            },
        ),
        kind(
            "Lua frames",
            Read::Digest,
            "a.lua:1: boom\nstack traceback:\n",
            |out, at| {
                let _ = writeln!(
                    out,
                    "\tbattle/stage{}.lua:{at}: in function 'step{at}'",
                    at % 97
                );
            },
        ),
        kind(
            "gdb, all threads",
            Read::Digest,
            "Program received signal SIGSEGV, Segmentation fault.\n",
            |out, at| {
                if at % 12 == 0 {
                    let _ = writeln!(
                        out,
                        "\nThread {} (Thread 0x7f{:x} (LWP {})):",
                        at / 12 + 1,
                        at,
                        at + 9
                    );
                }
                let _ = writeln!(
                    out,
                    "#{}  0x00007f3a{:08x} in orbit::Stage{at}::run (this=0x7f3a, n={at}) at /src/stage.cpp:{}",
                    at % 12,
                    at,
                    at % 700
                );
            },
        ),
        kind(
            "tombstone of many threads",
            Read::Digest,
            "pid: 1, tid: 2, name: Main  >>> com.acme.orbit <<<\nsignal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x10\nbacktrace:\n",
            |out, at| {
                if at % 14 == 13 {
                    let _ = writeln!(
                        out,
                        "\n--- --- --- --- --- --- --- --- --- --- --- --- --- --- --- ---\npid: 1, tid: {at}, name: Worker-{at}  >>> com.acme.orbit <<<\nbacktrace:"
                    );
                } else {
                    native_frame(out, at % 14, at % 997);
                }
            },
        ),
        kind(
            "ANR trace",
            Read::Digest,
            "----- pid 4100 at 2026-11-22 08:10:11 -----\nCmd line: com.acme.orbit\n",
            |out, at| {
                thread(out, at, at % 40);
            },
        ),
        kind(
            "thread dump, shared stacks",
            Read::Threads,
            "",
            |out, at| thread(out, at, at % 40),
        ),
        kind(
            "thread dump, distinct stacks",
            Read::Threads,
            "",
            |out, at| thread(out, at, at),
        ),
        kind(
            "thread dump, one thread",
            Read::Threads,
            "\"main\" prio=5 tid=1 Native\n",
            |out, at| {
                let _ = writeln!(
                    out,
                    "  at com.acme.orbit.Stage{}.step{at}(Stage.kt:{at})",
                    at % 40
                );
            },
        ),
        kind(
            "threads that wait for the next",
            Read::Threads,
            "",
            |out, at| {
                let _ = writeln!(
                    out,
                    "\"worker-{at}\" prio=5 tid={at} Blocked\n  at com.acme.orbit.Stage.step(Stage.kt:{at})\n  - waiting to lock <0x{at:08x}> (a com.acme.Queue) held by thread {}\n  - locked <0x{:08x}> (a com.acme.Queue)\n",
                    at + 1,
                    at.wrapping_sub(1)
                );
            },
        ),
        Kind {
            tail: |bytes| {
                let mut out = String::from(")\n\nBinary Images:\n");
                for at in 0..bytes / 1024 {
                    let _ = writeln!(
                        out,
                        "0x1{at:05x}000 - 0x1{at:05x}fff lib{at} arm64 <aa> /usr/lib/lib{at}.dylib"
                    );
                }
                out
            },
            ..kind(
                "Apple, bare addresses",
                Read::Digest,
                "Last Exception Backtrace:\n(",
                |out, at| {
                    let _ = write!(out, "0x1{at:08x} ");
                },
            )
        },
        kind(
            "Apple threads",
            Read::Digest,
            "Incident Identifier: A\nProcess: Orbit [12]\nException Type: EXC_CRASH (SIGABRT)\nTriggered by Thread: 0\n",
            |out, at| {
                if at % 12 == 0 {
                    let _ = writeln!(
                        out,
                        "\nThread {}{}:",
                        at / 12,
                        if at == 0 { " Crashed" } else { "" }
                    );
                }
                let _ = writeln!(
                    out,
                    "{:<4}Orbit                         0x0000000104{:06x} Stage{at}.run() + {}",
                    at % 12,
                    at % 999_983,
                    at % 900
                );
            },
        ),
        kind(
            "sanitizer stacks",
            Read::Digest,
            "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x60 at pc 0x1 bp 0x2 sp 0x3\n",
            |out, at| {
                if at > 0 && at % 20 == 0 {
                    let _ = writeln!(out, "\nfreed by thread T{at} here:");
                }
                let _ = writeln!(
                    out,
                    "    #{} 0x55d0{:08x} in orbit::Stage{at}::run(int) /src/stage.cpp:{}",
                    at % 20,
                    at,
                    at % 700
                );
            },
        ),
        kind(
            "goroutines",
            Read::Digest,
            "panic: boom\n\ngoroutine 1 [running]:\n",
            |out, at| {
                if at % 10 == 9 {
                    let _ = writeln!(out, "\ngoroutine {at} [chan receive]:");
                }
                let _ = writeln!(
                    out,
                    "acme.com/orbit/stage.(*Stage).Run{at}(0xc000, 0x1)\n\t/src/orbit/stage.go:{} +0x1d",
                    at % 700
                );
            },
        ),
        kind("log, distinct lines", Read::Log, "", |out, at| {
            log_line(out, at, true);
        }),
        kind("log, like lines", Read::Log, "", |out, at| {
            log_line(out, at, false);
        }),
        kind("Unreal log", Read::Log, "", |out, at| {
            let _ = writeln!(
                out,
                "[2026.11.22-08.{:02}.{:02}:{:03}][{:3}]LogStreaming: Display: Package /Game/Maps/Sector{at} loaded in {} ms",
                at / 600 % 60,
                at / 10 % 60,
                at % 1000,
                at % 999,
                at % 33
            );
        }),
        kind("log of errors with stacks", Read::Log, "", |out, at| {
            if at % 9 == 0 {
                let _ = writeln!(
                    out,
                    "11-22 08:10:11.123  4883  5108 E Game: ShipException{at}: no ship"
                );
            } else {
                let _ = writeln!(
                    out,
                    "11-22 08:10:11.123  4883  5108 E Game: \tat com.acme.orbit.Stage.step{at}(Stage.kt:{at})"
                );
            }
        }),
        kind("log searched", Read::Search, "", |out, at| {
            log_line(out, at, true);
        }),
        kind("prose", Read::Digest, "", prose),
        kind("prose as a log", Read::Log, "", prose),
        kind("one line", Read::Digest, "Boom: ", |out, at| {
            let _ = write!(out, "word{at} (a:b) [c] 0x{at:x} ");
        }),
        kind("one line as a log", Read::Log, "Boom: ", |out, at| {
            let _ = write!(out, "word{at} (a:b) [c] 0x{at:x} ");
        }),
        kind("one line of letters", Read::Digest, "", |out, _| {
            out.push_str("abcdefgh");
        }),
        kind("one line of threads", Read::Threads, "", |out, at| {
            let _ = write!(out, "\"w{at}\" tid={at} ");
        }),
        kind("empty lines", Read::Digest, "a.B: c\n", |out, _| {
            out.push('\n');
        }),
        kind("keys, a pair a line", Read::Keys, "", |out, at| {
            let _ = writeln!(out, "key number {at}: some value {at}");
        }),
        kind("keys, a map of codes", Read::Keys, "", |out, at| {
            let _ = write!(out, "C03_key{at}:value {at};");
        }),
        Kind {
            tail: |_| "\"last\":1}".to_owned(),
            ..kind("keys, JSON", Read::Keys, "{", |out, at| {
                let _ = write!(out, "\"key{at}\":\"value {at}\",");
            })
        },
    ]
}
