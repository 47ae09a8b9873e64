//! The printers' grammars: one line in, one frame out, or nothing when the line is something else.
//!
//! No grammar looks at another line, none uses a regular expression, none copies. A format chooses the grammars that
//! its printers use; [`read`] tries all of them, for texts whose format is not known.

mod android;
mod android_symbol;
mod apple;
mod boost;
mod consoles;
mod csharp;
mod dart;
mod debugger;
mod elixir;
mod far;
mod games;
mod hosts;
mod java;
mod listed;
mod lldb;
mod lua;
mod mod_handlers;
mod module_names;
mod plain;
mod rare;
mod report_rows;
mod ruby;
mod runtimes;
mod script;
mod shared;
mod sos;
mod stack_walker;
mod symbolized;
mod usual;
mod visual_studio;
mod windows;

use memchr::memchr3;

pub(crate) use hosts::declared_name;
pub(crate) use lua::place_alone;
pub(crate) use runtimes::{erlang, ruby_place};
pub(crate) use symbolized::name_and_place as symbolized;

use crate::frame::Frame;
use crate::text;

/// A frame cannot be longer than this; what is longer is data that happens to start like one.
const LONGEST: usize = 16 * 1024;

/// Which printers' lines are frames here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Printers {
    /// Any of them.
    Any,
    /// Android, HarmonyOS, virtual machines on them: numbered lines and lines behind `at` or `native:`.
    Android,
    /// Java, Kotlin and native lines between them.
    Java,
    /// Apple's numbered columns.
    Apple,
    /// gdb and lldb.
    Debugger,
    /// Sanitizers.
    Sanitizer,
    /// `WinDbg`'s `module!function`.
    Windbg,
    /// Rows of a Windows exception report.
    ReportTable,
    /// `HotSpot`'s hs_err file.
    Hotspot,
    /// Python.
    Python,
}

impl<'a> Frame<'a> {
    /// Reads one line; `None` when the line is not a frame.
    pub fn parse(line: &'a str) -> Option<Self> {
        read(text::trim(line))
    }
}

/// Where a debugger stopped, in a line that is no frame of a stack.
pub(crate) fn stopped(line: &str) -> Option<Frame<'_>> {
    debugger::stopped(line)
        .or_else(|| lldb::thread(line))
        .map(|frame| Frame { raw: line, ..frame })
}

/// Reads one trimmed line as a frame of the forms that long dumps have by the million; others are [`read`]'s.
pub(crate) fn usual(line: &str) -> Option<Frame<'_>> {
    usual::read(line)
}

/// Reads one trimmed line as any printer's frame.
pub(crate) fn read(line: &str) -> Option<Frame<'_>> {
    read_as(Printers::Any, line)
}

/// Reads one trimmed line as a frame of these printers.
pub(crate) fn read_as(printers: Printers, line: &str) -> Option<Frame<'_>> {
    if line.len() > LONGEST {
        return None;
    }
    let frame = match printers {
        Printers::Any => any(line),
        Printers::Android => android_line(line),
        Printers::Java => match line.as_bytes() {
            [b'a', b't', b' ' | b'\t', ..] => {
                let rest = line[3..].trim_start();
                usual::java(rest).or_else(|| called(rest))
            }
            _ => android_line(line).or_else(|| plain_line(line)),
        },
        Printers::Apple => counted(line)
            .or_else(|| apple::without_image(line))
            .or_else(|| plain::glibc(line))
            .or_else(|| consoles::name_in_column(line))
            .or_else(|| consoles::semicolons(line)),
        Printers::Debugger => debugger::numbered(line).or_else(|| lldb::frame(line)),
        Printers::Sanitizer => debugger::numbered(line),
        Printers::Windbg => windbg(line),
        Printers::ReportTable => {
            report_rows::report_row(line).or_else(|| report_rows::logical(line))
        }
        Printers::Hotspot => plain::hotspot(line),
        Printers::Python => plain::python(line).or_else(|| games::nim(line)),
    };
    let frame = frame.map(|frame| Frame { raw: line, ..frame });
    match printers {
        Printers::Apple => frame.map(far::without_helper),
        Printers::Windbg => frame.map(far::without_far_export),
        _ => frame,
    }
}

