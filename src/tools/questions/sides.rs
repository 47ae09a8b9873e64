//! The two sides of a comparison: as arguments, an object or a word, and resolved.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::parts::{Parts, arguments};
use super::spans::Total;
use crate::args::{Devices, List, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::inline;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::crashsight::countries::is_country;
use crate::tools::crashsight::trends::{GetCumulativeTrend, GetDailyTrend, TrendQuery};

/// A side as an argument: what differs from the other side, or the word for it.
#[derive(Debug, Clone)]
pub(super) enum SideArg {
    Fields(Fields),
    Word(ShortText),
}

/// One side; what is absent is as on both sides.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    window: Option<WindowSpec>,
    project: Option<ProjectName>,
    #[serde(default)]
    versions: List<ShortText>,
    #[serde(default)]
    countries: List<ShortText>,
    #[serde(default)]
    devices: Devices,
}

impl<'de> Deserialize<'de> for SideArg {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let wrong = |error: serde_json::Error| serde::de::Error::custom(error);
        match Value::deserialize(source)? {
            // Some clients send the object as JSON text.
            Value::String(text) if text.trim_start().starts_with('{') => {
                serde_json::from_str(&text).map(Self::Fields).map_err(wrong)
            }
            value @ Value::Object(_) => serde_json::from_value(value)
                .map(Self::Fields)
                .map_err(wrong),
            value => serde_json::from_value(value).map(Self::Word).map_err(wrong),
        }
    }
}

// A schema of one type: clients drop tools with a union. The description of the tool says that a word does.
impl JsonSchema for SideArg {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Side".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = json!({"type": "array", "items": {"type": "string"}});
        json_schema!({
            "type": "object",
            "properties": {
                "window": {"type": "string"},
                "project": {"type": "string"},
                "versions": words,
                "countries": words,
                "devices": {"type": "string"},
            },
        })
    }
}

/// What both sides have in common unless they say otherwise.
pub(super) struct Common<'a> {
    pub(super) project: Option<&'a ProjectName>,
    pub(super) window: Option<&'a WindowSpec>,
    pub(super) kind: ReportKind,
}

/// A side, resolved.
#[derive(Debug, Clone)]
pub(super) struct Side {
    pub(super) app: CrashSightApp,
    pub(super) project: Option<ProjectName>,
    pub(super) window: Window,
    pub(super) kind: ReportKind,
    pub(super) versions: Vec<String>,
    pub(super) countries: Vec<String>,
    pub(super) devices: Devices,
}

impl Side {
    /// Resolves an argument.
    pub(super) fn resolve(
        argument: &SideArg,
        common: &Common<'_>,
        ctx: &CallContext,
    ) -> Result<Self, Error> {
        let fields = match argument {
            SideArg::Fields(fields) => fields.clone(),
            SideArg::Word(word) => Fields::of_word(word, ctx)?,
        };
        let project = fields.project.or_else(|| common.project.cloned());
        let app = ctx.app(project.as_ref())?;
        // The days that are compared are the service's, whatever the reader's zone.
        let site = CallContext {
            zone: app.account.zone.clone(),
            ..ctx.clone()
        };
        let window = fields.window.as_ref().or(common.window);
        let window = site.window(window, &WindowSpec::last_days(7), Granularity::Day, &app)?;
        let texts = |list: &List<ShortText>| list.texts().into_iter().map(str::to_owned).collect();
        Ok(Self {
            window,
            kind: common.kind,
            versions: texts(&fields.versions),
            countries: texts(&fields.countries),
            devices: fields.devices,
            project,
            app,
        })
    }

    /// The arguments of a call about this side over a range.
    pub(super) fn arguments(&self, window: &str) -> Value {
        let kind = (self.kind != ReportKind::default()).then(|| self.kind.wire());
        arguments([
            (
                "project",
                json!(self.project.as_ref().map(ProjectName::as_str)),
            ),
            ("window", json!(window)),
            ("kind", json!(kind)),
            ("versions", json!(self.versions)),
            ("countries", json!(self.countries)),
        ])
    }

    /// The same with the devices that count, for a call that can tell them apart.
    pub(super) fn arguments_with_devices(&self, window: &str) -> Value {
        let mut all = self.arguments(window);
        if self.devices != Devices::All {
            all["devices"] = json!(match self.devices {
                Devices::Real => "real",
                _ => "emulator",
            });
        }
        all
    }

    /// Whether its range alone tells it: as an argument it is a word.
    pub(super) fn is_range(&self) -> bool {
        self.versions.is_empty() && self.countries.is_empty() && self.devices == Devices::All
    }

    /// Of a week or month that began today only the day so far can be compared: with the first day of the other side,
    /// where that is the same weekday.
    pub(super) fn day_so_far(a: Self, b: Self, ctx: &CallContext) -> Result<(Self, Self), Error> {
        let fits = |one: &Self, other: &Self| {
            one.window.days() == 1
                && one.window.partial()
                && other.window.days() > 1
                && one.window.first_day().weekday() == other.window.first_day().weekday()
        };
        if fits(&a, &b) {
            let b = b.first_day(ctx)?;
            return Ok((a, b));
        }
        if fits(&b, &a) {
            let a = a.first_day(ctx)?;
            return Ok((a, b));
        }
        Ok((a, b))
    }

