//! What stands in front of each line of Linux's kernel, where no log's own reader took it off: `kernel: `, `[  223.606866] `,
//! `[Mon Jun 20 09:18:02 2026] `, `[  85.100001][ T5678] `, `<4>`, `kern  :alert : `; and whatever a console or a runner of tests
//! put in front of the kernel's own time: `16:56:35 [   82.646346] `.

use crate::text;

/// Words of the kernel's reports that are told.
pub(super) const MARKS: [&str; 16] = [
    "kernel BUG at ",
    "o handle kernel ",
    "INFO: ",
    "]: unhandled ",
    "]: bus error (",
    "] general protection",
    "all Trace:",
    "all trace:",
    "]: segfault ",
    "oom-killer",
    "Oops: ",
    "BUG: ",
    "traps: ",
    "Kernel panic",
    " Comm: ",
    "emory: Kill",
];
/// How the kernel begins to tell of itself.
const STARTS: [&str; 9] = [
    "Kernel panic - ",
    "traps: ",
    "watchdog: BUG: ",
    "NMI watchdog: BUG: ",
    "kernel BUG at ",
    "Unable to handle kernel ",
    "INFO: task ",
    "INFO: rcu",
    "rcu: INFO: ",
];
/// How a program that the kernel ended is told behind its name and number.
const FAULTS: [&str; 4] = [
    "]: segfault ",
    "]: bus error (",
    "]: unhandled ",
    "] general protection",
];
/// More marks than these in front of a line are none.
const MOST: usize = 4;

/// The lines without them; `None` where no line behind one begins a report or is a part that all reports have.
pub(super) fn render(text: &str) -> Option<String> {
    let tells = |line| unmarked(line).is_some_and(is_told);
    text::lines(text).any(tells).then(|| {
        let mut out = String::with_capacity(text.len());
        for line in text::lines(text) {
            out.push_str(unmarked(line).unwrap_or(line));
            out.push('\n');
        }
        out
    })
}

/// Whether the kernel tells of a failure so.
fn is_told(line: &str) -> bool {
    let line = line.trim_start();
    match line.as_bytes() {
        [b'C', b'a', b'l', b'l', b' ', ..] => {
            matches!(line.trim_end(), "Call Trace:" | "Call trace:")
        }
        [b'C', b'P', b'U', b':', ..] => text::has(line, " Comm: "),
        [b'O', b'o', b'p', b's', b':', ..] | [b'B', b'U', b'G', b':', ..] => true,
        _ => {
            STARTS.iter().any(|start| line.starts_with(start))
                || FAULTS.iter().any(|fault| text::has(line, fault))
                || text::has(line, " invoked oom-killer: ")
                || text::has(line, "ut of memory: Kill")
        }
    }
}

/// The line behind the kernel's marks; `None` where it has none.
fn unmarked(line: &str) -> Option<&str> {
    let start = line.trim_start();
    let mut rest = named(start).or_else(|| clocked(start)).unwrap_or(start);
    for _ in 0..MOST {
        let Some(behind) = mark(rest) else {
            break;
        };
        rest = behind;
    }
    (rest.len() < start.len()).then_some(rest)
}

/// The line from the kernel's name on, where what is left of a log's prefix stands in front: `pier kernel: `, `08:10:11 kernel: `.
fn named(line: &str) -> Option<&str> {
    const LONGEST: usize = 60;
    let at = text::find(text::head(line, LONGEST), " kernel: ")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" :.-_+".contains(&byte);
    let words = line[..at].split_ascii_whitespace().count();
    (words <= 2 && line[..at].bytes().all(plain)).then(|| &line[at + 1..])
}

/// The line from the kernel's time on, `[   82.646346] `, whoever wrote in front of it when or where it was read.
fn clocked(line: &str) -> Option<&str> {
    const LONGEST: usize = 80;
    let head = text::head(line, LONGEST).as_bytes();
    memchr::memchr_iter(b'[', head)
        .filter(|at| *at > 0 && matches!(head[at - 1], b' ' | b']' | b':' | b'>' | b'|'))
        .find(|at| {
            let inner = line[at + 1..].split_once(']').map(|(inner, _)| inner);
            inner.is_some_and(is_clock)
        })
        .map(|at| &line[at..])
}

/// Seconds since the start as the kernel prints them, `   82.646346`; a page may leave one of several blanks.
fn is_clock(inner: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    inner.len() <= 20
        && inner
            .trim_start()
            .split_once('.')
            .is_some_and(|(whole, parts)| parts.len() == 6 && digits(parts) && digits(whole))
}

