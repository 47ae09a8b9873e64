//! How fast large documents are digested: thread text of 1, 10 and 100 MB, with shared and with distinct stacks, a log of 5 MB.

use std::fmt::Write as _;
use std::hint::black_box;

use crash_digest::CrashText;
use crash_digest::log::{Log, Pattern};
use crash_digest::ownership::OwnershipRules;
use crash_digest::threads::ThreadDump;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

const MEGABYTE: usize = 1 << 20;

/// A trace of so many bytes: every tenth thread is blocked, the others work in one of so many places.
fn trace(bytes: usize, places: usize) -> String {
    let mut out = String::with_capacity(bytes + 4096);
    let mut thread = 1;
    while out.len() < bytes {
        let state = if thread % 10 == 0 {
            "Blocked"
        } else {
            "Native"
        };
        let _ = writeln!(
            out,
            "\"worker-{thread}\" prio=5 tid={thread} {state}\n  | group=\"main\" sCount=1 flags=1 obj=0x72a1 self=0x7b1a"
        );
        for frame in 0..8 {
            let _ = writeln!(
                out,
                "  native: #{frame:02} pc 00000000000a{frame:x}b98  /data/app/com.starfall.game-1/lib/arm64/libStarfall.so (starfall::jobs::Stage{}::run{frame}(starfall::jobs::Queue&, int)+{})",
                thread % places,
                thread % 900
            );
        }
        for frame in 0..12 {
            let _ = writeln!(
                out,
                "  at com.starfall.game.jobs.Stage{}.step{frame}(Stage{}.kt:{})",
                thread % places,
                thread % places,
                frame * 7 + 3
            );
        }
        if thread % 10 == 0 {
            let _ = writeln!(
                out,
                "  - waiting to lock <0x{thread:08x}> (a com.starfall.game.jobs.Queue) held by thread {}",
                thread + 1
            );
        }
        out.push('\n');
        thread += 1;
    }
    out
}

fn log(bytes: usize) -> String {
    let mut out = String::with_capacity(bytes + 4096);
    let mut line = 0;
    while out.len() < bytes {
        let (minute, second, level) = (
            line / 600 % 60,
            line / 10 % 60,
            if line % 97 == 0 { 'E' } else { 'D' },
        );
        let _ = writeln!(
            out,
            "11-22 08:{minute:02}:{second:02}.{:03}  4883  5108 {level} Renderer: frame {line} took {} ms in pass {}",
            line % 10 * 100,
            line % 33,
            line % 7
        );
        line += 1;
    }
    out
}

fn digest(criterion: &mut Criterion) {
    let rules = OwnershipRules {
        bundle: Some("com.starfall.game".into()),
        ..OwnershipRules::default()
    };
    let mut group = criterion.benchmark_group("threads");
    group.sample_size(10);
    for megabytes in [1, 10, 100] {
        let text = trace(megabytes * MEGABYTE, 40);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("read {megabytes} MB"), |bencher| {
            bencher.iter_batched(
                || (),
                |()| ThreadDump::from_trace(black_box(&text)),
                BatchSize::PerIteration,
            );
        });
        let dump = ThreadDump::from_trace(&text);
        group.bench_function(format!("group {megabytes} MB"), |bencher| {
            bencher.iter(|| black_box(&dump).groups(&rules));
        });
    }
    // No two threads do the same: every frame is read.
    for megabytes in [1, 10] {
        let text = trace(megabytes * MEGABYTE, usize::MAX);
        group.throughput(Throughput::Bytes(text.len() as u64));
        let dump = ThreadDump::from_trace(&text);
        group.bench_function(
            format!("group {megabytes} MB of distinct stacks"),
            |bencher| {
                bencher.iter(|| black_box(&dump).groups(&rules));
            },
        );
    }
    group.finish();

    let text = log(5 * MEGABYTE);
    let crash = "2026-11-22T00:59:59Z".parse().ok();
    let pattern = Pattern::regex("frame 4[0-9]+7 took 32").ok();
    let mut group = criterion.benchmark_group("log");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("digest 5 MB", |bencher| {
        bencher
            .iter(|| Log::new(black_box(&text)).digest(crash, jiff::tz::Offset::constant(8), 12));
    });
    group.bench_function("search 5 MB", |bencher| {
        bencher.iter(|| {
            pattern
                .as_ref()
                .map(|pattern| Log::new(black_box(&text)).search(pattern, 2, 20))
        });
    });
    group.finish();
}

/// A stack text of so many bytes: native frames, each with its name.
fn stack(bytes: usize) -> String {
    let mut out =
        String::from("signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x10\nbacktrace:\n");
    let mut frame = 0;
    while out.len() < bytes {
        let _ = writeln!(
            out,
            "      #{frame:02} pc 00000000000a{:x}b98  /data/app/com.starfall.game-1/lib/arm64/libStarfall.so (starfall::jobs::Stage{}::run(starfall::jobs::Queue&, int)+{})",
            frame % 16,
            frame % 997,
            frame % 900
        );
        frame += 1;
    }
    out
}

/// Stack texts, and bare addresses among images, which once cost the square of their size.
fn stacks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stack");
    group.sample_size(10);
    for megabytes in [1, 8, 60] {
        let text = stack(megabytes * MEGABYTE);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("read {megabytes} MB"), |bencher| {
            bencher.iter(|| CrashText::new(black_box(&text)).stack().frames.len());
        });
    }
    let mut bare = String::from("Last Exception Backtrace:\n(");
    for at in 0..200_000 {
        let _ = write!(bare, "0x1{at:08x} ");
    }
    bare.push_str(")\n\nBinary Images:\n");
    for at in 0..4000 {
        let _ = writeln!(
            bare,
            "0x1{at:05x}000 - 0x1{at:05x}fff lib{at} arm64 <aa> /usr/lib/lib{at}.dylib"
        );
    }
    group.throughput(Throughput::Bytes(bare.len() as u64));
    group.bench_function("bare addresses and images", |bencher| {
        bencher.iter(|| CrashText::new(black_box(&bare)).stack().frames.len());
    });
    group.finish();
}

criterion_group!(benches, digest, stacks);
criterion_main!(benches);
