//! Links that add a server to a client when they are opened.
//!
//! VS Code takes the entry with its name as percent-encoded JSON, Cursor the entry as Base64 beside the name.

use anyhow::bail;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::clients::Client;
use super::entry::ServerEntry;
use crate::secret::base64;

/// The link of a client; others have none.
pub(super) fn of(client: Client, name: &str, entry: &ServerEntry) -> anyhow::Result<String> {
    let format = client.info().format;
    let mut entry = entry.merge_into(&Value::Null, format);
    match client {
        Client::VsCode => {
            if let Some(fields) = entry.as_object_mut() {
                fields.shift_insert(0, "name".to_owned(), json!(name));
            }
            let text = entry.to_string();
            Ok(format!("vscode:mcp/install?{}", encoded(&text)))
        }
        Client::Cursor => {
            let text = base64(entry.to_string().as_bytes());
            let (name, config) = (encoded(name), encoded(&text));
            Ok(format!(
                "cursor://anysphere.cursor-deeplink/mcp/install?name={name}&config={config}"
            ))
        }
        _ => bail!(
            "{} has no install links: leave out `--print-link`",
            client.info().title
        ),
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
