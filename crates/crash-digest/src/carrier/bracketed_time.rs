//! What loggers put beside a time in brackets: a mod's word of its own in the same pair, or fields in pairs of their own.

/// A word of the logger's beside the time, on either side of it: `[LOGERR 19:56:56] `, `[19:56:56 CRASH] `; a part of the program in
/// front of it, in a column: `[   ScriptRuntime] [19:56:56]  `, `[   ScriptRuntime] [ERROR] [19:56:56] [Orbit]  `.
pub(super) fn strip(line: &str) -> Option<&str> {
    let (inner, rest) = line.strip_prefix('[')?.split_once(']')?;
    if inner.starts_with(' ') {
        let part = inner.trim_start();
        let plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return behind_parts(rest).filter(|_| plain);
    }
    let (first, last) = inner.rsplit_once(' ')?;
    let word = |text: &str| {
        (2..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    let fits = word(first) && clock(last) || clock(first) && word(last);
    fits.then(|| rest.trim_start_matches([':', ' ']))
}

/// What stands behind a time and other parts in brackets, at most three of them.
fn behind_parts(mut rest: &str) -> Option<&str> {
    const LONGEST: usize = 40;
    let mut timed = false;
    for _ in 0..3 {
        let Some((part, behind)) = rest
            .strip_prefix(" [")
            .and_then(|rest| rest.split_once("] "))
            .filter(|(part, _)| part.len() <= LONGEST)
        else {
            break;
        };
        timed |= clock(part);
        rest = &rest[rest.len() - behind.len() - 1..];
    }
    timed.then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// A time of a day: `19:56:56`, with or without parts of a second.
pub(super) fn clock(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8
        && bytes[..8]
            .iter()
            .zip(b"00:00:00")
            .all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                _ => byte == form,
            })
        && bytes[8..]
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
}

/// The line without fields in brackets behind the time, the first a number: `[19299] [19301] [7] [DEBUG] : pid: 19169, …`.
/// One name alone is a reader's of loggers, who knows the thread by it.
pub(super) fn without_fields(line: &str) -> &str {
    const MOST: usize = 6;
    let number = |field: &str| field.bytes().all(|byte| byte.is_ascii_digit());
    let (mut rest, mut fields) = (line, 0);
    while fields < MOST
        && let Some((field, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
        && (1..=24).contains(&field.len())
        && (fields > 0 || number(field))
    {
        fields += 1;
        rest = behind.trim_start_matches(' ');
    }
    let said = rest.strip_prefix(':').filter(|_| fields >= 2);
    said.map_or(line, |said| said.strip_prefix(' ').unwrap_or(said))
}
