//! Ruby's report of its own end, `[BUG] Segmentation fault`: its calls stand outermost first, the library's below them.

use std::collections::HashSet;

use memchr::memmem;

use crate::text;

pub(super) const RUBY: &str = "-- Ruby level backtrace information";
const NATIVE: &str = "-- C level backtrace information";

/// The text with the native rows first and Ruby's behind them, both innermost first; `None` where it is no such report.
pub(super) fn render(document: &str) -> Option<String> {
    memmem::find(document.as_bytes(), RUBY.as_bytes())?;
    let bug = text::lines(document).find(|line| text::has(line, "[BUG] "))?;
    let rows = |heading: &str| -> Vec<&str> {
        let behind = text::lines(document).skip_while(|line| !line.starts_with(heading));
        behind
            .skip(1)
            .take_while(|line| !line.starts_with("-- "))
            .filter(|line| !line.trim().is_empty())
            .collect()
    };
    let (native, mut ruby) = (rows(NATIVE), rows(RUBY));
    ruby.reverse();
    let mut out = String::with_capacity(document.len());
    out.extend([bug, "\n\n"]);
    for row in native.iter().chain(&ruby) {
        out.extend([row, "\n"]);
    }
    // What it says of itself besides.
    let told: HashSet<&str> = native.iter().chain(&ruby).copied().collect();
    let known = |line: &str| line == bug || told.contains(line);
    let head = text::lines(document).take_while(|line| !line.starts_with("-- "));
    for line in head.filter(|line| !known(line)) {
        out.extend([line, "\n"]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_innermost_first() {
        let text = "a.rb:3: [BUG] Segmentation fault\nruby 3.2.2\n\n-- Ruby level backtrace information ---\na.rb:7:in `<main>'\n\
                    a.rb:3:in `open'\n\n-- C level backtrace information ---\n/srv/dock.so(dock_open+0x1d) [0x7f1c]\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "a.rb:3: [BUG] Segmentation fault\n\n/srv/dock.so(dock_open+0x1d) [0x7f1c]\na.rb:3:in `open'\n\
                 a.rb:7:in `<main>'\nruby 3.2.2\n\n"
            )
        );
        assert_eq!(render("a.rb:3: [BUG] Segmentation fault\n"), None);
    }
}
