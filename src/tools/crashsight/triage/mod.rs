//! Writes about an issue: state and assignees, notes, bugs.
//!
//! Each reads the issue first, asks for a confirmation, sends once, and reads again: a write is done when its effect is
//! seen. Where the effect is already there, nothing is sent.

pub(crate) mod add_bug;
pub(crate) mod add_note;
pub(crate) mod link_bug;
pub(crate) mod update_status;

use crate::error::Error;
use crate::request::Stamp;

/// The operator's two ids and the time, which the service records with a change.
const OPERATOR: &[(&str, Stamp)] = &[("createTime", Stamp::Time), ("newUserId", Stamp::User)];

/// The service accepted a write, and reading again does not show its effect.
fn not_seen(what: &str) -> Error {
    Error::outcome_unknown(Error::unexpected_response(anyhow::anyhow!("{what}")))
}

/// Reading again failed after the service accepted a write.
fn not_read(error: Error) -> Error {
    match error {
        unknown @ Error::OutcomeUnknown { .. } => unknown,
        error => Error::outcome_unknown(Error::unreachable(format!(
            "the service accepted it, and reading it again failed: {error}"
        ))),
    }
}
