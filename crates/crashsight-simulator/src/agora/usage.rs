//! Usage by UTC day, ready at 08:00 UTC of the day after.

use serde_json::{Map, Value, json};

use super::request::{Answer, range};
use crate::hash_random::hash;
use crate::params::Params;
use crate::projects::Project;
use crate::world::World;

const DAY: i64 = 86_400;
const READY: i64 = 8 * 3600;

pub(crate) fn by_day(world: World, params: &Params) -> Answer {
    let now = world.now_ms / 1000;
    // Seven whole days: they begin at midnight.
    let (start, end) = range(world, params, 7 * DAY + now.rem_euclid(DAY))?;
    let asked = params.text("metric").unwrap_or_default();
    let asked: Vec<&str> = asked.split(',').collect();
    let known = ["userCount", "sessionCount", "channelCount"];
    if asked.iter().any(|name| !known.contains(name)) {
        return Err((400, "metric is not correct"));
    }
    let first = start.div_euclid(DAY) + i64::from(start.rem_euclid(DAY) > 0);
    let data: Vec<Value> = (first..end.div_euclid(DAY))
        .filter(|day| now >= (day + 1) * DAY + READY)
        .map(|day| {
            let users = users(world, day);
            let mut row = Map::new();
            for name in &asked {
                let value = match *name {
                    "userCount" => users,
                    "sessionCount" => users * 234 / 100,
                    _ => users * 61 / 100,
                };
                row.insert((*name).to_owned(), json!(value));
            }
            row.insert("ts".to_owned(), json!(day * DAY));
            Value::Object(row)
        })
        .collect();
    Ok(json!({"data": data}))
}

/// A sixth of the day's players talk.
fn users(world: World, day: i64) -> u64 {
    let players: u64 = Project::LIVE.into_iter().map(Project::daily_devices).sum();
    let draw = hash([world.seed, u64::try_from(day).unwrap_or(0), 12]);
    players / 6 * (940 + draw % 121) / 1000
}
