//! React's components around the one that failed, `in Dock (created by Harbour)`: no calls, and none of the message.

use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::Builder;
use crate::text;

/// The innermost ones that are told beside a stack.
const MOST: usize = 3;
/// Those that are told where nothing else says where it was.
const ALONE: usize = 32;
/// A stack begins so many lines behind them at most.
const NEAR: usize = 6;

/// Takes their heading, and tells the first of them.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line.starts_with("at ") {
        return without_place(out, line);
    }
    if !line.starts_with("This error is located at") {
        return renders(out, line);
    }
    let below = text::place(out.text, line).and_then(|at| out.text.get(at + line.len()..));
    let lines = || {
        text::lines(below.unwrap_or_default())
            .skip(1)
            .map(str::trim)
    };
    let component = |line: &&str| line.starts_with("in ");
    let mut behind = lines().skip_while(component).take(NEAR);
    let stack = out.has_frames() || behind.any(|line| grammar::read(line).is_some());
    let most = if stack { MOST } else { ALONE };
    let mut inner = lines().take_while(component).take(most);
    if let Some(first) = inner.next() {
        let last = inner.last().unwrap_or(first);
        let components = out.span(first, last);
        out.stack.facts.reason("located", components);
    }
    out.cut();
    true
}

/// React's own words behind the frames, and the components with their places below: `[Error] The above error occurred in the <Dock>
/// component:`. They render each other and call nothing.
fn renders<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    /// What a console puts in front is no longer.
    const FRONT: usize = 80;
    let known = line.ends_with(':')
        && out.has_frames()
        && text::find(line, "The above error occurred in ").is_some_and(|at| at <= FRONT);
    if known {
        out.further(line);
    }
    known
}

/// A component without a place, between those with one: `at App`, `at RCTView`. In front of all of them it is no exception.
fn without_place<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let name = &line["at ".len()..];
    let component = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_$".contains(&byte));
    if !component {
        return false;
    }
    let listed = out.last_frame().is_some_and(|last| {
        last.language == Language::Script && last.raw.starts_with("at ") && last.raw.ends_with(')')
    });
    if listed {
        out.frame(Frame {
            raw: line,
            function: Some(name),
            language: Language::Script,
            ..Frame::default()
        });
    } else if !out.has_frames() {
        out.stack.unrecognized.push(line);
    }
    listed || !out.has_frames()
}
