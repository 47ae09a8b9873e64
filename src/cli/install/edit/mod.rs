//! Edits one entry in the text of a config file; comments, order and indentation are preserved.
//!
//! A file that cannot be parsed is never written; the caller prints a snippet instead.

mod json_text;
mod toml_text;

use anyhow::bail;
use serde_json::Value;

use super::clients::ConfigFormat;
use super::entry::{ExistingEntry, ServerEntry, redact};

/// The text of the file with the entry under `name`.
pub(super) fn merged(
    text: &str,
    format: ConfigFormat,
    name: &str,
    entry: &ServerEntry,
) -> anyhow::Result<String> {
    // A list of servers that cannot be read is not written either.
    entries(text, format)?;
    match format {
        ConfigFormat::Json { key, .. } => json_text::merged(text, key, format, name, entry),
        ConfigFormat::OpenCode => json_text::merged(text, OPENCODE, format, name, entry),
        ConfigFormat::Toml { key } => toml_text::merged(text, key, format, name, entry),
    }
}

/// The text of the file without the entry under `name`.
pub(super) fn removed(text: &str, format: ConfigFormat, name: &str) -> anyhow::Result<String> {
    match format {
        ConfigFormat::Json { key, .. } => json_text::removed(text, key, name),
        ConfigFormat::OpenCode => json_text::removed(text, OPENCODE, name),
        ConfigFormat::Toml { key } => toml_text::removed(text, key, name),
    }
}

/// Where opencode has its servers.
const OPENCODE: &str = "mcp";

/// The servers in a config file.
pub(in crate::cli) fn entries(
    text: &str,
    format: ConfigFormat,
) -> anyhow::Result<Vec<ExistingEntry>> {
    let (key, root) = root(text, format)?;
    let servers = match root.get(key) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(servers)) => servers,
        Some(_) => bail!("`{key}` is not a table of servers"),
    };
    Ok(servers
        .iter()
        .map(|(name, entry)| ExistingEntry::parse(name, entry))
        .collect())
}

/// A snippet to paste when the file cannot be edited.
pub(super) fn snippet(format: ConfigFormat, name: &str, entry: &ServerEntry) -> String {
    alone(format, name, &entry.merge_into(&Value::Null, format))
}

/// The entry under `name` for display, without secrets.
pub(super) fn shown(text: &str, format: ConfigFormat, name: &str) -> String {
    let found = root(text, format)
        .ok()
        .and_then(|(key, root)| Some(redact(root.get(key)?.get(name)?)));
    found.map_or_else(String::new, |entry| alone(format, name, &entry))
}

fn alone(format: ConfigFormat, name: &str, entry: &Value) -> String {
    match format {
        ConfigFormat::Json { key, .. } => json_text::alone(key, name, entry).unwrap_or_default(),
        ConfigFormat::OpenCode => json_text::alone(OPENCODE, name, entry).unwrap_or_default(),
        ConfigFormat::Toml { key } => toml_text::alone(key, name, entry),
    }
}

/// What a file holds beside the entry under `name`.
pub(super) fn rest(text: &str, format: ConfigFormat, name: &str) -> anyhow::Result<Value> {
    let (key, mut root) = root(text, format)?;
    if let Some(servers) = root.get_mut(key).and_then(Value::as_object_mut) {
        servers.shift_remove(name);
        let none = servers.is_empty();
        if none && let Some(root) = root.as_object_mut() {
            root.shift_remove(key);
        }
    }
    Ok(root)
}

