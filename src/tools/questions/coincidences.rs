//! What else began when a rate changed: versions, pushes, call quality. What cannot be asked is said.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::change_of_rate::{ChangeOfRate, hour_label, time};
use super::parts::{Parts, arguments};
use super::spans::{self, Counted};
use crate::args::ReportKind;
use crate::project::CrashSightApp;
use crate::reply::{Cell, Fact, Reply, Untrusted, grouped};
use crate::request::ProviderId;
use crate::time_range::Window;
use crate::tools::agora::live_metrics::GetLiveExperience;
use crate::tools::crashsight::comparison::Change;
use crate::tools::crashsight::trends::{GetHourlyTrend, TrendQuery};
use crate::tools::crashsight::version_dates::ListVersions;
use crate::tools::getui::pushes::GetDailyPushReport;
use crate::tools::output::{Day, DeviceRate, Output, Time};

/// What else happened around a change.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Coincidences {
    /// The newest version that was first seen on the day of the change or the day before.
    version: Option<VersionBeside>,
    /// In time order.
    pub(super) events: Vec<Event>,
}

/// A version beside all others since the change.
#[derive(Debug, Serialize, JsonSchema)]
struct VersionBeside {
    version: Untrusted,
    first_seen: Option<Day>,
    /// The first hour of the range in which devices had it; absent where it was there before.
    first_hour: Option<Time>,
    /// Since the change: affected and active devices, counted in each hour.
    devices: DeviceRate,
    others: Option<DeviceRate>,
    /// From the others to it.
    change: Option<Change>,
}

/// Something with a time.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Event {
    /// `change`, `issue`, `version`, `pushes` or `call_quality`
    kind: &'static str,
    day: Day,
    /// Where the hour is known.
    hour: Option<Time>,
    what: Untrusted,
}

impl Event {
    /// Something of an hour.
    pub(super) fn at(kind: &'static str, hour: Time, what: String) -> Self {
        Self {
            kind,
            day: Day(hour.date()),
            hour: Some(hour),
            what: Untrusted::new(what),
        }
    }

    /// By time; what is known by the day alone comes before its hours.
    pub(super) fn order(&self) -> (Date, Option<jiff::Timestamp>) {
        (self.day.0, self.hour.as_ref().map(|hour| hour.at))
    }

    /// Time and words.
    pub(super) fn cells(&self) -> Vec<Cell> {
        let at = match &self.hour {
            Some(hour) => hour_label(hour),
            None => self.day.0.strftime("%m-%d").to_string(),
        };
        vec![Cell::Text(at), Cell::Text(self.what.line(240))]
    }
}

impl Coincidences {
    /// The version beside the others.
    pub(super) fn show_version(&self, since: &str, reply: &mut Reply) {
        let Some(version) = &self.version else {
            return;
        };
        let label = format!("since {since} in version {}:", version.version.line(40));
        let mut facts = vec![Fact::new(label, version.devices.cell()).unit("active")];
        if let Some(others) = version.others {
            facts.push(Fact::new("in all others", others.cell()));
        }
        if let Some(change) = version.change {
            facts.push(Fact::new("", Cell::Text(change.text())));
        }
        reply.facts(facts);
    }
}

/// The change that something else may belong to.
pub(super) struct Around<'a> {
    pub(super) parts: &'a Parts<'a>,
    pub(super) app: &'a CrashSightApp,
    pub(super) kind: ReportKind,
    pub(super) window: &'a Window,
    pub(super) change: &'a ChangeOfRate,
    /// The hours of all versions; absent where an issue is looked at.
    pub(super) whole: Option<&'a [Counted]>,
    /// Whether calls are left for versions.
    pub(super) with_version: bool,
}

