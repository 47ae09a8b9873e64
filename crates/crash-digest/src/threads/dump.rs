//! A dump read: its threads in order, each with its part of the document.

use std::collections::{HashMap, HashSet};

use super::declared;
use crate::activity::{self, Activity};
use crate::cut::{choose, choose_process, dumped, native_heading, pieces, same_process};
use crate::format::Format;
use crate::formats;
use crate::model::{Lock, LockKind, Stack, read_lock};
use crate::text;

/// One thread. Its stack is read when it is asked for: a dump has thousands, and few are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thread<'a> {
    /// Its name without the id; empty when it has none.
    pub name: &'a str,
    /// Its id, as printed.
    pub id: Option<&'a str>,
    /// The system's id, where a debugger prints it beside its own: `LWP 11`.
    pub system_id: Option<&'a str>,
    /// What the virtual machine says it does: `Blocked`, `TimedWaiting`, `Native`.
    pub state: Option<&'a str>,
    /// The crashed one, or the one an ANR is about.
    pub faulting: bool,
    /// Its part of the document.
    pub text: &'a str,
    format: Format,
}

impl<'a> Thread<'a> {
    /// Reads its stack.
    pub fn stack(&self) -> Stack<'a> {
        formats::read_thread(self.text, self.format)
    }

    /// Name and id for reading: `main(1)`, `thread 12`, `thread 1 (LWP 11)`.
    pub fn label(&self) -> String {
        let system = self
            .system_id
            .map(|id| format!(" ({id})"))
            .unwrap_or_default();
        match (self.name, self.id) {
            ("", Some(id)) => format!("thread {id}{system}"),
            ("", None) => "unnamed".to_owned(),
            (name, Some(id)) => format!("{name}({id}){system}"),
            (name, None) => name.to_owned(),
        }
    }

    /// What the thread is doing.
    pub fn activity(&self) -> Activity {
        activity::of(&self.stack(), self.state)
    }

    /// The locks it holds and waits for, without reading its frames; their `frame` is 0 where the line stands first.
    pub(crate) fn locks(&self) -> impl Iterator<Item = Lock<'a>> + use<'a> {
        let declared = declared::wanted(self.text).map(|(id, of)| Lock {
            frame: 0,
            kind: LockKind::Wants,
            id,
            of,
            holder: None,
        });
        text::lines(self.text)
            .map(text::trim)
            .filter(|line| line.starts_with("- ") || line.ends_with('.'))
            .filter_map(|line| read_lock(line, 0))
            .chain(declared)
    }
}

