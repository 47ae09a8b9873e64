//! The wall clock, as an argument: what signs and waits holds one, pure code receives instants.

use jiff::Timestamp;

/// Where the time of now comes from.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's.
    System,
    /// One moment, for tests.
    Fixed(Timestamp),
}

impl Clock {
    /// The time of now.
    pub fn now(self) -> Timestamp {
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "this is the room of the wall clock"
            )]
            Self::System => Timestamp::now(),
            Self::Fixed(at) => at,
        }
    }
}
