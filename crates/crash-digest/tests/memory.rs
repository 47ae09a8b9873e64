//! How much memory a document of several megabytes takes while it is read: at most two and a half times its size.
//!
//! One test alone, so that the counting allocator sees nothing else.

use std::fmt::Write as _;

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::keys;
use crash_digest::log::Log;
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;
use crash_digest::threads::ThreadDump;
use peak_alloc::PeakAlloc;

const SIZE: usize = 3 << 20;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn repeated(line: impl Fn(&mut String, usize)) -> String {
    let mut out = String::with_capacity(SIZE + 4096);
    let mut at = 0;
    while out.len() < SIZE {
        line(&mut out, at);
        at += 1;
    }
    out
}

/// The peak above what was alive before, in bytes.
fn peak_of(read: impl FnOnce()) -> usize {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    read();
    ALLOCATOR.peak_usage() - before
}

fn digest(text: &str) {
    let rules = OwnershipRules::default();
    let text = CrashText::new(text);
    let digest = Digest::of(
        &text,
        &Options {
            rules: &rules,
            reported: Reported::default(),
            lines: 16,
        },
    );
    let told: usize = digest.stack.iter().map(|line| line.frames).sum();
    assert_eq!(told, digest.frames);
    // Every line of these documents is a frame, also those of the middle that are not kept.
    assert_eq!(digest.frames, text.text().lines().count());
}

#[test]
fn a_document_takes_at_most_two_and_a_half_times_its_size() {
    let native = repeated(|out, at| {
        let _ = writeln!(
            out,
            "      #{at:02} pc 00000000000a{:x}b98  /data/app/com.acme.orbit-1/lib/arm64/liborbit.so (orbit::Stage{}::run(int)+{})",
            at % 16,
            at % 997,
            at % 900
        );
    });
    let java = repeated(|out, at| {
        let _ = writeln!(
            out,
            "\tat com.acme.orbit.Stage{}.step(Stage.kt:{at})",
            at % 997
        );
    });
    let short = repeated(|out, _| out.push_str("[C]: in ?\n"));
    let logcat = repeated(|out, at| {
        let _ = writeln!(
            out,
            "01-02 03:04:05.678  4100  4100 E AndroidRuntime: \tat com.acme.orbit.Stage.step(Stage.kt:{at})"
        );
    });
    let trace = repeated(|out, at| {
        let _ = writeln!(
            out,
            "\"worker-{at}\" prio=5 tid={at} Native\n  | group=\"main\" sCount=1 obj=0x72a1 self=0x7b1a"
        );
        for frame in 0..12 {
            let _ = writeln!(
                out,
                "  at com.acme.orbit.Stage{}.step{frame}(Stage.kt:{at})",
                at % 40
            );
        }
        out.push('\n');
    });
    let log = repeated(|out, at| {
        let _ = writeln!(
            out,
            "11-22 08:10:11.123  4883  5108 D Renderer: frame {at} took {} ms",
            at % 33
        );
    });
    let keys = repeated(|out, at| {
        let _ = writeln!(out, "key number {at}: some value {at}");
    });
    let rules = OwnershipRules::default();
    let peaks = [
        ("native stack", peak_of(|| digest(&native))),
        ("Java stack", peak_of(|| digest(&java))),
        ("frames of ten bytes", peak_of(|| digest(&short))),
        ("Java stack in a log", peak_of(|| digest(&logcat))),
        (
            "thread dump",
            peak_of(|| drop(ThreadDump::from_trace(&trace).groups(&rules))),
        ),
        (
            "log",
            peak_of(|| drop(Log::new(&log).digest(None, jiff::tz::Offset::UTC, 12))),
        ),
        ("keys", peak_of(|| drop(keys::parse_map(&keys)))),
    ];
    for (what, peak) in peaks {
        println!("{what}: {} % of the document", peak * 100 / SIZE);
    }
    for (what, peak) in peaks {
        assert!(peak * 2 <= SIZE * 5, "{what}: {peak} bytes for {SIZE}");
    }
}
