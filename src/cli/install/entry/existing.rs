//! Entries found in clients' files: whether they are this server's, and what of them is doubtful.

use serde_json::{Map, Value, json};

use super::redact::{is_reference, looks_secret};

/// Fields that only a server with a URL has, in any client.
pub(super) const URL_FIELDS: &[&str] = &[
    "url",
    "httpUrl",
    "serverUrl",
    "headers",
    "oauth",
    "bearer_token_env_var",
    "http_headers",
    "env_http_headers",
];

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
    /// Headers whose secret value is in the file.
    pub(in crate::cli) secret_headers: Vec<String>,
}

impl ExistingEntry {
    pub(in crate::cli) fn parse(name: &str, entry: &Value) -> Self {
        let entry = &flatten(entry);
        let args = entry.get("args").and_then(Value::as_array);
        let is = |key: &str, what: bool| entry.get(key).and_then(Value::as_bool) == Some(what);
        let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        let env = entry.get("env").and_then(Value::as_object);
        let headers =
            ["headers", "http_headers"].map(|key| entry.get(key).and_then(Value::as_object));
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
            secret_headers: headers
                .into_iter()
                .flatten()
                .flatten()
                .filter(|(name, value)| {
                    looks_secret(name) && !value.as_str().is_none_or(is_reference)
                })
                .map(|(name, _)| name.clone())
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
    pub(in crate::cli::install) fn starts_this_server(&self) -> bool {
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

/// opencode has the command and its arguments in one list, and its variables in `environment`.
/// Older versions of Zed write `"command": {"path", "args", "env"}`; this removes that level.
pub(super) fn flatten(entry: &Value) -> Value {
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

#[cfg(test)]
mod tests {
    use super::*;

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
        let found = ExistingEntry::parse(
            "x",
            &json!({"url": "http://h/mcp", "headers": {
                "Authorization": "Bearer hush", "X-Token": "${TOKEN}", "X-Team": "a"}}),
        );
        assert_eq!(found.secret_headers, ["Authorization"]);
    }
}
