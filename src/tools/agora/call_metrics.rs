//! The metrics of a call: thousands of pairs as a row a metric, or one series in full.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::ChoiceSet;
use crate::json::JsonRef;
use crate::reply::{Block, Cell, Code, Reply, Table};

/// One metric of the wire.
#[derive(Debug)]
pub(super) struct CallMetric {
    pub(super) mid: i64,
    name: &'static str,
    unit: &'static str,
    worst: Worst,
}

/// Which end of the values is the bad one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worst {
    High,
    Low,
}

const fn metric(mid: i64, name: &'static str, unit: &'static str, worst: Worst) -> CallMetric {
    CallMetric {
        mid,
        name,
        unit,
        worst,
    }
}

/// Metrics of seed 002 lines 977-1000, by the words that ask for them.
pub(super) struct CallMetrics;

impl ChoiceSet for CallMetrics {
    type Item = CallMetric;
    const ITEMS: &'static [(&'static str, CallMetric)] = &[
        ("app_cpu", metric(20001, "app CPU", "%", Worst::High)),
        ("system_cpu", metric(20002, "system CPU", "%", Worst::High)),
        (
            "audio_sent",
            metric(20003, "audio sent", "kbps", Worst::Low),
        ),
        (
            "audio_received",
            metric(20004, "audio received", "kbps", Worst::Low),
        ),
        (
            "audio_freeze",
            metric(20005, "audio freeze", "ms", Worst::High),
        ),
        (
            "video_sent",
            metric(20006, "video sent", "kbps", Worst::Low),
        ),
        (
            "fps_captured",
            metric(20007, "video captured", "fps", Worst::Low),
        ),
        ("fps_sent", metric(20008, "video sent", "fps", Worst::Low)),
        (
            "video_received",
            metric(20009, "video received", "kbps", Worst::Low),
        ),
        (
            "fps_received",
            metric(20010, "video received", "fps", Worst::Low),
        ),
        (
            "video_freeze",
            metric(20011, "video freeze", "ms", Worst::High),
        ),
        (
            "blur",
            metric(20013, "blur (lower is clearer)", "", Worst::High),
        ),
        (
            "audio_loss_up",
            metric(20015, "audio loss on the way up", "%", Worst::High),
        ),
        (
            "audio_loss",
            metric(20016, "audio loss end to end", "%", Worst::High),
        ),
        (
            "video_loss_up",
            metric(20017, "video loss on the way up", "%", Worst::High),
        ),
        (
            "video_loss",
            metric(20018, "video loss end to end", "%", Worst::High),
        ),
        ("width", metric(20019, "video width", "px", Worst::Low)),
        ("height", metric(20020, "video height", "px", Worst::Low)),
        (
            "sdk_delay",
            metric(20021, "SDK task delay", "ms", Worst::High),
        ),
        (
            "router_rtt",
            metric(20022, "round trip to the router", "ms", Worst::High),
        ),
    ];
}

fn known(mid: i64) -> Option<&'static CallMetric> {
    CallMetrics::ITEMS
        .iter()
        .map(|(_, metric)| metric)
        .find(|metric| metric.mid == mid)
}

/// Name and unit. Later documents know a few more (FACTS 2.4); what nobody knows keeps its number.
fn named(mid: i64) -> (String, &'static str) {
    match (known(mid), mid) {
        (Some(metric), _) => (metric.name.to_owned(), metric.unit),
        (None, 20023) => ("low stream sent".to_owned(), "fps"),
        (None, 20024) => ("high stream sent".to_owned(), "kbps"),
        (None, 20025) => ("volume sent".to_owned(), ""),
        (None, 20026) => ("volume played".to_owned(), ""),
        (None, 20027) => ("width sent".to_owned(), "px"),
        (None, 20028) => ("height sent".to_owned(), "px"),
        (None, other) => (format!("metric {other}"), ""),
    }
}

/// One series of one user, perhaps about another.
struct Series {
    mid: i64,
    peer: Option<String>,
    points: Vec<(i64, f64)>,
}

/// The series of a user's session.
fn series(metrics: JsonRef<'_>, sid: &str, picked: &[i64]) -> Vec<Series> {
    let mut found: Vec<Series> = metrics
        .list()
        .filter(|session| session.get("sid").text() == Some(sid))
        .flat_map(|session| session.get("data").list().collect::<Vec<_>>())
        .filter_map(|one| {
            let mid = one.get("mid").count()?;
            let mut points: Vec<(i64, f64)> = one
                .get("kvs")
                .value()?
                .as_array()?
                .iter()
                .filter_map(|pair| {
                    Some((pair.get(0)?.as_i64()?, JsonRef::new(pair.get(1)?).number()?))
                })
                .collect();
            points.sort_by_key(|(at, _)| *at);
            let peer = one.get("peer_uid").label().filter(|uid| uid != "0");
            Some(Series { mid, peer, points })
        })
        .filter(|one| !one.points.is_empty())
        .filter(|one| picked.is_empty() || picked.contains(&one.mid))
        .collect();
    found.sort_by_key(|one| one.mid);
    found
}

