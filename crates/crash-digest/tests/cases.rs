//! Crash texts in the shapes platforms print, each digested as an engineer would read it.
//!
//! A case is a folder with `input.txt`, perhaps `rules.json`, and the digest; a new shape is a new folder.

#![expect(
    clippy::unwrap_used,
    reason = "a case that cannot be read should say where"
)]

use std::fmt::{Display, Write as _};
use std::path::PathBuf;

use crash_digest::excerpt::Line;
use crash_digest::fingerprint::similarity;
use crash_digest::keys;
use crash_digest::log::Log;
use crash_digest::ownership::OwnershipRules;
use crash_digest::stack::{self, Stack};
use crash_digest::threads::ThreadDump;
use proptest::prelude::*;
use rstest::rstest;
use serde::Deserialize;

/// How a case is read; `own`, `strip` and `bundle` are the project's rules.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Case {
    #[serde(rename = "as")]
    shape: Shape,
    own: Vec<String>,
    strip: Vec<String>,
    bundle: Option<String>,
    most: Option<usize>,
    faulting: Option<String>,
    crash: Option<String>,
    zone: i8,
    slice: Option<String>,
    search: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Shape {
    #[default]
    Stack,
    /// Threads of one document.
    Trace,
    /// A file per thread, each after a line `=== name(id)`.
    Files,
    Log,
    Keys,
}

#[rstest]
fn reads_as_its_digest_says(#[files("tests/cases/*/input.txt")] input: PathBuf) {
    let folder = input.parent().unwrap();
    let input = std::fs::read_to_string(&input).unwrap();
    let case: Case = std::fs::read_to_string(folder.join("rules.json"))
        .map(|text| serde_json::from_str(&text).unwrap())
        .unwrap_or_default();
    let rules = OwnershipRules {
        own: case.own.clone(),
        strip: case.strip.clone(),
        bundle: case.bundle.clone(),
    };
    let digest = match case.shape {
        Shape::Stack => of_stack(&stack::parse(&input), &rules, case.most.unwrap_or(12)),
        Shape::Trace => of_threads(ThreadDump::from_trace(&input), &case, &rules),
        Shape::Files => of_threads(ThreadDump::from_files(files(&input)), &case, &rules),
        Shape::Log => of_log(&Log::new(&input), &case),
        Shape::Keys => of_keys(&input),
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("digest", digest));
}

fn of_stack(stack: &Stack<'_>, rules: &OwnershipRules, most: usize) -> String {
    let lines = stack.select(rules, most);
    all_accounted_for(stack, &lines);
    let mut out = String::new();
    let mut fact = |label: &str, value: Option<&dyn Display>| {
        if let Some(value) = value {
            writeln!(out, "{label}: {value}").unwrap();
        }
    };
    fact("died", Some(&stack.headline()));
    fact(
        "thread",
        stack
            .facts
            .thread
            .as_ref()
            .map(|thread| thread as &dyn Display),
    );
    fact(
        "process",
        stack
            .facts
            .process
            .as_ref()
            .map(|process| process as &dyn Display),
    );
    fact("symbols", Some(&stack.symbolication()));
    let key = stack
        .key_frame(rules)
        .map(|index| format!("{index} {}", stack.frames[index].name()));
    fact("key", key.as_ref().map(|key| key as &dyn Display));
    if !stack.facts.builds.is_empty() {
        fact("build ids", Some(&stack.facts.builds.len()));
    }
    if !stack.unrecognized.is_empty() {
        fact("unrecognized lines", Some(&stack.unrecognized.len()));
    }
    for line in lines {
        writeln!(out, "{line}").unwrap();
    }
    out
}

/// Every frame is shown or counted, exactly once.
fn all_accounted_for(stack: &Stack<'_>, lines: &[Line<'_>]) {
    let counted: usize = lines
        .iter()
        .map(|line| match line {
            Line::Heading { .. } => 0,
            Line::Frame { .. } => 1,
            Line::Repeat { more, .. } => *more,
            Line::Fold { count, .. } => *count,
        })
        .sum();
    assert_eq!(counted, stack.frames.len(), "{lines:#?}");
    assert!(
        similarity(stack, stack, &OwnershipRules::default()) > 0.999 || stack.frames.is_empty()
    );
}

fn files(input: &str) -> impl Iterator<Item = (&str, &str)> {
    input
        .split("=== ")
        .skip(1)
        .map(|file| file.split_once('\n').unwrap_or((file, "")))
}

fn of_threads(dump: ThreadDump<'_>, case: &Case, rules: &OwnershipRules) -> String {
    let dump = match &case.faulting {
        Some(faulting) => dump.mark_faulting(faulting),
        None => dump,
    };
    let mut out = format!("{} threads\n", dump.threads.len());
    if let Some(first) = dump.preamble.lines().next() {
        writeln!(out, "preamble: {first}").unwrap();
    }
    for group in dump.groups(rules) {
        writeln!(out, "{group}").unwrap();
    }
    if let Some(faulting) = dump.faulting() {
        if let Some(chain) = dump.wait_chain(faulting) {
            writeln!(out, "chain:\n{}", chain.describe(&dump)).unwrap();
        }
        writeln!(out, "faulting stack:").unwrap();
        out.push_str(&of_stack(&dump.threads[faulting].stack(), rules, 8));
    }
    for deadlock in dump.deadlocks() {
        writeln!(out, "deadlock:\n{}", deadlock.describe(&dump)).unwrap();
    }
    out
}

