//! Prefixes and tails of logs that no table knows, found by what they stand beside: `[        ] frame #0: …`,
//! `Android  PID  19632: [17:54:16]  DEBUG(0) - Fatal   - #00 pc …`, `…: com.acme.orbit` behind every line.

use crate::grammar::{self, Printers};
use crate::log_prefix;
use crate::text;

/// Lines of the head that are looked at.
const HEAD: usize = 400;
/// A prefix is at most so long.
const LONGEST: usize = 160;
/// What a prefix ends with.
const ENDS: [&str; 7] = ["] ", ": ", " - ", ") ", "| ", "} ", " > "];

/// The text without the prefix that most of its frames have; `None` where frames begin their lines.
pub(super) fn without_prefix(text: &str) -> Option<String> {
    let mut shapes: Vec<(String, usize)> = Vec::new();
    let mut bare = 0;
    let lines = text::lines(text).filter(|line| !line.trim().is_empty());
    for line in lines.take(HEAD) {
        let trimmed = text::trim(line);
        if counted(line).is_none() && (of_runtime(trimmed) || grammar::read(trimmed).is_some()) {
            bare += 1;
        } else if let Some(at) = prefix(line) {
            let mut shape = shape(&line[..at]);
            // `grep` marks the lines that it found and those around them.
            if shape == "0:" {
                "0-".clone_into(&mut shape);
            }
            if let Some((_, hits)) = shapes.iter_mut().find(|(known, _)| *known == shape) {
                *hits += 1;
            } else if shapes.len() < 16 {
                shapes.push((shape, 1));
            }
        }
    }
    let (shape, hits) = shapes.into_iter().max_by_key(|(_, hits)| *hits)?;
    if hits < 2 || hits <= bare {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for line in text::lines(text) {
        let fits = fitting(line, &shape);
        let at = fits.or_else(|| logged(line));
        // Another record of the log, perhaps of another level, is no more of the one above it.
        let other = fits.is_none() && at.is_some_and(|at| at > 0);
        if other {
            out.push('\n');
        }
        let said = at.map_or(line, |at| &line[at..]);
        // `monkey` prints its mark behind the word as well: `// Caused by: // java.io.IOException`.
        let (cause, thrown) = said
            .strip_prefix("Caused by: // ")
            .map_or(("", said), |thrown| ("Caused by: ", thrown));
        out.push_str(cause);
        out.push_str(thrown);
        out.push_str(if other { "\n\n" } else { "\n" });
    }
    Some(out)
}

/// The text without a word of the logger's in brackets that all of its lines begin with, `[CRASH] Exception Code: 0xC0000005`;
/// `None` where it is a level that is known, or where frames begin so. Shorter words are hosts of scripts, whose readers know them.
pub(super) fn without_word(text: &str) -> Option<String> {
    const FEWEST: usize = 3;
    let lines = || text::lines(text).filter(|line| !line.trim().is_empty());
    let first = lines().next()?;
    let (word, _) = first.strip_prefix('[')?.split_once("] ")?;
    // AMX Mod X marks its own reports.
    let plain = (4..=24).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && word != "AMXX";
    let mark = &first[..word.len() + 2];
    let shared = plain && lines().all(|line| line.starts_with(mark));
    let known = || log_prefix::read(first).is_some();
    let framed = || lines().take(HEAD).any(|line| grammar::read(line).is_some());
    if !shared || lines().nth(FEWEST - 1).is_none() || known() || framed() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for line in text::lines(text) {
        let said = line.strip_prefix(mark).unwrap_or(line);
        out.push_str(said.strip_prefix(' ').unwrap_or(said));
        out.push('\n');
    }
    Some(out)
}

/// Where a frame begins behind a prefix.
fn prefix(line: &str) -> Option<usize> {
    let head = text::head(line, LONGEST);
    let sure = |rest: &str| of_runtime(rest) || is_sure(rest) && grammar::read(rest).is_some();
    let logged = logged(line).filter(|&at| sure(text::trim(&line[at..])));
    let pod = of_pod(head).filter(|&at| sure(text::trim(&line[at..])));
    let comment = comment(head).filter(|&at| sure(text::trim(&line[at..])));
    let mut best: Option<usize> = logged.or_else(|| counted(head)).or(pod).or(comment);
    for end in ENDS {
        for (at, _) in head.match_indices(end) {
            let at = at + end.len();
            let rest = text::trim(&line[at..]);
            if best.is_none_or(|best| at < best) && sure(rest) {
                best = Some(at);
            }
        }
    }
    best
}

/// How a comment begins: Android's `monkey` prints a report behind `// `, people put one into a source.
fn comment(head: &str) -> Option<usize> {
    let mark = ["//", "#", ";", "*", "--"]
        .iter()
        .find(|mark| head.starts_with(**mark))?;
    let blank = usize::from(head[mark.len()..].starts_with(' '));
    Some(mark.len() + blank)
}

/// A pod and its container, as `stern` prints them: `orbit-7f9c orbit panic: …`.
fn of_pod(head: &str) -> Option<usize> {
    let (pod, rest) = head.split_once(' ')?;
    let (container, behind) = rest.split_once(' ')?;
    let named = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
            })
    };
    (named(pod) && named(container) && pod.contains('-')).then(|| head.len() - behind.len())
}

