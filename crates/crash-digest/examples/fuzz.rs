//! Fuzzes every entry on a stable compiler: seeds of `tests/kinds` and `tests/cases`, cut, joined and mutated for some
//! seconds: `cargo run --release --example fuzz -- 600`. A panic or a slow input is printed by its seed number.

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::path::Path;
use std::time::{Duration, Instant};

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::keys;
use crash_digest::log::Log;
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;

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
    for folder in ["kinds", "cases"] {
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
                if file.path().extension().is_some_and(|end| end == "txt") {
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

fn run(text: &str, rules: &OwnershipRules) {
    let crash_text = CrashText::new(text).of_process(rules.bundle.as_deref());
    let options = Options {
        rules,
        reported: Reported {
            name: Some("SIGSEGV"),
            ..Reported::default()
        },
        lines: 12,
    };
    let digest = Digest::of(&crash_text, &options);
    let told: usize = digest.stack.iter().map(|line| line.frames).sum();
    assert_eq!(told, digest.frames, "frames told or folded");
    let _ = digest.to_string();
    let dump = crash_text.threads();
    let _ = dump.groups(rules);
    let _ = Log::new(text).digest(None, jiff::tz::Offset::UTC, 8);
    let _ = keys::parse_map(text);
}

fn main() {
    let seconds = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(10);
    let seeds = seeds();
    let rules = OwnershipRules {
        bundle: Some("com.acme.orbit".into()),
        ..OwnershipRules::default()
    };
    let started = Instant::now();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut runs, mut slowest) = (0_u64, Duration::ZERO);
    while started.elapsed() < Duration::from_secs(seconds) {
        let text = mutate(&mut random, &seeds);
        let before = Instant::now();
        run(&text, &rules);
        slowest = slowest.max(before.elapsed());
        runs += 1;
    }
    println!(
        "{runs} inputs from {} seeds, slowest {slowest:?}",
        seeds.len()
    );
}
