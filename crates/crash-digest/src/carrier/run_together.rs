//! Reports run together on one line: line breaks written as `#012` by a system's log, spelled `\n` by a tool, or lost in a form.

use memchr::memmem;

use crate::grammar;
use crate::text;

/// Shorter lines hold no report.
const SHORTEST: usize = 120;

/// A frame is at most so long.
const FARTHEST: usize = 4096;

/// What begins a line of a report by itself, where a blank stands before it.
const LABELS: [&str; 44] = [
    "Process: ",
    "Path: ",
    "Identifier: ",
    "Version: ",
    "Code Type: ",
    "Parent Process: ",
    "Date/Time: ",
    "OS Version: ",
    "Report Version: ",
    "Crashed Thread: ",
    "Triggered by Thread: ",
    "Exception Type: ",
    "Exception Subtype: ",
    "Exception Codes: ",
    "Exception Note: ",
    "Termination Signal: ",
    "Termination Reason: ",
    "Terminating Process: ",
    "VM Region Info: ",
    "VM Regions Near ",
    "Application Specific Information:",
    "Application Specific Signatures:",
    "Application Specific Backtrace",
    "Last Exception Backtrace:",
    "Binary Images:",
    "Register dump:",
    "Stack dump:",
    "Backtrace:",
    "Modules:",
    "Threads:",
    "System information:",
    "Unhandled exception: ",
    "Stack trace of thread ",
    "ELF object binary architecture: ",
    "Build fingerprint: ",
    "Revision: ",
    "ABI: ",
    "pid: ",
    "signal ",
    "Abort message: ",
    "backtrace:",
    "Program received signal ",
    "Program terminated with signal ",
    "(gdb) ",
];

/// How the printer begins its frames.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// `#0  0x7f…`.
    Marked,
    /// `#00 pc …`.
    Counter,
    /// Wine: `=>0 0x0040…`, `  1 0x0041…`.
    Arrow,
    /// Apple: `0 libsystem_c.dylib 0x7fff… abort + 12`.
    Apple,
}

/// Words of which one is in a text that is told apart.
pub(super) const MARKS: [&str; 9] = [
    OF_PHP,
    IN_A_ROW[0],
    IN_A_ROW[1],
    IN_A_ROW[2],
    IN_A_ROW[3],
    IN_A_ROW[4],
    "#012",
    "\\n",
    " >>> ",
];
/// What the second of two frames in a line has in front.
const IN_A_ROW: [&str; 5] = ["=>0 0x", " Crashed:", " #1 ", " #01 pc ", ".dylib 0x"];

/// The text with its lines restored; `None` where none are lost.
pub(super) fn render(document: &str) -> Option<String> {
    let spelled = spelled(document);
    let has = |mark: &str| memmem::find(document.as_bytes(), mark.as_bytes()).is_some();
    let told = has(" >>> ") && text::lines(document).any(is_tombstone);
    let php = has(OF_PHP);
    if spelled.is_none() && !told && !php && !is_marked(document) {
        return None;
    }
    let mut out = String::with_capacity(document.len() + 256);
    let mut changed = false;
    for line in text::lines(document) {
        let restored = spelled
            .filter(|mark| text::has(line, mark))
            .and_then(|mark| spelled_out(line, mark))
            .or_else(|| php.then(|| of_php(line)).flatten())
            .or_else(|| rows(line).and_then(|rows| broken(&[" ", line].concat(), rows)))
            .or_else(|| is_tombstone(line).then(|| labelled(line)));
        changed |= restored.is_some();
        out.push_str(restored.as_deref().unwrap_or(line));
        out.push('\n');
    }
    changed.then_some(out)
}

/// What stands behind the time in a log's lines that are told apart by it.
pub(super) const STAMPS: [&str; 2] = ["]: ", "] ["];

/// The text with a log's lines apart that a page ran together, `Aug 10 08:15:13 pier orbitd[781]: panic: no bayAug 10 08:15:13 pier
/// orbitd[781]: goroutine 7 [running]:`; `None` where no line holds several.
pub(super) fn stamped(document: &str) -> Option<String> {
    /// Nobody copies more from a page.
    const LONGEST: usize = 1 << 20;
    if document.len() > LONGEST {
        return None;
    }
    let mut out = String::new();
    let mut copied = 0;
    for line in text::lines(document).filter(|line| line.len() >= SHORTEST) {
        let again = stamps(line);
        // A message may name a time by itself.
        if again.len() < 2 {
            continue;
        }
        let at = text::place(document, line)?;
        out.push_str(&document[copied..at]);
        let mut from = 0;
        for to in again {
            out.extend([line[from..to].trim_end(), "\n"]);
            from = to;
        }
        out.push_str(&line[from..]);
        copied = at + line.len();
    }
    (copied > 0).then(|| out + &document[copied..])
}

