//! Checks of the settings themselves: names, duplicates, permissions of key files and plain HTTP.

use std::path::{Path, PathBuf};

use super::report::Checks;
use crate::cli::server_url::is_loopback;
use crate::config::{ConfigSources, variable_names};
use crate::project::Account;

/// Prefixes of the variables of this server.
const PREFIXES: [&str; 3] = ["CRASHSIGHT_", "AGORA_", "GETUI_"];

/// `secret_files` are those of the configuration file.
pub(super) fn check(
    checks: &mut Checks,
    sources: &ConfigSources,
    secret_files: &[(String, PathBuf)],
) {
    let known: Vec<&str> = ConfigSources::known().collect();
    for name in variable_names() {
        if let Some(meant) = near_miss(&name, &known) {
            let text = format!("{name} is not a variable of this server: did you mean {meant}?");
            checks.warn("variables", &text);
        }
    }
    for secret in &sources.secret {
        let file = format!("{secret}_FILE");
        if sources.sets(&file) {
            let text = format!("{secret} and {file} are both set: {secret} is used");
            checks.warn("variables", &text);
        }
    }
    let named = sources.plain.iter();
    let named = named.filter(|(name, _)| name.ends_with("_FILE"));
    let named = named.map(|(name, path)| (*name, Path::new(path)));
    let of_file = secret_files.iter();
    let of_file = of_file.map(|(key, path)| (key.as_str(), path.as_path()));
    let mut seen = Vec::new();
    for (name, path) in named.chain(of_file) {
        if !seen.contains(&path) {
            key_file(checks, name, path);
            seen.push(path);
        }
    }
}

/// Requests in clear text can be read and changed on their way.
pub(super) fn plain_http(checks: &mut Checks, account: &Account) {
    let Some(rest) = account.base.strip_prefix("http://") else {
        return;
    };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    if !is_loopback(host) {
        let text = format!(
            "{}: {host} is reached by plain HTTP: use https",
            account.name
        );
        checks.warn("reach", &text);
    }
}

/// The variable that is meant by one with our prefix, or almost with it.
fn near_miss<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let upper = name.to_uppercase();
    let ours = PREFIXES.iter().any(|prefix| upper.starts_with(prefix));
    // Simulator, tests and base URLs of a service have variables of this prefix, too.
    if known.contains(&name) || !(ours || upper.starts_with("CRASH")) {
        return None;
    }
    known
        .iter()
        .copied()
        .map(|candidate| (strsim::damerau_levenshtein(&upper, candidate), candidate))
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(unix)]
fn key_file(checks: &mut Checks, name: &str, path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(about) = path.metadata() else {
        return;
    };
    if about.permissions().mode() & 0o077 != 0 {
        let file = path.to_string_lossy().replace('\'', r"'\''");
        let text = format!("{name}: other users can read it: chmod 600 '{file}'");
        checks.warn("key file", &text);
    }
}

#[cfg(not(unix))]
fn key_file(_: &mut Checks, _: &str, _: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_recognized() {
        let known: Vec<&str> = ConfigSources::known().collect();
        for (name, expected) in [
            ("CRASHSIGHT_APIKEY", Some("CRASHSIGHT_API_KEY")),
            ("CRASHSIGHT_USERID", Some("CRASHSIGHT_USER_ID")),
            ("CRASH_SIGHT_API_KEY", Some("CRASHSIGHT_API_KEY")),
            ("crashsight_project", Some("CRASHSIGHT_PROJECT")),
            ("CRASHSIGHT_API_KEY", None),
            ("CRASHSIGHT_SOMETHING_ELSE", None),
            ("GETUI_APPID", Some("GETUI_APP_ID")),
            ("PATH", None),
        ] {
            assert_eq!(near_miss(name, &known), expected, "{name}");
        }
    }
}
