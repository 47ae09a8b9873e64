use jiff::Timestamp;

use super::*;
use crate::error::Error;
use crate::request::CachePolicy;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zones(service: &str, display: &str) -> Zones {
    Zones {
        service: zone(service).unwrap(),
        display: zone(display).unwrap(),
    }
}

fn resolve(text: &str, grain: Granularity, now: &str, zones: &Zones) -> Result<Window, Error> {
    WindowSpec::try_from(text.to_owned())
        .unwrap()
        .resolve(grain, at(now), zones)
}

fn title(text: &str, grain: Granularity, now: &str) -> String {
    resolve(text, grain, now, &zones("+08:00", "+08:00"))
        .unwrap()
        .title()
}

const NOW: &str = "2026-11-22T16:08:30+08:00";

#[test]
fn titles_are_absolute_and_say_what_is_partial() {
    for (text, grain, expected) in [
        (
            "today",
            Granularity::Day,
            "2026-11-22 00:00–16:08 +08:00 (partial day)",
        ),
        ("yesterday", Granularity::Day, "2026-11-21 +08:00"),
        (
            "7d",
            Granularity::Day,
            "2026-11-16..2026-11-22 +08:00 (last day partial, until 16:08)",
        ),
        (
            "this_week",
            Granularity::Day,
            "2026-11-16..2026-11-22 +08:00 (last day partial, until 16:08)",
        ),
        (
            "last_week",
            Granularity::Day,
            "2026-11-09..2026-11-15 +08:00",
        ),
        (
            "last_month",
            Granularity::Day,
            "2026-10-01..2026-10-31 +08:00",
        ),
        (
            "2026-11",
            Granularity::Day,
            "2026-11-01..2026-11-22 +08:00 (last day partial, until 16:08)",
        ),
        (
            "2026-11-01..2026-11-07",
            Granularity::Day,
            "2026-11-01..2026-11-07 +08:00",
        ),
        (
            "2026-11-20..2026-12-31",
            Granularity::Day,
            "2026-11-20..2026-11-22 +08:00 (last day partial, until 16:08)",
        ),
        (
            "24h",
            Granularity::Hour,
            "2026-11-21 17:00–2026-11-22 16:08 +08:00 (last hour partial)",
        ),
        ("24h", Granularity::Second, "2026-11-21 16:08–16:08 +08:00"),
        (
            "2026-11-20T08..2026-11-20T12",
            Granularity::Hour,
            "2026-11-20 08:00–12:00 +08:00",
        ),
        (
            "2026-11-20T08",
            Granularity::Hour,
            "2026-11-20 08:00–09:00 +08:00",
        ),
        (
            "today",
            Granularity::Second,
            "2026-11-22 00:00–16:08 +08:00 (partial day)",
        ),
    ] {
        assert_eq!(
            title(text, grain, NOW).replace(
                "2026-11-21 16:08–2026-11-22 16:08",
                "2026-11-21 16:08–16:08"
            ),
            expected,
            "{text}"
        );
    }
}

#[test]
fn midnight_belongs_to_the_new_day() {
    let home = zones("+08:00", "+08:00");
    let before = resolve(
        "today",
        Granularity::Day,
        "2026-11-22T23:59:59+08:00",
        &home,
    )
    .unwrap();
    let after = resolve(
        "today",
        Granularity::Day,
        "2026-11-23T00:00:00+08:00",
        &home,
    )
    .unwrap();
    assert_eq!(before.first_day_param(), "20261122");
    assert_eq!(after.first_day_param(), "20261123");
    assert!(after.partial());
    let closed = resolve(
        "yesterday",
        Granularity::Day,
        "2026-11-23T00:00:00+08:00",
        &home,
    )
    .unwrap();
    assert!(!closed.partial());
    assert_eq!(
        closed.cache_policy(),
        CachePolicy::OneMinute,
        "late reports still arrive"
    );
    let settled = resolve(
        "yesterday",
        Granularity::Day,
        "2026-11-23T09:00:00+08:00",
        &home,
    )
    .unwrap();
    assert_eq!(settled.cache_policy(), CachePolicy::CompleteDays);
    let at_three_days = |now: &str| {
        let window = resolve("2026-11-22", Granularity::Day, now, &home).unwrap();
        window.cache_policy()
    };
    assert_eq!(
        at_three_days("2026-11-25T23:59:00+08:00"),
        CachePolicy::CompleteDays
    );
    assert_eq!(
        at_three_days("2026-11-26T00:01:00+08:00"),
        CachePolicy::ClosedDays,
        "the late reports are in"
    );
}

