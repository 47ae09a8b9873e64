//! The crashes of the last 30 days. There is no table of counts: a number is computed by enumerating
//! the crashes behind it, so the same issue has the same numbers wherever it appears.

use crate::active_devices;
use crate::calendar::{Day, Hour};
use crate::crash::Crash;
use crate::devices;
use crate::filter::Filter;
use crate::hash_random::{hash, index};
use crate::ids::CrashKey;
use crate::issues::{self, Issue};
use crate::projects::RELEASES;
use crate::scenario;
use crate::span::Span;
use crate::world::World;

/// Crashes of a day, by hour, in thousandths: quiet nights, a peak at lunch and one in the evening.
const CURVE: [u64; 24] = [
    22, 14, 8, 5, 4, 4, 8, 16, 26, 32, 36, 46, 62, 56, 44, 42, 44, 50, 62, 78, 96, 104, 88, 53,
];
/// Devices that crash again and again, whatever the issue.
const UNLUCKY: u64 = 420;
/// How often a crash is drawn again to find the GPU that its issue prefers.
const GPU_DRAWS: u64 = 5;

/// The crashes of an issue on one day.
struct Plan {
    /// Expected crashes, in thousandths.
    milli: u64,
    /// Upper bounds of the releases' shares, newest first.
    bounds: [u64; RELEASES],
    /// Devices that it hits.
    victims: u64,
}

impl World {
    /// Visits the crashes of an issue in `span`, hour by hour.
    pub(crate) fn each_crash(
        self,
        issue: &Issue,
        span: Span,
        filter: &Filter,
        mut visit: impl FnMut(&Crash),
    ) {
        let span = span.within(self.kept());
        for day in span.each_day() {
            let plan = self.plan(issue, day);
            for hour in Span::days(day, day).within(span).each_hour() {
                for ordinal in 0..self.count(issue, &plan, hour) {
                    let crash = self.draw(issue, &plan, hour, ordinal);
                    let inside = (span.from_ms..span.until_ms).contains(&crash.uploaded_ms);
                    if inside && filter.takes(&crash) {
                        visit(&crash);
                    }
                }
            }
        }
    }

    /// The crashes of an issue in `span`, newest first.
    pub(crate) fn newest_first(self, issue: &Issue, span: Span, filter: &Filter) -> Vec<Crash> {
        let mut crashes = Vec::new();
        self.each_crash(issue, span, filter, |crash| crashes.push(*crash));
        crashes.sort_unstable_by_key(|crash| (-crash.uploaded_ms, crash.key.ordinal));
        crashes
    }

    /// The last crash of an issue.
    pub(crate) fn last(self, issue: &Issue) -> Option<Crash> {
        self.kept().each_day().rev().find_map(|day| {
            self.newest_first(issue, Span::days(day, day), &Filter::ALL)
                .into_iter()
                .next()
        })
    }

    /// The crash with this id, if it has happened.
    pub(crate) fn crash(self, id: &str) -> Option<(&'static Issue, Crash)> {
        let key = CrashKey::parse(id, self.seed)?;
        let issue = issues::all(key.project).get(index(key.issue))?;
        let kept = self.kept();
        let plan = self.plan(issue, key.hour.day());
        if key.ordinal >= self.count(issue, &plan, key.hour) {
            return None;
        }
        let crash = self.draw(issue, &plan, key.hour, key.ordinal);
        let happened = (kept.from_ms..kept.until_ms).contains(&crash.uploaded_ms);
        happened.then_some((issue, crash))
    }

    fn plan(self, issue: &Issue, day: Day) -> Plan {
        let today = self.today();
        let shares = active_devices::adoption(issue.project, day, today);
        let scope = scenario::scope(issue, day, today);
        let mut total = 0;
        let mut bounds = [0; RELEASES];
        for (release, (bound, share)) in bounds.iter_mut().zip(shares).enumerate() {
            if scope.holds(release) {
                total += share;
            }
            *bound = total;
        }
        let noise = 90 + hash([self.seed, issue.key, u64::from(day.0)]) % 21;
        let percent = scenario::percent(issue, day, today) * noise / 100;
        let milli = issue.per_day() * percent * total / 100;
        Plan {
            milli,
            bounds,
            victims: milli * scenario::peak_percent(issue, day, today) / 100 / 1_600 + 1,
        }
    }

    /// How many crashes an hour has, those after now included.
    fn count(self, issue: &Issue, plan: &Plan, hour: Hour) -> u32 {
        let draw = hash([self.seed, issue.key, u64::from(hour.0)]);
        let curve = CURVE
            .get(index(u64::from(hour.of_day())))
            .copied()
            .unwrap_or(0);
        let percent = scenario::hour_percent(issue, hour, self.today());
        let expected = plan.milli * curve * (800 + draw % 401) / 1000 * percent / 100;
        let whole =
            expected / 1_000_000 + u64::from((draw >> 20) % 1_000_000 < expected % 1_000_000);
        u32::try_from(whole).unwrap_or(0)
    }

