//! What printers and logs put before the name of an exception.

use super::thrown::{is_thrown, is_type};
use crate::log_prefix;
use crate::text;

/// Words that printers put before the exception itself.
pub(super) const LEADS: [&str; 51] = [
    "FastCGI sent in stderr: \"",
    "PHP message: ",
    "CONSOLE ERROR: ",
    "NOTICE: PHP message: ",
    "Fatal error. ",
    "PHP Fatal error:  ",
    "PHP Fatal error: ",
    "Fatal error: Uncaught ",
    "Uncaught Kotlin exception: ",
    "Fatal Exception: ",
    "Lua error message: ",
    "appError called: ",
    "Unhandled exception. ",
    "Unhandled Exception: ",
    "Unhandled exception: ",
    "Exception has occurred: ",
    "Uncaught Exception: ",
    "Uncaught exception: ",
    // Neko.
    "Uncaught exception - ",
    "Uncaught ",
    "FATAL UNHANDLED EXCEPTION: ",
    // Flutter's box, in short behind the first.
    "Another exception was thrown: ",
    "[LUA-print] ",
    "LUA ERROR: ",
    "[LUA ERROR] ",
    "Critical error: ",
    // Chromium on Windows.
    "Received fatal exception ",
    "Critical error! Reason: ",
    "ERROR: ",
    "Error: ",
    "JS ERROR: ",
    "Script error: ",
    "FATAL ERROR: ",
    "Unhandled Promise Rejection: ",
    "Unhandled promise rejection: ",
    "Unhandled Promise rejection: ",
    "UnhandledPromiseRejectionWarning: ",
    "unhandledRejection: ",
    "unhandledRejection ",
    "uncaughtException: ",
    "uncaughtException ",
    "Unhandled rejection ",
    "Unhandled Rejection: ",
    "Application Specific Information: ",
    "Exception Info: ",
    // Flash's debugger.
    "[Fault] exception, information=",
    "exception, information=",
    "lua error: ",
    "Lua error: ",
    "Lua Error: [ERROR] ",
    "Lua Error: ",
];

/// Takes off the words of printers; several can stand in a row: `ERROR: Uncaught TypeError: …`.
fn without_leads(mut line: &str) -> &str {
    for _ in 0..3 {
        // What a promise was rejected with, where that is no error: `Error: Uncaught (in promise): undefined`.
        if line.starts_with("Uncaught (in promise) ") || line.starts_with("Uncaught (in promise): ")
        {
            let said = line["Uncaught (in promise)".len()..].trim_start_matches([':', ' ']);
            let name = said.split([':', ' ']).next().unwrap_or(said);
            if !is_thrown(name) || !is_type(name) {
                break;
            }
            line = said;
        }
        let Some(rest) = LEADS.iter().find_map(|lead| line.strip_prefix(lead)) else {
            break;
        };
        line = rest;
    }
    line
}

