//! Older React Native and browsers' consoles: a function on one line and its place, indented, on the next.

use crate::text;

/// Lines of the head that are looked at.
const HEAD: usize = 400;

/// The text with each pair on one line, `tick@game.js:14:9`; `None` where there are no two pairs.
pub(super) fn join(text: &str) -> Option<String> {
    let lines = || text::lines(text);
    let pairs = lines().zip(lines().skip(1)).take(HEAD);
    let mut pairs = pairs.filter(|(name, place)| is_pair(name, place));
    let (name, _) = pairs.next()?;
    // One alone is told by a name that no sentence has.
    if !is_outside(name.trim()) && pairs.next().is_none() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut lines = lines().peekable();
    while let Some(line) = lines.next() {
        // An exception's line has the first name as its message: `…JavascriptException: fire`.
        if let Some((front, name)) = line.split_once("Exception: ")
            && let Some(place) = lines
                .next_if(|place| is_pair(name, place) && place.len() - place.trim_start().len() > 0)
        {
            out.extend([front, "Exception\n", name.trim(), "@", place.trim(), "\n"]);
            continue;
        }
        match lines.next_if(|place| is_pair(line, place)) {
            Some(place) => {
                let name = line.trim();
                let name = if name == "<unknown>" { "" } else { name };
                out.extend([name, "@", place.trim()]);
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    Some(out)
}

/// Django's page of an error: `File "/srv/dock.py" in open` and `  31.   hold.tie()` as one line in Python's own form.
pub(super) fn django(document: &str) -> Option<String> {
    memchr::memmem::find(document.as_bytes(), b".py\" in ")?;
    let mut out = String::with_capacity(document.len());
    let mut lines = text::lines(document).peekable();
    let mut joined = false;
    while let Some(line) = lines.next() {
        let row = line
            .trim_start()
            .strip_prefix("File \"")
            .and_then(|row| text::split_once(row, "\" in "))
            .filter(|(_, name)| !name.contains(' '));
        let place = row.and_then(|row| {
            let (number, source) = text::digits(lines.peek()?.trim_start())?;
            Some((row, number, source.strip_prefix(". ")?.trim()))
        });
        if let Some(((file, name), number, source)) = place {
            lines.next();
            joined = true;
            out.extend([
                "  File \"",
                file,
                "\", line ",
                number,
                ", in ",
                name,
                "\n    ",
                source,
            ]);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    joined.then_some(out)
}

/// A name, and deeper below it `game.js:14:9` or `[native code]`.
fn is_pair(name: &str, place: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let inner = place.trim();
    let name_alone = {
        let name = name.trim();
        is_outside(name)
            || !name.is_empty()
                && name.len() <= 120
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_$.<>/[]".contains(&byte))
    };
    let is_place = inner == "[native code]" || {
        let (file, line) = text::file_line(inner);
        line.is_some()
            && !inner.contains(' ')
            && [".js", ".bundle", ".ts", ".tsx", ".jsx"]
                .iter()
                .any(|end| file.contains(end))
    };
    // A form took the indents off: the app's bundle with line and column.
    let flat = || {
        let (front, column) = inner.rsplit_once(':').unwrap_or((inner, ""));
        let (file, line) = text::file_line(front);
        let column = !column.is_empty() && column.bytes().all(|byte| byte.is_ascii_digit());
        column && line.is_some() && file.ends_with("bundle")
    };
    name_alone && is_place && (indent(place) > indent(name) || flat())
}

/// What `JavaScriptCore` calls code outside of functions.
fn is_outside(name: &str) -> bool {
    matches!(name, "global code" | "module code" | "eval code")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_place_become_one_line() {
        let text = "TypeError: x\n\nfire\n    ship.js:88:21\n<unknown>\n    main.js:3:3\n";
        assert_eq!(
            join(text).as_deref(),
            Some("TypeError: x\n\nfire@ship.js:88:21\n@main.js:3:3\n")
        );
        assert_eq!(join("files\n  a.js:1\nand more\n"), None);
    }
}
