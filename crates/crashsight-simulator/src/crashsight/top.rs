//! Top issues of a day, of several days, and of one hour.

use serde_json::{Value, json};

use super::aggregate::{self, Count, Summary};
use super::envelope::Refusal;
use super::query::{Answer, Query};
use crate::active_devices;
use crate::calendar::{self, Hour};
use crate::filter::Filter;
use crate::issues::{Issue, Kind};
use crate::report;
use crate::span::Span;
use crate::triage;

/// Top issues of the days from `minDate` to `maxDate`.
pub(crate) fn of_days(query: &Query<'_>) -> Answer {
    let (first, last) = (
        query.day(["minDate", "date"])?,
        query.day(["maxDate", "date"])?,
    );
    let several = first != last;
    if several && !query.params.flag("mergeMultipleDatesWithInaccurateResult") {
        return Err(Refusal::parameter(
            "mergeMultipleDatesWithInaccurateResult must be true",
        ));
    }
    let patterns = query.version_patterns();
    if patterns.len() > 1
        && !query
            .params
            .flag("mergeMultipleVersionsWithInaccurateResult")
    {
        return Err(Refusal::parameter(
            "mergeMultipleVersionsWithInaccurateResult must be true",
        ));
    }
    let (kind, filter) = (query.kind()?, query.filter(true));
    let (span, before) = (
        Span::days(first, last),
        Span::days(first.back(1), first.back(1)),
    );
    let this_hour = Hour::of(query.world.now_ms).0;
    let hour_before = Span::hours(Hour(this_hour - 1), Hour(this_hour - 1));
    let top = ranked(query, kind, span, &filter);
    let mut rows = Vec::new();
    for (issue, count) in top.iter().take(query.params.rows("limit", 20)) {
        let mut row = row(query, issue, *count)?;
        row["date"] = first.stamp().into();
        row["type"] = kind.name().into();
        row["is_system_exit"] = issue.spec.system_exit.to_string().into();
        if !several {
            let previous = aggregate::of_issue(query.world, issue, before, &filter);
            let hour = aggregate::of_issue(query.world, issue, hour_before, &filter);
            row["preDayCrashUser"] = previous.devices.into();
            row["preDayCrashNum"] = previous.crashes.into();
            row["prevHourCrashDevices"] = hour.devices.into();
            row["prevHourCrashNum"] = hour.crashes.into();
        }
        rows.push(row);
    }
    let devices = |span: Span| -> u64 {
        let days = span.each_day().map(|day| Span::days(day, day));
        days.map(|day| {
            aggregate::of_issues(query.world, query.issues_of(kind), day, &filter).devices
        })
        .sum()
    };
    let active = |span| active_devices::in_span(query.world, query.project, span, &filter).arrivals;
    let mut answer = json!({
        "topIssueList": rows,
        "crashDevices": devices(span),
        "accessDevices": active(span),
    });
    if !several {
        answer["prevDayCrashDevices"] = devices(before).into();
        answer["prevDayAccessDevices"] = active(before).into();
    }
    Ok(answer)
}

/// Top issues of one hour, with the hour before and the same hour of the day before.
pub(crate) fn of_hour(query: &Query<'_>) -> Answer {
    let hour = query.hour(["startHour", "startHour"])?;
    let kind = query.kind()?;
    let filter = query.filter(query.params.flag("needCountryDimension"));
    let hour_back = |hours: u32| {
        let hour = Hour(hour.0.saturating_sub(hours));
        Span::hours(hour, hour)
    };
    let previous_day = hour.day().back(1);
    let previous_day = Span::days(previous_day, previous_day);
    let mut rows = Vec::new();
    for (issue, count) in ranked(query, kind, hour_back(0), &filter)
        .iter()
        .take(query.params.rows("limit", 5))
    {
        let mut row = row(query, issue, *count)?;
        let day = aggregate::of_issue(query.world, issue, previous_day, &filter);
        let hour = aggregate::of_issue(query.world, issue, hour_back(1), &filter);
        row["preDayCrashUser"] = day.devices.into();
        row["preDayCrashNum"] = day.crashes.into();
        row["prevHourCrashDevices"] = hour.devices.into();
        row["prevHourCrashNum"] = hour.crashes.into();
        rows.push(row);
    }
    let devices =
        |span| aggregate::of_issues(query.world, query.issues_of(kind), span, &filter).devices;
    let active = |span| active_devices::in_span(query.world, query.project, span, &filter).present;
    Ok(json!({
        "versionCrashUser": devices(hour_back(0)),
        "preDayVersionCrashUser": devices(hour_back(24)),
        "topIssueList": rows,
        "crashDevices": devices(hour_back(0)),
        "prevHourCrashDevices": devices(hour_back(1)),
        "prevDaySameHourCrashDevices": devices(hour_back(24)),
        "accessDevices": active(hour_back(0)),
        "prevHourAccessDevices": active(hour_back(1)),
        "prevDaySameHourAccessDevices": active(hour_back(24)),
    }))
}

