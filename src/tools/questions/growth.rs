//! How the issues of a question grew; where that is not known, the answer says so.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::parts::{Parts, arguments};
use crate::project::CrashSightApp;
use crate::tools::crashsight::filters::Filters;
pub(super) use crate::tools::crashsight::issue_growth::Growth;
use crate::tools::crashsight::issue_growth::growth as of_issues;
use crate::tools::crashsight::issue_trend::CheckedIssueTrend;
use crate::tools::crashsight::trend_rows::Comparison;
use crate::tools::tool::Tool as _;

/// The growth of issues over the parts that a comparison has; issues without data are absent. `project` is the argument
/// that names the app; the service counts these of all versions or of one.
pub(super) async fn growth(
    parts: &Parts<'_>,
    (app, project, filters): (&CrashSightApp, &Value, &Filters),
    issues: &[&str],
    comparison: &Comparison,
    cumulative: bool,
) -> HashMap<String, Growth> {
    let filters = filters.clone();
    let grown = of_issues(
        parts.ctx,
        parts.api,
        app,
        (issues, filters),
        (comparison, cumulative),
    );
    grown.await.unwrap_or_else(|error| {
        let error = error.to_string();
        let why = error.lines().next().unwrap_or_default();
        let asked = arguments([
            ("project", project.clone()),
            ("issues", json!(issues)),
            ("step", json!(cumulative.then_some("hour"))),
        ]);
        parts.miss(
            "how each issue developed",
            why,
            CheckedIssueTrend::NAME,
            asked,
        );
        HashMap::new()
    })
}
