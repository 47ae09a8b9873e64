//! Time ranges: the reader's words to absolute times, and those to the service's own forms.
//!
//! Two zones meet here. The site's is what the wire means and what a "day" of its counts is; the
//! reader's is what "today" means to the person who asks. Operations that count by day use the
//! site's days; the others take the reader's midnight to the second.

mod format;
mod moment;
mod parse;
mod resolve;
mod retention;
mod window;
mod zones;

pub(crate) use resolve::{Served, WindowSpec};
pub(crate) use window::Window;
pub use zones::zone;
pub(crate) use zones::{Granularity, Zones};

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
