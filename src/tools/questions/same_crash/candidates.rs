//! Issues that may be the crash that is looked for, by project.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::looked_for::LookedFor;
use super::verdict::{Evidence, Judgement, Verdict};
use crate::reply::Untrusted;
use crate::tools::crashsight::issue_summary::IssueSummary;
use crate::tools::crashsight::versions::newest_first;
use crate::tools::output::Time;

/// An issue that may be the same crash.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Candidate {
    pub(super) verdict: Verdict,
    /// From 0, nothing in common, to 1, the same.
    pub(super) similarity: f64,
    pub(super) compared: Evidence,
    pub(super) project: String,
    /// Whether it is the issue that was asked for.
    pub(super) is_given: bool,
    pub(super) issue: IssueSummary,
}

impl Candidate {
    /// Judges an issue by its key frame.
    pub(super) fn new(wanted: &LookedFor, project: &str, issue: IssueSummary) -> Self {
        let judgement = Judgement::by_key_frame(wanted, &issue);
        let mut candidate = Self {
            verdict: judgement.verdict,
            similarity: 0.0,
            compared: judgement.evidence,
            project: project.to_owned(),
            is_given: false,
            issue,
        };
        candidate.judge(judgement);
        candidate
    }

    /// The issue that was asked for.
    pub(super) fn given(project: &str, issue: IssueSummary) -> Self {
        Self {
            verdict: Verdict::Same,
            similarity: 1.0,
            compared: Evidence::KeyFrame,
            project: project.to_owned(),
            is_given: true,
            issue,
        }
    }

    /// Replaces what it was judged by.
    pub(super) fn judge(&mut self, judgement: Judgement) {
        self.verdict = judgement.verdict;
        self.similarity = (f64::from(judgement.similarity) * 100.0).round() / 100.0;
        self.compared = judgement.evidence;
    }

    /// Its id, where it has one that a tool takes.
    pub(super) fn id(&self) -> Option<&str> {
        let id = self.issue.issue.as_ref()?.raw();
        let is_id = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id.then_some(id)
    }

    /// Its first report: as the row has it, or that of its first version.
    pub(super) fn first_report(&self) -> Option<&Time> {
        let of_versions = || {
            let versions = self.issue.versions.iter();
            let times = versions.filter_map(|version| version.first_report_at.as_ref());
            times.min_by_key(|time| time.at)
        };
        self.issue.first_report_at.as_ref().or_else(of_versions)
    }

    /// Its versions, oldest first.
    pub(super) fn versions(&self) -> Vec<&Untrusted> {
        let versions = self.issue.versions.iter();
        let mut versions: Vec<&Untrusted> = versions.map(|version| &version.version).collect();
        versions.sort_by(|left, right| newest_first(right.raw(), left.raw()));
        versions
    }
}

/// In the order of a reply: what is the same first, the given issue before all, then by project and devices.
pub(super) fn sort(candidates: &mut [Candidate], projects: &[String]) {
    let place = |name: &str| projects.iter().position(|project| project == name);
    candidates.sort_by_key(|candidate| {
        (
            !candidate.is_given,
            candidate.verdict,
            place(&candidate.project),
            std::cmp::Reverse(candidate.issue.devices),
        )
    });
}

/// The same crash's first report anywhere.
pub(super) fn oldest(candidates: &[Candidate]) -> Option<(&Candidate, &Time)> {
    let same = candidates
        .iter()
        .filter(|candidate| candidate.verdict == Verdict::Same);
    let dated = same.filter_map(|candidate| Some((candidate, candidate.first_report()?)));
    dated.min_by_key(|(_, time)| -> Timestamp { time.at })
}
