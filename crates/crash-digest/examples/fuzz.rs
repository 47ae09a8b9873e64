//! Fuzzes every entry on a stable compiler: seeds of `tests/kinds`, `tests/cases` and `tests/shapes`, cut, joined and
//! mutated for some seconds each: `cargo run --release --example fuzz -- 600`, or one entry: `… -- 600 log`. A finding is
//! printed with its text, and the run ends with code 1.

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::fingerprint::compare;
use crash_digest::keys;
use crash_digest::log::{Log, Pattern};
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;
use crash_digest::threads::ThreadDump;

/// A cheap generator; the same seed gives the same run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or_default()
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut seeds = Vec::new();
    for folder in ["kinds", "cases", "shapes"] {
        for case in std::fs::read_dir(root.join(folder))
            .into_iter()
            .flatten()
            .flatten()
        {
            for file in std::fs::read_dir(case.path())
                .into_iter()
                .flatten()
                .flatten()
            {
                let end = file.path().extension().map(std::ffi::OsStr::to_owned);
                if end.is_some_and(|end| end == "txt" || end == "log") {
                    seeds.extend(std::fs::read(file.path()));
                }
            }
        }
    }
    seeds.sort();
    seeds
}

/// Lines dropped, doubled, swapped between texts, bytes changed.
fn mutate(random: &mut Random, seeds: &[Vec<u8>]) -> String {
    let mut bytes = seeds[random.below(seeds.len())].clone();
    let other = &seeds[random.below(seeds.len())];
    let (at, from) = (random.below(bytes.len()), random.below(other.len()));
    let until = (from + random.below(400)).min(other.len());
    match random.below(4) {
        0 => bytes.truncate(at),
        1 => drop(bytes.splice(at..at, other[from..until].iter().copied())),
        2 => bytes.extend_from_within(..at),
        _ => bytes.extend_from_slice(&other[from..until]),
    }
    for _ in 0..random.below(12) {
        if !bytes.is_empty() {
            let at = random.below(bytes.len());
            bytes[at] = *b"\"'()[]<>{}:;,#-.! \n\t\0\xff0x9aZ"
                .get(random.below(30))
                .unwrap_or(&b' ');
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An entry of the crate.
type Entry = fn(&str, &OwnershipRules);

/// By name.
const ENTRIES: [(&str, Entry); 5] = [
    ("text", text_entry),
    ("threads", threads_entry),
    ("log", log_entry),
    ("keys", keys_entry),
    ("compare", compare_entry),
];

fn text_entry(text: &str, rules: &OwnershipRules) {
    let text = CrashText::new(text).of_process(rules.bundle.as_deref());
    let options = Options {
        rules,
        reported: Reported {
            name: Some("SIGSEGV"),
            ..Reported::default()
        },
        lines: 12,
    };
    let digest = Digest::of(&text, &options);
    let told: usize = digest.stack.iter().map(|line| line.frames).sum();
    assert_eq!(told, digest.frames, "frames shown or folded");
    assert!(!digest.to_string().is_empty());
}

fn threads_entry(text: &str, rules: &OwnershipRules) {
    let dump = ThreadDump::of_process(text, rules.bundle.as_deref());
    let groups = dump.groups(rules);
    let grouped: usize = groups
        .iter()
        .flat_map(|group| &group.stacks)
        .map(|same| same.threads.len())
        .sum();
    assert_eq!(grouped, dump.threads.len(), "every thread is in one group");
    for at in 0..dump.threads.len() {
        let _ = dump.wait_chain(at).map(|chain| chain.describe(&dump));
    }
    let _ = dump.deadlocks();
}

fn log_entry(text: &str, _: &OwnershipRules) {
    let log = Log::new(text);
    let crash = "2026-01-02T03:04:05Z".parse().ok();
    let digest = log.digest(crash, jiff::tz::Offset::UTC, 8);
    assert!(digest.lines.len() <= 8 && digest.total == log.len());
    if let Ok(pattern) = Pattern::text("e") {
        let found = log.search(&pattern, 1, 5);
        assert!(found.shown <= 5 && found.shown <= found.matched);
    }
}

fn keys_entry(text: &str, _: &OwnershipRules) {
    let _ = keys::parse_map(text);
}

fn compare_entry(text: &str, rules: &OwnershipRules) {
    let (left, right) = text.split_at(
        (text.len() / 2..=text.len())
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or_default(),
    );
    let (left, right) = (CrashText::new(left), CrashText::new(right));
    let (left, right) = (left.stack(), right.stack());
    let there = compare(&left, &right, rules).similarity;
    let back = compare(&right, &left, rules).similarity;
    assert!((0.0..=1.0).contains(&there) && (there - back).abs() < 1e-5);
}

fn main() {
    let mut args = std::env::args().skip(1);
    let seconds = args.next().and_then(|text| text.parse().ok()).unwrap_or(10);
    let wanted = args.next();
    let seeds = seeds();
    let rules = OwnershipRules {
        bundle: Some("com.acme.orbit".into()),
        ..OwnershipRules::default()
    };
    for (name, entry) in ENTRIES {
        if wanted.as_deref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        let started = Instant::now();
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let (mut runs, mut slowest) = (0_u64, Duration::ZERO);
        while started.elapsed() < Duration::from_secs(seconds) {
            let text = mutate(&mut random, &seeds);
            let before = Instant::now();
            if catch_unwind(|| entry(&text, &rules)).is_err() {
                println!("finding of {name}:\n{text:?}");
                std::process::exit(1);
            }
            slowest = slowest.max(before.elapsed());
            runs += 1;
        }
        println!(
            "{name}: {runs} inputs from {} seeds, slowest {slowest:?}",
            seeds.len()
        );
    }
}