/// Takes off what stands before the exception: `Exception in thread "main"`, Unreal's log category and level.
pub(super) fn lead(mut line: &str) -> &str {
    if let Some(prefix) = log_prefix::read(line) {
        let said = prefix.said.trim_start();
        let first = said.split([' ', ':']).next().unwrap_or_default();
        let announced = [
            "*** Terminating app",
            "Terminating app due to",
            "panic: ",
            "http: panic ",
            "http2: panic ",
            "thread '",
            "Lua Error: ",
            "Unhandled ",
            "Uncaught ",
        ];
        let announced = || announced.iter().any(|words| said.starts_with(words));
        if !said.is_empty() && (prefix.failed() || is_type(first) || announced()) {
            line = said;
        }
    }
    line = without_player(without_key(line));
    // React Native counts them: `Possible Unhandled Promise Rejection (id: 0): TypeError: no bay`.
    if let Some((_, rest)) = line
        .strip_prefix("Possible Unhandled Promise Rejection (id: ")
        .and_then(text::digits)
        && let Some(rest) = rest.strip_prefix("): ")
    {
        line = rest;
    }
    // How often an add-on's error came: `6x Orbit/refresh.lua:181: attempt to …`.
    if let Some((_, rest)) = text::digits(line)
        && let Some(rest) = rest.strip_prefix("x ")
        && text::has(rest, ".lua:")
    {
        line = rest;
    }
    // FiveM's marks of colours: `^1SCRIPT ERROR: …^7`.
    if let Some(rest) = line.strip_prefix("^1") {
        line = rest.trim_end_matches("^7");
    }
    if let Some(rest) = line.strip_prefix("Exception in thread \"")
        && let Some((_, rest)) = text::split_once(rest, "\" ")
    {
        line = rest;
    }
    // Xcode: `Thread 1: EXC_RESOURCE (RESOURCE_TYPE_MEMORY: …)`.
    if let Some((_, rest)) = line
        .strip_prefix("Thread ")
        .and_then(text::digits)
        .filter(|(_, rest)| rest.starts_with(": EXC_") || rest.starts_with(": Fatal error: "))
    {
        line = &rest[2..];
    }
    // A logger in front of a form: `[Fatal] Orbit.Server: Exception Type: System.NullReferenceException`.
    if let Some((_, rest)) = text::split_once(line, "Exception Type: ") {
        line = rest;
    }
    // A team's own table: `Crash Item : Fatal Exception: NSRangeException`.
    if let Some((label, rest)) = text::split_once(line, "Fatal Exception: ")
        && label.trim_end().ends_with(':')
        && label.len() <= 40
    {
        line = rest;
    }
    line = without_number(line);
    // Skynet: `[:0100000b] lua call [0 to :100000b : 0 msgsz = 56] error : ./lualib/skynet.lua:860: …`.
    if (line.starts_with("lua call [") || line.starts_with("[:") && text::has(line, "] lua call ["))
        && let Some((_, rest)) = text::split_once(line, "] error : ")
    {
        line = rest;
    }
    // `LogWindows: Error: Assertion failed: …`, behind `[2026.11.22-08.10.11:123][ 45]`.
    if let Some(at) = text::find(line, ": Error: ").filter(|&at| {
        at < 80
            && line[..at]
                .rsplit(']')
                .next()
                .is_some_and(|category| category.starts_with("Log"))
    }) {
        line = &line[at + 9..];
    }
    line = without_leads(line);
    // jsdom: `Uncaught [TypeError: …]`.
    if let Some(inner) = line
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        && inner
            .split_once(": ")
            .is_some_and(|(name, _)| name.ends_with("Error") || name.ends_with("Exception"))
    {
        line = inner;
    }
    // The sanitizers put the process in front: `==4883==ERROR: AddressSanitizer: …`.
    if line.starts_with("==")
        && let Some((_, rest)) = text::split_once(line, "==ERROR: ").or_else(|| {
            // What a sanitizer finds wrong with itself: `==4883==HWAddressSanitizer CHECK failed: …`.
            text::split_once(&line[2..], "==")
                .filter(|(_, rest)| text::has(rest, "Sanitizer CHECK "))
        })
    {
        line = rest;
    }
    line.trim_start_matches(['=', '-', ' '])
}

/// A number that a program gave to what it logs:
/// `Unhandled exception 35d6a048-0000-405a-818e-8cd1a2094e95System.InvalidOperationException: no dock`.
fn without_number(line: &str) -> &str {
    const GUID: usize = 36;
    let found = line
        .strip_prefix("Unhandled exception ")
        .and_then(|rest| rest.split_at_checked(GUID))
        .filter(|(number, _)| {
            number
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
                && number.bytes().filter(|byte| *byte == b'-').count() == 4
        });
    found.map_or(line, |(_, rest)| rest.trim_start_matches([':', ' ']))
}

/// The device in front of what Unity's editor shows of its player: `AndroidPlayer(ADB@127.0.0.1:34999) NullReferenceException: no bay`,
/// `Autoconnected Player NullReferenceException: no bay`.
fn without_player(line: &str) -> &str {
    /// Brackets that a device's name may have.
    const MOST: usize = 4;
    let head = text::head(line, 120);
    if !text::has(head, "Player") {
        return line;
    }
    let inner = line.strip_prefix("<i>").unwrap_or(line);
    let behind = |rest: &str| rest.trim_start_matches("</i>").starts_with(' ');
    let names = |rest: &str| {
        let name = rest.split(": ").next().unwrap_or_default();
        name == "Exception" || is_type(name) && is_thrown(name)
    };
    let connected = inner.strip_prefix("Autoconnected Player");
    let kind = inner.split_once("Player(").filter(|(kind, _)| {
        !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let device = || {
        let rest = kind?.1;
        let mut ends = rest.match_indices(')').take(MOST);
        ends.find_map(|(at, _)| Some(&rest[at + 1..]).filter(|rest| behind(rest)))
    };
    connected
        .filter(|rest| behind(rest))
        .or_else(device)
        .map(|rest| rest.trim_start_matches("</i>").trim_start())
        .filter(|rest| names(rest))
        .unwrap_or(line)
}

/// A field that holds the whole stack: `stack=java.lang.IllegalStateException: no ship`.
fn without_key(line: &str) -> &str {
    let found = line.split_once('=').filter(|(key, rest)| {
        let name = rest.split(':').next().unwrap_or_default();
        (1..=16).contains(&key.len())
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
            && name.contains('.')
            && is_type(name)
            && is_thrown(name)
    });
    found.map_or(line, |(_, rest)| rest)
}
