//! A reply on a terminal: a bold title, aligned tables, and bars beside a series over time.

use anstyle::{AnsiColor, Style};
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table,
};

use crate::reply::{Grid, Piece};

const TITLE: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const NEXT: Style = AnsiColor::Cyan.on_default();

/// Columns of a terminal whose size is unknown.
const WIDTH: u16 = 100;

/// The narrowest terminal for which a table is laid out.
const NARROW: u16 = 40;

/// Characters of the longest bar.
const BAR: usize = 20;

/// The reply with styles.
pub(super) fn render(pieces: Vec<Piece>) -> String {
    let mut next = 0;
    let lines = pieces.into_iter().map(|piece| match piece {
        Piece::Title(text) => format!("{TITLE}{text}{TITLE:#}"),
        Piece::Text(text) => text,
        Piece::Grid(grid) => with_bars(grid),
        Piece::Next(call) => {
            next += 1;
            let word = if next == 1 { "next:" } else { "  or:" };
            format!("{FAINT}{word}{FAINT:#} {NEXT}{call}{NEXT:#}")
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// An aligned table: numbers to the right, long cells wrapped to the width of the terminal.
pub(super) fn table(header: &[String], rows: Vec<Vec<String>>) -> String {
    layout(header, rows, false).to_string()
}

/// With `bars`, the last column is a chart.
fn layout(header: &[String], rows: Vec<Vec<String>>, bars: bool) -> Table {
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .enforce_styling();
    // A terminal that does not know its size reports none, or no columns at all.
    if table.width().is_none_or(|width| width < NARROW) {
        table.set_width(WIDTH);
    }
    let heads = header
        .iter()
        .map(|text| Cell::new(text).add_attribute(Attribute::Bold));
    table.set_header(heads.collect::<Vec<_>>());
    let numeric: Vec<bool> = (0..header.len())
        .map(|column| {
            let mut cells = rows.iter().filter_map(|row| row.get(column));
            cells.all(|text| is_number(text))
        })
        .collect();
    let whole: Vec<bool> = (0..header.len())
        .map(|column| {
            let mut cells = rows.iter().filter_map(|row| row.get(column));
            let is_id = |text: &String| text.len() >= 16 && !text.contains(char::is_whitespace);
            cells.all(is_id) || (bars && column + 1 == header.len())
        })
        .collect();
    let last = header.len().saturating_sub(1);
    for row in rows {
        let cells = row.into_iter().enumerate().map(|(column, text)| {
            let cell = Cell::new(text);
            if bars && column == last {
                cell.fg(Color::Cyan)
            } else {
                cell
            }
        });
        table.add_row(cells.collect::<Vec<_>>());
    }
    for (column, whole) in table.column_iter_mut().zip(whole) {
        if whole {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    for (column, numeric) in table.column_iter_mut().zip(numeric) {
        if numeric {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Digits, with separators and a unit.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    text == "-"
        || (digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.contains(['-', ':']))
            && text.len() < 16
}

fn with_bars(mut grid: Grid) -> String {
    let series = grid.series.take();
    let bars = series.is_some();
    if let Some(series) = series {
        let most = series.iter().copied().fold(0.0, f64::max);
        grid.header.push(String::new());
        for (row, value) in grid.rows.iter_mut().zip(series) {
            row.push(bar(value, most));
        }
    }
    let table = layout(&grid.header, grid.rows, bars);
    match grid.rest {
        Some(rest) => format!("{table}\n{FAINT}{rest}{FAINT:#}"),
        None => table.to_string(),
    }
}

/// A bar of eighths of a character.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the share is between 0 and 1"
)]
fn bar(value: f64, most: f64) -> String {
    let share = if most > 0.0 {
        (value / most).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let eighths = (share * (BAR * 8) as f64).round() as usize;
    let mut bar = "█".repeat(eighths / 8);
    let ends = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    bar.push_str(ends.get(eighths % 8).copied().unwrap_or_default());
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_proportional() {
        assert_eq!(bar(0.0, 0.0), "");
        assert_eq!(bar(1.0, 1.0), "█".repeat(BAR));
        assert_eq!(bar(0.5, 1.0), "█".repeat(BAR / 2));
        assert_eq!(bar(1.0, 160.0), "▏");
    }
}
