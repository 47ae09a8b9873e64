//! Triage of an issue: state, assignees, tags, bugs and notes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::calendar::{self, Day};
use crate::hash_random::{self, hash_text, mix};
use crate::issues::{Issue, Scope};
use crate::projects::Project;
use crate::scenario::{self, Trend};

/// A member of the project.
#[derive(Debug)]
pub(crate) struct Member {
    /// What `processors` lists; older accounts have a hash, newer ones a number.
    pub(crate) user_id: &'static str,
    pub(crate) new_user_id: &'static str,
    pub(crate) name: &'static str,
}

/// The team of the demo projects.
pub(crate) const MEMBERS: &[Member] = &[
    member("380b6196b8bd21ed08137900a5d05816", "4648", "lin.yue"),
    member("13cb4423f7f014cb6ba25eb359fe617a", "4646", "zhao.min"),
    member("512466", "5124", "m.okafor"),
    member("475431", "4754", "chen.hao"),
    member("84fcb6d8e604ae9895bd3fb2065db516", "9863", "s.tanaka"),
    member("709724", "7097", "build-bot"),
];

const fn member(user_id: &'static str, new_user_id: &'static str, name: &'static str) -> Member {
    Member {
        user_id,
        new_user_id,
        name,
    }
}

/// A tag and its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) id: u64,
    pub(crate) name: String,
}

impl Tag {
    fn named(name: &str) -> Self {
        Self {
            id: 1_000 + hash_text(name) % 9_000,
            name: name.to_owned(),
        }
    }
}

/// The tags that a project begins with.
const STANDING: &[&str] = &["top", "engine", "needs-repro", "third-party", "wontfix"];

/// What clients have written about one issue.
#[derive(Debug, Default)]
struct Written {
    tags: Vec<Tag>,
    state: Option<u8>,
    assignees: Option<Vec<&'static Member>>,
    notes: Vec<Note>,
    bugs: Vec<Bug>,
}

/// The triage of every issue: the fixed data, and what clients have written since the start.
#[derive(Debug, Default)]
pub(crate) struct Triage(Mutex<HashMap<(Project, u64), Written>>);

impl Triage {
    fn lock(&self) -> MutexGuard<'_, HashMap<(Project, u64), Written>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads or changes what was written about an issue.
    fn with<T>(&self, issue: &Issue, change: impl FnOnce(&mut Written) -> T) -> T {
        change(
            self.lock()
                .entry((issue.project, issue.number))
                .or_default(),
        )
    }

    /// Adds a tag to an issue, once.
    pub(crate) fn add_tag(&self, issue: &Issue, name: &str) {
        let tag = Tag::named(name);
        if !self.tags(issue).contains(&tag) {
            self.with(issue, |written| written.tags.push(tag));
        }
    }

    /// The tags of an issue.
    pub(crate) fn tags(&self, issue: &Issue) -> Vec<Tag> {
        let standing = issue
            .key
            .is_multiple_of(5)
            .then(|| hash_random::pick(STANDING, issue.key >> 8));
        let ticket = issue.key.is_multiple_of(4).then(|| {
            let number = 1_072_000 + mix(issue.key >> 4) % 1_000;
            Tag::named(&format!("TAPD-{number}"))
        });
        let standing = standing.flatten().map(|name| Tag::named(name));
        let mut tags: Vec<Tag> = standing.into_iter().chain(ticket).collect();
        self.with(issue, |written| tags.extend(written.tags.iter().cloned()));
        tags
    }

    /// The tags of a project.
    pub(crate) fn project_tags(&self, project: Project) -> Vec<Tag> {
        let mut tags: Vec<Tag> = STANDING.iter().map(|name| Tag::named(name)).collect();
        let written = self.lock();
        let mut added: Vec<&Tag> = written
            .iter()
            .filter(|((owner, _), _)| *owner == project)
            .flat_map(|(_, written)| &written.tags)
            .filter(|tag| !tags.contains(tag))
            .collect();
        added.sort_by(|one, other| one.name.cmp(&other.name));
        added.dedup();
        let added: Vec<Tag> = added.into_iter().cloned().collect();
        tags.extend(added);
        tags
    }

    /// 0 unprocessed, 1 processed, 2 in progress.
    pub(crate) fn state(&self, issue: &Issue) -> u8 {
        self.with(issue, |written| written.state)
            .unwrap_or_else(|| initial_state(issue))
    }

