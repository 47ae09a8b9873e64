//! Serving over HTTP, against the simulator: who may connect, as whom, and what each request is answered.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod ends;
mod eras;
mod hostile;
mod identities;
mod locks;
mod site;
mod streams;
