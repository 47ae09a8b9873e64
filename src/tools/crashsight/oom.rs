//! Crashes out of memory, with the figures of memory at that moment.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::checked::Filtered;
use super::conditions::{self, Condition, Conditions, Field};
use super::crash_rows::{lift_common, not_applied};
use super::filters::Filters;
use super::lookback::minutes_until_now;
use super::report_rows::{cell, time_cell};
use super::{id, path, versions};
use crate::args::{Limit, List, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Reply, Table, Untrusted, counted};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::Query;

/// Crashes out of memory (default 7d) with memory used, its threshold, free and total memory, device and scene. A
/// condition `oom` of false lists the others with the same figures.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListOomCrashes {
    project: Option<ProjectName>,
    /// counted back from now, as `24h` or `30d`
    window: Option<WindowSpec>,
    #[serde(default)]
    versions: List<ShortText>,
    #[serde(default)]
    conditions: Conditions,
    #[serde(default)]
    limit: Limit<10, 100>,
}

/// Crashes with figures of memory.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OomCrashes {
    /// Reports that match in all, where the service says and its rows agree.
    matching: Option<i64>,
    /// Rows that the service returned although they do not match; they are left out.
    not_matching: usize,
    /// Rows that carry a log, which the raw response has.
    with_log: usize,
    /// Newest first.
    crashes: Vec<OomCrash>,
}

/// A crash with figures of memory at that moment. Those of the platform are under one name where they mean the same.
#[derive(Debug, Serialize, JsonSchema)]
struct OomCrash {
    /// The id of the crash, where the row has one that a tool takes.
    crash: Option<Untrusted>,
    /// The service's id of the exception, for `crashsight_get_exception_device`.
    exception_uid: Option<Untrusted>,
    uploaded_at: Option<Time>,
    after_launch_s: Option<i64>,
    /// Whether the service takes it for one, and on what grounds.
    out_of_memory: Option<bool>,
    basis: Option<Untrusted>,
    message: Option<Untrusted>,
    version: Option<Untrusted>,
    model: Option<Untrusted>,
    os: Option<Untrusted>,
    country: Option<Untrusted>,
    user: Option<Untrusted>,
    device_id: Option<Untrusted>,
    emulator: Option<bool>,
    scene: Option<Untrusted>,
    /// Memory of the process: the footprint of iOS, the PSS of Android.
    used_bytes: Option<i64>,
    /// What the service predicts for it.
    predicted_bytes: Option<i64>,
    /// From here on the service takes the process for out of memory.
    threshold_bytes: Option<i64>,
    /// Resident memory of the process.
    resident_bytes: Option<i64>,
    /// What the process may still take, iOS.
    available_bytes: Option<i64>,
    free_bytes: Option<i64>,
    total_bytes: Option<i64>,
    /// Whether the system had announced low memory.
    low_memory: Option<bool>,
    /// Android's importance of the process, 100 for the foreground.
    importance: Option<i64>,
}