fn of_log(log: &Log<'_>, case: &Case) -> String {
    let mut out = String::new();
    let digest = log.digest(
        case.crash.as_ref().map(|crash| crash.parse().unwrap()),
        jiff::tz::Offset::constant(case.zone),
        case.most.unwrap_or(8),
    );
    writeln!(
        out,
        "{} lines, {} errors, {} warnings, {} after the crash",
        digest.total, digest.errors, digest.warnings, digest.after
    )
    .unwrap();
    if let Some(shift) = digest.shift {
        writeln!(out, "clock off by {} min", shift.as_mins()).unwrap();
    }
    for line in digest.lines {
        writeln!(out, "{line}").unwrap();
    }
    if let Some(span) = &case.slice {
        writeln!(out, "slice {span}:").unwrap();
        for (number, line) in log.slice(&span.parse().unwrap()) {
            writeln!(out, "{number} {line}").unwrap();
        }
    }
    if let Some(pattern) = &case.search {
        let found = log.search(&crash_digest::log::Pattern::parse(pattern).unwrap(), 1, 3);
        writeln!(
            out,
            "search {pattern}: {} of {} matches",
            found.shown, found.matched
        )
        .unwrap();
        for hit in found.lines {
            writeln!(
                out,
                "{}{} {}",
                if hit.matched { '*' } else { ' ' },
                hit.number,
                hit.text
            )
            .unwrap();
        }
    }
    out
}

fn of_keys(input: &str) -> String {
    let mut out = String::new();
    for key in keys::parse_map(input) {
        let by = if key.is_named() { "named" } else { "code" };
        writeln!(out, "{by} {} = {}", key.name, key.value).unwrap();
    }
    out
}

/// Everything a text can be taken for.
fn digest_all(text: &str) {
    let rules = OwnershipRules {
        own: vec!["com.starfall.".into(), "Game/".into()],
        strip: vec!["D:/".into()],
        bundle: Some("com.starfall.game".into()),
    };
    let stack = stack::parse(text);
    for most in [0, 1, 5, 40] {
        all_accounted_for(&stack, &stack.select(&rules, most));
    }
    let _ = (
        stack.headline(),
        stack.symbolication().to_string(),
        stack.key_frame(&rules),
    );
    let dump = ThreadDump::from_trace(text);
    let _ = dump.groups(&rules);
    for chain in (0..dump.threads.len().min(20))
        .filter_map(|thread| dump.wait_chain(thread))
        .chain(dump.deadlocks())
    {
        let _ = chain.describe(&dump);
    }
    let log = Log::new(text);
    let crash = jiff::Timestamp::from_second(1_795_306_215).unwrap();
    for line in log.digest(Some(crash), jiff::tz::Offset::UTC, 10).lines {
        let _ = line.to_string();
    }
    let _ = keys::parse_map(text);
}

/// Pieces of real shapes, put together wrongly.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "#00 pc ",
        "0000000000012340",
        " libUE4.so ",
        "(BuildId: ",
        "\tat ",
        "com.starfall.A.b(",
        "A.kt:3)",
        "Caused by: ",
        "... 3 more",
        "\n",
        "\n\n",
        "\r\n",
        "\"main\" prio=5 tid=1 Blocked",
        "- waiting to lock <0x1> (a A) held by thread 1",
        "- locked <0x1>",
        "Thread 0 Crashed:",
        "Thread 1:",
        "0   A  0x01 f + 1",
        " ---> ",
        "--- End of inner exception stack trace ---",
        "_ZN5APawn4TickEf",
        "_ZNSt6vectorI",
        "S_S_S_S_",
        "operator<",
        "<<<<",
        "((((",
        ")",
        "]",
        "[",
        "{",
        "ntdll!Rtl+0x1",
        "[D:\\a.cpp @ 1]",
        "11-22 08:10:13.626  1  2 E T: x",
        "[2026.11.22-08.10.11:123]",
        "\u{0}",
        "\u{1b}[31m",
        "\u{202e}",
        "é",
        "Last Exception Backtrace:",
        "(0x1 0x2)",
        "stack traceback:",
        "[C]: in ?",
        "a.lua:1: in function 'x'",
        "A01:b;",
        "at src/a.rs:1:2",
        "signal 11 (SIGSEGV), code 1 (",
        "+0x",
        "`1[",
        "Rethrow as X: y",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        digest_all(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_mixture_of_shapes_is_survived(pieces in prop::collection::vec(piece(), 0..60)) {
        digest_all(&pieces.concat());
    }
}

#[test]
fn hostile_texts_cost_no_more_than_their_size() {
    let started = std::time::Instant::now();
    let size = 1 << 18;
    let repeated = |piece: &str| piece.repeat(size / piece.len());
    for text in [
        repeated("("),
        repeated("<"),
        repeated("a.b("),
        repeated("\n"),
        repeated("\0"),
        repeated("Caused by: a.B: c\n"),
        repeated("X ---> "),
        repeated("#00 pc 01 a (x)\n"),
        repeated("\"main\" prio=5 tid=1 Blocked\n"),
        repeated("- locked <0x1> (a A)\n"),
        repeated("- waiting to lock <0x1> (a A) held by thread 1\n"),
        repeated(
            "\"x\" prio=5 tid=1 Blocked\n  at a.b.c(D.java:1)\n  - waiting to lock <0x1> (a A)\n",
        ),
        repeated("#00 pc 01 libx.so (BuildId: a)\n"),
        format!("at a.b.c({})", repeated("é")),
        format!("_ZN{}", repeated("S_")),
        repeated("k:v;"),
        repeated(";"),
        repeated("11-22 08:10:13.626  1  2 E T: x\n"),
    ] {
        digest_all(&text);
    }
    // Five megabytes, each digested four times over and without optimisation: seconds. What grows with the square
    // takes minutes.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
