//! Text of crashes to values: stacks, threads, logs, custom keys. Knows no vendor and no JSON.
//!
//! Everything borrows from the text it was read from; indices and line numbers refer to that text, so that
//! whatever a digest leaves out can be asked for. Nothing here does I/O, and no input makes it panic or slow.
//!
//! - [`stack`] one stack; [`frame`] one line of it, read by the printers' `grammar`; `names` for reading
//! - [`frames`] whose code a frame is; `known` what everybody's code is called
//! - [`select`] the lines to show; [`verdict`] whether symbols are missing; [`similar`] how alike two stacks are
//! - [`threads`] a dump; [`activity`] what each thread does; [`waits`] who waits for whom
//! - [`log`] lines of a log: digest, slices, search; [`keys`] custom keys

pub mod activity;
pub mod frame;
pub mod frames;
mod grammar;
pub mod keys;
mod known;
pub mod log;
mod names;
mod runs;
mod scan;
pub mod select;
pub mod similar;
pub mod stack;
pub mod threads;
pub mod verdict;
pub mod waits;
