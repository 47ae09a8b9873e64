//! What a mod's logger puts before each of its lines: a word of its own beside the time, in one pair of brackets.

/// A word of the logger's beside the time, on either side of it: `[LOGERR 19:56:56] `, `[19:56:56 CRASH] `.
pub(super) fn strip(line: &str) -> Option<&str> {
    let (inner, rest) = line.strip_prefix('[')?.split_once(']')?;
    let (first, last) = inner.rsplit_once(' ')?;
    let clock = |text: &str| {
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
    };
    let word = |text: &str| {
        (2..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    let fits = word(first) && clock(last) || clock(first) && word(last);
    fits.then(|| rest.trim_start_matches([':', ' ']))
}
