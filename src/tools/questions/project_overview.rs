//! An overview of one project as a value and as text: alone, or as a row among several.

use schemars::JsonSchema;
use serde::Serialize;

use super::movers::{self, Mover, Why};
use super::newest_version::NewestVersion;
use super::unusual::Unusual;
use crate::args::ReportKind;
use crate::reply::{Cell, Fact, Reply, Table};
use crate::tools::crashsight::comparison::Change;
use crate::tools::crashsight::trend_rows::Comparison;
use crate::tools::crashsight::trend_text::comparison_facts;
use crate::tools::output::DeviceRate;

/// Issues that stand out, as text.
const MOST_MOVERS: usize = 6;

/// How one project is doing.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ProjectOverview {
    pub(super) project: String,
    /// Reports in the range.
    pub(super) reports: Option<i64>,
    /// Devices affected in the range.
    pub(super) affected: Option<DeviceRate>,
    /// The part that has ended, beside the same part before.
    pub(super) comparison: Option<Comparison>,
    pub(super) newest_version: Option<NewestVersion>,
    /// The version that is asked for, among all.
    pub(super) version: Option<NewestVersion>,
    pub(super) other_kinds: Vec<OtherKind>,
    /// Issues that stand out, what matters most first.
    pub(super) issues: Vec<Mover>,
    /// Issues in the range; absent where there are more than were read.
    pub(super) issue_count: Option<usize>,
    pub(super) unusual: Vec<Unusual>,
    #[serde(skip)]
    pub(super) cumulative: bool,
}

/// Devices affected by another kind of report.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct OtherKind {
    pub(super) kind: &'static str,
    pub(super) devices: DeviceRate,
}

impl ProjectOverview {
    pub(super) fn render(&self, kind: ReportKind, reply: &mut Reply) {
        let rate = self.affected.map_or(Cell::Missing, |rate| rate.cell());
        let mut facts = vec![
            Fact::new("affected devices", rate).unit("active"),
            Fact::new(kind.plural(), Cell::count(self.reports)),
            Fact::new(
                "issues",
                Cell::count(self.issue_count.and_then(|n| i64::try_from(n).ok())),
            ),
        ];
        if let Some(comparison) = &self.comparison {
            let whole = Some(comparison.current) == self.affected;
            let compared = comparison_facts(comparison, self.cumulative).into_iter();
            // The whole range is compared, and stands there already.
            facts.extend(compared.skip(usize::from(whole)));
        }
        reply.facts(facts);
        for version in self.newest_version.iter().chain(&self.version) {
            reply.facts(version.facts());
        }
        let others = self.other_kinds.iter();
        reply.facts(others.map(|other| Fact::new(other.kind, other.devices.cell())));
        reply.facts(self.unusual.iter().flat_map(Unusual::facts));
        let none = match self.affected {
            Some(rate) if rate.active.is_some() => format!("no {} in this range", kind.plural()),
            _ => "nothing was counted in this range".to_owned(),
        };
        let mut table = movers::table(&self.issues, MOST_MOVERS);
        table.rest = Some("crashsight_list_top_issues lists all".to_owned());
        reply.table(table, &none);
    }

    /// What stands out most, in a cell: `2 new, 1 back`.
    fn marks(&self) -> Cell {
        let count = |why: Why, word: &str| {
            let issues = self.issues.iter().filter(|mover| mover.why == why).count();
            (issues > 0).then(|| format!("{issues} {word}"))
        };
        let words = [
            count(Why::New, "new"),
            count(Why::Back, "back"),
            count(Why::Rising, "rising"),
            count(Why::Falling, "falling"),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        if words.is_empty() {
            Cell::Missing
        } else {
            Cell::Text(words.join(", "))
        }
    }
}

/// A row for each project.
pub(super) fn rows(projects: &[ProjectOverview], reply: &mut Reply) {
    let mut table = Table::new(&[
        "project",
        "affected of active",
        "compared",
        "per active device",
        "issues",
        "first issue to look at",
        "exception · where",
    ]);
    for project in projects {
        let first = project.issues.first();
        let comparison = project.comparison.as_ref();
        let change = comparison.map(|comparison| comparison.change);
        table.rows.push(vec![
            Cell::text(project.project.clone()),
            project
                .affected
                .map_or(Cell::text("not counted"), |rate| rate.cell()),
            comparison.map_or(Cell::Missing, percent_pair),
            change.map_or(Cell::Missing, |change: Change| Cell::Text(change.short())),
            project.marks(),
            first.map_or(Cell::Missing, Mover::issue_cell),
            first.map_or(Cell::Missing, Mover::what_and_where),
        ]);
    }
    reply.table(table, "no project");
}

/// `0.469 % · before 0.424 %`, of equal parts.
fn percent_pair(comparison: &Comparison) -> Cell {
    let percent = |rate: &DeviceRate| {
        rate.rate
            .map_or_else(|| "–".to_owned(), |rate| format!("{:.3} %", rate * 100.0))
    };
    Cell::Text(format!(
        "{}, before {}",
        percent(&comparison.current),
        percent(&comparison.before)
    ))
}

/// Sentences about projects, the same about several once: of whom it is said stands before it, where it is not all.
pub(super) fn together(notes: Vec<(String, String)>, projects: usize) -> Vec<String> {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for (project, note) in notes {
        match said.iter_mut().find(|(known, _)| *known == note) {
            Some((_, of)) => of.push(project),
            None => said.push((note, vec![project])),
        }
    }
    let all = said.into_iter();
    all.map(|(note, of)| match of.len() {
        all if all == projects => note,
        _ => format!("{}: {note}", of.join(", ")),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::together;

    #[test]
    fn what_is_said_of_several_projects_is_said_once() {
        let notes = [("a", "x"), ("b", "y"), ("b", "x"), ("a", "z"), ("b", "z")];
        let notes = notes.map(|(project, note)| (project.to_owned(), note.to_owned()));
        let said = together(notes.to_vec(), 3);
        assert_eq!(said, ["a, b: x", "b: y", "a, b: z"]);
        assert_eq!(together(notes.to_vec(), 2), ["x", "b: y", "z"]);
    }
}
