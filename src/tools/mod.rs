//! Every tool: the only list of them, how one is called, and a file per subject for each service.

pub mod agora;
pub mod crashsight;
pub mod getui;

pub mod tool;

mod answered;
mod arguments;
mod caller;
mod context;
mod data;
mod dispatch;
mod entry;
pub mod output;
mod policy;
mod registry;
mod schema;

pub use answered::Answered;
pub use caller::Caller;
pub use context::CallContext;
pub use dispatch::{CallOptions, Outcome, Toolbox, UnknownTool, definitions};
pub use entry::Definition;
pub use policy::Policy;
