//! The description and the arguments of one tool, from its JSON schema.

use anstyle::{AnsiColor, Style};
use serde_json::{Map, Value};

use super::exit::Exit;
use super::terminal::{print_error, print_styled};
use crate::project::closest_match;
use crate::tools::{Definition, definitions, tool::Effect};

const HEADING: Style = Style::new().bold();
const NAME: Style = AnsiColor::Cyan.on_default();

/// An argument, as its schema describes it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Argument {
    pub(super) name: String,
    /// `text`, `whole number`, `list of text` and the like.
    pub(super) kind: String,
    pub(super) required: bool,
    /// The allowed values, where they are listed.
    pub(super) values: Vec<String>,
    /// `1 to 100`, `at most 32 items` and the like.
    pub(super) bounds: Option<String>,
    pub(super) default: Option<Value>,
    pub(super) example: Option<Value>,
    pub(super) description: Option<String>,
}

/// The arguments of a tool, the required ones first.
pub(super) fn arguments_of(tool: &Definition) -> Vec<Argument> {
    let schema = &tool.input;
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut found: Vec<Argument> = properties
        .into_iter()
        .flatten()
        .map(|(name, property)| argument(schema, name, property, required.contains(&name.as_str())))
        .collect();
    found.sort_by_key(|argument| !argument.required);
    found
}

fn argument(schema: &Map<String, Value>, name: &str, property: &Value, required: bool) -> Argument {
    let property = resolve(schema, property);
    let items = property.get("items").map(|items| resolve(schema, items));
    let text = |key: &str| property.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut values = values_of(schema, property);
    if values.is_empty() {
        values = items.map_or_else(Vec::new, |items| values_of(schema, items));
    }
    let example = property
        .get("examples")
        .and_then(|examples| examples.get(0));
    Argument {
        name: name.to_owned(),
        kind: kind(schema, property),
        required,
        values,
        bounds: bounds(property),
        default: property.get("default").cloned(),
        example: example.or_else(|| property.get("example")).cloned(),
        description: text("description"),
    }
}

/// Follows a reference into the definitions of the schema.
fn resolve<'a>(schema: &'a Map<String, Value>, property: &'a Value) -> &'a Value {
    let reference = property.get("$ref").and_then(Value::as_str);
    let name = reference.and_then(|reference| reference.strip_prefix("#/$defs/"));
    let found = name.and_then(|name| schema.get("$defs")?.get(name));
    found.unwrap_or(property)
}

/// The alternatives of a property that may have one of several forms.
fn alternatives<'a>(schema: &'a Map<String, Value>, property: &'a Value) -> Vec<&'a Value> {
    ["anyOf", "oneOf"]
        .iter()
        .filter_map(|key| property.get(key)?.as_array())
        .flatten()
        .map(|form| resolve(schema, form))
        .filter(|form| form.get("type").and_then(Value::as_str) != Some("null"))
        .collect()
}

fn values_of(schema: &Map<String, Value>, property: &Value) -> Vec<String> {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let own = property.get("enum").and_then(Value::as_array);
    let own = own.into_iter().flatten().filter(|value| !value.is_null());
    let constant = property.get("const").into_iter();
    let mut values: Vec<String> = own.chain(constant).map(plain).collect();
    for form in alternatives(schema, property) {
        values.extend(values_of(schema, form));
    }
    values
}

fn kind(schema: &Map<String, Value>, property: &Value) -> String {
    let name = |word: &str| match word {
        "string" => "text".to_owned(),
        "integer" => "whole number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => {
            let items = property.get("items").map(|items| resolve(schema, items));
            items.map_or_else(
                || "list".to_owned(),
                |items| format!("list of {}", kind(schema, items)),
            )
        }
        other => other.to_owned(),
    };
    match property.get("type") {
        Some(Value::String(word)) => name(word),
        Some(Value::Array(words)) => {
            let words = words.iter().filter_map(Value::as_str);
            let words: Vec<String> = words.filter(|word| *word != "null").map(name).collect();
            words.join(" or ")
        }
        _ => {
            let mut forms: Vec<String> = alternatives(schema, property)
                .into_iter()
                .map(|form| kind(schema, form))
                .collect();
            forms.dedup();
            if forms.is_empty() {
                "text".to_owned()
            } else {
                forms.join(" or ")
            }
        }
    }
}

