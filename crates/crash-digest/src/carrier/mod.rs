//! What a log, a console or a bug form put around a crash text: recognised once per document, taken off per line.
//!
//! Layers nest: a logcat line may hold an Unreal log's line, a bug form may quote both.

mod addr2line;
mod airbrake;
mod apple_json;
mod apple_json_cut;
mod backward;
mod bracketed_time;
mod bugly_threads;
mod bugsnag_rows;
mod call_graph;
mod calls_in_a_row;
mod capacitor;
mod cloud_foundry;
mod colours;
mod common_prefix;
mod core_dump;
mod counted_rows;
mod crashlytics;
mod dart_error_name;
mod dedent;
mod dialog;
mod diesel;
mod drawn_tabs;
mod engine_log;
mod erlang;
mod erlang_lines;
mod erlang_terms;
mod error_json;
mod error_report;
mod errors_beside;
mod escapes;
mod event_header;
mod exception_mail;
mod flutter_box;
mod game_reports;
mod gdb_threads;
mod giants;
mod godot_marks;
mod handler_rows;
mod hi_app_event;
mod hilog;
mod html_table;
mod javacore;
mod jetsam;
mod json_cut;
mod json_document;
mod json_frames;
mod json_lines;
mod kernel_log;
mod kit_json;
mod kit_plist;
mod labelled_stack;
mod layers;
mod log_field;
mod log_kitty;
mod log_levels;
mod log_source;
mod logcat;
mod logcat_in_tools;
mod logged_before;
mod logger;
mod lua_table;
mod mad_except;
mod markdown_labels;
mod markdown_quote;
mod metric_kit;
mod net_record;
mod new_relic;
mod npm_log;
mod open_tibia;
mod packages;
mod pager;
mod pairs;
mod pasted;
mod places_first;
mod plist_frames;
mod proguard_methods;
mod quoted_beside;
mod quoted_printable;
mod quoted_rows;
mod quoting;
mod rails_tags;
mod react_native_calls;
mod rich_traceback;
mod rollbar;
mod ruby_bug;
mod run_together;
mod script_pairs;
mod sentry_rows;
mod simple_saml;
mod spindump;
mod squirrel;
mod stack_tool;
mod start_failure;
mod steps;
mod streams;
mod syslog;
mod syslog_tabs;
mod system_err;
mod table_rows;
mod test_runner;
mod thread_infos;
mod three_rows;
mod ticks;
mod tracker_issue;
mod twice;
mod ubuntu_report;
mod unknown;
mod unreal_xml;
mod warned;
mod web_console;
mod whole_log;
mod windows_record;
mod wordpress_mail;
mod words_around;
mod wrapped;
mod writers;
mod x64dbg;
mod x_ray;

use std::borrow::Cow;

pub(crate) use errors_beside::{errors_beside, failures_in_words};
pub(crate) use layers::{APART as LOGGED_APART, QUIET as LOGGED_QUIETLY};
pub(crate) use log_field::{ALSO as ALSO_LOGGED, FURTHER as LOGGED_NEXT, LOGGED};
pub(crate) use logcat::read as read_logcat;
pub use pasted::plain as with_plain_signs;
pub(crate) use tracker_issue::CONTEXT as ISSUE_CONTEXT;
pub(crate) use warned::WARNED as LOGGED_WARNING;
pub(crate) use whole_log::first_report;
pub(crate) use words_around::without_speech;

use self::pairs::Pairs;
use self::steps::STEPS;
use crate::text;

/// What is taken off a whole text one after the other: a hostile one has thousands around it, and each costs a pass.
const MOST_AROUND: usize = 8;

/// The text without its carriers; borrowed where there is none.
pub(crate) fn remove(text: &str) -> Cow<'_, str> {
    of_text(text, MOST_AROUND)
}

