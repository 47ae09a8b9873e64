//! Closed sets of words, and what each is on the wire.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::lenient::inline_schema;

/// What kind of report is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReportKind {
    /// Crashes.
    #[default]
    Crash,
    /// Application not responding, Android and iOS.
    Anr,
    /// Caught and script errors: Lua, JS, C#.
    Error,
}

impl JsonSchema for ReportKind {
    inline_schema!("ReportKind", {"type": "string", "enum": ["crash", "anr", "error"]});
}

impl ReportKind {
    /// The vendor's `type`.
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Anr => "anr",
            Self::Error => "error",
        }
    }

    /// The vendor's `exceptionTypeList` of the same reports (docs/vendor/crashsight.md §8).
    pub(crate) fn exception_types(self) -> &'static str {
        match self {
            Self::Crash => "Crash,Native,ExtensionCrash",
            Self::Anr => "ANR",
            Self::Error => "AllCatched,Unity3D,Lua,JS",
        }
    }

    /// For titles: `crash`, `ANR`, `error`.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Anr => "ANR",
            Self::Error => "error",
        }
    }

    /// For counts: `crashes`, `ANRs`, `errors`.
    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::Crash => "crashes",
            Self::Anr => "ANRs",
            Self::Error => "errors",
        }
    }
}

/// Which devices count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Devices {
    /// Everything.
    #[default]
    All,
    /// Physical devices alone.
    Real,
    /// Emulators alone.
    Emulator,
}

impl JsonSchema for Devices {
    inline_schema!("Devices", {"type": "string", "enum": ["all", "real", "emulator"]});
}

impl Devices {
    /// The vendor's `vm`.
    pub(crate) fn vm(self) -> u8 {
        match self {
            Self::All => 0,
            Self::Real => 1,
            Self::Emulator => 2,
        }
    }

    /// For titles; nothing for all.
    pub(crate) fn title(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::Real => Some("real devices"),
            Self::Emulator => Some("emulators"),
        }
    }
}

/// Issue states, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Not assigned to anyone yet.
    Unprocessed,
    /// Closed.
    Processed,
    /// Being worked on.
    InProgress,
}

impl JsonSchema for Status {
    inline_schema!("Status", {"type": "string", "enum": ["unprocessed", "processed", "in_progress"]});
}

impl Status {
    /// The vendor's number (docs/vendor/crashsight.md §8).
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::Unprocessed => "0",
            Self::Processed => "1",
            Self::InProgress => "2",
        }
    }

    /// The same as a number, as issues have it.
    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Unprocessed => 0,
            Self::Processed => 1,
            Self::InProgress => 2,
        }
    }

    /// For titles.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Unprocessed => "unprocessed",
            Self::Processed => "processed",
            Self::InProgress => "in progress",
        }
    }
}

/// Whether reports that match the system-exit keywords count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SystemExits {
    /// They do not count.
    #[default]
    Without,
    /// Only they count.
    Only,
    /// Both.
    All,
}

impl JsonSchema for SystemExits {
    inline_schema!("SystemExits", {"type": "string", "enum": ["without", "only", "all"]});
}

impl SystemExits {
    /// The vendor's `topIssueDataType`.
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::Without => "unSystemExit",
            Self::Only => "SystemExit",
            Self::All => "",
        }
    }

    /// For titles.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Without => "without system exits",
            Self::Only => "system exits only",
            Self::All => "with system exits",
        }
    }
}

/// Order of issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sort {
    /// Last report first.
    #[default]
    Latest,
    /// Longest without a report first.
    Oldest,
    /// By devices, falling.
    MostDevices,
    /// By devices, rising.
    FewestDevices,
    /// By reports, falling.
    MostCrashes,
    /// By reports, rising.
    FewestCrashes,
}

impl JsonSchema for Sort {
    inline_schema!("Sort", {"type": "string", "enum": ["latest", "oldest", "most_devices", "fewest_devices", "most_crashes", "fewest_crashes"]});
}

impl Sort {
    /// The vendor's `sortField` and `sortOrder`.
    pub(crate) fn wire(self) -> (&'static str, &'static str) {
        match self {
            Self::Latest => ("uploadTime", "desc"),
            Self::Oldest => ("uploadTime", "asc"),
            Self::MostDevices => ("imeiCount", "desc"),
            Self::FewestDevices => ("imeiCount", "asc"),
            Self::MostCrashes => ("crashNum", "desc"),
            Self::FewestCrashes => ("crashNum", "asc"),
        }
    }

    /// For titles.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Latest => "latest first",
            Self::Oldest => "oldest first",
            Self::MostDevices => "most devices first",
            Self::FewestDevices => "fewest devices first",
            Self::MostCrashes => "most crashes first",
            Self::FewestCrashes => "fewest crashes first",
        }
    }
}

/// The length of one step of a trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepArg {
    /// One row a day.
    #[default]
    Day,
    /// One row an hour.
    Hour,
}

impl JsonSchema for StepArg {
    inline_schema!("StepArg", {"type": "string", "enum": ["day", "hour"]});
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, from_value};

    #[test]
    fn every_word_of_a_schema_is_read() {
        fn words<T: JsonSchema + serde::de::DeserializeOwned>() -> usize {
            let schema = T::json_schema(&mut SchemaGenerator::default());
            let words = schema
                .get("enum")
                .and_then(Value::as_array)
                .unwrap()
                .clone();
            for word in &words {
                assert!(from_value::<T>(word.clone()).is_ok(), "{word}");
            }
            words.len()
        }
        assert_eq!(
            (words::<ReportKind>(), words::<Devices>(), words::<Status>()),
            (3, 3, 3)
        );
        assert_eq!(
            (words::<SystemExits>(), words::<Sort>(), words::<StepArg>()),
            (3, 6, 2)
        );
    }
}
