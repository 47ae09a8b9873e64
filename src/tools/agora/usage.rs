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
use crate::project::AppRef;
use crate::reply::{Cell, Reply, Table};
use crate::request::{CachePolicy, ProviderId, Rate, Request};
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;
use crate::tools::legacy::Operation;

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
pub(crate) struct GetUsage {
    project: Option<ProjectName>,
    /// yesterday, 7d, 2026-11-15..2026-11-21
    window: Option<WindowSpec>,
    #[serde(default)]
    metrics: List<Choice<Usage>>,
}

impl GetUsage {
    fn scope(&self, ctx: &CallContext) -> Result<(AppRef, Window), Error> {
        let target = target(ctx, self.project.as_ref())?;
        let window = ctx
            .window(
                self.window.as_ref(),
                // Today is left out again.
                &WindowSpec::last_days(DAYS + 1),
                Granularity::Day,
                &target,
            )?
            .within_retention_days(DAYS)?
            .complete_days()?;
        Ok((target, window))
    }
}

impl Operation for GetUsage {
    const NAME: &'static str = "agora_get_usage";
    const PROVIDER: ProviderId = ProviderId::Agora;
    const PATH: &'static str = "insight/usage/by_time";

    fn request(&self, ctx: &CallContext) -> Result<Request, Error> {
        let (target, window) = self.scope(ctx)?;
        let (start, end) = (
            window.start().as_second().to_string(),
            window.end_or_now().as_second().to_string(),
        );
        let metrics: Vec<&str> = Usage::ITEMS.iter().map(|(_, (wire, _))| *wire).collect();
        // The seed's names, and those that later documents ask for (FACTS 2.3), together.
        let ready = window.end_or_now() + READY <= ctx.now;
        Ok(get(&target, Self::PATH)
            .query("start_ts", &start)
            .query("end_ts", &end)
            .query("startTs", &start)
            .query("endTs", &end)
            .query("metric", metrics.join(","))
            .query("aggregateGranularity", "1d")
            .rates(RATES)
            .stale_key(format!("{} {} {start} {end}", Self::PATH, target.id))
            .cache(if ready {
                CachePolicy::CompleteDays
            } else {
                CachePolicy::OneMinute
            }))
    }

    fn reply(&self, ctx: &CallContext, data: &Value) -> anyhow::Result<Reply> {
        let (target, window) = self.scope(ctx)?;
        let mut rows: Vec<(Timestamp, JsonRef<'_>)> = JsonRef::new(data)
            .rows()?
            .into_iter()
            .filter_map(|row| Some((row.get("ts").instant(&TimeZone::UTC)?, row)))
            .filter(|(at, _)| window.contains(*at))
            .collect();
        rows.sort_by_key(|(at, _)| *at);
        let metrics: Vec<&(&str, &str)> = if self.metrics.is_empty() {
            Usage::ITEMS.iter().map(|(_, item)| item).collect()
        } else {
            self.metrics.iter().map(|pick| pick.0).collect()
        };
        let mut reply = Reply::with_title([
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
                    crate::reply::Fact::new(*name, Cell::Sparkline(values)),
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
