//! Accounts and named projects.

mod account;
mod apps;
mod closest;
mod credential_source;
mod platform;
mod projects;
mod symbol_uploader;
pub(crate) mod tickets;

pub(crate) use account::{Account, Credentials};
pub(crate) use apps::{AppRef, CrashSightApp, app_id};
pub(crate) use closest::closest_match;
pub(crate) use credential_source::CredentialSource;
pub use platform::Platform;
pub(crate) use projects::{App, ServiceApp};
pub use projects::{Project, Projects, SourceRules};
pub use symbol_uploader::{SymbolApp, SymbolUploader};
pub(crate) use tickets::TicketPattern;

#[cfg(test)]
mod tests;