/// The line behind one mark.
fn mark(line: &str) -> Option<&str> {
    match line.as_bytes() {
        [b'k', b'e', b'r', b'n', b'e', b'l', b':', ..] => {
            let rest = &line["kernel:".len()..];
            Some(rest.strip_prefix(' ').unwrap_or(rest))
        }
        // `dmesg -x` names who said it and how bad it is.
        [b'k', b'e', b'r', b'n', b' ', ..] => {
            let (level, rest) = line["kern".len()..]
                .trim_start()
                .strip_prefix(':')?
                .split_once(": ")?;
            level
                .trim_end()
                .bytes()
                .all(|byte| byte.is_ascii_lowercase())
                .then_some(rest)
        }
        // A record of `/dev/kmsg` and of the console over a network: level, count, microseconds: `6,1234,82646346,-;`.
        [b'0'..=b'9', ..] => {
            let (fields, rest) = text::head(line, 60)
                .find(';')
                .map(|at| (&line[..at], &line[at + 1..]))?;
            let mut parts = fields.split(',');
            let numbers = parts
                .by_ref()
                .take(3)
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
            (numbers && matches!(parts.next(), Some("-" | "c"))).then_some(rest)
        }
        // The level as a number: `<4>`.
        [b'<', b'0'..=b'9', b'>', ..] => Some(&line[3..]),
        [b'<', b'0'..=b'9', b'0'..=b'9', b'>', ..] => Some(&line[4..]),
        [b'[', ..] => {
            let (inner, rest) = line[1..].split_once(']')?;
            let known = inner.len() <= 40 && (is_time(inner) || is_task(inner));
            known.then(|| rest.strip_prefix(' ').unwrap_or(rest))
        }
        _ => None,
    }
}

/// Seconds since the start, or since the line above; a date of `dmesg -T`, `dmesg -H` and `dmesg --time-format iso`.
fn is_time(inner: &str) -> bool {
    let inner = inner.trim();
    let seconds = inner.strip_prefix('+').unwrap_or(inner);
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((whole, parts)) = seconds.split_once(['.', ','])
        && number(whole)
        && number(parts)
        && parts.len() >= 3
    {
        return true;
    }
    let colons = inner.bytes().filter(|byte| *byte == b':').count();
    let dated = |names: &str| {
        inner
            .get(..3)
            .is_some_and(|name| names.split(' ').any(|known| known == name))
    };
    let plain = inner
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b" :,.+-".contains(&byte));
    plain
        && (colons == 2 && dated("Mon Tue Wed Thu Fri Sat Sun")
            || colons == 1 && dated("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
            || colons >= 2 && inner.as_bytes().get(10) == Some(&b'T'))
}

/// The task or the processor that printed it: `T5678`, `   C0`.
fn is_task(inner: &str) -> bool {
    let number = inner.trim().strip_prefix(['T', 'C']);
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_of_the_kernels_lines() {
        for line in [
            "kernel: BUG: no bay",
            "kernel:BUG: no bay",
            "kernel: [  12.100001] BUG: no bay",
            "pier kernel: BUG: no bay",
            "08:10:11 kernel: BUG: no bay",
            "[  12.100001] BUG: no bay",
            "[   +0.000003] BUG: no bay",
            "[Nov22 08:10] BUG: no bay",
            "[Sun Nov 22 08:10:11 2026] BUG: no bay",
            "[2026-11-22T08:10:11,100001+00:00] BUG: no bay",
            "[  12.100001][ T5678] BUG: no bay",
            "<1>[  12.100001] BUG: no bay",
            "kern  :alert : [  12.100001] BUG: no bay",
            "16:56:35 [ 12.100001] BUG: no bay",
            "2026-11-22T08:10:11.123Z [   12.100001] BUG: no bay",
            "[08:10:11.123] [   12.100001] BUG: no bay",
            "pier login: [   12.100001][   T12] BUG: no bay",
            "6,1234,12100001,-;BUG: no bay",
            "4,31,12100001,-,caller=T12;BUG: no bay",
            "[console] [   12.100001] BUG: no bay",
        ] {
            assert_eq!(unmarked(line), Some("BUG: no bay"), "{line}");
        }
        for line in [
            "[   1312]  1000  1312   533424    64035",
            "[c000003fdc18bc80] [c000000000159400] dock_open+0x160/0x5f0",
            "[<ffffffff815daee8>] dock_open+0x18/0x90",
            "[12:00:01] BUG: no bay",
            "saw it in [12.5] BUG: no bay",
            "<TASK>",
        ] {
            assert_eq!(unmarked(line), None, "{line}");
        }
    }
}
