//! Threads grouped by what they do; those with the same stack count once.

use std::collections::HashMap;
use std::fmt;
use std::fmt::Write as _;

use super::dump::{Thread, ThreadDump};
use crate::activity::{self, Activity};
use crate::frame::{Frame, Language};
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

/// Threads whose frames print the same.
struct SameText {
    threads: Vec<usize>,
    /// All but the numbers of Java's lines.
    but_lines: bool,
}

impl ThreadDump<'_> {
    /// Threads by the text of their frames, in order: those of a pool print the same, and each text is read once.
    fn by_text(&self) -> Vec<SameText> {
        let mut places: HashMap<u64, usize> = HashMap::with_capacity(self.threads.len());
        let mut same: Vec<SameText> = Vec::new();
        for (index, thread) in self.threads.iter().enumerate() {
            let (hash, but_lines) = text_hash(thread);
            let place = *places.entry(hash).or_insert(same.len());
            match same.get_mut(place) {
                Some(same) => same.threads.push(index),
                None => same.push(SameText {
                    threads: vec![index],
                    but_lines,
                }),
            }
        }
        same
    }

    /// The stacks of the dump, each with the threads that have it.
    fn stacks(&self) -> impl Iterator<Item = (Stack<'_>, Vec<usize>)> {
        let mut same = self.by_text().into_iter();
        // Threads whose stacks the numbers of the lines may tell apart.
        let mut apart: std::vec::IntoIter<usize> = Vec::new().into_iter();
        std::iter::from_fn(move || {
            if let Some(index) = apart.next() {
                return Some((self.threads[index].stack(), vec![index]));
            }
            let SameText {
                mut threads,
                but_lines,
            } = same.next()?;
            let stack = self.threads[threads[0]].stack();
            if but_lines && threads.len() > 1 && !is_same_at_any_line(&stack) {
                apart = threads.split_off(1).into_iter();
            }
            Some((stack, threads))
        })
    }

    /// The faulting thread first, then the others by what they do; stacks with own code before those without.
    pub fn groups(&self, rules: &OwnershipRules) -> Vec<ActivityGroup> {
        let faulting = self.faulting();
        let mut groups: Vec<ActivityGroup> = Vec::new();
        let mut known: HashMap<(bool, Activity, u64), (usize, usize)> = HashMap::new();
        for (stack, threads) in self.stacks() {
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

/// Whether the frames whose lines were left out are methods of Java, which are the same at any line.
fn is_same_at_any_line(stack: &Stack<'_>) -> bool {
    let is_method =
        |frame: &Frame<'_>| frame.language == Language::Java && frame.function.is_some();
    stack
        .frames
        .iter()
        .all(|frame| is_method(frame) || java_without_line(frame.raw).is_none())
}

/// Equal for threads whose frames print the same; the machine's own lines and the locks' addresses do not count. `true` is
/// returned with it where the numbers of Java's lines do not count either.
fn text_hash(thread: &Thread<'_>) -> (u64, bool) {
    let (mut locks, mut above, mut numbers) = (0_u64, 0, 0);
    // Whether a line is none of Java's: it may be a row from above again, which its number tells.
    let mut mixed = false;
    let hash = text::lines(thread.text).fold(0, |hash, line| {
        let line = line.trim_start();
        match line.as_bytes().first() {
            None | Some(b'|') => hash,
            Some(b'-') => {
                // What kind of lock it is, and below which frame, tells what the thread does.
                let kind = text::head(line, 16).as_bytes();
                locks = recursion::hash_mix(locks.wrapping_add(above), kind);
                hash
            }
            Some(_) => {
                above += 1;
                mixed |= !(line.starts_with("at ") || line.starts_with("java.lang.Thread.State: "));
                let number = java_without_line(line).filter(|_| !mixed);
                let (front, number) = line.split_at(number.unwrap_or(line.len()));
                if !number.is_empty() {
                    numbers = recursion::hash_mix(numbers, number.as_bytes());
                }
                recursion::hash_mix(hash, front.as_bytes())
            }
        }
    });
    let but_lines = numbers != 0 && !mixed;
    let numbers = if mixed { numbers } else { 0 };
    let rest = [u64::to_le_bytes(locks), u64::to_le_bytes(numbers)];
    (recursion::hash_mix(hash, rest.as_flattened()), but_lines)
}

/// Where the number of the line begins in a frame like `at com.acme.Ship.fire(Ship.java:83)`.
fn java_without_line(line: &str) -> Option<usize> {
    // More digits are no number of a line.
    const MOST: usize = 9;
    let front = line.strip_prefix("at ")?.strip_suffix(')')?.as_bytes();
    let digits = front.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let digits = digits.take(MOST + 1).count();
    let file = &front[..front.len() - digits];
    let named = file.ends_with(b".kt:") || file.ends_with(b".java:");
    (named && (1..=MOST).contains(&digits)).then(|| line.len() - 1 - digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many threads share each stack, of two threads with these lines.
    fn shared(lines: [&str; 2]) -> Vec<usize> {
        let [one, other] = lines;
        let dump =
            format!("\"a\" prio=5 tid=1 Native\n{one}\n\n\"b\" prio=5 tid=2 Native\n{other}\n");
        let groups = ThreadDump::from_trace(&dump).groups(&OwnershipRules::default());
        let stacks = groups.iter().flat_map(|group| &group.stacks);
        stacks.map(|same| same.threads.len()).collect()
    }

    #[test]
    fn a_method_is_the_same_at_any_line() {
        let at = ["  at com.acme.A.b(A.kt:1)", "  at com.acme.A.b(A.kt:23)"];
        assert_eq!(shared(at), [2]);
        let of = ["  at com.acme.A.b(A.kt:1)", "  at com.acme.A.c(A.kt:1)"];
        assert_eq!(shared(of), [1, 1]);
    }

    #[test]
    fn a_lock_tells_what_a_thread_does_by_its_frame() {
        let waits = [
            "  at com.acme.A.b(A.kt:1)\n  - waiting to lock <0x1> (a B)\n  at com.acme.A.c(A.kt:2)",
            "  at com.acme.A.b(A.kt:1)\n  at com.acme.A.c(A.kt:3)\n  - waiting to lock <0x1> (a B)",
        ];
        assert_eq!(shared(waits), [1, 1]);
    }

    #[test]
    fn numbers_count_where_they_are_read() {
        // A library's code has no name here.
        let native = ["  at libc.00f8ba00(A.kt:1)", "  at libc.00f8ba00(A.kt:2)"];
        assert_eq!(shared(native), [1, 1]);
        // Only a row that is above already is a summary.
        let summary = [
            "  at com.acme.A.b(A.kt:1)\n  com.acme.A.b(A.kt:1)",
            "  at com.acme.A.b(A.kt:2)\n  com.acme.A.b(A.kt:1)",
        ];
        assert_eq!(shared(summary), [1, 1]);
    }
}
