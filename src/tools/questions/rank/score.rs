//! How urgent an issue is: a sum of weighted components, each with its reason.

use schemars::JsonSchema;
use serde::Serialize;

use crate::tools::crashsight::comparison::{Change, Confidence};
use crate::tools::crashsight::issue_rows::Mark;

/// The components and their weights, which add up to 100. A component counts its weight times a value of 0 to 1 (growth:
/// -1 to 1); one that is not known counts nothing.
///
/// - reach 40: the square root of its devices by those of the most affected issue, so that a quarter of them is a half;
/// - growth 15: the change of its devices per active device against the same part before, where that is more than chance:
///   three times as many count 1, none left -1; one without reports before counts as much as its reach;
/// - `new_or_back` 15: 1 where its first report is in the range, 0.8 where it is back after it was processed or after 14 days;
/// - `newest_version` 10: 1 where it is reported in the newest version, 0 where it is not;
/// - `near_launch` 10: the share of sampled reports within a minute after launch, of at least 3;
/// - `without_owner` 5: 1 where it has no assignee and no bug;
/// - symbols 5: 1 where the key frame has a name, so that work can begin.
pub(super) const WEIGHTS: [(Kind, f64); 7] = [
    (Kind::Reach, 40.0),
    (Kind::Growth, 15.0),
    (Kind::NewOrBack, 15.0),
    (Kind::NewestVersion, 10.0),
    (Kind::NearLaunch, 10.0),
    (Kind::WithoutOwner, 5.0),
    (Kind::Symbols, 5.0),
];

/// Three times as many devices as before is the most that growth counts.
const MOST_GROWTH: f64 = 2.0;

/// Reports from which on a share of them counts.
const LEAST_SAMPLED: usize = 3;

/// What makes an issue urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Reach,
    Growth,
    NewOrBack,
    NewestVersion,
    NearLaunch,
    WithoutOwner,
    Symbols,
}

impl Kind {
    /// For a sentence.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::Growth => "growth",
            Self::NewOrBack => "new or back",
            Self::NewestVersion => "in the newest version",
            Self::NearLaunch => "near launch",
            Self::WithoutOwner => "no owner or bug",
            Self::Symbols => "symbols",
        }
    }
}

/// One component of a score.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Component {
    kind: Kind,
    /// The most it counts.
    weight: f64,
    /// 0 to 1, growth from -1; absent where it is not known.
    value: Option<f64>,
    /// What it counts.
    pub(super) points: f64,
}

/// What is known of an issue, or of several that are the same bug.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    pub(super) devices: i64,
    /// Devices of the most affected issue.
    pub(super) most_devices: i64,
    pub(super) change: Option<Change>,
    pub(super) mark: Option<Mark>,
    pub(super) in_newest_version: Option<bool>,
    /// Reports sampled, and those of them within a minute after launch.
    pub(super) sampled: usize,
    pub(super) near_launch: usize,
    pub(super) has_owner: bool,
    pub(super) has_symbols: Option<bool>,
}

impl Known {
    /// The share of sampled reports near launch, where they are enough.
    pub(super) fn near_launch(&self) -> Option<f64> {
        (self.sampled >= LEAST_SAMPLED).then(|| number(self.near_launch) / number(self.sampled))
    }

    /// From 0 to 1: the square root of the devices by those of the most affected issue.
    pub(super) fn reach(&self) -> f64 {
        let share = count(self.devices) / count(self.most_devices.max(1));
        share.clamp(0.0, 1.0).sqrt()
    }

    /// -1 to 1; 0 for what chance alone may make.
    fn growth(&self, change: Change) -> f64 {
        match (change.confidence, change.ratio) {
            (Confidence::TooFewDevices | Confidence::WithinChance, _) => 0.0,
            (Confidence::Clear, None) => self.reach(),
            (Confidence::Clear, Some(ratio)) if ratio > 0.0 => (ratio / MOST_GROWTH).min(1.0),
            (Confidence::Clear, Some(ratio)) => ratio.max(-1.0),
        }
    }

