//! Speed and memory over growing documents of every kind, in one table: megabytes a second at 6, 20 and 60 MB (a kind whose
//! figures fall is not linear), and the peak of memory as a multiple of the document.
//!
//! `cargo bench -p crash-digest --bench sizes -- [PART OF A KIND'S NAME]`

#![expect(clippy::print_stdout, reason = "a table for the terminal")]

mod kinds;
mod parts;

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

use kinds::{Kind, Read};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const MEGABYTE: usize = 1 << 20;
const SIZES: [usize; 3] = [6, 20, 60];

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
    for kind in kinds::all() {
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
