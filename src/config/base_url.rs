//! Base URLs of the services: named sites and custom URLs.

use anyhow::bail;

/// `cn`, `global` or a custom URL.
pub(super) fn crashsight(site: Option<&str>) -> anyhow::Result<String> {
    let site = site.unwrap_or("cn").trim();
    Ok(match site.to_lowercase().as_str() {
        "cn" | "china" => "https://crashsight.qq.com".to_owned(),
        "global" | "sg" | "singapore" => "https://crashsight.wetest.net".to_owned(),
        _ => match http(site) {
            Some(url) => url.trim_end_matches("/uniform").to_owned(),
            None => bail!("a site is `cn`, `global` or a base URL{}", not(site)),
        },
    })
}

/// Default `https://api.agora.io`; the host in China is `https://api.sd-rtn.com` (docs/vendor/agora.md §1).
pub(super) fn agora(url: Option<&str>) -> anyhow::Result<String> {
    let url = custom(url.unwrap_or("https://api.agora.io"))?;
    Ok(url.trim_end_matches("/beta").to_owned())
}

/// Default `https://restapi.getui.com`; the documented form with `/v2/{appId}` is accepted.
pub(super) fn getui(url: Option<&str>) -> anyhow::Result<String> {
    let url = custom(url.unwrap_or("https://restapi.getui.com"))?;
    let path = url.find("://").map_or(0, |at| at + 3);
    let version = url
        .match_indices("/v2")
        // Not a host named `v2.…` and not a path segment such as `v2x`.
        .find(|(at, found)| {
            let rest = url.get(at + found.len()..).unwrap_or_default();
            *at > path && (rest.is_empty() || rest.starts_with('/'))
        });
    let end = version.map_or(url.len(), |(at, _)| at);
    Ok(url.get(..end).unwrap_or(url).to_owned())
}

fn custom(url: &str) -> anyhow::Result<&str> {
    match http(url.trim()) {
        Some(url) => Ok(url),
        None => bail!(
            "a base URL starts with https:// or http:// and names a host, without a user name or password{}",
            not(url)
        ),
    }
}

/// The refused value, unless it may carry a password.
fn not(url: &str) -> String {
    if url.contains('@') {
        String::new()
    } else {
        format!(", not `{}`", crate::reply::inline(url, 80))
    }
}

/// The URL without trailing slashes, if it is an HTTP URL with a host and nothing that signs in.
fn http(url: &str) -> Option<&str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let named = !authority.is_empty() && !authority.starts_with(':') && !authority.contains('@');
    named.then(|| url.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_have_names_and_addresses() {
        for (site, expected) in [
            (None, "https://crashsight.qq.com"),
            (Some("CN"), "https://crashsight.qq.com"),
            (Some(" Global "), "https://crashsight.wetest.net"),
            (Some("https://cs.example/uniform/"), "https://cs.example"),
        ] {
            assert_eq!(crashsight(site).unwrap(), expected);
        }
        for wrong in ["mars", "https://", "http:///x", "https://:80"] {
            assert!(crashsight(Some(wrong)).is_err(), "{wrong}");
            assert!(agora(Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_version_is_taken_off_and_the_host_is_not() {
        for (url, expected) in [
            (
                "https://restapi.getui.com/v2/g/",
                "https://restapi.getui.com",
            ),
            ("https://v2.push.example", "https://v2.push.example"),
            ("https://v2.push.example/v2", "https://v2.push.example"),
            ("https://push.example/v2x/v2/g", "https://push.example/v2x"),
        ] {
            assert_eq!(getui(Some(url)).unwrap(), expected);
        }
        assert_eq!(
            agora(Some("https://api.sd-rtn.com/beta")).unwrap(),
            "https://api.sd-rtn.com"
        );
    }
}
