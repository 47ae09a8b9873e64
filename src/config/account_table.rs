//! An account of the configuration file, as it is written there.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// An id or a platform. Ids of digits are often written without quotes.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum StringOrInt {
    Text(String),
    Number(i64),
}

impl StringOrInt {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// The keys of an account depend on its provider; keys of another provider are unknown fields.
#[derive(Deserialize)]
#[serde(tag = "provider", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum AccountTable {
    CrashSight {
        site: Option<String>,
        user_id: Option<StringOrInt>,
        api_key: Option<String>,
        api_key_file: Option<String>,
        api_key_env: Option<String>,
        zone: Option<String>,
    },
    Agora {
        customer_id: Option<StringOrInt>,
        customer_secret: Option<String>,
        customer_secret_file: Option<String>,
        customer_secret_env: Option<String>,
        base_url: Option<String>,
    },
    Getui {
        app_id: Option<StringOrInt>,
        app_key: Option<String>,
        master_secret: Option<String>,
        master_secret_file: Option<String>,
        master_secret_env: Option<String>,
        base_url: Option<String>,
    },
}

impl AccountTable {
    /// The key that names the environment variable of its secret, if set.
    pub(super) fn variable(&self, account: &str) -> Option<String> {
        let (field, name) = match self {
            Self::CrashSight { api_key_env, .. } => ("api_key", api_key_env),
            Self::Agora {
                customer_secret_env,
                ..
            } => ("customer_secret", customer_secret_env),
            Self::Getui {
                master_secret_env, ..
            } => ("master_secret", master_secret_env),
        };
        name.as_ref()
            .map(|_| format!("accounts.{account}.{field}_env"))
    }

    /// Files with a secret: the one that a key names, and the configuration file where a key is the secret itself.
    pub(super) fn secret_files(
        &self,
        account: &str,
        config: &Path,
        place: &dyn Fn(&str) -> PathBuf,
    ) -> Vec<(String, PathBuf)> {
        let secrets = match self {
            Self::CrashSight {
                api_key,
                api_key_file,
                ..
            } => vec![("api_key", api_key, api_key_file)],
            Self::Agora {
                customer_secret,
                customer_secret_file,
                ..
            } => vec![("customer_secret", customer_secret, customer_secret_file)],
            Self::Getui {
                app_key,
                master_secret,
                master_secret_file,
                ..
            } => vec![
                ("app_key", app_key, &None),
                ("master_secret", master_secret, master_secret_file),
            ],
        };
        let mut files = Vec::new();
        for (field, plain, file) in secrets {
            let key = format!("accounts.{account}.{field}");
            if let Some(file) = file {
                files.push((format!("{key}_file"), place(file)));
            }
            if plain.is_some() {
                files.push((key, config.to_path_buf()));
            }
        }
        files
    }
}
