//! What `WinDbg` says of itself and of the end it saw, line by line.

use super::metadata;
use crate::text;

/// What a dump was written for: `This dump file has an exception of interest stored in it.`, `… has a breakpoint exception …`.
pub(super) fn stored(line: &str) -> Option<&str> {
    let (what, _) = text::split_once(line.strip_prefix("This dump file has a")?, " stored in it")?;
    Some(what.strip_prefix('n').unwrap_or(what).trim())
}

/// The heap's own word for what is broken, among those of a bucket.
pub(super) fn failed_in_heap(bucket: &str) -> Option<&str> {
    let failed = &bucket[text::find(bucket, "heap_failure_")?..];
    let end = failed.find(|c: char| !c.is_ascii_lowercase() && c != '_');
    Some(failed[..end.unwrap_or(failed.len())].trim_end_matches('_'))
}

/// The kernel's own end in an analysis: `SYSTEM_THREAD_EXCEPTION_NOT_HANDLED (7e)`.
pub(super) fn bugcheck(line: &str) -> Option<(&str, &str)> {
    let (name, code) = line.strip_suffix(')')?.split_once(" (")?;
    let fits = name.bytes().any(|byte| byte == b'_')
        && (name.bytes())
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    (fits && code.len() <= 8 && text::hex(code).is_some()).then_some((name, code))
}

/// What the debugger says of itself when it opens a dump.
pub(super) fn is_banner(line: &str) -> bool {
    [
        "****",
        "*** ",
        "Response ",
        "Deferred ",
        "Symbol search path",
        "Executable search path",
        "Windows ",
        "Loading ",
        "This dump file",
        "The stored exception",
        "For analysis of this file",
        "Microsoft (R)",
        "Copyright",
        // Its answer to what it could not run.
        "^ ",
        "Couldn't resolve error at ",
        // What it did not get from where it asks for known problems.
        "GetUrlPageData",
        "GetPageUrlData",
        "No export ",
        "ERROR: FindPlugIns ",
        "....",
    ]
    .iter()
    .any(|start| line.starts_with(start))
        // As Markdown has it.
        || line.starts_with("\\*\\*")
        || line.starts_with("Unable to load image ")
        || line.starts_with('*') && line.ends_with('*')
        || metadata::is_metadata(line)
}

/// The address in an instruction that could not reach it: ``ds:00000000`00000018=????????????????``, `ds:002b:0000000c=????????`.
pub(super) fn unreached(line: &str) -> Option<&str> {
    let (front, value) = line.rsplit_once('=')?;
    let (_, address) = front.rsplit_once(':')?;
    let fits = value.len() >= 2 && value.bytes().all(|byte| byte == b'?');
    (fits && text::hex(address).is_some()).then_some(address)
}
