//! Logs of engines, servers and systems: Unreal, Unreal's build tool, Unity, syslog, Apple's console, containers.

use super::{bracketed_time, syslog};
use crate::text;

/// The line without what the log put in front; `None` when it does not look like a log's.
pub(super) fn strip(line: &str) -> Option<&str> {
    let start = line.trim_start();
    // Unreal's lines in the console of Apple's devices.
    let mut rest = start.strip_prefix("[UE] ").unwrap_or(start);
    // What a runner of tests wrote around it: `18:56:04.377 105 info flutter.tools [  +46 ms] …`.
    if let Some((front, behind)) = text::split_once(rest, " flutter.tools ")
        && front.len() <= 40
        && front.starts_with(|c: char| c.is_ascii_digit())
    {
        rest = behind;
    }
    rest = flutter_run(rest)
        .or_else(|| worker(rest))
        .or_else(|| resource(rest))
        .or_else(|| skynet(rest))
        .or_else(|| game_process(rest))
        .unwrap_or(rest);
    rest = build_tool(rest).unwrap_or(rest);
    rest = rest.strip_prefix("ERROR:CRASH: ").unwrap_or(rest);
    if let Some(after) = stamp(rest) {
        rest = after;
    }
    rest = server(rest).unwrap_or(rest);
    // A launcher's mark: `[GAME OUTPUT] LogWindows: Error: …`.
    if let Some((_, behind)) = rest
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
        && behind.starts_with("Log")
        && unreal_category(behind).is_some()
    {
        rest = behind;
    }
    rest = frame_counter(rest).unwrap_or(rest);
    rest = nginx(rest).unwrap_or(rest);
    rest = voxel(rest).unwrap_or(rest);
    let rest = unreal_category(rest).unwrap_or(rest);
    // The editor passes on the log of a game that it started: `LogPlayLevel: orbit-Win64-Debug: [2026.01.02-…`.
    let inner = text::split_once(rest, ": [2")
        .filter(|(name, _)| !name.is_empty() && name.len() <= 60 && !name.contains([' ', '[']))
        .map(|(name, _)| &rest[name.len() + 2..])
        .filter(|inner| is_unreal(inner));
    let rest = inner.and_then(strip).unwrap_or(rest);
    // Older engines print the category twice.
    let twice = unreal_category(rest).filter(|_| rest.starts_with("Log"));
    let rest = twice.unwrap_or(rest);
    // What Unreal's build tool passes on from a device: `LogPlayLevel: Error: UAT: 01-02 03:04:05.678 …`.
    let rest = rest.strip_prefix("UAT: ").unwrap_or(rest);
    (rest.len() < start.len()).then_some(rest)
}

