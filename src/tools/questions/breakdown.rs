//! What the newest reports of an issue have in common, beside all crashes of the range.

use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::document_sample::{known_first, sample};
use super::other_keys::{self, OtherKey};
use super::parts::{Cost, Missing, Parts};
use super::reports_of::{MOST_ROWS, ReportsOf, until_now};
use super::shares::{self, Share};
use crate::args::{IssueId, Limit, ProjectName, ReportKind};
use crate::error::Error;
use crate::project::{CrashSightApp, Platform};
use crate::reply::{Cell, Fact, Reply, Untrusted, counted};
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::allowance::one_in;
use crate::tools::context::{CallContext, FEW_CALLS};
use crate::tools::crashsight::codes::what_and_where;
use crate::tools::crashsight::crash_rows::CrashRow;
use crate::tools::crashsight::crashes::ListIssueCrashes;
use crate::tools::crashsight::top_dimensions::{ListTopDimensions, TopDimensions};
use crate::tools::output::{Output, Time};
use crate::tools::tool::{Query, Tool};
use crate::upstream::api::Api;

/// Requests of one call.
const MOST_CALLS: usize = 12;

/// Documents of a sample: where no size is asked for, and at most. Below, the fewest where none is asked for.
type SampleSize = Limit<5, 10>;
const FEWEST_SAMPLED: usize = 3;

/// Requests that are left to other calls of the account.
const LEFT_TO_OTHERS: usize = 2;

/// The fields that all crashes are counted by, as shares name them and as an argument; what says most first.
const BASES: [(&str, &str); 3] = [
    ("version", "version"),
    ("model", "model"),
    ("OS", "os_version"),
];

/// What the newest 100 reports of an issue have in common (default 7d): model, OS, chip, GPU, memory, country, version,
/// time after launch beside all crashes; keys and log lines of `sample` reports.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetIssueBreakdown {
    project: Option<ProjectName>,
    issue: IssueId,
    window: Option<WindowSpec>,
    sample: Option<SampleSize>,
}

/// What reports of an issue have in common.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Breakdown {
    issue: String,
    exception: Option<Untrusted>,
    message: Option<Untrusted>,
    fault_frame: Option<Untrusted>,
    /// Reports of the range, where the service counts them.
    matching: Option<i64>,
    /// The newest of them that were read.
    reports: usize,
    /// Devices of these; each counts once, with its newest report.
    devices: usize,
    /// The oldest report that was read.
    oldest: Option<Time>,
    /// Documents that were read for keys and log lines.
    documents: usize,
    /// What almost all have in common first, then what is more frequent than in all crashes.
    shares: Vec<Share>,
    /// Other custom keys of at least two documents, and their values in these; at most 100 keys.
    other_keys: Vec<OtherKey>,
    missing: Vec<Missing>,
    cost: Cost,
}