    fn value(&self, kind: Kind) -> Option<f64> {
        let yes = |yes: bool| if yes { 1.0 } else { 0.0 };
        match kind {
            Kind::Reach => Some(self.reach()),
            Kind::Growth => self.change.map(|change| self.growth(change)),
            Kind::NewOrBack => Some(match self.mark {
                Some(Mark::New) => 1.0,
                Some(Mark::Back) => 0.8,
                None => 0.0,
            }),
            Kind::NewestVersion => self.in_newest_version.map(yes),
            Kind::NearLaunch => self.near_launch(),
            Kind::WithoutOwner => Some(yes(!self.has_owner)),
            Kind::Symbols => self.has_symbols.map(yes),
        }
    }

    /// The components, and their sum from 0 to 100.
    pub(super) fn score(&self) -> (Vec<Component>, f64) {
        let tenths = |points: f64| (points * 10.0).round() / 10.0;
        let components: Vec<Component> = WEIGHTS
            .into_iter()
            .map(|(kind, weight)| {
                let value = self.value(kind);
                Component {
                    kind,
                    weight,
                    value: value.map(|value| (value * 1_000.0).round() / 1_000.0),
                    points: tenths(value.unwrap_or(0.0) * weight),
                }
            })
            .collect();
        let sum: f64 = components.iter().map(|component| component.points).sum();
        (components, tenths(sum.max(0.0)))
    }
}

fn count(count: i64) -> f64 {
    number(usize::try_from(count).unwrap_or(0))
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points of each component, to a tenth.
    fn points(known: Known) -> Vec<String> {
        let (components, _) = known.score();
        let points = components.iter();
        points
            .map(|component| format!("{:.1}", component.points + 0.0))
            .collect()
    }

    #[test]
    fn weights_add_up_to_a_hundred() {
        let sum: f64 = WEIGHTS.iter().map(|(_, weight)| weight).sum();
        assert!((sum - 100.0).abs() < 1e-9);
        let most = Known {
            devices: 900,
            most_devices: 900,
            change: Some(Change {
                ratio: None,
                confidence: Confidence::Clear,
            }),
            mark: Some(Mark::New),
            in_newest_version: Some(true),
            sampled: 4,
            near_launch: 4,
            has_owner: false,
            has_symbols: Some(true),
        };
        assert!((most.score().1 - 100.0).abs() < 1e-9);
    }

    #[test]
    fn the_documentation_has_these_weights() {
        let document = include_str!("../../../../docs/questions.md");
        for (kind, weight) in WEIGHTS {
            let row = format!("| {} | {weight:.0} |", kind.words());
            assert!(document.contains(&row), "{row}");
        }
    }

    #[test]
    fn each_component_counts_what_its_description_says() {
        let base = Known {
            devices: 225,
            most_devices: 900,
            has_owner: true,
            ..Known::default()
        };
        let change = |ratio, confidence| {
            Some(Change {
                ratio: Some(ratio),
                confidence,
            })
        };
        // A quarter of the devices counts a half.
        let cases: [(&str, Known, [f64; 7]); 7] = [
            ("reach alone", base, [20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
            (
                "twice as many",
                Known {
                    change: change(1.0, Confidence::Clear),
                    mark: Some(Mark::Back),
                    ..base
                },
                [20.0, 7.5, 12.0, 0.0, 0.0, 0.0, 0.0],
            ),
            (
                "chance counts nothing",
                Known {
                    change: change(1.0, Confidence::WithinChance),
                    ..base
                },
                [20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            ),
            (
                "falling counts less",
                Known {
                    change: change(-0.5, Confidence::Clear),
                    in_newest_version: Some(false),
                    ..base
                },
                [20.0, -7.5, 0.0, 0.0, 0.0, 0.0, 0.0],
            ),
            (
                "none before",
                Known {
                    change: Some(Change {
                        ratio: None,
                        confidence: Confidence::Clear,
                    }),
                    mark: Some(Mark::New),
                    ..base
                },
                [20.0, 7.5, 15.0, 0.0, 0.0, 0.0, 0.0],
            ),
            (
                "two reports are no share",
                Known {
                    sampled: 2,
                    near_launch: 2,
                    has_symbols: Some(false),
                    ..base
                },
                [20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            ),
            (
                "a share of launches",
                Known {
                    sampled: 4,
                    near_launch: 1,
                    has_owner: false,
                    ..base
                },
                [20.0, 0.0, 0.0, 0.0, 2.5, 5.0, 0.0],
            ),
        ];
        for (what, known, expected) in cases {
            let expected = expected.map(|points| format!("{points:.1}"));
            assert_eq!(points(known), expected, "{what}");
        }
    }
}
