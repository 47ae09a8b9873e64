//! A crash text as a value: everything a reader is told of it, ready to print or to serialize.

mod options;
mod others;
mod related;
mod text_form;
mod waits;

pub use options::Options;
pub use related::{FrameLine, RelatedStack};

use std::collections::HashSet;

use serde::Serialize;

use self::related::{following, is_zero, of_debugger, related_stack};
use crate::CrashText;
use crate::carrier::{LOGGED_APART, LOGGED_QUIETLY};
use crate::excerpt::Line;
use crate::format::Format;
use crate::merge::Death;
use crate::model::{RelatedKind, Stack};
use crate::text;
use crate::threads::{Thread, ThreadDump};

/// A crash in short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// The format in words.
    pub format: &'static str,
    /// The exception's name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub exception: String,
    /// Its message.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What it was caused by, the root last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// What else says why: signal, fault address, abort message, termination.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// The crashed thread: `Render(113)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// What it was doing, where the report says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_state: Option<String>,
    /// The process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// Frames of the crash's own stack.
    pub frames: usize,
    /// Frames with a name.
    pub frames_named: usize,
    /// Symbols in a sentence: `1 of 2 frames resolved; no symbols: libfoo.so (1)`.
    pub symbols: String,
    /// The frame that tells most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<FrameLine>,
    /// The stack: frames, folds, headings.
    pub stack: Vec<StackLine>,
    /// Stacks beside the crash's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedStack>,
    /// What the thread waits for, and deadlocks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<String>,
    /// Threads of the text.
    pub threads: usize,
    /// Threads of other processes in the same text, of which nothing more is told.
    #[serde(skip_serializing_if = "is_zero")]
    pub threads_elsewhere: usize,
    /// Lines of a log long before the report, of which nothing is told.
    #[serde(skip_serializing_if = "is_zero")]
    pub lines_before: usize,
    /// Lines of the text that are nothing known.
    pub unrecognized: usize,
    /// Where no frame was recognised: the beginning of the text, as it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub head: Vec<String>,
    /// For comparing with other crashes; see [`fingerprint`](crate::fingerprint).
    pub fingerprint: String,
}

/// A line of a stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StackLine {
    /// `frame`, `fold`, `repeat` or `heading`.
    pub kind: &'static str,
    /// Whether it is a frame of the project's own code.
    pub own: bool,
    /// The line as a report prints it.
    pub text: String,
    /// How many frames it stands for.
    pub frames: usize,
}

/// What a stack in a log is called that nothing ended with.
const LOGGED_BACKTRACE: &str = "logged backtrace";

/// The first lines of a text, or those around what it is told to have ended in.
fn head(text: &str, digest: &Digest) -> Vec<String> {
    const MOST: usize = 12;
    const BEFORE: usize = 3;
    let shown =
        |line: &&str| !line.trim().is_empty() && ![LOGGED_QUIETLY, LOGGED_APART].contains(line);
    let lines = || text.lines().filter(shown);
    let said = digest.message.lines().next().unwrap_or_default().trim();
    let told = |line: &str| line.contains(&digest.exception) && line.contains(said);
    let empty = said.is_empty() && digest.exception.is_empty();
    let at = (!empty).then(|| lines().position(told)).flatten();
    let from = at.filter(|at| *at >= MOST).map_or(0, |at| at - BEFORE);
    lines().skip(from).take(MOST).map(str::to_owned).collect()
}

/// How many threads a dump has. A debugger's session tells of the one that stopped, and of it again with its backtrace.
fn told_once(dump: &ThreadDump<'_>, format: Format) -> usize {
    let threads = &dump.threads;
    if format != Format::Debugger || threads.iter().any(|thread| thread.id.is_none()) {
        return threads.len();
    }
    let ids: HashSet<_> = threads
        .iter()
        .map(|thread| (thread.id, thread.system_id))
        .collect();
    ids.len()
}

