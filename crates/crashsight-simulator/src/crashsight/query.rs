//! The query of a request, read from its parameters.

use serde_json::Value;

use super::envelope::{Envelopes, Refusal};
use crate::calendar::{self, Day, Hour};
use crate::devices::COUNTRIES;
use crate::filter::Filter;
use crate::issues::{self, Issue, Kind};
use crate::params::Params;
use crate::pattern::releases;
use crate::projects::Project;
use crate::span::Span;
use crate::triage::Triage;
use crate::world::World;

/// What an operation answers with: its payload, or a refusal.
pub(crate) type Answer = Result<Value, Refusal>;

/// One request, past signature, quota and permission.
pub(crate) struct Query<'a> {
    pub(crate) params: &'a Params,
    pub(crate) world: World,
    pub(crate) triage: &'a Triage,
    pub(crate) project: Project,
    pub(crate) envelopes: Envelopes,
}

impl Query<'_> {
    /// A text that has to be there.
    pub(crate) fn required(&self, name: &str) -> Result<String, Refusal> {
        self.params
            .text(name)
            .ok_or_else(|| Refusal::parameter(format!("{name} is required")))
    }

    /// `type`: crash, anr or error.
    pub(crate) fn kind(&self) -> Result<Kind, Refusal> {
        let name = self
            .params
            .text("type")
            .unwrap_or_else(|| "crash".to_owned());
        Kind::parse(&name).ok_or_else(|| Refusal::parameter(format!("unsupported type: {name}")))
    }

    /// The issue under this parameter.
    pub(crate) fn issue(&self, name: &str) -> Result<&'static Issue, Refusal> {
        let id = self.required(name)?;
        issues::by_id(self.project, &id).ok_or_else(|| Refusal::not_found("issue not found"))
    }

    /// Issues of a kind.
    pub(crate) fn issues_of(&self, kind: Kind) -> impl Iterator<Item = &'static Issue> + Clone {
        issues::all(self.project)
            .iter()
            .filter(move |issue| issue.kind() == kind)
    }

    /// The requested versions, as written; empty for all.
    pub(crate) fn version_patterns(&self) -> Vec<String> {
        let mut patterns = self.params.list("versionList");
        if patterns.is_empty() {
            patterns = self.params.list("version");
        }
        let split = patterns
            .iter()
            .flat_map(|text| text.split(';'))
            .map(str::to_owned);
        let patterns: Vec<String> = split.filter(|text| !text.is_empty()).collect();
        if patterns.iter().any(|text| text == "-1") {
            return Vec::new();
        }
        patterns
    }

    /// The vendor's label for the requested versions when they are answered as one.
    pub(crate) fn version_label(&self) -> String {
        match self.version_patterns().as_slice() {
            [] => "-1".to_owned(),
            [only] => only.clone(),
            _ => "MERGED".to_owned(),
        }
    }

    /// Which crashes count: versions, devices and, if `countries`, countries.
    pub(crate) fn filter(&self, countries: bool) -> Filter {
        let listed = self.params.list("countryList");
        let positions = |name: &String| COUNTRIES.iter().position(|country| country.name == name);
        Filter {
            releases: releases(self.project, &self.version_patterns()),
            countries: (countries && !listed.is_empty())
                .then(|| listed.iter().filter_map(positions).collect()),
            emulator: match self.params.number("vm") {
                Some(1) => Some(false),
                Some(2) => Some(true),
                _ => None,
            },
        }
    }

    /// The first of these parameters that is an hour.
    pub(crate) fn hour(&self, names: [&str; 2]) -> Result<Hour, Refusal> {
        let text = names.iter().find_map(|name| self.params.text(name));
        text.as_deref()
            .and_then(Hour::parse)
            .ok_or_else(|| Refusal::parameter(format!("{} is invalid, use YYYYMMDDHH", names[0])))
    }

    /// The first of these parameters that is a day.
    pub(crate) fn day(&self, names: [&str; 2]) -> Result<Day, Refusal> {
        let text = names.iter().find_map(|name| self.params.text(name));
        text.as_deref()
            .and_then(Day::parse)
            .ok_or_else(|| Refusal::parameter(format!("{} is invalid, use YYYYMMDD", names[0])))
    }

    /// An instant in the service's time, as Unix milliseconds.
    pub(crate) fn instant(&self, name: &str) -> Result<i64, Refusal> {
        calendar::parse_time(&self.required(name)?).ok_or_else(|| {
            Refusal::parameter(format!("{name} is invalid, use YYYY-MM-DD HH:MM:SS"))
        })
    }

    /// `stime` and `etime`, or the days of the 2026 form; at most 30 days.
    pub(crate) fn span(&self) -> Result<Span, Refusal> {
        let span = if self.params.text("stime").is_none() && self.params.text("startDate").is_some()
        {
            Span::days(
                self.day(["startDate", "startDate"])?,
                self.day(["endDate", "endDate"])?,
            )
        } else {
            // Seconds are whole, and the last one counts.
            Span {
                from_ms: self.instant("stime")?,
                until_ms: self.instant("etime")? + 1_000,
            }
        };
        if span.until_ms - span.from_ms > 30 * 24 * calendar::HOUR_MS + 1_000 {
            return Err(Refusal::parameter("the time range must be within 30d"));
        }
        Ok(span)
    }
}

/// `crash`, or `vmCrash` with a prefix.
pub(crate) fn prefixed(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        return name.to_owned();
    }
    let (first, rest) = name.split_at(1);
    format!("{prefix}{}{rest}", first.to_ascii_uppercase())
}
