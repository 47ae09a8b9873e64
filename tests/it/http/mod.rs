//! Serving over HTTP, against the simulator: who may connect, as whom, and what each request is answered.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod access;
pub(crate) mod harness;
mod identities;
mod issuer;
mod malformed;
mod monitoring;
mod oauth;
mod protocol_versions;
mod shutdown;
mod streams;
