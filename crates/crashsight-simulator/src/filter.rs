//! Which crashes count: versions, countries, emulators.

use crate::crash::Crash;
use crate::projects::RELEASES;

/// Which crashes count.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    pub(crate) releases: [bool; RELEASES],
    /// Positions in the table of countries; `None` is all of them.
    pub(crate) countries: Option<Vec<usize>>,
    /// `Some(true)`: emulators only; `Some(false)`: real devices only.
    pub(crate) emulator: Option<bool>,
}

impl Filter {
    /// Lets everything through.
    pub(crate) const ALL: Self = Self {
        releases: [true; RELEASES],
        countries: None,
        emulator: None,
    };

    pub(crate) fn takes_country(&self, country: usize) -> bool {
        self.countries
            .as_ref()
            .is_none_or(|list| list.contains(&country))
    }

    pub(crate) fn takes_emulator(&self, emulator: bool) -> bool {
        self.emulator.is_none_or(|wanted| wanted == emulator)
    }

    /// Whether a crash counts.
    pub(crate) fn takes(&self, crash: &Crash) -> bool {
        if !self.releases.get(crash.release).copied().unwrap_or(false) {
            return false;
        }
        if self.countries.is_none() && self.emulator.is_none() {
            return true;
        }
        let profile = crash.profile();
        self.takes_country(profile.country) && self.takes_emulator(profile.emulator)
    }
}
