//! Checks a server of this program at a URL, as a client would reach it: network, TLS, clock, token and protocol.

use serde_json::{Value, json};

use super::challenge::Challenge;
use super::report::Checks;
use crate::cli::server_url::{EnvHeader, ServerUrl};
use crate::clock::Clock;
use crate::config::plain_variable;
use crate::secret::Secret;
use crate::upstream::remote_server::{NoResponse, RemoteHeaders, RemoteResponse, RemoteServer};

/// The protocol version that is asked for.
const VERSION: &str = "2025-11-25";

/// The clock skew in seconds that access tokens tolerate.
const MAX_SKEW: i64 = 60;

/// A server to check.
pub(super) struct Remote<'a> {
    url: &'a ServerUrl,
    server: RemoteServer,
    headers: RemoteHeaders,
}

/// Checks the server; the headers are read from the environment.
pub(super) async fn check(checks: &mut Checks, url: &ServerUrl, wanted: &[EnvHeader]) {
    let mut remote = Remote {
        url,
        server: RemoteServer::new(),
        headers: RemoteHeaders::default(),
    };
    let has_headers = remote.read_headers(checks, wanted);
    if url.is_exposed() {
        let text = format!(
            "{}: plain HTTP, which others on the way can read and change: use https",
            url.host()
        );
        checks.warn("reach", &text);
    }
    if !remote.reach(checks).await || !has_headers {
        return;
    }
    remote.ready(checks).await;
    if let Some(version) = remote.initialize(checks, wanted).await {
        remote.tools(checks, version).await;
    }
}

