//! Apple's reports of processor and disk use: a heaviest stack, printed from the outermost frame in.

use super::reader::{Line, Reader};
use super::{kernel_limits, plain};
use crate::frame::{Frame, Note};
use crate::grammar::{self, Printers};
use crate::model::Builder;
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'D', ..] if line.starts_with("Data Source:") => 8,
        [b'H', ..] if line.starts_with("Heaviest stack") => 8,
        [b'E', ..] if is_event(line) => 4,
        [b'E', ..] if line.starts_with("Event:") => 2,
        [b'A', ..] if line.starts_with("Action taken:") => 2,
        [b'P', ..] if line.starts_with("Powerstats for:") => 6,
        _ => 0,
    }
}

/// What such a report is about, `Event:            cpu usage`; others have an `Event:` as well.
pub(super) fn is_event(line: &str) -> bool {
    let event = line.strip_prefix("Event:").map(str::trim);
    event.is_some_and(|event| {
        matches!(
            event,
            "cpu usage"
                | "cpu usage (fatal)"
                | "disk writes"
                | "wakeups"
                | "hang"
                | "spin"
                | "memory"
                | "high memory"
        )
    })
}

/// What such a report is about that names no event.
const POWER: &str = "power statistics of a running process (NOT a crash)";

/// Whether the text ends inside of a tree's row, behind the first letters of its name: `5  -[MFDock openBa`.
fn is_cut(out: &Builder<'_>, line: &str) -> bool {
    let name = text::digits(line).and_then(|(_, rest)| rest.strip_prefix("  "));
    let named = name.is_some_and(|name| name.contains(|c: char| c.is_ascii_alphabetic()));
    named && out.has_frames() && out.text.trim_end().ends_with(line)
}

/// Reads a report of resource use.
#[derive(Default)]
pub(super) struct Microstackshots {
    heaviest: bool,
    /// How deep in a tree the last frame stands.
    depth: usize,
    done: bool,
}

impl<'a> Reader<'a> for Microstackshots {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let (line, indent) = (line.text, line.indent);
        if line.starts_with("Heaviest stack") {
            self.heaviest = !out.has_frames();
            // Frames may stand right below: the thread is told here alone.
            if self.heaviest && text::has(line, " main thread of the target process") {
                out.stack.facts.thread = Some("main");
            }
            return;
        }
        // Below an event they are its details.
        if line.starts_with("Powerstats for:") && out.section().exception.name.is_none() {
            out.exception_name(POWER);
        }
        if let Some(event) = line.strip_prefix("Event:") {
            return out.exception_name(event);
        }
        for (label, name) in [
            ("CPU:", "CPU"),
            ("CPU Time:", "CPU time"),
            ("Duration:", "duration"),
            ("Writes:", "writes"),
            ("Wakeups:", "wakeups"),
            ("Footprint:", "footprint"),
            ("Action taken:", "action taken"),
        ] {
            if let Some(value) = line.strip_prefix(label) {
                let exception = out.section().exception;
                let of_event = exception.name.is_some_and(|name| name != POWER);
                let of_event = of_event && exception.message.is_empty();
                if of_event && name != "action taken" {
                    out.exception_message(value);
                } else {
                    out.stack.facts.reason(name, value);
                }
                return;
            }
        }
        // The kernel's own lines, quoted beside the report.
        if !out.has_frames() && kernel_limits::line(out, line) {
            return;
        }
        if let Some(command) = line.strip_prefix("Command:") {
            out.stack.facts.process = Some(command.trim());
            return;
        }
        // Frames of the kernel have a mark: ` *13  semaphore_wait_continue + 0 (kernel + 1144912) [0xffffff8000317850]`.
        let row = line
            .strip_prefix('*')
            .filter(|row| row.starts_with(|c: char| c.is_ascii_digit()))
            .unwrap_or(line);
        match grammar::read_as(Printers::Apple, row) {
            // Of a tree the first path is told, which is the heaviest one.
            Some(_) if !self.heaviest && out.has_frames() && indent <= self.depth => {
                self.done = true;
            }
            Some(frame) if !self.done => {
                self.depth = indent;
                out.frame(frame);
            }
            Some(_) => {}
            None if plain::is_image(line) => {
                out.image(line);
            }
            None if !self.heaviest && !self.done && indent > self.depth && is_cut(out, line) => {
                if let Some((samples, name)) = text::digits(line) {
                    out.frame(Frame {
                        raw: line,
                        function: Some(name.trim()),
                        note: samples.parse().map_or(Note::None, Note::Samples),
                        ..Frame::default()
                    });
                }
            }
            None => {
                self.done |= out.has_frames();
                if let Some(path) = line.strip_prefix("Path:") {
                    out.stack.facts.program = Some(path.trim());
                } else {
                    out.stack.unrecognized.push(line);
                }
            }
        }
    }

    /// What was innermost is told first, as everywhere.
    fn end(&mut self, out: &mut Builder<'a>) {
        if out.stack.frames.len() > 1 {
            out.stack.frames.reverse();
            let printed = "heaviest stack, the innermost frame first (the report prints it from the outermost in)";
            out.stack.facts.reason("", printed);
        }
    }

    fn blank(&mut self, out: &mut Builder<'a>) {
        self.done |= self.heaviest && out.has_frames();
    }
}