/// The same, while there are some `left` to take off.
fn of_text(text: &str, left: usize) -> Cow<'_, str> {
    if left == 0 {
        return of_layers(text, Pairs::of(text));
    }
    let inner = |text: &str| Cow::Owned(of_text(text, left - 1).into_owned());
    if let Some(text) = ticks::without_ticks_of_lines(text) {
        return inner(&text);
    }
    let text = ticks::without_tick(text.trim_start_matches('\u{feff}'));
    let document = words_around::behind_command(text.trim_start());
    match of_document(document) {
        Some(Document::Report(report)) => return Cow::Owned(report),
        Some(Document::Text(said)) => return inner(&pasted::plain(&said)),
        None => {}
    }
    let pairs = Pairs::of(text);
    let names = pairs.may_hold_any(&["\":", "\" :"]);
    if let Some(report) = if_held(names, document, apple_json_cut::render)
        .or_else(|| {
            if_held(
                names && pairs.may_hold(jetsam::MARK),
                document,
                jetsam::render,
            )
        })
        .or_else(|| {
            if_held(
                names && pairs.may_hold(hi_app_event::MARK),
                document,
                hi_app_event::render,
            )
        })
        .or_else(|| if_held(names, document, error_json::behind_words))
        .or_else(|| if_held(names, document, json_frames::render))
    {
        return Cow::Owned(report);
    }
    if let Some(report) = if_held(
        pairs.may_hold(unreal_xml::MARK),
        document,
        unreal_xml::behind_words,
    ) {
        return Cow::Owned(report);
    }
    if let Some(field) = if_held(pairs.may_hold("\\n"), document, log_field::render) {
        return inner(&field);
    }
    if (document.starts_with("[Window Title]") || document.starts_with("----------"))
        && let Some(said) = dialog::render(document)
    {
        return inner(&said);
    }
    if let Some(dump) = javacore::render(document) {
        return Cow::Owned(dump);
    }
    if let Some(issue) = if_held(pairs.may_hold("## S"), text, tracker_issue::render) {
        return Cow::Owned(issue);
    }
    let run_together = pairs.holds_any(text, &run_together::MARKS);
    let stamped = pairs.may_hold_any(&run_together::STAMPS);
    let in_a_row =
        pairs.may_hold_any(&calls_in_a_row::MARKS) || pairs.may_hold(calls_in_a_row::TAG);
    if let Some(restored) = if_held(run_together, text, run_together::render)
        .or_else(|| if_held(in_a_row, text, calls_in_a_row::render))
        .or_else(|| if_held(stamped, text, run_together::stamped))
    {
        let pairs = Pairs::of(&restored);
        return Cow::Owned(of_lines(&restored, pairs, left - 1).into_owned());
    }
    of_lines(text, pairs, left)
}

/// What a document of another kind is.
enum Document<'a> {
    /// It is written as the text that it stands for.
    Report(String),
    /// It holds a text, which may have carriers of its own.
    Text(Cow<'a, str>),
}

/// Reads a document that its first sign tells of; `None` for what is none.
fn of_document(document: &str) -> Option<Document<'_>> {
    if document.starts_with("{\\\"") {
        return Some(Document::Text(escapes::unquoted(document).into()));
    }
    if document.starts_with(['{', '[']) {
        let report = apple_json::render(document)
            .or_else(|| jetsam::render(document))
            .or_else(|| kit_json::render(document))
            .or_else(|| metric_kit::render(document))
            .or_else(|| hi_app_event::record(document))
            .or_else(|| error_json::render(document))
            .or_else(|| lua_table::render(document));
        if let Some(report) = report {
            return Some(Document::Report(report));
        }
        if let Some(lines) = json_lines::render(document) {
            return Some(Document::Text(lines.into()));
        }
        // Older systems put a line of JSON in front of a report in text.
        if let Some(text) = behind_head(document) {
            return Some(Document::Text(text.into()));
        }
        if let Some(report) = json_cut::render(document) {
            return Some(Document::Report(report));
        }
    } else if let Some(report) = call_graph::render(document) {
        return Some(Document::Report(report));
    } else if document.starts_with('"')
        && let Ok(said) = serde_json::from_str::<String>(document)
        && memchr::memchr(b'\n', said.as_bytes()).is_some()
    {
        return Some(Document::Text(said.into()));
    } else if document.starts_with('"')
        && let Some(report) = named_fields(document)
    {
        return Some(Document::Report(report));
    } else if document.starts_with('<')
        && let Some(report) = unreal_xml::render(document)
    {
        return Some(Document::Report(report));
    } else if document.starts_with('V')
        && let Some(report) = error_report::render(document)
    {
        return Some(Document::Report(report));
    }
    None
}

/// Fields of a report or of an error without the braces around them.
fn named_fields(document: &str) -> Option<String> {
    apple_json_cut::render(document).or_else(|| error_json::render_fields(document))
}

/// What a carrier makes of a text that may hold it.
fn if_held(may_hold: bool, text: &str, render: fn(&str) -> Option<String>) -> Option<String> {
    may_hold.then(|| render(text)).flatten()
}

