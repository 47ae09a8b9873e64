//! Exceptions and stacks as runtimes and engines print them: Java, C#, Lua, JavaScript, Rust, Unity, and mixtures.

use super::listed_causes::ListedCauses;
use super::mod_lists::ModLists;
use super::reader::{Line, Reader};
use super::{
    aborts, alone, angel_script, banners, blender, browser_console, bugly_record, caused, chains,
    checks, components, databases, exit_info, flutter_box, forms, game_maker, godot, hangs, haxe,
    heads, inside, kernel_limits, logged_behind, managed, memory, metadata, microdump, names_alone,
    node, notices, papyrus, python_words, repeats, requests, runtimes, script_hosts, sections,
    source_mod, squirrel, supervisors, titles,
};
use crate::frame::{Frame, Language};
use crate::grammar::{self, Printers};
use crate::model::{Builder, RelatedKind, signal_in};
use crate::text;

/// Reads a text of no format in particular.
#[derive(Default)]
pub(super) struct Plain<'a> {
    lines: usize,
    names: names_alone::Names<'a>,
    /// Another report's exception behind the frames: what is numbered from 0 again is its stack.
    another: Option<&'a str>,
    /// Whether the text has a first frame with its number: another report's stack is told by it.
    numbered: Option<bool>,
    causes: ListedCauses,
    source_mod: source_mod::SourceMod<'a>,
    angel_script: angel_script::AngelScript<'a>,
    haxe: haxe::Haxe<'a>,
    game_maker: game_maker::Version8<'a>,
    databases: databases::Databases,
    properties: node::Properties,
    console: browser_console::BrowserConsole,
    lists: ModLists,
    calls: caused::Calls,
}

impl<'a> Reader<'a> for Plain<'a> {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        if self.takes_usual(out, line) {
            return;
        }
        if !self.takes(out, line) {
            let may = !sections::is_cause(line);
            self.grammatical(out, line, may.then(|| grammar::read(line)).flatten());
        }
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        self.flush(out);
        self.source_mod.end(out);
        self.angel_script.end(out);
        haxe::Haxe::end(out);
        godot::end(out);
        game_maker::end(out);
        aborts::told_by_frames(out);
        aborts::told_by_unity(out);
    }
}

/// How the first frame of a numbered stack begins.
const FIRST: [&str; 3] = ["#0 ", "[1] ", "[0] "];

impl<'a> Plain<'a> {
    /// A line that the grammars have read before: as a frame, or as none.
    pub(super) fn read(&mut self, out: &mut Builder<'a>, line: &'a str, frame: Option<Frame<'a>>) {
        if !self.takes(out, line) {
            self.grammatical(out, line, frame);
        }
    }

    /// Takes one of the lines that a long dump is made of, where nothing above it waits for a line of another kind.
    fn takes_usual(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let usual = out.has_frames().then(|| grammar::usual(line)).flatten();
        let Some(frame) = usual else {
            return false;
        };
        let waits = self.lists.is_within()
            || self.names.are_begun()
            || self.source_mod.may_take(line)
            || self.angel_script.may_take(line)
            || self.haxe.may_take(line)
            || self.game_maker.may_take(line)
            || self.calls.may_take(line)
            // Perhaps a summary of those above.
            || frame.language == Language::Lua
                && out.last_frame().is_some_and(|last| last.raw.starts_with("at "));
        if waits {
            return false;
        }
        self.lines += 1;
        if !line.starts_with('#') || !repeats::is_repeated(out, line) {
            out.frame(frame);
        }
        true
    }

