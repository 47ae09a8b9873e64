//! A log: its lines by number, the ones that matter, slices, and search. Nothing is copied.

mod digest;
mod line;
mod line_range;
mod lines;
mod search;
mod timestamp;

pub use digest::{Digest, LogLine};
pub use line::Level;
pub use line_range::LineRange;
pub use lines::Log;
pub use search::{Found, Hit, Pattern};
