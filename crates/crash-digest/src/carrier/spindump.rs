//! Threads of Apple's `spindump` by themselves, without the report's head: of every thread the heaviest path, as a stack.

use std::fmt::Write as _;

use super::call_graph::NOTE;
use crate::text;

/// What the heading of a thread has: `Thread 0xd2a7     DispatchQueue 1          priority 31`.
pub(super) const MARK: &str = " priority ";

/// Rows of a thread that are looked at.
const MOST: usize = 5000;
/// Threads that are written.
const THREADS: usize = 1000;

/// The threads as stacks; `None` where there are none, or where a report tells more of them.
pub(super) fn render(document: &str) -> Option<String> {
    let begins = |line: &str| heading(line).is_some();
    text::lines(document).find(|line| begins(line))?;
    let mut out = String::new();
    let mut processes = 0;
    let mut threads = 0;
    let mut rows: Vec<Row<'_>> = Vec::new();
    for line in text::lines(document) {
        let trimmed = line.trim();
        // The report itself tells which stack it is about.
        if trimmed.starts_with("Data Source:") || trimmed.starts_with("Heaviest stack") {
            return None;
        }
        if trimmed.starts_with("Process:") {
            processes += 1;
            if threads == 0 {
                let _ = writeln!(out, "{trimmed}");
            }
        }
        if let Some(name) = heading(line).filter(|_| threads < THREADS) {
            write(&mut out, &rows);
            rows.clear();
            if threads == 0 {
                out.push_str(NOTE);
            }
            let crashed = if threads == 0 { " Crashed" } else { "" };
            let _ = writeln!(out, "\nThread {threads}{crashed}:  {name}");
            threads += 1;
        } else if threads > 0
            && rows.len() < MOST
            && let Some(row) = Row::read(line)
        {
            rows.push(row.below(&rows));
            let at = rows.len() - 1;
            if let Some(parent) = rows[at].parent {
                let heaviest = rows[parent].child.map(|child| rows[child].samples);
                if heaviest.is_none_or(|heaviest| heaviest < rows[at].samples) {
                    rows[parent].child = Some(at);
                }
            }
        }
    }
    let any = !rows.is_empty();
    write(&mut out, &rows);
    // Of a whole system's threads it is not known which are meant.
    (any && processes < 2).then_some(out)
}

/// What a thread is called.
fn heading(line: &str) -> Option<&str> {
    let line = line.trim();
    // Nearly all lines end here.
    if !line.starts_with("Thread 0x") {
        return None;
    }
    let (name, priority) = text::split_once(line, MARK)?;
    let (number, _) = text::digits(priority.trim_start())?;
    // Newer ones count the samples in between: `9 samples (1-9)`.
    let name = match text::split_once(name, " samples (") {
        Some((name, _)) => name.trim_end_matches(|c: char| c.is_ascii_digit()),
        None => name,
    };
    let name = name.strip_prefix("Thread ").unwrap_or(name);
    (!number.is_empty()).then_some(name.trim_end())
}

/// A row of the tree: ` *999 main + 34 (main.m:13 in Orbit) [0x10fcc3962]`.
struct Row<'a> {
    depth: usize,
    samples: u32,
    /// `main + 34`
    symbol: &'a str,
    /// `main.m:13 in Orbit`, `Orbit + 4660`, `Orbit`
    place: &'a str,
    address: &'a str,
    parent: Option<usize>,
    /// Its heaviest.
    child: Option<usize>,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let row = line.trim_start_matches([' ', '\t', '*']);
        let (samples, rest) = text::digits(row)?;
        let rest = rest.strip_prefix(' ')?.trim();
        let (front, behind) = text::rsplit_once(rest, " [0x")?;
        let address = &rest[front.len() + 2..];
        let address = &address[..2 + behind.find(']')?];
        let (symbol, place) = text::last_group(front, b'(', b')')?;
        Some(Self {
            depth: line.len() - row.len(),
            samples: samples.parse().ok()?,
            symbol: symbol.trim(),
            place,
            address,
            parent: None,
            child: None,
        })
    }

    /// The same with the row that called it.
    fn below(mut self, rows: &[Self]) -> Self {
        let mut at = rows.len().checked_sub(1);
        while let Some(above) = at.filter(|above| rows[*above].depth >= self.depth) {
            at = rows[above].parent;
        }
        self.parent = at;
        self
    }

    fn write(&self, index: usize, out: &mut String) {
        let Self {
            symbol,
            place,
            address,
            ..
        } = self;
        let (image, behind) = match text::rsplit_once(place, " in ") {
            Some((source, image)) => (image, format!(" ({source})")),
            None => (
                text::rsplit_once(place, " + ").map_or(*place, |(image, _)| image),
                String::new(),
            ),
        };
        // Without a name the image's base stands in.
        let offset =
            text::rsplit_once(place, " + ").and_then(|(_, offset)| offset.parse::<u64>().ok());
        let base = offset
            .zip(text::hex(address))
            .and_then(|(offset, address)| address.checked_sub(offset));
        let _ = match offset.zip(base).filter(|_| symbol.starts_with("???")) {
            Some((offset, base)) => {
                writeln!(out, "{index}   {image}   {address} 0x{base:x} + {offset}")
            }
            None => writeln!(out, "{index}   {image}   {address} {symbol}{behind}"),
        };
    }
}

/// Writes the heaviest path with its innermost frame first.
fn write(out: &mut String, rows: &[Row<'_>]) {
    let roots = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.parent.is_none());
    let mut at = roots
        .reduce(|best, other| {
            if best.1.samples < other.1.samples {
                other
            } else {
                best
            }
        })
        .map(|(at, _)| at);
    let mut path = Vec::new();
    while let Some(row) = at.map(|at| &rows[at]) {
        path.push(row);
        at = row.child;
    }
    for (index, row) in path.iter().rev().enumerate() {
        row.write(index, out);
    }
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn the_heaviest_path_is_the_stack() {
        let text = "  Thread 0x1f    DispatchQueue \"com.apple.main-thread\"(1)    9 samples (1-9)    priority 46 (base 46)\n\
                    \x20 9  start + 2 (dyld + 88) [0x1a0]\n\
                    \x20   3  idle + 4 (Quay + 9) [0x2a0]\n\
                    \x20   6  ??? (Quay + 16) [0x1010]\n\
                    \x20    *6  wait + 8 (dock.c:31 in kernel) [0xffa0] (blocked)\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "Exception Note:  sample of a running process (NOT a crash)\n\n\
                  Thread 0 Crashed:  0x1f    DispatchQueue \"com.apple.main-thread\"(1)\n\
                  0   kernel   0xffa0 wait + 8 (dock.c:31)\n1   Quay   0x1010 0x1000 + 16\n2   dyld   0x1a0 start + 2\n"
            )
        );
        assert_eq!(render("Thread 0x1f  priority 3\nno rows\n"), None);
    }
}
