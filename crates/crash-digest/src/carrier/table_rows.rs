//! Rows of a tracker's page that became a table of Markdown: `4 | Quay | -[Dock open] + 15`, with the bars of HTML's copies
//! around them or without.

use std::fmt::Write as _;

use crate::text;

/// Between the columns.
pub(super) const MARK: &str = " | ";
/// How a row's place is printed.
pub(super) const PLACES: [&str; 2] = ["| 0x", " + "];
/// Fewer rows are somebody's table.
const FEWEST: usize = 3;

/// The text with such rows in Apple's columns; `None` where there are none that are numbered one after the other.
pub(super) fn render(document: &str) -> Option<String> {
    let mut rows = text::lines(document).filter_map(row).map(|row| row.0);
    let first: u32 = rows.next()?;
    let follow = rows.take(FEWEST - 1).zip(1..);
    let (mut count, mut in_order) = (1, true);
    for (number, behind) in follow {
        count += 1;
        in_order &= number == first + behind;
    }
    (count == FEWEST && in_order).then_some(())?;
    let mut out = String::with_capacity(document.len());
    // A table's head is told by the rule below it.
    let mut head = "";
    for line in text::lines(document) {
        let ruled = is_rule(line);
        if !head.is_empty() && !ruled {
            out.extend([head, "\n"]);
        }
        head = "";
        match row(line) {
            Some((number, module, symbol)) => {
                // An address in a column of its own.
                let cells: Vec<&str> = symbol.splitn(2, '|').map(str::trim).collect();
                let _ = writeln!(out, "{number}   {module}   {}", cells.join(" "));
            }
            None if ruled => {}
            None if text::has(line, MARK) => head = line,
            None => out.extend([line, "\n"]),
        }
    }
    if !head.is_empty() {
        out.extend([head, "\n"]);
    }
    Some(out)
}

/// Number, module, and an address or a symbol with its offset.
fn row(line: &str) -> Option<(u32, &str, &str)> {
    // Rows of Android's dumps have a bar in front as well, and there are many.
    let first = line
        .bytes()
        .find(|byte| !matches!(byte, b' ' | b'|' | b'\t'))?;
    if !first.is_ascii_digit() {
        return None;
    }
    let row = text::trim(line).trim_matches('|').trim();
    let (number, rest) = text::digits(row)?;
    // Editors line the columns up: `0   | Quay       | 0x104a2c000`.
    let (module, symbol) = rest.trim_start().strip_prefix("| ")?.split_once(MARK)?;
    let symbol = symbol.trim();
    let placed = symbol.starts_with("0x") && !symbol.contains(' ') || text::has(symbol, " + ");
    // `0 | Quay | 0x104a2c000 | main + 3`
    let addressed = symbol
        .split_once(MARK)
        .filter(|(address, _)| address.starts_with("0x") && text::hex(address.trim()).is_some());
    let last = addressed.map_or(symbol, |(_, symbol)| symbol);
    let fits = (placed || addressed.is_some()) && !last.contains('|') && !module.trim().is_empty();
    Some((number.parse().ok().filter(|_| fits)?, module.trim(), symbol))
}

/// The rule below a table's head: `-- | -- | --`.
fn is_rule(line: &str) -> bool {
    let line = text::trim(line);
    line.starts_with(['-', '|', ':'])
        && text::has(line, "--")
        && line.bytes().all(|byte| b"-|: ".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn rows_of_a_table_are_apples() {
        let text = "no bay\n\n0 | UIKit | 0x194e78c44\n-- | -- | --\n1 | Quay | -[Dock open:] + 15\n| 2 | Quay | main + 3 |\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "no bay\n\n0   UIKit   0x194e78c44\n1   Quay   -[Dock open:] + 15\n2   Quay   main + 3\n"
            )
        );
        assert_eq!(render("1 | a | 0x12\n7 | b | 0x13\n2 | c | 0x14\n"), None);
    }
}
