//! Whom a search for reports is about: users or devices.

use crate::args::{List, ShortText};
use crate::error::Error;

/// Whom a search is about.
pub(super) enum Whose<'a> {
    User(Vec<&'a str>),
    Device(Vec<&'a str>),
}

impl<'a> Whose<'a> {
    /// Exactly one of the two.
    pub(super) fn new<const N: usize>(
        user: &'a List<ShortText, N>,
        device: &'a List<ShortText, N>,
    ) -> Result<Self, Error> {
        match (user.is_empty(), device.is_empty()) {
            (false, true) => Ok(Self::User(user.texts())),
            (true, false) => Ok(Self::Device(device.texts())),
            _ => Err(Error::invalid_arguments("give either `user` or `device`")),
        }
    }

    pub(super) fn is_user(&self) -> bool {
        matches!(self, Self::User(_))
    }

    /// Name of the argument, and its values.
    pub(super) fn argument(&self) -> (&'static str, &[&'a str]) {
        match self {
            Self::User(user) => ("user", user),
            Self::Device(device) => ("device", device),
        }
    }

    pub(super) fn title(&self) -> String {
        match self.argument() {
            (what, [only]) => format!("Reports of {what} {}", crate::reply::inline(only, 64)),
            (what, several) => format!("Reports of {} {what}s", several.len()),
        }
    }
}
