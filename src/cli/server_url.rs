//! The URL of a server of this program on another machine, and what is sent to it from the environment.

use clap::Args;
use url::Url;

/// The headers of requests to a server with a URL.
#[derive(Args, Debug, Clone, Default)]
#[group(id = "remote_headers", multiple = true)]
pub(super) struct HeaderFlags {
    /// The environment variable with the bearer token; its value is not written.
    #[arg(long, value_name = "NAME", requires = "url")]
    token_env: Option<String>,
    /// A header with the value of an environment variable; repeatable.
    #[arg(long, value_name = "HEADER=NAME", requires = "url")]
    header_env: Vec<String>,
}

/// A header whose value is in an environment variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EnvHeader {
    pub(super) name: String,
    /// Whether the value follows the word `Bearer`.
    pub(super) bearer: bool,
    pub(super) variable: String,
}

impl HeaderFlags {
    /// The headers. A refusal does not repeat a value: it may be the secret itself.
    pub(super) fn headers(&self) -> Result<Vec<EnvHeader>, String> {
        let mut headers = Vec::new();
        if let Some(variable) = &self.token_env {
            if !is_variable(variable) {
                return Err(not_a_variable("--token-env"));
            }
            headers.push(EnvHeader {
                name: "Authorization".to_owned(),
                bearer: true,
                variable: variable.clone(),
            });
        }
        for pair in &self.header_env {
            let (name, variable) = pair
                .split_once('=')
                .filter(|(name, _)| is_header(name))
                .ok_or("--header-env takes `HEADER=NAME`, such as `X-Team=TEAM_HEADER`")?;
            if !is_variable(variable) {
                return Err(not_a_variable("--header-env"));
            }
            if headers.iter().any(|known: &EnvHeader| known.is(name)) {
                return Err(format!("the header {name} is set twice"));
            }
            headers.push(EnvHeader {
                name: name.to_owned(),
                bearer: false,
                variable: variable.to_owned(),
            });
        }
        Ok(headers)
    }
}

impl HeaderFlags {
    /// The flags again, each after a space.
    pub(super) fn flags(&self) -> String {
        let token = self
            .token_env
            .iter()
            .map(|name| format!(" --token-env {name}"));
        let headers = self
            .header_env
            .iter()
            .map(|pair| format!(" --header-env {pair}"));
        token.chain(headers).collect()
    }
}

impl EnvHeader {
    /// Whether this is the header of that name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

fn not_a_variable(flag: &str) -> String {
    format!(
        "{flag} takes the name of an environment variable (letters, digits and underscores), not the value itself"
    )
}

/// Names that every client can refer to.
fn is_variable(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next();
    text.len() <= 64
        && first.is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn is_header(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    !text.is_empty() && text.len() <= 64 && text.bytes().all(allowed)
}

/// The URL of a server's MCP endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerUrl(Url);

impl ServerUrl {
    /// Parses the URL of the command line; one without a path means `/mcp`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let example = "expected a URL such as https://mcp.example.com/mcp";
        let mut url = Url::parse(text.trim()).map_err(|error| format!("{example}: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(example.to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "a URL must not contain a user name or a password: use `--token-env`".to_owned(),
            );
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(
                "expected a URL without `?` and `#`: use `--header-env` for values".to_owned(),
            );
        }
        if url.path() == "/" {
            url.set_path("/mcp");
        }
        Ok(Self(url))
    }

    /// The URL as text.
    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host, with its port if that is not the usual one.
    pub(super) fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether requests are encrypted.
    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether requests leave this machine in clear text.
    pub(super) fn is_exposed(&self) -> bool {
        !self.is_https() && !self.is_loopback()
    }

    /// Whether the server is on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(self.0.host_str().unwrap_or_default())
    }

    /// The URL of another endpoint of the server, such as `healthz`, next to this one.
    pub(super) fn sibling(&self, name: &str) -> String {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().pop().push(name);
        }
        url.into()
    }

    /// Whether another URL is of the same scheme, host and port.
    pub(super) fn is_same_server(&self, other: &str) -> bool {
        Url::parse(other).is_ok_and(|other| other.origin() == self.0.origin())
    }
}

/// Whether a host, with or without a port, is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost"
        || name
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_recognized() {
        for (host, expected) in [
            ("127.0.0.1:80", true),
            ("localhost", true),
            ("[::1]:8", true),
            ("10.0.0.1", false),
            ("localhost.example.com", false),
        ] {
            assert_eq!(is_loopback(host), expected, "{host}");
        }
    }

    #[test]
    fn urls_without_a_secret_are_accepted() {
        for (text, expected) in [
            ("https://cs.example", Ok("https://cs.example/mcp")),
            (
                "https://cs.example/team/mcp",
                Ok("https://cs.example/team/mcp"),
            ),
            ("http://[::1]:8800/", Ok("http://[::1]:8800/mcp")),
            ("cs.example/mcp", Err("expected a URL")),
            ("ftp://cs.example/mcp", Err("expected a URL")),
            ("https://ann:hush@cs.example/mcp", Err("--token-env")),
            ("https://cs.example/mcp?key=hush", Err("--header-env")),
            ("https://cs.example/mcp#hush", Err("--header-env")),
        ] {
            match (ServerUrl::parse(text), expected) {
                (Ok(url), Ok(expected)) => assert_eq!(url.as_str(), expected),
                (Err(words), Err(part)) => {
                    assert!(words.contains(part) && !words.contains("hush"), "{words}");
                }
                (outcome, _) => panic!("{text}: {outcome:?}"),
            }
        }
        let url = ServerUrl::parse("https://cs.example:8443/team/mcp").unwrap();
        assert_eq!(
            url.sibling("healthz"),
            "https://cs.example:8443/team/healthz"
        );
        assert_eq!(url.host(), "cs.example:8443");
        assert!(url.is_same_server("https://cs.example:8443/other"));
        assert!(!url.is_same_server("https://cs.example/team/mcp"));
    }

    #[test]
    fn a_value_in_place_of_a_name_is_refused_and_not_repeated() {
        let refused = |token: Option<&str>, header: &[&str]| {
            let flags = HeaderFlags {
                token_env: token.map(str::to_owned),
                header_env: header.iter().map(|text| (*text).to_owned()).collect(),
            };
            flags.headers().unwrap_err()
        };
        for words in [
            refused(Some("hush-0001"), &[]),
            refused(None, &["X-Key=hush 1"]),
            refused(None, &["hush"]),
            refused(Some("A"), &["authorization=B"]),
        ] {
            assert!(!words.contains("hush"), "{words}");
        }
    }
}
