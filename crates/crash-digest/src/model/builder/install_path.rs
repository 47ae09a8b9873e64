//! The process that Android's paths of installed apps name: `/data/app/com.acme.orbit-1/lib/arm/liborbit.so`.

use crate::frame::Frame;

/// Frames that are looked at.
const MOST: usize = 64;

/// The one package whose libraries are among these frames' modules.
pub(super) fn process<'a>(frames: &[Frame<'a>]) -> Option<&'a str> {
    let mut paths = frames
        .iter()
        .take(MOST)
        .filter_map(|frame| frame.module.filter(|path| path.starts_with('/')));
    let (path, first) = paths.find_map(|path| Some((path, package(path)?)))?;
    // Most libraries lie beside each other.
    let folder = &path[..=path.rfind('/')?];
    let beside = folder.contains(first);
    let fits = |path: &str| {
        beside && path.starts_with(folder) || package(path).is_none_or(|other| other == first)
    };
    paths.all(fits).then_some(first)
}

/// `/data/app/~~a1B2==/com.acme.orbit-c3D4==/base.apk`, `/data/app-lib/com.acme.orbit-1/liborbit.so`,
/// `/data/data/com.acme.orbit/lib/liborbit.so`, `/data/user/0/com.acme.orbit/…`.
fn package(path: &str) -> Option<&str> {
    let rest = path
        .strip_prefix("/mnt/asec/")
        .or_else(|| path.strip_prefix("/data/"))?;
    let mut parts = rest.split('/');
    let kind = if path.starts_with("/data/") {
        parts.next()?
    } else {
        "app"
    };
    let name = match kind {
        "app" | "app-lib" | "app-asec" => {
            let first = parts.next()?;
            let name = if first.starts_with("~~") {
                parts.next()?
            } else {
                first
            };
            // What the installer appends.
            name.split_once('-')?.0
        }
        "data" => parts.next()?,
        "user" => parts.nth(1)?,
        _ => return None,
    };
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let vendor = ["com.google.", "com.android.", "android."];
    let fits = name.len() > 5
        && name.contains('.')
        && name.split('.').all(word)
        && !vendor.iter().any(|start| name.starts_with(start));
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_installed_apps() {
        let cases = [
            (
                "/data/app/~~a1B2-c==/com.acme.orbit-c3D4==/base.apk!liborbit.so",
                Some("com.acme.orbit"),
            ),
            (
                "/data/app/com.acme.orbit-1/lib/arm/liborbit.so",
                Some("com.acme.orbit"),
            ),
            (
                "/data/app-lib/com.acme.orbit-1/liborbit.so",
                Some("com.acme.orbit"),
            ),
            (
                "/data/data/com.acme.orbit/lib/liborbit.so",
                Some("com.acme.orbit"),
            ),
            (
                "/data/user/0/com.acme.orbit/files/liborbit.so",
                Some("com.acme.orbit"),
            ),
            ("/data/app/com.google.android.webview-1/lib/libw.so", None),
            ("/data/app/orbit-1/lib/liborbit.so", None),
            ("/data/local/tmp/liborbit.so", None),
            ("/data/app/com.acme.orb", None),
            ("liborbit.so", None),
        ];
        for (path, expected) in cases {
            assert_eq!(package(path), expected, "{path}");
        }
    }
}
