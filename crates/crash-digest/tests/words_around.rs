//! A report as people paste it, with their own words around: what is told of it has to be what is told of the report alone.

use std::path::Path;

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;

/// A name, and the report with words around it.
type Post = (&'static str, fn(&str) -> String);

const POSTS: [Post; 9] = [
    ("a heading", |report| format!("Here's the error:\n{report}")),
    ("a sentence above, one below", |report| {
        format!(
            "Since the last update it closes for some of our players.\n\n{report}\nAny help is appreciated. Thanks!\n"
        )
    }),
    ("a post", |report| {
        format!(
            "Hi all,\n\nI've been trying to run this on my laptop since yesterday, but it always crashes after a few minutes.\n\
             I tried reinstalling, no luck. Below is what I get.\n\n{report}"
        )
    }),
    ("a form in bold", |report| {
        format!(
            "**Describe the bug**\nThe app crashes when I open the map.\n\n**To Reproduce**\n1. Start it\n2. Open the map\n\
             3. See error\n\n**Logs**\n```\n{}\n```\n\n**Desktop:**\n - OS: Windows 11\n - Version 1.2.3\n",
            report.trim_end()
        )
    }),
    ("a form with headings", |report| {
        format!(
            "### Expected behavior\nNo crash\n\n### Actual behavior\nIt crashes\n\n### Stack trace\n\n```text\n{}\n```\n",
            report.trim_end()
        )
    }),
    ("a sentence and ticks", |report| {
        format!("Here is a better example.\n`\n{}\n`\n", report.trim_end())
    }),
    ("settings", |report| {
        format!("Version: 1.2.3\nOS: Windows 10\nGPU: GTX 1060\n\n{report}")
    }),
    ("small letters", |report| {
        format!(
            "after i build the app it shows only a black screen\nin the log:\n{report}\nand that's all...\nwhat am i doing wrong?\n"
        )
    }),
    ("Chinese", |report| {
        format!("更新之后打开地图就闪退，日志如下：\n{report}")
    }),
];

/// A log so long that where its report begins depends on the lines above.
const OTHERWISE: &str = "words-far-before-the-fault.txt";

fn told(text: &str) -> Digest {
    let rules = OwnershipRules::default();
    let options = Options {
        rules: &rules,
        reported: Reported::default(),
        lines: 16,
    };
    let mut digest = Digest::of(&CrashText::new(text), &options);
    digest.head.clear();
    digest.unrecognized = 0;
    digest
}

#[test]
fn words_around_a_report_change_nothing() {
    let shapes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes");
    let mut wrong = Vec::new();
    let mut count = 0_usize;
    for family in std::fs::read_dir(shapes).unwrap() {
        for file in std::fs::read_dir(family.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let file = std::fs::read_to_string(&path).unwrap();
            let (head, report) = file.split_once("\n---\n").unwrap();
            if head.starts_with("as: ") || head.contains("\nas: ") {
                continue;
            }
            let alone = told(report);
            for (post, write) in POSTS {
                let post_of = write(report);
                // A quotation holds no other.
                if post_of.contains("\n`") && report.contains('`') || name == OTHERWISE {
                    continue;
                }
                count += 1;
                let among = told(&post_of);
                if among != alone {
                    wrong.push(format!("{name} in {post}:\n{among}instead of\n{alone}"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

#[test]
fn words_around_a_report_are_counted() {
    let asked = "Hi all,\nit closes on my phone since the update.\n\njava.lang.IllegalStateException: no ship\n\tat com.acme.Ship.fire(Ship.kt:31)\n\nAny ideas?\n";
    let rules = OwnershipRules::default();
    let options = Options {
        rules: &rules,
        reported: Reported::default(),
        lines: 16,
    };
    let digest = Digest::of(&CrashText::new(asked), &options);
    assert_eq!(
        (digest.exception.as_str(), digest.unrecognized),
        ("java.lang.IllegalStateException", 4)
    );
}
