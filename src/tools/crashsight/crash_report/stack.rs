//! The crashed thread's stack: a symbolication on its symbols, and the frames that tell.

use super::{Report, fenced};
use crate::project::CrashSightApp;
use crate::reply::{Block, Code, End, Reply};
use crate::token_estimate;
use crate::tools::crashsight::codes;
use crash_digest::digest::{Digest, Options, RelatedStack};
use crash_digest::frame::Frame;
use crash_digest::ownership::OwnershipRules;
use crash_digest::stack::{self, Stack};

/// Tokens of a stack in a reply, and the lines to begin with.
const MOST_TOKENS: usize = 360;
const MOST_LINES: usize = 24;
const BARE_LINES: usize = 6;

/// Stacks beside the crash's own that are shown: where memory was freed, where a thread began.
const MOST_RELATED: usize = 3;

/// Tokens of a text in which no frame was recognised.
const UNREAD_TOKENS: usize = 150;

/// Longer lines are templates; the whole stands in the stack section.
const LONGEST: usize = 200;

impl Report<'_> {
    /// Symbols, then the stack.
    pub fn tell_stack(&self, reply: &mut Reply, target: &CrashSightApp) {
        let Some(text) = self.stack_text() else {
            reply.note("the report holds no stack");
            return;
        };
        let Some(crash_text) = self.crash_text() else {
            return;
        };
        let stack = crash_text.stack();
        if stack.frames.is_empty() {
            // A script's message, or nothing that looks like frames: shown as it is.
            let lines: Vec<String> = text
                .lines()
                .take(12)
                .map(|line| cut(line.to_owned()))
                .collect();
            let rest = "crashsight_read_crash with section `stack`";
            let caption = "stack (no frames recognised)".to_owned();
            let mut code = fenced(caption, &lines, UNREAD_TOKENS, End::Head, rest);
            code.cut += text.lines().count().saturating_sub(lines.len());
            reply.push(8, Block::Code(code));
            if let Some(status) = self.retrace() {
                reply.push(9, Block::Note(format!("symbols: {status}")));
            }
            return;
        }
        reply.push(9, Block::Note(self.symbols(&stack)));
        let rules = self.rules(target);
        reply.push(8, Block::Code(digest(&stack, &rules)));
        let options = Options {
            rules: &rules,
            reported: self.reported(),
            lines: MOST_LINES,
        };
        for related in Digest::of(&crash_text, &options)
            .related
            .iter()
            .take(MOST_RELATED)
        {
            reply.push(8, Block::Code(beside(related)));
        }
    }

    /// What the service says of its symbolication, where that is not success.
    fn retrace(&self) -> Option<String> {
        self.crash
            .get("retraceStatus")
            .count()
            .filter(|code| *code != 0)
            .map(codes::retrace)
    }

    /// `12 of 14 frames resolved; no symbols: libfoo.so (2)`, the service's own status, and what follows.
    fn symbols(&self, stack: &Stack<'_>) -> String {
        let symbolication = stack.symbolication();
        let mut out = format!(
            "symbols: {}",
            crate::reply::inline(&symbolication.to_string(), 300)
        );
        if let Some(status) = self.retrace().filter(|status| !out.contains(status)) {
            out = format!("{out}; the service says: {status}");
        }
        if symbolication.frames > 0 && symbolication.named * 2 < symbolication.frames {
            out.push_str(
                "; do not reason about bare addresses, ask for the symbols of these modules",
            );
        }
        out
    }
}

/// A stack beside the crash's own, its telling frame first: `freed by T3 (2 frames)`.
fn beside(related: &RelatedStack) -> Code {
    let thread = related.thread.as_deref().unwrap_or_default();
    let head = crate::reply::inline(&format!("{} {thread}", related.kind), 80);
    let caption = format!(
        "{} ({})",
        head.trim_end(),
        crate::reply::counted(related.frames.len(), "frame")
    );
    let lines: Vec<String> = related
        .frames
        .iter()
        .skip(related.key.saturating_sub(1))
        .take(3)
        .map(|frame| {
            let mark = if frame.origin == "own" { '>' } else { ' ' };
            cut(format!("{mark} {:>2} {}", frame.index, frame.text))
        })
        .collect();
    Code::head(caption, lines.join("\n"))
}

/// A line no longer than a reader can use.
fn cut(mut line: String) -> String {
    if let Some((at, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(at);
        line.push('…');
    }
    line
}

/// The most lines whose cost stays within the budget.
pub(super) fn digest(stack: &Stack<'_>, rules: &OwnershipRules) -> Code {
    // Addresses tell nothing without symbols: what else the report holds is worth more.
    let key = stack.key_frame(rules).and_then(|at| stack.frames.get(at));
    let resolved = key.is_some_and(Frame::symbolicated);
    let mut most = if resolved { MOST_LINES } else { BARE_LINES };
    loop {
        let lines: Vec<String> = stack
            .select(rules, most)
            .iter()
            .map(|line| cut(line.to_string()))
            .collect();
        let text = lines.join("\n");
        if most <= 3 || token_estimate::estimate_capped(&text, MOST_TOKENS) <= MOST_TOKENS {
            let own = if lines.iter().any(|line| line.starts_with('>')) {
                " (> own code)"
            } else {
                ""
            };
            let frames = match stack.frames.len() {
                1 => "1 frame".to_owned(),
                several => format!("{several} frames"),
            };
            return Code::head(format!("stack, {frames}{own}"), text);
        }
        most -= 3;
    }
}

/// The lines of a key stack worth a few tokens, for an issue.
pub fn key_frames(key_stack: &str, target: &CrashSightApp) -> Code {
    let rules = OwnershipRules {
        own: target.source.own.clone(),
        strip: target.source.strip.clone(),
        bundle: None,
    };
    let stack = stack::parse(key_stack);
    if stack.frames.is_empty() {
        return Code::head("key frame", crate::reply::inline(key_stack, 300));
    }
    let lines: Vec<String> = stack
        .select(&rules, 4)
        .iter()
        .map(ToString::to_string)
        .collect();
    Code::head("key frame", lines.join("\n"))
}
