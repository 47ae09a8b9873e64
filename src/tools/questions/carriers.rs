//! Issues that carry a change: what each adds since then, and since when its own rate is another.

use std::collections::HashMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use super::change_of_rate::{ChangeOfRate, hour_label};
use super::change_point::{self, Found, Hour, number};
use crate::reply::{Cell, Table, Untrusted};
use crate::tools::crashsight::codes::what_and_where;
use crate::tools::crashsight::issue_rows::{IssueRow, Mark};
use crate::tools::crashsight::issue_trends::IssueTrend;
use crate::tools::output::Time;

/// An issue that makes less of the change is not named.
const LEAST_SHARE: f64 = 0.05;

/// Issues named.
const MOST: usize = 6;

/// An issue that carries a part of a change.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Carrier {
    pub(super) issue: Option<String>,
    /// Its part of what the whole changed by: more than 1 where others changed the other way.
    share: Option<f64>,
    /// Devices affected in the hours that do not differ and in those that do, counted in each hour.
    devices_before: i64,
    devices_after: i64,
    /// When its own rate changed, where that stands out.
    pub(super) change: Option<ChangeOfRate>,
    /// First reported in the range, or back after a silence.
    mark: Option<Mark>,
    first_report_at: Option<Time>,
    /// The only version in which it was reported.
    only_version: Option<Untrusted>,
    exception: Option<Untrusted>,
    message: Option<Untrusted>,
    key_stack: Option<Untrusted>,
    #[serde(skip)]
    weight: f64,
}

/// The issues that make the change of the whole; where that has none, those that changed themselves. The largest first.
pub(super) fn carriers(
    rows: &[IssueRow],
    trends: &[IssueTrend],
    hours: &[Hour],
    whole: Option<&Found>,
    zone: &TimeZone,
) -> Vec<Carrier> {
    let by_id: HashMap<&str, &IssueTrend> = trends
        .iter()
        .map(|trend| (trend.issue.as_str(), trend))
        .collect();
    let total = whole.map(|whole| excess(hours, whole));
    let mut found: Vec<Carrier> = rows
        .iter()
        .filter_map(|row| {
            let trend = by_id.get(row.issue.as_deref()?)?;
            let own = of_issue(trend, hours);
            let change = change_point::find(&own);
            let span = whole.or(change.as_ref())?;
            let weight = excess(&own, span);
            let share = total.map(|total| weight / total);
            if share.is_some_and(|share| share < LEAST_SHARE) {
                return None;
            }
            Some(Carrier {
                issue: row.issue.clone(),
                share: share.map(|share| (share * 1e3).round() / 1e3),
                devices_before: change_point::sum(&own, &span.span, false).0,
                devices_after: change_point::sum(&own, &span.span, true).0,
                change: change.and_then(|change| ChangeOfRate::of(&own, &change, zone)),
                mark: row.mark,
                first_report_at: row.first_report_at.clone(),
                only_version: match &row.versions[..] {
                    [only] => Some(only.version.clone()),
                    _ => None,
                },
                exception: row.exception.clone(),
                message: row.message.clone(),
                key_stack: row.key_stack.clone(),
                weight: weight.abs(),
            })
        })
        .collect();
    found.sort_by(|left, right| right.weight.total_cmp(&left.weight));
    found.truncate(MOST);
    found
}

/// The hours of an issue, each with the app's active devices and its usual course of a day.
fn of_issue(trend: &IssueTrend, hours: &[Hour]) -> Vec<Hour> {
    let devices: HashMap<DateTime, i64> = trend
        .buckets
        .iter()
        .map(|bucket| (bucket.at.at, bucket.devices.unwrap_or(bucket.crashes)))
        .collect();
    hours
        .iter()
        .map(|hour| Hour {
            affected: devices.get(&hour.at).copied().unwrap_or(0),
            ..*hour
        })
        .collect()
}

/// Devices in a span beyond those that the rate of the other hours would make.
fn excess(hours: &[Hour], found: &Found) -> f64 {
    let (inside, expected) = change_point::sum(hours, &found.span, true);
    let (outside, usual) = change_point::sum(hours, &found.span, false);
    number(inside) - number(outside) * expected / usual
}

