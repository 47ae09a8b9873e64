//! Getui's reports, and what they share: the app, its days, and reports keyed by what was asked for.

mod codes;
mod funnel;
pub(crate) mod losses;
pub(crate) mod pushes;
pub(crate) mod quota;
mod tasks;
pub(crate) mod users;

use anyhow::bail;

use crate::args::ProjectName;
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::AppRef;
use crate::reply::inline;
use crate::request::{ProviderId, Request};
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;

/// An app over a range of days.
pub(crate) struct DayScope {
    app: AppRef,
    window: Window,
}

impl DayScope {
    /// One complete day; yesterday by default.
    fn past_day(
        ctx: &CallContext,
        project: Option<&ProjectName>,
        window: Option<&WindowSpec>,
    ) -> Result<Self, Error> {
        let app = app(ctx, project)?;
        let served = Granularity::Day.at_most_days(1).complete_days();
        let window = ctx.window(window, &WindowSpec::yesterday(), served, &app)?;
        Ok(Self { app, window })
    }

    /// Its first day, as the service writes days.
    fn day(&self) -> String {
        self.window.first_day().to_string()
    }
}

fn app(ctx: &CallContext, project: Option<&ProjectName>) -> Result<AppRef, Error> {
    ctx.service_app(ProviderId::Getui, project)
}

/// `GET {path}`, below the app's own base URL.
fn get(app: &AppRef, operation: &'static str, path: String) -> Request {
    Request::get(app.account.name.clone(), operation, path)
}

/// The report of a key. An empty response has none; a response of other keys alone is not understood.
fn report<'a>(data: JsonRef<'a>, key: &str) -> anyhow::Result<Option<JsonRef<'a>>> {
    Ok(reports(data, &[key])?.into_iter().next().map(|(_, it)| it))
}

/// The reports of the requested keys, in that order. Keys without a report are missing.
fn reports<'a, 'k>(
    data: JsonRef<'a>,
    keys: &[&'k str],
) -> anyhow::Result<Vec<(&'k str, JsonRef<'a>)>> {
    if !data.exists() {
        return Ok(Vec::new());
    }
    let data = data.object()?;
    let found: Vec<_> = keys
        .iter()
        .map(|key| (*key, data.get(key)))
        .filter(|(_, report)| report.exists())
        .collect();
    let known = keys.iter().any(|key| data.has(key));
    if !known && let Some((other, _)) = data.entries().next() {
        bail!(
            "the response has no `{}`, but `{}`",
            keys.first().map_or_else(String::new, |key| inline(key, 60)),
            inline(other, 60)
        );
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_report_of_something_else_is_not_an_empty_one() {
        for (data, count) in [
            (json!(null), 0),
            (json!({}), 0),
            (json!({"a": null}), 0),
            (json!({"a": {"x": 1}, "b": {}}), 1),
        ] {
            let found = reports(JsonRef::new(&data), &["a", "c"]).unwrap();
            assert_eq!(found.len(), count, "{data}");
        }
        for other in [json!({"b": {}}), json!([]), json!("a"), json!(7)] {
            assert!(report(JsonRef::new(&other), "a").is_err(), "{other}");
        }
    }
}
