//! Trends: crashes and active devices by day, by hour, and within a day up to an hour.

use serde_json::{Value, json};

use super::aggregate::{self, Seen};
use super::conditions::Conditions;
use super::envelope::Refusal;
use super::query::{Answer, Query, prefixed};
use crate::active_devices;
use crate::calendar::{self, Day, Hour};
use crate::devices::COUNTRIES;
use crate::filter::Filter;
use crate::issues::Kind;
use crate::pattern::releases;
use crate::span::Span;

/// The longest range of the cumulative trend (docs/vendor/crashsight.md §3).
const LONGEST_HOURS: usize = 360;

/// One point of the time axis.
struct Step {
    date: String,
    span: Span,
    /// Hourly values count present devices; longer ones count arrivals.
    hourly: bool,
}

/// One line of the chart: its crashes, and the vendor's label.
struct Line {
    version: String,
    country: &'static str,
    code: &'static str,
    filter: Filter,
}

/// Days, one row each.
pub(crate) fn daily(query: &Query<'_>) -> Answer {
    let (first, last) = (
        query.day(["startDate", "minDate"])?,
        query.day(["endDate", "maxDate"])?,
    );
    let step = |day: Day| Step {
        date: day.stamp(),
        span: Span::days(day, day),
        hourly: false,
    };
    rows(
        query,
        Span::days(first, last).each_day().map(step).collect(),
    )
}

/// Hours, one row each.
pub(crate) fn hourly(query: &Query<'_>) -> Answer {
    let step = |hour: Hour| Step {
        date: hour.stamp(),
        span: Span::hours(hour, hour),
        hourly: true,
    };
    rows(query, asked_hours(query)?.map(step).collect())
}

/// Hours, each row counting from the beginning of its day.
pub(crate) fn cumulative(query: &Query<'_>) -> Answer {
    let hours = asked_hours(query)?;
    if hours.clone().count() > LONGEST_HOURS {
        return Err(Refusal::parameter(
            "no more than 360 hours between start and end",
        ));
    }
    let step = |hour: Hour| Step {
        date: hour.stamp(),
        span: Span::hours(hour.day().first_hour(), hour),
        hourly: false,
    };
    rows(query, hours.map(step).collect())
}

/// The requested hours, up to the current one.
fn asked_hours(query: &Query<'_>) -> Result<impl Iterator<Item = Hour> + Clone, Refusal> {
    let first = query.hour(["startDate", "startHour"])?;
    let end = query
        .params
        .text("endDate")
        .or_else(|| query.params.text("endHour"));
    let mut last = query.hour(["endDate", "endHour"])?;
    if end.is_some_and(|text| text.len() == 8) {
        last = last.day().last_hour();
    }
    Ok(Span::hours(first, last.min(Hour::of(query.world.now_ms))).each_hour())
}

fn rows(query: &Query<'_>, steps: Vec<Step>) -> Answer {
    let kind = query.kind()?;
    let lines = lines(query);
    let facts = query.project.facts();
    let kept = query.world.kept();
    let mut rows = Vec::new();
    for step in steps {
        let inside = step.span.within(kept);
        if inside.from_ms >= inside.until_ms {
            rows.push(json!({
                "appId": facts.app,
                "platformId": facts.platform,
                "version": "NO_STATS_DATA",
                "date": step.date,
                "crashNum": 0,
                "crashUser": 0,
                "reportNumAllData": 0,
                "reportDeviceAllData": 0,
                "accessNum": 0,
                "accessUser": 0,
                "country": "NO_STATS_DATA",
            }));
            continue;
        }
        for (line, count) in lines.iter().zip(counts(query, kind, &step, &lines)) {
            let activity =
                active_devices::in_span(query.world, query.project, step.span, &line.filter);
            rows.push(json!({
                "appId": facts.app,
                "platformId": facts.platform,
                "version": line.version,
                "date": step.date,
                "crashNum": count.crashes,
                "crashUser": count.devices,
                "reportNumAllData": count.crashes,
                "reportDeviceAllData": count.devices,
                "accessNum": activity.launches,
                "accessUser": if step.hourly { activity.present } else { activity.arrivals },
                "country": line.country,
                "countryOrRegionCode": line.code,
            }));
        }
    }
    Ok(Value::Array(rows))
}

/// Counts of all lines in one pass over the crashes.
fn counts(query: &Query<'_>, kind: Kind, step: &Step, lines: &[Line]) -> Vec<aggregate::Count> {
    if let [line] = lines {
        let issues = query.issues_of(kind);
        return vec![aggregate::of_issues(
            query.world,
            issues,
            step.span,
            &line.filter,
        )];
    }
    let mut seen = vec![Seen::default(); lines.len()];
    for issue in query.issues_of(kind) {
        query
            .world
            .each_crash(issue, step.span, &Filter::ALL, |crash| {
                for (seen, line) in seen.iter_mut().zip(lines) {
                    if line.filter.takes(crash) {
                        seen.add(crash.device);
                    }
                }
            });
    }
    seen.into_iter().map(Seen::count).collect()
}

