//! Where the credentials of test accounts come from, for accounts that stand for configured ones.

use crashsight_mcp::project::CredentialSource;
use crashsight_mcp::request::ProviderId;

/// The section of an account in a configuration file.
pub(crate) fn section(name: &str, provider: ProviderId) -> CredentialSource {
    let keys: &[&str] = match provider {
        ProviderId::CrashSight => &["user_id", "api_key"],
        ProviderId::Agora => &["customer_id", "customer_secret"],
        ProviderId::Getui => &["app_id", "app_key", "master_secret"],
    };
    CredentialSource::account_section(name, keys)
}
