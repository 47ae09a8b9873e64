//! Kinds of crash texts that were once told wrong: minimal inputs, each with what must be said of it.
//!
//! `expected.md` says what the service says, and names facts in backticks: those of a line must be in the digest, those
//! of a `must not say` line must not. `frames.txt` has the number of the crash's own frames, counted by hand. The whole
//! digest is a snapshot.

#![expect(
    clippy::unwrap_used,
    reason = "a case that cannot be read should say where"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::frame::Frame;
use crash_digest::keys;
use crash_digest::log::Log;
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;
use crash_digest::threads::ThreadDump;
use rstest::rstest;

/// Names of files and of the reply's sections, which a crate cannot say.
const ELSEWHERE: &[&str] = &[
    "threads",
    "thread:N",
    "thread:2",
    "log:0",
    "search=empty",
    "raw",
    "attachment",
    // What a text prints where it knows nothing.
    "(null)",
    "??:?",
    // A heading of the input.
    "Stack:",
];

#[rstest]
fn is_told_right(#[files("tests/kinds/*/expected.md")] expected: PathBuf) {
    let folder = expected.parent().unwrap();
    let expected = std::fs::read_to_string(&expected).unwrap();
    let rules = OwnershipRules {
        own: quoted_after(&expected, "own prefix configured: ")
            .into_iter()
            .collect(),
        bundle: word_after(&expected, "bundle "),
        ..OwnershipRules::default()
    };
    let name = word_after(&expected, "the service says: name ");
    let options = Options {
        rules: &rules,
        reported: Reported {
            name: name.as_deref(),
            ..Reported::default()
        },
        lines: 24,
    };
    let counted = std::fs::read_to_string(folder.join("frames.txt")).unwrap_or_default();
    // The snapshot, and the same without the beginning of a text that nothing was recognised in: an echo says nothing.
    let (mut out, mut said) = (String::new(), String::new());
    let mut behind = Behind::default();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let file_name = file.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(input) = std::fs::read_to_string(&file) else {
            continue;
        };
        if matches!(
            file_name.as_str(),
            "expected.md" | "frames.txt" | "digest.snap" | "digest.snap.new"
        ) {
            continue;
        }
        let mut one = String::new();
        if file_name == "trace.txt" {
            of_trace(&mut one, &input, &rules);
        } else if file.extension().is_some_and(|end| end == "log") {
            of_log(&mut one, &input);
        } else if file_name.starts_with("keys") {
            for key in keys::parse_map(&input) {
                writeln!(one, "key {} = {}", key.name, key.value).unwrap();
            }
        } else {
            let text = CrashText::new(&input).of_process(rules.bundle.as_deref());
            let mut digest = Digest::of(&text, &options);
            let frames = counted
                .lines()
                .find_map(|line| line.strip_prefix(&format!("{file_name} ")));
            if let Some(frames) = frames {
                assert_eq!(
                    digest.frames.to_string(),
                    frames.trim(),
                    "{file_name}: frames counted by hand"
                );
            }
            let told: usize = digest.stack.iter().map(|line| line.frames).sum();
            assert_eq!(told, digest.frames, "{file_name}: frames told or folded");
            writeln!(out, "{file_name}\n{digest}").unwrap();
            digest.head.clear();
            writeln!(said, "{digest}").unwrap();
            behind.fold(&text);
            continue;
        }
        out.push_str(&one);
        said.push_str(&one);
    }
    check(&expected, &said, &behind);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("digest", out));
}

/// What a digest folds, as it was read: nothing of it is the input's own text.
#[derive(Default)]
struct Behind {
    /// Names of functions for reading.
    names: Vec<String>,
    /// The other parts of frames, and threads: modules, places, labels.
    parts: String,
}

impl Behind {
    /// The frames of the crash, of every thread and of the stacks beside it.
    fn fold(&mut self, text: &CrashText<'_>) {
        let stack = text.stack();
        let dump = text.threads();
        for thread in &dump.threads {
            writeln!(self.parts, "{} {:?}", thread.label(), thread.state).unwrap();
            self.frames(&thread.stack().frames);
        }
        self.frames(&stack.frames);
        for related in &stack.related {
            self.frames(&related.frames);
        }
        for lock in &stack.locks {
            writeln!(self.parts, "{lock:?}").unwrap();
        }
        writeln!(self.parts, "{:?}", stack.facts).unwrap();
    }

