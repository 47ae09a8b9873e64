//! Usage by UTC day.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{get, rate, target};
use crate::args::{Choice, ChoiceSet, List, ProjectName};
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::ServiceAppRef;
use crate::reply::{Cell, Reply, Table};
use crate::request::{CachePolicy, ProviderId, Rate, Request};
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::tool::{CallContext, Operation, Tool};

pub(super) const TOOLS: &[Tool] = &[Tool::of::<GetUsage>()];

/// One a minute and ten a day (seed 002 line 675).
const RATES: &[Rate] = &[rate(1, 60), rate(10, 86_400)];

/// Days that are remembered (seed 002 line 675).
const DAYS: i64 = 7;

/// A day is counted by 08:00 UTC of the next (seed 002 line 677).
const READY: SignedDuration = SignedDuration::from_hours(8);

/// What is counted.
pub(super) struct Usage;

impl ChoiceSet for Usage {
    /// The wire's name, and the one for people.
    type Item = (&'static str, &'static str);
    const ITEMS: &'static [(&'static str, Self::Item)] = &[
        ("users", ("userCount", "users")),
        ("sessions", ("sessionCount", "joins")),
        ("channels", ("channelCount", "channels")),
    ];
}

/// Users, joins and channels of calls per UTC day (at most the last 7 days that have ended, all by default). Ten calls
/// a day are allowed, so answers are kept.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetUsage {
    project: Option<ProjectName>,
    /// yesterday, 7d, 2026-11-15..2026-11-21
    window: Option<WindowSpec>,
    #[serde(default)]
    metrics: List<Choice<Usage>>,
}

impl GetUsage {
    fn scope(&self, ctx: &CallContext<'_>) -> Result<(ServiceAppRef, Window), Error> {
        let target = target(ctx, self.project.as_ref())?;
        let window = ctx
            .window(
                self.window.as_ref(),
                // Today is left out again.
                &WindowSpec::last_days(DAYS + 1),
                Granularity::Day,
                &target,
            )?
            .remembered_days(DAYS)?
            .ended_days()?;
        Ok((target, window))
    }
}

impl Operation for GetUsage {
    const NAME: &'static str = "agora_get_usage";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "insight/usage/by_time";

    fn request(&self, ctx: &CallContext<'_>) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let (start, end) = (
            window.start().as_second().to_string(),
            window.until().as_second().to_string(),
        );
        let metrics: Vec<&str> = Usage::ITEMS.iter().map(|(_, (wire, _))| *wire).collect();
        // The seed's names, and those that later documents ask for (FACTS 2.3), together.
        let ready = window.until() + READY <= ctx.now;
        Ok(get(&target, Self::PATH)
            .with("start_ts", &start)
            .with("end_ts", &end)
            .with("startTs", &start)
            .with("endTs", &end)
            .with("metric", metrics.join(","))
            .with("aggregateGranularity", "1d")
            .rate(RATES)
            .asks(format!("{} {} {start} {end}", Self::PATH, target.app))
            .keep(if ready {
                CachePolicy::CompleteDays
            } else {
                CachePolicy::OneMinute
            }))
    }

    fn reply(&self, ctx: &CallContext<'_>, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let mut rows: Vec<(Timestamp, JsonRef<'_>)> = JsonRef::of(data)
            .rows()?
            .into_iter()
            .filter_map(|row| Some((row.get("ts").instant(&TimeZone::UTC)?, row)))
            .filter(|(at, _)| window.holds(*at))
            .collect();
        rows.sort_by_key(|(at, _)| *at);
        let metrics: Vec<&(&str, &str)> = if self.metrics.is_empty() {
            Usage::ITEMS.iter().map(|(_, item)| item).collect()
        } else {
            self.metrics.iter().map(|pick| pick.0).collect()
        };
        let mut reply = Reply::titled([
            "Call usage by UTC day".to_owned(),
            target.label.clone(),
            window.title(),
        ]);
        let mut columns = vec!["day"];
        columns.extend(metrics.iter().map(|(_, name)| *name));
        let mut table = Table::new(&columns);
        for (at, row) in &rows {
            let mut cells = vec![Cell::Day(at.to_zoned(TimeZone::UTC).date())];
            cells.extend(
                metrics
                    .iter()
                    .map(|(wire, _)| Cell::count(row.get(wire).count())),
            );
            table.rows.push(cells);
        }
        reply.table(table, "no day of this range is counted yet");
        if rows.len() > 2 {
            for (wire, name) in metrics {
                let values: Vec<i64> = rows
                    .iter()
                    .filter_map(|(_, row)| row.get(wire).count())
                    .collect();
                let peak = rows
                    .iter()
                    .max_by_key(|(_, row)| row.get(wire).count())
                    .map(|(at, _)| at.to_zoned(TimeZone::UTC).date());
                reply.facts([
                    crate::reply::Fact::new(*name, Cell::Line(values)),
                    crate::reply::Fact::new("most on", peak.map_or(Cell::Missing, Cell::Day)),
                ]);
            }
        }
        let missing = usize::try_from(window.days())
            .unwrap_or(0)
            .saturating_sub(rows.len());
        if missing > 0 && !rows.is_empty() {
            reply.note(format!(
                "no data for {missing} of {} days: a day is counted by 08:00 UTC of the next",
                window.days()
            ));
        }
        reply.note("users in several channels count once in each");
        if let Some(note) = window.zone_note() {
            reply.note(note);
        }
        Ok(reply)
    }
}
