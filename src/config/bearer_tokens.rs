//! Parses the bearer tokens file: named tokens and their permissions. A token can be given as its SHA-256.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use super::environment::{Variables, env_var, expand_tilde, read_secret};
use super::toml_error;
use crate::secret::{Fingerprint, Secret};

/// The minimum length of a token, so that it cannot be guessed.
const MIN_LENGTH: usize = 16;

/// A token of the file.
#[derive(Debug, Clone)]
pub(crate) struct TokenSetting {
    /// Its name.
    pub name: String,
    /// The SHA-256 of the token.
    pub fingerprint: Fingerprint,
    /// Whether tools that write are hidden and refused.
    pub read_only: bool,
    /// The projects it is restricted to; `None` is all.
    pub projects: Option<Vec<String>>,
    /// The configured accounts that sign for it; `None` is all.
    pub accounts: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tokens: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    token: Option<String>,
    token_file: Option<String>,
    token_sha256: Option<String>,
    #[serde(default)]
    read_only: bool,
    projects: Option<Vec<String>>,
    accounts: Option<Vec<String>>,
}

/// Reads a bearer tokens file.
pub(crate) fn tokens(path: &Path) -> anyhow::Result<Vec<TokenSetting>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the tokens file: {}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    parse(&text, folder, &env_var).with_context(|| path.display().to_string())
}

fn parse(text: &str, folder: &Path, variables: Variables<'_>) -> anyhow::Result<Vec<TokenSetting>> {
    // The message of the TOML error quotes the line, which contains the token.
    let file: File = toml::from_str(text).map_err(|error| {
        let line = toml_error::line(text, error.span().map_or(0, |span| span.start));
        anyhow::anyhow!("line {line}: {}", toml_error::message(&error))
    })?;
    let mut rows: Vec<TokenSetting> = Vec::new();
    for (name, row) in file.tokens {
        let fingerprint = row
            .fingerprint(folder, variables)
            .with_context(|| format!("tokens.{name}"))?;
        if let Some(duplicate) = rows
            .iter()
            .find(|row| row.fingerprint.matches(&fingerprint))
        {
            bail!(
                "tokens.{name} is the same token as tokens.{}",
                duplicate.name
            );
        }
        if row.accounts.as_ref().is_some_and(Vec::is_empty) {
            bail!("tokens.{name}: `accounts` names no account");
        }
        rows.push(TokenSetting {
            name,
            fingerprint,
            read_only: row.read_only,
            projects: row.projects,
            accounts: row.accounts,
        });
    }
    if rows.is_empty() {
        bail!("the file defines no tokens");
    }
    Ok(rows)
}

impl Row {
    fn fingerprint(&self, folder: &Path, variables: Variables<'_>) -> anyhow::Result<Fingerprint> {
        let token = match (&self.token, &self.token_file, &self.token_sha256) {
            (Some(token), None, None) => Secret::new(token),
            (None, Some(path), None) => read_secret(&folder.join(expand_tilde(path, variables)))?,
            (None, None, Some(digits)) => {
                return Fingerprint::parse(digits)
                    .context("token_sha256 has 64 hexadecimal digits");
            }
            _ => bail!("set one of token, token_file and token_sha256"),
        };
        let plain = token.expose().bytes().all(|byte| byte.is_ascii_graphic());
        if token.expose().len() < MIN_LENGTH || !plain {
            bail!("tokens need at least {MIN_LENGTH} printable ASCII characters");
        }
        Ok(Fingerprint::of(token.expose()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_never_contain_the_token() {
        let read = |text: &str| parse(text, Path::new("."), &|_| Some("/nowhere".to_owned()));
        let digest = crate::secret::sha256_hex("another-long-token");
        let rows = read(&format!(
            "[tokens.ci]\ntoken = \"a-rather-long-token\"\nread_only = true\nprojects = [\"a\"]\n\
             [tokens.you]\ntoken_sha256 = \"{digest}\"\n"
        ))
        .unwrap();
        assert!(rows[0].read_only && !rows[1].read_only);
        assert!(
            rows[1]
                .fingerprint
                .matches(&Fingerprint::of("another-long-token"))
        );
        for (text, words) in [
            ("[tokens]", "no tokens"),
            ("[tokens.a]\ntoken = \"short\"", "at least 16"),
            ("[tokens.a]\nread_only = true", "set one of token"),
            ("[tokens.a]\ntoken = hunter2hunter2hunter2", "line 2"),
            (
                "tokens.a = \"hunter2hunter2hunter2\"",
                "line 1: expected a table, not text",
            ),
            (
                "[tokens.a]\ntoken = 77777777777777777",
                "line 2: expected text, not a number",
            ),
            (
                "[tokens.a]\nread_only = \"hunter2\"",
                "true or false, not text",
            ),
            ("[tokens.a]\ntoken_file = \"~/tk\"", ": /nowhere/tk"),
            ("[tokens.a]\ntoken_sha256 = \"ab\"", "64"),
            (
                "[tokens.a]\ntoken = \"a-rather-long-token\"\naccounts = []",
                "tokens.a: `accounts` names no account",
            ),
            (
                "[tokens.a]\ntoken = \"a-rather-long-token\"\n[tokens.b]\ntoken = \"a-rather-long-token\"",
                "the same token",
            ),
        ] {
            let error = format!("{:#}", read(text).unwrap_err());
            assert!(
                error.contains(words) && !error.contains("hunter2") && !error.contains("7777"),
                "{error}"
            );
        }
    }
}