/// Where a line has what it begins with once more: a date and a time, and the word behind them; or a time in brackets.
fn stamps(line: &str) -> Vec<usize> {
    let bytes = line.as_bytes();
    let is_clock = |at: usize| {
        let clock = bytes.get(at..at + 6);
        clock.is_some_and(|clock| {
            let digits = [1, 2, 4, 5].iter().all(|at| clock[*at].is_ascii_digit());
            digits && clock[0] == b':' && clock[3] == b':'
        })
    };
    let clocks = |from: usize| {
        let found = memchr::memchr_iter(b':', &bytes[from..]).map(move |at| from + at);
        found.filter(|at| is_clock(*at))
    };
    // `Aug 10 08`, `2026-08-10T08`, `[08`.
    let head = memchr::memchr_iter(b':', &bytes[..bytes.len().min(24)]).find(|at| is_clock(*at));
    let Some(head) = head.filter(|at| *at >= 9 || bytes[0] == b'[') else {
        return Vec::new();
    };
    let form = |byte: &u8| match byte {
        b'0'..=b'9' => b'0',
        b'a'..=b'z' => b'a',
        b'A'..=b'Z' => b'A',
        other => *other,
    };
    let behind = |at: usize| {
        let rest = line.get(at + 6..).unwrap_or_default();
        let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | 'Z' | ':');
        let rest = rest.trim_start_matches(part);
        match bytes[0] {
            b'[' => rest.get(..3),
            _ => Some(text::head(text::word(rest.trim_start()).0, 64)),
        }
    };
    let first = behind(head).filter(|word| !word.is_empty());
    if first.is_none() || bytes[0] == b'[' && !first.is_some_and(|rest| rest.starts_with(']')) {
        return Vec::new();
    }
    clocks(head + 6)
        .filter(|at| {
            let same = bytes[at - head..*at].iter().map(form);
            same.eq(bytes[..head].iter().map(form)) && behind(*at) == first
        })
        .map(|at| at - head)
        .filter(|at| line.is_char_boundary(*at))
        .collect()
}

/// How the text spells its line breaks, where it does so again and again.
fn spelled(document: &str) -> Option<&'static str> {
    ["#012", "\\n"].into_iter().find(|mark| {
        memmem::find_iter(document.as_bytes(), mark)
            .nth(2)
            .is_some()
    })
}

/// A line with its breaks spelled out, where frames stand between them.
fn spelled_out(line: &str, mark: &str) -> Option<String> {
    let lines = line.replace("\\r\\n", "\\n").replace(mark, "\n");
    let lines = match mark {
        "#012" => lines.replace("#011", "\t"),
        _ => lines.replace("\\t", "\t"),
    };
    let frames = lines
        .split('\n')
        .skip(1)
        .filter(|line| grammar::read(text::trim(line)).is_some());
    (frames.take(2).count() == 2).then_some(lines)
}

/// Whether a line of the text holds two frames.
fn is_marked(document: &str) -> bool {
    IN_A_ROW.iter().any(|mark| {
        let mut from = 0;
        while let Some(at) = document
            .as_bytes()
            .get(from..)
            .and_then(|rest| memmem::find(rest, mark.as_bytes()))
        {
            let at = from + at;
            let bytes = document.as_bytes();
            let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |start| start + 1);
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
            if rows(&document[start..end]).is_some() {
                return true;
            }
            from = end;
        }
        false
    })
}

/// The rows that a line holds at least two of.
fn rows(line: &str) -> Option<Rows> {
    if line.len() < SHORTEST {
        return None;
    }
    if text::has(line, "=>0 0x") && text::has(line, " 1 0x") {
        return Some(Rows::Arrow);
    }
    let marked = |first: &str, second: &str| {
        text::find(line, first)
            .is_some_and(|at| text::has(&line[at..], second) && !line[..at].ends_with('#'))
    };
    if marked("#0 ", " #1 ") {
        return Some(Rows::Marked);
    }
    if marked("#00 pc ", " #01 pc ") {
        return Some(Rows::Counter);
    }
    // A form made one line of each thread: `0 libsystem_kernel.dylib 0x1825e0bc4 mach_msg_trap + 8 1 CoreFoundation 0x…`.
    if let Some(first) = line.strip_prefix("0 ")
        && is_apple(first)
        && let Some(at) = next(first, 1, Rows::Apple)
        && next(&first[at..], 2, Rows::Apple).is_some()
    {
        return Some(Rows::Apple);
    }
    let crashed = text::find(line, " Crashed:").map(|at| &line[at..])?;
    next(crashed, 0, Rows::Apple)
        .and_then(|at| next(&crashed[at..], 1, Rows::Apple))
        .map(|_| Rows::Apple)
}

