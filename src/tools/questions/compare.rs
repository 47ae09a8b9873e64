//! What is different between two sides: ranges, versions, projects, countries, kinds of devices.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::differences::{Difference, DifferentIssue, differences, known_before};
use super::parts::{Cost, Missing, Parts, arguments};
use super::sides::{Common, Side, SideAnswer, SideArg};
use super::spans::{self, Spans};
use super::weekdays::{other_weekdays, week_before};
use crate::args::{Devices, Limit, ProjectName, ReportKind};
use crate::error::Error;
use crate::reply::{Cell, Fact, Reply, Table, Untrusted, counted};
use crate::time_range::WindowSpec;
use crate::tools::context::CallContext;
use crate::tools::crashsight::checked::Checked;
use crate::tools::crashsight::codes::what_and_where;
use crate::tools::crashsight::comparison::Change;
use crate::tools::crashsight::top_issues::ListTopIssues;
use crate::tools::crashsight::trend_rows::Trend;
use crate::tools::crashsight::trends::{GetCumulativeTrend, GetDailyTrend, TrendQuery};
use crate::tools::output::{DeviceRate, Output};
use crate::tools::tool::Tool;
use crate::upstream::api::Api;

type DailyTrend = Checked<TrendQuery<GetDailyTrend>>;
type CumulativeTrend = Checked<TrendQuery<GetCumulativeTrend>>;
type Issues = Checked<ListTopIssues>;

/// Issues asked of each side.
const MOST_LISTED: usize = 100;

/// Compares side `a` with `b` over equal spans: rates per active device, and the issues only on one side, worse or
/// better. A side is an object or a word: `this_week`, `3.7`, a project, a country.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Compare {
    a: SideArg,
    b: SideArg,
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    kind: ReportKind,
    #[serde(default)]
    limit: Limit<10, 100>,
}

/// Two sides beside each other.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Compared {
    kind: ReportKind,
    a: SideAnswer,
    b: SideAnswer,
    /// Days of each side that count.
    days: usize,
    /// Where both sides count from midnight to this hour.
    to_hour: Option<i8>,
    /// From `b` to `a`.
    change: Option<Change>,
    /// Issues that differ, those that make the most of the difference first.
    issues: Vec<DifferentIssue>,
    /// Issues that differ in all.
    issue_count: usize,
    /// Whether each side listed all its issues: others may be on both sides.
    complete: bool,
    missing: Vec<Missing>,
    cost: Cost,
    /// Whether the issues of both sides were read.
    #[serde(skip)]
    listed: bool,
    /// Whether `a` is the later range of the same, so that issues are new or gone.
    #[serde(skip)]
    later: bool,
}

