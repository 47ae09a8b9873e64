//! Days of the week of two ranges that are compared.

use jiff::ToSpan as _;
use jiff::civil::Weekday;

use super::spans::{self, Spans};

/// Days of other weekdays differ for that alone; nothing where the weekdays are the same.
pub(super) fn other_weekdays(spans: &Spans) -> Option<String> {
    let weekdays = |total: &spans::Total| -> Vec<Weekday> {
        let first = total.first.date();
        let days = spans.days.min(7);
        let mut days: Vec<Weekday> = (0..7_i64)
            .take(days)
            .filter_map(|day| first.checked_add(day.days()).ok())
            .map(jiff::civil::Date::weekday)
            .collect();
        days.sort_by_key(|day| day.to_monday_zero_offset());
        days
    };
    let (a, b) = (weekdays(&spans.a), weekdays(&spans.b));
    if a == b {
        return None;
    }
    let words = |days: &[Weekday]| {
        let days: Vec<String> = days
            .iter()
            .map(|day| format!("{day:?}")[..3].to_owned())
            .collect();
        days.join(", ")
    };
    Some(format!(
        "other days of the week: a has {}, b has {}; a part of the difference may be theirs",
        words(&a),
        words(&b)
    ))
}

/// The range of `a` on the same weekdays of the week before.
pub(super) fn week_before(spans: &Spans) -> Option<String> {
    let day = |at: jiff::civil::DateTime| at.date().checked_sub(7.days()).ok();
    Some(format!("{}..{}", day(spans.a.first)?, day(spans.a.last)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::questions::spans::{Counted, equal_days};
    use jiff::civil::date;

    fn days(from: i8, count: i8) -> Vec<Counted> {
        (from..from + count)
            .map(|day| Counted {
                at: date(2026, 11, day).at(0, 0, 0, 0),
                partial: false,
                reports: 1,
                affected: 1,
                active: 100,
            })
            .collect()
    }

    #[test]
    fn a_weekend_beside_working_days_is_said() {
        // The 23rd was a Monday.
        let after = equal_days(&days(27, 3), &days(24, 3)).unwrap();
        let words = other_weekdays(&after).unwrap();
        assert!(
            words.contains("a has Fri, Sat, Sun, b has Tue, Wed, Thu"),
            "{words}"
        );
        assert_eq!(
            week_before(&after).as_deref(),
            Some("2026-11-20..2026-11-22")
        );
        let weeks = equal_days(&days(16, 7), &days(9, 7)).unwrap();
        assert_eq!(other_weekdays(&weeks), None);
    }
}
