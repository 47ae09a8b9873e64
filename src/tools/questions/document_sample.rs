//! What a few crash documents of an issue have in common: keys, log lines, foreground.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::other_keys::{OtherKey, other_keys};
use super::parts::Parts;
use super::shares::{self, Share};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::tools::crashsight::crash::ReadCrash;
use crate::tools::crashsight::crash_sample::{CrashSample, GetCrashSample};
use crate::tools::tool::Tool;

/// Log lines that are named.
const MOST_LINES: usize = 3;

/// Characters of a value that are compared.
const VALUE: usize = 200;

/// Documents, and what they have in common.
#[derive(Default)]
pub(super) struct Sample {
    pub(super) read: usize,
    pub(super) common: Vec<Share>,
    pub(super) other_keys: Vec<OtherKey>,
}

fn arguments(app: &CrashSightApp, crash: &str) -> Value {
    json!({"project": app.label, "crash": crash})
}

/// How many of these documents cost no call; they are put first.
pub(super) async fn known_first(
    parts: &Parts<'_>,
    app: &CrashSightApp,
    crashes: &mut [&str],
) -> usize {
    let known = crashes
        .iter()
        .map(|crash| parts.is_known::<GetCrashSample>(arguments(app, crash)));
    let known = join_all(known).await;
    let of: BTreeMap<&str, bool> = crashes.iter().copied().zip(known.iter().copied()).collect();
    crashes.sort_by_key(|crash| !of.get(crash).copied().unwrap_or(false));
    known.into_iter().filter(|known| *known).count()
}

/// Reads documents side by side; those that cannot be read are noted together.
pub(super) async fn sample(parts: &Parts<'_>, app: &CrashSightApp, crashes: &[&str]) -> Sample {
    let arguments = |crash: &str| arguments(app, crash);
    let fetched = crashes
        .iter()
        .map(|crash| parts.need::<GetCrashSample>(arguments(crash)));
    let mut documents = Vec::new();
    let mut failed: Vec<(&str, Error)> = Vec::new();
    for (crash, outcome) in crashes.iter().zip(join_all(fetched).await) {
        match outcome {
            Ok(output) => documents.push(output.answer),
            Err(error) => failed.push((crash, error)),
        }
    }
    if let Some((crash, error)) = failed.first() {
        let why = error.to_string();
        let why = why.lines().next().unwrap_or_default();
        let what = format!("{} of {} documents", failed.len(), crashes.len());
        let mut call: Value = arguments(crash);
        call["section"] = json!("keys");
        parts.miss(&what, why, ReadCrash::NAME, call);
    }
    let keys = keys(&documents, app);
    let common = common(&documents, &keys);
    let is_common = |key: &str| {
        let name = key_field(key);
        common.iter().any(|share| share.field.raw() == name)
    };
    let other_keys = other_keys(&keys, is_common);
    Sample {
        read: documents.len(),
        common,
        other_keys,
    }
}

fn common(documents: &[CrashSample], keys: &Counts) -> Vec<Share> {
    let of = i64::try_from(documents.len()).unwrap_or(i64::MAX);
    let mut found = shares::common(states(documents), of);
    let keys = keys
        .iter()
        .map(|((key, value), count)| ((key_field(key), value.clone()), *count));
    found.extend(shares::common(keys.collect(), of));
    let mut lines = shares::common(lines(documents), of);
    lines.sort_by_key(|line| std::cmp::Reverse(line.count));
    lines.truncate(MOST_LINES);
    found.extend(lines);
    found
}

/// The name of a share that is a custom key.
fn key_field(key: &str) -> String {
    format!("key {key}")
}

/// Documents that have a value, by field and value.
type Counts = BTreeMap<(String, String), i64>;

fn states(documents: &[CrashSample]) -> Counts {
    let mut counts = Counts::new();
    let mut count = |field: &str, value: &str| {
        *counts
            .entry((field.to_owned(), value.to_owned()))
            .or_default() += 1;
    };
    for document in documents {
        match document.in_background {
            Some(true) => count("app", "in background"),
            Some(false) => count("app", "in foreground"),
            None => {}
        }
        if document.rooted == Some(true) {
            count("device", "rooted");
        }
    }
    counts
}

/// Keys with their values; the app's own id is no finding.
fn keys(documents: &[CrashSample], app: &CrashSightApp) -> Counts {
    let mut counts = Counts::new();
    for document in documents {
        let all: BTreeSet<(&str, &str)> = document
            .keys
            .iter()
            .map(|key| (key.name.raw(), key.value.raw().trim()))
            .filter(|(_, value)| !value.is_empty() && *value != app.id)
            .collect();
        for (name, value) in all {
            let value: String = value.chars().take(VALUE).collect();
            *counts.entry((name.to_owned(), value)).or_default() += 1;
        }
    }
    counts
}

/// Log lines that differ in numbers alone are the same.
fn lines(documents: &[CrashSample]) -> Counts {
    let mut counts: BTreeMap<String, (i64, String)> = BTreeMap::new();
    for document in documents {
        let all: BTreeMap<String, &str> = document
            .log_lines
            .iter()
            .map(|line| (without_numbers(line.raw()), line.raw()))
            .collect();
        for (same, line) in all {
            let (count, _) = counts
                .entry(same)
                .or_insert_with(|| (0, line.chars().take(VALUE).collect()));
            *count += 1;
        }
    }
    counts
        .into_values()
        .map(|(count, line)| ((shares::LOG_LINE.to_owned(), line), count))
        .collect()
}

/// A line with `#` for every number and address.
fn without_numbers(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for word in line.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let (word, end) = match word.char_indices().next_back() {
            Some((at, last)) if !last.is_ascii_alphanumeric() => (&word[..at], &word[at..]),
            _ => (word, ""),
        };
        if word.bytes().any(|byte| byte.is_ascii_digit()) {
            out.push('#');
        } else {
            out.push_str(word);
        }
        out.push_str(end);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_in_numbers_are_the_same() {
        assert_eq!(
            without_numbers("upload of chunk 17 failed: 0x7f3a, 12.5 MB left"),
            without_numbers("upload of chunk 8 failed: 0x11, 3.0 MB left"),
        );
        assert_ne!(without_numbers("open a"), without_numbers("open b"));
        assert_eq!(without_numbers("größer 1 é"), "größer # é");
    }
}
