//! The only list of tools, in the order in which they are listed: the most useful first.

use super::crashsight::trends::TrendQuery;
use super::entry::{Definition, Entry};
use super::{agora, crashsight, getui};

/// Every tool.
pub(super) static ENTRIES: &[Entry] = &[
    Entry::legacy::<crashsight::top_issues::ListTopIssues>(),
    Entry::legacy_workflow::<crashsight::issue::GetIssue>(),
    Entry::legacy::<crashsight::crashes::GetLastCrash>(),
    Entry::legacy_workflow::<crashsight::crash::GetCrash>(),
    Entry::legacy_workflow::<crashsight::crash::ReadCrash>(),
    Entry::legacy::<crashsight::issues::SearchIssues>(),
    Entry::of::<TrendQuery<crashsight::trends::GetDailyTrend>>(),
    Entry::of::<TrendQuery<crashsight::trends::GetHourlyTrend>>(),
    Entry::legacy::<crashsight::top_issues::ListHourlyTopIssues>(),
    Entry::legacy::<crashsight::crashes::ListIssueCrashes>(),
    Entry::legacy::<crashsight::crashes::GetCrashLogs>(),
    Entry::of::<crashsight::users::ListUserCrashes>(),
    Entry::of::<crashsight::devices::ListIssueDevices>(),
    Entry::legacy::<crashsight::notes::ListIssueNotes>(),
    Entry::legacy::<crashsight::app::GetAppOptions>(),
    Entry::legacy::<crashsight::top_issues::GetDayStats>(),
    Entry::of::<TrendQuery<crashsight::trends::GetCumulativeTrend>>(),
    Entry::of::<crashsight::stacks::CountStackCrashes>(),
    Entry::of::<crashsight::stacks::ListStackDevices>(),
    Entry::of::<crashsight::devices::ListDeviceCrashes>(),
    Entry::of::<crashsight::users::ListDeviceUsers>(),
    Entry::of::<crashsight::users::ListCrashUsers>(),
    Entry::of::<crashsight::advanced_trend::GetAdvancedTrend>(),
    Entry::of::<TrendQuery<crashsight::trends::GetCumulativeTrendBasic>>(),
    Entry::of::<TrendQuery<crashsight::trends::GetHourlyTrendBasic>>(),
    Entry::of::<crashsight::tags::AddIssueTag>(),
    Entry::legacy_workflow::<crashsight::projects::ListProjects>(),
    Entry::legacy::<agora::live_metrics::GetLiveExperience>(),
    Entry::legacy::<agora::diagnoses::ListDiagnoses>(),
    Entry::legacy::<agora::calls::SearchCalls>(),
    Entry::legacy::<agora::calls::GetCall>(),
    Entry::legacy::<agora::usage::GetUsage>(),
    Entry::legacy::<agora::live_metrics::GetLiveScale>(),
    Entry::legacy::<agora::live_metrics::GetLiveNetwork>(),
    Entry::legacy::<agora::big_channels::CountFreezeUsers>(),
    Entry::legacy::<agora::big_channels::CountSlowJoins>(),
    Entry::legacy::<agora::big_channels::CountJoinAttempts>(),
    Entry::legacy::<agora::big_channels::GetChannelScore>(),
    Entry::legacy::<agora::big_channels::CountChannelFreezeUsers>(),
    Entry::legacy::<agora::big_channels::CountChannelUsers>(),
    Entry::legacy::<agora::quality_report::AddQualityReport>(),
    Entry::legacy::<getui::pushes::GetPushReport>(),
    Entry::legacy::<getui::losses::GetPushLosses>(),
    Entry::legacy::<getui::pushes::GetTaskGroupReport>(),
    Entry::legacy::<getui::pushes::GetDailyPushReport>(),
    Entry::legacy::<getui::quota::GetPushQuota>(),
    Entry::legacy::<getui::users::GetDailyUserReport>(),
    Entry::legacy::<getui::users::GetOnlineUsers>(),
];

/// Whether a vendor's operation writes, whichever tool it belongs to.
pub(super) fn is_write(operation: &str) -> bool {
    ENTRIES
        .iter()
        .any(|entry| entry.writes.contains(&operation))
}

/// The definition of a registered tool.
pub(super) fn definition_of(name: &'static str) -> Definition {
    let entry = ENTRIES.iter().find(|entry| entry.name == name);
    entry.expect("a tool that runs is registered").definition()
}
