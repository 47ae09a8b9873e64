//! Tabulators as a system's log writes them: `#011/src/orbit/shard.go:88 +0x1c`.

use crate::text;

/// What stands for a tabulator.
pub(super) const MARK: &str = "#011";

/// The text with its tabulators; `None` where no line begins with such a mark.
pub(super) fn restore(document: &str) -> Option<String> {
    text::holds(document, MARK).then_some(())?;
    let begins = |line: &str| line.trim_start().starts_with(MARK);
    text::lines(document).any(begins).then(|| {
        let mut out = String::with_capacity(document.len());
        for line in text::lines(document) {
            if begins(line) {
                out.push_str(&line.replace(MARK, "\t"));
            } else {
                out.push_str(line);
            }
            out.push('\n');
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::restore;

    #[test]
    fn marks_at_the_beginning_are_tabulators() {
        assert_eq!(
            restore("main.main()\n#011/src/main.go:12\n#011#011a\n").as_deref(),
            Some("main.main()\n\t/src/main.go:12\n\t\ta\n")
        );
        assert_eq!(restore("issue #0112\n"), None);
    }
}
