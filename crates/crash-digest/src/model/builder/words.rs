//! Words before the frames, and what they say of an exception.

use crate::model::exception;
use crate::model::printers::panic_place;
use crate::model::telling::Telling;
use crate::model::thrown::Exception;
use crate::text;

/// Words before the frames.
#[derive(Default)]
pub(super) struct Words<'a> {
    /// How much they say of an exception.
    pub(super) telling: Telling,
    /// The line that they begin with.
    pub(super) line: &'a str,
    /// Their paragraph has ended.
    pub(super) ended: bool,
    /// Lines of another kind stood behind them.
    pub(super) cut: bool,
    /// The head of Flutter's box, which explains behind what was thrown, and names the widget.
    pub(super) boxed: &'a str,
    /// A blank line stood between them and the first frame.
    pub(super) apart: bool,
}

/// What Objective-C says of an object that does not know a message, in a log's line:
/// `… Orbit[4711:31] -[Dock open]: unrecognized selector sent to instance 0x6080`.
pub(super) fn unknown_message(line: &str) -> Option<&str> {
    let at = text::find(line, "]: unrecognized selector sent to ")?;
    let begins = text::rfind(&line[..at], "-[").or_else(|| text::rfind(&line[..at], "+["))?;
    Some(&line[begins..])
}

/// Whether C's assertion has said all on its line, `hold != 0, file ship.cpp, line 31`, or PHP: `… in /srv/dock.php on line 31`.
pub(super) fn is_complete(message: &str) -> bool {
    // The shell has said all of a program that a signal ended.
    if message.ends_with("(core dumped)") {
        return true;
    }
    let message = message.strip_suffix('.').unwrap_or(message);
    let number = text::rsplit_once(message, ", line ")
        .or_else(|| {
            text::rsplit_once(message, " on line ").filter(|(place, _)| {
                matches!(place.as_bytes(), [.., b'.', b'p', b'h', b'p'])
                    || place.ends_with("eval()'d code")
            })
        })
        .map(|(_, number)| number);
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether Perl has said all on its line: `… at /srv/lib/Dock.pm line 31.`
pub(super) fn is_complete_in_perl(message: &str) -> bool {
    let place = message
        .strip_suffix('.')
        .and_then(|front| text::rsplit_once(front, " line "));
    place.is_some_and(|(front, number)| {
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        digits && text::rsplit_once(front, " at ").is_some()
    })
}

/// Whether an older Rust has said all on its line: `thread 'main' panicked at 'no bay', src/dock.rs:31:9`.
pub(super) fn is_complete_in_rust(line: &str) -> bool {
    line.starts_with("thread '")
        && text::split_once(line, " panicked at ")
            .is_some_and(|(_, said)| panic_place(said).is_some())
}

/// Whether Objective-C has said all on its line: `*** Terminating app due to uncaught exception 'OrbitLost', reason: 'no bay'`.
pub(super) fn is_complete_in_quotes(line: &str) -> bool {
    line.starts_with("*** Terminating app due to uncaught exception '")
        && line.ends_with('\'')
        && text::has(line, "', reason: '")
}

/// Whether a log's line begins, with its time in front: no message goes on there.
pub(super) fn is_logged(line: &str) -> bool {
    let stamped = match line.as_bytes() {
        [b'[', second, ..] => second.is_ascii_digit(),
        [first, second, ..] => first.is_ascii_digit() && second.is_ascii_digit(),
        _ => false,
    };
    // A time has two colons, or a date its two dashes.
    stamped
        && line
            .as_bytes()
            .iter()
            .take(32)
            .filter(|byte| **byte == b':')
            .count()
            >= 2
        && crate::log_prefix::read(line).is_some_and(|prefix| prefix.said.len() < line.len())
}

/// What a sanitizer said before a check of its own failed: `HWAddressSanitizer: bad pointer 0x30`.
pub(super) fn said_by_sanitizer<'a>(before: Exception<'a>, line: &'a str) -> Option<&'a str> {
    if before.name.is_some_and(|name| name.ends_with("Sanitizer")) {
        return Some(line);
    }
    let mut lines = text::lines(before.message).map(str::trim);
    lines.find(|line| text::has(line, "Sanitizer: "))
}

/// How a line says that a promise was rejected and nothing handled it: `Unhandled Rejection`, `UnhandledPromiseRejectionWarning`,
/// `Uncaught (in promise)`.
pub(super) fn rejected(line: &str) -> Option<&str> {
    const PROMISED: &str = "Uncaught (in promise)";
    let head = text::head(line, 120);
    if let Some(at) = text::find(head, PROMISED) {
        return Some(&head[at..at + PROMISED.len()]);
    }
    let start = text::find(head, "nhandled")?.checked_sub(1)?;
    let said = head.get(start..)?;
    let end = ["ejectionWarning", "ejection"]
        .iter()
        .find_map(|word| text::find(said, word).map(|at| at + word.len()))?;
    // No more than `Unhandled Promise ` stands between.
    (end <= 40).then(|| &said[..end])
}

/// What stands behind the name of the exception.
pub(super) fn said_again<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.strip_prefix(name)?.strip_prefix(": ")
}

/// A sentence or a heading that ends where a quotation begins: `We see this in the console:`, `Crash report:`.
pub(super) fn is_led_in(line: &str) -> bool {
    line.ends_with(':')
        && line.split(' ').count() >= 2
        && !text::has(line, ": ")
        && !line.contains('\n')
        && !text::has(line, "signal ")
        && exception::read(line).name.is_none()
}

/// What a log's words name behind them: `12:01 Uncaught Promise Error: ShipError: no bay`.
pub(super) fn named_inside(line: &str) -> Option<&str> {
    let mut found = None;
    for (at, _) in line.match_indices("Error: ") {
        let start = line[..at].rfind(' ').map_or(0, |blank| blank + 1);
        let named = start > 0
            && line[start..at]
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric())
            && line[start..].starts_with(|c: char| c.is_ascii_uppercase());
        if named && (start < at || found.is_none()) {
            found = Some(&line[start..]);
        }
    }
    found
}

/// An error of Lua with its place in front, perhaps behind a mark: `[ERROR] lua/dock.lua:26: attempt to index a nil value`.
pub(crate) fn is_placed_in_lua(line: &str) -> bool {
    let line = line.strip_prefix("[ERROR] ").unwrap_or(line);
    let head = text::head(line, 400);
    // Defold's files end in what they are of.
    [".lua:", "script:"].iter().any(|end| {
        text::split_once(head, end).is_some_and(|(path, rest)| {
            let placed = text::digits(rest).is_some_and(|(_, said)| said.starts_with(": "));
            let kind = *end == ".lua:"
                || path
                    .rsplit('.')
                    .next()
                    .is_some_and(|kind| matches!(kind, "" | "gui_" | "render_"));
            placed && kind && !path.is_empty() && !path.contains(' ')
        })
    })
}

/// A line that says the same in angle brackets first, as hosts of V8 log what it threw: `<TypeError: no bay> TypeError: no bay`.
pub(super) fn once(line: &str) -> &str {
    let inner = line
        .strip_prefix('<')
        .and_then(|rest| text::split_once(rest, "> "));
    match inner {
        Some((copy, said)) if said.starts_with(copy) => said,
        _ => line,
    }
}

/// Whether a line begins as rows of a stack do: `#06 dock_open`.
pub(super) fn is_row(line: &str) -> bool {
    let row = line.strip_prefix('#').and_then(text::digits);
    row.is_some_and(|(number, rest)| number.len() == 2 && rest.starts_with(' '))
}