fn bounds(property: &Value) -> Option<String> {
    let number = |key: &str| property.get(key).filter(|value| value.is_number());
    let range = |low: Option<&Value>, high: Option<&Value>, unit: &str| match (low, high) {
        (Some(low), Some(high)) => Some(format!("{low} to {high}{unit}")),
        (Some(low), None) => Some(format!("at least {low}{unit}")),
        (None, Some(high)) => Some(format!("at most {high}{unit}")),
        (None, None) => None,
    };
    range(number("minimum"), number("maximum"), "")
        .or_else(|| range(number("minItems"), number("maxItems"), " items"))
        .or_else(|| range(number("minLength"), number("maxLength"), " characters"))
        .or_else(|| {
            let pattern = property.get("pattern").and_then(Value::as_str);
            pattern.map(|pattern| format!("matches {pattern}"))
        })
}

/// Prints a tool, or that there is none of this name.
pub(super) fn print(name: &str) -> Exit {
    let tools = definitions();
    match tools.iter().find(|tool| tool.name == name) {
        Some(tool) => {
            print_styled(&text(tool));
            Exit::Success
        }
        None => unknown(name),
    }
}

/// A tool that does not exist is a wrong command line.
pub(super) fn unknown(name: &str) -> Exit {
    let tools = definitions();
    let similar = closest_match(name, tools.iter().map(|tool| tool.name));
    let hint = similar.map_or_else(
        || "`crashsight-mcp tools` lists them".to_owned(),
        |similar| format!("did you mean `{similar}`?"),
    );
    print_error(&format!("unknown tool: {name}\nhint: {hint}"));
    Exit::Usage
}

/// The help of a tool; styles are escape sequences, which are removed where they cannot be shown.
#[expect(clippy::format_push_string, reason = "a help text is printed once")]
fn text(tool: &Definition) -> String {
    let effect = match tool.effect {
        Effect::Read => "read",
        Effect::Write => "write",
    };
    let mut out = format!(
        "{HEADING}{}{HEADING:#}  ({effect}; {})\n{}\n",
        tool.name,
        tool.upstream.join(", "),
        tool.description
    );
    let arguments = arguments_of(tool);
    if arguments.is_empty() {
        out.push_str("\nIt takes no arguments.");
        return out;
    }
    out.push_str(&format!("\n{HEADING}Arguments:{HEADING:#}"));
    for argument in &arguments {
        let mut about = vec![argument.kind.clone()];
        if argument.required {
            about.push("required".to_owned());
        }
        about.extend(argument.bounds.clone());
        about.extend(
            argument
                .default
                .as_ref()
                .map(|value| format!("default {}", plain(value))),
        );
        out.push_str(&format!(
            "\n  {NAME}{}{NAME:#}  {}",
            argument.name,
            about.join(", ")
        ));
        if let Some(text) = &argument.description {
            out.push_str(&format!("\n      {text}"));
        }
        if !argument.values.is_empty() {
            out.push_str(&format!("\n      one of: {}", argument.values.join(", ")));
        }
        if let Some(example) = &argument.example {
            out.push_str(&format!("\n      example: {}", plain(example)));
        }
    }
    out.push_str(&format!(
        "\n\n{HEADING}Example:{HEADING:#}\n  crashsight-mcp call {}{}",
        tool.name,
        example_of(&arguments)
    ));
    out
}

/// Values for the required arguments, or for one that shows how it is written.
fn example_of(arguments: &[Argument]) -> String {
    let shown = |argument: &Argument| {
        let value = argument
            .example
            .as_ref()
            .or(argument.default.as_ref())
            .map(plain);
        let value = value.or_else(|| argument.values.first().cloned());
        let value = value.unwrap_or_else(|| argument.name.to_uppercase());
        let value = if argument.kind.starts_with("list") && !value.starts_with('[') {
            format!("'[\"{value}\"]'")
        } else {
            value
        };
        format!(" {}={value}", argument.name)
    };
    let required: String = arguments.iter().filter(|a| a.required).map(shown).collect();
    let optional = arguments.iter().find(|a| a.default.is_some());
    match (required.is_empty(), optional) {
        (true, Some(optional)) => shown(optional),
        _ => required,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_of_every_tool_has_a_type() {
        for tool in definitions() {
            let properties = tool.input.get("properties").and_then(Value::as_object);
            let arguments = arguments_of(&tool);
            assert_eq!(
                arguments.len(),
                properties.map_or(0, Map::len),
                "{}",
                tool.name
            );
            for argument in arguments {
                assert!(!argument.kind.is_empty(), "{} {}", tool.name, argument.name);
            }
        }
    }
}
