//! Two rates of affected devices beside each other, and whether their difference means anything.

use schemars::JsonSchema;
use serde::Serialize;

use crate::tools::output::DeviceRate;

/// How a rate changed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Change {
    /// The change per active device: 0.1 is a tenth more. Absent where nothing was affected before.
    pub(crate) ratio: Option<f64>,
    /// Whether the difference means anything.
    pub(crate) confidence: Confidence,
}

/// Whether a difference means anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Confidence {
    /// Chance alone rarely makes such a difference.
    Clear,
    /// Chance alone may make such a difference.
    WithinChance,
    /// Fewer than ten devices were affected on both sides.
    TooFewDevices,
}

/// Below this on both sides, a rate moves by whole percents with one device.
const FEW_DEVICES: i64 = 10;

/// Standard deviations that chance alone exceeds once in twenty times.
const CHANCE: f64 = 1.96;

impl Change {
    /// The change between two rates; nothing where either has no active devices.
    pub(crate) fn between(before: &DeviceRate, after: &DeviceRate) -> Option<Self> {
        let (active_before, active_after) = (number(before.active?), number(after.active?));
        let (hit_before, hit_after) = (number(before.affected), number(after.affected));
        let (rate_before, rate_after) = (hit_before / active_before, hit_after / active_after);
        let pooled = (hit_before + hit_after) / (active_before + active_after);
        let deviation =
            (pooled * (1.0 - pooled) * (1.0 / active_before + 1.0 / active_after)).sqrt();
        let confidence = if before.affected.max(after.affected) < FEW_DEVICES {
            Confidence::TooFewDevices
        } else if (rate_after - rate_before).abs() < CHANCE * deviation {
            Confidence::WithinChance
        } else {
            Confidence::Clear
        };
        Some(Self {
            ratio: (before.affected > 0)
                .then(|| ((rate_after / rate_before - 1.0) * 1e4).round() / 1e4),
            confidence,
        })
    }

    /// Whether it means something and is half as much again or more.
    pub(crate) fn rises(self) -> bool {
        self.confidence == Confidence::Clear && self.ratio.is_none_or(|ratio| ratio >= 0.5)
    }

    /// For a column of changes per active device: `+53 %`, or why there is none worth a number.
    pub(crate) fn short(self) -> String {
        match (self.confidence, self.ratio) {
            (Confidence::TooFewDevices, _) => "too few".to_owned(),
            (Confidence::WithinChance, _) => "within chance".to_owned(),
            (Confidence::Clear, Some(ratio)) => signed_percent(ratio),
            (Confidence::Clear, None) => "none before".to_owned(),
        }
    }

    /// `+53 % per active device`, marked where it means little.
    pub(crate) fn text(self) -> String {
        let change = self.ratio.map_or_else(
            || "none before".to_owned(),
            |ratio| format!("{} per active device", signed_percent(ratio)),
        );
        match self.confidence {
            Confidence::Clear => change,
            Confidence::WithinChance => format!("{change} (within chance)"),
            Confidence::TooFewDevices => format!("{change} (too few devices to compare)"),
        }
    }
}

/// `+53 %`, `-4.2 %`.
fn signed_percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    if percent.abs() < 9.95 {
        format!("{percent:+.1} %")
    } else {
        format!("{percent:+.0} %")
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn number(count: i64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_per_active_device_and_marked_where_it_means_little() {
        let rate = |affected, active| DeviceRate::new(Some(affected), Some(active)).unwrap();
        for (before, after, text) in [
            (
                (2_207, 401_120),
                (3_461, 412_031),
                "+53 % per active device",
            ),
            // The same share of fewer devices is no change.
            (
                (200, 10_000),
                (100, 5_000),
                "+0.0 % per active device (within chance)",
            ),
            (
                (100, 10_000),
                (104, 10_000),
                "+4.0 % per active device (within chance)",
            ),
            (
                (2, 900),
                (4, 900),
                "+100 % per active device (too few devices to compare)",
            ),
            ((0, 1_000), (40, 1_000), "none before"),
            (
                (0, 1_000),
                (0, 1_000),
                "none before (too few devices to compare)",
            ),
        ] {
            let change = Change::between(&rate(before.0, before.1), &rate(after.0, after.1));
            assert_eq!(change.unwrap().text(), text, "{before:?} {after:?}");
        }
        let idle = DeviceRate::new(Some(3), Some(0)).unwrap();
        assert_eq!(Change::between(&idle, &rate(1, 2)), None);
    }
}
