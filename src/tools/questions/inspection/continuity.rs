//! What versions alone say about an issue: new, still there, or gone from the versions that came later.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::reply::Untrusted;
use crate::tools::crashsight::issue_parts::IssueVersion;
use crate::tools::crashsight::versions::newest_first;

/// Judged by the versions of its reports alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Judgement {
    /// First reported in the range.
    New,
    /// Reported in the newest version of its branch, or in a later one than the row's.
    StillThere,
    /// A later version of its branch has other issues and not this one. Worth watching further.
    ProbablyGone,
    /// Its version, or the order of versions, is not known.
    CannotTell,
}

impl Judgement {
    /// For a cell.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::StillThere => "still there",
            Self::ProbablyGone => "probably gone, keep watching",
            Self::CannotTell => "cannot tell",
        }
    }
}

/// The newest version of every branch of an app, as its issues name them.
#[derive(Default)]
pub(super) struct Branches<'a>(HashMap<String, &'a str>);

impl<'a> Branches<'a> {
    /// Of the versions of all issues.
    pub(super) fn of(versions: impl Iterator<Item = &'a IssueVersion>) -> Self {
        let mut newest: HashMap<String, &'a str> = HashMap::new();
        for version in versions {
            let version = version.version.raw();
            let Some(branch) = branch(version) else {
                continue;
            };
            newest
                .entry(branch)
                .and_modify(|known| {
                    if newest_first(version, known).is_lt() {
                        *known = version;
                    }
                })
                .or_insert(version);
        }
        Self(newest)
    }

    /// Judges one version of an issue, and finds the later versions in which the issue was reported, newest first.
    pub(super) fn judge(
        &self,
        version: Option<&str>,
        all: &[IssueVersion],
        first_in_range: bool,
    ) -> (Judgement, Vec<Untrusted>) {
        let known = version.and_then(|version| Some((version, branch(version)?)));
        let Some((version, branch_of)) = known else {
            let judgement = if first_in_range {
                Judgement::New
            } else {
                Judgement::CannotTell
            };
            return (judgement, Vec::new());
        };
        let mut later: Vec<&IssueVersion> = all
            .iter()
            .filter(|other| branch(other.version.raw()).as_ref() == Some(&branch_of))
            .filter(|other| newest_first(other.version.raw(), version).is_lt())
            .collect();
        later.sort_by(|left, right| newest_first(left.version.raw(), right.version.raw()));
        let newest = self.0.get(&branch_of).copied().unwrap_or(version);
        let judgement = if first_in_range {
            Judgement::New
        } else if !later.is_empty() || newest_first(version, newest).is_le() {
            Judgement::StillThere
        } else {
            Judgement::ProbablyGone
        };
        let later = later.into_iter().map(|other| other.version.clone());
        (judgement, later.collect())
    }
}

/// What versions of one branch have in common: their words. `None` for a version without a number, which has no order.
fn branch(version: &str) -> Option<String> {
    let mut words = String::new();
    let mut numbered = false;
    for letter in version.chars() {
        if letter.is_ascii_digit() {
            numbered = true;
        } else if letter.is_alphabetic() {
            words.extend(letter.to_lowercase());
        } else if !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
    }
    numbered.then(|| words.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::json::JsonRef;
    use crate::tools::crashsight::issue_parts::Clocks;
    use jiff::tz::TimeZone;

    fn versions(names: &[&str]) -> Vec<IssueVersion> {
        let clocks = Clocks {
            site: &TimeZone::UTC,
            reader: &TimeZone::UTC,
        };
        let read = |name: &&str| {
            let row = json!({"version": name});
            IssueVersion::read(JsonRef::new(&row), clocks).unwrap()
        };
        names.iter().map(read).collect()
    }

    fn judge(of_app: &[&str], of_issue: &[&str], version: &str, new: bool) -> (Judgement, String) {
        let (all, issue) = (versions(of_app), versions(of_issue));
        let (judgement, later) = Branches::of(all.iter()).judge(Some(version), &issue, new);
        let later: Vec<&str> = later.iter().map(Untrusted::raw).collect();
        (judgement, later.join(" "))
    }

    #[test]
    fn versions_of_a_branch_decide() {
        let app = ["1.2.0-trunk", "1.3.0-trunk", "1.9.0-weekly"];
        for (issue, version, new, expected, later) in [
            (
                &["1.3.0-trunk"][..],
                "1.3.0-trunk",
                true,
                Judgement::New,
                "",
            ),
            (
                &["1.3.0-trunk"],
                "1.3.0-trunk",
                false,
                Judgement::StillThere,
                "",
            ),
            (
                &["1.2.0-trunk", "1.3.0-trunk"],
                "1.2.0-trunk",
                false,
                Judgement::StillThere,
                "1.3.0-trunk",
            ),
            (
                &["1.2.0-trunk"],
                "1.2.0-trunk",
                false,
                Judgement::ProbablyGone,
                "",
            ),
            (
                &["1.2.0-trunk", "1.9.0-weekly"],
                "1.2.0-trunk",
                false,
                Judgement::ProbablyGone,
                "",
            ),
            (&["nightly"], "nightly", false, Judgement::CannotTell, ""),
        ] {
            let judged = judge(&app, issue, version, new);
            assert_eq!(
                judged,
                (expected, later.to_owned()),
                "{version} of {issue:?}"
            );
        }
    }

    #[test]
    fn an_issue_without_a_version_cannot_be_judged() {
        let branches = Branches::default();
        assert_eq!(branches.judge(None, &[], false).0, Judgement::CannotTell);
        assert_eq!(branches.judge(None, &[], true).0, Judgement::New);
    }
}
