//! Devices that used an app, whether they crashed or not: by day, model and place.

use std::collections::{BTreeMap, HashMap, HashSet};

use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::checked::Filtered;
use super::column_query;
use super::filters::Filters;
use super::report_rows::{cut, understood};
use super::{SLOW, post_by_platform};
use crate::args::{Limit, List, ProjectName, ReportKind, ShortText};
use crate::error::Error;
use crate::json::{JsonRef, Row, column_rows};
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Table, Untrusted, counted};
use crate::request::Request;
use crate::time_range::WindowSpec;
use crate::tools::context::CallContext;
use crate::tools::output::{Day, Output, ratio};
use crate::tools::tool::Query;

/// The longest range: the service answers with a row for each address, and is slow.
const MOST_DAYS: i64 = 7;

/// Places shown.
const MOST_PLACES: usize = 8;

/// Devices that used the app (default today), crashed or not: by model, place and day, with their users. How common a
/// model is among the players. Mobile only.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListActiveDevices {
    project: Option<ProjectName>,
    window: Option<WindowSpec>,
    #[serde(default)]
    versions: List<ShortText, 1>,
    #[serde(default)]
    limit: Limit<20, 200>,
}

/// Active devices of a range. Sums over rows: a device with two addresses counts in both.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ActiveDevices {
    devices: i64,
    users: Option<i64>,
    /// Different addresses from which devices connected.
    addresses: usize,
    /// Days, in time order.
    days: Vec<DayDevices>,
    /// Models there are; `models` has the first of them.
    model_count: usize,
    /// Most devices first.
    models: Vec<Group>,
    place_count: usize,
    /// Names that the service gives for the addresses, most devices first.
    places: Vec<Group>,
}

/// Active devices of one day.
#[derive(Debug, Serialize, JsonSchema)]
struct DayDevices {
    date: Day,
    devices: i64,
    users: Option<i64>,
}

/// Active devices that have something in common.
#[derive(Debug, Serialize, JsonSchema)]
struct Group {
    value: Untrusted,
    devices: i64,
    /// Of all devices of this answer, 0 to 1.
    ratio: f64,
    users: Option<i64>,
}

/// The app, the range and the version of a call.
pub(crate) struct Scope {
    columns: column_query::Scope,
    filters: Filters,
}

/// Devices and users, added up.
#[derive(Default, Clone, Copy)]
struct Sum {
    devices: i64,
    users: Option<i64>,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.devices += other.devices;
        self.users = match (self.users, other.users) {
            (Some(one), Some(other)) => Some(one + other),
            (one, other) => one.or(other),
        };
    }

    fn read(row: &Row<'_>) -> Option<Self> {
        let count = |columns: &[&str]| row.any(columns).count().map(|count| count.max(0));
        Some(Self {
            devices: count(&["uniq(deviceId)", "deviceNum", "deviceCount", "accessUser"])?,
            users: count(&["uniq(userId)", "userNum", "userCount"]),
        })
    }
}

/// Sums by a value, most devices first.
fn groups(sums: HashMap<Untrusted, Sum>, all: i64) -> Vec<Group> {
    let mut groups: Vec<Group> = sums
        .into_iter()
        .map(|(value, sum)| Group {
            value,
            devices: sum.devices,
            ratio: if all > 0 {
                ratio(sum.devices, all)
            } else {
                0.0
            },
            users: sum.users,
        })
        .collect();
    groups.sort_by(|left, right| {
        let by_devices = right.devices.cmp(&left.devices);
        by_devices.then_with(|| left.value.cmp(&right.value))
    });
    groups
}

/// A model as people know it: the service escapes it twice, as `iPhone16%252C1`.
fn plain_model(model: &str) -> String {
    let mut plain = model.to_owned();
    for _ in 0..2 {
        match percent_decode_str(&plain).decode_utf8() {
            Ok(decoded) if decoded != plain => plain = decoded.into_owned(),
            _ => break,
        }
    }
    plain
}

impl Query for ListActiveDevices {
    const NAME: &'static str = "crashsight_list_active_devices";
    const UPSTREAM: &'static str = "getNetworkDevices";
    type Scope = Scope;
    type Answer = ActiveDevices;

    fn scope(&self, ctx: &CallContext) -> Result<Scope, Error> {
        let default = WindowSpec::today();
        let (project, window) = (self.project.as_ref(), self.window.as_ref());
        let columns = column_query::Scope::new(ctx, project, window, &default, MOST_DAYS)?;
        Ok(Scope {
            columns: columns
                .mobile_or("crashsight_get_daily_trend has the number of active devices")?,
            filters: Filters::new(ReportKind::default()).with_one_version(&self.versions)?,
        })
    }

    fn request(&self, scope: &Scope) -> Request {
        let Scope { columns, filters } = scope;
        let mut body = json!({
            "stime": columns.window.first_second_wire(),
            "etime": columns.window.last_second_wire(),
            "appId": columns.app.id,
        });
        // Of the Chinese manual alone, and left out where it filters nothing.
        if let [version] = filters.versions() {
            body["filters"] = json!({"productVersion": version});
        }
        post_by_platform(&columns.app, Self::UPSTREAM, body)
            .with_nonce("requestid")
            .cache(columns.window.cache_policy())
            .timeout(SLOW)
    }

