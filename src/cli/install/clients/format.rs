//! What is known of a client: the formats of its config file, and the next step in it.

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

/// How a client's file describes a server with a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct UrlFormat {
    /// The field of the URL.
    pub(in crate::cli) field: &'static str,
    /// The value of `type`, if the client needs one.
    pub(in crate::cli) kind: Option<&'static str>,
    /// How a header is read from the client's environment, if it can be.
    pub(in crate::cli) variables: Option<Variables>,
}

/// How a client's file refers to an environment variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Variables {
    /// `${NAME}`.
    Braces,
    /// `${env:NAME}`.
    EnvBraces,
    /// `{env:NAME}`.
    Bare,
    /// `bearer_token_env_var = "NAME"` and a table `env_http_headers`.
    Fields,
}

impl Variables {
    /// The reference to a variable in a value; `Fields` has none.
    pub(in crate::cli) fn reference(self, name: &str) -> String {
        match self {
            Self::Braces => format!("${{{name}}}"),
            Self::EnvBraces => format!("${{env:{name}}}"),
            Self::Bare => format!("{{env:{name}}}"),
            Self::Fields => name.to_owned(),
        }
    }
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
    /// The format of a server with a URL, or what to do instead.
    pub(in crate::cli) url: Result<UrlFormat, &'static str>,
}
