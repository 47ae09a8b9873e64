//! Rich draws a box around Python's traceback and a line of source with its neighbours below each place:
//! `│ /srv/orbit/dock.py:31 in open │`. Python's own form is put back.

use memchr::memmem;

use crate::text;

/// What the box begins with, behind its rule.
pub(super) const TITLE: &str = " Traceback (most recent call last) ";

/// The text with tracebacks in Python's own form; `None` where no box of such stands in it.
pub(super) fn render(document: &str) -> Option<String> {
    memmem::find(document.as_bytes(), TITLE.as_bytes())?;
    let mut out = String::with_capacity(document.len());
    let (mut inside, mut found) = (false, false);
    for line in text::lines(document) {
        let bare = text::trim(line);
        if bare.starts_with(['╭', '┌']) && text::has(bare, TITLE) {
            (inside, found) = (true, true);
            out.push_str("Traceback (most recent call last):\n");
        } else if inside && bare.starts_with(['╰', '└']) {
            inside = false;
        } else if !inside {
            out.extend([line, "\n"]);
        } else if let Some((file, number, name)) = place(bare) {
            out.extend(["  File \"", file, "\", line ", number, ", in ", name, "\n"]);
        }
    }
    found.then_some(out)
}

/// File, line and function of a row of the box that is a place.
fn place(row: &str) -> Option<(&str, &str, &str)> {
    let inner = row
        .strip_prefix(['│', '|'])?
        .strip_suffix(['│', '|'])?
        .trim();
    let (place, name) = text::rsplit_once(inner, " in ")?;
    let (file, number) = place.rsplit_once(':')?;
    let (number, rest) = text::digits(number)?;
    let path = file.contains(['/', '\\']) || file.starts_with('<');
    (path && rest.is_empty() && !name.contains(' ')).then_some((file, number, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_becomes_a_traceback() {
        let text = "╭── Traceback (most recent call last) ──╮\n│ /srv/dock.py:31 in open │\n│ ❱ 31 return bays[7] │\n╰──╯\nKeyError: 7\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "Traceback (most recent call last):\n  File \"/srv/dock.py\", line 31, in open\nKeyError: 7\n"
            )
        );
        assert_eq!(render("│ /srv/dock.py:31 in open │\n"), None);
    }
}
