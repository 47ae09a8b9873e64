//! Environment variables, the secrets they hold, and the files they name.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};

use crate::secret::Secret;

/// Looks up an environment variable, of the process or of a test.
pub(crate) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// An environment variable of the process; an empty one counts as unset.
pub(super) fn env_var(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "only this module reads the environment"
    )]
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

/// The folder for temporary files.
pub(crate) fn temporary_folder() -> PathBuf {
    std::env::temp_dir()
}

/// The path of this executable.
pub(crate) fn current_exe() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("cannot determine the path of this executable")
}

/// The words of the command line, for what is decided before it is parsed.
pub(crate) fn command_line() -> Vec<String> {
    let words = std::env::args_os();
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect()
}

/// Names of the variables that are set.
pub(crate) fn variable_names() -> Vec<String> {
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .collect()
}

/// The log filter, `CRASHSIGHT_LOG`.
pub(crate) fn log_filter() -> Option<String> {
    env_var("CRASHSIGHT_LOG")
}

/// A variable without secret that a flag of the same meaning overrides.
pub(crate) fn plain_variable(name: &str) -> Option<String> {
    env_var(name).map(|value| value.trim().to_owned())
}

/// The store, `CRASHSIGHT_STORE`.
pub(crate) fn store() -> Option<String> {
    env_var("CRASHSIGHT_STORE")
}

/// A password from a file.
pub(crate) fn password(path: &Path) -> anyhow::Result<Secret> {
    read_secret(&expand_tilde(&path.to_string_lossy(), &env_var))
}

/// Expands a leading `~/` to the user's home folder.
pub(super) fn expand_tilde(path: &str, variables: Variables<'_>) -> PathBuf {
    match (
        path.strip_prefix("~/"),
        variables("HOME").or_else(|| variables("USERPROFILE")),
    ) {
        (Some(rest), Some(folder)) => Path::new(&folder).join(rest),
        _ => PathBuf::from(path),
    }
}

/// A secret of the environment.
pub(super) struct EnvSecret {
    /// The variable that is set: `CRASHSIGHT_API_KEY` or `CRASHSIGHT_API_KEY_FILE`.
    pub(super) variable: String,
    /// `Err` says why it cannot be used. It is reported by the call that needs it, so that other accounts work.
    pub(super) value: Result<Secret, String>,
}

/// Reads a secret from a variable, or from the file that `<name>_FILE` names.
pub(super) fn secret(name: &str, variables: Variables<'_>) -> Option<EnvSecret> {
    if let Some(value) = variables(name) {
        return Some(EnvSecret {
            variable: name.to_owned(),
            value: Secret::read(&value).map_err(|problem| format!("{name} {problem}")),
        });
    }
    let variable = format!("{name}_FILE");
    let path = variables(&variable)?;
    let value = read_secret(&expand_tilde(&path, variables))
        .map_err(|problem| format!("{variable}: {problem:#}"));
    Some(EnvSecret { variable, value })
}

/// Reads a secret from a file.
pub(super) fn read_secret(path: &Path) -> anyhow::Result<Secret> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the key file: {}", path.display()))?;
    Secret::read(&text).map_err(|problem| anyhow!("the key file {problem}: {}", path.display()))
}
