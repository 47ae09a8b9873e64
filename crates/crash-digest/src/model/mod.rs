//! What a crash text says, as values: stacks, exceptions, facts, locks.

mod builder;
mod exception;
mod facts;
mod images;
mod lead;
mod locks;
mod printers;
mod prompts;
mod related;
mod speech;
mod stack;
mod telling;
mod thrown;

pub(crate) use builder::{Builder, CALLED_BY, is_placed_in_lua};
pub(crate) use exception::{
    named_last, names as names_exception, names_thrown, quoted, read as read_exception,
};
pub use facts::{Facts, Reason};
pub(crate) use facts::{LOGGED_AS_WARNING, is_host};
pub use images::Image;
pub(crate) use locks::read as read_lock;
pub use locks::{Lock, LockKind};
pub(crate) use printers::panic_place;
pub(crate) use prompts::{is_prompt, is_prompt_again};
pub(crate) use related::WITHOUT_HEADING;
pub use related::{Related, RelatedKind};
pub(crate) use speech::{is_spoken, is_surely_spoken};
pub use stack::{ExceptionFrames, Part, Stack};
pub(crate) use telling::{begins_assertion, signal_in, tells_of_crash, tells_of_failure};
pub use thrown::Exception;
pub(crate) use thrown::is_type;
