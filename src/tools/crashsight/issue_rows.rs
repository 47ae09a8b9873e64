//! A table of issues, as three operations answer it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::args::ReportKind;
use crate::json::JsonRef;
use crate::reply::{Cell, Table};

use super::codes;

/// Columns beside those every list of issues has.
pub(super) struct PreviousPeriod<'a> {
    /// The header of the earlier count.
    pub header: &'static str,
    /// The vendor's field.
    pub field: &'static str,
    /// Whether both spans are equally long, so that a change may be told.
    pub equal: bool,
    /// When the later span begins: an issue first reported before is not new.
    pub since: Timestamp,
    /// The zone of the service's times.
    pub site: &'a TimeZone,
}

/// Limit that name an issue or count something; the vendor fills up with rows of zeros.
pub(super) fn told(mut rows: Vec<JsonRef<'_>>) -> Vec<JsonRef<'_>> {
    rows.retain(|row| {
        let named = ["issueId", "exceptionName", "keyStack"];
        let counted = ["crashUser", "imeiCount", "crashNum", "count"];
        named.iter().any(|field| row.get(field).text().is_some())
            || counted
                .iter()
                .any(|field| row.get(field).count().is_some_and(|n| n > 0))
    });
    rows
}

/// Issues in the vendor's order, numbered from the one after `skipped`.
pub(super) fn table(
    rows: &[JsonRef<'_>],
    kind: ReportKind,
    skipped: u32,
    earlier: Option<&PreviousPeriod<'_>>,
) -> Table {
    let header = earlier.map_or("", |earlier| earlier.header);
    let mut table = Table::new(&[
        "#",
        "devices",
        kind.plural(),
        header,
        "change",
        "state",
        "handlers",
        "tags",
        "issue",
        "exception · where",
    ]);
    for (at, row) in rows.iter().enumerate() {
        let devices = row.any(&["crashUser", "imeiCount"]).count();
        let before = earlier.and_then(|earlier| row.get(earlier.field).count());
        let change = match (devices, before, earlier) {
            (Some(now), Some(before), Some(earlier)) if earlier.equal => {
                let first = row.any(&["firstUploadTimestamp", "firstUploadTime"]);
                let first = first.instant(earlier.site);
                change(
                    now,
                    before,
                    first.is_some_and(|first| first >= earlier.since),
                )
            }
            _ => Cell::Missing,
        };
        table.rows.push(vec![
            Cell::Count(i64::from(skipped) + i64::try_from(at + 1).unwrap_or_default()),
            Cell::count(devices),
            Cell::count(row.any(&["crashNum", "count"]).count()),
            Cell::count(before),
            change,
            codes::state(row.any(&["state", "status"])),
            codes::handlers(row.any(&["processors", "processor"])),
            codes::tags(row.any(&["tags", "tagInfoList"])),
            Cell::id(row.get("issueId").text()),
            codes::what_and_where(
                row.get("exceptionName").text(),
                row.get("exceptionMessage").text(),
                row.get("keyStack").text(),
            ),
        ]);
    }
    table
}

/// `+12 %`, `−57 %`, `new` where the first report lies in the later span: only between equal spans.
fn change(now: i64, before: i64, new: bool) -> Cell {
    if before == 0 {
        return match (now > 0, new) {
            (false, _) => Cell::Missing,
            (true, true) => Cell::text("new"),
            (true, false) => Cell::text("none before"),
        };
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "a change is shown without digits"
    )]
    let percent = (now - before) as f64 / before as f64 * 100.0;
    Cell::text(match percent {
        p if p.abs() < 0.5 => "±0 %".to_owned(),
        p if p > 0.0 => format!("+{p:.0} %"),
        p => format!("−{:.0} %", p.abs()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_read_as_people_write_them() {
        for (now, before, expected) in [
            (112, 100, "+12 %"),
            (43, 100, "−57 %"),
            (100, 100, "±0 %"),
            (5, 0, "new"),
        ] {
            assert_eq!(change(now, before, true), Cell::text(expected));
        }
        assert_eq!(change(5, 0, false), Cell::text("none before"));
        assert_eq!(change(0, 0, true), Cell::Missing);
    }
}
