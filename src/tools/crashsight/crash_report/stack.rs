//! The crashed thread's stack: whether it is symbolicated, and the frames that say most.

use crash_digest::CrashText;
use crash_digest::digest::{Digest, Options};
use crash_digest::excerpt::Line;
use crash_digest::frame::Frame;
use crash_digest::ownership::OwnershipRules;
use crash_digest::stack::{self, Stack};
use schemars::JsonSchema;
use serde::Serialize;

use super::report::{Report, fenced};
use crate::project::SourceRules;
use crate::reply::{Block, Code, End, Reply, Untrusted, counted};
use crate::token_estimate;
use crate::tools::crashsight::codes;

/// Tokens of a stack in a reply at most and at least, and the lines to begin with.
pub(crate) const MOST_TOKENS: usize = 360;
const LEAST_TOKENS: usize = 100;
const MOST_LINES: usize = 24;
const BARE_LINES: usize = 6;

/// Stacks beside the crash's own that are shown: where memory was freed, where a thread began.
const MOST_RELATED: usize = 3;

/// Tokens of a text in which no frame was recognised, and its lines.
const UNREAD_TOKENS: usize = 150;
const UNREAD_LINES: usize = 12;

/// Longer lines are templates; the whole is in the stack section.
const LONGEST: usize = 200;

/// Characters of one line of a stack as data.
const DATA_LINE: usize = 1_000;

/// A stack in short.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StackSummary {
    /// What it was recognised as.
    format: &'static str,
    frames: usize,
    /// Frames with a name.
    frames_resolved: usize,
    /// Symbols in a sentence: `1 of 2 frames resolved; libfoo.so has no symbols (1)`.
    symbols: Untrusted,
    /// The service's own word on its symbolication, where that is not success.
    service_symbolication: Option<String>,
    service_symbolication_code: Option<i64>,
    /// The frame that says most, as an index into the stack.
    key_frame: Option<usize>,
    /// Frames, folded runs of frames, headings of exceptions.
    lines: Vec<StackLine>,
    /// Where no frame was recognised: the beginning of the text.
    text: Vec<Untrusted>,
    /// Lines of that text in all.
    text_lines: Option<usize>,
    /// Lines of a log that stand long before the report in the same text, which are not read.
    lines_before: Option<usize>,
    /// Stacks beside the crash's own.
    related: Vec<RelatedFrames>,
    /// Equal for crashes of the same bug.
    fingerprint: Option<String>,
}

/// A line of a stack in short.
#[derive(Debug, Serialize, JsonSchema)]
struct StackLine {
    /// `frame`, `fold`, `repeat` or `heading`.
    kind: &'static str,
    /// The frame's index in the stack, from 0.
    index: Option<usize>,
    /// Whether it is the project's own code.
    own: Option<bool>,
    /// Whether it has a name.
    resolved: Option<bool>,
    /// Whose code it is, in a word.
    origin: Option<&'static str>,
    /// Name and place, or what a line stands for.
    text: Untrusted,
}

/// A stack beside the crash's own.
#[derive(Debug, Serialize, JsonSchema)]
struct RelatedFrames {
    /// `freed by`, `allocated by`, `created by` and the like.
    kind: &'static str,
    thread: Option<Untrusted>,
    frames: usize,
    /// The frame that says most and those after it.
    lines: Vec<StackLine>,
}

