//! A dump: every thread of a process, told apart, grouped by what it does.

mod declared;
mod dump;
mod group;

pub use dump::{Thread, ThreadDump};
pub use group::{ActivityGroup, StackGroup};

pub use crate::cut::Header;
