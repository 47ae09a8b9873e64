//! Names of the scopes.

/// The scope of tools that read.
pub(in crate::http) const READ: &str = "crashsight:read";
/// The scope of every tool.
pub(in crate::http) const WRITE: &str = "crashsight:write";
/// What precedes the name of a project in a scope.
pub(super) const PROJECT: &str = "crashsight:project:";