#[test]
fn weeks_start_on_monday_and_months_end_where_they_end() {
    let home = zones("+08:00", "+08:00");
    let range = |text: &str, now: &str| {
        let window = resolve(text, Granularity::Day, now, &home).unwrap();
        (window.first_day_param(), window.last_day_param())
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        range("this_week", "2026-11-23T00:10:00+08:00"),
        pair("20261123", "20261123")
    );
    assert_eq!(
        range("last_week", "2026-11-23T00:10:00+08:00"),
        pair("20261116", "20261122")
    );
    assert_eq!(
        range("last_month", "2026-03-31T12:00:00+08:00"),
        pair("20260201", "20260228")
    );
    assert_eq!(
        range("last_month", "2026-01-01T00:00:00+08:00"),
        pair("20251201", "20251231")
    );
    assert_eq!(
        range("7d", "2026-03-02T12:00:00+08:00"),
        pair("20260224", "20260302")
    );
    assert_eq!(
        range("近30天", "2028-03-01T12:00:00+08:00"),
        pair("20280201", "20280301")
    );
}

#[test]
fn days_are_the_sites_and_seconds_the_readers() {
    // In New York it is still the 22nd when the site's 23rd has begun.
    let far = zones("+08:00", "America/New_York");
    let now = "2026-11-22T14:00:00-05:00";
    let by_day = resolve("today", Granularity::Day, now, &far).unwrap();
    assert_eq!(by_day.first_day_param(), "20261123");
    assert_eq!(
        by_day.zone_note().unwrap(),
        "days and hours are the service's (+08:00); your zone is -05:00, now 2026-11-22 14:00"
    );
    let by_second = resolve("today", Granularity::Second, now, &far).unwrap();
    assert_eq!(by_second.first_second_wire(), "2026-11-22 13:00:00");
    assert_eq!(by_second.last_second_wire(), "2026-11-23 12:59:59");
    assert_eq!(
        by_second.title(),
        "2026-11-22 00:00–14:00 -05:00 (partial day)"
    );
    assert!(by_second.zone_note().is_none());
    // India is half an hour off the site's hours: the range widens to whole hours of the site.
    let india = zones("+08:00", "Asia/Kolkata");
    let by_hour = resolve(
        "2026-11-20T08..2026-11-20T10",
        Granularity::Hour,
        now,
        &india,
    )
    .unwrap();
    assert_eq!(by_hour.title(), "2026-11-20 10:00–13:00 +08:00");
    assert_eq!(
        (by_hour.first_hour_param(), by_hour.last_hour_param()),
        ("2026112010".into(), "2026112012".into())
    );
}

#[test]
fn a_day_of_summer_time_has_its_own_length() {
    let berlin = zones("+08:00", "Europe/Berlin");
    let window = resolve("2026-03-29", Granularity::Second, NOW, &berlin).unwrap();
    assert_eq!(window.hours(), 23);
}

#[test]
fn limits_name_a_range_that_works() {
    let home = zones("+08:00", "+08:00");
    let month = || resolve("40d", Granularity::Day, NOW, &home).unwrap();
    assert_eq!(
        month().at_most_days(30).unwrap_err().to_string(),
        "window has 40 days; maximum 30 days, such as `2026-10-24..2026-11-22`"
    );
    assert_eq!(
        month().at_most_days(1).unwrap_err().to_string(),
        "window has 40 days; maximum one day, such as `2026-11-22`"
    );
    let hours = resolve("400h", Granularity::Hour, NOW, &home).unwrap();
    let error = hours.at_most_hours(360).unwrap_err().to_string();
    assert_eq!(
        error,
        "window has 400 hours; maximum 360, such as `2026-11-07T17..2026-11-22T17`"
    );
    // The range it names is accepted.
    assert!(
        resolve(
            "2026-11-07T17..2026-11-22T17",
            Granularity::Hour,
            NOW,
            &home
        )
        .unwrap()
        .at_most_hours(360)
        .is_ok()
    );
}

