//! What one answer may take of the calls that are left in a minute: ten questions in a minute share 25 of them.
//!
//! An answer takes what it cannot do without in any case. What it can do without it asks for within a share of the calls
//! that were left when it began, so that those after it have calls too; what is left out is named with its call.

use crate::project::AppRef;
use crate::upstream::api::Api;

/// Of fewer calls, half a minute's, a smaller share is taken.
const HALF: usize = 13;

/// Calls from which on a tool of a few requests leaves out what it can do without.
const FEW: usize = 6;

/// Calls that one answer may take; `None` where no limit is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance(Option<usize>);

impl Allowance {
    /// Of the calls that the account of an app could make now.
    pub(crate) async fn of(api: &Api<'_>, app: &AppRef) -> Self {
        Self(api.remaining_calls(&app.account).await.map(share))
    }

    /// Which parts can be asked for beside `needed` calls, those named first before the others, by the calls that each
    /// takes. A part that is known takes none.
    pub(crate) fn afforded<const N: usize>(self, needed: usize, costs: [usize; N]) -> [bool; N] {
        let Some(all) = self.0 else {
            return [true; N];
        };
        let mut spare = all.saturating_sub(needed);
        costs.map(|cost| {
            let afforded = cost <= spare;
            spare -= if afforded { cost } else { 0 };
            afforded
        })
    }
}

/// The part of the calls left that one answer may take.
pub(crate) fn share(left: usize) -> usize {
    left / one_in(left)
}

/// One of how many calls it may take of those that were left when it began.
pub(crate) fn one_in(left: usize) -> usize {
    if left > HALF { 3 } else { 4 }
}

/// Whether a tool of a few requests may make one more that it can do without.
pub(crate) async fn has_spare_call(api: &Api<'_>, app: &AppRef) -> bool {
    let left = api.remaining_calls(&app.account).await;
    left.is_none_or(|left| left > FEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_most_is_asked_for_first() {
        for (all, needed, costs, expected) in [
            (None, 5, [1, 1, 1], [true, true, true]),
            (Some(8), 3, [1, 1, 1], [true, true, true]),
            (Some(5), 3, [1, 1, 1], [true, true, false]),
            (Some(4), 3, [0, 1, 1], [true, true, false]),
            (Some(4), 3, [2, 1, 0], [false, true, true]),
            (Some(1), 3, [1, 0, 1], [false, true, false]),
        ] {
            let afforded = Allowance(all).afforded(needed, costs);
            assert_eq!(afforded, expected, "{all:?} {costs:?}");
        }
    }
}
