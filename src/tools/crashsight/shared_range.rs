//! The range that a series is asked for: wider than a question, so that many questions share one response.
//!
//! Only for responses with a row for each day or hour, which has its `date` and is counted for itself, whatever the range
//! around it (docs/vendor/crashsight.md §7, §15). What is counted over a whole range, such as a list of issues, is never taken from
//! another range: a device that crashed on two days counts twice in their sum.

use crate::time_range::Window;

/// The ranges, in whole days of the service up to today or yesterday, the shortest first.
#[derive(Debug, Clone, Copy)]
pub(super) struct SharedRanges(pub(super) &'static [i64]);

/// Of a row a day: a week, two weeks or a month so far beside as many days before; and a month of 30 days beside five
/// weeks before.
pub(super) const DAYS: SharedRanges = SharedRanges(&[28, 70]);

/// Of a row an hour: today, yesterday and the day before; and as much as one request returns.
pub(super) const HOURS: SharedRanges = SharedRanges(&[3, 15]);

impl SharedRanges {
    /// The range to ask for: one that still runs, or ended with yesterday, is asked for within the shortest shared range
    /// that ends with it. Older ones are seldom asked for twice.
    pub(super) fn asked(self, needed: &Window) -> Window {
        let today = needed.today();
        let last = if needed.partial() {
            Some(today)
        } else {
            today
                .yesterday()
                .ok()
                .filter(|day| needed.last_day() == *day)
        };
        let held = |last| self.0.iter().find_map(|days| needed.held_by(*days, last));
        last.and_then(held).unwrap_or_else(|| needed.clone())
    }

    /// Other shared ranges that hold a range: where the response to one is at hand, nothing needs to be asked.
    pub(super) fn others(self, needed: &Window) -> impl Iterator<Item = Window> {
        let today = needed.today();
        let lasts = [Some(today), today.yesterday().ok()];
        let held = |last| {
            self.0
                .iter()
                .filter_map(move |days| needed.held_by(*days, last))
        };
        lasts
            .into_iter()
            .flatten()
            .flat_map(held)
            .collect::<Vec<_>>()
            .into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time_range::Granularity;
    use crate::time_range::testing::window;

    fn hours(window: &Window) -> String {
        format!(
            "{}..{}",
            window.first_hour_param(),
            window.last_hour_param()
        )
    }

    #[test]
    fn questions_about_the_last_weeks_ask_for_one_range() {
        for (needed, asked) in [
            ("7d", "2026102600..2026112223"),
            ("today", "2026102600..2026112223"),
            ("yesterday", "2026102500..2026112123"),
            ("2026-10-01..2026-11-22", "2026091400..2026112223"),
            // Those that ended before, and longer ones, are asked for alone.
            ("2026-11-01..2026-11-07", "2026110100..2026110723"),
            ("2026-07-01..2026-11-22", "2026070100..2026112223"),
        ] {
            let needed = window(needed, Granularity::Day);
            assert_eq!(hours(&DAYS.asked(&needed)), asked);
        }
        let running = window("24h", Granularity::Hour);
        assert_eq!(hours(&HOURS.asked(&running)), "2026112000..2026112223");
    }

    #[test]
    fn an_ended_range_is_held_by_those_up_to_today() {
        let ended = window("2026-11-01..2026-11-07", Granularity::Day);
        let others: Vec<String> = DAYS.others(&ended).map(|other| hours(&other)).collect();
        assert_eq!(
            others,
            [
                "2026102600..2026112223",
                "2026091400..2026112223",
                "2026102500..2026112123",
                "2026091300..2026112123",
            ]
        );
        let old = window("2026-07-01", Granularity::Day);
        assert_eq!(DAYS.others(&old).count(), 0);
    }
}