#[test]
fn limits_count_and_name_in_the_readers_zone() {
    for reader in ["America/New_York", "+05:30"] {
        let abroad = zones("+08:00", reader);
        let month = resolve("30d", Granularity::Second, NOW, &abroad).unwrap();
        assert_eq!(month.days(), 31, "days of the site");
        let month = month.at_most_days(30).unwrap();
        let again = resolve(&month.to_argument(), Granularity::Second, NOW, &abroad).unwrap();
        assert_eq!(again.start(), month.start());
        assert_eq!(again.end_or_now(), month.end_or_now());

        let hours = resolve("400h", Granularity::Hour, NOW, &abroad).unwrap();
        let again = resolve(&hours.to_argument(), Granularity::Hour, NOW, &abroad).unwrap();
        assert_eq!(again.start(), hours.start());
        let error = hours.at_most_hours(360).unwrap_err().to_string();
        let named = error.rsplit('`').nth(1).unwrap();
        let served = resolve(named, Granularity::Hour, NOW, &abroad).unwrap();
        assert_eq!(served.hours(), 360, "{error}");
        assert_eq!(served.end_or_now(), at(NOW), "{error}");
    }
}

#[test]
fn the_end_of_the_calendar_is_no_fault() {
    let home = zones("+08:00", "+08:00");
    for text in ["9999-12-31T06", "9999-12-31T05:59", "9999-12-31"] {
        for grain in [Granularity::Day, Granularity::Hour, Granularity::Second] {
            assert!(resolve(text, grain, NOW, &home).is_err(), "{text}");
        }
    }
}

#[test]
fn impossible_ranges_are_refused_in_words() {
    let home = zones("+08:00", "+08:00");
    let refuse = |text: &str, grain| resolve(text, grain, NOW, &home).unwrap_err().to_string();
    assert!(refuse("2026-11-07..2026-11-01", Granularity::Day).contains("ends before it starts"));
    assert!(refuse("2026-12-01", Granularity::Day).contains("in the future"));
    assert!(refuse("24h", Granularity::Day).contains("whole days"));
    assert!(refuse("2026-11-20T08..2026-11-20T12", Granularity::Day).contains("whole days"));
}

/// Each line of the file has ways to write one range, read on Sunday 2026-11-22.
#[test]
fn what_people_write_is_resolved_against_today() {
    let home = zones("+08:00", "+08:00");
    let mut lines = Vec::new();
    for line in include_str!("forms.txt").lines() {
        let mut titles: Vec<String> = line
            .split(" | ")
            .map(|form| {
                let window = resolve(form, Granularity::Second, NOW, &home);
                window.map_or_else(|error| format!("{form}: {error}"), |window| window.title())
            })
            .collect();
        titles.dedup();
        lines.push(format!("{line} => {}", titles.join(" | ")));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_refusal_names_today_and_only_forms_that_the_tool_serves() {
    let home = zones("+08:00", "+08:00");
    let spec = WindowSpec::try_from("soon".to_owned()).unwrap();
    let served: [Served; 8] = [
        Granularity::Day.into(),
        Granularity::Day.at_most_days(1),
        Granularity::Hour.at_most_hours(360),
        Granularity::Hour.at_most_hours(1),
        Granularity::Second.into(),
        Served::from(Granularity::Second).within_retention_hours(1),
        Granularity::Day.at_most_days(1).complete_days(),
        Served::from(Granularity::Day)
            .within_retention_days(7)
            .complete_days(),
    ];
    for served in served {
        let refusal = spec
            .resolve(served, at(NOW), &home)
            .unwrap_err()
            .to_string();
        let (forms, rest) = refusal.split_once(", not `soon`; ").unwrap();
        assert_eq!(rest, "today is 2026-11-22, Sunday");
        let forms = forms.strip_prefix("window: a time range is ").unwrap();
        for form in forms.replace(" or ", ", ").split(", ") {
            let spec = WindowSpec::try_from(form.to_owned()).unwrap();
            assert!(
                spec.resolve(served, at(NOW), &home).is_ok(),
                "{form}: {served:?}"
            );
        }
    }
}

#[test]
fn zones_are_read_in_their_usual_forms() {
    for text in ["+08:00", "+0800", "+8", "UTC", "Asia/Shanghai", "-03:30"] {
        assert!(zone(text).is_ok(), "{text}");
    }
    for text in ["", "8", "+25:00", "+ab:cd", "Mars/Base", "+中文"] {
        assert!(zone(text).is_err(), "{text}");
    }
}

#[test]
fn the_last_hours_are_the_services_in_a_half_hour_zone() {
    let zones = zones("+08:00", "+05:30");
    for (text, hours) in [("1h", 1), ("24h", 24)] {
        let window = resolve(text, Granularity::Hour, NOW, &zones).unwrap();
        assert_eq!(window.hours(), hours, "{text}");
    }
}
