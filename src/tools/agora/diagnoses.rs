//! What went wrong for single users in the last hour, and why.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Rows, Scope, codes, read_rows};
use crate::args::ProjectName;
use crate::error::Error;
use crate::json::JsonRef;
use crate::reply::{Cell, Reply, Table, Untrusted};
use crate::request::Request;
use crate::time_range::WindowSpec;
use crate::tools::context::CallContext;
use crate::tools::output::{Output, Time};
use crate::tools::tool::Query;

/// Problems in one response at most (docs/vendor/agora.md §4).
const MAX: usize = 10;

/// Freezes and slow joins that Agora diagnosed (at most the last hour, at most 10), grouped by cause, with users and
/// channels. Then agora_search_calls for the channel.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListDiagnoses {
    project: Option<ProjectName>,
    /// 1h or 2026-11-22T15:10..2026-11-22T15:40
    window: Option<WindowSpec>,
}

/// Problems, and their causes.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Diagnoses {
    /// The most frequent first.
    causes: Vec<CauseCount>,
    /// The newest first.
    problems: Vec<Problem>,
    /// Whether there may be more problems than the service returns.
    limit_reached: bool,
}

/// How often a cause is named.
#[derive(Serialize, JsonSchema)]
struct CauseCount {
    /// The cause in words.
    cause: Option<&'static str>,
    cause_code: i64,
    problems: usize,
    users: usize,
    /// How often it is on the side of a remote user.
    at_remote_user: usize,
    experiences: Vec<Experience>,
}

/// One problem of one user.
#[derive(Serialize, JsonSchema)]
struct Problem {
    at: Option<Time>,
    user: Option<Untrusted>,
    channel: Option<Untrusted>,
    #[serde(flatten)]
    experience: Option<Experience>,
    causes: Vec<CauseTag>,
}

/// What a user experienced.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
struct Experience {
    /// What happened, in words.
    experience: Option<&'static str>,
    experience_code: i64,
}

/// A cause of a problem.
#[derive(Serialize, JsonSchema)]
struct CauseTag {
    /// The cause in words.
    cause: Option<&'static str>,
    cause_code: i64,
    /// The remote user on whose side it is.
    remote_user: Option<Untrusted>,
}

impl Query for ListDiagnoses {
    const NAME: &'static str = "agora_list_diagnoses";
    const UPSTREAM: &'static str = "live/diagnosis";
    type Scope = Scope;
    type Answer = Diagnoses;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        Scope::live(ctx, self.project.as_ref(), self.window.as_ref())
    }

    fn request(&self, scope: &Scope) -> Request {
        scope.live_request(Self::UPSTREAM, "")
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<Diagnoses>> {
        let Rows { rows, unrecognized } = read_rows(data, |row| Problem::read(row, &scope.zone))?;
        let limit_reached = rows.len() + unrecognized >= MAX;
        let contains = |problem: &Problem| {
            let at = problem.at.as_ref();
            at.is_none_or(|at| scope.window.contains(at.at))
        };
        let mut problems: Vec<Problem> = rows.into_iter().filter(contains).collect();
        problems.sort_by_key(|problem| Reverse(problem.at.as_ref().map(|at| at.at)));
        let answer = Diagnoses {
            causes: causes(&problems),
            problems,
            limit_reached,
        };
        let mut output =
            Output::new("Diagnosed problems", &scope.app, answer).window(&scope.window);
        if output.answer.problems.is_empty() {
            output.note("no problem was diagnosed in this range");
        } else if output.answer.causes.is_empty() {
            output.note("no cause is named");
        }
        if limit_reached {
            output.note(format!(
                "the service returns at most {MAX}: there may be more"
            ));
        }
        output.note_unrecognized(unrecognized, "row");
        let channel = output.answer.problems.first();
        if let Some(channel) = channel.and_then(|problem| problem.channel.clone()) {
            output.suggest("agora_search_calls", json!({"channel": channel.raw()}));
        }
        Ok(output)
    }

    fn render(output: &Output<Diagnoses>, reply: &mut Reply) {
        let Diagnoses {
            causes, problems, ..
        } = &output.answer;
        let columns = [
            "cause",
            "problems",
            "users",
            "at a remote user",
            "what happened",
        ];
        let mut table = Table::new(&columns);
        table.rows = causes.iter().map(CauseCount::cells).collect();
        if !table.rows.is_empty() {
            reply.table(table, "");
        }
        let mut table = Table::new(&["at", "user", "channel", "what happened", "causes"]);
        table.rows = problems.iter().map(Problem::cells).collect();
        if !table.rows.is_empty() {
            reply.table(table, "");
        }
    }
}

