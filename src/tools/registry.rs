//! The only list of tools, in the order in which they are listed: the most useful first.

use super::crashsight::checked::Checked;
use super::crashsight::trends::TrendQuery;
use super::entry::Entry;
use super::{agora, crashsight, getui, questions};

/// Every tool.
pub(super) static ENTRIES: &[Entry] = &[
    Entry::of::<questions::overview::ReportOverview>(),
    Entry::of::<crashsight::top_issues::ComparedTopIssues>(),
    Entry::of::<questions::compare::Compare>(),
    Entry::of::<questions::breakdown::GetIssueBreakdown>(),
    Entry::of::<questions::investigate::InvestigateChange>(),
    Entry::of::<questions::player::FindPlayer>(),
    Entry::of::<crashsight::issue::GetIssue>(),
    Entry::of::<crashsight::crashes::GetLastCrash>(),
    Entry::of::<crashsight::crash::GetCrash>(),
    Entry::of::<crashsight::crash::ReadCrash>(),
    Entry::of::<Checked<crashsight::search::SearchIssues>>(),
    Entry::of::<crashsight::issue_trend::CheckedIssueTrend>(),
    Entry::of::<Checked<crashsight::search_crashes::SearchCrashes>>(),
    Entry::of::<Checked<crashsight::search_stacks::SearchStacks>>(),
    Entry::of::<Checked<TrendQuery<crashsight::trends::GetDailyTrend>>>(),
    Entry::of::<Checked<TrendQuery<crashsight::trends::GetHourlyTrend>>>(),
    Entry::of::<Checked<crashsight::top_issues::ListHourlyTopIssues>>(),
    Entry::of::<Checked<crashsight::top_dimensions::ListTopDimensions>>(),
    Entry::of::<Checked<crashsight::daily_summary::GetDailySummary>>(),
    Entry::of::<crashsight::crashes::ListIssueCrashes>(),
    Entry::of::<Checked<crashsight::oom::ListOomCrashes>>(),
    Entry::of::<crashsight::crash_logs::GetCrashLogs>(),
    Entry::of::<crashsight::attachments::GetCrashAttachments>(),
    Entry::of::<crashsight::users::ListUserCrashes>(),
    Entry::of::<crashsight::launches::ListUserLaunches>(),
    Entry::of::<Checked<crashsight::reporting_users::ListMostReportingUsers>>(),
    Entry::of::<crashsight::devices::ListIssueDevices>(),
    Entry::of::<crashsight::notes::ListIssueNotes>(),
    Entry::of::<crashsight::bugs::GetBugs>(),
    Entry::of::<crashsight::app::GetAppOptions>(),
    Entry::of::<crashsight::version_dates::ListVersions>(),
    Entry::of::<crashsight::day_stats::GetDayStats>(),
    Entry::of::<Checked<TrendQuery<crashsight::trends::GetCumulativeTrend>>>(),
    Entry::of::<Checked<crashsight::minute_trend::GetMinuteTrend>>(),
    Entry::of::<Checked<crashsight::active_devices::ListActiveDevices>>(),
    Entry::of::<crashsight::stacks::CountStackCrashes>(),
    Entry::of::<crashsight::stacks::ListStackDevices>(),
    Entry::of::<crashsight::devices::ListDeviceCrashes>(),
    Entry::of::<crashsight::users::ListDeviceUsers>(),
    Entry::of::<crashsight::exception_devices::GetExceptionDevice>(),
    Entry::of::<crashsight::users::ListCrashUsers>(),
    Entry::of::<Checked<crashsight::advanced_trend::GetAdvancedTrend>>(),
    Entry::of::<Checked<TrendQuery<crashsight::trends::GetCumulativeTrendBasic>>>(),
    Entry::of::<Checked<TrendQuery<crashsight::trends::GetHourlyTrendBasic>>>(),
    Entry::of::<crashsight::tags::AddIssueTag>(),
    Entry::of::<crashsight::projects::ListProjects>(),
    Entry::of::<agora::live_metrics::GetLiveExperience>(),
    Entry::of::<agora::diagnoses::ListDiagnoses>(),
    Entry::of::<agora::calls::SearchCalls>(),
    Entry::of::<agora::call::GetCall>(),
    Entry::of::<agora::usage::GetUsage>(),
    Entry::of::<agora::live_metrics::GetLiveScale>(),
    Entry::of::<agora::live_metrics::GetLiveNetwork>(),
    Entry::of::<agora::big_channels::CountFreezeUsers>(),
    Entry::of::<agora::big_channels::CountSlowJoins>(),
    Entry::of::<agora::big_channels::CountJoinAttempts>(),
    Entry::of::<agora::big_channels::GetChannelScore>(),
    Entry::of::<agora::big_channels::CountChannelFreezeUsers>(),
    Entry::of::<agora::big_channels::CountChannelUsers>(),
    Entry::of::<agora::quality_report::AddQualityReport>(),
    Entry::of::<getui::pushes::GetPushReport>(),
    Entry::of::<getui::losses::GetPushLosses>(),
    Entry::of::<getui::pushes::GetTaskGroupReport>(),
    Entry::of::<getui::pushes::GetDailyPushReport>(),
    Entry::of::<getui::quota::GetPushQuota>(),
    Entry::of::<getui::users::GetDailyUserReport>(),
    Entry::of::<getui::users::GetOnlineUsers>(),
];

/// Whether a vendor's operation writes, whichever tool it belongs to.
pub(super) fn is_write(operation: &str) -> bool {
    ENTRIES
        .iter()
        .any(|entry| entry.writes.contains(&operation))
}
