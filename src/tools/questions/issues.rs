//! Issues of two lists matched: by id within an app, by fingerprint across apps.

use std::borrow::Cow;

use crash_digest::fingerprint::{Fingerprint, fingerprint};
use crash_digest::ownership::OwnershipRules;

use crate::tools::crashsight::issue_rows::IssueRow;

/// The fingerprint of an issue's exception and key frame; nothing where the row has no frame that is recognised.
pub(super) fn print(row: &IssueRow, rules: &OwnershipRules) -> Option<Fingerprint> {
    let key_stack = row.key_stack.as_ref()?.raw();
    let text: Cow<'_, str> = match &row.exception {
        Some(exception) => format!("{}\n{key_stack}", exception.raw()).into(),
        None => key_stack.into(),
    };
    let stack = crash_digest::stack::parse(&text);
    (!stack.frames.is_empty()).then(|| fingerprint(&stack, rules))
}

/// Pairs the rows of two lists: indices into `left` and `right`, a row without a counterpart alone.
pub(super) fn pair(
    left: &[IssueRow],
    right: &[IssueRow],
    same_app: bool,
    rules: &OwnershipRules,
) -> Vec<(Option<usize>, Option<usize>)> {
    let key = |row: &IssueRow| -> Option<String> {
        if same_app {
            row.issue.clone()
        } else {
            print(row, rules).map(|print| print.to_string())
        }
    };
    let right_keys: Vec<Option<String>> = right.iter().map(key).collect();
    let mut free: Vec<bool> = vec![true; right.len()];
    let mut pairs = Vec::with_capacity(left.len() + right.len());
    for (at, row) in left.iter().enumerate() {
        let key = key(row);
        let other = key.as_ref().and_then(|key| {
            (0..right.len()).find(|&index| free[index] && right_keys[index].as_ref() == Some(key))
        });
        if let Some(index) = other {
            free[index] = false;
        }
        pairs.push((Some(at), other));
    }
    pairs.extend(
        (0..right.len())
            .filter(|&index| free[index])
            .map(|index| (None, Some(index))),
    );
    pairs
}