impl OomCrash {
    fn read(row: JsonRef<'_>, names: JsonRef<'_>, search: &OomSearch) -> Option<Self> {
        let text = |fields: &[&str]| row.any(fields).untrusted();
        let bytes = |fields: &[&str]| row.any(fields).count().filter(|bytes| *bytes > 0);
        let uid = row.any(&["expUid", "crashUid"]);
        let crash = row.any(&["crashId", "crashHash"]);
        // On some sites the exception's id is the crash's.
        let crash = [crash, uid]
            .into_iter()
            .find(|node| id(*node).is_some_and(|id| id.replace(':', "").len() == 32));
        let model = text(&["modelProductName", "model"]);
        let product = row.get("model").text();
        let product = product.and_then(|model| names.get(model).untrusted());
        let at = ["uploadTimestamp", "uploadTime"];
        let site = &search.app.account.zone;
        let read = Self {
            crash: crash.and_then(JsonRef::untrusted),
            exception_uid: uid.untrusted(),
            uploaded_at: Time::of(
                at.iter().find_map(|name| row.get(name).instant(site)),
                &search.zone,
            ),
            after_launch_s: bytes(&["elapsedTime"]).map(|elapsed_ms| elapsed_ms / 1_000),
            out_of_memory: row.get("isOom").flag(),
            basis: text(&["mark"]),
            message: text(&["expMsg", "expMessage"]),
            version: text(&["version", "productVersion"]),
            model: product.or(model),
            os: text(&["osVer", "osVersion"]),
            country: text(&["srcCountry", "country"]),
            user: text(&["userId"]),
            device_id: text(&["deviceId"]),
            emulator: row.get("isVirtualMachine").count().map(|code| code != 0),
            scene: text(&["userSceneTag"]),
            used_bytes: bytes(&["iosFootprintMemoryBytes"]).or(bytes(&["aosPssInfoBytes"])),
            predicted_bytes: bytes(&["predictedPssBytes"]),
            threshold_bytes: bytes(&["oomThresholdBytes"]),
            resident_bytes: bytes(&["iosResidentMemoryBytes"]).or(bytes(&["aosRssBytes"])),
            available_bytes: bytes(&["iosProcessTotalAvailableMemoryBytes"]),
            free_bytes: bytes(&["iosFreeMemoryBytes"]).or(bytes(&["aosFreeMemInfoBytes"])),
            total_bytes: bytes(&["iosTotalMemoryBytes"])
                .or(bytes(&["aosTotalMemoryBytes"]))
                .or(bytes(&["ramGib"]).map(|gib| gib.saturating_mul(1 << 30))),
            low_memory: row.get("lowMemory").flag(),
            importance: bytes(&["importance"]),
        };
        let identified = [
            &read.crash,
            &read.exception_uid,
            &read.message,
            &read.device_id,
            &read.user,
        ];
        (identified.iter().any(|id| id.is_some()) || read.uploaded_at.is_some()).then_some(read)
    }

    /// The values of a field that the row has.
    fn values(&self, field: Field) -> Vec<&str> {
        let value = match field {
            Field::Version => &self.version,
            Field::OsVersion => &self.os,
            Field::Country => &self.country,
            Field::User => &self.user,
            Field::Device => &self.device_id,
            // A model may have the product's name in its place, and an id may be of another kind.
            _ => return Vec::new(),
        };
        value.iter().map(Untrusted::raw).collect()
    }
}

/// What to list, resolved and checked.
pub(crate) struct OomSearch {
    app: CrashSightApp,
    window: Window,
    filters: Filters,
    conditions: Conditions,
    minutes: i64,
    zone: TimeZone,
}

impl OomSearch {
    /// Whether a row is of the app, of a version and of the range asked for, as far as it says.
    fn admits(&self, row: JsonRef<'_>, crash: &OomCrash) -> bool {
        let platform = i64::from(self.app.platform.number());
        let of_app = row
            .get("platformId")
            .count()
            .is_none_or(|number| number == platform);
        let margin = jiff::SignedDuration::from_mins(2);
        let from = self.window.start() - margin;
        let in_range = crash.uploaded_at.as_ref().is_none_or(|at| at.at >= from);
        let patterns = self.filters.versions();
        let found = crash.values(Field::Version);
        let of_version = patterns.is_empty()
            || found.is_empty()
            || patterns
                .iter()
                .any(|pattern| found.iter().any(|found| versions::matches(pattern, found)));
        of_app && in_range && of_version && self.conditions.admit(|field| crash.values(field))
    }
}

impl Query for ListOomCrashes {
    const NAME: &'static str = "crashsight_list_oom_crashes";
    const UPSTREAM: &'static str = "queryOomList";
    type Scope = OomSearch;
    type Answer = OomCrashes;