/// Where the words behind a logger's prefix begin.
fn logged(line: &str) -> Option<usize> {
    let prefix = log_prefix::read(line)?;
    Some(line.len() - prefix.said.len())
}

/// A frame behind a line's number, as `grep -n` prints it: `868-    #35 0x7c00 in f()`, `868:    #35 …`.
fn counted(head: &str) -> Option<usize> {
    let (number, rest) = text::digits(head)?;
    let behind = text::trim(rest.strip_prefix(['-', ':'])?);
    (is_sure(behind) && grammar::read(behind).is_some()).then_some(number.len() + 1)
}

/// The head of a tombstone: `pid: 4711, tid: 4712, name: Render  >>> com.acme.orbit <<<`, `signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), …`.
/// Go's lines, of which no frame is whole by itself: `goroutine 7 [running]:`, `/srv/orbit/dock.go:31 +0x1d`.
/// Python's: `Traceback (most recent call last):`, `File "/srv/orbit/dock.py", line 31, in open`. `HotSpot`'s compiled
/// methods: `J 512 c2 com.acme.Ship.fire()V (33 bytes) @ 0x00007f02 [0x00007f01+0x10]`.
fn of_runtime(rest: &str) -> bool {
    rest.starts_with("Traceback (most recent")
        || rest.starts_with("File \"") && text::has(rest, "\", line ")
        || rest.starts_with("goroutine ") && rest.ends_with("]:")
        || rest.starts_with("panic: ")
        || rest.starts_with("J ") && text::has(rest, " bytes) @ 0x")
        || rest.starts_with("pid: ") && text::has(rest, ", tid: ")
        || rest.starts_with("signal ") && text::has(rest, " (SIG") && text::has(rest, ", code ")
        || rest.starts_with("Abort message: '")
        || rest.starts_with("# ") && is_of_hotspot(rest[1..].trim_start())
        || rest.starts_with('/') && text::has(rest, " +0x") && text::has(rest, ".go:")
}

/// The lines of `HotSpot`'s summary on the console: `#  SIGSEGV (0xb) at pc=0x00007f02, pid=4711, tid=4712`,
/// `# V  [libjvm.so+0x2ea2b7]  Dock::open(int)+0x41`.
fn is_of_hotspot(rest: &str) -> bool {
    rest.starts_with("A fatal error has been detected by the Java Runtime")
        || text::has(rest, ") at pc=0x") && text::has(rest, ", pid=")
        || matches!(
            rest.as_bytes(),
            [b'C' | b'V' | b'J' | b'j' | b'v', b' ', b' ', b'[', ..]
        ) && text::has(rest, "+0x")
}