impl Around<'_> {
    /// Asks for what is known around the change, side by side; with sentences about what cannot be asked.
    pub(super) async fn ask(&self) -> (Coincidences, Vec<String>) {
        let (version, pushes, calls) =
            tokio::join!(self.version(), self.pushes(), self.call_quality());
        let mut all = Coincidences::default();
        let mut notes = Vec::new();
        if let Some((version, event)) = version {
            all.version = version;
            all.events.push(event);
        }
        for (events, note) in [pushes, calls] {
            all.events.extend(events);
            notes.extend(note);
        }
        all.events.sort_by_key(Event::order);
        (all, notes)
    }

    fn asked<const N: usize>(&self, more: [(&str, Value); N]) -> Value {
        let mut all = arguments([("project", json!(self.app.label))]);
        for (name, value) in more {
            all[name] = value;
        }
        all
    }

    /// Whether the project has an app at a service.
    fn has(&self, provider: ProviderId) -> bool {
        let projects = &self.parts.ctx.projects;
        let project = projects.find(&self.app.label);
        project.is_some_and(|project| project.has_app(provider))
    }

    /// The hour of the change, by the service's clock.
    fn local(&self) -> DateTime {
        let at = self.change.from.at;
        at.to_zoned_datetime(self.app.account.zone.clone())
            .datetime()
    }

    /// The newest version that began then, its hour, and its rate beside that of the others.
    async fn version(&self) -> Option<(Option<VersionBeside>, Event)> {
        let day = self.local().date();
        let listed = self
            .parts
            .get_if::<ListVersions>(
                self.with_version,
                "versions with their first day",
                self.asked([]),
            )
            .await?;
        let begins = |seen: Day| seen.0 <= day && seen.0 >= day.yesterday().unwrap_or(day);
        let mut versions = listed.answer.versions.into_iter();
        let seen = versions.find(|version| version.first_seen.is_some_and(begins))?;
        let first_seen = seen.first_seen?;
        let name = seen.version;
        let mut asked = self.asked([
            ("window", json!(self.window.to_argument())),
            ("versions", json!([name.raw()])),
        ]);
        if self.kind != ReportKind::default() {
            asked["kind"] = json!(self.kind.wire());
        }
        let trend = self
            .parts
            .get::<TrendQuery<GetHourlyTrend>>("the hours of the version", asked)
            .await;
        let own = trend.map_or_else(Vec::new, |trend| spans::counted(&trend.answer));
        let first = own.iter().find(|hour| hour.active > 0);
        let first_hour = first
            .filter(|hour| hour.at > self.window.site_bounds().0)
            .and_then(|hour| time(hour.at, &self.app.account.zone));
        let whole = self.whole.and_then(|whole| self.since(whole));
        let devices = self.since(&own).filter(|_| whole.is_some());
        let others = devices.zip(whole);
        let others = others.and_then(|(own, whole)| {
            let active = whole.active.zip(own.active);
            DeviceRate::new(
                Some(whole.affected - own.affected),
                active.map(|(whole, own)| whole - own),
            )
        });
        let what = match first_hour {
            Some(_) => "first devices with version",
            None => "first day of version",
        };
        let event = Event {
            kind: "version",
            day: first_seen,
            hour: first_hour.clone(),
            what: Untrusted::new(format!("{what} {}", name.raw())),
        };
        let beside = devices.map(|devices| VersionBeside {
            version: name,
            first_seen: Some(first_seen),
            first_hour,
            change: others.and_then(|others| Change::between(&others, &devices)),
            devices,
            others,
        });
        Some((beside, event))
    }

    /// The hours that differ, added up.
    fn since(&self, hours: &[Counted]) -> Option<DeviceRate> {
        let zone = &self.app.account.zone;
        let within = hours.iter().filter(|hour| {
            let at = time(hour.at, zone).map(|time| time.at);
            let begun = at >= Some(self.change.from.at);
            let ended = self
                .change
                .until
                .as_ref()
                .is_some_and(|until| at >= Some(until.at));
            begun && !ended && !hour.partial
        });
        let (affected, active) = within.fold((0, 0), |(affected, active), hour| {
            (affected + hour.affected, active + hour.active)
        });
        DeviceRate::new(Some(affected), Some(active)).filter(|rate| rate.active.is_some())
    }

    /// Pushes of the day of the change, beside the day before.
    async fn pushes(&self) -> (Vec<Event>, Option<String>) {
        if !self.has(ProviderId::Getui) {
            return (Vec::new(), None);
        }
        let day = self.local().date();
        let today = self.window.today();
        let before = day.checked_sub(1.day()).unwrap_or(day);
        let ask = |day: Date| async move {
            let asked = self.asked([("window", json!(day.to_string()))]);
            let what = format!("pushes of {day}");
            let report = self.parts.get::<GetDailyPushReport>(&what, asked).await?;
            Some((day, report))
        };
        let days = if day < today {
            let (one, other) = tokio::join!(ask(before), ask(day));
            vec![one, other]
        } else {
            vec![ask(before).await]
        };
        let event = |(day, report): (Date, Output<_>)| -> Option<Event> {
            let report: Output<crate::tools::getui::pushes::DailyReport> = report;
            let what = match report.answer.sent() {
                Some(sent) => format!("{} pushes sent on this day", grouped(sent)),
                None => "no push reported for this day".to_owned(),
            };
            Some(Event {
                kind: "pushes",
                day: Day(day),
                hour: None,
                what: Untrusted::new(what),
            })
        };
        let events = days.into_iter().flatten().filter_map(event).collect();
        let note = if day >= today {
            "pushes of today cannot be asked: Getui reports a day after it has ended, without hours; \
             getui_get_push_report has a push by its id"
        } else {
            "Getui reports pushes by day, not by hour"
        };
        (events, Some(note.to_owned()))
    }

    /// Call quality of the last hour, where the range reaches it.
    async fn call_quality(&self) -> (Vec<Event>, Option<String>) {
        if !self.has(ProviderId::Agora) {
            return (Vec::new(), None);
        }
        let note =
            "call quality when it began cannot be asked: Agora's live data reach back one hour";
        let now = self.parts.ctx.now;
        if self.change.until.is_some() || !self.window.partial() {
            return (Vec::new(), Some(note.to_owned()));
        }
        let asked = self.asked([]);
        let experience = self
            .parts
            .get::<GetLiveExperience>("call quality of the last hour", asked)
            .await;
        let event = experience.and_then(|output| {
            let words: Vec<String> = output
                .answer
                .extremes()
                .map(|(name, unit, lowest, highest)| {
                    format!("{name} {lowest:.1} to {highest:.1} {unit}")
                })
                .collect();
            let local = now.to_zoned_datetime(self.app.account.zone.clone());
            let hour = time(
                local.datetime().date().at(local.hour(), 0, 0, 0),
                local.time_zone(),
            )?;
            (!words.is_empty()).then(|| Event {
                kind: "call_quality",
                day: Day(local.date()),
                hour: Some(hour),
                what: Untrusted::new(format!("calls of the last hour: {}", words.join(", "))),
            })
        });
        (event.into_iter().collect(), Some(note.to_owned()))
    }
}
