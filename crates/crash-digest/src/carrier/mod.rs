//! What a log, a console or a bug form put around a crash text: recognised once per document, taken off per line.
//!
//! Layers nest: a logcat line may hold an Unreal log's line, a bug form may quote both.

mod apple_json;
mod apple_json_cut;
mod backward;
mod call_graph;
mod calls_in_a_row;
mod colours;
mod core_dump;
mod counted_rows;
mod crashlytics;
mod dialog;
mod drawn_tabs;
mod engine_log;
mod erlang;
mod erlang_lines;
mod erlang_terms;
mod error_json;
mod error_report;
mod game_reports;
mod javacore;
mod json_document;
mod json_frames;
mod json_lines;
mod kit_json;
mod labelled_stack;
mod log_field;
mod log_kitty;
mod logcat;
mod logger;
mod lua_table;
mod mark_of_a_paragraph;
mod metric_kit;
mod packages;
mod pager;
mod pairs;
mod quoting;
mod rails_tags;
mod rich_traceback;
mod rollbar;
mod ruby_bug;
mod run_together;
mod script_pairs;
mod streams;
mod test_runner;
mod three_rows;
mod time_and_word;
mod tracker_issue;
mod ubuntu_report;
mod unknown;
mod unreal_xml;
mod windows_record;
mod wrapped;
mod x_ray;

use std::borrow::Cow;
use std::collections::HashSet;

pub(crate) use log_field::{FURTHER as LOGGED_NEXT, LOGGED};
pub(crate) use logcat::read as read_logcat;

use self::pairs::Pairs;
use crate::frame::Frame;
use crate::grammar;
use crate::text;

/// Lines of the head that are looked at.
const HEAD: usize = 400;
/// Layers that are taken off one after the other.
const DEEPEST: usize = 4;

/// A carrier of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carrier {
    /// Android's log, in any of its formats.
    Logcat,
    /// An engine's or a server's own log.
    EngineLog,
    /// Marks of quotation: `> `, `| `, `1 | `.
    Quote,
    /// A console's count of lines before numbered frames: `12 #11 pc …`.
    Listing,
}

const CARRIERS: [Carrier; 4] = [
    Carrier::Logcat,
    Carrier::EngineLog,
    Carrier::Quote,
    Carrier::Listing,
];

impl Carrier {
    /// The line without this carrier; `None` when it does not carry it.
    fn strip(self, line: &str) -> Option<&str> {
        match self {
            Self::Logcat => read_logcat(line).map(|parts| parts.message),
            Self::EngineLog => engine_log::strip(line),
            Self::Quote => quoting::strip(line),
            Self::Listing => quoting::without_count(line),
        }
    }
}

/// The text without its carriers; borrowed where there is none.
pub(crate) fn remove(text: &str) -> Cow<'_, str> {
    if let Some(text) = quoting::without_ticks_of_lines(text) {
        return Cow::Owned(remove(&text).into_owned());
    }
    let text = quoting::without_tick(text.trim_start_matches('\u{feff}'));
    let document = text.trim_start();
    if document.starts_with("{\\\"") {
        return Cow::Owned(remove(&quoting::unquoted(document)).into_owned());
    }
    if document.starts_with(['{', '[']) {
        let report = apple_json::render(document)
            .or_else(|| kit_json::render(document))
            .or_else(|| metric_kit::render(document))
            .or_else(|| error_json::render(document))
            .or_else(|| lua_table::render(document));
        if let Some(report) = report {
            return Cow::Owned(report);
        }
        if let Some(lines) = json_lines::render(document) {
            return Cow::Owned(remove(&lines).into_owned());
        }
        // Older systems put a line of JSON in front of a report in text.
        if let Some(text) = behind_head(document) {
            return Cow::Owned(remove(text).into_owned());
        }
    } else if let Some(report) = call_graph::render(document) {
        return Cow::Owned(report);
    } else if document.starts_with('"')
        && let Some(report) = error_json::render_fields(document)
    {
        return Cow::Owned(report);
    } else if document.starts_with('<')
        && let Some(report) = unreal_xml::render(document)
    {
        return Cow::Owned(report);
    } else if document.starts_with('V')
        && let Some(report) = error_report::render(document)
    {
        return Cow::Owned(report);
    }
    let pairs = Pairs::of(text);
    let names = pairs.may_hold_any(&["\":", "\" :"]);
    if let Some(report) = if_held(names, document, apple_json_cut::render)
        .or_else(|| if_held(names, document, error_json::behind_words))
        .or_else(|| if_held(names, document, json_frames::render))
    {
        return Cow::Owned(report);
    }
    if let Some(field) = if_held(pairs.may_hold("\\n"), document, log_field::render) {
        return Cow::Owned(remove(&field).into_owned());
    }
    if (document.starts_with("[Window Title]") || document.starts_with("----------"))
        && let Some(said) = dialog::render(document)
    {
        return Cow::Owned(remove(&said).into_owned());
    }
    if let Some(dump) = javacore::render(document) {
        return Cow::Owned(dump);
    }
    if let Some(issue) = if_held(pairs.may_hold("## S"), text, tracker_issue::render) {
        return Cow::Owned(issue);
    }
    let run_together = pairs.may_hold_any(&run_together::MARKS);
    let in_a_row =
        pairs.may_hold_any(&calls_in_a_row::MARKS) || pairs.may_hold(calls_in_a_row::TAG);
    if let Some(restored) = if_held(run_together, text, run_together::render)
        .or_else(|| if_held(in_a_row, text, calls_in_a_row::render))
    {
        let pairs = Pairs::of(&restored);
        return Cow::Owned(of_lines(&restored, pairs).into_owned());
    }
    of_lines(text, pairs)
}

