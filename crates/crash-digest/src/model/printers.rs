//! Exceptions in the words of certain printers: Visual Studio, Laravel, Flutter, Rust and Zig, Unreal, signals, Bugly.

use super::thrown::{Exception, is_thrown, is_type};
use crate::text;

/// Reads a line that one of them printed.
pub(super) fn read(line: &str) -> Option<Exception<'_>> {
    if let Some(name) = visual_studio(line) {
        return Some(Exception {
            name: Some(name),
            message: "",
        });
    }
    // Older PHP: `exception 'ErrorException' with message 'no dock' in /srv/Dock.php:129`, and a code of discord.js behind a
    // name: `DiscordAPIError[10062]: Unknown interaction`.
    let quoted = line
        .strip_prefix("exception '")
        .or_else(|| line.strip_prefix("Exception '"));
    if let Some((name, rest)) = quoted.and_then(|rest| text::split_once(rest, "' with message '")) {
        return Some(Exception {
            name: Some(name),
            message: text::rsplit_once(rest, "' in ").map_or(rest, |(message, _)| message),
        });
    }
    if let Some((name, message)) = text::split_once(line, "]: ")
        && let Some((class, code)) = name.split_once('[')
        && is_thrown(class)
        && is_type(class)
        && code.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(Exception {
            name: line.get(..=name.len()),
            message,
        });
    }
    // Laravel's log: `local.ERROR: … {"exception":"[object] (TypeError(code: 0): no ship at /srv/Ship.php:31)`.
    // Other fields may stand before it, and Monolog's end behind it: `)"} []`.
    if let Some((_, rest)) = text::split_once(line, "\"exception\":\"[object] (").or_else(|| {
        line.strip_prefix("[previous exception] [object] (")
            .map(|rest| ("", rest))
    }) && let Some((name, rest)) = text::split_once(rest, "(code: ")
        && let Some((_, message)) = rest.split_once("): ")
    {
        return Some(Exception {
            name: Some(name),
            message: text::split_once(message, ")\"")
                .map_or(message, |(message, _)| message)
                .trim_end_matches(')'),
        });
    }
    if let Some(exception) = flutter(line).or_else(|| dart(line)) {
        return Some(exception);
    }
    // A person's dash for the break of the line: `NSInvalidArgumentException - [Dock open]: unrecognized selector`.
    if let Some((name, message)) = text::split_once(line, " - ")
        && !name.contains(' ')
        && is_thrown(name)
        && is_type(name)
    {
        return Some(Exception {
            name: Some(name),
            message,
        });
    }
    if let Some(exception) = panicked(line) {
        return Some(exception);
    }
    if line.starts_with("LowLevelFatalError [") {
        let (name, message) = text::word(line);
        return Some(Exception {
            name: Some(name),
            message,
        });
    }
    // `EXCEPTION_ACCESS_VIOLATION reading address 0x10`, `SIGILL(ILL_ILLOPC) at 0x7f`.
    if ["SIG", "EXC_", "EXCEPTION_"]
        .iter()
        .any(|start| line.starts_with(start))
    {
        // `EXC_BAD_ACCESS (SIGBUS)` is one name.
        if line.ends_with(')') && line.split(' ').count() == 2 && text::has(line, " (") {
            return Some(Exception {
                name: Some(line),
                message: "",
            });
        }
        let (name, message) = text::word(line);
        return Some(Exception {
            name: Some(name.trim_end_matches([':', ','])),
            message,
        });
    }
    // Bugly leaves no blank: `java.lang.RuntimeException:Unable to start activity …`.
    if let Some((name, message)) = line.split_once(':')
        && !message.is_empty()
        && !message.starts_with([' ', ':'])
        && name.contains('.')
        && is_thrown(name)
        && is_type(name)
    {
        return Some(Exception {
            name: Some(name),
            message,
        });
    }
    None
}

