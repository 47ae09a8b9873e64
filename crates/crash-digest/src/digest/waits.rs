//! What the crash's thread waits for, by the dump of all threads: chains of locks, calls into other processes, deadlocks.

use super::options::Options;
use crate::activity::{self, Activity};
use crate::format::Format;
use crate::frame::Frame;
use crate::model::{LockKind, RelatedKind, Stack};
use crate::text;
use crate::threads::ThreadDump;
use crate::wait_graph::{End, LockOwners, WaitChain};

/// Threads of a debugger's dump that are looked at.
const LOOKED_AT: usize = 64;
/// Chains of other threads that are told.
const MOST_CHAINS: usize = 3;

/// What the other goroutines of a deadlock wait in: `goroutine(5) · chan receive: main.read  acp.go:300`.
fn asleep(dump: &ThreadDump<'_>, first: Option<usize>, options: &Options<'_>) -> Vec<String> {
    const MOST: usize = 8;
    let others = dump.threads.iter().enumerate();
    let others = others.filter(|(at, _)| Some(*at) != first).take(MOST);
    let told = others.map(|(_, thread)| {
        let stack = thread.stack();
        let at = stack.key_frame(options.rules).map(|at| &stack.frames[at]);
        let at = at.map(|frame| {
            let origin = options.rules.origin(frame);
            crate::excerpt::frame_text(frame, origin, options.rules)
        });
        let state = thread.state.unwrap_or("asleep");
        let mut told = format!("{} · {state}: {}", thread.label(), at.unwrap_or_default());
        let creator = stack
            .related
            .iter()
            .find(|related| related.kind == RelatedKind::CreatedBy);
        if let Some(name) = creator.and_then(|creator| creator.frames.first()?.function) {
            told += ", created by ";
            told += name;
        }
        told
    });
    told.collect()
}

/// A chain of waits, and where its last thread is.
fn chain_lines(dump: &ThreadDump<'_>, chain: &WaitChain<'_>, options: &Options<'_>) -> Vec<String> {
    let mut out: Vec<String> = chain.describe(dump).lines().map(str::to_owned).collect();
    if let End::Holder(holder) = chain.end
        && let Some(thread) = dump.threads.get(holder)
    {
        let held = thread.stack();
        if let Some(call) = activity::binder_call(&held)
            && let Some(last) = out.last_mut()
            && last.ends_with(Activity::BinderCall.label())
        {
            last.push_str(": ");
            last.push_str(&call);
        }
        out.extend(key_line(&held, options));
    }
    out
}

/// Where a thread is, by the frame that tells most.
fn key_line(stack: &Stack<'_>, options: &Options<'_>) -> Option<String> {
    let frame = &stack.frames[stack.key_frame(options.rules)?];
    let origin = options.rules.origin(frame);
    let text = crate::excerpt::frame_text(frame, origin, options.rules);
    Some(format!("  at {text}"))
}

/// A deadlock's waits, each of another thread than the one that is told with the place where it waits.
fn deadlock_lines(
    dump: &ThreadDump<'_>,
    deadlock: &WaitChain<'_>,
    told: Option<usize>,
    options: &Options<'_>,
) -> Vec<String> {
    /// Of more threads there is no room for places.
    const MOST_PLACED: usize = 4;
    let mut out = Vec::new();
    let described = deadlock.describe(dump);
    let placed = deadlock.waits.len() <= MOST_PLACED;
    let waits = deadlock
        .waits
        .iter()
        .map(Some)
        .chain(std::iter::repeat(None));
    for (line, wait) in described.lines().zip(waits) {
        out.push(line.to_owned());
        let other = wait.filter(|wait| placed && Some(wait.thread) != told);
        let thread = other.and_then(|wait| dump.threads.get(wait.thread));
        out.extend(thread.and_then(|thread| key_line(&thread.stack(), options)));
    }
    out
}

/// What a thread does that waits for no other: it asks another process, waits to be notified, or is idle.
fn alone(dump: &ThreadDump<'_>, at: usize, stack: &Stack<'_>) -> Option<String> {
    let thread = &dump.threads[at];
    let label = thread.label();
    let notified = || {
        let mut locks = stack.locks.iter();
        let lock = locks.find(|lock| lock.kind == LockKind::Waits && !lock.id.is_empty())?;
        let of = lock.of.map(|of| format!(" ({of})")).unwrap_or_default();
        Some(format!("{label} waits to be notified on {}{of}", lock.id))
    };
    match thread.activity() {
        Activity::BinderCall => {
            let call = activity::binder_call(&thread.stack());
            let call = call.map(|call| format!(", {call}")).unwrap_or_default();
            Some(format!(
                "{label} is in a binder call{call}: it waits for another process"
            ))
        }
        Activity::Parked => notified(),
        Activity::Polling if stack.format == Format::Trace && activity::is_looping(stack) => {
            Some(format!("{label} is idle: it polls its message queue"))
        }
        _ => None,
    }
}

