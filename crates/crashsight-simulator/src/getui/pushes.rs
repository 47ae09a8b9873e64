//! Push reports: two pushes on any day, and today the one that opened the season.

use serde_json::{Map, Value, json};

use super::reply::{Answer, ServiceError};
use crate::calendar::{self, Day, HOUR_MS};
use crate::hash_random::hash;
use crate::params::Params;
use crate::scenario::{self, LAUNCH_TASK};
use crate::world::World;

/// One task.
#[derive(Clone, Copy)]
struct Task {
    day: Day,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// "Season 7 opens", today only.
    Launch,
    /// Every day at noon.
    Bonus,
    /// Every day at eight in the evening.
    GuildWar,
}

/// Days for which tasks are kept.
const TASK_DAYS: u32 = 90;
/// Days for which groups are kept.
const GROUP_DAYS: u32 = 70;

/// A channel, its share of the receivers in thousandths, and of a hundred sent how many arrive, are shown and
/// are clicked; 0 shown is a channel without display counts.
struct Channel {
    key: &'static str,
    share: u64,
    arrive: u64,
    show: u64,
    click: u64,
}

const fn channel(key: &'static str, share: u64, arrive: u64, show: u64, click: u64) -> Channel {
    Channel {
        key,
        share,
        arrive,
        show,
        click,
    }
}

const CHANNELS: &[Channel] = &[
    channel("gt", 312, 96, 91, 7),
    channel("hw", 148, 92, 88, 6),
    channel("ho", 61, 93, 87, 6),
    channel("xm", 137, 90, 84, 5),
    channel("vv", 104, 88, 0, 4),
    channel("op", 96, 85, 81, 4),
    channel("mz", 9, 71, 0, 2),
    channel("ios", 133, 97, 90, 9),
];

/// Phone brands within Getui's own channel, in hundredths.
const BRANDS: &[(&str, u64)] = &[
    ("HUAWEI", 31),
    ("Xiaomi", 26),
    ("vivo", 17),
    ("OPPO", 15),
    ("others", 11),
];

/// Counts of one channel, or of all.
#[derive(Debug, Clone, Copy, Default)]
struct Funnel {
    able: u64,
    sent: u64,
    received: u64,
    shown: Option<u64>,
    clicked: u64,
}

impl Funnel {
    fn add(&mut self, other: Self) {
        self.able += other.able;
        self.sent += other.sent;
        self.received += other.received;
        self.shown = Some(self.shown.unwrap_or(0) + other.shown.unwrap_or(0));
        self.clicked += other.clicked;
    }

    fn json(self, able: bool) -> Map<String, Value> {
        let mut out = Map::new();
        if able {
            out.insert("msg_num".to_owned(), json!(self.able));
        }
        let shown = self
            .shown
            .map_or(-1, |shown| i64::try_from(shown).unwrap_or(0));
        out.insert("target_num".to_owned(), json!(self.sent));
        out.insert("receive_num".to_owned(), json!(self.received));
        out.insert("display_num".to_owned(), json!(shown));
        out.insert("click_num".to_owned(), json!(self.clicked));
        out
    }

    fn part(self, hundredths: u64) -> Self {
        let of = |number: u64| number * hundredths / 100;
        Self {
            able: of(self.able),
            sent: of(self.sent),
            received: of(self.received),
            shown: self.shown.map(of),
            clicked: of(self.clicked),
        }
    }
}

impl Task {
    /// Every task of a day that has left by now.
    fn of_day(world: World, day: Day) -> Vec<Self> {
        [Kind::Launch, Kind::Bonus, Kind::GuildWar]
            .into_iter()
            .map(|kind| Self { day, kind })
            .filter(|task| task.kind != Kind::Launch || day == world.today())
            .filter(|task| task.left_ms() <= world.now_ms)
            .collect()
    }

    fn by_id(world: World, id: &str) -> Option<Self> {
        (0..TASK_DAYS)
            .flat_map(|ago| Self::of_day(world, world.today().back(ago)))
            .find(|task| task.id() == id)
    }

    /// As the service writes them, the day in the middle.
    fn id(self) -> String {
        let stamp = self.day.stamp();
        let (kind, month_day) = (self.kind as u64, stamp.get(4..).unwrap_or_default());
        match self.kind {
            Kind::Launch => LAUNCH_TASK.to_owned(),
            _ => format!(
                "RASL_{month_day}_{:016x}",
                hash([u64::from(self.day.0), kind, 18])
            ),
        }
    }