impl Tool for Compare {
    const NAME: &'static str = "crashsight_compare";
    const UPSTREAM: &'static [&'static str] = &[
        "getTopIssueEx",
        "getTrendEx",
        "getAppRealTimeTrendAppendEx",
        "getSelectorDatas",
    ];
    type Answer = Compared;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<Compared>, Error> {
        let common = Common {
            project: self.project.as_ref(),
            window: self.window.as_ref(),
            kind: self.kind,
        };
        let a = Side::resolve(&self.a, &common, ctx)?;
        let b = Side::resolve(&self.b, &common, ctx)?;
        let (a, b) = Side::day_so_far(a, b, ctx)?;
        let parts = Parts::new(ctx, api);
        let allowance = parts.allowance(&a.app).await;
        let needed = Side::cost_of_trends(&a, &b, &parts).await;
        let (trends, spans) = spans_of(&parts, &a, &b).await?;
        let Some(spans) = spans else {
            return Ok(nothing_common(&parts, self.kind, &a, &b, &trends));
        };
        let listed = |side: &Side, window: &str| {
            let mut arguments = side.arguments(window);
            arguments["limit"] = json!(MOST_LISTED);
            arguments
        };
        let same_app = a.same_app(&b);
        let (of_a, of_b) = (listed(&a, &spans.a.window()), listed(&b, &spans.b.window()));
        // Sides that differ in what the list cannot tell apart would have the same issues.
        let (issues_a, issues_b) = if of_a == of_b {
            (None, None)
        } else {
            let cost = parts.cost_of::<ListTopIssues>(of_a.clone()).await
                + parts.cost_of::<ListTopIssues>(of_b.clone()).await;
            // The issues of one side alone say nothing.
            let [afforded] = allowance.afforded(needed, [cost]);
            tokio::join!(
                parts.get_if::<Issues>(afforded, "the issues of a", of_a),
                parts.get_if::<Issues>(afforded, "the issues of b", of_b),
            )
        };
        let mut complete = true;
        let mut different = Vec::new();
        if let (Some(in_a), Some(in_b)) = (&issues_a, &issues_b) {
            complete = in_a.answer.complete && in_b.answer.complete;
            different = differences(&in_a.answer, &in_b.answer, &spans, same_app, &a, &b);
            if same_app && a.window.start() > b.window.start() {
                known_before(&mut different, &in_a.answer, &spans);
            }
        }
        let issue_count = different.len();
        different.truncate(self.limit.rows());
        let answer = Compared {
            kind: self.kind,
            change: Change::between(&spans.b.rate, &spans.a.rate),
            days: spans.days,
            to_hour: spans.to_hour,
            issues: different,
            issue_count,
            complete,
            missing: Vec::new(),
            cost: Cost::default(),
            later: same_app && a.window.start() > b.window.start(),
            a: side_answer(&a, &b, Some((&spans.a, spans.to_hour))),
            b: side_answer(&b, &a, Some((&spans.b, spans.to_hour))),
            listed: issues_a.is_some() && issues_b.is_some(),
        };
        let mut output = Output::new(title(self.kind), &a.app, answer);
        if !same_app {
            output.meta.heading.pop();
        }
        if a.same_range(&b) {
            output = output.window(&a.window);
        }
        notes(&mut output, &spans, &a, &b, &trends);
        let first = output.answer.issues.first();
        if let Some(issue) = first.and_then(|issue| issue.issue.clone()) {
            let only_b = first.is_some_and(|issue| issue.what == Difference::OnlyB);
            let side = if only_b { &b } else { &a };
            let mut arguments = json!({"issue": issue});
            // The project of `a` is added to what names none.
            if !side.app.is_default || only_b && !same_app {
                arguments["project"] = json!(side.app.label);
            }
            output.suggest("crashsight_get_issue", arguments);
        }
        let other_days =
            spans.to_hour.is_none() && !a.same_range(&b) && other_weekdays(&spans).is_some();
        if other_days
            && same_app
            && a.is_range()
            && b.is_range()
            && let Some(before) = week_before(&spans)
        {
            let kind = (self.kind != ReportKind::default()).then(|| self.kind.wire());
            let sides = arguments([
                ("a", json!(spans.a.window())),
                ("b", json!(before)),
                ("kind", json!(kind)),
            ]);
            output.suggest(Self::NAME, sides);
        }
        let (missing, cost) = parts.finish(&mut output);
        output.answer.missing = missing;
        output.answer.cost = cost;
        Ok(output)
    }

    fn render(output: &Output<Compared>, reply: &mut Reply) {
        render(&output.answer, reply);
    }
}

fn title(kind: ReportKind) -> String {
    format!("Compared {}", kind.plural())
}

/// Both trends, and the equal spans of them.
async fn spans_of(
    parts: &Parts<'_>,
    a: &Side,
    b: &Side,
) -> Result<([Output<Trend>; 2], Option<Spans>), Error> {
    let by_hour = a.is_by_hour(b);
    let (in_a, in_b) = if by_hour {
        tokio::join!(
            parts.need::<CumulativeTrend>(a.trend_arguments()),
            parts.need::<CumulativeTrend>(b.trend_arguments()),
        )
    } else {
        tokio::join!(
            parts.need::<DailyTrend>(a.trend_arguments()),
            parts.need::<DailyTrend>(b.trend_arguments()),
        )
    };
    let trends = [in_a?, in_b?];
    let [days_a, days_b] = [0, 1].map(|side: usize| spans::counted(&trends[side].answer));
    let spans = if by_hour {
        spans::to_same_hour(&days_a, &days_b)
    } else if a.same_range(b) {
        spans::same_days(&days_a, &days_b)
    } else {
        spans::equal_days(&days_a, &days_b)
    };
    Ok((trends, spans))
}

fn side_answer(
    side: &Side,
    other: &Side,
    compared: Option<(&spans::Total, Option<i8>)>,
) -> SideAnswer {
    let total = compared.map(|(total, _)| total);
    let day = |of: fn(&spans::Total) -> jiff::civil::DateTime, without: jiff::civil::Date| {
        total.map_or(without, |total| of(total).date()).to_string()
    };
    SideAnswer {
        project: side.app.label.clone(),
        from: day(|total| total.first, side.window.first_day()),
        to: day(|total| total.last, side.window.last_day()),
        versions: side.versions.clone(),
        countries: side.countries.clone(),
        devices_counted: side.devices.title(),
        reports: total.map(|total| total.reports),
        affected: total.map(|total| total.rate),
        words: side.words(other, compared),
    }
}