/// Flutter's box: `The following StateError was thrown while handling a gesture:`, the message on the next line. Of an assertion
/// it names no type; of what is no error its type, `The following Dock object was thrown`; in a browser any type that was compiled,
/// `TypeErrorImpl`, `minified:aW<void>`.
fn flutter(line: &str) -> Option<Exception<'_>> {
    let rest = line
        .strip_prefix("The following ")
        .filter(|rest| rest.ends_with(':'))?;
    let (name, _) = text::split_once(rest, " was thrown")?;
    let name = name.strip_suffix(" object").unwrap_or(name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_$.:<>?,".contains(&byte);
    let class = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(plain)
        && name.bytes().any(|byte| byte.is_ascii_uppercase());
    (name == "assertion" || class || is_type(name)).then_some(Exception {
        name: Some(name),
        message: "",
    })
}

/// Dart's exceptions put what they say in brackets: `PlatformException(sign_in, com.acme.Lost: 7, null, null)`, perhaps over lines.
fn dart(line: &str) -> Option<Exception<'_>> {
    let (name, message) = line.split_once('(')?;
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let fits = plain
        && is_thrown(name)
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && message.contains(' ');
    if !fits {
        return None;
    }
    let open = message.matches('(').count();
    let message = match message.matches(')').count() {
        closed if closed <= open => message,
        closed if closed == open + 1 => message.strip_suffix(')')?,
        _ => return None,
    };
    Some(Exception {
        name: Some(name),
        message,
    })
}

/// Visual Studio's windows: `System.NullReferenceException was unhandled`, `… was unhandled by user code`, `… occurred`,
/// `An unhandled exception of type 'System.NullReferenceException' occurred in Orbit.dll`.
fn visual_studio(line: &str) -> Option<&str> {
    let quoted = [
        "An unhandled exception of type '",
        "An exception of type '",
        "A first chance exception of type '",
        "Exception thrown: '",
    ]
    .iter()
    .find_map(|start| line.strip_prefix(start))
    .and_then(|rest| rest.split_once('\''));
    let name = match quoted {
        Some((name, rest)) if rest.starts_with(" occurred") || rest.starts_with(" in ") => name,
        _ => text::split_once(line, " was unhandled")
            .map(|(name, _)| name)
            .or_else(|| line.strip_suffix(" occurred"))?,
    };
    (is_thrown(name) && is_type(name)).then_some(name)
}

/// The panics of Rust, Go and Zig.
fn panicked(line: &str) -> Option<Exception<'_>> {
    // A Go server that took a panic on, behind its log's own words.
    if let Some(at) = text::find(line, "panic: runtime error: ") {
        return Some(Exception {
            name: Some(&line[at..at + 5]),
            message: &line[at + 7..],
        });
    }
    // In a browser no thread is named.
    let named = line.starts_with("thread '");
    if let Some(place) = line.strip_prefix("panicked at ").or_else(|| {
        let thread = text::split_once(line, " panicked at ").filter(|_| named);
        thread.map(|(_, place)| place)
    }) {
        // Since Rust 1.73 the message has a line of its own below the place.
        let message = if place.ends_with(':') { "" } else { place };
        let message = panic_place(message).map_or(message, |(message, _)| message);
        return Some(Exception {
            name: Some("panic"),
            message: message.trim_start_matches('\''),
        });
    }
    // Zig: `thread 18212 panic: index out of bounds`.
    if line.starts_with("thread ")
        && let Some((_, message)) = text::split_once(line, " panic: ")
    {
        return Some(Exception {
            name: Some("panic"),
            message,
        });
    }
    None
}

/// Message and place of an older Rust's panic: `'no dock', src/dock.rs:31:9`.
pub(crate) fn panic_place(said: &str) -> Option<(&str, &str)> {
    let (message, place) = text::rsplit_once(said, "', ")?;
    let fits = said.starts_with('\'') && !place.contains(' ') && text::file_line(place).1.is_some();
    fits.then_some((message, place))
}
