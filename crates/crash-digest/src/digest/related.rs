//! Stacks beside the crash's own, and those of other threads that are told like them.

use std::collections::HashSet;

use serde::Serialize;

use super::options::Options;
use crate::format::Format;
use crate::model::{Facts, Related, RelatedKind, Stack};
use crate::ownership::{CodeOrigin, Ownership};
use crate::threads::{Thread, ThreadDump};

/// A frame for reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameLine {
    /// Its number in the stack, from 0.
    pub index: usize,
    /// Name and place: `Orbit::Ship::Fire  Ship.cpp:31`.
    pub text: String,
    /// The function's name for reading.
    pub function: String,
    /// Whose code it is.
    pub origin: &'static str,
}

/// A stack beside the crash's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelatedStack {
    /// `freed by`, `allocated by`, `created by` and the like.
    pub kind: &'static str,
    /// The thread it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// The line that introduces it.
    pub title: String,
    /// Its first frames for reading.
    pub frames: Vec<FrameLine>,
    /// How many frames more it has.
    #[serde(skip_serializing_if = "is_zero")]
    pub omitted: usize,
    /// The frame that tells most, as an index into `frames`.
    pub key: usize,
}

/// The stack of another thread of the same process, of which the report's `facts` tell.
pub(super) fn following<'a>(
    other: &Thread<'a>,
    facts: &Facts<'a>,
    options: &Options<'_>,
) -> Option<RelatedStack> {
    let mut stack = other.stack();
    stack.facts.clone_from(facts);
    let ownership = options.rules.of_stack(&stack);
    let told = Related {
        kind: RelatedKind::Thread,
        title: other.state.unwrap_or_default(),
        thread: None,
        frames: stack.frames,
        omitted: stack.omitted,
    };
    let mut told = related_stack(&told, &ownership);
    told.thread = Some(other.label());
    (!told.frames.is_empty()).then_some(told)
}

/// The stacks of the others where a debugger printed a few threads, and none of them ended in anything.
pub(super) fn of_debugger(
    stack: &Stack<'_>,
    dump: &ThreadDump<'_>,
    options: &Options<'_>,
) -> Vec<RelatedStack> {
    const FEW: usize = 4;
    let facts = &stack.facts;
    let ended =
        facts.signal.is_some() || stack.exception().is_some_and(|thrown| !thrown.is_empty());
    if stack.format != Format::Debugger
        || ended
        || facts.thread_id.is_none()
        || dump.threads.len() > FEW
    {
        return Vec::new();
    }
    let mut told = HashSet::from([facts.thread_id]);
    let others = dump.threads.iter().filter(|thread| told.insert(thread.id));
    // A thread that waits in the system's own functions alone is counted.
    let busy = |other: &RelatedStack| {
        other
            .frames
            .iter()
            .any(|frame| !matches!(frame.origin, "system" | "runtime"))
    };
    others
        .filter_map(|thread| following(thread, facts, options))
        .filter(busy)
        .collect()
}

/// A stack as it is told.
pub(super) fn related_stack(related: &Related<'_>, ownership: &Ownership<'_>) -> RelatedStack {
    const MOST: usize = 40;
    let origins: Vec<CodeOrigin> = related
        .frames
        .iter()
        .take(MOST)
        .map(|frame| ownership.origin(frame))
        .collect();
    let key = origins
        .iter()
        .position(|origin| *origin == CodeOrigin::Own)
        .or_else(|| {
            origins
                .iter()
                .position(|origin| *origin != CodeOrigin::Boilerplate)
        })
        .unwrap_or_default();
    let frames = related
        .frames
        .iter()
        .zip(&origins)
        .enumerate()
        .map(|(index, (frame, origin))| FrameLine {
            index,
            text: crate::excerpt::frame_text(frame, *origin, ownership.rules()),
            function: frame.name().into_owned(),
            origin: origin.label(),
        })
        .collect();
    RelatedStack {
        kind: related.kind.label(),
        thread: related.thread.map(str::to_owned),
        title: related.title.to_owned(),
        frames,
        omitted: related.frames.len() - origins.len() + related.omitted,
        key,
    }
}

/// Whether nothing was left out.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(super) const fn is_zero(count: &usize) -> bool {
    *count == 0
}
