//! The parts of a report: what each tool answered, after waiting for the minute's calls where they are spent.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::tools::{Answered, CallOptions, Caller, Toolbox};

/// Waits for one part: a report runs unattended, and the service counts by the minute.
const MOST_WAITS: usize = 2;

/// The longest wait that a minute's calls explain.
const LONGEST_WAIT: Duration = Duration::from_secs(75);

/// Who asks.
pub(super) struct Asked<'a> {
    toolbox: &'a Toolbox,
    caller: Caller,
}

/// What a tool answered.
pub(super) struct Part {
    pub(super) tool: &'static str,
    pub(super) result: Result<Answered, Error>,
}

/// An issue that matters.
pub(super) struct Urgent {
    pub(super) project: String,
    pub(super) issue: String,
    pub(super) score: f64,
}

impl<'a> Asked<'a> {
    pub(super) fn new(toolbox: &'a Toolbox) -> Self {
        Self {
            toolbox,
            caller: Caller::named("report"),
        }
    }

    /// Calls a tool; waits and calls again where the minute's calls are spent.
    #[expect(clippy::print_stderr, reason = "progress goes to standard error")]
    pub(super) async fn part(&self, tool: &'static str, arguments: Map<String, Value>) -> Part {
        let mut waits = 0;
        loop {
            let options = CallOptions::default();
            let called = self
                .toolbox
                .call_with(&self.caller, tool, arguments.clone(), options)
                .await;
            let result = match called {
                Ok(outcome) => outcome.result,
                Err(unknown) => Err(Error::invalid_arguments(unknown.message)),
            };
            let wait = match &result {
                Err(Error::RateLimited { .. }) => {
                    result.as_ref().err().and_then(Error::retry_after)
                }
                _ => None,
            };
            match wait.filter(|wait| *wait <= LONGEST_WAIT && waits < MOST_WAITS) {
                Some(wait) => {
                    eprintln!(
                        "{tool}: the calls of this minute are used, {} s",
                        wait.as_secs()
                    );
                    tokio::time::sleep(wait).await;
                    waits += 1;
                }
                None => return Part { tool, result },
            }
        }
    }
}

impl Part {
    pub(super) fn error(&self) -> Option<&Error> {
        self.result.as_ref().err()
    }

    /// The answer as data.
    pub(super) fn data(&self) -> Option<Value> {
        self.result.as_ref().ok().map(Answered::whole_data)
    }

    /// The projects of an overview.
    pub(super) fn projects(&self) -> Vec<String> {
        let data = self.data().unwrap_or_default();
        let projects = data["answer"]["projects"].as_array();
        let name = |project: &Value| project["project"].as_str().map(str::to_owned);
        projects.into_iter().flatten().filter_map(name).collect()
    }

    /// The ranked issues of a project.
    pub(super) fn urgent(&self, project: &str) -> Vec<Urgent> {
        let data = self.data().unwrap_or_default();
        let issues = data["answer"]["issues"].as_array();
        let urgent = |issue: &Value| {
            Some(Urgent {
                project: project.to_owned(),
                issue: issue["issue"].as_str()?.to_owned(),
                score: issue["score"].as_f64()?,
            })
        };
        issues.into_iter().flatten().filter_map(urgent).collect()
    }
}
