//! Who waits for whom: from an ANR's main thread to the thread that keeps it waiting, and cycles by their name.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::model::{Lock, LockKind};
use crate::threads::ThreadDump;

/// One thread of a chain and the lock it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait<'a> {
    /// Index into [`ThreadDump::threads`].
    pub thread: usize,
    /// The lock.
    pub lock: Lock<'a>,
}

/// How a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End<'a> {
    /// The last holder waits for no lock: the thread to look at.
    Holder(usize),
    /// The chain comes back to its wait of this number: a deadlock.
    Deadlock(usize),
    /// The holder has this id and is not in the dump.
    NotInDump(&'a str),
    /// Nobody says who holds the lock.
    Unknown,
}

/// Who waits for whom, from one thread on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitChain<'a> {
    /// The waits, in order.
    pub waits: Vec<Wait<'a>>,
    /// What the last one waits for.
    pub end: End<'a>,
}

/// Chains that are compared.
const MOST_CHAINS: usize = 256;

impl<'a> ThreadDump<'a> {
    /// The chain from a thread on; `None` when it waits for no lock.
    pub fn wait_chain(&self, thread: usize) -> Option<WaitChain<'a>> {
        LockOwners::of(self).chain(thread)
    }

    /// Every chain that ends in a thread that is known, the longest first; one that is the end of another is not told apart.
    pub(crate) fn wait_chains(&self) -> Vec<WaitChain<'a>> {
        let owners = LockOwners::of(self);
        let waited_for = owners.waited_for(self.threads.len());
        let first = (0..self.threads.len())
            .filter(|at| !waited_for[*at] && owners.wanted(*at).is_some())
            .take(MOST_CHAINS);
        let mut chains: Vec<WaitChain<'a>> = first
            .filter_map(|at| owners.chain(at))
            .filter(|chain| matches!(chain.end, End::Holder(_) | End::NotInDump(_)))
            .collect();
        chains.sort_by_key(|chain| std::cmp::Reverse(chain.waits.len()));
        chains
    }

    /// The chains of threads that nobody waits for and that wait for one that waits itself, as those behind a deadlock do; one
    /// after the other, for each may be as long as the dump.
    pub(crate) fn chains_behind(&self) -> impl Iterator<Item = WaitChain<'a>> + use<'a> {
        let owners = LockOwners::of(self);
        let waited_for = owners.waited_for(self.threads.len());
        let first = (0..self.threads.len()).filter(move |at| !waited_for[*at]);
        first
            .filter_map(move |at| owners.chain(at))
            .filter(|chain| chain.waits.len() > 1)
    }

    /// Every deadlock of the dump, each once, starting with its first thread.
    pub fn deadlocks(&self) -> Vec<WaitChain<'a>> {
        LockOwners::of(self).deadlocks()
    }
}

/// Who holds what.
pub(crate) struct LockOwners<'a> {
    by_id: ThreadIds<'a>,
    /// Of each lock that is held; empty where every thread that waits says itself who holds its lock.
    by_lock: HashMap<&'a str, usize>,
    /// The lock each thread cannot go on without.
    wanted: Vec<Option<Lock<'a>>>,
}

