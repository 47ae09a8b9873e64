//! The wall clock as a value, so that tests can fix the time. Pure code receives timestamps instead.

use jiff::Timestamp;

/// The source of the current time.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The system clock.
    System,
    /// A fixed time, for tests.
    Fixed(Timestamp),
}

impl Clock {
    /// The current time.
    pub fn now(self) -> Timestamp {
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "only this module reads the wall clock"
            )]
            Self::System => Timestamp::now(),
            Self::Fixed(at) => at,
        }
    }
}