/// Causes by how often they are named.
fn causes(problems: &[Problem]) -> Vec<CauseCount> {
    let mut named: Vec<i64> = Vec::new();
    for cause in problems.iter().flat_map(|problem| &problem.causes) {
        if !named.contains(&cause.cause_code) {
            named.push(cause.cause_code);
        }
    }
    let mut causes: Vec<CauseCount> = named
        .into_iter()
        .map(|code| CauseCount::new(code, problems))
        .collect();
    causes.sort_by_key(|cause| (Reverse(cause.problems), cause.cause_code));
    causes
}

impl CauseCount {
    fn new(code: i64, problems: &[Problem]) -> Self {
        // A cause may be named twice in one problem, once for each side.
        let named = |problem: &&Problem| problem.causes.iter().any(|it| it.cause_code == code);
        let problems: Vec<&Problem> = problems.iter().filter(named).collect();
        let users: BTreeSet<&Untrusted> =
            problems.iter().filter_map(|it| it.user.as_ref()).collect();
        let experiences: BTreeSet<Experience> =
            problems.iter().filter_map(|it| it.experience).collect();
        let causes = problems.iter().flat_map(|problem| &problem.causes);
        Self {
            cause: codes::factor(code),
            cause_code: code,
            problems: problems.len(),
            users: users.len(),
            at_remote_user: causes
                .filter(|it| it.cause_code == code && it.remote_user.is_some())
                .count(),
            experiences: experiences.into_iter().collect(),
        }
    }

    fn cells(&self) -> Vec<Cell> {
        let count = |n: usize| Cell::Count(i64::try_from(n).unwrap_or(i64::MAX));
        let mut experiences: Vec<Experience> = self.experiences.clone();
        experiences.sort_by_key(|it| it.experience_code);
        let experiences: Vec<String> = experiences.iter().map(Experience::words).collect();
        vec![
            Cell::text(cause_words(self.cause, self.cause_code)),
            count(self.problems),
            count(self.users),
            match self.at_remote_user {
                0 => Cell::Missing,
                times => count(times),
            },
            Cell::text(experiences.join(", ")),
        ]
    }
}

impl Problem {
    fn read(row: JsonRef<'_>, zone: &TimeZone) -> Option<Self> {
        let causes: Vec<CauseTag> = row
            .get("cause_tags")
            .list()
            .filter_map(CauseTag::read)
            .collect();
        let problem = Self {
            at: Time::of(row.get("ts").instant(&TimeZone::UTC), zone),
            user: row.get("user").untrusted(),
            channel: row.get("cname").untrusted(),
            experience: row.get("exp_id").count().map(|code| Experience {
                experience: codes::experience(code),
                experience_code: code,
            }),
            causes,
        };
        let known = problem.experience.is_some() || !problem.causes.is_empty();
        known.then_some(problem)
    }

    fn cells(&self) -> Vec<Cell> {
        let untrusted =
            |text: &Option<Untrusted>| text.clone().map_or(Cell::Missing, Cell::Untrusted);
        let causes: Vec<String> = self.causes.iter().map(CauseTag::words).collect();
        vec![
            self.at.as_ref().map_or(Cell::Missing, Time::time_of_day),
            untrusted(&self.user),
            untrusted(&self.channel),
            self.experience
                .map_or(Cell::Missing, |it| Cell::text(it.words())),
            Some(causes.join("; "))
                .filter(|causes| !causes.is_empty())
                .map_or(Cell::Missing, Cell::from_untrusted),
        ]
    }
}

impl Experience {
    fn words(&self) -> String {
        match self.experience {
            Some(words) => words.to_owned(),
            None => format!("experience {}", self.experience_code),
        }
    }
}

impl CauseTag {
    fn read(tag: JsonRef<'_>) -> Option<Self> {
        let code = tag.get("factor_id").count()?;
        Some(Self {
            cause: codes::factor(code),
            cause_code: code,
            remote_user: tag.get("host_user").untrusted(),
        })
    }

    /// With the remote user on whose side it is.
    fn words(&self) -> String {
        let words = cause_words(self.cause, self.cause_code);
        match &self.remote_user {
            Some(user) => format!("{words} (at user {})", user.line(40)),
            None => words,
        }
    }
}

fn cause_words(cause: Option<&'static str>, code: i64) -> String {
    cause.map_or_else(|| format!("cause {code}"), str::to_owned)
}
