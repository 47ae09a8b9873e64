//! The same crash text as logs, forms and editors carry it: what it says must not change.

#![expect(
    clippy::unwrap_used,
    reason = "a case that cannot be read should say where"
)]

use std::path::{Path, PathBuf};

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;

/// What any tool puts in front of each line; taken off where frames are read behind it.
const FRONTS: [Carrier; 13] = [
    ("npm", |text| each(text, |line| format!("npm ERR! {line}"))),
    ("ant", |text| {
        each(text, |line| format!("     [exec] {line}"))
    }),
    ("Maven", |text| each(text, |line| format!("[INFO] {line}"))),
    ("kernel", |text| {
        each(text, |line| format!("kernel: {line}"))
    }),
    ("PM2", |text| each(text, |line| format!("0|moon  | {line}"))),
    ("PowerShell", |text| {
        each(text, |line| format!("orbit.exe : {line}"))
    }),
    ("clock", |text| {
        each(text, |line| format!("03:04:05.678 {line}"))
    }),
    ("Log4j", |text| {
        each(text, |line| {
            format!("2026-01-02 03:04:05,678 ERROR [7] {line}")
        })
    }),
    ("Lambda", |text| {
        each(text, |line| {
            format!("2026-01-02T03:04:05.678Z\t5e8f1b2c-1a2b-3c4d-5e6f-a1b2c3d4e5f6\tERROR\t{line}")
        })
    }),
    ("bullets", |text| each(text, |line| format!("* {line}"))),
    ("comment", |text| each(text, |line| format!("// {line}"))),
    ("patch", |text| each(text, |line| format!("+{line}"))),
    ("listing", |text| {
        let count = |(at, line): (usize, &str)| format!("{:>4} {line}\n", at + 1);
        text.lines().enumerate().map(count).collect()
    }),
];

/// A name, and the text as it is carried.
type Carrier = (&'static str, fn(&str) -> String);

const CARRIERS: [Carrier; 15] = [
    ("bug form", |text| {
        format!(
            "The game closes after the second boss, please help.\n\n```\n{}\n```\nThanks!\n",
            text.trim_end()
        )
    }),
    ("carriage returns", |text| text.replace('\n', "\r\n")),
    ("quote", |text| each(text, |line| format!("> {line}"))),
    ("indented", |text| each(text, |line| format!("    {line}"))),
    ("trailing blanks", |text| {
        each(text, |line| format!("{line}  "))
    }),
    ("logcat threadtime", |text| {
        between(text, |line| {
            format!("01-02 03:04:05.678  4100  4101 E CRASH   : {line}")
        })
    }),
    ("logcat brief", |text| {
        each(text, |line| format!("E/CRASH   ( 4100): {line}"))
    }),
    ("Studio", |text| {
        each(text, |line| {
            // A package would tell the process, which is more than the text says.
            format!(
                "2026-01-02 03:04:05.678  4100-4101  CRASH                   ?                                    E  {line}"
            )
        })
    }),
    ("syslog", |text| {
        each(text, |line| {
            format!("Jan  2 03:04:05 host moon[4100]: {line}")
        })
    }),
    ("page with blanks that do not break", |text| {
        text.replace("    ", "\u{a0}\u{a0}\u{a0} ")
            .replace("  ", "\u{a0} ")
    }),
    ("old ends of lines", |text| text.replace('\n', "\r")),
    ("HTML with breaks", |text| {
        escaped(text).replace('\n', "<br>\n")
    }),
    ("HTML, preformatted", |text| {
        format!(
            "<p>It ends so:</p><pre><code>{}</code></pre>",
            escaped(text).trim_end()
        )
    }),
    ("JSON string", |text| match text.trim_end() {
        lines if lines.contains('\n') => serde_json::Value::from(lines).to_string(),
        line => line.to_owned(),
    }),
    ("container", |text| {
        each(text, |line| {
            format!("2026-01-02T03:04:05.678901234Z {line}")
        })
    }),
];

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn each(text: &str, carry: impl Fn(&str) -> String) -> String {
    text.lines().map(|line| carry(line) + "\n").collect()
}

/// Lines of another program stand between.
fn between(text: &str, carry: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for (at, line) in text.lines().enumerate() {
        if at % 3 == 1 {
            out.push_str("01-02 03:04:05.678   911   930 I Telemetry: queue flushed\n");
        }
        out.push_str(&carry(line));
        out.push('\n');
    }
    out
}

fn digest(text: &str) -> Digest {
    let rules = OwnershipRules::default();
    let text = CrashText::new(text);
    let options = Options {
        rules: &rules,
        reported: Reported::default(),
        lines: 16,
    };
    let mut digest = Digest::of(&text, &options);
    digest.head.clear();
    digest.unrecognized = 0;
    // The blanks inside of a message over several lines are the carrier's.
    let plain = |text: &mut String| *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    plain(&mut digest.exception);
    plain(&mut digest.message);
    digest.causes.iter_mut().for_each(plain);
    digest.facts.iter_mut().for_each(plain);
    for line in &mut digest.stack {
        plain(&mut line.text);
    }
    for related in &mut digest.related {
        plain(&mut related.title);
    }
    digest
}

fn texts() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut texts = Vec::new();
    for folder in ["kinds", "shapes"] {
        for case in std::fs::read_dir(root.join(folder)).unwrap() {
            for file in std::fs::read_dir(case.unwrap().path()).unwrap() {
                let path = file.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.extension().is_none_or(|end| end != "txt")
                    || name == "frames.txt"
                    || name.starts_with("keys")
                {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let (head, text) = match text.split_once("\n---\n") {
                    Some((head, text)) if folder == "shapes" => (head.to_owned(), text.to_owned()),
                    _ => (String::new(), text),
                };
                if !head.contains("as: ") {
                    texts.push((path, text));
                }
            }
        }
    }
    texts.sort();
    texts
}

/// How each of the texts that `fits` is told otherwise behind one of the carriers, and how many were tried.
fn differing(carriers: &[Carrier], fits: fn(&Digest) -> bool) -> (Vec<String>, usize) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (path, text) in texts() {
        // Texts that carry a log's prefix of their own are tried by their own cases.
        let plain = CrashText::new(&text);
        if plain.text() != text {
            continue;
        }
        let expected = digest(&text);
        if !fits(&expected) {
            continue;
        }
        for (name, carry) in carriers {
            count += 1;
            let found = digest(&carry(&text));
            if found != expected {
                wrong.push(format!(
                    "{} as {name}:\n{found}instead of\n{expected}",
                    path.display()
                ));
            }
        }
    }
    (wrong, count)
}

#[test]
fn a_carrier_changes_nothing() {
    let (wrong, count) = differing(&CARRIERS, |_| true);
    println!("{} of {count} differ", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Frames are what tells a front from what a program says: three of them at least. What is left are forms whose frames are
/// read beside others alone; they are no more than one in nine.
#[test]
fn what_any_tool_puts_in_front_is_taken_off() {
    let (wrong, count) = differing(&FRONTS, |digest| digest.frames >= 3);
    println!("{} of {count} differ", wrong.len());
    assert!(wrong.len() * 9 < count, "{}", wrong.join("\n\n"));
}
