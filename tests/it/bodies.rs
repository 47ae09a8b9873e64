//! Which body of a case's `answer.json` responds to a request.
//!
//! A tool with one operation has its body. A tool with several has an object of bodies by operation; where an operation
//! is asked several times, `{"in_turn": […]}` has a body for each, and the last for all that follow.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// How often each operation was asked during one call.
#[derive(Debug, Default)]
pub(crate) struct Asked(Mutex<HashMap<String, usize>>);

impl Asked {
    /// The body of an operation by its name, if the case has one.
    pub(crate) fn body<'a>(
        &self,
        upstream: &[&str],
        answer: &'a Value,
        path: &str,
    ) -> Option<&'a Value> {
        let operation = upstream
            .iter()
            // An operation is one part of the path, or several.
            .find(|operation| format!("{path}/").contains(&format!("/{operation}/")))?;
        let body = answer.get(*operation)?;
        let Some(bodies) = body["in_turn"].as_array() else {
            return Some(body);
        };
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = asked.entry((*operation).to_owned()).or_default();
        *turn += 1;
        bodies.get(*turn - 1).or(bodies.last())
    }
}
