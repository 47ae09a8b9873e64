//! Programs whose lines another one passes on.

use super::time;
use super::token::{LONGEST, is_name, matching};
use crate::text;

/// A line behind the name of the program that a runner of several passes it on from: `orbit-api-1  | `, `0|orbit  | `,
/// `08:10:11 web.1  | `, `[Nest] 4711  - `, `App 4711 stderr: `, `(dock pid=4711) `, `[pod/orbit-6f7d/api] `.
pub(super) fn without(line: &str) -> Option<&str> {
    let one = |rest| str::strip_prefix(rest, ' ').unwrap_or(rest);
    if let Some(rest) = line.strip_prefix("[Nest] ") {
        let (_, rest) = text::digits(rest)?;
        return rest.trim_start().strip_prefix("- ");
    }
    if let Some(rest) = line.strip_prefix("App ") {
        let (_, rest) = text::digits(rest)?;
        let rest = rest
            .strip_prefix(" stderr:")
            .or_else(|| rest.strip_prefix(" output:"))?;
        return Some(one(rest));
    }
    // Source's servers: `L 11/22/2026 - 08:10:11: `; syslog as RFC 5424 writes it: `<13>1 2026-11-22T08:10:11Z moon orbit 4711 - - `.
    if let Some(rest) = line.strip_prefix("L ") {
        return time::read(rest).map(|_| rest);
    }
    if let Some((priority, rest)) = line.strip_prefix('<').and_then(text::digits)
        && priority.len() <= 3
        && let Some(mut rest) = rest.strip_prefix(">1 ")
    {
        for _ in 0..6 {
            rest = text::word(rest).1;
        }
        return Some(rest);
    }
    if let Some((inner, rest)) = matching(line, '(', ')') {
        let pid = inner
            .split_once(" pid=")
            .is_some_and(|(_, id)| id.starts_with(|c: char| c.is_ascii_digit()));
        return pid.then(|| one(rest));
    }
    if let Some((inner, rest)) = matching(line, '[', ']') {
        return inner.starts_with("pod/").then(|| one(rest));
    }
    let bar = text::head(line, LONGEST).find('|')?;
    let (front, rest) = (&line[..bar], &line[bar + 1..]);
    // PM2 counts its programs: `0|orbit  | `.
    let (front, rest) = match rest.split_once('|') {
        Some((name, rest)) if front.bytes().all(|byte| byte.is_ascii_digit()) => (name, rest),
        _ => (front, rest),
    };
    let name = match time::read(front) {
        Some(name) => name.trim(),
        None => front.trim_end(),
    };
    let named = front.ends_with(' ')
        && name.len() >= 2
        && is_name(name)
        && name.starts_with(|c: char| c.is_ascii_alphabetic());
    named.then(|| one(rest))
}