impl Remote<'_> {
    /// Reads the values of headers; false if one is missing.
    fn read_headers(&mut self, checks: &mut Checks, wanted: &[EnvHeader]) -> bool {
        let mut complete = true;
        for header in wanted {
            let value = plain_variable(&header.variable).unwrap_or_default();
            match Secret::read(&value) {
                Ok(value) => {
                    let value = if header.bearer {
                        Secret::new(&format!("Bearer {}", value.expose()))
                    } else {
                        value
                    };
                    self.headers.secret.push((header.name.clone(), value));
                }
                Err(_) if value.is_empty() => {
                    complete = false;
                    let text = format!("the environment variable {} is not set", header.variable);
                    checks.fail("token", &text);
                }
                Err(reason) => {
                    complete = false;
                    checks.fail("token", &format!("{} {reason}", header.variable));
                }
            }
        }
        complete
    }

    /// Whether the server answers at all, over TLS where the URL says so, and what its clock says.
    async fn reach(&self, checks: &mut Checks) -> bool {
        let host = self.url.host();
        let response = match self.server.get(&self.url.sibling("healthz")).await {
            Ok(response) => response,
            Err(failure) => {
                no_response(checks, &host, failure);
                return false;
            }
        };
        let tls = if self.url.is_https() {
            ", and its TLS certificate is valid"
        } else {
            ""
        };
        let latency = response.latency.as_millis();
        let text = format!("{host} responded in {latency} ms{tls}");
        checks.ok("reach", &text);
        self.clock(checks, &response);
        match response.status {
            200 => checks.ok("health", "/healthz: the process is alive"),
            404 | 405 => checks.warn(
                "health",
                &format!(
                    "/healthz answers {}: is only /mcp forwarded?",
                    response.status
                ),
            ),
            _ => self.unexpected(checks, "health", "/healthz", &response),
        }
        !(300..400).contains(&response.status)
    }

    fn clock(&self, checks: &mut Checks, response: &RemoteResponse) {
        let host = self.url.host();
        let Some(theirs) = response.date else {
            checks.warn("clock", &format!("{host}: no Date header"));
            return;
        };
        let ahead = Clock::System.now().as_second() - theirs;
        if ahead.abs() <= MAX_SKEW {
            let text = format!("within {} s of {host}", ahead.abs().max(1));
            checks.ok("clock", &text);
            return;
        }
        let text = format!(
            "this machine is {} {} {host}: one of the two clocks is wrong, and access tokens of the wrong one are refused",
            crate::reply::duration(ahead.abs()),
            if ahead > 0 { "ahead of" } else { "behind" },
        );
        checks.warn("clock", &text);
    }

    async fn ready(&self, checks: &mut Checks) {
        match self.server.get(&self.url.sibling("readyz")).await {
            Ok(response) => match response.status {
                200 => checks.ok("ready", "/readyz: ready for calls"),
                404 | 405 => {}
                503 if response.body.contains("shutting down") => {
                    checks.temporary("ready", "/readyz: the server is shutting down");
                }
                503 => checks.fail(
                    "ready",
                    &format!("/readyz: not ready: {}", self.words(&response)),
                ),
                _ => self.unexpected(checks, "ready", "/readyz", &response),
            },
            Err(failure) => no_response(checks, &self.url.host(), failure),
        }
    }

    /// Greets the server. Returns the protocol version of the session.
    async fn initialize(&mut self, checks: &mut Checks, wanted: &[EnvHeader]) -> Option<String> {
        let params = json!({
            "protocolVersion": VERSION,
            "capabilities": {},
            "clientInfo": {"name": "crashsight-mcp doctor", "version": env!("CARGO_PKG_VERSION")},
        });
        let response = self.ask(checks, 1, "initialize", params).await?;
        match response.status {
            200 => {}
            401 => {
                self.refused(checks, wanted, &response).await;
                return None;
            }
            403 => {
                let text = format!("not allowed (403): {}", self.words(&response));
                match Challenge::parse(response.challenge.as_deref()).scope {
                    Some(scope) => {
                        let text = format!("{text}; the token needs the scope `{scope}`");
                        checks.fail("token", &self.hide(&text));
                    }
                    None => checks.fail("initialize", &text),
                }
                return None;
            }
            404 | 405 => {
                let text = format!(
                    "{} is no MCP endpoint ({}): check the path, which is usually /mcp",
                    self.url.as_str(),
                    response.status
                );
                checks.fail("initialize", &text);
                return None;
            }
            _ => {
                self.unexpected(checks, "initialize", "the endpoint", &response);
                return None;
            }
        }
        let result = self.result(checks, "initialize", &response, 1)?;
        if !wanted.is_empty() {
            checks.ok("token", "accepted");
        } else if self.url.is_loopback() {
            checks.ok("token", "none is needed");
        } else {
            checks.warn(
                "token",
                "none is needed: everyone who reaches the server can use its key",
            );
        }
        let text = |value: &Value| value.as_str().unwrap_or("unknown").to_owned();
        let (about, version) = (&result["serverInfo"], text(&result["protocolVersion"]));
        let (name, release) = (text(&about["name"]), text(&about["version"]));
        if name == env!("CARGO_PKG_NAME") {
            let text = format!("{name} {release}, protocol {version}");
            checks.ok("version", &self.hide(&text));
            let own = env!("CARGO_PKG_VERSION");
            if release != own {
                checks.note("version", &format!("this program is {own}"));
            }
        } else {
            let text = format!("the server is {name} {release}, not this program");
            checks.warn("version", &self.hide(&text));
        }
        if let Some(session) = response.session {
            self.headers.protocol.push(("mcp-session-id", session));
        }
        Some(version)
    }

    async fn tools(&mut self, checks: &mut Checks, version: String) {
        self.headers
            .protocol
            .push(("mcp-protocol-version", version));
        let Some(response) = self.ask(checks, 2, "tools/list", json!({})).await else {
            return;
        };
        if response.status != 200 {
            self.unexpected(checks, "tools", "tools/list", &response);
            return;
        }
        let Some(result) = self.result(checks, "tools", &response, 2) else {
            return;
        };
        let count = result["tools"].as_array().map_or(0, Vec::len);
        let more = if result["nextCursor"].is_string() {
            " on the first page"
        } else {
            ""
        };
        if count > 0 {
            checks.ok("tools", &format!("{count} tools{more}"));
        } else {
            checks.warn("tools", "no tool is enabled for this caller");
        }
    }

    async fn ask(
        &self,
        checks: &mut Checks,
        id: u64,
        method: &str,
        params: Value,
    ) -> Option<RemoteResponse> {
        let url = self.url.as_str();
        let asked = self.server.post(url, &self.headers, id, method, params);
        match asked.await {
            Ok(response) => Some(response),
            Err(failure) => {
                no_response(checks, &self.url.host(), failure);
                None
            }
        }
    }

    /// The result of a JSON-RPC response.
    fn result(
        &self,
        checks: &mut Checks,
        what: &str,
        response: &RemoteResponse,
        id: u64,
    ) -> Option<Value> {
        let Some(mut message) = response.message(id) else {
            checks.fail(what, "the response is not JSON-RPC: is this an MCP server?");
            return None;
        };
        if let Some(error) = message["error"]["message"].as_str() {
            checks.fail(what, &self.hide(&format!("refused: {error}")));
            return None;
        }
        Some(message["result"].take())
    }

    /// Explains a 401, with what the server says about signing in.
    async fn refused(&self, checks: &mut Checks, wanted: &[EnvHeader], response: &RemoteResponse) {
        let challenge = Challenge::parse(response.challenge.as_deref());
        let variables: Vec<&str> = wanted.iter().map(|header| &*header.variable).collect();
        let text = if variables.is_empty() {
            "the server requires a token (401): name its variable with `--token-env`".to_owned()
        } else {
            let reason = challenge.error.as_ref();
            let reason = reason.map_or_else(String::new, |error| format!(": {error}"));
            format!(
                "the token in {} is not accepted (401){reason}",
                variables.join(", ")
            )
        };
        checks.fail("token", &self.hide(&text));
        let Some(metadata) = challenge.metadata else {
            return;
        };
        // A server could name any address: only its own is asked.
        if !self.url.is_same_server(&metadata) {
            let text = format!("sign-in is described at {metadata} (not checked: another server)");
            checks.note("oauth", &self.hide(&text));
            return;
        }
        match self.server.get(&metadata).await {
            Ok(response) if response.status == 200 => {
                let about: Value = serde_json::from_str(&response.body).unwrap_or_default();
                let list = |field: &str| {
                    let items = about[field].as_array().into_iter().flatten();
                    items
                        .filter_map(Value::as_str)
                        .collect::<Vec<_>>()
                        .join(", ")
                };
                let text = format!(
                    "clients can sign in at {} (scopes {}) for {}",
                    list("authorization_servers"),
                    list("scopes_supported"),
                    about["resource"].as_str().unwrap_or("an unnamed resource"),
                );
                checks.note("oauth", &self.hide(&text));
            }
            Ok(response) => self.unexpected(checks, "oauth", &metadata, &response),
            Err(failure) => no_response(checks, &self.url.host(), failure),
        }
    }

    /// Reports a status that no check expects.
    fn unexpected(&self, checks: &mut Checks, what: &str, place: &str, response: &RemoteResponse) {
        let status = response.status;
        let text = match &response.location {
            Some(to) if (300..400).contains(&status) => {
                format!("{place} redirects to {to}: use that address")
            }
            _ => format!("{place} answers {status}: {}", self.words(response)),
        };
        let text = self.hide(&text);
        if matches!(status, 429 | 502 | 503 | 504) {
            checks.temporary(what, &text);
        } else {
            checks.fail(what, &text);
        }
    }

    /// The first line of a body that is text, or the message of a JSON-RPC error.
    fn words(&self, response: &RemoteResponse) -> String {
        let body: Value = serde_json::from_str(&response.body).unwrap_or_default();
        let message = body["error"]["message"].as_str();
        let line = response.body.lines().next().unwrap_or_default();
        let words = match message {
            Some(message) => message,
            None if line.starts_with(['<', '{']) || line.is_empty() => "no explanation",
            None => line,
        };
        self.hide(&crate::reply::inline(words, 160))
    }

    /// A text of the server without the values that were sent to it.
    fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (_, value) in &self.headers.secret {
            let value = value.expose();
            text = text.replace(value.strip_prefix("Bearer ").unwrap_or(value), "[secret]");
        }
        text
    }
}

fn no_response(checks: &mut Checks, host: &str, failure: NoResponse) {
    match failure {
        NoResponse::Tls(words) => {
            let advice = if words.contains("certificate") {
                "; for a private CA, set SSL_CERT_FILE to its certificate"
            } else {
                ": does it serve https?"
            };
            checks.fail("tls", &format!("{host}: {words}{advice}"));
        }
        NoResponse::Setup(words) => checks.fail("reach", &format!("{host}: {words}")),
        NoResponse::Network(words) => checks.temporary(
            "reach",
            &format!(
                "{host} is not reachable: {words}; check the address, the network and a proxy"
            ),
        ),
    }
}