/// The line broken before its frames and labels.
fn broken(line: &str, rows: Rows) -> Option<String> {
    let mut at = labels(line);
    let labelled = at.clone();
    // Each stack counts from 0, and begins behind a label or where the last one ended.
    let (mut from, mut count, mut frames) = (0_usize, 0, 0);
    let mut first = next(line, 0, rows);
    loop {
        let window = text::head(&line[from..], FARTHEST);
        let going_on = next(window, count, rows).map(|at| from + at);
        let (found, number) = match (going_on.filter(|_| count > 0), first) {
            (Some(found), Some(first)) if found < first => (found, count),
            (Some(found), None) => (found, count),
            (_, Some(first)) => (first, 0),
            (None, None) => break,
        };
        at.push(found);
        frames += 1;
        count = number + 1;
        from = found + 1;
        if number == 0 {
            first = line
                .get(from..)
                .and_then(|rest| next(rest, 0, rows))
                .map(|at| from + at);
        }
    }
    if frames < 2 {
        return None;
    }
    // Behind Wine's last frame: the instruction.
    if rows == Rows::Arrow
        && let Some(last) = at.last().copied()
        && let Some(end) = line.get(last..).and_then(|rest| text::find(rest, ") 0x"))
    {
        at.push(last + end + 2);
    }
    at.extend(labelled);
    at.sort_unstable();
    at.dedup();
    let mut out = String::with_capacity(line.len() + at.len());
    let mut from = 0;
    for to in at {
        out.push_str(line.get(from..to)?.trim());
        if to > 0 {
            out.push('\n');
        }
        from = to;
    }
    out.push_str(line.get(from..)?.trim());
    Some(out)
}

/// Whether a line holds the head of a tombstone: `ABI: 'arm' pid: 4100, tid: 4155, name: Dock >>> com.acme.orbit <<< uid: 7
/// signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x8`.
fn is_tombstone(line: &str) -> bool {
    line.len() >= SHORTEST
        && ["pid: ", " >>> ", " <<<", " signal ", " (SIG"]
            .iter()
            .all(|mark| text::has(line, mark))
}

/// The head of a tombstone with a line for each label.
pub(super) fn labelled(line: &str) -> String {
    let mut at = labels(line);
    for label in [
        " uid: ",
        " Timestamp: ",
        " Cause: ",
        " r0 ",
        " x0 ",
        " rax ",
        " eax ",
    ] {
        at.extend(text::find(line, label).map(|at| at + 1));
    }
    at.sort_unstable();
    at.dedup();
    let mut out = String::with_capacity(line.len());
    let mut from = 0;
    for to in at {
        out.push_str(line[from..to].trim_end());
        out.push('\n');
        from = to;
    }
    out.push_str(&line[from..]);
    out
}

/// Where the frames of PHP begin.
const OF_PHP: &str = "Stack trace: #0 ";

/// PHP's error whose lines were joined: `… in /srv/dock.php:66 Stack trace: #0 /srv/index.php(7): open() #1 {main} thrown in
/// /srv/dock.php on line 66`.
fn of_php(line: &str) -> Option<String> {
    let at = text::find(line, OF_PHP)?;
    let mut out = [line[..at].trim_end(), "\nStack trace:\n"].concat();
    let mut rest = &line[at + OF_PHP.len() - "#0 ".len()..];
    for number in 1_u32.. {
        let next = format!(" #{number} ");
        let Some(at) = text::find(text::head(rest, FARTHEST), &next) else {
            break;
        };
        out.extend([&rest[..at], "\n"]);
        rest = &rest[at + 1..];
    }
    let (last, end) = text::split_once(rest, " thrown in ").unwrap_or((rest, ""));
    out.push_str(last.trim_end());
    if !end.is_empty() {
        out.extend(["\n  thrown in ", end]);
    }
    Some(out)
}

