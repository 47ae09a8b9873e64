//! Symbols: what the service lacks, and the vendor's own uploader for it.

pub(crate) mod command;
pub(crate) mod list;
pub(crate) mod missing;
pub(crate) mod upload;
