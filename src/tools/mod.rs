//! Every tool: the only list of them, how one is called, and one file per subject below the service it asks.

pub mod agora;
pub mod crashsight;
pub mod getui;

mod caller;
mod dispatch;
mod groups;
mod registry;
mod schema;
mod stale;
pub mod tool;
pub mod workflow;

pub use caller::Caller;
pub use dispatch::*;
pub use groups::tools;
