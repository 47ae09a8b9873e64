//! The parts of a report: what each tool answered.

use serde_json::{Map, Value};

use crate::cli::within_limit::call_within_limit;
use crate::error::Error;
use crate::tools::{Answered, CallOptions, Caller, Toolbox};

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

    /// Calls a tool.
    pub(super) async fn part(&self, tool: &'static str, arguments: Map<String, Value>) -> Part {
        let options = CallOptions::default();
        let outcome = call_within_limit(self.toolbox, &self.caller, tool, arguments, options).await;
        let result = match outcome {
            Ok(outcome) => outcome.result,
            Err(unknown) => Err(Error::invalid_arguments(unknown.message)),
        };
        Part { tool, result }
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