/// A row for each metric of each user: lowest, median, highest, and when it was worst.
pub(super) fn tell(
    reply: &mut Reply,
    metrics: JsonRef<'_>,
    users: &[(&str, String)],
    picked: &[i64],
    zone: &TimeZone,
) {
    let mut table = Table::new(&[
        "user",
        "metric",
        "from user",
        "lowest",
        "median",
        "highest",
        "worst at",
        "course",
    ]);
    for (sid, uid) in users {
        for one in series(metrics, sid, picked) {
            let (name, unit) = named(one.mid);
            let mut values: Vec<f64> = one.points.iter().map(|(_, value)| *value).collect();
            values.sort_by(f64::total_cmp);
            let (Some(low), Some(median), Some(high)) =
                (values.first(), values.get(values.len() / 2), values.last())
            else {
                continue;
            };
            let low_is_worst = known(one.mid).is_some_and(|metric| metric.worst == Worst::Low);
            let worst = if low_is_worst { low } else { high };
            // A value that never changes has no worst moment.
            let at = one
                .points
                .iter()
                .find(|(_, value)| value.total_cmp(worst).is_eq() && low < high)
                .and_then(|(at, _)| Timestamp::from_second(*at).ok());
            table.rows.push(vec![
                Cell::from_untrusted(uid.clone()),
                Cell::text(name),
                one.peer.clone().map_or(Cell::Missing, Cell::from_untrusted),
                Cell::Measure(*low, ""),
                Cell::Measure(*median, ""),
                Cell::Measure(*high, unit),
                Cell::clock(at, zone),
                if *low >= high * STEADY {
                    Cell::text("steady")
                } else {
                    Cell::SparklineF64(course(&one.points))
                },
            ]);
        }
    }
    table.rest = Some("`user` and `metrics` show the others".to_owned());
    let measured = !table.rows.is_empty();
    reply.table(table, "no metrics came for this call");
    if measured && picked.is_empty() {
        reply.note("a series in full: the same call with one `user` and `metrics`");
    }
}

/// Points of a curve in a row: each costs about two tokens.
const COURSE: usize = 8;

/// The lowest value as a part of the highest from which on a curve would show a line.
const STEADY: f64 = 0.75;

/// The worst of each stretch would hide the rest: the mean tells the course.
fn course(points: &[(i64, f64)]) -> Vec<f64> {
    let length = points.len().div_ceil(COURSE).max(1);
    points
        .chunks(length)
        .map(|chunk| {
            let sum: f64 = chunk.iter().map(|(_, value)| value).sum();
            #[expect(clippy::cast_precision_loss, reason = "a handful of points")]
            let mean = sum / chunk.len() as f64;
            mean
        })
        .collect()
}

/// Every value of the picked metrics of one user, a line a minute.
pub(super) fn tell_in_full(
    reply: &mut Reply,
    metrics: JsonRef<'_>,
    sid: &str,
    picked: &[i64],
    zone: &TimeZone,
) {
    let found = series(metrics, sid, picked);
    if found.is_empty() {
        reply.note("none of these metrics came for this user");
    }
    for one in found {
        let (name, unit) = named(one.mid);
        let from = one
            .peer
            .as_ref()
            .map(|peer| format!(", from user {peer}"))
            .unwrap_or_default();
        let unit = if unit.is_empty() {
            String::new()
        } else {
            format!(" in {unit}")
        };
        let mut lines: Vec<String> = Vec::new();
        let mut minute = None;
        for (at, value) in &one.points {
            let text = Cell::Measure(*value, "").render().replace(',', "");
            if minute == Some(at / 60) {
                if let Some(line) = lines.last_mut() {
                    line.push(' ');
                    line.push_str(&text);
                }
                continue;
            }
            minute = Some(at / 60);
            let clock = Timestamp::from_second(*at).map_or_else(
                |_| at.to_string(),
                |at| at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string(),
            );
            lines.push(format!("{clock} {text}"));
        }
        let caption =
            format!("{name}{unit}{from}, a line a minute with the time of its first value");
        let mut code = Code::head(caption, lines.join("\n"));
        code.rest = Some("a shorter `window` shows them".to_owned());
        reply.push(5, Block::Code(code));
    }
}