    fn frames(&mut self, frames: &[Frame<'_>]) {
        for frame in frames {
            let place = frame.line.map_or(String::new(), |line| {
                format!("{}:{line}", frame.file.unwrap_or_default())
            });
            self.names.push(frame.name().into_owned());
            writeln!(
                self.parts,
                "{} {} {place} {} {:x} {:x}",
                frame.full_name().unwrap_or_default(),
                frame.module.unwrap_or_default(),
                frame.file.unwrap_or_default(),
                frame.address.unwrap_or_default(),
                frame.offset.unwrap_or_default(),
            )
            .unwrap();
        }
    }

    fn has(&self, fact: &str) -> bool {
        self.parts.contains(fact) || self.names.iter().any(|name| name.contains(fact))
    }
}

/// Facts in backticks, line by line. What must be said is in the digest itself, other facts in it or in what it folds;
/// what must not be said is not in the digest, or not in the place that the line names.
fn check(expected: &str, said: &str, behind: &Behind) {
    for line in expected.lines().filter(|line| line.starts_with("- ")) {
        if line.contains("the service says") || line.contains("is the service's") {
            continue;
        }
        let (forbidden, required) = (
            line.starts_with("- must not say"),
            line.starts_with("- must say"),
        );
        let parts: Vec<&str> = line.split('`').collect();
        for at in (1..parts.len()).step_by(2) {
            let fact = parts[at];
            // What a clause says at its end counts for all of its facts: `a`, `b` as a frame.
            let clause = parts[at + 1..].concat();
            let clause = clause.split(';').next().unwrap_or_default();
            let remark = format!("{} … {clause}", parts[at - 1]);
            let end = Path::new(fact).extension();
            let file = end.is_some_and(|end| end == "txt" || end == "log");
            if file || ELSEWHERE.contains(&fact) || fact.contains('…') || fact.len() < 3 {
                continue;
            }
            if forbidden {
                assert!(
                    !is_told(fact, &remark, said, behind),
                    "must not say `{fact}`{remark}:\n{said}"
                );
            } else if remark.contains("not a frame of its own") {
                let frame = behind.names.iter().any(|name| name == fact);
                assert!(!frame, "`{fact}` is no frame:\n{said}");
            } else if required {
                assert!(said.contains(fact), "must say `{fact}`:\n{said}");
            } else {
                let told = said.contains(fact) || behind.has(fact);
                assert!(
                    told,
                    "must show or fold `{fact}`:\n{said}\n{}",
                    behind.parts
                );
            }
        }
    }
}

/// Whether a fact stands where it must not.
fn is_told(fact: &str, remark: &str, said: &str, behind: &Behind) -> bool {
    let among = |test: &dyn Fn(&str) -> bool| {
        said.lines()
            .any(|line| test(line.trim_end()) && line.contains(fact))
    };
    let stack = |line: &str| line.starts_with([' ', '>']);
    let own = |line: &str| line.trim_start().starts_with('>');
    if remark.contains("eight lines of ") {
        // One of eight is the error's: seven are left.
        return said.lines().filter(|line| line.contains(fact)).count() != 7;
    }
    if remark.contains("empty ") {
        return said.lines().any(|line| line.trim_end().ends_with(fact));
    }
    if remark.contains("as a frame") {
        return among(&stack);
    }
    if remark.contains("name") {
        return behind.names.iter().any(|name| name.contains(fact)) || among(&stack);
    }
    if remark.contains("own") {
        return among(&own);
    }
    if remark.contains("exception") {
        return among(&|line| line.starts_with("exception "));
    }
    if remark.contains("worst error") {
        let first = said.lines().skip_while(|line| !line.ends_with(" errors"));
        return first.skip(1).take(1).any(|line| line.contains(fact));
    }
    if remark.contains("in the crashed stack")
        || remark.contains("called by")
        || remark.contains("as the stack")
    {
        return among(&stack);
    }
    said.contains(fact)
}

fn of_trace(out: &mut String, input: &str, rules: &OwnershipRules) {
    let dump = ThreadDump::of_process(input, rules.bundle.as_deref());
    writeln!(
        out,
        "{} threads, {} of other processes",
        dump.threads.len(),
        dump.elsewhere
    )
    .unwrap();
    for group in dump.groups(rules) {
        writeln!(out, "{group}").unwrap();
    }
    if let Some(chain) = dump.faulting().and_then(|at| dump.wait_chain(at)) {
        writeln!(out, "{}", chain.describe(&dump)).unwrap();
    }
}

fn of_log(out: &mut String, input: &str) {
    let digest = Log::new(input).digest(None, jiff::tz::Offset::UTC, 8);
    writeln!(out, "{} lines, {} errors", digest.total, digest.errors).unwrap();
    for line in digest.lines {
        writeln!(
            out,
            "{}",
            line.to_string().chars().take(900).collect::<String>()
        )
        .unwrap();
    }
}

fn word_after(text: &str, label: &str) -> Option<String> {
    let rest = text.split_once(label)?.1;
    let word: String = rest
        .chars()
        .take_while(|c| !c.is_whitespace() && *c != ',')
        .collect();
    Some(word.trim_end_matches('.').to_owned())
}

fn quoted_after(text: &str, label: &str) -> Option<String> {
    text.split_once(label)?
        .1
        .split('`')
        .nth(1)
        .map(str::to_owned)
}

/// Every case stands in its own folder.
#[test]
fn there_are_cases_of_many_kinds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kinds");
    assert!(std::fs::read_dir(root).unwrap().count() >= 89);
}
