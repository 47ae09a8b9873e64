//! Crash texts, thread dumps, logs and custom keys.

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::log::{Log, Pattern};
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;
use crash_digest::threads::ThreadDump;
use crash_digest::{fingerprint, keys as custom_keys};

fn rules() -> OwnershipRules {
    OwnershipRules {
        bundle: Some("com.acme.orbit".into()),
        ..OwnershipRules::default()
    }
}

/// A digest accounts for every frame.
pub(crate) fn stack(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let rules = rules();
    let text = CrashText::new(&text).of_process(rules.bundle.as_deref());
    let options = Options {
        rules: &rules,
        reported: Reported {
            name: Some("SIGSEGV"),
            ..Reported::default()
        },
        lines: 12,
    };
    let digest = Digest::of(&text, &options);
    let shown: usize = digest.stack.iter().map(|line| line.frames).sum();
    assert_eq!(shown, digest.frames, "a frame is neither shown nor folded");
    assert!(!digest.to_string().is_empty());
}

/// Every thread is in one group.
pub(crate) fn threads(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let rules = rules();
    let dump = ThreadDump::of_process(&text, rules.bundle.as_deref());
    let groups = dump.groups(&rules);
    let grouped: usize = groups
        .iter()
        .flat_map(|group| &group.stacks)
        .map(|same| same.threads.len())
        .sum();
    assert_eq!(
        grouped,
        dump.threads.len(),
        "a thread is in no group or in two"
    );
    for at in 0..dump.threads.len() {
        let _ = dump.wait_chain(at).map(|chain| chain.describe(&dump));
    }
    let _ = dump.deadlocks();
}

/// A digest of a log has as many lines as were wanted, and a search as many matches.
pub(crate) fn log(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let log = Log::new(&text);
    let crash = "2026-01-02T03:04:05Z".parse().ok();
    let digest = log.digest(crash, jiff::tz::Offset::UTC, 8);
    assert!(digest.lines.len() <= 8 && digest.total == log.len());
    if let Ok(pattern) = Pattern::text("e") {
        let found = log.search(&pattern, 1, 5);
        assert!(found.shown <= 5 && found.shown <= found.matched);
    }
}

/// Names and values are parts of the text.
pub(crate) fn keys(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for key in custom_keys::parse_map(&text) {
        assert!(text.contains(key.name) && text.contains(key.value));
    }
}

/// A comparison is a share, and the same from both sides.
pub(crate) fn compare(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let middle = text.floor_char_boundary(text.len() / 2);
    let (left, right) = text.split_at(middle);
    let (left, right) = (CrashText::new(left), CrashText::new(right));
    let (left, right) = (left.stack(), right.stack());
    let rules = rules();
    let there = fingerprint::compare(&left, &right, &rules).similarity;
    let back = fingerprint::compare(&right, &left, &rules).similarity;
    assert!((0.0..=1.0).contains(&there) && (there - back).abs() < 1e-5);
}

pub(crate) fn key_seeds() -> Vec<Vec<u8>> {
    [
        "C03=1;C04testkey=ship",
        "{\"scene\": \"Battle_07\", \"fps\": 31, \"nested\": {\"a\": [1, 2]}}",
        "{a=b, c=d}",
        "scene: Battle_07\nfps: 31\n",
        "k=v&l=w|m=x,n=y",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}