/// What a carrier makes of a text that may hold it.
fn if_held(may_hold: bool, text: &str, render: fn(&str) -> Option<String>) -> Option<String> {
    may_hold.then(|| render(text)).flatten()
}

/// Words of which one is in a text that a step changes, none where that is not known; and the step.
type Step = (&'static [&'static str], fn(&str) -> Option<String>);

/// What else stands around lines or has torn them, in the order in which it comes off.
const STEPS: &[Step] = &[
    (&[" \u{25b6}"], log_kitty::render),
    (&drawn_tabs::MARKS, drawn_tabs::restore),
    (&[".ex\", line ", ".rb\", line "], rollbar::render),
    (&[rich_traceback::TITLE], rich_traceback::render),
    (&[ruby_bug::RUBY], ruby_bug::render),
    (&pager::QUESTIONS, pager::without),
    (&["Expression "], x_ray::render),
    (&["\nAddress: ", "[! Except !]"], game_reports::render),
    (&["E   "], test_runner::render),
    (&windows_record::MARKS, windows_record::render),
    (&[core_dump::OPENED], core_dump::without_listing),
    (&[ubuntu_report::HEAD], ubuntu_report::render),
    (&backward::PLACES, backward::render),
    (&erlang::MARKS, erlang::render),
    (&[], unknown::without_tail),
    (&[], unknown::without_prefix),
    (&[], unknown::without_word),
    (&labelled_stack::MARKS, labelled_stack::render),
    (&[], script_pairs::join),
    (&[".py\" in "], script_pairs::django),
    (&[], three_rows::join),
    (&["\n0\n"], counted_rows::join),
    (&[" Caused by:\n"], counted_rows::causes),
    (&wrapped::BROKEN, wrapped::behind_at),
    (&[], wrapped::join),
    (&[calls_in_a_row::BETWEEN], calls_in_a_row::apart),
    (&[], quoting::dedent),
];

/// The same for a text that is no document of another kind.
fn of_lines(text: &str, pairs: Pairs) -> Cow<'_, str> {
    let coloured = pairs.may_hold_any(&colours::ENDS);
    if let Some(plain) =
        if_held(coloured, text, colours::without).or_else(|| streams::without_names(text))
    {
        let pairs = Pairs::of(&plain);
        return Cow::Owned(of_lines(&plain, pairs).into_owned());
    }
    let fenced = pairs.may_hold_any(&["```", "<pre"]);
    if let Some(quoted) = if_held(fenced, text, quoting::fenced)
        .or_else(|| if_held(pairs.may_hold("\n> "), text, quoting::quoted))
    {
        return Cow::Owned(remove(&quoted).into_owned());
    }
    let marked = pairs.may_hold("> ");
    let tagged = pairs.may_hold(" -- : [");
    if let Some(plain) = if_held(marked, text, mark_of_a_paragraph::without)
        .or_else(|| if_held(tagged, text, rails_tags::render))
    {
        let pairs = Pairs::of(&plain);
        return Cow::Owned(of_lines(&plain, pairs).into_owned());
    }
    match logger::render(text) {
        Some(logged) => {
            let pairs = Pairs::of(&logged);
            Cow::Owned(of_layers(&logged, pairs).into_owned())
        }
        None => of_layers(text, pairs),
    }
}

