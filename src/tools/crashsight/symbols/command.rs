//! The command of the vendor's uploader (docs/vendor/crashsight.md §11), filled in as far as a report allows, without
//! the key.

use schemars::JsonSchema;
use serde::Serialize;

use crate::project::{CrashSightApp, Platform};

/// What has to be uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// The symbols of a library or program.
    Symbols,
    /// The mapping file of a shrinker.
    Mapping,
}

/// The vendor's uploader, which the console's access guide offers for download.
pub(crate) const TOOL: &str = "crashSightSymbolTool.jar";

/// Where it uploads to, by the base of the account.
const ADDRESSES: &[(&str, &str)] = &[
    (
        "https://crashsight.qq.com",
        "https://api.crashsight.qq.com/openapi/file/upload/symbol",
    ),
    (
        "https://crashsight.wetest.net",
        "https://crashsight.wetest.net/openapi/file/upload/symbol",
    ),
];

/// A build whose symbols are uploaded.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Build<'a> {
    /// Bundle id or package name.
    pub(crate) bundle: Option<&'a str>,
    /// Version of the app.
    pub(crate) version: Option<&'a str>,
    /// Build number.
    pub(crate) number: Option<&'a str>,
}

/// The uploader's arguments for an app, without the key and without paths. `Err` says why there are none.
pub(crate) fn arguments(app: &CrashSightApp, build: Build<'_>) -> Result<Vec<String>, String> {
    let platform = match app.platform {
        Platform::Android => "aos",
        Platform::Ios => "ios",
        Platform::Pc => "win",
        Platform::Other(_) => {
            let name = app.platform.display_name();
            return Err(format!(
                "the vendor's uploader has no documented word for {name}"
            ));
        }
    };
    let base = app.account.base.as_str();
    let address = ADDRESSES.iter().find(|(site, _)| *site == base);
    let address = address.map_or("ADDRESS_FROM_THE_CONSOLE", |(_, address)| address);
    let words = [
        ("-url", Some(address)),
        ("-id", Some(app.id.as_str())),
        ("-package", Some(word(build.bundle).unwrap_or("BUNDLE"))),
        ("-version", Some(word(build.version).unwrap_or("VERSION"))),
        ("-buildNo", word(build.number)),
        ("-p", Some(platform)),
    ];
    let mut arguments = vec!["-u".to_owned()];
    for (name, value) in words {
        if let Some(value) = value {
            arguments.extend([name.to_owned(), value.to_owned()]);
        }
    }
    Ok(arguments)
}

/// The whole command for a reader, with placeholders for the key and for paths.
pub(crate) fn line(app: &CrashSightApp, build: Build<'_>, kind: Kind) -> Option<String> {
    let arguments = arguments(app, build).ok()?.join(" ");
    let input = match kind {
        Kind::Mapping => "-i FOLDER -mapping mapping.txt",
        Kind::Symbols => "-i FOLDER",
    };
    Some(format!("java -jar {TOOL} {arguments} -key APP_KEY {input}"))
}

/// A word that a reader may paste into a shell, and that is no text of a device: what a report says of its version.
pub(crate) fn word(text: Option<&str>) -> Option<&str> {
    let text = text?.trim();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'+');
    let is_word = (1..=64).contains(&text.len())
        && text.bytes().all(plain)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    is_word.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn app(base: &str, project: &str) -> CrashSightApp {
        let name = serde_json::from_value(json!(project)).unwrap();
        crate::testing::projects(base)
            .crashsight(Some(&name))
            .unwrap()
    }

    #[test]
    fn a_command_is_filled_in_and_has_no_key() {
        let build = Build {
            bundle: Some("com.starfall.game"),
            version: Some("3.7.0"),
            number: Some("1207"),
        };
        let android = app("https://crashsight.qq.com", "starfall-android");
        assert_eq!(
            line(&android, build, Kind::Mapping).unwrap(),
            "java -jar crashSightSymbolTool.jar -u \
             -url https://api.crashsight.qq.com/openapi/file/upload/symbol -id d98b9f7eec \
             -package com.starfall.game -version 3.7.0 -buildNo 1207 -p aos \
             -key APP_KEY -i FOLDER -mapping mapping.txt"
        );
        let proxied = app("http://127.0.0.1:1", "starfall-pc");
        let line = line(&proxied, Build::default(), Kind::Symbols).unwrap();
        assert!(line.contains("-url ADDRESS_FROM_THE_CONSOLE"), "{line}");
        assert!(line.contains("-version VERSION -p win"), "{line}");
        assert!(super::line(&app("x", "a@120"), build, Kind::Symbols).is_none());
    }

    #[test]
    fn what_a_device_wrote_is_no_part_of_a_command() {
        for text in ["3.7.0; rm -rf ~", "$(id)", "a b", "-i", "", "版本", "`x`"] {
            assert_eq!(word(Some(text)), None, "{text}");
        }
        assert_eq!(word(Some(" 3.7.0-beta_1+2 ")), Some("3.7.0-beta_1+2"));
    }
}