/// Whether the thread asked Java for the stacks of all threads.
fn writes_dump(stack: &Stack<'_>) -> bool {
    const ASKS: [&str; 4] = [
        "sun.management.ThreadImpl.dumpThreads",
        "sun.management.ThreadImpl.dumpAllThreads",
        "java.lang.Thread.dumpThreads",
        "java.lang.Thread.getAllStackTraces",
    ];
    let mut innermost = stack.frames.iter().take(4);
    innermost.any(|frame| {
        let asks = |name: &str| ASKS.iter().any(|ask| name.starts_with(ask));
        frame.function.is_some_and(asks)
    })
}

/// Wait chains of the faulting thread, and every deadlock.
pub(super) fn told(dump: &ThreadDump<'_>, stack: &Stack<'_>, options: &Options<'_>) -> Vec<String> {
    const MOST: usize = 12;
    let mut out: Vec<String> = Vec::new();
    let faulting = stack
        .facts
        .thread
        .and_then(|name| {
            dump.threads.iter().position(|thread| {
                thread.name == name
                    && (stack.facts.thread_id.is_none() || thread.id == stack.facts.thread_id)
            })
        })
        .or_else(|| dump.faulting());
    let owners = LockOwners::of(dump);
    // Who waits in the first chain, where it is told whole.
    let mut waiting: Vec<usize> = Vec::new();
    if let Some(chain) = faulting.and_then(|at| owners.chain(at)) {
        if chain.waits.len() <= WaitChain::MOST_TOLD {
            waiting.extend(chain.waits.iter().map(|wait| wait.thread));
        }
        out.extend(if chain.is_deadlock() {
            deadlock_lines(dump, &chain, faulting, options)
        } else {
            chain_lines(dump, &chain, options)
        });
    } else if let Some(at) = faulting {
        out.extend(alone(dump, at, stack));
    }
    // Where the main thread is idle by now, or writes the dump, the others' chains are what is left of the wait.
    let idle = stack.format == Format::Trace
        && (writes_dump(stack)
            || faulting.is_some_and(|at| dump.threads[at].activity() == Activity::Polling));
    if idle {
        for chain in dump.wait_chains().iter().take(MOST_CHAINS) {
            out.extend(chain_lines(dump, chain, options));
        }
    }
    let exception = stack.sections.first().map(|section| section.exception);
    let said = exception.map_or("", |exception| exception.message);
    // The goroutine that a test's alarm runs in says nothing of the test.
    if text::has(said, "goroutines are asleep") || said.starts_with("test timed out after ") {
        out.extend(asleep(dump, faulting, options));
    }
    for deadlock in owners.deadlocks() {
        // The same circle from another of its threads on.
        if deadlock
            .waits
            .iter()
            .all(|wait| waiting.contains(&wait.thread))
        {
            continue;
        }
        let lines = deadlock_lines(dump, &deadlock, faulting, options);
        if !lines.iter().all(|line| out.contains(line)) {
            out.extend(lines);
        }
    }
    // A machine's list of a deadlock has those as well that wait behind it.
    if !dump.held.is_empty() {
        for chain in dump.chains_behind().take(MOST_CHAINS) {
            if out.len() >= MOST {
                break;
            }
            let lines = chain.describe(dump);
            let known = |line: &str| {
                let line = line.strip_suffix(": deadlock").unwrap_or(line);
                out.iter().any(|told| told.starts_with(line))
            };
            let more: Vec<String> = lines
                .lines()
                .filter(|line| !known(line))
                .map(str::to_owned)
                .collect();
            out.extend(more);
        }
    }
    if unnamed_in_debugger(stack) {
        out.extend(locked(dump, options));
    }
    out.truncate(MOST);
    out
}

/// Whether a debugger looked at a program that ended in nothing: it hangs.
fn unnamed_in_debugger(stack: &Stack<'_>) -> bool {
    let exception = stack.sections.first().map(|section| section.exception);
    stack.format == Format::Debugger
        && stack.facts.signal.is_none()
        && exception.is_none_or(|exception| exception.is_empty())
}

/// The threads that wait for a lock, where several do: `thread 2 (LWP 31) waits for a lock: writeTest  dock.c:15`.
fn locked(dump: &ThreadDump<'_>, options: &Options<'_>) -> Vec<String> {
    /// A deadlock has two threads at least; more of a large program are told by the first.
    const MOST: usize = 6;
    let waits = |frame: &Frame<'_>| {
        let name = frame.function.unwrap_or_default();
        ["lll_lock_wait", "futex_wait", "mutex_lock", "rwlock_"]
            .iter()
            .any(|word| text::has(name, word))
            && !text::has(name, "cond_")
    };
    let mut out = Vec::new();
    for thread in dump.threads.iter().take(LOOKED_AT) {
        let stack = thread.stack();
        let top = || stack.frames.iter().take(3);
        let notified = top().any(|frame| text::has(frame.function.unwrap_or_default(), "cond_"));
        if out.len() < MOST && !notified && top().any(waits) {
            let at = stack.key_frame(options.rules).map(|at| &stack.frames[at]);
            let at = at.map(|frame| {
                let origin = options.rules.origin(frame);
                crate::excerpt::frame_text(frame, origin, options.rules)
            });
            out.push(format!(
                "{} waits for a lock: {}",
                thread.label(),
                at.unwrap_or_default()
            ));
        }
    }
    if out.len() < 2 { Vec::new() } else { out }
}