/// Where labels and headings of threads begin.
fn labels(line: &str) -> Vec<usize> {
    let mut at: Vec<usize> = Vec::new();
    for label in LABELS {
        at.extend(
            memmem::find_iter(line.as_bytes(), label)
                .filter(|at| *at > 0 && line.as_bytes()[at - 1] == b' ')
                .filter(|at| !is_tail(&line[..*at], label)),
        );
    }
    // `Thread 3 Crashed:: Dispatch queue: x`, `Thread 4:`, `Thread 5 name: x`.
    for found in memmem::find_iter(line.as_bytes(), "Thread ") {
        let heading = text::digits(&line[found + 7..]).is_some_and(|(_, rest)| {
            [":", " Crashed:", " name:", " crashed with "]
                .iter()
                .any(|mark| rest.starts_with(mark))
        });
        // `Triggered by Thread: 0` and `Crashed Thread: 0` have no number there.
        if heading && (found == 0 || line.as_bytes()[found - 1] == b' ') {
            at.push(found);
        }
    }
    at
}

/// Whether a label is the end of a longer one: `Parent Process: `, `OS Version: `.
fn is_tail(front: &str, label: &str) -> bool {
    let longer: &[&str] = match label {
        "Process: " => &["Parent ", "Terminating "],
        "Version: " => &["OS ", "Report ", "Bridge "],
        "signal " => &["received ", "with ", "Fatal "],
        _ => &[],
    };
    longer.iter().any(|word| front.ends_with(word))
}

/// Where the frame of this number begins.
fn next(text: &str, number: u32, rows: Rows) -> Option<usize> {
    let needle = match rows {
        Rows::Marked => format!("#{number} "),
        Rows::Counter => format!("#{number:02} pc "),
        Rows::Arrow if number == 0 => "=>0 0x".to_owned(),
        Rows::Arrow => format!(" {number} 0x"),
        Rows::Apple => format!(" {number} "),
    };
    memmem::find_iter(text.as_bytes(), &needle)
        .find(|at| rows != Rows::Apple || is_apple(&text[at + needle.len()..]))
}

/// Whether an image, of at most some words, and an address follow.
fn is_apple(rest: &str) -> bool {
    let mut words = text::head(rest, 400).split_whitespace();
    let image = words.next().unwrap_or_default();
    let begins = image.starts_with(|c: char| c.is_ascii_alphabetic() || c == '?');
    begins && words.take(4).any(|word| word.starts_with("0x"))
}

#[cfg(test)]
mod tests {
    use super::{render, stamped};

    #[test]
    fn a_logs_lines_come_back() {
        let line = "Aug 10 08:15:13 pier orbitd[781]: panic: no bay, and none since we looked the last timeAug 10 08:15:13 pier orbitd[781]: goroutine 7 [running]:Aug 10 08:15:14 pier orbitd[781]: main.open(0x1)";
        assert_eq!(
            stamped(&["first\n", line, "\nlast\n"].concat()).as_deref(),
            Some(
                "first\nAug 10 08:15:13 pier orbitd[781]: panic: no bay, and none since we looked the last time\nAug 10 08:15:13 pier orbitd[781]: goroutine 7 [running]:\nAug 10 08:15:14 pier orbitd[781]: main.open(0x1)\nlast\n"
            )
        );
        for line in [
            "2026-08-10 08:15:13 closed from 2026-08-09 00:00:00 until 2026-08-11 00:00:00, and then from 2026-08-12 00:00:00 on, as said before",
            "08:15:13 orbit opens at 09:00:00 and at 10:00:00 and at 11:00:00 and at 12:00:00, and whatever the harbour master says of it",
            "Aug 10 08:15:13 pier",
        ] {
            assert_eq!(stamped(line), None, "{line}");
        }
    }

    #[test]
    fn lines_come_back() {
        let filler = "x".repeat(100);
        assert_eq!(
            render(&format!(
                "Jan 1 host c[1]: {filler}#012#012#0  0x1 f (a.so + 0x1)#012#1  0x2 g (a.so + 0x2)"
            ))
            .as_deref(),
            Some(
                format!(
                    "Jan 1 host c[1]: {filler}\n\n#0  0x1 f (a.so + 0x1)\n#1  0x2 g (a.so + 0x2)\n"
                )
                .as_str()
            )
        );
        assert_eq!(
            render(&format!("{filler} Backtrace: =>0 0x1 in hull (+0x1) (0x1)   1 0x2 in hull (+0x2) (0x2) 0x1: mov Modules: PE"))
                .as_deref(),
            Some(format!("{filler}\nBacktrace:\n=>0 0x1 in hull (+0x1) (0x1)\n1 0x2 in hull (+0x2) (0x2)\n0x1: mov\nModules: PE\n").as_str())
        );
        for other in [
            "#012 #012 #012",
            "see #0 and #1 of the list",
            " #1 ",
            "=>0 0x",
            "Thread 0 Crashed:\n0 a 0x1 b + 1\n1 a 0x2 c + 2\n",
            "\\n\\n\\n\\n",
        ] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
