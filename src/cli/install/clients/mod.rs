//! Supported MCP clients, and where each has its config file.

mod format;
mod table;

pub(in crate::cli) use self::format::{ClientInfo, ConfigFormat, UrlFormat, Variables};

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::config::UserDirs;

/// Supported clients, by their command line names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Client {
    ClaudeDesktop,
    ClaudeCode,
    Cursor,
    #[value(name = "vscode")]
    VsCode,
    Codex,
    Gemini,
    Windsurf,
    Zed,
    CopilotCli,
    Junie,
    Cline,
    Roo,
    Kiro,
    #[value(name = "opencode")]
    OpenCode,
    #[value(name = "codebuddy")]
    CodeBuddy,
}

/// A client, or every client that is found on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum ClientChoice {
    All,
    One(Client),
}

impl ValueEnum for ClientChoice {
    fn value_variants<'a>() -> &'a [Self] {
        static CHOICES: LazyLock<Vec<ClientChoice>> = LazyLock::new(|| {
            let clients = Client::value_variants().iter();
            let clients = clients.copied().map(ClientChoice::One);
            std::iter::once(ClientChoice::All).chain(clients).collect()
        });
        &CHOICES
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::All => Some(PossibleValue::new("all").help("every client found on this machine")),
            Self::One(client) => client.to_possible_value(),
        }
    }
}

impl ClientChoice {
    /// The clients that are chosen, each once; `all` are those whose folder exists.
    pub(in crate::cli) fn clients(choices: &[Self], dirs: &UserDirs) -> Vec<Client> {
        let clients = Client::value_variants().iter().copied();
        clients
            .filter(|client| {
                choices.contains(&Self::One(*client))
                    || choices.contains(&Self::All) && client.is_present(dirs)
            })
            .collect()
    }
}

impl Client {
    pub(in crate::cli) fn info(self) -> ClientInfo {
        match self {
            Self::ClaudeDesktop => table::CLAUDE_DESKTOP,
            Self::ClaudeCode => table::CLAUDE_CODE,
            Self::Cursor => table::CURSOR,
            Self::VsCode => table::VS_CODE,
            Self::Codex => table::CODEX,
            Self::Gemini => table::GEMINI,
            Self::Windsurf => table::WINDSURF,
            Self::Zed => table::ZED,
            Self::CopilotCli => table::COPILOT_CLI,
            Self::Junie => table::JUNIE,
            Self::Cline => table::CLINE,
            Self::Roo => table::ROO,
            Self::Kiro => table::KIRO,
            Self::OpenCode => table::OPEN_CODE,
            Self::CodeBuddy => table::CODE_BUDDY,
        }
    }

    /// The user's config file.
    pub(in crate::cli) fn file(self, dirs: &UserDirs) -> PathBuf {
        match self {
            Self::ClaudeDesktop => dirs
                .applications
                .join("Claude")
                .join("claude_desktop_config.json"),
            Self::ClaudeCode => dirs.claude.join(".claude.json"),
            Self::Cursor => dirs.home.join(".cursor").join("mcp.json"),
            Self::VsCode => dirs.applications.join("Code").join("User").join("mcp.json"),
            Self::Codex => dirs.codex.join("config.toml"),
            Self::Gemini => dirs.gemini.join(".gemini").join("settings.json"),
            Self::Windsurf => dirs
                .home
                .join(".codeium")
                .join("windsurf")
                .join("mcp_config.json"),
            Self::Zed => dirs.config.join(zed(dirs)).join("settings.json"),
            Self::CopilotCli => dirs.home.join(".copilot").join("mcp-config.json"),
            Self::Junie => dirs.home.join(".junie").join("mcp").join("mcp.json"),
            Self::Cline => extension(dirs, "saoudrizwan.claude-dev", "cline_mcp_settings.json"),
            Self::Roo => extension(dirs, "rooveterinaryinc.roo-cline", "mcp_settings.json"),
            Self::Kiro => dirs.home.join(".kiro").join("settings").join("mcp.json"),
            Self::OpenCode => xdg_config(dirs).join("opencode").join("opencode.json"),
            Self::CodeBuddy => dirs.home.join(".codebuddy.json"),
        }
    }

    /// Whether the client has been used by this user, as far as its files tell.
    pub(in crate::cli) fn is_present(self, dirs: &UserDirs) -> bool {
        let file = self.file(dirs);
        let folder = match self {
            // Both keep a file in the home folder, which exists anyway.
            Self::ClaudeCode => dirs.home.join(".claude"),
            Self::CodeBuddy => dirs.home.join(".codebuddy"),
            Self::Junie => dirs.home.join(".junie"),
            Self::Kiro => dirs.home.join(".kiro"),
            Self::Cline | Self::Roo => match file.ancestors().nth(2) {
                Some(folder) => folder.to_path_buf(),
                None => return false,
            },
            _ => match file.parent() {
                Some(folder) => folder.to_path_buf(),
                None => return false,
            },
        };
        file.is_file() || folder.is_dir()
    }

