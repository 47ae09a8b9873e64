//! Recent events: the few issues that are not steady, today's push, and
//! the calls that suffer with the players.
//!
//! On every live platform one issue spikes today (in the newest version; on PC in all of them), one is
//! new since yesterday, and one that was processed is back since two days.

use crate::calendar::{Day, Hour};
use crate::issues::{Issue, Scope};
use crate::projects::Project;

/// The course of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trend {
    Steady,
    /// Many times its rate today.
    Spike(u64),
    /// Many times its rate from this hour of yesterday on, when a version was released and a push was sent.
    SpikeSince {
        hour: u32,
        times: u64,
    },
    /// Processed and silent, then back in the newest version.
    Regressed,
    /// Going away since its fix was released.
    Fading,
}

/// Days before today on which a regressed issue went silent.
const SILENT_FROM: u32 = 17;
/// Days before today on which it occurred again.
pub(crate) const BACK_SINCE: u32 = 2;

/// The course of this issue.
pub(crate) fn trend(issue: &Issue) -> Trend {
    match (issue.project, issue.spec.slug) {
        (Project::Android, "vehicle-suspension") => Trend::Spike(14),
        (Project::Ios, "metal-heap") => Trend::Spike(8),
        (Project::Pc, "overlay-hook") => Trend::Spike(6),
        (Project::Android, "matchmaking-abort")
        | (Project::Ios, "shader-precompile")
        | (Project::Pc, "physics-constraint") => Trend::Regressed,
        (Project::Harmony, "harmony-surface-fold") => Trend::SpikeSince {
            hour: 20,
            times: 18,
        },
        (Project::Android, "il2cpp-guild-list") | (Project::Ios, "objc-range") => Trend::Fading,
        _ => Trend::Steady,
    }
}

/// How often an issue occurs on `day`, in hundredths of its rate.
pub(crate) fn percent(issue: &Issue, day: Day, today: Day) -> u64 {
    let ago = today.0.saturating_sub(day.0);
    if ago > issue.first_seen() || day > today {
        return 0;
    }
    match trend(issue) {
        Trend::Spike(times) if ago == 0 => times * 100,
        Trend::Regressed if (BACK_SINCE + 1..=SILENT_FROM).contains(&ago) => 0,
        Trend::Fading => u64::from(ago.min(25)) * 4 + 6,
        _ => 100,
    }
}

/// How often an issue occurs in an hour, in hundredths of its rate on that day.
pub(crate) fn hour_percent(issue: &Issue, hour: Hour, today: Day) -> u64 {
    match trend(issue) {
        Trend::SpikeSince { hour: first, times } if hour >= spike_start(first, today) => {
            times * 100
        }
        _ => 100,
    }
}

/// The highest [`hour_percent`] of a day.
pub(crate) fn peak_percent(issue: &Issue, day: Day, today: Day) -> u64 {
    hour_percent(issue, day.last_hour(), today)
}

fn spike_start(hour: u32, today: Day) -> Hour {
    Hour(today.back(1).first_hour().0 + hour)
}

/// The versions in which it occurs on `day`.
pub(crate) fn scope(issue: &Issue, day: Day, today: Day) -> Scope {
    let ago = today.0.saturating_sub(day.0);
    match trend(issue) {
        Trend::Regressed if ago <= BACK_SINCE => Scope::Since(0),
        _ => issue.spec.scope,
    }
}

/// The id of today's push, "season 7 opens".
pub const LAUNCH_TASK: &str = "RASL_season7_3f9c2a7b51d04e86";

/// Minutes after today's midnight at which "season 7 opens" was pushed to every phone: today's spikes begin
/// with the day, because its players do.
pub(crate) const PUSH_MINUTE: i64 = 5;

/// When today's push left, in Unix seconds.
pub(crate) fn push_second(today: Day) -> i64 {
    today.first_hour().start_ms() / 1000 + PUSH_MINUTE * 60
}

/// How badly calls freeze at this second, in thousandths: a little on any day, most in the hour after the
/// push, and today whenever a stage of the season opens, at twenty past each hour.
pub(crate) fn freezing(today: Day, second: i64) -> u64 {
    let since = second - push_second(today);
    let into_hour = second.rem_euclid(3600) / 60;
    match since {
        i64::MIN..0 => 35,
        0..3300 => 800 - u64::try_from(since / 30).unwrap_or(0),
        _ if (20..35).contains(&into_hour) => 1000 - 110 * (into_hour - 27).unsigned_abs(),
        _ => 130,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issues;

    #[test]
    fn every_project_has_its_turns() {
        let today = Day(20_000);
        for project in Project::LIVE {
            let trends: Vec<Trend> = issues::all(project).iter().map(trend).collect();
            assert!(
                trends.iter().any(|trend| matches!(trend, Trend::Spike(_))),
                "{project:?}"
            );
            let back = issues::all(project)
                .iter()
                .find(|issue| trend(issue) == Trend::Regressed);
            let back = back.expect("a regression");
            assert_eq!(percent(back, today.back(3), today), 0);
            assert_eq!(percent(back, today.back(2), today), 100);
            assert_eq!(percent(back, today.back(18), today), 100);
            let new = issues::all(project)
                .iter()
                .filter(|issue| issue.first_seen() == 1);
            assert_eq!(new.count(), 1, "{project:?}");
        }
    }
}
