//! `SourceMod`: what its log says of a plugin's error, `[SM] Exception reported: …`, and the rows of the plugin's calls.

use crate::frame::{Frame, Language};
use crate::model::{Builder, Exception};
use crate::text;

/// What stands beside the report that is told.
const ALSO: &str = "also logged";

/// The reports of a log, which holds one of each error.
#[derive(Default)]
pub(super) struct SourceMod<'a> {
    /// Whether the report that is read has said what went wrong, or else its plugin.
    titled: bool,
    /// A further report, whose rows are still to come.
    further: Option<&'a str>,
    /// Whether the line was broken behind a row's number.
    broken: bool,
}

impl<'a> SourceMod<'a> {
    /// Takes a line of such a report; `false` where it is none.
    pub(super) fn line(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if let Some(said) = line.strip_prefix("[AMXX]").map(str::trim_start) {
            return self.amx_mod(out, line, said);
        }
        let Some(said) = line.strip_prefix("[SM]").map(str::trim_start) else {
            return std::mem::take(&mut self.broken) && rest_of_row(out, line);
        };
        self.broken = false;
        if let Some(frame) = row(line, said) {
            if let Some(title) = self.further.take() {
                out.further(title);
            }
            self.titled = false;
            self.broken = frame.line.is_some() && frame.file.is_none();
            out.frame(frame);
        } else if let Some(message) = said.strip_prefix("Exception reported: ") {
            self.begins(out, said, message);
        } else if let Some(message) = encountered(said) {
            self.begins(out, said, message);
        } else if let Some((native, message)) = native(said) {
            // A native that a plugin offers fails by what it called: that stands above.
            if !self.titled {
                self.begins(out, said, message);
                if !out.has_frames() {
                    out.stack.facts.reason("native", native);
                }
            } else if !out.has_frames() {
                out.stack.facts.reason("", said);
            }
        } else if let Some(plugin) = blamed(said) {
            if !out.has_frames() {
                out.stack.facts.reason("plugin", plugin);
            } else if !self.titled {
                self.further = Some(said);
            }
            self.titled = true;
            out.cut();
        } else if said == "Call stack trace:" {
            out.cut();
        } else {
            return false;
        }
        true
    }

    /// AMX Mod X, for older servers: `Displaying debug trace (plugin "dock.amxx", version "1.0")`,
    /// `Run time error 4: index out of bounds`, `[0] dock.sma::open_bay (line 31)`.
    fn amx_mod(&mut self, out: &mut Builder<'a>, line: &'a str, said: &'a str) -> bool {
        if let Some(plugin) = text::after(said, "Displaying debug trace (plugin \"", b"\"") {
            if out.has_frames() {
                self.further = Some(said);
            } else {
                out.stack.facts.reason("plugin", plugin);
            }
        } else if let Some(message) = said
            .strip_prefix("Run time error ")
            .and_then(text::digits)
            .and_then(|(_, rest)| rest.strip_prefix(": "))
        {
            if out.has_frames() {
                self.further = Some(said);
            } else {
                out.section().exception = Exception {
                    name: None,
                    message,
                };
            }
        } else if let Some((place, number)) = said
            .strip_prefix('[')
            .and_then(text::digits)
            .and_then(|(_, rest)| rest.strip_prefix("] "))
            .and_then(|rest| text::split_once(rest.strip_suffix(')')?, " (line "))
            && let Some((file, name)) = text::split_once(place, "::")
        {
            if let Some(title) = self.further.take() {
                out.further(title);
            }
            out.frame(Frame {
                raw: line,
                function: Some(name),
                file: Some(file),
                line: number.parse().ok(),
                language: Language::Script,
                ..Frame::default()
            });
            return true;
        } else {
            return false;
        }
        out.cut();
        true
    }

    /// The line is told by what stands in front of it.
    pub(super) fn may_take(&self, line: &str) -> bool {
        line.starts_with("[SM]") || line.starts_with("[AMXX]") || self.broken
    }

