//! Who calls, and the count of what became of it.

use std::sync::Arc;

use tokio::time::Instant;

use crate::metrics::Metrics;
use crate::project::Projects;

/// Who calls: what is logged of a write, and what this caller may do beyond the server's own policy.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// A name for the log.
    pub name: Arc<str>,
    /// Which request this is, for the log; empty where requests have no id of their own.
    pub request: Arc<str>,
    /// No write is listed for this caller, or called.
    pub read_only: bool,
    /// The projects this caller may name; `None` is all of the run's.
    pub projects: Option<Arc<Projects>>,
    /// Whether another caller of the same server may be given something else.
    pub private: bool,
}

impl Caller {
    /// A caller of that name who may do all that the server may.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

/// Counts a call when it ends, also one that is dropped on its way.
pub(super) struct CallMetricsGuard<'a> {
    pub(super) metrics: &'a Metrics,
    pub(super) tool: &'static str,
    pub(super) outcome: &'static str,
    pub(super) started: Instant,
}

impl Drop for CallMetricsGuard<'_> {
    fn drop(&mut self) {
        self.metrics
            .record_call(self.tool, self.outcome, self.started.elapsed());
    }
}