fn any(line: &str) -> Option<Frame<'_>> {
    match line.as_bytes() {
        [b'#', ..] => numbered(line),
        [b'a', b't', b' ' | b'\t', ..] => behind_at(line[3..].trim_start()),
        [b'n', b'a', b't', b'i', b'v', b'e', b':', ..] => unwound(line[7..].trim_start()),
        [b'0', b'x' | b'X', ..] => windows::addressed(line)
            .or_else(|| consoles::guest(line))
            .or_else(|| plain::mono(line))
            .or_else(|| plain::serenity(line))
            .or_else(|| mod_handlers::row(line))
            .or_else(|| consoles::address_alone(line))
            .or_else(|| visual_studio::mono(line)),
        [b'0'..=b'9', ..] => counted(line),
        [b'[', ..] => rare::bracketed(line),
        [b'(', b'0', b'x', .., b']', b')'] => listed::openj9(line),
        [b'(', b'0', b'x', ..] => games::old_unity(line),
        [b'(', b'N', b'o', b' ', b's', ..] => games::chromium_of_windows(line),
        [b'(', b'0'..=b'9', ..] if let Some(frame) = lua::listed(line) => Some(frame),
        [b'(', ..] => csharp::wrapper(line)
            .or_else(|| lua::read(line))
            .or_else(|| elixir::elixir(line))
            .or_else(|| script::safari(line))
            .or_else(|| script::at_sign(line)),
        [b'i', b'n', b' ', ..] if let Some(frame) = hosts::haxe_numbered(line) => Some(frame),
        [b'i', b'n', b' ', b'f' | b'c', ..] => {
            runtimes::erlang_call(line).or_else(|| plain_line(line))
        }
        [b'-', b' ', ..] if text::has(line, " @bci=") => java::of_agent(line),
        [b'-', b' ', ..] if text::has(line, " + ") || text::has(line, " (Hook handler)") => {
            games::geode(line)
        }
        [b'!', b' ', ..] => games::x_ray(line).or_else(|| plain_line(line)),
        [b'h', b't', b't', b'p', ..] if !line.contains(' ') && !line.contains('@') => {
            script::address(line).or_else(|| plain_line(line))
        }
        [b'=', b'>', b'0', b'x', ..] => mod_handlers::row(&line[2..]),
        [b'=', b'>', ..] => runtimes::arrow(line),
        [b'=', ..] => lua::giants(line).or_else(|| plain_line(line)),
        [b'C', b'a', b'l', b'l', ..] if let Some(frame) = hosts::haxe(line) => Some(frame),
        [b'<', b'u', b'n', ..] if text::has(line, " Line ") => hosts::bracketed(line),
        [b'>' | b'^', ..] => games::resource(line)
            .or_else(|| visual_studio::read(line))
            .or_else(|| java::pointed_at(line)),
        [b'{', ..] => runtimes::erlang(line),
        [b':', b'a'..=b'z', ..] => elixir::of_machine(line).or_else(|| plain_line(line)),
        [b'b', b'y', b' ', ..] => runtimes::valgrind(&line[3..]).or_else(|| plain_line(line)),
        [b'c' | b'g', ..] if text::has(line, "gml_") => runtimes::game_maker(line),
        // `ndk-stack`'s older form.
        [b'S', b't', b'a', b'c', b'k', b' ', b'f', ..]
            if let Some(row) = line.strip_prefix("Stack frame ")
                && row.trim_start().starts_with('#') =>
        {
            numbered(row.trim_start())
        }
        [b'P' | b'R' | b'S', ..] => runtimes::atmosphere(line)
            .or_else(|| runtimes::roblox(line))
            .or_else(|| plain_line(line)),
        [b'*', b' ', b'0', b'x', ..] => listed::from_module(&line[2..]),
        [b'*' | b'f', ..] if text::has(line, "frame #") => lldb::frame(line),
        [b'*', b'F', b'U', b'N', ..] => hosts::squirrel(line),
        [b'*', b' ', ..] => consoles::starred(line)
            .or_else(|| hosts::squirrel_row(&line[2..]))
            .or_else(|| plain_line(line)),
        [b'p', b'c', b' ', ..] => dart::vm(line).or_else(|| android::bare(line[3..].trim_start())),
        [b'F', b'i', b'l', b'e', b' ', ..] => plain::python(line).or_else(|| lua::row(line)),
        [b'@', ..] => listed::glog(line).or_else(|| plain_line(line)),
        [b'g', b'l', b'o', b'b', b'a', b'l', b' ', ..] => {
            script::at_sign(line).or_else(|| plain_line(line))
        }
        [byte, ..] if *byte >= 0x80 => csharp::localised(line).or_else(|| plain_line(line)),
        [b'b', b'e', b'i', b' ', ..]
        | [b'e', b'm' | b'n', b' ', ..]
        | [b'v' | b'w', b' ', ..]
        | [b'i', b'n', b' ', b'A'..=b'Z', ..] => {
            csharp::localised(line).or_else(|| plain_line(line))
        }
        [b's', b't', b'a', b'c', b'k', b' ', ..] => listed::dump(line).or_else(|| plain_line(line)),
        [] => None,
        [b'/', .., b')'] if android::has_library(line) => {
            android_line(line).or_else(|| plain_line(line))
        }
        [b'/', ..] if line.ends_with(')') && text::has(line, ".go:") => consoles::go_place(line),
        [b'/', b'd', b'a', b't', b'a', ..]
        | [b'/', b's', b'y', b's', ..]
        | [b'/', b'a', b'p', b'e', b'x', ..]
        | [b'/', b'v', b'e', b'n', ..]
        | [b'l', b'i', b'b', ..]
            if text::has(line, ".so:") =>
        {
            android::offset_and_symbol(line).or_else(|| plain_line(line))
        }
        _ => plain_line(line),
    }
}

