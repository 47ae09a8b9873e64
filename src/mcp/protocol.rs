//! What differs between protocol versions, and errors that the protocol names.

use rmcp::ErrorData;
use rmcp::model::{PaginatedRequestParams, ProtocolVersion};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::json;

/// Rejects any cursor, because every list has one page.
pub(super) fn reject_cursor(page: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match page.and_then(|page| page.cursor) {
        None => Ok(()),
        Some(_) => Err(ErrorData::invalid_params("invalid cursor", None)),
    }
}

/// Whether the client uses protocol version 2026-07-28 or later.
pub(super) fn is_2026_07(context: &RequestContext<RoleServer>) -> bool {
    let version = context.protocol_version();
    version.is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// Resource not found: -32002 up to 2025-11-25, -32602 in later revisions.
pub(super) fn not_found(uri: &str, context: &RequestContext<RoleServer>) -> ErrorData {
    let message = format!("unknown resource {}", crate::reply::inline(uri, 120));
    let data = Some(json!({"uri": uri}));
    if is_2026_07(context) {
        ErrorData::invalid_params(message, data)
    } else {
        ErrorData::resource_not_found(message, data)
    }
}
