//! Ranges of the searches that count back from now and know no other end.

use jiff::Timestamp;

use crate::error::Error;
use crate::time_range::Window;

/// A range that ends now, in whole minutes back from now, so that the same question within a minute is the same
/// request. `None` for a range that ended before.
pub(super) fn minutes_back(window: &Window, now: Timestamp) -> Option<i64> {
    let ends_now = window.end_or_now() >= now;
    let seconds = now.as_second() - window.start().as_second();
    ends_now.then(|| seconds.div_euclid(60).max(1))
}

/// The same, or why the range cannot be served.
pub(crate) fn minutes_until_now(window: &Window, now: Timestamp) -> Result<i64, Error> {
    minutes_back(window, now).ok_or_else(|| {
        Error::invalid_arguments(
            "this search counts back from now: give a window that ends now, such as `24h`, `7d` or `this_month`",
        )
    })
}

/// The range as an argument of another such search, now or a little later.
pub(crate) fn argument(window: &Window, now: Timestamp) -> Result<String, Error> {
    let minutes = minutes_until_now(window, now)?;
    let argument = window.to_argument();
    // With a time of day it would end before the moment at which it is read.
    Ok(if argument.contains('T') {
        format!("{}h", minutes.div_euclid(60).max(1))
    } else {
        argument
    })
}
