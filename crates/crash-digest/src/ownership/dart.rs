//! Which package of a Dart program is the program's own.

use crate::model::Stack;
use crate::text;

/// The package that a Dart program began in: of `file:///srv/orbit_server/bin/main.dart`, or of `package:orbit/main.dart`.
pub(super) fn package(stack: &Stack<'_>) -> Option<String> {
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
    package.map(str::to_ascii_lowercase)
}
