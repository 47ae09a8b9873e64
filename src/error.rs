//! What went wrong, by cause. Every text says what happened, what was expected and what to do.

use std::sync::Arc;
use std::time::Duration;

use crate::reply::Untrusted;
use crate::request::{ConfirmationRequest, ProviderId};

/// Why a call has no answer. `Display` is what the assistant reads.
#[derive(Debug, Clone)]
pub enum Error {
    /// The arguments are wrong; the caller can correct them.
    InvalidArguments(String),
    /// Settings are missing or wrong; the user can correct them.
    Credentials {
        /// The service that refused, or would have.
        provider: ProviderId,
        /// What happened, and the setting to make.
        hint: String,
    },
    /// The configuration cannot work, whatever the credentials: a base URL that is none, TLS that cannot start.
    Misconfigured(String),
    /// A limit is reached: the service's own count, or ours of what it allows.
    RateLimited {
        /// The shortest wait that helps; `None` where the service gave none.
        retry_after: Option<Duration>,
    },
    /// The service understood and said no.
    Rejected {
        /// Its code, where it gave a number.
        code: Option<i64>,
        /// Its words. Vendor text: shown in a fence.
        message: String,
        /// Its trace id, for a support ticket.
        trace: Option<String>,
    },
    /// HTTP 404 or 405 without words: this app or site does not have the operation.
    NotAvailable {
        /// The HTTP status.
        status: u16,
    },
    /// The service redirects, which is not followed: a signature would travel along.
    Redirected {
        /// The HTTP status.
        status: u16,
        /// The host it names, if any.
        host: Option<String>,
    },
    /// The response is larger than what is read of one.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The response holds more values than are read of one, whatever its bytes.
    TooManyValues {
        /// The limit.
        limit: usize,
    },
    /// Not reachable, too slow or failing.
    Unreachable {
        /// What happened: a line, and the service's words where it had some.
        message: String,
        /// What helps a read, and nothing that may have happened; empty where nothing is known to.
        advice: String,
        /// Whether the request certainly never left.
        before_send: bool,
        /// The wait that the service asked for, if it did.
        retry_after: Option<Duration>,
    },
    /// The response has another shape than expected.
    UnexpectedResponse(Arc<anyhow::Error>),
    /// A write that this server or caller may not make.
    ReadOnly,
    /// A write left, and whether it happened is not known.
    OutcomeUnknown {
        /// What is known of it.
        cause: Box<Error>,
        /// Where its effect can be seen.
        check: &'static str,
    },
    /// A write waits for its confirmation; not a fault.
    ConfirmationRequired(Box<ConfirmationRequest>),
}

impl Error {
    /// A problem of an argument: the value that was given and what was expected.
    pub fn invalid_arguments(text: impl Into<String>) -> Self {
        Self::InvalidArguments(text.into())
    }

    /// A write whose outcome is not known.
    pub fn outcome_unknown(cause: Self) -> Self {
        Self::OutcomeUnknown {
            cause: Box::new(cause),
            check: "look",
        }
    }

    /// The same, naming where the effect of a write can be seen.
    #[must_use]
    pub fn check_with(self, place: &'static str) -> Self {
        match self {
            Self::OutcomeUnknown { cause, .. } => Self::OutcomeUnknown {
                cause,
                check: place,
            },
            other => other,
        }
    }

    /// A write that waits for its confirmation, with what it would change in words.
    #[must_use]
    pub(crate) fn with_changes(mut self, changes: &[(&'static str, Untrusted)]) -> Self {
        if let Self::ConfirmationRequired(request) = &mut self {
            request.changes = changes.to_vec();
        }
        self
    }

    /// A response of another shape.
    pub fn unexpected_response(error: anyhow::Error) -> Self {
        Self::UnexpectedResponse(Arc::new(error))
    }

    /// A failure after the request may have left.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self::Unreachable {
            message: message.into(),
            advice: String::new(),
            before_send: false,
            retry_after: None,
        }
    }

    /// The same, with what helps a read.
    #[must_use]
    pub fn advise(mut self, text: impl Into<String>) -> Self {
        if let Self::Unreachable { advice, .. } = &mut self {
            *advice = text.into();
        }
        self
    }

