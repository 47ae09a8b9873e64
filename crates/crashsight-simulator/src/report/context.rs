//! A crash and its issue, and the values that follow from both.

use crate::calendar::Hour;
use crate::crash::Crash;
use crate::devices;
use crate::hash_random::{Draws, hash};
use crate::ids::CrashKey;
use crate::issues::{Issue, Quirk};
use crate::projects::{Platform, Project};

/// The kind of a file; the vendor has a number for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileType {
    Log,
    Thread,
    Others,
    UserKey,
    ServerKey,
}

impl FileType {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Log => 1,
            Self::Thread => 2,
            Self::Others => 3,
            Self::UserKey => 6,
            Self::ServerKey => 7,
        }
    }
}

/// One file of a report.
#[derive(Debug)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) kind: FileType,
    pub(crate) content: String,
}

/// Bytes of memory and disk.
pub(crate) struct Memory {
    pub(crate) size: u64,
    pub(crate) free: u64,
    pub(crate) disk: u64,
    pub(crate) free_disk: u64,
}

/// A crash and the issue it belongs to; everything else is drawn from them.
pub(crate) struct Context<'a> {
    pub(crate) issue: &'a Issue,
    pub(crate) crash: Crash,
    start: u64,
}

impl<'a> Context<'a> {
    pub(crate) fn new(issue: &'a Issue, crash: &Crash, seed: u64) -> Self {
        let key = crash.key;
        Self {
            issue,
            crash: *crash,
            start: hash([
                seed,
                issue.key,
                u64::from(key.hour.0),
                u64::from(key.ordinal),
                9,
            ]),
        }
    }

    /// A report of this issue that never occurred, for its stack.
    pub(crate) fn sample(issue: &'a Issue) -> Self {
        let key = CrashKey {
            project: issue.project,
            issue: issue.number,
            hour: Hour(0),
            ordinal: 0,
        };
        let crash = Crash {
            key,
            uploaded_ms: 0,
            device: 0,
            release: 0,
        };
        Self::new(issue, &crash, 0)
    }

    /// Draws for one purpose, independent of those for another.
    pub(crate) fn draws(&self, purpose: u64) -> Draws {
        Draws::new(hash([self.start, purpose]))
    }

    pub(crate) fn platform(&self) -> Platform {
        self.project().platform()
    }

    pub(crate) fn project(&self) -> Project {
        self.issue.project
    }

    /// 0 symbolicated, −9 no symbol.
    pub(crate) const fn retrace_status(&self) -> i32 {
        match self.issue.spec.quirk {
            Quirk::NoSymbols => -9,
            _ => 0,
        }
    }

    pub(crate) fn process(&self) -> &'static str {
        match self.platform() {
            Platform::Android => "com.starfall.game",
            Platform::Harmony => "com.starfall.game.ohos",
            Platform::Ios => "Starfall",
            Platform::Pc => "Starfall-Win64-Shipping.exe",
        }
    }

    /// The crashed thread as `name(id)`.
    pub(crate) fn thread_name(&self) -> String {
        format!("{}({})", self.issue.spec.thread, self.thread_id())
    }

    pub(crate) fn thread_id(&self) -> u64 {
        match self.issue.spec.thread {
            "main" | "com.apple.main-thread" => 1,
            _ => self.draws(1).between(3_000, 29_000),
        }
    }

    pub(crate) fn process_id(&self) -> u64 {
        self.draws(2).between(2_000, 28_000)
    }

    pub(crate) fn seconds_after_launch(&self) -> i64 {
        let mut draws = self.draws(3);
        // Squared, so that crashes soon after the launch are common.
        let far = draws.between(0, 1000);
        i64::try_from(6 + far * far * 9 / 1000).unwrap_or(6)
    }

    pub(crate) fn started_ms(&self) -> i64 {
        self.crash.crashed_ms() - self.seconds_after_launch() * 1000
    }

    pub(crate) fn in_background(&self) -> bool {
        self.draws(4).between(0, 9) == 0
    }

    pub(crate) fn rooted(&self) -> bool {
        self.crash.profile().emulator || self.draws(5).between(0, 49) == 0
    }

    pub(crate) fn battery(&self) -> u64 {
        match self.platform() {
            Platform::Pc => 0,
            Platform::Android | Platform::Ios | Platform::Harmony => self.draws(6).between(3, 100),
        }
    }

    pub(crate) fn network(&self) -> &'static str {
        let all: &[&str] = match self.platform() {
            Platform::Pc => &["ETHERNET", "WIFI"],
            Platform::Android | Platform::Ios | Platform::Harmony => &["WIFI", "WIFI", "5G", "4G"],
        };
        self.draws(7).pick(all)
    }

    /// An address of a range that is reserved for examples.
    pub(crate) fn address(&self) -> String {
        format!("203.0.113.{}", self.draws(8).between(1, 254))
    }

    pub(crate) fn rom(&self) -> String {
        match self.platform() {
            Platform::Android => format!("{}%2FV816", self.crash.profile().model.brand),
            Platform::Ios | Platform::Pc | Platform::Harmony => String::new(),
        }
    }

    pub(crate) fn cpu_type(&self) -> &'static str {
        match (self.platform(), self.crash.profile().emulator) {
            (Platform::Android | Platform::Harmony, false) => "arm64-v8a",
            (Platform::Ios, _) => "arm64e",
            _ => "x86_64",
        }
    }

    pub(crate) fn session_id(&self) -> String {
        let mut draws = self.draws(9);
        let (high, low) = (draws.next(), draws.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
    }

    pub(crate) fn memory(&self) -> Memory {
        let model = self.crash.profile().model;
        let mut draws = self.draws(10);
        let size = model.ram_mb << 20;
        let disk = model.disk_gb * 1_000_000_000;
        let free = if self.issue.is_oom() {
            draws.between(2, 6)
        } else {
            draws.between(14, 52)
        };
        Memory {
            size,
            free: size / 100 * free + draws.between(0, 999_999),
            disk,
            free_disk: disk / 100 * draws.between(4, 70) + draws.between(0, 9_999_999),
        }
    }

    /// A number that stays with the device: where it has installed and mapped the game.
    pub(crate) fn device_draw(&self) -> u64 {
        devices::reluctance(self.project(), self.crash.device)
    }
}
