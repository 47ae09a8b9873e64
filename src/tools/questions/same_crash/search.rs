//! One project searched for a frame: by the text of stacks, or through its list of issues.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::super::parts::Parts;
use super::looked_for::TellingFrame;
use crate::error::Error;
use crate::reply::Untrusted;
use crate::tools::crashsight::issue_summary::IssueSummary;
use crate::tools::crashsight::search::SearchedIssues;
use crate::tools::crashsight::search_stacks::SearchStacks;

/// Issues asked of one search.
const MOST_FOUND: usize = 5;

/// Issues read where stacks cannot be searched.
const MOST_LISTED: usize = 100;

/// A search that was made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Searched {
    pub(super) project: String,
    pub(super) by: By,
    /// The text searched.
    pub(super) text: Untrusted,
    /// Issues with reports that match, where the service says.
    pub(super) matching: Option<i64>,
}

/// How a project was searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum By {
    /// The stacks of all reports.
    StackText,
    /// The key frames of the issues on the most devices.
    IssueList,
}

/// The arguments of the search of stacks.
pub(super) fn arguments(project: &str, frame: &TellingFrame, window: &str) -> Value {
    json!({"project": project, "keyword": frame.text, "window": window, "limit": MOST_FOUND})
}

/// Issues with the frame in a report's stack, with one request.
pub(super) async fn stacks(
    parts: &Parts<'_>,
    project: &str,
    frame: &TellingFrame,
    window: &str,
) -> Result<(Searched, Vec<IssueSummary>), Error> {
    let arguments = arguments(project, frame, window);
    let output = parts.need::<SearchStacks>(arguments).await?;
    let searched = Searched {
        project: project.to_owned(),
        by: By::StackText,
        text: Untrusted::from(frame.text.as_str()),
        matching: output.answer.matching,
    };
    Ok((searched, output.answer.issues))
}

/// Issues with the frame in their key stack, of those on the most devices, with one request.
pub(super) async fn issues(
    parts: &Parts<'_>,
    project: &str,
    frame: &TellingFrame,
    window: &str,
) -> Result<(Searched, Vec<IssueSummary>), Error> {
    let arguments = json!({
        "project": project,
        "window": window,
        "sort": "most_devices",
        "limit": MOST_LISTED,
    });
    let output = parts.need::<SearchedIssues>(arguments).await?;
    let text = frame.text.to_lowercase();
    let mut issues = output.answer.issues;
    issues.retain(|issue| {
        let key_stack = issue.key_stack.as_ref();
        key_stack.is_some_and(|stack| stack.raw().to_lowercase().contains(&text))
    });
    let searched = Searched {
        project: project.to_owned(),
        by: By::IssueList,
        text: Untrusted::from(frame.text.as_str()),
        matching: i64::try_from(issues.len()).ok(),
    };
    issues.truncate(MOST_FOUND);
    Ok((searched, issues))
}
