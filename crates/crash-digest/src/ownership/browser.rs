//! What a browser's script is: the game's own, or what Emscripten puts beside a game that it compiled.

use super::listed::Name;
use super::origin::CodeOrigin;
use super::paths::slashed;
use crate::code_tables;
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
                || is_hashed(frame)
        }))
}

/// What Emscripten's script writes a compiled program's output with.
const WRITES: [&str; 3] = ["put_char", "doWritev", "_fd_write"];

/// The scripts that Emscripten wrote beside a compiled program, and whether the program is Godot's engine.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    /// In lower case.
    files: Vec<String>,
    of_godot: bool,
}

impl Beside {
    /// Of a stack that has both, and of those that stand with it.
    pub(super) fn of(stack: &Stack<'_>) -> Self {
        /// So many files are remembered.
        const MOST: usize = 8;
        let related = stack.related.iter().flat_map(|related| &related.frames);
        let frames = || stack.frames.iter().chain(related.clone());
        let mut beside = Self::default();
        let writes = |frame: &Frame<'_>| {
            let name = frame.function.unwrap_or_default();
            frame.language == Language::Script && WRITES.contains(&name)
        };
        if !frames().any(|frame| is_hashed(frame) || writes(frame)) {
            return beside;
        }
        for frame in frames() {
            let name = frame.function.unwrap_or_default();
            beside.of_godot |= is_of_godot(frame);
            if let Some(file) = frame.file
                && frame.language == Language::Script
                && beside.files.len() < MOST
                && (code_tables::is_emscripten(name) || WRITES.contains(&name))
            {
                let file = slashed(file).to_ascii_lowercase();
                if !beside.files.contains(&file) {
                    beside.files.push(file);
                }
            }
        }
        beside
    }

    /// Whose a function is that stands in such a script, or in the page that Emscripten wrote for it: `orbit.js`, `orbit.html`.
    /// What else is in it nobody can tell: libraries in JavaScript are put there, too.
    pub(super) fn origin(&self, path: &str) -> Option<CodeOrigin> {
        let page = || path.strip_suffix(".html");
        let known = |file: &String| {
            file == path || page().is_some_and(|page| file.strip_suffix(".js") == Some(page))
        };
        self.files.iter().any(known).then_some(if self.of_godot {
            CodeOrigin::Engine
        } else {
            CodeOrigin::Unknown
        })
    }

    /// Whose compiled code is whose program has no name but its hash; `None` for other frames.
    pub(super) fn compiled(&self, frame: &Frame<'_>) -> Option<CodeOrigin> {
        if !is_hashed(frame) {
            return None;
        }
        let name = frame.name();
        let name = name.trim_start_matches('$');
        let unlisted = if self.of_godot {
            CodeOrigin::Engine
        } else {
            CodeOrigin::Unknown
        };
        Some(Name::of(name).listed.unwrap_or(unlisted))
    }
}

/// Whether a frame is of Godot's engine or of a game's script in it, in a build for browsers.
fn is_of_godot(frame: &Frame<'_>) -> bool {
    const COMPILED: [&str; 7] = [
        "$godot_js_main",
        "$godot_web_main",
        "$StdLogger::",
        "$OS_JavaScript::",
        "$OS_Web::",
        "$GDScript",
        "$_err_print_error",
    ];
    let name = frame.function.unwrap_or_default();
    name == "onPrintError"
        || frame.file.is_some_and(|file| file.starts_with("res://"))
        || COMPILED.iter().any(|start| name.starts_with(start))
}

/// Whether a frame is of a compiled program that V8 calls by its hash: `$main @ 0598f57e:0x70ee0e`.
fn is_hashed(frame: &Frame<'_>) -> bool {
    frame.language == Language::Native
        && frame.module.is_some_and(|module| {
            let (front, hash) = module
                .len()
                .checked_sub(8)
                .and_then(|at| module.split_at_checked(at))
                .unwrap_or_default();
            // Most modules end in letters of a file's kind.
            hash.ends_with(|c: char| c.is_ascii_hexdigit())
                && (front.is_empty() || front.ends_with('-'))
                && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
        && text::has(frame.raw, "@")
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
