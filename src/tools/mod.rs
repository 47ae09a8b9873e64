//! Every tool: the only list of them, how one is called, and a file per subject for each service.

pub(crate) mod agora;
pub(crate) mod crashsight;
pub(crate) mod getui;
pub(crate) mod questions;

pub(crate) mod tool;

mod allowance;
mod answered;
mod arguments;
mod caller;
mod context;
mod data;
mod dispatch;
mod entry;
pub(crate) mod output;
mod policy;
mod registry;
mod schema;
mod toolset;

pub use answered::Answered;
pub use caller::Caller;
pub(crate) use dispatch::UnknownTool;
pub use dispatch::{CallOptions, Outcome, Toolbox, definitions};
pub use entry::Definition;
pub use policy::Policy;
pub use toolset::Toolset;
