//! The three demo projects of one made-up game, "Starfall".

use crate::accounts::{AGORA_APP, GETUI_APP_ID};

/// A project that the simulator serves.
#[derive(Debug, Clone, Copy)]
pub struct DemoProject {
    /// The name for people.
    pub alias: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// The vendor's app id.
    pub app: &'static str,
    /// The vendor's platform number: 1 Android, 2 iOS, 10 PC.
    pub platform: u8,
    /// Its app at Agora, where it has one.
    pub agora: Option<&'static str>,
    /// Its app at Getui, where it has one.
    pub getui: Option<&'static str>,
    /// Package name, bundle id or product name.
    pub bundle: &'static str,
}

/// Every project; the first is the default.
pub const PROJECTS: &[DemoProject] = &[
    DemoProject {
        alias: "starfall-android",
        aliases: &["android", "安卓"],
        app: "57a2fa1101",
        platform: 1,
        agora: Some(AGORA_APP),
        getui: Some(GETUI_APP_ID),
        bundle: "com.starfall.game",
    },
    DemoProject {
        alias: "starfall-ios",
        aliases: &["ios", "苹果"],
        app: "57a2fa1102",
        platform: 2,
        agora: Some(AGORA_APP),
        getui: Some(GETUI_APP_ID),
        bundle: "com.starfall.game.ios",
    },
    DemoProject {
        alias: "starfall-pc",
        aliases: &["pc", "电脑"],
        app: "57a2fa1110",
        platform: 10,
        agora: Some(AGORA_APP),
        getui: None,
        bundle: "com.starfall.game.pc",
    },
];

/// One of [`PROJECTS`], as the inside of the simulator speaks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Project {
    Android,
    Ios,
    Pc,
}

/// An app version, and how many days before today it was released.
pub(crate) struct Release {
    pub(crate) version: &'static str,
    pub(crate) days_ago: u32,
}

const fn release(version: &'static str, days_ago: u32) -> Release {
    Release { version, days_ago }
}

/// Versions of a project, newest first.
pub(crate) const RELEASES: usize = 4;

const ANDROID_RELEASES: [Release; RELEASES] = [
    release("3.7.0", 3),
    release("3.6.2", 24),
    release("3.6.0", 61),
    release("3.5.1", 118),
];
const IOS_RELEASES: [Release; RELEASES] = [
    release("3.7.0", 2),
    release("3.6.2", 22),
    release("3.6.1", 47),
    release("3.5.1", 110),
];
const PC_RELEASES: [Release; RELEASES] = [
    release("3.7.0.1823", 3),
    release("3.6.2.1790", 25),
    release("3.6.0.1741", 60),
    release("3.5.1.1688", 117),
];

impl Project {
    pub(crate) const ALL: [Self; 3] = [Self::Android, Self::Ios, Self::Pc];

    /// The project with this app id.
    pub(crate) fn by_app(app: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|project| project.facts().app == app)
    }

    /// The project with this position in [`PROJECTS`].
    pub(crate) fn by_number(number: u64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|project| project.number() == number)
    }

    /// Its position in [`PROJECTS`].
    pub(crate) const fn number(self) -> u64 {
        match self {
            Self::Android => 0,
            Self::Ios => 1,
            Self::Pc => 2,
        }
    }

    pub(crate) const fn facts(self) -> &'static DemoProject {
        match self {
            Self::Android => &PROJECTS[0],
            Self::Ios => &PROJECTS[1],
            Self::Pc => &PROJECTS[2],
        }
    }

    pub(crate) const fn releases(self) -> &'static [Release; RELEASES] {
        match self {
            Self::Android => &ANDROID_RELEASES,
            Self::Ios => &IOS_RELEASES,
            Self::Pc => &PC_RELEASES,
        }
    }

    /// Devices that exist at all; a device number is below this.
    pub(crate) const fn devices(self) -> u32 {
        match self {
            Self::Android => 1_600_000,
            Self::Ios => 900_000,
            Self::Pc => 300_000,
        }
    }

    /// Devices that play on an ordinary day.
    pub(crate) const fn daily_devices(self) -> u64 {
        match self {
            Self::Android => 412_000,
            Self::Ios => 236_000,
            Self::Pc => 74_000,
        }
    }

    /// Devices in a thousand that are emulators (on PC: virtual machines).
    pub(crate) const fn emulators(self) -> u64 {
        match self {
            Self::Android => 46,
            Self::Ios => 0,
            Self::Pc => 9,
        }
    }
}