fn android_line(line: &str) -> Option<Frame<'_>> {
    match line.as_bytes() {
        [b'#', ..] => numbered(line),
        [b'a', b't', b' ' | b'\t', ..] => behind_at(line[3..].trim_start()),
        [b'n', b'a', b't', b'i', b'v', b'e', b':', ..] => unwound(line[7..].trim_start()),
        [b'0'..=b'9' | b'a'..=b'f' | b'p', ..] => {
            android::bare(line.strip_prefix("pc ").unwrap_or(line))
                .or_else(|| android::without_mark(line))
                .or_else(|| dart::vm(line))
        }
        [b'/' | b'[' | b'<', .., b')'] => {
            android::module_first(line).or_else(|| android::path_and_symbol(line))
        }
        _ => None,
    }
}

/// Behind `#` and a number: Android, gdb and the sanitizers, Dart and JavaScript, Windows.
fn numbered(line: &str) -> Option<Frame<'_>> {
    let usual = line.strip_prefix('#').and_then(usual::native);
    let frame = usual.or_else(|| android::numbered(line));
    if frame.is_some() {
        return frame;
    }
    debugger::numbered(line).or_else(|| {
        let (_, rest) = text::digits(line.strip_prefix('#')?)?;
        let rest = rest.trim_start();
        script::javascript(rest)
            .or_else(|| lua::numbered(rest))
            .or_else(|| module_names::module_function(rest))
            .or_else(|| runtimes::php(rest))
            .or_else(|| hosts::angel_script(rest))
            .or_else(|| listed::name_alone(rest))
            .or_else(|| csharp::compiled(rest))
    })
}

