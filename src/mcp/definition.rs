//! A tool's definition as MCP has it.

use rmcp::model::{MetaObject, Tool, ToolAnnotations};
use serde_json::Value;

use crate::tools::{Definition, tool::Effect};

/// Converts a definition.
pub(super) fn tool(definition: Definition) -> Tool {
    let write = definition.effect == Effect::Write;
    let annotations = ToolAnnotations::new()
        .read_only(!write)
        .destructive(definition.overwrites)
        .idempotent(definition.idempotent)
        .open_world(true);
    let mut meta = MetaObject::new();
    if !definition.upstream.is_empty() {
        meta.insert(
            "crashsight/operation".to_owned(),
            Value::String(definition.upstream.join(", ")),
        );
    }
    let mut tool = Tool::new(
        definition.name,
        definition.description.to_string(),
        definition.input,
    )
    .with_title(&*definition.title)
    .with_annotations(annotations);
    if !meta.is_empty() {
        tool = tool.with_meta(meta);
    }
    tool
}