    /// What is told without the grammars; `true` where the line was taken.
    fn takes(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        self.lines += 1;
        if self.lists.take(out, line) {
            return true;
        }
        // A lock below a frame is told by its words: no printer's frame begins so.
        if line.starts_with("- ") && out.has_frames() && out.lock(line) {
            self.flush(out);
            return true;
        }
        if self.lines <= 3
            && !out.has_frames()
            && (alone::thread(out, line)
                || alone::fault_address(out, line)
                || alone::thread_and_signal(out, line))
        {
            return true;
        }
        // Rails shows the lines of its template around the one that failed: `13:     <%= dock.bay %>`.
        if !out.has_frames()
            && line.starts_with(|c: char| c.is_ascii_digit())
            && is_excerpt(out, line)
        {
            out.stack.unrecognized.push(line);
            return true;
        }
        if !out.has_frames() && self.databases.may_take(line) && self.databases.line(out, line) {
            return true;
        }
        if self.source_mod.may_take(line) && self.source_mod.line(out, line) {
            return true;
        }
        if self.angel_script.may_take(line) && self.angel_script.line(out, line)
            || self.haxe.may_take(line) && self.haxe.line(out, line)
            || self.game_maker.may_take(line) && self.game_maker.line(out, line)
            || self.calls.may_take(line) && self.calls.line(out, line)
        {
            return true;
        }
        let marked = memchr::memchr(b'@', line.as_bytes()).is_some();
        if marked && self.console.row(out, line) {
            return true;
        }
        // Unity logs an exception with its stack, and prints who logged it below.
        if line.starts_with("UnityEngine.Debug:Log")
            && !out.is_beside()
            && out
                .last_frame()
                .is_some_and(|last| last.raw.starts_with("at "))
        {
            out.related(RelatedKind::LoggedBy, line, None);
        }
        if self.names.take(out, line) {
            return true;
        }
        self.flush(out);
        // A script engine's first frame at the end of the message: `… of null [0]Ship.fire@src/game.js:10`.
        if marked
            && let Some((front, _)) = text::split_once(line, " [0]")
            && let Some(frame) = grammar::read(&line[front.len() + 1..])
        {
            other(out, front);
            out.frame(frame);
            return true;
        }
        if godot::may_take(line) && godot::around(out, line) {
            return true;
        }
        // GameMaker names only the first place of its list.
        if line.starts_with("gml_") && out.has_frames() && names_alone::goes_on(line) {
            out.frame(names_alone::frame(line));
            return true;
        }
        if !out.has_frames()
            && let Some((front, frames)) = inside::split(line)
        {
            other(out, front);
            for frame in frames {
                out.frame(frame);
            }
            return true;
        }
        false
    }

    /// A frame, or what is said around frames.
    fn grammatical(&mut self, out: &mut Builder<'a>, line: &'a str, frame: Option<Frame<'a>>) {
        let behind = out.has_frames() && !out.is_beside();
        if behind
            && FIRST.iter().any(|number| {
                line.starts_with(number) && out.stack.frames[0].raw.starts_with(number)
            })
            && let Some(another) = self.another.take()
        {
            out.further(another);
        }
        let numbered = frame.is_none() && line.starts_with('#');
        let frame = frame.or_else(|| numbered.then(|| names_alone::numbered(out, line)).flatten());
        if sections::is_cause(line) || !framed(out, line, frame) {
            if self.causes.line(out, line) || self.properties.line(out, line) {
                return;
            }
            if behind
                && self.numbered(out)
                && crate::model::tells_of_crash(line)
                && !sections::is_previous(line)
                && !sections::is_cause(line)
            {
                self.another = Some(line);
            }
            other(out, line);
        }
    }

    /// Whether the text has a first frame with its number.
    fn numbered(&mut self, out: &Builder<'a>) -> bool {
        *self
            .numbered
            .get_or_insert_with(|| FIRST.iter().any(|number| text::has(out.text, number)))
    }

    /// Names that were no stack are words.
    fn flush(&mut self, out: &mut Builder<'a>) {
        for name in self.names.end(out) {
            read(out, name, Printers::Any);
        }
    }
}

/// One line: a frame, an exception, a lock, a fact, or words.
pub(super) fn read<'a>(out: &mut Builder<'a>, line: &'a str, printers: Printers) {
    if !framed(out, line, grammar::read_as(printers, line)) {
        other(out, line);
    }
}

