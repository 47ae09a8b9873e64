//! Tools that answer a question with the answers of several other tools: they call those, and compute with their values.

pub(crate) mod compare;
mod growth;
mod issues;
mod movers;
mod newest_version;
pub(crate) mod overview;
mod parts;
mod project_overview;
mod sides;
mod spans;
mod unusual;
