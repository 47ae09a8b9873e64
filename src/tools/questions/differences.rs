//! Issues that differ between two sides.

use crash_digest::ownership::OwnershipRules;
use schemars::JsonSchema;
use serde::Serialize;

use super::issues::pair;
use super::sides::Side;
use super::spans::{self, Spans};
use crate::reply::Untrusted;
use crate::tools::crashsight::comparison::{Change, Confidence};
use crate::tools::crashsight::issue_rows::IssueRow;
use crate::tools::crashsight::top_list::TopIssues;
use crate::tools::output::DeviceRate;

/// An issue that differs.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DifferentIssue {
    pub(super) what: Difference,
    /// Its id on side `a`, or on `b` where it is only there.
    pub(super) issue: Option<String>,
    /// Its id on side `b`, where the sides are different apps.
    pub(super) issue_b: Option<String>,
    pub(super) a: Option<DeviceRate>,
    pub(super) b: Option<DeviceRate>,
    pub(super) change: Option<Change>,
    pub(super) exception: Option<Untrusted>,
    pub(super) message: Option<Untrusted>,
    pub(super) key_stack: Option<Untrusted>,
    #[serde(skip)]
    pub(super) weight: f64,
}

/// How an issue differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Difference {
    OnlyA,
    /// Only in `a`, the later range, but first reported before it.
    Back,
    OnlyB,
    Worse,
    Better,
}

impl Difference {
    pub(super) fn word(self, later: bool) -> &'static str {
        match (self, later) {
            (Self::OnlyA, true) => "new",
            (Self::Back, _) => "back",
            (Self::OnlyB, true) => "gone",
            (Self::OnlyA, false) => "only a",
            (Self::OnlyB, false) => "only b",
            (Self::Worse, _) => "worse",
            (Self::Better, _) => "better",
        }
    }
}

/// The issues that differ clearly, those that make the most of the difference first.
pub(super) fn differences(
    in_a: &TopIssues,
    in_b: &TopIssues,
    spans: &Spans,
    same_app: bool,
    a: &Side,
    b: &Side,
) -> Vec<DifferentIssue> {
    let rules = OwnershipRules {
        own: a
            .app
            .source
            .own
            .iter()
            .chain(&b.app.source.own)
            .cloned()
            .collect(),
        ..OwnershipRules::default()
    };
    // Of a day so far the list counts to now, so its rate is of the devices active until now.
    let active = |listed: &TopIssues, total: &spans::Total| {
        let so_far = listed.affected.and_then(|rate| rate.active);
        if spans.to_hour.is_some() {
            so_far
        } else {
            None
        }
        .or(total.rate.active)
    };
    let (active_a, active_b) = (active(in_a, &spans.a), active(in_b, &spans.b));
    let partial = |side: &Side| spans.to_hour.is_some() && side.window.partial();
    let mut found: Vec<DifferentIssue> = pair(&in_a.issues, &in_b.issues, same_app, &rules)
        .into_iter()
        .filter_map(|(left, right)| {
            let (left, right) = (
                left.map(|at| &in_a.issues[at]),
                right.map(|at| &in_b.issues[at]),
            );
            different(left, right, active_a, active_b, same_app)
        })
        // What is less on a day that has not ended may still come.
        .filter(|issue| match issue.what {
            Difference::OnlyB | Difference::Better => !partial(a),
            Difference::OnlyA | Difference::Back | Difference::Worse => !partial(b),
        })
        // Its list is of the whole day that ended: more is more for sure only in numbers.
        .filter(|issue| {
            let count = |rate: Option<DeviceRate>| rate.map_or(0, |rate| rate.affected);
            match issue.what {
                Difference::Worse if partial(a) => count(issue.a) > count(issue.b),
                Difference::Better if partial(b) => count(issue.b) > count(issue.a),
                _ => true,
            }
        })
        .map(|issue| DifferentIssue {
            change: issue.change.filter(|_| !partial(a) && !partial(b)),
            ..issue
        })
        .collect();
    found.sort_by(|left, right| right.weight.total_cmp(&left.weight));
    found
}

/// Tells what is new from what was reported before both ranges and is back.
pub(super) fn known_before(different: &mut [DifferentIssue], in_a: &TopIssues, spans: &Spans) {
    for issue in different {
        let row = in_a.issues.iter().find(|row| row.issue == issue.issue);
        let first = row.and_then(|row| row.first_report_at.as_ref());
        if issue.what == Difference::OnlyA
            && first
                .is_some_and(|first| first.zone.to_datetime(first.at).date() < spans.b.first.date())
        {
            issue.what = Difference::Back;
        }
    }
}

fn different(
    left: Option<&IssueRow>,
    right: Option<&IssueRow>,
    active_a: Option<i64>,
    active_b: Option<i64>,
    same_app: bool,
) -> Option<DifferentIssue> {
    let rate = |row: Option<&IssueRow>, active| {
        row.and_then(|row| DeviceRate::new(row.devices, row.devices.and(active)))
    };
    let (a, b) = (rate(left, active_a), rate(right, active_b));
    let none = |active| DeviceRate::new(Some(0), active);
    let change = Change::between(
        &b.or_else(|| none(active_b))?,
        &a.or_else(|| none(active_a))?,
    )?;
    let share = |rate: Option<DeviceRate>| rate.and_then(|rate| rate.rate).unwrap_or(0.0);
    let what = match (left, right) {
        (Some(_), None) => Difference::OnlyA,
        (None, Some(_)) => Difference::OnlyB,
        _ if change.confidence != Confidence::Clear => return None,
        _ if share(a) > share(b) => Difference::Worse,
        _ => Difference::Better,
    };
    let row = left.or(right)?;
    Some(DifferentIssue {
        what,
        issue: row.issue.clone(),
        issue_b: right
            .filter(|_| !same_app && left.is_some())
            .and_then(|row| row.issue.clone()),
        change: (left.is_some() && right.is_some() || change.confidence != Confidence::Clear)
            .then_some(change),
        exception: row.exception.clone(),
        message: row.message.clone(),
        key_stack: row.key_stack.clone(),
        weight: (share(a) - share(b)).abs(),
        a,
        b,
    })
}
