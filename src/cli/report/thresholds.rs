//! Thresholds of a report, for a release gate.

use anyhow::bail;
use clap::ValueEnum;
use serde_json::Value;

use super::parts::Part;
use crate::cli::exit::UsageError;

/// A kind of issue that ends a report with exit code 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// First reported in the range.
    New,
    /// Reported again after it was processed or absent.
    Back,
    /// Clearly more per active device.
    Rising,
}

/// What a report is measured against.
pub(super) struct Thresholds {
    /// Affected of active devices, 0 to 1.
    above: Option<f64>,
    on: Vec<FailOn>,
}

/// A threshold that is met, in words.
pub(super) type Met = String;

impl Thresholds {
    /// `0.5%`, `0.5 %` or `0.005`.
    pub(super) fn new(above: Option<&str>, on: &[FailOn]) -> anyhow::Result<Self> {
        Ok(Self {
            above: above.map(rate).transpose()?,
            on: on.to_vec(),
        })
    }

    /// Those that the overview meets. An app whose rate is not known meets one: a gate does not open on no data.
    pub(super) fn met(&self, parts: &[Part]) -> Vec<Met> {
        let overview = parts
            .iter()
            .find(|part| part.tool == "crashsight_report_overview");
        let data = overview.and_then(Part::data).unwrap_or_default();
        let projects = data["answer"]["projects"].as_array();
        let mut met = Vec::new();
        for project in projects.into_iter().flatten() {
            let name = project["project"].as_str().unwrap_or_default();
            if let Some(above) = self.above {
                let affected = project["affected"]["rate"].as_f64();
                met.extend(match affected {
                    Some(rate) if rate > above => Some(format!(
                        "{name}: {} of the active devices are affected, more than {}",
                        percent(rate),
                        percent(above)
                    )),
                    Some(_) => None,
                    None => Some(format!("{name}: its rate is not known")),
                });
            }
            let of = |kind: FailOn| {
                let word = kind.to_possible_value();
                let word = word.as_ref().map_or("", |value| value.get_name());
                let issues = project["issues"].as_array();
                let fits = |issue: &&Value| issue["why"] == word;
                let count = issues.into_iter().flatten().filter(fits).count();
                (count > 0)
                    .then(|| format!("{name}: {} {word}", crate::reply::counted(count, "issue")))
            };
            met.extend(self.on.iter().copied().filter_map(of));
        }
        met
    }
}

fn percent(rate: f64) -> String {
    format!("{:.3} %", rate * 100.0)
}

fn rate(text: &str) -> anyhow::Result<f64> {
    let trimmed = text.trim();
    let (number, scale) = match trimmed.strip_suffix(['%', '％']) {
        Some(number) => (number.trim(), 100.0),
        None => (trimmed, 1.0),
    };
    match number.parse::<f64>().map(|number| number / scale) {
        Ok(rate) if (0.0..1.0).contains(&rate) => Ok(rate),
        _ => bail!(UsageError(format!(
            "--fail-above is a part of the active devices, as 0.5%, not `{text}`"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_percentages_or_parts() {
        for (text, expected) in [
            ("0.5%", 0.005),
            ("0.5 %", 0.005),
            ("0.005", 0.005),
            ("12%", 0.12),
        ] {
            assert!((rate(text).unwrap() - expected).abs() < 1e-12, "{text}");
        }
        for text in ["5", "-1%", "a lot", "", "NaN", "120%"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
