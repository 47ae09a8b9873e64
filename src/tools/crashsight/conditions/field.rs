//! The fields that reports are searched by: their names, and the values that each takes.

use serde_json::json;

use super::super::countries;
use super::super::filters::unknown_country;
use crate::args::{CrashId, IssueId};
use crate::project::closest_match;
use crate::reply::inline;

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Version,
    Model,
    OsVersion,
    Country,
    User,
    Device,
    Issue,
    Crash,
    ExceptionType,
    /// Exception, message and stack of a report, as text.
    Stack,
    /// Whether the service takes the report for one of memory.
    Oom,
}

/// What a field is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Whole values, or patterns with `*`.
    Patterns,
    /// Whole values.
    Values,
    /// Codes or names of countries.
    Countries,
    IssueIds,
    CrashIds,
    ExceptionTypes,
    YesOrNo,
    /// A part of the text.
    Text,
}

/// A field by its names.
pub(super) struct Known {
    pub(super) field: Field,
    /// As an argument.
    pub(super) name: &'static str,
    /// As the service has it. Of version, exceptionType, crashDetail, userId and oomStatus there are examples; the
    /// others are the names of the same values in the service's reports.
    pub(super) wire: &'static str,
    pub(super) takes: Takes,
}

const fn known(field: Field, name: &'static str, wire: &'static str, takes: Takes) -> Known {
    Known {
        field,
        name,
        wire,
        takes,
    }
}

/// Every field.
pub(super) const FIELDS: &[Known] = &[
    known(Field::Version, "version", "version", Takes::Patterns),
    known(Field::Model, "model", "model", Takes::Patterns),
    known(Field::OsVersion, "os_version", "osVersion", Takes::Patterns),
    known(Field::Country, "country", "country", Takes::Countries),
    known(Field::User, "user", "userId", Takes::Values),
    known(Field::Device, "device", "deviceId", Takes::Values),
    known(Field::Issue, "issue", "issueId", Takes::IssueIds),
    known(Field::Crash, "crash", "crashId", Takes::CrashIds),
    known(
        Field::ExceptionType,
        "exception_type",
        "exceptionType",
        Takes::ExceptionTypes,
    ),
    known(Field::Stack, "stack", "crashDetail", Takes::Text),
    known(Field::Oom, "oom", "oomStatus", Takes::YesOrNo),
];

/// `exceptionType` (docs/vendor/crashsight.md §8).
const EXCEPTION_TYPES: [&str; 9] = [
    "Crash",
    "Native",
    "ExtensionCrash",
    "AllCrash",
    "ANR",
    "AllCatched",
    "Unity3D",
    "Lua",
    "JS",
];

/// Reports that ran out of memory, and the others.
pub(super) const IS_OOM: &str = "ONLY_IS_OOM";
const IS_NOT_OOM: &str = "ONLY_NOT_IS_OOM";

/// The field of that name, ours or the service's.
pub(super) fn by_name(typed: &str) -> Result<&'static Known, String> {
    let plain = |name: &str| name.replace(['_', '-', ' '], "").to_lowercase();
    let wanted = plain(typed);
    let is_named = |known: &&Known| plain(known.name) == wanted || plain(known.wire) == wanted;
    FIELDS.iter().find(is_named).ok_or_else(|| {
        let names: Vec<&str> = FIELDS.iter().map(|known| known.name).collect();
        let near = closest_match(typed, names.iter().copied())
            .map_or_else(String::new, |near| format!(", perhaps `{near}`"));
        format!(
            "no field is called `{}`{near}; fields: {}",
            inline(typed, 40),
            names.join(", ")
        )
    })
}

/// A version of an OS as people say it, with the forms in which reports have it: `Android 14,level 34`, `18.6.2 (22G100)`,
/// `Microsoft Windows 11-sp0.0 (26100)`, `HarmonyOS 5.1.0`.
pub(super) fn os_versions(typed: &str) -> Vec<String> {
    let mut forms = vec![typed.to_owned()];
    if typed.contains(['*', ',', '(']) {
        return forms;
    }
    let (name, number) = typed.rsplit_once(' ').unwrap_or(("", typed));
    let numeric = number.starts_with(|c: char| c.is_ascii_digit())
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !numeric {
        return forms;
    }
    let is = |names: &[&str]| {
        name.is_empty() || names.iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    if is(&["android"]) {
        forms.push(format!("Android {number},*"));
    }
    if is(&["ios", "ipados", "macos"]) {
        forms.push(format!("{number} (*"));
    }
    if is(&["windows", "win", "microsoft windows"]) {
        forms.push(format!("Microsoft Windows {number}-*"));
    }
    if is(&["harmonyos", "harmony", "openharmony"]) {
        forms.push(format!("HarmonyOS {number}"));
        forms.push(format!("HarmonyOS {number}.*"));
    }
    forms
}

/// A value as the service takes it; a country may have two names.
pub(super) fn read_value(takes: Takes, name: &str, typed: &str) -> Result<Vec<String>, String> {
    let one = |text: &str| Ok(vec![text.to_owned()]);
    match takes {
        Takes::Values | Takes::Text if typed.contains('*') => Err(format!(
            "`{name}` takes whole values without `*`, not `{}`",
            inline(typed, 60)
        )),
        Takes::Patterns if name == "os_version" => Ok(os_versions(typed)),
        Takes::Patterns | Takes::Values | Takes::Text => one(typed),
        Takes::Countries => {
            let known = countries::console_name(typed);
            let known = known.ok_or_else(|| unknown_country(typed).to_string())?;
            let names = std::iter::once(known).chain(countries::shorter_name(known));
            let mut names: Vec<String> = names.map(str::to_owned).collect();
            // Which of its names the service compares here is not documented.
            if known != typed {
                names.push(typed.to_owned());
            }
            Ok(names)
        }
        Takes::IssueIds => {
            let id: IssueId = parse_id(typed)?;
            one(id.as_str())
        }
        Takes::CrashIds => {
            let id: CrashId = parse_id(typed)?;
            one(id.as_str())
        }
        Takes::ExceptionTypes => {
            let known = EXCEPTION_TYPES
                .iter()
                .find(|word| word.eq_ignore_ascii_case(typed));
            let word = known.ok_or_else(|| {
                let near = closest_match(typed, EXCEPTION_TYPES.iter().copied())
                    .map_or_else(String::new, |near| format!(", perhaps `{near}`"));
                format!(
                    "`{name}` is not `{}`{near}; types: {}",
                    inline(typed, 40),
                    EXCEPTION_TYPES.join(", ")
                )
            })?;
            one(word)
        }
        Takes::YesOrNo => match typed.to_lowercase().as_str() {
            "true" | "yes" | "1" => one(IS_OOM),
            "false" | "no" | "0" => one(IS_NOT_OOM),
            _ if typed == IS_OOM || typed == IS_NOT_OOM => one(typed),
            _ => Err(format!(
                "`{name}` is `true` or `false`, not `{}`",
                inline(typed, 40)
            )),
        },
    }
}

fn parse_id<T: serde::de::DeserializeOwned>(typed: &str) -> Result<T, String> {
    serde_json::from_value(json!(typed)).map_err(|error| error.to_string())
}
