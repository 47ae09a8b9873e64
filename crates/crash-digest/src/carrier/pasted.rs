//! What a page or an editor made of the signs of a text before somebody copied it: blanks that do not break, quotation marks of
//! print, tags of HTML, Markdown's marks around words of a row, ends of lines that are carriage returns alone. A text without any of
//! them is borrowed.

use std::borrow::Cow;

use memchr::memmem;

use super::quoted_printable;
use crate::{grammar, model, text};

/// Blanks of print, all of the width of some blanks.
const BLANKS: [char; 8] = [
    '\u{a0}', '\u{2002}', '\u{2003}', '\u{2007}', '\u{2008}', '\u{2009}', '\u{202f}', '\u{3000}',
];

/// One of no width.
const WIDTHLESS: char = '\u{200b}';

/// A text with plain signs: blanks that break, straight quotation marks, no tags of HTML. Every [`crate::CrashText`] is read so;
/// this is for what is looked at before.
///
/// ```
/// let pasted = "#00\u{a0}pc\u{a0}0001";
/// assert_eq!(crash_digest::with_plain_signs(pasted), "#00 pc 0001");
/// ```
pub fn plain(text: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(text);
    if let Some(text) = quoted_printable::decode(&out).or_else(|| without_escapes(&out)) {
        out = Cow::Owned(text);
    }
    if has_blanks(&out) {
        out = Cow::Owned(out.replace(BLANKS, " ").replace(WIDTHLESS, ""));
    }
    if let Some(text) = of_html(&out) {
        out = Cow::Owned(text);
    }
    if let Some(text) = single_spaced(&out) {
        out = Cow::Owned(text);
    }
    if is_quoted_in_print(&out) {
        let straight = out
            .replace(['\u{201c}', '\u{201d}'], "\"")
            .replace(['\u{2018}', '\u{2019}'], "'");
        out = Cow::Owned(straight);
    }
    if let Some(text) = without_emphasis(&out) {
        out = Cow::Owned(text);
    }
    if memchr::memchr(b'\n', out.as_bytes()).is_none()
        && memchr::memchr_iter(b'\r', out.as_bytes()).nth(1).is_some()
    {
        out = Cow::Owned(out.replace('\r', "\n"));
    }
    out
}

/// The text without the empty line that a page put behind each of its lines, of which some are frames.
fn single_spaced(text: &str) -> Option<String> {
    const FEWEST: usize = 4;
    let lines = || {
        text::lines(text)
            .map(str::trim_end)
            .skip_while(|line| line.is_empty())
    };
    if lines().skip(1).step_by(2).any(|line| !line.is_empty()) {
        return None;
    }
    let said = || lines().step_by(2);
    let frame = |line: &&str| grammar::read(text::trim(line)).is_some();
    let known = said().nth(FEWEST - 1).is_some() && said().filter(frame).nth(1).is_some();
    known.then(|| said().flat_map(|line| [line, "\n"]).collect())
}

/// The text without Markdown's escapes, `dock\_open (bay=0x0, deck=\*)`; `None` where a backslash stands in front of anything else, as
/// in a path of Windows.
fn without_escapes(text: &str) -> Option<String> {
    /// Longer texts come from programs.
    const LONGEST: usize = 1 << 20;
    if text.len() > LONGEST || !text::has(text, "\\_") {
        return None;
    }
    let bytes = text.as_bytes();
    let mut joins = 0_usize;
    let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
    for at in memchr::memchr_iter(b'\\', bytes) {
        let behind = bytes
            .get(at + 1)
            .filter(|byte| byte.is_ascii_punctuation())?;
        if copied > at {
            // The second of two is the sign itself.
            continue;
        }
        let word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        joins +=
            usize::from(*behind == b'_' && (word(bytes[..at].last()) || word(bytes.get(at + 2))));
        out.push_str(&text[copied..at]);
        out.push(char::from(*behind));
        copied = at + 2;
    }
    (joins > 1).then(|| out + &text[copied..])
}