impl StackSummary {
    /// The stack of a report at a cost of at most about `most_tokens`; `None` where it has none.
    pub(crate) fn read(report: &Report<'_>, stack: &Stack<'_>, most_tokens: usize) -> Option<Self> {
        let text = report.stack_text()?;
        let code = report.sources.crash.get("retraceStatus").count();
        let code = code.filter(|code| *code != 0);
        let symbolication = stack.symbolication();
        let mut summary = Self {
            format: stack.format.label(),
            frames: stack.frames.len(),
            frames_resolved: symbolication.named,
            symbols: Untrusted::new(symbolication.to_string()),
            service_symbolication: code.map(codes::retrace),
            service_symbolication_code: code,
            key_frame: None,
            lines: Vec::new(),
            text: Vec::new(),
            text_lines: None,
            lines_before: report
                .text()
                .map(CrashText::lines_before)
                .filter(|lines| *lines > 0),
            related: Vec::new(),
            fingerprint: None,
        };
        if stack.frames.is_empty() {
            // A script's message, or nothing that looks like frames: shown as it is.
            let head = text.lines().take(UNREAD_LINES);
            summary.text = head.map(|line| Untrusted::new(head_of(line))).collect();
            summary.text_lines = Some(text.lines().count());
            return Some(summary);
        }
        let options = Options {
            rules: &report.rules,
            reported: report.reported(),
            lines: 1,
        };
        let digest = Digest::of_stack(stack, &options);
        summary.key_frame = digest.key.as_ref().map(|key| key.index);
        let chosen = choose(stack, &report.rules, summary.key_frame, most_tokens);
        summary.lines = chosen.iter().map(|line| stack_line(line, stack)).collect();
        summary.fingerprint = Some(digest.fingerprint);
        summary.related = digest
            .related
            .into_iter()
            .take(MOST_RELATED)
            .map(|related| RelatedFrames {
                kind: related.kind,
                thread: related.thread.map(Untrusted::new),
                frames: related.frames.len(),
                lines: related
                    .frames
                    .into_iter()
                    .skip(related.key.saturating_sub(1))
                    .take(3)
                    .map(|frame| StackLine {
                        kind: "frame",
                        index: Some(frame.index),
                        own: Some(frame.origin == "own"),
                        resolved: None,
                        origin: Some(frame.origin),
                        text: Untrusted::new(head_of(&frame.text)),
                    })
                    .collect(),
            })
            .collect();
        Some(summary)
    }
}

/// The lines whose cost stays within the budget: fewer lines are chosen again by what they say.
fn choose<'a>(
    stack: &Stack<'a>,
    rules: &OwnershipRules,
    key: Option<usize>,
    most_tokens: usize,
) -> Vec<Line<'a>> {
    // Addresses say nothing without symbols: what else the report holds is worth more.
    let key = key.and_then(|at| stack.frames.get(at));
    let resolved = key.is_some_and(Frame::symbolicated);
    let most_tokens = most_tokens.clamp(LEAST_TOKENS, MOST_TOKENS);
    let mut most = if resolved { MOST_LINES } else { BARE_LINES };
    loop {
        let lines = stack.select(rules, most);
        let text: Vec<String> = lines.iter().map(|line| cut(line.to_string())).collect();
        let text = text.join("\n");
        if most <= 3 || token_estimate::estimate_capped(&text, most_tokens) <= most_tokens {
            return lines;
        }
        most -= 3;
    }
}

fn stack_line(line: &Line<'_>, stack: &Stack<'_>) -> StackLine {
    let kind = match line {
        Line::Heading { .. } => "heading",
        Line::Frame { .. } => "frame",
        Line::Repeat { .. } => "repeat",
        Line::Fold { .. } => "fold",
    };
    match line {
        Line::Frame {
            index,
            text,
            origin,
        } => StackLine {
            kind,
            index: Some(*index),
            own: Some(line.own()),
            resolved: stack.frames.get(*index).map(Frame::symbolicated),
            origin: Some(origin.label()),
            text: Untrusted::new(head_of(text)),
        },
        other => StackLine {
            kind,
            index: None,
            own: None,
            resolved: None,
            origin: None,
            text: Untrusted::new(head_of(other.to_string().trim_start())),
        },
    }
}

/// As a report prints it: own code on a line that begins with `>`.
fn printed(line: &StackLine) -> String {
    let text = line.text.raw();
    cut(match (line.index, line.kind) {
        (Some(index), _) => {
            let mark = if line.own == Some(true) { '>' } else { ' ' };
            format!("{mark} {index:>2} {text}")
        }
        (None, "heading") => text.to_owned(),
        (None, _) => format!("     {text}"),
    })
}

