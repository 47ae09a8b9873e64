//! Builds accounts, and knows the time zones of the services.

use crate::project::{Account, CredentialSource, Credentials};
use crate::request::ProviderId;
use crate::time_range;

/// CrashSight and Getui count days at +08:00 (docs/vendor/crashsight.md §6, docs/vendor/getui.md §4).
pub(super) const SERVICE_ZONE: &str = "+08:00";

/// Agora counts days in UTC (docs/vendor/agora.md §3).
pub(super) const AGORA_ZONE: &str = "UTC";

/// An account whose time zone is not parsed yet.
pub(super) struct NewAccount<'a> {
    pub(super) name: &'a str,
    pub(super) provider: ProviderId,
    pub(super) base: String,
    pub(super) source: CredentialSource,
    pub(super) credentials: Result<Credentials, String>,
}

impl NewAccount<'_> {
    /// The account, with the time zone in which its service counts days.
    pub(super) fn in_zone(self, zone: &str) -> anyhow::Result<Account> {
        Ok(Account {
            name: self.name.into(),
            provider: self.provider,
            base: self.base,
            source: self.source,
            credentials: self.credentials,
            zone: time_range::zone(zone).map_err(anyhow::Error::msg)?,
        })
    }
}
