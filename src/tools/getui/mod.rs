//! Getui's operations by chapter, and what the chapters share: days and paths.

pub(crate) mod codes;
pub(crate) mod funnel;
pub(crate) mod losses;
pub(crate) mod pushes;
pub(crate) mod quota;
pub(crate) mod tasks;
pub(crate) mod users;

use crate::args::ProjectName;
use crate::error::Error;
use crate::project::AppRef;
use crate::request::{ProviderId, Request};
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::CallContext;

fn target(ctx: &CallContext, project: Option<&ProjectName>) -> Result<AppRef, Error> {
    ctx.service_app(ProviderId::Getui, project)
}

/// `GET {path}`, below the app's own address.
fn get(target: &AppRef, operation: &'static str, path: String) -> Request {
    Request::get(target.account.name.clone(), operation, path)
}

/// One day that has ended, yesterday unless told.
fn past_day(
    ctx: &CallContext,
    project: Option<&ProjectName>,
    window: Option<&WindowSpec>,
) -> Result<(AppRef, Window), Error> {
    let target = target(ctx, project)?;
    let window = ctx
        .window(window, &WindowSpec::yesterday(), Granularity::Day, &target)?
        .complete_days()?
        .at_most_days(1)?;
    Ok((target, window))
}
