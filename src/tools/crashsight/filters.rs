//! Which reports count, resolved once for all CrashSight tools: versions, countries, devices, kind, system exits.

use serde_json::{Value, json};

use super::{countries, versions};
use crate::args::{Devices, ReportKind, ShortText, SystemExits};
use crate::error::Error;
use crate::project::closest_match;
use crate::reply::{Untrusted, inline};

/// Words for every country; `-1` is the service's own.
const ALL_COUNTRIES: &[&str] = &["-1", "*", "all", "any", "全部", "全部国家", "所有国家"];

/// Versions and countries in the first line; the others are counted. A first line is never cut.
const NAMED: usize = 5;

/// The filters of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filters {
    /// What kind of report counts.
    pub(crate) kind: ReportKind,
    /// Which devices count.
    pub(crate) devices: Devices,
    /// Whether system exits count, where the service can tell them apart.
    pub(crate) system_exits: Option<SystemExits>,
    versions: Vec<String>,
    countries: Vec<String>,
    notes: Vec<String>,
    unknown: Vec<String>,
    checked: bool,
}

impl Filters {
    /// Reports of one kind, of all versions, countries and devices.
    pub(crate) fn new(kind: ReportKind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// Of these devices.
    #[must_use]
    pub(crate) fn with_devices(mut self, devices: Devices) -> Self {
        self.devices = devices;
        self
    }

    /// With or without system exits.
    #[must_use]
    pub(crate) fn with_system_exits(mut self, system_exits: SystemExits) -> Self {
        self.system_exits = Some(system_exits);
        self
    }

    /// Of these versions; none, or a word for all, is every version.
    #[must_use]
    pub(crate) fn with_versions(mut self, words: &[impl AsRef<str>]) -> Self {
        self.versions = versions::typed(words);
        self
    }

    /// Of one version, for an operation that takes no more.
    pub(crate) fn with_one_version(self, words: &[ShortText]) -> Result<Self, Error> {
        let filters = self.with_versions(words);
        if filters.versions.len() > 1 {
            return Err(Error::invalid_arguments(format!(
                "versions: expected one version, not {}",
                filters.versions.len()
            )));
        }
        Ok(filters)
    }

    /// Of these countries, by code, English or Chinese name; none, or a word for all, is every country.
    pub(crate) fn with_countries(mut self, words: &[ShortText]) -> Result<Self, Error> {
        let typed = words.iter().flat_map(|word| {
            let parts = word.as_str().split([',', ';', '，', '；', '、']);
            parts.map(str::trim).filter(|part| !part.is_empty())
        });
        for word in typed {
            if ALL_COUNTRIES.contains(&word.to_lowercase().as_str()) {
                self.countries.clear();
                return Ok(self);
            }
            let name = countries::console_name(word).ok_or_else(|| unknown_country(word))?;
            if !self.countries.iter().any(|country| country == name) {
                self.countries.push(name.to_owned());
            }
        }
        Ok(self)
    }

    /// The versions to ask for; none is every version.
    pub(crate) fn versions(&self) -> &[String] {
        &self.versions
    }

    /// The versions as the service takes them in a list: `["-1"]` is every version.
    pub(crate) fn version_list(&self) -> Vec<&str> {
        if self.versions.is_empty() {
            return vec!["-1"];
        }
        self.versions.iter().map(String::as_str).collect()
    }

    /// The only version; `-1` for all and for several, which then are in the list.
    pub(crate) fn version(&self) -> &str {
        match &self.versions[..] {
            [only] => only,
            _ => "-1",
        }
    }

    /// Whether several versions may be meant: several words, or a pattern.
    pub(crate) fn several_versions(&self) -> bool {
        self.versions.len() > 1 || self.versions.iter().any(|version| version.contains('*'))
    }

    /// The countries by every name that the service may have for them; none is every country.
    pub(crate) fn countries(&self) -> Vec<&str> {
        self.countries
            .iter()
            .flat_map(|name| std::iter::once(name.as_str()).chain(countries::shorter_name(name)))
            .collect()
    }

    /// Adds versions and countries to the arguments of a further call.
    pub(crate) fn add_to(&self, arguments: &mut Value) {
        for (name, words) in [
            ("versions", json!(self.versions())),
            ("countries", json!(self.countries())),
        ] {
            if words != json!([]) {
                arguments[name] = words;
            }
        }
    }

    /// The filters for the first line.
    pub(crate) fn heading(&self) -> Vec<String> {
        let mut heading = vec![match self.versions.len() {
            0 => "all versions".to_owned(),
            1 => format!("version {}", listed(&self.versions)),
            _ => format!("versions {}", listed(&self.versions)),
        }];
        if !self.countries.is_empty() {
            heading.push(format!("in {}", listed(&self.countries)));
        }
        heading.extend(self.devices.title().map(str::to_owned));
        heading.extend(self.system_exits.map(|exits| exits.title().to_owned()));
        heading
    }

    /// Whether there are versions or countries, which may not exist.
    pub(crate) fn may_match_nothing(&self) -> bool {
        !self.versions.is_empty() || !self.countries.is_empty()
    }

    /// Whether a version may be one that the app does not have, or the begin of several, so that the app's versions
    /// are worth reading before the request.
    pub(crate) fn uncertain(&self) -> bool {
        self.versions.len() > 1
            || !self
                .versions
                .iter()
                .all(|version| versions::is_whole(version))
    }

    /// Reads the versions against those of the app. Whether that changes what to ask for.
    pub(crate) fn resolve(&mut self, known: &[Untrusted]) -> bool {
        // An app without a list of versions says nothing about one.
        if known.is_empty() || self.checked {
            return false;
        }
        let resolved = versions::resolve(&self.versions, known);
        let changed = resolved.versions != self.versions;
        self.checked = true;
        self.versions = resolved.versions;
        self.notes = resolved.notes;
        self.unknown = resolved.unknown;
        if !self.unknown.is_empty() {
            let newest = versions::newest(known);
            let newest = newest.map_or_else(String::new, |newest| {
                format!("; its versions, newest first: {newest}")
            });
            self.notes.push(format!(
                "this app has no version {}{newest}",
                listed(&self.unknown)
            ));
        }
        changed
    }

    /// What a reader must know of how the filters were read, and that they matched nothing, where `found` is false.
    pub(crate) fn notes(&self, found: bool) -> Vec<String> {
        let mut notes = self.notes.clone();
        if found || !self.may_match_nothing() {
            return notes;
        }
        // Unknown versions are the reason, and are named.
        if self.unknown.is_empty() || !self.countries.is_empty() {
            let unchecked = !self.checked && !self.versions.is_empty();
            notes.push(format!(
                "nothing matches these filters{}; without them there may be reports",
                if unchecked {
                    ", and the app's versions could not be read to check them"
                } else {
                    ""
                }
            ));
        }
        notes
    }
}

/// The error for a word that names no country.
pub(super) fn unknown_country(word: &str) -> Error {
    let closest = closest_match(word, countries::english_names())
        .map_or_else(String::new, |name| format!(", perhaps {name}"));
    Error::invalid_arguments(format!(
        "countries: expected a code as `US`, or an English or Chinese name, not `{}`{closest}",
        inline(word, 60)
    ))
}

/// The first in full, the others counted.
fn listed(words: &[String]) -> String {
    let named: Vec<String> = words
        .iter()
        .take(NAMED)
        .map(|word| inline(word, 60))
        .collect();
    match words.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    fn words(words: &[&str]) -> Vec<ShortText> {
        from_value(json!(words)).unwrap()
    }

    fn known() -> Vec<Untrusted> {
        ["3.7.0", "3.7.1", "3.6.2"].map(Untrusted::new).to_vec()
    }

    #[test]
    fn countries_are_sent_by_the_consoles_names() {
        let read = |list: &[&str]| Filters::default().with_countries(&words(list));
        assert_eq!(
            read(&["US,China", "中国"]).unwrap().countries(),
            ["美国", "中国"]
        );
        assert!(read(&["US", "all"]).unwrap().countries().is_empty());
        let refused = read(&["Chnia"]).unwrap_err().to_string();
        assert!(refused.contains("not `Chnia`, perhaps China"), "{refused}");
    }

    #[test]
    fn a_partial_version_is_read_as_a_pattern() {
        let mut filters = Filters::default().with_versions(&words(&["3.7"]));
        assert!(filters.uncertain());
        assert!(filters.resolve(&known()));
        assert_eq!(filters.version(), "3.7.*");
        assert_eq!(
            filters.notes(true),
            ["no version is exactly 3.7: read as 3.7.*"]
        );
        assert!(!filters.resolve(&known()), "once");
    }

    #[test]
    fn an_unknown_version_is_named_with_those_that_exist() {
        let mut filters = Filters::default().with_versions(&words(&["3.7.365.365.365"]));
        assert!(!filters.uncertain());
        assert!(!filters.resolve(&known()));
        assert_eq!(
            filters.notes(false),
            [
                "this app has no version 3.7.365.365.365; its versions, newest first: 3.7.1, 3.7.0, 3.6.2"
            ]
        );
    }

    #[test]
    fn filters_that_match_nothing_are_no_healthy_app() {
        let mut filters = Filters::default().with_versions(&words(&["3.7.0"]));
        let unread = filters.notes(false).join("");
        assert!(unread.contains("could not be read"), "{unread}");
        filters.resolve(&known());
        let notes = filters.notes(false).join("");
        assert!(
            notes.starts_with("nothing matches these filters; "),
            "{notes}"
        );
        assert!(filters.notes(true).is_empty());
        assert!(Filters::default().notes(false).is_empty());
    }

    #[test]
    fn a_heading_names_every_filter() {
        let filters = Filters::new(ReportKind::Anr)
            .with_versions(&words(&["a", "b"]))
            .with_devices(Devices::Real)
            .with_system_exits(SystemExits::Without);
        let filters = filters.with_countries(&words(&["JP"])).unwrap();
        assert_eq!(
            filters.heading(),
            [
                "versions a, b",
                "in 日本",
                "real devices",
                "without system exits"
            ]
        );
    }

    #[test]
    fn one_version_is_one() {
        let two = Filters::default().with_one_version(&words(&["3.7.0,3.6.2"]));
        assert!(two.is_err());
        let all = Filters::default()
            .with_one_version(&words(&["all"]))
            .unwrap();
        assert_eq!((all.version(), all.version_list()), ("-1", vec!["-1"]));
    }
}
