//! The settings of a project's tickets: `tickets = { pattern = "…", url = "…" }`, or a list of those.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::project::TicketPattern;

/// One tracker, or several.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum TicketTables {
    One(TicketTable),
    Several(Vec<TicketTable>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TicketTable {
    pattern: String,
    url: Option<String>,
}

/// The patterns of a project; `Err` is the place in the file, and the problem there.
pub(super) fn read(
    project: &str,
    tables: Option<&Spanned<TicketTables>>,
) -> Result<Vec<TicketPattern>, (Range<usize>, String)> {
    let Some(tables) = tables else {
        return Ok(Vec::new());
    };
    let each = match tables.get_ref() {
        TicketTables::One(table) => std::slice::from_ref(table),
        TicketTables::Several(tables) => tables,
    };
    let read = |table: &TicketTable| {
        TicketPattern::new(&table.pattern, table.url.clone()).map_err(|problem| {
            (
                tables.span(),
                format!("projects.{project}.tickets: {problem}"),
            )
        })
    };
    each.iter().map(read).collect()
}
