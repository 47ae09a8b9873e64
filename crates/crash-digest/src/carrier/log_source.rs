//! Who wrote a line of the system's log: tags, and the place in the program's sources in front of what the line says.

use crate::text;

/// Tags of crash handlers.
pub(super) const CRASH_TAGS: [&str; 14] = [
    "CrashReport",
    "DEBUG",
    "libc",
    "AndroidRuntime",
    "CRASH",
    "crash_dump64",
    "crash_dump32",
    "crash_dump",
    "System.err",
    "art",
    "tombstoned",
    // MediaTek's own.
    "AEE_AED",
    "AEE_AED64",
    "AEE/AED",
];

/// How HarmonyOS' tags begin: `C01719/ffrt`.
pub(super) fn is_domain(tag: &str) -> bool {
    let number = tag.split_once('/').and_then(|(domain, _)| domain.get(1..));
    number.is_some_and(|number| number.len() == 5 && text::hex(number).is_some())
        && tag.starts_with(['A', 'C', 'D', 'I'])
}

/// ART puts its source in front: `runtime.cc:655] Runtime aborting...`, and HarmonyOS' tasks count what they say in front of a
/// thread: `12:RecordSymbolAndBacktrace:405 Tid:52217, Name:OS_FFRT_2_3`.
pub(super) fn without_source(message: &str) -> &str {
    let said = message.trim_start();
    if said.starts_with(|c: char| c.is_ascii_digit())
        && let Some((source, _)) = text::split_once(said, " Tid:")
        && !source.contains(' ')
    {
        return &said[source.len() + 1..];
    }
    let Some((source, rest)) = text::split_once(message, "] ") else {
        return message;
    };
    let is_source = source.split_once(".cc:").is_some_and(|(file, line)| {
        !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()) && !file.contains(' ')
    });
    if is_source { rest } else { message }
}

/// The source of ART's checks of calls of JNI, which print what they found and then the stack: `art/runtime/check_jni.cc:65`.
/// `None` where what they found is in the text.
pub(super) fn of_jni_check(text: &str) -> Option<&str> {
    let name = text::find(text, "check_jni.cc:")?;
    if text::has(text, "DETECTED ERROR") || text::has(text, "JNI WARNING") {
        return None;
    }
    let start = text[..name].rfind([' ', '\n', '\t']).map_or(0, |at| at + 1);
    let line = text::head(&text[start..], 200);
    let (source, _) = text::split_once(line, "] ")?;
    (!source.contains([' ', '\n'])).then_some(source)
}

/// Whether a letter in front of it is no level: files that were changed, `A  src/dock.cpp`, frames of a virtual machine,
/// `V  [libjvm.so+0x7cd]  f+0x20`.
pub(super) fn is_other(message: &str) -> bool {
    let said = message.trim();
    let kind = said.rsplit_once('.').map_or("", |(_, kind)| kind);
    let short =
        !kind.is_empty() && kind.len() <= 4 && kind.bytes().all(|byte| byte.is_ascii_lowercase());
    !said.contains(' ') && (said.contains('/') || short)
        || said.starts_with('~')
        || said.starts_with('[') && text::has(said, "+0x")
}

/// `01-02`, `2026-01-02`, `2026/01/02`; the first line of what was pasted may lack the beginning: `23-01-02`.
pub(super) fn is_date(date: &str) -> bool {
    let mark = |byte: u8| matches!(byte, b'-' | b'/');
    let apart = match date.as_bytes() {
        [_, _, day, _, _] => mark(*day),
        [.., month, _, _, day, _, _] => mark(*month) && mark(*day) && date.len() <= 10,
        _ => false,
    };
    apart && date.bytes().all(|byte| byte.is_ascii_digit() || mark(byte))
}
