//! crashsight-mcp.

pub mod crash;
pub mod secret;
pub mod sim;
pub mod tokens;
