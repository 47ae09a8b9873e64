//! Stacks that a report prints beside the crash's own: they explain it, and did not call it.

use std::fmt;

use crate::frame::Frame;

/// What a stack beside the crash's own shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelatedKind {
    /// Where the memory was freed.
    FreedBy,
    /// Where the memory was allocated.
    AllocatedBy,
    /// The other access of a data race.
    PreviousAccess,
    /// Where a lock of the report was taken.
    LockedBy,
    /// Where a lock of the report was made.
    LockMadeBy,
    /// The call whose variable lies at the address.
    VariableOf,
    /// Where the thread, goroutine or task was created.
    CreatedBy,
    /// Where uninitialised memory came from, or a value was stored.
    OriginOf,
    /// The managed side of a native crash.
    Managed,
    /// Another thread of the same process.
    Thread,
    /// The same, where the crashed thread is not in the text.
    Another,
    /// The native side below the managed stack that a crash report begins with.
    Native,
    /// What seemed to order two accesses: a sleep.
    Synchronized,
    /// An inner exception that .NET prints once more, behind all frames.
    InnerException,
    /// The script engine's own calls below a script's.
    Engine,
    /// Who asked for a script's call that ran later, as a browser's console goes on.
    AskedForBy,
    /// Where an exception was logged that was printed with its own stack.
    LoggedBy,
    /// The end of a report that the text begins inside of.
    Earlier,
    /// Another report in the same text.
    Further,
}

/// What a dumped thread is called in whose stack the text begins.
pub(crate) const WITHOUT_HEADING: &str = "a thread whose heading is cut off";

impl RelatedKind {
    /// In words, as a heading begins: `freed by`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FreedBy => "freed by",
            Self::AllocatedBy => "allocated by",
            Self::PreviousAccess => "previous access by",
            Self::LockedBy => "lock taken by",
            Self::LockMadeBy => "lock made by",
            Self::VariableOf => "frame of the variable, on",
            Self::CreatedBy => "created by",
            Self::OriginOf => "origin of the value",
            Self::Managed => "managed stack",
            Self::Native => "native stack",
            Self::Thread => "stack of",
            Self::Another => "stack of another thread",
            Self::Synchronized => "synchronized by",
            Self::InnerException => "inner exception",
            Self::Engine => "native calls of the script engine",
            Self::AskedForBy => "asked for by",
            Self::LoggedBy => "logged by",
            Self::Earlier => "end of an earlier report",
            Self::Further => "also in this text",
        }
    }
}

impl fmt::Display for RelatedKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

/// A stack beside the crash's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related<'a> {
    /// What it shows.
    pub kind: RelatedKind,
    /// The line that introduces it, as printed.
    pub title: &'a str,
    /// The thread it names: `T3`, `26024`, `main thread`.
    pub thread: Option<&'a str>,
    /// Its frames, innermost first.
    pub frames: Vec<Frame<'a>>,
    /// How many frames more it had, which are not kept.
    pub omitted: usize,
}
