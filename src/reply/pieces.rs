//! A reply in pieces, for a reader whose screen lays out tables by itself. Words are those of the text, cleaned alike.

use super::cell::Cell;
use super::model::{Block, Budget, Reply, Table};
use super::{budget, render_text};

/// A part of a reply.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    /// The first line.
    Title(String),
    /// Facts, notes and fenced text.
    Text(String),
    /// A table.
    Grid(Grid),
    /// A call worth making next.
    Next(String),
}

/// A table as text, cell by cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grid {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// The first measure of each row, where the rows are a series over time.
    pub(crate) series: Option<Vec<f64>>,
    /// How to see the rows that are missing.
    pub(crate) rest: Option<String>,
}

impl Reply {
    /// The pieces, cut to the budget as the text is.
    pub(crate) fn pieces(&self, budget: Budget) -> Vec<Piece> {
        let budget = budget.at_most(self.own_budget.unwrap_or(Budget::CEILING));
        let fitted = budget::fit(self, budget, render_text::cost);
        let mut pieces = vec![Piece::Title(fitted.title.join(" · "))];
        pieces.extend(fitted.parts.iter().map(|part| match &part.block {
            Block::Table(table) => Piece::Grid(grid(table)),
            other => Piece::Text(render_text::block(other)),
        }));
        let next = fitted.next.iter();
        pieces.extend(next.map(|next| Piece::Next(render_text::call(next))));
        pieces
    }
}

fn grid(table: &Table) -> Grid {
    let (header, rows) = render_text::cells(table);
    Grid {
        header,
        rows,
        series: series(table),
        rest: render_text::table_rest(table),
    }
}

/// The first measure of rows that begin with a time; a row without one counts as none.
fn series(table: &Table) -> Option<Vec<f64>> {
    if table.rows.len() < 3
        || !table
            .rows
            .iter()
            .all(|row| row.first().is_some_and(is_time))
    {
        return None;
    }
    let columns = 1..table.columns.len();
    columns.into_iter().find_map(|column| {
        let values: Vec<Option<f64>> = table
            .rows
            .iter()
            .map(|row| row.get(column).and_then(measure))
            .collect();
        let some = values.iter().any(Option::is_some);
        some.then(|| values.into_iter().map(Option::unwrap_or_default).collect())
    })
}

/// A moment or a day, also `11-28 so far`.
fn is_time(cell: &Cell) -> bool {
    match cell {
        Cell::Day(_) | Cell::Instant(..) | Cell::TimeOfDay(..) => true,
        Cell::Text(text) => {
            let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
            let apart = text
                .as_bytes()
                .get(2)
                .is_some_and(|byte| matches!(byte, b'-' | b':'));
            apart && [0, 1, 3, 4].into_iter().all(digit)
        }
        _ => false,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a bar has few steps")]
fn measure(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Count(count) => Some(*count as f64),
        Cell::Share { part, whole } | Cell::Rate { part, whole } if *whole > 0 => {
            Some(*part as f64 / *whole as f64)
        }
        Cell::Measure(value, _) => Some(*value),
        _ => None,
    }
    .filter(|value| value.is_finite())
}
