//! What a client is told: which program, with which arguments and variables. Never a secret.

use serde_json::{Map, Value, json};

use super::clients::Form;
use crate::cli::options::known_flag;

/// A server as a client starts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) command: String,
    pub(super) args: Vec<String>,
    pub(super) env: Vec<(String, String)>,
}

impl Entry {
    /// This entry over one that is there: what a user added to it (switches, variables, other keys) stays.
    /// Switches of another program do not: ours would not start with them.
    pub(super) fn over(&self, found: &Value, form: Form) -> Value {
        let found = &flat(found);
        let mut entry = found.as_object().cloned().unwrap_or_default();
        if let Form::Json {
            mark: Some((name, value)),
            ..
        } = form
        {
            entry.insert(name.to_owned(), json!(value));
        }
        entry.insert("command".to_owned(), json!(self.command));
        let ours = Found::of("", found).starts_us();
        let args = self.args_over(found.get("args").filter(|_| ours));
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
        Value::Object(entry)
    }

    /// Our arguments, then the switches that a user added to an earlier entry.
    fn args_over(&self, found: Option<&Value>) -> Vec<String> {
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
            if matches!(switch, "serve" | "--demo") || self.args.contains(&name) {
                continue;
            }
            args.extend(std::iter::once(arg).chain(value).map(str::to_owned));
        }
        args
    }
}

/// Older versions of Zed write `"command": {"path", "args", "env"}`: the same with one level less.
fn flat(entry: &Value) -> Value {
    let mut flat = entry.clone();
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

/// An entry to be shown: the values of what holds a secret by its name are left out.
pub(super) fn masked(entry: &Value) -> Value {
    match entry {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let hidden = sounds_secret(name) && !value.is_object();
                let value = if hidden { json!(HIDDEN) } else { masked(value) };
                (name.clone(), value)
            });
            Value::Object(fields.collect())
        }
        Value::Array(items) => {
            let mut behind = false;
            let items = items.iter().map(|item| {
                let text = item.as_str().unwrap_or_default();
                let (name, joined) = match text.split_once(['=', ':']) {
                    Some((name, _)) => (name, true),
                    None => (text, false),
                };
                let hidden = std::mem::replace(&mut behind, !joined && sounds_secret(name));
                match (hidden, joined && sounds_secret(name)) {
                    (true, _) => json!(HIDDEN),
                    (false, true) => json!(format!("{name}={HIDDEN}")),
                    (false, false) => masked(item),
                }
            });
            Value::Array(items.collect())
        }
        plain => plain.clone(),
    }
}

/// What stands for a value that is not shown.
const HIDDEN: &str = "[secret]";

/// Whether a variable, a header or a switch holds a secret, and not the name of a file with one.
fn sounds_secret(name: &str) -> bool {
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

/// What stands in a client's file under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Found {
    pub(in crate::cli) name: String,
    pub(in crate::cli) command: Option<String>,
    pub(in crate::cli) url: Option<String>,
    pub(in crate::cli) args: Vec<String>,
    /// Whether the client is told not to start it.
    pub(in crate::cli) disabled: bool,
    /// Variables that hold a secret in the file itself.
    pub(in crate::cli) secrets: Vec<String>,
}

impl Found {
    pub(in crate::cli) fn of(name: &str, entry: &Value) -> Self {
        let entry = &flat(entry);
        let args = entry.get("args").and_then(Value::as_array);
        let says = |key: &str, what: bool| entry.get(key).and_then(Value::as_bool) == Some(what);
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
            disabled: says("disabled", true) || says("enabled", false),
            secrets: env
                .into_iter()
                .flat_map(Map::keys)
                .filter(|name| holds_secret(name))
                .cloned()
                .collect(),
        }
    }

    /// Whether this is us, under whichever name: started, started by another program, or asked at an address.
    pub(in crate::cli) fn is_ours(&self) -> bool {
        match self.command {
            Some(_) => self.starts_us() || self.args.iter().any(|arg| is_us(arg)),
            None => self.name.contains("crashsight"),
        }
    }

    /// Whether the program that it starts is this one.
    pub(super) fn starts_us(&self) -> bool {
        self.command.as_deref().is_some_and(is_us)
    }
}

/// Whether a path ends in this program's name.
fn is_us(program: &str) -> bool {
    let file = program.rsplit(['/', '\\']).next().unwrap_or_default();
    file.trim_end_matches(".exe") == "crashsight-mcp"
}

/// A variable of ours whose value is the secret itself, and not the name of a file.
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
    fn what_a_user_added_stays() {
        let entry = Entry {
            command: "/bin/crashsight-mcp".to_owned(),
            args: ["serve", "--tools", "b", "--output", "text"]
                .map(str::to_owned)
                .to_vec(),
            env: vec![("CRASHSIGHT_PROJECT".to_owned(), "b@ios".to_owned())],
        };
        let found = json!({
            "command": "/old/crashsight-mcp",
            "args": ["serve", "--demo", "--config", "x.toml", "--tools", "a", "--read-only", "--output=json"],
            "env": {"HTTPS_PROXY": "p", "CRASHSIGHT_PROJECT": "a@ios"}, "disabled": false,
        });
        let form = Form::Json {
            key: "servers",
            mark: Some(("type", "stdio")),
        };
        assert_eq!(
            entry.over(&found, form),
            json!({
                "command": "/bin/crashsight-mcp",
                "args": ["serve", "--tools", "b", "--output", "text", "--config", "x.toml", "--read-only"],
                "env": {"HTTPS_PROXY": "p", "CRASHSIGHT_PROJECT": "b@ios"}, "disabled": false,
                "type": "stdio",
            })
        );
    }

    #[test]
    fn another_programs_switches_do_not_stay() {
        let entry = Entry {
            command: "/bin/crashsight-mcp".to_owned(),
            args: vec!["serve".to_owned()],
            env: Vec::new(),
        };
        let form = Form::Json {
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
                entry.over(&found, form),
                json!({"command": "/bin/crashsight-mcp", "args": args, "env": env})
            );
        }
    }

    #[test]
    fn what_is_shown_holds_no_secret() {
        let shown = masked(&json!({
            "env": {"CRASHSIGHT_API_KEY": "hush", "CRASHSIGHT_API_KEY_FILE": "/k", "SITE": "cn"},
            "headers": {"Authorization": "Bearer hush"},
            "args": ["--token", "hush", "-e", "API_KEY=hush", "--auth-token=hush", "serve"],
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
                Found::of("crashsight-notes", &entry).is_ours(),
                ours,
                "{entry}"
            );
        }
    }

    #[test]
    fn a_secret_is_known_by_its_variable() {
        let found = Found::of(
            "x",
            &json!({"command": "C:\\bin\\crashsight-mcp.exe", "env": {
                "CRASHSIGHT_API_KEY": "k", "CRASHSIGHT_API_KEY_FILE": "f", "OTHER_KEY": "o"}}),
        );
        assert!(found.is_ours());
        assert_eq!(found.secrets, ["CRASHSIGHT_API_KEY"]);
    }
}
