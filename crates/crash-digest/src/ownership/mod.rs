//! Whose code a frame is. The project's rules decide first, then the bundle id, then what everybody's code is called.

mod apple_modules;
mod browser;
mod bundle_id;
mod c_sources;
mod dart;
mod go;
mod haxe;
mod il2cpp;
mod images;
mod java;
mod libraries;
mod linked_runtimes;
mod listed;
mod modules;
mod native;
mod origin;
mod own_program;
mod pascal;
mod patched;
mod paths;
mod perl;
mod program;
mod python;
mod run_time;
mod script;
mod script_files;
mod signals;
mod swift;
mod unity_packages;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use crate::format::Format;
use crate::frame::{Frame, Language};
use crate::model::{Facts, Stack};
use crate::recursion::ByPlace;
use crate::{code_tables, text};
use browser::{Beside, bridge, glue, is_compiled};
use bundle_id::telling_words;
use go::{cut_path, go};
use haxe::haxe;
use images::{at_its_base, has_player, is_app_path, main_image, of_most_frames, of_own_sources};
use linked_runtimes::LinkedRuntimes;
use listed::Name;
pub(crate) use listed::obfuscated;
use modules::{Listed, Module};
pub use origin::CodeOrigin;
pub(crate) use paths::is_bundled;
use paths::{by_path, folder, readable, slashed};

/// What a project says about its code. The default knows nothing and relies on what is known of engines and systems.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnershipRules {
    /// Starts of packages, namespaces and modules, and folders of paths: `com.starfall.`, `Game/`, `libStarfall`.
    pub own: Vec<String>,
    /// Starts of build-machine paths to take off: `D:/build/ws/`.
    pub strip: Vec<String>,
    /// The app's bundle id or package.
    pub bundle: Option<String>,
}

/// So many frames are remembered; a stack has thousands at most, and others repeat.
const REMEMBERED: usize = 1 << 12;

/// Where a frame's line stands in memory, and its function: one line can hold several frames.
type Place = (usize, usize, usize);

/// Rules together with what a report says about its process: whose code each of its frames is. It is made for the frames
/// of one stack, whose text stays where it is as long as this is used.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is what another part of the report tells"
)]
pub struct Ownership<'r> {
    rules: &'r OwnershipRules,
    /// The telling words of the bundle id, the project's or else the report's own.
    words: Vec<String>,
    /// Names of modules that are the app's own program, in lower case.
    own: HashSet<String>,
    /// Names of modules that lie in the system's folders, in lower case.
    system: HashSet<String>,
    /// What was found for a frame of the stack before: each is classified once.
    known: RefCell<HashMap<Place, CodeOrigin, ByPlace>>,
    /// The two frames that were classified last: a frame is judged beside the one above it.
    last: Cell<[Option<(Place, CodeOrigin)>; 2]>,
    /// What was found for a module before, as printed.
    modules: RefCell<HashMap<String, Module>>,
    /// The module that was looked up last: frames of one follow each other.
    module: RefCell<Option<(String, Module)>>,
    /// Whether a browser's stack is of a game that Emscripten compiled.
    compiled: bool,
    /// The scripts beside such a game.
    beside: Beside,
    /// Runtimes in the app's own program.
    runtimes: LinkedRuntimes,
    /// The line of a shrunk script that Emscripten's calls by type stand on, beside a game that it compiled.
    glue: Option<(String, u32)>,
    /// The line of a bundle that React Native's bridge into it stands on.
    bridge: Option<u32>,
    /// Whether `main` crashed itself or called the app's own code, so that it is more than what starts the app.
    own_main: bool,
    /// Whether gdb printed the stack of a program that the text names: what it names no library of is the program's.
    of_gdb: bool,
    /// Whether Unity's player is a library of its own: the program that Unity makes only starts it.
    player: bool,
    /// Whether Unreal printed it: engine and game are one program.
    unreal: bool,
    /// Whether it is a kernel's stack: no code of an app runs there.
    kernel: bool,
    /// So many frames on top are of a handler of signals, the frame that the system called it by included.
    pub(crate) handled: usize,
    /// The package of a Dart program, where its stack shows the one that it began in.
    dart_package: Option<String>,
    /// Namespaces of packages that Unity fetched.
    packaged: Vec<String>,
    /// Libraries whose frames with a source are the app's own, in lower case.
    sourced: Vec<String>,
    /// The folder that Go itself lies in, in lower case.
    go_root: Option<String>,
}

