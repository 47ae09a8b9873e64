//! Rows of an inspection: an issue and one of the versions in which it was reported.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::continuity::{Branches, Judgement};
use crate::project::tickets::{Place, TicketPattern, find};
use crate::reply::{Cell, Untrusted};
use crate::tools::crashsight::issue_parts::IssueVersion;
use crate::tools::crashsight::issue_summary::IssueSummary;
use crate::tools::crashsight::issue_trends::IssueTrend;
use crate::tools::crashsight::members::Person;
use crate::tools::crashsight::versions::matches;
use crate::tools::output::Time;

/// An issue in one version. What is of the range and what is of all time are never added up.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Row {
    pub(super) project: String,
    /// The id, whole.
    pub(super) issue: Option<Untrusted>,
    /// Its page in the web console.
    pub(super) console_url: Option<String>,
    pub(super) exception: Option<Untrusted>,
    pub(super) message: Option<Untrusted>,
    pub(super) key_stack: Option<Untrusted>,
    pub(super) version: Option<Untrusted>,
    /// Reports of the issue in the range, by whole hours or days, all versions.
    pub(super) reports_in_range: Option<i64>,
    /// Devices in the range, added up over hours or days: at most so many.
    pub(super) devices_in_range_at_most: Option<i64>,
    /// Reports of the issue in this version, since its first.
    pub(super) version_reports_all_time: Option<i64>,
    /// Devices of the issue in this version, since its first report.
    pub(super) version_devices_all_time: Option<i64>,
    pub(super) issue_reports_all_time: Option<i64>,
    pub(super) issue_devices_all_time: Option<i64>,
    pub(super) first_report_at: Option<Time>,
    /// In this version, where known.
    pub(super) last_report_at: Option<Time>,
    pub(super) first_version: Option<Untrusted>,
    /// Later versions of the branch in which it was reported, newest first.
    pub(super) goes_on_in: Vec<Untrusted>,
    pub(super) state: Option<&'static str>,
    pub(super) state_code: Option<i64>,
    pub(super) tags: Vec<Untrusted>,
    pub(super) assignees: Vec<Person>,
    pub(super) ticket: Option<Ticket>,
    pub(super) judgement: Judgement,
}

/// A ticket of an issue.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Ticket {
    /// Absent where the service says no more than that a bug is linked.
    pub(super) id: Option<Untrusted>,
    pub(super) url: Option<Untrusted>,
    /// `bug`, `tag`, `feature`, `title` or `message`.
    pub(super) found_in: &'static str,
    /// Whether the settings made the address: any other is a text to read and no link to follow.
    pub(super) is_link: bool,
}

/// What the rows of an app are made of.
pub(super) struct Material<'a> {
    pub(super) project: &'a str,
    pub(super) issues: Vec<IssueSummary>,
    /// By id, in capitals.
    pub(super) trends: HashMap<String, IssueTrend>,
    /// Ids of issues with a linked bug, in capitals.
    pub(super) with_bug: HashSet<String>,
    pub(super) range: (Timestamp, Timestamp),
    /// Patterns of versions; all versions when none.
    pub(super) versions: &'a [String],
    pub(super) tickets: &'a [TicketPattern],
}

/// The rows of an app.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) all: Vec<Row>,
    /// Issues with a row.
    pub(super) issues: usize,
    /// Issues that were reported in the range in other versions alone.
    pub(super) other_versions: usize,
}

