//! The skills extension (SEP-2640): guides of several steps, whose files are resources.

use rmcp::model::{Skill as Entry, SkillFrontmatter, SkillResource, SkillResources};

use crate::skills::Skill;

const FOLDER: &str = "crashsight://skills/";

/// The entry of a skill.
pub(super) fn entry(skill: &Skill) -> Entry {
    let uri = uri(skill);
    let file = SkillResource::from_bytes(uri.clone(), skill.text.as_bytes());
    Entry::new(
        uri,
        SkillFrontmatter::new(&skill.name, &skill.description),
        SkillResources::Files(vec![file]),
    )
}

/// Whether a resource is a file of a skill.
pub(super) fn is_file(uri: &str) -> bool {
    uri.starts_with(FOLDER)
}

/// The address of its `SKILL.md`.
pub(super) fn uri(skill: &Skill) -> String {
    format!("{FOLDER}{}/SKILL.md", skill.name)
}
