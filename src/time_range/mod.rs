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

pub use resolve::{Served, WindowSpec};
pub use window::Window;
pub use zones::{Granularity, Zones, zone};

#[cfg(test)]
mod tests;
