//! A reply as Markdown for a team's channel: bold, lists, inline code, links and fences, which WeCom, Feishu, Slack and
//! GitHub all show. No tables and no headings, which some of them print as they are.

use super::cell::Cell;
use super::model::{Block, Code, Fact, Reply, Table};
use super::render_text::{columns_shown, lines, table_rest};
use super::sanitize;

pub(super) fn render(reply: &Reply) -> String {
    let mut out = format!("**{}**\n", plain(&reply.title.join(" · ")));
    for part in &reply.parts {
        out.push('\n');
        match &part.block {
            Block::Facts(facts) => out.push_str(&line_of(facts)),
            Block::Table(one) => out.push_str(&table(one)),
            Block::Code(one) => out.push_str(&code(one)),
            Block::Note(text) => out.push_str(&plain(text)),
        }
        out.push('\n');
    }
    out
}

fn line_of(facts: &[Fact]) -> String {
    let facts: Vec<String> = facts.iter().map(fact).collect();
    facts.join(" · ")
}

fn fact(fact: &Fact) -> String {
    let value = match &fact.value {
        value @ (Cell::Untrusted(_) | Cell::Linked { .. } | Cell::Id(_)) => {
            let unit = plain(&fact.unit);
            format!("{} {unit}", cell(value)).trim_end().to_owned()
        }
        value => plain(&value.render_with_unit(&fact.unit)),
    };
    if fact.label.is_empty() {
        value
    } else {
        format!("{} {value}", plain(&fact.label))
    }
}

/// A row is an item of a list: each value behind the name of its column.
fn table(table: &Table) -> String {
    let shown = columns_shown(table);
    let mut items: Vec<String> = table
        .rows
        .iter()
        .map(|row| {
            let value = |&column: &usize| {
                let said = |value: &&Cell| !matches!(value, Cell::Missing | Cell::Same);
                let value = row.get(column).filter(said)?;
                Some(format!("{} {}", plain(&table.columns[column]), cell(value)))
            };
            let values: Vec<String> = shown.iter().filter_map(value).collect();
            format!("- {}", values.join(" · "))
        })
        .collect();
    items.extend(table_rest(table).map(|rest| plain(&rest)));
    items.join("\n")
}

/// Vendor text is inline code, in which no link, mention or emphasis is alive.
fn cell(value: &Cell) -> String {
    match value {
        Cell::Linked { id, url } => format!("[{id}]({url})"),
        Cell::Id(id) => format!("`{id}`"),
        Cell::Untrusted(_) => inline_code(&value.render()),
        other => plain(&other.render()),
    }
}

fn inline_code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("`{}`", text.replace('`', "'"))
}

fn code(code: &Code) -> String {
    let body = lines(&code.text);
    let mut out = String::new();
    if !code.caption.is_empty() {
        out.push_str(&plain(&code.caption));
        out.push('\n');
    }
    out.push_str(&sanitize::fence(body.trim_matches('\n')));
    if code.cut > 0 {
        out.push_str(&format_args!("\n{} more", super::counted(code.cut, "line")).to_string());
    }
    out
}

/// Our words, in which a title or a caption may quote vendor text: what Markdown would read is escaped. Addresses of
/// our own stay as they are.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '*' | '_' | '`' | '[' | ']' | '<' | '>' | '~' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
