//! Which tools are enabled, and whether writes are confirmed.

use std::sync::Arc;

use super::entry::Entry;
use super::registry::ENTRIES;
use super::tool::Effect;
use super::toolset::Toolset;
use crate::project::{SymbolUploader, closest_match};
use crate::upstream::confirm::Confirm;

/// The server's policy, from its command line.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// No write is listed or called.
    pub read_only: bool,
    /// Whether a write needs a confirmation.
    pub confirm: Confirm,
    /// Only tools of this set.
    pub toolset: Toolset,
    /// Only tools that match one of these: a name with `*`, or a service's name; all when empty.
    pub include: Vec<String>,
    /// No tool that matches one of these.
    pub exclude: Vec<String>,
    /// The vendor's symbol uploader; only where the caller is on this machine.
    pub symbol_uploader: Option<Arc<SymbolUploader>>,
}

impl Policy {
    /// Whether a tool is enabled.
    pub(super) fn is_enabled(&self, entry: &Entry) -> bool {
        let matches =
            |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, entry.name));
        let refused = self.read_only && entry.effect() == Effect::Write;
        let unset = entry.uploader && self.symbol_uploader.is_none();
        !refused
            && !unset
            && self.toolset.has(entry)
            && (self.include.is_empty() || matches(&self.include))
            && !matches(&self.exclude)
    }

    /// A pattern that matches no tool is a mistake.
    pub fn validate(&self) -> Result<(), String> {
        for pattern in self.include.iter().chain(&self.exclude) {
            if !ENTRIES.iter().any(|entry| matches(pattern, entry.name)) {
                let suggestion = closest_match(pattern, ENTRIES.iter().map(|entry| entry.name))
                    .map(|near| format!(": did you mean {near}?"))
                    .unwrap_or_default();
                return Err(format!("no tool matches `{pattern}`{suggestion}"));
            }
        }
        Ok(())
    }
}

/// `crashsight` is every tool of the service, `*_get_*` a pattern, anything else a name.
fn matches(pattern: &str, name: &str) -> bool {
    if name.split('_').next() == Some(pattern) {
        return true;
    }
    let mut parts = pattern.split('*');
    let Some(mut remaining) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        let Some(index) = remaining.find(part) else {
            return false;
        };
        remaining = &remaining[index + part.len()..];
        last = Some(part);
    }
    remaining.is_empty()
        || last.is_some_and(str::is_empty)
        || last.is_some_and(|part| name.ends_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_tools() {
        for (pattern, name, expected) in [
            ("crashsight", "crashsight_get_issue", true),
            ("crashsight_get_issue", "crashsight_get_issue", true),
            ("crashsight_get_issue", "crashsight_get_issues", false),
            ("crashsight_get_*", "crashsight_get_issue", true),
            ("*_trend", "crashsight_get_daily_trend", true),
            ("*_trend", "crashsight_get_hourly_trend_basic", false),
            ("*trend*", "crashsight_get_hourly_trend_basic", true),
            ("agora", "crashsight_get_issue", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
        let policy = Policy {
            exclude: vec!["crashsight_get_isue".to_owned()],
            ..Policy::default()
        };
        assert!(
            policy
                .validate()
                .unwrap_err()
                .contains("did you mean crashsight_get_issue?")
        );
    }
}
