//! Typed values of a reply: printed for people, or carried raw in JSON.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use super::untrusted::Untrusted;

/// Characters of vendor text in one cell.
const CELL: usize = 140;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Our own words.
    Text(String),
    /// Vendor text: cleaned and capped where it is printed.
    Untrusted(Untrusted),
    /// An id that a tool takes; never cut.
    Id(String),
    /// An id with the page of what it names, a link where the output has links.
    Linked {
        /// The id, never cut.
        id: String,
        /// The page.
        url: String,
    },
    /// A number of things.
    Count(i64),
    /// A part of a whole, with its share.
    Share {
        /// The part.
        part: i64,
        /// The whole.
        whole: i64,
    },
    /// Devices affected of devices active: a share whose third digit counts.
    Rate {
        /// Devices affected.
        part: i64,
        /// Devices active.
        whole: i64,
    },
    /// A part of the step before, with its share; the whole stands elsewhere in the row.
    FunnelStep {
        /// The part.
        part: i64,
        /// The step before.
        whole: i64,
    },
    /// A measured value and its unit.
    Measure(f64, &'static str),
    /// A size.
    Bytes(i64),
    /// A size used, of a size there is.
    BytesOf {
        /// In use, or free.
        part: i64,
        /// In all.
        whole: i64,
    },
    /// A moment, with the zone it is read in.
    Instant(Timestamp, TimeZone),
    /// A moment of a range that the title dates, with the zone it is read in.
    TimeOfDay(Timestamp, TimeZone),
    /// A day.
    Day(Date),
    /// A length of time in seconds.
    Seconds(i64),
    /// Numbers over time, drawn as a line of blocks.
    Sparkline(Vec<i64>),
    /// Measured values over time, drawn likewise.
    SparklineF64(Vec<f64>),
    /// The value of the row above: what is of a thing with several rows and must not be added up.
    Same,
    /// Not there.
    Missing,
}

impl Cell {
    /// Our own words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Vendor text.
    pub fn from_untrusted(text: impl Into<Untrusted>) -> Self {
        Self::Untrusted(text.into())
    }

    /// Vendor text, or nothing.
    pub fn untrusted(text: Option<&str>) -> Self {
        text.map_or(Self::Missing, |text| Self::Untrusted(Untrusted::new(text)))
    }

    /// An id, or nothing. What does not look like one is shown as text.
    pub fn id(text: Option<&str>) -> Self {
        match text {
            Some(text) if text.bytes().all(|b| b.is_ascii_hexdigit() || b == b':') => {
                Self::Id(text.to_owned())
            }
            other => Self::untrusted(other),
        }
    }

    /// An id with its page, where one is known.
    pub(crate) fn linked(id: Option<&str>, url: Option<&str>) -> Self {
        match (Self::id(id), url) {
            (Self::Id(id), Some(url)) => Self::Linked {
                id,
                url: url.to_owned(),
            },
            (cell, _) => cell,
        }
    }

    /// A count, or nothing.
    pub fn count(count: Option<i64>) -> Self {
        count.map_or(Self::Missing, Self::Count)
    }

    /// A moment, or nothing.
    pub fn instant(at: Option<Timestamp>, zone: &TimeZone) -> Self {
        at.map_or(Self::Missing, |at| Self::Instant(at, zone.clone()))
    }

    /// A moment of a dated range, or nothing.
    pub fn clock(at: Option<Timestamp>, zone: &TimeZone) -> Self {
        at.map_or(Self::Missing, |at| Self::TimeOfDay(at, zone.clone()))
    }

    /// For people.
    pub fn render(&self) -> String {
        match self {
            Self::Text(text) | Self::Id(text) | Self::Linked { id: text, .. } => text.clone(),
            Self::Untrusted(text) => text.line(CELL),
            Self::Count(count) => grouped(*count),
            Self::Share { part, whole } => {
                format!(
                    "{} of {}{}",
                    grouped(*part),
                    grouped(*whole),
                    share(*part, *whole)
                )
            }
            Self::Rate { part, whole } => format!(
                "{} of {} ({})",
                grouped(*part),
                grouped(*whole),
                rate(*part, *whole)
            ),
            Self::FunnelStep { part, whole } => {
                format!("{}{}", grouped(*part), share(*part, *whole))
            }
            Self::Measure(value, unit) => measure(*value, unit),
            Self::Bytes(bytes) => size(*bytes),
            Self::BytesOf { part, whole } => size_of(*part, *whole),
            Self::Instant(at, zone) => moment(&at.to_zoned_datetime(zone.clone())),
            Self::TimeOfDay(at, zone) => at
                .to_zoned_datetime(zone.clone())
                .strftime("%H:%M:%S")
                .to_string(),
            Self::Day(day) => day.to_string(),
            Self::Seconds(seconds) => duration(*seconds),
            Self::Sparkline(values) => sparkline(values),
            Self::SparklineF64(values) => {
                let hundredths: Vec<i64> = values.iter().map(|value| hundredths(*value)).collect();
                sparkline(&hundredths)
            }
            Self::Same => "\"".to_owned(),
            Self::Missing => "–".to_owned(),
        }
    }

