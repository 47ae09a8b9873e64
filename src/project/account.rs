//! An account of a service, and the credentials that sign for it.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::credential_source::CredentialSource;
use crate::error::Error;
use crate::request::ProviderId;
use crate::secret::Secret;

/// The credentials of an account.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// CrashSight's user id and OpenAPI key.
    CrashSight {
        /// `localUserId`.
        user_id: String,
        /// `userOpenapiKey`.
        api_key: Secret,
    },
    /// Agora's pair for HTTP Basic.
    Agora {
        /// Customer ID.
        customer_id: String,
        /// Customer secret.
        customer_secret: Secret,
    },
    /// Getui's app id, key and master secret.
    Getui {
        /// Part of every path.
        app_id: String,
        /// Sent in the login.
        app_key: Secret,
        /// Signs the login.
        master_secret: Secret,
    },
}

impl Credentials {
    /// Who the service counts it as.
    pub fn user(&self) -> &str {
        match self {
            Self::CrashSight { user_id, .. } => user_id,
            Self::Agora { customer_id, .. } => customer_id,
            Self::Getui { app_id, .. } => app_id,
        }
    }

    /// Everything that must never be shown, as it may appear in a text.
    pub fn secrets(&self) -> Vec<String> {
        match self {
            Self::CrashSight { api_key, .. } => vec![api_key.expose().to_owned()],
            Self::Agora {
                customer_id,
                customer_secret,
            } => vec![
                crate::secret::base64(&format!("{customer_id}:{}", customer_secret.expose())),
                customer_secret.expose().to_owned(),
            ],
            Self::Getui {
                app_key,
                master_secret,
                ..
            } => vec![
                master_secret.expose().to_owned(),
                app_key.expose().to_owned(),
            ],
        }
    }

    /// The secret of this identity: it keys what only this identity may confirm.
    pub fn secret(&self) -> &Secret {
        match self {
            Self::CrashSight { api_key, .. } => api_key,
            Self::Agora {
                customer_secret, ..
            } => customer_secret,
            Self::Getui { master_secret, .. } => master_secret,
        }
    }
}

/// One identity at one service.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name in the configuration.
    pub name: Arc<str>,
    /// The service.
    pub provider: ProviderId,
    /// `scheme://host[:port]`, without a slash at the end.
    pub base: String,
    /// Where the credentials were configured.
    pub source: CredentialSource,
    /// `Err` names the settings to make.
    pub credentials: Result<Credentials, String>,
    /// The zone of the service's days.
    pub zone: TimeZone,
}

impl Account {
    /// The credential that signs, or the error that names the settings to make.
    pub fn credentials(&self) -> Result<&Credentials, Error> {
        self.credentials
            .as_ref()
            .map_err(|hint| Error::Credentials {
                provider: self.provider,
                hint: hint.clone(),
            })
    }
}
