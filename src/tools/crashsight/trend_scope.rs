//! What a trend is asked for: the filters, the range, and the part before it to compare with.

use super::filters::Filters;
use super::shared_range::{self, SharedRanges};
use super::trend_rows::{Reading, Trend};
use crate::args::{ProjectName, StepArg};
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::time_range::{Window, WindowSpec};
use crate::tools::output::Output;

/// `startHour` to `endHour`: no more than 360 (docs/vendor/crashsight.md §3).
pub(super) const MOST_HOURS: i64 = 360;

/// The most days that are fetched to compare a range of days with the one before.
const MOST_COMPARED_DAYS: i64 = 70;

/// What a call asks for, whichever form it has.
pub(crate) struct Asked<'a> {
    pub(super) project: Option<&'a ProjectName>,
    pub(super) window: Option<&'a WindowSpec>,
    pub(super) filters: Filters,
}

/// The app, the range asked for, and the range that is fetched to have something to compare it with.
#[derive(Clone)]
pub(crate) struct Scope {
    pub(super) app: CrashSightApp,
    pub(super) window: Window,
    pub(super) fetched: Window,
    /// The part of it that is read.
    needed: Window,
    shared: SharedRanges,
    pub(super) days_before: i64,
    pub(super) filters: Filters,
}

impl Scope {
    /// A single day is compared with the day before, a longer range with the same weekdays.
    pub(super) fn new(
        app: CrashSightApp,
        window: Window,
        filters: Filters,
        step: StepArg,
        cumulative: bool,
    ) -> Self {
        let span = match step {
            StepArg::Day => window.days(),
            StepArg::Hour => (window.hours() + 23) / 24,
        };
        let days_before = match span {
            ..=1 => 1,
            _ if cumulative => 1,
            days => (days + 6) / 7 * 7,
        };
        let earlier = window.begun_earlier(days_before);
        let fits = match step {
            StepArg::Day => earlier.days() <= MOST_COMPARED_DAYS,
            StepArg::Hour => earlier.hours() <= MOST_HOURS,
        };
        // A cumulative trend of several days holds what its last day is compared with.
        let fetched = match (fits, cumulative && span > 1) {
            (true, false) => earlier,
            _ => window.clone(),
        };
        Self {
            app,
            window,
            needed: fetched.clone(),
            fetched,
            shared: match step {
                StepArg::Day => shared_range::DAYS,
                StepArg::Hour => shared_range::HOURS,
            },
            days_before,
            filters,
        }
    }

    /// The same asked for in a range that other questions ask for too.
    #[must_use]
    pub(super) fn sharing(self) -> Self {
        Self {
            fetched: self.shared.asked(&self.needed),
            ..self
        }
    }

    /// The same over the range that another one fetched.
    #[must_use]
    pub(super) fn fetched_as(self, other: &Self) -> Self {
        Self {
            fetched: other.fetched.clone(),
            ..self
        }
    }

    /// The same in other shared ranges.
    pub(super) fn others(&self) -> Vec<Self> {
        let others = self.shared.others(&self.needed);
        others
            .map(|fetched| Self {
                fetched,
                ..self.clone()
            })
            .collect()
    }

    /// Reads the rows of a response.
    pub(super) fn read(
        &self,
        title: String,
        (step, cumulative): (StepArg, bool),
        conditions: impl IntoIterator<Item = String>,
        rows: &[JsonRef<'_>],
    ) -> anyhow::Result<Output<Trend>> {
        let reading = Reading {
            app: &self.app,
            step,
            kind: self.filters.kind,
            cumulative,
            window: &self.window,
            fetched: &self.fetched,
            days_before: self.days_before,
        };
        let (trend, notes) = reading.read(rows)?;
        let mut output = Output::new(title, &self.app, trend)
            .window(&self.window)
            .heading(self.filters.heading())
            .heading(conditions);
        for note in notes {
            output.note(note);
        }
        Ok(output)
    }
}