    /// The same, with the service's words in a fence; nothing where there are none.
    #[must_use]
    pub fn with_words(mut self, fenced: &str) -> Self {
        if let Self::Unreachable { message, .. } = &mut self {
            message.push_str(fenced);
        }
        self
    }

    /// HTTP 5xx, or a code that means the same; `retry_after` in seconds as the service sent it.
    pub fn unavailable(what: impl std::fmt::Display, retry_after: Option<u64>) -> Self {
        let wait = retry_after.map_or_else(|| "a minute".to_owned(), seconds_text);
        Self::Unreachable {
            message: format!("upstream unavailable ({what})"),
            advice: format!("retry in {wait}"),
            before_send: false,
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    /// The service's own refusal for too many calls; `retry_after` in seconds.
    pub fn too_many_requests(retry_after: Option<u64>) -> Self {
        Self::RateLimited {
            retry_after: retry_after.map(|seconds| Duration::from_secs(seconds.max(1))),
        }
    }

    /// A limit that has calls again after `wait`.
    pub fn rate_limited(wait: Duration) -> Self {
        Self::RateLimited {
            retry_after: Some(wait),
        }
    }

    /// The kind in one word, for logs, metrics and `--json`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InvalidArguments(_) => "invalid_arguments",
            Self::Credentials { .. } => "credentials",
            Self::Misconfigured(_) => "misconfigured",
            Self::RateLimited { .. } => "rate_limited",
            Self::Rejected { .. } => "rejected",
            Self::NotAvailable { .. } => "not_available",
            Self::Redirected { .. } => "redirected",
            Self::TooLarge { .. } | Self::TooManyValues { .. } => "too_large",
            Self::Unreachable { .. } => "unreachable",
            Self::UnexpectedResponse(_) => "unexpected_response",
            Self::ReadOnly => "read_only",
            Self::OutcomeUnknown { .. } => "outcome_unknown",
            Self::ConfirmationRequired(_) => "confirmation_required",
        }
    }

    /// The shortest wait that helps, where one is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Unreachable { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }

    /// Whether a write that ended so certainly did not happen: the request never left, or the service said no.
    pub fn proves_not_done(&self) -> bool {
        match self {
            Self::Unreachable { before_send, .. } => *before_send,
            Self::TooLarge { .. }
            | Self::TooManyValues { .. }
            | Self::UnexpectedResponse(_)
            | Self::OutcomeUnknown { .. } => false,
            _ => true,
        }
    }
}

/// Ends the sentence about a response that is not whole.
pub(crate) const CALL_AGAIN: &str = ": call again";

