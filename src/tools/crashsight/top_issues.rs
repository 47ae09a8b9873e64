//! What hurts most: top issues of a range or an hour, and one day's totals.

use jiff::ToSpan as _;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::issue_rows::{self, PreviousPeriod};
use super::{
    added_up, filters, get, id, listed, path, post, several, short, version, version_list,
};
use crate::args::{Devices, Limit, List, ProjectName, ReportKind, ShortText, SystemExits};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

/// Issues that hit the most devices in whole days (default today), with totals and crash rate. Start here;
/// then crashsight_get_issue or crashsight_get_last_crash.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListTopIssues {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    versions: List<ShortText>,
    #[serde(default)]
    countries: List<ShortText>,
    #[serde(default)]
    system_exits: SystemExits,
    #[serde(default)]
    limit: Limit<10, 100>,
}

impl ListTopIssues {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        let target = ctx.app(self.project.as_ref())?;
        let window = ctx.window(
            self.window.as_ref(),
            &WindowSpec::today(),
            Granularity::Day,
            &target,
        )?;
        Ok((target, window))
    }
}

impl Operation for ListTopIssues {
    const NAME: &'static str = "crashsight_list_top_issues";
    const PATH: &'static str = "getTopIssueEx";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        // Several versions or days are refused unless their merge flag is set (seed 000 lines 1110-1118).
        let body = json!({
            "version": version(&self.versions),
            "date": window.first_day_param(),
            "minDate": window.first_day_param(),
            "maxDate": window.last_day_param(),
            "type": self.kind.wire(),
            "limit": self.limit.get(),
            "topIssueDataType": self.system_exits.wire(),
            "mergeMultipleVersionsWithInaccurateResult": several(&self.versions),
            "mergeMultipleDatesWithInaccurateResult": window.days() > 1,
            "versionList": version_list(&self.versions),
            "countryList": self.countries.texts(),
        });
        Ok(post(&target, Self::PATH, body)
            .with_nonce("fsn")
            .cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let data = JsonRef::new(data);
        let rows = issue_rows::told(data.rows_of("topIssueList")?);
        let mut reply = Reply::with_title(
            [
                format!("Top {} issues", self.kind.title()),
                target.label.clone(),
                window.title(),
            ]
            .into_iter()
            .chain(filters(&self.versions, &self.countries, Devices::All))
            .chain(exits(self.system_exits)),
        );
        let one_day = window.days() == 1;
        let before = window
            .first_day()
            .checked_sub(1.day())
            .ok()
            .filter(|_| one_day);
        reply.facts([
            Fact::new("devices hit", share(data, "crashDevices", "accessDevices")).unit("active"),
            Fact::new(
                before.map_or(String::new(), |day| format!("the whole of {day}:")),
                if one_day {
                    share(data, "prevDayCrashDevices", "prevDayAccessDevices")
                } else {
                    Cell::Missing
                },
            ),
        ]);
        let earlier = one_day.then_some(PreviousPeriod {
            header: if window.partial() {
                "devices prev full day"
            } else {
                "devices day before"
            },
            field: "preDayCrashUser",
            equal: !window.partial(),
            since: window.start(),
            site: &target.account.zone,
        });
        let mut table = issue_rows::table(&rows, self.kind, 0, earlier.as_ref());
        ask_more(&mut table, self.limit);
        reply.table(table, &format!("no {} in this range", self.kind.plural()));
        match (rows.is_empty(), window.days() > 1, several(&self.versions)) {
            (false, true, _) => reply.note(added_up("days")),
            (false, false, true) => reply.note(added_up("versions")),
            _ => &mut reply,
        };
        if let Some(note) = window.zone_note() {
            reply.note(note);
        }
        if let Some(issue) = rows.first().and_then(|row| id(row.get("issueId"))) {
            reply.next(ctx.next(
                "crashsight_get_last_crash",
                &target,
                json!({"issue": issue}),
            ));
            reply.next(ctx.next("crashsight_get_issue", &target, json!({"issue": issue})));
        }
        Ok(reply)
    }
}

/// Which reports a list leaves out, for its title.
fn exits(exits: SystemExits) -> Option<String> {
    match exits {
        SystemExits::Without => Some("without system exits".to_owned()),
        SystemExits::Only => Some("system exits only".to_owned()),
        SystemExits::All => None,
    }
}

