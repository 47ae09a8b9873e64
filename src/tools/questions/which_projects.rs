//! The projects that a question about several is of.

use crate::args::{List, ProjectName};
use crate::error::Error;
use crate::request::ProviderId;
use crate::tools::context::CallContext;

/// Projects of one call.
pub(super) const MOST_PROJECTS: usize = 20;

/// The projects asked for; `None` is the default project.
pub(super) fn asked(
    ctx: &CallContext,
    project: Option<&ProjectName>,
    projects: &List<ProjectName, MOST_PROJECTS>,
) -> Result<Vec<Option<ProjectName>>, Error> {
    let all = |name: &ProjectName| matches!(name.as_str(), "all" | "全部" | "*");
    let given: Vec<&ProjectName> = project.into_iter().chain(projects.iter()).collect();
    if given.is_empty() {
        return Ok(vec![None]);
    }
    if !given.iter().any(|name| all(name)) {
        return Ok(given.into_iter().cloned().map(Some).collect());
    }
    Ok(every(ctx)?.into_iter().map(Some).collect())
}

/// Every configured project with an app at CrashSight.
pub(super) fn every(ctx: &CallContext) -> Result<Vec<ProjectName>, Error> {
    let configured = ctx.projects.projects.iter();
    let with_app = configured.filter(|project| project.has_app(ProviderId::CrashSight));
    let names: Vec<ProjectName> = with_app
        .filter_map(|project| ProjectName::new(&project.name))
        .take(MOST_PROJECTS)
        .collect();
    if names.is_empty() {
        return Err(Error::invalid_arguments(
            "projects: no project is configured",
        ));
    }
    Ok(names)
}
