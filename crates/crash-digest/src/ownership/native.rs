//! Whose code a native frame is that is not of the app's own program.

use super::images::{is_archive, is_numbered};
use super::listed::Name;
use super::modules::Module;
use super::origin::CodeOrigin;
use super::paths::by_path;
use super::{Ownership, apple_modules, il2cpp, program, swift};
use crate::frame::Frame;
use crate::{names, text};

impl Ownership<'_> {
    /// By its place, then by its module and its name.
    pub(super) fn native(
        &self,
        frame: &Frame<'_>,
        of: Name<'_>,
        path: Option<&str>,
        module: Module,
    ) -> CodeOrigin {
        let (name, listed) = (of.text, of.listed);
        if let Some(class) = path.and_then(by_path) {
            return class;
        }
        // Unity's crash handler on Windows names managed frames by their assembly.
        if frame
            .module
            .is_some_and(|module| module.starts_with("Assembly-CSharp"))
        {
            return listed.unwrap_or_else(|| self.rest(name, path));
        }
        if module.runtime {
            // Compiled Java prints in native stacks with its Java name: `base.vdex (com.starfall.Foo.bar+12)`.
            return if name.contains('.') && !text::has(name, "::") {
                self.java(of)
            } else {
                CodeOrigin::Runtime
            };
        }
        if module.compiled_java && name.contains('.') {
            return self.java(of);
        }
        if module.system {
            return CodeOrigin::System;
        }
        if let Some(origin) = self.java_native(name, path) {
            return origin;
        }
        // IL2CPP links the game's C# into whatever library the platform wants.
        if frame
            .function
            .is_some_and(|function| names::il2cpp(function).is_some())
        {
            let known = listed.or_else(|| il2cpp::origin(name));
            return known.unwrap_or_else(|| self.rest(name, path));
        }
        // A plugin of the project is named as the editor's modules are; its sources tell.
        let of_project = module.whole == Some(CodeOrigin::Engine)
            && frame.module_name().is_some_and(|module| {
                let of_editor = text::has(module, "Editor_") || text::has(module, "Editor-");
                let source = path.map(|path| text::has(path, "/source/"));
                of_editor && source.unwrap_or_else(|| self.has_word(module))
            });
        if of_project {
            return self.rest(name, path);
        }
        match module.whole {
            // C++'s own library is compiled into it as well.
            Some(CodeOrigin::Own) => return self.inside_own_program(frame, of, path),
            Some(class) => return class,
            None => {}
        }
        let in_program = self.of_gdb && program::has_place_in_program(frame);
        if in_program && self.own_main && name == "main" {
            return CodeOrigin::Own;
        }
        // Many a program has a class `UI` as well: its sources tell, which it names from its own folder on.
        let other = listed == Some(CodeOrigin::Engine)
            && path.is_some_and(|path| {
                let path = path.trim_start_matches("../").trim_start_matches("./");
                path.starts_with("source/") || path.starts_with("src/")
            });
        if !name.is_empty()
            && !other
            && let Some(class) = listed
        {
            return class;
        }
        if module.nameless && path.is_none() && apple_modules::has_method(name) {
            return CodeOrigin::System;
        }
        // Apple's report that was cut in front of its list of images; a name that is only the nearest known.
        let unknown = frame.module.is_some_and(is_numbered) || frame.is_far_from_name();
        if unknown && path.is_none() {
            return CodeOrigin::Unknown;
        }
        // What stands in no class there is the engine's.
        let of_android = || {
            let name = frame.module_name();
            module.monolith && name.is_some_and(|name| matches!(name, "libUE4.so" | "libUnreal.so"))
        };
        let unreal = path.is_none() && (self.unreal && module.program || of_android());
        if unreal && !name.is_empty() && !text::has(name, "::") && !self.has_word(name) {
            return CodeOrigin::Engine;
        }
        if self.player && module.program && path.is_none() {
            return CodeOrigin::Engine;
        }
        match (module.ours || self.has_word(name), name.is_empty()) {
            // Engine and game are linked into one: without a name it can be either.
            (true, true) if module.monolith => CodeOrigin::Engine,
            (true, _) => {
                if path.is_some() {
                    self.rest(name, path)
                } else {
                    CodeOrigin::Own
                }
            }
            (false, _) if path.is_some() => self.rest(name, path),
            (false, true) if module.nameless || is_archive(frame) => CodeOrigin::Unknown,
            (false, _) if self.is_sourced(frame) => CodeOrigin::Own,
            // A qualified name without module or place: the program's, as far as anybody can tell.
            (false, _) if module.nameless && (text::has(name, "::") || name.contains('[')) => {
                self.rest(name, None)
            }
            (false, false) if in_program => self.rest(name, None),
            (false, _) if module.nameless => CodeOrigin::Unknown,
            // An app's package holds its libraries and those of others.
            (false, true) if module.package => CodeOrigin::Unknown,
            (false, _) => CodeOrigin::ThirdParty,
        }
    }

    /// Whether a frame without a name, or of a function that Swift's compiler wrote, is of a library that was built from the app's
    /// own sources.
    fn is_sourced(&self, frame: &Frame<'_>) -> bool {
        let same = |name: &str| {
            let known = |known: &String| known.eq_ignore_ascii_case(name);
            self.sourced.iter().any(known)
        };
        let alone = || frame.function.is_none() || swift::is_generated(frame);
        !self.sourced.is_empty() && alone() && frame.module_name().is_some_and(same)
    }
}