impl Carrier {
    /// `issue F4C73159… began: SIGSEGV · FStarOhosSurface::Resize`, for a time line.
    pub(super) fn headline(&self) -> Option<(Time, String)> {
        let change = self.change.as_ref()?;
        let issue: String = self.issue.as_ref()?.chars().take(8).collect();
        let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
        let what = what_and_where(
            raw(&self.exception).as_deref(),
            None,
            raw(&self.key_stack).as_deref(),
        );
        let words = format!("issue {issue}… {}: {}", change.word(), what.render());
        Some((change.from.clone(), words))
    }
}

/// The issues as a table, beside the change of the whole where it changed.
pub(super) fn table(carriers: &[Carrier], whole: Option<&ChangeOfRate>) -> Table {
    let has_ended = |change: &ChangeOfRate| change.until.is_some();
    // Of a span that ended the others are those behind it, too.
    let ended = whole.map_or_else(
        || {
            carriers
                .iter()
                .filter_map(|carrier| carrier.change.as_ref())
                .any(has_ended)
        },
        has_ended,
    );
    let (others, these) = if ended {
        ("devices by hour, other hours", "these hours")
    } else {
        ("devices by hour, before", "since then")
    };
    let mut table = Table::new(&[
        if whole.is_some() {
            "part of the change"
        } else {
            "its rate"
        },
        "since",
        others,
        these,
        "first report",
        "only in",
        "issue",
        "exception · where",
    ]);
    for carrier in carriers {
        let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
        let change = carrier.change.as_ref();
        let part = carrier.share.map(|share| format!("{:.0} %", share * 100.0));
        let own = change.map(ChangeOfRate::word);
        let since = change.map(|change| match &change.until {
            Some(until) => format!("{} to {}", hour_label(&change.from), hour_label(until)),
            None => hour_label(&change.from),
        });
        let first = carrier
            .first_report_at
            .as_ref()
            .filter(|_| carrier.mark.is_some());
        table.rows.push(vec![
            part.or(own).map_or(Cell::Missing, Cell::Text),
            since.map_or(Cell::Missing, Cell::Text),
            Cell::Count(carrier.devices_before),
            Cell::Count(carrier.devices_after),
            first.map_or(Cell::Missing, |at| {
                let local = at.at.to_zoned_datetime(at.zone.clone());
                Cell::Text(local.strftime("%m-%d %H:%M").to_string())
            }),
            carrier
                .only_version
                .clone()
                .map_or(Cell::Missing, Cell::Untrusted),
            Cell::id(carrier.issue.as_deref()),
            what_and_where(
                raw(&carrier.exception).as_deref(),
                raw(&carrier.message).as_deref(),
                raw(&carrier.key_stack).as_deref(),
            ),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use jiff::civil::date;

    /// A change of the hours from 20 on, up to this one.
    fn change(until: usize) -> ChangeOfRate {
        let start = date(2026, 11, 20).at(0, 0, 0, 0);
        let hours: Vec<Hour> = (0..48_i64)
            .map(|hour| Hour {
                at: start + hour.hours(),
                affected: 10,
                active: 1_000,
                expected: 10.0,
            })
            .collect();
        let found = Found {
            span: 20..until,
            times: 3.0,
            z: 9.0,
        };
        ChangeOfRate::of(&hours, &found, &TimeZone::UTC).unwrap()
    }

    fn columns(own: Option<usize>, whole: Option<usize>) -> Vec<String> {
        let carrier = Carrier {
            issue: Some("A1".to_owned()),
            share: None,
            devices_before: 4,
            devices_after: 9,
            change: own.map(change),
            mark: None,
            first_report_at: None,
            only_version: None,
            exception: None,
            message: None,
            key_stack: None,
            weight: 1.0,
        };
        table(&[carrier], whole.map(change).as_ref()).columns
    }

    #[test]
    fn hours_behind_a_span_that_ended_are_not_before_it() {
        let ended = ["devices by hour, other hours", "these hours"];
        let goes_on = ["devices by hour, before", "since then"];
        let cases = [
            // The change of the whole says what the columns mean, else the issue's own.
            (None, Some(26), ended),
            (Some(48), Some(26), ended),
            (Some(26), None, ended),
            (Some(26), Some(48), goes_on),
            (Some(48), None, goes_on),
            (None, None, goes_on),
        ];
        for (own, whole, labels) in cases {
            let columns = columns(own, whole);
            assert_eq!(columns[2..4], labels, "{own:?} {whole:?}");
        }
    }
}
