//! Server entries of client configurations: command, arguments and environment, without secrets.

use serde_json::{Map, Value, json};

use super::clients::ConfigFormat;
use super::public_url::{REDACTED, public_url};
use crate::cli::options::known_flag;

/// The server entry to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerEntry {
    pub(super) command: String,
    pub(super) args: Vec<String>,
    pub(super) env: Vec<(String, String)>,
    /// Whether flags of the existing entry are dropped.
    pub(super) reset: bool,
}

impl ServerEntry {
    /// Merges this entry into an existing one. Flags, variables and keys that the user added are kept, but not the
    /// flags of another program.
    pub(super) fn merge_into(&self, found: &Value, format: ConfigFormat) -> Value {
        let found = &flatten(found);
        let mut entry = found.as_object().cloned().unwrap_or_default();
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
        let ours = ExistingEntry::parse("", found).starts_this_server();
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
    let program = entry.remove("command").unwrap_or_default();
    let args = entry.remove("args").unwrap_or_default();
    let args = args.as_array().into_iter().flatten().cloned();
    let words: Vec<Value> = std::iter::once(program).chain(args).collect();
    let mut one = Map::new();
    one.insert("type".to_owned(), json!("local"));
    one.insert("command".to_owned(), Value::Array(words));
    if let Some(env) = entry.remove("env") {
        one.insert("environment".to_owned(), env);
    }
    for (name, value) in entry {
        one.entry(name).or_insert(value);
    }
    one.entry("enabled").or_insert(json!(true));
    Value::Object(one)
}

/// opencode has the command and its arguments in one list, and its variables in `environment`.
/// Older versions of Zed write `"command": {"path", "args", "env"}`; this removes that level.
fn flatten(entry: &Value) -> Value {
    let mut flat = entry.clone();
    if let (Some(Value::Array(words)), Some(fields)) = (entry.get("command"), flat.as_object_mut())
    {
        if let Some((program, args)) = words.split_first() {
            fields.insert("command".to_owned(), program.clone());
            fields.insert("args".to_owned(), json!(args));
        }
        if let Some(env) = fields.remove("environment") {
            fields.insert("env".to_owned(), env);
        }
    }
    if let Some(Value::Object(command)) = entry.get("command")
        && let Some(fields) = flat.as_object_mut()
    {
        fields.remove("command");
        for (name, value) in command {
            let name = if name == "path" { "command" } else { name };
            fields.insert(name.to_owned(), value.clone());
        }
    }
    flat
}

/// An entry for display, without the values of keys that look secret and what signs in to a URL.
pub(super) fn redact(entry: &Value) -> Value {
    match entry {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let hidden = looks_secret(name) && !value.is_object();
                let value = if hidden {
                    json!(REDACTED)
                } else {
                    redact(value)
                };
                (name.clone(), value)
            });
            Value::Object(fields.collect())
        }
        Value::Array(items) => {
            let mut is_value = false;
            let items = items.iter().map(|item| {
                let text = item.as_str().unwrap_or_default();
                let (name, joined) = match text.split_once(['=', ':']) {
                    Some((name, _)) => (name, true),
                    None => (text, false),
                };
                let hidden = std::mem::replace(&mut is_value, !joined && looks_secret(name));
                match (hidden, joined && looks_secret(name)) {
                    (true, _) => json!(REDACTED),
                    (false, true) => json!(format!("{name}={REDACTED}")),
                    (false, false) => redact(item),
                }
            });
            Value::Array(items.collect())
        }
        Value::String(text) => json!(public_url(text)),
        plain => plain.clone(),
    }
}

/// Whether a variable, header or flag holds a secret, judging by its name, and not the path of a file with one.
fn looks_secret(name: &str) -> bool {
    let name = name.to_uppercase();
    let words = [
        "KEY",
        "SECRET",
        "TOKEN",
        "PASS",
        "AUTH",
        "CREDENTIAL",
        "COOKIE",
    ];
    !name.ends_with("_FILE")
        && !name.ends_with("_PATH")
        && words.iter().any(|word| name.contains(word))
}

