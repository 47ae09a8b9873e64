//! Crash texts by format: which one it is, and its reader.
//!
//! A format is scored on the head of the text as a whole; its reader then takes the lines one by one and tells the
//! [`Builder`] what they are. A new format is a file with a `score` and a reader, and a line in [`FORMATS`].

mod aborts;
mod above_tombstones;
mod alone;
mod android;
mod angel_script;
mod apple;
mod banners;
mod beam;
mod blender;
mod browser_console;
mod bugly_record;
mod caused;
mod chains;
mod checks;
mod components;
mod dart;
mod databases;
mod debugger;
mod debugger_session;
mod exit_info;
mod exits;
mod fatal_exceptions;
mod fatal_signals;
mod flutter_box;
mod forms;
mod freezes;
mod game_maker;
mod go;
mod godot;
mod handlers;
mod hangs;
mod harmony;
mod haxe;
mod heads;
mod hotspot;
mod inside;
mod julia;
mod kernel;
mod kernel_callers;
mod kernel_faults;
mod kernel_heads;
mod kernel_limits;
mod listed_causes;
mod loader;
mod logged;
mod logged_behind;
mod lua_rows;
mod managed;
mod memory;
mod metadata;
mod microdump;
mod microstackshots;
mod minecraft;
mod mod_lists;
mod mono;
mod names_alone;
mod ndk_stack;
mod node;
mod notices;
mod openj9;
mod papyrus;
mod plain;
mod python;
mod python_source;
mod python_words;
mod quoted_stack;
mod reader;
mod repeats;
mod report_table;
mod requests;
mod runtimes;
mod sanitizer;
mod script_hosts;
mod script_stack;
mod sections;
mod signal_lines;
mod sos;
mod source_mod;
mod squirrel;
mod studio;
mod supervisors;
mod titles;
mod tombstone_heads;
mod trace;
mod unreal;
mod valgrind;
mod watchdogs;
mod windbg;
mod windbg_keys;
mod windbg_loose;
mod windbg_open;
mod windbg_threads;
mod windbg_words;
mod wine;

use crate::cut::{self, Piece};
use crate::format::{Format, Platform};
use crate::frame::{Frame, Language};
use crate::model::{Builder, Stack};
use crate::text;
use reader::{Line, Reader};

/// How much a line speaks for a format; 0 is nothing.
type Score = fn(&str) -> u32;

/// Every format but the plain one.
const FORMATS: [(Format, Score); 18] = [
    (Format::Android, android::score),
    (Format::Trace, trace::score),
    (Format::Harmony, harmony::score),
    (Format::Apple, apple::score),
    (Format::Microstackshots, microstackshots::score),
    (Format::Sanitizer, sanitizer::score),
    (Format::Debugger, debugger::score),
    (Format::Windbg, windbg::score),
    (Format::ReportTable, report_table::score),
    (Format::Hotspot, hotspot::score),
    (Format::OpenJ9, openj9::score),
    (Format::Go, go::score),
    (Format::Python, python::score),
    (Format::Unreal, unreal::score),
    (Format::Mono, mono::score),
    (Format::Dart, dart::score),
    (Format::Julia, julia::score),
    (Format::Kernel, kernel::score),
];

fn reader<'a>(format: Format) -> Box<dyn Reader<'a> + 'a> {
    match format {
        Format::Plain => Box::new(plain::Plain::default()),
        Format::Trace => Box::new(trace::Trace::default()),
        Format::Android => Box::new(android::Android::default()),
        Format::Harmony => Box::new(harmony::Harmony::default()),
        // `minidump_stackwalk` prints Apple's columns.
        Format::Apple | Format::Minidump => Box::new(apple::Apple::default()),
        Format::Microstackshots => Box::new(microstackshots::Microstackshots::default()),
        Format::Sanitizer => Box::new(sanitizer::Sanitizer::default()),
        Format::Debugger => Box::new(debugger::Debugger::default()),
        Format::Windbg => Box::new(windbg::Windbg::default()),
        Format::ReportTable => Box::new(report_table::ReportTable::default()),
        Format::Hotspot => Box::new(hotspot::Hotspot::default()),
        Format::OpenJ9 => Box::new(openj9::OpenJ9::default()),
        Format::Go => Box::new(go::Go::default()),
        Format::Python => Box::new(python::Python::default()),
        Format::Unreal => Box::new(unreal::Unreal::default()),
        Format::Mono => Box::new(mono::Mono::default()),
        Format::Dart => Box::new(dart::Dart::default()),
        Format::Julia => Box::new(julia::Julia),
        Format::Kernel => Box::new(kernel::Kernel::default()),
    }
}