impl<'a> LockOwners<'a> {
    /// Of a dump, each of whose lines is read for it.
    pub(crate) fn of(dump: &ThreadDump<'a>) -> Self {
        let mut wanted = Vec::with_capacity(dump.threads.len());
        let mut held: Vec<(&'a str, usize)> = Vec::new();
        let mut locks: Vec<Lock<'a>> = Vec::new();
        for (index, thread) in dump.threads.iter().enumerate() {
            locks.clear();
            locks.extend(thread.locks());
            let needed = locks.iter().find(|lock| lock.kind == LockKind::Wants);
            // Dalvik says `waiting on` also where another thread holds the lock.
            let waits = |lock: &&Lock<'a>| {
                lock.kind == LockKind::Waits
                    && thread.id.is_some()
                    && lock.holder.is_some_and(|holder| Some(holder) != thread.id)
            };
            wanted.push(needed.or_else(|| locks.iter().find(waits)).copied());
            for lock in &locks {
                // Who waits on an object in `Object.wait` has given it up, though `locked` stands there.
                let given_up = || {
                    locks
                        .iter()
                        .take(64)
                        .any(|other| other.kind == LockKind::Waits && other.id == lock.id)
                };
                if lock.kind == LockKind::Holds && !lock.id.is_empty() && !given_up() {
                    held.push((lock.id, index));
                }
            }
        }
        held.extend(&dump.held);
        // A large dump has as many locks as threads, and each is read again, far apart, to find its place in the table.
        let asked = wanted.iter().flatten().any(|lock| lock.holder.is_none());
        let mut by_lock = HashMap::with_capacity(if asked { held.len() } else { 0 });
        for (lock, holder) in held.into_iter().filter(|_| asked) {
            by_lock.entry(lock).or_insert(holder);
        }
        // Nor is any thread looked for where none is named.
        let mut by_id = ThreadIds::default();
        if wanted.iter().flatten().any(|lock| lock.holder.is_some()) {
            by_id = ThreadIds::for_threads(dump.threads.len());
            for (index, thread) in dump.threads.iter().enumerate() {
                if let Some(id) = thread.id {
                    by_id.add(id, index);
                }
            }
        }
        Self {
            by_id,
            by_lock,
            wanted,
        }
    }

    /// The lock a thread cannot go on without.
    fn wanted(&self, thread: usize) -> Option<Lock<'a>> {
        *self.wanted.get(thread)?
    }

    /// Who holds a lock: a thread of the dump, an id that is not in it, or nobody known.
    fn holder(&self, waiting: usize, lock: &Lock<'a>) -> Option<Result<usize, &'a str>> {
        if let Some(id) = lock.holder {
            return Some(self.by_id.get(id).ok_or(id));
        }
        self.by_lock
            .get(lock.id)
            .copied()
            .filter(|&holder| holder != waiting)
            .map(Ok)
    }

    /// Whether a thread waits for each of so many.
    fn waited_for(&self, threads: usize) -> Vec<bool> {
        let mut waited_for = vec![false; threads];
        for at in 0..threads {
            let holder = self.wanted(at).and_then(|lock| self.holder(at, &lock));
            if let Some(Ok(holder)) = holder {
                waited_for[holder] = true;
            }
        }
        waited_for
    }

    /// See [`ThreadDump::deadlocks`].
    pub(crate) fn deadlocks(&self) -> Vec<WaitChain<'a>> {
        const NEVER: usize = usize::MAX;
        let next = |at: usize| {
            self.wanted(at)
                .and_then(|lock| self.holder(at, &lock))
                .and_then(Result::ok)
        };
        // Every thread waits for at most one other, so each is walked once.
        let mut walked = vec![NEVER; self.wanted.len()];
        let mut found = Vec::new();
        for start in 0..self.wanted.len() {
            let mut at = start;
            while walked[at] == NEVER {
                walked[at] = start;
                match next(at) {
                    Some(holder) => at = holder,
                    None => break,
                }
            }
            // The walk came back to itself, and not to an earlier one.
            if walked[at] == start && next(at).is_some() {
                found.extend(self.chain(at).filter(WaitChain::is_deadlock));
            }
        }
        found
    }

    /// See [`ThreadDump::wait_chain`].
    pub(crate) fn chain(&self, thread: usize) -> Option<WaitChain<'a>> {
        let mut waits: Vec<Wait<'a>> = Vec::new();
        let mut places = HashMap::new();
        let mut at = thread;
        loop {
            let Some(lock) = self.wanted(at) else {
                return (!waits.is_empty()).then_some(WaitChain {
                    waits,
                    end: End::Holder(at),
                });
            };
            if let Some(&start) = places.get(&at) {
                return Some(WaitChain {
                    waits,
                    end: End::Deadlock(start),
                });
            }
            places.insert(at, waits.len());
            waits.push(Wait { thread: at, lock });
            match self.holder(at, &lock) {
                Some(Ok(next)) => at = next,
                Some(Err(id)) => {
                    return Some(WaitChain {
                        waits,
                        end: End::NotInDump(id),
                    });
                }
                None => {
                    return Some(WaitChain {
                        waits,
                        end: End::Unknown,
                    });
                }
            }
        }
    }
}

