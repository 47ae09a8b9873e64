//! What a crash leaves behind, written anew from its key each time it is asked for.

mod base_frames;
mod keys;
mod logs;
mod stacks;
mod threads;

use super::calendar::Hour;
use super::devices;
use super::hash_random::{Draws, hash};
use super::ids::CrashKey;
use super::issues::{Issue, Nature, Quirk};
use super::projects::Project;
use super::world::Crash;

/// The version of the SDK inside the game.
pub(super) const SDK_VERSION: &str = "4.6.1(2.3.0)-4.6.1";

/// What a file holds; the vendor has a number for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileType {
    Log,
    Thread,
    Others,
    UserKey,
    ServerKey,
}

impl FileType {
    pub(super) const fn code(self) -> u8 {
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
pub(super) struct Attachment {
    pub(super) name: String,
    pub(super) kind: FileType,
    pub(super) content: String,
}

/// Bytes of memory and disk.
pub(super) struct Memory {
    pub(super) size: u64,
    pub(super) free: u64,
    pub(super) disk: u64,
    pub(super) free_disk: u64,
}

/// A crash and the issue it belongs to; everything else is drawn from them.
pub(super) struct Context<'a> {
    issue: &'a Issue,
    crash: Crash,
    start: u64,
}

impl<'a> Context<'a> {
    pub(super) fn new(issue: &'a Issue, crash: &Crash, seed: u64) -> Self {
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

    /// A report of this issue that nobody sent: good for looking into its stack.
    pub(super) fn sample(issue: &'a Issue) -> Self {
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
    fn draws(&self, purpose: u64) -> Draws {
        Draws::new(hash([self.start, purpose]))
    }

    fn project(&self) -> Project {
        self.issue.project
    }

    /// The stack before symbolication.
    pub(super) fn raw_stack(&self) -> String {
        stacks::raw(self)
    }

    /// The stack after symbolication; without symbols the same as before.
    pub(super) fn stack(&self) -> String {
        match self.issue.spec.quirk {
            Quirk::NoSymbols => stacks::raw(self),
            _ => stacks::symbolicated(self),
        }
    }

    /// 0 symbolicated, −9 no symbol.
    pub(super) const fn retrace_status(&self) -> i32 {
        match self.issue.spec.quirk {
            Quirk::NoSymbols => -9,
            _ => 0,
        }
    }

    /// The frame that the vendor calls the address of the exception.
    pub(super) fn fault_frame(&self) -> String {
        key_stack(self.issue)
    }

    /// Every file: others, log, user keys, server keys, threads.
    pub(super) fn attachments(&self) -> Vec<Attachment> {
        let mut files = vec![keys::others(self), logs::log(self)];
        files.extend(keys::user(self));
        files.extend(keys::server(self));
        files.extend(threads::dump(self));
        files
    }

    pub(super) fn process(&self) -> &'static str {
        match self.project() {
            Project::Android => "com.starfall.game",
            Project::Ios => "Starfall",
            Project::Pc => "Starfall-Win64-Shipping.exe",
        }
    }

    /// The crashed thread as `name(id)`.
    pub(super) fn thread_name(&self) -> String {
        format!("{}({})", self.issue.spec.thread, self.thread_id())
    }

    fn thread_id(&self) -> u64 {
        match self.issue.spec.thread {
            "main" | "com.apple.main-thread" => 1,
            _ => self.draws(1).between(3_000, 29_000),
        }
    }

    fn process_id(&self) -> u64 {
        self.draws(2).between(2_000, 28_000)
    }

    pub(super) fn seconds_after_launch(&self) -> i64 {
        let mut draws = self.draws(3);
        // Squared, so that crashes soon after the launch are common.
        let far = draws.between(0, 1000);
        i64::try_from(6 + far * far * 9 / 1000).unwrap_or(6)
    }

    pub(super) fn started_ms(&self) -> i64 {
        self.crash.crashed_ms() - self.seconds_after_launch() * 1000
    }

    pub(super) fn in_background(&self) -> bool {
        self.draws(4).between(0, 9) == 0
    }

    pub(super) fn rooted(&self) -> bool {
        self.crash.profile().emulator || self.draws(5).between(0, 49) == 0
    }

    pub(super) fn battery(&self) -> u64 {
        match self.project() {
            Project::Pc => 0,
            Project::Android | Project::Ios => self.draws(6).between(3, 100),
        }
    }

    pub(super) fn network(&self) -> &'static str {
        let all: &[&str] = match self.project() {
            Project::Pc => &["ETHERNET", "WIFI"],
            Project::Android | Project::Ios => &["WIFI", "WIFI", "5G", "4G"],
        };
        self.draws(7).pick(all)
    }