/// Issues that occurred, those on most devices first.
fn ranked(
    query: &Query<'_>,
    kind: Kind,
    span: Span,
    filter: &Filter,
) -> Vec<(&'static Issue, Count)> {
    let exits = query.params.text("topIssueDataType");
    let mut top: Vec<(&Issue, Count)> = query
        .issues_of(kind)
        .filter(|issue| match exits.as_deref() {
            Some("SystemExit") => issue.spec.system_exit,
            Some("unSystemExit") => !issue.spec.system_exit,
            _ => true,
        })
        .map(|issue| {
            (
                issue,
                aggregate::of_issue_by_day(query.world, issue, span, filter),
            )
        })
        .filter(|(_, count)| count.crashes > 0)
        .collect();
    top.sort_by_key(|(issue, count)| {
        (
            std::cmp::Reverse((count.devices, count.crashes)),
            issue.number,
        )
    });
    top
}

/// The fields of an issue in both lists.
fn row(query: &Query<'_>, issue: &'static Issue, count: Count) -> Result<Value, Refusal> {
    let facts = query.project.facts();
    let summary =
        aggregate::summary(query, issue).ok_or_else(|| Refusal::not_found("issue not found"))?;
    Ok(json!({
        "appId": facts.app,
        "platformId": facts.platform,
        "version": query.version_label(),
        "issueId": issue.id,
        "firstUploadTime": calendar::millis_text(summary.first_ms),
        "firstUploadTimestamp": summary.first_ms,
        "crashUser": count.devices,
        "crashNum": count.crashes,
        "accumulateCrashNum": summary.total.crashes,
        "accumulateCrashUser": summary.total.devices,
        "state": query.triage.state(issue),
        "processors": query.triage.processors(issue),
        "exceptionName": issue.exception(),
        "exceptionMessage": issue.message(),
        "keyStack": report::key_stack(issue),
        "lastUpdateTime": calendar::millis_text(summary.last_ms),
        "lastUpdateTimestamp": summary.last_ms,
        "issueVersions": versions(issue, &summary),
        "tags": tags(query, issue),
        "bugs": bugs(query, issue),
    }))
}

/// `issueVersions`, wherever it occurs.
pub(crate) fn versions(issue: &Issue, summary: &Summary) -> Vec<Value> {
    let row = |version: &aggregate::VersionSummary| {
        let exits = |number: u64| if issue.spec.system_exit { number } else { 0 };
        json!({
            "version": version.version,
            "firstUploadTime": calendar::millis_text(version.first_ms),
            "firstUploadTimestamp": version.first_ms,
            "lastUploadTime": calendar::millis_text(version.last_ms),
            "lastUploadTimestamp": version.last_ms,
            "count": version.count.crashes,
            "deviceCount": version.count.devices,
            "systemExitCount": exits(version.count.crashes),
            "systemExitDeviceCount": exits(version.count.devices),
        })
    };
    summary.versions.iter().map(row).collect()
}

/// `tags` and `tagInfoList`.
pub(crate) fn tags(query: &Query<'_>, issue: &Issue) -> Vec<Value> {
    let row = |tag: &triage::Tag| json!({"tagId": tag.id, "tagType": 0, "tagCount": 0, "tagName": tag.name});
    query.triage.tags(issue).iter().map(row).collect()
}

/// `bugs`.
pub(crate) fn bugs(query: &Query<'_>, issue: &Issue) -> Vec<Value> {
    let row = |bug: &triage::Bug| {
        let mut row = json!({"id": bug.id, "title": bug.title, "workspaceId": bug.workspace});
        if !bug.url.is_empty() {
            row["bugUrl"] = bug.url.clone().into();
        }
        row
    };
    query.triage.bugs(issue).iter().map(row).collect()
}
