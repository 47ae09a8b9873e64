//! What a request asks for, read from its parameters.

use serde_json::Value;

use super::envelope::Refusal;
use crate::calendar::{self, Day, Hour};
use crate::devices::COUNTRIES;
use crate::filter::{Filter, Span};
use crate::issues::{self, Issue, Kind};
use crate::params::Params;
use crate::projects::{Project, RELEASES};
use crate::triage::Tags;
use crate::world::World;

/// What an operation answers with: its payload, or a refusal.
pub(super) type Answer = Result<Value, Refusal>;

/// One request, past signature, quota and permission.
pub(super) struct Ask<'a> {
    pub(super) params: &'a Params,
    pub(super) world: World,
    pub(super) tags: &'a Tags,
    pub(super) project: Project,
}

impl Ask<'_> {
    /// A text that has to be there.
    pub(super) fn required(&self, name: &str) -> Result<String, Refusal> {
        self.params
            .text(name)
            .ok_or_else(|| Refusal::parameter(format!("{name} is required")))
    }

    /// `type`: crash, anr or error.
    pub(super) fn kind(&self) -> Result<Kind, Refusal> {
        let name = self
            .params
            .text("type")
            .unwrap_or_else(|| "crash".to_owned());
        Kind::parse(&name).ok_or_else(|| Refusal::parameter(format!("unsupported type: {name}")))
    }

    /// The issue under this parameter.
    pub(super) fn issue(&self, name: &str) -> Result<&'static Issue, Refusal> {
        let id = self.required(name)?;
        issues::by_id(self.project, &id).ok_or_else(|| Refusal::not_found("issue not found"))
    }

    /// Issues of a kind.
    pub(super) fn issues_of(&self, kind: Kind) -> impl Iterator<Item = &'static Issue> + Clone {
        issues::all(self.project)
            .iter()
            .filter(move |issue| issue.kind() == kind)
    }

    /// The versions asked for, as written; empty for all.
    pub(super) fn version_patterns(&self) -> Vec<String> {
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

    /// What the vendor calls the versions asked for, when it answers for all of them at once.
    pub(super) fn version_label(&self) -> String {
        match self.version_patterns().as_slice() {
            [] => "-1".to_owned(),
            [only] => only.clone(),
            _ => "MERGED".to_owned(),
        }
    }

    /// Which crashes count: versions, devices and, where `countries` says so, countries.
    pub(super) fn filter(&self, countries: bool) -> Filter {
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

    /// The first of these parameters that holds an hour.
    pub(super) fn hour(&self, names: [&str; 2]) -> Result<Hour, Refusal> {
        let text = names.iter().find_map(|name| self.params.text(name));
        text.as_deref()
            .and_then(Hour::parse)
            .ok_or_else(|| Refusal::parameter(format!("{} is invalid, use YYYYMMDDHH", names[0])))
    }

    /// The first of these parameters that holds a day.
    pub(super) fn day(&self, names: [&str; 2]) -> Result<Day, Refusal> {
        let text = names.iter().find_map(|name| self.params.text(name));
        text.as_deref()
            .and_then(Day::parse)
            .ok_or_else(|| Refusal::parameter(format!("{} is invalid, use YYYYMMDD", names[0])))
    }

    /// `stime` and `etime`, or the days of the 2026 form; at most 30 days.
    pub(super) fn span(&self) -> Result<Span, Refusal> {
        let span = if self.params.text("stime").is_none() && self.params.text("startDate").is_some()
        {
            Span::days(
                self.day(["startDate", "startDate"])?,
                self.day(["endDate", "endDate"])?,
            )
        } else {
            let time = |name: &str| {
                calendar::parse_time(&self.required(name)?).ok_or_else(|| {
                    Refusal::parameter(format!("{name} is invalid, use YYYY-MM-DD HH:MM:SS"))
                })
            };
            // Seconds are whole, and the last one counts.
            Span {
                from_ms: time("stime")?,
                until_ms: time("etime")? + 1_000,
            }
        };
        if span.until_ms - span.from_ms > 30 * 24 * calendar::HOUR_MS + 1_000 {
            return Err(Refusal::parameter("the time range must be within 30d"));
        }
        Ok(span)
    }
}

/// The releases that match one of the patterns; all of them when there is none.
pub(super) fn releases(project: Project, patterns: &[String]) -> [bool; RELEASES] {
    let mut taken = [patterns.is_empty(); RELEASES];
    for (taken, release) in taken.iter_mut().zip(project.releases()) {
        *taken |= patterns
            .iter()
            .any(|pattern| glob(pattern, release.version));
    }
    taken
}

/// Whether `text` as a whole matches `pattern`, in which `*` is anything.
///
/// What stands between two stars is looked for once, from the left: the time is linear in the text
/// for each of them, however many stars there are.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    let inner = text
        .strip_prefix(head)
        .and_then(|text| text.strip_suffix(tail));
    let found = |text: &str, part: &str| text.find(part).map(|at| at + part.len());
    let mut left = inner;
    for part in middle.split('*') {
        left = left.and_then(|text| text.get(found(text, part)?..));
    }
    left.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_anything() {
        assert!(glob("3.6.*", "3.6.2"));
        assert!(glob("*", ""));
        assert!(glob("a*b*c", "axxbc"));
        assert!(!glob("3.6.*", "3.7.0"));
        assert!(!glob("3.7", "3.7.0"));
        assert!(glob("**b**", "abc") && glob("a*", "a") && glob("*中*", "x中y"));
        assert!(!glob("ab*bc", "abc") && !glob("*a*b*", "ba"));
        assert_eq!(
            releases(Project::Android, &["3.6.*".into()]),
            [false, true, true, false]
        );
        assert_eq!(releases(Project::Android, &[]), [true; RELEASES]);
    }
}
