//! The bugs of a range, each with what is known of it and its score.

use std::collections::HashMap;

use crash_digest::ownership::OwnershipRules;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::growth::Growth;
use super::super::parts::{Cost, Missing};
use super::bugs::{self, SameBug};
use super::launches::Launches;
use super::reasons;
use super::score::{Component, Known};
use crate::args::ReportKind;
use crate::project::CrashSightApp;
use crate::reply::Untrusted;
use crate::tools::crashsight::comparison::Change;
use crate::tools::crashsight::issue_rows::{IssueRow, Mark};
use crate::tools::crashsight::members::Person;
use crate::tools::crashsight::requests::console;
use crate::tools::output::{DeviceRate, Time};

/// Issues by how urgent they are.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RankedIssues {
    pub(super) kind: ReportKind,
    /// Devices active in the range, those of several days added up.
    pub(super) active_devices: Option<i64>,
    pub(super) newest_version: Option<Untrusted>,
    /// Newest reports that were sampled for the time after launch.
    pub(super) reports_sampled: Option<usize>,
    /// The most urgent first.
    pub(super) issues: Vec<RankedIssue>,
    /// Bugs ranked in all.
    pub(super) ranked: usize,
    /// Whether these are all issues of the range: else those on the most devices.
    pub(super) complete: bool,
    pub(super) missing: Vec<Missing>,
    pub(super) cost: Cost,
}

/// A bug: an issue, or several with the same fingerprint.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RankedIssue {
    pub(super) rank: usize,
    /// 0 to 100.
    pub(super) score: f64,
    /// What the score adds up from.
    pub(super) components: Vec<Component>,
    /// Why, in words.
    pub(super) reasons: Vec<String>,
    /// The issue that affected the most devices.
    pub(super) issue: Option<String>,
    /// Its page in the web console.
    pub(super) console_url: Option<String>,
    /// Other issues with the same fingerprint.
    pub(super) same_bug: Vec<String>,
    /// Devices of all its issues, added up.
    pub(super) devices: Option<DeviceRate>,
    pub(super) reports: Option<i64>,
    /// Per active device, against the same part before.
    pub(super) change: Option<Change>,
    pub(super) mark: Option<Mark>,
    pub(super) state: Option<&'static str>,
    pub(super) assignees: Vec<Person>,
    pub(super) bugs: usize,
    pub(super) first_report_at: Option<Time>,
    pub(super) exception: Option<Untrusted>,
    pub(super) message: Option<Untrusted>,
    pub(super) key_stack: Option<Untrusted>,
}

/// What is known of the issues of a range.
pub(super) struct Facts<'a> {
    pub(super) rows: &'a [IssueRow],
    /// Devices active in the range.
    pub(super) active: Option<i64>,
    pub(super) grown: HashMap<String, Growth>,
    pub(super) newest: Option<&'a Untrusted>,
    pub(super) sampled: Option<&'a HashMap<String, Launches>>,
}

impl Facts<'_> {
    /// The bugs, the most urgent first.
    pub(super) fn rank(&self, app: &CrashSightApp) -> Vec<RankedIssue> {
        let rules = OwnershipRules {
            own: app.source.own.clone(),
            strip: app.source.strip.clone(),
            bundle: None,
        };
        let groups = bugs::group(self.rows, &rules);
        let devices = |group: &SameBug<'_>| group.iter().filter_map(|row| row.devices).sum::<i64>();
        let most_devices = groups.iter().map(devices).max().unwrap_or(0);
        let mut ranked: Vec<RankedIssue> = groups
            .iter()
            .filter_map(|group| self.bug(app, group, most_devices))
            .collect();
        ranked.sort_by(|left, right| right.score.total_cmp(&left.score));
        for (rank, bug) in (1..).zip(&mut ranked) {
            bug.rank = rank;
        }
        ranked
    }

    fn bug(
        &self,
        app: &CrashSightApp,
        group: &SameBug<'_>,
        most_devices: i64,
    ) -> Option<RankedIssue> {
        let first = group.first()?;
        let sum = |count: fn(&IssueRow) -> Option<i64>| {
            let counts = group.iter().filter_map(|row| count(row));
            counts.reduce(|left, right| left + right)
        };
        let devices = sum(|row| row.devices);
        let known = self.known(group, devices.unwrap_or(0), most_devices);
        let (components, score) = known.score();
        Some(RankedIssue {
            rank: 0,
            score,
            components,
            reasons: reasons::of(&known, group, self.newest),
            issue: first.issue.clone(),
            console_url: first.issue.as_ref().and_then(|issue| console(app, issue)),
            same_bug: group[1..]
                .iter()
                .filter_map(|row| row.issue.clone())
                .collect(),
            devices: DeviceRate::new(devices, self.active),
            reports: sum(|row| row.reports),
            change: known.change,
            mark: known.mark,
            state: first.state,
            assignees: first.assignees.clone(),
            bugs: group.iter().map(|row| row.bugs.len()).sum(),
            first_report_at: first.first_report_at.clone(),
            exception: first.exception.clone(),
            message: first.message.clone(),
            key_stack: first.key_stack.clone(),
        })
    }

    /// The change of a group is that of its most affected issue.
    fn known(&self, group: &SameBug<'_>, devices: i64, most_devices: i64) -> Known {
        let first = group.first();
        let change = first.and_then(|row| {
            let grown = row.issue.as_ref().and_then(|id| self.grown.get(id));
            row.change.or_else(|| grown.and_then(|grown| grown.change))
        });
        // One of its issues was known before: the bug is no new one.
        let marks = group.iter().map(|row| row.mark);
        let mark = match (marks.clone().all(|mark| mark == Some(Mark::New)), first) {
            (true, Some(_)) => Some(Mark::New),
            _ => marks.flatten().find(|mark| *mark == Mark::Back),
        };
        let mut launches = Launches::default();
        if let Some(sampled) = self.sampled {
            let ids = group.iter().filter_map(|row| row.issue.as_ref());
            for found in ids.filter_map(|id| sampled.get(&id.to_ascii_uppercase())) {
                launches.sampled += found.sampled;
                launches.near += found.near;
            }
        }
        let symbols: Vec<bool> = group
            .iter()
            .filter_map(|row| bugs::has_symbols(row))
            .collect();
        Known {
            devices,
            most_devices,
            change,
            mark,
            in_newest_version: self.newest.and_then(|newest| in_version(group, newest)),
            sampled: launches.sampled,
            near_launch: launches.near,
            has_owner: group
                .iter()
                .any(|row| !row.assignees.is_empty() || !row.bugs.is_empty()),
            has_symbols: (!symbols.is_empty()).then(|| symbols.contains(&true)),
        }
    }
}

/// Whether a bug is reported in a version; nothing where its versions are not known.
fn in_version(group: &SameBug<'_>, version: &Untrusted) -> Option<bool> {
    let mut versions = group.iter().flat_map(|row| &row.versions).peekable();
    versions.peek()?;
    Some(versions.any(|known| known.version == *version))
}
