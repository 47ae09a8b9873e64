//! `searchConditionGroup`: the search grammar that several operations share (docs/vendor/crashsight.md §9).
//!
//! A condition without a value restricts nothing. An unknown field or query type is refused rather than
//! ignored.

use super::envelope::Refusal;
use crate::crash::Crash;
use crate::devices::COUNTRIES;
use crate::filter::Filter;
use crate::ids;
use crate::issues::{self, Issue, Kind};
use crate::params::Params;
use crate::pattern::{glob, releases};
use crate::projects::{Project, RELEASES};
use crate::report;
use crate::world::World;

/// What a condition looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Version,
    ExceptionType,
    ExceptionCategory,
    ExceptionName,
    CrashDetail,
    IssueId,
    OomStatus,
    CrashId,
    UserId,
    DeviceId,
    Model,
    OsVersion,
    Country,
    UploadTime,
}

/// How it compares.
#[derive(Debug)]
enum Test {
    /// One of these texts, case ignored.
    Equals(Vec<String>),
    /// One of these patterns with `*`.
    Wildcard(Vec<String>),
    /// Contains this text, case ignored.
    Contains(String),
    /// Not before this Unix millisecond.
    Since(i64),
}

#[derive(Debug)]
struct Condition {
    field: Field,
    test: Test,
    negated: bool,
}

/// Conditions that all have to hold.
#[derive(Debug)]
pub(crate) struct Conditions {
    list: Vec<Condition>,
    world: World,
}

impl Field {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "version" | "productVersion" => Self::Version,
            "exceptionType" => Self::ExceptionType,
            "exceptionCategory" => Self::ExceptionCategory,
            "expName" | "exceptionName" => Self::ExceptionName,
            "crashDetail" | "expMessage" => Self::CrashDetail,
            "issueId" => Self::IssueId,
            "oomStatus" => Self::OomStatus,
            "crashId" | "expUid" => Self::CrashId,
            "userId" => Self::UserId,
            "deviceId" => Self::DeviceId,
            "model" => Self::Model,
            "osVersion" | "osVer" => Self::OsVersion,
            "country" | "countryOrRegionCode" => Self::Country,
            "crashUploadTime" | "uploadTime" => Self::UploadTime,
            _ => return None,
        })
    }

    /// Whether every crash of an issue has the same value.
    const fn is_of_issue(self) -> bool {
        matches!(
            self,
            Self::ExceptionType
                | Self::ExceptionCategory
                | Self::ExceptionName
                | Self::CrashDetail
                | Self::IssueId
                | Self::OomStatus
        )
    }
}

impl Conditions {
    /// Reads `searchConditionGroup.conditions`.
    pub(crate) fn read(params: &Params, world: World) -> Result<Self, Refusal> {
        let mut list = Vec::new();
        let group = params.inner("searchConditionGroup");
        for condition in group.objects("conditions") {
            let name = condition.text("field").unwrap_or_default();
            let field = Field::parse(&name)
                .ok_or_else(|| Refusal::parameter(format!("unsupported field: {name}")))?;
            if let Some(test) = test(&condition, world)? {
                list.push(Condition {
                    field,
                    test,
                    negated: condition.flag("not"),
                });
            }
        }
        Ok(Self { list, world })
    }

    /// The matching crashes of a project, newest first.
    pub(crate) fn find(&self, project: Project) -> Vec<(&'static Issue, Crash)> {
        let filter = Filter {
            releases: self.releases(project),
            ..Filter::ALL
        };
        let mut found = Vec::new();
        for issue in issues::all(project)
            .iter()
            .filter(|issue| self.match_issue(issue))
        {
            let kept = self.world.kept();
            self.world.each_crash(issue, kept, &filter, |crash| {
                if self.match_crash(crash) {
                    found.push((issue, *crash));
                }
            });
        }
        found.sort_unstable_by_key(|(issue, crash)| {
            (-crash.uploaded_ms, issue.number, crash.key.ordinal)
        });
        found
    }

    /// The releases that the conditions on versions select.
    pub(crate) fn releases(&self, project: Project) -> [bool; RELEASES] {
        let mut selected = [true; RELEASES];
        for condition in &self.list {
            let patterns = match (&condition.field, &condition.test) {
                (Field::Version, Test::Equals(texts) | Test::Wildcard(texts)) => texts.clone(),
                (Field::Version, Test::Contains(text)) => vec![format!("*{text}*")],
                _ => continue,
            };
            for (selected, matched) in selected.iter_mut().zip(releases(project, &patterns)) {
                *selected &= matched != condition.negated;
            }
        }
        selected
    }

    /// Whether the conditions on the issue hold.
    pub(crate) fn match_issue(&self, issue: &Issue) -> bool {
        self.list
            .iter()
            .filter(|condition| condition.field.is_of_issue())
            .all(|condition| {
                condition.negated != condition.test.holds(&issue_values(condition.field, issue))
            })
    }

    /// Whether the conditions on the single crash hold.
    pub(crate) fn match_crash(&self, crash: &Crash) -> bool {
        self.list
            .iter()
            .filter(|condition| !condition.field.is_of_issue())
            .all(|condition| condition.negated != self.holds(condition, crash))
    }

