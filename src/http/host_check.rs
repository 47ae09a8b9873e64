//! Which names this server answers to, and whose pages may call it: the lock against DNS rebinding.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;

use super::error_response::{Refused, text};

/// Names and origins that pass.
pub(super) struct HostPolicy {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl HostPolicy {
    /// Loopback, the address bound to, and what the user named.
    pub(super) fn new(bound: IpAddr, hosts: &[String], origins: &[String]) -> Self {
        let loopback = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let bound = (!bound.is_unspecified()).then(|| bound.to_string());
        let named = hosts.iter().map(|host| plain_host(host));
        Self {
            hosts: loopback.into_iter().chain(bound).chain(named).collect(),
            origins: origins
                .iter()
                .map(|origin| origin.trim_end_matches('/').to_lowercase())
                .collect(),
        }
    }

    /// Lets a request pass whose `Host` is a name of this server and whose `Origin`, if it has one, is this
    /// server's own or a named one.
    pub(super) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<Cors, Refused> {
        let host = only(headers, &header::HOST)
            .map_err(|()| refuse(StatusCode::BAD_REQUEST, "one Host header is needed"))?
            .map(str::to_lowercase)
            .ok_or_else(|| refuse(StatusCode::BAD_REQUEST, "a Host header is needed"))?;
        let target = uri
            .authority()
            .map(|authority| authority.as_str().to_lowercase());
        for authority in std::iter::once(&host).chain(&target) {
            // A user name before an `@` would be taken for the host by some readers and not by others.
            let known = authority.parse::<Authority>().is_ok_and(|parsed| {
                !authority.contains('@')
                    && self.hosts.iter().any(|host| host == name(parsed.host()))
            });
            if !known {
                return Err(refuse(
                    StatusCode::FORBIDDEN,
                    "this server does not go by that Host: `--allow-host` names another",
                ));
            }
        }
        let origin = only(headers, &header::ORIGIN)
            .map_err(|()| refuse(StatusCode::BAD_REQUEST, "one Origin header is enough"))?;
        let Some(origin) = origin else {
            return Ok(Cors(None));
        };
        let lower = origin.to_lowercase();
        if self.origins.contains(&lower) {
            return Ok(Cors(HeaderValue::from_str(origin).ok()));
        }
        let own = ["http://", "https://"]
            .iter()
            .any(|scheme| lower.strip_prefix(scheme) == Some(host.as_str()));
        if own {
            return Ok(Cors(None));
        }
        Err(refuse(
            StatusCode::FORBIDDEN,
            "pages of that Origin may not call: `--allow-origin` names one that may",
        ))
    }
}

/// A name without port, brackets, capitals and the dot of the root.
fn plain_host(host: &str) -> String {
    let host = host.trim().to_lowercase();
    let host = match host.parse::<Authority>() {
        Ok(parsed) if !host.contains('@') => parsed.host().to_owned(),
        _ => host,
    };
    name(&host).trim_end_matches('.').to_owned()
}

/// An origin is written as browsers send it: nothing else would ever match.
pub(super) fn is_origin(origin: &str) -> bool {
    let origin = origin.trim_end_matches('/');
    let authority = ["http://", "https://"]
        .iter()
        .find_map(|scheme| origin.strip_prefix(scheme));
    authority.is_some_and(|authority| {
        authority.parse::<Authority>().is_ok() && !authority.contains(['@', '*', '/'])
    })
}

fn refuse(status: StatusCode, words: &str) -> Refused {
    text(status, words).into()
}

/// A name without the brackets of an IPv6 address.
fn name(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// The value of a header that comes at most once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

/// What a browser must be told: nothing, or that a named origin may read the answer.
pub(super) struct Cors(Option<HeaderValue>);

/// What a page may send, beside credentials.
const SENT: &[&str] = &[
    "Authorization",
    "Content-Type",
    "Accept",
    "MCP-Protocol-Version",
    "Mcp-Method",
    "Mcp-Name",
    "X-Request-Id",
];

impl Cors {
    /// Adds the permission to an answer.
    pub(super) fn allow(self, mut response: Response) -> Response {
        if let Some(origin) = self.0 {
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                HeaderValue::from_static("x-request-id, www-authenticate"),
            );
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        response
    }

    /// Answers the question that a browser asks first.
    pub(super) fn preflight(self) -> Response {
        if self.0.is_none() {
            return super::error_response::method("GET, POST");
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, POST"),
        );
        let sent = [SENT, super::credential_headers::HEADERS]
            .concat()
            .join(", ");
        if let Ok(sent) = HeaderValue::from_str(&sent) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, sent);
        }
        headers.insert(
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static("600"),
        );
        self.allow(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(hosts: &[&str], origins: &[&str]) -> u16 {
        let locks = HostPolicy::new(
            IpAddr::from([0, 0, 0, 0]),
            &["mcp.example.com".to_owned()],
            &["https://app.example.com/".to_owned()],
        );
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(header::HOST, host.parse().unwrap());
        }
        for origin in origins {
            headers.append(header::ORIGIN, origin.parse().unwrap());
        }
        match locks.check(&Uri::from_static("/mcp"), &headers) {
            Ok(_) => 200,
            Err(refused) => refused.response().status().as_u16(),
        }
    }

    #[test]
    fn names_and_origins_pass_or_do_not() {
        for (hosts, origins, expected) in [
            (&["localhost:8800"][..], &[][..], 200),
            (&["[::1]:8800"], &[], 200),
            (&["MCP.example.com"], &[], 200),
            (&["mcp.example.com:8443"], &["https://app.example.com"], 200),
            (&["localhost:8800"], &["http://localhost:8800"], 200),
            (&["localhost:8800"], &["http://localhost:3000"], 403),
            (&["localhost:8800"], &["null"], 403),
            (
                &["localhost:8800"],
                &["https://app.example.com.evil.com"],
                403,
            ),
            (&["evil.com"], &[], 403),
            (&["localhost.evil.com"], &[], 403),
            (&["localhost:8800@evil.com"], &[], 403),
            (&["evil.com@localhost"], &[], 403),
            (&[""], &[], 403),
            (&["0.0.0.0"], &[], 403),
            (&[], &[], 400),
            (&["localhost", "evil.com"], &[], 400),
            (
                &["localhost"],
                &["http://localhost", "http://evil.com"],
                400,
            ),
        ] {
            assert_eq!(status(hosts, origins), expected, "{hosts:?} {origins:?}");
        }
    }
}
