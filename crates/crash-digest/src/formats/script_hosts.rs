//! Lines in which a host of scripts says what its script died of: `OpenResty` in nginx's log, Ludei's player, windows of
//! add-ons, Factorio's events, PocketMine's dumps.

use super::lua_rows;
use crate::code_tables;
use crate::frame::{Frame, Language};
use crate::model::{Builder, Exception, RelatedKind, read_exception};
use crate::text;

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    lua_rows::line(out, line)
        || promise(out, line)
        || oxide(out, line)
        || safari(out, line)
        || v8(out, line)
        || open_resty(out, line)
        || ludei(out, line)
        || add_on(out, line)
        || factorio(out, line)
        || pocket_mine(out, line)
        || garrys(out, line)
        || five_m(out, line)
        || swoole(out, line)
        || tells_signal(line) && (worker_of_swoole(out, line) || worker(out, line))
        || console_of_php(out, line)
}

/// Symfony's console: `[RuntimeException]` above the message, and the place `at /srv/src/Dock.php:31`, which Laravel's has as
/// well: `at app/Dock.php:31`.
fn console_of_php<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if !out.is_fresh() || out.is_beside() {
        return false;
    }
    // Laravel's log, above its rows.
    if line == "[stacktrace]" {
        out.cut();
        return true;
    }
    if let Some(name) = line
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        && (name.ends_with("Exception") || name.ends_with("Error"))
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'\\')
    {
        let exception = Exception {
            name: Some(name),
            message: "",
        };
        out.sure(exception, line);
        return true;
    }
    let Some(place) = line.strip_prefix("at ") else {
        return false;
    };
    let (file, number) = text::file_line(place);
    let known = matches!(file.as_bytes(), [.., b'.', b'p', b'h', b'p'])
        && number.is_some()
        && !file.contains(' ');
    if known {
        out.frame(Frame {
            raw: line,
            file: Some(file),
            line: number,
            language: Language::Script,
            ..Frame::default()
        });
    }
    known
}

/// What a server's first process says of a worker that a signal ended: PHP's `[pool www] child 31 exited on signal 11
/// (SIGSEGV - core dumped) after 7.1 seconds from start`, Apache's `AH00052: child pid 77 exit signal Segmentation fault (11)`,
/// uWSGI's `!!! uWSGI process 31 got Segmentation Fault !!!`, Gunicorn's `Worker (pid:21) was sent SIGKILL!`. The first of several
/// workers names the exception; what the server ended itself, for they did not answer, is told by that.
fn worker<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let told = |out: &Builder<'_>| {
        let first = out.stack.sections.first();
        let name = first.and_then(|first| first.exception.name);
        name.is_some_and(|name| name == TIMEOUT || name.starts_with("SIG"))
    };
    if let Some(at) = text::find(line, TIMEOUT).filter(|_| !out.has_frames()) {
        if told(out) {
            out.stack.facts.reason("", &line[at..]);
        } else {
            out.section().exception = Exception {
                name: Some(&line[at..at + TIMEOUT.len()]),
                message: line[at + TIMEOUT.len()..].trim(),
            };
        }
        out.cut();
        return true;
    }
    let number = text::after(line, " exited on signal ", b" ")
        .filter(|_| text::has(line, "] child "))
        .or_else(|| {
            let said = text::after(line, " exit signal ", b"")?;
            text::after(said, "(", b")").filter(|_| text::has(line, "child pid "))
        })
        .or_else(|| text::after(line, " was terminated due to signal ", b" .!"));
    let name = if line.starts_with("!!! uWSGI process ") && text::has(line, " got Segmentation ") {
        Some("SIGSEGV")
    } else if let Some((_, signal)) = text::split_once(line, ") was sent SIG") {
        line.get(line.len() - signal.len() - 3..)
            .and_then(|signal| signal.split(['!', ' ']).next())
            .filter(|_| text::has(line, "Worker (pid:"))
    } else {
        number
            .and_then(|number| number.parse().ok())
            .and_then(code_tables::signal_name)
    };
    let Some(name) = name.filter(|_| !out.has_frames()) else {
        return false;
    };
    if !told(out) {
        out.section().exception = Exception {
            name: Some(name),
            message: "",
        };
    }
    out.stack.facts.reason("", line);
    out.cut();
    true
}

/// What Gunicorn says of a worker that does not answer, before it ends it: `WORKER TIMEOUT (pid:31)`.
const TIMEOUT: &str = "WORKER TIMEOUT";