    /// The assignees; none while the issue is unprocessed, unless a client has set them.
    pub(crate) fn assignees(&self, issue: &Issue) -> Vec<&'static Member> {
        self.with(issue, |written| written.assignees.clone())
            .unwrap_or_else(|| initial_assignees(issue))
    }

    /// User ids joined by `;`, as the vendor prints them.
    pub(crate) fn processors(&self, issue: &Issue) -> String {
        let assignees = self.assignees(issue);
        let ids: Vec<&str> = assignees.iter().map(|member| member.user_id).collect();
        ids.join(";")
    }

    /// Overwrites state and assignees.
    pub(crate) fn set_state(&self, issue: &Issue, state: u8, assignees: Vec<&'static Member>) {
        self.with(issue, |written| {
            written.state = Some(state);
            written.assignees = Some(assignees);
        });
    }

    /// The bugs of an issue.
    pub(crate) fn bugs(&self, issue: &Issue) -> Vec<Bug> {
        let mut bugs: Vec<Bug> = initial_bug(issue).into_iter().collect();
        self.with(issue, |written| bugs.extend(written.bugs.iter().cloned()));
        bugs
    }

    /// Links a bug, once.
    pub(crate) fn add_bug(&self, issue: &Issue, bug: Bug) {
        if self.bugs(issue).iter().all(|known| known.id != bug.id) {
            self.with(issue, |written| written.bugs.push(bug));
        }
    }

    /// The notes of an issue, newest first.
    pub(crate) fn notes(&self, issue: &Issue, today: Day) -> Vec<Note> {
        let mut notes = self.with(issue, |written| written.notes.clone());
        notes.reverse();
        notes.extend(initial_notes(issue, today));
        notes
    }

    /// Adds a note.
    pub(crate) fn add_note(&self, issue: &Issue, note: Note) {
        self.with(issue, |written| written.notes.push(note));
    }
}

/// The member with this id, old or new.
pub(crate) fn member_by_id(id: &str) -> Option<&'static Member> {
    MEMBERS
        .iter()
        .find(|member| member.user_id == id || member.new_user_id == id)
}

/// 0 unprocessed, 1 processed, 2 in progress.
fn initial_state(issue: &Issue) -> u8 {
    let settled = matches!(issue.spec.scope, Scope::Until(_));
    match scenario::trend(issue) {
        Trend::Regressed | Trend::Fading => 1,
        Trend::Steady if settled => 1,
        Trend::Steady if issue.first_seen() > 1 && issue.key % 5 < 2 => 2,
        Trend::Steady | Trend::Spike(_) | Trend::SpikeSince { .. } => 0,
    }
}

/// Its assignees; none while it is unprocessed.
fn initial_assignees(issue: &Issue) -> Vec<&'static Member> {
    let wanted = match initial_state(issue) {
        0 => 0,
        1 => 1,
        _ => 1 + hash_random::index(issue.key % 2),
    };
    let first = hash_random::index((issue.key >> 16) % 4);
    MEMBERS.iter().cycle().skip(first).take(wanted).collect()
}

/// A bug of the tracker.
#[derive(Debug, Clone)]
pub(crate) struct Bug {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) workspace: &'static str,
    /// Its address; empty where none was given.
    pub(crate) url: String,
}

/// The workspace of the demo projects in the tracker.
pub(crate) const WORKSPACE: &str = "20388111";

/// The bug that was filed before the start, if any.
fn initial_bug(issue: &Issue) -> Option<Bug> {
    (initial_state(issue) != 0 && !issue.key.is_multiple_of(3)).then(|| Bug {
        id: (1_020_380_000_000_000_000 + mix(issue.key) % 1_000_000_000).to_string(),
        title: format!("[crash] {} {}", issue.exception(), issue.spec.slug),
        workspace: WORKSPACE,
        url: String::new(),
    })
}

/// A note on an issue.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) created_ms: i64,
    pub(crate) user_id: String,
    pub(crate) new_user_id: String,
}

/// The notes before the start, newest first.
fn initial_notes(issue: &Issue, today: Day) -> Vec<Note> {
    let Some(author) = initial_assignees(issue).first().copied() else {
        return Vec::new();
    };
    let note = |days_ago: u32, hour: i64, text: &str| Note {
        text: text.to_owned(),
        created_ms: today.back(days_ago).first_hour().start_ms()
            + hour * calendar::HOUR_MS
            + i64::try_from(issue.key % 3_600_000).unwrap_or(0),
        user_id: author.user_id.to_owned(),
        new_user_id: author.new_user_id.to_owned(),
    };
    match (scenario::trend(issue), initial_state(issue)) {
        (Trend::Regressed, _) => vec![
            note(
                18,
                15,
                "Fixed by holding a reference until the callback has run; in the next build.",
            ),
            note(
                21,
                10,
                "Happens when the request is cancelled while it expires. Easy to reproduce with a slow network.",
            ),
        ],
        (Trend::Fading, _) => vec![note(
            24,
            11,
            "Fix released; should go away as players update.",
        )],
        (_, 1) => vec![note(20, 16, "Gone in the new release.")],
        _ if issue.key.is_multiple_of(2) => {
            vec![note(4, 17, "Looking into it, no reproduction yet.")]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issues;

    #[test]
    fn a_tag_is_added_once_and_to_one_issue() {
        let triage = Triage::default();
        let list = issues::all(Project::Android);
        let before = triage.tags(&list[0]);
        let tag = Tag::named("vip");
        triage.add_tag(&list[0], "vip");
        triage.add_tag(&list[0], "vip");
        assert_eq!(triage.tags(&list[0]).len(), before.len() + 1);
        assert!(triage.tags(&list[0]).contains(&tag));
        assert!(!triage.tags(&list[1]).contains(&tag));
        assert!(triage.project_tags(Project::Android).contains(&tag));
        assert!(!triage.project_tags(Project::Ios).contains(&tag));
    }

    #[test]
    fn all_three_states_occur() {
        for project in Project::LIVE {
            let states: Vec<u8> = issues::all(project).iter().map(initial_state).collect();
            assert!(
                (0..3).all(|state| states.contains(&state)),
                "{project:?} {states:?}"
            );
        }
    }
}
