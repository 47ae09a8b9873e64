//! The result of a report.

use serde_json::Value;

/// HTTP status, code and message of an error body.
pub(crate) type ServiceError = (u16, i64, &'static str);
/// The `data` of a good answer.
pub(crate) type Answer = Result<Value, ServiceError>;
