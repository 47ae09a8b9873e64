//! What an inspection found: numbers by project, and the rows of a page.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::parts::{Cost, Missing};
use super::continuity::Judgement;
use super::rows::{Row, Rows};
use crate::args::ReportKind;
use crate::project::CrashSightApp;

/// Issues of a range by their tickets.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Inspection {
    pub(super) kind: ReportKind,
    pub(super) projects: Vec<Inspected>,
    /// Rows in all that were asked for: those without a ticket first, then those with one.
    pub(super) total_rows: usize,
    /// Rows left out before the first.
    pub(super) offset: u32,
    /// Rows of this page without a ticket, by project, on most devices first.
    pub(super) missed: Vec<Row>,
    /// Rows of this page with a ticket, likewise.
    pub(super) filed: Vec<Row>,
    pub(super) missing: Vec<Missing>,
    pub(super) cost: Cost,
}

/// What was found in a project.
#[derive(Serialize, JsonSchema)]
pub(super) struct Inspected {
    pub(super) project: String,
    /// Issues reported in the range in the versions asked for; absent where the project failed.
    pub(super) issues: Option<usize>,
    /// Of the issues' rows, one per version.
    pub(super) rows: usize,
    pub(super) filed: usize,
    pub(super) missed: usize,
    pub(super) new: usize,
    pub(super) probably_gone: usize,
    /// Issues reported in the range in other versions alone.
    pub(super) other_versions: usize,
    /// Why issues may be missing.
    pub(super) incomplete: Option<String>,
}

impl Inspected {
    /// Counts the rows of a project.
    pub(super) fn of(app: &CrashSightApp, found: &Rows, incomplete: Option<String>) -> Self {
        let count = |fits: fn(&Row) -> bool| found.all.iter().filter(|row| fits(row)).count();
        Self {
            project: app.label.clone(),
            issues: Some(found.issues),
            rows: found.all.len(),
            filed: count(|row| row.ticket.is_some()),
            missed: count(|row| row.ticket.is_none()),
            new: count(|row| row.judgement == Judgement::New),
            probably_gone: count(|row| row.judgement == Judgement::ProbablyGone),
            other_versions: found.other_versions,
            incomplete,
        }
    }

    /// A project of which nothing is known.
    pub(super) fn failed(app: &CrashSightApp, why: &str) -> Self {
        Self {
            project: app.label.clone(),
            issues: None,
            rows: 0,
            filed: 0,
            missed: 0,
            new: 0,
            probably_gone: 0,
            other_versions: 0,
            incomplete: Some(why.to_owned()),
        }
    }
}
