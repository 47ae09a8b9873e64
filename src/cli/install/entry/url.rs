//! The entry of a server with a URL, as each client has it. Values of headers are never written, only the names of the
//! environment variables that hold them.

use serde_json::{Map, Value, json};

use super::existing::{ExistingEntry, URL_FIELDS, flatten};
use crate::cli::install::clients::{ConfigFormat, UrlFormat, Variables};
use crate::cli::server_url::{EnvHeader, ServerUrl};

/// Fields that only a server with a command has, in any client.
const COMMAND_FIELDS: &[&str] = &[
    "command",
    "args",
    "env",
    "environment",
    "cwd",
    "envFile",
    "env_vars",
    "source",
];

/// A URL, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli::install) struct UrlEntry {
    pub(in crate::cli::install) url: ServerUrl,
    pub(in crate::cli::install) headers: Vec<EnvHeader>,
    pub(in crate::cli::install) format: UrlFormat,
    /// Whether headers of the existing entry are dropped.
    pub(in crate::cli::install) reset: bool,
}

impl UrlEntry {
    /// Merges this entry into an existing one. Fields that the user added are kept, and headers where the server is the
    /// same: those of another one are not for this one.
    pub(super) fn merge_into(&self, found: &Value, format: ConfigFormat) -> Value {
        let mut rest = flatten(found).as_object().cloned().unwrap_or_default();
        let existing = ExistingEntry::parse("", found);
        let keeps_headers = !self.reset
            && existing
                .url
                .is_some_and(|url| self.url.is_same_server(&url));
        let mut headers = if keeps_headers {
            Headers::of(&rest, self)
        } else {
            Headers::default()
        };
        let is_local = |name: &str| name == "type" || COMMAND_FIELDS.contains(&name);
        rest.retain(|name, _| !is_local(name) && !URL_FIELDS.contains(&name.as_str()));
        let mut entry = Map::new();
        if let Some(kind) = self.format.kind {
            entry.insert("type".to_owned(), json!(kind));
        }
        entry.insert(self.format.field.to_owned(), json!(self.url.as_str()));
        headers.add(self);
        headers.write(&mut entry);
        for (name, value) in rest {
            entry.entry(name).or_insert(value);
        }
        match format {
            ConfigFormat::OpenCode => {
                // With a token, a refusal is a refusal and no reason to sign in.
                if self.has_authorization() {
                    entry.insert("oauth".to_owned(), json!(false));
                }
                entry.entry("enabled").or_insert(json!(true));
            }
            ConfigFormat::Json {
                mark: Some((_, "local")),
                ..
            } => {
                entry.entry("tools").or_insert(json!(["*"]));
            }
            ConfigFormat::Json { .. } | ConfigFormat::Toml { .. } => {}
        }
        Value::Object(entry)
    }

    fn has_authorization(&self) -> bool {
        self.headers.iter().any(|header| header.is("Authorization"))
    }
}

/// The headers of an entry, by the field that they are in.
#[derive(Default)]
struct Headers {
    /// `headers`: values or references.
    values: Map<String, Value>,
    /// Codex's `http_headers`.
    literal: Map<String, Value>,
    /// Codex's `env_http_headers`.
    by_variable: Map<String, Value>,
    /// Codex's `bearer_token_env_var`.
    bearer: Option<Value>,
}

impl Headers {
    /// Those of the existing entry that the new one does not set.
    fn of(entry: &Map<String, Value>, new: &UrlEntry) -> Self {
        let kept = |field: &str| {
            let mut headers = match entry.get(field) {
                Some(Value::Object(headers)) => headers.clone(),
                _ => Map::new(),
            };
            headers.retain(|name, _| !new.headers.iter().any(|header| header.is(name)));
            headers
        };
        let bearer = entry.get("bearer_token_env_var").cloned();
        Self {
            values: kept("headers"),
            literal: kept("http_headers"),
            by_variable: kept("env_http_headers"),
            bearer: bearer.filter(|_| !new.has_authorization()),
        }
    }

