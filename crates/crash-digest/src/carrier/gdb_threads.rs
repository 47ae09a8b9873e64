//! gdb's list of threads where no backtrace was asked for: each row has the innermost frame of its thread, and a star marks the
//! one that gdb stopped in.
//!
//! ```text
//!   Id   Target Id                             Frame
//!   2    Thread 0x7fb0 (LWP 5769) "render"     Hull::Draw (this=0x0) at hull.cpp:31
//! * 1    Thread 0x7fc0 (LWP 5768) "orbit"      0x00007f8f6d in poll () from /lib/libc.so.6
//! ```

use memchr::memmem;

use crate::text;

/// What each row has.
pub(super) const MARK: &str = " (LWP ";

/// A row, taken apart.
struct Row<'a> {
    current: bool,
    number: &'a str,
    /// `Thread 0x7fb0 (LWP 5769) "render"`
    target: &'a str,
    frame: &'a str,
}

/// The list as gdb prints backtraces of all threads; `None` where there is none, or where backtraces are.
pub(super) fn render(document: &str) -> Option<String> {
    // Backtraces are what most texts have.
    if document.starts_with("#0") || memmem::find(document.as_bytes(), b"\n#0").is_some() {
        return None;
    }
    let listed = text::lines(document)
        .filter(|line| row(line).is_some())
        .take(2)
        .count()
        == 2;
    let framed = |line: &str| line.trim_start_matches(['>', ' ', '\t']).starts_with("#0");
    if !listed || text::lines(document).any(framed) {
        return None;
    }
    let mut out = String::with_capacity(document.len() * 2);
    let current = text::lines(document)
        .filter_map(row)
        .find(|row| row.current);
    let (mut begun, mut inside) = (false, false);
    for line in text::lines(document) {
        if let Some(row) = row(line) {
            if !std::mem::replace(&mut begun, true)
                && let Some(current) = &current
            {
                out.extend([
                    "[Current thread is ",
                    current.number,
                    " (",
                    current.target,
                    ")]\n",
                ]);
            }
            out.extend([
                "\nThread ",
                row.number,
                " (",
                row.target,
                "):\n#0  ",
                row.frame,
                "\n",
            ]);
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

fn row(line: &str) -> Option<Row<'_>> {
    let rest = line.trim_start();
    let current = rest.starts_with('*');
    let rest = rest.trim_start_matches('*').trim_start();
    let (_, behind) = text::digits(rest)?;
    let number = &rest[..rest.len() - behind.len()];
    let target = behind.trim_start();
    if !target.starts_with("Thread ") || behind.len() == target.len() {
        return None;
    }
    let end = text::find(target, MARK)? + MARK.len();
    let mut end = end + target[end..].find(')')? + 1;
    // The name stands behind in quotation marks.
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
    }
}
