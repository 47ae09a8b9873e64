//! What a client is told: which program, with which arguments and variables. Never a secret.

use serde_json::{Map, Value, json};

use super::clients::Form;

/// A server as a client starts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) command: String,
    pub(super) args: Vec<String>,
    pub(super) env: Vec<(String, String)>,
}

impl Entry {
    /// This entry over one that is there: what a user added to it (switches, variables, other keys) stays.
    pub(super) fn over(&self, found: &Value, form: Form) -> Value {
        let mut entry = found.as_object().cloned().unwrap_or_default();
        if let Form::Json {
            mark: Some((name, value)),
            ..
        } = form
        {
            entry.insert(name.to_owned(), json!(value));
        }
        entry.insert("command".to_owned(), json!(self.command));
        let args = self.args_over(found.get("args"));
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
            .filter_map(Value::as_str);
        while let Some(arg) = found.next() {
            match arg {
                "serve" | "--demo" => {}
                "--config" => {
                    found.next();
                }
                arg if arg.starts_with("--config=") => {}
                other => args.push(other.to_owned()),
            }
        }
        args
    }
}

/// What stands in a client's file under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Found {
    pub(in crate::cli) name: String,
    pub(in crate::cli) command: Option<String>,
    pub(in crate::cli) url: Option<String>,
    /// Variables that hold a secret in the file itself.
    pub(in crate::cli) secrets: Vec<String>,
}

impl Found {
    pub(in crate::cli) fn of(name: &str, entry: &Value) -> Self {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        let env = entry.get("env").and_then(Value::as_object);
        Self {
            name: name.to_owned(),
            command: text("command"),
            url: ["url", "httpUrl", "serverUrl"].into_iter().find_map(text),
            secrets: env
                .into_iter()
                .flat_map(Map::keys)
                .filter(|name| holds_secret(name))
                .cloned()
                .collect(),
        }
    }

    /// Whether this is us, under whichever name.
    pub(in crate::cli) fn is_ours(&self) -> bool {
        let command = self.command.as_deref().unwrap_or_default();
        let file = command.rsplit(['/', '\\']).next().unwrap_or_default();
        file.trim_end_matches(".exe") == "crashsight-mcp" || self.name.contains("crashsight")
    }
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
            args: vec!["serve".to_owned()],
            env: vec![("CRASHSIGHT_PROJECT".to_owned(), "b@ios".to_owned())],
        };
        let found = json!({
            "command": "/old", "args": ["serve", "--demo", "--config", "x.toml", "--read-only"],
            "env": {"HTTPS_PROXY": "p", "CRASHSIGHT_PROJECT": "a@ios"}, "disabled": false,
        });
        let form = Form::Json {
            key: "servers",
            mark: Some(("type", "stdio")),
        };
        assert_eq!(
            entry.over(&found, form),
            json!({
                "command": "/bin/crashsight-mcp", "args": ["serve", "--read-only"],
                "env": {"HTTPS_PROXY": "p", "CRASHSIGHT_PROJECT": "b@ios"}, "disabled": false,
                "type": "stdio",
            })
        );
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