/// Ray names the process that it passes a line on from: `(Dock pid=4711, ip=10.0.0.2) `, `(raylet) `.
fn worker(line: &str) -> Option<&str> {
    let (inner, rest) = line.strip_prefix('(')?.split_once(')')?;
    let (_, id) = text::split_once(inner, "pid=")?;
    let fits = inner.len() <= 80 && id.starts_with(|c: char| c.is_ascii_digit());
    fits.then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// FiveM's console names the resource: `[script:orbit-dock] `, `[      script:orbit] `, `08:10:11 [    c-scripting-core] `.
fn resource(line: &str) -> Option<&str> {
    let line = match line.as_bytes() {
        [_, _, b':', _, _, b':', _, _, b' ', b'[', ..] => line.get(9..)?,
        _ => line,
    };
    let (name, rest) = line.strip_prefix('[')?.split_once(']')?;
    let name = name.trim_start();
    let known = name.starts_with("script:")
        || name.starts_with("c-") && name.len() <= 24
        || name.starts_with("citizen-");
    known.then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// What `flutter run` puts in front of a device's log: `[+6822 ms] `, `[  +56 ms] `, `[        ] `.
fn flutter_run(line: &str) -> Option<&str> {
    let (inner, rest) = line.strip_prefix('[')?.split_once("] ")?;
    let time = inner.trim().strip_suffix(" ms").map(str::trim);
    let fits = match time {
        Some(time) => time.starts_with('+') || time.bytes().all(|byte| byte.is_ascii_digit()),
        None => inner.len() == 8 && inner.trim().is_empty(),
    };
    fits.then_some(rest)
}

/// Skynet names the service by its handle: `[:0100000b] `.
fn skynet(line: &str) -> Option<&str> {
    let (handle, rest) = line.strip_prefix("[:")?.split_once(']')?;
    let known = handle.len() == 8 && handle.bytes().all(|byte| byte.is_ascii_hexdigit());
    known.then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// FiveM's log on a player's machine: `[     81875] [    GTAProcess]             MainThrd/ `.
fn game_process(line: &str) -> Option<&str> {
    let (count, rest) = line.strip_prefix('[')?.split_once("] [")?;
    let (_, rest) = rest.split_once(']')?;
    let (thread, rest) = rest.split_once("/ ")?;
    let digits = |byte: u8| byte.is_ascii_digit() || byte == b' ';
    let fits = thread.starts_with(' ') && !thread.trim_start().contains(' ');
    (fits && count.bytes().all(digits)).then_some(rest)
}

/// Luanti's level and thread: `ERROR[Main]: stack traceback:`, `ACTION[Server]: Ann joins`.
fn voxel(line: &str) -> Option<&str> {
    const LEVELS: [&str; 6] = [
        "ERROR[", "WARNING[", "ACTION[", "INFO[", "VERBOSE[", "TRACE[",
    ];
    let line = line.trim_start();
    let rest = LEVELS.iter().find_map(|level| line.strip_prefix(level))?;
    let (thread, rest) = text::split_once(rest, "]: ")?;
    let fits = thread.len() <= 24 && !thread.contains([' ', ']']);
    fits.then_some(rest)
}

/// Whether a line is Unreal's own log's: `[2026.01.02-03.04.05:678][ 45]LogCore: …`.
pub(super) fn is_unreal(line: &str) -> bool {
    let line = line.strip_prefix("[UE] ").unwrap_or(line);
    line.starts_with("[2")
        && bracketed(line)
            .and_then(frame_counter)
            .is_some_and(|rest| rest.starts_with("Log"))
}

/// `UATHelper: Packaging (Windows): `, `PackagingResults: Error: `.
fn build_tool(line: &str) -> Option<&str> {
    if let Some(rest) = line.strip_prefix("UATHelper: ") {
        return text::split_once(rest, "): ").map(|(_, rest)| of_step(rest.trim_start()));
    }
    let passed_on = of_step(line);
    if passed_on.len() < line.len() {
        return Some(passed_on);
    }
    line.strip_prefix("PackagingResults: Error: ")
}

/// The line of the program that the build tool's step ran: `Cook: LogWindows: Error: Fatal error!`.
fn of_step(line: &str) -> &str {
    const STEPS: [&str; 5] = ["Cook: ", "Stage: ", "Package: ", "Archive: ", "Run: "];
    let passed_on = STEPS.iter().find_map(|step| line.strip_prefix(step));
    passed_on
        .filter(|rest| rest.starts_with("Log") && unreal_category(rest).is_some())
        .unwrap_or(line)
}

/// A time in front: in brackets, of syslog, of Apple's console, of containers.
fn stamp(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    match bytes.first()? {
        b'[' => bracketed(line)
            .map(bracketed_time::without_fields)
            .or_else(|| celery(line))
            .or_else(|| bracketed_time::strip(line)),
        b'A'..=b'Z' => syslog::strip(line)
            .or_else(|| rider(line))
            .or_else(|| glog(line))
            .or_else(|| severity(line))
            .or_else(|| source(line)),
        b'0'..=b'9' => source(line)
            .or_else(|| plain(line))
            .or_else(|| bytes.contains(&0xe6).then(|| syslog::strip(line))?),
        // The months of other languages: `sept. 27 19:56:56 pier kernel: `.
        b'a'..=b'z' | 0xc0.. => syslog::strip(line),
        // Syslog's priority, in a record of its own: `<13>Apr 12 19:56:56 host moon[123]: `.
        b'<' => {
            let (_, rest) = text::digits(&line[1..])?;
            syslog::strip(rest.strip_prefix('>')?)
        }
        _ => None,
    }
}

/// Servers of Source's games: `L 01/02/2026 - 03:04:05: `, perhaps without the letter.
fn source(line: &str) -> Option<&str> {
    let line = line.strip_prefix("L ").unwrap_or(line);
    let time = line.get(..22)?;
    let fits = time
        .bytes()
        .zip(b"00/00/0000 - 00:00:00:".iter())
        .all(|(byte, form)| {
            if *form == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == *form
            }
        });
    fits.then(|| line[22..].strip_prefix(' ').unwrap_or(&line[22..]))
}

/// Celery's workers: `[2026-11-19 09:07:22,315: WARNING/ForkPoolWorker-32] `.
fn celery(line: &str) -> Option<&str> {
    let (inner, rest) = line.strip_prefix('[')?.split_once(']')?;
    let (time, process) = text::split_once(inner, ": ")?;
    let (level, _) = process.split_once('/')?;
    let known = matches!(level, "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL");
    let dated = time.len() >= 19 && time.as_bytes()[4] == b'-' && time.as_bytes()[13] == b':';
    (known && dated).then(|| rest.strip_prefix(' ').unwrap_or(rest))
}

/// `[2026.01.02-03.04.05:678]`, `[2026-04-12 19:56:56]: `, `[19:56:56.123] `.
fn bracketed(line: &str) -> Option<&str> {
    let (inner, rest) = line.strip_prefix('[')?.split_once(']')?;
    let is_time = inner.len() >= 8
        && inner.len() <= 40
        && inner.bytes().filter(u8::is_ascii_digit).count() >= 6
        && inner
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-.:/ ,TZ+".contains(&byte))
        && inner.bytes().any(|byte| matches!(byte, b':' | b'.'));
    if !is_time {
        return None;
    }
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

/// Rider's view of Unreal's log: `Sun Aug 30 01:32:22 BST 2026 Error        LogWindows           Fatal error!`.
fn rider(line: &str) -> Option<&str> {
    const DAYS: [&str; 7] = ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "];
    DAYS.iter().find(|day| line.starts_with(**day))?;
    let mut rest = line;
    for _ in 0..6 {
        rest = text::word(rest).1;
    }
    let (level, rest) = text::word(rest);
    let (category, rest) = text::word(rest);
    let known = matches!(
        level,
        "Error" | "Warning" | "Display" | "Log" | "Fatal" | "Verbose"
    );
    (known && category.starts_with("Log")).then_some(rest)
}

/// glog: `E20261122 08:10:11.123456  4711 bag.cc:77] no ship`, with or without the year; what ends the program is read whole.
fn glog(line: &str) -> Option<&str> {
    let (date, rest) = text::word(line);
    let level = date.starts_with(['I', 'W', 'E']);
    let (digits, behind) = text::digits(date.get(1..)?)?;
    let (time, rest) = text::word(rest);
    let fits = level
        && behind.is_empty()
        && matches!(digits.len(), 4 | 8)
        && time.len() >= 8
        && time.as_bytes()[2] == b':';
    let (front, message) = text::split_once(rest, "] ")?;
    (fits && front.contains(':') && front.len() < 120).then_some(message)
}

/// Google Cloud's view puts a letter for the severity in front of the time: `E 2026-01-02T03:04:05.678901234Z panic: x`.
fn severity(line: &str) -> Option<&str> {
    let (level, rest) = text::word(line);
    let known = matches!(level, "D" | "I" | "N" | "W" | "E" | "C" | "A")
        || matches!(
            level,
            "DEFAULT" | "DEBUG" | "INFO" | "NOTICE" | "WARNING" | "ERROR" | "CRITICAL" | "ALERT"
        );
    let time = rest.as_bytes();
    let at_time = time.len() >= 20 && time[10] == b'T' && time[13] == b':';
    // Only the time on a line is an empty line.
    let whole = if rest.contains([' ', '\t']) {
        plain(rest)
    } else {
        Some("")
    };
    whole.filter(|_| known && at_time && time[4] == b'-')
}

/// `2026-04-12 19:56:56.123+0800 Moonfort[424:12345] `, `2026-04-12T19:56:56.1234567Z `.
fn plain(line: &str) -> Option<&str> {
    let (first, rest) = line.split_once([' ', '\t'])?;
    let bytes = first.as_bytes();
    // Roblox: `20:11:53.102  Stack Begin  -  Studio`.
    if bracketed_time::clock(first) {
        let rest = rest.strip_prefix(' ').or_else(|| rest.strip_prefix("- "));
        return rest.or_else(|| line.get(first.len() + 1..));
    }
    let dated = bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-';
    if !dated {
        return None;
    }
    if bytes.get(10) == Some(&b'T') && bytes.len() >= 19 {
        let rest = rest
            .strip_prefix("stderr F ")
            .or_else(|| rest.strip_prefix("stdout F "))
            .or_else(|| dyno(rest))
            .or_else(|| syslog::behind_time(rest))
            .unwrap_or(rest);
        return Some(rest);
    }
    // `NSLog` names process and thread behind the time.
    let (time, rest) = rest.split_once(' ')?;
    // `2026-01-02 03:04:05:runtime error: …`: nothing but a colon between.
    if let [_, _, b':', _, _, b':', _, _, b':', ..] = time.as_bytes() {
        return line.get(20..);
    }
    // GIANTS' engine leaves the seconds out: `2026-01-30 17:16   LUA call stack:`.
    if let [_, _, b':', _, _] = time.as_bytes() {
        return Some(rest.trim_start());
    }
    if time.len() < 8 || time.as_bytes()[2] != b':' {
        return None;
    }
    // Docker's window on a desktop: the program's own indent follows.
    if time.len() == 8 && rest.starts_with("  ") {
        return Some(rest);
    }
    if server(rest).is_some() {
        return Some(rest);
    }
    let (process, rest) = text::split_once(rest, "] ")?;
    let (name, ids) = process.split_once('[')?;
    let fits = name.len() <= 60
        && ids
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b':');
    fits.then_some(rest)
}

/// Heroku names the process behind the time: `app[web.1]: `.
fn dyno(line: &str) -> Option<&str> {
    let (source, rest) =
        text::split_once(line, "]: ").or_else(|| Some((line.strip_suffix("]:")?, "")))?;
    let (name, process) = source.split_once('[')?;
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    // Windows' heap names a program there, `HEAP[orbit.exe]: `.
    let (_, number) = process.rsplit_once('.')?;
    (plain(name) && plain(process) && number.parse::<u32>().is_ok()).then_some(rest)
}

/// Game servers on the JVM: `[Server thread/ERROR] [acme/Dock]: `, older ones `[SEVERE] `.
fn server(line: &str) -> Option<&str> {
    const LEVELS: [&str; 8] = [
        "ERROR", "WARN", "FATAL", "INFO", "DEBUG", "SEVERE", "WARNING", "TRACE",
    ];
    let (inner, rest) = line.strip_prefix('[')?.split_once(']')?;
    if inner == "SEVERE" || inner == "WARNING" {
        return Some(rest.strip_prefix(' ').unwrap_or(rest));
    }
    let (_thread, level) = inner.rsplit_once('/')?;
    if !LEVELS.contains(&level) {
        return None;
    }
    let rest = match rest.strip_prefix(" [") {
        Some(logger) => logger.split_once(']')?.1,
        None => rest,
    };
    let rest = rest.strip_prefix(':')?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

/// nginx, with or without its time: `2026/01/02 03:04:05 [error] 1932#0: *4 lua entry thread aborted: …`.
fn nginx(line: &str) -> Option<&str> {
    let bytes = line.as_bytes();
    let line = match bytes {
        [b'0'..=b'9', _, _, _, b'/', _, _, b'/', ..] => line.get(20..)?,
        _ => line,
    };
    let (level, rest) = line.strip_prefix('[')?.split_once("] ")?;
    let known = matches!(
        level,
        "emerg" | "alert" | "crit" | "error" | "warn" | "notice" | "info"
    );
    let (_, rest) = text::digits(rest).filter(|_| known)?;
    let (_, rest) = text::digits(rest.strip_prefix('#')?)?;
    let rest = rest.strip_prefix(": ")?;
    let request = rest.strip_prefix('*').and_then(text::digits);
    let rest = request.map_or(rest, |(_, rest)| rest.trim_start());
    // What was asked of it.
    let end = [", client: ", ", context: ngx."]
        .iter()
        .find_map(|mark| text::find(rest, mark));
    Some(end.map_or(rest, |end| &rest[..end]))
}

/// Whether a line is nginx's own, with its time.
pub(super) fn is_nginx(line: &str) -> bool {
    line.starts_with("20") && nginx(line).is_some()
}

/// Unreal's count of frames: `[ 45]`.
fn frame_counter(line: &str) -> Option<&str> {
    let (inner, rest) = line.strip_prefix('[')?.split_once(']')?;
    let fits = inner.len() <= 5
        && !inner.is_empty()
        && inner
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b' ');
    // `[0]Ship.fire@src/game.js:10` is a frame of a script engine.
    (fits && inner.len() >= 3 && !rest.contains('@')).then_some(rest)
}

/// `LogWindows: Error: `, `LogCore: `, `PIE: Error: `.
fn unreal_category(line: &str) -> Option<&str> {
    let (category, rest) = line.split_once(':')?;
    let word = !category.is_empty()
        && category.len() <= 60
        && category
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    // A name in two parts is no category: `LogDock::Bay::open`.
    if !word || rest.starts_with(':') {
        return None;
    }
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    for level in [
        "Error",
        "Fatal",
        "Warning",
        "Display",
        "Critical",
        "Verbose",
        "VeryVerbose",
    ] {
        if let Some(after) = rest
            .strip_prefix(level)
            .and_then(|rest| rest.strip_prefix(':'))
        {
            let unreal = category.starts_with("Log")
                || matches!(level, "Error" | "Fatal" | "Warning")
                    && matches!(category, "PIE" | "LoadErrors" | "MapCheck" | "BlueprintLog");
            return unreal.then(|| after.strip_prefix(' ').unwrap_or(after));
        }
    }
    let log = category.len() > 3
        && category.starts_with("Log")
        && category.as_bytes()[3].is_ascii_uppercase()
        && category != "LogTemp";
    log.then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logs_of_engines_and_systems() {
        let cases = [
            (
                "[2026.01.02-03.04.05:678][ 45]LogWindows: Error: [Callstack] 0x1",
                "[Callstack] 0x1",
            ),
            (
                "LogWindows: Error: Assertion failed: x",
                "Assertion failed: x",
            ),
            ("LogWindows: Error: ", ""),
            (
                "[2026-04-12 19:56:56]: mono(+0xc8514) [0x525b]",
                "mono(+0xc8514) [0x525b]",
            ),
            ("Apr 12 19:56:56 host moon[123]: #0 0x1 in f", "#0 0x1 in f"),
            (
                "2026-04-12 19:56:56.123+0800 Moonfort[424:12345] *** Terminating app",
                "*** Terminating app",
            ),
            ("2026-04-12T19:56:56.1234567Z panic: x", "panic: x"),
            (
                "UATHelper: Packaging (Windows (64-bit)):   LogWindows: Error: Fatal error!",
                "Fatal error!",
            ),
            (
                "LogPlayLevel: Error: UAT: 01-02 03:04:05.678  9  9 D UE      : x",
                "01-02 03:04:05.678  9  9 D UE      : x",
            ),
            (
                "UATHelper: Packaging (Windows (64-bit)): Cook: LogWindows: Error: Fatal error!",
                "Fatal error!",
            ),
            (
                "sept. 12 19:56:56 host moon[123]: #0 0x1 in f",
                "#0 0x1 in f",
            ),
            (
                "UATHelper: Packaging (Windows): LogWindows: Error: begin: stack for UAT",
                "begin: stack for UAT",
            ),
        ];
        for (line, rest) in cases {
            assert_eq!(strip(line), Some(rest), "{line}");
        }
        for line in [
            "[C]: in function 'error'",
            "[0]Ship.fire@src/game.js:10",
            "TypeError: x",
            "Logger: x",
            "[string \"a\"]:1: in main chunk",
            "Fatal error: x",
        ] {
            assert_eq!(strip(line), None, "{line}");
        }
    }
}