/// Behind `native:`: `#00 pc 000b6290  /lib/liborbit.so (f+4)`, of older systems without a number.
fn unwound(rest: &str) -> Option<Frame<'_>> {
    numbered(rest).or_else(|| android::behind_pc(rest.strip_prefix("pc ")?.trim_start()))
}

/// Behind `at`.
fn behind_at(rest: &str) -> Option<Frame<'_>> {
    let usual = usual::java(rest).or_else(|| android::listed(rest));
    usual.or_else(|| called(rest))
}

/// Behind `at`: Java, C#, JavaScript.
fn called(rest: &str) -> Option<Frame<'_>> {
    // Node prints an error's fields behind its last frame: `at f (a.js:1:2) {`.
    let rest = rest.strip_suffix(" {").unwrap_or(rest);
    // A reviewer's remark behind the frame: `…Layout.js:747:1)（Mate 60）。`.
    let rest = if rest.is_empty() || rest.ends_with(')') {
        rest
    } else {
        shared::without_note(text::find(rest, ")（").map_or(rest, |at| &rest[..=at]))
    };
    // Crashlytics makes Java's frames of Dart's: `at .    #00 abs 0 virt 00000000001b0367 _kDart…+0x1a2367(.java)`.
    if let Some(rest) = rest.strip_prefix(".  ") {
        return numbered(rest.trim_start().trim_end_matches("(.java)"));
    }
    // A constructor of Dart's, in Java's form: `at new Ship.launch.<fn>(ship.dart:62)`.
    if let Some(rest) = rest.strip_prefix("new ")
        && text::has(rest, ".dart:")
    {
        return java::read(rest);
    }
    // An old engine prints no column: `Game_System.open (Dock.js:230)`.
    let java = |rest| java::read(rest).filter(|frame| !frame.file.is_some_and(script::is_file));
    // Nearly all of them.
    let mut frame = java(rest);
    if let Some(frame) = &mut frame {
        dart::in_form_of_java(frame);
    }
    if frame.is_some() {
        return frame;
    }
    java::typed(rest)
        .or_else(|| dart::of_its_library(rest))
        .or_else(|| games::cangjie(rest))
        .or_else(|| games::flash(rest))
        .or_else(|| script::javascript(rest))
        .or_else(|| csharp::read(rest, true))
        .or_else(|| java::without_place(rest))
        .or_else(|| java::cut(rest))
        .or_else(|| consoles::named_module_offset(rest))
        .or_else(|| module_names::behind_at(rest))
        .or_else(|| match rest.as_bytes().first()? {
            b'0'..=b'9' => runtimes::valgrind(rest).or_else(|| runtimes::kotlin_native(rest)),
            b'g' => runtimes::game_maker(rest),
            b'(' => android::listed(rest),
            b'A'..=b'Z' => java::place_alone(rest),
            _ => None,
        })
        .or_else(|| script::chunk(rest))
        .or_else(|| script::place_first(rest))
}