/// Takes a frame; `false` where the line is none.
fn framed<'a>(out: &mut Builder<'a>, line: &'a str, frame: Option<Frame<'a>>) -> bool {
    match frame {
        Some(frame) if !is_image(line) => {
            // GameMaker names the place with the reason, and begins its list with it again.
            if line.starts_with("gml_")
                && out.is_further()
                && let Some(last) = out.last_frame()
                && last.raw.starts_with("at gml_")
                && last.function == frame.function
            {
                last.line = frame.line;
                return true;
            }
            if line.starts_with("gml_")
                && !out.is_further()
                && let [first] = &mut out.stack.frames[..]
                && first.function == frame.function
                && (first.line == frame.line || first.raw.starts_with("at gml_"))
            {
                first.line = frame.line;
                return true;
            }
            if line.starts_with('#') {
                if repeats::is_repeated(out, line) {
                    return true;
                }
                repeats::begins_another(out, &frame);
                if line.starts_with("#0 ") {
                    inside::java_in_dart(out, &frame);
                }
            }
            if repeats::is_summary(out, &frame) {
                return true;
            }
            if line.starts_with("0 ") && managed::ends_before(out, &frame) {
                out.related(RelatedKind::Native, managed::heading(out.text, line), None);
            }
            // GameMaker prints the line that failed behind its place.
            if out.stack.frames.is_empty()
                && frame.function.is_some_and(|name| name.starts_with("gml_"))
                && let Some((_, code)) = text::split_once(line, ") - ")
            {
                out.stack.facts.reason("line of source", code);
            }
            out.frame(frame);
            // .NET ends the copy of an inner exception with an arrow.
            if out.is_beside() && line.ends_with("<---") {
                out.crash();
            }
            true
        }
        _ => false,
    }
}

/// Whether a numbered line is of the template that Rails' exception names.
fn is_excerpt(out: &Builder<'_>, line: &str) -> bool {
    let template = |name: &str| name.ends_with("::Template::Error");
    let section = out.stack.sections.last();
    let of_template = section.is_some_and(|section| section.exception.name.is_some_and(template));
    of_template && text::digits(line).is_some_and(|(_, rest)| rest.starts_with(':'))
}

/// What Minecraft says where an exception ends its loop, on a client or a server; others are of plugins, and it goes on.
fn is_end_of_minecraft(line: &str) -> bool {
    matches!(line.as_bytes().first(), Some(b'E' | b'R' | b'U'))
        && [
            "Encountered an unexpected exception",
            "Exception in server tick loop",
            "Reported exception thrown!",
            "Unreported exception thrown!",
        ]
        .iter()
        .any(|words| line.starts_with(words))
}

/// A head that stands alone in a mark or a log's words, where the lines below it do not: `> FATAL EXCEPTION: main`,
/// `E/jswrapper(4711): ERROR: no bay`.
fn unquoted(line: &str) -> &str {
    match line.as_bytes() {
        [b'>', b' ', b'F', ..] if line.starts_with("> FATAL EXCEPTION: ") => &line[2..],
        [b'E' | b'F', b'/', ..] => match crate::carrier::read_logcat(line) {
            Some(logged) if !logged.message.is_empty() => logged.message,
            _ => line,
        },
        _ => line,
    }
}

/// Takes a line that one of those knows who print or read a report; each looks at how it begins first.
fn is_known<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    line.starts_with('(') && python_words::left_out(out, line)
        || requests::line(out, line)
        || bugly_record::line(out, line)
        || memory::line(out, line)
        || node::line(out, line)
        || checks::line(out, line)
        || notices::line(out, line)
        || titles::line(out, line)
        || flutter_box::line(out, line)
        || components::line(out, line)
        || exit_info::line(out, line)
        || microdump::line(out, line)
        || chains::line(out, line)
        || script_hosts::line(out, line)
        || squirrel::line(out, line)
        || game_maker::line(out, line)
        || godot::line(out, line)
        || logged_behind::line(out, line)
        || papyrus::line(out, line)
        || hangs::line(out, line)
        || blender::line(out, line)
        || runtimes::line(out, line)
        || supervisors::line(out, line)
        || kernel_limits::line(out, line)
}

