//! URLs for display: what signs in and what a query carries is hidden.

/// Replaces what is hidden.
pub(super) const REDACTED: &str = "[secret]";

/// A text without the user names, passwords and queries of the URLs in it.
pub(in crate::cli) fn public_url(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (scheme, after) = rest.split_at(at + 3);
        out.push_str(scheme);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'))
            .unwrap_or(after.len());
        let (url, after) = after.split_at(end);
        rest = after;
        // A password may hold any character, also a slash: up to the last `@` all is hidden.
        let url = match url.rsplit_once('@') {
            Some((_, host)) => {
                out.push_str(REDACTED);
                out.push('@');
                host
            }
            None => url,
        };
        match url.find(['?', '#']) {
            Some(at) => {
                out.push_str(&url[..=at]);
                out.push_str(REDACTED);
            }
            None => out.push_str(url),
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_signs_in_is_hidden() {
        for (text, shown) in [
            ("https://cs.example/mcp", "https://cs.example/mcp"),
            (
                "https://ann:hush@cs.example/mcp",
                "https://[secret]@cs.example/mcp",
            ),
            (
                "http://ann:hu/sh@cs.example:8080",
                "http://[secret]@cs.example:8080",
            ),
            (
                "https://cs.example/mcp?key=hush#hush",
                "https://cs.example/mcp?[secret]",
            ),
            (
                "https://cs.example/mcp#token=hush",
                "https://cs.example/mcp#[secret]",
            ),
            (
                "--proxy=http://ann:hush@a http://b?hush 'http://c:hush@d'",
                "--proxy=http://[secret]@a http://b?[secret] 'http://[secret]@d'",
            ),
            ("serve", "serve"),
            ("://", "://"),
        ] {
            assert_eq!(public_url(text), shown);
        }
    }
}