    fn draw(self, issue: &Issue, plan: &Plan, hour: Hour, ordinal: u32) -> Crash {
        let project = issue.project;
        let draw = hash([
            self.seed,
            issue.key,
            u64::from(hour.0),
            u64::from(ordinal),
            1,
        ]);
        let device = self.device(issue, plan, hour, draw);
        // Early adopters stay early adopters: the device, not the crash, decides on the version.
        let total = plan.bounds.last().copied().unwrap_or(0);
        let point = devices::reluctance(project, device) * total / 1000;
        Crash {
            key: CrashKey {
                project,
                issue: issue.number,
                hour,
                ordinal,
            },
            uploaded_ms: hour.start_ms() + i64::from((draw >> 32) as u32 % 3_600_000),
            device,
            release: plan
                .bounds
                .iter()
                .position(|bound| point < *bound)
                .unwrap_or(0),
        }
    }

    fn device(self, issue: &Issue, plan: &Plan, hour: Hour, draw: u64) -> u32 {
        let project = issue.project;
        let number = |of: u64| (of >> 32) as u32 % project.devices();
        if draw % 100 < 12 {
            return number(hash([
                self.seed,
                project.number(),
                (draw >> 8) % UNLUCKY,
                2,
            ]));
        }
        let victim = (draw >> 8) % plan.victims;
        let at = |attempt| {
            let day = u64::from(hour.day().0);
            number(hash([self.seed, issue.key, day, victim, attempt]))
        };
        if issue.spec.gpu.is_empty() {
            return at(0);
        }
        let preferred = |device: &u32| {
            devices::profile(project, *device)
                .model
                .gpu
                .starts_with(issue.spec.gpu)
        };
        (0..GPU_DRAWS)
            .map(at)
            .find(preferred)
            .unwrap_or_else(|| at(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar;
    use crate::projects::Project;

    fn world(now: &str) -> World {
        World::new(1, calendar::parse_time(now).expect("a time"))
    }

    fn spike() -> &'static Issue {
        let all = issues::all(Project::Android);
        all.iter()
            .find(|issue| issue.spec.slug == "vehicle-suspension")
            .expect("the spike")
    }

    #[test]
    fn the_spike_is_today_and_in_the_newest_version() {
        let world = world("2026-11-22 16:08:00");
        let count = |ago| {
            let day = world.today().back(ago);
            world
                .newest_first(spike(), Span::days(day, day), &Filter::ALL)
                .len()
        };
        assert!(count(0) > 4 * count(1), "{} {}", count(0), count(1));
        assert!(count(1) > 0);
        assert_eq!(count(4), 0);
        let crashes = world.newest_first(spike(), world.kept(), &Filter::ALL);
        assert!(crashes.iter().all(|crash| crash.version() == "3.7.0"));
        let mali = crashes
            .iter()
            .filter(|crash| crash.profile().model.gpu.starts_with("Mali"));
        assert!(mali.count() * 2 > crashes.len());
    }

    #[test]
    fn today_ends_now_and_keeps_what_it_had() {
        let (earlier, later) = (world("2026-11-22 12:30:00"), world("2026-11-22 23:59:59"));
        let ids = |world: World| {
            let mut ids = Vec::new();
            world.each_crash(
                spike(),
                Span::days(world.today(), world.today()),
                &Filter::ALL,
                |crash| {
                    assert!(crash.uploaded_ms < world.now_ms);
                    ids.push(crash.key.id(world.seed));
                },
            );
            ids
        };
        let (before, after) = (ids(earlier), ids(later));
        assert!(before.len() < after.len());
        assert!(before.iter().all(|id| after.contains(id)));
    }

    #[test]
    fn every_crash_is_found_by_its_id() {
        let world = world("2026-11-22 16:08:00");
        for crash in world.newest_first(spike(), world.kept(), &Filter::ALL) {
            let (issue, found) = world.crash(&crash.key.id(world.seed)).expect("the crash");
            assert_eq!(issue.number, spike().number);
            assert_eq!(
                (found.device, found.uploaded_ms),
                (crash.device, crash.uploaded_ms)
            );
            assert!(crash.crashed_ms() < crash.uploaded_ms);
        }
    }

    #[test]
    fn another_seed_is_another_world() {
        let one = world("2026-11-22 16:08:00");
        let two = World { seed: 2, ..one };
        let last = |world: World| world.last(spike()).map(|crash| crash.uploaded_ms);
        assert_eq!(last(one), last(one));
        assert_ne!(last(one), last(two));
    }
}
