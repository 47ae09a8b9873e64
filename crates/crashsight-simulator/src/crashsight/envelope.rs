//! The shapes in which the vendor wraps an answer and a refusal.

use std::str::FromStr;

use serde_json::{Value, json};

/// How an operation wraps its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `{status, ret: {code, message, errorCode, data}}`.
    RetData,
    /// `{status, ret: {…payload…}}`.
    Ret,
    /// `{status, ret: {statusCode, message, …payload…}}`: as [`Shape::Ret`], with its own errors.
    RetStatusCode,
    /// `{status, ret: […]}`.
    RetArray,
    /// `{status, ret: 200, data, message, errorCode}`.
    RetNumber,
    /// `{requestid, code, errmsg, data: {columns, values, results}, cost}`.
    Columns,
    /// `{code: 100000, msg: "成功", data}`.
    Hundred,
    /// `{statusCode, message, …payload…}`.
    Flat,
    /// The payload and nothing else.
    Bare,
}

/// Which form of envelope the answers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Envelopes {
    /// Each operation's own, as the seeds print it.
    #[default]
    Seed,
    /// `{status, ret: {code, data}}` for all of them, as the SDK's OpenAPI document prints it.
    Sdk,
}

impl FromStr for Envelopes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "seed" => Ok(Self::Seed),
            "sdk" => Ok(Self::Sdk),
            _ => Err(format!("expected `seed` or `sdk`, not `{text}`")),
        }
    }
}

/// A refusal of the vendor's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    pub(crate) message: String,
}

impl Refusal {
    /// A parameter that is missing or wrong.
    pub(crate) fn parameter(message: impl Into<String>) -> Self {
        Self {
            code: 400,
            message: message.into(),
        }
    }

    /// Something that is not there.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self {
            code: 404,
            message: message.into(),
        }
    }
}

impl Shape {
    /// A good answer in the SDK's envelope.
    pub(crate) fn wrap_for_sdk(self, mut payload: Value) -> Value {
        let data = match self {
            Self::Columns => payload["data"].take(),
            Self::RetStatusCode | Self::Flat => joined(json!({"statusCode": 0}), payload),
            _ => payload,
        };
        Self::RetData.wrap(data, None)
    }

    /// A good answer. `request_id` is the caller's, if any.
    pub(crate) fn wrap(self, payload: Value, request_id: Option<&str>) -> Value {
        match self {
            Self::RetData => json!({
                "status": 200,
                "ret": {"code": 200, "message": "OK", "errorCode": "", "data": payload},
            }),
            Self::Ret | Self::RetArray => json!({"status": 200, "ret": payload}),
            Self::RetStatusCode => {
                json!({"status": 200, "ret": joined(json!({"statusCode": 0, "message": null}), payload)})
            }
            Self::RetNumber => json!({
                "status": 200,
                "ret": 200,
                "data": payload,
                "message": "OK",
                "errorCode": "",
            }),
            Self::Columns => joined(json!({"requestid": request_id, "code": 200}), payload),
            Self::Hundred => json!({"code": 100_000, "msg": "成功", "data": payload}),
            Self::Flat => joined(json!({"statusCode": 0, "message": null}), payload),
            Self::Bare => payload,
        }
    }

    /// A refusal, in the shape that a reader of good answers would look at.
    pub(crate) fn refuse(self, refusal: &Refusal, trace: &str, request_id: Option<&str>) -> Value {
        let Refusal { code, message } = refusal;
        match self {
            Self::Columns => json!({
                "requestid": request_id,
                "code": code,
                "errmsg": message,
                "data": null,
                "cost": 0,
            }),
            Self::Hundred => json!({"code": code, "msg": message, "data": null}),
            Self::Flat => json!({"statusCode": code, "message": message}),
            Self::RetStatusCode => {
                json!({"status": 200, "ret": {"statusCode": code, "message": message}})
            }
            Self::RetNumber => json!({
                "status": 200,
                "ret": code,
                "data": null,
                "message": message,
                "errorCode": format!("CS{code}"),
            }),
            Self::RetData | Self::Ret | Self::RetArray | Self::Bare => json!({
                "status": 200,
                "ret": {
                    "code": code,
                    "message": message,
                    "errorCode": format!("CS{code}"),
                    "traceId": trace,
                },
            }),
        }
    }
}

/// The fields of `payload` behind those of `head`.
pub(crate) fn joined(mut head: Value, payload: Value) -> Value {
    if let (Value::Object(head), Value::Object(payload)) = (&mut head, payload) {
        head.extend(payload);
    }
    head
}
