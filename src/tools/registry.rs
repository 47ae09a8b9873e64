//! The one list of tools, in the order in which they are listed.

use std::sync::LazyLock;

use crate::request::ProviderId;
use crate::tools::tool::{Call, Definition, Effect, Tool};
use crate::tools::workflow::BoxedWorkflow;

/// A row of either kind.
#[derive(Clone, Copy)]
pub(super) enum Entry {
    Operation(&'static Tool<Box<dyn Call>>),
    Workflow(&'static Tool<Box<dyn BoxedWorkflow>>),
}

impl Entry {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Operation(tool) => tool.name,
            Self::Workflow(tool) => tool.name,
        }
    }

    pub(super) fn provider(self) -> ProviderId {
        match self {
            Self::Operation(tool) => tool.provider,
            Self::Workflow(tool) => tool.provider,
        }
    }

    pub(super) fn effect(self) -> Effect {
        match self {
            Self::Operation(tool) => tool.effect,
            Self::Workflow(tool) => tool.effect,
        }
    }

    pub(super) fn definition(self) -> Definition {
        match self {
            Self::Operation(tool) => tool.definition(),
            Self::Workflow(tool) => tool.definition(),
        }
    }
}

/// The order in which tools are listed: the most useful first. Every tool stands here once.
pub(super) const ORDER: &[&str] = &[
    "crashsight_list_top_issues",
    "crashsight_get_issue",
    "crashsight_get_last_crash",
    "crashsight_get_crash",
    "crashsight_read_crash",
    "crashsight_search_issues",
    "crashsight_get_daily_trend",
    "crashsight_get_hourly_trend",
    "crashsight_list_hourly_top_issues",
    "crashsight_list_issue_crashes",
    "crashsight_get_crash_logs",
    "crashsight_list_user_crashes",
    "crashsight_list_issue_devices",
    "crashsight_list_issue_notes",
    "crashsight_get_app_options",
    "crashsight_get_day_stats",
    "crashsight_get_cumulative_trend",
    "crashsight_count_stack_crashes",
    "crashsight_list_stack_devices",
    "crashsight_list_device_crashes",
    "crashsight_list_device_users",
    "crashsight_list_crash_users",
    "crashsight_get_advanced_trend",
    "crashsight_get_cumulative_trend_basic",
    "crashsight_get_hourly_trend_basic",
    "crashsight_add_issue_tag",
    "crashsight_list_projects",
    "agora_get_live_experience",
    "agora_list_diagnoses",
    "agora_search_calls",
    "agora_get_call",
    "agora_get_usage",
    "agora_get_live_scale",
    "agora_get_live_network",
    "agora_count_freeze_users",
    "agora_count_slow_joins",
    "agora_count_join_attempts",
    "agora_get_channel_score",
    "agora_count_channel_freeze_users",
    "agora_count_channel_users",
    "agora_add_quality_report",
    "getui_get_push_report",
    "getui_get_push_losses",
    "getui_get_task_group_report",
    "getui_get_daily_push_report",
    "getui_get_push_quota",
    "getui_get_daily_user_report",
    "getui_get_online_users",
];

/// Every tool, in the order of the list.
static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let entry = |name: &&str| {
        let operation = super::groups::tools().find(|tool| tool.name == *name);
        let workflow = || {
            super::workflow::TOOLS
                .iter()
                .find(|tool| tool.name == *name)
        };
        operation
            .map(Entry::Operation)
            .or_else(|| workflow().map(Entry::Workflow))
    };
    ORDER.iter().filter_map(entry).collect()
});

pub(super) fn entries() -> impl Iterator<Item = Entry> {
    ENTRIES.iter().copied()
}
