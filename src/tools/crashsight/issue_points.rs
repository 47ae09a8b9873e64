//! The points of issues over time as the service wrote them, read from the document once: what is kept of a response is
//! read again by every question about it, and its thousands of points are few numbers each.

use std::sync::Arc;

use anyhow::ensure;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::trend_rows::moment;
use crate::json::JsonRef;
use crate::reply::counted;
use crate::upstream::cache::CachedResponse;

/// A response.
#[derive(Debug)]
pub(super) struct WrittenTrends {
    pub(super) rows: Vec<WrittenTrend>,
    /// Whether the service wrote one row alone.
    pub(super) lone: bool,
}

/// One issue of a response.
#[derive(Debug)]
pub(super) struct WrittenTrend {
    /// As it is compared; a lone row may have none.
    pub(super) id: Option<String>,
    /// Whether it has the list of points that an issue has, even without an id.
    pub(super) has_list: bool,
    pub(super) points: Vec<WrittenPoint>,
}

/// One day or hour of an issue.
#[derive(Debug)]
pub(super) struct WrittenPoint {
    /// The start of its hour, where it has a date that can be read.
    pub(super) at: Option<DateTime>,
    pub(super) crashes: i64,
    pub(super) devices: Option<i64>,
    /// Devices of the app that were active.
    pub(super) active: Option<i64>,
}

impl WrittenTrends {
    /// The rows of a response that is kept, read at the first question about it.
    pub(super) fn kept(response: &CachedResponse, zone: &TimeZone) -> anyhow::Result<Arc<Self>> {
        response.read_once(|data| Self::read(JsonRef::new(data), zone))
    }

    /// Reads a response of a service with this zone.
    pub(super) fn read(data: JsonRef<'_>, zone: &TimeZone) -> anyhow::Result<Self> {
        let all = data.rows()?;
        let rows: Vec<WrittenTrend> = all
            .iter()
            .filter(|row| row.exists())
            .map(|row| WrittenTrend::read(*row, zone))
            .collect::<anyhow::Result<_>>()?;
        let identified = |row: &JsonRef<'_>| row.has("trendList") || row.has("issueId");
        ensure!(
            all.is_empty() || all.iter().any(identified),
            "{} without `issueId` and `trendList`",
            counted(all.len(), "row")
        );
        Ok(Self {
            rows,
            lone: all.len() == 1,
        })
    }
}

impl WrittenTrend {
    fn read(row: JsonRef<'_>, zone: &TimeZone) -> anyhow::Result<Self> {
        let id = row.any(&["issueId", "issueHash"]).label();
        let list = row.any(&["trendList", "trend"]).rows()?;
        let points = list.into_iter().filter(|point| point.exists());
        Ok(Self {
            id: id.as_deref().map(plain),
            has_list: row.has("trendList"),
            points: points
                .map(|point| WrittenPoint::read(point, zone))
                .collect(),
        })
    }
}

impl WrittenPoint {
    fn read(point: JsonRef<'_>, zone: &TimeZone) -> Self {
        // The names of the SDK's README, where the service's own are missing.
        let crashes = point.any(&["crashNum", "uploadCount", "count"]).count();
        let devices = point.any(&["crashUser", "imeiCount", "deviceCount"]);
        Self {
            at: hour(point.any(&["date", "time", "datetime"]), zone),
            crashes: crashes.unwrap_or(0).max(0),
            devices: devices.count(),
            active: point.get("accessUser").count(),
        }
    }
}

/// The start of the hour of a date.
fn hour(date: JsonRef<'_>, zone: &TimeZone) -> Option<DateTime> {
    let written = match date.text() {
        Some(text) => moment(text),
        None => date.label().as_deref().and_then(moment),
    };
    let at = written.filter(|at| at.year() >= 2000).or_else(|| {
        let at = date.instant(zone)?;
        Some(at.to_zoned_datetime(zone.clone()).datetime())
    })?;
    Some(at.date().at(at.hour(), 0, 0, 0))
}

/// An id as it is compared.
pub(super) fn plain(id: &str) -> String {
    id.replace(':', "").to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::json;

    #[test]
    fn points_are_read_by_either_name_to_the_hour() {
        let data = json!([
            null,
            {"issueId": "aa:bb", "trendList": [
                null,
                {"date": "2026112208", "crashNum": 3, "crashUser": "2", "accessUser": 9},
                {"date": "soon", "crashNum": -1},
            ]},
            {"issueHash": "CC", "trend": [{"time": "2026-11-22 08:30:00", "uploadCount": 1, "imeiCount": 0}]},
        ]);
        let zone = TimeZone::UTC;
        let read = WrittenTrends::read(JsonRef::new(&data), &zone).unwrap();
        let [first, second] = &read.rows[..] else {
            panic!("{read:?}");
        };
        assert_eq!(
            (first.id.as_deref(), second.id.as_deref()),
            (Some("AABB"), Some("CC"))
        );
        assert!(first.has_list && !second.has_list && !read.lone);
        let returned = |row: &WrittenTrend| {
            let points = row.points.iter();
            points
                .map(|point| (point.at, point.crashes, point.devices, point.active))
                .collect::<Vec<_>>()
        };
        let at = Some(date(2026, 11, 22).at(8, 0, 0, 0));
        let expected = [(at, 3, Some(2), Some(9)), (None, 0, None, None)];
        assert_eq!(returned(first), expected);
        assert_eq!(returned(second), [(at, 1, Some(0), None)]);
        for strange in [
            json!([{"a": 1}]),
            json!([{"issueId": "a", "trend": "html"}]),
        ] {
            assert!(WrittenTrends::read(JsonRef::new(&strange), &zone).is_err());
        }
    }
}