    fn group(self) -> &'static str {
        match self.kind {
            Kind::Launch => "season7-launch",
            Kind::Bonus => "daily-bonus",
            Kind::GuildWar => "guild-war",
        }
    }

    fn left_ms(self) -> i64 {
        let midnight = self.day.first_hour().start_ms();
        match self.kind {
            Kind::Launch => scenario::push_second(self.day) * 1000,
            Kind::Bonus => midnight + 12 * HOUR_MS,
            Kind::GuildWar => midnight + 20 * HOUR_MS,
        }
    }

    /// The funnel of each channel so far; phones come online over six hours.
    fn channels(self, world: World) -> Vec<(&'static str, Funnel)> {
        let able: u64 = match self.kind {
            Kind::Launch => 1_412_000,
            Kind::Bonus => 388_000,
            Kind::GuildWar => 241_000,
        };
        let draw = hash([world.seed, u64::from(self.day.0), self.kind as u64, 19]);
        let able = able * (970 + draw % 61) / 1000;
        let age = u64::try_from(world.now_ms - self.left_ms()).unwrap_or(0);
        let ripe = (300 + 700 * age / (6 * HOUR_MS.unsigned_abs())).min(1000);
        CHANNELS
            .iter()
            .map(|channel| {
                let able = able * channel.share / 1000;
                let sent = able * 93 / 100;
                let received = sent * channel.arrive / 100 * ripe / 1000;
                let shown = received * channel.show / 100;
                let base = if channel.show == 0 { received } else { shown };
                let funnel = Funnel {
                    able,
                    sent,
                    received,
                    shown: (channel.show > 0).then_some(shown),
                    clicked: base * channel.click / 100,
                };
                (channel.key, funnel)
            })
            .collect()
    }
}

/// `total` and every channel of some tasks together.
fn report(world: World, tasks: &[Task], able: bool, brands: bool) -> Value {
    let mut total = Funnel::default();
    let mut out = Map::new();
    for (at, channel) in CHANNELS.iter().enumerate() {
        let mut sum = Funnel::default();
        for task in tasks {
            if let Some((_, funnel)) = task.channels(world).get(at) {
                sum.add(*funnel);
            }
        }
        total.add(sum);
        if channel.show == 0 {
            sum.shown = None;
        }
        let mut one = sum.json(false);
        if brands && channel.key == "gt" {
            for (brand, share) in BRANDS {
                one.insert(
                    (*brand).to_owned(),
                    Value::Object(sum.part(*share).json(false)),
                );
            }
        }
        out.insert(channel.key.to_owned(), Value::Object(one));
    }
    let mut root = Map::new();
    root.insert("total".to_owned(), Value::Object(total.json(able)));
    root.extend(out);
    Value::Object(root)
}

fn found(world: World, ids: &str) -> Result<Vec<(&str, Task)>, ServiceError> {
    let ids: Vec<&str> = ids.split(',').filter(|id| !id.is_empty()).collect();
    if ids.is_empty() || ids.len() > 200 {
        return Err((400, 20001, "taskid is invalid"));
    }
    Ok(ids
        .into_iter()
        .filter_map(|id| Some((id, Task::by_id(world, id)?)))
        .collect())
}

pub(crate) fn tasks(world: World, ids: &str, params: &Params) -> Answer {
    let mut out = Map::new();
    for (id, task) in found(world, ids)? {
        let mut one = report(world, &[task], true, params.flag("needGetuiByBrand"));
        if let Some(actions) = params.text("actionIdList") {
            let clicked = one["total"]["click_num"].as_u64().unwrap_or(0);
            let counts: Map<String, Value> = actions
                .split(',')
                .enumerate()
                .map(|(at, action)| (action.to_owned(), json!(clicked / (at as u64 + 2))))
                .collect();
            one["actionCntMap"] = Value::Object(counts);
        }
        out.insert(id.to_owned(), one);
    }
    Ok(Value::Object(out))
}

pub(crate) fn group(world: World, group: &str, params: &Params) -> Answer {
    let day = |name: &str, default: Day| match params.text(name) {
        Some(text) => Day::parse(&text.replace('-', "")).ok_or((400, 20001, "date is invalid")),
        None => Ok(default),
    };
    let (oldest, today) = (world.today().back(GROUP_DAYS), world.today());
    let (first, last) = (day("startDate", oldest)?, day("endDate", today)?);
    if first < oldest {
        return Err((400, 20001, "startDate is invalid"));
    }
    let tasks: Vec<Task> = (first.0..=last.0.min(today.0))
        .flat_map(|day| Task::of_day(world, Day(day)))
        .filter(|task| task.group() == group)
        .collect();
    if tasks.is_empty() {
        return Ok(json!({}));
    }
    let mut out = Map::new();
    let brands = params.flag("needGetuiByBrand");
    out.insert(group.to_owned(), report(world, &tasks, true, brands));
    Ok(Value::Object(out))
}

