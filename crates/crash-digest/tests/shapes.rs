//! Shapes of crash texts found in public reports, by family: `tests/shapes/FAMILY/NAME.txt`, in words of our own.
//!
//! A case begins with its expectations, one `label: value` a line, up to a line `---`; the text follows.
//! `frames` is the number of frames of the crash's own stack, counted by hand; `say` and `not` are parts of the
//! digest's lines that must or must not be there. `as` is `log`, `threads` or `keys` for other documents; `bundle`,
//! `own` and `name` are what project and service say.

#![expect(
    clippy::unwrap_used,
    reason = "a case that cannot be read should say where"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::keys;
use crash_digest::log::Log;
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;
use crash_digest::threads::ThreadDump;
use rstest::rstest;

/// Expectations and text of a case.
struct Case<'a> {
    labels: Vec<(&'a str, &'a str)>,
    text: &'a str,
}

impl<'a> Case<'a> {
    fn read(file: &'a str) -> Self {
        let (head, text) = file.split_once("\n---\n").unwrap();
        let labels = head
            .lines()
            .map(|line| line.split_once(": ").unwrap())
            .collect();
        Self { labels, text }
    }

    fn all(&self, label: &'static str) -> impl Iterator<Item = &'a str> {
        self.labels
            .iter()
            .filter(move |(name, _)| *name == label)
            .map(|(_, value)| *value)
    }

    fn one(&self, label: &'static str) -> Option<&'a str> {
        self.all(label).next()
    }
}

#[rstest]
fn a_shape_is_read_right(#[files("tests/shapes/*/*.txt")] file: PathBuf) {
    let file = std::fs::read_to_string(&file).unwrap();
    let case = Case::read(&file);
    let rules = OwnershipRules {
        own: case.all("own").map(str::to_owned).collect(),
        bundle: case.one("bundle").map(str::to_owned),
        ..OwnershipRules::default()
    };
    let out = match case.one("as") {
        None => digest(&case, &rules),
        Some("log") => log(case.text),
        Some("threads") => threads(case.text, &rules),
        Some("keys") => pairs(case.text),
        Some(other) => panic!("as: {other}"),
    };
    for fact in case.all("say") {
        assert!(out.contains(fact), "must say `{fact}`:\n{out}");
    }
    for fact in case.all("not") {
        assert!(!out.contains(fact), "must not say `{fact}`:\n{out}");
    }
}

fn digest(case: &Case<'_>, rules: &OwnershipRules) -> String {
    let text = CrashText::new(case.text).of_process(rules.bundle.as_deref());
    let digest = Digest::of(
        &text,
        &Options {
            rules,
            reported: Reported {
                name: case.one("name"),
                message: case.one("message"),
                thread: None,
            },
            lines: 16,
        },
    );
    let told: usize = digest.stack.iter().map(|line| line.frames).sum();
    assert_eq!(told, digest.frames, "frames shown or folded:\n{digest}");
    let counted: usize = case.one("frames").unwrap().parse().unwrap();
    assert_eq!(digest.frames, counted, "frames counted by hand:\n{digest}");
    digest.to_string()
}

fn log(text: &str) -> String {
    let digest = Log::new(text).digest(None, jiff::tz::Offset::UTC, 8);
    let mut out = format!("{} lines, {} errors\n", digest.total, digest.errors);
    for line in digest.lines {
        writeln!(out, "{line}").unwrap();
    }
    out
}

fn threads(text: &str, rules: &OwnershipRules) -> String {
    let text = CrashText::new(text);
    let dump = ThreadDump::of_process(text.text(), rules.bundle.as_deref());
    let mut out = format!("{} threads\n", dump.threads.len());
    for group in dump.groups(rules) {
        writeln!(out, "{group}").unwrap();
    }
    if let Some(chain) = dump.faulting().and_then(|at| dump.wait_chain(at)) {
        writeln!(out, "{}", chain.describe(&dump)).unwrap();
    }
    out
}

fn pairs(text: &str) -> String {
    let mut out = String::new();
    for key in keys::parse_map(text) {
        writeln!(out, "key {} = {}", key.name, key.value).unwrap();
    }
    out
}

/// Every family of texts has its cases; the table is printed with `--nocapture`.
#[test]
fn families_are_covered() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes");
    let mut families: BTreeMap<String, usize> = BTreeMap::new();
    for family in std::fs::read_dir(root).unwrap() {
        let family = family.unwrap();
        let cases = std::fs::read_dir(family.path()).unwrap().count();
        families.insert(family.file_name().to_string_lossy().into_owned(), cases);
    }
    println!("{families:#?}");
    assert!(families.values().sum::<usize>() >= 60, "{families:#?}");
    assert!(families.len() >= 12, "{families:#?}");
}