impl Tool for GetIssueBreakdown {
    const NAME: &'static str = "crashsight_get_issue_breakdown";
    const UPSTREAM: &'static [&'static str] = &[
        "queryCrashList",
        "crashList",
        "fetchDimensionTopStats",
        "crashDoc",
    ];
    type Answer = Breakdown;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<Breakdown>, Error> {
        let app = ctx.app_of_page(self.project.as_ref(), self.issue.page())?;
        let default = WindowSpec::last_days(7);
        let served = Granularity::Second.at_most_days(30);
        let window = ctx.window(self.window.as_ref(), &default, served, &app)?;
        let parts = Parts::new(ctx, api);
        let issue = self.issue.as_str();
        let before = parts.remaining_calls(&app).await;
        let found = reports(&parts, &app, issue, &window).await?;
        let rows = one_of_each_device(&found.rows);
        let mut crashes: Vec<&str> = rows
            .iter()
            .filter_map(|row| Some(row.crash.as_ref()?.raw()))
            .take(self.sample.unwrap_or_default().rows())
            .collect();
        let known = known_first(&parts, &app, &mut crashes).await;
        let left = parts.remaining_calls(&app).await;
        if self.sample.is_none() {
            crashes.truncate(default_sample(known, left));
        }
        let known = known.min(crashes.len());
        let asked = asked_bases(&parts, &app, kind(&rows), &window).await;
        let first = usize::from(!asked[0].known);
        let wanted = (crashes.len() - known, first);
        let plan = Plan::new(wanted, (before, left), self.sample.is_some());
        let read = known + plan.documents;
        let (documents, bases) = tokio::join!(
            sample(&parts, &app, &crashes[..read]),
            bases(&parts, asked, &plan, !rows.is_empty()),
        );
        if read < crashes.len() {
            let left = crashes.len() - read;
            let why = FEW_CALLS;
            let again =
                json!({"project": app.label, "issue": issue, "window": window.to_argument()});
            parts.miss(
                &format!("{} of the sample", counted(left, "document")),
                why,
                Self::NAME,
                again,
            );
        }
        let mut shares = shares::of_rows(&rows);
        shares.extend(documents.common);
        let known: Vec<(&str, &TopDimensions)> = bases
            .iter()
            .map(|(field, base)| (*field, &base.answer))
            .collect();
        shares::beside_all(&mut shares, &known);
        let first = found.rows.first();
        let of_first =
            |field: fn(&CrashRow) -> &Option<Untrusted>| first.and_then(|row| field(row).clone());
        let answer = Breakdown {
            issue: issue.to_owned(),
            exception: of_first(|row| &row.exception),
            message: of_first(|row| &row.message),
            fault_frame: of_first(|row| &row.fault_frame),
            matching: found.matching,
            reports: found.rows.len(),
            devices: rows.len(),
            oldest: found.rows.last().and_then(|row| row.uploaded_at.clone()),
            documents: documents.read,
            shares,
            other_keys: documents.other_keys,
            missing: Vec::new(),
            cost: Cost::default(),
        };
        let mut output =
            Output::new(format!("Breakdown of issue {issue}"), &app, answer).window(&window);
        output.meta.notes.extend(found.note);
        if output.answer.reports == 0 {
            if found.read > 0 && app.platform != Platform::Pc {
                let arguments = json!({"issue": issue, "window": window.to_argument()});
                output.suggest("crashsight_list_issue_devices", arguments);
            }
            output.suggest("crashsight_get_issue", json!({"issue": issue}));
        } else if let Some(crash) = crashes.first() {
            output.suggest("crashsight_get_crash", json!({"crash": crash}));
        }
        let (missing, cost) = parts.finish(&mut output);
        output.answer.missing = missing;
        output.answer.cost = cost;
        Ok(output)
    }

    fn render(output: &Output<Breakdown>, reply: &mut Reply) {
        render(&output.answer, reply);
    }
}

/// The size of a sample of which none is asked for: documents that are known, and of the calls left in the minute a
/// fifth, as other questions follow.
fn default_sample(known: usize, left: Option<usize>) -> usize {
    let most = SampleSize::default().rows();
    let share = left.map_or(most, |left| left / 5);
    (known + share).clamp(FEWEST_SAMPLED, most)
}

/// How many requests go to documents, and how many to all crashes of the range.
#[derive(Debug, PartialEq)]
struct Plan {
    documents: usize,
    bases: usize,
    /// Whether there would be more if more calls were left.
    few: bool,
}

impl Plan {
    /// After the reports were read. The `first` base keeps the request that it takes; documents have the rest before the
    /// other bases. A sample that was `asked` for may take what is `left`, any other a share of it by what was left `before`.
    fn new(
        (documents, first): (usize, usize),
        (before, left): (Option<usize>, Option<usize>),
        asked: bool,
    ) -> Self {
        let most = MOST_CALLS - 1;
        let spare = left.map_or(most, |left| {
            let share = match before {
                Some(before) if !asked => left / one_in(before),
                _ => left,
            };
            share.min(left.saturating_sub(LEFT_TO_OTHERS)).min(most)
        });
        let documents = documents.min(spare.saturating_sub(first));
        Self {
            documents,
            bases: (spare - documents).min(BASES.len()),
            few: spare < most,
        }
    }
}