impl Digest {
    /// Digests a text.
    pub fn of(text: &CrashText<'_>, options: &Options<'_>) -> Self {
        let stack = text.stack();
        let dump = text.threads();
        let mut digest = Self::of_stack(&stack, options);
        digest.threads = told_once(&dump, stack.format);
        let thrown = !(digest.exception.is_empty() && digest.message.is_empty());
        let named = thrown && digest.exception != "ANR";
        let others = others::told(&dump, &stack, text.text(), named);
        digest.threads += others.without_heading;
        digest.facts.extend(others.said);
        let told = others.told.into_iter();
        digest
            .related
            .extend(told.filter_map(|other| following(other, &stack.facts, options)));
        digest.related.extend(of_debugger(&stack, &dump, options));
        // Several threads of which none ended in anything: what no heading of a runtime says, they do.
        let unnamed = digest.exception.is_empty() && digest.message.is_empty();
        if unnamed && digest.threads > 1 && stack.format == Format::Plain {
            digest.format = Format::Trace.label();
        }
        // The system's log tells of an app that did not answer, and has no thread's stack.
        if digest.format == Format::Trace.label() && digest.threads == 0 && digest.frames == 0 {
            digest.format = Format::Plain.label();
        }
        digest.waits = waits::told(&dump, &stack, options);
        if let Some(others) = absent(&stack, &dump) {
            digest.facts.push(said_of(&others));
            let stacks = others.iter().filter_map(|other| {
                let stack = following(other, &stack.facts, options)?;
                Some(RelatedStack {
                    kind: RelatedKind::Another.label(),
                    title: stack.thread.unwrap_or_default(),
                    thread: None,
                    ..stack
                })
            });
            digest.related.extend(stacks.take(SHOWN_OF_OTHERS));
        }
        digest.facts.extend(dumped_again(&dump));
        digest.facts.extend(crashed_elsewhere(&dump));
        digest.threads_elsewhere = dump.elsewhere;
        digest.lines_before = text.lines_before();
        digest.unrecognized += text.lines_around();
        if stack.frames.is_empty() {
            digest.head = head(text.text(), &digest);
        }
        digest
    }

    /// Digests a stack that was read before.
    pub fn of_stack(stack: &Stack<'_>, options: &Options<'_>) -> Self {
        let death = Death::of(stack, &options.reported);
        let symbols = stack.symbolication();
        let ownership = options.rules.of_stack(stack);
        let key = stack.key_frame_of(&ownership);
        let lines = stack.select_of(&ownership, options.lines);
        let thread = thread_label(stack, options.reported.thread);
        let warned = stack.facts.is_warning()
            && !stack.frames.is_empty()
            && death.name.is_empty()
            && death.message.is_empty();
        Self {
            format: if warned {
                LOGGED_BACKTRACE
            } else {
                stack.format.label()
            },
            exception: death.name,
            message: death.message,
            causes: death.causes,
            facts: death.facts,
            thread,
            thread_state: stack.facts.thread_state.map(str::to_owned),
            process: stack
                .facts
                .process
                .or_else(|| stack.facts.program.map(text::base_name))
                .map(str::to_owned),
            frames: stack.frames.len() + stack.omitted,
            frames_named: symbols.named,
            symbols: symbols.to_string(),
            key: key.map(|index| {
                let frame = &stack.frames[index];
                let origin = stack.origin_of(index, &ownership);
                FrameLine {
                    index,
                    text: crate::excerpt::frame_text(frame, origin, options.rules),
                    function: frame.name().into_owned(),
                    origin: origin.label(),
                }
            }),
            stack: stack_lines(stack, &lines),
            related: stack
                .related
                .iter()
                .map(|related| related_stack(related, &ownership))
                .collect(),
            unrecognized: stack.unrecognized.len(),
            fingerprint: crate::fingerprint::fingerprint(stack, options.rules).to_string(),
            ..Self::default()
        }
    }
}

/// Other dumps of the process in the same text, of which nothing more is told.
fn dumped_again(dump: &ThreadDump<'_>) -> Option<String> {
    const MOST: usize = 4;
    let dumps = dump.again.iter().take(MOST).map(|(time, threads)| {
        let end = if *threads == 1 { "" } else { "s" };
        format!("{time} ({threads} thread{end})")
    });
    let more = dump.again.len().saturating_sub(MOST);
    let more = (more > 0).then(|| format!("{more} more"));
    let dumps: Vec<String> = dumps.chain(more).collect();
    (!dumps.is_empty()).then(|| {
        let dumps = dumps.join(", ");
        format!("the process was dumped at other times, too, which is left out: {dumps}")
    })
}

/// Native crashes of other processes in the same text, of which nothing more is told.
fn crashed_elsewhere(dump: &ThreadDump<'_>) -> Option<String> {
    let first = dump.crashes.first()?;
    let more = match dump.crashes.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!(
        "another crash in the text, which is left out: {first}{more}"
    ))
}

