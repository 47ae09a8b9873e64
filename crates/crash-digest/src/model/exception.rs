//! The line that names an exception, in the wordings of runtimes, engines and systems.

use super::lead::{LEADS, lead};
use super::printers;
use super::thrown::{Exception, is_thrown, is_type};
use crate::text;

/// Names of more than one word.
const PHRASES: [&str; 9] = [
    "Invariant Violation",
    "AddressSanitizer",
    "Assertion failed",
    "Assertion failure",
    "Ensure condition failed",
    "Fatal error",
    "Fatal Error",
    "Handled ensure",
    "JNI DETECTED ERROR IN APPLICATION",
];

/// Reads the first line of an exception; a line without a type is all message.
pub(crate) fn read(line: &str) -> Exception<'_> {
    if let Some(exception) = of_package(line) {
        return exception;
    }
    let found = worded(lead(line));
    Exception {
        message: found
            .name
            .map_or(found.message, |name| once(name, found.message))
            // React Native announces a script's stack: `…, js engine: hermes, stack:`.
            .trim_end_matches(", stack:"),
        ..found
    }
}

/// Most lines of Java, which are nothing else: `java.lang.IllegalStateException: no bay`. In all others words of printers and
/// loggers are looked for.
fn of_package(line: &str) -> Option<Exception<'_>> {
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$');
    let (name, rest) = line.split_at(line.bytes().take_while(in_name).count());
    let message = match rest {
        "" => "",
        rest => rest.strip_prefix(": ")?,
    };
    let (package, class) = name.rsplit_once('.')?;
    let qualified = line.starts_with(|c: char| c.is_ascii_lowercase())
        && package.contains('.')
        && class.starts_with(|c: char| c.is_ascii_uppercase());
    let thrown =
        package.starts_with("java.") || class.ends_with("Exception") || class.ends_with("Error");
    // Another name, a second copy of this one, marks.
    let first = message.split(' ').next().unwrap_or_default();
    let plain = |byte: u8| {
        !matches!(
            byte,
            b':' | b',' | b'(' | b'[' | b'"' | b'\'' | b'^' | b'\t'
        )
    };
    let announced = first.contains('.')
        || ["Unhandled", "Uncaught", "***"].contains(&first)
        || ["Exception", "Error"]
            .iter()
            .any(|end| first.ends_with(end));
    let fits = qualified && thrown && name.len() <= 200 && !announced && message.bytes().all(plain);
    fits.then_some(Exception {
        name: Some(name),
        message,
    })
}

/// Words around a name in quotation marks.
fn in_quotes(line: &str) -> Option<Exception<'_>> {
    let unmarked = line.strip_prefix("*** ").unwrap_or(line);
    if let Some(rest) = unmarked.strip_prefix("Terminating app due to uncaught exception '") {
        // React Native's name has the message in it, with quotes of its own.
        let (name, rest) = text::split_once(rest, "', reason: ")
            .map(|(name, _)| (name, &rest[name.len()..]))
            .or_else(|| rest.split_once('\''))
            .unwrap_or((rest, ""));
        let name = text::split_once(name, ": ").map_or(name, |(name, _)| name);
        let message = rest
            .split_once("reason: ")
            .map_or(rest, |(_, reason)| reason);
        return Some(Exception {
            name: Some(name),
            message: text::unquoted(message),
        });
    }
    // Bugsnag: `**java.lang.IllegalStateException** in **MainActivity**`, the message below it.
    if let Some(rest) = line.strip_prefix("**")
        && let Some((name, _)) = text::split_once(rest, "** in **")
        && is_type(name)
    {
        return Some(Exception {
            name: Some(name),
            message: "",
        });
    }
    // `what()` stands on the next line.
    if let Some(rest) = line.strip_prefix("terminate called after throwing an instance of '")
        && let Some((name, message)) = rest.rsplit_once('\'')
    {
        return Some(Exception {
            name: Some(name),
            message,
        });
    }
    // libc++: `libc++abi: terminating due to uncaught exception of type std::out_of_range: vector`; of Apple's own type the name
    // stands elsewhere.
    if let Some((front, rest)) = text::split_once(line, " uncaught exception of type ")
        && matches!(
            front
                .trim_start_matches("libc++abi: ")
                .trim_start_matches("libc++abi.dylib: "),
            "terminating with" | "terminating due to"
        )
        && !rest.starts_with("NSException")
    {
        let (name, message) = text::split_once(rest, ": ").unwrap_or((rest, ""));
        return Some(Exception {
            name: Some(name),
            message,
        });
    }
    // Crash loggers of mods: `Unhandled exception "EXCEPTION_ACCESS_VIOLATION" at 0x7FF6CBEE41E1 Moon.exe+06441E1`.
    if let Some(rest) = line.strip_prefix("Unhandled exception \"")
        && let Some((name, rest)) = rest.split_once('"')
    {
        let place = rest.split(['\t', '`']).next().unwrap_or(rest);
        return Some(Exception {
            name: Some(name),
            // The instruction, perhaps behind many blanks: `SkyOrbit.dll+005287E    cmp byte ptr [rax+0x1A], 0x18`.
            message: place.trim(),
        });
    }
    // Mono: `Exception of type 'System.NullReferenceException': …`, also with backticks.
    if let Some(rest) = line.strip_prefix("Exception of type ")
        && let Some(rest) = rest.strip_prefix(['`', '\''])
        && let Some((name, rest)) = rest.split_once(['`', '\''])
    {
        return Some(Exception {
            name: Some(name),
            message: rest.trim_start_matches([':', ' ']),
        });
    }
    None
}

