//! Supported MCP clients: config file, format and next step of each.

use std::path::PathBuf;

use clap::ValueEnum;

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
        }
    }

    /// The shared config file of the project in the working directory, if the client has one.
    pub(in crate::cli) fn shared_file(self, dirs: &UserDirs) -> Option<PathBuf> {
        Some(dirs.cwd.join(self.info().shared?))
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