/// Swoole: `[Coroutine-3]` above its frames where all of them wait.
fn swoole<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line.starts_with("[Coroutine-") && line.ends_with(']') {
        if out.has_frames() {
            out.further(line);
        } else {
            out.stack.facts.thread = Some(&line[1..line.len() - 1]);
        }
        return true;
    }
    false
}

/// Whether a line may be one of those that say how a worker ended.
fn tells_signal(line: &str) -> bool {
    text::has(line, "signal")
        || text::has(line, TIMEOUT)
        || text::has(line, " sent SIG")
        || line.starts_with("!!! uWSGI")
}

/// `worker(pid=31, id=8) abnormal exit, status=0, signal=11`, in older versions `worker#8[pid=31] abnormal exit, …`.
fn worker_of_swoole<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((front, rest)) = text::split_once(line, " abnormal exit, status=") else {
        return false;
    };
    let number = text::after(rest, ", signal=", b" ");
    let signal = number
        .and_then(|number| number.parse().ok())
        .and_then(code_tables::signal_name);
    let known = text::has(front, "worker") && !out.has_frames();
    if known {
        let from = text::rfind(front, "worker").unwrap_or_default();
        out.stack.facts.reason("", &line[from..]);
        if let Some(name) = signal {
            out.section().exception = Exception {
                name: Some(name),
                message: "",
            };
        }
        out.cut();
    }
    known
}

/// Roblox' promises: where the promise was made, and below it the error it was rejected for.
fn promise<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if line.starts_with("-- Promise.Error(") && !out.has_frames() {
        out.cut();
    } else if line == "The Promise at:" {
        out.related(RelatedKind::CreatedBy, line, None);
    } else if line.starts_with("...Rejected because ") {
        out.crash();
        out.cut();
    } else {
        return false;
    }
    true
}

/// Oxide's plugins: `Failed to call hook 'OnFire' on plugin 'Orbit v1.9.1' (NullReferenceException: Object reference …)`.
fn oxide<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((front, inner)) = Some(line)
        .filter(|line| line.starts_with("Failed to call ") && text::has(line, " on plugin '"))
        .and_then(|line| text::last_group(line, b'(', b')'))
    else {
        return false;
    };
    let exception = read_exception(inner);
    if out.has_frames() {
        out.further(line);
    } else {
        out.stack.facts.reason("", front.trim_end());
        out.sure(exception, line);
        out.cut();
    }
    true
}

/// A place that Safari's console does not know, between those that it does: `(anonymous function)`, `forEach`.
fn safari<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let name = line
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let anonymous = line == "(anonymous function)";
    let listed = out.last_frame().is_some_and(|last| {
        last.raw == "(anonymous function)"
            || last.language == Language::Script
                && last.line.is_some()
                && last.raw.ends_with(')')
                && text::has(last.raw, ".js:")
                && !last.raw.starts_with("at ")
    });
    let known = listed && (anonymous || name);
    if known {
        out.frame(Frame {
            raw: line,
            function: Some(line).filter(|_| !anonymous),
            language: Language::Script,
            ..Frame::default()
        });
    }
    known
}

/// V8's end behind the rows of the script that it ran: its own calls are beside those.
fn v8<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let ran = |frame: &Frame<'_>| text::has(frame.raw, "(this=");
    let Some(message) = line.strip_prefix("FATAL ERROR: ") else {
        return false;
    };
    let known = !out.is_beside() && out.stack.frames.first().is_some_and(ran);
    if known {
        out.section().exception = Exception {
            name: None,
            message,
        };
        out.related(RelatedKind::Engine, line, None);
    }
    known
}

/// PocketMine's crash dump: what it is of, `BAD PLUGIN: Orbit`, and the error with its place on lines of their own.
fn pocket_mine<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let message = out
        .stack
        .sections
        .first()
        .map_or("", |section| section.exception.message);
    let begun =
        message.starts_with("PocketMine-MP") || message.starts_with("THIS CRASH WAS CAUSED");
    if line.starts_with("PocketMine-MP Crash Dump") && !out.has_frames() {
        out.section().exception = Exception {
            name: None,
            message: line,
        };
    } else if let Some(plugin) = line.strip_prefix("BAD PLUGIN: ") {
        out.stack.facts.reason("plugin", plugin);
    } else if let Some(message) = line
        .strip_prefix("Error: ")
        .filter(|_| begun && out.is_fresh())
    {
        out.section().exception = Exception {
            name: None,
            message,
        };
    } else if let Some(file) = line.strip_prefix("File: ").filter(|_| out.is_fresh())
        && !file.contains(' ')
        && !message.is_empty()
    {
        out.stack.facts.reason("file", file);
    } else if let Some(number) = line.strip_prefix("Line: ").filter(|_| out.is_fresh())
        && text::digits(number).is_some_and(|(_, rest)| rest.is_empty())
        && !message.is_empty()
    {
        out.stack.facts.reason("line", number);
    } else {
        return false;
    }
    out.cut();
    true
}