/// One line in total, or one per version and country, depending on the flags.
fn lines(query: &Query<'_>) -> Vec<Line> {
    let by_country = query.params.flag("needCountryDimension");
    let patterns = query.version_patterns();
    let whole = query.filter(by_country);
    let mut versions = vec![("-1".to_owned(), whole.clone())];
    if !patterns.is_empty() {
        let merge = query
            .params
            .flag("mergeMultipleVersionsWithInaccurateResult");
        if merge && patterns.len() > 1 {
            versions = vec![("MERGED".to_owned(), whole)];
        } else {
            let one = |pattern: &String| {
                let releases = releases(query.project, std::slice::from_ref(pattern));
                (
                    pattern.clone(),
                    Filter {
                        releases,
                        ..whole.clone()
                    },
                )
            };
            versions = patterns.iter().map(one).collect();
        }
    }
    let mut lines = Vec::new();
    for (version, filter) in versions {
        if !by_country {
            lines.push(Line {
                version,
                country: "-1",
                code: "-1",
                filter,
            });
            continue;
        }
        for (position, country) in COUNTRIES.iter().enumerate() {
            if filter.takes_country(position) {
                lines.push(Line {
                    version: version.clone(),
                    country: country.name,
                    code: country.code,
                    filter: Filter {
                        countries: Some(vec![position]),
                        ..filter.clone()
                    },
                });
            }
        }
    }
    lines
}

/// Crash, ANR and error of one day so far.
pub(crate) fn day_stats(query: &Query<'_>) -> Answer {
    let first = query.hour(["startHour", "startHour"])?;
    let last = query.hour(["endHour", "endHour"])?;
    if first.of_day() != 0 || first.day() != last.day() {
        return Err(Refusal::parameter(
            "startHour must be hour 00 and endHour of the same day",
        ));
    }
    let wanted = query
        .params
        .text("type")
        .unwrap_or_else(|| "all".to_owned());
    if wanted != "all" && Kind::parse(&wanted).is_none() {
        return Err(Refusal::parameter(format!("unsupported type: {wanted}")));
    }
    let last = last.min(Hour::of(query.world.now_ms)).max(first);
    let span = Span::hours(first, last);
    let all = query.filter(false);
    let emulators = Filter {
        emulator: Some(true),
        ..all.clone()
    };
    let activity = active_devices::in_span(query.world, query.project, span, &all);
    let facts = query.project.facts();
    let mut row = json!({
        "appId": facts.app,
        "platformId": facts.platform,
        "version": query.params.text("version").unwrap_or_else(|| "-1".to_owned()),
        "date": last.stamp(),
        "type": "",
        "accessNum": activity.launches,
        "accessUser": activity.arrivals,
    });
    for (prefix, filter) in [("", &all), ("vm", &emulators)] {
        for kind in [Kind::Crash, Kind::Anr, Kind::Error] {
            let counted = wanted == "all" || wanted == kind.name();
            let issues = query.issues_of(kind).filter(|_| counted);
            let count = aggregate::of_issues(query.world, issues, span, filter);
            let name = prefixed(prefix, kind.name());
            row[format!("{name}Num")] = count.crashes.into();
            row[format!("{name}User")] = count.devices.into();
        }
    }
    Ok(json!([row]))
}

/// Crash, ANR and error by day or hour, under conditions on the reports.
pub(crate) fn advanced(query: &Query<'_>) -> Answer {
    let instant = |name: &str| {
        // Read as the documents' examples are written: the site's time under a `Z`.
        calendar::parse_rfc3339(&query.required(name)?)
            .map(|utc_ms| utc_ms - calendar::ZONE_MS)
            .ok_or_else(|| Refusal::parameter(format!("{name} is not a date-time")))
    };
    // Whole seconds, as documented: the last one is inside to its end.
    let asked = Span {
        from_ms: instant("minDatetime")?,
        until_ms: instant("maxDatetime")? + 1_000,
    };
    let span = asked.within(query.world.kept());
    let unit = query.params.text("granularityUnit");
    let steps: Vec<(i64, Span)> = match unit.as_deref() {
        Some("HOUR") => span
            .each_hour()
            .map(|hour| (hour.start_ms(), Span::hours(hour, hour)))
            .collect(),
        Some("DAY") | None => span
            .each_day()
            .map(|day| (day.first_hour().start_ms(), Span::days(day, day)))
            .collect(),
        Some(unit) => {
            return Err(Refusal::parameter(format!(
                "unsupported granularityUnit: {unit}"
            )));
        }
    };
    let conditions = Conditions::read(query.params, query.world)?;
    let filter = Filter {
        releases: conditions.releases(query.project),
        ..Filter::ALL
    };
    let mut points = Vec::new();
    for (start_ms, step) in steps {
        let step = step.within(span);
        let activity = active_devices::in_span(query.world, query.project, step, &filter);
        let mut point = json!({"date": calendar::seconds_text(start_ms)});
        for kind in [Kind::Crash, Kind::Anr, Kind::Error] {
            let mut seen = Seen::default();
            let issues = query.issues_of(kind);
            for issue in issues.filter(|issue| conditions.match_issue(issue)) {
                query.world.each_crash(issue, step, &filter, |crash| {
                    if conditions.match_crash(crash) {
                        seen.add(crash.device);
                    }
                });
            }
            let count = seen.count();
            point[format!("{}Num", kind.name())] = count.crashes.into();
            point[format!("{}User", kind.name())] = count.devices.into();
        }
        // Conditions on reports do not select active devices.
        point["accessNum"] = activity.launches.into();
        let active = match unit.as_deref() {
            Some("HOUR") => activity.present,
            _ => activity.arrivals,
        };
        point["accessUser"] = active.into();
        points.push(point);
    }
    Ok(json!({"trendList": points}))
}
