//! Devices, their owners and countries.
//!
//! A device is a number below [`Project::devices`]; everything about it follows from the number.

use crate::hash_random::{hash, index, pick};
use crate::models::{
    ANDROID_EMULATOR, COMPUTERS, HARMONY_PHONES, IPHONES, Model, PHONES, VIRTUAL_MACHINE,
};
use crate::projects::{Platform, Project};

/// A country: its Chinese name for `countryList` and its code for documents.
#[derive(Debug)]
pub(crate) struct Country {
    pub(crate) name: &'static str,
    pub(crate) code: &'static str,
    /// Share of the players, in thousandths.
    pub(crate) share: u64,
}

/// Countries, the largest first; the shares add up to 1000.
pub(crate) const COUNTRIES: &[Country] = &[
    country("中国", "CN", 610),
    country("美国", "US", 110),
    country("日本", "JP", 80),
    country("巴西", "BR", 70),
    country("印度尼西亚", "ID", 60),
    country("德国", "DE", 40),
    country("泰国", "TH", 30),
];

const fn country(name: &'static str, code: &'static str, share: u64) -> Country {
    Country { name, code, share }
}

/// The position in [`COUNTRIES`] at this point of 0..1000.
fn country_at(point: u64) -> usize {
    let mut sum = 0;
    COUNTRIES
        .iter()
        .position(|country| {
            sum += country.share;
            point < sum
        })
        .unwrap_or(0)
}

/// The properties of a device.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) model: &'static Model,
    pub(crate) system: &'static str,
    /// Position in [`COUNTRIES`].
    pub(crate) country: usize,
    pub(crate) emulator: bool,
}

/// The properties of this device.
pub(crate) fn profile(project: Project, device: u32) -> Profile {
    let draw = hash([project.number(), u64::from(device), 1]);
    let emulator = draw % 1000 < project.emulators();
    let country = country_at((draw >> 10) % 1000);
    // Squaring the draw makes the first models common and the last ones rare.
    let place = (draw >> 20) % 1000;
    let place = place * place / 1000;
    let model = match (project.platform(), emulator) {
        (Platform::Android, true) => &ANDROID_EMULATOR,
        (Platform::Pc, true) => &VIRTUAL_MACHINE,
        (Platform::Android, false) => at(PHONES, place),
        (Platform::Ios, _) => at(IPHONES, place),
        (Platform::Harmony, _) => at(HARMONY_PHONES, place),
        (Platform::Pc, false) => at(COMPUTERS, place),
    };
    Profile {
        model,
        system: pick(model.systems, draw >> 40).copied().unwrap_or_default(),
        country,
        emulator,
    }
}

fn at(models: &'static [Model], place: u64) -> &'static Model {
    let position = index(place) * models.len() / 1000;
    models.get(position).unwrap_or(&ANDROID_EMULATOR)
}

/// How late this device installs an update, 0 (at once) to 999.
pub(crate) fn reluctance(project: Project, device: u32) -> u64 {
    hash([project.number(), u64::from(device), 2]) % 1000
}

/// The user of a device. One in 25 devices is the second one of a neighbour's owner.
pub(crate) fn user(project: Project, device: u32) -> u32 {
    if hash([project.number(), u64::from(device), 3]) % 25 == 0 {
        device ^ 1
    } else {
        device
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        assert_eq!(
            COUNTRIES.iter().map(|country| country.share).sum::<u64>(),
            1000
        );
        let chinese = (0..10_000).filter(|device| profile(Project::Ios, *device).country == 0);
        assert!((5_700..6_500).contains(&chinese.count()));
    }

    #[test]
    fn emulators_are_android_and_pc_only() {
        let emulators = |project| {
            (0..10_000)
                .filter(|device| profile(project, *device).emulator)
                .count()
        };
        assert!((350..600).contains(&emulators(Project::Android)));
        assert_eq!(emulators(Project::Ios), 0);
        assert!(emulators(Project::Pc) > 0);
    }
}
