//! Where an account's credentials were configured, so that hints name the settings to change.

use std::fmt::{self, Display, Formatter};

/// Where an account's credentials were configured. `Display` names the settings:
/// `CRASHSIGHT_USER_ID and CRASHSIGHT_API_KEY_FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// Environment variables. A secret that was read from a file is named by its `…_FILE` variable.
    Env(Vec<String>),
    /// Keys of one section of the configuration file.
    ConfigFile {
        /// The section, without brackets: `accounts.cn`.
        section: String,
        /// The keys that are set: `user_id`, `api_key_env`.
        keys: Vec<String>,
    },
    /// Headers of the HTTP request.
    Headers(Vec<String>),
    /// The embedded simulator, which needs no configuration.
    Simulator,
}

impl CredentialSource {
    /// Environment variables with these names.
    pub fn env(names: &[&str]) -> Self {
        Self::Env(owned(names))
    }

    /// These keys of `[accounts.<account>]`.
    pub fn account_section(account: &str, keys: &[&str]) -> Self {
        Self::ConfigFile {
            section: format!("accounts.{account}"),
            keys: owned(keys),
        }
    }

    /// Request headers with these names.
    pub fn headers(names: &[&str]) -> Self {
        Self::Headers(owned(names))
    }
}

impl Display for CredentialSource {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(names) => out.write_str(&join(names)),
            Self::ConfigFile { section, keys } => write!(out, "{} of [{section}]", join(keys)),
            Self::Headers(names) if names.len() == 1 => write!(out, "the header {}", join(names)),
            Self::Headers(names) => write!(out, "the headers {}", join(names)),
            Self::Simulator => out.write_str("the simulator's own credentials"),
        }
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// `a`, `a and b`, or `a, b and c`.
fn join(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_names_its_settings() {
        for (source, expected) in [
            (
                CredentialSource::env(&["CRASHSIGHT_USER_ID", "CRASHSIGHT_API_KEY_FILE"]),
                "CRASHSIGHT_USER_ID and CRASHSIGHT_API_KEY_FILE",
            ),
            (
                CredentialSource::account_section("push", &["app_id", "app_key", "master_secret"]),
                "app_id, app_key and master_secret of [accounts.push]",
            ),
            (
                CredentialSource::headers(&["X-CrashSight-User-Id", "X-CrashSight-Api-Key"]),
                "the headers X-CrashSight-User-Id and X-CrashSight-Api-Key",
            ),
            (
                CredentialSource::headers(&["X-CrashSight-Api-Key"]),
                "the header X-CrashSight-Api-Key",
            ),
        ] {
            assert_eq!(source.to_string(), expected);
        }
    }
}
