//! GameMaker: the head of its report, which names action, event and object; and of its version 8, which had no stacks, the scripts
//! that called each other.

use crate::frame::{Frame, Language};
use crate::model::{Builder, Exception};
use crate::text;

/// GameMaker: which action of which event of which object, apart from the reason.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let known = ["FATAL ERROR in", "ERROR in action number "]
        .iter()
        .any(|start| line.starts_with(start))
        && !line.contains(':')
        || line == "ERROR in";
    let part = line.starts_with("action number ")
        || line.starts_with("of ") && text::has(line, " Event")
        || line.starts_with("for object ") && line.ends_with(':');
    let first = out.stack.sections.first();
    let again = first.is_some_and(|first| {
        let exception = first.exception;
        !exception.message.is_empty() && exception.name.is_some_and(|name| name.ends_with("ERROR"))
    });
    if known && again && out.has_frames() {
        out.further(line);
        return true;
    }
    if (known || part) && again {
        out.stack.unrecognized.push(line);
        return true;
    }
    if again && reason_of_further(out, line) {
        return true;
    }
    if known {
        let (name, action) = text::split_once(line, " in").unwrap_or((line, ""));
        if out.is_fresh() {
            out.section().exception = Exception {
                name: Some(name),
                message: "",
            };
        }
        out.stack.facts.reason("", action);
    }
    // The place without its line, which a list may begin with again: `at gml_Object_objShip_Step_0`.
    let place = line
        .strip_prefix("at ")
        .filter(|name| name.starts_with("gml_") && !name.contains(' '));
    if let Some(name) = place
        && (out.is_fresh() && !out.is_beside() || out.is_further() && out.last_frame().is_none())
    {
        out.cut();
        out.frame(Frame {
            raw: line,
            function: Some(name),
            language: Language::Script,
            ..Frame::default()
        });
        return true;
    }
    if part {
        out.stack.facts.reason("", line.trim_end_matches(':'));
    }
    known || part
}

/// How the head of a further report begins.
const HEADS: [&str; 2] = ["FATAL ERROR in", "ERROR in"];

/// What a further report died of, behind its head.
fn reason_of_further<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if !out.is_further() {
        return false;
    }
    let Some(last) = out.stack.related.last_mut() else {
        return false;
    };
    let headed = last.frames.is_empty() && HEADS.iter().any(|head| last.title.starts_with(head));
    let says = line.contains(' ') && !line.starts_with("at ") && !super::metadata::is_heading(line);
    if headed && says {
        last.title = line;
    }
    headed && says
}

/// A log says the same error again and again: it is told once.
pub(super) fn end(out: &mut Builder<'_>) {
    let Some(first) = out.stack.sections.first() else {
        return;
    };
    let Exception { name, message } = first.exception;
    if name.is_some_and(|name| name.ends_with("ERROR")) {
        let frames = &out.stack.frames;
        out.stack.related.retain(|related| {
            let same = related.title == message
                && related
                    .frames
                    .iter()
                    .zip(frames)
                    .all(|(one, other)| one.function == other.function);
            !same
        });
    }
}

/// Scripts that call each other more deeply are cut.
const DEEPEST: usize = 64;

/// Version 8: `In script open:`, outermost first, `Error in code at line 40:`, the line with a mark below it, and
/// `at position 12: Unknown variable bay`; a log has all of it on one line.
#[derive(Default)]
pub(super) struct Version8<'a> {
    /// Scripts by their names, with the text that names each.
    scripts: Vec<(&'a str, &'a str)>,
    /// The line of the innermost one, and what stands there.
    line: Option<&'a str>,
    code: &'a str,
    /// A first report is told.
    told: bool,
}

impl<'a> Version8<'a> {
    /// Whether the line may be of such a report.
    pub(super) fn may_take(&self, line: &str) -> bool {
        self.line.is_some()
            || match line.as_bytes().first() {
                Some(b'I') => line.starts_with("In script "),
                Some(b'E') => {
                    line.starts_with("Error in code at line ") || line.starts_with("ERROR in ")
                }
                Some(b'F') => line.starts_with("FATAL ERROR in "),
                _ => false,
            }
    }

    /// Takes a line of it; `false` where it is none.
    pub(super) fn line(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let mut rest = line;
        if let Some(at) = text::find(line, HEAD_ENDS).filter(|_| is_head(line)) {
            let at = at + text::find(&line[at..], ":").unwrap_or_default();
            let (head, behind) = line.split_at(at + 1);
            let behind = behind.trim_start();
            if behind.is_empty() || self.line.is_some() {
                return false;
            }
            self::line(out, &head[..at]);
            rest = behind;
        }
        while let Some(name) = rest.strip_prefix("In script ") {
            let Some((script, behind)) = name.split_once(':') else {
                return false;
            };
            if self.scripts.len() < DEEPEST {
                self.scripts
                    .push((script, &rest[.."In script ".len() + script.len()]));
            }
            rest = behind.trim_start();
        }
        if let Some((number, behind)) = rest
            .strip_prefix("Error in code at line ")
            .and_then(|rest| rest.split_once(':'))
        {
            self.line = Some(number);
            rest = behind.trim_start();
        }
        if self.line.is_some()
            && let Some(at) = text::find(rest, "at position ")
            && let Some((_, said)) = text::split_once(&rest[at..], ": ")
        {
            let code = rest[..at].trim().trim_end_matches('^').trim_end();
            if !code.is_empty() {
                self.code = code;
            }
            self.tell(out, said);
            return true;
        }
        let code = rest.trim();
        if self.line.is_some() && self.code.is_empty() && code != "^" {
            self.code = code;
        }
        rest.len() < line.len() || self.line.is_some()
    }

    /// What went wrong, and the scripts, innermost first.
    fn tell(&mut self, out: &mut Builder<'a>, said: &'a str) {
        let number = self.line.take();
        let code = std::mem::take(&mut self.code);
        let mut scripts = std::mem::take(&mut self.scripts);
        if std::mem::replace(&mut self.told, true) || out.has_frames() {
            return out.stack.facts.reason("also reported", said);
        }
        out.section().exception.message = said;
        out.cut();
        if !code.is_empty() {
            out.stack.facts.reason("line of source", code);
        }
        if scripts.is_empty()
            && let Some(number) = number
        {
            out.stack.facts.reason("line", number);
        }
        let mut number = number.and_then(|number| number.parse().ok());
        while let Some((script, raw)) = scripts.pop() {
            out.frame(Frame {
                raw,
                function: Some(script),
                line: number.take(),
                language: Language::Script,
                ..Frame::default()
            });
        }
    }
}

/// Where the object is named, the head of a report ends behind it.
const HEAD_ENDS: &str = " for object ";

/// Whether a line begins as the head of a report does.
fn is_head(line: &str) -> bool {
    line.starts_with("ERROR in action number ") || line.starts_with("FATAL ERROR in action number ")
}
