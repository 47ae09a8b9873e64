//! Lines of syslog and of a journal's short form.

use crate::text;

/// `Apr 12 19:56:56 host moon[123]: `, with `(Subsystem)` or `<Error>` behind the process on Apple's devices; of a journal in full
/// `Sun 2026-04-12 19:56:56 UTC host moon[123]: `.
pub(super) fn strip(line: &str) -> Option<&str> {
    if let Some(rest) = in_full(line) {
        return behind_host(rest);
    }
    let (month, rest) = text::word(line);
    if !is_month(month) {
        return None;
    }
    let (day, rest) = text::word(rest);
    let (time, rest) = text::word(rest);
    let fits = day.len() <= 2
        && day.bytes().all(|byte| byte.is_ascii_digit())
        && time.len() >= 8
        && time.as_bytes()[2] == b':'
        && time.as_bytes()[5] == b':';
    if !fits {
        return None;
    }
    // A host of programs names no machine, but the half of the day: `Nov 8 08:04:37 AM  `.
    if let Some(rest) = ["AM  ", "PM  "]
        .iter()
        .find_map(|half| rest.strip_prefix(half))
    {
        return Some(rest);
    }
    behind_host(rest)
}

/// Behind weekday, date, time and zone.
fn in_full(line: &str) -> Option<&str> {
    const DAYS: [&str; 7] = ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "];
    DAYS.iter().find(|day| line.starts_with(**day))?;
    let (date, rest) = text::word(line.get(4..)?);
    let (time, rest) = text::word(rest);
    let (zone, rest) = text::word(rest);
    let date = date.as_bytes();
    let fits = date.len() == 10
        && date[4] == b'-'
        && date[7] == b'-'
        && time.len() >= 8
        && time.as_bytes()[2] == b':'
        && (2..=6).contains(&zone.len());
    fits.then_some(rest)
}

/// Behind machine and program.
fn behind_host(rest: &str) -> Option<&str> {
    // A journal may leave the machine out: `Apr 12 19:56:56 kernel: `.
    let (host, behind) = rest.split_once(' ')?;
    if host.ends_with(':') && is_program(host.trim_end_matches(':')) {
        return Some(if is_of_kernel(behind) { rest } else { behind });
    }
    if let Some((_, said)) = text::split_once(behind, "]: ")
        && is_of_kernel(said)
    {
        return Some(behind);
    }
    let (_process, rest) = behind
        .split_once(": ")
        .or_else(|| rest.strip_suffix(':').map(|front| (front, "")))?;
    Some(rest)
}

/// Whether the kernel says it of the program in front, whose name and number a log took for those of who wrote the line:
/// `orbit[4711]: segfault at 18 ip 00007f01 …`.
fn is_of_kernel(said: &str) -> bool {
    [
        "segfault at ",
        "segfault (",
        "bus error (",
        "unhandled signal ",
        "unhandled level ",
    ]
    .iter()
    .any(|start| said.starts_with(start))
}

/// Whether a word is a month's short name, in any language: `Nov`, `sept.`, `mär`, `11月`.
fn is_month(word: &str) -> bool {
    if word.len() == 3 && word.is_ascii() {
        return word.bytes().all(|byte| byte.is_ascii_alphabetic());
    }
    let name = word.strip_suffix('.').unwrap_or(word);
    let counted = ['月', '월']
        .iter()
        .find_map(|month| name.strip_suffix(*month))
        .is_some_and(|number| text::digits(number).is_some_and(|(_, rest)| rest.is_empty()));
    counted || (2..=6).contains(&name.chars().count()) && name.chars().all(char::is_alphabetic)
}

/// Behind a time as RFC 3339 writes it: `pier kernel: `, `pier orbitd[4711]: `, `kernel: `. A program without its number may
/// be the program's own words: `pier panic: no bay`.
pub(super) fn behind_time(rest: &str) -> Option<&str> {
    if let Some(said) = rest.strip_prefix("kernel: ") {
        return Some(said);
    }
    let (host, behind) = rest.split_once(' ')?;
    let (program, said) = behind.split_once(' ')?;
    let program = program.strip_suffix(':')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let known = program == "kernel" || program.ends_with(']') && is_program(program);
    let said = if is_of_kernel(said) { behind } else { said };
    (known && !host.is_empty() && host.bytes().all(plain)).then_some(said)
}

/// Whether a word can name a program, perhaps with its number: `kernel`, `orbit[4711]`.
fn is_program(word: &str) -> bool {
    let name = match word.strip_suffix(']').and_then(|word| word.split_once('[')) {
        Some((name, id)) if text::digits(id).is_some_and(|(_, rest)| rest.is_empty()) => name,
        _ => word,
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(plain)
}
