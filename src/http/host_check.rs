//! Validation of the `Host` and `Origin` headers, against DNS rebinding.

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};

use super::cors::Cors;
use super::error_response::{ErrorResponse, text};

/// Allowed hosts and origins.
pub(super) struct HostPolicy {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl HostPolicy {
    /// Allows loopback, the bound address and the configured names.
    pub(super) fn new(bound: IpAddr, hosts: &[String], origins: &[String]) -> Self {
        let loopback = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let bound = (!bound.is_unspecified()).then(|| bound.to_string());
        let named = hosts.iter().map(|host| normalize_host(host));
        Self {
            hosts: loopback.into_iter().chain(bound).chain(named).collect(),
            origins: origins
                .iter()
                .map(|origin| origin.trim_end_matches('/').to_lowercase())
                .collect(),
        }
    }

    /// Checks that `Host` is allowed and that `Origin`, if set, is the server itself or an allowed origin.
    pub(super) fn validate(&self, uri: &Uri, headers: &HeaderMap) -> Result<Cors, ErrorResponse> {
        let host = at_most_one(headers, &header::HOST)
            .map_err(|()| reject(StatusCode::BAD_REQUEST, "more than one Host header"))?
            .map(str::to_lowercase)
            .ok_or_else(|| reject(StatusCode::BAD_REQUEST, "missing Host header"))?;
        let target = uri
            .authority()
            .map(|authority| authority.as_str().to_lowercase());
        for authority in std::iter::once(&host).chain(&target) {
            // Parsers disagree about a user name before an `@`.
            let known = authority.parse::<Authority>().is_ok_and(|parsed| {
                !authority.contains('@')
                    && self.hosts.iter().any(|host| host == name(parsed.host()))
            });
            if !known {
                return Err(reject(
                    StatusCode::FORBIDDEN,
                    "Host not allowed (see `--allow-host`)",
                ));
            }
        }
        let origin = at_most_one(headers, &header::ORIGIN)
            .map_err(|()| reject(StatusCode::BAD_REQUEST, "more than one Origin header"))?;
        let Some(origin) = origin else {
            return Ok(Cors::same_origin());
        };
        let lower = origin.to_lowercase();
        if self.origins.contains(&lower) {
            return Ok(Cors::from_origin(origin));
        }
        let own = ["http://", "https://"]
            .iter()
            .any(|scheme| lower.strip_prefix(scheme) == Some(host.as_str()));
        if own {
            return Ok(Cors::same_origin());
        }
        Err(reject(
            StatusCode::FORBIDDEN,
            "Origin not allowed (see `--allow-origin`)",
        ))
    }
}

/// A lowercase host name without port, brackets and trailing dot.
fn normalize_host(host: &str) -> String {
    let host = host.trim().to_lowercase();
    let host = match host.parse::<Authority>() {
        Ok(parsed) if !host.contains('@') => parsed.host().to_owned(),
        _ => host,
    };
    name(&host).trim_end_matches('.').to_owned()
}

/// Whether this is an origin in the form that browsers send.
pub(super) fn is_origin(origin: &str) -> bool {
    let origin = origin.trim_end_matches('/');
    let authority = ["http://", "https://"]
        .iter()
        .find_map(|scheme| origin.strip_prefix(scheme));
    authority.is_some_and(|authority| {
        authority.parse::<Authority>().is_ok() && !authority.contains(['@', '*', '/'])
    })
}

fn reject(status: StatusCode, words: &str) -> ErrorResponse {
    text(status, words).into()
}

/// A host without the brackets of an IPv6 address.
fn name(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// The value of a header that must not be repeated.
fn at_most_one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(hosts: &[&str], origins: &[&str]) -> u16 {
        let policy = HostPolicy::new(
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
        match policy.validate(&Uri::from_static("/mcp"), &headers) {
            Ok(_) => 200,
            Err(error) => error.response().status().as_u16(),
        }
    }

    #[test]
    fn hosts_and_origins_are_validated() {
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
