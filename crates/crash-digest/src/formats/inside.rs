//! Frames that stand on the line of their exception's message, behind its words.

use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::Builder;
use crate::text;

/// The words and the frames behind them; `None` where the line has none of these.
pub(super) fn split(line: &str) -> Option<(&str, Vec<Frame<'_>>)> {
    // Most lines have none of these.
    let marked = memchr::memchr3(b'@', b'#', b'[', line.as_bytes()).is_some();
    if !marked && !text::has(line, "://") && !text::has(line, ".lua:") {
        return None;
    }
    // Firefox's first frame behind Emscripten's copy of the message: `… too much recursion,tick@http://host/a.js:2:33`.
    if memchr::memchr(b'@', line.as_bytes()).is_some()
        && text::has(line, "@http")
        && let Some((front, last)) = line.rsplit_once(',')
        && let Some(frame) = grammar::read(last)
    {
        return Some((front, vec![frame]));
    }
    // Firefox's first frame of compiled code, whose parameters have commas as well.
    if text::has(line, "@:wasm-function[") {
        let split = memchr::memchr_iter(b',', line.as_bytes()).find_map(|at| {
            let frame =
                grammar::read(&line[at + 1..]).filter(|_| !line[at + 1..].starts_with(' '))?;
            Some((&line[..at], vec![frame]))
        });
        if split.is_some() {
            return split;
        }
    }
    // The first frame behind a reason: `abort() at jsStackTrace@blob:http://host/1f2e:3:20340`.
    if text::has(line, "://")
        && let Some((front, last)) = text::split_once(line, " at ")
        && text::split_once(last, "://").is_some_and(|(name, _)| name.contains('@'))
        && let Some(frame) = grammar::read(last)
    {
        return Some((front, vec![frame]));
    }
    // A tracker's title, the signal and the frame that it blames: `… SIGSEGV(SEGV_MAPERR) #01 pc 000122cc /lib/liborbit.so (f+4)`.
    if text::has(line, " pc ")
        && let Some(at) = text::find(line, "SIG")
        && let Some((front, _)) = text::split_once(&line[at..], " #")
        && let Some(frame) = grammar::read(&line[at + front.len() + 1..])
        && frame.module.is_some()
    {
        return Some((&line[at..at + front.len()], vec![frame]));
    }
    // The rows of Garry's Mod: `… (a nil value) 1. Add - addons/orbit/lua/dock.lua:52 2. Fire - …`.
    if text::has(line, ".lua:")
        && let Some(at) = text::find(line, " 1. ")
    {
        let frames: Vec<_> = rows(&line[at + 1..]).filter_map(grammar::read).collect();
        if !frames.is_empty() {
            return Some((line[..at].trim_end(), frames));
        }
    }
    // A whole traceback.
    memchr::memchr(b'[', line.as_bytes())?;
    let (front, rest) = text::split_once(line, " stack traceback: ")?;
    let rest = rest.trim_start();
    rest.starts_with("[C]")
        .then(|| (front, traceback(rest).filter_map(grammar::read).collect()))
}

/// Dart's own frames behind those of the Java that a plugin called: the error holds them in its message, and both have
/// frames. Java's go aside.
pub(super) fn java_in_dart<'a>(out: &mut Builder<'a>, frame: &Frame<'a>) {
    let dart = frame
        .file
        .is_some_and(|file| file.starts_with("package:") || file.starts_with("dart:"));
    let java = |frame: &Frame<'_>| frame.language == Language::Java;
    if !dart || !out.has_frames() || !out.stack.frames.iter().all(java) {
        return;
    }
    let exception = out.section().exception;
    let inner = text::rsplit_once(exception.message, ", ").map_or("", |(_, inner)| inner);
    out.set_aside(inner);
    out.section().exception = exception;
}

/// Numbered rows in one line: `1. Add - addons/orbit/lua/dock.lua:52 2. Fire - addons/orbit/lua/dock.lua:90`.
fn rows(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    let mut number = 1_u32;
    std::iter::from_fn(move || {
        let row = rest?;
        number += 1;
        let (row, next) = match text::find(row, &format!(" {number}. ")) {
            Some(end) => (&row[..end], Some(&row[end + 1..])),
            None => (row, None),
        };
        rest = next;
        Some(row.trim())
    })
}

/// The parts of a traceback in one line: `[C]: in ? [C]: in function '__index' ships/Ship:80: in function 'fire'`.
fn traceback(line: &str) -> impl Iterator<Item = &str> {
    let begins = |at: usize| {
        let (word, behind) = text::word(&line[at..]);
        matches!(word, "[C]:" | "[C]")
            || word
                .strip_suffix(':')
                .is_some_and(|place| text::file_line(place).1.is_some())
                && behind.starts_with("in ")
    };
    let mut starts = vec![0];
    starts.extend(
        memchr::memchr_iter(b' ', line.as_bytes())
            .map(|blank| blank + 1)
            .filter(|&at| begins(at)),
    );
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([line.len()]).collect();
    starts
        .into_iter()
        .zip(ends)
        .map(|(start, end)| line[start..end].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_frames_come_apart() {
        let line = "LuaException: boom stack traceback: [C]: at 0x94d83660 [C]: in function '__index' ships/Ship:80: in function 'fire'";
        let (front, frames) = split(line).unwrap();
        let lines: Vec<_> = frames
            .iter()
            .map(|frame| (frame.function, frame.line))
            .collect();
        assert_eq!(front, "LuaException: boom");
        assert_eq!(
            lines[1..],
            [(Some("__index"), None), (Some("fire"), Some(80))]
        );
        let (front, frames) =
            split("InternalError: too much recursion,tick@http://host/a.js:2:33").unwrap();
        assert_eq!(
            (front, frames.len()),
            ("InternalError: too much recursion", 1)
        );
        let (front, frames) = split("abort() at trace@blob:http://host/1f2e:3:2034").unwrap();
        assert_eq!((front, frames[0].function), ("abort()", Some("trace")));
        assert!(split("TypeError: see user@http, and more").is_none());
    }
}
