//! A thread's first line that is its name and its state, or a name that a kit's tool marks.

use crate::text;

/// An app's own report: `main (RUNNABLE)`, `pool-3-thread-1 (TIMED_WAITING)`, `main(waiting)`.
pub(super) fn read(line: &str) -> Option<(&str, &str)> {
    const STATES: [&str; 24] = [
        "RUNNABLE",
        "BLOCKED",
        "WAITING",
        "TIMED_WAITING",
        "NEW",
        "TERMINATED",
        "Runnable",
        "Blocked",
        "Waiting",
        "TimedWaiting",
        "Native",
        "Sleeping",
        "Suspended",
        "runnable",
        "blocked",
        "waiting",
        "timed_waiting",
        "native",
        "sleeping",
        "suspended",
        "WaitingForGcToComplete",
        "WaitingPerformingGc",
        "running",
        "Running",
    ];
    // No state has brackets, and each ends in a letter: most frames are left here.
    let inner = line.trim_end().strip_suffix(')')?;
    if !inner.ends_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let (name, state) = inner.rsplit_once('(')?;
    let name = name.trim();
    let fits = STATES.contains(&state)
        && !name.is_empty()
        && name.len() <= 80
        && !name.contains(['(', ':', '!', '='])
        && name.split(' ').count() <= 4;
    fits.then_some((name, state))
}

/// A name that a kit's own tool marks: `Thread 141 (crashed)  >>> render (tid = 32354)`.
pub(super) fn of_tool<'a>(
    name: &'a str,
    id: Option<&'a str>,
) -> (Option<&'a str>, Option<&'a str>) {
    let Some(marked) = name.trim_start().strip_prefix(">>> ") else {
        return (Some(name), id);
    };
    let parts = marked
        .strip_suffix(')')
        .and_then(|marked| marked.split_once(" (tid = "));
    parts.map_or((Some(marked), id), |(name, tid)| (Some(name), Some(tid)))
}

/// What a probe calls a core or a task between gdb and a chip, of the brackets behind the number: `(Thread 2 (Core1)):`,
/// `(Thread 536872864 (Name: Dock, State: Blocked)):`.
pub(super) fn of_probe(brackets: &str) -> Option<&str> {
    let (id, behind) = text::word(brackets.strip_prefix("(Thread ")?);
    let name = behind.strip_prefix('(')?.split([')', ',']).next()?;
    let name = name.strip_prefix("Name: ").unwrap_or(name).trim();
    let known = id.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && !["LWP ", "crashed", "id ", "tid "]
            .iter()
            .any(|other| name.starts_with(other));
    known.then_some(name)
}