/// Garry's Mod: `[ERROR] addons/orbit/lua/ship.lua:31: attempt to …`, `[orbit] addons/…` behind the rows of another error.
fn garrys<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let placed = |rest: &str| text::has(text::head(rest, 200), ".lua:");
    let known = line
        .strip_prefix('[')
        .and_then(|rest| text::split_once(rest, "] "))
        .is_some_and(|(_, rest)| placed(rest))
        && out.stack.frames.first().is_some_and(|first| {
            text::digits(first.raw).is_some_and(|(_, rest)| rest.starts_with(". "))
        });
    if known {
        out.further(line);
    }
    known
}

/// `FiveM`: what stands above it is the console's; behind rows it begins another error's.
fn five_m<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if !line.starts_with("SCRIPT ERROR: ") {
        return false;
    }
    let rows = out
        .last_frame()
        .is_some_and(|last| last.language == Language::Lua || last.raw.starts_with("> "));
    if rows {
        out.further(line);
    } else if out.has_frames() || out.is_empty() || !out.is_fresh() {
        return false;
    } else {
        out.sure(read_exception(line), line);
    }
    true
}

/// Factorio: `Error while running event orbit::on_tick (ID 0)`, and the reason on the next line; the game's own log says both
/// once more.
fn factorio<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if text::has(line, " MultiplayerManager failed: \"") {
        if out.has_frames() {
            out.further(line);
        }
        out.cut();
        return true;
    }
    let Some(at) = text::find(line, "Error while running event ") else {
        return false;
    };
    let known = !out.has_frames() && line.ends_with(')');
    if known {
        // Which mod it was stands in front.
        let before = out.section().exception.message;
        if let Some(at) = text::find(before, "The mod ")
            && let Some(end) = text::find(&before[at..], " error")
        {
            out.stack.facts.reason("event", &before[at..at + end + 6]);
        }
        out.stack.facts.reason("event", &line[at + 26..]);
        out.section().exception = Exception::default();
    }
    known
}

/// `2024/05/06 07:08:09 [error] 31#0: *5 lua entry thread aborted: runtime error: /srv/lua/dock.lua:17: no bay`; a log
/// holds one of each request.
fn open_resty<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((front, rest)) = text::split_once(line, " aborted: ") else {
        return false;
    };
    let Some(at) = text::rfind(front, "lua ").filter(|_| text::has(front, "#")) else {
        return false;
    };
    let name = &line[at..front.len() + " aborted".len()];
    if !front[..at].ends_with(' ') || name.len() > 60 {
        return false;
    }
    if out.has_frames() {
        out.further(&line[at..]);
        return true;
    }
    // Whom it served stands behind the reason where no stack follows.
    let message = text::split_once(rest, ", client: ").map_or(rest, |(message, _)| message);
    out.section().exception = Exception {
        name: Some(name),
        message,
    };
    true
}

/// `JavaScript Exception (File: 'dock.js' tag 'script'): ReferenceError: bay is not defined`.
fn ludei<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((_, error)) = line
        .strip_prefix("JavaScript Exception (")
        .and_then(|rest| text::split_once(rest, "): "))
    else {
        return false;
    };
    let known = !out.has_frames();
    if known {
        out.section().exception = read_exception(error);
        out.cut();
    }
    known
}

/// `Message: ...ons/Orbit/dock.lua:31: attempt to index a nil value` between the time, the count and the stack.
fn add_on<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    // It says the message again above its rows.
    if let Some(again) = line.strip_prefix("Stack: ")
        && !out.has_frames()
        && !out.is_empty()
        && out.section().exception.message == again
    {
        return true;
    }
    let Some(message) = line.strip_prefix("Message: ") else {
        return false;
    };
    let known = text::has(message, ".lua") && !out.has_frames();
    if known {
        out.section().exception = Exception {
            name: None,
            message,
        };
        // The rest may stand on the next line.
        if !message.ends_with(':') {
            out.cut();
        }
    }
    known
}