    fn parse(&self, scope: &Scope, data: JsonRef<'_>) -> anyhow::Result<Output<ActiveDevices>> {
        let Scope { columns, filters } = scope;
        let zone = &columns.app.account.zone;
        let rows = column_rows(data)?;
        let read: Vec<(&Row<'_>, Sum)> = rows
            .iter()
            .filter_map(|row| Some((row, Sum::read(row)?)))
            .collect();
        understood(&rows, read.len())?;
        let (mut all, mut addresses) = (Sum::default(), HashSet::new());
        let mut days: BTreeMap<Day, Sum> = BTreeMap::new();
        let mut models: HashMap<Untrusted, Sum> = HashMap::new();
        let mut places: HashMap<Untrusted, Sum> = HashMap::new();
        for (row, sum) in &read {
            all.add(*sum);
            let at = row.any(&["dt", "date", "dtEventTime"]).instant(zone);
            if let Some(at) = at {
                let day = Day(at.to_zoned_datetime(zone.clone()).date());
                days.entry(day).or_default().add(*sum);
            }
            if let Some(model) = row.any(&["model"]).label() {
                models
                    .entry(plain_model(&model).into())
                    .or_default()
                    .add(*sum);
            }
            if let Some(place) = row.any(&["name", "country"]).untrusted() {
                places.entry(place).or_default().add(*sum);
            }
            addresses.extend(row.any(&["uploadIp", "ip"]).label());
        }
        let days: Vec<DayDevices> = days
            .into_iter()
            .map(|(date, sum)| DayDevices {
                date,
                devices: sum.devices,
                users: sum.users,
            })
            .collect();
        let (mut models, mut places) = (groups(models, all.devices), groups(places, all.devices));
        let (model_count, place_count) = (models.len(), places.len());
        models.truncate(self.limit.rows());
        places.truncate(self.limit.rows());
        let answer = ActiveDevices {
            devices: all.devices,
            users: all.users,
            addresses: addresses.len(),
            days,
            model_count,
            models,
            place_count,
            places,
        };
        let (found, several) = (answer.devices > 0, answer.days.len() > 1);
        let unread = rows.len() - read.len();
        let mut output = Output::new("Active devices", &columns.app, answer)
            .window(&columns.window)
            .heading(filters.heading());
        output.note_unrecognized(unread, "row");
        if !found {
            output.note("no active device recorded in this range");
            return Ok(output);
        }
        if several || output.answer.addresses > 1 {
            output.note(
                "devices are added up over days and addresses: one with two addresses counts twice",
            );
        }
        let mut models = json!({"window": columns.window.to_argument()});
        filters.add_to(&mut models);
        output.suggest("crashsight_list_top_dimensions", models);
        Ok(output)
    }

    fn render(output: &Output<ActiveDevices>, reply: &mut Reply) {
        let answer = &output.answer;
        if answer.devices == 0 {
            return;
        }
        let count = |count: usize| i64::try_from(count).ok().filter(|count| *count > 0);
        reply.facts([
            Fact::new("devices", Cell::Count(answer.devices)),
            Fact::new("users", Cell::count(answer.users)),
            Fact::new("models", Cell::count(count(answer.model_count))),
            Fact::new("addresses", Cell::count(count(answer.addresses))),
        ]);
        if answer.days.len() > 1 {
            let devices = answer.days.iter().map(|day| day.devices);
            let peak = answer.days.iter().rev().max_by_key(|day| day.devices);
            reply.facts([
                Fact::new("by day", Cell::Sparkline(devices.collect())),
                Fact::new("peak", Cell::count(peak.map(|day| day.devices))),
                Fact::new(
                    "on",
                    peak.map_or(Cell::Missing, |day| Cell::Day(day.date.0)),
                ),
            ]);
        }
        places(answer, reply);
        let mut table = Table::new(&["model", "devices", "users"]);
        for model in &answer.models {
            table.rows.push(vec![
                Cell::Untrusted(model.value.clone()),
                Cell::Share {
                    part: model.devices,
                    whole: answer.devices,
                },
                Cell::count(model.users),
            ]);
        }
        cut(
            &mut table,
            answer.model_count,
            "a larger `limit` shows more",
        );
        reply.table(table, "the service names no models");
    }
}

/// The commonest places in a line.
fn places(answer: &ActiveDevices, reply: &mut Reply) {
    let mut facts: Vec<Fact> = answer
        .places
        .iter()
        .take(MOST_PLACES)
        .map(|place| {
            let share = crate::reply::percent(place.devices, answer.devices);
            let name = place.value.line(40);
            Fact::new("", Cell::from_untrusted(format!("{name} {share}")))
        })
        .collect();
    if let Some(first) = facts.first_mut() {
        "places".clone_into(&mut first.label);
    }
    if let Some(more @ 1..) = answer.place_count.checked_sub(MOST_PLACES) {
        facts.push(Fact::new(
            "",
            Cell::text(format!("and {}", counted(more, "other"))),
        ));
    }
    reply.facts(facts);
}

impl Filtered for ListActiveDevices {
    fn app(scope: &Scope) -> &CrashSightApp {
        &scope.columns.app
    }

    fn filters(scope: &mut Scope) -> &mut Filters {
        &mut scope.filters
    }

    fn found(answer: &ActiveDevices) -> bool {
        answer.devices > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_unescaped() {
        for (escaped, plain) in [
            ("iPhone16%252C1", "iPhone16,1"),
            ("iPhone16%2C1", "iPhone16,1"),
            ("V2254A", "V2254A"),
            ("100%", "100%"),
            ("%25252525", "%2525"),
            ("%FF", "%FF"),
        ] {
            assert_eq!(plain_model(escaped), plain, "{escaped}");
        }
    }
}