impl OwnershipRules {
    /// A path for reading: slashes one way, the build machine's part taken off.
    ///
    /// Without a `strip` rule that fits, the part from a folder engines and projects are known to have
    /// (`Engine/Source/`, `Source/`, `Assets/`), else the last four folders.
    pub fn path<'a>(&self, file: &'a str) -> Cow<'a, str> {
        readable(&self.strip, file)
    }

    /// These rules for the frames of a stack, with what its report says: process, program, images.
    pub fn of_stack(&self, stack: &Stack<'_>) -> Ownership<'_> {
        let mut ownership = Ownership::new(self, &stack.facts);
        ownership
            .own
            .extend(main_image(stack).or_else(|| at_its_base(stack)));
        if ownership.own.is_empty() {
            ownership.own.extend(of_most_frames(stack));
        }
        ownership.handled = ownership.handled_on_top(stack);
        ownership.of_gdb = program::is_of_gdb(stack);
        ownership.own_main = ownership.has_own_main(stack);
        let own = |frame: &Frame<'_>| ownership.classify(frame) == CodeOrigin::Own;
        let sourced = of_own_sources(stack, own);
        let lower = |module: &str| text::base_name(module).to_ascii_lowercase();
        Ownership {
            sourced: sourced.into_iter().map(lower).collect(),
            compiled: is_compiled(stack),
            beside: Beside::of(stack),
            runtimes: LinkedRuntimes::of(stack),
            bridge: bridge(stack),
            glue: glue(stack),
            kernel: stack.format == Format::Kernel,
            player: has_player(stack),
            unreal: stack.format == Format::Unreal,
            dart_package: dart::package(stack, self.bundle.as_deref()),
            go_root: go::root(stack),
            packaged: unity_packages::namespaces(stack),
            ..ownership
        }
    }

    /// Whose code the frame is, by itself.
    pub fn origin(&self, frame: &Frame<'_>) -> CodeOrigin {
        Ownership::of_nothing(self).classify(frame)
    }
}

impl<'r> Ownership<'r> {
    fn new(rules: &'r OwnershipRules, facts: &Facts<'_>) -> Self {
        let mut own = facts.own_modules();
        own.extend(rules.bundle.as_deref().map(str::to_ascii_lowercase));
        let mut system = HashSet::new();
        for image in &facts.images {
            let name = image.name.to_ascii_lowercase();
            if code_tables::is_system_path(image.path) {
                system.insert(name);
            } else if is_app_path(image.path) && !text::has(image.path, "/Frameworks/") {
                own.insert(name);
            }
        }
        let mut known = Self::of_nothing(rules);
        if rules.bundle.is_none() {
            known.words = facts.package().map(telling_words).unwrap_or_default();
        }
        Self {
            own,
            system,
            ..known
        }
    }

    /// Rules alone, for frames of which no report tells more.
    fn of_nothing(rules: &'r OwnershipRules) -> Self {
        Self {
            rules,
            words: rules
                .bundle
                .as_deref()
                .map(telling_words)
                .unwrap_or_default(),
            own: HashSet::new(),
            system: HashSet::new(),
            known: RefCell::default(),
            last: Cell::default(),
            modules: RefCell::default(),
            module: RefCell::default(),
            compiled: false,
            beside: Beside::default(),
            runtimes: LinkedRuntimes::default(),
            bridge: None,
            glue: None,
            own_main: false,
            of_gdb: false,
            kernel: false,
            player: false,
            unreal: false,
            handled: 0,
            dart_package: None,
            go_root: None,
            packaged: Vec::new(),
            sourced: Vec::new(),
        }
    }

