//! Swift's own library, whose generic code is compiled into every program: `Optional.unsafelyUnwrapped.getter`.

use crate::frame::Frame;
use crate::text;

/// Whether it is a function of Swift's library that was compiled into the program: it has no source file there. What a
/// project adds to such a type has one.
pub(super) fn is_its_own(frame: &Frame<'_>, name: &str) -> bool {
    // Of a specialized one the place is that of the caller, which it was compiled into.
    let specialized = name.starts_with("specialized ");
    let generated = || is_generated(frame);
    if !specialized && !generated() {
        return false;
    }
    // `closure #1 in`, `specialized`, `protocol witness for`.
    let of = [" in ", " for ", " of "];
    let inner = of
        .iter()
        .filter_map(|word| text::rsplit_once(name, word))
        .map(|(_, inner)| inner)
        .min_by_key(|inner| inner.len());
    let inner = inner.unwrap_or(name);
    let inner = inner.strip_prefix("specialized ").unwrap_or(inner);
    let inner = inner.strip_prefix("static ").unwrap_or(inner);
    let inner = inner.strip_prefix("Swift.").unwrap_or(inner);
    let kind = inner.split(['.', '<']).next().unwrap_or_default();
    kind.len() < inner.len() && (kind.starts_with("_Native") || TYPES.contains(&kind))
}

/// Whether the compiler wrote a function itself, `@objc Dock.open()`: its frame has a line and no file.
pub(super) fn is_generated(frame: &Frame<'_>) -> bool {
    const MARK: &str = "<compiler-generated>";
    frame.file.is_none()
        && text::split_once(frame.raw, MARK).is_some_and(|(_, rest)| rest.starts_with([':', ')']))
}

/// Types and protocols of Swift's library that have generic code.
#[rustfmt::skip]
const TYPES: [&str; 40] = [
    "AnySequence", "Array", "ArraySlice", "BidirectionalCollection", "Collection", "Comparable", "ContiguousArray",
    "DefaultIndices", "Dictionary", "EnumeratedSequence", "Equatable", "FlattenSequence", "Hashable", "IndexingIterator",
    "KeyPath", "LazyFilterSequence", "LazyMapSequence", "ManagedBuffer", "MutableCollection", "Optional",
    "RandomAccessCollection", "Range", "RangeReplaceableCollection", "RawRepresentable", "Result", "ReversedCollection",
    "Sequence", "Set", "Slice", "StrideTo", "String", "Substring", "UnsafeBufferPointer", "UnsafeMutableBufferPointer",
    "UnsafeMutablePointer", "UnsafeMutableRawPointer", "UnsafePointer", "UnsafeRawPointer", "_ArrayBuffer",
    "_ContiguousArrayBuffer",
];
