//! Cuts a document at the headings of its threads.

mod choose;
mod header;
pub(crate) mod memcheck;
mod name_and_state;
mod pieces;
mod processes;
mod thread_names;

pub(crate) use choose::{begins_inside, choose, runner_thread};
pub use header::Header;
pub(crate) use header::{named_state, read as header, without_marks};
pub(crate) use pieces::{OF_NDK_STACK, Piece, pieces};
pub(crate) use processes::{choose_process, dumped, native_heading, same_process};
