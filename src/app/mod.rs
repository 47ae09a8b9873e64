//! The page that draws answers: for chat clients that show it inside the conversation (MCP Apps), and with its data
//! inside as one file. It is built in `ui/`; this module carries it and knows nothing of MCP.

mod page;
mod report;

pub(crate) use page::page;
pub use report::html;
