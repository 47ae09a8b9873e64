//! Text of crashes to values: stacks, threads, logs, custom keys. Knows no vendor and no JSON.
//!
//! Everything borrows from the text it was read from; indices and line numbers refer to that text, so that
//! whatever a digest leaves out can be asked for. Nothing here does I/O, and no input makes it panic or slow.
//!
//! - [`stack`] one stack; [`frame`] one line of it, read by the printers' `grammar`; `names` for reading
//! - [`ownership`] whose code a frame is; `known` what everybody's code is called
//! - [`excerpt`] the lines to show; [`symbolication`] whether symbols are missing; [`similar`] how alike two stacks are
//! - [`threads`] a dump; [`activity`] what each thread does; [`wait_graph`] who waits for whom
//! - [`log`] lines of a log: digest, slices, search; [`keys`] custom keys

pub mod activity;
mod code_tables;
pub mod excerpt;
pub mod frame;
mod grammar;
pub mod keys;
pub mod log;
mod names;
pub mod ownership;
mod recursion;
pub mod similar;
pub mod stack;
pub mod symbolication;
mod text;
pub mod threads;
pub mod wait_graph;