/// The newest reports of an issue.
struct Found {
    rows: Vec<CrashRow>,
    matching: Option<i64>,
    note: Option<String>,
    /// Reports that the service returned, those of other times too.
    read: usize,
}

/// By search, or from the issue's own list where the search does not exist.
async fn reports(
    parts: &Parts<'_>,
    app: &CrashSightApp,
    issue: &str,
    window: &Window,
) -> Result<Found, Error> {
    let asked = json!({
        "project": app.label,
        "window": until_now(window),
        "conditions": [{"field": "issue", "is": [issue]}],
    });
    let (mut rows, mut matching) = match parts.need::<ReportsOf>(asked).await {
        Ok(found) => (found.answer.crashes, found.answer.matching),
        Err(Error::NotAvailable { .. }) => {
            let asked = json!({"project": app.label, "issue": issue, "limit": MOST_ROWS});
            let listed = parts.need::<ListIssueCrashes>(asked).await?;
            (listed.answer.crashes, None)
        }
        Err(error) => return Err(error),
    };
    let (read, (_, end)) = (rows.len(), window.bounds());
    let (start, end) = (window.start(), end.timestamp());
    rows.retain(|row| {
        let at = row.uploaded_at.as_ref();
        at.is_none_or(|time| (start..end).contains(&time.at))
    });
    if rows.len() < read || !window.partial() {
        matching = None;
    }
    let note = if !rows.is_empty() {
        None
    } else if read > 0 {
        Some(format!(
            "the newest {} of this issue are later than this range, and a breakdown is of the newest",
            counted(read, "report")
        ))
    } else {
        Some("no report of this issue in this range".to_owned())
    };
    Ok(Found {
        rows,
        matching,
        note,
        read,
    })
}

/// The newest report of each device: one that reports again and again would count as many.
fn one_of_each_device(rows: &[CrashRow]) -> Vec<&CrashRow> {
    let mut known = std::collections::HashSet::new();
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows {
        let device = row.device_id.as_ref();
        if device.is_none_or(|device| known.insert(device.raw())) {
            kept.push(row);
        }
    }
    kept
}

/// The kind of an issue by the type of its reports (docs/vendor/crashsight.md §8).
fn kind(rows: &[&CrashRow]) -> ReportKind {
    let code = rows.iter().find_map(|row| row.type_code.as_ref());
    match code.map(Untrusted::raw) {
        Some("103") => ReportKind::Anr,
        Some("102" | "104" | "106" | "107" | "108") => ReportKind::Error,
        _ => ReportKind::Crash,
    }
}

/// All crashes of the range by a field.
struct Base {
    field: &'static str,
    what: String,
    asked: Value,
    /// Whether it takes no request.
    known: bool,
}

/// What is asked for all crashes of the range by version, model and OS.
async fn asked_bases(
    parts: &Parts<'_>,
    app: &CrashSightApp,
    kind: ReportKind,
    window: &Window,
) -> [Base; BASES.len()] {
    let days = format!("{}..{}", window.first_day(), window.last_day());
    let mut bases = BASES.map(|(field, dimension)| {
        let mut asked = json!({
            "project": app.label, "window": days, "dimension": dimension, "limit": 100,
        });
        if kind != ReportKind::default() {
            asked["kind"] = json!(kind.wire());
        }
        let what = format!("{field} of all {}", kind.plural());
        Base {
            field,
            what,
            asked,
            known: false,
        }
    });
    for base in &mut bases {
        base.known = parts
            .is_known::<ListTopDimensions>(base.asked.clone())
            .await;
    }
    bases
}