    /// For people, with what is counted: `3,461 of 412,031 active (0.84 %)`.
    pub(super) fn render_with_unit(&self, unit: &str) -> String {
        match self {
            _ if unit.is_empty() => self.render(),
            Self::Share { part, whole } => format!(
                "{} of {} {unit}{}",
                grouped(*part),
                grouped(*whole),
                share(*part, *whole)
            ),
            Self::Rate { part, whole } => format!(
                "{} of {} {unit} ({})",
                grouped(*part),
                grouped(*whole),
                rate(*part, *whole)
            ),
            _ => format!("{} {unit}", self.render()),
        }
    }

    /// A moment without its offset; anything else as [`Cell::render`] has it.
    pub(super) fn render_local(&self) -> String {
        match self {
            Self::Instant(at, zone) => at
                .to_zoned_datetime(zone.clone())
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string(),
            other => other.render(),
        }
    }

    /// The offset of a moment.
    pub(super) fn offset(&self) -> Option<String> {
        match self {
            Self::Instant(at, zone) | Self::TimeOfDay(at, zone) => Some(
                at.to_zoned_datetime(zone.clone())
                    .strftime("%:z")
                    .to_string(),
            ),
            _ => None,
        }
    }
}

/// `97.6 %`, `12,330`, `4.11`: at most two digits after the point, none that say nothing.
fn measure(value: f64, unit: &str) -> String {
    let hundredths = hundredths(value);
    let (whole, rest) = (hundredths / 100, (hundredths % 100).abs());
    let mut out = if hundredths < 0 && whole == 0 {
        "-0".to_owned()
    } else {
        grouped(whole)
    };
    if rest > 0 {
        out.push_str(format!(".{rest:02}").trim_end_matches('0'));
    }
    if !unit.is_empty() {
        out.push(' ');
        out.push_str(unit);
    }
    out
}

/// A measured value in whole hundredths.
fn hundredths(value: f64) -> i64 {
    format!("{:.0}", value.clamp(-9e13, 9e13) * 100.0)
        .parse()
        .unwrap_or(0)
}

