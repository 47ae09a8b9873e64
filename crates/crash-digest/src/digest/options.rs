//! How a digest is made.

use crate::merge::Reported;
use crate::ownership::OwnershipRules;

/// How a digest is made.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Whose code is whose.
    pub rules: &'a OwnershipRules,
    /// What the service says of the crash.
    pub reported: Reported<'a>,
    /// Lines of the stack, at most about.
    pub lines: usize,
}