/// The same where no logger's line has to be told apart.
fn of_layers(text: &str, mut pairs: Pairs) -> Cow<'_, str> {
    let unescaped = quoting::unescape(text);
    let layers = layers(&unescaped);
    let mut plain = if layers.is_empty() {
        match unescaped {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(text) => Cow::Owned(text),
        }
    } else {
        Cow::Owned(strip(&unescaped, &layers))
    };
    if matches!(plain, Cow::Owned(_)) {
        pairs = Pairs::of(&plain);
    }
    for (words, step) in STEPS {
        if pairs.may_hold_any(words)
            && let Some(text) = step(&plain)
        {
            pairs = Pairs::of(&text);
            plain = Cow::Owned(text);
        }
    }
    // A logger's line inside of what a runner of programs put in front.
    if matches!(plain, Cow::Owned(_))
        && !text::has(&plain, LOGGED)
        && let Some(logged) = logger::render(&plain)
    {
        plain = Cow::Owned(logged);
    }
    match crashlytics::render(&plain) {
        Some(report) => Cow::Owned(report),
        None => plain,
    }
}

/// The text behind a first line that is an object by itself.
fn behind_head(document: &str) -> Option<&str> {
    let (head, text) = document.split_once('\n')?;
    // A logger's line tells of the same program.
    let object = head.starts_with('{')
        && json_document::parse(head).is_some_and(|head| head.get("level").is_none());
    let text = text.trim_start();
    (object && !text.is_empty() && !text.starts_with(['{', '['])).then_some(text)
}

/// The carriers of a document, outermost first.
fn layers(text: &str) -> Vec<Carrier> {
    let mut sample: Vec<&str> = text::lines(text)
        .filter(|line| !line.trim().is_empty())
        .take(HEAD)
        .collect();
    let mut layers = Vec::new();
    while layers.len() < DEEPEST {
        let found = CARRIERS
            .into_iter()
            .find(|carrier| may_follow(&layers, *carrier) && carries(*carrier, &sample));
        let Some(carrier) = found else {
            break;
        };
        layers.push(carrier);
        sample = sample
            .into_iter()
            .map(|line| carrier.strip(line).unwrap_or(line))
            .collect();
    }
    layers
}

/// Each carrier stands once, but for an engine's log around a device's log that holds an engine's lines.
fn may_follow(layers: &[Carrier], carrier: Carrier) -> bool {
    !layers.contains(&carrier)
        || carrier == Carrier::EngineLog && layers.last() == Some(&Carrier::Logcat)
}

/// Whether enough lines carry it: most of them, or so many that chance is out.
fn carries(carrier: Carrier, sample: &[&str]) -> bool {
    let hits = sample
        .iter()
        .filter(|line| carrier.strip(line).is_some())
        .count();
    match carrier {
        Carrier::Quote => {
            hits >= 2 && hits * 10 >= sample.len() * 7
                || hits > 0 && hits == sample.len()
                || sample
                    .iter()
                    .filter(|line| quoting::is_valgrind(line))
                    .count()
                    >= 2
        }
        Carrier::Listing => hits >= 2,
        // Forms cut the prefix off every line but the first of a crash handler.
        Carrier::Logcat if hits > 0 && hits < 3 => {
            hits * 2 >= sample.len() || sample.iter().any(|line| logcat::is_crash(line))
        }
        // Unreal on Linux stamps the lines around its call stack alone.
        Carrier::EngineLog
            if sample
                .iter()
                .any(|line| engine_log::is_unreal(line) || engine_log::is_nginx(line)) =>
        {
            true
        }
        _ => hits * 2 >= sample.len() && hits > 0 || hits >= 3,
    }
}