/// Whether a text has one of these blanks. Their first bytes are few in a text of letters alone.
fn has_blanks(text: &str) -> bool {
    memchr::memchr3_iter(0xc2, 0xe2, 0xe3, text.as_bytes()).any(|at| text[at..].starts_with(BLANKS))
}

/// Whether what stands in quotation marks of print stands there in straight ones where a program prints it; a message may have
/// others.
fn is_quoted_in_print(text: &str) -> bool {
    const BEFORE: [&str; 9] = [
        "File ",
        "string ",
        "function ",
        "method ",
        "thread ",
        "exception ",
        "reason: ",
        "instance of ",
        "panicked at ",
    ];
    const BEHIND: [&str; 4] = [" prio=", " tid=", ", line ", " daemon"];
    let marks = ["\u{201c}", "\u{201d}", "\u{2018}", "\u{2019}"];
    let found = |mark: &&str| {
        let places = memmem::find_iter(text.as_bytes(), mark).take(200);
        places.into_iter().any(|at| {
            BEFORE.iter().any(|word| text[..at].ends_with(word))
                || BEHIND
                    .iter()
                    .any(|word| text[at + mark.len()..].starts_with(word))
        })
    };
    marks.iter().any(found)
}

/// The text without Markdown's marks around words that somebody points at inside of a row, `#0  0x55d0 in **dock_open** ()`,
/// `*** **Error in `orbit': double free** ***`; `None` where there are none. Labels, `**Process:** orbit`, have a reader.
fn without_emphasis(text: &str) -> Option<String> {
    const MARK: &str = "**";
    memmem::find(text.as_bytes(), MARK.as_bytes())?;
    let mut out = String::new();
    let mut copied = 0;
    for line in text::lines(text) {
        let Some(plain) =
            memmem::find(line.as_bytes(), MARK.as_bytes()).and_then(|first| plain_row(line, first))
        else {
            continue;
        };
        let at = text::place(text, line)?;
        out.extend([&text[copied..at], &plain]);
        copied = at + line.len();
    }
    (copied > 0).then(|| out + &text[copied..])
}

/// A row without such marks.
fn plain_row(line: &str, first: usize) -> Option<String> {
    const LONGEST: usize = 4096;
    if line.len() > LONGEST || line[..first].trim().is_empty() && !line[first..].starts_with("*** ")
    {
        return None;
    }
    let bytes = line.as_bytes();
    let is_mark = |at: usize| bytes.get(at) == Some(&b'*');
    let runs = memmem::find_iter(bytes, "**")
        .filter(|at| !is_mark(at + 2) && (*at == 0 || !is_mark(at - 1)));
    let (mut out, mut from, mut open) = (String::new(), 0, None);
    for at in runs {
        let (before, behind) = (bytes[..at].last(), bytes.get(at + 2));
        let begins = before.is_none_or(|byte| b" \t([\"'`".contains(byte))
            && behind.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_/<#$".contains(byte));
        let ends = before.is_some_and(|byte| !b" \t:".contains(byte))
            && behind.is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if let Some(open) = open.filter(|_| ends) {
            out.extend([&line[from..open], &line[open + 2..at]]);
            from = at + 2;
        }
        open = Some(at).filter(|_| begins);
    }
    if from == 0 {
        return None;
    }
    out.push_str(&line[from..]);
    let row = text::trim(&out);
    let of_program = row.starts_with("*** ") && row.ends_with(" ***")
        || grammar::read(row).is_some()
        || model::read_exception(row).name.is_some();
    of_program.then_some(out)
}

