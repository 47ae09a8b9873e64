//! The app that Android's paths and words name: `/data/app/com.acme.orbit-1/lib/arm/liborbit.so`,
//! `Unable to start activity ComponentInfo{com.acme.orbit/com.acme.orbit.DockActivity}`.

use crate::frame::Frame;
use crate::model::related::RelatedKind;
use crate::model::stack::{ExceptionFrames, Stack};
use crate::text;

/// Frames that are looked at.
const MOST: usize = 64;

/// The one package whose libraries are in the crash's own stack, or, where that has none of any package, in one of those that
/// tell what happened to the memory before.
pub(super) fn process_of<'a>(stack: &Stack<'a>) -> Option<&'a str> {
    let of_memory = |kind| {
        use RelatedKind::{AllocatedBy, CreatedBy, FreedBy, PreviousAccess, VariableOf};
        matches!(
            kind,
            AllocatedBy | CreatedBy | FreedBy | PreviousAccess | VariableOf
        )
    };
    let of_package = |frame: &Frame<'_>| frame.module.is_some_and(|path| package(path).is_some());
    if stack.frames.iter().take(MOST).any(of_package) {
        return process(&stack.frames);
    }
    let mut beside = stack.related.iter().filter(|beside| of_memory(beside.kind));
    beside.find_map(|beside| process(&beside.frames))
}

/// The one package whose libraries are among these frames' modules.
fn process<'a>(frames: &[Frame<'a>]) -> Option<&'a str> {
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

/// The package whose activity the runtime of its process could not start, resume or destroy: it runs no other's.
pub(super) fn package_of_activity<'a>(sections: &[ExceptionFrames<'a>]) -> Option<&'a str> {
    let messages = sections
        .iter()
        .take(MOST)
        .map(|section| section.exception.message);
    messages
        .filter(|message| message.starts_with("Unable to "))
        .find_map(|message| {
            let message = message.lines().next()?;
            let (_, component) = text::split_once(message, " activity ")?;
            let component = component
                .strip_prefix("ComponentInfo")
                .unwrap_or(component)
                .strip_prefix('{')?;
            let (package, _) = component.split_once('/')?;
            is_package(package).then_some(package)
        })
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
    let vendor = ["com.google.", "com.android.", "android."];
    // Libraries that several apps load from their own package.
    let shared = ["trichromelibrary", "webview"];
    let fits = is_package(name)
        && !vendor.iter().any(|start| name.starts_with(start))
        && !shared.iter().any(|part| text::has(name, part));
    fits.then_some(name)
}

/// Names with dots between them: `com.acme.orbit`.
fn is_package(name: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    name.len() > 5 && name.contains('.') && name.split('.').all(word)
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
