//! Each client: its name, the format of its config file, and the next step in it.
//!
//! The formats follow the documentation of the clients. A client reads a header from its environment only where it
//! documents a way, or its published source has one (Cline, Roo Code).

use super::format::{ClientInfo, ConfigFormat, UrlFormat, Variables};

const SERVERS: ConfigFormat = ConfigFormat::Json {
    key: "mcpServers",
    mark: None,
};

const fn with_url(
    field: &'static str,
    kind: Option<&'static str>,
    variables: Option<Variables>,
) -> UrlFormat {
    UrlFormat {
        field,
        kind,
        variables,
    }
}

pub(super) const CLAUDE_DESKTOP: ClientInfo = ClientInfo {
    name: "claude-desktop",
    title: "Claude Desktop",
    format: SERVERS,
    shared: None,
    next: "restart Claude Desktop",
    few_tools: false,
    url: Err(
        "its file has no servers with a URL: add the URL as a custom connector in Claude's settings under Connectors",
    ),
};

pub(super) const CLAUDE_CODE: ClientInfo = ClientInfo {
    name: "claude-code",
    title: "Claude Code",
    format: ConfigFormat::Json {
        key: "mcpServers",
        mark: Some(("type", "stdio")),
    },
    shared: Some(".mcp.json"),
    next: "start a new Claude Code session; `/mcp` shows the server",
    few_tools: false,
    url: Ok(with_url("url", Some("http"), Some(Variables::Braces))),
};

pub(super) const CURSOR: ClientInfo = ClientInfo {
    name: "cursor",
    title: "Cursor",
    format: SERVERS,
    shared: Some(".cursor/mcp.json"),
    next: "enable the server in Cursor's settings under MCP",
    few_tools: true,
    url: Ok(with_url("url", None, Some(Variables::EnvBraces))),
};

pub(super) const VS_CODE: ClientInfo = ClientInfo {
    name: "vscode",
    title: "VS Code",
    format: ConfigFormat::Json {
        key: "servers",
        mark: Some(("type", "stdio")),
    },
    shared: Some(".vscode/mcp.json"),
    next: "run `MCP: List Servers` in VS Code and start the server; ask in agent mode",
    few_tools: false,
    url: Ok(with_url("url", Some("http"), Some(Variables::EnvBraces))),
};

pub(super) const CODEX: ClientInfo = ClientInfo {
    name: "codex",
    title: "Codex",
    format: ConfigFormat::Toml { key: "mcp_servers" },
    shared: Some(".codex/config.toml"),
    next: "restart Codex; `/mcp` shows the server",
    few_tools: false,
    url: Ok(with_url("url", None, Some(Variables::Fields))),
};

pub(super) const GEMINI: ClientInfo = ClientInfo {
    name: "gemini",
    title: "Gemini CLI",
    format: SERVERS,
    shared: Some(".gemini/settings.json"),
    next: "restart Gemini CLI in a trusted folder; `/mcp` shows the server",
    few_tools: false,
    url: Ok(with_url("httpUrl", None, Some(Variables::Braces))),
};

pub(super) const WINDSURF: ClientInfo = ClientInfo {
    name: "windsurf",
    title: "Windsurf",
    format: SERVERS,
    shared: None,
    next: "refresh the MCP servers in Cascade",
    few_tools: false,
    url: Ok(with_url("serverUrl", None, Some(Variables::EnvBraces))),
};

// Older versions of Zed require `source`; newer ones ignore it.
pub(super) const ZED: ClientInfo = ClientInfo {
    name: "zed",
    title: "Zed",
    format: ConfigFormat::Json {
        key: "context_servers",
        mark: Some(("source", "custom")),
    },
    shared: Some(".zed/settings.json"),
    next: "enable the server in the settings of Zed's agent panel",
    few_tools: false,
    url: Ok(with_url("url", None, None)),
};

// `tools` is required there, and only this client has `local` as the type.
pub(super) const COPILOT_CLI: ClientInfo = ClientInfo {
    name: "copilot-cli",
    title: "GitHub Copilot CLI",
    format: ConfigFormat::Json {
        key: "mcpServers",
        mark: Some(("type", "local")),
    },
    shared: None,
    next: "restart Copilot CLI; `/mcp show` lists the server",
    few_tools: false,
    url: Ok(with_url("url", Some("http"), Some(Variables::Braces))),
};

pub(super) const JUNIE: ClientInfo = ClientInfo {
    name: "junie",
    title: "JetBrains Junie",
    format: SERVERS,
    shared: Some(".junie/mcp/mcp.json"),
    next: "enable the server in the IDE's settings under Tools, Junie, MCP Settings",
    few_tools: false,
    url: Err(
        "it documents only servers that it starts itself: install the command without `--url`",
    ),
};

pub(super) const CLINE: ClientInfo = ClientInfo {
    name: "cline",
    title: "Cline",
    format: SERVERS,
    shared: None,
    next: "open Cline's MCP servers and check that it is on",
    few_tools: false,
    url: Ok(with_url(
        "url",
        Some("streamableHttp"),
        Some(Variables::EnvBraces),
    )),
};

pub(super) const ROO: ClientInfo = ClientInfo {
    name: "roo",
    title: "Roo Code",
    format: SERVERS,
    shared: Some(".roo/mcp.json"),
    next: "open Roo Code's MCP settings and check that it is on",
    few_tools: false,
    url: Ok(with_url(
        "url",
        Some("streamable-http"),
        Some(Variables::EnvBraces),
    )),
};

pub(super) const KIRO: ClientInfo = ClientInfo {
    name: "kiro",
    title: "Kiro",
    format: SERVERS,
    shared: Some(".kiro/settings/mcp.json"),
    next: "open Kiro's MCP servers and check that it is connected",
    few_tools: false,
    url: Ok(with_url("url", None, Some(Variables::Braces))),
};

pub(super) const OPEN_CODE: ClientInfo = ClientInfo {
    name: "opencode",
    title: "opencode",
    format: ConfigFormat::OpenCode,
    shared: Some("opencode.json"),
    next: "restart opencode; `opencode mcp list` shows the server",
    few_tools: false,
    url: Ok(with_url("url", Some("remote"), Some(Variables::Bare))),
};

pub(super) const CODE_BUDDY: ClientInfo = ClientInfo {
    name: "codebuddy",
    title: "CodeBuddy Code",
    format: ConfigFormat::Json {
        key: "mcpServers",
        mark: Some(("type", "stdio")),
    },
    shared: Some(".mcp.json"),
    next: "start a new CodeBuddy session; `/mcp` shows the server",
    few_tools: false,
    url: Ok(with_url("url", Some("http"), None)),
};