    fn scope(&self, ctx: &CallContext) -> Result<OomSearch, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::last_days(7);
        let window = ctx.window(self.window.as_ref(), &default, Granularity::Second, &app)?;
        let versions = self.conditions.versions(&self.versions)?;
        let mut conditions = self.conditions.without_versions();
        if !conditions.has(Field::Oom) {
            conditions = conditions.and(Condition::is_oom());
        }
        Ok(OomSearch {
            filters: Filters::new(ReportKind::Crash).with_versions(&versions),
            conditions,
            minutes: minutes_until_now(&window, ctx.now)?,
            zone: ctx.zone.clone(),
            window,
            app,
        })
    }

    fn request(&self, search: &OomSearch) -> Request {
        let mut group = search.conditions.wire();
        if !search.filters.versions().is_empty() {
            group.push(conditions::of_versions(&search.filters));
        }
        group.push(conditions::uploaded_within(search.minutes));
        // No platform, and no offset (docs/vendor/crashsight.md §9).
        let body = json!({
            "appId": search.app.id,
            "limit": self.limit.get(),
            "search": {"searchConditionGroup": {"conditions": group}},
        });
        let account = search.app.account.name.clone();
        Request::post(account, Self::UPSTREAM, path(Self::UPSTREAM), body)
    }

    fn parse(&self, search: &OomSearch, data: JsonRef<'_>) -> anyhow::Result<Output<OomCrashes>> {
        let rows = data.rows_of("items")?;
        let said: Vec<JsonRef<'_>> = rows
            .into_iter()
            .filter(|row| row.says_something())
            .collect();
        let names = data.get("modelProductNameMap");
        let (mut crashes, mut not_matching, mut unread, mut with_log) = (Vec::new(), 0, 0, 0);
        for row in &said {
            match OomCrash::read(*row, names, search) {
                None => unread += 1,
                Some(crash) if !search.admits(*row, &crash) => not_matching += 1,
                Some(crash) => {
                    with_log += usize::from(row.get("martianLog").text().is_some());
                    crashes.push(crash);
                }
            }
        }
        if unread > 0 && unread == said.len() {
            anyhow::bail!("rows without any field of this operation");
        }
        crashes.sort_by_key(|row: &OomCrash| {
            std::cmp::Reverse(row.uploaded_at.as_ref().map(|at| at.at))
        });
        crashes.truncate(self.limit.rows());
        let first = crashes.first().and_then(|row| row.crash.clone());
        let total = data.get("total").count();
        let answer = OomCrashes {
            matching: total.filter(|_| not_matching == 0),
            not_matching,
            with_log,
            crashes,
        };
        let mut output = Output::new("Crashes with memory figures", &search.app, answer)
            .window(&search.window)
            .heading(search.filters.heading())
            .heading(search.conditions.titles())
            .heading(["newest first".to_owned()]);
        output.note_unrecognized(unread, "row");
        output.meta.notes.extend(not_applied(not_matching));
        if with_log > 0 {
            let rows = counted(with_log, "row");
            output.note(format!("{rows} with a log, which only `call --raw` shows"));
        }
        if output.answer.crashes.is_empty() {
            search.conditions.explain_nothing(&mut output);
        }
        if let Some(crash) = first {
            output.suggest("crashsight_get_crash", json!({"crash": crash.raw()}));
        }
        Ok(output)
    }

    fn render(output: &Output<OomCrashes>, reply: &mut Reply) {
        let answer = &output.answer;
        let mut table = Table::new(&[
            "uploaded",
            "version",
            "device",
            "OS",
            "used of threshold",
            "predicted",
            "resident",
            "free of total",
            "after launch",
            "scene",
            "basis",
            "user",
            "crash",
        ]);
        let of = |part: Option<i64>, whole: Option<i64>| match (part, whole) {
            (Some(part), Some(whole)) => Cell::BytesOf { part, whole },
            (Some(part), None) => Cell::Bytes(part),
            _ => Cell::Missing,
        };
        for crash in &answer.crashes {
            let crash_or_uid = crash.crash.as_ref().or(crash.exception_uid.as_ref());
            table.rows.push(vec![
                time_cell(crash.uploaded_at.as_ref()),
                cell(crash.version.as_ref()),
                cell(crash.model.as_ref()),
                cell(crash.os.as_ref()),
                of(crash.used_bytes, crash.threshold_bytes),
                of(crash.predicted_bytes, None),
                of(crash.resident_bytes, None),
                of(crash.free_bytes, crash.total_bytes),
                crash.after_launch_s.map_or(Cell::Missing, |seconds| {
                    Cell::text(crate::reply::duration(seconds))
                }),
                cell(crash.scene.as_ref()),
                cell(crash.basis.as_ref()),
                cell(crash.user.as_ref()),
                Cell::id(crash_or_uid.map(Untrusted::raw)),
            ]);
        }
        reply.facts(lift_common(&mut table));
        table.total = answer.matching;
        table.rest = Some("a larger `limit`, a shorter `window` or conditions".to_owned());
        reply.table(table, "no report matches");
    }
}

impl Filtered for ListOomCrashes {
    fn app(search: &OomSearch) -> &CrashSightApp {
        &search.app
    }

    fn filters(search: &mut OomSearch) -> &mut Filters {
        &mut search.filters
    }

    fn found(answer: &OomCrashes) -> bool {
        !answer.crashes.is_empty() || answer.matching.is_some_and(|matching| matching > 0)
    }
}
