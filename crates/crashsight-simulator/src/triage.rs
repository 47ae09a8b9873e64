//! Triage of an issue: state, assignees, tags, bugs and notes.

use std::sync::{Mutex, PoisonError};

use crate::calendar::{self, Day};
use crate::hash_random::{self, hash_text, mix};
use crate::issues::{Issue, Scope};
use crate::projects::Project;
use crate::scenario::{self, Trend};

/// A member of the project.
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

/// Tags added while the simulator runs: the only thing that is stored.
#[derive(Debug, Default)]
pub(crate) struct Tags(Mutex<Vec<(Project, u64, Tag)>>);

impl Tags {
    /// Puts a tag on an issue, once.
    pub(crate) fn add(&self, issue: &Issue, name: &str) -> Tag {
        let tag = Tag::named(name);
        if !self.of(issue).contains(&tag) {
            let mut added = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            added.push((issue.project, issue.number, tag.clone()));
        }
        tag
    }

    /// The tags of an issue.
    pub(crate) fn of(&self, issue: &Issue) -> Vec<Tag> {
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
    pub(crate) fn of_project(&self, project: Project) -> Vec<Tag> {
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
pub(crate) fn state(issue: &Issue) -> u8 {
    let settled = matches!(issue.spec.scope, Scope::Until(_));
    match scenario::trend(issue) {
        Trend::Regressed | Trend::Fading => 1,
        Trend::Steady if settled => 1,
        Trend::Steady if issue.first_seen() > 1 && issue.key % 5 < 2 => 2,
        Trend::Steady | Trend::Spike(_) => 0,
    }
}

/// Its assignees; none while it is unprocessed.
pub(crate) fn assignees(issue: &Issue) -> Vec<&'static Member> {
    let wanted = match state(issue) {
        0 => 0,
        1 => 1,
        _ => 1 + hash_random::index(issue.key % 2),
    };
    let first = hash_random::index((issue.key >> 16) % 4);
    MEMBERS.iter().cycle().skip(first).take(wanted).collect()
}

/// User ids joined by `;`, as the vendor prints them.
pub(crate) fn processors(issue: &Issue) -> String {
    let ids: Vec<&str> = assignees(issue)
        .iter()
        .map(|member| member.user_id)
        .collect();
    ids.join(";")
}

/// A bug of the tracker.
pub(crate) struct Bug {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) workspace: &'static str,
}

/// The bug that was filed, if any.
pub(crate) fn bug(issue: &Issue) -> Option<Bug> {
    (state(issue) != 0 && !issue.key.is_multiple_of(3)).then(|| Bug {
        id: (1_020_380_000_000_000_000 + mix(issue.key) % 1_000_000_000).to_string(),
        title: format!("[crash] {} {}", issue.exception(), issue.spec.slug),
        workspace: "20388111",
    })
}

/// A remark under an issue.
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) created_ms: i64,
    pub(crate) author: &'static Member,
}

/// The remarks under an issue, newest first.
pub(crate) fn notes(issue: &Issue, today: Day) -> Vec<Note> {
    let Some(author) = assignees(issue).first().copied() else {
        return Vec::new();
    };
    let note = |days_ago: u32, hour: i64, text: &str| Note {
        text: text.to_owned(),
        created_ms: today.back(days_ago).first_hour().start_ms()
            + hour * calendar::HOUR_MS
            + i64::try_from(issue.key % 3_600_000).unwrap_or(0),
        author,
    };
    match (scenario::trend(issue), state(issue)) {
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