    /// A report begins: the first one that has rows is the text's.
    fn begins(&mut self, out: &mut Builder<'a>, title: &'a str, message: &'a str) {
        if out.has_frames() {
            self.end(out);
            self.further = Some(title);
        } else {
            let earlier = out.section().exception.message;
            if self.titled && !earlier.is_empty() {
                let of_earlier = |label: &str| matches!(label, "plugin" | "native" | "");
                let reasons = &mut out.stack.facts.reasons;
                reasons.retain(|reason| !of_earlier(reason.label));
                out.stack.facts.reason(ALSO, earlier);
            }
            out.section().exception = Exception {
                name: None,
                message,
            };
        }
        self.titled = true;
        out.cut();
    }

    /// A report without rows behind the one that is told.
    pub(super) fn end(&mut self, out: &mut Builder<'a>) {
        if let Some(title) = self.further.take() {
            out.stack.facts.reason(ALSO, title);
        }
    }
}

/// The place of a row whose line was broken behind the number: `C:\orbit\dock.sp::Open`.
fn rest_of_row<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let (Some(last), Some((file, name))) = (out.last_frame(), text::split_once(line, "::")) else {
        return false;
    };
    last.file = Some(file);
    last.function = Some(name.trim_end_matches("()"));
    true
}

/// `Plugin encountered error 14: Divide by zero`, `Plugin "dock.smx" encountered error 4: Invalid parameter`.
fn encountered(said: &str) -> Option<&str> {
    let rest = said.strip_prefix("Plugin ")?;
    let (_, rest) = text::split_once(rest, "encountered error ")?;
    text::digits(rest)?.1.strip_prefix(": ")
}

/// The native and what it says: `Native "GetDock" reported: Dock 9 is invalid`.
fn native(said: &str) -> Option<(&str, &str)> {
    let (name, rest) = said.strip_prefix("Native \"")?.split_once("\" ")?;
    let generic = rest.starts_with("encountered a generic error");
    let message = rest
        .strip_prefix("reported: ")
        .or_else(|| generic.then_some(said))?;
    Some((name, message))
}

/// `Blaming: orbit/dock.smx`, older `Displaying call stack trace for plugin "dock.smx":`, and where it was built without rows.
fn blamed(said: &str) -> Option<&str> {
    let named = said
        .strip_prefix("Displaying call stack trace for plugin \"")
        .or_else(|| said.strip_prefix("Debug mode is not enabled for \""));
    match named {
        Some(named) => named.split_once('"').map(|(plugin, _)| plugin),
        None => said
            .strip_prefix("Blaming: ")
            .map(|plugin| plugin.trim_end_matches("()")),
    }
}

/// `[1] Line 31, orbit/dock.sp::Dock.Open`, older `[0]  Line 31, dock.sp::Open()`; a native has no place: `[0] SetFailState`.
fn row<'a>(line: &'a str, said: &'a str) -> Option<Frame<'a>> {
    let (_, rest) = text::digits(said.strip_prefix('[')?)?;
    let rest = rest.strip_prefix(']')?.trim();
    let native = Frame {
        raw: line,
        language: Language::Script,
        ..Frame::default()
    };
    let Some((number, place)) = rest.strip_prefix("Line ").and_then(text::digits) else {
        let name = !rest.is_empty() && !rest.contains([' ', ':']);
        return name.then_some(Frame {
            function: Some(rest),
            ..native
        });
    };
    let place = place.strip_prefix(',')?.trim_start();
    // The text may have been broken behind the number.
    let (file, name) = text::split_once(place, "::").unwrap_or((place, ""));
    Some(Frame {
        function: Some(name.trim_end_matches("()")).filter(|name| !name.is_empty()),
        file: Some(file).filter(|file| !file.is_empty()),
        line: number.parse().ok(),
        ..native
    })
}