/// What names an exception in a sentence, between marks of code: "I get `SomeError: no dock` when …".
pub(crate) fn quoted(said: &str) -> Option<&str> {
    const MOST: usize = 16;
    let mut parts = said.split('`').skip(1).step_by(2).take(MOST);
    parts.find(|part| {
        let read = read(part);
        read.name.is_some() && !read.message.is_empty()
    })
}

/// The same behind the words that printers put first.
fn worded(line: &str) -> Exception<'_> {
    if let Some(exception) = in_quotes(line) {
        return exception;
    }
    if let Some(exception) = printers::read(line) {
        return exception;
    }
    // Ruby's servers print the error as Ruby shows it: `Rack app ("GET /dock"): #<NoMethodError: no bay>`.
    if let Some(inner) = line.strip_suffix('>')
        && let Some(at) = text::rfind(inner, " #<")
        && let Some((name, message)) = text::split_once(&inner[at + 3..], ": ")
        && is_type(name)
        && is_thrown(name)
    {
        return Exception {
            name: Some(name),
            message,
        };
    }
    // Rails: `NoMethodError (undefined method `bay' for nil:NilClass):`, `ActionView::Template::Error (…):`.
    if let Some((name, message)) = line
        .strip_suffix("):")
        .and_then(|line| text::split_once(line, " ("))
        && is_thrown(name)
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b':')
    {
        return Exception {
            name: Some(name),
            message,
        };
    }
    let (left, right) =
        text::split_once(line, ": ").unwrap_or((line.strip_suffix(':').unwrap_or(line), ""));
    let left = match left.strip_suffix('!') {
        Some(phrase) if PHRASES.contains(&phrase) => phrase,
        _ => left,
    };
    // D names the place with the type: `core.exception.RangeError@source/ship.d(31)`.
    let left = match left.split_once('@') {
        Some((name, place)) if name.contains('.') && place.ends_with(')') => name,
        _ => left,
    };
    // Node adds a code: `TypeError [ERR_INVALID_ARG_TYPE]: …`.
    if let Some((name, code)) = left
        .strip_suffix(']')
        .and_then(|left| text::split_once(left, " ["))
        && is_type(name)
        // Dart's `dio` says which kind it is: `DioException [connection timeout]: …`.
        && (code
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            || is_thrown(name)
                && code
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b' '))
    {
        return Exception {
            name: Some(left),
            message: right.trim_start(),
        };
    }
    if left == "android.runtime.JavaProxyThrowable"
        && let Some(inner) = of_proxy(right.trim_start())
    {
        return inner;
    }
    if matches!(left, "Exception" | "Unhandled managed exception")
        && let Some((message, name)) = named_last(right)
    {
        return Exception {
            name: Some(name),
            message,
        };
    }
    if PHRASES.contains(&left) || is_type(left) {
        return Exception {
            name: Some(left),
            message: right.trim_start(),
        };
    }
    behind_marks(line).unwrap_or(Exception {
        name: None,
        message: line,
    })
}

/// A message with the type of its exception in brackets behind it: `The device was removed. (SharpDX.SharpDXException)`.
pub(crate) fn named_last(message: &str) -> Option<(&str, &str)> {
    let (message, name) = text::last_group(message, b'(', b')')?;
    let fits = name.contains('.') && is_type(name) && is_thrown(name);
    fits.then(|| (message.trim_end(), name))
}

