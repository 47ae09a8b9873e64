//! Getui's operations by chapter, and what the chapters share: task ids, days, paths.

mod funnel;
mod losses;
mod pushes;
mod quota;
mod users;
mod words;

use crate::args::{List, ProjectName, Word};
use crate::failure::Failure;
use crate::operation::{CallContext, Tool};
use crate::project::CompanionTarget;
use crate::window::{Grain, Window, WindowSpec};
use crate::wire::{ProviderId, Request, encode};

/// The chapters, in the order of the vendor's document.
pub(super) fn chapters() -> [&'static [Tool]; 4] {
    [pushes::TOOLS, losses::TOOLS, quota::TOOLS, users::TOOLS]
}

/// Task ids of one call (seed 003 line 12).
const MOST_TASKS: usize = 200;

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

/// Task ids, given one by one or comma-joined.
fn ids(tasks: &List<Word, MOST_TASKS>) -> Result<Vec<&str>, Failure> {
    let ids: Vec<&str> = tasks
        .iter()
        .flat_map(|task| task.as_str().split(','))
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .collect();
    match ids.len() {
        0 => Err(Failure::arguments(
            "tasks: give at least one task id, as the push returned it (`RASL_…`)",
        )),
        1..=MOST_TASKS => Ok(ids),
        many => Err(Failure::arguments(format!(
            "tasks: expected at most {MOST_TASKS} values, not {many}"
        ))),
    }
}

/// Ids as one segment: each encoded, the commas kept.
fn joined(ids: &[&str]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| encode(id)).collect();
    ids.join(",")
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
