//! Lines of a text: those asked for, those that match, or the end that matters.

use crash_digest::log::{LineRange, Log, Pattern};
use schemars::JsonSchema;
use serde::Serialize;

use crate::reply::{Code, End, Reply, Untrusted, counted, inline};

/// Lines around each match, and matches shown.
pub(super) const AROUND: usize = 2;
pub(super) const MATCHES: usize = 40;

/// Lines shown of a text when none are asked for.
pub(super) const DEFAULT_LINES: usize = 60;

/// Characters of one line; a line of a megabyte is cut and counted.
const LINE: usize = 600;

/// How much of a text is asked for.
pub(crate) struct Wanted {
    /// `120..200`, `last 50`.
    pub(crate) lines: Option<LineRange>,
    /// Text, or `/an expression/`.
    pub(crate) search: Option<Pattern>,
    /// What was searched for, to repeat it.
    pub(crate) search_text: Option<String>,
}

impl Wanted {
    /// Whether a row that reads so is asked for: it matches, or nothing is searched for.
    pub(super) fn matches(&self, row: &str) -> bool {
        let search = self.search.as_ref();
        search.is_none_or(|pattern| is_match(pattern, row))
    }

    /// The text searched for, safe to print.
    pub(super) fn shown_search(&self) -> String {
        inline(self.search_text.as_deref().unwrap_or_default(), 60)
    }

    /// The lines of a text, the default ones at this end.
    pub(super) fn range(&self, keep: End) -> LineRange {
        let default = match keep {
            End::Head => LineRange::Lines(1, DEFAULT_LINES),
            End::Tail => LineRange::Last(DEFAULT_LINES),
        };
        self.lines.unwrap_or(default)
    }
}

/// Whether a pattern is in a text.
pub(super) fn is_match(pattern: &Pattern, text: &str) -> bool {
    Log::new(text).search(pattern, 0, 1).matched > 0
}

/// Lines of a text.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Excerpt {
    /// `stack`, `thread`, `log`, `keys`, `attachment`, `file` or `response`.
    kind: &'static str,
    /// Its index in its list.
    index: Option<usize>,
    name: Option<Untrusted>,
    /// What a thread does.
    activity: Option<String>,
    /// Lines of the whole; absent where reading stopped before its end.
    lines_total: Option<usize>,
    /// Lines that match, where something was searched for.
    matched: Option<usize>,
    lines: Vec<ExcerptLine>,
    #[serde(skip)]
    keep_tail: bool,
    #[serde(skip)]
    by_default: bool,
}

/// One line.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ExcerptLine {
    /// From 1.
    pub(super) number: usize,
    /// Whether it matches what was searched for; other lines are around those that do.
    pub(super) matched: Option<bool>,
    /// For a frame: whether it is the project's own code.
    pub(super) own: Option<bool>,
    /// For a frame: whether it has a name.
    pub(super) resolved: Option<bool>,
    pub(super) text: Untrusted,
}

/// The lines that were found in a text.
pub(super) struct FoundLines {
    pub(super) lines: Vec<ExcerptLine>,
    pub(super) total: Option<usize>,
    pub(super) matched: Option<usize>,
}

impl ExcerptLine {
    /// A line of a text, cut where it is longer than a reader can use.
    pub(super) fn new(number: usize, text: &str, matched: Option<bool>) -> Self {
        Self {
            number,
            matched,
            own: None,
            resolved: None,
            text: Untrusted::new(cut(text, 0)),
        }
    }

    /// A line of which so many characters more are not at hand.
    pub(super) fn of_longer(number: usize, head: &str, more: usize) -> Self {
        Self {
            text: Untrusted::new(cut(head, more)),
            ..Self::new(number, "", None)
        }
    }
}

impl Excerpt {
    /// The lines of a text that are wanted.
    pub(super) fn of_text(kind: &'static str, text: &str, keep: End, wanted: &Wanted) -> Self {
        let log = Log::new(text);
        let found = match &wanted.search {
            Some(pattern) => {
                let found = log.search(pattern, AROUND, MATCHES);
                let hits = found.lines.iter();
                FoundLines {
                    lines: hits
                        .map(|hit| ExcerptLine::new(hit.number, hit.text, Some(hit.matched)))
                        .collect(),
                    total: Some(log.len()),
                    matched: Some(found.matched),
                }
            }
            None => FoundLines {
                lines: log
                    .slice(&wanted.range(keep))
                    .map(|(number, line)| ExcerptLine::new(number, line, None))
                    .collect(),
                total: Some(log.len()),
                matched: None,
            },
        };
        Self::new(kind, found, keep, wanted)
    }

