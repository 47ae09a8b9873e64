//! The answer of the two lists of top issues: totals, the same part before, issues, and what lies below them.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::comparison::Change;
use super::issue_parts::Clocks;
use super::issue_rows::{self, IssueRow, Mark};
use super::issue_table;
use super::members::Person;
use super::trend_rows::Comparison;
use super::trend_text::comparison_facts;
use crate::args::{Limit, ReportKind, SystemExits};
use crate::json::JsonRef;
use crate::reply::{Cell, Fact, Reply, counted};
use crate::time_range::Window;
use crate::tools::output::{DeviceRate, Output};

/// Rows asked of the service, however few are shown: what is new is often small, and one response serves every question
/// about a range.
pub(crate) const ASKED: u32 = 100;

/// Issues whose change is asked for together.
const COMPARED: usize = 50;

/// Numbers of rows named in the line about those below.
const MOST_NAMED: usize = 5;

/// Top issues.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TopIssues {
    /// What is counted: crash, anr or error.
    pub(crate) kind: ReportKind,
    /// Which issues are listed, by whether the service takes them for exits by the system.
    pub(crate) system_exits: SystemExits,
    /// Devices affected in the range by any report of the kind, system exits included.
    pub(crate) affected: Option<DeviceRate>,
    /// Devices of the issues returned, added up: a device with two issues counts twice.
    pub(crate) listed_devices: Option<i64>,
    /// The same of complete earlier spans.
    pub(crate) earlier: Vec<Earlier>,
    /// The completed part of the range beside the same part before it.
    pub(crate) comparison: Option<Comparison>,
    /// Issues, those that affected the most devices first.
    pub(crate) issues: Vec<IssueRow>,
    /// Issues below those that are new, back or rising.
    pub(crate) below: Vec<Below>,
    /// Issues that the service returned.
    pub(crate) returned: usize,
    /// Whether there are no other issues than those returned.
    pub(crate) complete: bool,
    /// The range, for a sentence.
    #[serde(skip)]
    pub(crate) span: &'static str,
    /// The last day of the range: times of that day are shown with their hour.
    #[serde(skip)]
    pub(crate) last_day: Date,
    /// Whether the comparison counts from midnight.
    #[serde(skip)]
    pub(crate) cumulative: bool,
    /// Ids of the first issues returned, shown or not: one request for how they changed serves every question about
    /// this range.
    #[serde(skip)]
    pub(crate) first_ids: Vec<String>,
}

/// Totals of a complete earlier span.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Earlier {
    pub(crate) span: EarlierSpan,
    pub(crate) affected: DeviceRate,
    /// The change since then, where both spans are equally long.
    pub(crate) change: Option<Change>,
}

/// A complete earlier span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EarlierSpan {
    PreviousDay,
    PreviousHour,
    SameHourOfPreviousDay,
}

impl EarlierSpan {
    fn label(self) -> &'static str {
        match self {
            Self::PreviousDay => "the day before",
            Self::PreviousHour => "the hour before",
            Self::SameHourOfPreviousDay => "same hour the day before",
        }
    }
}

/// An issue below those listed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Below {
    pub(crate) rank: usize,
    pub(crate) issue: Option<String>,
    pub(crate) devices: Option<i64>,
    pub(crate) why: Why,
}

/// Why an issue below those listed is worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Why {
    New,
    Back,
    Rising,
}

/// What the rows of a response are read with.
pub(crate) struct Reading<'a> {
    pub(crate) kind: ReportKind,
    pub(crate) system_exits: SystemExits,
    pub(crate) limit: Limit<10, 100>,
    pub(crate) window: &'a Window,
    pub(crate) clocks: Clocks<'a>,
    /// `range` or `hour`.
    pub(crate) span: &'static str,
}

impl Reading<'_> {
    /// Reads issues and the totals of the range. `finish` completes a row, before the rows are cut to the limit.
    pub(crate) fn read(
        &self,
        data: JsonRef<'_>,
        finish: impl Fn(&mut IssueRow),
    ) -> anyhow::Result<TopIssues> {
        let mut issues = issue_rows::read(&data.rows_of("topIssueList")?, 0, self.clocks);
        issues.iter_mut().for_each(finish);
        let returned = issues.len();
        let listed = issues.iter().filter_map(|issue| issue.devices);
        let listed_devices = (returned > 0).then(|| listed.sum());
        let ids = issues.iter().take(COMPARED);
        let first_ids = ids.filter_map(|issue| issue.issue.clone()).collect();
        let rest = issues.split_off(returned.min(self.limit.rows()));
        Ok(TopIssues {
            kind: self.kind,
            system_exits: self.system_exits,
            affected: totals(data, "crashDevices", "accessDevices"),
            listed_devices,
            earlier: Vec::new(),
            comparison: None,
            issues,
            below: rest.iter().filter_map(below).collect(),
            returned,
            complete: returned < ASKED as usize,
            first_ids,
            span: self.span,
            last_day: self.window.last_day(),
            cumulative: false,
        })
    }
}

/// Devices affected of those active; nothing where neither was counted.
pub(crate) fn totals(data: JsonRef<'_>, part: &str, whole: &str) -> Option<DeviceRate> {
    let rate = DeviceRate::new(data.get(part).count(), data.get(whole).count())?;
    (rate.affected > 0 || rate.active.is_some()).then_some(rate)
}

