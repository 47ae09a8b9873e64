//! A version and the one before it, over the days on which both had devices.

use serde_json::Value;

use super::newest_version::NewestVersion;
use super::parts::Parts;
use super::spans::{self, Counted};
use crate::project::CrashSightApp;
use crate::tools::crashsight::checked::Checked;
use crate::tools::crashsight::trends::{GetDailyTrend, TrendQuery};

type Daily = Checked<TrendQuery<GetDailyTrend>>;

/// Compares the two by their daily trends, which `of` asks for; `days` are those of all versions.
pub(super) async fn compare(
    parts: &Parts<'_>,
    app: &CrashSightApp,
    of: impl Fn(&str) -> Value,
    version: &mut NewestVersion,
    days: &[Counted],
) {
    let Some(pair) = version.pair() else {
        return;
    };
    let asked = pair.map(of);
    let mut cost = 0;
    for asked in &asked {
        let asked = asked.clone();
        cost += parts.cost_of::<TrendQuery<GetDailyTrend>>(asked).await;
    }
    let [afforded] = parts.allowance(app).await.afforded(0, [cost]);
    let what = "the two versions day by day";
    let [newest, previous] = asked;
    let trends = if afforded {
        tokio::join!(
            parts.get::<Daily>(what, newest),
            parts.get::<Daily>(what, previous),
        )
    } else {
        (parts.get_if::<Daily>(false, what, newest).await, None)
    };
    let (Some(newest), Some(previous)) = trends else {
        version.days_unknown();
        return;
    };
    let [newest, previous] = [newest, previous].map(|trend| spans::counted(&trend.answer));
    // A service that counts all versions whatever is asked tells nothing of one.
    if newest == previous {
        version.days_unknown();
    } else {
        version.compare_days([&newest, &previous], days);
    }
}