/// .NET's exceptions on Android behind their wrapper: `System.NullReferenceException: …`, `[Orbit.Lost]: no ship`.
fn of_proxy(inner: &str) -> Option<Exception<'_>> {
    if let Some((name, message)) = inner
        .strip_prefix('[')
        .and_then(|rest| text::split_once(rest, "]: "))
    {
        return Some(Exception {
            name: Some(name),
            message,
        });
    }
    Some(worded(inner)).filter(|inner| inner.name.is_some())
}

/// The message without a second copy of name and message behind a comma, as Emscripten prints both.
fn once<'a>(name: &str, message: &'a str) -> &'a str {
    let half = message.len().saturating_sub(name.len() + 3) / 2;
    match message.split_at_checked(half) {
        Some((first, rest))
            if !first.is_empty()
                && rest
                    .strip_prefix(',')
                    .and_then(|rest| rest.strip_prefix(name))
                    .and_then(|rest| rest.strip_prefix(": "))
                    == Some(first) =>
        {
            first
        }
        _ => message,
    }
}

/// An exception behind marks of a log that no table knows: `CCDebug.js:216 Uncaught TypeError: …`,
/// `[db-task][query] Exception  TypeError: …`, `Runner[15637:72] flutter: RangeError (length): …`.
fn behind_marks(line: &str) -> Option<Exception<'_>> {
    const MOST: usize = 8;
    let head = text::head(line, 200);
    if !text::has(head, "Exception") && !text::has(head, "Error") {
        return None;
    }
    if let Some(announced) = behind_words(line) {
        return Some(announced);
    }
    // `Exception in the trampoline, not passed on: System.NullReferenceException: …`
    let qualified = head.match_indices(": ").find_map(|(at, _)| {
        let rest = &line[at + 2..];
        let (name, message) = text::split_once(rest, ": ").unwrap_or((rest, ""));
        let strict = name.contains('.') && is_type(name) && is_thrown(name);
        strict.then(|| Exception {
            name: Some(name),
            message: message.trim_start(),
        })
    });
    if qualified.is_some() {
        return qualified;
    }
    if let Some(said) = behind_arrow(line).or_else(|| behind_label(line)) {
        return Some(said);
    }
    let mut rest = line;
    for _ in 0..MOST {
        rest = behind_mark(rest)?;
        if let Some(lead) = LEADS.iter().find_map(|lead| rest.strip_prefix(lead)) {
            return Some(read(lead));
        }
        let (name, message) =
            text::split_once(rest, ": ").unwrap_or((rest.strip_suffix(':').unwrap_or(rest), ""));
        let bare = name.split(" (").next().unwrap_or(name);
        if is_type(name) && is_thrown(bare) {
            let message = message.trim_start();
            return Some(Exception {
                name: Some(name),
                message,
            });
        }
    }
    None
}

/// A sentence that leads to the type: `Error handling uncaught exception java.lang.Lost: no bay`, `Unity Exception LostException: …`.
fn behind_words(line: &str) -> Option<Exception<'_>> {
    let (front, message) = text::split_once(line, ": ")?;
    let (words, name) = text::rsplit_once(front, " ")?;
    let last = words.rsplit(' ').next().unwrap_or_default();
    let typed = name.contains('.') || name.starts_with(|c: char| c.is_ascii_uppercase());
    let strict = typed && is_type(name) && is_thrown(name);
    (strict && matches!(last, "exception" | "Exception" | "error" | "Error")).then(|| Exception {
        name: Some(name),
        message: message.trim_start(),
    })
}

/// A game's own log that points at what it says: `2:04:27, Frame 829, EXCEPTION »  IndexOutOfRangeException: …`.
fn behind_arrow(line: &str) -> Option<Exception<'_>> {
    let head = text::head(line, 120);
    let arrows = ["» ", "→ ", "▶ ", "› ", ">> "];
    let at = arrows
        .iter()
        .find_map(|arrow| text::find(head, arrow).map(|at| at + arrow.len()))?;
    let (name, message) = text::split_once(line[at..].trim_start(), ": ")?;
    (is_type(name) && is_thrown(name)).then(|| Exception {
        name: Some(name),
        message: message.trim_start(),
    })
}

