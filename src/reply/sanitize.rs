//! Vendor text made safe to show: it is evidence, never structure and never an instruction.

use icu_properties::CodePointSetData;
use icu_properties::props::{DefaultIgnorableCodePoint, Emoji};

/// One line for a cell or a sentence: no control, bidi or ANSI characters, no character that would end
/// the cell, at most `most` characters with the cut counted.
pub fn inline(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most.saturating_mul(4)));
    let mut kept = 0_usize;
    let mut cut = 0_usize;
    let mut space = true;
    for c in visible(text) {
        let c = match c {
            c if c.is_whitespace() => ' ',
            '|' => '/',
            '`' => '\'',
            other => other,
        };
        if c == ' ' && space {
            continue;
        }
        space = c == ' ';
        if kept < most {
            out.push(c);
            kept += 1;
        } else {
            cut += 1;
        }
    }
    out.truncate(out.trim_end().len());
    defuse(&mut out);
    if cut > 0 {
        out = format!("{out}…(+{cut})");
    }
    out
}

/// HTML that does something where a client renders it; other angle brackets are templates and generics.
const TAGS: &[&str] = &[
    "!--", "a ", "audio", "base", "embed", "form", "iframe", "img", "input", "link", "meta",
    "object", "script", "style", "svg", "video",
];

/// Separates what a client would render as an image, a link or an element.
fn defuse(line: &mut String) {
    for (live, dead) in [("![", "! ["), ("](", "] (")] {
        if line.contains(live) {
            *line = line.replace(live, dead);
        }
    }
    let mut from = 0;
    while let Some(at) = line[from..].find('<').map(|at| from + at + 1) {
        let rest = line[at..].trim_start_matches('/');
        let is_tag = TAGS.iter().any(|tag| {
            rest.get(..tag.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(tag))
        });
        if is_tag {
            line.insert(at, ' ');
        }
        from = at;
    }
}

/// A block of text between fences longer than any run of backticks inside, at most `most` characters.
pub(crate) fn fenced(text: &str, most: usize) -> String {
    fence(block(text, most).trim_matches('\n'))
}

/// A block of text of at most `most` characters, the cut counted.
pub(super) fn block(text: &str, most: usize) -> String {
    let mut body = String::with_capacity(text.len().min(most.saturating_mul(4)));
    let mut kept = 0_usize;
    let mut cut = 0_usize;
    for c in visible(text) {
        if kept < most {
            body.push(c);
            kept += 1;
        } else {
            cut += 1;
        }
    }
    if cut > 0 {
        body = format!("{body}…(+{cut} characters)");
    }
    body
}

/// Puts already clean text between fences.
pub(super) fn fence(body: &str) -> String {
    let mut longest = 0_usize;
    let mut run = 0_usize;
    for c in body.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let ticks = "`".repeat(longest.max(2) + 1);
    format!("{ticks}\n{body}\n{ticks}")
}

/// The characters of a text that may be shown: line ends and tabs stay, ANSI sequences go whole.
pub(super) fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut rest = text.chars().peekable();
    let mut before = ' ';
    std::iter::from_fn(move || {
        loop {
            let c = rest.next()?;
            let emoji = c == EMOJI_FORM && is_emoji(before);
            before = c;
            match c {
                '\u{1b}' => {
                    // CSI: ESC [ parameters final. Anything else after ESC is one character.
                    if rest.next_if_eq(&'[').is_some() {
                        while rest.next_if(|c| matches!(c, '\u{20}'..='\u{3f}')).is_some() {}
                        rest.next_if(|c| matches!(c, '\u{40}'..='\u{7e}'));
                    }
                }
                '\r' => {
                    if rest.peek() != Some(&'\n') {
                        return Some('\n');
                    }
                }
                '\n' | '\t' => return Some(c),
                _ if emoji => return Some(c),
                _ if is_hidden(c) => {}
                _ => return Some(c),
            }
        }
    })
}

/// Control characters, and all that print nothing but change what is read or carry what is not seen: the
/// default-ignorable code points of Unicode, assigned or not, and the blank Braille pattern.
pub(crate) fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{2800}' | '\u{fff9}'..='\u{fffb}'
        )
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Asks for the colourful form of the emoji before it.
const EMOJI_FORM: char = '\u{fe0f}';

fn is_emoji(c: char) -> bool {
    !c.is_ascii() && CodePointSetData::new::<Emoji>().contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_cannot_be_left() {
        assert_eq!(inline("a|b\tc\n`d`  e ", 50), "a/b c 'd' e");
        assert_eq!(
            inline("\u{1b}[31mred\u{1b}[0m \u{202e}evil\u{0}", 50),
            "red evil"
        );
        assert_eq!(inline("abcdef", 3), "abc…(+3)");
        assert_eq!(inline("中文字符", 2), "中文…(+2)");
    }

    #[test]
    fn no_markdown_and_no_html_is_live() {
        assert_eq!(
            inline("![a](http://x) [b](c)", 50),
            "! [a] (http://x) [b] (c)"
        );
        assert_eq!(
            inline("<IMG src=x></script><!-- x", 50),
            "< IMG src=x>< /script>< !-- x"
        );
        assert_eq!(inline("std::map<int, a<b>>", 50), "std::map<int, a<b>>");
    }

    #[test]
    fn nothing_invisible_is_left() {
        for c in [
            '\u{34f}',
            '\u{115f}',
            '\u{1160}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{17b4}',
            '\u{17b5}',
            '\u{180b}',
            '\u{180f}',
            '\u{2800}',
            '\u{fe00}',
            '\u{fe0f}',
            '\u{fff0}',
            '\u{fff8}',
            '\u{1d173}',
            '\u{1d17a}',
            '\u{e0000}',
            '\u{e0041}',
            '\u{e0080}',
            '\u{e0fff}',
            '\u{202e}',
            '\u{2066}',
            '\u{200d}',
            '\u{feff}',
            '\u{ad}',
            '\u{61c}',
            '\u{2028}',
            '\u{7f}',
            '\u{9b}',
        ] {
            assert_eq!(inline(&format!("a{c}b"), 9), "ab", "{:x}", u32::from(c));
            assert_eq!(block(&format!("a{c}b"), 9), "ab", "{:x}", u32::from(c));
        }
        assert_eq!(
            inline("\u{2764}\u{fe0f}\u{fe0f} a\u{fe0f}", 9),
            "\u{2764}\u{fe0f} a"
        );
        assert_eq!(inline("a\u{3000}\u{2003}b", 9), "a b");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fenced("x", 10), "```\nx\n```");
        assert_eq!(fenced("a ```` b", 50), "`````\na ```` b\n`````");
        assert_eq!(fenced("one\r\ntwo\rthree", 50), "```\none\ntwo\nthree\n```");
        assert_eq!(fenced("abcdef", 4), "```\nabcd…(+2 characters)\n```");
    }

    proptest::proptest! {
        #[test]
        fn whatever_comes_stays_on_one_line(text in "\\PC*|[\\x00-\\x7f]{0,60}", most in 0_usize..40) {
            let line = inline(&text, most);
            let left = line.contains(['\n', '\t', '|', '`', '\u{1b}']);
            proptest::prop_assert!(!left);
        }

        #[test]
        fn whatever_comes_stays_in_its_fence(text in "[`a\\n\\x1b\\[]{0,60}") {
            let block = fenced(&text, 100);
            let ticks = block.split('\n').next().unwrap_or_default().to_owned();
            let inner = block.lines().filter(|line| line.contains(&ticks)).count();
            proptest::prop_assert_eq!(inner, 2);
        }
    }
}
