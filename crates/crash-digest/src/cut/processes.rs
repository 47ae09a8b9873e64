//! Finds the process that a report is about among those of a document, and what else the document has of it.

use super::pieces::Piece;
use crate::grammar::{self, Printers};
use crate::text;

/// The process of a document with several that is the app's: by its name, else the first.
pub(crate) fn choose_process(pieces: &[Piece<'_>], wanted: Option<&str>) -> usize {
    let named = wanted.and_then(|wanted| {
        pieces.iter().find(|piece| {
            let heading = text::after(piece.heading, ">>> ", b" <");
            heading == Some(wanted)
                || piece.header.is_none()
                    && text::lines(piece.text).take(12).any(|line| {
                        text::trim(line)
                            .strip_prefix("Cmd line:")
                            .is_some_and(|name| process_matches(name.trim(), wanted))
                    })
        })
    });
    named
        .filter(|piece| piece.process > 0 || piece.header.is_some())
        .map(|piece| piece.process)
        .or_else(|| {
            // A text may begin at the end of another process.
            let of = |piece: &&Piece<'_>| {
                piece
                    .header
                    .is_some_and(|header| header.name == Some("main"))
            };
            let first = || pieces.iter().find(|piece| piece.header.is_some());
            let process = pieces.iter().find(of).or_else(first);
            process.map(|piece| piece.process)
        })
        .map_or(0, |process| fuller(pieces, busiest(pieces, process)))
}

/// A manual shows the same native crash twice, as the phone wrote it and with its symbols: the copy that has more names and places
/// of the source is of it.
fn fuller(pieces: &[Piece<'_>], process: usize) -> usize {
    let Some(heading) = native_heading(pieces, process) else {
        return process;
    };
    // Names and places, of frames and on lines of their own below them.
    let told = |line: &str| {
        let frame = line
            .find('#')
            .and_then(|at| grammar::read_as(Printers::Android, &line[at..]));
        let named = frame.is_some_and(|frame| frame.function.is_some());
        usize::from(named) + usize::from(text::file_line(line).1.is_some())
    };
    let told = |piece: &Piece<'_>| {
        text::lines(piece.text)
            .map(|line| told(text::trim(line)))
            .sum::<usize>()
    };
    let copies = pieces.iter().filter(|piece| piece.heading == heading);
    let mut best = (process, 0);
    for copy in copies {
        let count = told(copy);
        if count > best.1 {
            best = (copy.process, count);
        }
    }
    best.0
}

/// The heading of a process's native crash, `pid: 4711, tid: 4720, name: Render  >>> com.acme.orbit <<<`, where it tells a number:
/// consoles print 0.
pub(crate) fn native_heading<'a>(pieces: &[Piece<'a>], process: usize) -> Option<&'a str> {
    let mut of_process = pieces.iter().filter(|piece| piece.process == process);
    let heading =
        of_process.find_map(|piece| piece.heading.strip_prefix("pid: ").map(|_| piece.heading))?;
    text::digits(&heading[5..])
        .is_some_and(|(number, _)| number.bytes().any(|byte| byte != b'0'))
        .then_some(heading)
}

/// Android may have dumped the same process twice. The dump in which its main thread waits for nothing but work tells nothing of
/// why it did not answer: another is of it.
fn busiest(pieces: &[Piece<'_>], process: usize) -> usize {
    let main = |piece: &&Piece<'_>| {
        let name = piece.header.and_then(|header| header.name);
        name == Some("main")
    };
    let idle = |piece: &Piece<'_>| text::has(piece.text, "MessageQueue.nativePollOnce");
    let of_process = |piece: &&Piece<'_>| piece.process == process;
    let chosen = pieces.iter().filter(of_process).find(main);
    if !chosen.is_some_and(idle) {
        return process;
    }
    let again = same_process(pieces, process).filter(main);
    let mut busy = again.filter(|piece| !idle(piece));
    busy.next().map_or(process, |piece| piece.process)
}

/// What is in other dumps of the process whose dump this is.
pub(crate) fn same_process<'p, 'a>(
    pieces: &'p [Piece<'a>],
    process: usize,
) -> impl Iterator<Item = &'p Piece<'a>> {
    let pid = pieces
        .iter()
        .filter(|piece| piece.process == process)
        .find_map(|piece| dumped(piece))
        .map(|(pid, _)| pid);
    let mut same = false;
    pieces.iter().filter(move |piece| {
        if let Some((other, _)) = dumped(piece) {
            same = pid == Some(other);
        }
        same && piece.process != process
    })
}

/// Number and time from the heading of a process's dump: `----- pid 29533 at 2026-10-16 00:48:06 -----`.
pub(crate) fn dumped<'a>(piece: &Piece<'a>) -> Option<(&'a str, &'a str)> {
    let heading = text::lines(piece.text)
        .next()
        .filter(|_| piece.header.is_none())?;
    let (pid, time) = text::word(text::trim(heading).strip_prefix("----- pid ")?);
    Some((pid, time.strip_prefix("at ")?.trim_end_matches([' ', '-'])))
}

/// `com.acme.orbit` and its further processes, `com.acme.orbit:push`, of which the app's own is the plain one.
fn process_matches(name: &str, wanted: &str) -> bool {
    let name = name.split(' ').next().unwrap_or(name);
    name == wanted
}