/// An existing server entry in a client's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct ExistingEntry {
    pub(in crate::cli) name: String,
    pub(in crate::cli) command: Option<String>,
    pub(in crate::cli) url: Option<String>,
    pub(in crate::cli) args: Vec<String>,
    /// Whether the entry is disabled.
    pub(in crate::cli) disabled: bool,
    /// Variables whose secret value is in the file.
    pub(in crate::cli) secrets: Vec<String>,
}

impl ExistingEntry {
    pub(in crate::cli) fn parse(name: &str, entry: &Value) -> Self {
        let entry = &flatten(entry);
        let args = entry.get("args").and_then(Value::as_array);
        let is = |key: &str, what: bool| entry.get(key).and_then(Value::as_bool) == Some(what);
        let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        let env = entry.get("env").and_then(Value::as_object);
        Self {
            name: name.to_owned(),
            command: text("command"),
            url: ["url", "httpUrl", "serverUrl"].into_iter().find_map(text),
            args: args
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            disabled: is("disabled", true) || is("enabled", false),
            secrets: env
                .into_iter()
                .flat_map(Map::keys)
                .filter(|name| holds_secret(name))
                .cloned()
                .collect(),
        }
    }

    /// Whether this entry is for this server: started directly, through another program, or over HTTP.
    pub(in crate::cli) fn is_ours(&self) -> bool {
        match self.command {
            Some(_) => self.starts_this_server() || self.args.iter().any(|arg| is_this_server(arg)),
            None => self.name.contains("crashsight"),
        }
    }

    /// Whether it starts this executable.
    pub(super) fn starts_this_server(&self) -> bool {
        self.command.as_deref().is_some_and(is_this_server)
    }
}

/// Whether a path ends in the name of this executable.
fn is_this_server(program: &str) -> bool {
    let file = program.rsplit(['/', '\\']).next().unwrap_or_default();
    file.trim_end_matches(".exe") == "crashsight-mcp"
}

/// Whether a variable of this server holds a secret itself, not a file name.
fn holds_secret(name: &str) -> bool {
    ["CRASHSIGHT_", "AGORA_", "GETUI_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        && ["_KEY", "_SECRET"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions_of_the_user_are_kept() {
        let entry = ServerEntry {
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
        let entry = ServerEntry {
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

    #[test]
    fn displayed_entries_have_no_secret() {
        let shown = redact(&json!({
            "env": {"CRASHSIGHT_API_KEY": "hush", "CRASHSIGHT_API_KEY_FILE": "/k", "SITE": "cn"},
            "headers": {"Authorization": "Bearer hush"},
            "args": ["--token", "hush", "-e", "API_KEY=hush", "--auth-token=hush", "serve"],
            "url": "https://ann:hush@cs.example/mcp?key=hush",
        }));
        assert!(!shown.to_string().contains("hush"), "{shown}");
        assert_eq!(shown["env"]["CRASHSIGHT_API_KEY_FILE"], "/k");
        assert_eq!(shown["args"][5], "serve");
    }

    #[test]
    fn a_server_is_ours_by_what_it_starts() {
        for (entry, ours) in [
            (json!({"command": "true"}), false),
            (
                json!({"command": "sh", "args": ["-c", "/opt/crashsight-mcp"]}),
                true,
            ),
            (json!({"command": {"path": "/opt/crashsight-mcp"}}), true),
            (json!({"url": "http://h/mcp"}), true),
        ] {
            assert_eq!(
                ExistingEntry::parse("crashsight-notes", &entry).is_ours(),
                ours,
                "{entry}"
            );
        }
    }

    #[test]
    fn secrets_are_detected_by_variable_name() {
        let found = ExistingEntry::parse(
            "x",
            &json!({"command": "C:\\bin\\crashsight-mcp.exe", "env": {
                "CRASHSIGHT_API_KEY": "k", "CRASHSIGHT_API_KEY_FILE": "f", "OTHER_KEY": "o"}}),
        );
        assert!(found.is_ours());
        assert_eq!(found.secrets, ["CRASHSIGHT_API_KEY"]);
    }
}
