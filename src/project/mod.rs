//! Accounts and named projects.

mod account;
mod apps;
mod closest;
mod credential_source;
mod platform;
mod projects;

pub use account::{Account, Credentials};
pub use apps::{AppRef, CrashSightApp, app_id};
pub use closest::{closest_match, closest_project};
pub use credential_source::CredentialSource;
pub use platform::Platform;
pub use projects::{App, Project, Projects, ServiceApp, SourceRules};

#[cfg(test)]
mod tests;
