//! Which package of a Dart program is the program's own.

use crate::frame::{Frame, Language};
use crate::model::Stack;
use crate::text;

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
            let (package, file) = file.strip_prefix("package:")?.split_once('/')?;
            file.starts_with("main").then_some(package)
        });
    // A folder may have another name than the package in it.
    let package = package.map(str::to_ascii_lowercase)?;
    let mut files = stack.frames.iter().filter_map(|frame| frame.file);
    let seen = files.any(|file| {
        let of = file
            .strip_prefix("package:")
            .and_then(|rest| rest.split('/').next());
        of.is_some_and(|of| of.eq_ignore_ascii_case(&package))
    });
    seen.then_some(package)
}

/// The package of the stack that the app's id names: of `com.acme.orbit` it is `package:orbit`.
fn of_bundle(stack: &Stack<'_>, bundle: Option<&str>) -> Option<String> {
    let words: Vec<String> = bundle?.split('.').map(str::to_ascii_lowercase).collect();
    let files = stack.frames.iter().filter_map(|frame| frame.file);
    let mut packages = files.filter_map(|file| file.strip_prefix("package:")?.split('/').next());
    let named =
        packages.find(|package| words.iter().any(|name| name.eq_ignore_ascii_case(package)));
    named.map(str::to_ascii_lowercase)
}