    /// An address of a range that is reserved for examples.
    pub(super) fn address(&self) -> String {
        format!("203.0.113.{}", self.draws(8).between(1, 254))
    }

    pub(super) fn rom(&self) -> String {
        match self.project() {
            Project::Android => format!("{}%2FV816", self.crash.profile().model.brand),
            Project::Ios | Project::Pc => String::new(),
        }
    }

    pub(super) fn cpu_type(&self) -> &'static str {
        match (self.project(), self.crash.profile().emulator) {
            (Project::Android, false) => "arm64-v8a",
            (Project::Ios, _) => "arm64e",
            _ => "x86_64",
        }
    }

    pub(super) fn session_id(&self) -> String {
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

    pub(super) fn memory(&self) -> Memory {
        let model = self.crash.profile().model;
        let mut draws = self.draws(10);
        let size = model.ram_mb << 20;
        let disk = model.disk_gb * 1_000_000_000;
        let short = matches!(self.issue.spec.nature, Nature::Memory)
            || self.issue.exception() == "java.lang.OutOfMemoryError";
        let free = if short {
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
    fn device_draw(&self) -> u64 {
        devices::reluctance(self.project(), self.crash.device)
    }
}

/// The one frame that lists show, as the platform prints it.
pub(super) fn key_stack(issue: &Issue) -> String {
    stacks::key_frame(&Context::sample(issue))
}

/// The dump of a native report.
pub(super) fn dump_id(issue: &Issue, crash_id: &str) -> Option<String> {
    (issue.exception_type() == "Native").then(|| crash_id.chars().rev().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issues::{self, Kind};

    #[test]
    fn every_issue_has_a_believable_report() {
        for project in Project::ALL {
            for issue in issues::all(project) {
                let context = Context::sample(issue);
                let slug = issue.spec.slug;
                let frames = context.stack().lines().count();
                assert!((12..=90).contains(&frames), "{slug}: {frames} lines");
                if issue.kind() == Kind::Crash {
                    assert!((20..=75).contains(&frames), "{slug}: {frames} frames");
                }
                let files = context.attachments();
                let threads = files.iter().filter(|file| file.kind == FileType::Thread);
                let count = threads.clone().count();
                assert!((20..=80).contains(&count), "{slug}: {count} threads");
                assert!(
                    threads
                        .clone()
                        .any(|file| file.name == context.thread_name()),
                    "{slug}"
                );
                let log = files
                    .iter()
                    .find(|file| file.kind == FileType::Log)
                    .expect("a log");
                assert!((200..900).contains(&log.content.lines().count()), "{slug}");
                let times: Vec<&str> = log
                    .content
                    .lines()
                    .filter_map(|line| line.get(..18))
                    .collect();
                assert!(times.is_sorted(), "{slug}: the log goes back in time");
                let same = context.stack() == context.raw_stack();
                if context.retrace_status() != 0 {
                    assert!(same, "{slug}");
                } else if issue.exception_type() == "Native" {
                    assert!(!same, "{slug}");
                }
            }
        }
    }

    #[test]
    fn the_lock_chain_can_be_followed_from_main() {
        let list = issues::all(Project::Android);
        let anr = list
            .iter()
            .find(|issue| issue.spec.quirk == Quirk::LockChain)
            .expect("it");
        let files = Context::sample(anr).attachments();
        let mut held_by = "1".to_owned();
        let mut followed = 0;
        while let Some(file) = files
            .iter()
            .find(|file| file.name.ends_with(&format!("({held_by})")))
        {
            followed += 1;
            let Some((_, rest)) = file.content.split_once("held by thread ") else {
                break;
            };
            held_by = rest.chars().take_while(char::is_ascii_digit).collect();
        }
        assert_eq!(followed, 4);
    }

    #[test]
    fn one_log_is_hostile() {
        let hostile: Vec<&str> = issues::all(Project::Android)
            .iter()
            .filter(|issue| {
                let files = Context::sample(issue).attachments();
                files
                    .iter()
                    .any(|file| file.content.contains("gnore previous instructions"))
            })
            .map(|issue| issue.spec.slug)
            .collect();
        assert_eq!(hostile, ["lua-chat-hostile"]);
    }
}
