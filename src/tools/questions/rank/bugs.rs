//! Issues that are the same bug, as one: by the fingerprint of exception and key frame.

use std::collections::HashMap;

use crash_digest::frame::Frame;
use crash_digest::ownership::{CodeOrigin, OwnershipRules};

use super::super::issues::print;
use crate::tools::crashsight::issue_rows::IssueRow;

/// The rows of one bug, the most affected first.
pub(super) type SameBug<'a> = Vec<&'a IssueRow>;

/// Groups rows, in the order of their first. Only frames of the project's own code make a group: unrelated bugs share
/// those of libraries.
pub(super) fn group<'a>(rows: &'a [IssueRow], rules: &OwnershipRules) -> Vec<SameBug<'a>> {
    let mut groups: Vec<SameBug<'a>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let print = print(row, rules).filter(|_| is_own(row, rules));
        let print = print.map(|print| print.to_string());
        if let Some(&at) = print.as_ref().and_then(|print| known.get(print)) {
            groups[at].push(row);
            continue;
        }
        if let Some(print) = print {
            known.insert(print, groups.len());
        }
        groups.push(vec![row]);
    }
    groups
}

/// Whether the key frame is the project's own code, and has a name that holds for other builds.
fn is_own(row: &IssueRow, rules: &OwnershipRules) -> bool {
    key_frame(row)
        .is_some_and(|frame| frame.function.is_some() && rules.origin(&frame) == CodeOrigin::Own)
}

/// The first frame of a key stack.
fn key_frame(row: &IssueRow) -> Option<Frame<'_>> {
    let stack = row.key_stack.as_ref()?.raw();
    stack.lines().find_map(Frame::parse)
}

/// Whether the key frame has a name; nothing where there is no frame.
pub(super) fn has_symbols(row: &IssueRow) -> Option<bool> {
    key_frame(row).map(|frame| frame.symbolicated())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::JsonRef;
    use crate::tools::crashsight::issue_parts::Clocks;
    use crate::tools::crashsight::issue_rows;
    use jiff::tz::TimeZone;
    use serde_json::{Value, json};

    #[test]
    fn own_frames_alone_make_issues_one_bug() {
        let row = |id: &str, exception: &str, stack: &str| json!({"issueId": id, "exceptionName": exception, "keyStack": stack});
        let own = |pc: &str| {
            format!(
                "#00 pc {pc} libUE4.so UStarPet::Follow(float) (D:/ws/Source/Starfall/Pet.cpp:7) [arm64]"
            )
        };
        let bodies: Vec<Value> = vec![
            row("A1", "SIGSEGV(SEGV_MAPERR)", &own("0000000000000001")),
            row("A2", "SIGSEGV(SEGV_ACCERR)", &own("0000000000000f01")),
            row("A3", "SIGABRT", &own("0000000000000001")),
            row("A4", "SIGABRT", "#00 pc 0000000000000001 libc.so abort"),
            row("A5", "SIGABRT", "#00 pc 0000000000000001 libc.so abort"),
            row("A6", "SIGABRT", ""),
            row("A7", "SIGABRT", ""),
        ];
        let nodes: Vec<JsonRef<'_>> = bodies.iter().map(JsonRef::new).collect();
        let utc = TimeZone::UTC;
        let clocks = Clocks {
            site: &utc,
            reader: &utc,
        };
        let rows = issue_rows::read(&nodes, 0, clocks);
        let groups = group(&rows, &OwnershipRules::default());
        let ids: Vec<Vec<&str>> = groups
            .iter()
            .map(|group| {
                group
                    .iter()
                    .filter_map(|row| row.issue.as_deref())
                    .collect()
            })
            .collect();
        assert_eq!(
            ids,
            [
                vec!["A1", "A2"],
                vec!["A3"],
                vec!["A4"],
                vec!["A5"],
                vec!["A6"],
                vec!["A7"]
            ]
        );
    }
}
