//! One entry into a client's file, and every other byte of it as it was: comments, order, indentation.
//!
//! A file that is not understood is never written: the caller prints the snippet instead.

mod json_text;
mod toml_text;

use anyhow::bail;
use serde_json::Value;

use super::clients::Form;
use super::server_entry::{Entry, Found, masked};

/// The file's text with the entry under that name.
pub(super) fn merged(text: &str, form: Form, name: &str, entry: &Entry) -> anyhow::Result<String> {
    if let Some(url) = entries(text, form)?
        .into_iter()
        .find(|found| found.name == name)
        .and_then(|found| found.url)
    {
        bail!("`{name}` is there already and points to {url}\nhint: `--name` gives another name");
    }
    match form {
        Form::Json { key, .. } => json_text::merged(text, key, form, name, entry),
        Form::Toml { key } => toml_text::merged(text, key, form, name, entry),
    }
}

/// The servers that a client's file names.
pub(in crate::cli) fn entries(text: &str, form: Form) -> anyhow::Result<Vec<Found>> {
    let (key, root) = root(text, form)?;
    let servers = match root.get(key) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(servers)) => servers,
        Some(_) => bail!("`{key}` holds no servers by name"),
    };
    Ok(servers
        .iter()
        .map(|(name, entry)| Found::of(name, entry))
        .collect())
}

/// What to paste where nothing can be merged.
pub(super) fn snippet(form: Form, name: &str, entry: &Entry) -> String {
    alone(form, name, &entry.over(&Value::Null, form))
}

/// The entry under that name as it would stand in a file of its own, to be shown: without secrets.
pub(super) fn shown(text: &str, form: Form, name: &str) -> String {
    let found = root(text, form)
        .ok()
        .and_then(|(key, root)| Some(masked(root.get(key)?.get(name)?)));
    found.map_or_else(String::new, |entry| alone(form, name, &entry))
}

fn alone(form: Form, name: &str, entry: &Value) -> String {
    match form {
        Form::Json { key, .. } => json_text::alone(key, name, entry).unwrap_or_default(),
        Form::Toml { key } => toml_text::alone(key, name, entry),
    }
}

fn root(text: &str, form: Form) -> anyhow::Result<(&'static str, Value)> {
    Ok(match form {
        Form::Json { key, .. } => (key, json_text::read(text)?),
        Form::Toml { key } => (key, toml_text::read(text)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON_FORM: Form = Form::Json {
        key: "mcpServers",
        mark: None,
    };
    const TOML_FORM: Form = Form::Toml { key: "mcp_servers" };

    fn entry() -> Entry {
        Entry {
            command: "/bin/crashsight-mcp".to_owned(),
            args: vec!["serve".to_owned()],
            env: vec![("CRASHSIGHT_PROJECT".to_owned(), "a@ios".to_owned())],
        }
    }

    /// The merged text, which merged again stays what it is.
    fn twice(text: &str, form: Form) -> String {
        let once = merged(text, form, "cs", &entry()).unwrap_or_else(|e| panic!("{text}: {e:#}"));
        assert_eq!(merged(&once, form, "cs", &entry()).unwrap(), once, "{text}");
        let found = entries(&once, form).unwrap();
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
            let (mut old, mut new) = (
                toml_text::read(text).unwrap(),
                toml_text::read(&after).unwrap(),
            );
            for value in [&mut old, &mut new] {
                let servers = value.get_mut("mcp_servers").and_then(Value::as_object_mut);
                let none = servers.is_none_or(|servers| {
                    servers.remove("cs");
                    servers.is_empty()
                });
                if none && let Some(root) = value.as_object_mut() {
                    root.remove("mcp_servers");
                }
            }
            assert_eq!(old, new, "{text}\n{after}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused_in_words() {
        for (text, form) in [
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
            let problem = merged(text, form, "cs", &entry()).unwrap_err().to_string();
            assert!(!problem.is_empty(), "{text}");
        }
    }
}
