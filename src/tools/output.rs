//! The result of a tool as a value: what `--json` and `structuredContent` carry, and what text is rendered from.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::project::AppRef;
use crate::reply::{Cell, Next};
use crate::time_range::Window;

/// An answer with what surrounds it.
#[derive(Debug, Clone)]
pub(crate) struct Output<A> {
    /// What it is about, and what was noticed on the way.
    pub meta: Meta,
    /// The answer.
    pub answer: A,
}

/// What surrounds an answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meta {
    /// The first line, in parts: what this is, project, range, filters. Text only.
    pub heading: Vec<String>,
    /// The project's name, to pass to a next call.
    pub project: Option<String>,
    /// Whether a next call may leave the project out.
    pub project_is_default: bool,
    /// The absolute range.
    pub range: Option<Range>,
    /// Sentences that a reader needs to read the answer right.
    pub notes: Vec<String>,
    /// Calls worth making next, best first.
    pub next: Vec<Next>,
    /// A token budget of its own below the caller's.
    pub max_tokens: Option<usize>,
}

impl<A> Output<A> {
    /// An answer about an app.
    pub(crate) fn new(title: impl Into<String>, app: &AppRef, answer: A) -> Self {
        Self {
            meta: Meta {
                heading: vec![title.into(), app.label.clone()],
                project: Some(app.label.clone()),
                project_is_default: app.is_default,
                ..Meta::default()
            },
            answer,
        }
    }

    /// An answer about no single app.
    pub(crate) fn general(title: impl Into<String>, answer: A) -> Self {
        Self {
            meta: Meta {
                heading: vec![title.into()],
                ..Meta::default()
            },
            answer,
        }
    }

    /// For an absolute range, which becomes part of the first line.
    #[must_use]
    pub(crate) fn window(mut self, window: &Window) -> Self {
        self.meta.heading.push(window.title());
        self.meta.range = Some(Range::new(window));
        if let Some(note) = window.zone_note() {
            self.meta.notes.push(note);
        }
        self
    }

    /// With filters or other words in the first line.
    #[must_use]
    pub(crate) fn heading(mut self, parts: impl IntoIterator<Item = String>) -> Self {
        self.meta.heading.extend(parts);
        self
    }

    /// With a token budget below the caller's.
    #[must_use]
    pub(crate) fn max_tokens(mut self, tokens: usize) -> Self {
        self.meta.max_tokens = Some(tokens);
        self
    }

    /// Adds a sentence.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.meta.notes.push(text.into());
    }

    /// Says that so many things of the response were not recognised, where any were.
    pub(crate) fn note_unrecognized(&mut self, count: usize, thing: &str) {
        if count > 0 {
            let things = crate::reply::counted(count, thing);
            self.note(format!(
                "not recognised in the response and left out: {things}"
            ));
        }
    }

    /// Suggests a next call, unless the tool is not listed or an argument is unsafe to repeat; both are
    /// decided where the reply is put together.
    pub(crate) fn suggest(&mut self, tool: &str, arguments: Value) {
        let Value::Object(own) = arguments else {
            return;
        };
        let mut arguments = Map::new();
        if let Some(project) = self
            .meta
            .project
            .as_ref()
            .filter(|_| !self.meta.project_is_default)
        {
            arguments.insert("project".to_owned(), Value::String(project.clone()));
        }
        arguments.extend(own);
        self.meta.next.push(Next {
            tool: tool.to_owned(),
            arguments,
        });
    }
}

/// An absolute range of time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Range {
    /// The first moment, RFC 3339.
    pub from: String,
    /// The moment after the last, RFC 3339.
    pub to: String,
    /// The offset of the zone in which days and hours are counted.
    pub offset: String,
    /// Whether it has not ended yet.
    pub partial: bool,
}

impl Range {
    /// The range of a window.
    pub(crate) fn new(window: &Window) -> Self {
        let text = |at: &jiff::ZonedDateTime| at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let (from, to) = window.bounds();
        Self {
            from: text(from),
            to: text(to),
            offset: from.strftime("%:z").to_string(),
            partial: window.partial(),
        }
    }
}

/// A moment, with the zone it is read in. As data RFC 3339 with that zone's offset.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Time {
    /// The moment.
    pub at: Timestamp,
    /// The zone it is read in.
    pub zone: TimeZone,
}

impl Time {
    /// A moment read in a zone.
    pub(crate) fn new(at: Timestamp, zone: &TimeZone) -> Self {
        Self {
            at,
            zone: zone.clone(),
        }
    }

    /// The same, where there is one.
    pub(crate) fn of(at: Option<Timestamp>, zone: &TimeZone) -> Option<Self> {
        at.map(|at| Self::new(at, zone))
    }

    /// For a table or a fact.
    pub(crate) fn cell(&self) -> Cell {
        Cell::Instant(self.at, self.zone.clone())
    }

    /// For a table whose range the title dates.
    pub(crate) fn time_of_day(&self) -> Cell {
        Cell::TimeOfDay(self.at, self.zone.clone())
    }

    /// Its day in its zone.
    pub(crate) fn date(&self) -> Date {
        self.at.to_zoned_datetime(self.zone.clone()).date()
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let at = self.at.to_zoned_datetime(self.zone.clone());
        out.collect_str(&at.strftime("%Y-%m-%dT%H:%M:%S%:z"))
    }
}

impl JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "description": "RFC 3339"})
    }
}

/// A calendar day of the service, as `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub Date);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&self.0)
    }
}

impl JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "description": "YYYY-MM-DD"})
    }
}

/// Devices affected, of devices active.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub(crate) struct DeviceRate {
    /// Devices with at least one report.
    pub affected: i64,
    /// Devices active in the same time.
    pub active: Option<i64>,
    /// `affected / active`, 0 to 1.
    pub rate: Option<f64>,
}

impl DeviceRate {
    /// A rate, where devices were active.
    pub(crate) fn new(affected: Option<i64>, active: Option<i64>) -> Option<Self> {
        let active = active.filter(|active| *active > 0);
        Some(Self {
            affected: affected?,
            active,
            rate: active.map(|active| ratio(affected.unwrap_or(0), active)),
        })
    }

    /// For a table or a fact.
    pub(crate) fn cell(&self) -> Cell {
        match self.active {
            Some(whole) => Cell::Rate {
                part: self.affected,
                whole,
            },
            None => Cell::Count(self.affected),
        }
    }
}

/// A part of a whole as a number, to six digits.
pub(crate) fn ratio(part: i64, whole: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let ratio = part as f64 / whole as f64;
    (ratio * 1e6).round() / 1e6
}
