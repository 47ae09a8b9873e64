//! How the service is asked for a trend: one operation a form.

use serde_json::{Map, Value, json};

use super::trend_scope::Scope;
use super::{path, post};
use crate::args::StepArg;
use crate::request::Request;
use crate::upstream::api::Api;

/// The forms in which the service returns counts over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Daily,
    Hourly,
    Cumulative,
    /// The older form of `Hourly`.
    HourlyBasic,
    /// The older form of `Cumulative`.
    CumulativeBasic,
}

impl Form {
    /// The vendor's operation.
    pub(super) const fn operation(self) -> &'static str {
        match self {
            Self::Daily => "getTrendEx",
            Self::Hourly => "getRealTimeHourlyStatEx",
            Self::Cumulative => "getAppRealTimeTrendAppendEx",
            Self::HourlyBasic => "getRealTimeHourlyStat",
            Self::CumulativeBasic => "getAppRealTimeTrendAppend",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Daily => "Daily",
            Self::Hourly | Self::HourlyBasic => "Hourly",
            Self::Cumulative | Self::CumulativeBasic => "Cumulative",
        }
    }

    pub(super) fn step(self) -> StepArg {
        match self {
            Self::Daily => StepArg::Day,
            _ => StepArg::Hour,
        }
    }

    /// Whether values grow from midnight on.
    pub(super) fn cumulative(self) -> bool {
        matches!(self, Self::Cumulative | Self::CumulativeBasic)
    }

    /// The vendor's `dataType`.
    fn data_type(self) -> &'static str {
        match self {
            Self::Daily => "trendData",
            Self::Hourly => "realTimeCompareData",
            Self::Cumulative | Self::HourlyBasic | Self::CumulativeBasic => "realTimeTrendData",
        }
    }

    /// Whether several questions ask for one range: no other tool asks for the older forms.
    pub(super) fn shares(self) -> bool {
        !matches!(self, Self::HourlyBasic | Self::CumulativeBasic)
    }

    /// The scope whose response is at hand, or this one.
    pub(super) async fn at_hand(self, scope: Scope, api: &Api<'_>) -> Scope {
        for other in scope.others() {
            if api.is_at_hand(&self.request(&other)).await {
                return other;
            }
        }
        scope
    }

    /// The request of this form.
    pub(super) fn request(self, scope: &Scope) -> Request {
        let (window, filters) = (&scope.fetched, &scope.filters);
        let mut body = Map::new();
        let mut add = |name: &str, value: Value| body.insert(name.to_owned(), value);
        let (start, end) = (window.first_hour_param(), window.last_hour_param());
        match self {
            Self::Daily => {
                add("startDate", json!(window.first_day_param()));
                add("endDate", json!(window.last_day_param()));
            }
            // Sources disagree on which pair is read.
            Self::Hourly | Self::Cumulative => {
                for (name, hour) in [("startDate", &start), ("endDate", &end)] {
                    add(name, json!(hour));
                }
                for (name, hour) in [("startHour", &start), ("endHour", &end)] {
                    add(name, json!(hour));
                }
            }
            Self::HourlyBasic | Self::CumulativeBasic => {
                add("startHour", json!(start));
                add("endHour", json!(end));
            }
        }
        add("type", json!(filters.kind.wire()));
        add("dataType", json!(self.data_type()));
        add("vm", json!(filters.devices.vm()));
        let list = filters.version_list();
        // Several versions exclude `version` (Chinese manual).
        if let (true, [only]) = (self != Self::Daily, list.as_slice()) {
            add("version", json!(only));
        }
        if self != Self::CumulativeBasic {
            let countries = filters.countries();
            let merged = match self {
                Self::Daily => true,
                Self::HourlyBasic => false,
                _ => filters.several_versions(),
            };
            add("versionList", json!(list));
            add("needCountryDimension", json!(!countries.is_empty()));
            add("countryList", json!(countries));
            add("mergeMultipleVersionsWithInaccurateResult", json!(merged));
        }
        let request = post(&scope.app, self.operation(), Value::Object(body))
            .with_nonce("fsn")
            .cache(scope.fetched.cache_policy());
        match self {
            Self::HourlyBasic | Self::CumulativeBasic => {
                request.with_fallback(self.script_form(scope))
            }
            _ => request,
        }
    }

    /// The form of the Chinese manual's sample scripts, for the two older operations: parameters in the path.
    fn script_form(self, scope: &Scope) -> Request {
        let filters = &scope.filters;
        let path = format!(
            "{}/appId/{}/platformId/{}/version/{}/startHour/{}/endHour/{}/type/{}/vm/{}",
            path(self.operation()),
            scope.app.id,
            scope.app.platform.number(),
            crate::request::encode(filters.version()),
            scope.fetched.first_hour_param(),
            scope.fetched.last_hour_param(),
            filters.kind.wire(),
            filters.devices.vm(),
        );
        Request::get(scope.app.account.name.clone(), self.operation(), path)
            .query("dataType", self.data_type())
            .with_nonce("fsn")
    }
}
