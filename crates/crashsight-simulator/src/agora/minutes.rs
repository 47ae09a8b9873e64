//! The last hour, minute by minute: how many talk, how many freeze, and why.

use serde_json::{Map, Value, json};

use super::request::{Answer, ServiceError, range};
use crate::active_devices;
use crate::calendar::Hour;
use crate::filter::Filter;
use crate::hash_random::{Draws, hash, index};
use crate::params::Params;
use crate::projects::Project;
use crate::scenario;
use crate::world::World;

/// How far back live data go.
const MEMORY: i64 = 3600;
/// Seconds by which they are late.
const DELAY: i64 = 90;
/// The channels that are watched as big ones.
const BIG_CHANNELS: [&str; 3] = ["guild_hall_1", "guild_hall_2", "season_stage"];

/// Whole minutes that are ready.
fn minutes(world: World, params: &Params) -> Result<Vec<i64>, ServiceError> {
    let (start, end) = range(world, params, MEMORY)?;
    let last = end.min(world.now_ms / 1000 - DELAY) - 60;
    Ok((start.div_euclid(60)..=last.div_euclid(60))
        .map(|minute| minute * 60)
        .filter(|minute| *minute >= start)
        .collect())
}

/// How bad calls are at this second, in thousandths.
pub(crate) fn severity(world: World, second: i64) -> i64 {
    i64::try_from(scenario::freezing(world.today(), second)).unwrap_or(0)
}

fn noise(world: World, second: i64, salt: u64, width: u64) -> i64 {
    let minute = u64::try_from(second / 60).unwrap_or(0);
    i64::try_from(hash([world.seed, minute, salt]) % width).unwrap_or(0)
}

/// Users in calls: 3 % of the players in the same hour of the day before, which is complete.
fn talking(world: World, second: i64) -> i64 {
    let hour = Hour(Hour::of(second * 1000).0 - 24);
    let present: u64 = Project::LIVE
        .into_iter()
        .map(|project| active_devices::in_hour(world, project, hour, &Filter::ALL).present)
        .sum();
    i64::try_from(present).unwrap_or(0) * 30 / 1000 * (970 + noise(world, second, 1, 61)) / 1000
}

/// Hundredths as a number of the wire.
fn hundredths(value: i64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "hundredths of small numbers")]
    let number = value as f64 / 100.0;
    json!(number)
}

/// Rows with the requested metrics.
fn rows(world: World, params: &Params, metrics: &[(&str, &dyn Fn(i64) -> Value)]) -> Answer {
    let asked = params.text("metric").unwrap_or_default();
    let asked: Vec<&str> = asked.split(',').filter(|name| !name.is_empty()).collect();
    if asked.is_empty()
        || asked
            .iter()
            .any(|name| metrics.iter().all(|m| m.0 != *name))
    {
        return Err((400, "metric is not correct"));
    }
    let data: Vec<Value> = minutes(world, params)?
        .into_iter()
        .map(|second| {
            let mut row = Map::new();
            for (name, value) in metrics.iter().filter(|metric| asked.contains(&metric.0)) {
                row.insert((*name).to_owned(), value(second));
            }
            row.insert("ts".to_owned(), json!(second));
            Value::Object(row)
        })
        .collect();
    Ok(json!({"data": data}))
}

pub(crate) fn scale(world: World, params: &Params) -> Answer {
    rows(
        world,
        params,
        &[
            ("pcu", &|s| json!(talking(world, s))),
            ("pcc", &|s| json!(talking(world, s) * 10 / 43)),
        ],
    )
}

/// A rate in percent: `best` hundredths when all is well, `loss` worse at the worst.
fn rate(world: World, second: i64, salt: u64, best: i64, loss: i64) -> Value {
    let wobble = noise(world, second, salt, 31) - 15;
    hundredths((best - loss * severity(world, second) / 1000 + wobble).clamp(0, 10_000))
}

pub(crate) fn experience(world: World, params: &Params) -> Answer {
    rows(
        world,
        params,
        &[
            ("joinSuccessRate", &|s| rate(world, s, 2, 9_940, 410)),
            ("joinSuccess5SecsRate", &|s| rate(world, s, 3, 9_760, 2_130)),
            ("videoFreezeRate", &|s| rate(world, s, 4, 140, -1_520)),
            ("audioFreezeRate", &|s| rate(world, s, 5, 90, -640)),
        ],
    )
}

