//! Tools that answer a question with the answers of several other tools: they call those, and compute with their values.

pub(crate) mod compare;
mod issues;
mod parts;
mod sides;
mod spans;
