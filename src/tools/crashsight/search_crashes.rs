//! A search of single crash reports.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::checked::Filtered;
use super::conditions::{self, Conditions, Field};
use super::crash_rows::{self, CrashRow, not_applied};
use super::filters::Filters;
use super::lookback::minutes_back;
use super::{capital, id, post, versions};
use crate::args::{Limit, List, Offset, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Reply, Untrusted};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Query;

/// Single crash reports of a range (default 7d) by any condition, newest first: device, user, exception, issue and crash
/// id. For "on this device model", "this user", "this stack".
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchCrashes {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    kind: Option<ReportKind>,
    #[serde(default)]
    versions: List<ShortText>,
    keyword: Option<ShortText>,
    #[serde(default)]
    conditions: Conditions,
    #[serde(default)]
    limit: Limit<10, 100>,
    #[serde(default)]
    offset: Offset,
}

/// Crash reports found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FoundCrashes {
    /// The kind of report searched; every kind when absent.
    kind: Option<ReportKind>,
    /// Reports that match in all, where the service says and its rows agree.
    pub(crate) matching: Option<i64>,
    /// Reports left out before the first.
    offset: u32,
    /// Rows that the service returned although they do not match; they are left out.
    not_matching: usize,
    /// Newest first.
    pub(crate) crashes: Vec<CrashRow>,
}

/// What to search, resolved and checked.
pub(crate) struct CrashSearch {
    app: CrashSightApp,
    window: Window,
    filters: Filters,
    kind: Option<ReportKind>,
    conditions: Conditions,
    form: Form,
    zone: TimeZone,
}

/// How the service is asked. The flat form has whole days and one value for each of a few fields, the search grammar
/// any condition and ranges that end now.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// The flat form, and the other one where the range allows it.
    Flat {
        or_minutes: Option<i64>,
    },
    Grammar {
        minutes: i64,
    },
}

impl CrashSearch {
    /// Chooses the form; a search that neither form expresses is refused.
    pub(crate) fn new(
        ctx: &CallContext,
        app: CrashSightApp,
        window: Window,
        kind: Option<ReportKind>,
        versions: &[ShortText],
        conditions: &Conditions,
    ) -> Result<Self, Error> {
        let versions = conditions.versions(versions)?;
        let conditions = conditions.without_versions();
        let minutes = minutes_back(&window, ctx.now);
        let (from, to) = window.site_bounds();
        let whole_days = from.time() == Time::midnight() && to.time() == Time::midnight();
        // The flat form always has a kind.
        let is_flat = whole_days
            && kind.is_some()
            && conditions.flat().is_some()
            && !(conditions.has_forms() && minutes.is_some());
        let form = match (is_flat, minutes) {
            (true, or_minutes) => Form::Flat { or_minutes },
            (false, Some(minutes)) => Form::Grammar { minutes },
            (false, None) if whole_days => {
                return Err(Error::invalid_arguments(
                    "a range that has ended can be searched by `kind`, `versions`, `keyword` and one value each of model, \
                     os_version, user, device or crash\nhint: for other conditions give a window that ends now, such as `7d`",
                ));
            }
            (false, None) => {
                return Err(Error::invalid_arguments(
                    "window: give whole days, or a range that ends now, such as `yesterday`, `24h` or `7d`",
                ));
            }
        };
        Ok(Self {
            filters: Filters::new(kind.unwrap_or_default()).with_versions(&versions),
            kind,
            conditions,
            form,
            zone: ctx.zone.clone(),
            window,
            app,
        })
    }

    /// The request for a page.
    pub(crate) fn request(&self, limit: u32, offset: u32) -> Request {
        let grammar = |minutes| self.by_grammar(minutes, limit, offset);
        match self.form {
            Form::Grammar { minutes } => grammar(minutes),
            Form::Flat { or_minutes } => {
                let flat = self.flat(limit, offset);
                match or_minutes {
                    Some(minutes) => flat.with_fallback(grammar(minutes)),
                    None => flat,
                }
            }
        }
        .cache(self.window.cache_policy())
    }

    /// The SDK's form.
    fn flat(&self, limit: u32, offset: u32) -> Request {
        let mut body = Map::new();
        let mut add = |name: &str, value: Value| body.insert(name.to_owned(), value);
        add("type", json!(self.filters.kind.wire()));
        add("start", json!(offset));
        add("rows", json!(limit));
        add("version", json!(self.filters.versions().join(";")));
        add("startDate", json!(self.window.first_day_param()));
        add("endDate", json!(self.window.last_day_param()));
        for (name, value) in self.conditions.flat().unwrap_or_default() {
            add(name, json!(value));
        }
        post(&self.app, SearchCrashes::UPSTREAM, Value::Object(body))
    }

    /// The form of the Chinese manual, in which `start` is text.
    fn by_grammar(&self, minutes: i64, limit: u32, offset: u32) -> Request {
        let mut group = vec![
            conditions::of_versions(&self.filters),
            conditions::uploaded_within(minutes),
        ];
        group.extend(self.kind.map(conditions::of_kind));
        group.extend(self.conditions.wire());
        let body = json!({
            "rows": limit,
            "start": offset.to_string(),
            "sortField": "uploadTime",
            "desc": true,
            "searchConditionGroup": {"conditions": group},
        });
        post(&self.app, SearchCrashes::UPSTREAM, body)
    }

