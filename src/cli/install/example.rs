//! An example entry merged into the text of a client's file, for tests from outside this crate.

use clap::ValueEnum as _;
use serde_json::Value;

use super::clients::Client;
use super::edit;
use super::entry::{CommandEntry, ServerEntry};

/// The name of the entry.
const NAME: &str = "crashsight";

/// The new text, and what the file holds beside the entry before and after.
pub(crate) fn merged(client: &str, text: &str) -> anyhow::Result<(String, [Value; 2])> {
    let client = Client::from_str(client, false).map_err(anyhow::Error::msg)?;
    let format = client.info().format;
    let entry = ServerEntry::Command(CommandEntry {
        command: "/bin/crashsight-mcp".to_owned(),
        args: vec!["serve".to_owned()],
        env: vec![("CRASHSIGHT_PROJECT".to_owned(), "a@ios".to_owned())],
        reset: false,
    });
    let after = edit::merged(text, format, NAME, &entry)?;
    let rest = [
        edit::rest(text, format, NAME)?,
        edit::rest(&after, format, NAME)?,
    ];
    Ok((after, rest))
}
