//! CrashSight's operations by subject, and what the subjects share: paths, filters, words for codes.

pub(crate) mod active_devices;
pub(crate) mod advanced_trend;
pub(crate) mod app;
pub(crate) mod attachments;
pub(crate) mod bugs;
pub(crate) mod checked;
pub(crate) mod codes;
pub(crate) mod column_query;
pub(crate) mod comparison;
pub(crate) mod conditions;
pub(crate) mod countries;
pub(crate) mod crash;
mod crash_document;
pub(crate) mod crash_logs;
pub(crate) mod crash_report;
pub(crate) mod crash_rows;
pub(crate) mod crash_sample;
pub(crate) mod crash_stack;
pub(crate) mod crashes;
pub(crate) mod daily_rows;
pub(crate) mod daily_summary;
mod daily_text;
pub(crate) mod day_stats;
pub(crate) mod devices;
pub(crate) mod exception_devices;
pub(crate) mod filters;
pub(crate) mod issue;
pub(crate) mod issue_growth;
pub(crate) mod issue_parts;
mod issue_points;
pub(crate) mod issue_rows;
pub(crate) mod issue_state;
pub(crate) mod issue_summary;
pub(crate) mod issue_table;
pub(crate) mod issue_trend;
pub(crate) mod issue_trends;
pub(crate) mod launches;
pub(crate) mod lookback;
pub(crate) mod members;
pub(crate) mod minute_trend;
mod mistaken_id;
pub(crate) mod notes;
pub(crate) mod oom;
pub(crate) mod projects;
pub(crate) mod report_rows;
pub(crate) mod reporting_users;
pub(crate) mod requests;
pub(crate) mod search;
pub(crate) mod search_crashes;
pub(crate) mod search_stacks;
mod shared_range;
pub(crate) mod stacks;
pub(crate) mod symbols;
pub(crate) mod tags;
pub(crate) mod top_dimensions;
pub(crate) mod top_issues;
pub(crate) mod top_list;
pub(crate) mod trend_request;
pub(crate) mod trend_rows;
pub(crate) mod trend_scope;
pub(crate) mod trend_text;
pub(crate) mod trends;
pub(crate) mod triage;
pub(crate) mod users;
pub(crate) mod version_dates;
pub(crate) mod versions;

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::args::ShortText;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::inline;
use crate::request::Request;

/// `/uniform/openapi/{operation}`
fn path(operation: &str) -> String {
    format!("/uniform/openapi/{operation}")
}

/// A POST of an operation that keeps app and platform in its body as `appId` and `platformId`.
fn post(target: &CrashSightApp, operation: &'static str, own: Value) -> Request {
    let mut body = Map::new();
    body.insert("appId".to_owned(), json!(target.id));
    body.insert("platformId".to_owned(), json!(target.platform.number()));
    if let Value::Object(own) = own {
        body.extend(own);
    }
    Request::post(
        target.account.name.clone(),
        operation,
        path(operation),
        Value::Object(body),
    )
}

/// A POST of an operation whose platform stands in the path.
fn post_by_platform(target: &CrashSightApp, operation: &'static str, body: Value) -> Request {
    let path = format!(
        "{}/platformId/{}",
        path(operation),
        target.platform.number()
    );
    Request::post(target.account.name.clone(), operation, path, body)
}

/// A GET with query parameters, the manual's form of most reads.
fn get(target: &CrashSightApp, operation: &'static str) -> Request {
    Request::get(target.account.name.clone(), operation, path(operation)).query("appId", &target.id)
}

/// A word of the arguments for a title.
fn short(word: &ShortText) -> String {
    inline(word.as_str(), 60)
}

/// Words of the arguments for a title: the first in full, the others counted. A title is never cut.
fn listed(words: &[ShortText]) -> String {
    const MOST: usize = 5;
    let named: Vec<String> = words.iter().take(MOST).map(short).collect();
    match words.len().saturating_sub(MOST) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// An id that a next call may carry. Text that came in its place never leaves the table.
fn id(node: JsonRef<'_>) -> Option<&str> {
    node.text()
        .filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit() || b == b':'))
}

/// The word with its first letter large.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A longer text, or one of several lines, stands in a fence of its own instead of a cell.
const CELL: usize = 140;

fn is_long(text: &str) -> bool {
    text.chars().count() > CELL || text.trim().contains('\n')
}

/// How long the service may take where it is known to be slow: as long as a call may (docs/vendor/crashsight.md §3).
const SLOW: Duration = Duration::from_secs(55);

/// Said wherever devices of several versions or days come added up.
fn added_up(what: &str) -> String {
    format!("devices are added up over {what}: one can count twice")
}
