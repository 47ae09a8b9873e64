//! Supported MCP clients: config file, format and next step of each.

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

/// The format of a client's config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum ConfigFormat {
    /// JSON, with or without comments; servers by name under `key`.
    Json {
        /// `mcpServers`, `servers`, `context_servers`.
        key: &'static str,
        /// An extra field that each entry needs.
        mark: Option<(&'static str, &'static str)>,
    },
    /// The JSON of opencode: under `mcp`, the command and its arguments in one list, variables in `environment`.
    OpenCode,
    /// TOML; servers by name under `key`.
    Toml {
        /// `mcp_servers`.
        key: &'static str,
    },
}

/// Properties of a client.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct ClientInfo {
    /// The name on the command line.
    pub(in crate::cli) name: &'static str,
    /// The display name.
    pub(in crate::cli) title: &'static str,
    pub(in crate::cli) format: ConfigFormat,
    /// The project's shared config file, if the client has one.
    pub(in crate::cli) shared: Option<&'static str>,
    /// What to do in the client after a change.
    pub(in crate::cli) next: &'static str,
    /// Whether it lists so few tools (40) that the question tools should be among them.
    pub(in crate::cli) few_tools: bool,
}

const SERVERS: ConfigFormat = ConfigFormat::Json {
    key: "mcpServers",
    mark: None,
};

impl Client {
    #[expect(clippy::too_many_lines, reason = "a table of clients")]
    pub(in crate::cli) fn info(self) -> ClientInfo {
        match self {
            Self::ClaudeDesktop => ClientInfo {
                name: "claude-desktop",
                title: "Claude Desktop",
                format: SERVERS,
                shared: None,
                next: "restart Claude Desktop",
                few_tools: false,
            },
            Self::ClaudeCode => ClientInfo {
                name: "claude-code",
                title: "Claude Code",
                format: ConfigFormat::Json {
                    key: "mcpServers",
                    mark: Some(("type", "stdio")),
                },
                shared: Some(".mcp.json"),
                next: "start a new Claude Code session; `/mcp` shows the server",
                few_tools: false,
            },
            Self::Cursor => ClientInfo {
                name: "cursor",
                title: "Cursor",
                format: SERVERS,
                shared: Some(".cursor/mcp.json"),
                next: "enable the server in Cursor's settings under MCP",
                few_tools: true,
            },
            Self::VsCode => ClientInfo {
                name: "vscode",
                title: "VS Code",
                format: ConfigFormat::Json {
                    key: "servers",
                    mark: Some(("type", "stdio")),
                },
                shared: Some(".vscode/mcp.json"),
                next: "run `MCP: List Servers` in VS Code and start the server; ask in agent mode",
                few_tools: false,
            },
            Self::Codex => ClientInfo {
                name: "codex",
                title: "Codex",
                format: ConfigFormat::Toml { key: "mcp_servers" },
                shared: Some(".codex/config.toml"),
                next: "restart Codex; `/mcp` shows the server",
                few_tools: false,
            },
            Self::Gemini => ClientInfo {
                name: "gemini",
                title: "Gemini CLI",
                format: SERVERS,
                shared: Some(".gemini/settings.json"),
                next: "restart Gemini CLI in a trusted folder; `/mcp` shows the server",
                few_tools: false,
            },
            Self::Windsurf => ClientInfo {
                name: "windsurf",
                title: "Windsurf",
                format: SERVERS,
                shared: None,
                next: "refresh the MCP servers in Cascade",
                few_tools: false,
            },
            // Older versions of Zed require `source`; newer ones ignore it.
            Self::Zed => ClientInfo {
                name: "zed",
                title: "Zed",
                format: ConfigFormat::Json {
                    key: "context_servers",
                    mark: Some(("source", "custom")),
                },
                shared: Some(".zed/settings.json"),
                next: "enable the server in the settings of Zed's agent panel",
                few_tools: false,
            },
            // `tools` is required there, and only this client has `local` as the type.
            Self::CopilotCli => ClientInfo {
                name: "copilot-cli",
                title: "GitHub Copilot CLI",
                format: ConfigFormat::Json {
                    key: "mcpServers",
                    mark: Some(("type", "local")),
                },
                shared: None,
                next: "restart Copilot CLI; `/mcp show` lists the server",
                few_tools: false,
            },
            Self::Junie => ClientInfo {
                name: "junie",
                title: "JetBrains Junie",
                format: SERVERS,
                shared: Some(".junie/mcp/mcp.json"),
                next: "enable the server in the IDE's settings under Tools, Junie, MCP Settings",
                few_tools: false,
            },
            Self::Cline => ClientInfo {
                name: "cline",
                title: "Cline",
                format: SERVERS,
                shared: None,
                next: "open Cline's MCP servers and check that it is on",
                few_tools: false,
            },
            Self::Roo => ClientInfo {
                name: "roo",
                title: "Roo Code",
                format: SERVERS,
                shared: Some(".roo/mcp.json"),
                next: "open Roo Code's MCP settings and check that it is on",
                few_tools: false,
            },
            Self::Kiro => ClientInfo {
                name: "kiro",
                title: "Kiro",
                format: SERVERS,
                shared: Some(".kiro/settings/mcp.json"),
                next: "open Kiro's MCP servers and check that it is connected",
                few_tools: false,
            },
            Self::OpenCode => ClientInfo {
                name: "opencode",
                title: "opencode",
                format: ConfigFormat::OpenCode,
                shared: Some("opencode.json"),
                next: "restart opencode; `opencode mcp list` shows the server",
                few_tools: false,
            },
            Self::CodeBuddy => ClientInfo {
                name: "codebuddy",
                title: "CodeBuddy Code",
                format: ConfigFormat::Json {
                    key: "mcpServers",
                    mark: Some(("type", "stdio")),
                },
                shared: Some(".mcp.json"),
                next: "start a new CodeBuddy session; `/mcp` shows the server",
                few_tools: false,
            },
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