    /// The shared config file of the project in the working directory, if the client has one.
    pub(in crate::cli) fn shared_file(self, dirs: &UserDirs) -> Option<PathBuf> {
        Some(dirs.cwd.join(self.info().shared?))
    }
}

/// The settings of an extension of VS Code.
fn extension(dirs: &UserDirs, id: &str, file: &str) -> PathBuf {
    let storage = dirs
        .applications
        .join("Code")
        .join("User")
        .join("globalStorage");
    storage.join(id).join("settings").join(file)
}

/// opencode follows the XDG convention on every system.
fn xdg_config(dirs: &UserDirs) -> PathBuf {
    match dirs.os {
        crate::config::Os::Linux => dirs.config.clone(),
        crate::config::Os::Mac | crate::config::Os::Windows => dirs.home.join(".config"),
    }
}

/// Zed's folder is capitalized on Windows.
fn zed(dirs: &UserDirs) -> &'static str {
    match dirs.os {
        crate::config::Os::Windows => "Zed",
        crate::config::Os::Linux | crate::config::Os::Mac => "zed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Os;

    fn file(client: Client, os: Os) -> String {
        let variables = |name: &str| match name {
            "HOME" | "USERPROFILE" => Some("/u".to_owned()),
            "APPDATA" => Some("/roaming".to_owned()),
            _ => None,
        };
        let dirs = UserDirs::read(os, PathBuf::from("/work"), &variables).unwrap();
        client.file(&dirs).display().to_string()
    }

    #[test]
    fn files_are_in_the_default_locations() {
        for (client, os, expected) in [
            (
                Client::ClaudeDesktop,
                Os::Mac,
                "/u/Library/Application Support/Claude/claude_desktop_config.json",
            ),
            (
                Client::ClaudeDesktop,
                Os::Windows,
                "/roaming/Claude/claude_desktop_config.json",
            ),
            (
                Client::ClaudeDesktop,
                Os::Linux,
                "/u/.config/Claude/claude_desktop_config.json",
            ),
            (Client::ClaudeCode, Os::Windows, "/u/.claude.json"),
            (Client::Cursor, Os::Mac, "/u/.cursor/mcp.json"),
            (
                Client::VsCode,
                Os::Mac,
                "/u/Library/Application Support/Code/User/mcp.json",
            ),
            (Client::VsCode, Os::Linux, "/u/.config/Code/User/mcp.json"),
            (Client::Codex, Os::Linux, "/u/.codex/config.toml"),
            (Client::Gemini, Os::Linux, "/u/.gemini/settings.json"),
            (
                Client::Windsurf,
                Os::Mac,
                "/u/.codeium/windsurf/mcp_config.json",
            ),
            (Client::Zed, Os::Mac, "/u/.config/zed/settings.json"),
            (Client::Zed, Os::Windows, "/roaming/Zed/settings.json"),
            (Client::CopilotCli, Os::Linux, "/u/.copilot/mcp-config.json"),
            (Client::Junie, Os::Mac, "/u/.junie/mcp/mcp.json"),
            (
                Client::Cline,
                Os::Linux,
                "/u/.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
            ),
            (
                Client::Roo,
                Os::Windows,
                "/roaming/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json",
            ),
            (Client::Kiro, Os::Mac, "/u/.kiro/settings/mcp.json"),
            (
                Client::OpenCode,
                Os::Windows,
                "/u/.config/opencode/opencode.json",
            ),
            (Client::CodeBuddy, Os::Linux, "/u/.codebuddy.json"),
        ] {
            assert_eq!(file(client, os).replace('\\', "/"), expected);
        }
    }

    #[test]
    fn files_follow_the_variables_of_the_clients() {
        let variables = |name: &str| Some(format!("/moved/{name}"));
        let dirs = UserDirs::read(Os::Linux, PathBuf::from("/work"), &variables).unwrap();
        for (client, expected) in [
            (Client::ClaudeCode, "/moved/CLAUDE_CONFIG_DIR/.claude.json"),
            (
                Client::Gemini,
                "/moved/GEMINI_CLI_HOME/.gemini/settings.json",
            ),
            (Client::Codex, "/moved/CODEX_HOME/config.toml"),
            (Client::Cursor, "/moved/HOME/.cursor/mcp.json"),
        ] {
            assert_eq!(client.file(&dirs), PathBuf::from(expected));
        }
    }

    #[test]
    fn names_match_the_command_line() {
        for client in Client::value_variants() {
            let value = client.to_possible_value().unwrap();
            assert_eq!(value.get_name(), client.info().name);
        }
    }
}
