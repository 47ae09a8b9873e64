//! The data set at one instant: the seed that it grows from, and the time.

use crate::calendar::{Day, Hour};
use crate::span::Span;

/// Days for which data is kept, today included.
pub(crate) const KEPT_DAYS: u32 = 30;

/// The data set at one instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) now_ms: i64,
}

impl World {
    pub(crate) const fn new(seed: u64, now_ms: i64) -> Self {
        Self { seed, now_ms }
    }

    pub(crate) fn today(self) -> Day {
        Hour::of(self.now_ms).day()
    }

    /// Everything that is kept: 30 days, up to now and no further.
    pub(crate) fn kept(self) -> Span {
        Span {
            from_ms: self.today().back(KEPT_DAYS - 1).first_hour().start_ms(),
            until_ms: self.now_ms,
        }
    }
}
