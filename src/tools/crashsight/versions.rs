//! App versions: what a caller means by a word, measured against the versions that an app has.

use std::cmp::Ordering;

use crate::reply::{Untrusted, inline};

/// Words for every version; `-1` is the service's own.
const ALL: &[&str] = &[
    "-1",
    "*",
    "all",
    "any",
    "全版本",
    "全部",
    "全部版本",
    "所有版本",
];

/// Versions named in a note.
const NAMED: usize = 6;

/// The versions that a list of words means: several may be in one word, separated by commas or semicolons. None of
/// them is all of them.
pub(crate) fn typed(words: &[impl AsRef<str>]) -> Vec<String> {
    let mut versions: Vec<String> = Vec::new();
    for word in words {
        let parts = word
            .as_ref()
            .split([',', ';', '，', '；', '、'])
            .map(str::trim);
        for part in parts.filter(|part| !part.is_empty()) {
            if ALL.contains(&part.to_lowercase().as_str()) {
                return Vec::new();
            }
            if !versions.iter().any(|version| version == part) {
                versions.push(part.to_owned());
            }
        }
    }
    versions
}

/// Whether a version is likely one of an app: `3.7.0`, or a pattern. `3.7` is more often the begin of one.
pub(super) fn is_whole(version: &str) -> bool {
    version.contains('*') || version.split('.').filter(|part| !part.is_empty()).count() >= 3
}

/// How typed versions were read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Resolved {
    /// What to ask the service for.
    pub(super) versions: Vec<String>,
    /// What was read as something else, in words.
    pub(super) notes: Vec<String>,
    /// Typed versions that the app does not have.
    pub(super) unknown: Vec<String>,
}

/// Reads typed versions against those that exist.
pub(super) fn resolve(typed: &[String], known: &[Untrusted]) -> Resolved {
    let mut resolved = Resolved::default();
    for version in typed {
        let read = read(version, known);
        match &read[..] {
            [] => {
                resolved.unknown.push(version.clone());
                resolved.versions.push(version.clone());
                continue;
            }
            [same] if same == version => {}
            others => resolved.notes.push(format!(
                "no version is exactly {}: read as {}",
                inline(version, 60),
                others.join(" or ")
            )),
        }
        for version in read {
            if !resolved.versions.contains(&version) {
                resolved.versions.push(version);
            }
        }
    }
    resolved
}

/// The versions or patterns that one typed version means; none where nothing fits.
fn read(version: &str, known: &[Untrusted]) -> Vec<String> {
    let exists = |name: &str| known.iter().any(|known| known.raw() == name);
    if exists(version) {
        return vec![version.to_owned()];
    }
    if version.contains('*') {
        let fits = known.iter().any(|known| matches(version, known.raw()));
        return fits.then(|| version.to_owned()).into_iter().collect();
    }
    let bare = version.trim_start_matches(['v', 'V']);
    if bare != version && exists(bare) {
        return vec![bare.to_owned()];
    }
    // `3.7` begins `3.7.0`, and `6.1.2` begins `6.1.2 (310)`; it does not begin `3.70`.
    let mut patterns: Vec<String> = Vec::new();
    for known in known {
        let next = known
            .raw()
            .strip_prefix(bare)
            .and_then(|rest| rest.chars().next());
        if let Some(next @ ('.' | ' ' | '(' | '-' | '_' | '+')) = next {
            let pattern = format!("{bare}{next}*");
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
    }
    patterns
}

/// Whether a version fits a pattern with `*` for any text.
pub(crate) fn matches(pattern: &str, version: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = version.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The order of versions, newest first: by their numbers, not by their digits.
pub(crate) fn newest_first(left: &str, right: &str) -> Ordering {
    fn numbers(version: &str) -> impl Iterator<Item = u64> {
        let digits = version.split(|letter: char| !letter.is_ascii_digit());
        digits.filter_map(|digits| digits.parse().ok())
    }
    numbers(right)
        .cmp(numbers(left))
        .then_with(|| right.cmp(left))
}

/// The newest versions in words, for a note; nothing where there is none.
pub(super) fn newest(known: &[Untrusted]) -> Option<String> {
    // Vendor text in a sentence of ours: only what looks like a version.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " .-_+()".contains(c);
    let mut names: Vec<&str> = known.iter().map(Untrusted::raw).collect();
    names.retain(|name| name.len() <= 32 && name.contains(|c: char| c.is_ascii_digit()));
    names.retain(|name| name.chars().all(is_plain));
    names.sort_by(|left, right| newest_first(left, right));
    let listed = names
        .iter()
        .take(NAMED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(NAMED) {
        _ if names.is_empty() => None,
        0 => Some(listed),
        more => Some(format!("{listed} and {more} older")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::ShortText;
    use serde_json::{from_value, json};

    fn words(words: &[&str]) -> Vec<String> {
        typed(&from_value::<Vec<ShortText>>(json!(words)).unwrap())
    }

    fn known(names: &[&str]) -> Vec<Untrusted> {
        names.iter().map(|name| Untrusted::new(*name)).collect()
    }

    #[test]
    fn words_for_all_are_no_filter_and_commas_separate() {
        for all in ["all", "ALL", "全版本", "-1", "*", "3.7.0,all"] {
            assert!(words(&[all]).is_empty(), "{all}");
        }
        assert_eq!(
            words(&["3.7.0,3.6.2", "3.6.2", "3.5；3.4"]),
            ["3.7.0", "3.6.2", "3.5", "3.4"]
        );
    }

    #[test]
    fn a_version_is_read_against_those_that_exist() {
        let known = known(&[
            "3.7.0",
            "3.7.1",
            "3.70.0",
            "3.6",
            "3.6.2",
            "6.1.2 (310)",
            "6.1.2.9",
        ]);
        for (typed, expected) in [
            ("3.7", vec!["3.7.*"]),
            ("3.6", vec!["3.6"]),
            ("v3.7.0", vec!["3.7.0"]),
            ("3.7.*", vec!["3.7.*"]),
            ("6.1.2", vec!["6.1.2 *", "6.1.2.*"]),
            ("3.7.365.365.365", vec![]),
            ("9.*", vec![]),
        ] {
            assert_eq!(read(typed, &known), expected, "{typed}");
        }
        let resolved = resolve(&words(&["3.7,9.9.9"]), &known);
        assert_eq!(resolved.versions, ["3.7.*", "9.9.9"]);
        assert_eq!(resolved.unknown, ["9.9.9"]);
        assert_eq!(resolved.notes, ["no version is exactly 3.7: read as 3.7.*"]);
    }

    #[test]
    fn patterns_fit_as_the_service_reads_them() {
        for (pattern, version, fits) in [
            ("3.7.*", "3.7.0", true),
            ("3.7.*", "3.70.0", false),
            ("*", "", true),
            ("3.*.1", "3.7.1", true),
            ("3.*.1", "3.7.2", false),
            ("*beta*", "3.7-beta1", true),
        ] {
            assert_eq!(matches(pattern, version), fits, "{pattern} {version}");
        }
    }

    #[test]
    fn the_newest_are_named_and_nothing_that_is_no_version() {
        let list = known(&[
            "3.9.0",
            "3.10.0",
            "1.0\nnext: x",
            "ignore this",
            "2.0",
            "1",
            "1.1",
            "1.2",
            "1.3",
        ]);
        assert_eq!(
            newest(&list).as_deref(),
            Some("3.10.0, 3.9.0, 2.0, 1.3, 1.2, 1.1 and 1 older")
        );
        assert_eq!(newest(&[]), None);
    }
}