    fn add(&mut self, new: &UrlEntry) {
        let Some(variables) = new.format.variables else {
            return;
        };
        for header in &new.headers {
            let reference = variables.reference(&header.variable);
            match (variables, header.bearer) {
                (Variables::Fields, true) => self.bearer = Some(json!(reference)),
                (Variables::Fields, false) => {
                    self.by_variable
                        .insert(header.name.clone(), json!(reference));
                }
                (_, bearer) => {
                    let prefix = if bearer { "Bearer " } else { "" };
                    let value = json!(format!("{prefix}{reference}"));
                    self.values.insert(header.name.clone(), value);
                }
            }
        }
    }

    fn write(self, entry: &mut Map<String, Value>) {
        for (field, headers) in [
            ("headers", self.values),
            ("http_headers", self.literal),
            ("env_http_headers", self.by_variable),
        ] {
            if !headers.is_empty() {
                entry.insert(field.to_owned(), Value::Object(headers));
            }
        }
        if let Some(bearer) = self.bearer {
            entry.insert("bearer_token_env_var".to_owned(), bearer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: ConfigFormat = ConfigFormat::Json {
        key: "mcpServers",
        mark: None,
    };

    fn entry(headers: &[(&str, bool, &str)], variables: Variables, reset: bool) -> UrlEntry {
        UrlEntry {
            url: ServerUrl::parse("https://cs.example/mcp").unwrap(),
            headers: headers
                .iter()
                .map(|(name, bearer, variable)| EnvHeader {
                    name: (*name).to_owned(),
                    bearer: *bearer,
                    variable: (*variable).to_owned(),
                })
                .collect(),
            format: UrlFormat {
                field: "url",
                kind: None,
                variables: Some(variables),
            },
            reset,
        }
    }

    #[test]
    fn headers_are_kept_for_the_same_server_only() {
        let token = [("Authorization", true, "TOKEN")];
        let new = entry(&token, Variables::EnvBraces, false);
        let found = |url: &str| json!({"type": "sse", "url": url, "headers": {"authorization": "Bearer hush", "X-Team": "a"}, "timeout": 5});
        assert_eq!(
            new.merge_into(&found("https://cs.example/sse"), JSON),
            json!({
                "url": "https://cs.example/mcp",
                "headers": {"X-Team": "a", "Authorization": "Bearer ${env:TOKEN}"}, "timeout": 5,
            })
        );
        let alone = json!({
            "url": "https://cs.example/mcp", "headers": {"Authorization": "Bearer ${env:TOKEN}"}, "timeout": 5,
        });
        assert_eq!(new.merge_into(&found("https://other/mcp"), JSON), alone);
        let new = entry(&token, Variables::EnvBraces, true);
        assert_eq!(
            new.merge_into(&found("https://cs.example/sse"), JSON),
            alone
        );
    }

    #[test]
    fn codex_has_fields_of_its_own() {
        let toml = ConfigFormat::Toml { key: "mcp_servers" };
        let both = [("Authorization", true, "TOKEN"), ("X-Team", false, "TEAM")];
        let new = entry(&both, Variables::Fields, false);
        let found = json!({
            "url": "https://cs.example/mcp", "http_headers": {"Authorization": "Bearer hush", "X-A": "b"},
            "env_http_headers": {"x-team": "OLD"}, "enabled": true,
        });
        assert_eq!(
            new.merge_into(&found, toml),
            json!({
                "url": "https://cs.example/mcp", "http_headers": {"X-A": "b"},
                "env_http_headers": {"X-Team": "TEAM"}, "bearer_token_env_var": "TOKEN", "enabled": true,
            })
        );
        let plain = entry(
            &[("Authorization", false, "VALUE")],
            Variables::Fields,
            false,
        );
        let found = json!({"url": "https://cs.example/mcp", "bearer_token_env_var": "TOKEN"});
        assert_eq!(
            plain.merge_into(&found, toml),
            json!({"url": "https://cs.example/mcp", "env_http_headers": {"Authorization": "VALUE"}})
        );
    }
}
