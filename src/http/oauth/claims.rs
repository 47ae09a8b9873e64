//! The claims of an access token, and what they grant.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

use super::scopes::{PROJECT, READ, WRITE};

/// The claims that matter here. Time, issuer and audience are already validated.
#[derive(Deserialize)]
pub(super) struct Claims {
    sub: String,
    /// One text with spaces (RFC 9068), or a list.
    scope: Option<Words>,
    /// The same under the name that some issuers use.
    scp: Option<Words>,
    /// A key that the client must prove to have (RFC 7800).
    cnf: Option<Value>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    Text(String),
    List(Vec<String>),
}

impl Words {
    fn split(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => text.split_whitespace().collect(),
            Self::List(words) => words.iter().map(String::as_str).collect(),
        }
    }
}

/// What a token grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct Grant {
    /// The `sub` of the token.
    pub(in crate::http) subject: String,
    /// Tools that read.
    pub(in crate::http) read: bool,
    /// Every tool.
    pub(in crate::http) write: bool,
    /// Names of projects that it is restricted to; `None` is all.
    pub(in crate::http) projects: Option<Vec<String>>,
    /// Names of accounts that sign for it, if a claim names them; none is every account.
    pub(in crate::http) accounts: Vec<String>,
}

impl Claims {
    /// Whether a client must prove to have a key, so that the token alone is worth nothing.
    pub(super) fn is_bound_to_key(&self) -> bool {
        self.cnf.is_some()
    }

    /// What they grant; `account_claim` names accounts.
    pub(super) fn grant(self, account_claim: Option<&str>) -> Grant {
        let scopes: Vec<&str> = [&self.scope, &self.scp]
            .into_iter()
            .flatten()
            .flat_map(Words::split)
            .collect();
        let mut projects: Vec<String> = scopes
            .iter()
            .filter_map(|scope| scope.strip_prefix(PROJECT))
            .map(|name| percent_decode_str(name).decode_utf8_lossy().into_owned())
            .collect();
        projects.sort();
        projects.dedup();
        let accounts = match account_claim.and_then(|claim| self.others.get(claim)) {
            Some(Value::String(name)) => vec![name.clone()],
            Some(Value::Array(names)) => names
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        };
        Grant {
            read: scopes.contains(&READ),
            write: scopes.contains(&WRITE),
            projects: (!projects.is_empty()).then_some(projects),
            accounts,
            subject: self.sub,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn grant(claims: Value) -> Grant {
        let claims: Claims = serde_json::from_value(claims).unwrap();
        claims.grant(Some("team"))
    }

    #[test]
    fn scopes_grant_tools_and_projects() {
        let read = grant(json!({"sub": "mei", "scope": "openid crashsight:read"}));
        assert!(read.read && !read.write && read.projects.is_none());
        let list = grant(json!({"sub": "mei", "scp": ["crashsight:write"]}));
        assert!(list.write && !list.read);
        let other = grant(json!({"sub": "mei", "scope": "crashsight:readx crashsight"}));
        assert!(!other.read && !other.write);
        let named = grant(json!({
            "sub": "mei",
            "scope": "crashsight:read crashsight:project:b crashsight:project:%E6%98%9F crashsight:project:b",
        }));
        let projects = named.projects.unwrap();
        assert_eq!(projects, ["b", "星"]);
        assert!(grant(json!({"sub": "mei"})).projects.is_none());
    }

    #[test]
    fn a_claim_names_accounts() {
        assert_eq!(grant(json!({"sub": "a", "team": "cn"})).accounts, ["cn"]);
        let two = grant(json!({"sub": "a", "team": ["cn", 7, "agora"]}));
        assert_eq!(two.accounts, ["cn", "agora"]);
        let other = grant(json!({"sub": "a", "team": {"cn": 1}}));
        assert!(other.accounts.is_empty());
    }
}
