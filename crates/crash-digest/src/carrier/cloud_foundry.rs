//! Cloud Foundry's log of an app: time, who wrote the line and on which stream, `2026-11-22T08:10:11.53+0100 [APP/PROC/WEB/2] ERR no bay`.
//! Its instances and the platform's own parts write between each other.

use std::collections::HashMap;

use super::log_field::ALSO;
use crate::{grammar, model, text};

/// One of them stands in each of its lines.
pub(super) const MARKS: [&str; 2] = ["OUT ", "ERR "];
/// Lines of the head that are looked at.
const HEAD: usize = 200;
/// Lines that are told beside.
const MOST: usize = 6;

/// Instances and parts of the platform that are told apart.
const MOST_SOURCES: usize = 256;

/// What an app's log says.
pub(super) struct Said {
    /// The lines of one instance, or what the platform says of an end that the app said nothing of.
    pub(super) own: String,
    /// What else is told.
    pub(super) beside: String,
}

/// The lines without what the platform put in front; `None` where the text is no such log.
pub(super) fn render(document: &str) -> Option<Said> {
    let mut sample = text::lines(document).filter(|line| !line.trim().is_empty());
    let sample: Vec<&str> = sample.by_ref().take(HEAD).collect();
    let known = sample.iter().filter(|line| Line::read(line).is_some());
    if sample.is_empty() || known.count() * 2 < sample.len() {
        return None;
    }
    let chosen = chosen(document);
    let mut said = Said {
        own: String::with_capacity(document.len()),
        beside: String::new(),
    };
    let mut told = 0;
    let mut mine = true;
    for raw in text::lines(document) {
        let Some(line) = Line::read(raw) else {
            if mine {
                said.own.extend([raw, "\n"]);
            }
            continue;
        };
        mine = chosen.is_none_or(|chosen| chosen == line.source);
        if mine {
            said.own.extend([line.said, "\n"]);
        } else if told < MOST && line.source.starts_with("API") && says_end(line.said) {
            told += 1;
            said.tell(line.said);
        }
    }
    if chosen.is_some_and(|chosen| chosen.starts_with("API")) {
        said.platform_only(document);
    }
    Some(said)
}

impl Said {
    fn tell(&mut self, line: &str) {
        self.beside
            .extend([ALSO, description(line).unwrap_or(line).trim(), "\n"]);
    }

    /// No instance said why it ended: the platform's first word of it, and the last one of each instance in front of its end.
    fn platform_only(&mut self, document: &str) {
        let own = std::mem::take(&mut self.own);
        let mut ends = own.lines().filter(|line| says_end(line));
        if let Some(first) = ends.next() {
            self.own.extend([first, "\n"]);
        }
        for line in ends.take(MOST) {
            self.tell(line);
        }
        let mut last: HashMap<&str, &str> = HashMap::new();
        let mut told = 0;
        for line in text::lines(document).filter_map(Line::read) {
            if last.len() >= MOST_SOURCES && !last.contains_key(line.source) {
                continue;
            }
            let before = last.insert(line.source, line.said);
            let failed = line
                .said
                .strip_prefix("Exit status ")
                .is_some_and(|status| status.trim() != "0");
            if failed
                && told < MOST
                && let Some(before) = before
            {
                told += 1;
                self.tell(before);
                self.tell(line.said);
            }
        }
    }
}

/// Whose lines the report is of: the first instance of the app that tells of a crash, else the platform where it does, else the
/// first instance; `None` where there is none.
fn chosen(document: &str) -> Option<&str> {
    let (mut first, mut platform) = (None, None);
    for line in text::lines(document).filter_map(Line::read) {
        if !line.is_of_app() {
            if platform.is_none() && line.source.starts_with("API") && says_end(line.said) {
                platform = Some(line.source);
            }
            continue;
        }
        first = first.or(Some(line.source));
        if model::tells_of_crash(line.said) || grammar::read(line.said.trim()).is_some() {
            return Some(line.source);
        }
    }
    platform.or(first)
}

/// Whether the platform says that an instance ended.
fn says_end(said: &str) -> bool {
    said.starts_with("Process has crashed") || said.starts_with("App instance exited")
}

/// Why, among the fields of `App instance exited with guid … payload: {…, "exit_description"=>"2 error(s) occurred", …}`.
fn description(said: &str) -> Option<&str> {
    said.starts_with("App instance exited").then_some(())?;
    let (_, rest) = text::split_once(said, "\"exit_description\"=>\"")?;
    rest.split('"').next().filter(|why| !why.is_empty())
}

/// A line taken apart.
struct Line<'a> {
    source: &'a str,
    said: &'a str,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (time, rest) = line.trim_start().split_once(' ')?;
        let dated = time.len() >= 19 && matches!(time.as_bytes(), [b'2', _, _, _, b'-', ..]);
        let (source, rest) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
        let (_, number) = source.rsplit_once('/')?;
        let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let rest = rest.trim_start();
        let said = rest
            .strip_prefix("OUT")
            .or_else(|| rest.strip_prefix("ERR"))?;
        let said = match said.strip_prefix(' ') {
            Some(said) => said,
            None if said.trim().is_empty() => "",
            None => return None,
        };
        (dated && numbered && source.starts_with(|c: char| c.is_ascii_uppercase()))
            .then_some(Self { source, said })
    }

    fn is_of_app(&self) -> bool {
        let (kind, _) = self.source.split_once('/').unwrap_or_default();
        kind.eq_ignore_ascii_case("app")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_instance() {
        let log = "2026-11-22T08:10:11.53+0100 [APP/PROC/WEB/0] OUT open\n\
                   2026-11-22T08:10:11.54+0100 [CELL/0] OUT Creating container\n\
                   2026-11-22T08:10:11.55+0100 [APP/PROC/WEB/1] ERR panic: no bay\n\
                   2026-11-22T08:10:11.56+0100 [API/0] OUT Process has crashed with type: \"web\"\n";
        let said = render(log).unwrap_or_else(|| Said {
            own: String::new(),
            beside: String::new(),
        });
        assert_eq!(said.own, "panic: no bay\n");
        assert_eq!(
            said.beside,
            "Also logged: Process has crashed with type: \"web\"\n"
        );
        assert!(render("2026-11-22T08:10:11.53+0100 [dock] OUT open\n").is_none());
    }
}
