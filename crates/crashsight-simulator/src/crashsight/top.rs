//! Top issues of a day, of several days, and of one hour.

use serde_json::{Value, json};

use super::aggregate::{self, Count, Summary};
use super::envelope::Refusal;
use super::query::{Answer, Ask};
use crate::active_devices;
use crate::calendar::{self, Hour};
use crate::filter::{Filter, Span};
use crate::issues::{Issue, Kind};
use crate::report;
use crate::triage;

/// Top issues of the days from `minDate` to `maxDate`.
pub(super) fn of_days(ask: &Ask<'_>) -> Answer {
    let (first, last) = (ask.day(["minDate", "date"])?, ask.day(["maxDate", "date"])?);
    let several = first != last;
    if several && !ask.params.flag("mergeMultipleDatesWithInaccurateResult") {
        return Err(Refusal::parameter(
            "mergeMultipleDatesWithInaccurateResult must be true",
        ));
    }
    let patterns = ask.version_patterns();
    if patterns.len() > 1 && !ask.params.flag("mergeMultipleVersionsWithInaccurateResult") {
        return Err(Refusal::parameter(
            "mergeMultipleVersionsWithInaccurateResult must be true",
        ));
    }
    let (kind, filter) = (ask.kind()?, ask.filter(true));
    let (span, before) = (
        Span::days(first, last),
        Span::days(first.back(1), first.back(1)),
    );
    let this_hour = Hour::of(ask.world.now_ms).0;
    let hour_before = Span::hours(Hour(this_hour - 1), Hour(this_hour - 1));
    let top = ranked(ask, kind, span, &filter);
    let mut rows = Vec::new();
    for (issue, count) in top.iter().take(ask.params.rows("limit", 20)) {
        let mut row = row(ask, issue, *count)?;
        row["date"] = first.stamp().into();
        row["type"] = kind.name().into();
        row["is_system_exit"] = issue.spec.system_exit.to_string().into();
        if !several {
            let previous = aggregate::of_issue(ask.world, issue, before, &filter);
            let hour = aggregate::of_issue(ask.world, issue, hour_before, &filter);
            row["preDayCrashUser"] = previous.devices.into();
            row["preDayCrashNum"] = previous.crashes.into();
            row["prevHourCrashDevices"] = hour.devices.into();
            row["prevHourCrashNum"] = hour.crashes.into();
        }
        rows.push(row);
    }
    let devices = |span: Span| -> u64 {
        let days = span.each_day().map(|day| Span::days(day, day));
        days.map(|day| aggregate::of_issues(ask.world, ask.issues_of(kind), day, &filter).devices)
            .sum()
    };
    let active = |span| active_devices::in_span(ask.world, ask.project, span, &filter).arrivals;
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
pub(super) fn of_hour(ask: &Ask<'_>) -> Answer {
    let hour = ask.hour(["startHour", "startHour"])?;
    let kind = ask.kind()?;
    let filter = ask.filter(ask.params.flag("needCountryDimension"));
    let hour_back = |hours: u32| {
        let hour = Hour(hour.0.saturating_sub(hours));
        Span::hours(hour, hour)
    };
    let previous_day = hour.day().back(1);
    let previous_day = Span::days(previous_day, previous_day);
    let mut rows = Vec::new();
    for (issue, count) in ranked(ask, kind, hour_back(0), &filter)
        .iter()
        .take(ask.params.rows("limit", 5))
    {
        let mut row = row(ask, issue, *count)?;
        let day = aggregate::of_issue(ask.world, issue, previous_day, &filter);
        let hour = aggregate::of_issue(ask.world, issue, hour_back(1), &filter);
        row["preDayCrashUser"] = day.devices.into();
        row["preDayCrashNum"] = day.crashes.into();
        row["prevHourCrashDevices"] = hour.devices.into();
        row["prevHourCrashNum"] = hour.crashes.into();
        rows.push(row);
    }
    let devices =
        |span| aggregate::of_issues(ask.world, ask.issues_of(kind), span, &filter).devices;
    let active = |span| active_devices::in_span(ask.world, ask.project, span, &filter).present;
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
fn ranked(ask: &Ask<'_>, kind: Kind, span: Span, filter: &Filter) -> Vec<(&'static Issue, Count)> {
    let exits = ask.params.text("topIssueDataType");
    let mut top: Vec<(&Issue, Count)> = ask
        .issues_of(kind)
        .filter(|issue| match exits.as_deref() {
            Some("SystemExit") => issue.spec.system_exit,
            Some("unSystemExit") => !issue.spec.system_exit,
            _ => true,
        })
        .map(|issue| {
            (
                issue,
                aggregate::of_issue_by_day(ask.world, issue, span, filter),
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

/// What both lists say about an issue.
fn row(ask: &Ask<'_>, issue: &'static Issue, count: Count) -> Result<Value, Refusal> {
    let facts = ask.project.facts();
    let summary =
        aggregate::summary(ask, issue).ok_or_else(|| Refusal::not_found("issue not found"))?;
    Ok(json!({
        "appId": facts.app,
        "platformId": facts.platform,
        "version": ask.version_label(),
        "issueId": issue.id,
        "firstUploadTime": calendar::millis_text(summary.first_ms),
        "firstUploadTimestamp": summary.first_ms,
        "crashUser": count.devices,
        "crashNum": count.crashes,
        "accumulateCrashNum": summary.total.crashes,
        "accumulateCrashUser": summary.total.devices,
        "state": triage::state(issue),
        "processors": triage::processors(issue),
        "exceptionName": issue.exception(),
        "exceptionMessage": issue.message(),
        "keyStack": report::key_stack(issue),
        "lastUpdateTime": calendar::millis_text(summary.last_ms),
        "lastUpdateTimestamp": summary.last_ms,
        "issueVersions": versions(issue, &summary),
        "tags": tags(ask, issue),
        "bugs": bugs(issue),
    }))
}

/// `issueVersions`, wherever it occurs.
pub(super) fn versions(issue: &Issue, summary: &Summary) -> Vec<Value> {
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
pub(super) fn tags(ask: &Ask<'_>, issue: &Issue) -> Vec<Value> {
    let row = |tag: &triage::Tag| json!({"tagId": tag.id, "tagType": 0, "tagCount": 0, "tagName": tag.name});
    ask.tags.of(issue).iter().map(row).collect()
}

/// `bugs`.
pub(super) fn bugs(issue: &Issue) -> Vec<Value> {
    let row =
        |bug: triage::Bug| json!({"id": bug.id, "title": bug.title, "workspaceId": bug.workspace});
    triage::bug(issue).map(row).into_iter().collect()
}