/// A frame's beginning that is no word of a sentence.
fn is_sure(rest: &str) -> bool {
    let rest = rest.strip_prefix("* ").unwrap_or(rest);
    match rest.as_bytes() {
        [b'#', second, ..] => second.is_ascii_digit(),
        [b'@', b' ', ..] | [b'a', b't', b' ', ..] => true,
        [b'0'..=b'9', ..] => is_row_of_apple(rest),
        _ => rest.starts_with("frame #"),
    }
}

/// A row in Apple's columns: `3   Orbit   0x000000010f4e2cc9 -[Dock open:] + 245`.
fn is_row_of_apple(rest: &str) -> bool {
    text::digits(rest).is_some_and(|(_, rest)| rest.starts_with("  ") && text::has(rest, " 0x0000"))
        && grammar::read_as(Printers::Apple, rest).is_some()
}

/// The prefix with every run of digits as one `0`.
fn shape(prefix: &str) -> String {
    let mut out = String::with_capacity(prefix.len());
    for c in prefix.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('0') {
            out.push('0');
        }
    }
    out
}

/// How much of the line has this shape; `None` when its beginning is another's.
fn fitting(line: &str, shape: &str) -> Option<usize> {
    let mut rest = line;
    for c in shape.chars() {
        if c == '0' {
            let (_, after) = text::digits(rest)?;
            rest = after;
        } else {
            let rest_of_mark = if shape == "0-" {
                rest.strip_prefix(['-', ':'])
            } else {
                rest.strip_prefix(c)
            };
            rest = rest_of_mark.or_else(|| {
                // The blank at the end of an empty line is often cut.
                (c == ' ' && rest.is_empty()).then_some(rest)
            })?;
        }
    }
    Some(line.len() - rest.len())
}

/// The text without the package that a console wrote behind every line: `backtrace:: com.acme.orbit`.
pub(super) fn without_tail(text: &str) -> Option<String> {
    let mut lines = text::lines(text).filter(|line| !line.trim().is_empty());
    let first = lines.next()?;
    let (_, tail) = first.rsplit_once(": ")?;
    let package = tail.split('.').count() >= 3
        && tail
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'));
    if !package {
        return None;
    }
    let tail = &first[first.len() - tail.len() - 2..];
    let mut others = 0;
    for line in lines {
        if !line.ends_with(tail) {
            return None;
        }
        others += 1;
    }
    if others < 2 {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for line in text::lines(text) {
        out.push_str(line.strip_suffix(tail).unwrap_or(line));
        out.push('\n');
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_comes_off_where_frames_stand_behind_it() {
        let text = "orbit[7] 12:00:01 -> caught\n\
                    orbit[7] 12:00:02 #0 0x55d0 in a::b() /src/a.cpp:3\n\
                    orbit[7] 12:00:02 #1 0x55d1 in c::d() /src/c.cpp:4\n";
        // A time in front ends with a blank alone, which sentences have as well.
        assert_eq!(without_prefix(text), None);
        let text = text.replace(" -> ", " - ").replace(" #", " - #");
        assert_eq!(
            without_prefix(&text).unwrap(),
            "caught\n#0 0x55d0 in a::b() /src/a.cpp:3\n#1 0x55d1 in c::d() /src/c.cpp:4\n"
        );
        assert_eq!(
            without_prefix("at a.b(C.java:1)\nnote: see at d.e(F.java:1)\n"),
            None
        );
    }

    #[test]
    fn a_tail_comes_off_where_every_line_has_it() {
        let text = "signal 11: com.acme.orbit\nbacktrace:: com.acme.orbit\n#00: com.acme.orbit\n";
        assert_eq!(without_tail(text).unwrap(), "signal 11\nbacktrace:\n#00\n");
        assert_eq!(
            without_tail("caused by: com.acme.Orbit\nat x\nat y\n"),
            None
        );
    }
}
