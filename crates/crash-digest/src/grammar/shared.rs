//! What several grammars share: offsets behind a name, and names that only say that there is none.

use crate::text;

/// `abort+164`, `foo + 0x12` and `foo + 6C` to name and offset; `operator+` stays whole.
pub(super) fn plus(text: &str) -> (&str, Option<u64>) {
    let Some(at) = memchr::memrchr(b'+', text.as_bytes()) else {
        return (text, None);
    };
    let (front, back) = (&text[..at], &text[at + 1..]);
    match text::offset(back) {
        Some(offset) if !front.trim_end().ends_with("operator") => (front.trim_end(), Some(offset)),
        // Some handlers take the distance from the wrong end: `dock_open+-487340516`.
        None if is_below_zero(back) && !front.ends_with("operator") => (front.trim_end(), None),
        _ => (text, None),
    }
}

fn is_below_zero(offset: &str) -> bool {
    let digits = offset.strip_prefix('-').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether who pasted a line made its number unreadable: `xx`, `**`, `line_number`.
pub(super) fn is_unreadable(number: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphabetic() || b"_*?#.".contains(&byte);
    !number.is_empty() && number.bytes().all(known)
}

/// A function's name, unless it only says that there is none.
pub(super) fn named(text: &str) -> Option<&str> {
    let text = text.trim();
    let placeholder = matches!(
        text,
        "" | "?"
            | "??"
            | "???"
            | "<unknown>"
            | "unknown"
            | "UnknownFunction"
            | "<redacted>"
            | "<unavailable>"
            | "<unknown function>"
            | "<compiler-generated>"
            | "(null)"
            | "null"
            | "nil"
            | "__mh_execute_header"
            | "_mh_execute_header"
            | "<deduplicated_symbol>"
            | "?? ()"
            | "()"
            | "n/a"
            | "[unknown]"
            | "[Unknown]"
            | "[Unknown]()"
            | "Unknown"
            | "UNKNOWN"
            | "???()"
            | "<name omitted>"
            | "<no symbol>"
            | "(Missing)"
            | "<null>"
            | "unknown function"
            // The whole of an app that was built ahead of time.
            | "kDartIsolateSnapshotInstructions"
            | "_kDartIsolateSnapshotInstructions"
            | "kDartVmSnapshotInstructions"
            | "_kDartVmSnapshotInstructions"
            | "(function-name not available)"
    );
    let address = text.starts_with("0x") && text::hex(text.trim_end_matches("()")).is_some();
    let none = text.starts_with("(function-name not available)")
        // Apple's store hides names that were not uploaded.
        || text.starts_with("_hidden#")
        || text.starts_with("__hidden#")
        || text.starts_with("wasm-function[") && text::has(text, "]+0x")
        || text.starts_with("(Unknown)")
        || text.starts_with("(Missing UUID")
        // The console's words in another language: `(缺少 UUID 79d7…)`, `(Manquant)`.
        || text.starts_with('(') && text.ends_with(')') && (text::has(text, " UUID ") || text == "(Manquant)")
        || text.starts_with("UnknownFunction")
        // Unity's: `<symbols missing>`, `<system symbols missing>`.
        || text.starts_with('<') && text::has(text, "symbols missing")
        || text.strip_prefix('(').is_some_and(is_cut_placeholder);
    // Qualcomm's drivers carry scrambled names: `!!!0000!a1b2c3!4d5e6f!`.
    let scrambled = text.starts_with("!!!");
    (!placeholder && !address && !none && !scrambled).then_some(text)
}

/// Whether the text ends inside of a bracket that only says that there is no name: `(unknown`, `(<artificial>`.
fn is_cut_placeholder(inner: &str) -> bool {
    const PLACEHOLDERS: [&str; 6] = [
        "unknown",
        "null",
        "nil",
        "<artificial>",
        "<unknown>",
        "<null>",
    ];
    let inner = inner.trim_end_matches([':', '?']);
    PLACEHOLDERS.iter().any(|known| known.starts_with(inner))
}

/// A source file, unless it only says that there is none.
pub(super) fn path_of(path: &str) -> Option<&str> {
    let path = path.trim();
    (!path.starts_with("__hidden#")
        && !matches!(
            path,
            "" | "??:?"
                | "??:0"
                | "<compiler-generated>"
                | "/<compiler-generated>"
                | "??"
                | "?"
                | "<unknown>"
                | "(null)"
                | "Unknown"
                | "<null>"
        ))
    .then_some(path)
}

/// `libfoo.so`, `libc.so.6`, `libace.z.so`, `base.odex`.
pub(super) fn is_library(text: &str) -> bool {
    let text = text.rsplit('/').next().unwrap_or(text);
    text::has(text, ".so")
        || [
            ".apk", ".odex", ".oat", ".vdex", ".dex", ".jar", ".art", ".hap", ".abc", ".an", ".hsp",
        ]
        .iter()
        .any(|end| text.ends_with(end))
}

/// The frame without what a person wrote behind it: `… /system/lib64/libc.so (abort+164)  <- the reason`, `… // ours`, `… --> here`,
/// `… ## why here?`.
/// No symbol has these signs behind a blank.
pub(super) fn without_note(rest: &str) -> &str {
    // Nearly every frame ends in a bracket or a library.
    if rest.ends_with([')', ']']) || rest.as_bytes().ends_with(b".so") {
        return rest;
    }
    let bytes = rest.as_bytes();
    let note = |at: usize| {
        let sign = &bytes[at..];
        at > 0
            && bytes[at - 1].is_ascii_whitespace()
            && ["//", "<-", "<==", "-->", "##", "# "]
                .iter()
                .any(|mark| sign.starts_with(mark.as_bytes()))
    };
    let signs = memchr::memchr3_iter(b'/', b'<', b'-', bytes).find(|at| note(*at));
    match signs.or_else(|| memchr::memchr_iter(b'#', bytes).find(|at| note(*at))) {
        Some(at) => rest[..at].trim_end(),
        None => rest,
    }
}

/// `foo.cpp:12 (discriminator 3)`.
pub(super) fn without_discriminator(place: &str) -> &str {
    place
        .split_once(" (discriminator")
        .map_or(place, |(place, _)| place)
}
