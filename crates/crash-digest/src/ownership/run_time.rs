//! Methods that .NET compiled at run time: without a class nobody knows for whom.

use crate::frame::Frame;

/// ``Regex1_Scan(RegexRunner, ReadOnlySpan`1)``; where IL2CPP called into a mod, `(il2cpp -> managed) Fire(IntPtr )`, the name
/// has no class either, and the method is written in the mod.
pub(super) fn is_classless(frame: &Frame<'_>) -> bool {
    frame.file.is_none()
        && !frame.raw.contains("->")
        && frame
            .function
            .is_some_and(|name| !name.contains(['.', ':']))
}