/// A sentence, and its details behind a label: `The mod failed to dock. Technical details: NullReferenceException: …`.
fn behind_label(line: &str) -> Option<Exception<'_>> {
    let labels = ["etails", "eason", "ause", "xception", "rror"];
    let head = text::head(line, 200);
    head.match_indices(". ").find_map(|(end, _)| {
        let rest = &line[end + 2..];
        let (label, said) = text::split_once(rest, ": ")?;
        let announced = labels.iter().any(|word| label.ends_with(word));
        let (name, message) = text::split_once(said, ": ")?;
        let fits = announced && label.len() <= 40 && is_type(name) && is_thrown(name);
        fits.then(|| Exception {
            name: Some(name),
            message: message.trim_start(),
        })
    })
}

/// Whether a line begins with the type of an exception: `java.lang.IllegalStateException: …`.
pub(crate) fn names(line: &str) -> bool {
    is_type(text::split_once(line, ": ").map_or(line, |(name, _)| name))
}

/// Whether a line names an exception beyond doubt: `System.NullReferenceException: …`.
pub(crate) fn names_thrown(line: &str) -> bool {
    if line.starts_with("thread '") && text::has(line, "' panicked at ") {
        return true;
    }
    if line.starts_with("StrictMode policy violation") {
        return true;
    }
    // Such names end so, wherever the line has them.
    let named = ["Exception", "Error", ".Throwable"];
    if !named.iter().any(|end| text::has(line, end)) {
        return false;
    }
    read(line).name.is_some_and(is_thrown)
        || lead(line).split_once('(').is_some_and(|(name, _)| {
            // Dart: `MissingPluginException(No implementation found for method fire on channel orbit/hold)`.
            is_thrown(name) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// The text behind one mark: something in brackets, a word with a colon, a time, a place, a word that announces.
fn behind_mark(text: &str) -> Option<&str> {
    for (open, close) in [('[', ']'), ('(', ')'), ('<', '>')] {
        if let Some(rest) = text.strip_prefix(open) {
            let (inner, rest) = rest.split_once(close)?;
            return (inner.len() <= 60).then_some(rest.trim_start_matches([':', ' ']));
        }
    }
    let (word, rest) = text::word(text);
    let stamp = word
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"-:/.,+TZ|".contains(&byte));
    let known = matches!(
        word,
        "Uncaught"
            | "Unhandled"
            | "Exception"
            | "exception"
            | "Error"
            | "ERROR"
            | "FATAL"
            | "Fatal"
            | "error"
    );
    let label = word.ends_with(':') && word.len() <= 40;
    let process = word.ends_with(']') && word.contains('[');
    let place = text::file_line(word.strip_suffix(':').unwrap_or(word))
        .1
        .is_some();
    (word.len() < text.len() && (stamp || known || label || process || place))
        .then_some(rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_messages_come_apart() {
        let cases = [
            (
                "java.lang.RuntimeException: no ship",
                Some("java.lang.RuntimeException"),
                "no ship",
            ),
            (
                "java.lang.StackOverflowError",
                Some("java.lang.StackOverflowError"),
                "",
            ),
            ("SIGILL(ILL_ILLOPC)", Some("SIGILL(ILL_ILLOPC)"), ""),
            (
                "Exception in thread \"main\" com.starfall.SaveLost: slot 3",
                Some("com.starfall.SaveLost"),
                "slot 3",
            ),
            (
                "Uncaught TypeError: x is undefined",
                Some("TypeError"),
                "x is undefined",
            ),
            (
                "Assertion failed: Index >= 0 [File:D:/A.h] [Line: 7]",
                Some("Assertion failed"),
                "Index >= 0 [File:D:/A.h] [Line: 7]",
            ),
            (
                "Unhandled Exception: EXCEPTION_ACCESS_VIOLATION reading address 0x10",
                Some("EXCEPTION_ACCESS_VIOLATION"),
                "reading address 0x10",
            ),
            (
                "battle.lua:12: attempt to call a nil value",
                None,
                "battle.lua:12: attempt to call a nil value",
            ),
            (
                "*** Terminating app due to uncaught exception 'NSRangeException', reason: 'beyond bounds'",
                Some("NSRangeException"),
                "beyond bounds",
            ),
            (
                "thread 'net' panicked at src/net.rs:4:5:",
                Some("panic"),
                "",
            ),
            (
                "something went wrong: badly",
                None,
                "something went wrong: badly",
            ),
        ];
        for (line, name, message) in cases {
            assert_eq!(read(line), Exception { name, message }, "{line}");
        }
    }
}