/// Shows symbols, then the stack, then the stacks beside it.
pub(crate) fn show_stack(stack: &StackSummary, reply: &mut Reply) {
    let service = stack.service_symbolication.as_deref();
    if stack.frames == 0 {
        let lines: Vec<String> = stack
            .text
            .iter()
            .map(|line| cut(line.raw().to_owned()))
            .collect();
        let caption = "stack (no frames recognised)".to_owned();
        let rest = "crashsight_read_crash with section `stack`";
        let mut code = fenced(caption, &lines, UNREAD_TOKENS, End::Head, rest);
        code.cut += stack.text_lines.unwrap_or(0).saturating_sub(lines.len());
        reply.push(8, Block::Code(code));
        if let Some(status) = service {
            reply.push(9, Block::Note(format!("symbols: {status}")));
        }
        return;
    }
    let mut symbols = format!("symbols: {}", stack.symbols.line(300));
    if let Some(status) = service.filter(|status| !symbols.contains(status)) {
        symbols = format!("{symbols}; service: {status}");
    }
    if stack.frames_resolved * 2 < stack.frames {
        symbols
            .push_str("; do not reason about bare addresses, ask for the symbols of these modules");
    }
    reply.push(9, Block::Note(symbols));
    if let Some(before) = stack.lines_before {
        let left_out = format!(
            "lines of a log before the report, left out: {before} (crashsight_read_crash with section `stack:raw` has them)"
        );
        reply.push(9, Block::Note(left_out));
    }
    let has_own = stack.lines.iter().any(|line| line.own == Some(true));
    let own = if has_own { " (> own code)" } else { "" };
    let lines: Vec<String> = stack.lines.iter().map(printed).collect();
    let caption = format!("stack, {}{own}", counted(stack.frames, "frame"));
    reply.push(8, Block::Code(Code::head(caption, lines.join("\n"))));
    for related in &stack.related {
        let thread = related.thread.as_ref().map(|thread| thread.line(60));
        let head = format!("{} {}", related.kind, thread.unwrap_or_default());
        let caption = format!("{} ({})", head.trim_end(), counted(related.frames, "frame"));
        let lines: Vec<String> = related.lines.iter().map(printed).collect();
        reply.push(8, Block::Code(Code::head(caption, lines.join("\n"))));
    }
}

/// Says that a report has no stack.
pub(crate) fn show_missing_stack(reply: &mut Reply) {
    reply.note("the report holds no stack");
}

/// A line no longer than a reader can use.
fn cut(mut line: String) -> String {
    if let Some((at, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(at);
        line.push('…');
    }
    line
}

/// A line no longer than data carries.
fn head_of(line: &str) -> String {
    match line.char_indices().nth(DATA_LINE) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

/// The frames of an issue's key stack that say most.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KeyFrames {
    frames: usize,
    lines: Vec<StackLine>,
    /// The text, where no frame was recognised in it; as data it is the key stack.
    #[serde(skip)]
    text: Option<Untrusted>,
}

/// Reads the key stack of an issue.
pub(crate) fn key_frames(key_stack: &str, source: &SourceRules) -> KeyFrames {
    let rules = OwnershipRules {
        own: source.own.clone(),
        strip: source.strip.clone(),
        bundle: None,
    };
    let stack = stack::parse(key_stack);
    let lines = if stack.frames.is_empty() {
        Vec::new()
    } else {
        stack.select(&rules, 4)
    };
    KeyFrames {
        frames: stack.frames.len(),
        lines: lines.iter().map(|line| stack_line(line, &stack)).collect(),
        text: lines.is_empty().then(|| Untrusted::from(key_stack)),
    }
}

/// Shows the key stack of an issue.
pub(crate) fn show_key_frames(key: &KeyFrames, lines: usize, reply: &mut Reply) {
    let text = if let Some(text) = &key.text {
        text.line(300)
    } else {
        let lines: Vec<String> = key.lines.iter().map(printed).collect();
        lines.join("\n")
    };
    reply.code(Code::head("key frame", text).at_most(lines));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{StackSummary, show_stack};
    use crate::json::JsonRef;
    use crate::project::SourceRules;
    use crate::reply::Reply;
    use crate::tools::crashsight::crash_report::report::{Report, Sources};

    #[test]
    fn lines_of_a_log_before_the_stack_are_said_to_be_left_out() {
        let quiet = "12:00:01 tick done\n".repeat(300);
        let crash =
            "java.lang.IllegalStateException: no ship\n\tat com.acme.Ship.fire(Ship.kt:31)\n";
        for (log, said) in [("", None), (quiet.as_str(), Some("left out: 276 "))] {
            let crash = json!({ "callStack": format!("{log}{crash}") });
            let sources = Sources {
                crash: JsonRef::new(&crash),
                ..Sources::default()
            };
            let source = SourceRules::default();
            let report = Report::new(sources, &source);
            let stack = report.text().unwrap().stack();
            let summary = StackSummary::read(&report, &stack, usize::MAX).unwrap();
            let mut reply = Reply::with_title(["Crash"]);
            show_stack(&summary, &mut reply);
            let text = reply.whole_text();
            match said {
                Some(said) => assert!(text.contains(said), "{text}"),
                None => assert!(!text.contains("left out"), "{text}"),
            }
        }
    }
}
