//! Every issue of an app whose last report is no older than the begin of a range: all pages of a search, newest first.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::json;

use super::super::parts::{Parts, arguments};
use crate::args::{ProjectName, ReportKind};
use crate::error::Error;
use crate::project::CrashSightApp;
use crate::reply::counted;
use crate::tools::crashsight::issue_summary::IssueSummary;
use crate::tools::crashsight::search::{FoundIssues, SearchedIssues};
use crate::tools::tool::Tool as _;

/// Rows of one page (docs/vendor/crashsight.md §3).
const PAGE: usize = 100;

/// Pages of one app: 1,500 issues.
const MOST_PAGES: usize = 15;

/// Calls of an account that are left for what follows the pages.
const LEFT_TO_OTHERS: usize = 4;

/// Which issues are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Which {
    pub(super) kind: ReportKind,
    /// Those with a linked bug alone, which the rows themselves do not say.
    pub(super) with_bug: bool,
}

/// The issues of one app.
pub(super) struct Found {
    /// Newest report first, each once.
    pub(super) issues: Vec<IssueSummary>,
    /// Why issues may be missing, where they may.
    pub(super) incomplete: Option<String>,
}

/// Reads page after page until the first row that is older than `from`.
pub(super) async fn since(
    parts: &Parts<'_>,
    (app, project): (&CrashSightApp, Option<&ProjectName>),
    which: Which,
    from: Timestamp,
) -> Result<Found, Error> {
    let hours = (parts.ctx.now.as_second() - from.as_second()).div_euclid(3_600) + 1;
    let asked = |offset: usize| {
        arguments([
            ("project", json!(project.map(ProjectName::as_str))),
            ("window", json!(format!("{}h", hours.max(1)))),
            (
                "kind",
                json!((which.kind != ReportKind::default()).then(|| which.kind.wire())),
            ),
            ("has_bug", json!(which.with_bug.then_some(true))),
            ("sort", json!("latest")),
            ("limit", json!(PAGE)),
            ("offset", json!((offset > 0).then_some(offset))),
        ])
    };
    let mut found = Found {
        issues: Vec::new(),
        incomplete: None,
    };
    let mut seen = HashSet::new();
    let mut unread = 0;
    for page in 0..MOST_PAGES {
        let asked = asked(page * PAGE);
        if page > 0
            && parts
                .remaining_calls(app)
                .await
                .is_some_and(|left| left <= LEFT_TO_OTHERS)
        {
            found.stop(
                parts,
                (app, which),
                &asked,
                "the calls of this minute are used",
            );
            break;
        }
        let answer = match parts.need::<SearchedIssues>(asked.clone()).await {
            Ok(output) => output.answer,
            Err(error) if page == 0 => return Err(error),
            Err(error) => {
                let error = error.to_string();
                found.stop(
                    parts,
                    (app, which),
                    &asked,
                    error.lines().next().unwrap_or_default(),
                );
                break;
            }
        };
        unread += answer.not_understood;
        let rows = answer.issues.len() + answer.not_understood;
        let end = found.take(answer, &mut seen, from);
        if end || rows < PAGE {
            break;
        }
        if page + 1 == MOST_PAGES {
            let next = json!({"window": format!("{hours}h"), "offset": MOST_PAGES * PAGE});
            found.stop(parts, (app, which), &next, "more pages than one call reads");
        }
    }
    if unread > 0 && found.incomplete.is_none() {
        found.incomplete = Some(format!("{} not understood", counted(unread, "row")));
    }
    Ok(found)
}

impl Found {
    /// Adds a page; true where it is the last: it has an older row, or nothing that was not there before.
    fn take(&mut self, page: FoundIssues, seen: &mut HashSet<String>, from: Timestamp) -> bool {
        let mut older = false;
        let mut new = false;
        for issue in page.issues {
            let last = issue.last_report_at.as_ref().map(|time| time.at);
            if last.is_some_and(|last| last < from) {
                older = true;
                continue;
            }
            let id = issue.issue.as_ref().map(|id| id.raw().to_ascii_uppercase());
            if id.is_none_or(|id| seen.insert(id)) {
                new = true;
                self.issues.push(issue);
            }
        }
        older || !new
    }

    /// Their ids, in capitals.
    pub(super) fn ids(&self) -> HashSet<String> {
        let ids = self.issues.iter();
        ids.filter_map(|issue| Some(issue.issue.as_ref()?.raw().to_ascii_uppercase()))
            .collect()
    }

    /// Says that later pages are missing.
    fn stop(
        &mut self,
        parts: &Parts<'_>,
        (app, which): (&CrashSightApp, Which),
        asked: &serde_json::Value,
        why: &str,
    ) {
        let linked = if which.with_bug {
            " with a linked bug"
        } else {
            ""
        };
        let what = format!("further issues{linked} of {}", app.label);
        parts.miss(&what, why, SearchedIssues::NAME, asked.clone());
        self.incomplete = Some(why.to_owned());
    }
}
