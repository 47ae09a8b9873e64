//! Which package of a Dart program is the program's own.

use std::borrow::Cow;

use super::origin::CodeOrigin;
use crate::frame::{Frame, Language};
use crate::model::Stack;
use crate::text;

/// The package of a file and the file in it: of `package:orbit/dock.dart`, and of `packages/orbit/dock.dart` as a browser loads it.
fn in_package(file: &str) -> Option<(&str, &str)> {
    let rest = file.strip_prefix("package:").or_else(|| {
        let rest = file.strip_prefix("packages/")?;
        text::has(rest, ".dart").then_some(rest)
    })?;
    rest.split_once('/')
}

/// A path with its package as Dart itself prints it: `package:orbit/dock.dart` of `packages/orbit/dock.dart.lib.js`.
pub(super) fn plain(path: &str) -> Cow<'_, str> {
    match path
        .strip_prefix("packages/")
        .and_then(|_| in_package(path))
    {
        Some((package, file)) => {
            let file = file.strip_suffix(".lib.js").unwrap_or(file);
            Cow::Owned(format!("package:{package}/{file}"))
        }
        None => Cow::Borrowed(path),
    }
}

/// Whose a file is that came with Dart itself, wherever that was built: `…/dart-sdk/lib/_internal/…/errors.dart`; with Flutter's part
/// for browsers in it: `org-dartlang-sdk:///flutter_web_sdk/lib/_engine/engine/dom.dart`, `lib/_engine/engine/dom.dart`.
pub(super) fn of_sdk(path: &str) -> Option<CodeOrigin> {
    if !text::has(path, ".dart") {
        return None;
    }
    let engine = ["lib/_engine/", "flutter_web_sdk/"]
        .iter()
        .any(|folder| path.starts_with(folder) || text::has(path, folder) && of_build(path));
    if engine {
        return Some(CodeOrigin::Engine);
    }
    let sdk = path.starts_with("dart-sdk/lib/") || text::has(path, "/dart-sdk/lib/");
    (sdk || of_build(path)).then_some(CodeOrigin::Runtime)
}

/// Whether the compiler named a file by the place where it was built itself.
fn of_build(path: &str) -> bool {
    path.starts_with("org-dartlang-")
}

/// The package that a Dart program began in: of `file:///srv/orbit_server/bin/main.dart`, or of `package:orbit/main.dart`.
pub(super) fn package(stack: &Stack<'_>, bundle: Option<&str>) -> Option<String> {
    let script = |frame: &Frame<'_>| frame.language == Language::Script;
    if !stack.frames.iter().any(script) {
        return None;
    }
    if let Some(named) = of_bundle(stack, bundle) {
        return Some(named);
    }
    let files = stack.frames.iter().rev().filter_map(|frame| frame.file);
    let package = files
        .filter(|file| text::has(file, ".dart"))
        .find_map(|file| {
            if let Some(path) = file.strip_prefix("file://") {
                let folder = ["/bin/", "/lib/main", "/test/"];
                let at = folder.iter().find_map(|folder| path.find(folder))?;
                return path[..at].rsplit('/').next();
            }
            let (package, file) = in_package(file)?;
            file.starts_with("main").then_some(package)
        });
    // A folder may have another name than the package in it.
    let package = package.map(str::to_ascii_lowercase)?;
    let mut files = stack.frames.iter().filter_map(|frame| frame.file);
    let seen =
        files.any(|file| in_package(file).is_some_and(|(of, _)| of.eq_ignore_ascii_case(&package)));
    seen.then_some(package)
}

/// The package of the stack that the app's id names: of `com.acme.orbit` it is `package:orbit`.
fn of_bundle(stack: &Stack<'_>, bundle: Option<&str>) -> Option<String> {
    let words: Vec<String> = bundle?.split('.').map(str::to_ascii_lowercase).collect();
    let files = stack.frames.iter().filter_map(|frame| frame.file);
    let mut packages = files.filter_map(in_package).map(|(package, _)| package);
    let named =
        packages.find(|package| words.iter().any(|name| name.eq_ignore_ascii_case(package)));
    named.map(str::to_ascii_lowercase)
}