/// The text of a page of HTML; `None` where it has no tag that ends lines, or a table, whose rows have a reader.
fn of_html(text: &str) -> Option<String> {
    const ENDS: [&str; 6] = ["<br", "</pre>", "</code>", "</p>", "</span>", "</div>"];
    memchr::memchr(b'<', text.as_bytes())?;
    let has = |tag: &str| memmem::find(text.as_bytes(), tag.as_bytes()).is_some();
    if !ENDS.iter().any(|tag| has(tag)) || has("<td") || has("<?xml") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = memchr::memchr(b'<', rest.as_bytes()) {
        let (front, behind) = rest.split_at(open);
        out.push_str(front);
        let Some((written, length)) = tag(behind) else {
            out.push('<');
            rest = &behind[1..];
            continue;
        };
        rest = &behind[length..];
        if written == "\n" {
            // The source of a page may break where the page does.
            rest = rest.strip_prefix('\r').unwrap_or(rest);
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        let fence = written.starts_with('`');
        if fence && !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(written);
        if fence && !rest.starts_with(['\n', '\r']) {
            out.push('\n');
        }
    }
    out.push_str(rest);
    Some(without_entities(&out))
}

/// Signs that a page writes by their names; that of the mark itself is the last.
const ENTITIES: [(&str, &str); 6] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];

/// The text with the signs that a page writes by their names.
pub(super) fn without_entities(text: &str) -> String {
    let signs = |text: String, (entity, sign): (&str, &str)| text.replace(entity, sign);
    ENTITIES.into_iter().fold(text.to_owned(), signs)
}

/// What a tag is written as, and its length; `None` for what is none of a page: `<int>`, `<unknown>`, `<0x0d6c>`.
fn tag(text: &str) -> Option<(&'static str, usize)> {
    /// A tag with its attributes is no longer, in bytes.
    const LONGEST: usize = 300;
    let head = text::head(text, LONGEST);
    let end = memchr::memchr(b'>', head.as_bytes())?;
    let inner = head[1..end].trim_end_matches('/').trim_end();
    let (closes, inner) = match inner.strip_prefix('/') {
        Some(inner) => (true, inner),
        None => (false, inner),
    };
    let name = inner.split([' ', '\t']).next().unwrap_or(inner);
    let attributes = &inner[name.len()..];
    if !attributes.is_empty() && (closes || !attributes.contains('=')) {
        return None;
    }
    let written = match name {
        "br" => "\n",
        "p" | "div" | "li" | "h1" | "h2" | "h3" | "h4" if closes => "\n",
        "p" | "div" | "li" | "h1" | "h2" | "h3" | "h4" | "ul" | "ol" | "code" | "span"
        | "strong" | "em" | "font" | "tt" | "blockquote" | "body" | "html" => "",
        "pre" => "```",
        _ => return None,
    };
    Some((written, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_print_are_plain() {
        let cases = [
            ("#00\u{a0}pc 01\u{3000}x\u{200b}", "#00 pc 01 x"),
            (
                "Exception in thread \u{201c}main\u{201d} a.B\n",
                "Exception in thread \"main\" a.B\n",
            ),
            (
                "dock\\_open (x \\*) at my\\_dock.c",
                "dock_open (x *) at my_dock.c",
            ),
            (
                "a.B: no bay\r\tat a.b(C.java:1)\r",
                "a.B: no bay\n\tat a.b(C.java:1)\n",
            ),
            (
                "a.B: x<br/>\r\nat a.b(C.java:1)<br>at c",
                "a.B: x\nat a.b(C.java:1)\nat c",
            ),
            (
                "<p>It ends:</p><pre class=\"x\"><code>at &lt;init&gt;\nat b</code></pre>",
                "It ends:\n```\nat <init>\nat b\n```\n",
            ),
        ];
        for (pasted, expected) in cases {
            assert_eq!(plain(pasted), expected, "{pasted}");
        }
    }

    #[test]
    fn a_text_of_a_program_is_borrowed() {
        let texts = [
            "std::vector<int>::at<char>(unsigned) <unknown> List<p>",
            "NSException: \u{201c}Orbit\u{201d} couldn\u{2019}t be opened\n",
            "a\r\nb\r\n",
            "C:\\_orbit\\_dock\\bay.cpp",
            "\u{fc}ber\u{2014}x",
        ];
        for text in texts {
            let found = plain(text);
            assert!(matches!(found, Cow::Borrowed(_)), "{text}");
            assert_eq!(found, text);
        }
    }
}
