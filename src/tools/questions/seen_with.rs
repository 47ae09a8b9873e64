//! The devices of a user, or the users of a device, by reports and launches.

use schemars::JsonSchema;
use serde::Serialize;

use crate::reply::{Cell, Fact, Untrusted};
use crate::tools::crashsight::crash_rows::CrashRow;
use crate::tools::crashsight::launches::Launches;
use crate::tools::output::Time;

/// Devices or users named.
const MOST: usize = 5;

/// A device of a user, or a user of a device.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct SeenWith {
    pub(super) id: Untrusted,
    /// Of a device.
    model: Option<Untrusted>,
    os: Option<Untrusted>,
    reports: usize,
    launches: usize,
    latest: Option<Time>,
}

/// Those of reports and launches, the latest first. Placeholders of a player who has not logged in are no users.
pub(super) fn seen_with<'a>(
    of_user: bool,
    rows: impl Iterator<Item = &'a CrashRow>,
    launches: Option<&Launches>,
) -> Vec<SeenWith> {
    let mut all: Vec<SeenWith> = Vec::new();
    for row in rows {
        let id = if of_user { &row.device_id } else { &row.user };
        if let Some(seen) = find(&mut all, id.as_ref(), row.uploaded_at.as_ref()) {
            seen.reports += 1;
            if of_user {
                seen.model = seen.model.take().or_else(|| row.model.clone());
                seen.os = seen.os.take().or_else(|| row.os.clone());
            }
        }
    }
    for launch in launches.iter().flat_map(|launches| &launches.newest) {
        let id = if of_user {
            &launch.device_id
        } else {
            &launch.user
        };
        if let Some(seen) = find(&mut all, id.as_ref(), launch.at()) {
            seen.launches += 1;
            if of_user {
                seen.model = seen.model.take().or_else(|| launch.model.clone());
                seen.os = seen.os.take().or_else(|| launch.os.clone());
            }
        }
    }
    all.sort_by_key(|seen| std::cmp::Reverse(seen.latest.as_ref().map(|time| time.at)));
    all
}

/// The entry of an id, with its latest time.
fn find<'a>(
    all: &'a mut Vec<SeenWith>,
    id: Option<&Untrusted>,
    at: Option<&Time>,
) -> Option<&'a mut SeenWith> {
    let id = id.filter(|id| !id.is_empty() && !id.raw().eq_ignore_ascii_case("unknown"))?;
    let place = all.iter().position(|seen| seen.id == *id);
    let place = place.unwrap_or_else(|| {
        all.push(SeenWith {
            id: id.clone(),
            model: None,
            os: None,
            reports: 0,
            launches: 0,
            latest: None,
        });
        all.len() - 1
    });
    let seen = all.get_mut(place)?;
    if at.map(|at| at.at) > seen.latest.as_ref().map(|at| at.at) {
        seen.latest = at.cloned();
    }
    Some(seen)
}

/// On a line.
pub(super) fn facts(all: &[SeenWith], of_user: bool) -> Vec<Fact> {
    let mut facts: Vec<Fact> = all
        .iter()
        .take(MOST)
        .map(|seen| {
            let counts = [(seen.reports, "report"), (seen.launches, "launch")];
            let mut words: Vec<String> = Vec::new();
            if let Some(model) = &seen.model {
                words.push(model.line(40));
            }
            words.extend(counts.iter().filter(|(count, _)| *count > 0).map(
                |(count, what)| match (*count, *what) {
                    (count, "launch") if count > 1 => format!("{count} launches"),
                    (count, what) => crate::reply::counted(count, what),
                },
            ));
            let id = seen.id.line(60);
            Fact::new(
                "",
                Cell::from_untrusted(format!("{id} ({})", words.join(", "))),
            )
        })
        .collect();
    if let Some(first) = facts.first_mut() {
        let label = match (of_user, all.len()) {
            (true, 1) => "device",
            (true, _) => "devices",
            (false, 1) => "user",
            (false, _) => "users",
        };
        label.clone_into(&mut first.label);
    }
    if all.len() > MOST {
        facts.push(Fact::new(
            "",
            Cell::Text(format!("and {} others", all.len() - MOST)),
        ));
    }
    facts
}
