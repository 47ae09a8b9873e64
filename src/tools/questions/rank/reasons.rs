//! Why an issue is urgent, in words.

use super::bugs::SameBug;
use super::launches::NEAR_S;
use super::score::Known;
use crate::reply::Untrusted;
use crate::tools::crashsight::comparison::{Change, Confidence};
use crate::tools::crashsight::issue_rows::Mark;

/// The share of reports near launch from which on it is a reason.
const NOTABLE: f64 = 0.25;

/// The reach from which on it is a reason: half of the devices of the most affected issue.
const MANY: f64 = 0.7;

/// The reasons that a score rests on, the strongest kind first.
pub(super) fn of(known: &Known, group: &SameBug<'_>, newest: Option<&Untrusted>) -> Vec<String> {
    let first = group.first();
    let mut words = Vec::new();
    let mut versions = group.iter().flat_map(|row| &row.versions);
    let only = versions.next().filter(|_| versions.next().is_none());
    match known.mark {
        Some(Mark::New) => {
            let first = first.and_then(|row| row.first_report_at.as_ref());
            let since = first.map_or_else(String::new, |at| {
                let local = at.at.to_zoned_datetime(at.zone.clone());
                format!(" on {}", local.strftime("%m-%d %H:%M"))
            });
            words.push(format!("new{since}"));
        }
        Some(Mark::Back) => words.push("back".to_owned()),
        None => words.extend(known.change.and_then(changed)),
    }
    if known.devices > 0 && known.devices == known.most_devices {
        words.push("most devices".to_owned());
    } else if known.reach() >= MANY {
        words.push("many devices".to_owned());
    }
    match (only, newest, known.in_newest_version) {
        (Some(only), ..) => words.push(format!("only in {}", only.version.line(24))),
        (None, Some(newest), Some(false)) => words.push(format!("not in {}", newest.line(24))),
        _ => {}
    }
    if known.near_launch().is_some_and(|share| share >= NOTABLE) {
        words.push(format!(
            "{} of {} within {NEAR_S} s of launch",
            known.near_launch, known.sampled
        ));
    }
    if !known.has_owner {
        words.push("no owner".to_owned());
    }
    if known.has_symbols == Some(false) {
        words.push("no symbols".to_owned());
    }
    words
}

/// `rising +53 %`; nothing for what chance alone may make.
fn changed(change: Change) -> Option<String> {
    let clear = change.confidence == Confidence::Clear;
    let word = match change.ratio {
        _ if !clear => return None,
        Some(ratio) if ratio < 0.0 => "falling",
        _ => "rising",
    };
    Some(format!("{word} {}", change.short()))
}