/// A report may name the crashed thread and hold the stacks of others alone.
fn absent<'d, 'a>(stack: &Stack<'_>, dump: &'d ThreadDump<'a>) -> Option<Vec<&'d Thread<'a>>> {
    let facts = &stack.facts;
    let crashed = |thread: &&Thread<'_>| {
        thread.faulting
            || facts.thread_id.is_some() && thread.id == facts.thread_id
            || facts.thread_id.is_none() && facts.thread == Some(thread.name)
    };
    let known = facts.thread.is_some() || facts.thread_id.is_some();
    // ART ended the process, and its dump was cut off before the thread that did.
    let known = known || stack.format == Format::Trace && !stack.sections.is_empty();
    // Apple's or a minidump's report names a fault, and was cut off in front of the thread that stopped at it.
    let known =
        known || matches!(stack.format, Format::Apple | Format::Minidump) && facts.signal.is_some();
    let printed = |thread: &Thread<'_>| crashed(&thread) && !thread.text.trim().is_empty();
    if !known || !stack.frames.is_empty() || dump.threads.iter().any(printed) {
        return None;
    }
    let others = dump.threads.iter().filter(|thread| !crashed(thread));
    let others: Vec<_> = others.take(MOST_OTHERS).collect();
    (!others.is_empty()).then_some(others)
}

/// So many threads are named where the crashed one is not in the text, and so many of their stacks are shown.
const MOST_OTHERS: usize = 8;
const SHOWN_OF_OTHERS: usize = 2;

/// What is said of them.
fn said_of(others: &[&Thread<'_>]) -> String {
    let others: Vec<String> = others.iter().map(|thread| thread.label()).collect();
    let others = others.join(", ");
    format!("the crashed thread's stack is not in the text; stacks of others: {others}")
}

/// The thread by name and id; an id alone is a number that only the text knows.
fn thread_label(stack: &Stack<'_>, reported: Option<&str>) -> Option<String> {
    let facts = &stack.facts;
    if let (Some(id), Some(system)) = (facts.thread_id, facts.thread_system_id) {
        let name = facts
            .thread
            .map(|name| format!(" {name}"))
            .unwrap_or_default();
        return Some(format!("{id} ({system}){name}"));
    }
    // Apple's queues tell how urgent they are: `NSOperationQueue 0x600 (QOS: UTILITY)`.
    let name = facts.thread.or(reported);
    let name = name.map(|name| text::split_once(name, " (QOS: ").map_or(name, |(name, _)| name));
    match (name, facts.thread_id) {
        (Some(name), Some(id)) if !is_with_id(name) => Some(format!("{name}({id})")),
        (Some(name), _) => Some(name.to_owned()),
        (None, Some(id)) => Some(id.to_owned()),
        // gdb may have told the system's number alone.
        (None, None) => facts.thread_system_id.map(str::to_owned),
    }
}

/// Whether a thread's name has its number: `Render(7)`, `Thread_3848215   DispatchQueue_1: …`.
fn is_with_id(name: &str) -> bool {
    if name.starts_with("Thread_") {
        return true;
    }
    let id = name
        .strip_suffix(')')
        .and_then(|name| name.rsplit_once('('));
    id.is_some_and(|(_, id)| id.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The lines of a stack; what was left out of its middle is counted in its place.
fn stack_lines(stack: &Stack<'_>, lines: &[Line<'_>]) -> Vec<StackLine> {
    let mut out: Vec<StackLine> = lines.iter().map(stack_line).collect();
    if stack.omitted > 0 {
        let behind = |line: &Line<'_>| match line {
            Line::Heading { .. } => false,
            Line::Frame { index, .. } => *index >= stack.omitted_before,
            Line::Fold { first, .. } | Line::Repeat { first, .. } => *first >= stack.omitted_before,
        };
        let at = lines.iter().position(behind).unwrap_or(out.len());
        out.insert(
            at,
            StackLine {
                kind: "fold",
                own: false,
                text: format!("     … {} frames of the middle left out", stack.omitted),
                frames: stack.omitted,
            },
        );
    }
    out
}

fn stack_line(line: &Line<'_>) -> StackLine {
    let (kind, frames) = match line {
        Line::Heading { .. } => ("heading", 0),
        Line::Frame { .. } => ("frame", 1),
        Line::Repeat { more, .. } => ("repeat", *more),
        Line::Fold { count, .. } => ("fold", *count),
    };
    StackLine {
        kind,
        own: line.own(),
        text: line.to_string(),
        frames,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_that_did_not_answer_has_no_dump_without_a_thread() {
        let rules = crate::ownership::OwnershipRules::default();
        let options = Options {
            rules: &rules,
            reported: crate::merge::Reported::default(),
            lines: 8,
        };
        let format = |text| Digest::of(&CrashText::new(text), &options).format;
        let unanswered = "ANR in com.acme.orbit (com.acme.orbit/.DockActivity)\nPID: 27003\n\
                          Reason: Input dispatching timed out\nLoad: 12.25 / 10.66 / 8.94\n";
        assert_eq!(format(unanswered), Format::Plain.label());
        let dump = "\"main\" prio=5 tid=1 Native\n  at com.acme.orbit.Dock.open(Dock.kt:31)\n";
        let dump = [unanswered, dump].concat();
        assert_eq!(format(&dump), Format::Trace.label());
    }
}
