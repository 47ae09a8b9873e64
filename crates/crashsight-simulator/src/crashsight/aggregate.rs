//! Sums over crashes: how many, on how many devices, since when.

use super::query::Query;
use crate::calendar::Day;
use crate::filter::Filter;
use crate::hash_random::hash;
use crate::issues::Issue;
use crate::projects::{RELEASES, Release};
use crate::span::Span;
use crate::world::{KEPT_DAYS, World};

/// Crashes and the devices that had them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) crashes: u64,
    pub(crate) devices: u64,
}

impl Count {
    /// A device that crashed on two days counts twice: the vendor adds days up likewise.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            crashes: self.crashes + other.crashes,
            devices: self.devices + other.devices,
        }
    }
}

/// Devices seen so far, with repetitions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen(Vec<u32>);

impl Seen {
    pub(crate) fn add(&mut self, device: u32) {
        self.0.push(device);
    }

    /// Devices that were seen more than once.
    pub(crate) fn repeated(&self) -> usize {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let groups = sorted.chunk_by(|one, other| one == other);
        groups.filter(|group| group.len() > 1).count()
    }

    pub(crate) fn count(mut self) -> Count {
        let crashes = u64::try_from(self.0.len()).unwrap_or(u64::MAX);
        self.0.sort_unstable();
        self.0.dedup();
        Count {
            crashes,
            devices: u64::try_from(self.0.len()).unwrap_or(u64::MAX),
        }
    }
}

/// A total in parts by weight, which add up to it.
pub(crate) fn parts(total: u64, weights: impl IntoIterator<Item = u64> + Clone) -> Vec<u64> {
    let whole = weights.clone().into_iter().sum::<u64>().max(1);
    let (mut weight, mut given) = (0, 0);
    let part = |own: u64| {
        weight += own;
        let until = total * weight / whole;
        let part = until - given;
        given = until;
        part
    };
    weights.into_iter().map(part).collect()
}

/// Crashes of one issue in a span.
pub(crate) fn of_issue(world: World, issue: &Issue, span: Span, filter: &Filter) -> Count {
    let mut seen = Seen::default();
    world.each_crash(issue, span, filter, |crash| seen.add(crash.device));
    seen.count()
}

/// Crashes of one issue, day by day.
pub(crate) fn of_issue_by_day(world: World, issue: &Issue, days: Span, filter: &Filter) -> Count {
    days.each_day()
        .map(|day| of_issue(world, issue, Span::days(day, day).within(days), filter))
        .fold(Count::default(), Count::plus)
}

/// Crashes of several issues in a span, each device once.
pub(crate) fn of_issues<'a>(
    world: World,
    issues: impl Iterator<Item = &'a Issue>,
    span: Span,
    filter: &Filter,
) -> Count {
    let mut seen = Seen::default();
    for issue in issues {
        world.each_crash(issue, span, filter, |crash| seen.add(crash.device));
    }
    seen.count()
}

/// Counts and times of an issue, in total and by version.
pub(crate) struct Summary {
    pub(crate) total: Count,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    /// Versions in which it occurred, newest first.
    pub(crate) versions: Vec<VersionSummary>,
}

/// Counts and times of an issue in one version.
pub(crate) struct VersionSummary {
    pub(crate) version: &'static str,
    pub(crate) count: Count,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
}

/// Sums up an issue; `None` when nothing of it is kept.
pub(crate) fn summary(query: &Query<'_>, issue: &Issue) -> Option<Summary> {
    let mut all = Seen::default();
    let mut by_release: [(Seen, i64, i64); RELEASES] =
        std::array::from_fn(|_| (Seen::default(), i64::MAX, i64::MIN));
    query
        .world
        .each_crash(issue, query.world.kept(), &Filter::ALL, |crash| {
            all.add(crash.device);
            if let Some((seen, first_ms, last_ms)) = by_release.get_mut(crash.release) {
                seen.add(crash.device);
                *first_ms = crash.uploaded_ms.min(*first_ms);
                *last_ms = crash.uploaded_ms.max(*last_ms);
            }
        });
    let today = query.world.today();
    let versions: Vec<VersionSummary> = by_release
        .into_iter()
        .zip(issue.project.releases())
        .map(|((seen, kept_ms, last_ms), release)| VersionSummary {
            version: release.version,
            count: seen.count(),
            first_ms: before_kept_ms(issue, release, today).unwrap_or(kept_ms),
            last_ms,
        })
        .filter(|version| version.count.crashes > 0)
        .collect();
    Some(Summary {
        total: all.count(),
        first_ms: versions.iter().map(|version| version.first_ms).min()?,
        last_ms: versions.iter().map(|version| version.last_ms).max()?,
        versions,
    })
}

/// When an issue was first seen in a version, if that is longer ago than crashes are kept.
fn before_kept_ms(issue: &Issue, release: &Release, today: Day) -> Option<i64> {
    let days_ago = issue.first_seen().min(release.days_ago);
    let start_ms = today.back(days_ago).first_hour().start_ms();
    let draw = hash([issue.key, u64::from(release.days_ago)]);
    let within_ms = i64::try_from(draw % 86_400_000).unwrap_or(0);
    (days_ago >= KEPT_DAYS).then_some(start_ms + within_ms)
}