/// The same for a text that is no document of another kind.
fn of_lines(text: &str, pairs: Pairs, left: usize) -> Cow<'_, str> {
    if left == 0 {
        return of_layers(text, pairs);
    }
    let inner = |text: &str| Cow::Owned(of_lines(text, Pairs::of(text), left - 1).into_owned());
    let coloured = pairs.may_hold_any(&colours::ENDS);
    if let Some(plain) =
        if_held(coloured, text, colours::without).or_else(|| streams::without_names(text))
    {
        return inner(&plain);
    }
    let marked = pairs.may_hold("> ") || text.starts_with('>');
    if let Some(plain) = if_held(marked, text, markdown_quote::without_lazy) {
        return inner(&plain);
    }
    if let Some(plain) = common_prefix::without(text) {
        return Cow::Owned(of_text(&plain, left - 1).into_owned());
    }
    if pairs.may_hold_any(&cloud_foundry::MARKS)
        && let Some(said) = cloud_foundry::render(text)
    {
        let own = of_lines(&said.own, Pairs::of(&said.own), left - 1).into_owned();
        return Cow::Owned(own + "\n" + &said.beside);
    }
    let columns = pairs.may_hold_any(&writers::MARKS);
    if let Some(named) = if_held(columns, text, writers::render) {
        return inner(&named);
    }
    let table = pairs.may_hold(table_rows::MARK) && pairs.may_hold_any(&table_rows::PLACES);
    if let Some(rows) = if_held(table, text, table_rows::render) {
        return inner(&rows);
    }
    let labels = pairs.may_hold(markdown_labels::MARK);
    if let Some(typed) = if_held(labels, text, markdown_labels::typed) {
        return inner(&typed);
    }
    let places = pairs.may_hold(markdown_labels::FILE);
    if let Some(placed) = if_held(places, text, markdown_labels::placed) {
        return inner(&placed);
    }
    let minidump = pairs.may_hold(markdown_quote::MINIDUMP);
    if let Some(plain) = if_held(minidump, text, markdown_quote::of_minidump) {
        return inner(&plain);
    }
    let fenced = pairs.may_hold_any(&quoting::FENCES);
    if let Some(quoted) = if_held(fenced, text, quoting::fenced)
        .or_else(|| if_held(pairs.may_hold("\n> "), text, quoting::quoted))
    {
        return Cow::Owned(of_text(&quoted, left - 1).into_owned());
    }
    let tagged = pairs.may_hold(" -- : [");
    if let Some(plain) = if_held(marked, text, markdown_quote::without)
        .or_else(|| if_held(tagged, text, rails_tags::render))
    {
        return inner(&plain);
    }
    let levelled = pairs.may_hold_any(&log_levels::MARKS);
    match if_held(levelled, text, log_levels::render).or_else(|| logger::render(text)) {
        Some(logged) => {
            let pairs = Pairs::of(&logged);
            Cow::Owned(of_layers(&logged, pairs).into_owned())
        }
        None => of_layers(text, pairs),
    }
}

/// The same where no logger's line has to be told apart.
fn of_layers(text: &str, mut pairs: Pairs) -> Cow<'_, str> {
    let unescaped = escapes::unescape(text);
    let layers = layers::of(&unescaped);
    let mut plain = if layers.is_empty() {
        match unescaped {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(text) => Cow::Owned(text),
        }
    } else {
        Cow::Owned(layers::strip(&unescaped, &layers))
    };
    if matches!(plain, Cow::Owned(_)) {
        pairs = Pairs::of(&plain);
    }
    for (words, step) in STEPS {
        if pairs.holds_any(&plain, words)
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
    fn what_is_around_a_text_thousands_of_times_is_taken_off_to_a_bound() {
        let stack = "java.lang.IllegalStateException: no ship\n\tat com.acme.Ship.fire(Ship.kt:31)\n\
                     \tat com.acme.Ship.load(Ship.kt:32)\n";
        let tag =
            "F, [2026-11-22T08:10:11.1 #31] FATAL -- : [3f2a1b7c-0000-4000-8000-1234567890ab] ";
        let object = "{\"a\":1}\n";
        for (before, behind) in [
            ("<pre>", "</pre>"),
            (tag, ""),
            (object, ""),
            ("> ", ""),
            ("```\n", "```\n"),
        ] {
            let text = [&before.repeat(5000), stack, &behind.repeat(5000)].concat();
            assert!(remove(&text).contains("com.acme.Ship.load"), "{before}");
        }
        let twice = format!("```\n> {}```\n", stack.replace("\n\t", "\n> \t"));
        assert_eq!(remove(&twice), remove(stack));
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