/// No day on which both sides had active devices.
fn nothing_common(
    parts: &Parts<'_>,
    kind: ReportKind,
    a: &Side,
    b: &Side,
    trends: &[Output<Trend>; 2],
) -> Output<Compared> {
    let answer = Compared {
        kind,
        a: side_answer(a, b, None),
        b: side_answer(b, a, None),
        days: 0,
        to_hour: None,
        change: None,
        issues: Vec::new(),
        issue_count: 0,
        complete: true,
        missing: Vec::new(),
        cost: Cost::default(),
        later: false,
        listed: false,
    };
    let mut output = Output::new(title(kind), &a.app, answer);
    for (name, trend) in ["a", "b"].into_iter().zip(trends) {
        for note in &trend.meta.notes {
            output.note(format!("{name}: {note}"));
        }
    }
    output.note("not compared: the sides have no ended days with active devices in common");
    output.suggest("crashsight_get_app_options", json!({}));
    let (missing, cost) = parts.finish(&mut output);
    output.answer.missing = missing;
    output.answer.cost = cost;
    output
}

/// Says how the spans were made equal, and what a reader must know of either side.
fn notes(
    output: &mut Output<Compared>,
    spans: &Spans,
    a: &Side,
    b: &Side,
    trends: &[Output<Trend>; 2],
) {
    if spans.to_hour.is_none()
        && !a.same_range(b)
        && let Some(days) = other_weekdays(spans)
    {
        output.note(days);
    }
    match spans.to_hour {
        Some(_) => output
            .note("issues are those of the whole of an ended day beside those of a day so far"),
        None if spans.left_out > 0 => output.note(format!(
            "compared over {} of each side; {} without a counterpart",
            counted(spans.days, "day"),
            counted(spans.left_out, "day"),
        )),
        None => {}
    }
    // A filter that was read otherwise, or versions that do not exist.
    let mut said: Vec<&String> = Vec::new();
    for trend in trends {
        for note in trend
            .meta
            .notes
            .iter()
            .filter(|note| note.contains("version"))
        {
            if !said.contains(&note) {
                said.push(note);
            }
        }
    }
    for note in said {
        output.note(note.clone());
    }
    if a.devices != Devices::All || b.devices != Devices::All {
        output.note(if output.answer.listed {
            "issues are those of real devices and emulators together: the service cannot list them apart"
        } else {
            "no issues listed: the service cannot list those of real devices and emulators apart"
        });
    }
    if !output.answer.complete {
        output.note(format!(
            "a side lists its {MOST_LISTED} largest issues: what seems to be on one side only may be small on the other"
        ));
    }
}

fn render(answer: &Compared, reply: &mut Reply) {
    let side = |name: &str, side: &SideAnswer| {
        let cell = side.affected.map_or(Cell::Missing, |rate| rate.cell());
        Fact::new(format!("{name} {}:", side.words), cell).unit("active")
    };
    reply.facts([side("a", &answer.a)]);
    let mut facts = vec![side("b", &answer.b)];
    if let Some(change) = answer.change {
        facts.push(Fact::new("from b to a", Cell::Text(change.text())));
    }
    reply.facts(facts);
    if !answer.listed {
        return;
    }
    let mut table = Table::new(&[
        "what",
        "devices a",
        "devices b",
        "per active device",
        "issue",
        "issue of b",
        "exception · where",
    ]);
    for issue in &answer.issues {
        let devices = |rate: Option<DeviceRate>| Cell::count(rate.map(|rate| rate.affected));
        let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
        table.rows.push(vec![
            Cell::text(issue.what.word(answer.later)),
            devices(issue.a),
            devices(issue.b),
            issue
                .change
                .map_or(Cell::Missing, |change| Cell::Text(change.short())),
            Cell::id(issue.issue.as_deref()),
            Cell::id(issue.issue_b.as_deref()),
            what_and_where(
                raw(&issue.exception).as_deref(),
                raw(&issue.message).as_deref(),
                raw(&issue.key_stack).as_deref(),
            ),
        ]);
    }
    table.cut = answer.issue_count - answer.issues.len();
    table.total = i64::try_from(answer.issue_count).ok();
    table.rest = Some("a larger `limit` shows more".to_owned());
    reply.table(table, "no issue differs clearly");
}
