//! How the issues of a question grew; where that is not known, the answer says so.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::parts::{Parts, arguments};
use crate::project::CrashSightApp;
use crate::tools::context::FEW_CALLS;
use crate::tools::crashsight::filters::Filters;
pub(super) use crate::tools::crashsight::issue_growth::Growth;
use crate::tools::crashsight::issue_growth::growth as of_issues;
use crate::tools::crashsight::issue_trend::CheckedIssueTrend;
use crate::tools::crashsight::trend_rows::Comparison;
use crate::tools::tool::Tool as _;

/// Why a part is missing of several versions.
pub(super) const ONE_VERSION: &str = "counted for one version at a time";

/// The growth of issues over the parts that a comparison has; issues without data are absent. `project` is the argument
/// that names the app; the service counts these of all versions or of one. Where it is not `afforded`, it is missing.
pub(super) async fn growth(
    parts: &Parts<'_>,
    (app, project, filters): (&CrashSightApp, &Value, &Filters),
    issues: &[&str],
    (comparison, cumulative): (&Comparison, bool),
    afforded: bool,
) -> HashMap<String, Growth> {
    let miss = |why: &str| {
        let asked = arguments([
            ("project", project.clone()),
            ("issues", json!(issues)),
            ("step", json!(cumulative.then_some("hour"))),
            ("versions", json!(filters.versions().first().as_slice())),
        ]);
        let what = "how each issue developed";
        parts.miss(what, why, CheckedIssueTrend::NAME, asked);
        HashMap::new()
    };
    if filters.versions().len() > 1 {
        return miss(ONE_VERSION);
    }
    if !afforded {
        return miss(FEW_CALLS);
    }
    let grown = of_issues(
        parts.ctx,
        parts.api,
        app,
        (issues, filters.clone()),
        (comparison, cumulative),
    );
    grown.await.unwrap_or_else(|error| {
        let error = error.to_string();
        miss(error.lines().next().unwrap_or_default())
    })
}