    /// Reads a page. Rows that contradict the search are left out and counted: that the service applies every
    /// condition is not proved.
    pub(crate) fn parse(
        &self,
        data: JsonRef<'_>,
        limit: usize,
        offset: u32,
    ) -> anyhow::Result<FoundCrashes> {
        let data = data.only();
        let rows = crash_rows::listed(data);
        let matching = data.get("numFound").count();
        if rows.is_empty() && matching.is_none() && !data.has("crashIdList") {
            data.rows_of("crashDatas")?;
        }
        let read = |(id, row): (&str, JsonRef<'_>)| CrashRow::read(id, row, &self.app, &self.zone);
        let mut crashes: Vec<CrashRow> = rows.into_iter().take(limit).map(read).collect();
        let came = crashes.len();
        crashes.retain(|row| self.admits(row));
        let not_matching = came - crashes.len();
        // Reports without a time keep the service's order, at the end.
        crashes.sort_by_key(|row| std::cmp::Reverse(row.uploaded_at.as_ref().map(|at| at.at)));
        Ok(FoundCrashes {
            kind: self.kind,
            matching: matching.filter(|_| not_matching == 0),
            offset,
            not_matching,
            crashes,
        })
    }

    /// Whether a row may be of what was searched, as far as it says.
    fn admits(&self, row: &CrashRow) -> bool {
        let (from, to) = self.window.bounds();
        let in_range = row.uploaded_at.as_ref().is_none_or(|time| {
            // The service counts minutes and seconds of its own clock.
            let margin = jiff::SignedDuration::from_mins(2);
            time.at >= from.timestamp() - margin && time.at < to.timestamp() + margin
        });
        let patterns = self.filters.versions();
        let found = row.values(Field::Version);
        let of_version = patterns.is_empty()
            || found.is_empty()
            || patterns
                .iter()
                .any(|pattern| found.iter().any(|found| versions::matches(pattern, found)));
        in_range && of_version && self.conditions.admit(|field| row.values(field))
    }
}

impl Query for SearchCrashes {
    const NAME: &'static str = "crashsight_search_crashes";
    const UPSTREAM: &'static str = "queryCrashList";
    type Scope = CrashSearch;
    type Answer = FoundCrashes;

    fn scope(&self, ctx: &CallContext) -> Result<CrashSearch, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::last_days(7);
        let window = ctx.window(self.window.as_ref(), &default, Granularity::Second, &app)?;
        let conditions = self.conditions.clone().and_keyword(self.keyword.as_ref());
        // An issue and a crash have a kind, which the caller need not know.
        let by_id = conditions.has(Field::Issue) || conditions.has(Field::Crash);
        let kind = self.kind.or((!by_id).then(ReportKind::default));
        CrashSearch::new(ctx, app, window, kind, &self.versions, &conditions)
    }

    fn request(&self, search: &CrashSearch) -> Request {
        search.request(self.limit.get(), self.offset.get())
    }

    fn parse(
        &self,
        search: &CrashSearch,
        data: JsonRef<'_>,
    ) -> anyhow::Result<Output<FoundCrashes>> {
        let answer = search.parse(data, self.limit.rows(), self.offset.get())?;
        let title = search.kind.map_or_else(
            || "Reports of all kinds".to_owned(),
            |kind| capital(kind.plural()),
        );
        let first = answer.crashes.first();
        let plain = |text: Option<&Untrusted>| {
            let value = json!(text?.raw());
            id(JsonRef::new(&value)).map(str::to_owned)
        };
        let crash = first.and_then(|row| plain(row.crash.as_ref()));
        let issue = first.and_then(|row| plain(row.issue.as_ref()));
        let not_matching = answer.not_matching;
        let mut output = Output::new(title, &search.app, answer)
            .window(&search.window)
            .heading(search.filters.heading())
            .heading(search.conditions.titles())
            .heading(["newest first".to_owned()]);
        output.meta.notes.extend(not_applied(not_matching));
        if output.answer.crashes.is_empty() {
            search.conditions.explain_nothing(&mut output);
        }
        if let Some(crash) = crash {
            output.suggest("crashsight_get_crash", json!({"crash": crash}));
        }
        if let Some(issue) = issue.filter(|_| !search.conditions.has(Field::Issue)) {
            output.suggest("crashsight_get_issue", json!({"issue": issue}));
        }
        Ok(output)
    }

    fn render(output: &Output<FoundCrashes>, reply: &mut Reply) {
        let answer = &output.answer;
        let mut table = crash_rows::table(&answer.crashes, false);
        reply.facts(crash_rows::lift_common(&mut table));
        table.total = answer.matching;
        table.offset = Some(answer.offset);
        table.skipped = answer.not_matching;
        let none = match answer.matching {
            Some(total @ 1..) if answer.offset > 0 => {
                format!(
                    "nothing at this offset: {} match",
                    crate::reply::grouped(total)
                )
            }
            Some(total @ 1..) => format!(
                "{} are counted, and none is in the response",
                crate::reply::grouped(total)
            ),
            _ => "no report matches".to_owned(),
        };
        reply.table(table, &none);
    }
}

impl Filtered for SearchCrashes {
    fn app(search: &CrashSearch) -> &CrashSightApp {
        &search.app
    }

    fn filters(search: &mut CrashSearch) -> &mut Filters {
        &mut search.filters
    }

    fn found(answer: &FoundCrashes) -> bool {
        !answer.crashes.is_empty() || answer.matching.is_some_and(|matching| matching > 0)
    }
}
