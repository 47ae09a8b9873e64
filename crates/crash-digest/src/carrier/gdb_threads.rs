//! gdb's list of threads where no backtrace was asked for: each row has the innermost frame of its thread, and a star marks the
//! one that gdb stopped in.
//!
//! ```text
//!   Id   Target Id                             Frame
//!   2    Thread 0x7fb0 (LWP 5769) "render"     Hull::Draw (this=0x0) at hull.cpp:31
//! * 1    Thread 0x7fc0 (LWP 5768) "orbit"      0x00007f8f6d in poll () from /lib/libc.so.6
//! ```

use std::collections::HashSet;

use crate::text;

/// What its rows or its heading have.
pub(super) const MARKS: [&str; 2] = [" (LWP ", "Target Id"];

/// A row, taken apart.
struct Row<'a> {
    current: bool,
    number: &'a str,
    /// `Thread 0x7fb0 (LWP 5769) "render"`
    target: &'a str,
    frame: &'a str,
}

/// The list as gdb prints backtraces of all threads; `None` where there is none, or where each thread of it has its backtrace.
pub(super) fn render(document: &str) -> Option<String> {
    // Each row has the word behind its number.
    text::holds(document, " Thread ").then_some(())?;
    let rows = || text::lines(document).filter_map(row);
    rows().nth(1)?;
    let framed = |line: &str| line.trim_start_matches(['>', ' ', '\t']).starts_with("#0");
    if text::lines(document).any(framed) {
        return beside_backtraces(document);
    }
    let mut out = String::with_capacity(document.len() * 2);
    let current = rows().find(|row| row.current);
    let (mut begun, mut inside) = (false, false);
    for line in text::lines(document) {
        if let Some(row) = row(line) {
            if !std::mem::replace(&mut begun, true)
                && let Some(current) = &current
            {
                mark(&mut out, current);
            }
            thread(&mut out, &row);
            inside = true;
        } else if inside && line.starts_with("    ") && !line.trim().is_empty() {
            // The place goes over to the next line.
            out.truncate(out.trim_end().len());
            out.extend([" ", line.trim(), "\n"]);
        } else {
            inside = false;
            let columns = line.trim_start();
            if !(columns.starts_with("Id ") && columns.contains("Target Id")) {
                out.extend([line, "\n"]);
            }
        }
    }
    Some(out)
}

/// The text with the threads of the list behind it that have no backtrace, where others have theirs; `None` where none is left.
fn beside_backtraces(document: &str) -> Option<String> {
    let printed: HashSet<&str> = text::lines(document)
        .filter_map(|line| {
            let rest = text::trim(line).strip_prefix("Thread ")?;
            let (number, behind) = text::digits(rest)?;
            behind.starts_with(" (").then_some(number)
        })
        .collect();
    // Somebody who asked for one backtrace after the list asked for the thread that he was in.
    if printed.is_empty() {
        return None;
    }
    let stopped = ["[Current thread is ", " received signal ", "[Switching to "];
    let known = stopped.iter().any(|words| text::has(document, words));
    let mut out = String::new();
    let (mut seen, mut left) = (HashSet::new(), String::new());
    // Whether the line above is a row, and one that is told below.
    let (mut below, mut told) = (false, false);
    for line in text::lines(document) {
        if let Some(row) = row(line) {
            told = !printed.contains(row.number) && seen.insert(row.number);
            if told {
                thread(&mut left, &row);
            } else if row.current && !known {
                mark(&mut out, &row);
            }
            below = true;
        } else if below && line.starts_with("    ") && !line.trim().is_empty() {
            // The place goes over to the next line.
            if told {
                left.truncate(left.trim_end().len());
                left.extend([" ", line.trim(), "\n"]);
            }
        } else {
            below = false;
            out.extend([line, "\n"]);
        }
    }
    Some(out + &left)
}

/// The thread that gdb is in.
fn mark(out: &mut String, row: &Row<'_>) {
    out.extend(["[Current thread is ", row.number, " (", row.target, ")]\n"]);
}

/// A thread of which the innermost frame is known.
fn thread(out: &mut String, row: &Row<'_>) {
    out.extend([
        "\nThread ",
        row.number,
        " (",
        row.target,
        "):\n#0  ",
        row.frame,
        "\n",
    ]);
}

fn row(line: &str) -> Option<Row<'_>> {
    let rest = line.trim_start();
    let current = rest.starts_with('*');
    let rest = rest.trim_start_matches('*').trim_start();
    let (number, behind) = text::digits(rest)?;
    let target = behind.trim_start();
    if behind.len() == target.len() {
        return None;
    }
    // `Thread 0x7fb0 (LWP 5769)`; a chip's core is `Thread 2 (Core1)`.
    let (id, brackets) = text::word(target.strip_prefix("Thread ")?);
    let inner = brackets.strip_prefix('(')?;
    let lwp = inner.starts_with("LWP ");
    if !lwp && !id.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let inside = target.len() - inner.len();
    let mut end = inside + inner.find(')')? + 1;
    // The name stands behind in quotation marks, in newer versions inside of the brackets.
    if let Some(name) = target[end..].strip_prefix(" \"") {
        end += 2 + name.find('"')? + 1;
    }
    let frame = target[end..].trim();
    (!frame.is_empty()).then_some(Row {
        current,
        number,
        target: &target[..end],
        frame,
    })
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn rows_become_backtraces() {
        let text = "  Id   Target Id         Frame \n\
                    \u{20} 2    Thread 0x7fb0 (LWP 5769) \"render\" Hull::Draw (this=0x0)\n    at hull.cpp:31\n\
                    * 1    Thread 0x7fc0 (LWP 5768) 0x00007f8f6d in poll () from /lib/libc.so.6\n(gdb)\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "[Current thread is 1 (Thread 0x7fc0 (LWP 5768))]\n\
                 \nThread 2 (Thread 0x7fb0 (LWP 5769) \"render\"):\n#0  Hull::Draw (this=0x0) at hull.cpp:31\n\
                 \nThread 1 (Thread 0x7fc0 (LWP 5768)):\n#0  0x00007f8f6d in poll () from /lib/libc.so.6\n(gdb)\n"
            )
        );
        assert_eq!(render(&format!("{text}#0  poll ()\n")), None);
        assert_eq!(
            render(&format!("{text}Thread 2 (LWP 5769):\n#0  poll ()\n")).as_deref(),
            Some(
                "  Id   Target Id         Frame \n(gdb)\nThread 2 (LWP 5769):\n#0  poll ()\n\
                 \nThread 1 (Thread 0x7fc0 (LWP 5768)):\n#0  0x00007f8f6d in poll () from /lib/libc.so.6\n"
            )
        );
    }
}
