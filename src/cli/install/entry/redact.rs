//! Entries for display, without secrets.

use serde_json::{Value, json};

use crate::cli::install::public_url::{REDACTED, public_url};

/// An entry for display, without the values of keys that look secret and what signs in to a URL.
pub(in crate::cli::install) fn redact(entry: &Value) -> Value {
    match entry {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let is_public = value.is_object()
                    || value.is_boolean()
                    || value.as_str().is_some_and(is_reference);
                let value = if name == VARIABLES_BY_HEADER || name.ends_with("_env_var") {
                    value.clone()
                } else if looks_secret(name) && !is_public {
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

/// Codex's names of variables by header.
const VARIABLES_BY_HEADER: &str = "env_http_headers";

/// Whether a value only refers to a variable: `${NAME}`, `${env:NAME}`, `$NAME` or `{env:NAME}`, also after `Bearer`.
pub(super) fn is_reference(value: &str) -> bool {
    let value = value.trim();
    let value = value.strip_prefix("Bearer ").unwrap_or(value);
    let name = match value.strip_prefix('$') {
        Some(name) => name
            .strip_prefix('{')
            .map_or(Some(name), |name| name.strip_suffix('}')),
        None => value
            .strip_prefix("{env:")
            .and_then(|name| name.strip_suffix('}')),
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_:-".contains(c);
    name.is_some_and(|name| !name.is_empty() && name.chars().all(allowed))
}

/// Whether a variable, header or flag holds a secret, judging by its name, and not the path of a file with one.
pub(super) fn looks_secret(name: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

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
        for reference in [
            "Bearer ${T}",
            "${env:T}",
            "$T",
            "Bearer {env:T}",
            "${input:t}",
        ] {
            let shown = redact(&json!({"headers": {"Authorization": reference}}));
            assert_eq!(shown["headers"]["Authorization"], reference);
        }
        for value in ["Bearer $h u", "${hush", "{hush}", "Bearer $", "${a}hush"] {
            let shown = redact(&json!({"headers": {"Authorization": value}}));
            assert_eq!(shown["headers"]["Authorization"], REDACTED, "{value}");
        }
        assert_eq!(shown["args"][5], "serve");
    }
}