/// Adds the totals of an earlier span, compared where `equal`.
pub(crate) fn add_earlier(
    answer: &mut TopIssues,
    span: EarlierSpan,
    affected: Option<DeviceRate>,
    equal: bool,
) {
    let Some(before) = affected else {
        return;
    };
    let change = answer
        .affected
        .filter(|now| equal && (now.affected > 0 || before.affected > 0))
        .and_then(|now| Change::between(&before, &now));
    answer.earlier.push(Earlier {
        span,
        affected: before,
        change,
    });
}

/// Suggests the calls that follow: the newest problem first, else the largest.
pub(crate) fn suggest(output: &mut Output<TopIssues>) {
    let issues = &output.answer.issues;
    let chosen = issues
        .iter()
        .find(|issue| issue.mark == Some(Mark::New) && issue.issue.is_some())
        .or_else(|| issues.iter().find(|issue| issue.issue.is_some()));
    if let Some(issue) = chosen.and_then(|issue| issue.issue.clone()) {
        output.suggest("crashsight_get_last_crash", json!({"issue": issue}));
    }
}

/// Which issues are listed, for the first line.
pub(crate) fn exits(exits: SystemExits) -> Option<String> {
    match exits {
        SystemExits::Without => Some("without system exits".to_owned()),
        SystemExits::Only => Some("system exits only".to_owned()),
        SystemExits::All => None,
    }
}

fn below(issue: &IssueRow) -> Option<Below> {
    let why = match (issue.mark, issue.change) {
        (Some(Mark::New), _) => Why::New,
        (Some(Mark::Back), _) => Why::Back,
        (None, Some(change)) if change.rises() => Why::Rising,
        _ => return None,
    };
    Some(Below {
        rank: issue.rank,
        issue: issue.issue.clone(),
        devices: issue.devices,
        why,
    })
}

/// Who is on the issues of a list.
pub(crate) fn people(answer: &mut TopIssues) -> Vec<&mut Vec<Person>> {
    let issues = answer.issues.iter_mut();
    issues.map(|issue| &mut issue.assignees).collect()
}

/// Adds the list to a reply.
pub(crate) fn render(answer: &TopIssues, reply: &mut Reply) {
    totals_as_text(answer, reply);
    let mut table = issue_table::table(&answer.issues, answer.kind, Some(answer.last_day));
    table.cut = answer.returned - answer.issues.len();
    table.total = answer
        .complete
        .then(|| i64::try_from(answer.returned).unwrap_or(i64::MAX));
    table.more = !answer.complete;
    let more = if answer.returned < ASKED as usize || table.cut > 0 {
        "a larger `limit` shows more"
    } else {
        "a shorter range or a filter shows others"
    };
    table.rest = Some(match below_as_text(&answer.below) {
        Some(below) => format!("below these: {below}; {more}"),
        None => more.to_owned(),
    });
    // Without a device that was active nothing could be reported: that is not a healthy app.
    let idle = answer
        .affected
        .is_none_or(|rate| rate.active.is_none_or(|active| active == 0));
    let none = format!(
        "{} in this {}",
        if idle {
            "nothing was counted".to_owned()
        } else {
            format!("no {}", answer.kind.plural())
        },
        answer.span
    );
    reply.table(table, &none);
}

fn totals_as_text(answer: &TopIssues, reply: &mut Reply) {
    // The service counts the devices of all reports, whichever issues are listed.
    let label = match answer.system_exits {
        SystemExits::All => "affected devices",
        SystemExits::Without | SystemExits::Only => "affected devices (system exits included)",
    };
    let cell = |rate: Option<&DeviceRate>| rate.map_or(Cell::Missing, DeviceRate::cell);
    let mut facts = vec![Fact::new(label, cell(answer.affected.as_ref())).unit("active")];
    if answer.system_exits == SystemExits::Only {
        let issues = counted(answer.returned, "issue");
        let which = if answer.complete { "" } else { "the first " };
        facts.push(
            Fact::new("by system exits", Cell::count(answer.listed_devices))
                .unit(format!("devices, added up over {which}{issues}")),
        );
    }
    for earlier in &answer.earlier {
        facts.push(Fact::new(earlier.span.label(), earlier.affected.cell()));
        if let Some(change) = earlier.change {
            facts.push(Fact::new("", Cell::Text(change.text())));
        }
    }
    if let Some(comparison) = &answer.comparison {
        facts.extend(comparison_facts(comparison, answer.cumulative));
    }
    reply.facts(facts);
}

/// `2 new (#12, #19), 1 rising (#14)`
fn below_as_text(below: &[Below]) -> Option<String> {
    let group = |why: Why, word: &str| {
        let ranks: Vec<usize> = below
            .iter()
            .filter(|issue| issue.why == why)
            .map(|issue| issue.rank)
            .collect();
        let mut named: Vec<String> = ranks
            .iter()
            .take(MOST_NAMED)
            .map(|rank| format!("#{rank}"))
            .collect();
        if ranks.len() > MOST_NAMED {
            named.push("…".to_owned());
        }
        (!ranks.is_empty()).then(|| format!("{} {word} ({})", ranks.len(), named.join(", ")))
    };
    let groups = [
        group(Why::New, "new"),
        group(Why::Back, "back"),
        group(Why::Rising, "rising"),
    ];
    let words: Vec<String> = groups.into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(", "))
}
