//! The address of `--http`: a port, a loopback name with a port, or an address with a port.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// `8800`, `:8800` and `localhost:8800` are on loopback; other host names are refused, because a listener has an
/// address.
pub(super) fn parse(text: &str) -> Result<SocketAddr, String> {
    let loopback = |port: &str| {
        let port = port.parse().ok()?;
        Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
    };
    let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
    let address = match host {
        "" | "localhost" => loopback(port),
        _ => text.parse().ok(),
    };
    address.ok_or_else(|| {
        "expected a port (8800, on loopback) or an address with a port (127.0.0.1:8800, 0.0.0.0:8800, [::1]:8800)"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_and_addresses_are_understood() {
        for (text, expected) in [
            ("8800", Some("127.0.0.1:8800")),
            (":8800", Some("127.0.0.1:8800")),
            ("localhost:8800", Some("127.0.0.1:8800")),
            ("0.0.0.0:8800", Some("0.0.0.0:8800")),
            ("[::1]:8800", Some("[::1]:8800")),
            ("127.0.0.1:0", Some("127.0.0.1:0")),
            ("127.0.0.1", None),
            ("mcp.example.com:8800", None),
            ("99999", None),
            ("", None),
        ] {
            let address = parse(text).ok().map(|address| address.to_string());
            assert_eq!(address.as_deref(), expected, "{text}");
        }
    }
}
