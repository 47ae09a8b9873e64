//! How soon after launch the newest reports crashed, by issue: one search returns the time with a hundred reports.

use std::collections::HashMap;

use crate::tools::crashsight::crash_rows::CrashRow;

/// Seconds that count as near launch.
pub(super) const NEAR_S: i64 = 60;

/// Reports of an issue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Launches {
    /// Reports that say how long after launch.
    pub(super) sampled: usize,
    /// Of them, within [`NEAR_S`].
    pub(super) near: usize,
}

/// Counts the reports of each issue, by its id in upper case.
pub(super) fn by_issue(crashes: &[CrashRow]) -> HashMap<String, Launches> {
    let mut found: HashMap<String, Launches> = HashMap::new();
    for crash in crashes {
        let (Some(issue), Some(after)) = (&crash.issue, crash.after_launch_s) else {
            continue;
        };
        let id = issue.raw().replace(':', "").to_ascii_uppercase();
        let of_issue = found.entry(id).or_default();
        of_issue.sampled += 1;
        of_issue.near += usize::from(after <= NEAR_S);
    }
    found
}