/// The threads of a dump, in document order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreadDump<'a> {
    /// The threads; an index into this names a thread for good.
    pub threads: Vec<Thread<'a>>,
    /// What the document says before the first thread: an ANR's reason, the process, the time.
    pub preamble: &'a str,
    /// Threads of other processes in the same document, which are left out.
    pub elsewhere: usize,
    /// When other dumps of the same process were written that are left out, and how many threads they have.
    pub(crate) again: Vec<(&'a str, usize)>,
    /// The headings of native crashes of other processes: of each that of the thread that crashed.
    pub(crate) crashes: Vec<&'a str>,
    /// Locks whose holders the document names apart from the stacks, each with the holder's index.
    pub(crate) held: Vec<(&'a str, usize)>,
}

impl<'a> ThreadDump<'a> {
    /// Reads one file per thread, named `name(id)`.
    pub fn from_files(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let threads = files
            .into_iter()
            .map(|(file, text)| {
                let (name, id) = file_name(file);
                Thread {
                    name,
                    id,
                    text,
                    ..Thread::default()
                }
            })
            .collect();
        Self {
            threads,
            ..Self::default()
        }
    }

    /// Reads one document with all threads: an ANR trace, an Apple report, a tombstone, `minidump_stackwalk`, gdb.
    pub fn from_trace(text: &'a str) -> Self {
        Self::of_process(text, None)
    }

    /// The same, of the process with this name where the document holds the dumps of several.
    pub fn of_process(text: &'a str, process: Option<&str>) -> Self {
        Self::read(text, formats::detect(text), process)
    }

    pub(crate) fn read(text: &'a str, format: Format, process: Option<&str>) -> Self {
        let mut pieces = pieces(text);
        let preamble = match pieces.iter().find(|piece| piece.header.is_some()) {
            Some(first) => {
                let end = crate::text::place(text, first.heading);
                end.and_then(|end| text.get(..end)).unwrap_or_default()
            }
            None => text,
        };
        let mut elsewhere = 0;
        let mut again: Vec<(&str, usize)> = Vec::new();
        let mut crashes = Vec::new();
        if pieces.iter().any(|piece| piece.process > 0) {
            let wanted = choose_process(&pieces, process);
            for piece in same_process(&pieces, wanted) {
                if let Some((_, time)) = dumped(piece) {
                    again.push((time, 0));
                } else if piece.header.is_some()
                    && let Some((_, threads)) = again.last_mut()
                {
                    *threads += 1;
                }
            }
            // The same crash once more is none of another process.
            let copies: HashSet<usize> = native_heading(&pieces, wanted)
                .into_iter()
                .flat_map(|told| pieces.iter().filter(move |piece| piece.heading == told))
                .map(|piece| piece.process)
                .filter(|process| *process != wanted)
                .collect();
            pieces.retain(|piece| !copies.contains(&piece.process));
            let mut last = wanted;
            for piece in &pieces {
                if piece.heading.starts_with("pid: ") && piece.process != last {
                    crashes.extend((piece.process != wanted).then_some(piece.heading));
                    last = piece.process;
                }
            }
            let all = pieces.iter().filter(|piece| piece.header.is_some()).count();
            pieces.retain(|piece| piece.process == wanted);
            let told = pieces.iter().filter(|piece| piece.header.is_some()).count();
            elsewhere = all - told - again.iter().map(|(_, threads)| threads).sum::<usize>();
        }
        let tombstone = format == Format::Android;
        let chosen = choose(text, &pieces, format).filter(|&at| {
            tombstone
                || format == Format::Debugger
                || pieces[at].header.is_some_and(|header| header.faulting)
                || triggered(preamble)
        });
        let mut threads: Vec<Thread<'a>> = pieces
            .iter()
            .enumerate()
            .filter_map(|(at, piece)| {
                let header = piece.header?;
                Some(Thread {
                    name: header.name.unwrap_or_default(),
                    id: header.id,
                    system_id: header.system_id,
                    state: header.state,
                    faulting: chosen == Some(at),
                    text: piece.text.trim_matches(['\n', '\r']),
                    format,
                })
            })
            .collect();
        let held = add_declared(&mut threads, text, format);
        Self {
            threads,
            preamble: preamble.trim(),
            elsewhere,
            again,
            crashes,
            held,
        }
    }

    /// Marks the thread of this name, `name(id)` or id as the faulting one, and no other.
    #[must_use]
    pub fn mark_faulting(mut self, thread: &str) -> Self {
        let found = self.find(thread);
        for (at, thread) in self.threads.iter_mut().enumerate() {
            thread.faulting = found == Some(at);
        }
        self
    }

    /// The faulting thread: the one marked, else `main`, else none.
    pub fn faulting(&self) -> Option<usize> {
        let marked = self.threads.iter().position(|thread| thread.faulting);
        marked.or_else(|| self.threads.iter().position(|thread| thread.name == "main"))
    }

    /// Finds a thread by `name(id)`, name, id, or a part of its name, in this order.
    pub fn find(&self, wanted: &str) -> Option<usize> {
        let wanted = wanted.trim();
        if wanted.is_empty() {
            return None;
        }
        let (name, id) = file_name(wanted);
        let position = |test: &dyn Fn(&Thread<'a>) -> bool| self.threads.iter().position(test);
        position(&|thread| id.is_some() && thread.name == name && thread.id == id)
            .or_else(|| position(&|thread| thread.name == wanted))
            .or_else(|| position(&|thread| thread.id == Some(wanted)))
            .or_else(|| {
                let lower = wanted.to_lowercase();
                position(&|thread| thread.name.to_lowercase().contains(&lower))
            })
    }
}

/// Threads of a deadlock whose stacks are cut off still stand in its list; returned are the locks and who holds them.
fn add_declared<'a>(
    threads: &mut Vec<Thread<'a>>,
    text: &'a str,
    format: Format,
) -> Vec<(&'a str, usize)> {
    let declared = declared::read(text);
    if declared.is_empty() {
        return Vec::new();
    }
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (at, thread) in threads.iter().enumerate() {
        places.entry(thread.name).or_insert(at);
    }
    for thread in &declared {
        places.entry(thread.name).or_insert_with(|| {
            threads.push(Thread {
                name: thread.name,
                text: thread.text,
                format,
                ..Thread::default()
            });
            threads.len() - 1
        });
    }
    let holder = |thread: &declared::Declared<'a>| places.get(thread.holder).copied();
    let held = declared
        .iter()
        .filter_map(|thread| Some((thread.lock, holder(thread)?)));
    held.collect()
}

fn triggered(preamble: &str) -> bool {
    preamble.contains("Triggered by Thread:") || preamble.contains("Crashed Thread:")
}

/// `AsyncTask #3(196)` is the thread `AsyncTask #3` with the id 196.
fn file_name(file: &str) -> (&str, Option<&str>) {
    match text::last_group(file, b'(', b')') {
        Some((name, id))
            if !id.is_empty()
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b'x') =>
        {
            (name.trim(), Some(id))
        }
        _ => (file.trim(), None),
    }
}
