//! Stacks that are names alone, one on a line: Unreal's without places, rows of App Center.

use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::Builder;
use crate::text;

/// More names alone are no stack.
const MOST: usize = 4096;
/// Behind such a heading any word is a name.
const HEADINGS: [&str; 2] = ["Call stack:", "Callstack:"];

/// Names alone on their lines, which are a stack where there are several.
#[derive(Default)]
pub(super) struct Names<'a> {
    waiting: Vec<&'a str>,
    /// Such names were frames: more of them are.
    listing: bool,
    /// A heading stands above.
    announced: bool,
}

impl<'a> Names<'a> {
    /// Whether a heading or names stand above.
    pub(super) const fn are_begun(&self) -> bool {
        self.announced || self.listing || !self.waiting.is_empty()
    }

    /// Takes a line that is a name; `false` where it is none.
    pub(super) fn take(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let begun = self.are_begun();
        // Most lines of a dump are frames of another form.
        if !begun && line.starts_with("at ") {
            return false;
        }
        let name = begins(line) || begun && goes_on(line);
        self.announced = HEADINGS.contains(&line) || self.announced && name;
        if name && self.listing {
            out.frame(frame(line));
            return true;
        }
        let waits = name && !out.has_frames() && self.waiting.len() < MOST;
        if waits {
            self.waiting.push(line);
        }
        waits
    }

    /// Another line follows. Three names or more are frames, fewer are words, which are given back.
    pub(super) fn end(&mut self, out: &mut Builder<'a>) -> Vec<&'a str> {
        let names = std::mem::take(&mut self.waiting);
        self.listing = names.len() >= 3;
        if !self.listing {
            return names;
        }
        for name in names {
            out.frame(frame(name));
        }
        Vec::new()
    }
}

/// A name alone behind its number, `#00 abort`, where the row above has the number before or the one below the next: a word with a
/// number in front may be anything else.
pub(super) fn numbered<'a>(out: &mut Builder<'a>, line: &'a str) -> Option<Frame<'a>> {
    let (number, name) = row(line)?;
    let name = without_remark(name);
    let name = name.rsplit_once('+').map_or(name, |(front, offset)| {
        let digits = !offset.is_empty() && offset.bytes().all(|byte| byte.is_ascii_digit());
        if digits { front } else { name }
    });
    if !is_identifier(name) {
        return None;
    }
    let text = out.text;
    let above = out
        .last_frame()
        .and_then(|last| row(last.raw))
        .is_some_and(|(above, _)| above + 1 == number);
    let below = || {
        let end = text::place(text, line)? + line.len();
        let next = text::lines(text.get(end..)?).nth(1).map(text::trim)?;
        let (below, _) = row(next)?;
        (below == number + 1 && grammar::read(next).is_some()).then_some(())
    };
    (above || number == 0 && below().is_some()).then(|| Frame {
        raw: line,
        function: Some(name),
        ..Frame::default()
    })
}

/// Number and rest of a row: `#06 dock_open+20`.
fn row(line: &str) -> Option<(u32, &str)> {
    let (number, rest) = text::digits(line.strip_prefix('#')?)?;
    let rest = rest.strip_prefix(' ')?.trim_start();
    (number.len() <= 3).then(|| Some((number.parse().ok()?, rest)))?
}

/// The name without what a person points at behind it: `dock_open+20        <-- base.apk`.
fn without_remark(name: &str) -> &str {
    text::find(name, " <-").map_or(name, |at| name[..at].trim_end())
}

/// Whether a line can begin such a stack.
fn begins(line: &str) -> bool {
    is_qualified(line) || method_alone(line).is_some()
}

/// Whether a line can stand further down in it.
pub(super) fn goes_on(line: &str) -> bool {
    is_unknown(line) || is_identifier(line)
}

/// A name alone as a frame.
pub(super) fn frame(name: &str) -> Frame<'_> {
    if let Some(method) = method_alone(name) {
        return Frame {
            raw: name,
            function: Some(method),
            language: Language::Java,
            ..Frame::default()
        };
    }
    Frame {
        raw: name,
        function: (!is_unknown(name)).then_some(name.strip_suffix("()").unwrap_or(name)),
        // GameMaker's own.
        language: if name.starts_with("gml_") {
            Language::Script
        } else {
            Language::Native
        },
        ..Frame::default()
    }
}

/// What stands for a name that is not known.
fn is_unknown(line: &str) -> bool {
    matches!(
        line.trim_start_matches('\\'),
        "<unknown>" | "<no symbol available>"
    )
}

/// `RenderingThreadMain` between qualified names.
fn is_identifier(line: &str) -> bool {
    line.len() <= 120
        && line.bytes().any(|byte| byte.is_ascii_lowercase())
        && line
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `FOutputDevice::Serialize`, `UE::Tasks::Private::FTaskBase::TryExecuteTask`: nothing else on the line, but for the brackets
/// of `std::__1::__function::__func<>::operator()()`.
fn is_qualified(line: &str) -> bool {
    let called = line.strip_suffix("()");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'~');
    let template = |byte: u8| called.is_some() && matches!(byte, b'<' | b'>' | b'(' | b')');
    line.len() <= 200
        && !line.starts_with(':')
        && called
            .unwrap_or(line)
            .bytes()
            .all(|byte| plain(byte) || template(byte))
        && text::has(line, "::")
}

/// Rows of Visual Studio App Center without a place: `com.acme.orbit.MainActivity$8.onError;`.
fn method_alone(line: &str) -> Option<&str> {
    let method = line.strip_suffix(';')?;
    let fits = method.len() <= 200
        && method.bytes().filter(|byte| *byte == b'.').count() >= 2
        && !method.starts_with('.')
        && method
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$'));
    fits.then_some(method)
}
