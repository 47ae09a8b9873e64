//! A reply as text: title, facts, table, code, notes, next calls.

use super::cell::{Cell, counted, grouped};
use super::model::{Block, Code, Fact, Next, Reply, Table};
use super::sanitize;

pub(super) fn render(reply: &Reply) -> String {
    let mut out = reply.title.join(" · ");
    for part in &reply.parts {
        out.push('\n');
        out.push_str(&block(&part.block));
    }
    for (at, next) in reply.next.iter().enumerate() {
        out.push_str(if at == 0 { "\nnext: " } else { "\n  or: " });
        out.push_str(&call(next));
    }
    out
}

/// What a block costs, its line end included.
pub(super) fn cost(block_of: &Block) -> usize {
    crate::token_estimate::estimate(&block(block_of)) + 1
}

/// `tool {"argument":"value"}`.
pub(super) fn call(next: &Next) -> String {
    let arguments = serde_json::Value::Object(next.arguments.clone());
    format!("{} {arguments}", next.tool)
}

pub(super) fn block(block: &Block) -> String {
    match block {
        Block::Facts(facts) => {
            let line = facts.iter().map(fact).collect::<Vec<_>>().join(" · ");
            let first = facts.first().filter(|fact| fact.label.is_empty());
            let mark = if first.is_some_and(|fact| needs_mark(&fact.value)) {
                ROW
            } else {
                ""
            };
            format!("{mark}{line}")
        }
        Block::Table(one) => table(one),
        Block::Code(one) => code(one),
        Block::Note(text) => text.clone(),
    }
}

/// Begins a line that vendor text would begin otherwise: a line of ours never starts so.
const ROW: &str = "| ";

/// Whether a value at the start of a line could be taken for a line of ours, or for Markdown that needs no space
/// (a fence, a quote, a rule): vendor text of several words, with a colon, or that begins with such a mark.
fn needs_mark(value: &Cell) -> bool {
    let apart = |c: char| c.is_whitespace() || c == ':';
    let Cell::Untrusted(text) = value else {
        return false;
    };
    let shown = value.render();
    text.raw().trim().contains(apart)
        || shown.starts_with(['~', '>', '#', '+', '-', '*', '=', '_', '<', '['])
}

fn fact(fact: &Fact) -> String {
    let mut out = fact.label.clone();
    if !out.is_empty() {
        out.push(' ');
    }
    out.push_str(&fact.value.render_with_unit(&fact.unit));
    out
}

/// Columns in which a row has a value.
pub(super) fn columns_shown(table: &Table) -> Vec<usize> {
    let has_value = |&column: &usize| {
        let mut cells = table.rows.iter().filter_map(|row| row.get(column));
        cells.any(|cell| *cell != Cell::Missing)
    };
    (0..table.columns.len()).filter(has_value).collect()
}

fn table(table: &Table) -> String {
    let (header, rows) = cells(table);
    let marked = columns_shown(table).first().is_some_and(|&column| {
        let mut cells = table.rows.iter().filter_map(|row| row.get(column));
        cells.any(needs_mark)
    });
    let mark = if marked { ROW } else { "" };
    let mut lines = Vec::with_capacity(rows.len() + 2);
    lines.push(format!("{mark}{}", header.join(" | ")));
    lines.extend(rows.iter().map(|row| format!("{mark}{}", row.join(" | "))));
    lines.extend(table_rest(table));
    lines.join("\n")
}

/// The header and the rows of a table as text, without empty columns.
pub(super) fn cells(table: &Table) -> (Vec<String>, Vec<Vec<String>>) {
    let shown = columns_shown(table);
    let offsets: Vec<Option<String>> = shown.iter().map(|&column| offset(table, column)).collect();
    let header = shown
        .iter()
        .zip(&offsets)
        .map(|(&column, offset)| match offset {
            Some(offset) => format!("{} ({offset})", table.columns[column]),
            None => table.columns[column].clone(),
        })
        .collect();
    let row = |row: &Vec<Cell>| {
        shown
            .iter()
            .zip(&offsets)
            .map(|(&column, offset)| match (row.get(column), offset) {
                (Some(cell), Some(_)) => cell.render_local(),
                (cell, _) => cell.unwrap_or(&Cell::Missing).render(),
            })
            .collect()
    };
    (header, table.rows.iter().map(row).collect())
}

/// The one offset that all moments of a column share: it stands in the header, once.
fn offset(table: &Table, column: usize) -> Option<String> {
    let mut offsets = table
        .rows
        .iter()
        .filter_map(|row| row.get(column)?.offset());
    let first = offsets.next()?;
    offsets.all(|other| other == first).then_some(first)
}

/// `12 of 340; offset=12 for more`, where rows are missing.
pub(super) fn table_rest(table: &Table) -> Option<String> {
    let rows = table.rows.len();
    let first = table.offset.unwrap_or(0) as usize;
    let came = rows + table.cut;
    let total = table.total.and_then(|total| usize::try_from(total).ok());
    let passed = came + table.skipped;
    let missing = table.cut > 0 || table.more || total.is_some_and(|total| first + passed < total);
    if !missing {
        return None;
    }
    let which = if table.last { "the last " } else { "" };
    let mut out = match (total, first) {
        (Some(total), 0) => format!(
            "{which}{} of {}",
            grouped_len(rows),
            grouped_len(total.max(came))
        ),
        (Some(total), first) => format!(
            "rows {} to {} of {}",
            grouped_len(first + 1),
            grouped_len(first + rows),
            grouped_len(total)
        ),
        (None, _) if table.cut == 0 => {
            format!("{}, as many as were asked for", counted(rows, "row"))
        }
        (None, _) => format!(
            "{which}{} of the {} rows that came",
            grouped_len(rows),
            grouped_len(came)
        ),
    };
    if table.offset.is_some() {
        // After a cut the skipped rows may lie behind it: a row twice is better than one lost.
        let skipped = if table.cut == 0 { table.skipped } else { 0 };
        out = format!("{out}; offset={} for more", first + rows + skipped);
    } else if let Some(rest) = &table.rest {
        out.push_str("; ");
        out.push_str(rest);
    }
    Some(out)
}

fn code(code: &Code) -> String {
    let mut out = String::new();
    if !code.caption.is_empty() {
        out.push_str(&code.caption);
        out.push('\n');
    }
    let body = lines(&code.text);
    out.push_str(&sanitize::fence(body.trim_matches('\n')));
    if code.cut > 0 {
        out.push('\n');
        out.push_str(&grouped_len(code.cut));
        out.push_str(if code.cut == 1 {
            " more line"
        } else {
            " more lines"
        });
        if let Some(rest) = &code.rest {
            out.push_str(": ");
            out.push_str(rest);
        }
    }
    out
}

/// Characters of one line in a fence: a minified script or a dump without line ends is no stack.
const LINE: usize = 1_000;

/// Vendor text cleaned, its longest lines cut with the cut counted.
pub(super) fn lines(text: &str) -> String {
    let clean: String = sanitize::visible(text).collect();
    if clean.lines().all(|line| line.len() <= LINE) {
        return clean;
    }
    let capped: Vec<String> = clean
        .lines()
        .map(|line| match line.char_indices().nth(LINE) {
            Some((at, _)) => format!(
                "{}…(+{} characters)",
                &line[..at],
                line[at..].chars().count()
            ),
            None => line.to_owned(),
        })
        .collect();
    capped.join("\n")
}

fn grouped_len(count: usize) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}
