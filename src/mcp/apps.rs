//! MCP Apps: who declares the extension, and what tools, results and the page's resource carry then.

use rmcp::model::{ClientCapabilities, MetaObject, Resource, ResourceContents, Tool};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Map, Value, json};

use crate::app;

/// The extension's name among the capabilities.
const NAME: &str = "io.modelcontextprotocol/ui";
/// The page.
pub(super) const URI: &str = "ui://crashsight/app.html";
/// The only media type of a page that the extension has.
const MIME: &str = "text/html;profile=mcp-app";

/// Whether the client of a request declares that it shows pages of our media type.
pub(super) fn shows_pages(context: &RequestContext<RoleServer>) -> bool {
    is_supported(context.client_capabilities().as_ref())
}

fn is_supported(client: Option<&ClientCapabilities>) -> bool {
    let extensions = client.and_then(|client| client.extensions.as_ref());
    let types = extensions
        .and_then(|extensions| extensions.get(NAME))
        .and_then(|settings| settings.get("mimeTypes"))
        .and_then(Value::as_array);
    types.is_some_and(|types| types.iter().any(|mime| mime == MIME))
}

/// Names the page that draws a tool's answers; a tool that writes has none and is hidden from the page.
pub(super) fn add_to_tool(mut tool: Tool, reads: bool) -> Tool {
    let ui = if reads {
        json!({"resourceUri": URI})
    } else {
        json!({"visibility": ["model"]})
    };
    tool.meta
        .get_or_insert_default()
        .insert("ui".to_owned(), ui);
    tool
}

/// The page in a list of resources.
pub(super) fn resource() -> Resource {
    Resource::new(URI, "app")
        .with_title("CrashSight")
        .with_description("Draws the answers of the tools inside the conversation.")
        .with_mime_type(MIME)
}

/// The page. It may connect to nothing and load nothing.
pub(super) fn contents() -> ResourceContents {
    let mut meta = Map::new();
    meta.insert(
        "ui".to_owned(),
        json!({"csp": {"connectDomains": [], "resourceDomains": []}, "prefersBorder": true}),
    );
    ResourceContents::text(app::page(), URI)
        .with_mime_type(MIME)
        .with_meta(MetaObject(meta))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(extensions: &Value) -> ClientCapabilities {
        serde_json::from_value(json!({"extensions": extensions})).unwrap()
    }

    #[test]
    fn only_clients_that_show_this_media_type_are_supported() {
        let declared = client(&json!({NAME: {"mimeTypes": ["text/plain", MIME]}}));
        assert!(is_supported(Some(&declared)));
        for extensions in [
            json!({}),
            json!({NAME: {}}),
            json!({NAME: {"mimeTypes": []}}),
            json!({NAME: {"mimeTypes": "text/html;profile=mcp-app"}}),
            json!({NAME: {"mimeTypes": ["text/html"]}}),
            json!({"io.modelcontextprotocol/skills": {"mimeTypes": [MIME]}}),
        ] {
            assert!(!is_supported(Some(&client(&extensions))), "{extensions}");
        }
        assert!(!is_supported(None));
        assert!(!is_supported(Some(&ClientCapabilities::default())));
    }
}
