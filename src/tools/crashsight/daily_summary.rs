//! Every kind of trouble, day by day: crashes, ANRs, errors, memory, jank and hangs in one request.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::checked::Filtered;
use super::daily_rows::{Counts, DailySummary, DaySummary, Trouble};
use super::filters::Filters;
use super::shared_range::SharedRanges;
use super::trend_rows::moment;
use super::{added_up, daily_text, post};
use crate::args::{List, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::{Reply, counted};
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::output::{Day, Output};
use crate::tools::tool::Query;

/// Days at a glance (default 7d): crash, ANR, error, OOM, jank and hang at once, each as reports, devices and rate of
/// active devices. For the health of a version or a week.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetDailySummary {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    versions: List<ShortText, 1>,
}

/// The app, the range and the version of a call.
#[derive(Clone)]
pub(crate) struct Scope {
    app: CrashSightApp,
    window: Window,
    /// The range that is asked for, which holds others' too.
    fetched: Window,
    filters: Filters,
}

/// Two weeks: a response has some forty counts a day.
const RANGES: SharedRanges = SharedRanges(&[14]);

impl Query for GetDailySummary {
    const NAME: &'static str = "crashsight_get_daily_summary";
    const UPSTREAM: &'static str = "fetchDailySummary";
    type Scope = Scope;
    type Answer = DailySummary;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::last_days(7);
        let window = ctx.window(self.window.as_ref(), &default, Granularity::Day, &app)?;
        Ok(Scope {
            fetched: RANGES.asked(&window),
            window,
            filters: Filters::new(ReportKind::default()).with_one_version(&self.versions)?,
            app,
        })
    }

    fn others(&self, scope: &Scope) -> Vec<Scope> {
        let others = RANGES.others(&scope.window);
        others
            .map(|fetched| Scope {
                fetched,
                ..scope.clone()
            })
            .collect()
    }

    fn request(&self, scope: &Scope) -> Request {
        let body = json!({
            "version": scope.filters.version(),
            "subModuleId": "-1",
            "startHour": format!("{}00", scope.fetched.first_day_param()),
            "endHour": format!("{}23", scope.fetched.last_day_param()),
            "queryAllVmTypes": false,
        });
        post(&scope.app, Self::UPSTREAM, body).cache(scope.fetched.cache_policy())
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<DailySummary>> {
        let window = &scope.window;
        let rows = data.rows()?;
        let mut counted_days: BTreeMap<Date, Counts> = BTreeMap::new();
        let (mut undated, mut outside) = (0, 0);
        for row in rows.iter().filter(|row| row.says_something()) {
            let written = row.get("date").label();
            let Some(at) = written.as_deref().and_then(moment) else {
                undated += 1;
                continue;
            };
            if (window.first_day()..=window.last_day()).contains(&at.date()) {
                counted_days.entry(at.date()).or_default().add(*row);
            } else if !(scope.fetched.first_day()..=scope.fetched.last_day()).contains(&at.date()) {
                outside += 1;
            }
        }
        anyhow::ensure!(
            undated == 0 || undated < rows.len(),
            "{} without a `date`",
            counted(undated, "row")
        );
        let with_data = counted_days.iter().filter(|(_, counts)| !counts.is_empty());
        let days: Vec<DaySummary> = with_data
            .map(|(date, counts)| DaySummary::read(*date, window, counts))
            .collect();
        let missing = |date: &Date| !days.iter().any(|day| day.date.0 == *date);
        let ended = |date: &Date| *date <= window.last_day();
        let without_data: Vec<Day> = window
            .first_day()
            .series(1.day())
            .take_while(ended)
            .filter(missing)
            .map(Day)
            .collect();
        let mut answer = DailySummary {
            days,
            totals: Vec::new(),
            without_data,
        };
        let totals = Trouble::ALL.into_iter();
        answer.totals = totals.filter_map(|kind| answer.total(kind)).collect();
        let mut output = Output::new("Daily summary", &scope.app, answer)
            .window(window)
            .heading(scope.filters.heading());
        output.note_unrecognized(undated, "row");
        output.note_unrecognized(outside, "row outside the range");
        notes(&mut output, &scope.filters);
        Ok(output)
    }

    fn render(output: &Output<DailySummary>, reply: &mut Reply) {
        daily_text::render(&output.answer, reply);
    }
}

/// What is missing, and what to look at next.
fn notes(output: &mut Output<DailySummary>, filters: &Filters) {
    const NAMED: usize = 4;
    let answer = &output.answer;
    if answer.days.is_empty() {
        output.note("no report and no active device recorded in this range");
        return;
    }
    let without = &answer.without_data;
    if !without.is_empty() {
        let named: Vec<String> = without
            .iter()
            .take(NAMED)
            .map(|day| day.0.to_string())
            .collect();
        let more = if without.len() > NAMED { ", …" } else { "" };
        let days = counted(without.len(), "day");
        output.note(format!("no data for {days}: {}{more}", named.join(", ")));
    }
    let answer = &output.answer;
    let crashes = answer
        .totals
        .iter()
        .find(|total| total.kind == Trouble::Crash);
    let peak = crashes.and_then(|total| total.peak.as_ref());
    let day = peak.map_or_else(
        || answer.days.last().map(|day| day.date),
        |peak| Some(peak.date),
    );
    if answer.days.len() > 1 {
        output.note(added_up("days"));
    }
    if let Some(day) = day {
        let mut issues = json!({"window": day.0.to_string()});
        filters.add_to(&mut issues);
        output.suggest("crashsight_list_top_issues", issues);
    }
}

impl Filtered for GetDailySummary {
    fn app(scope: &Scope) -> &CrashSightApp {
        &scope.app
    }

    fn filters(scope: &mut Scope) -> &mut Filters {
        &mut scope.filters
    }

    fn found(answer: &DailySummary) -> bool {
        !answer.days.is_empty()
    }
}