/// Those that the plan has calls for; the others are named.
async fn bases(
    parts: &Parts<'_>,
    asked: [Base; BASES.len()],
    plan: &Plan,
    wanted: bool,
) -> Vec<(&'static str, Output<TopDimensions>)> {
    if !wanted {
        return Vec::new();
    }
    let mut spare = plan.bases;
    let mut afforded = Vec::with_capacity(BASES.len());
    for base in asked {
        let cost = usize::from(!base.known);
        if cost <= spare {
            spare -= cost;
            afforded.push(base);
            continue;
        }
        let why = if plan.few {
            FEW_CALLS.to_owned()
        } else {
            format!("at most {MOST_CALLS} calls, of which the sample has most")
        };
        let name = <ListTopDimensions as Query>::NAME;
        parts.miss(&base.what, &why, name, base.asked);
    }
    let fetched = afforded.into_iter().map(|base| async move {
        let output = parts
            .get::<ListTopDimensions>(&base.what, base.asked)
            .await?;
        Some((base.field, output))
    });
    join_all(fetched).await.into_iter().flatten().collect()
}

fn render(answer: &Breakdown, reply: &mut Reply) {
    if answer.reports == 0 {
        return;
    }
    let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
    let what = what_and_where(
        raw(&answer.exception).as_deref(),
        raw(&answer.message).as_deref(),
        raw(&answer.fault_frame).as_deref(),
    );
    reply.facts([Fact::new("exception", what)]);
    let some = |count: usize| Cell::count(i64::try_from(count).ok());
    let reports = match answer.matching {
        Some(all) if usize::try_from(all).is_ok_and(|all| all > answer.reports) => {
            format!(
                "newest {} of {}",
                answer.reports,
                crate::reply::grouped(all)
            )
        }
        _ => answer.reports.to_string(),
    };
    reply.facts([
        Fact::new("reports", Cell::Text(reports)),
        Fact::new(
            "since",
            answer.oldest.as_ref().map_or(Cell::Missing, Time::cell),
        ),
        Fact::new("of devices, each counted once", some(answer.devices)),
        Fact::new("documents read for keys and logs", some(answer.documents)),
    ]);
    if !answer.shares.iter().any(|share| share.common) {
        reply.note("nothing is the same in almost all of them");
    }
    reply.table(shares::table(&answer.shares), "");
    if !answer.other_keys.is_empty() {
        reply.table(other_keys::table(&answer.other_keys), "");
    }
    reply.note(
        "all crashes are the affected devices of the range; what has no figure there may be as frequent in other issues",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_leaves_calls_to_other_questions() {
        for (known, left, expected) in [
            (0, None, 5),
            (0, Some(25), 5),
            (0, Some(24), 4),
            (2, Some(12), 4),
            (0, Some(2), 3),
            (6, Some(0), 5),
        ] {
            assert_eq!(default_sample(known, left), expected, "{known} {left:?}");
        }
    }

    #[test]
    fn a_call_has_at_most_twelve_requests() {
        for (documents, remaining, asked, expected) in [
            (10, None, true, (10, 1)),
            (8, Some(24), true, (8, 3)),
            (6, Some(24), true, (6, 3)),
            (6, Some(9), true, (6, 1)),
            (6, Some(5), true, (2, 1)),
            (6, Some(3), true, (0, 1)),
            (6, Some(1), true, (0, 0)),
            (0, None, false, (0, 3)),
            (4, Some(24), false, (4, 3)),
            (3, Some(16), false, (3, 2)),
            (3, Some(9), false, (1, 1)),
            (3, Some(3), false, (0, 0)),
        ] {
            let plan = Plan::new((documents, 1), (remaining, remaining), asked);
            assert_eq!(
                (plan.documents, plan.bases),
                expected,
                "{documents} {remaining:?}"
            );
            assert!(1 + plan.documents + plan.bases <= MOST_CALLS);
        }
    }
    #[test]
    fn all_crashes_that_are_known_keep_no_request() {
        for (documents, remaining, asked, expected) in [
            (3, Some(9), false, (2, 0)),
            (2, Some(12), false, (2, 1)),
            (10, None, true, (10, 1)),
            (6, Some(3), true, (1, 0)),
        ] {
            let plan = Plan::new((documents, 0), (remaining, remaining), asked);
            assert_eq!(
                (plan.documents, plan.bases),
                expected,
                "{documents} {remaining:?}"
            );
        }
    }
}