impl Material<'_> {
    /// A row for every issue of the range and each of its versions.
    pub(super) fn rows(self) -> Rows {
        let branches = Branches::of(self.issues.iter().flat_map(|issue| &issue.versions));
        let mut found = Rows::default();
        for issue in &self.issues {
            let id = issue.issue.as_ref().map(|id| id.raw().to_ascii_uppercase());
            let trend = id.and_then(|id| self.trends.get(&id));
            if !self.in_range(issue, trend) {
                continue;
            }
            let before = found.all.len();
            let named: Vec<&IssueVersion> = issue
                .versions
                .iter()
                .filter(|version| self.reported_in_range(version))
                .collect();
            if named.is_empty() {
                let only = issue
                    .first_version
                    .as_ref()
                    .filter(|_| issue.versions.is_empty());
                if self.fits(only) {
                    found.all.push(self.row(issue, None, trend, &branches));
                }
            }
            for version in named {
                if self.fits(Some(&version.version)) {
                    found
                        .all
                        .push(self.row(issue, Some(version), trend, &branches));
                }
            }
            if found.all.len() > before {
                found.issues += 1;
            } else {
                found.other_versions += 1;
            }
        }
        found
    }

    /// Whether an issue was reported in the range. Its last report may be later than that.
    fn in_range(&self, issue: &IssueSummary, trend: Option<&IssueTrend>) -> bool {
        let (from, to) = self.range;
        match issue.last_report_at.as_ref().map(|time| time.at) {
            Some(last) if last < from => false,
            Some(last) if last < to => true,
            _ => trend.is_none_or(|trend| trend.buckets.is_empty() || trend.crashes > 0),
        }
    }

    /// Whether the reports of a version may reach into the range; a version without times may.
    fn reported_in_range(&self, version: &IssueVersion) -> bool {
        let (from, to) = self.range;
        let at = |time: &Option<Time>| time.as_ref().map(|time| time.at);
        at(&version.last_report_at).is_none_or(|last| last >= from)
            && at(&version.first_report_at).is_none_or(|first| first < to)
    }

    /// A bug of which no more is known than that it is there.
    fn linked_bug(&self, issue: &IssueSummary) -> Option<Ticket> {
        let id = issue.issue.as_ref()?.raw().to_ascii_uppercase();
        self.with_bug.contains(&id).then_some(Ticket {
            id: None,
            url: None,
            found_in: "bug",
            is_link: false,
        })
    }

    fn fits(&self, version: Option<&Untrusted>) -> bool {
        self.versions.is_empty()
            || version.is_some_and(|version| {
                let version = version.raw().to_lowercase();
                let mut patterns = self.versions.iter();
                patterns.any(|pattern| matches(&pattern.to_lowercase(), &version))
            })
    }

    fn row(
        &self,
        issue: &IssueSummary,
        version: Option<&IssueVersion>,
        trend: Option<&IssueTrend>,
        branches: &Branches<'_>,
    ) -> Row {
        let (from, to) = self.range;
        let name = version.map(|version| &version.version);
        let name = name.or(issue
            .first_version
            .as_ref()
            .filter(|_| issue.versions.is_empty()));
        // Lists of issues leave the first report out: the versions have it.
        let earliest = issue.versions.iter();
        let earliest = earliest.min_by_key(|version| {
            let first = version.first_report_at.as_ref().map(|time| time.at);
            (first.is_none(), first)
        });
        let first = issue
            .first_report_at
            .as_ref()
            .or_else(|| earliest?.first_report_at.as_ref());
        let first_version = issue
            .first_version
            .as_ref()
            .or_else(|| earliest.map(|version| &version.version));
        let first_in_range = first.is_some_and(|time| (from..to).contains(&time.at));
        let (judgement, goes_on_in) =
            branches.judge(name.map(Untrusted::raw), &issue.versions, first_in_range);
        let trend = trend.filter(|trend| !trend.buckets.is_empty());
        let devices = trend.and_then(|trend| trend.buckets.iter().map(|one| one.devices).sum());
        Row {
            project: self.project.to_owned(),
            issue: issue.issue.clone(),
            console_url: issue.console_url.clone(),
            exception: issue.exception.clone(),
            message: issue.message.clone(),
            key_stack: issue.key_stack.clone(),
            version: name.cloned(),
            reports_in_range: trend.map(|trend| trend.crashes),
            devices_in_range_at_most: devices,
            version_reports_all_time: version.and_then(|version| version.reports),
            version_devices_all_time: version.and_then(|version| version.devices),
            issue_reports_all_time: issue.reports,
            issue_devices_all_time: issue.devices,
            first_report_at: first.cloned(),
            last_report_at: version
                .and_then(|version| version.last_report_at.clone())
                .or_else(|| issue.last_report_at.clone()),
            first_version: first_version.cloned(),
            goes_on_in,
            state: issue.state,
            state_code: issue.state_code,
            tags: issue.tags.clone(),
            assignees: issue.assignees.clone(),
            ticket: ticket(issue, self.tickets).or_else(|| self.linked_bug(issue)),
            judgement,
        }
    }
}

impl Row {
    /// What broke, and where.
    pub(super) fn what_and_where(&self) -> Cell {
        let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
        crate::tools::crashsight::codes::what_and_where(
            raw(&self.exception).as_deref(),
            raw(&self.message).as_deref(),
            raw(&self.key_stack).as_deref(),
        )
    }
}

/// The ticket that an issue names: a linked bug, else a tag, a title or its message.
fn ticket(issue: &IssueSummary, patterns: &[TicketPattern]) -> Option<Ticket> {
    if let Some(bug) = issue.bugs.first() {
        let id = bug
            .id
            .as_ref()
            .or(bug.title.as_ref())
            .or(bug.url.as_ref())?;
        return Some(Ticket {
            id: Some(id.clone()),
            url: bug.url.clone(),
            found_in: "bug",
            is_link: false,
        });
    }
    let texts = (issue.tags.iter().map(|tag| ("tag", tag)))
        .chain(issue.feature.iter().map(|feature| ("feature", feature)))
        .chain(issue.exception.iter().map(|title| ("title", title)))
        .chain(issue.message.iter().map(|message| ("message", message)));
    for (found_in, text) in texts {
        let place = if found_in == "tag" {
            Place::Tag
        } else {
            Place::Text
        };
        if let Some(found) = find(patterns, text.raw(), place) {
            return Some(Ticket {
                id: Some(Untrusted::new(found.id)),
                url: found.url.map(Untrusted::new),
                found_in,
                is_link: found.by_settings,
            });
        }
    }
    None
}
