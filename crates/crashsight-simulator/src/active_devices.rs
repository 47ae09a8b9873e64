//! Active devices by version, hour and country. Cells, as the devices that do not
//! crash are too many to enumerate; sums over hours, versions and countries are sums of cells.

use crate::calendar::{Day, HOUR_MS, Hour};
use crate::devices::COUNTRIES;
use crate::filter::Filter;
use crate::hash_random::{hash, index};
use crate::projects::{Project, RELEASES};
use crate::span::Span;
use crate::world::World;

/// Devices first seen in an hour of the day, in thousandths of the day's devices.
const ARRIVALS: [u64; 24] = [
    60, 22, 10, 6, 5, 8, 22, 48, 66, 62, 56, 60, 72, 58, 44, 40, 42, 50, 62, 66, 60, 44, 24, 13,
];
/// Devices present in an hour, in thousandths of the day's devices: in the first hour those that arrive,
/// later never fewer.
const PRESENT: [u64; 24] = [
    60, 45, 28, 20, 18, 20, 35, 65, 90, 98, 105, 125, 150, 135, 115, 112, 118, 130, 150, 172, 190,
    192, 160, 110,
];
/// More people play at the weekend, in hundredths, from Thursday (the first day of 1970).
const WEEK: [u64; 7] = [97, 103, 116, 112, 95, 94, 96];

/// Activity of some devices in some time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Activity {
    /// Devices seen for the first time that day: they add up to the day's active devices.
    pub(crate) arrivals: u64,
    /// Devices seen at all in each hour.
    pub(crate) present: u64,
    /// Launches.
    pub(crate) launches: u64,
}

impl Activity {
    fn add(&mut self, other: Self) {
        self.arrivals += other.arrivals;
        self.present += other.present;
        self.launches += other.launches;
    }
}

/// The releases' shares of the devices on a day, in thousandths, newest first.
pub(crate) fn adoption(project: Project, day: Day, today: Day) -> [u64; RELEASES] {
    let ago = today.0.saturating_sub(day.0);
    let mut taken = 0;
    let mut shares = [0; RELEASES];
    let last = shares.len() - 1;
    for (position, (share, release)) in shares.iter_mut().zip(project.releases()).enumerate() {
        let arrived = match release.days_ago.checked_sub(ago) {
            _ if position == last => 1000,
            Some(age) => 970 * (2 * u64::from(age) + 1) / (2 * u64::from(age) + 5),
            None => 0,
        };
        *share = arrived.saturating_sub(taken);
        taken = taken.max(arrived);
    }
    shares
}

/// Activity in one hour of the devices that match `filter`.
pub(crate) fn in_hour(world: World, project: Project, hour: Hour, filter: &Filter) -> Activity {
    let mut sum = Activity::default();
    let part = Span::hours(hour, hour).within(world.kept());
    let Ok(elapsed_ms) = u64::try_from(part.until_ms - part.from_ms) else {
        return sum;
    };
    let whole_ms = HOUR_MS.unsigned_abs();
    let shares = adoption(project, hour.day(), world.today());
    let weekday = WEEK
        .get(index(u64::from(hour.day().0) % 7))
        .copied()
        .unwrap_or(100);
    let place = index(u64::from(hour.of_day()));
    let at = |table: &[u64; 24]| table.get(place).copied().unwrap_or(0);
    let devices = project.daily_devices() * weekday / 100;
    for (release, share) in shares.into_iter().enumerate() {
        if !filter.releases.get(release).copied().unwrap_or(false) {
            continue;
        }
        for (country, facts) in COUNTRIES.iter().enumerate() {
            if !filter.takes_country(country) {
                continue;
            }
            for emulator in [false, true] {
                if !filter.takes_emulator(emulator) {
                    continue;
                }
                let emulators = project.emulators();
                let kind = if emulator {
                    emulators
                } else {
                    1000 - emulators
                };
                let draw = hash([
                    world.seed,
                    project.number(),
                    u64::from(hour.0),
                    u64::try_from(release * 32 + country * 2 + usize::from(emulator)).unwrap_or(0),
                ]);
                // Thousandths of thousandths of thousandths, and a noise of ±4 %.
                let cell =
                    devices * share * facts.share / 1000 * kind / 1000 * (960 + draw % 81) / 1000;
                let of = |table: &[u64; 24]| cell * at(table) / 1_000_000 * elapsed_ms / whole_ms;
                let present = of(&PRESENT);
                sum.add(Activity {
                    arrivals: of(&ARRIVALS).min(present),
                    present,
                    launches: present * (118 + (draw >> 8) % 9) / 100,
                });
            }
        }
    }
    sum
}

/// Activity in all hours of a span.
pub(crate) fn in_span(world: World, project: Project, span: Span, filter: &Filter) -> Activity {
    let mut sum = Activity::default();
    for hour in span.within(world.kept()).each_hour() {
        sum.add(in_hour(world, project, hour, filter));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar;

    fn world() -> World {
        World::new(
            1,
            calendar::parse_time("2026-11-22 16:08:00").expect("a time"),
        )
    }

    #[test]
    fn tables_add_up() {
        assert_eq!(ARRIVALS.iter().sum::<u64>(), 1000);
        assert!(
            ARRIVALS
                .iter()
                .zip(PRESENT)
                .all(|(arrive, present)| *arrive <= present)
        );
        assert_eq!(ARRIVALS[0], PRESENT[0], "a day's first hour has one number");
        for ago in 0..30 {
            let shares = adoption(Project::Ios, Day(20_000 - ago), Day(20_000));
            assert_eq!(shares.iter().sum::<u64>(), 1000);
        }
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let (world, project) = (world(), Project::Android);
        let day = Span::days(world.today().back(1), world.today().back(1));
        let whole = in_span(world, project, day, &Filter::ALL);
        assert!((380_000..480_000).contains(&whole.arrivals), "{whole:?}");
        let mut sum = Activity::default();
        for release in 0..RELEASES {
            let mut filter = Filter::ALL;
            filter.releases = [false; RELEASES];
            filter.releases[release] = true;
            sum.add(in_span(world, project, day, &filter));
        }
        assert_eq!(sum, whole);
    }

    #[test]
    fn nothing_is_known_about_later() {
        let world = world();
        let hour = Hour::of(world.now_ms);
        let now = in_hour(world, Project::Pc, hour, &Filter::ALL);
        assert!(now.present > 0);
        assert_eq!(
            in_hour(world, Project::Pc, Hour(hour.0 + 1), &Filter::ALL),
            Activity::default()
        );
        let complete = World {
            now_ms: world.now_ms + HOUR_MS,
            ..world
        };
        assert!(in_hour(complete, Project::Pc, hour, &Filter::ALL).present > now.present);
    }
}
