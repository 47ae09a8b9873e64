//! Exit codes and usage errors.

use crate::error::Error;

/// Exit codes of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    Success = 0,
    Failed = 1,
    Usage = 2,
    TryLater = 3,
    /// A threshold of a report is met.
    Threshold = 4,
}

impl From<&Error> for Exit {
    fn from(failure: &Error) -> Self {
        match failure {
            Error::InvalidArguments(_) => Self::Usage,
            Error::RateLimited { .. } | Error::Unreachable { .. } => Self::TryLater,
            _ => Self::Failed,
        }
    }
}

/// A usage error that the command line parser cannot detect.
#[derive(Debug)]
pub(super) struct UsageError(pub(super) String);

impl std::fmt::Display for UsageError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}
