//! How the process exits, and errors of usage.

use crate::error::Error;

/// Answered, failed, used wrongly, or to be tried later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    Answered = 0,
    Failed = 1,
    Usage = 2,
    Later = 3,
}

impl From<&Error> for Exit {
    fn from(failure: &Error) -> Self {
        match failure {
            Error::InvalidArguments(_) => Self::Usage,
            Error::RateLimited { .. } | Error::Unreachable(_) => Self::Later,
            Error::Credentials { .. } | Error::Rejected { .. } | Error::UnexpectedResponse(_) => {
                Self::Failed
            }
        }
    }
}

/// A mistake of the command line that its parser does not see.
#[derive(Debug)]
pub(super) struct UsageError(pub(super) String);

impl std::fmt::Display for UsageError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}
