//! Issues one by one and by condition, their notes and tags, and what can be chosen from.

use serde_json::{Value, json};

use super::aggregate::{self, Summary};
use super::envelope::Refusal;
use super::query::{Answer, Query};
use super::top;
use crate::calendar;
use crate::ids;
use crate::issues::{self, Issue};
use crate::pattern::releases;
use crate::projects::Release;
use crate::report;
use crate::triage::{self, Member};

/// One issue in full.
pub(crate) fn info(query: &Query<'_>) -> Answer {
    let issue = query.issue("issueId")?;
    let summary =
        aggregate::summary(query, issue).ok_or_else(|| Refusal::not_found("issue not found"))?;
    let mut answer = row(query, issue, &summary);
    answer["firstUploadTime"] = calendar::millis_text(summary.first_ms).into();
    answer["firstUploadTimestamp"] = summary.first_ms.into();
    answer["issueHash"] = ids::with_colons(&issue.id).into();
    answer["detailId"] = "".into();
    answer["parentHash"] = "".into();
    answer["bugs"] = match top::bugs(query, issue) {
        bugs if bugs.is_empty() => Value::Null,
        bugs => bugs.into(),
    };
    Ok(answer)
}

/// What list and detail have in common.
pub(crate) fn row(query: &Query<'_>, issue: &Issue, summary: &Summary) -> Value {
    let exits = |number: u64| if issue.spec.system_exit { number } else { 0 };
    json!({
        "issueId": issue.id,
        "exceptionName": issue.exception(),
        "exceptionMessage": issue.message(),
        "keyStack": report::key_stack(issue),
        "lastestUploadTime": calendar::millis_text(summary.last_ms),
        "latestUploadTimestamp": summary.last_ms,
        "imeiCount": summary.total.devices,
        "sysImeiCount": exits(summary.total.devices),
        "count": summary.total.crashes,
        "crashNum": summary.total.crashes,
        "sysCount": exits(summary.total.crashes),
        "version": "#$cv#$",
        "tagInfoList": top::tags(query, issue),
        "processor": query.triage.processors(issue),
        "status": query.triage.state(issue),
        "ftName": "",
        "issueVersions": top::versions(issue, summary),
    })
}

/// Issues by type, state, version, bug and last upload, sorted.
pub(crate) fn search(query: &Query<'_>) -> Answer {
    let types = query.params.text("exceptionTypeList").unwrap_or_default();
    let states = query.params.text("status").unwrap_or_default();
    let releases = releases(query.project, &query.version_patterns());
    let since_ms = age_limit_ms(query).map(|age_ms| query.world.now_ms - age_ms);
    let first_from_ms = query.params.number("issueFirstUploadTimeBeginMillis");
    let first_until_ms = query.params.number("issueFirstUploadTimeEndMillis");
    let wanted_bug = match query.params.text("tapdBugStatus").as_deref() {
        None => None,
        Some("REPORTED") => Some(true),
        Some("UNREPORTED") => Some(false),
        Some(other) => {
            return Err(Refusal::parameter(format!(
                "unknown tapdBugStatus: {other}"
            )));
        }
    };
    let mut found: Vec<(&Issue, Summary)> = issues::all(query.project)
        .iter()
        .filter(|issue| takes_type(&types, issue))
        .filter(|issue| listed(&states, &query.triage.state(issue).to_string()))
        .filter(|issue| {
            wanted_bug.is_none_or(|wanted| query.triage.bugs(issue).is_empty() != wanted)
        })
        .filter_map(|issue| Some((issue, aggregate::summary(query, issue)?)))
        .filter(|(_, summary)| {
            let versions = query
                .project
                .releases()
                .iter()
                .zip(releases)
                .filter(|(_, taken)| *taken);
            let mut versions = versions.map(|(release, _)| release.version);
            versions.any(|name| {
                summary
                    .versions
                    .iter()
                    .any(|version| version.version == name)
            })
        })
        .filter(|(_, summary)| since_ms.is_none_or(|since_ms| summary.last_ms >= since_ms))
        .filter(|(_, summary)| first_from_ms.is_none_or(|from_ms| summary.first_ms > from_ms))
        .filter(|(_, summary)| first_until_ms.is_none_or(|until_ms| summary.first_ms < until_ms))
        .collect();
    let field = query.params.text("sortField").unwrap_or_default();
    found.sort_by_key(|(issue, summary)| {
        let value = match field.as_str() {
            "imeiCount" => i64::try_from(summary.total.devices).unwrap_or(i64::MAX),
            "crashNum" | "count" => i64::try_from(summary.total.crashes).unwrap_or(i64::MAX),
            "firstUploadTime" => summary.first_ms,
            _ => summary.last_ms,
        };
        (std::cmp::Reverse(value), issue.number)
    });
    if query.params.text("sortOrder").as_deref() == Some("asc") {
        found.reverse();
    }
    let start = query.params.rows("start", 0);
    let page = found.iter().skip(start).take(query.params.rows("rows", 20));
    let rows: Vec<Value> = page
        .map(|(issue, summary)| row(query, issue, summary))
        .collect();
    let facts = query.project.facts();
    Ok(json!({
        "appId": facts.app,
        // A number in the request, a text in the answer.
        "platformId": facts.platform.to_string(),
        "issueList": rows,
        "numFound": found.len(),
    }))
}

