//! A dump: every thread of a process, told apart, grouped by what it does.

mod group;
mod header;

pub use group::{ActivityGroup, StackGroup};
pub use header::Header;
pub(super) use header::read as header;

use super::stack::{self, Stack};
use super::text;

/// One thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread<'a> {
    /// Its name without the id; empty when nobody named it.
    pub name: &'a str,
    /// Its id, as printed.
    pub id: Option<&'a str>,
    /// What the virtual machine says it does: `Blocked`, `TimedWaiting`, `Native`.
    pub state: Option<&'a str>,
    /// The crashed one, or the one an ANR is about.
    pub faulting: bool,
    /// Its stack.
    pub stack: Stack<'a>,
    /// Its part of the document.
    pub text: &'a str,
}

impl Thread<'_> {
    /// Name and id for reading: `main(1)`, `thread 12`.
    pub fn label(&self) -> String {
        match (self.name, self.id) {
            ("", Some(id)) => format!("thread {id}"),
            ("", None) => "unnamed".to_owned(),
            (name, Some(id)) => format!("{name}({id})"),
            (name, None) => name.to_owned(),
        }
    }
}

/// The threads of a dump, in document order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreadDump<'a> {
    /// The threads; an index into this names a thread for good.
    pub threads: Vec<Thread<'a>>,
    /// What the document says before the first thread: an ANR's reason, the process, the time.
    pub preamble: &'a str,
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
                    state: None,
                    faulting: false,
                    stack: stack::parse(text),
                    text,
                }
            })
            .collect();
        Self {
            threads,
            preamble: "",
        }
    }

    /// Reads one document with all threads: an ANR trace, an Apple report, a tombstone, `minidump_stackwalk`, gdb.
    pub fn from_trace(text: &'a str) -> Self {
        header::split(text)
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