/// The service gives as many issues as it is asked for and no total: where it gave them all, there may be
/// more.
fn ask_more(table: &mut Table, limit: Limit<10, 100>) {
    table.keep(limit.rows());
    table.more = table.rows.len() >= limit.rows();
    table.rest = Some(if limit.get() < 100 {
        "a larger `limit` shows more".to_owned()
    } else {
        "a shorter range or a filter shows others".to_owned()
    });
}

/// A count of devices against the active ones; nothing where nothing was counted.
fn share(data: JsonRef<'_>, part: &str, whole: &str) -> Cell {
    match (data.get(part).count(), data.get(whole).count()) {
        (Some(part), Some(whole)) if whole > 0 => Cell::Share { part, whole },
        (Some(part), _) if part > 0 => Cell::Count(part),
        _ => Cell::Missing,
    }
}

/// Issues that hit the most devices within one hour (default the running hour), against the hour and the day
/// before. For spikes under way.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListHourlyTopIssues {
    project: Option<ProjectName>,
    /// one hour: `2026-11-20T08`
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    version: Option<ShortText>,
    #[serde(default)]
    countries: List<ShortText>,
    #[serde(default)]
    devices: Devices,
    #[serde(default)]
    system_exits: Option<SystemExits>,
    #[serde(default)]
    limit: Limit<10, 100>,
}

impl ListHourlyTopIssues {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        let target = ctx.app(self.project.as_ref())?;
        let window = ctx
            .window(
                self.window.as_ref(),
                &WindowSpec::last_hours(1),
                Granularity::Hour,
                &target,
            )?
            .at_most_hours(1)?;
        Ok((target, window))
    }
}

impl Operation for ListHourlyTopIssues {
    const NAME: &'static str = "crashsight_list_hourly_top_issues";
    const PATH: &'static str = "getTopIssueHourly";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let body = json!({
            "version": self.version.as_ref().map_or("-1", ShortText::as_str),
            "startHour": window.first_hour_param(),
            "type": self.kind.wire(),
            "vm": self.devices.vm(),
            "limit": self.limit.get(),
            "topIssueDataType": self.system_exits.unwrap_or(SystemExits::All).wire(),
            // Countries count only with this flag (seed 000 line 132).
            "needCountryDimension": !self.countries.is_empty(),
            "countryList": self.countries.texts(),
        });
        Ok(post(&target, Self::PATH, body).cache(window.cache_policy()))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let data = JsonRef::new(data);
        let rows = issue_rows::told(data.rows_of("topIssueList")?);
        let version = self
            .version
            .as_ref()
            .map_or("all versions".to_owned(), |version| {
                format!("version {}", short(version))
            });
        let mut reply = Reply::with_title(
            [
                format!("Top {} issues of an hour", self.kind.title()),
                target.label.clone(),
                window.title(),
            ]
            .into_iter()
            .chain([version])
            .chain((!self.countries.is_empty()).then(|| format!("in {}", listed(&self.countries))))
            .chain(self.devices.title().map(str::to_owned))
            .chain(self.system_exits.and_then(exits)),
        );
        reply.facts([
            Fact::new("devices hit", share(data, "crashDevices", "accessDevices")).unit("active"),
            Fact::new(
                "the hour before:",
                share(data, "prevHourCrashDevices", "prevHourAccessDevices"),
            ),
            Fact::new(
                "same hour the day before:",
                share(
                    data,
                    "prevDaySameHourCrashDevices",
                    "prevDaySameHourAccessDevices",
                ),
            ),
        ]);
        let earlier = PreviousPeriod {
            header: if window.partial() {
                "devices prev full hour"
            } else {
                "devices hour before"
            },
            field: "prevHourCrashDevices",
            equal: !window.partial(),
            since: window.start(),
            site: &target.account.zone,
        };
        let mut table = issue_rows::table(&rows, self.kind, 0, Some(&earlier));
        ask_more(&mut table, self.limit);
        reply.table(table, &format!("no {} in this hour", self.kind.plural()));
        if let Some(note) = window.zone_note() {
            reply.note(note);
        }
        if let Some(issue) = rows.first().and_then(|row| id(row.get("issueId"))) {
            reply.next(ctx.next(
                "crashsight_get_last_crash",
                &target,
                json!({"issue": issue}),
            ));
        }
        Ok(reply)
    }
}