    /// What the project says.
    pub(crate) const fn rules(&self) -> &'r OwnershipRules {
        self.rules
    }

    /// Whose code a frame of the stack is.
    pub fn origin(&self, frame: &Frame<'_>) -> CodeOrigin {
        let function = frame.function.map_or(0, |name| name.as_ptr() as usize);
        let line = (frame.raw.as_ptr() as usize, frame.raw.len(), function);
        if frame.raw.is_empty() {
            return self.classify(frame);
        }
        let [newest, older] = self.last.get();
        let again = [newest, older].into_iter().flatten();
        if let Some((_, origin)) = again.into_iter().find(|(place, _)| *place == line) {
            return origin;
        }
        let known = self.known.borrow().get(&line).copied();
        let origin = known.unwrap_or_else(|| {
            let origin = self.classify(frame);
            let mut known = self.known.borrow_mut();
            if known.len() < REMEMBERED {
                known.insert(line, origin);
            }
            origin
        });
        self.last.set([Some((line, origin)), newest]);
        origin
    }

    fn classify(&self, frame: &Frame<'_>) -> CodeOrigin {
        if self.kernel {
            return CodeOrigin::System;
        }
        let name = frame.function.map(|_| frame.name());
        let name = name.as_deref().unwrap_or_default();
        let name = Name::of(around_block(name));
        if name.plumbing
            && !(matches!(
                frame.language,
                Language::Lua | Language::Script | Language::Go
            ) && frame.file.is_some())
        {
            return CodeOrigin::Boilerplate;
        }
        let path = frame.file.map(|file| slashed(file).to_ascii_lowercase());
        if self.rules.says_own(frame, name.text, path.as_deref()) {
            return CodeOrigin::Own;
        }
        if let Some(origin) = path.as_deref().and_then(haxe) {
            return origin;
        }
        match frame.language {
            Language::Java => self.java(name),
            Language::CSharp if run_time::is_classless(frame) => CodeOrigin::Unknown,
            Language::CSharp => self.csharp(patched::original(name), path.as_deref()),
            Language::Go => {
                let path = path.as_deref().or_else(|| cut_path(frame));
                go(name.text, path, self.go_root.as_deref())
            }
            Language::Lua | Language::Script => self.script(frame, name, path.as_deref()),
            Language::Native
                if let Some(origin) = self.beside.compiled(frame)
                    && !self.has_word(name.text) =>
            {
                origin
            }
            // Java that was compiled ahead of time: `com.acme.orbit.Ship.fire  base.odex`.
            Language::Native
                if name.text.bytes().filter(|byte| *byte == b'.').count() >= 2
                    && frame
                        .module
                        .and_then(|module| module.rsplit_once('.'))
                        .is_some_and(|(_, kind)| matches!(kind, "odex" | "oat")) =>
            {
                self.java(name)
            }
            Language::Native => {
                let module = self.module(frame);
                let name = name.of_place(frame.file, frame.line);
                if module.listed_system {
                    CodeOrigin::System
                } else if swift::is_its_own(frame, name.text) || self.runtimes.has(frame, name.text)
                {
                    CodeOrigin::Runtime
                } else if let Some(origin) = frame.file.and_then(c_sources::origin) {
                    origin
                } else if let Some(origin) = il2cpp::of_file(frame) {
                    origin
                } else if module.listed_own {
                    self.inside_own_program(frame, name, path.as_deref())
                } else {
                    self.native(frame, name, path.as_deref(), module)
                }
            }
        }
    }

    /// What is known of a frame's module.
    fn module(&self, frame: &Frame<'_>) -> Module {
        let printed = frame.module.unwrap_or_default();
        if let Some((last, known)) = &*self.module.borrow()
            && last == printed
        {
            return *known;
        }
        let module = self.looked_up(frame, printed);
        *self.module.borrow_mut() = Some((printed.to_owned(), module));
        module
    }

    /// The same by the table of modules; each is read once.
    fn looked_up(&self, frame: &Frame<'_>, printed: &str) -> Module {
        if let Some(&known) = self.modules.borrow().get(printed) {
            return known;
        }
        let name = frame.module_name().unwrap_or_default().to_ascii_lowercase();
        let listed = Listed {
            system: self.system.contains(name.as_str()),
            own: self.own.contains(name.as_str()),
            private: program::is_private(printed, &self.own),
            ours: self.has_word(&name)
                || name.contains('_') && self.has_word(&name.replace('_', "")),
        };
        let module = Module::read(&name, printed, listed);
        let mut modules = self.modules.borrow_mut();
        if modules.len() < REMEMBERED {
            modules.insert(printed.to_owned(), module);
        }
        module
    }
}

/// A block is of the function that it stands in: `invocation function for block in Dock::open()`,
/// `__22-[MFDock openBay:now:]_block_invoke_2`.
fn around_block(name: &str) -> &str {
    let method = || {
        let (_, rest) = text::digits(name.strip_prefix("__")?)?;
        (rest.starts_with("-[") || rest.starts_with("+[")).then_some(rest)
    };
    name.strip_prefix("invocation function for block in ")
        .or_else(method)
        .unwrap_or(name)
}

impl OwnershipRules {
    /// Own code by an `own` rule.
    fn says_own(&self, frame: &Frame<'_>, name: &str, path: Option<&str>) -> bool {
        self.own.iter().any(|rule| {
            let rule = rule.trim();
            if rule.is_empty() {
                return false;
            }
            if rule.contains(['/', '\\']) {
                let rule = slashed(rule).to_ascii_lowercase();
                return path.is_some_and(|path| folder(path, &rule));
            }
            // `com.starfall.` must not need its last point to match a module, nor a module its ending.
            name.starts_with(rule)
                || frame
                    .module_name()
                    .is_some_and(|module| module.starts_with(rule.trim_end_matches(['.', ':'])))
        })
    }
}

impl Ownership<'_> {
    fn csharp(&self, name: Name<'_>, path: Option<&str>) -> CodeOrigin {
        let known = path.and_then(by_path).or(name.listed);
        // Mono's wrappers around a package's functions have no place of their own.
        let packaged = path.is_none() && unity_packages::holds(&self.packaged, name.text);
        let packaged =
            (packaged || libraries::is_plugin(name.text)).then_some(CodeOrigin::ThirdParty);
        known
            .or(packaged)
            .unwrap_or_else(|| self.rest(name.text, path))
    }

    /// Code that no table knows: own, unless the project has said which code is its own.
    fn rest(&self, name: &str, path: Option<&str>) -> CodeOrigin {
        let told = self
            .rules
            .own
            .iter()
            .any(|rule| rule.contains(['/', '\\']) == path.is_some());
        if !told || self.has_word(name) || path.is_some_and(|path| self.has_word(path)) {
            CodeOrigin::Own
        } else {
            CodeOrigin::ThirdParty
        }
    }

    /// Whether a telling word of the bundle id occurs: `com.starfall.game` has `starfall`.
    fn has_word(&self, text: &str) -> bool {
        self.words
            .iter()
            .any(|word| text::has_in_any_case(text, word))
    }
}
