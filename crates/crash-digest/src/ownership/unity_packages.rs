//! Namespaces of packages that Unity fetched for the project, told by the sources of their frames.

use crate::frame::Language;
use crate::model::Stack;
use crate::text;

/// More packages than any stack has.
const MOST: usize = 8;

/// The namespaces of frames whose source lies among fetched packages: `…/Library/PackageCache/com.acme.ui@1f2e/Dock.cs`.
pub(super) fn namespaces(stack: &Stack<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for frame in &stack.frames {
        let fetched = frame.language == Language::CSharp
            && found.len() < MOST
            && frame
                .file
                .is_some_and(|file| text::has(file, "PackageCache"));
        if fetched
            && let Some(space) = namespace(frame.function.unwrap_or_default())
            && !found.iter().any(|known| known == space)
        {
            found.push(space.to_owned());
        }
    }
    found
}

/// Whether a name is in one of these namespaces.
pub(super) fn holds(packaged: &[String], name: &str) -> bool {
    !packaged.is_empty()
        && namespace(name).is_some_and(|space| packaged.iter().any(|known| known == space))
}

/// What stands before class and method: `Acme.Ui` of `Acme.Ui.Dock.Open`, `Acme.Ui.Dock:Open ()`.
fn namespace(name: &str) -> Option<&str> {
    let end = name.find([' ', '(', '<', '`']).unwrap_or(name.len());
    let (class, _) = name[..end].trim_end_matches('.').rsplit_once(['.', ':'])?;
    let (space, _) = class.trim_end_matches(':').rsplit_once('.')?;
    (!space.is_empty()).then_some(space)
}
