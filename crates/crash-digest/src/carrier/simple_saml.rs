//! SimpleSAMLphp's log: each line behind a level and the number of the request, `3 [6810ea4612] `, and rows that count down to the
//! outermost one, `2 /srv/www/Dock.php:20 (Orbit\Dock::open)`, `0 [builtin] (N/A)`.

use std::fmt::Write as _;

use crate::text;

/// How the end of a row's file stands in it.
pub(super) const MARK: &str = ".php:";
/// What stands above the rows.
const HEADING: &str = "Backtrace:";

/// The text with rows as PHP prints them itself; `None` where it has none.
pub(super) fn render(text: &str) -> Option<String> {
    let mut rows = text::lines(text).map(said).filter_map(row);
    let headed = text::lines(text).any(|line| said(line) == HEADING);
    if !headed || rows.next().is_none() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut number = 0;
    for line in text::lines(text) {
        let said = said(line);
        if said == HEADING {
            number = 0;
            continue;
        }
        let Some((place, function)) = row(said) else {
            let kept = if said.len() < text::trim(line).len() {
                said
            } else {
                line
            };
            out.extend([kept, "\n"]);
            continue;
        };
        let _ = match place {
            Some((file, line)) => writeln!(out, "#{number} {file}({line}): {function}()"),
            None => writeln!(out, "#{number} {{main}}"),
        };
        number += 1;
    }
    Some(out)
}

/// The line behind level and request.
fn said(line: &str) -> &str {
    /// Digits of a request's number.
    const REQUEST: usize = 10;
    let line = text::trim(line);
    let behind = || {
        let (level, rest) = text::digits(line)?;
        let (request, said) = rest.strip_prefix(" [")?.split_once("] ")?;
        let number =
            request.len() == REQUEST && request.bytes().all(|byte| byte.is_ascii_hexdigit());
        (number && level.len() == 1).then_some(said)
    };
    behind().unwrap_or(line)
}

/// File, line and function of a row; no place where it is the program itself.
fn row(said: &str) -> Option<(Option<(&str, u32)>, &str)> {
    let (_, rest) = text::digits(said)?;
    let (place, function) = text::split_once(rest.strip_prefix(' ')?, " (")?;
    let function = function.strip_suffix(')')?;
    if place == "[builtin]" {
        return Some((None, function));
    }
    let (file, line) = text::file_line(place);
    let fits = matches!(file.as_bytes(), [.., b'.', b'p', b'h', b'p'])
        && !function.is_empty()
        && !function.contains(['(', ' ']);
    fits.then_some((Some((file, line?)), function))
}
