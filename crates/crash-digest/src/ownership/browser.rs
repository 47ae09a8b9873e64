//! What a browser's script is: the game's own, or what Emscripten puts beside a game that it compiled.

use crate::frame::{Frame, Language};
use crate::model::Stack;
use crate::text;

/// A script that a browser loaded, by its address in lower case.
pub(super) fn in_browser(path: &str) -> bool {
    ["blob:", "http:", "https:", "file:"]
        .iter()
        .any(|scheme| path.starts_with(scheme))
}

/// Whether something in a browser's stack is of Emscripten alone: its reason, compiled code, its calls by type.
pub(super) fn is_compiled(stack: &Stack<'_>) -> bool {
    let script = |frame: &&Frame<'_>| frame.language == Language::Script;
    stack.frames.iter().any(|frame| script(&frame))
        && (stack.sections.iter().any(|section| {
            let message = section.exception.message;
            message.starts_with("Aborted(") || message.starts_with("abort(")
        }) || stack.frames.iter().any(|frame| {
            let name = frame.function.unwrap_or_default();
            ["dynCall", "invoke_", "___", "jsStackTrace"]
                .iter()
                .any(|start| name.starts_with(start))
                || text::has(frame.raw, "wasm-function[")
                || text::has(frame.raw, ".framework.")
        }))
}

/// The line of a bundle where its outermost call stands, a method of the bridge that React Native calls it through: each module has
/// a line of its own, and Babel calls methods of classes so: `value@index.android.bundle:47:635`, `value@[native code]`.
pub(super) fn bridge(stack: &Stack<'_>) -> Option<u32> {
    let mut outermost = stack.frames.iter().rev();
    let placed =
        outermost.find(|frame| frame.language == Language::Script && frame.line.is_some())?;
    let bundled = placed.file.is_some_and(super::paths::is_bundled);
    placed
        .line
        .filter(|_| bundled && placed.function == Some("value"))
}

/// File, in lower case, and line of Emscripten's calls by type: `invoke_viii (https://host/game.js:1276:414982)`. A shrinker puts all
/// of its glue on that line, and takes the names off most.
pub(super) fn glue(stack: &Stack<'_>) -> Option<(String, u32)> {
    let typed = |frame: &&Frame<'_>| {
        frame.language == Language::Script
            && frame
                .function
                .is_some_and(|name| name.starts_with("invoke_"))
    };
    let frame = stack.frames.iter().find(typed)?;
    Some((frame.file?.to_ascii_lowercase(), frame.line?))
}
