//! Calls of the last three days; a call is computed from its id.

use serde_json::{Value, json};

use super::minutes;
use super::request::{Answer, range};
use crate::hash_random::{Draws, hash, scramble, unscramble};
use crate::params::Params;
use crate::world::World;

const MEMORY: i64 = 3 * 86_400;
/// The most calls of one answer.
const CALLS: usize = 10;
/// A call begins every so many seconds.
const EVERY: i64 = 420;
/// Seconds between two points of a metric.
const STEP: i64 = 4;
const KEY: u64 = 0xca11;

/// One call.
struct Call {
    number: u64,
    start: i64,
    end: i64,
}

impl Call {
    fn new(world: World, number: u64) -> Self {
        let mut draws = Draws::new(hash([world.seed, number, 13]));
        let start = i64::try_from(number).unwrap_or(0) * EVERY
            + i64::try_from(draws.between(0, 200)).unwrap_or(0);
        Self {
            number,
            start,
            end: start + i64::try_from(draws.between(480, 2_700)).unwrap_or(0),
        }
    }

    fn by_id(world: World, id: &str) -> Option<Self> {
        let digits = id.get(8..).filter(|_| id.len() == 24)?;
        let number = unscramble(u64::from_str_radix(digits, 16).ok()?, KEY);
        let call = Self::new(world, number);
        (call.id(world) == id).then_some(call)
    }

    fn id(&self, world: World) -> String {
        let check = hash([world.seed, self.number, 14]) >> 32;
        format!("{check:08x}{:016x}", scramble(self.number, KEY))
    }

    /// Two calls in a row are one party's.
    fn channel(&self) -> String {
        format!("party_{}", 1_000 + hash([self.number / 2, 15]) % 9_000)
    }
}

pub(crate) fn list(world: World, params: &Params) -> Answer {
    let (start, end) = range(world, params, MEMORY)?;
    let now = world.now_ms / 1000;
    let channel = params.text("cname");
    let first = start.div_euclid(EVERY) - 8;
    let mut found: Vec<Value> = (first..=end.div_euclid(EVERY))
        .rev()
        .filter_map(|number| u64::try_from(number).ok())
        .map(|number| Call::new(world, number))
        .filter(|call| call.start < end && call.end >= start && call.start < now - 20)
        .filter(|call| channel.as_ref().is_none_or(|name| *name == call.channel()))
        .take(CALLS + 1)
        .map(|call| {
            json!({
                "call_id": call.id(world),
                "cname": call.channel(),
                "created_ts": call.start,
                "destroyed_ts": call.end.min(now),
                "finished": call.end <= now,
            })
        })
        .collect();
    let more = found.len() > CALLS;
    found.truncate(CALLS);
    Ok(json!({"has_more": more, "call_lists": found}))
}

/// Participants: platform, device, network.
const PEOPLE: &[(&str, &str, &str)] = &[
    ("Android", "Android (13) Xiaomi 12", "Wi-Fi"),
    ("iOS", "iOS (18.1) iPhone 14", "Wi-Fi"),
    ("Android", "Android (14) HONOR 90", "4G"),
    ("Windows", "Windows 11", "Ethernet"),
    ("Android", "Android (12) vivo Y76", "5G"),
];

pub(crate) fn details(world: World, params: &Params) -> Answer {
    let (start, end) = range(world, params, MEMORY)?;
    let id = params.text("call_id").ok_or((400, "call_id is missing"))?;
    let call = Call::by_id(world, &id).ok_or((404, "call not found"))?;
    let now = world.now_ms / 1000;
    let (from, to) = (call.start.max(start), call.end.min(end).min(now));
    let people = 2 + usize::from(call.number.is_multiple_of(2)) + usize::from(call.number % 5 < 2);
    let mut users = Vec::new();
    let mut metrics = Vec::new();
    for (at, (platform, device, network)) in PEOPLE
        .iter()
        .cycle()
        .skip(usize::from(call.number % 3 == 0))
        .take(people)
        .enumerate()
    {
        let mut draws = Draws::new(hash([world.seed, call.number, at as u64, 16]));
        let sid = format!("{:016X}{:016X}", draws.next(), draws.next());
        let uid = draws.between(600_000_000, 699_999_999);
        let join = call.start + i64::try_from(draws.between(0, 40)).unwrap_or(0);
        users.push(json!({
            "sid": sid,
            "cname": call.channel(),
            "uid": uid,
            "network": network,
            "platform": platform,
            "speaker": at < 3,
            "sdk_version": "4.5.2",
            "device_type": device,
            "join_ts": join,
            "leave_ts": call.end.min(now),
            "finished": call.end <= now,
        }));
        let weak = *platform == "Android" && at == 0;
        let data: Vec<Value> = series(weak)
            .iter()
            .map(|series| {
                let first = join.max(from);
                let points: Vec<Value> = (0..(to - first).max(0) / STEP)
                    .map(|step| first + step * STEP)
                    .map(|second| json!([second, series.at(world, second, draws.next())]))
                    .collect();
                json!({"mid": series.mid, "kvs": points, "peer_uid": 0})
            })
            .collect();
        metrics.push(json!({"sid": sid, "data": data}));
    }
    // The newest comes first.
    users.reverse();
    let mut answer = json!({"call_id": id, "call_info": users});
    if !params.flag("exclude_metrics_info") {
        answer["metrics"] = json!(metrics);
    }
    Ok(answer)
}

/// A metric: its usual value, and what the worst moment adds.
struct Series {
    mid: u32,
    calm: i64,
    worst: i64,
}

impl Series {
    fn at(&self, world: World, second: i64, draw: u64) -> i64 {
        let severity = minutes::severity(world, second);
        // Freezes come in bursts: most points of a freeze metric are nothing.
        if self.calm == 0 && draw % 1000 > u64::try_from(severity).unwrap_or(0) {
            return 0;
        }
        let wobble = 900 + i64::try_from(draw % 201).unwrap_or(0);
        ((self.calm + self.worst * severity / 1000) * wobble / 1000).max(0)
    }
}

fn series(weak: bool) -> Vec<Series> {
    let by = if weak { 2 } else { 1 };
    let one = |mid, calm, worst| Series { mid, calm, worst };
    vec![
        one(20001, 34, 28 * by),
        one(20002, 52, 36),
        one(20003, 48, -20),
        one(20004, 92, -50),
        one(20005, 0, 380 * by),
        one(20006, 610, -320),
        one(20010, 15, -6 * by),
        one(20011, 0, 900 * by),
        one(20015, 1, 4),
        one(20017, 1, 6 * by),
        one(20018, 2, 11 * by),
        one(20022, 18, 60 * by),
    ]
}
