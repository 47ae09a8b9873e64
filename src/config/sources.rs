//! Where the configuration comes from: the file that is read and the variables that are set.

use std::path::{Path, PathBuf};

use super::environment::{Variables, env_var, expand_tilde};

/// Where the configuration comes from.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConfigSources {
    /// The configuration file that is read, if any.
    pub file: Option<PathBuf>,
    /// The user's default configuration file, which may not exist.
    pub default_file: Option<PathBuf>,
    /// The same without `XDG_CONFIG_HOME`, which desktop programs often lack.
    desktop_file: Option<PathBuf>,
    /// Variables that are set and hold no secret, with their values.
    pub plain: Vec<(&'static str, String)>,
    /// Names of variables that are set and hold a secret.
    pub secret: Vec<&'static str>,
    /// Variables of the proxy and of certificate authorities, with their values.
    pub network: Vec<(&'static str, String)>,
}

/// Variables without secrets.
const PLAIN: &[&str] = &[
    "CRASHSIGHT_USER_ID",
    "CRASHSIGHT_API_KEY_FILE",
    "CRASHSIGHT_SITE",
    "CRASHSIGHT_SITE_ZONE",
    "CRASHSIGHT_PROJECT",
    "CRASHSIGHT_ZONE",
    "CRASHSIGHT_STORE",
    "CRASHSIGHT_SYMBOL_TOOL",
    "CRASHSIGHT_SYMBOL_SETTINGS",
    "CRASHSIGHT_APP_KEY_FILE",
    "AGORA_CUSTOMER_ID",
    "AGORA_CUSTOMER_SECRET_FILE",
    "AGORA_APP_ID",
    "AGORA_BASE_URL",
    "GETUI_APP_ID",
    "GETUI_APP_KEY_FILE",
    "GETUI_MASTER_SECRET_FILE",
    "GETUI_BASE_URL",
];

/// Variables with secrets; each has a `…_FILE` form that names a file instead.
const SECRET: &[&str] = &[
    "CRASHSIGHT_API_KEY",
    "CRASHSIGHT_APP_KEY",
    "AGORA_CUSTOMER_SECRET",
    "GETUI_APP_KEY",
    "GETUI_MASTER_SECRET",
];

/// Variables that requests to the services depend on.
const NETWORK: &[&str] = &[
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Other variables of this server: no client's entry needs them.
const OTHERS: &[&str] = &[
    "CRASHSIGHT_CONFIG",
    "CRASHSIGHT_LOG",
    "CRASHSIGHT_OAUTH_ISSUER",
    "CRASHSIGHT_OAUTH_AUDIENCE",
    "CRASHSIGHT_OAUTH_RESOURCE",
    "CRASHSIGHT_OAUTH_ACCOUNT_CLAIM",
];

impl ConfigSources {
    /// Names of the variables that are read.
    pub(crate) fn known() -> impl Iterator<Item = &'static str> {
        PLAIN.iter().chain(SECRET).chain(OTHERS).copied()
    }

    /// The sources of this process; `config` is the file from the command line.
    pub(crate) fn of_process(config: Option<&Path>) -> Self {
        Self::read(config, &env_var)
    }

    /// The sources for these environment variables.
    pub(crate) fn read(config: Option<&Path>, variables: Variables<'_>) -> Self {
        Self {
            file: config_file(config, variables),
            default_file: default_file(variables),
            desktop_file: default_file(&|name| match name {
                "XDG_CONFIG_HOME" => None,
                _ => variables(name),
            }),
            plain: PLAIN
                .iter()
                .filter_map(|name| Some((*name, variables(name)?)))
                .collect(),
            network: NETWORK
                .iter()
                .filter_map(|name| Some((*name, variables(name)?)))
                .collect(),
            secret: SECRET
                .iter()
                .copied()
                .filter(|name| variables(name).is_some())
                .collect(),
        }
    }

    /// Whether a variable without a secret is set.
    pub(crate) fn sets(&self, name: &str) -> bool {
        self.plain.iter().any(|(known, _)| *known == name)
    }

    /// The configuration file, unless every process of the user finds it by default.
    pub(crate) fn named_file(&self) -> Option<&Path> {
        self.file
            .as_deref()
            .filter(|file| self.desktop_file.as_deref() != Some(file))
    }

    /// The path for a key file, next to the default configuration file.
    pub(crate) fn key_file(&self, name: &str) -> Option<PathBuf> {
        Some(self.default_file.as_ref()?.with_file_name(name))
    }
}

/// The configuration file to read: the given one, `CRASHSIGHT_CONFIG`, or the user's default file if it exists.
pub(super) fn config_file(config: Option<&Path>, variables: Variables<'_>) -> Option<PathBuf> {
    config
        .map(|path| match path.to_str() {
            // Shells do not expand the `~` in `--config=~/c.toml`.
            Some(text) => expand_tilde(text, variables),
            None => path.to_path_buf(),
        })
        .or_else(|| variables("CRASHSIGHT_CONFIG").map(|path| expand_tilde(&path, variables)))
        .or_else(|| default_file(variables).filter(|path| path.is_file()))
}

/// The user's default configuration file, which may not exist.
fn default_file(variables: Variables<'_>) -> Option<PathBuf> {
    let folder = variables("XDG_CONFIG_HOME")
        .or_else(|| variables("APPDATA"))
        .map(PathBuf::from)
        .or_else(|| variables("HOME").map(|folder| Path::new(&folder).join(".config")))?;
    Some(folder.join("crashsight-mcp").join("config.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_named_and_not_read() {
        let sources = ConfigSources::read(None, &|name| match name {
            "HOME" => Some("/home/a".to_owned()),
            "CRASHSIGHT_API_KEY" => Some("hush".to_owned()),
            "CRASHSIGHT_USER_ID" => Some("7".to_owned()),
            _ => None,
        });
        assert_eq!(sources.secret, ["CRASHSIGHT_API_KEY"]);
        assert_eq!(sources.plain, [("CRASHSIGHT_USER_ID", "7".to_owned())]);
        assert!(!format!("{sources:?}").contains("hush"));
    }
}