/// One day's totals of crashes, ANRs and errors at once: counts, devices, share of active devices, emulators
/// apart (default today).
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetDayStats {
    project: Option<ProjectName>,
    /// one day
    window: Option<WindowSpec>,
    version: Option<ShortText>,
}

impl GetDayStats {
    fn scope(&self, ctx: &CallContext) -> Result<(CrashSightApp, Window), Error> {
        let target = ctx.app(self.project.as_ref())?;
        let window = ctx
            .window(
                self.window.as_ref(),
                &WindowSpec::today(),
                Granularity::Day,
                &target,
            )?
            .at_most_days(1)?;
        Ok((target, window))
    }
}

impl Operation for GetDayStats {
    const NAME: &'static str = "crashsight_get_day_stats";
    const PATH: &'static str = "getRealTimeAppendStat";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let (start, end) = (window.first_hour_param(), window.last_hour_param());
        let version = crate::request::encode(self.version.as_ref().map_or("-1", ShortText::as_str));
        let recommended = Request::get(
            target.account.name.clone(),
            Self::PATH,
            format!(
                "{}/appId/{}/platformId/{}/version/{version}/startHour/{start}/endHour/{end}/type/all",
                path(Self::PATH),
                target.id,
                target.platform.number(),
            ),
        )
        .with_nonce("fsn")
        .cache(window.cache_policy());
        // The seed's form has no version: it is no fallback when one is asked for.
        if self.version.is_some() {
            return Ok(recommended);
        }
        let documented = get(&target, Self::PATH)
            .query("platformId", target.platform.number().to_string())
            .query("startHour", start)
            .query("endHour", end)
            .query("type", "all")
            .with_nonce("fsn");
        Ok(recommended.with_fallback(documented))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let mut rows = JsonRef::new(data).rows()?;
        rows.retain(|row| {
            let counted = ["accessUser", "accessNum", "crashNum", "anrNum", "errorNum"];
            counted
                .iter()
                .any(|field| row.get(field).count().is_some_and(|n| n > 0))
        });
        let mut reply = Reply::with_title([
            "Day totals".to_owned(),
            target.label.clone(),
            window.title(),
            self.version
                .as_ref()
                .map_or("all versions".to_owned(), |v| {
                    format!("version {}", short(v))
                }),
        ]);
        // One row is the day so far; where more come, the last is the latest.
        let Some(row) = rows.iter().max_by_key(|row| row.get("date").label()) else {
            reply.note("no report and no active device recorded on this day");
            return Ok(reply);
        };
        let active = row.get("accessUser").count().unwrap_or(0);
        reply.facts([
            Fact::new("active devices", Cell::count(row.get("accessUser").count())),
            Fact::new("launches", Cell::count(row.get("accessNum").count())),
        ]);
        let mut table = Table::new(&[
            "kind",
            "reports",
            "devices",
            "emulator reports",
            "emulator devices",
        ]);
        let emulators = ["vmCrashNum", "vmAnrNum", "vmErrorNum"]
            .iter()
            .any(|field| row.get(field).count().is_some_and(|n| n > 0));
        for (kind, name) in [
            (ReportKind::Crash, "crash"),
            (ReportKind::Anr, "anr"),
            (ReportKind::Error, "error"),
        ] {
            let count = |field: String| row.get(&field).count();
            let capital = format!("{}{}", &name[..1].to_uppercase(), &name[1..]);
            let emulated = |field: String| Cell::count(count(field).filter(|_| emulators));
            table.rows.push(vec![
                Cell::text(kind.plural()),
                Cell::count(count(format!("{name}Num"))),
                match count(format!("{name}User")) {
                    Some(part) if active > 0 => Cell::Share {
                        part,
                        whole: active,
                    },
                    other => Cell::count(other),
                },
                emulated(format!("vm{capital}Num")),
                emulated(format!("vm{capital}User")),
            ]);
        }
        reply.table(table, "no data for this day");
        if let Some(note) = window.zone_note() {
            reply.note(note);
        }
        reply.next(ctx.next(
            "crashsight_list_top_issues",
            &target,
            json!({"window": window.first_day().to_string()}),
        ));
        Ok(reply)
    }
}