/// A day that has ended, or the refusal.
pub(crate) fn past_day(world: World, date: &str) -> Result<Day, ServiceError> {
    calendar::parse_time(date)
        .and_then(|_| Day::parse(&date.replace('-', "")))
        .filter(|day| *day < world.today())
        .ok_or((400, 20001, "date is invalid"))
}

pub(crate) fn day(world: World, date: &str, params: &Params) -> Answer {
    let tasks = Task::of_day(world, past_day(world, date)?);
    let brands = params.flag("needGetuiByBrand");
    let mut out = Map::new();
    out.insert(date.to_owned(), report(world, &tasks, false, brands));
    Ok(Value::Object(out))
}

pub(crate) fn losses(world: World, ids: &str, _: &Params) -> Answer {
    let mut out = Map::new();
    for (id, task) in found(world, ids)? {
        let Value::Object(mut one) = report(world, &[task], true, false) else {
            continue;
        };
        // Only this report calls Apple's channel `apn` (docs/vendor/getui.md §7).
        if let Some(apple) = one.remove("ios") {
            one.insert("apn".to_owned(), apple);
        }
        one.insert("failed_detail".to_owned(), failed(&task.channels(world)));
        out.insert(id.to_owned(), Value::Object(one));
    }
    Ok(Value::Object(out))
}

/// Why each step is smaller than the one before: every channel's own reasons, adding up to the difference.
fn failed(channels: &[(&'static str, Funnel)]) -> Value {
    let (mut ts, mut rs, mut sf, mut fd) = (Map::new(), Map::new(), Map::new(), Map::new());
    for (key, funnel) in channels {
        let key = if *key == "ios" { "apn" } else { key };
        let unsent = funnel.able - funnel.sent;
        let part = unsent * 5 / 8;
        let rest = unsent - part;
        let reasons = match key {
            "gt" => json!({"12": {"total": unsent}}),
            "xm" => json!({"6": {"6001": part, "6002": rest, "total": unsent}}),
            "vv" => {
                json!({"6": {"6001": part, "total": part}, "11": {"11002": rest, "total": rest}})
            }
            "op" => json!({"8": {"8003": part, "8002": rest, "total": unsent}}),
            "apn" => json!({"11": {"11999": unsent, "total": unsent}}),
            _ => json!({"5": {"total": unsent}}),
        };
        rs.insert(key.to_owned(), reasons);
        let offline = funnel.sent - funnel.received;
        sf.insert(key.to_owned(), json!({"12": {"total": offline}}));
        if let Some(shown) = funnel.shown {
            let hidden = funnel.received - shown;
            fd.insert(key.to_owned(), json!({"10": {"total": hidden}}));
        }
        if key == "gt" {
            let (gone, quiet, idle) = (funnel.able / 24, funnel.able / 61, funnel.able / 430);
            let filtered = json!({"14006": quiet, "14005": idle, "total": quiet + idle});
            ts.insert(
                key.to_owned(),
                json!({"13": {"13001": gone, "total": gone}, "14": filtered}),
            );
        }
    }
    json!({"ts": ts, "rs": rs, "sf": sf, "fd": fd})
}

#[expect(clippy::unnecessary_wraps, reason = "an entry in the table of reports")]
pub(crate) fn quota(world: World, _: &str, _: &Params) -> Answer {
    let tasks = Task::of_day(world, world.today());
    let sent = |key: &str| -> u64 {
        tasks
            .iter()
            .flat_map(|task| task.channels(world))
            .filter(|(channel, _)| *channel == key)
            .map(|(_, funnel)| funnel.sent)
            .sum()
    };
    let left = |total: u64, used: u64| total.saturating_sub(used);
    let (vivo, oppo, xiaomi) = (sent("vv"), sent("op"), sent("xm"));
    let tasks = tasks.len() as u64;
    Ok(json!({
        "vv": {
            "special": {"push_num": 0, "total_num": "10000", "limit": false},
            "general": {"push_num": vivo, "total_num": "120000", "limit": vivo > 120_000},
            "grouppush": {"push_num": 3, "total_num": "1000", "limit": false},
        },
        "op": {"general": {
            "total_num": "200000",
            "limit": oppo >= 200_000,
            "remain_num": left(200_000, oppo).to_string(),
        }},
        "xm": {"general": {
            "total_num": 180_000,
            "limit": xiaomi >= 180_000,
            "remain_num": left(180_000, xiaomi),
        }},
        "gt": {
            "app": {"total_num": 100, "limit": false, "remain_num": left(100, tasks)},
            "app_with_tag": {"total_num": 1000, "limit": false, "remain_num": 1000},
            "list": {"total_num": 2_000_000, "limit": false, "remain_num": 1_874_220},
        },
    }))
}