/// A leading number: Apple's crash reports, `WinDbg`, `minidump_stackwalk`, Rust's own backtrace.
fn counted(line: &str) -> Option<Frame<'_>> {
    let (number, rest) = text::digits(line)?;
    if let Some(frame) = android::without_mark(line) {
        return Some(frame);
    }
    if report_rows::is_memory(line) {
        return None;
    }
    if let Some(row) = sos::row(line) {
        return row.frame();
    }
    if number.len() >= 8
        && let Some(frame) = listed::address_first(line)
    {
        return Some(frame);
    }
    if let Some(rest) = rest.strip_prefix(": ") {
        let rest = rest.trim_start();
        if text::has(rest, "(this=")
            && let Some(frame) = script::v8(rest)
        {
            return Some(frame);
        }
        return lua::of_four(rest)
            .or_else(|| plain::node(rest))
            .or_else(|| plain::rust(rest))
            .or_else(|| plain::module_offset(rest));
    }
    match rest.as_bytes().first() {
        Some(b' ' | b'\t') => {
            let rest = rest.trim_start();
            plain::swift(rest)
                .or_else(|| apple::numbered(rest))
                .or_else(|| apple::offset_column(rest))
                .or_else(|| apple::place_in_library(rest))
                .or_else(|| windows::numbered(rest))
                .or_else(|| apple::sampled(number, rest))
                .or_else(|| runtimes::counted(rest))
                .or_else(|| report_rows::report_row(line))
                .or_else(|| consoles::without_address(rest))
                .or_else(|| java::read(rest))
                .or_else(|| stack_walker::row(line))
        }
        Some(b'.') => games::garrys(rest).or_else(|| listed::dotted(rest)),
        // `000000000004a1b8  /system/lib64/libc.so (abort+164)`, and WinDbg's `00000000`0012f8a0 …`.
        Some(b'#') => boost::read(line),
        _ => android::bare(line)
            .or_else(|| report_rows::logical(line))
            .or_else(|| listed::address_first(line))
            .or_else(|| windows::numbered(line))
            .or_else(|| report_rows::report_row(line))
            .or_else(|| stack_walker::row(line))
            .or_else(|| java::read(line))
            .or_else(|| visual_studio::read(line)),
    }
}

/// A debugger's row: `00 00000000`0012f8a0 00007ff6`12345678 ntdll!NtWait+0x14`, or `moon!f+0x76 [t:\\vault.cpp @ 19]`.
fn windbg(line: &str) -> Option<Frame<'_>> {
    match line.as_bytes().first()? {
        // Without a number in front: ``(Inline Function) --------`--------     orbit!Dock::open+0x12``.
        b'(' if line.starts_with("(Inline") => return windows::columns(line),
        b'(' => return sos::current(line),
        byte if byte.is_ascii_hexdigit() => match sos::row(line) {
            Some(row) => return row.frame(),
            None => windows::columns(line),
        },
        _ => None,
    }
    .or_else(|| module_names::module_function(line))
}

/// No decoration at all: thread files of crash SDKs print `android.os.Looper.loop(Looper.java:123)`.
fn plain_line(line: &str) -> Option<Frame<'_>> {
    // Each of them has a bracket or a mark; most lines of a log have none.
    let bytes = line.as_bytes();
    if memchr3(b'(', b'!', b'@', bytes).is_none() && memchr3(b'[', b'+', b':', bytes).is_none() {
        if [".java", ".kt"].iter().any(|end| line.ends_with(end)) {
            return java::spaced(line);
        }
        if matches!(bytes.last(), Some(b'0'..=b'9')) && memchr::memchr(b';', bytes).is_some() {
            return consoles::semicolons(line);
        }
        if matches!(bytes.last(), Some(b'0'..=b'9' | b'a'..=b'f'))
            && let Some(frame) = hosts::module_offset(line)
        {
            return Some(frame);
        }
        return android::bare(line).or_else(|| consoles::columns(line));
    }
    // Chromium's console, between what ran and who asked for it: `Promise.then (async)`.
    if line.ends_with(" (async)") {
        return None;
    }
    if memchr::memchr(b'\t', bytes).is_some()
        && let Some(frame) = visual_studio::read(line).or_else(|| runtimes::tabbed(line))
    {
        return Some(frame);
    }
    if let [.., b'0'..=b'9', b')' | b']'] | [.., b'0'..=b'9', b')', b')'] = bytes
        && let Some(frame) = hosts::haxe_row(line)
    {
        return Some(frame);
    }
    java::read(line)
        .map(|mut frame| {
            dart::in_form_of_java(&mut frame);
            frame
        })
        .or_else(|| lua::read(line))
        .or_else(|| visual_studio::read(line))
        .or_else(|| module_names::module_function(line))
        .or_else(|| android::bare(line))
        .or_else(|| plain::glibc(line))
        .or_else(|| csharp::read(line, false))
        .or_else(|| script::at_sign(line))
        .or_else(|| rare::read(line))
}

#[cfg(test)]
mod tests;