/// Takes the layers off every line; lines of other programs in the same log are dropped.
fn strip(text: &str, layers: &[Carrier]) -> String {
    let tags = if layers.contains(&Carrier::Logcat) {
        telling_tags(text, layers)
    } else {
        HashSet::new()
    };
    let mut out = String::with_capacity(text.len());
    for line in text::lines(text) {
        let mut line = line;
        let mut foreign = false;
        for layer in layers {
            if *layer == Carrier::Logcat {
                if let Some(parts) = read_logcat(line) {
                    foreign = !tags.is_empty() && !tags.contains(parts.tag);
                    line = parts.message;
                } else {
                    foreign = logcat::is_separator(line);
                    // Lines that Studio printed below the first of an entry.
                    if line.starts_with(' ') {
                        line = logcat::without_source(line.trim_start());
                    }
                }
            } else {
                line = layer.strip(line).unwrap_or(line);
            }
        }
        // Wine repeats what Unreal logs.
        foreign |= text::has(line, ":err:eventlog:ReportEventW ");
        if !foreign {
            out.push_str(line);
            out.push('\n');
        }
    }
    // Behind everything: what the report says itself goes before.
    if let Some(package) = packages::only(text, &tags) {
        out.extend(["\ncmdline: ", package, "\n"]);
    }
    out
}

/// The tags whose lines hold the report: those with frames, and those that crash handlers use. Empty: all of them.
fn telling_tags<'a>(text: &'a str, layers: &[Carrier]) -> HashSet<&'a str> {
    let (mut tags, mut calls) = (HashSet::new(), HashSet::new());
    let mut entry = None;
    for line in text::lines(text) {
        let mut inner = line;
        for layer in layers.iter().take_while(|layer| **layer != Carrier::Logcat) {
            inner = layer.strip(inner).unwrap_or(inner);
        }
        // Lines below the first of an entry are of its tag.
        let read = read_logcat(inner);
        let Some((tag, message)) = read.map(|parts| (parts.tag, parts.message)).or_else(|| {
            let told = entry.filter(|_| inner.starts_with([' ', '\t']));
            told.map(|tag| (tag, inner))
        }) else {
            continue;
        };
        entry = Some(tag);
        if tags.contains(tag) {
            continue;
        }
        // ART under whatever name its process had: `A/zygote: runtime.cc:505] Runtime aborting...`.
        let aborts = |parts: logcat::Logcat<'_>| {
            matches!(parts.level, b'F' | b'A') && parts.message.starts_with("JNI ")
        };
        let aborted = read.is_some_and(aborts);
        let message = text::trim(message);
        let message = engine_log::strip(message).unwrap_or(message);
        let message = text::trim(message);
        let frame = grammar::read(message);
        // Words of other programs can look like a call: `AccountService.getToken()`.
        let placed = |frame: &Frame<'_>| {
            frame.line.is_some()
                || frame.file.is_some()
                || frame.module.is_some()
                || message.starts_with("at ")
                || message.starts_with('#')
        };
        if aborted || frame.as_ref().is_some_and(placed) {
            tags.insert(tag);
        } else if frame.is_some() {
            calls.insert(tag);
        }
    }
    if tags.is_empty() {
        tags = calls;
    }
    // Reports without frames: what was written as the end of a program or else as an error, where anything was.
    for levels in [&b"FA"[..], b"E"] {
        if tags.is_empty() {
            tags.extend(
                text::lines(text)
                    .filter_map(read_logcat)
                    .filter(|parts| levels.contains(&parts.level))
                    .map(|parts| parts.tag),
            );
        }
    }
    if !tags.is_empty() {
        tags.extend(logcat::CRASH_TAGS);
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_a_carrier_is_borrowed() {
        let text =
            "java.lang.IllegalStateException: no ship\n\tat com.acme.Ship.fire(Ship.kt:31)\n";
        assert!(matches!(remove(text), Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn layers_nest_and_other_programs_drop_out() {
        let text = "> 01-02 03:04:05.671  4100  4100 D UE      : [2026.01.02-03.04.05:678][ 45]LogAndroid: Error: Assertion failed: x\n\
                    > 01-02 03:04:05.671   911   930 I Telemetry: queue flushed\n\
                    > 01-02 03:04:05.671  4100  4100 D UE      : [2026.01.02-03.04.05:678][ 45]LogAndroid: Error: [Callstack] 0x00007ff6abcd libUE4.so!AShip::Fire() [D:\\ws\\Ship.cpp:31]\n";
        assert_eq!(
            remove(text),
            "Assertion failed: x\n[Callstack] 0x00007ff6abcd libUE4.so!AShip::Fire() [D:\\ws\\Ship.cpp:31]\n"
        );
    }
}