/// Lines of the head that decide.
const HEAD: usize = 160;
/// What a platform's own format gets on top of half its score.
const PREFERRED: u32 = 2;
/// What a format needs at least.
const ENOUGH: u32 = 4;

/// The format of a text, by its head.
pub(crate) fn detect(text: &str) -> Format {
    detect_on(text, None)
}

/// The same for a text of this platform, whose own formats are preferred where the head fits several.
pub(crate) fn detect_on(text: &str, platform: Option<Platform>) -> Format {
    let mut scores = [0_u32; FORMATS.len()];
    let lines = text::lines(text)
        .map(text::trim)
        .filter(|line| !line.is_empty());
    for line in lines.take(HEAD) {
        let line = text::head(line, 400);
        for (score, (_, of)) in scores.iter_mut().zip(FORMATS) {
            *score += of(line);
        }
    }
    for (score, (format, _)) in scores.iter_mut().zip(FORMATS) {
        if *score > 0 && platform.is_some_and(|platform| platform.prints(format)) {
            *score += *score / 2 + PREFERRED;
        }
    }
    let best = scores
        .iter()
        .zip(FORMATS)
        .rev()
        .max_by_key(|(score, _)| **score);
    match best {
        // The native frames of a machine's threads outnumber their headings.
        Some((_, (Format::Android, _))) if is_dump(&scores, text) && !text::has(text, "(SIG") => {
            Format::Trace
        }
        // Both number their frames alike; libraries of `HarmonyOS` end in `.z.so`.
        Some((score, (Format::Android, _))) if *score >= ENOUGH && is_of_harmony(text) => {
            Format::Harmony
        }
        // HarmonyOS writes its head above a sanitizer's report as well.
        Some((_, (Format::Harmony, _))) if has_report_of_sanitizer(&scores) => Format::Sanitizer,
        // A few native frames below the head that Crashlytics writes for both systems.
        Some((_, (Format::Apple, _)))
            if ["\n#00 pc ", "\n#00  pc "]
                .iter()
                .any(|first| text::has(text, first)) =>
        {
            Format::Android
        }
        Some((score, (Format::Apple, _))) if *score >= ENOUGH && is_of_minidump(text) => {
            Format::Minidump
        }
        Some((score, (format, _))) if *score >= ENOUGH => format,
        _ => Format::Plain,
    }
}

/// Whether the headings of a machine's threads were seen, and before their frames.
fn is_dump(scores: &[u32; FORMATS.len()], text: &str) -> bool {
    let cut = text::find(text, " pc ") < text::find(text, "\"");
    !cut && scores
        .iter()
        .zip(FORMATS)
        .any(|(score, (format, _))| format == Format::Trace && *score >= 5)
}

/// Whether a sanitizer's report begins in the head.
fn has_report_of_sanitizer(scores: &[u32; FORMATS.len()]) -> bool {
    const BEGINS: u32 = 12;
    scores
        .iter()
        .zip(FORMATS)
        .any(|(score, (format, _))| format == Format::Sanitizer && *score >= BEGINS)
}

