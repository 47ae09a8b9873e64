//! Named sets of tools: a client that lists few tools, or reads every definition, takes a part of them.

use super::entry::{Entry, Kind};
use super::tool::Effect;
use crate::request::ProviderId;

/// The question tools, and what their answers lead to.
const QUESTIONS: [&str; 17] = [
    "crashsight_report_overview",
    "crashsight_compare",
    "crashsight_rank_issues",
    "crashsight_find_same_crash",
    "crashsight_get_issue_breakdown",
    "crashsight_investigate_change",
    "crashsight_find_player",
    "crashsight_report_inspection",
    "crashsight_list_top_issues",
    "crashsight_get_issue",
    "crashsight_get_last_crash",
    "crashsight_get_crash",
    "crashsight_read_crash",
    "crashsight_search_issues",
    "crashsight_list_issue_crashes",
    "crashsight_get_daily_trend",
    "crashsight_list_projects",
];

/// A named set of tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Toolset {
    /// Every tool.
    #[default]
    All,
    /// The question tools and what they lead to: at most 17 tools and 3,000 tokens of definitions.
    Questions,
    /// Tools of the services' own operations: all but the question tools.
    Operations,
    /// `CrashSight`'s tools.
    Crashsight,
    /// Agora's tools.
    Agora,
    /// Getui's tools.
    Getui,
    /// Tools that change something.
    Writes,
}

impl Toolset {
    /// Whether a tool belongs to it.
    pub(super) fn has(self, entry: &Entry) -> bool {
        match self {
            Self::All => true,
            Self::Questions => QUESTIONS.contains(&entry.name),
            Self::Operations => entry.kind == Kind::Operation,
            Self::Crashsight => entry.provider() == ProviderId::CrashSight,
            Self::Agora => entry.provider() == ProviderId::Agora,
            Self::Getui => entry.provider() == ProviderId::Getui,
            Self::Writes => entry.effect() == Effect::Write,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::registry::ENTRIES;
    use super::*;

    fn names(toolset: Toolset) -> Vec<&'static str> {
        let entries = ENTRIES.iter().filter(|entry| toolset.has(entry));
        entries.map(|entry| entry.name).collect()
    }

    #[test]
    fn every_tool_is_in_the_sets_that_it_belongs_to() {
        assert_eq!(names(Toolset::All).len(), ENTRIES.len());
        let services = [Toolset::Crashsight, Toolset::Agora, Toolset::Getui];
        let of_services: usize = services.map(|set| names(set).len()).iter().sum();
        assert_eq!(of_services, ENTRIES.len());
        let writes = names(Toolset::Writes);
        assert!(writes.contains(&"crashsight_add_issue_tag"), "{writes:?}");
        assert!(!writes.contains(&"crashsight_get_issue"));
    }

    #[test]
    fn the_questions_and_the_operations_are_all_tools() {
        let (questions, operations) = (names(Toolset::Questions), names(Toolset::Operations));
        for entry in ENTRIES {
            let name = entry.name;
            let operation = entry.kind == Kind::Operation;
            assert_eq!(operation, operations.contains(&name), "{name}");
            assert!(operation || questions.contains(&name), "{name}");
        }
        let missing = QUESTIONS.iter().filter(|name| !questions.contains(name));
        assert_eq!(missing.collect::<Vec<_>>(), Vec::<&&str>::new());
    }
}