/// `412031` as `412,031`.
pub(crate) fn grouped(count: i64) -> String {
    let digits = count.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if count < 0 {
        out.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 line`, `2,345 lines`.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    let number = grouped(i64::try_from(count).unwrap_or(i64::MAX));
    let ending = if count == 1 { "" } else { "s" };
    format!("{number} {thing}{ending}")
}

/// ` (0.84 %)`, or nothing where there is no whole.
fn share(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return String::new();
    }
    format!(" ({})", percent(part, whole))
}

/// `0.84 %`: two digits that say something, never rounded to nothing.
pub(crate) fn percent(part: i64, whole: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a percentage has four digits")]
    let share = part as f64 / whole as f64 * 100.0;
    match share {
        0.0 => "0 %".to_owned(),
        s if s.abs() < 0.01 => "<0.01 %".to_owned(),
        s if s.abs() < 10.0 => format!("{s:.2} %"),
        s => format!("{s:.1} %"),
    }
}

/// `0.840 %`: three significant digits, for rates whose changes matter.
pub(crate) fn rate(part: i64, whole: i64) -> String {
    if part == 0 || whole <= 0 {
        return "0 %".to_owned();
    }
    #[expect(clippy::cast_precision_loss, reason = "a percentage has three digits")]
    let share = part as f64 / whole as f64 * 100.0;
    let digits = match share.abs() {
        s if s >= 100.0 => 0,
        s if s >= 10.0 => 1,
        s if s >= 1.0 => 2,
        s if s >= 0.1 => 3,
        s if s >= 0.01 => 4,
        _ => 5,
    };
    format!("{share:.digits$} %")
}

/// `1.5 GB`, in powers of 1,024 as devices count memory.
pub(crate) fn size(bytes: i64) -> String {
    let (value, unit) = scaled(bytes);
    format!("{} {unit}", trim_zero(value))
}

fn size_of(part: i64, whole: i64) -> String {
    let ((part, part_unit), (whole, whole_unit)) = (scaled(part), scaled(whole));
    if part_unit == whole_unit {
        format!("{} of {} {whole_unit}", trim_zero(part), trim_zero(whole))
    } else {
        format!(
            "{} {part_unit} of {} {whole_unit}",
            trim_zero(part),
            trim_zero(whole)
        )
    }
}

fn scaled(bytes: i64) -> (f64, &'static str) {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a size is shown with two digits"
    )]
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in ["KB", "MB", "GB", "TB"] {
        if value.abs() < 1000.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    (value, unit)
}

fn trim_zero(value: f64) -> String {
    if value.abs() >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

/// `2026-11-22 16:08:30 +08:00`.
fn moment(at: &ZonedDateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// `165 min`, `48 s`, `3.2 h`, `5 days`.
pub(crate) fn duration(seconds: i64) -> String {
    match seconds {
        i64::MIN..120 => format!("{seconds} s"),
        120..36_000 => format!("{} min", seconds / 60),
        36_000..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Numbers as blocks of eight heights, scaled from zero to the largest; at most 60 of them.
pub(super) fn sparkline(values: &[i64]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let step = values.len().div_ceil(60).max(1);
    let points: Vec<i64> = values
        .chunks(step)
        .map(|chunk| chunk.iter().copied().max().unwrap_or(0))
        .collect();
    let top = points.iter().copied().max().unwrap_or(0).max(1);
    points
        .iter()
        .map(|value| {
            let height = (value.max(&0) * 7 + top / 2) / top;
            usize::try_from(height)
                .ok()
                .and_then(|height| BLOCKS.get(height).copied())
                .unwrap_or('█')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(grouped(412_031), "412,031");
        assert_eq!(grouped(-1_000), "-1,000");
        assert_eq!(grouped(999), "999");
        assert_eq!(
            Cell::Share {
                part: 3461,
                whole: 412_031
            }
            .render(),
            "3,461 of 412,031 (0.84 %)"
        );
        assert_eq!(Cell::Share { part: 3, whole: 0 }.render(), "3 of 0");
        for (part, whole, text) in [
            (3_461, 412_031, "0.840 %"),
            (3, 412_031, "0.00073 %"),
            (742, 61_000, "1.22 %"),
            (98, 100, "98.0 %"),
            (0, 100, "0 %"),
            (1, 0, "0 %"),
        ] {
            assert_eq!(rate(part, whole), text);
        }
        assert_eq!(percent(1, 100_000), "<0.01 %");
        assert_eq!(percent(98, 100), "98.0 %");
        let step = Cell::FunnelStep {
            part: 3461,
            whole: 412_031,
        };
        assert_eq!(step.render(), "3,461 (0.84 %)");
        for (value, text) in [
            (97.6, "97.6 %"),
            (12_330.0, "12,330 %"),
            (-0.25, "-0.25 %"),
            (0.0, "0 %"),
        ] {
            assert_eq!(Cell::Measure(value, "%").render(), text);
        }
        assert_eq!(
            Cell::BytesOf {
                part: 1_168_867_328,
                whole: 1_587_986_432
            }
            .render(),
            "1.1 of 1.5 GB"
        );
        assert_eq!(size(500), "500 B");
        assert_eq!(duration(9924), "165 min");
        assert_eq!(duration(48), "48 s");
    }

    #[test]
    fn lines_grow_from_zero() {
        assert_eq!(sparkline(&[0, 1, 4, 8]), "▁▂▅█");
        assert_eq!(sparkline(&[0, 0]), "▁▁");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&vec![5; 600]).chars().count(), 60);
    }

    #[test]
    fn an_id_is_an_id_only_if_it_looks_like_one() {
        assert_eq!(Cell::id(Some("A0:FD")), Cell::Id("A0:FD".to_owned()));
        assert_eq!(
            Cell::id(Some("call me")),
            Cell::from_untrusted("call me".to_owned())
        );
    }
}