    fn first_day(self, ctx: &CallContext) -> Result<Self, Error> {
        let first = WindowSpec::known(&self.window.first_day().to_string());
        let site = CallContext {
            zone: self.app.account.zone.clone(),
            ..ctx.clone()
        };
        let default = WindowSpec::today();
        let window = site.window(first.as_ref(), &default, Granularity::Day, &self.app)?;
        Ok(Self { window, ..self })
    }

    /// What distinguishes it from the other side, in words.
    pub(super) fn words(&self, other: &Self, compared: Option<(&Total, Option<i8>)>) -> String {
        let mut words = Vec::new();
        if self.app.id != other.app.id || self.app.platform != other.app.platform {
            words.push(self.app.label.clone());
        }
        if self.versions != other.versions {
            words.push(named("version", &self.versions, "all versions"));
        }
        if self.countries != other.countries {
            words.push(named("in", &self.countries, "all countries"));
        }
        if self.devices != other.devices {
            words.push(self.devices.title().unwrap_or("all devices").to_owned());
        }
        if !self.same_range(other) {
            words.push(match compared {
                Some((total, Some(hour))) => format!("{} to {hour}:00", total.first.date()),
                Some((total, None)) if total.first == total.last => total.first.date().to_string(),
                Some((total, None)) => total.window(),
                None => self.window.title(),
            });
        }
        if words.is_empty() {
            words.push("the same".to_owned());
        }
        words.join(", ")
    }

    /// Whether two are compared by the hour: a day so far, and another day.
    pub(super) fn is_by_hour(&self, other: &Self) -> bool {
        let one_day = self.window.days() == 1 && other.window.days() == 1;
        let partial = self.window.partial() || other.window.partial();
        one_day && !self.same_range(other) && partial
    }

    /// As arguments of its trend.
    pub(super) fn trend_arguments(&self) -> Value {
        self.arguments_with_devices(&self.window.to_argument())
    }

    /// The calls that the trends of two take.
    pub(super) async fn cost_of_trends(a: &Self, b: &Self, parts: &Parts<'_>) -> usize {
        let mut cost = 0;
        for asked in [a.trend_arguments(), b.trend_arguments()] {
            cost += if a.is_by_hour(b) {
                parts.cost_of::<TrendQuery<GetCumulativeTrend>>(asked).await
            } else {
                parts.cost_of::<TrendQuery<GetDailyTrend>>(asked).await
            };
        }
        cost
    }

    /// Whether both are about the same days.
    pub(super) fn same_range(&self, other: &Self) -> bool {
        self.window.first_day() == other.window.first_day()
            && self.window.last_day() == other.window.last_day()
    }

    /// Whether both are about the same app.
    pub(super) fn same_app(&self, other: &Self) -> bool {
        self.app.id == other.app.id
            && self.app.platform == other.app.platform
            && self.app.account.name == other.app.account.name
    }
}

impl Fields {
    /// A word is a project, a range, a country or a version, whichever it can be read as.
    fn of_word(word: &ShortText, ctx: &CallContext) -> Result<Self, Error> {
        let text = word.as_str().trim();
        let mut fields = Self::default();
        let one = || serde_json::from_value(json!([text])).unwrap_or_default();
        if ctx.projects.find(text).is_some() {
            fields.project = ProjectName::new(text);
        } else if let Some(window) = WindowSpec::known(text) {
            fields.window = Some(window);
        } else if is_country(text) {
            fields.countries = one();
        } else if text.starts_with(|first: char| first.is_ascii_digit() || first == '*') {
            fields.versions = one();
        } else {
            return Err(Error::invalid_arguments(format!(
                "`{}` is no project, range, country or version\n\
                 hint: name what it is, as in {{\"versions\":[\"trunk\"]}} or {{\"window\":\"last_week\"}}",
                inline(text, 60)
            )));
        }
        Ok(fields)
    }
}

fn named(what: &str, values: &[String], none: &str) -> String {
    if values.is_empty() {
        return none.to_owned();
    }
    let values: Vec<String> = values.iter().map(|value| inline(value, 40)).collect();
    format!("{what} {}", values.join(", "))
}

/// A side as it was compared.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SideAnswer {
    pub(super) project: String,
    /// First day that counts.
    pub(super) from: String,
    /// Last day that counts.
    pub(super) to: String,
    pub(super) versions: Vec<String>,
    pub(super) countries: Vec<String>,
    pub(super) devices_counted: Option<&'static str>,
    pub(super) reports: Option<i64>,
    pub(super) affected: Option<crate::tools::output::DeviceRate>,
    #[serde(skip)]
    pub(super) words: String,
}
