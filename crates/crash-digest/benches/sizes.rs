//! Speed and memory over growing documents of every kind, in one table: megabytes a second at 6, 20 and 60 MB (a kind whose
//! figures fall is not linear), and the peak of memory as a multiple of the document.
//!
//! `cargo bench -p crash-digest --bench sizes -- [PART OF A KIND'S NAME]`

#![expect(clippy::print_stdout, reason = "a table for the terminal")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::keys;
use crash_digest::log::{Log, Pattern};
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;
use crash_digest::threads::ThreadDump;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const MEGABYTE: usize = 1 << 20;
const SIZES: [usize; 3] = [6, 20, 60];

/// What is done with a document.
#[derive(Clone, Copy)]
enum Read {
    Digest,
    Threads,
    Log,
    Search,
    Keys,
}

/// A kind of document: how its part of this number is written, and how it is read.
struct Kind {
    name: &'static str,
    read: Read,
    head: &'static str,
    part: fn(&mut String, usize),
    tail: fn(usize) -> String,
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
fn kinds() -> Vec<Kind> {
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

fn native_frame(out: &mut String, number: usize, name: usize) {
    let _ = writeln!(
        out,
        "      #{number:02} pc 00000000000a{:x}b98  /data/app/com.acme.orbit-1/lib/arm64/liborbit.so (orbit::jobs::Stage{name}::run(orbit::jobs::Queue&, int)+{})",
        number % 16,
        number % 900
    );
}

fn thread(out: &mut String, at: usize, place: usize) {
    let state = if at.is_multiple_of(10) {
        "Blocked"
    } else {
        "Native"
    };
    let _ = writeln!(
        out,
        "\"worker-{at}\" prio=5 tid={at} {state}\n  | group=\"main\" sCount=1 flags=1 obj=0x72a1 self=0x7b1a"
    );
    for frame in 0..8 {
        out.push_str("  native: ");
        native_frame(out, frame, place * 8 + frame);
    }
    for frame in 0..12 {
        let _ = writeln!(
            out,
            "  at com.acme.orbit.Stage{place}.step{frame}(Stage{place}.kt:{})",
            frame * 7 + 3
        );
    }
    if at.is_multiple_of(10) {
        let _ = writeln!(
            out,
            "  - waiting to lock <0x{at:08x}> (a com.acme.Queue) held by thread {}",
            at + 1
        );
    }
    out.push('\n');
}

fn log_line(out: &mut String, at: usize, distinct: bool) {
    const WORDS: [&str; 8] = [
        "ship", "harbour", "convoy", "beacon", "sector", "cargo", "pilot", "engine",
    ];
    let level = if at.is_multiple_of(97) { 'E' } else { 'D' };
    let (minute, second) = (at / 600 % 60, at / 10 % 60);
    let _ = write!(
        out,
        "11-22 08:{minute:02}:{second:02}.{:03}  4883  5108 {level} Renderer: ",
        at % 10 * 100
    );
    let _ = if distinct {
        let word = |shift: usize| WORDS[at >> shift & 7];
        writeln!(
            out,
            "{} {} {} {} {} met in pass {at}",
            word(0),
            word(3),
            word(6),
            word(9),
            word(12)
        )
    } else {
        writeln!(out, "frame {at} took {} ms in pass {}", at % 33, at % 7)
    };
}

fn prose(out: &mut String, at: usize) {
    let _ = writeln!(
        out,
        "Since update {at} the game closes at the second boss (about 10 seconds in): see https://example.com/{at}, it's 4:30 at night!"
    );
}

fn document(kind: &Kind, bytes: usize) -> String {
    let mut out = String::with_capacity(bytes * 2);
    out.push_str(kind.head);
    let mut at = 0;
    while out.len() < bytes {
        (kind.part)(&mut out, at);
        at += 1;
    }
    out.push_str(&(kind.tail)(bytes));
    out.shrink_to_fit();
    out
}

fn read(read: Read, text: &str) -> usize {
    let rules = OwnershipRules {
        bundle: Some("com.acme.orbit".into()),
        ..OwnershipRules::default()
    };
    match read {
        Read::Digest => {
            let text = CrashText::new(text);
            let options = Options {
                rules: &rules,
                reported: Reported::default(),
                lines: 24,
            };
            Digest::of(&text, &options).frames
        }
        Read::Threads => {
            let dump = ThreadDump::from_trace(text);
            dump.groups(&rules).len() + dump.deadlocks().len()
        }
        Read::Log => {
            let crash = "2026-11-22T00:59:59Z".parse().ok();
            Log::new(text)
                .digest(crash, jiff::tz::Offset::constant(8), 12)
                .errors
        }
        Read::Search => Pattern::regex("beacon 4[0-9]+7 met")
            .map_or(0, |pattern| Log::new(text).search(&pattern, 2, 20).matched),
        Read::Keys => keys::parse_map(text).len(),
    }
}

/// Time on the processor where the system tells it, which other programs do not disturb; else time of the clock.
struct Clock {
    started: Instant,
    used: Option<Duration>,
}

impl Clock {
    fn start() -> Self {
        Self {
            started: Instant::now(),
            used: Self::used(),
        }
    }

    fn elapsed(&self) -> Duration {
        match (self.used, Self::used()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.started.elapsed(),
        }
    }

    fn used() -> Option<Duration> {
        let counts = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(Duration::from_nanos(
            counts.split(' ').next()?.parse().ok()?,
        ))
    }
}

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with("--"))
        .collect();
    println!(
        "{:<32} {:>8} {:>8} {:>8}  memory at 20 MB",
        "MB/s", "6 MB", "20 MB", "60 MB"
    );
    for kind in kinds() {
        if !wanted.is_empty() && !wanted.iter().any(|part| kind.name.contains(part.as_str())) {
            continue;
        }
        let mut peak = 0.0;
        let mut line = format!("{:<32}", kind.name);
        for size in SIZES {
            let text = document(&kind, size * MEGABYTE);
            let rounds = if size == 6 { 3 } else { 1 };
            let mut best = f64::MAX;
            for _ in 0..rounds {
                ALLOCATOR.reset_peak_usage();
                let before = ALLOCATOR.current_usage();
                let started = Clock::start();
                black_box(read(kind.read, black_box(&text)));
                best = best.min(started.elapsed().as_secs_f64());
                if size == 20 {
                    #[expect(clippy::cast_precision_loss, reason = "a ratio for reading")]
                    let multiple = (ALLOCATOR.peak_usage() - before) as f64 / text.len() as f64;
                    peak = multiple;
                }
            }
            #[expect(clippy::cast_precision_loss, reason = "a speed for reading")]
            let speed = text.len() as f64 / 1e6 / best;
            let _ = write!(line, " {speed:>8.0}");
        }
        println!("{line}  {peak:.2}");
    }
}
