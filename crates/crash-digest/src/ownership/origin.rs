//! The kinds of authors of code.

use std::fmt;

/// Whose code a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CodeOrigin {
    /// The project's own.
    Own,
    /// Unreal, Unity, Cocos.
    Engine,
    /// A library the game carries.
    ThirdParty,
    /// A language's runtime: ART, Mono, IL2CPP, the C++ library.
    Runtime,
    /// The operating system and its drivers.
    System,
    /// What raises, reports, allocates or copies: it says how it died, never why.
    Boilerplate,
    /// Nothing to tell by.
    Unknown,
}

impl CodeOrigin {
    /// The class in a word or two, for folds: `6 engine`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Engine => "engine",
            Self::ThirdParty => "third party",
            Self::Runtime => "runtime",
            Self::System => "system",
            Self::Boilerplate => "plumbing",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for CodeOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}
