//! The fixed facts of one fault: where it occurs, how often and since when.

/// How something fails. The platform decides what that is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// A null pointer in native code.
    Null,
    /// A stale pointer in native code.
    Stale,
    /// A misaligned or vanished mapping.
    Bus,
    /// A failed check or `abort()`, named in the message.
    Abort,
    /// Recursion without end.
    Overflow,
    /// The system took the memory, or refused it.
    Memory,
    /// A Java or Kotlin exception of this class.
    Java(&'static str),
    /// An Objective-C exception of this name.
    Objc(&'static str),
    /// The main thread did not answer.
    Anr,
    /// A Lua error.
    Lua,
    /// A C# exception of this class.
    CSharp(&'static str),
    /// A JavaScript error of this class.
    Js(&'static str),
}

/// Which versions an issue occurs in; a release is its position, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    All,
    /// This release and later ones.
    Since(usize),
    /// This release and earlier ones.
    Until(usize),
}

impl Scope {
    /// Whether a release belongs to it.
    pub(crate) const fn holds(self, release: usize) -> bool {
        match self {
            Self::All => true,
            Self::Since(oldest) => release <= oldest,
            Self::Until(newest) => release >= newest,
        }
    }
}

/// What makes one issue's documents special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quirk {
    None,
    /// `crashDoc` has no `fileList`: only `appDetailCrash` has the files.
    FilesElsewhere,
    /// Four threads wait for each other's locks.
    LockChain,
    /// Symbols were never uploaded.
    NoSymbols,
    /// The log contains a prompt injection.
    HostileLog,
}

/// One line of what can go wrong.
#[derive(Debug)]
pub(crate) struct Spec {
    /// A stable name of ours; the issue id is derived from it.
    pub(crate) slug: &'static str,
    pub(crate) nature: Nature,
    /// The exception's message; empty where the platform supplies it.
    pub(crate) message: &'static str,
    /// The game's own frames, innermost first, as `symbol|file:line`.
    pub(crate) frames: &'static [&'static str],
    pub(crate) thread: &'static str,
    /// Crashes on an ordinary Android day; the other projects scale it.
    pub(crate) per_day: u64,
    /// Days before today on which it was first seen; see [`Issue::first_seen`].
    pub(crate) first_seen: u32,
    pub(crate) scope: Scope,
    /// Prefix of the GPUs it prefers; empty for no preference.
    pub(crate) gpu: &'static str,
    pub(crate) system_exit: bool,
    pub(crate) quirk: Quirk,
}

impl Spec {
    pub(crate) const fn new(
        slug: &'static str,
        nature: Nature,
        frames: &'static [&'static str],
    ) -> Self {
        Self {
            slug,
            nature,
            message: "",
            frames,
            thread: "GameThread",
            per_day: 40,
            first_seen: 90,
            scope: Scope::All,
            gpu: "",
            system_exit: false,
            quirk: Quirk::None,
        }
    }

    /// Crashes on an ordinary Android day, and days since it was first seen.
    pub(crate) const fn rate(mut self, per_day: u64, first_seen: u32) -> Self {
        self.per_day = per_day;
        self.first_seen = first_seen;
        self
    }

    pub(crate) const fn message(mut self, message: &'static str) -> Self {
        self.message = message;
        self
    }

    pub(crate) const fn thread(mut self, thread: &'static str) -> Self {
        self.thread = thread;
        self
    }

    pub(crate) const fn versions(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    pub(crate) const fn mostly_on_gpu(mut self, gpu: &'static str) -> Self {
        self.gpu = gpu;
        self
    }

    pub(crate) const fn system_exit(mut self) -> Self {
        self.system_exit = true;
        self
    }

    pub(crate) const fn with(mut self, quirk: Quirk) -> Self {
        self.quirk = quirk;
        self
    }
}
