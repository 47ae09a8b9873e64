//! Tools that answer a question with the answers of several other tools: they call those, and compute with their values.

pub(crate) mod breakdown;
mod carriers;
mod change_of_rate;
mod change_point;
mod coincidences;
pub(crate) mod compare;
mod document_sample;
mod growth;
pub(crate) mod inspection;
pub(crate) mod investigate;
mod issues;
mod movers;
mod newest_version;
mod other_keys;
pub(crate) mod overview;
mod parts;
pub(crate) mod player;
mod project_overview;
pub(crate) mod rank;
mod reports_of;
pub(crate) mod same_crash;
mod seen_with;
mod shares;
mod sides;
mod spans;
mod unusual;
mod which_projects;