/// Reads the crash's own stack of a text. `process` chooses among the dumps of several processes.
pub(crate) fn read<'a>(text: &'a str, format: Format, process: Option<&str>) -> Stack<'a> {
    if format == Format::Android
        && let Some((report, other)) = fatal_exceptions::beside_tombstones(text, process)
    {
        let mut stack = read(report, Format::Plain, None);
        stack.facts.reason("also crashed", other);
        return stack;
    }
    let mut pieces = cut::pieces(text);
    if pieces.iter().any(|piece| piece.process > 0) {
        let wanted = cut::choose_process(&pieces, process);
        pieces.retain(|piece| {
            piece.process == wanted || piece.header.is_none() && piece.process == 0
        });
    }
    let chosen = cut::choose(text, &pieces, format);
    let mut out = Builder::new(text);
    let mut reader = reader(format);
    if let [one] = pieces[..]
        && format == Format::Plain
        && let Some(parts) = fatal_exceptions::in_order(one.text, process)
    {
        pieces = parts.map(|text| Piece { text, ..one }).to_vec();
    }
    for (at, piece) in pieces.iter().enumerate() {
        if let Some(header) = &piece.header {
            // A service's report in short, and below it the head of the same crash's tombstone.
            if chosen.is_none()
                && format == Format::Android
                && tombstone_heads::is_head_of(&out, piece)
            {
                out.thread(header);
                out.stack.facts.process = text::after(piece.heading, ">>> ", b" <");
                continue;
            }
            if chosen != Some(at) || format == Format::Go && go::is_cut(&out, header) {
                continue;
            }
            // What stood before the tombstone is another report: ART's own dump.
            let dumped = is_cut_by_threads(format) || piece.heading.starts_with('"');
            if out.has_frames() && dumped && cut::begins_inside(text) {
                out.end_of_dumped();
            } else if out.has_frames() && (format == Format::Android || out.aborts()) {
                out.set_aside_named();
            } else if out.has_frames() {
                out.drop_main_frames();
            }
            out.thread(header);
        }
        feed(&mut out, reader.as_mut(), piece);
        out.crash();
    }
    reader.end(&mut out);
    if format == Format::Python && chosen.is_some() && !out.has_frames() {
        python::beside(&mut out, &pieces);
    }
    // Reports with a form of their own name what it was: other words around them are somebody's.
    if matches!(
        format,
        Format::Apple | Format::Minidump | Format::Android | Format::Harmony
    ) {
        out.drop_words();
        if matches!(format, Format::Android | Format::Harmony) {
            out.drop_sentence();
        }
        if format == Format::Android {
            aborts::told_by_frames_alone(&mut out);
        }
        // A minidump's reason is all that is known of an exception.
        if format == Format::Minidump && out.stack.facts.signal.is_some() && out.has_said() {
            out.drop_unnamed();
        }
    } else if format == Format::Debugger {
        out.drop_command();
    }
    let mut stack = out.finish();
    stack.format = match format {
        Format::Android if is_of_dump(text, &stack) => Format::Trace,
        Format::Apple if is_of_android(&stack) => Format::Android,
        Format::Apple if is_sample(&stack) => Format::Microstackshots,
        Format::Plain if is_native_in_java_form(&stack) => Format::Android,
        format => format,
    };
    stack
}

/// Whether reports of the format are lists of threads, in which a text may begin.
const fn is_cut_by_threads(format: Format) -> bool {
    matches!(
        format,
        Format::Trace | Format::Harmony | Format::Apple | Format::Minidump
    )
}

/// Whether the frames of a native crash are in libraries of `HarmonyOS`, or its head is, and the head is not Android's.
fn is_of_harmony(text: &str) -> bool {
    let head = text::head(text, 4000);
    (text::has(head, "Reason:Signal:")
        || [".z.so(", ".z.so\n"].iter().any(|end| text::has(text, end)))
        && !text::has(head, "*** ***")
        && !text::has(head, "Build fingerprint")
}

/// Whether the head is that of a minidump's stacks, or how each frame was found stands below it.
fn is_of_minidump(text: &str) -> bool {
    let head = text::head(text, 2000);
    text::has(head, "Operating system: ") && text::has(head, "Crash reason: ")
        || text::find(text, "Found by: ").is_some_and(|at| {
            text::has(text, " (crashed)")
                || text::lines(&text[at..]).take(1).any(apple::is_found_by)
        })
}

/// Whether a service printed an Android app's native stack in Apple's columns.
fn is_of_android(stack: &Stack<'_>) -> bool {
    let modules = || stack.frames.iter().filter_map(|frame| frame.module);
    let of_android = |module: &str| {
        [".so", ".apk", ".oat", ".odex", ".vdex", ".art"]
            .iter()
            .any(|end| module.ends_with(end))
    };
    let count = modules().filter(|module| of_android(module)).count();
    count * 2 > modules().count()
}

