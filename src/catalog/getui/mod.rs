//! Getui's operations by chapter, and what the chapters share: days and paths.

mod funnel;
mod losses;
mod pushes;
mod quota;
mod tasks;
mod users;
mod words;

use crate::args::ProjectName;
use crate::failure::Failure;
use crate::operation::{CallContext, Tool};
use crate::project::CompanionTarget;
use crate::window::{Grain, Window, WindowSpec};
use crate::wire::{ProviderId, Request};

/// The chapters, in the order of the vendor's document.
pub(super) fn chapters() -> [&'static [Tool]; 4] {
    [pushes::TOOLS, losses::TOOLS, quota::TOOLS, users::TOOLS]
}

fn target(
    ctx: &CallContext<'_>,
    project: Option<&ProjectName>,
) -> Result<CompanionTarget, Failure> {
    ctx.companion(ProviderId::Getui, project)
}

/// `GET {path}`, below the app's own address.
fn get(target: &CompanionTarget, operation: &'static str, path: String) -> Request {
    Request::get(target.account.name.clone(), operation, path)
}

/// One day that has ended, yesterday unless told.
fn past_day(
    ctx: &CallContext<'_>,
    project: Option<&ProjectName>,
    window: Option<&WindowSpec>,
) -> Result<(CompanionTarget, Window), Failure> {
    let target = target(ctx, project)?;
    let window = ctx
        .window(window, &WindowSpec::yesterday(), Grain::Day, &target)?
        .ended_days()?
        .at_most_days(1)?;
    Ok((target, window))
}
