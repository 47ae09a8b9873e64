//! Skills: the prompts as `SKILL.md` files, for agents that read those from a folder or over MCP.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::prompts::{Prompt, all};

/// A guide of several steps, as agents keep it.
#[derive(Debug, Clone)]
pub(crate) struct Skill {
    /// Lower case with hyphens, the name of its folder too.
    pub(crate) name: String,
    /// What it is for.
    pub(crate) description: String,
    /// The whole of `SKILL.md`.
    pub(crate) text: String,
}

impl Skill {
    /// A prompt as a skill: what must be given is named in capitals, the rest is left out.
    pub(crate) fn of(prompt: &Prompt) -> Option<Self> {
        let placeholder = |name: &str| Value::String(name.to_uppercase());
        let required = prompt.arguments.iter().filter(|argument| argument.required);
        let given: Map<String, Value> = required
            .map(|argument| (argument.name.clone(), placeholder(&argument.name)))
            .collect();
        let body = prompt.render(&given).ok()?;
        let name = prompt.name.replace('_', "-");
        let title = &prompt.title;
        let description = format!("{title}. {}", prompt.description);
        let mut text = format!(
            "---\nname: {name}\ndescription: {}\n---\n\n# {title}\n\n",
            Value::String(description.clone())
        );
        for argument in &prompt.arguments {
            let name = if argument.required {
                argument.name.to_uppercase()
            } else {
                argument.name.clone()
            };
            let need = if argument.required { "" } else { " (optional)" };
            let _ = writeln!(text, "- {name}{need}: {}", argument.description);
        }
        let _ = writeln!(text, "\n{body}");
        Some(Self {
            name,
            description,
            text,
        })
    }
}

/// All skills as files of `skills/`: path and text.
pub(crate) fn files() -> Vec<(String, String)> {
    let skills = all().iter().filter_map(Skill::of);
    skills
        .map(|skill| (format!("{}/SKILL.md", skill.name), skill.text))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prompt_is_a_skill() {
        let files = files();
        assert_eq!(files.len(), all().len());
        for (path, text) in files {
            assert!(text.starts_with("---\nname: "), "{path}");
            assert!(
                !text.contains("{%") && !text.contains("{{"),
                "{path}: {text}"
            );
        }
    }
}
