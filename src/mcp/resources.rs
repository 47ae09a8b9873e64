//! Resources, each of which is the reply of a tool call.

use rmcp::model::{Resource, ResourceTemplate};
use serde_json::{Map, Value};

use crate::tools::{Definition, tool::Effect};

/// The tool call of a resource.
#[derive(Debug, PartialEq)]
pub(super) struct Target {
    /// The tool name.
    pub(super) tool: &'static str,
    /// The arguments.
    pub(super) arguments: Map<String, Value>,
}

/// The list of tools.
pub(super) const INDEX: &str = "crashsight://tools";

/// The tool whose resource is the whole answer, whatever the token budget.
const INSPECTION: &str = "crashsight_report_inspection";

/// Rows of its resource: all that it lists.
const MOST_ROWS: &str = "2000";

impl Target {
    /// Whether the whole answer is wanted rather than what fits a reply.
    pub(super) fn is_whole(&self) -> bool {
        self.tool == INSPECTION
    }
}

/// The resources to list.
pub(super) fn list() -> Vec<Resource> {
    vec![
        Resource::new("crashsight://projects", "projects")
            .with_title("Configured projects")
            .with_description("Names, aliases, platforms, accounts and zones.")
            .with_mime_type("text/plain"),
        Resource::new(INDEX, "tools")
            .with_title("The tools")
            .with_description("What each is for, and which operation of its service it calls.")
            .with_mime_type("text/plain"),
    ]
}

/// The resource templates to list.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    let template = |uri: &str, name: &str, title: &str, description: &str| {
        ResourceTemplate::new(uri, name)
            .with_title(title)
            .with_description(description)
            .with_mime_type("text/plain")
    };
    vec![
        template(
            "crashsight://{project}/issue/{issue}",
            "issue",
            "An issue",
            "Exception, key frame, counts, versions, state, assignees.",
        ),
        template(
            "crashsight://{project}/crash/{crash}",
            "crash",
            "A crash report",
            "Summary of at most 900 tokens.",
        ),
        template(
            "crashsight://inspection/{window}",
            "inspection",
            "Every issue of a range",
            "All rows of crashsight_report_inspection, of all projects; window as `2026-11-27T12:00..now` or `24h`.",
        ),
        template(
            "crashsight://{project}/crash/{crash}/{section}{?lines}",
            "crash-section",
            "A part of a crash report",
            "stack, threads, thread:3, logs, log:0, keys, device, attachments, attachment:2, raw; lines as 120..200.",
        ),
    ]
}

/// One line per tool.
pub(super) fn index(tools: Vec<Definition>) -> String {
    let line = |tool: Definition| {
        let effect = match tool.effect {
            Effect::Read => "reads",
            Effect::Write => "writes",
        };
        let operations = match tool.upstream {
            [] => "-".to_owned(),
            operations => operations.join(", "),
        };
        let purpose = tool.description.split(". ").next().unwrap_or_default();
        let purpose = purpose.trim_end_matches('.');
        format!("{} | {operations} | {effect} | {purpose}\n", tool.name)
    };
    let lines: String = tools.into_iter().map(line).collect();
    format!("tool | operations | effect | what it is for\n{lines}")
}

/// Parses a resource URI; `None` if it matches no resource or template.
pub(super) fn resolve(uri: &str) -> Option<Target> {
    let rest = uri.strip_prefix("crashsight://")?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let parts: Vec<String> = path.split('/').map(decode).collect::<Option<_>>()?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (tool, mut pairs): (_, Vec<(&str, String)>) = match parts.as_slice() {
        ["projects"] => ("crashsight_list_projects", Vec::new()),
        ["inspection", window] => (
            INSPECTION,
            vec![
                ("window", (*window).to_owned()),
                ("limit", MOST_ROWS.to_owned()),
            ],
        ),
        [project, "issue", issue] => (
            "crashsight_get_issue",
            vec![
                ("project", (*project).to_owned()),
                ("issue", (*issue).to_owned()),
            ],
        ),
        [project, "crash", crash] => (
            "crashsight_get_crash",
            vec![
                ("project", (*project).to_owned()),
                ("crash", (*crash).to_owned()),
            ],
        ),
        [project, "crash", crash, section] => (
            "crashsight_read_crash",
            vec![
                ("project", (*project).to_owned()),
                ("crash", (*crash).to_owned()),
                ("section", (*section).to_owned()),
            ],
        ),
        _ => return None,
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=')? {
            ("lines", lines) if tool == "crashsight_read_crash" => {
                pairs.push(("lines", decode(lines)?));
            }
            _ => return None,
        }
    }
    let arguments = pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect();
    Some(Target { tool, arguments })
}

/// Decodes percent-encoding; `None` if it is invalid or not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(uri: &str) -> Option<(&'static str, String)> {
        resolve(uri).map(|target| (target.tool, Value::Object(target.arguments).to_string()))
    }

    #[test]
    fn uris_resolve_to_tool_calls() {
        let expected = |tool, arguments: &str| Some((tool, arguments.to_owned()));
        assert_eq!(
            call("crashsight://projects"),
            expected("crashsight_list_projects", "{}")
        );
        assert_eq!(
            call("crashsight://android%20prod/issue/A0"),
            expected(
                "crashsight_get_issue",
                r#"{"project":"android prod","issue":"A0"}"#
            )
        );
        assert_eq!(
            call("crashsight://inspection/24h"),
            expected(
                "crashsight_report_inspection",
                r#"{"window":"24h","limit":"2000"}"#
            )
        );
        assert_eq!(
            call("crashsight://p/crash/A0/log:0?lines=1..20"),
            expected(
                "crashsight_read_crash",
                r#"{"project":"p","crash":"A0","section":"log:0","lines":"1..20"}"#
            )
        );
        assert_eq!(
            call("crashsight://a%40android/crash/A0").map(|(tool, _)| tool),
            Some("crashsight_get_crash")
        );
        for uri in [
            "",
            "https://x",
            "crashsight://",
            "crashsight://p",
            "crashsight://p/crash",
            "crashsight://p/crash/",
            "crashsight://p/crash/A0/stack/x",
            "crashsight://p/crash/A0?lines=1",
            "crashsight://p/crash/A0/stack?x=1",
            "crashsight://%zz/issue/A0",
            "crashsight://%ff/issue/A0",
            "crashsight://%e4/issue/A0",
        ] {
            assert_eq!(call(uri), None, "{uri}");
        }
    }
}
