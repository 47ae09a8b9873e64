//! What the team has done about an issue: state, handlers, tags, bugs and notes.

use std::sync::{Mutex, PoisonError};

use super::calendar::{self, Day};
use super::hash_random::{self, hash_text, mix};
use super::issues::{Issue, Scope};
use super::projects::Project;
use super::scenario::{self, Trend};

/// A member of the project.
pub(super) struct Member {
    /// What `processors` lists; older accounts have a hash, newer ones a number.
    pub(super) user_id: &'static str,
    pub(super) new_user_id: &'static str,
    pub(super) name: &'static str,
}

/// The team of the demo projects.
pub(super) const MEMBERS: &[Member] = &[
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

/// A tag and the number that the vendor gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) id: u64,
    pub(super) name: String,
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

/// Tags added while the simulator runs: the only thing that is stored.
#[derive(Debug, Default)]
pub(super) struct Tags(Mutex<Vec<(Project, u64, Tag)>>);

impl Tags {
    /// Puts a tag on an issue, once.
    pub(super) fn add(&self, issue: &Issue, name: &str) -> Tag {
        let tag = Tag::named(name);
        if !self.of(issue).contains(&tag) {
            let mut added = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            added.push((issue.project, issue.number, tag.clone()));
        }
        tag
    }

    /// The tags of an issue.
    pub(super) fn of(&self, issue: &Issue) -> Vec<Tag> {
        let standing = issue
            .key
            .is_multiple_of(5)
            .then(|| hash_random::pick(STANDING, issue.key >> 8));
        let mut tags: Vec<Tag> = standing
            .flatten()
            .map(|name| Tag::named(name))
            .into_iter()
            .collect();
        let added = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let here = added
            .iter()
            .filter(|(project, number, _)| *project == issue.project && *number == issue.number);
        tags.extend(here.map(|(_, _, tag)| tag.clone()));
        tags
    }

    /// The tags of a project.
    pub(super) fn of_project(&self, project: Project) -> Vec<Tag> {
        let mut tags: Vec<Tag> = STANDING.iter().map(|name| Tag::named(name)).collect();
        let added = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, _, tag) in added.iter().filter(|(owner, _, _)| *owner == project) {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        tags
    }
}

/// 0 unprocessed, 1 processed, 2 in progress.
pub(super) fn state(issue: &Issue) -> u8 {
    let settled = matches!(issue.spec.scope, Scope::Until(_));
    match scenario::life(issue) {
        Trend::Regressed | Trend::Fading => 1,
        Trend::Steady if settled => 1,
        Trend::Steady if issue.first_seen() > 1 && issue.key % 5 < 2 => 2,
        Trend::Steady | Trend::Spike(_) => 0,
    }
}

/// Who handles it; nobody while it is unprocessed.
pub(super) fn handlers(issue: &Issue) -> Vec<&'static Member> {
    let wanted = match state(issue) {
        0 => 0,
        1 => 1,
        _ => 1 + hash_random::index(issue.key % 2),
    };
    let first = hash_random::index((issue.key >> 16) % 4);
    MEMBERS.iter().cycle().skip(first).take(wanted).collect()
}

/// User ids joined by `;`, as the vendor prints them.
pub(super) fn processors(issue: &Issue) -> String {
    let ids: Vec<&str> = handlers(issue)
        .iter()
        .map(|member| member.user_id)
        .collect();
    ids.join(";")
}

/// A bug of the tracker.
pub(super) struct Bug {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) workspace: &'static str,
}

/// The bug that was filed, if any.
pub(super) fn bug(issue: &Issue) -> Option<Bug> {
    (state(issue) != 0 && !issue.key.is_multiple_of(3)).then(|| Bug {
        id: (1_020_380_000_000_000_000 + mix(issue.key) % 1_000_000_000).to_string(),
        title: format!("[crash] {} {}", issue.exception(), issue.spec.slug),
        workspace: "20388111",
    })
}

/// A remark under an issue.
pub(super) struct Note {
    pub(super) text: String,
    pub(super) created_ms: i64,
    pub(super) author: &'static Member,
}

/// The remarks under an issue, newest first.
pub(super) fn notes(issue: &Issue, today: Day) -> Vec<Note> {
    let Some(author) = handlers(issue).first().copied() else {
        return Vec::new();
    };
    let note = |days_ago: u32, hour: i64, text: &str| Note {
        text: text.to_owned(),
        created_ms: today.back(days_ago).first_hour().start_ms()
            + hour * calendar::HOUR_MS
            + i64::try_from(issue.key % 3_600_000).unwrap_or(0),
        author,
    };
    match (scenario::life(issue), state(issue)) {
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
    fn a_tag_is_there_once_and_only_where_it_was_put() {
        let tags = Tags::default();
        let list = issues::all(Project::Android);
        let before = tags.of(&list[0]);
        let tag = tags.add(&list[0], "vip");
        tags.add(&list[0], "vip");
        assert_eq!(tags.of(&list[0]).len(), before.len() + 1);
        assert!(tags.of(&list[0]).contains(&tag));
        assert!(!tags.of(&list[1]).contains(&tag));
        assert!(tags.of_project(Project::Android).contains(&tag));
        assert!(!tags.of_project(Project::Ios).contains(&tag));
    }

    #[test]
    fn all_three_states_occur() {
        for project in Project::ALL {
            let states: Vec<u8> = issues::all(project).iter().map(state).collect();
            assert!(
                (0..3).all(|state| states.contains(&state)),
                "{project:?} {states:?}"
            );
        }
    }
}
