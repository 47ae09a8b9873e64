//! Configuration files of clients: whatever a file holds, the entry is added and the rest stays.

use crashsight_mcp::testing::merged_client_file;
use serde_json::{Value, json};

const CLIENTS: [&str; 4] = ["claude-desktop", "vscode", "codex", "zed"];

/// The first byte chooses a client, the rest is its file.
pub(crate) fn run(bytes: &[u8]) {
    let Some((client, text)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let client = CLIENTS[usize::from(*client) % CLIENTS.len()];
    let Ok(merged) = merged_client_file(client, text) else {
        return;
    };
    // An empty file and one without anything in it are the same.
    let before = match merged.before {
        Value::Null => json!({}),
        before => before,
    };
    assert_eq!(before, merged.after, "the rest of the file has changed");
    let again = merged_client_file(client, &merged.text).expect("what was written can be read");
    assert_eq!(again.text, merged.text, "a second time changes the file");
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    [
        (0, ""),
        (0, "{\"mcpServers\":{\"other\":{\"command\":\"x\",\"args\":[\"a\"]}}}"),
        (0, "\u{feff}{\r\n  // mine\r\n  \"a\": [1, 2.5e3, null, true],\r\n}\r\n"),
        (1, "{\"servers\": {\"crashsight\": {\"type\": \"stdio\", \"env\": {\"A\": \"b\"}}, }}"),
        (2, "# mine\n[mcp_servers.other]\ncommand = \"x\"\nenv = { A = \"b\" }\n"),
        (2, "mcp_servers.crashsight = { command = \"old\", args = [\"serve\"] }\n[a]\nb = 1979-05-27\n"),
        (3, "{\"context_servers\": {\"crashsight\": {\"command\": {\"path\": \"/old\", \"args\": []}}}}"),
    ]
    .map(|(client, text): (u8, &str)| [&[client], text.as_bytes()].concat())
    .into()
}