/// Whether native frames are of a thread in a machine's dump, and of no crash: the app did not answer, or Java's frames stand right
/// below, without the numbers that a tombstone gives them as well.
fn is_of_dump(text: &str, stack: &Stack<'_>) -> bool {
    let facts = &stack.facts;
    if facts.signal.is_some() || facts.abort_message.is_some() || facts.cause.is_some() {
        return false;
    }
    let mut sections = stack.sections.iter().map(|section| section.exception);
    if sections
        .clone()
        .any(|exception| exception.name == Some("ANR"))
    {
        return true;
    }
    let managed = |frame: &Frame<'_>| frame.language != Language::Native;
    let Some(at) = stack.frames.iter().position(managed).filter(|at| *at > 0) else {
        return false;
    };
    let (last, first) = (stack.frames[at - 1].raw, stack.frames[at].raw);
    let end = text::place(text, last).map(|start| start + last.len());
    let between = end.zip(text::place(text, first));
    sections.all(|exception| exception.is_empty())
        && first.starts_with("at ")
        && last.starts_with('#')
        // The head of a tombstone that was cut.
        && !text::has(text, "backtrace:")
        && between.is_some_and(|(end, start)| {
            text.get(end..start)
                .is_some_and(|between| between.trim().is_empty())
        })
}

/// Whether all frames are native ones in Java's form, `at libil2cpp.0x18bbf78(Native Method)`: Unity's handler throws them so.
fn is_native_in_java_form(stack: &Stack<'_>) -> bool {
    let native = |frame: &Frame<'_>| {
        frame.language == Language::Native && frame.module.is_some() && frame.raw.starts_with("at ")
    };
    let mut frames = stack.frames.iter();
    stack.frames.len() > 1
        && stack
            .sections
            .iter()
            .all(|section| section.exception.is_empty())
        && frames.all(native)
        && stack.frames[0].raw.ends_with("(Native Method)")
}

/// Whether the stacks are of a process that went on running.
fn is_sample(stack: &Stack<'_>) -> bool {
    let mut reasons = stack.facts.reasons.iter();
    reasons.any(|reason| reason.text.starts_with("sample of a running process"))
}

/// Reads the text of one thread of a dump.
pub(crate) fn read_thread(text: &str, format: Format) -> Stack<'_> {
    let mut out = Builder::new(text);
    let mut reader = reader(format);
    feed(
        &mut out,
        reader.as_mut(),
        &Piece {
            text,
            ..Piece::default()
        },
    );
    reader.end(&mut out);
    let mut stack = out.finish();
    stack.format = format;
    stack
}

fn feed<'a>(out: &mut Builder<'a>, reader: &mut (dyn Reader<'a> + 'a), piece: &Piece<'a>) {
    // A tombstone's heading carries the process as well, Python's the order of the frames, lldb's the reason.
    if ["pid: ", "Current thread ", "* thread #", "- thread #"]
        .iter()
        .any(|start| piece.heading.starts_with(start))
    {
        let text = text::trim(piece.heading);
        reader.line(out, Line { text, indent: 0 });
    }
    // Fabric names what was raised where others have the thread's name: `Thread : Fatal Exception: NSRangeException`.
    let raised = piece.heading.strip_prefix("Thread :").map(text::trim);
    if let Some(text) = raised.filter(|raised| text::has(raised, "atal Exception: ")) {
        reader.line(out, Line { text, indent: 0 });
    }
    // A console's page has the first frame on the heading's line.
    if !piece.heading.starts_with('"')
        && text::has(piece.heading, "\" tid=")
        && let Some(at) = text::find(piece.heading, " at ")
    {
        let text = text::trim(&piece.heading[at..]);
        reader.line(out, Line { text, indent: 1 });
    }
    for raw in text::lines(piece.text) {
        let text = text::trim(raw);
        if text.is_empty() {
            out.paragraph();
            reader.blank(out);
        } else {
            let indent = (text.as_ptr() as usize).saturating_sub(raw.as_ptr() as usize);
            reader.line(out, Line { text, indent });
        }
    }
}
