//! Getui's operations by chapter, and what the chapters share: days and paths.

mod codes;
mod funnel;
mod losses;
mod pushes;
mod quota;
mod tasks;
mod users;

use crate::args::ProjectName;
use crate::error::Error;
use crate::project::ServiceAppRef;
use crate::request::{ProviderId, Request};
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::tool::{CallContext, Tool};

/// The chapters, in the order of the vendor's document.
pub(super) fn chapters() -> [&'static [Tool]; 4] {
    [pushes::TOOLS, losses::TOOLS, quota::TOOLS, users::TOOLS]
}

fn target(ctx: &CallContext<'_>, project: Option<&ProjectName>) -> Result<ServiceAppRef, Error> {
    ctx.companion(ProviderId::Getui, project)
}

/// `GET {path}`, below the app's own address.
fn get(target: &ServiceAppRef, operation: &'static str, path: String) -> Request {
    Request::get(target.account.name.clone(), operation, path)
}

/// One day that has ended, yesterday unless told.
fn past_day(
    ctx: &CallContext<'_>,
    project: Option<&ProjectName>,
    window: Option<&WindowSpec>,
) -> Result<(ServiceAppRef, Window), Error> {
    let target = target(ctx, project)?;
    let window = ctx
        .window(window, &WindowSpec::yesterday(), Granularity::Day, &target)?
        .ended_days()?
        .at_most_days(1)?;
    Ok((target, window))
}