/// How long ago the last upload may be: in milliseconds, or in the words of the older form.
fn age_limit_ms(query: &Query<'_>) -> Option<i64> {
    let hours = match query.params.text("date").as_deref() {
        Some("last_1_hour") => 1,
        Some("last_2_day") => 48,
        Some("last_7_day") => 168,
        Some("last_15_day") => 360,
        Some("last_30_day") => 720,
        _ => return query.params.number("issueUploadTimeRelativeMillis"),
    };
    Some(hours * calendar::HOUR_MS)
}

/// Whether an issue belongs to a list of exception types; an empty list matches every issue.
fn takes_type(types: &str, issue: &Issue) -> bool {
    listed(types, issue.exception_type())
        || (types.contains("AllCrash") && matches!(issue.exception_type(), "Crash" | "Native"))
}

fn listed(list: &str, item: &str) -> bool {
    list.is_empty() || list.split(',').any(|entry| entry.trim() == item)
}

/// The notes under an issue.
pub(crate) fn notes(query: &Query<'_>) -> Answer {
    let issue = query.issue("issueId")?;
    let facts = query.project.facts();
    let bugs = query.triage.bugs(issue);
    let bug = bugs.first();
    let row = |note: &triage::Note| {
        json!({
            "appId": facts.app,
            "platformId": facts.platform,
            "issueIds": issue.id,
            "note": note.text,
            "createTime": calendar::seconds_text(note.created_ms),
            "userId": note.user_id,
            "newUserId": note.new_user_id,
            "issueStatus": 3,
            "processors": query.triage.processors(issue),
            "tapdId": bug.map(|bug| bug.id.as_str()).unwrap_or_default(),
            "bugUrl": bug.map(|bug| bug.url.as_str()).unwrap_or_default(),
            "workspaceId": bug.map_or("", |bug| bug.workspace),
        })
    };
    Ok(query
        .triage
        .notes(issue, query.world.today())
        .iter()
        .map(row)
        .collect())
}

/// Versions, tags, members, channels and bundles; `types` picks some of them.
#[expect(
    clippy::unnecessary_wraps,
    reason = "an entry in the table of operations"
)]
pub(crate) fn options(query: &Query<'_>) -> Answer {
    let types = query.params.text("types").unwrap_or_default();
    let facts = query.project.facts();
    let version = |release: &Release| {
        json!({
            "appId": facts.app,
            "platformId": facts.platform,
            "productVersion": release.version,
            "enable": 1,
            "isShow": true,
            "enableAutoUpgrade": false,
            "sdkVersion": report::SDK_VERSION,
        })
    };
    let tag = |tag: &triage::Tag| {
        json!({
            "appId": facts.app,
            "platformId": facts.platform,
            "tagId": tag.id,
            "tagName": tag.name,
            "isShow": 1,
        })
    };
    let member = |(position, member): (usize, &Member)| {
        json!({
            "appId": facts.app,
            "platformId": facts.platform,
            "type": if position == 0 { 1 } else { 2 },
            "userId": member.user_id,
            "registerTime": format!("2025-0{}-12 10:20:0{position}", position + 1),
            "logoUrl": "",
            "wechat": "",
            "email": "",
            "phone": "",
            "isShow": "true",
            "qqNickName": member.new_user_id,
            "name": member.name,
            "newUserId": member.new_user_id,
            "isOperator": i32::from(position > 0),
        })
    };
    let chosen = |name: &str, list: Vec<Value>| {
        if listed(&types, name) {
            list
        } else {
            Vec::new()
        }
    };
    let tags = query.triage.project_tags(query.project);
    Ok(json!({
        "versionList": chosen("version", query.project.releases().iter().map(version).collect()),
        "tagList": chosen("tag", tags.iter().map(tag).collect()),
        "processorList": chosen("member", triage::MEMBERS.iter().enumerate().map(member).collect()),
        "disableMemberInvitation": false,
        "channelList": chosen("channel", vec!["official".into(), "store".into()]),
        "bundleIdList": chosen("bundle", vec![facts.bundle.into()]),
    }))
}
