//! The head of X-Ray's fatal errors, of S.T.A.L.K.E.R. and its mods: what was checked, where, and why it failed, a label on a
//! line each, written as one.

use memchr::memmem;

use crate::text;

/// Lines of a head, with what a script says below it.
const MOST: usize = 24;

/// The text with such heads on one line each; `None` where there is none.
pub(super) fn render(document: &str) -> Option<String> {
    memmem::find(document.as_bytes(), b"Expression ")?;
    let lines: Vec<&str> = text::lines(document).collect();
    let mut out = String::with_capacity(document.len());
    let (mut at, mut found) = (0, false);
    while let Some(line) = lines.get(at) {
        if let Some((head, count)) = head(&lines[at..]) {
            out.push_str(&head);
            (at, found) = (at + count, true);
        } else {
            let banner = text::trim(line).eq_ignore_ascii_case("fatal error");
            let begins = lines[at..]
                .iter()
                .take(3)
                .any(|line| label(line, "Expression").is_some());
            if !banner || !begins {
                out.push_str(line);
            }
            at += 1;
        }
        out.push('\n');
    }
    found.then_some(out)
}

/// A head from its first line on, and how many lines it takes.
fn head(lines: &[&str]) -> Option<(String, usize)> {
    let expression = label(lines.first()?, "Expression")?;
    let function = label(lines.get(1)?, "Function")?;
    let file = label(lines.get(2)?, "File")?;
    let number = label(lines.get(3)?, "Line")?;
    let description = label(lines.get(4)?, "Description")?;
    let mut said = Vec::new();
    if !expression.starts_with('<') && !expression.eq_ignore_ascii_case("fatal error") {
        said.push(expression);
    }
    if !description.eq_ignore_ascii_case("fatal error") {
        said.push(description);
    }
    let mut count = 5;
    // Below it what a script's engine says: `LUA error:` and the place on the next line.
    let behind = &lines[count..lines.len().min(MOST)];
    for (at, line) in behind.iter().enumerate() {
        let line = text::trim(line);
        if line == "LUA error:"
            && let Some(error) = behind.get(at + 1)
        {
            said.push(text::trim(error));
            count += at + 2;
            break;
        }
        if line.starts_with("stack trace") {
            break;
        }
    }
    let said = if said.is_empty() {
        vec![expression]
    } else {
        said
    };
    Some((
        format!(
            "Fatal error: {} in {function} ({file}:{number})",
            said.join(": ")
        ),
        count,
    ))
}

/// The value of a label, behind its mark of an error or without: `[error]Line          : 60`.
fn label<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let line = text::trim(line);
    let rest = line.strip_prefix("[error]").unwrap_or(line);
    let rest = rest.strip_prefix(name)?.trim_start();
    Some(rest.strip_prefix(':')?.trim())
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn a_head_becomes_one_line() {
        let head = "FATAL ERROR\n\n[error]Expression    : hull != 0\n[error]Function      : Hull::tie\n\
                    [error]File          : D:\\ws\\hull.cpp\n[error]Line          : 31\n[error]Description   : assertion failed\nnext\n";
        assert_eq!(
            render(head).unwrap(),
            "\n\nFatal error: hull != 0: assertion failed in Hull::tie (D:\\ws\\hull.cpp:31)\nnext\n"
        );
        assert_eq!(render("Expression : x\nFunction : y\n"), None);
    }
}
