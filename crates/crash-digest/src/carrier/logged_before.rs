//! What a runtime logged in front of the end of its process: React Native's error of a script, Godot's, a panic of Rust. The
//! report names another exception or a signal, and the runtime's lines are none of it.

use std::collections::HashSet;

use super::log_field::{ALSO, LOGGED};
use super::log_source::CRASH_TAGS;
use super::logcat::{self, Logcat};
use crate::text;

/// Tags that runtimes of apps write with.
const HOSTS: [&str; 14] = [
    "ReactNativeJS",
    "godot",
    "Unity",
    "flutter",
    "jswrapper",
    "defold",
    "Capacitor/Console",
    "chromium",
    "SDL/APP",
    "RustStdoutStderr",
    "mono-rt",
    "DOTNET",
    "libc++abi",
    "GoLog",
];
/// Of them those that write errors as information.
const QUIET: [&str; 1] = ["RustStdoutStderr"];
/// An error that goes on over lines is told to here, in bytes.
const LONGEST: usize = 2000;
/// So much of a report is looked at for what was logged, by so much of its words.
const REPORT: usize = 2000;
const LEAST: usize = 60;
/// Tags whose lines end a process.
const ENDS: [&str; 4] = ["AndroidRuntime", "libc", "DEBUG", "art"];

/// The last error of a script in front of the report that these tags hold, with the place where the next line names it, behind
/// the label that it is told under.
/// `inner` takes off what stands around the log's own columns.
pub(super) fn last<'a>(
    text: &'a str,
    tags: &HashSet<&str>,
    inner: impl Fn(&'a str) -> &'a str,
) -> Option<(&'static str, String)> {
    let known = |tag: &str| HOSTS.contains(&tag) && !tags.contains(tag);
    let hosted = HOSTS
        .iter()
        .any(|host| known(host) && text::has(text, host));
    let ended = || ENDS.iter().any(|tag| text::has(text, tag));
    (hosted && ended()).then_some(())?;
    let mut found: Option<String> = None;
    let (mut earlier, mut latest) = (None, None);
    let mut before = None;
    for line in text::lines(text) {
        let Some(parts) = logcat::read(inner(line)) else {
            continue;
        };
        let severe = matches!(parts.level, b'E' | b'F' | b'A');
        if severe && ENDS.contains(&parts.tag) {
            let error = found?;
            let from = text::place(text, line).unwrap_or_default();
            let report = text::head(&text[from..], REPORT);
            let named = |error: &str| text::has(report, text::head(error, LEAST).trim());
            // The report is of the error before it, which it names itself.
            let other = !named(&error) && earlier.is_some_and(named);
            return Some((if other { ALSO } else { LOGGED }, error));
        }
        let told = severe || QUIET.contains(&parts.tag);
        if !(told && known(parts.tag)) {
            before = None;
            continue;
        }
        let said = text::trim(parts.message);
        // Rust's message stands below the place, Godot's place below the message.
        let goes_on = |error: &String| {
            let open = error.ends_with(':') && !said.is_empty();
            before == Some(parts.tag) && (open || said.starts_with("at: ") || flows_on(error, said))
        };
        if let Some(error) = found.as_mut().filter(|error| goes_on(error)) {
            if error.len() < LONGEST {
                error.extend([" ", said]);
            }
        } else if tells(parts, before) {
            earlier = latest.replace(said);
            found = Some(said.to_owned());
        }
        before = Some(parts.tag);
    }
    None
}

/// What a program logged right above the exception that has these tags' frames, in the same tag's lines or in the entry that they
/// go on: `E/PluginManager( 2965): Uncaught exception from plugin`. What a crash handler writes there is a head of its own.
pub(super) fn introduction<'a>(
    text: &'a str,
    tags: &HashSet<&str>,
    inner: impl Fn(&'a str) -> &'a str,
) -> Option<&'a str> {
    const LONGEST: usize = 300;
    let mut above: Option<Logcat<'a>> = None;
    let mut named = None;
    for line in text::lines(text) {
        let inner = inner(line);
        let read = logcat::read(inner);
        let said = text::trim(read.map_or(inner, |parts| parts.message));
        if crate::grammar::read(said).is_some() {
            // The first frames decide.
            return named.flatten();
        }
        let same = |entry: &Logcat<'a>| read.is_none_or(|parts| parts.tag == entry.tag);
        if crate::model::read_exception(said).name.is_some() {
            named = Some(above.filter(same).map(|entry| text::trim(entry.message)));
        } else if named.is_some() && read.is_none() {
            // The message goes on.
            continue;
        } else {
            named = None;
        }
        let tells = |parts: &Logcat<'a>| {
            let said = text::trim(parts.message);
            matches!(parts.level, b'W' | b'E' | b'F' | b'A')
                && tags.contains(parts.tag)
                && !CRASH_TAGS.contains(&parts.tag)
                && said.contains(' ')
                && said.len() <= LONGEST
                && !said.ends_with(':')
                && crate::model::read_exception(said).name.is_none()
        };
        above = read.filter(tells);
    }
    None
}

/// Whether a sentence goes on in the next line: Mono's `Got a SIGSEGV while executing native code. This usually indicates`.
fn flows_on(error: &str, said: &str) -> bool {
    error.ends_with(|c: char| c.is_ascii_lowercase())
        && said.starts_with(|c: char| c.is_ascii_lowercase())
        && said.split(' ').count() >= 3
        && !said.starts_with("at ")
        && crate::grammar::read(said).is_none()
}

/// Whether a line begins the words of an error: behind others of the same host it names one.
fn tells(parts: Logcat<'_>, before: Option<&str>) -> bool {
    let said = text::trim(parts.message);
    let named = crate::model::read_exception(said).name.is_some() || text::has(said, "ERROR: ");
    named || before != Some(parts.tag) && crate::model::tells_of_crash(said)
}
