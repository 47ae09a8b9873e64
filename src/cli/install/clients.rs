//! The clients that are known: where each keeps its servers, in which form, and what to do there next.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::config::UserDirs;

/// The clients, by the names people give.
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

/// How a client writes its servers down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Form {
    /// JSON, with or without comments: servers by name below this key.
    Json {
        /// `mcpServers`, `servers`, `context_servers`.
        key: &'static str,
        /// What an entry says of itself besides command, args and env.
        mark: Option<(&'static str, &'static str)>,
    },
    /// TOML: servers by name below this key.
    Toml {
        /// `mcp_servers`.
        key: &'static str,
    },
}

/// What is known of a client.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Facts {
    /// As on the command line.
    pub(in crate::cli) word: &'static str,
    /// For people.
    pub(in crate::cli) title: &'static str,
    pub(in crate::cli) form: Form,
    /// A project's own file, which is meant to be committed.
    pub(in crate::cli) shared: Option<&'static str>,
    /// What to do there after a change.
    pub(in crate::cli) next: &'static str,
}

const SERVERS: Form = Form::Json {
    key: "mcpServers",
    mark: None,
};

impl Client {
    pub(in crate::cli) fn facts(self) -> Facts {
        match self {
            Self::ClaudeDesktop => Facts {
                word: "claude-desktop",
                title: "Claude Desktop",
                form: SERVERS,
                shared: None,
                next: "quit Claude Desktop and start it again",
            },
            Self::ClaudeCode => Facts {
                word: "claude-code",
                title: "Claude Code",
                form: Form::Json {
                    key: "mcpServers",
                    mark: Some(("type", "stdio")),
                },
                shared: Some(".mcp.json"),
                next: "start a new session of Claude Code; `/mcp` shows the server",
            },
            Self::Cursor => Facts {
                word: "cursor",
                title: "Cursor",
                form: SERVERS,
                shared: Some(".cursor/mcp.json"),
                next: "see that the server is switched on in Cursor's settings, under MCP",
            },
            Self::VsCode => Facts {
                word: "vscode",
                title: "VS Code",
                form: Form::Json {
                    key: "servers",
                    mark: Some(("type", "stdio")),
                },
                shared: Some(".vscode/mcp.json"),
                next: "run `MCP: List Servers` in VS Code and start the server; ask in agent mode",
            },
            Self::Codex => Facts {
                word: "codex",
                title: "Codex",
                form: Form::Toml { key: "mcp_servers" },
                shared: Some(".codex/config.toml"),
                next: "start Codex again; `/mcp` shows the server",
            },
            Self::Gemini => Facts {
                word: "gemini",
                title: "Gemini CLI",
                form: SERVERS,
                shared: Some(".gemini/settings.json"),
                next: "start Gemini CLI again, in a folder it trusts; `/mcp` shows the server",
            },
            Self::Windsurf => Facts {
                word: "windsurf",
                title: "Windsurf",
                form: SERVERS,
                shared: None,
                next: "refresh the list of MCP servers in Cascade",
            },
            // Older versions of Zed need `source`, newer ones pass over it.
            Self::Zed => Facts {
                word: "zed",
                title: "Zed",
                form: Form::Json {
                    key: "context_servers",
                    mark: Some(("source", "custom")),
                },
                shared: Some(".zed/settings.json"),
                next: "see that the server is switched on in Zed's agent panel, under settings",
            },
        }
    }

    /// The user's own file.
    pub(in crate::cli) fn file(self, places: &UserDirs) -> PathBuf {
        match self {
            Self::ClaudeDesktop => places
                .applications
                .join("Claude")
                .join("claude_desktop_config.json"),
            Self::ClaudeCode => places.claude.join(".claude.json"),
            Self::Cursor => places.home.join(".cursor").join("mcp.json"),
            Self::VsCode => places
                .applications
                .join("Code")
                .join("User")
                .join("mcp.json"),
            Self::Codex => places.codex.join("config.toml"),
            Self::Gemini => places.gemini.join(".gemini").join("settings.json"),
            Self::Windsurf => places
                .home
                .join(".codeium")
                .join("windsurf")
                .join("mcp_config.json"),
            Self::Zed => places.config.join(zed(places)).join("settings.json"),
        }
    }

    /// The file of the project that lies here, where the client has such a thing.
    pub(in crate::cli) fn shared_file(self, places: &UserDirs) -> Option<PathBuf> {
        Some(places.cwd.join(self.facts().shared?))
    }
}

/// Zed's folder begins with a capital where file names are kept but not told apart by case.
fn zed(places: &UserDirs) -> &'static str {
    match places.os {
        crate::config::Os::Windows => "Zed",
        crate::config::Os::Linux | crate::config::Os::MacOs => "zed",
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
        let places = UserDirs::read(os, PathBuf::from("/work"), &variables).unwrap();
        client.file(&places).display().to_string()
    }

    #[test]
    fn files_lie_where_the_clients_look() {
        for (client, os, expected) in [
            (
                Client::ClaudeDesktop,
                Os::MacOs,
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
            (Client::Cursor, Os::MacOs, "/u/.cursor/mcp.json"),
            (
                Client::VsCode,
                Os::MacOs,
                "/u/Library/Application Support/Code/User/mcp.json",
            ),
            (Client::VsCode, Os::Linux, "/u/.config/Code/User/mcp.json"),
            (Client::Codex, Os::Linux, "/u/.codex/config.toml"),
            (Client::Gemini, Os::Linux, "/u/.gemini/settings.json"),
            (
                Client::Windsurf,
                Os::MacOs,
                "/u/.codeium/windsurf/mcp_config.json",
            ),
            (Client::Zed, Os::MacOs, "/u/.config/zed/settings.json"),
            (Client::Zed, Os::Windows, "/roaming/Zed/settings.json"),
        ] {
            assert_eq!(file(client, os).replace('\\', "/"), expected);
        }
    }

    #[test]
    fn files_lie_where_the_clients_are_told_to_look() {
        let variables = |name: &str| Some(format!("/moved/{name}"));
        let places = UserDirs::read(Os::Linux, PathBuf::from("/work"), &variables).unwrap();
        for (client, expected) in [
            (Client::ClaudeCode, "/moved/CLAUDE_CONFIG_DIR/.claude.json"),
            (
                Client::Gemini,
                "/moved/GEMINI_CLI_HOME/.gemini/settings.json",
            ),
            (Client::Codex, "/moved/CODEX_HOME/config.toml"),
            (Client::Cursor, "/moved/HOME/.cursor/mcp.json"),
        ] {
            assert_eq!(client.file(&places), PathBuf::from(expected));
        }
    }

    #[test]
    fn words_are_those_of_the_command_line() {
        for client in Client::value_variants() {
            let value = client.to_possible_value().unwrap();
            assert_eq!(value.get_name(), client.facts().word);
        }
    }
}
