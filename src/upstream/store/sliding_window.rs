//! At most so many calls in any sliding time. Pure.
//!
//! Not a token bucket: one refilled at 25 a minute lets 49 calls into the first 60 seconds, and the
//! service counts those.

use std::time::Duration;

use super::Limit;

/// The service counts arrivals, this program departures and answers: the time in which they may differ.
const JITTER: Duration = Duration::from_millis(250);

/// The longest time that a limit is closed for, whatever the service asks.
pub(super) const LONGEST_BLOCK: Duration = Duration::from_secs(24 * 3600);

/// The longest time that a limit is closed for when the service gave none: it may have meant a shorter one.
pub(super) const LONGEST_GUESS: Duration = Duration::from_secs(60);

/// Milliseconds of a duration.
pub(super) fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds from a call to the first that may follow it as call `calls + 1`.
pub(super) fn span(per: Duration) -> i64 {
    milliseconds(per + JITTER)
}

/// What a limit counts.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// When calls were made, or will be; ascending.
    pub taken: Vec<i64>,
    /// The service said no more until then.
    pub blocked_until: i64,
}

impl Counted {
    /// The first moment from `now` on at which one more call keeps the limit, whatever calls wait for a later one.
    pub(super) fn earliest(&self, limit: &Limit, replicas: usize, now: i64) -> i64 {
        let (calls, span) = (limit.calls(replicas), span(limit.rate.per));
        let open = self.blocked_until.max(now);
        let later = self.taken.iter().map(|at| at + span);
        std::iter::once(open)
            .chain(later.filter(|at| *at > open))
            .find(|at| self.fits(*at, calls, span))
            .unwrap_or(open)
    }

    /// Whether no sliding time would hold more than `calls` with one more at this moment.
    fn fits(&self, at: i64, calls: usize, span: i64) -> bool {
        let place = self.taken.partition_point(|taken| *taken <= at);
        let time = |index: usize| match index.cmp(&place) {
            std::cmp::Ordering::Less => self.taken.get(index).copied(),
            std::cmp::Ordering::Equal => Some(at),
            std::cmp::Ordering::Greater => self.taken.get(index - 1).copied(),
        };
        (place.saturating_sub(calls)..=place).all(|first| {
            match (time(first), time(first + calls)) {
                (Some(first), Some(last)) => last - first >= span,
                _ => true,
            }
        })
    }

    /// How long the limit is closed after a refusal: as long as the service asked, or until the oldest call no longer
    /// counts, at most a minute.
    pub(super) fn closed_for(&self, per: Duration, asked: Option<Duration>, now: i64) -> Duration {
        let oldest = self.taken.first().map(|at| at + milliseconds(per) - now);
        let oldest = oldest.and_then(|wait| u64::try_from(wait).ok());
        let free = || oldest.map_or(per, Duration::from_millis);
        let wait = asked.unwrap_or_else(|| free().min(LONGEST_GUESS));
        wait.min(LONGEST_BLOCK)
    }

    /// Calls that could be made now without waiting.
    pub(super) fn left(&self, limit: &Limit, replicas: usize, now: i64) -> usize {
        if self.blocked_until > now {
            return 0;
        }
        let span = span(limit.rate.per);
        let recent = self.taken.iter().filter(|at| **at + span > now).count();
        limit.calls(replicas).saturating_sub(recent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Rate;
    use crate::upstream::store::{Key, Kind};
    use proptest::prelude::*;

    fn limit(calls: usize, spare: usize) -> Limit {
        Limit {
            key: Key {
                kind: Kind::Calls,
                name: String::new(),
            },
            rate: Rate {
                calls,
                per: Duration::from_secs(60),
            },
            spare,
        }
    }

    fn insert(counted: &mut Counted, at: i64) {
        let place = counted.taken.partition_point(|taken| *taken <= at);
        counted.taken.insert(place, at);
    }

    #[test]
    fn a_call_passes_those_that_leave_calls_to_it() {
        let mut counted = Counted::default();
        let long = limit(25, 5);
        for _ in 0..40 {
            let at = counted.earliest(&long, 1, 0);
            insert(&mut counted, at);
        }
        assert_eq!(counted.taken.last(), Some(&60_250), "the second half waits");
        for _ in 0..5 {
            assert_eq!(counted.earliest(&limit(25, 0), 1, 0), 0);
            insert(&mut counted, 0);
        }
        assert_eq!(counted.earliest(&limit(25, 0), 1, 0), 60_250);
    }

    proptest! {
        #[test]
        fn no_sliding_time_holds_more_than_the_limit(
            calls in 1_usize..8,
            steps in prop::collection::vec((0_i64..30_000, 0_usize..3), 1..60),
        ) {
            let mut counted = Counted::default();
            let mut now = 0;
            for (pause, spare) in steps {
                now += pause;
                let at = counted.earliest(&limit(calls, spare), 1, now);
                prop_assert!(at >= now);
                insert(&mut counted, at);
            }
            for pair in counted.taken.windows(calls + 1) {
                prop_assert!(pair[calls] - pair[0] >= 60_250);
            }
        }
    }
}
