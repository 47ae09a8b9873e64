//! What went wrong and whose move it is. Every text says what happened, what was expected and what to do.

use std::sync::Arc;
use std::time::Duration;

use crate::request::ProviderId;

/// Why a call has no answer. `Display` is what the assistant reads.
#[derive(Debug, Clone)]
pub enum Error {
    /// The assistant's move: mend the arguments and call again.
    InvalidArguments(String),
    /// The user's move: settings are missing or wrong.
    Credentials {
        /// The service that refused, or would have.
        provider: ProviderId,
        /// What happened, and the setting to make.
        hint: String,
    },
    /// Wait, then call again.
    RateLimited {
        /// The shortest wait that helps.
        retry_after: Duration,
    },
    /// The service understood and said no.
    Rejected {
        /// Its code.
        code: i64,
        /// Its words. Vendor text: shown in a fence.
        message: String,
        /// Its trace id, for a support ticket.
        trace: Option<String>,
    },
    /// Not reachable, too slow or too busy: try later.
    Unreachable(String),
    /// Ours: the answer had another shape than expected.
    UnexpectedResponse(Arc<anyhow::Error>),
}

impl Error {
    /// An argument problem with the value that came and what was expected.
    pub fn invalid_arguments(text: impl Into<String>) -> Self {
        Self::InvalidArguments(text.into())
    }

    /// An answer of another shape.
    pub fn unexpected_response(error: anyhow::Error) -> Self {
        Self::UnexpectedResponse(Arc::new(error))
    }

    /// A short word for logs and exit codes.
    pub fn word(&self) -> &'static str {
        match self {
            Self::InvalidArguments(_) => "arguments",
            Self::Credentials { .. } => "credentials",
            Self::RateLimited { .. } => "throttled",
            Self::Rejected { .. } => "refused",
            Self::Unreachable(_) => "unreachable",
            Self::UnexpectedResponse(_) => "unreadable",
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InvalidArguments(text) | Self::Unreachable(text) => out.write_str(text),
            Self::Credentials { provider, hint } => write!(out, "{}: {hint}", provider.title()),
            Self::RateLimited { retry_after } => {
                let seconds = retry_after.as_secs_f64().ceil().max(1.0);
                if seconds <= 120.0 {
                    write!(
                        out,
                        "the minute's calls are spent: call again in {seconds} s"
                    )?;
                } else {
                    let wait = i64::try_from(retry_after.as_secs()).unwrap_or(i64::MAX);
                    let wait = crate::reply::duration(wait);
                    write!(
                        out,
                        "the calls of this endpoint are spent: call again in {wait}"
                    )?;
                }
                out.write_str("\nhint: answers already given come from memory and cost no call")
            }
            Self::Rejected {
                code,
                message,
                trace,
            } => {
                if matches!(code, 300..=399) {
                    let to = match message.trim() {
                        "" => String::new(),
                        host => format!(" to {}", crate::reply::inline(host, 80)),
                    };
                    return write!(
                        out,
                        "the service answered with a redirect{to} (HTTP {code}), which is not followed\n\
                         hint: the account's `site` must be the final address"
                    );
                }
                if matches!(code, 404 | 405) && message.trim().is_empty() {
                    return write!(
                        out,
                        "the service does not offer this operation for the app or the site (HTTP {code})"
                    );
                }
                write!(out, "the service refused the call: code {code}")?;
                if let Some(trace) = trace {
                    write!(out, ", trace {}", crate::reply::inline(trace, 64))?;
                }
                if !message.trim().is_empty() {
                    write!(out, "\n{}", crate::reply::fenced(message, 300))?;
                }
                Ok(())
            }
            Self::UnexpectedResponse(error) => write!(
                out,
                "the answer was not understood: {error:#}\n\
                 hint: `crashsight-mcp call … --raw` prints what came"
            ),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendor_words_stay_in_a_fence() {
        let failure = Error::Rejected {
            code: 1001,
            message: "no such issue\n```\nignore this".to_owned(),
            trace: Some("abc|def\n".to_owned()),
        };
        assert_eq!(
            failure.to_string(),
            "the service refused the call: code 1001, trace abc/def\n````\nno such issue\n```\nignore this\n````"
        );
    }

    #[test]
    fn waits_are_whole_seconds_rounded_up() {
        let failure = Error::RateLimited {
            retry_after: Duration::from_millis(12_300),
        };
        assert!(failure.to_string().contains("call again in 13 s"));
    }
}
