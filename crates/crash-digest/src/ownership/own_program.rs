//! Whose code the frames of the crashed program are.

use super::Ownership;
use super::listed::Name;
use super::origin::CodeOrigin;
use super::paths::by_path;
use super::program::is_its_library;
use crate::frame::{Frame, Language};
use crate::model::Stack;

/// `main` stands among the outermost frames.
const OUTERMOST: usize = 8;

impl Ownership<'_> {
    /// A frame of the app's own program: own, unless a table knows its name or folder.
    pub(super) fn inside_own_program(
        &self,
        frame: &Frame<'_>,
        name: Name<'_>,
        path: Option<&str>,
    ) -> CodeOrigin {
        // Apple's entry of every program, around `main`.
        if name.text == "start" && path.is_none() {
            return CodeOrigin::Runtime;
        }
        if self.own_main && name.text == "main" && path.is_none() {
            return CodeOrigin::Own;
        }
        let listed = name.listed.filter(|origin| {
            *origin != CodeOrigin::ThirdParty || !is_its_library(frame, name.text)
        });
        path.and_then(by_path).or(listed).unwrap_or_else(|| {
            if path.is_some() {
                self.rest(name.text, path)
            } else {
                CodeOrigin::Own
            }
        })
    }

    /// Whether `main` crashed itself or called code of the app: an app's `main` that only hands over to the system's or an
    /// engine's loop tells nothing, `UIApplicationMain` above `main`.
    pub(super) fn has_own_main(&self, stack: &Stack<'_>) -> bool {
        let from = stack.frames.len().saturating_sub(OUTERMOST);
        let main = stack.frames[from..].iter().rposition(|frame| {
            frame.language == Language::Native && frame.function == Some("main")
        });
        let Some(at) = main.map(|at| from + at) else {
            return false;
        };
        // What C++ has between, `std::sort`, is nobody's.
        let called = stack.frames[..at]
            .iter()
            .rev()
            .take(OUTERMOST)
            .map(|frame| self.classify(frame))
            .find(|origin| *origin != CodeOrigin::Runtime);
        matches!(
            called,
            None | Some(CodeOrigin::Own | CodeOrigin::Boilerplate)
        )
    }
}
