//! What a program, a page or a form wrote in place of a text's own signs: escapes, entities, marks of bold, links.

use std::borrow::Cow;

use memchr::memmem;

use super::quoting::preformatted;
use super::{colours, pasted, ticks};
use crate::text;

/// A document that a program put in quotes: `{\"error\" = \"…\"}`.
pub(super) fn unquoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if matches!(letters.peek(), Some('"' | '\\' | '/')) => out.extend(letters.next()),
            _ => out.push(letter),
        }
    }
    out
}

/// Escapes undone: colours, a text on one line with `\n` spelled out, `\t` at the starts of lines, entities of HTML.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    let breaks = memchr::memchr_iter(b'\n', out.as_bytes()).take(3).count();
    if breaks < 2 && memmem::find_iter(out.as_bytes(), b"\\n").take(2).count() == 2 {
        out = Cow::Owned(
            out.replace("\\r", "")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\\"", "\"")
                .replace("\\/", "/"),
        );
    } else if has_spelled_tab(&out) {
        let lines: Vec<Cow<'_, str>> = crate::text::lines(&out)
            .map(|line| without_spelled_tabs(line))
            .collect();
        out = Cow::Owned(lines.join("\n"));
    }
    if memmem::find(out.as_bytes(), b"\x1b[").is_some() {
        out = Cow::Owned(colours::without_real(&out));
    }
    // Most texts have none of a mark, which one look tells for all that is done about it.
    let has = |text: &str, mark: u8| memchr::memchr(mark, text.as_bytes()).is_some();
    if has(&out, b'`')
        && let Some(text) = ticks::without_ticks(&out)
    {
        out = Cow::Owned(text);
    }
    if memmem::find(out.as_bytes(), b"</pre>\n").is_some() {
        let lines: Vec<&str> = crate::text::lines(&out).map(without_pre).collect();
        out = Cow::Owned(lines.join("\n"));
    }
    // A tracker took the numbers of frames for those of its issues: `https://github.com/acme/orbit/pull/1 pc 00000084479c …`.
    if memmem::find(out.as_bytes(), b"\nhttps://github.com/").is_some() {
        let lines: Vec<Cow<'_, str>> = crate::text::lines(&out).map(without_link).collect();
        out = Cow::Owned(lines.join("\n"));
    }
    if has(&out, b'&')
        && let Some(text) = without_entities(&out)
    {
        out = Cow::Owned(text);
    }
    if has(&out, b'*') {
        out = without_stars(out);
    }
    // Code over several lines between two marks that are meant for words.
    if has(&out, b'`')
        && ["\n`#", "\n` ", "\n`0"]
            .iter()
            .any(|mark| text::has(&out, mark))
    {
        let lines: Vec<&str> = text::lines(&out).map(ticks::without_lone_tick).collect();
        out = Cow::Owned(lines.join("\n"));
    }
    out
}

/// Entities of HTML undone, where there are several, or one where a page would have written all such signs so; `None` where nothing
/// changes.
fn without_entities(text: &str) -> Option<String> {
    let count = |text: &str, mark: &str| memmem::find_iter(text.as_bytes(), mark).take(2).count();
    let of_marks = ["&lt;", "&gt;", "&quot;", "&amp;"].map(|mark| count(text, mark));
    let any = of_marks.iter().sum::<usize>();
    let mut out = if any >= 2 || any == 1 && memchr::memchr2(b'<', b'>', text.as_bytes()).is_none()
    {
        Cow::Owned(pasted::without_entities(text))
    } else if count(text, "&nbsp;") > 0 {
        Cow::Owned(text.replace("&nbsp;", " "))
    } else {
        Cow::Borrowed(text)
    };
    // Forms break up marks that mean something to them: `#&#8203;1`.
    if count(&out, "&#8203;") > 0 {
        out = Cow::Owned(out.replace("&#8203;", ""));
    }
    match out {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text),
    }
}

/// Marks of Markdown for bold words: `**\* Terminating app due to …`, `**Thread 0**`.
fn without_stars(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut out = text;
    if memmem::find(out.as_bytes(), b"**\\* ").is_some() {
        out = Cow::Owned(out.replace("**\\* ", "*** "));
    }
    if memmem::find(out.as_bytes(), b"**\n").is_some() {
        let lines: Vec<&str> = text::lines(&out).map(without_bold).collect();
        out = Cow::Owned(lines.join("\n"));
    }
    out
}

/// The inside of a line that is preformatted as a whole: `<pre>Dock;open;Dock.m;17</pre>`.
fn without_pre(line: &str) -> &str {
    let inner = |line| preformatted(line)?.strip_suffix("</pre>");
    inner(line).unwrap_or(line)
}

/// A frame whose number became a link.
fn without_link(line: &str) -> Cow<'_, str> {
    let number = line
        .strip_prefix("https://github.com/")
        .and_then(|rest| {
            text::split_once(rest, "/pull/").or_else(|| text::split_once(rest, "/issues/"))
        })
        .and_then(|(_, rest)| text::digits(rest));
    match number {
        Some((number, rest)) if rest.starts_with(" pc ") || rest.starts_with(" 0x") => {
            Cow::Owned(format!("#{number:0>2}{rest}"))
        }
        _ => Cow::Borrowed(line),
    }
}

/// A line without the marks that print it bold: `**Caused by: java.lang.NullPointerException:**`.
fn without_bold(line: &str) -> &str {
    let trimmed = line.trim();
    trimmed
        .strip_prefix("**")
        .and_then(|rest| rest.strip_suffix("**"))
        .filter(|inner| !inner.is_empty() && !text::has(inner, "**") && !inner.starts_with('*'))
        .map_or(line, str::trim)
}

fn has_spelled_tab(text: &str) -> bool {
    let has = |mark: &[u8]| memmem::find(text.as_bytes(), mark).is_some();
    has(b"\\t") && (text.starts_with("\\t") || has(b"\n\\t") || has(b": \\tat "))
}

fn without_spelled_tabs(line: &str) -> Cow<'_, str> {
    if line.starts_with("\\t") || text::has(line, ": \\tat ") {
        Cow::Owned(line.replace("\\t", "\t"))
    } else {
        Cow::Borrowed(line)
    }
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_come_off() {
        assert_eq!(
            unescape("a.B: c\\n\\tat d.e(F.java:1)\\n"),
            "a.B: c\n\tat d.e(F.java:1)\n"
        );
        assert_eq!(unescape("\x1b[31mboom\x1b[0m"), "boom");
        assert_eq!(unescape("plain"), "plain");
    }
}
