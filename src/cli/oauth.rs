//! Flags of the OAuth 2.1 resource server, and the environment variables behind them.

use clap::Args;

use super::exit::UsageError;
use crate::config::plain_variable;
use crate::http::OAuthSettings;

/// Access tokens of an OAuth issuer, beside the bearer tokens.
#[derive(Args, Default, Clone)]
#[group(requires = "http", multiple = true)]
pub(super) struct OAuthFlags {
    /// Accept access tokens (JWT) of this OAuth issuer [env: CRASHSIGHT_OAUTH_ISSUER].
    #[arg(long = "oauth-issuer", value_name = "URL")]
    issuer: Option<String>,
    /// The audience that access tokens must have; repeatable [env: CRASHSIGHT_OAUTH_AUDIENCE].
    #[arg(long = "oauth-audience", value_name = "AUDIENCE")]
    audience: Vec<String>,
    /// The URL of /mcp that clients use [default: the first audience] [env: CRASHSIGHT_OAUTH_RESOURCE].
    #[arg(long = "oauth-resource", value_name = "URL")]
    resource: Option<String>,
    /// The claim that names the accounts that sign for a token [env: CRASHSIGHT_OAUTH_ACCOUNT_CLAIM].
    #[arg(long = "oauth-account-claim", value_name = "CLAIM")]
    account_claim: Option<String>,
}

impl OAuthFlags {
    /// The settings, where an issuer is named.
    pub(super) fn settings(self) -> anyhow::Result<Option<OAuthSettings>> {
        let or_variable = |flag: Option<String>, name| flag.or_else(|| plain_variable(name));
        let mut audiences = self.audience;
        if audiences.is_empty() {
            let listed = plain_variable("CRASHSIGHT_OAUTH_AUDIENCE").unwrap_or_default();
            audiences.extend(listed.split_whitespace().map(str::to_owned));
        }
        let resource = or_variable(self.resource, "CRASHSIGHT_OAUTH_RESOURCE");
        let Some(issuer) = or_variable(self.issuer, "CRASHSIGHT_OAUTH_ISSUER") else {
            if audiences.is_empty() && resource.is_none() {
                return Ok(None);
            }
            let words = "OAuth settings require `--oauth-issuer`".to_owned();
            return Err(UsageError(words).into());
        };
        let settings = OAuthSettings {
            issuer,
            resource: resource
                .or_else(|| audiences.first().cloned())
                .unwrap_or_default(),
            audiences,
            account_claim: or_variable(self.account_claim, "CRASHSIGHT_OAUTH_ACCOUNT_CLAIM"),
        };
        settings
            .validate()
            .map_err(|error| UsageError(error.to_string()))?;
        Ok(Some(settings))
    }
}