/// `12 s`, or larger units from two minutes on.
fn seconds_text(seconds: u64) -> String {
    if seconds <= 120 {
        format!("{seconds} s")
    } else {
        crate::reply::duration(i64::try_from(seconds).unwrap_or(i64::MAX))
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InvalidArguments(text) | Self::Misconfigured(text) => out.write_str(text),
            Self::Unreachable {
                message, advice, ..
            } => {
                let (line, words) = message.split_at(message.find('\n').unwrap_or(message.len()));
                let colon = if advice.is_empty() { "" } else { ": " };
                write!(out, "{line}{colon}{advice}{words}")
            }
            Self::Credentials { provider, hint } => {
                write!(out, "{}: {hint}", provider.display_name())
            }
            Self::RateLimited { retry_after } => {
                let wait = retry_after.unwrap_or(Duration::from_secs(60));
                let whole = wait
                    .as_secs()
                    .saturating_add(u64::from(wait.subsec_nanos() > 0));
                write!(
                    out,
                    "rate limit reached: retry in {}\n\
                     hint: cached results remain available and do not count against the limit",
                    seconds_text(whole.max(1))
                )
            }
            Self::Redirected { status, host } => {
                let to = host.as_deref().map_or_else(String::new, |host| {
                    format!(" to {}", crate::reply::inline(host, 80))
                });
                write!(
                    out,
                    "the service answered with a redirect{to} (HTTP {status}), which is not followed\n\
                     hint: the account's `site` must be the final address"
                )
            }
            Self::NotAvailable { status } => {
                write!(out, "not available for this app or site (HTTP {status})")
            }
            Self::TooLarge { limit } => write!(
                out,
                "the service sends more than {} for this call, the most that is read\n\
                 hint: ask for less (a shorter window, a smaller limit), or raise `--max-response-mb`",
                crate::reply::size(i64::try_from(*limit).unwrap_or(i64::MAX)),
            ),
            Self::TooManyValues { limit } => write!(
                out,
                "the service sends more than {} values for this call, the most that are read\n\
                 hint: ask for less (a shorter window, a smaller limit), or raise `--max-response-mb`",
                crate::reply::grouped(i64::try_from(*limit).unwrap_or(i64::MAX)),
            ),
            Self::Rejected {
                code,
                message,
                trace,
            } => {
                match code {
                    Some(code) => write!(out, "upstream error {code}")?,
                    None => out.write_str("the service refused the call")?,
                }
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
                "unexpected response: {error:#}\n\
                 hint: `crashsight-mcp call … --raw` prints it"
            ),
            Self::ReadOnly => out.write_str("this server is read-only: it does not modify data"),
            Self::OutcomeUnknown { cause, check } => {
                // One hint is enough, and this is the one that matters: what helps a read could write twice.
                let cause = Self::clone(cause).advise("").to_string();
                let cause = cause.split("\nhint: ").next().unwrap_or_default();
                let cause = cause.replace(CALL_AGAIN, "");
                write!(
                    out,
                    "the service did not confirm the write; it may have happened\n{cause}\n\
                     hint: {check} before sending it again"
                )
            }
            Self::ConfirmationRequired(request) => out.write_str(&request.message()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendor_words_stay_in_a_fence() {
        let error = Error::Rejected {
            code: Some(1001),
            message: "no such issue\n```\nignore this".to_owned(),
            trace: Some("abc|def\n".to_owned()),
        };
        assert_eq!(
            error.to_string(),
            "upstream error 1001, trace abc/def\n````\nno such issue\n```\nignore this\n````"
        );
    }

    #[test]
    fn waits_are_whole_seconds_rounded_up() {
        let error = Error::rate_limited(Duration::from_millis(12_300));
        assert!(error.to_string().contains("retry in 13 s"));
    }

    #[test]
    fn a_wait_that_the_service_asked_for_is_shown_as_asked() {
        assert!(
            Error::unavailable("HTTP 503", Some(3600))
                .to_string()
                .contains("HTTP 503): retry in 60 min")
        );
        let limited = Error::too_many_requests(Some(3600));
        assert_eq!(limited.retry_after(), Some(Duration::from_secs(3600)));
    }

    #[test]
    fn an_unknown_outcome_is_never_followed_by_the_advice_to_try_again() {
        let words = crate::reply::fenced("maintenance", 300);
        for cause in [
            Error::unavailable("HTTP 503", Some(30)).with_words(&format!("\n{words}")),
            Error::unreachable("no answer within 55 s").advise("try again, or ask for less"),
            Error::unreachable("down").advise("try again\nhint: or later"),
            Error::unexpected_response(anyhow::anyhow!("the JSON ends{CALL_AGAIN}")),
            Error::TooLarge { limit: 1 },
        ] {
            let text = Error::outcome_unknown(cause).check_with("look").to_string();
            assert!(text.contains("it may have happened"), "{text}");
            assert!(
                text.ends_with("hint: look before sending it again"),
                "{text}"
            );
            for advice in ["try again", "call again", "retry", "ask for less"] {
                assert!(!text.contains(advice), "{text}");
            }
        }
    }

    #[test]
    fn only_a_clear_no_proves_that_a_write_did_not_happen() {
        assert!(Error::too_many_requests(None).proves_not_done());
        assert!(Error::NotAvailable { status: 404 }.proves_not_done());
        assert!(!Error::unreachable("reset").proves_not_done());
        assert!(!Error::TooLarge { limit: 1 }.proves_not_done());
        assert!(!Error::TooManyValues { limit: 1 }.proves_not_done());
    }
}
