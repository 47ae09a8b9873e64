//! Reports by condition from the begin of a range until now, whatever their kind: a search by kind would leave some out.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::args::ProjectName;
use crate::error::Error;
use crate::json::JsonRef;
use crate::project::CrashSightApp;
use crate::reply::Reply;
use crate::request::Request;
use crate::time_range::{Granularity, Window, WindowSpec};
use crate::tools::context::CallContext;
use crate::tools::crashsight::conditions::Conditions;
use crate::tools::crashsight::search_crashes::{CrashSearch, FoundCrashes, SearchCrashes};
use crate::tools::output::Output;
use crate::tools::tool::Query;

/// Rows of one request (docs/vendor/crashsight.md §3).
pub(super) const MOST_ROWS: u32 = 100;

// The search of crashes with the arguments that it shares with the tool, so that its arguments are a call of the tool.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportsOf {
    project: Option<ProjectName>,
    window: WindowSpec,
    conditions: Conditions,
}

impl Query for ReportsOf {
    const NAME: &'static str = <SearchCrashes as Query>::NAME;
    const UPSTREAM: &'static str = <SearchCrashes as Query>::UPSTREAM;
    type Scope = (CrashSightApp, CrashSearch);
    type Answer = FoundCrashes;

    fn scope(&self, ctx: &CallContext) -> Result<Self::Scope, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let default = WindowSpec::last_days(7);
        let window = ctx.window(Some(&self.window), &default, Granularity::Second, &app)?;
        let search = CrashSearch::new(ctx, app.clone(), window, None, &[], &self.conditions)?;
        Ok((app, search))
    }

    fn request(&self, (_, search): &Self::Scope) -> Request {
        search.request(MOST_ROWS, 0)
    }

    fn parse(
        &self,
        (app, search): &Self::Scope,
        data: JsonRef<'_>,
    ) -> anyhow::Result<Output<FoundCrashes>> {
        let found = search.parse(data, MOST_ROWS as usize, 0)?;
        Ok(Output::new("Reports", app, found))
    }

    fn render(output: &Output<FoundCrashes>, reply: &mut Reply) {
        <SearchCrashes as Query>::render(output, reply);
    }
}

/// A range from its begin until now, as an argument: the search knows no other end.
pub(super) fn until_now(window: &Window) -> String {
    if window.partial() {
        return window.to_argument();
    }
    let (start, _) = window.bounds();
    format!("{}..", start.strftime("%Y-%m-%dT%H:%M"))
}
