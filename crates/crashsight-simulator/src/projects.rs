//! The demo projects of one made-up game, "Starfall": a live environment on three platforms, a test
//! environment of each, and HarmonyOS.

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
    /// The vendor's platform number: 1 Android, 2 iOS, 10 PC. No source states the number of HarmonyOS; the
    /// one here is made up.
    pub platform: u8,
    /// Its app at Agora, where it has one.
    pub agora: Option<&'static str>,
    /// Its app at Getui, where it has one.
    pub getui: Option<&'static str>,
    /// Whether it is the test environment (体验服) rather than the live one (正式服).
    pub test: bool,
    /// Package name, bundle id or product name.
    pub bundle: &'static str,
}

/// Every project; the first is the default.
pub const PROJECTS: &[DemoProject] = &[
    DemoProject {
        alias: "starfall-android",
        aliases: &["android", "安卓", "安卓正式服"],
        app: "57a2fa1101",
        platform: 1,
        agora: Some(AGORA_APP),
        getui: Some(GETUI_APP_ID),
        test: false,
        bundle: "com.starfall.game",
    },
    DemoProject {
        alias: "starfall-ios",
        aliases: &["ios", "苹果", "苹果正式服"],
        app: "57a2fa1102",
        platform: 2,
        agora: Some(AGORA_APP),
        getui: Some(GETUI_APP_ID),
        test: false,
        bundle: "com.starfall.game.ios",
    },
    DemoProject {
        alias: "starfall-pc",
        aliases: &["pc", "电脑", "电脑正式服"],
        app: "57a2fa1110",
        platform: 10,
        agora: Some(AGORA_APP),
        getui: None,
        test: false,
        bundle: "com.starfall.game.pc",
    },
    DemoProject {
        alias: "starfall-android-test",
        aliases: &["android-test", "安卓体验服"],
        app: "57a2fa2101",
        platform: 1,
        agora: None,
        getui: None,
        test: true,
        bundle: "com.starfall.game.test",
    },
    DemoProject {
        alias: "starfall-ios-test",
        aliases: &["ios-test", "苹果体验服"],
        app: "57a2fa2102",
        platform: 2,
        agora: None,
        getui: None,
        test: true,
        bundle: "com.starfall.game.ios.test",
    },
    DemoProject {
        alias: "starfall-pc-test",
        aliases: &["pc-test", "电脑体验服"],
        app: "57a2fa2110",
        platform: 10,
        agora: None,
        getui: None,
        test: true,
        bundle: "com.starfall.game.pc.test",
    },
    DemoProject {
        alias: "starfall-harmony",
        aliases: &["harmony", "鸿蒙", "鸿蒙正式服"],
        app: "57a2fa1120",
        platform: 120,
        agora: Some(AGORA_APP),
        getui: Some(GETUI_APP_ID),
        test: false,
        bundle: "com.starfall.game.ohos",
    },
];

/// A platform, as far as reports and devices differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Platform {
    Android,
    Ios,
    Pc,
    Harmony,
}

/// One of [`PROJECTS`], in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Project {
    Android,
    Ios,
    Pc,
    AndroidTest,
    IosTest,
    PcTest,
    Harmony,
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

const TEST_RELEASES: [Release; RELEASES] = [
    release("3.8.0", 1),
    release("3.7.1", 6),
    release("3.7.0", 13),
    release("3.6.2", 34),
];
const PC_TEST_RELEASES: [Release; RELEASES] = [
    release("3.8.0.1851", 1),
    release("3.7.1.1836", 6),
    release("3.7.0.1823", 13),
    release("3.6.2.1790", 34),
];
const HARMONY_RELEASES: [Release; RELEASES] = [
    release("1.3.0", 1),
    release("1.2.0", 16),
    release("1.1.0", 40),
    release("1.0.0", 75),
];

impl Project {
    pub(crate) const ALL: [Self; 7] = [
        Self::Android,
        Self::Ios,
        Self::Pc,
        Self::AndroidTest,
        Self::IosTest,
        Self::PcTest,
        Self::Harmony,
    ];
    /// The live environment on the three platforms that the game began with.
    pub(crate) const LIVE: [Self; 3] = [Self::Android, Self::Ios, Self::Pc];

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
        self as u64
    }

    pub(crate) const fn facts(self) -> &'static DemoProject {
        &PROJECTS[self as usize]
    }

    pub(crate) const fn platform(self) -> Platform {
        match self {
            Self::Android | Self::AndroidTest => Platform::Android,
            Self::Ios | Self::IosTest => Platform::Ios,
            Self::Pc | Self::PcTest => Platform::Pc,
            Self::Harmony => Platform::Harmony,
        }
    }

    /// Whether it is the test environment.
    pub(crate) const fn is_test(self) -> bool {
        self.facts().test
    }

    pub(crate) const fn releases(self) -> &'static [Release; RELEASES] {
        match self {
            Self::Android => &ANDROID_RELEASES,
            Self::Ios => &IOS_RELEASES,
            Self::Pc => &PC_RELEASES,
            Self::AndroidTest | Self::IosTest => &TEST_RELEASES,
            Self::PcTest => &PC_TEST_RELEASES,
            Self::Harmony => &HARMONY_RELEASES,
        }
    }

    /// Devices that exist at all; a device number is below this.
    pub(crate) const fn devices(self) -> u32 {
        match self {
            Self::Android => 1_600_000,
            Self::Ios => 900_000,
            Self::Pc => 300_000,
            Self::AndroidTest => 40_000,
            Self::IosTest => 22_000,
            Self::PcTest => 9_000,
            Self::Harmony => 210_000,
        }
    }

    /// Devices that play on an ordinary day.
    pub(crate) const fn daily_devices(self) -> u64 {
        match self {
            Self::Android => 412_000,
            Self::Ios => 236_000,
            Self::Pc => 74_000,
            Self::AndroidTest => 9_600,
            Self::IosTest => 5_200,
            Self::PcTest => 2_100,
            Self::Harmony => 58_000,
        }
    }

    /// How often an issue occurs, in hundredths of its rate on live Android.
    pub(crate) const fn crash_percent(self) -> u64 {
        match self {
            Self::Android => 100,
            Self::Ios => 46,
            Self::Pc => 28,
            Self::AndroidTest => 9,
            Self::IosTest => 6,
            Self::PcTest => 4,
            Self::Harmony => 17,
        }
    }

    /// Devices in a thousand that are emulators (on PC: virtual machines).
    pub(crate) const fn emulators(self) -> u64 {
        match self.platform() {
            Platform::Android => 46,
            Platform::Ios | Platform::Harmony => 0,
            Platform::Pc => 9,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_enumeration_is_in_the_order_of_the_table() {
        assert_eq!(Project::ALL.len(), PROJECTS.len());
        for (position, project) in (0..).zip(Project::ALL) {
            assert_eq!(project.number(), position);
            assert_eq!(Project::by_app(project.facts().app), Some(project));
        }
        let test = PROJECTS.iter().filter(|project| project.test);
        assert!(
            test.clone().count() == 3
                && test.clone().all(|project| project.alias.ends_with("-test"))
        );
    }
}
