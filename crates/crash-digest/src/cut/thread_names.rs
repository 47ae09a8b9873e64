//! The names of threads in the headings of Apple's reports and of those that print alike.

use crate::text;

/// Xcode's navigator, copied: `Thread 1 Queue : com.apple.main-thread (serial)`.
pub(super) fn queue_name(queue: &str) -> &str {
    queue.split(" (").next().unwrap_or(queue)
}

/// The name behind `Thread 0 name:`, also `tid_103 Dispatch queue: com.apple.main-thread`.
pub(super) fn named(name: &str) -> Option<&str> {
    let name = name.trim();
    let name = name
        .split_once("Dispatch queue: ")
        .map_or(name, |(_, queue)| queue)
        .trim();
    (!name.is_empty()).then_some(name)
}

/// The name behind `Crashed:`.
pub(super) fn crashed_name(rest: &str) -> &str {
    let name = rest.trim_start_matches([':', ' ']);
    // Somebody's summary: `Thread 0 Crashed (main, com.apple.main-thread):`.
    let name = name.strip_suffix("):").map_or(name, |inside| {
        text::rsplit_once(inside, ", ").map_or(inside, |(_, queue)| queue)
    });
    // A thread's own name stands before its queue: `MainThrd  Dispatch queue: com.apple.main-thread`.
    match name.split_once("Dispatch queue: ") {
        Some((own, _)) if !own.trim().is_empty() && !own.starts_with("tid_") => own.trim_end(),
        Some((_, queue)) => queue,
        None => name,
    }
}
