//! The contents of a crash report, computed from its key at each request.

mod base_frames;
mod context;
mod keys;
mod logs;
mod notation;
mod stacks;
mod threads;

pub(crate) use self::context::{Attachment, Context, FileType};
use crate::issues::{Issue, Quirk};

/// The version of the SDK inside the game.
pub(crate) const SDK_VERSION: &str = "4.6.1(2.3.0)-4.6.1";

impl Context<'_> {
    /// The stack before symbolication.
    pub(crate) fn raw_stack(&self) -> String {
        stacks::raw(self)
    }

    /// The stack after symbolication; without symbols the same as before.
    pub(crate) fn stack(&self) -> String {
        match self.issue.spec.quirk {
            Quirk::NoSymbols => stacks::raw(self),
            _ => stacks::symbolicated(self),
        }
    }

    /// The frame that the vendor calls the address of the exception.
    pub(crate) fn fault_frame(&self) -> String {
        key_stack(self.issue)
    }

    /// Every file: others, log, user keys, server keys, threads.
    pub(crate) fn attachments(&self) -> Vec<Attachment> {
        let mut files = vec![keys::others(self), logs::log(self)];
        files.extend(keys::user(self));
        files.extend(keys::server(self));
        files.extend(threads::dump(self));
        files
    }
}

/// The one frame that lists show, as the platform prints it.
pub(crate) fn key_stack(issue: &Issue) -> String {
    stacks::key_frame(&Context::sample(issue))
}

/// Exception, message and stack: the text that keyword searches look through.
pub(crate) fn searchable_text(issue: &Issue) -> String {
    let stack = Context::sample(issue).stack();
    format!("{} {} {stack}", issue.exception(), issue.message())
}

/// The dump of a native report.
pub(crate) fn dump_id(issue: &Issue, crash_id: &str) -> Option<String> {
    (issue.exception_type() == "Native").then(|| crash_id.chars().rev().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issues::{self, Kind};
    use crate::projects::Project;

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
