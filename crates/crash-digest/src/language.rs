//! The language of a frame.

/// The language of a frame; it decides how names and paths are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Language {
    /// C, C++, Rust, Objective-C, Swift.
    #[default]
    Native,
    /// Java and Kotlin.
    Java,
    /// C# under Mono, .NET or IL2CPP.
    CSharp,
    /// Lua.
    Lua,
    /// JavaScript, TypeScript, Dart, Python.
    Script,
    /// Go.
    Go,
}