/// A line that is no frame.
pub(super) fn other<'a>(out: &mut Builder<'a>, line: &'a str) {
    if sections::is_cause(line) && sections::line(out, line) {
        return;
    }
    if is_known(out, line) {
        return;
    }
    // A machine's dump has the kernel's side of a thread: `kernel: __switch_to+0x8c/0xb4`.
    if line.starts_with("kernel: ") && text::has(line, "+0x") {
        return out.stack.unrecognized.push(line);
    }
    if forms::line(out, line) || is_of_apples_network(line) {
        return;
    }
    // Unity's player, behind its log.
    if line == aborts::UNITY && !out.has_frames() {
        out.drop_words();
        out.stack.unrecognized.push(line);
        return out.cut();
    }
    let line = heads::without_columns(line);
    let line = unquoted(line);
    if line.starts_with("Non-fatal Exception: ") {
        out.stack
            .facts
            .reason("", &line[.."Non-fatal Exception".len()]);
    }
    if line.starts_with("FATAL EXCEPTION: ") || is_end_of_minecraft(line) {
        out.fatal();
    }
    // Thread and process of a later one are not this report's.
    let named = ["FATAL EXCEPTION: ", "Process: "];
    if out.is_fatal_again() && named.iter().any(|label| line.starts_with(label)) {
        return out.stack.unrecognized.push(line);
    }
    if sections::line(out, line) {
        return;
    }
    if heads::read(&mut out.stack.facts, line) {
        // It says what it was: the words above are a log's or a person's.
        if line.starts_with("ExceptionCode:") && !out.has_frames() {
            out.drop_unnamed();
            out.cut();
        }
        return;
    }
    if alone::labelled_thread(out, line) {
        return;
    }
    // The files that a handler wrote, listed below its record: `* Crash dump: not found`.
    let listed = line.starts_with("* ") && text::has(line, ": ");
    if listed && out.stack.facts.signal.is_some() && !out.has_frames() {
        return out.stack.unrecognized.push(line);
    }
    if metadata::is_drawn(line) {
        out.stack.unrecognized.push(line);
        return out.cut();
    }
    if metadata::is_heading(line) {
        let of_frames = ["tack", "race", "STACK", "TRACE"];
        if line.ends_with(':') && of_frames.iter().any(|word| text::has(line, word)) {
            out.frames_follow();
        }
        // What a program printed before is none of it.
        if line.starts_with("Unhandled exception") && !out.has_frames() {
            out.drop_words();
        }
        // A person's heading may say which signal it was: `会报SIGABRT错误，出错堆栈：`.
        let facts = &mut out.stack.facts;
        facts.signal = facts.signal.or_else(|| signal_in(line));
        return;
    }
    if is_image(line) && out.image(line)
        || banners::glog(out, line)
        || banners::art(out, line)
        || banners::glibc(out, line)
        || banners::heap(out, line)
        || banners::swift(out, line)
        || banners::swift_said(out, line)
    {
        return;
    }
    // `EXCEPTION_ACCESS_VIOLATION reading address 0x10`
    if let Some(rest) = text::after(line, "EXCEPTION_", b"")
        .or_else(|| text::after(line, "SIGSEGV: ", b"").filter(|_| text::has(line, "memory")))
        && let Some(address) =
            text::after(rest, " address ", b" ").or_else(|| text::after(rest, " at 0x", b" "))
    {
        out.stack.facts.fault_address = Some(address);
    }
    if metadata::is_metadata(line) {
        if line.starts_with("(Filename: ") {
            out.filed(line);
        }
        out.stack.unrecognized.push(line);
        out.cut();
    } else {
        out.words(line);
        // Behind the line of a mod's logger that names it stand the logger's own settings.
        if line.starts_with("Unhandled exception \"") {
            out.cut();
        }
    }
}

/// What Apple's network library logs between the lines of others: `nw_connection_copy_metadata [C1] No path`.
fn is_of_apples_network(line: &str) -> bool {
    let known = ["nw_", "boringssl_", "tcp_", "quic_"];
    matches!(line.as_bytes().first(), Some(b'n' | b'b' | b't' | b'q'))
        && known.iter().any(|start| line.starts_with(start))
        && line.split_once(' ').is_some_and(|(name, rest)| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            name.bytes().all(plain) && rest.starts_with("[C")
        })
}

/// `0x104000000 - 0x1045fffff Starfall arm64 <2f5b…>` starts like a bare address.
pub(super) fn is_image(line: &str) -> bool {
    line.starts_with("0x") && text::has(line, " - 0x")
        || line.starts_with("0x")
            && text::has(line, " - ")
            && line.contains('<')
            && line.ends_with(|c: char| c.is_ascii_alphanumeric())
            && text::has(line, "> /")
}
