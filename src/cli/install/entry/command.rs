//! The entry of a server that the client starts: command, arguments and environment.

use serde_json::{Map, Value, json};

use super::existing::{ExistingEntry, URL_FIELDS, flatten};
use crate::cli::install::clients::ConfigFormat;
use crate::cli::options::known_flag;

/// A command, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli::install) struct CommandEntry {
    pub(in crate::cli::install) command: String,
    pub(in crate::cli::install) args: Vec<String>,
    pub(in crate::cli::install) env: Vec<(String, String)>,
    /// Whether flags of the existing entry are dropped.
    pub(in crate::cli::install) reset: bool,
}

impl CommandEntry {
    /// Merges this entry into an existing one. Flags, variables and keys that the user added are kept, but not the
    /// flags of another program, and no field of a server with a URL.
    pub(super) fn merge_into(&self, found: &Value, format: ConfigFormat) -> Value {
        let found = &flatten(found);
        let mut entry = found.as_object().cloned().unwrap_or_default();
        let existing = ExistingEntry::parse("", found);
        if existing.url.is_some() {
            entry.retain(|name, _| name != "type" && !URL_FIELDS.contains(&name.as_str()));
        }
        if let ConfigFormat::Json {
            mark: Some((name, value)),
            ..
        } = format
        {
            entry.insert(name.to_owned(), json!(value));
            if value == "local" {
                entry.entry("tools").or_insert(json!(["*"]));
            }
        }
        entry.insert("command".to_owned(), json!(self.command));
        let ours = existing.starts_this_server();
        let args = self.merged_args(found.get("args").filter(|_| ours));
        entry.insert("args".to_owned(), json!(args));
        let mut env = match entry.get("env") {
            Some(Value::Object(env)) => env.clone(),
            _ => Map::new(),
        };
        for (name, value) in &self.env {
            env.insert(name.clone(), json!(value));
        }
        if !env.is_empty() {
            entry.insert("env".to_owned(), Value::Object(env));
        }
        match format {
            ConfigFormat::OpenCode => in_one_list(entry),
            _ => Value::Object(entry),
        }
    }

    /// Our arguments, then the flags that the user added to the existing entry.
    fn merged_args(&self, found: Option<&Value>) -> Vec<String> {
        let mut args = self.args.clone();
        let mut found = found
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .peekable();
        while let Some(arg) = found.next() {
            let (switch, joined) = match arg.split_once('=') {
                Some((switch, _)) => (switch, true),
                None => (arg, false),
            };
            let known = known_flag(switch);
            let takes_value = known.as_ref().is_some_and(|flag| flag.takes_value);
            let value = found.next_if(|_| !joined && takes_value);
            let name = known.map_or_else(|| switch.to_owned(), |flag| flag.name);
            // An entry asks for less confirmation only where this command line does.
            let dropped = matches!(name.as_str(), "serve" | "--demo" | "--confirm-writes");
            if dropped || self.reset || self.args.contains(&name) {
                continue;
            }
            args.extend(std::iter::once(arg).chain(value).map(str::to_owned));
        }
        args
    }
}

/// The entry as opencode has it.
fn in_one_list(mut entry: Map<String, Value>) -> Value {
    let program = entry.shift_remove("command").unwrap_or_default();
    let args = entry.shift_remove("args").unwrap_or_default();
    let args = args.as_array().into_iter().flatten().cloned();
    let words: Vec<Value> = std::iter::once(program).chain(args).collect();
    let mut one = Map::new();
    one.insert("type".to_owned(), json!("local"));
    one.insert("command".to_owned(), Value::Array(words));
    if let Some(env) = entry.shift_remove("env") {
        one.insert("environment".to_owned(), env);
    }
    for (name, value) in entry {
        one.entry(name).or_insert(value);
    }
    one.entry("enabled").or_insert(json!(true));
    Value::Object(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions_of_the_user_are_kept() {
        let entry = CommandEntry {
            command: "/bin/crashsight-mcp".to_owned(),
            args: ["serve", "--tools", "b", "--output", "text"]
                .map(str::to_owned)
                .to_vec(),
            env: vec![("CRASHSIGHT_PROJECT".to_owned(), "b@ios".to_owned())],
            reset: false,
        };
        let found = json!({
            "command": "/old/crashsight-mcp",
            "args": ["serve", "--demo", "--config", "x.toml", "--tools", "a", "--read-only", "--output=json"],
            "env": {"HTTPS_PROXY": "p", "CRASHSIGHT_PROJECT": "a@ios"}, "disabled": false,
        });
        let format = ConfigFormat::Json {
            key: "servers",
            mark: Some(("type", "stdio")),
        };
        assert_eq!(
            entry.merge_into(&found, format),
            json!({
                "command": "/bin/crashsight-mcp",
                "args": ["serve", "--tools", "b", "--output", "text", "--config", "x.toml", "--read-only"],
                "env": {"HTTPS_PROXY": "p", "CRASHSIGHT_PROJECT": "b@ios"}, "disabled": false,
                "type": "stdio",
            })
        );
    }

    #[test]
    fn flags_of_another_program_are_dropped() {
        let entry = CommandEntry {
            command: "/bin/crashsight-mcp".to_owned(),
            args: vec!["serve".to_owned()],
            env: Vec::new(),
            reset: false,
        };
        let format = ConfigFormat::Json {
            key: "context_servers",
            mark: None,
        };
        for (found, args, env) in [
            (
                json!({"command": "docker", "args": ["run", "-i", "image"], "env": {"A": "b"}}),
                json!(["serve"]),
                json!({"A": "b"}),
            ),
            (
                json!({"command": {"path": "/old/crashsight-mcp", "args": ["serve", "--read-only"], "env": {"A": "b"}}}),
                json!(["serve", "--read-only"]),
                json!({"A": "b"}),
            ),
        ] {
            assert_eq!(
                entry.merge_into(&found, format),
                json!({"command": "/bin/crashsight-mcp", "args": args, "env": env})
            );
        }
    }
}
