//! The name of a log's stream that a collector of logs puts into a column of its own, behind or before every line.

use crate::log_prefix;
use crate::text;

/// Lines of the head that are looked at.
const HEAD: usize = 400;
/// A name is at most so long.
const LONGEST: usize = 160;

/// The text without the names; `None` where it does not begin with a line of a stream.
pub(super) fn without_names(document: &str) -> Option<String> {
    let first = text::lines(document)
        .take(HEAD)
        .find(|line| !line.trim().is_empty())?;
    match first.as_bytes().first()? {
        b'0'..=b'9' => behind(document, first),
        _ => before(document, first),
    }
}

/// A console's table: `2026-11-22T08:10:11.123Z<TAB>no dock<TAB>ecs/orbit/5035498b`.
fn behind(document: &str, first: &str) -> Option<String> {
    let (_, name) = first.rsplit_once('\t')?;
    let (_, rest) = first.split_once('\t').filter(|(_, rest)| rest != &name)?;
    let named = is_stream(name) && log_prefix::read(first).is_some() && rest.len() > name.len();
    let tail = &first[first.len() - name.len() - 1..];
    let ends = |line: &&str| line.ends_with(tail);
    if !named || text::lines(document).take(HEAD).filter(ends).count() < 2 {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        out.push_str(line.strip_suffix(tail).unwrap_or(line));
        out.push('\n');
    }
    Some(out)
}

/// A collector's command: `orbit-group ecs/orbit/5035498b 2026-11-22T08:10:11.123Z no dock`, with or without the group, the time.
fn before(document: &str, first: &str) -> Option<String> {
    let (one, rest) = first.split_once(' ')?;
    let (two, behind) = rest.split_once(' ')?;
    let timed = |rest: &str| rest.starts_with("20") && log_prefix::read(rest).is_some();
    let length = if is_stream(one) && timed(rest) {
        one.len() + 1
    } else if is_group(one) && is_stream(two) && timed(behind) {
        first.len() - behind.len()
    } else {
        return None;
    };
    let name = &first[..length];
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        out.push_str(line.strip_prefix(name).unwrap_or(line));
        out.push('\n');
    }
    Some(out)
}

/// The name of a stream has parts and numbers: `ecs/orbit/5035498b-bd40`, `i-0123456789abcdef0`.
fn is_stream(name: &str) -> bool {
    name.contains(['/', '-']) && name.bytes().any(|byte| byte.is_ascii_digit()) && is_group(name)
}

fn is_group(name: &str) -> bool {
    (3..=LONGEST).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/-_.[]$#".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_on_every_line_comes_off() {
        let table = "2026-11-22T08:10:11.123Z\tpanic: no dock\tecs/orbit/5035498b\n\n2026-11-22T08:10:11.123Z\t\tecs/orbit/5035498b\n";
        assert_eq!(
            without_names(table).as_deref(),
            Some("2026-11-22T08:10:11.123Z\tpanic: no dock\n\n2026-11-22T08:10:11.123Z\t\n")
        );
        let command = "orbit-group ecs/orbit/5035 2026-11-22T08:10:11Z no\norbit-group ecs/orbit/5035 2026-11-22T08:10:11Z dock\n";
        assert_eq!(
            without_names(command).as_deref(),
            Some("2026-11-22T08:10:11Z no\n2026-11-22T08:10:11Z dock\n")
        );
        assert_eq!(without_names("at a/b1 c\nat d\n"), None);
    }
}
