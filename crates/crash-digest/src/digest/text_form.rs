//! The digest as text, in the fixed words that scripts and people look for.

use std::fmt;

use super::{Digest, RelatedStack};
use crate::format::Format;
use crate::model::LOGGED_AS_WARNING;

/// Characters of a name, of a message, and of one fact.
const NAME: usize = 200;
const MESSAGE: usize = 300;
const FACT: usize = 460;
/// Stacks beside the crash's own that are shown, and frames of each.
const RELATED: usize = 4;
const RELATED_FRAMES: usize = 3;

/// What is said of a text of which nothing is known.
const NOTHING: &str = "no crash recognised in this text\n";

impl Digest {
    /// Whether nothing was read but lines of no known form, and what a log only warns of.
    fn says_nothing(&self) -> bool {
        self.frames == 0
            && self.related.is_empty()
            && self
                .facts
                .iter()
                .all(|fact| fact.starts_with(LOGGED_AS_WARNING))
            && self.thread.is_none()
            && self.threads == 0
            && self.format == Format::Plain.label()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = cut(&self.exception, NAME);
        let message = cut(&self.message, MESSAGE);
        match (name.is_empty(), message.is_empty()) {
            (false, false) => writeln!(out, "exception {name} · message {message}")?,
            (false, true) => writeln!(out, "exception {name}")?,
            (true, false) => writeln!(out, "exception {message}")?,
            (true, true) if self.says_nothing() => out.write_str(NOTHING)?,
            (true, true) => writeln!(out, "no exception named ({})", self.format)?,
        }
        for cause in &self.causes {
            writeln!(out, "caused by {}", cut(cause, MESSAGE))?;
        }
        for fact in &self.facts {
            writeln!(out, "{}", cut(fact, FACT))?;
        }
        if let Some(thread) = &self.thread {
            let thread = cut(thread, 120);
            // A number alone is an id: `thread 0`.
            match &self.thread_state {
                Some(state) => writeln!(out, "thread {thread} · {}", cut(state, 60))?,
                None => writeln!(out, "thread {thread}")?,
            }
        }
        if let Some(process) = &self.process {
            writeln!(out, "process {}", cut(process, 120))?;
        }
        if self.frames == 0 {
            writeln!(out, "no frames recognised")?;
            for line in &self.head {
                writeln!(out, "    {}", cut(line, 200))?;
            }
        } else {
            writeln!(out, "symbols: {}", self.symbols)?;
            let frames = if self.frames == 1 {
                "1 frame".to_owned()
            } else {
                format!("{} frames", self.frames)
            };
            writeln!(out, "stack, {frames}")?;
            for line in &self.stack {
                writeln!(out, "{}", cut(&line.text, 220))?;
            }
        }
        for related in self.related.iter().take(RELATED) {
            write_related(out, related)?;
        }
        if self.related.len() > RELATED {
            writeln!(
                out,
                "{} more stacks in the text",
                self.related.len() - RELATED
            )?;
        }
        for wait in &self.waits {
            writeln!(out, "{}", cut(wait, 200))?;
        }
        if self.threads_elsewhere > 0 {
            writeln!(
                out,
                "threads of other processes, left out: {}",
                self.threads_elsewhere
            )?;
        }
        if self.lines_before > 0 {
            writeln!(
                out,
                "lines of the log before it, left out: {}",
                self.lines_before
            )?;
        }
        if self.threads > 1 {
            writeln!(out, "threads {}", self.threads)?;
        }
        Ok(())
    }
}

fn write_related(out: &mut fmt::Formatter<'_>, related: &RelatedStack) -> fmt::Result {
    let thread = related
        .thread
        .as_deref()
        .map(|thread| format!(" {}", cut(thread, 60)))
        .unwrap_or_default();
    let count = related.frames.len() + related.omitted;
    let frames = if count == 1 {
        "1 frame".to_owned()
    } else {
        format!("{count} frames")
    };
    let title = cut(&related.title, 120);
    let mark = if title.is_empty() { "" } else { ": " };
    writeln!(out, "{}{thread} ({frames}){mark}{title}", related.kind)?;
    let first = related.key.saturating_sub(1);
    for frame in related.frames.iter().skip(first).take(RELATED_FRAMES) {
        let mark = if frame.origin == "own" { '>' } else { ' ' };
        writeln!(out, "  {mark} {:>2} {}", frame.index, cut(&frame.text, 200))?;
    }
    let shown = RELATED_FRAMES.min(related.frames.len().saturating_sub(first));
    let hidden = count.saturating_sub(shown);
    if hidden > 0 {
        writeln!(out, "       … {hidden} more")?;
    }
    Ok(())
}

/// One line, at most so many characters, the rest counted.
fn cut(text: &str, most: usize) -> String {
    let joined = text
        .split(['\n', '\r'])
        .map(str::trim_end)
        .filter(|line| !line.trim().is_empty())
        .enumerate()
        .map(|(at, line)| if at == 0 { line } else { line.trim_start() })
        .collect::<Vec<_>>()
        .join(" / ");
    // A text cannot colour, move or hide what is printed.
    let line: String = joined
        .chars()
        .map(|c| if c == '\t' { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    match line.char_indices().nth(most) {
        Some((at, _)) => format!(
            "{}…(+{} characters)",
            &line[..at],
            line[at..].chars().count()
        ),
        None => line,
    }
}

/// Characters that change how others are shown: marks of direction, joiners, variation selectors, tags.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}
