//! The crash that is looked for, from what was given: an issue, a crash, or a pasted text.

use super::super::parts::Parts;
use super::looked_for::{LookedFor, Reported};
use super::pasted;
use crate::args::{ConsolePage, CrashId, IssueId, PastedText};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::Untrusted;
use crate::tools::crashsight::crash_stack::CrashStack;
use crate::tools::crashsight::issue_summary::IssueSummary;

/// What was given.
pub(super) enum Given {
    Issue(IssueId),
    Crash(CrashId),
    Text(PastedText),
}

/// The crash that is looked for.
#[derive(Default)]
pub(super) struct Source {
    pub(super) wanted: LookedFor,
    /// The issue that it belongs to.
    pub(super) issue: Option<String>,
    /// What the service says of that issue, where it was asked.
    pub(super) summary: Option<IssueSummary>,
}

impl Given {
    /// Exactly one of the three.
    pub(super) fn one_of(
        issue: Option<IssueId>,
        crash: Option<CrashId>,
        text: Option<PastedText>,
    ) -> Result<Self, Error> {
        match (issue, crash, text) {
            (Some(issue), None, None) => Ok(Self::Issue(issue)),
            (None, Some(crash), None) => Ok(Self::Crash(crash)),
            (None, None, Some(text)) => Ok(Self::Text(text)),
            _ => Err(Error::invalid_arguments(
                "give one of `issue`, `crash` and `text` (a pasted stack)\n\
                 hint: crashsight_list_top_issues {} lists issues with their whole ids",
            )),
        }
    }

    /// The app of a console address.
    pub(super) fn page(&self) -> Option<&ConsolePage> {
        match self {
            Self::Issue(issue) => issue.page(),
            Self::Crash(crash) => crash.page(),
            Self::Text(_) => None,
        }
    }

    /// As an argument, unless it is vendor text.
    pub(super) fn argument(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Issue(issue) => Some(("issue", issue.as_str())),
            Self::Crash(crash) => Some(("crash", crash.as_str())),
            Self::Text(_) => None,
        }
    }

    /// For the first line.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Issue(issue) => format!("issue {}", issue.as_str()),
            Self::Crash(crash) => format!("crash {}", crash.as_str()),
            Self::Text(_) => "a pasted stack".to_owned(),
        }
    }

    /// Reads the crash. The id of a crash in place of an issue's is taken for what it is, and the reverse.
    pub(super) async fn read(
        &self,
        parts: &Parts<'_>,
        app: &CrashSightApp,
    ) -> Result<Source, Error> {
        let mut lookup = Lookup {
            parts,
            app,
            refusal: None,
        };
        let found = match self {
            Self::Text(text) => {
                let text = crash_digest::with_plain_signs(text.as_str());
                let text = pasted::as_frames(&text);
                let wanted = LookedFor::new(&text, Reported::default(), &app.source);
                return Ok(Source {
                    wanted,
                    ..Source::default()
                });
            }
            Self::Issue(issue) => match lookup.issue(issue.as_str()).await? {
                None => lookup.crash(&CrashId::from(issue)).await?,
                found => found,
            },
            Self::Crash(crash) => match lookup.crash(crash).await? {
                None => lookup.issue(crash.as_str()).await?,
                found => found,
            },
        };
        found.ok_or_else(|| {
            lookup.refusal.unwrap_or_else(|| {
                Error::invalid_arguments(format!(
                    "no issue and no crash has this id in {}\n\
                     hint: `project` names the project that it is from",
                    app.label
                ))
            })
        })
    }
}

/// Look-ups of an id that may be an issue's or a crash's.
struct Lookup<'a> {
    parts: &'a Parts<'a>,
    app: &'a CrashSightApp,
    /// The first refusal, which may mean that the service knows no such id.
    refusal: Option<Error>,
}

impl Lookup<'_> {
    /// The stack of the issue's newest crash; without one, its key stack.
    async fn issue(&mut self, id: &str) -> Result<Option<Source>, Error> {
        let newest = CrashStack::newest_of(self.parts.api, self.app, id).await;
        let source = self.known(newest)?.and_then(|newest| self.source(newest));
        if let Some(source) = source.filter(|source| !source.wanted.frames.is_empty()) {
            let issue = Some(id.to_owned());
            return Ok(Some(Source { issue, ..source }));
        }
        let zone = &self.parts.ctx.zone;
        let summary = IssueSummary::of(self.parts.api, self.app, id, zone).await;
        Ok(self.known(summary)?.map(|summary| {
            let raw = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
            let (exception, message) = (raw(&summary.exception), raw(&summary.message));
            let reported = Reported {
                exception: exception.as_deref(),
                message: message.as_deref(),
                bundle: None,
            };
            let key_stack = raw(&summary.key_stack).unwrap_or_default();
            let wanted = LookedFor::new(&key_stack, reported, &self.app.source);
            Source {
                wanted,
                issue: Some(id.to_owned()),
                summary: Some(summary),
            }
        }))
    }

    async fn crash(&mut self, id: &CrashId) -> Result<Option<Source>, Error> {
        let found = CrashStack::of(self.parts.api, self.app, id).await;
        Ok(self.known(found)?.and_then(|found| self.source(found)))
    }

    fn source(&self, found: CrashStack) -> Option<Source> {
        let reported = Reported {
            exception: found.exception.as_deref(),
            message: found.message.as_deref(),
            bundle: found.bundle.as_deref(),
        };
        let wanted = LookedFor::new(&found.text?, reported, &self.app.source);
        Some(Source {
            wanted,
            issue: found.issue,
            summary: None,
        })
    }

    fn known<T>(&mut self, result: Result<Option<T>, Error>) -> Result<Option<T>, Error> {
        match result {
            Err(error @ (Error::Rejected { .. } | Error::NotAvailable { .. })) => {
                self.refusal.get_or_insert(error);
                Ok(None)
            }
            other => other,
        }
    }
}
