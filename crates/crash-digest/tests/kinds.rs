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
    let mut out = String::new();
    // Every frame as printed, every thread, every line that a search finds: what the digest folds.
    let mut behind = String::new();
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
        match file_name.as_str() {
            "expected.md" | "frames.txt" | "digest.snap" | "digest.snap.new" => {}
            "trace.txt" => of_trace(&mut out, &input, &rules),
            _ if file.extension().is_some_and(|end| end == "log") => {
                of_log(&mut out, &input);
                behind.push_str(&input);
            }
            _ if file_name.starts_with("keys") => {
                for key in keys::parse_map(&input) {
                    writeln!(out, "key {} = {}", key.name, key.value).unwrap();
                }
            }
            _ => {
                let text = CrashText::new(&input).of_process(rules.bundle.as_deref());
                let digest = Digest::of(&text, &options);
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
                folded(&mut behind, &text);
            }
        }
    }
    check(&expected, &out, &behind);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("digest", out));
}

/// The frames of the crash and of every thread, as printed and by their names.
fn folded(behind: &mut String, text: &CrashText<'_>) {
    let stack = text.stack();
    let dump = text.threads();
    let threads: Vec<_> = dump
        .threads
        .iter()
        .map(crash_digest::threads::Thread::stack)
        .collect();
    for frame in threads
        .iter()
        .chain([&stack])
        .flat_map(|stack| &stack.frames)
    {
        writeln!(behind, "{} {}", frame.raw, frame.name()).unwrap();
    }
    behind.extend(stack.unrecognized);
    for related in &stack.related {
        for frame in &related.frames {
            writeln!(behind, "{} {}", frame.raw, frame.name()).unwrap();
        }
    }
    behind.push_str(text.text());
}

/// Facts in backticks, line by line. Facts that must be said are in the digest, or in what it folds; those that must not
/// be said are not in the digest.
fn check(expected: &str, out: &str, behind: &str) {
    for line in expected.lines().filter(|line| line.starts_with("- ")) {
        let forbidden = line.starts_with("- must not say");
        if line.contains("the service says") || line.contains("is the service's") {
            continue;
        }
        let required = line.starts_with("- must say");
        for fact in line.split('`').skip(1).step_by(2) {
            let end = Path::new(fact).extension();
            let file = end.is_some_and(|end| end == "txt" || end == "log");
            if file || ELSEWHERE.contains(&fact) || fact.contains('…') || fact.len() < 3 {
                continue;
            }
            if forbidden {
                // `lines of x`: some are right. A name in its right place may be forbidden in another.
                let most = if line.contains(" lines") { 7 } else { 0 };
                let told = out.lines().filter(|line| line.contains(fact)).count() > most;
                let elsewhere = line.contains(" in a name")
                    || line.contains(" as ")
                    || line.contains("in the ")
                    || line.contains("called by")
                    || line.contains("near the");
                assert!(!told || elsewhere, "must not say `{fact}`:\n{out}");
            } else if required {
                assert!(out.contains(fact), "must say `{fact}`:\n{out}");
            } else {
                let told = out.contains(fact) || behind.contains(fact);
                assert!(told, "must show or fold `{fact}`:\n{out}\n{behind}");
            }
        }
    }
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