pub(crate) fn network(world: World, params: &Params) -> Answer {
    rows(
        world,
        params,
        &[
            ("videoUpstreamExcellentTransRate", &|s| {
                rate(world, s, 6, 9_870, 310)
            }),
            ("audioUpstreamExcellentTransRate", &|s| {
                rate(world, s, 7, 9_930, 190)
            }),
            ("videoEnd2EndExcellentTransRate", &|s| {
                rate(world, s, 8, 9_710, 1_640)
            }),
            ("audioEnd2EndExcellentTransRate", &|s| {
                rate(world, s, 9, 9_820, 880)
            }),
        ],
    )
}

fn values(world: World, params: &Params, value: &dyn Fn(i64) -> Value) -> Answer {
    let data: Vec<Value> = minutes(world, params)?
        .into_iter()
        .map(|second| json!({"value": value(second), "ts": second}))
        .collect();
    Ok(json!({"data": data}))
}

/// Users of all big channels.
fn big(world: World, second: i64) -> i64 {
    talking(world, second) / 12
}

pub(crate) fn freeze_users(world: World, params: &Params) -> Answer {
    values(world, params, &|s| {
        json!(big(world, s) * (14 + 152 * severity(world, s) / 1000) / 1000)
    })
}

pub(crate) fn slow_joins(world: World, params: &Params) -> Answer {
    values(world, params, &|s| {
        json!(big(world, s) * (3 + 31 * severity(world, s) / 1000) / 1000)
    })
}

pub(crate) fn join_attempts(world: World, params: &Params) -> Answer {
    values(world, params, &|s| {
        json!(big(world, s) * (140 + 60 * severity(world, s) / 1000) / 1000)
    })
}

fn channel(params: &Params) -> Result<i64, ServiceError> {
    let name = params.text("cname").ok_or((400, "cname is missing"))?;
    BIG_CHANNELS
        .iter()
        .position(|known| *known == name)
        .and_then(|at| i64::try_from(at).ok())
        .ok_or((400, "cname is not a big channel"))
}

/// Users of one of them: the first is the largest.
fn in_channel(world: World, channel: i64, second: i64) -> i64 {
    big(world, second) / (3 + channel)
}

pub(crate) fn score(world: World, params: &Params) -> Answer {
    channel(params)?;
    values(world, params, &|s| {
        hundredths(462 - 170 * severity(world, s) / 1000 + noise(world, s, 10, 21) - 10)
    })
}

pub(crate) fn channel_freeze_users(world: World, params: &Params) -> Answer {
    let channel = channel(params)?;
    values(world, params, &|s| {
        json!(in_channel(world, channel, s) * (14 + 152 * severity(world, s) / 1000) / 1000)
    })
}

pub(crate) fn channel_users(world: World, params: &Params) -> Answer {
    let channel = channel(params)?;
    values(world, params, &|s| json!(in_channel(world, channel, s)))
}

/// The most diagnoses in one answer.
const DIAGNOSES: usize = 10;
/// Diagnoses with their causes: a busy device, or the network.
const CAUSES: &[(u64, &[u64])] = &[
    (4, &[10, 11]),
    (4, &[23]),
    (4, &[10]),
    (5, &[24, 29]),
    (4, &[10, 23]),
    (6, &[36]),
    (5, &[10]),
    (4, &[18]),
];

pub(crate) fn diagnoses(world: World, params: &Params) -> Answer {
    let mut found = Vec::new();
    for second in minutes(world, params)?.into_iter().rev() {
        let minute = u64::try_from(second / 60).unwrap_or(0);
        let mut draws = Draws::new(hash([world.seed, minute, 11]));
        let some = draws.between(0, 999) < u64::try_from(severity(world, second)).unwrap_or(0);
        if !some || found.len() >= DIAGNOSES {
            continue;
        }
        let Some((experience, factors)) = CAUSES.get(index(draws.next() % CAUSES.len() as u64))
        else {
            continue;
        };
        let tags: Vec<Value> = factors
            .iter()
            .map(|factor| {
                let remote = draws.between(0, 3) == 0;
                let host = if remote {
                    draws.between(40_000_000, 49_999_999).to_string()
                } else {
                    String::new()
                };
                json!({"factor_id": factor, "host_user": host})
            })
            .collect();
        found.push(json!({
            "user": draws.between(80_000_000, 89_999_999).to_string(),
            "exp_id": experience,
            "cname": format!("party_{}", draws.between(1_000, 9_999)),
            "cause_tags": tags,
            "ts": second + i64::try_from(draws.between(0, 59)).unwrap_or(0),
        }));
    }
    Ok(json!({"data": found}))
}
