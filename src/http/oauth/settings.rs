//! Settings of the resource server, and what they must be.

use anyhow::bail;
use axum::http::Uri;

/// Settings of the OAuth 2.1 resource server.
#[derive(Debug, Clone)]
pub struct OAuthSettings {
    /// The issuer, exactly as in the `iss` of its tokens: `https://login.example.com`.
    pub issuer: String,
    /// A token needs one of these as its `aud`.
    pub audiences: Vec<String>,
    /// The URL of `/mcp` that clients use, for the metadata: `https://mcp.example.com/mcp`.
    pub resource: String,
    /// The claim that names the configured accounts that sign for a token; without it all of them do.
    pub account_claim: Option<String>,
}

impl OAuthSettings {
    /// Rejects settings with which no token could be checked, or only with keys sent unencrypted.
    pub fn validate(&self) -> anyhow::Result<()> {
        if !is_secure_url(&self.issuer) {
            bail!(
                "the OAuth issuer must be an https URL without query\n\
                 hint: use the `issuer` of its metadata, such as https://login.example.com"
            );
        }
        if self.audiences.is_empty() {
            bail!(
                "an OAuth issuer requires an audience\n\
                 hint: `--oauth-audience` is the `aud` of its access tokens for this server"
            );
        }
        if !is_secure_url(&self.resource) {
            bail!(
                "the OAuth resource must be the https URL of /mcp that clients use\n\
                 hint: set `--oauth-resource`, such as https://mcp.example.com/mcp"
            );
        }
        Ok(())
    }
}

/// Whether it is an https URL, or one of this machine, without query and fragment.
pub(super) fn is_secure_url(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else {
        return false;
    };
    let loopback = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let secure = match uri.scheme_str() {
        Some("https") => uri.host().is_some(),
        Some("http") => loopback,
        _ => false,
    };
    let plain = uri.query().is_none() && !text.contains(['#', '"', '\\']);
    let user = uri.authority().is_some_and(|at| at.as_str().contains('@'));
    secure && plain && !user
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_secure_or_of_this_machine() {
        for (url, secure) in [
            ("https://login.example.com", true),
            ("https://login.example.com/tenant/v2.0", true),
            ("http://127.0.0.1:3000", true),
            ("http://[::1]:3000/a", true),
            ("http://localhost", true),
            ("http://login.example.com", false),
            ("https://login.example.com?x=1", false),
            ("https://login.example.com#x", false),
            ("https://user@login.example.com", false),
            ("login.example.com", false),
            ("/mcp", false),
            ("", false),
        ] {
            assert_eq!(is_secure_url(url), secure, "{url}");
        }
    }
}
