//! Threads grouped by what they do; those with the same stack count once.

use std::collections::HashMap;
use std::fmt;
use std::fmt::Write as _;

use super::dump::{Thread, ThreadDump};
use crate::activity::{self, Activity};
use crate::model::Stack;
use crate::ownership::{CodeOrigin, OwnershipRules};
use crate::{recursion, text};

/// Threads that do the same kind of thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityGroup {
    /// What they do.
    pub activity: Activity,
    /// The faulting thread stands alone and first.
    pub faulting: bool,
    /// The different stacks, those of most threads first.
    pub stacks: Vec<StackGroup>,
}

/// Threads with the same stack: the same functions, whatever the addresses and lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackGroup {
    /// Indices into [`ThreadDump::threads`].
    pub threads: Vec<usize>,
    /// Their names, counted: `AsyncTask #1, #2, #3`, `Binder ×4`.
    pub names: String,
    /// The frame that tells most: name for reading. `None` without frames.
    pub at: Option<String>,
    /// Whether that frame is own code.
    pub own: bool,
    /// How many frames the stack has.
    pub frames: usize,
}

impl ActivityGroup {
    /// How many threads.
    pub fn len(&self) -> usize {
        self.stacks.iter().map(|same| same.threads.len()).sum()
    }

    /// Whether there is no thread; never so for the groups of a dump.
    pub fn is_empty(&self) -> bool {
        self.stacks.is_empty()
    }
}

impl fmt::Display for ActivityGroup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} {}{}",
            self.len(),
            self.activity,
            if self.faulting { " (faulting)" } else { "" }
        )?;
        for same in &self.stacks {
            write!(
                formatter,
                "\n{} {}",
                if same.own { '>' } else { ' ' },
                same.names
            )?;
            if let Some(at) = &same.at {
                write!(formatter, ": {at}")?;
            }
        }
        Ok(())
    }
}

impl ThreadDump<'_> {
    /// Threads by the text of their frames, in order: those of a pool print the same, and each text is read once.
    fn by_text(&self) -> Vec<Vec<usize>> {
        let mut places: HashMap<u64, usize> = HashMap::with_capacity(self.threads.len());
        let mut same: Vec<Vec<usize>> = Vec::new();
        for (index, thread) in self.threads.iter().enumerate() {
            let place = *places.entry(text_hash(thread)).or_insert(same.len());
            match same.get_mut(place) {
                Some(threads) => threads.push(index),
                None => same.push(vec![index]),
            }
        }
        same
    }

    /// The faulting thread first, then the others by what they do; stacks with own code before those without.
    pub fn groups(&self, rules: &OwnershipRules) -> Vec<ActivityGroup> {
        let faulting = self.faulting();
        let mut groups: Vec<ActivityGroup> = Vec::new();
        let mut known: HashMap<(bool, Activity, u64), (usize, usize)> = HashMap::new();
        for threads in self.by_text() {
            let stack = self.threads[threads[0]].stack();
            let print = fingerprint(&stack);
            let mut told: Option<(Option<&str>, Activity)> = None;
            for index in threads {
                let thread = &self.threads[index];
                let first = faulting == Some(index);
                // The threads of a pool mostly do the same, one after the other.
                let same_state = told.filter(|(state, _)| *state == thread.state);
                let activity =
                    same_state.map_or_else(|| activity::of(&stack, thread.state), |told| told.1);
                told = Some((thread.state, activity));
                let key = (first, activity, print);
                let (group, same) = *known.entry(key).or_insert_with(|| {
                    let group = groups
                        .iter()
                        .position(|group| group.activity == activity && group.faulting == first)
                        .unwrap_or_else(|| {
                            groups.push(ActivityGroup {
                                activity,
                                faulting: first,
                                stacks: Vec::new(),
                            });
                            groups.len() - 1
                        });
                    let ownership = rules.of_stack(&stack);
                    let frame = stack.key_frame_of(&ownership);
                    let own = frame.is_some_and(|frame| {
                        ownership.origin(&stack.frames[frame]) == CodeOrigin::Own
                    });
                    groups[group].stacks.push(StackGroup {
                        threads: Vec::new(),
                        names: String::new(),
                        at: frame.map(|frame| stack.frames[frame].name().into_owned()),
                        own,
                        frames: stack.frames.len(),
                    });
                    (group, groups[group].stacks.len() - 1)
                });
                groups[group].stacks[same].threads.push(index);
            }
        }
        for group in &mut groups {
            for same in &mut group.stacks {
                same.threads.sort_unstable();
            }
        }
        groups.sort_by_key(|group| (!group.faulting, group.activity));
        for group in &mut groups {
            for same in &mut group.stacks {
                same.names = self.names(&same.threads);
            }
            group.stacks.sort_by_key(|same| {
                (
                    !same.own,
                    std::cmp::Reverse(same.threads.len()),
                    same.threads.first().copied(),
                )
            });
        }
        groups
    }

    /// Names of threads, families counted: `AsyncTask ×3, GC`.
    fn names(&self, threads: &[usize]) -> String {
        const MOST: usize = 6;
        let mut families: Vec<(&str, usize, usize)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut last = 0;
        for &index in threads {
            let name = family(self.threads[index].name);
            // The threads of a pool follow each other.
            if families.get(last).is_none_or(|(known, ..)| *known != name) {
                last = *places.entry(name).or_insert_with(|| {
                    families.push((name, index, 0));
                    families.len() - 1
                });
            }
            families[last].2 += 1;
        }
        let mut out = String::new();
        for (at, (name, first, count)) in families.iter().take(MOST).enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            match count {
                1 => out.push_str(&self.threads[*first].label()),
                _ => {
                    let _ = write!(
                        out,
                        "{} ×{count}",
                        if name.is_empty() { "unnamed" } else { name }
                    );
                }
            }
        }
        if families.len() > MOST {
            let rest: usize = families[MOST..].iter().map(|(_, _, count)| count).sum();
            let _ = write!(out, " and {rest} more");
        }
        out
    }
}

/// What the members of a pool share: `AsyncTask #3` and `Binder:4883_2` are of `AsyncTask` and `Binder`.
fn family(name: &str) -> &str {
    let short = name.trim_end_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, '-' | '_' | ' ' | '#' | ':' | '.' | '[' | ']' | '(' | ')')
    });
    if short.is_empty() { name } else { short }
}

/// Equal for stacks of the same functions.
fn fingerprint(stack: &Stack<'_>) -> u64 {
    stack.frames.iter().fold(0, |print, frame| {
        let (function, file) = frame.identity();
        recursion::hash_mix(
            recursion::hash_mix(print, function.as_bytes()),
            file.as_bytes(),
        )
    })
}

/// Equal for threads whose frames print the same; the machine's own lines and the locks' addresses do not count.
pub(super) fn text_hash(thread: &Thread<'_>) -> u64 {
    let mut locks = 0;
    let hash = text::lines(thread.text).fold(0, |hash, line| {
        let line = line.trim_start();
        match line.as_bytes().first() {
            None | Some(b'|') => hash,
            Some(b'-') => {
                // What kind of lock it is tells what the thread does.
                locks = recursion::hash_mix(locks, text::head(line, 16).as_bytes());
                hash
            }
            Some(_) => recursion::hash_mix(hash, line.as_bytes()),
        }
    });
    recursion::hash_mix(hash, &u64::to_le_bytes(locks))
}
