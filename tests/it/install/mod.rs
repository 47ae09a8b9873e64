//! `install` by the built binary in temporary homes: what is written, what is kept, what is refused.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod harness;

mod clients;
mod entries;
mod preserve;
mod urls;