fn root(text: &str, format: ConfigFormat) -> anyhow::Result<(&'static str, Value)> {
    Ok(match format {
        ConfigFormat::Json { key, .. } => (key, json_text::read(text)?),
        ConfigFormat::OpenCode => (OPENCODE, json_text::read(text)?),
        ConfigFormat::Toml { key } => (key, toml_text::read(text)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::install::entry::CommandEntry;

    const JSON_FORM: ConfigFormat = ConfigFormat::Json {
        key: "mcpServers",
        mark: None,
    };
    const TOML_FORM: ConfigFormat = ConfigFormat::Toml { key: "mcp_servers" };

    fn entry() -> ServerEntry {
        ServerEntry::Command(CommandEntry {
            command: "/bin/crashsight-mcp".to_owned(),
            args: vec!["serve".to_owned()],
            env: vec![("CRASHSIGHT_PROJECT".to_owned(), "a@ios".to_owned())],
            reset: false,
        })
    }

    /// The merged text, which merged again stays what it is.
    fn twice(text: &str, format: ConfigFormat) -> String {
        let once = merged(text, format, "cs", &entry()).unwrap_or_else(|e| panic!("{text}: {e:#}"));
        assert_eq!(
            merged(&once, format, "cs", &entry()).unwrap(),
            once,
            "{text}"
        );
        let found = entries(&once, format).unwrap();
        let ours = found.iter().find(|found| found.name == "cs").unwrap();
        assert_eq!(ours.command.as_deref(), Some("/bin/crashsight-mcp"));
        once
    }

    #[test]
    fn every_spelling_of_a_file_takes_an_entry() {
        for text in [
            "",
            "  \n",
            "// nothing yet\n",
            "{}",
            "\u{feff}{\r\n  \"a\": 1\r\n}\r\n",
            "{\"mcpServers\":{\"other\":{\"command\":\"x\"}}}",
            "{\"mcpServers\": {\"cs\": {}}}",
            "{\"mcpServers\": {\"cs\": {\"command\": \"old\", \"args\": [\"a\", /* b */], \"env\": {}}},}",
        ] {
            let after = twice(text, JSON_FORM);
            assert_eq!(after.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
            assert!(!text.contains("\r\n") || !after.replace("\r\n", "").contains('\n'));
            let comment = "// nothing yet";
            assert_eq!(after.contains(comment), text.contains(comment));
        }
        for text in [
            "",
            "# mine\n",
            "mcp_servers = { other = { command = \"x\" } }\n",
            "mcp_servers = {}\n",
            "mcp_servers.other = { command = \"x\" }\n",
            "[mcp_servers.cs]\ncommand = \"old\"\nenv = { A = \"b\" } # c\n",
            "[mcp_servers]\ncs = { command = \"old\", args = [\"serve\"] }\n\n[a]\nb = 1979-05-27\n",
            "[[rows]]\na = 1\n[mcp_servers.\"c s\"]\ncommand = \"x\"\n",
            "\u{feff}# mine\r\na = 1\r\n\r\n[mcp_servers.cs]\r\n# which\r\ncommand = \"old\"\r\n# how\r\nargs = []\r\n",
        ] {
            let after = twice(text, TOML_FORM);
            assert_eq!(after.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
            assert!(!text.contains("\r\n") || !after.replace("\r\n", "").contains('\n'));
            for comment in ["# mine", "# c\n", "# which", "# how"] {
                assert_eq!(after.contains(comment), text.contains(comment), "{after}");
            }
            assert_eq!(
                rest(text, TOML_FORM, "cs").unwrap(),
                rest(&after, TOML_FORM, "cs").unwrap(),
                "{text}\n{after}"
            );
        }
    }

    #[test]
    fn fields_that_no_longer_apply_are_removed() {
        let json = r#"{"mcpServers": {"cs": {
  "type": "http", // how
  "url": "https://cs.example/mcp",
  "headers": {"Authorization": "Bearer hush"},
  "timeout": 5
}}}"#;
        let after = twice(json, JSON_FORM);
        assert!(after.contains("\"timeout\": 5"), "{after}");
        let toml = "[mcp_servers.cs]\nurl = \"https://cs.example/mcp\" # where\nenabled = true\n\n\
            [mcp_servers.cs.http_headers]\nAuthorization = \"Bearer hush\"\n";
        let after_toml = twice(toml, TOML_FORM);
        assert!(after_toml.contains("enabled = true"), "{after_toml}");
        for text in [after, after_toml] {
            for gone in ["http", "headers", "hush"] {
                assert!(!text.contains(gone), "{gone}: {text}");
            }
        }
    }

    #[test]
    fn what_is_no_table_is_refused_in_words() {
        for (text, format) in [
            ("{\"mcpServers\": 1}", JSON_FORM),
            ("{\"mcpServers\": null}", JSON_FORM),
            ("{\"mcpServers\": {\"cs\": []}}", JSON_FORM),
            (
                "{\"mcpServers\": {}, \"mcpServers\": {\"a\": {}}}",
                JSON_FORM,
            ),
            ("{\"a\": 1} {}", JSON_FORM),
            ("mcp_servers = 1\n", TOML_FORM),
            ("[[mcp_servers]]\na = 1\n", TOML_FORM),
            ("mcp_servers.cs = 1\n", TOML_FORM),
        ] {
            let problem = merged(text, format, "cs", &entry())
                .unwrap_err()
                .to_string();
            assert!(!problem.is_empty(), "{text}");
        }
    }
}
