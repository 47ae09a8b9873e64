//! What `WWW-Authenticate` says about a refused token.

/// A challenge of the scheme `Bearer`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Challenge {
    /// Why the token is refused: the description, or else the code.
    pub(super) error: Option<String>,
    /// Scopes that a token needs.
    pub(super) scope: Option<String>,
    /// The URL of the metadata of the protected resource (RFC 9728).
    pub(super) metadata: Option<String>,
}

impl Challenge {
    /// Parses the header; parameters that are malformed are missing.
    pub(super) fn parse(header: Option<&str>) -> Self {
        let header = header.unwrap_or_default();
        let parameter = |name: &str| {
            let start = format!("{name}=\"");
            let mut places = header.match_indices(&start);
            let (at, _) = places.find(|(at, _)| {
                let before = header.get(..*at).unwrap_or_default();
                before.is_empty() || before.ends_with([' ', ',', '\t'])
            })?;
            let (value, _) = header.get(at + start.len()..)?.split_once('"')?;
            (!value.is_empty()).then(|| value.to_owned())
        };
        Self {
            error: parameter("error_description").or_else(|| parameter("error")),
            scope: parameter("scope"),
            metadata: parameter("resource_metadata"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_by_their_whole_name() {
        let some = |text: &str| Some(text.to_owned());
        for (header, expected) in [
            (
                r#"Bearer resource_metadata="https://h/.well-known/x", scope="a b", error="invalid_token""#,
                Challenge {
                    error: some("invalid_token"),
                    scope: some("a b"),
                    metadata: some("https://h/.well-known/x"),
                },
            ),
            (
                r#"Bearer realm="x", error="e", error_description="the token has expired""#,
                Challenge {
                    error: some("the token has expired"),
                    ..Challenge::default()
                },
            ),
            (r#"Bearer my_error="x", scope=""#, Challenge::default()),
            ("Basic", Challenge::default()),
        ] {
            assert_eq!(Challenge::parse(Some(header)), expected, "{header}");
        }
    }
}