/// Threads by their ids, the first of each.
#[derive(Default)]
struct ThreadIds<'a> {
    /// Those of virtual machines, which count their threads: at the place of its number, the thread's index.
    counted: Vec<Option<usize>>,
    /// All others.
    others: HashMap<&'a str, usize>,
}

impl<'a> ThreadIds<'a> {
    fn for_threads(threads: usize) -> Self {
        Self {
            // Numbers of threads that have ended are left out.
            counted: vec![None; threads * 2],
            others: HashMap::new(),
        }
    }

    /// The place of an id that is a number as it is counted, and not written in another way.
    fn place(&self, id: &str) -> Option<usize> {
        let counts = id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0');
        let place = id.parse().ok().filter(|_| counts);
        place.filter(|place| *place < self.counted.len())
    }

    fn add(&mut self, id: &'a str, thread: usize) {
        match self.place(id) {
            Some(place) => _ = self.counted[place].get_or_insert(thread),
            None => _ = self.others.entry(id).or_insert(thread),
        }
    }

    fn get(&self, id: &str) -> Option<usize> {
        match self.place(id) {
            Some(place) => self.counted[place],
            None => self.others.get(id).copied(),
        }
    }
}

impl WaitChain<'_> {
    /// Waits that are told in words.
    pub(crate) const MOST_TOLD: usize = 8;

    /// Whether threads wait for each other in a circle.
    pub const fn is_deadlock(&self) -> bool {
        matches!(self.end, End::Deadlock(_))
    }

    /// The chain in words, with the dump it came from:
    /// `[0] main(1) waits for 0x0a (SaveStore) held by [7] Saver(12)`, and what the last one does.
    pub fn describe(&self, dump: &ThreadDump<'_>) -> String {
        const MOST: usize = WaitChain::MOST_TOLD;
        let label = |index: usize| {
            let thread = dump.threads.get(index);
            let label = thread.map(crate::threads::Thread::label);
            format!("[{index}] {}", label.unwrap_or_default())
        };
        let mut out = String::new();
        for (at, wait) in self.waits.iter().enumerate().take(MOST) {
            let of = wait
                .lock
                .of
                .map(|of| format!(" ({of})"))
                .unwrap_or_default();
            let id = if wait.lock.id.is_empty() {
                "an unknown object"
            } else {
                wait.lock.id
            };
            let next = match (self.waits.get(at + 1), self.end) {
                (Some(next), _) => format!("held by {}", label(next.thread)),
                (None, End::Holder(thread)) => format!("held by {}", label(thread)),
                (None, End::Deadlock(start)) => format!(
                    "held by {}: deadlock",
                    self.waits
                        .get(start)
                        .map(|wait| label(wait.thread))
                        .unwrap_or_default()
                ),
                (None, End::NotInDump(id)) => {
                    format!("held by thread {id}, which is not in the dump of this process")
                }
                (None, End::Unknown) => "(holder unknown)".to_owned(),
            };
            let _ = write!(
                out,
                "{}{} waits for {id}{of} {next}",
                if at == 0 { "" } else { "\n" },
                label(wait.thread)
            );
        }
        if self.waits.len() > MOST {
            let _ = write!(out, "\n… {} more waits", self.waits.len() - MOST);
        }
        if let End::Holder(thread) = self.end
            && let Some(holder) = dump.threads.get(thread)
        {
            let _ = write!(out, "\n{} is {}", label(thread), holder.activity());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_found_by_ids_as_printed() {
        let ids = ["2", "02", "900", "0x7f", "99999999999999999999", ""];
        let mut threads = ThreadIds::for_threads(ids.len());
        for (thread, id) in ids.into_iter().enumerate() {
            threads.add(id, thread);
            threads.add(id, usize::MAX);
        }
        for (thread, id) in ids.into_iter().enumerate() {
            assert_eq!(threads.get(id), Some(thread), "{id}");
        }
        for id in ["1", "002", "+2", "7f", "901"] {
            assert_eq!(threads.get(id), None, "{id}");
        }
    }
}
