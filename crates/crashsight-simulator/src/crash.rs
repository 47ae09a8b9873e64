//! One crash report: when, on which device, in which version.

use crate::devices::{self, Profile};
use crate::hash_random::hash;
use crate::ids::CrashKey;

/// One report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crash {
    pub(crate) key: CrashKey,
    /// When the service received it: what every statistic counts by.
    pub(crate) uploaded_ms: i64,
    pub(crate) device: u32,
    /// Position in the project's releases.
    pub(crate) release: usize,
}

impl Crash {
    pub(crate) fn profile(&self) -> Profile {
        devices::profile(self.key.project, self.device)
    }

    /// The account that was logged in; some crash before they log in.
    pub(crate) fn user(&self) -> Option<u32> {
        let anonymous =
            hash([u64::from(self.key.hour.0), u64::from(self.key.ordinal), 4]) % 40 == 0;
        (!anonymous).then(|| devices::user(self.key.project, self.device))
    }

    /// The app version's name.
    pub(crate) fn version(&self) -> &'static str {
        let releases = self.key.project.releases();
        releases
            .get(self.release)
            .map_or("", |release| release.version)
    }

    /// When it happened: most are sent within a minute and a half, some at the next start.
    pub(crate) fn crashed_ms(&self) -> i64 {
        let draw = hash([
            u64::from(self.key.hour.0),
            u64::from(self.key.ordinal),
            u64::from(self.device),
        ]);
        let delay = if draw % 20 == 0 {
            600_000 + (draw >> 8) % 18_000_000
        } else {
            1_800 + (draw >> 8) % 88_000
        };
        self.uploaded_ms - i64::try_from(delay).unwrap_or(0)
    }
}