    fn holds(&self, condition: &Condition, crash: &Crash) -> bool {
        if let Test::Since(from_ms) = condition.test {
            return crash.uploaded_ms >= from_ms;
        }
        let project = crash.key.project;
        let value = match condition.field {
            Field::Version => crash.version().to_owned(),
            Field::CrashId => crash.key.id(self.world.seed),
            Field::UserId => crash.user().map(ids::user_id).unwrap_or_default(),
            Field::DeviceId => ids::device_id(project, crash.device),
            Field::Model => crash.profile().model.name.to_owned(),
            Field::OsVersion => crash.profile().system.to_owned(),
            Field::Country => {
                let country = COUNTRIES.get(crash.profile().country);
                let names = country.map(|country| vec![country.code.into(), country.name.into()]);
                return condition.test.holds(&names.unwrap_or_default());
            }
            _ => String::new(),
        };
        condition.test.holds(&[value])
    }
}

fn issue_values(field: Field, issue: &Issue) -> Vec<String> {
    match field {
        Field::ExceptionType => {
            let group = match issue.kind() {
                Kind::Crash => "AllCrash",
                Kind::Anr => "ANR",
                Kind::Error => "AllCatched",
            };
            vec![issue.exception_type().to_owned(), group.to_owned()]
        }
        Field::ExceptionCategory => vec![issue.kind().name().to_owned()],
        Field::ExceptionName => vec![issue.exception().to_owned()],
        Field::CrashDetail => vec![report::searchable_text(issue)],
        Field::IssueId => vec![issue.id.clone(), ids::with_colons(&issue.id)],
        Field::OomStatus => {
            let status = if issue.is_oom() {
                "ONLY_IS_OOM"
            } else {
                "ONLY_NOT_IS_OOM"
            };
            vec![status.to_owned()]
        }
        _ => Vec::new(),
    }
}

/// The test of a condition; none without a value, or with `-1` for all versions.
fn test(condition: &Params, world: World) -> Result<Option<Test>, Refusal> {
    let mut texts = condition.list("terms");
    texts.extend(condition.list("term"));
    texts.retain(|text| !text.is_empty());
    if texts.iter().any(|text| text == "-1") {
        return Ok(None);
    }
    let kind = condition.text("queryType");
    Ok(match kind.as_deref() {
        None | Some("TERM" | "TERMS") => (!texts.is_empty()).then_some(Test::Equals(texts)),
        Some("TERMS_WILDCARD") => (!texts.is_empty()).then_some(Test::Wildcard(texts)),
        Some("TEXT_MATCH_PHRASE") => condition.text("text").map(Test::Contains),
        Some("RANGE_RELATIVE_DATETIME") => {
            let age_ms = condition.number("gte");
            let age_ms = age_ms.ok_or_else(|| Refusal::parameter("gte is required"))?;
            Some(Test::Since(world.now_ms.saturating_sub(age_ms)))
        }
        Some(other) => {
            return Err(Refusal::parameter(format!(
                "unsupported queryType: {other}"
            )));
        }
    })
}

impl Test {
    fn holds(&self, values: &[String]) -> bool {
        let mut values = values.iter();
        match self {
            Self::Equals(texts) => {
                values.any(|value| texts.iter().any(|text| text.eq_ignore_ascii_case(value)))
            }
            Self::Wildcard(patterns) => {
                values.any(|value| patterns.iter().any(|pattern| glob(pattern, value)))
            }
            Self::Contains(text) => {
                let text = text.to_lowercase();
                values.any(|value| value.to_lowercase().contains(&text))
            }
            Self::Since(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calendar;

    fn count(conditions: &serde_json::Value) -> Result<usize, Refusal> {
        let now_ms = calendar::parse_time("2026-11-22 16:08:00").expect("a time");
        let mut params = Params::default();
        params.add_body(json!({"searchConditionGroup": {"conditions": conditions}}));
        let conditions = Conditions::read(&params, World::new(1, now_ms))?;
        Ok(conditions.find(Project::Pc).len())
    }

    #[test]
    fn a_condition_and_its_negation_add_up() {
        let all = count(&json!([])).expect("a count");
        for condition in [
            json!({"field": "version", "queryType": "TERMS_WILDCARD", "terms": ["3.6.*"]}),
            json!({"field": "osVersion", "queryType": "TERM", "term": "Microsoft Windows 10-sp0.0 (19045)"}),
            json!({"field": "exceptionCategory", "queryType": "TERMS", "terms": ["ANR", "ERROR"]}),
            json!({"field": "crashDetail", "queryType": "TEXT_MATCH_PHRASE", "text": "applysuspension"}),
            json!({"field": "oomStatus", "queryType": "TERM", "term": "ONLY_IS_OOM"}),
            json!({"field": "country", "queryType": "TERM", "term": "US"}),
            json!({"field": "crashUploadTime", "queryType": "RANGE_RELATIVE_DATETIME", "gte": 3_600_000}),
        ] {
            let mut negated = condition.clone();
            negated["not"] = true.into();
            let (some, others) = (count(&json!([condition])), count(&json!([negated])));
            let (some, others) = (some.expect("a count"), others.expect("a count"));
            assert!(some > 0 && others > 0, "{condition}: {some} and {others}");
            assert_eq!(some + others, all, "{condition}");
        }
    }

    #[test]
    fn no_value_restricts_nothing_and_unknown_words_are_refused() {
        let all = count(&json!([])).expect("a count");
        let open = json!([{"field": "crashDetail"},
            {"field": "version", "queryType": "TERMS_WILDCARD", "terms": ["-1"]}]);
        assert_eq!(count(&open), Ok(all));
        assert!(count(&json!([{"field": "colour", "term": "red"}])).is_err());
        assert!(count(&json!([{"field": "model", "queryType": "LIKE", "term": "x"}])).is_err());
    }
}
