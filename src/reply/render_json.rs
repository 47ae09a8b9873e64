//! A reply as data: the same blocks with raw numbers, under one schema for every tool.

use serde_json::{Map, Value, json};

use super::{Block, Fact, Reply, render_text};

pub(super) fn carry(reply: &Reply) -> Value {
    json!({
        "title": reply.title.join(" · "),
        "blocks": reply.parts.iter().map(|part| block(&part.block)).collect::<Vec<_>>(),
        "next": reply
            .next
            .iter()
            .map(|next| json!({"tool": next.tool, "arguments": next.arguments}))
            .collect::<Vec<_>>(),
    })
}

/// What a block costs as JSON.
pub(super) fn cost(block_of: &Block) -> usize {
    crate::token_estimate::estimate(&block(block_of).to_string())
}

fn block(block: &Block) -> Value {
    match block {
        Block::Facts(facts) => {
            json!({"kind": "facts", "facts": labelled(facts)})
        }
        Block::Table(table) => json!({
            "kind": "table",
            "columns": table.columns,
            "rows": table
                .rows
                .iter()
                .map(|row| row.iter().map(super::Cell::to_json).collect::<Vec<_>>())
                .collect::<Vec<_>>(),
            "total": table.total,
            "rest": render_text::table_rest(table),
        }),
        Block::Code(code) => json!({
            "kind": "code",
            "caption": code.caption,
            "text": render_text::lines(&code.text),
            "more_lines": code.cut,
        }),
        Block::Note(text) => json!({"kind": "note", "text": text}),
    }
}

/// Facts by label. What has none is called by its unit, or belongs to the label before it, whose value
/// is then a list.
fn labelled(facts: &[Fact]) -> Map<String, Value> {
    let mut out = Map::new();
    let mut last = "value";
    for fact in facts {
        let label = match (fact.label.is_empty(), fact.unit.is_empty()) {
            (false, _) => fact.label.as_str(),
            (true, false) => &*fact.unit,
            (true, true) => last,
        };
        match out.get_mut(label) {
            None => {
                out.insert(label.to_owned(), fact.value.to_json());
            }
            Some(Value::Array(values)) => values.push(fact.value.to_json()),
            Some(one) => *one = json!([one.take(), fact.value.to_json()]),
        }
        last = label;
    }
    out
}

/// The schema of what `Reply::json` gives, shared by every tool.
pub fn output_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "blocks": {"type": "array", "items": {
                "type": "object",
                "properties": {
                    "kind": {"type": "string", "enum": ["facts", "table", "code", "note"]},
                    "facts": {"type": "object"},
                    "columns": {"type": "array", "items": {"type": "string"}},
                    "rows": {"type": "array", "items": {"type": "array"}},
                    "caption": {"type": "string"},
                    "text": {"type": "string"}
                },
                "required": ["kind"]
            }},
            "next": {"type": "array", "items": {
                "type": "object",
                "properties": {"tool": {"type": "string"}, "arguments": {"type": "object"}},
                "required": ["tool", "arguments"]
            }}
        },
        "required": ["title", "blocks", "next"]
    })
}
