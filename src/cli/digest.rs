//! `digest`: reads crash texts from files or standard input. No service, no credentials.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use crash_digest::digest::{Digest, Options};
use crash_digest::fingerprint::{Comparison, compare};
use crash_digest::merge::Reported;
use crash_digest::ownership::OwnershipRules;
use crash_digest::{CrashText, Platform};
use serde::Serialize;

use super::exit::Exit;
use super::output::print_line;

/// Lines of a stack in a digest.
const STACK_LINES: usize = 24;

/// The largest file that is read: a crash text of this size is a mistake.
const LARGEST_FILE: u64 = 1 << 30;

#[derive(Args)]
pub(super) struct DigestCommand {
    /// Crash texts to read: files, or `-` for standard input (default).
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON: an object for one file, an array for several.
    #[arg(long)]
    json: bool,
    /// Own code: a package, namespace, module or folder (repeatable).
    #[arg(long, value_name = "PREFIX")]
    own: Vec<String>,
    /// Prefix of build-machine paths to remove (repeatable).
    #[arg(long, value_name = "PATH")]
    strip: Vec<String>,
    /// The app's bundle id or package; marks its code as own.
    #[arg(long, value_name = "ID")]
    bundle: Option<String>,
    /// The platform the texts are from: decides between formats that look alike.
    #[arg(long, value_enum)]
    platform: Option<TextPlatform>,
    /// Compare two crash texts: are they the same bug?
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with = "files")]
    compare: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum TextPlatform {
    Android,
    Ios,
    Pc,
    Harmony,
}

impl From<TextPlatform> for Platform {
    fn from(platform: TextPlatform) -> Self {
        match platform {
            TextPlatform::Android => Self::Android,
            TextPlatform::Ios => Self::Apple,
            TextPlatform::Pc => Self::Pc,
            TextPlatform::Harmony => Self::Harmony,
        }
    }
}

/// One file's digest as JSON.
#[derive(Serialize)]
struct FileDigest<'a> {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<TextPlatform>,
    #[serde(flatten)]
    digest: &'a Digest,
}

impl DigestCommand {
    /// Prints a digest for each file, or the comparison.
    pub(super) fn run(&self) -> anyhow::Result<Exit> {
        let rules = OwnershipRules {
            own: self.own.clone(),
            strip: self.strip.clone(),
            bundle: self.bundle.clone(),
        };
        if let [left, right] = self.compare.as_slice() {
            return self.compare_files(left, right, &rules);
        }
        let standard_input = [PathBuf::from("-")];
        let files = if self.files.is_empty() {
            &standard_input[..]
        } else {
            &self.files
        };
        let options = Options {
            rules: &rules,
            reported: Reported::default(),
            lines: STACK_LINES,
        };
        let mut digests = Vec::new();
        for file in files {
            let input = read(file)?;
            let mut text = CrashText::new(&input).of_process(rules.bundle.as_deref());
            if let Some(platform) = self.platform {
                text = text.on(platform.into());
            }
            digests.push((file.display().to_string(), Digest::of(&text, &options)));
        }
        if self.json {
            let mut values: Vec<FileDigest<'_>> = digests
                .iter()
                .map(|(file, digest)| FileDigest {
                    file: file.clone(),
                    platform: self.platform,
                    digest,
                })
                .collect();
            let json = match values.len() {
                1 => serde_json::to_string_pretty(&values.remove(0))?,
                _ => serde_json::to_string_pretty(&values)?,
            };
            print_line(&json);
        } else {
            for (at, (file, digest)) in digests.iter().enumerate() {
                if digests.len() > 1 {
                    let blank = if at > 0 { "\n" } else { "" };
                    print_line(&format!("{blank}{file}"));
                }
                print_line(digest.to_string().trim_end());
            }
        }
        Ok(Exit::Success)
    }

    fn compare_files(
        &self,
        left: &Path,
        right: &Path,
        rules: &OwnershipRules,
    ) -> anyhow::Result<Exit> {
        let (left, right) = (read(left)?, read(right)?);
        let (left, right) = (CrashText::new(&left), CrashText::new(&right));
        let (left, right) = (left.stack(), right.stack());
        let comparison = compare(&left, &right, rules);
        if self.json {
            print_line(&serde_json::to_string_pretty(&comparison)?);
        } else {
            print_line(&sentence(comparison));
        }
        Ok(Exit::Success)
    }
}

/// `the same bug (similarity 0.92, fingerprints equal)`.
fn sentence(comparison: Comparison) -> String {
    let verdict = if comparison.same {
        "the same bug"
    } else {
        "different bugs"
    };
    let fingerprints = if comparison.same_fingerprint {
        "equal"
    } else {
        "different"
    };
    format!(
        "{verdict} (similarity {:.2}, fingerprints {fingerprints})",
        comparison.similarity
    )
}

/// The text of a file; bytes that are no UTF-8 are replaced.
fn read(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin()
            .lock()
            .take(LARGEST_FILE)
            .read_to_end(&mut bytes)
            .context("cannot read standard input")?;
    } else {
        std::fs::File::open(file)
            .and_then(|open| open.take(LARGEST_FILE).read_to_end(&mut bytes))
            .with_context(|| format!("cannot read {}", file.display()))?;
    }
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}
