//! TOML errors as text: the line and what was expected. Never a value, which may be a secret.

use toml::de::Error;

/// The one-based line of a byte offset.
pub(super) fn line(text: &str, start: usize) -> usize {
    text.get(..start).unwrap_or(text).matches('\n').count() + 1
}

/// The error without the value and without Rust type names.
pub(super) fn message(error: &Error) -> String {
    let message = error.message();
    if message.starts_with("data did not match any variant") {
        return "expected text".to_owned();
    }
    let wrong = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|start| message.strip_prefix(start));
    match wrong.and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((found, expected)) => {
            // The kind precedes the value: `string "…"`, integer `…`.
            let kind = found.split(['"', '`']).next().unwrap_or_default().trim();
            format!("expected {}, not {}", kind_of(expected), kind_of(kind))
        }
        None => message.to_owned(),
    }
}

fn kind_of(word: &str) -> &str {
    match word {
        "string" | "a string" | "variant identifier" => "text",
        "map" | "a map" => "a table",
        "sequence" | "a sequence" => "a list",
        "integer" => "a number",
        "floating point" => "a number with a fraction",
        "boolean" | "a boolean" => "true or false",
        types
            if ["struct ", "enum ", "internally tagged "]
                .iter()
                .any(|of| types.starts_with(of)) =>
        {
            "a table"
        }
        other => other,
    }
}
