#![doc = include_str!("../README.md")]
//!
//! # Modules
//!
//! - [`stack`] one stack; [`frame`] one line of it
//! - [`ownership`] whose code a frame is
//! - [`excerpt`] the lines to show; [`symbolication`] whether symbols are missing; [`fingerprint`] whether two crashes are the same bug
//! - [`threads`] a dump; [`activity`] what each thread does; [`wait_graph`] which thread waits for which
//! - [`log`] lines of a log: digest, slices, search; [`keys`] custom keys

pub mod activity;
mod carrier;
mod code_tables;
mod crash_text;
mod cut;
pub mod digest;
pub mod excerpt;
pub mod fingerprint;
mod format;
mod formats;
pub mod frame;
mod grammar;
pub mod keys;
mod language;
pub mod log;
mod log_prefix;
pub mod merge;
mod model;
mod name_table;
mod names;
pub mod ownership;
mod recursion;

pub mod stack;
pub mod symbolication;
mod text;
pub mod threads;
pub mod wait_graph;
mod windows_exceptions;

pub use carrier::with_plain_signs;
pub use crash_text::CrashText;
pub use format::{Format, Platform};
