//! Users of the push service: per day, and online over the last 24 hours.

use serde_json::{Map, Value, json};

use super::pushes;
use super::reply::Answer;
use crate::active_devices;
use crate::calendar::Hour;
use crate::filter::Filter;
use crate::hash_random::hash;
use crate::params::Params;
use crate::projects::Project;
use crate::world::World;

/// Projects whose phones register.
const PHONES: [Project; 2] = [Project::Android, Project::Ios];
/// Ten minutes, in milliseconds.
const STEP_MS: i64 = 600_000;

fn present(world: World, hour: Hour) -> u64 {
    PHONES
        .into_iter()
        .map(|project| active_devices::in_hour(world, project, hour, &Filter::ALL).present)
        .sum()
}

pub(crate) fn day(world: World, date: &str, _: &Params) -> Answer {
    let day = pushes::past_day(world, date)?;
    let draw = hash([world.seed, u64::from(day.0), 20]);
    let peak = (day.first_hour().0..=day.last_hour().0)
        .map(|hour| present(world, Hour(hour)))
        .max()
        .unwrap_or(0);
    let active: u64 = PHONES.into_iter().map(Project::daily_devices).sum();
    let ago = u64::from(world.today().0 - day.0);
    let mut out = Map::new();
    out.insert(
        date.to_owned(),
        json!({
            "accumulative_num": 2_931_000 - ago * 4_120,
            "register_num": 3_900 + draw % 700,
            "active_num": active * (950 + draw % 101) / 1000,
            "online_num": peak,
        }),
    );
    Ok(Value::Object(out))
}

#[expect(clippy::unnecessary_wraps, reason = "an entry in the table of reports")]
pub(crate) fn online(world: World, _: &str, _: &Params) -> Answer {
    let last = world.now_ms.div_euclid(STEP_MS);
    let points: Map<String, Value> = (last - 143..=last)
        .map(|step| {
            let at = step * STEP_MS;
            // The same hour of the day before is complete; today has a few more, as the season has opened.
            let hour = Hour(Hour::of(at).0.saturating_sub(24));
            let draw = hash([world.seed, step.unsigned_abs(), 21]);
            let online = present(world, hour) * (1_020 + draw % 41) / 1000;
            (at.to_string(), json!(online))
        })
        .collect();
    Ok(json!({"online_statics": points}))
}