    /// Lines that were found elsewhere.
    pub(super) fn new(kind: &'static str, found: FoundLines, keep: End, wanted: &Wanted) -> Self {
        Self {
            kind,
            index: None,
            name: None,
            activity: None,
            lines_total: found.total,
            matched: found.matched,
            lines: found.lines,
            keep_tail: keep == End::Tail,
            by_default: wanted.lines.is_none(),
        }
    }

    /// The same, of an entry of a list.
    pub(super) fn named(mut self, index: usize, name: &str) -> Self {
        self.index = Some(index);
        self.name = Some(Untrusted::from(name));
        self
    }

    /// The same, of a thread that does this.
    pub(super) fn doing(mut self, activity: String) -> Self {
        self.activity = Some(activity);
        self
    }

    /// Marks frames as own and resolved, by the numbers of their lines.
    pub(super) fn mark_frames(&mut self, of_line: impl Fn(usize) -> Option<(bool, bool)>) {
        for line in &mut self.lines {
            if let Some((own, resolved)) = of_line(line.number) {
                line.own = Some(own);
                line.resolved = Some(resolved);
            }
        }
    }

    fn caption(&self) -> String {
        let what = match self.kind {
            "keys" => "custom keys",
            "response" => "the service's response",
            kind => kind,
        };
        let name = self.name.as_ref().map(|name| name.line(80));
        let head = match (self.index, name) {
            (Some(index), Some(name)) => format!("{what} {index}: {name}"),
            _ => what.to_owned(),
        };
        match &self.activity {
            Some(activity) => format!("{head} is {activity}"),
            None => head,
        }
    }

    /// Shows the lines in a fence, or says why there are none.
    pub(super) fn show(&self, search: &str, reply: &mut Reply) {
        let caption = self.caption();
        let total = self.lines_total.unwrap_or(0);
        if self.matched == Some(0) {
            reply.note(format!(
                "{caption}: no line of {} matches `{search}`",
                crate::reply::grouped(i64::try_from(total).unwrap_or(i64::MAX))
            ));
            return;
        }
        let all = match self.lines_total {
            Some(total) => counted(total, "line"),
            None => "read up to the lines asked for".to_owned(),
        };
        if self.lines.is_empty() {
            reply.note(format!(
                "{caption}: it has {all}, and none of those asked for"
            ));
            return;
        }
        let mut lines: Vec<String> = Vec::with_capacity(self.lines.len());
        let mut last = 0;
        for line in &self.lines {
            if self.matched.is_some() && last > 0 && line.number > last + 1 {
                lines.push("…".to_owned());
            }
            last = line.number;
            let mark = match (line.matched, line.own) {
                (Some(true), _) => ':',
                (_, Some(true)) => '>',
                _ => ' ',
            };
            lines.push(format!("{}{mark} {}", line.number, line.text.raw()));
        }
        let shown = self.lines.len();
        let caption = match self.matched {
            Some(matched) => format!("{caption}: {matched} of {all} match"),
            None => format!("{caption}, {all}"),
        };
        let mut code = Code::head(caption, lines.join("\n"));
        if let Some(matched) = self.matched {
            let of_matches = self.lines.iter().filter(|line| line.matched == Some(true));
            if matched > of_matches.count() {
                reply.note(format!("the first {MATCHES} matches are shown"));
            }
            code.rest = Some("a narrower `search` shows others".to_owned());
        } else {
            if self.keep_tail {
                code.keep = End::Tail;
            }
            if self.by_default {
                code.cut = total.saturating_sub(shown);
            }
            code.rest = Some(format!(
                "`lines` such as `1..{DEFAULT_LINES}` or `last {DEFAULT_LINES}`, or `search`"
            ));
        }
        reply.code(code);
    }
}

/// A line as it is, but no longer than a reader can use.
fn cut(line: &str, more: usize) -> String {
    let end = line.char_indices().nth(LINE).map(|(at, _)| at);
    let (kept, rest) = line.split_at(end.unwrap_or(line.len()));
    match rest.chars().count() + more {
        0 => kept.to_owned(),
        cut => format!("{kept}…(+{cut} characters)"),
    }
}
