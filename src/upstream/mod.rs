//! Everything between a request and its response: cache, rate limit, signature, envelope, retry.

pub mod cache;
pub mod confirm;
pub mod http_client;
pub mod pipeline;
pub mod provider;
pub mod rate_limit;
pub mod token_cache;

mod agora;
mod body;
mod crashsight;
mod getui;
