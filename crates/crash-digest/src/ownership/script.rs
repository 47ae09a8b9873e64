//! Whose code a script's frame is: of Lua, JavaScript, Python, Erlang and others that run in a game or beside it.

use super::Ownership;
use super::browser::in_browser;
use super::dart;
use super::haxe;
use super::listed::Name;
use super::origin::CodeOrigin;
use super::paths::{by_path, is_bundled, is_flutter, script_path, slashed};
use super::perl::perl;
use super::python::python;
use super::script_files;
use crate::code_tables;
use crate::frame::Frame;
use crate::name_table::NameTable;
use crate::text;

/// The loop of React's renderers, by names that only it has.
#[rustfmt::skip]
static REACT: NameTable = NameTable::new(&[
    "renderWithHooks*", "beginWork$*", "performUnitOfWork*", "workLoopSync", "workLoopConcurrent*", "renderRootSync*",
    "renderRootConcurrent*", "performSyncWorkOnRoot*", "performConcurrentWorkOnRoot*", "performWorkOnRoot*", "performWorkUntilDeadline*",
    "updateFunctionComponent*", "updateClassComponent*", "updateForwardRef*", "updateSimpleMemoComponent*", "updateMemoComponent*",
    "mountIndeterminateComponent*", "finishClassComponent*", "reconcileChildren*", "constructClassInstance*", "commitRoot*", "commitHookEffect*",
    "commitPassiveMount*", "commitPassiveUnmount*", "commitLayoutEffect*", "commitMutationEffect*", "flushPassiveEffects*",
    "flushSyncCallback*", "flushSyncWork*", "scheduleUpdateOnFiber*", "dispatchSetState*", "recoverFromConcurrentError*",
    "tryCallOne", "tryCallTwo", "callReactNativeMicrotasks*", "_callReactNativeMicrotasks*", "callTimers", "_callTimer", "__callReactNativeMicrotasks*",
    "recursivelyTraverse*", "invokeGuardedCallback*", "callCallback", "callCallback2", "logCapturedError*", "captureCommitPhaseError*", "batchedUpdates$*", "executeDispatch*", "unstable_runWithPriority", "receiveTouches", "receiveEvent", "useMemo", "flushedQueue", "callImmediates", "_callImmediates*", "__callImmediates",
    "react-stack-bottom-frame*", "react_stack_bottom_frame*",
    // Of its first versions, and how React Native tells of a touch.
    "_renderValidatedComponent*", "_updateRenderedComponent*", "_performComponentUpdate", "performUpdateIfNecessary", "performInitialMount*",
    "_receiveRootNodeIDEvent", "runBatchedUpdates", "flushBatchedUpdates", "_reconcilerUpdateChildren", "_updateDOMChildren",
    "handleTopLevel*", "processEventQueue", "executeDispatchesAndRelease*",     "touchableHandle*", "_performSideEffectsForTransition", "_receiveSignal", "invokeGuardedCallbackAndCatchFirstError",
]);

/// Functions of React and React Native whose names others could have in files of their own.
const IN_BUNDLES: [&str; 17] = [
    "updateComponent",
    "mountComponent",
    "receiveComponent",
    "batchedUpdates",
    "closeAll",
    "beginWork",
    "beginWork$1",
    "completeWork",
    "completeUnitOfWork",
    "processRootScheduleInMicrotask",
    "ensureRootIsScheduled",
    "attemptEarlyBailoutIfNoScheduledUpdate",
    "bailoutOnAlreadyFinishedWork",
    "genModule",
    "genMethod",
    "invariant",
    "requireNativeComponent",
];

impl Ownership<'_> {
    /// Scripts beside a game that was compiled for browsers or stands in an editor's preview.
    fn beside_compiled(&self, frame: &Frame<'_>, name: &str, path: &str) -> Option<CodeOrigin> {
        // Glue without its names, and the functions that PuerTS adds to it.
        if name.starts_with("_pesapi_") {
            return Some(CodeOrigin::ThirdParty);
        }
        // Cocos' preview in a browser runs the project's scripts and the engine's out of one.
        let mixed = path == "__quick_compile__.js"
            || frame.function.is_none() && self.is_glue(path, frame.line);
        mixed
            .then_some(CodeOrigin::Unknown)
            .or_else(|| self.beside.origin(path))
    }

    /// By the place, then by the name.
    pub(super) fn script(
        &self,
        frame: &Frame<'_>,
        name: Name<'_>,
        path: Option<&str>,
    ) -> CodeOrigin {
        let (name, listed) = (name.text, name.listed);
        let plain = path.map(dart::plain);
        let path = plain.as_deref();
        let known = |path| by_language(frame, path, name);
        if let Some(origin) = path.and_then(known) {
            return origin;
        }
        if path == Some("<anonymous>")
            && let Some((by, file)) = evaluated_by(frame.raw)
        {
            let file = slashed(file).to_ascii_lowercase();
            let outer = Frame {
                file: Some(&file),
                raw: "",
                ..*frame
            };
            let origin = self.script(&outer, Name::of(by), Some(&file));
            if origin != CodeOrigin::Own {
                return origin;
            }
        }
        if let Some(package) = action_script(name, path) {
            let listed = Name::of(&format!("{package}.")).listed;
            let listed = listed.or_else(|| haxe::of_package(package));
            return listed.unwrap_or_else(|| self.rest(name, path));
        }
        match path {
            // A player without the debugger knows no more of it.
            None if name.starts_with("MethodInfo-") || name.contains('/') => CodeOrigin::Unknown,
            // What GameMaker compiled of the game's own scripts and objects.
            None if name.starts_with("gml_") => self.rest(name, None),
            Some(path) if is_shared(path) => CodeOrigin::ThirdParty,
            Some(path) if of_host(path) => CodeOrigin::Engine,
            Some(path) if is_of_ark_ui(path) => CodeOrigin::System,
            Some(path) if let Some(origin) = script_files::origin(path) => origin,
            _ if frame.module == Some("[C]") => CodeOrigin::Runtime,
            Some(path) if path.rsplit('.').next() == Some("lua") => self.lua(frame, name, path),
            Some(_) if let Some(origin) = elixir(frame.raw) => origin,
            // The same on consoles.
            Some("boot") if text::has(frame.raw, "in function <[string \"boot\"]:") => {
                CodeOrigin::Engine
            }
            Some(_) if text::has(frame.raw, STEAMODDED) => CodeOrigin::Engine,
            Some(path)
                if path.starts_with("node:")
                    // Deno's.
                    || path.starts_with("ext:")
                    || is_of_node(path, name)
                    || path.starts_with("internal/")
                    || path.starts_with("electron/js2c/")
                    || path.starts_with("dart:") =>
            {
                CodeOrigin::Runtime
            }
            Some(path) if is_flutter(path) => CodeOrigin::Engine,
            Some(path) if let Some(origin) = dart::of_sdk(path) => origin,
            Some(path) if code_tables::SCRIPT_RUNTIME.has(name) || path.starts_with("[love ") => {
                CodeOrigin::Runtime
            }
            Some(path) if let Some(origin) = self.of_dart(path, name) => origin,
            Some(path) if is_react(path, name) => CodeOrigin::ThirdParty,
            Some(path)
                if (in_browser(path) || self.compiled) && code_tables::is_emscripten(name)
                    || self.compiled && code_tables::may_be_emscripten(name) =>
            {
                CodeOrigin::Runtime
            }
            Some(path) if let Some(origin) = self.beside_compiled(frame, name, path) => origin,
            // What Unity's build for browsers puts beside the game: `orbit.framework.js.gz`.
            Some(path) if text::has(path, ".framework.") || path.ends_with("unityloader.js") => {
                CodeOrigin::Engine
            }
            // JavaScriptCore's name for what a bundle begins with: who it is of, nobody knows.
            Some(path) if name == "global code" && is_bundled(without_query(path)) => {
                CodeOrigin::Unknown
            }
            // A bundle's module, without a map: names of two letters are the shrinker's, others can be anybody's.
            Some(path)
                if is_bundled(path)
                    && (name.len() <= 2
                        || matches!(name, "anonymous" | "(anonymous)")
                        // What Babel calls a class's methods, also those of React Native's own modules.
                        || name == "value"
                            && (path.starts_with(|c: char| c.is_ascii_digit())
                                || self.bridge.is_some() && frame.line == self.bridge)) =>
            {
                CodeOrigin::Unknown
            }
            // `entry|@acme/refresh|1.3.5|src/main/ets/Layout.js`: a package of another.
            Some(path) if text::has(path, "|@") => CodeOrigin::ThirdParty,
            Some(path) => by_path(script_path(path)).unwrap_or_else(|| {
                if name.starts_with("cc.") || frame.file.is_some_and(code_tables::is_cocos_script) {
                    CodeOrigin::Engine
                } else {
                    self.rest(name, Some(path))
                }
            }),
            None if listed.is_none() && self.is_of_wasm(frame, name) => CodeOrigin::Own,
            None => listed.unwrap_or(CodeOrigin::Runtime),
        }
    }
}

/// How the loader of Balatro's mods names its own files.
const STEAMODDED: &str = " at Steamodded file '";

impl Ownership<'_> {
    /// A script of Lua that is nobody's by its file's name.
    fn lua(&self, frame: &Frame<'_>, name: &str, path: &str) -> CodeOrigin {
        // LÖVE starts games with a script inside itself.
        let of_love = || {
            path == "boot.lua"
                && (text::has(frame.raw, "[string \"boot.lua\"]")
                    || text::has(frame.raw, ") LÖVE "))
        };
        if of_love() || text::has(frame.raw, STEAMODDED) {
            return CodeOrigin::Engine;
        }
        if code_tables::SCRIPT_RUNTIME.has(name) || path.starts_with("[love ") {
            return CodeOrigin::Runtime;
        }
        by_path(script_path(path)).unwrap_or_else(|| {
            if name.starts_with("cc.") || frame.file.is_some_and(code_tables::is_cocos_script) {
                CodeOrigin::Engine
            } else {
                self.rest(name, Some(path))
            }
        })
    }

    /// Whether Emscripten's calls stand on the same line.
    fn is_glue(&self, path: &str, line: Option<u32>) -> bool {
        let glue = self.glue.as_ref();
        glue.is_some_and(|(file, at)| Some(*at) == line && slashed(file) == path)
    }

    /// Dart's files in a browser, and its packages.
    fn of_dart(&self, path: &str, name: &str) -> Option<CodeOrigin> {
        // Dart's own in a browser: `http://host/dart_sdk.js`, `http://host/packages/flutter/src/…`.
        if path.ends_with("/dart_sdk.js") {
            return Some(CodeOrigin::Runtime);
        }
        if path.ends_with(".dart.lib.js") {
            return Some(if path.contains("/packages/flutter/") {
                CodeOrigin::Engine
            } else {
                self.rest(name, Some(path))
            });
        }
        let (package, file) = path.strip_prefix("package:")?.split_once('/')?;
        let listed = by_path(path);
        match self.dart_package.as_deref() {
            Some(own) if own == package => Some(self.rest(name, Some(path))),
            Some(_) => Some(
                listed
                    .filter(|origin| *origin == CodeOrigin::Engine)
                    .unwrap_or(CodeOrigin::ThirdParty),
            ),
            // Libraries keep their files in a folder that few apps have; which package is the app's, nothing tells.
            None => (file.starts_with("src/") && listed.is_none()).then_some(CodeOrigin::Unknown),
        }
    }

    /// A function of the crate that a browser's compiled program is named after, or the app: `orbit::dock::open` in
    /// `orbit_bg.wasm`.
    fn is_of_wasm(&self, frame: &Frame<'_>, name: &str) -> bool {
        let program = frame.module_name().and_then(|module| {
            let stem = module.strip_suffix(".wasm")?;
            Some(stem.strip_suffix("_bg").unwrap_or(stem))
        });
        program.is_some_and(|program| {
            let of_crate = name.split_once("::");
            of_crate.is_some_and(|(of, _)| of == program.replace('-', "_") || self.has_word(of))
        })
    }
}

/// Who made the code of a frame, and in which file: `open` in `dock.js` of `eval (eval at open (dock.js:31:5), <anonymous>:3:65)`.
fn evaluated_by(raw: &str) -> Option<(&str, &str)> {
    const MADE: &str = "eval at ";
    let outermost = &raw[text::rfind(raw, MADE)? + MADE.len()..];
    let (by, place) = text::split_once(outermost, " (")?;
    let (file, line) = text::file_line(place.split(')').next().unwrap_or(place));
    (line.is_some() && file != "<anonymous>").then_some((by, file))
}

/// Scripts that those of a game's mods share.
fn is_shared(path: &str) -> bool {
    // What Ace, a library of add-ons, runs their calls in.
    path.starts_with("safecall dispatcher")
        // Plugins of Godot's games.
        || path.starts_with("res://addons/")
        // Libraries that add-ons carry: `DBM-Core/Libs/CallbackHandler-1.0/CallbackHandler-1.0.lua`.
        || text::has(path, "/libs/") && text::has(path, ".lua")
        // What brings JavaScript into Unreal and Unity, and its part of the editor.
        || text::has(path, "/javascript/puerts/")
        || text::has(path, "/javascript/puertseditor/")
        || text::has(path, "__puer_")
        || path.starts_with("puerts/")
        // What SourceMod's plugins include.
        || path.rsplit('.').next() == Some("inc")
            && (path.starts_with("include/") || text::has(path, "scripting/include/"))
        // What FiveM's resources share, and Factorio's mods.
        || [
            "oxmysql/",
            "ox_lib/",
            "mysql-async/",
            "ghmattimysql/",
            "__flib__/",
            "__stdlib__/",
        ]
        .iter()
        .any(|library| path.starts_with(library))
}

/// Scripts of `HarmonyOS` itself: of its system partition, of `ArkUI` by the place where the system was built, which a release or a
/// person may have cut to dots: `/system/stateMgmt.js`, `…/ace_engine/frameworks/bridge/declarative_frontend/stateMgmt.js`.
fn is_of_ark_ui(path: &str) -> bool {
    const SCRIPTS: [&str; 6] = [
        "statemgmt.js",
        "jsenumstyle.js",
        "arkcomponent.js",
        "jsuicontext.js",
        "jsxnode.js",
        "uinode.js",
    ];
    let of_system = path.starts_with("/system/")
        || path.starts_with("/usr1/hmos_for_system/")
        || text::has(path, "/arkui/ace_engine/")
        || text::has(path, "/commonlibrary/ets_utils/");
    let cut = || path.strip_prefix("...").or_else(|| path.strip_prefix('…'));
    of_system && matches!(path.rsplit('.').next(), Some("js" | "ts" | "ets" | "abc"))
        || cut()
            .and_then(|path| path.strip_prefix('/'))
            .is_some_and(|file| SCRIPTS.contains(&file))
}

/// The package of a method of ActionScript: `com.acme.orbit` of `com.acme.orbit::Ship/fire`. A player without the debugger
/// prints no place.
fn action_script<'a>(name: &'a str, path: Option<&str>) -> Option<&'a str> {
    let (package, method) = text::split_once(name, "::")?;
    let source = |path: &str| {
        text::has(path, "_fla.")
            || path
                .rsplit_once('.')
                .is_some_and(|(_, kind)| matches!(kind, "as" | "mxml" | "hx"))
    };
    // What makes an object has the name of its class alone.
    let called = method.contains('/') || path.is_some();
    (called && path.is_none_or(source)).then_some(package)
}

/// A file without what was asked of a server behind it: `index.ios.bundle?platform=ios&dev=true`.
fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or(path)
}

/// React's renderer by the names of its functions, its scheduler in a file that a bundler made of libraries as well.
fn is_react(path: &str, name: &str) -> bool {
    REACT.has(name)
        // Plainer names, where a bundle has them.
        || IN_BUNDLES.contains(&name) && is_bundled(without_query(path))
        || name == "workLoop"
            && ["chunk-", "react", "scheduler"]
                .iter()
                .any(|start| text::base_name(path).starts_with(start))
}

/// Elixir names the application in front: `(elixir 1.15.7) lib/gen_server.ex:1074: GenServer.call/3`.
fn elixir(raw: &str) -> Option<CodeOrigin> {
    const RUNTIME: [&str; 5] = ["elixir", "stdlib", "kernel", "ex_unit", "logger"];
    #[rustfmt::skip]
    const OTHERS: [&str; 38] = [
        "phoenix", "cowboy", "cowlib", "plug", "ranch", "ecto", "bandit", "postgrex", "db_connection", "myxql", "tds", "redix", "absinthe",
        "oban", "tesla", "finch", "mint", "hackney", "httpoison", "jason", "poison", "gettext", "swoosh", "bamboo", "broadway", "gen_stage",
        "guardian", "quantum", "thousand_island", "telemetry", "nimble", "timex", "decimal", "dataloader", "grpc", "amqp", "cachex", "nostrum",
    ];
    let application = raw.strip_prefix('(')?;
    let runtime = RUNTIME.iter().any(|name| {
        application
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([' ', ')']))
    });
    if runtime {
        return Some(CodeOrigin::Runtime);
    }
    let other = OTHERS.iter().any(|name| {
        application
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([' ', ')', '_']))
    });
    other.then_some(CodeOrigin::ThirdParty)
}

/// Scripts that a game brings for the scripts of its mods: Luanti's `builtin`, Garry's Mod's `lua/includes`, Factorio's
/// `__core__`, what `PocketMine` is written in.
fn of_host(path: &str) -> bool {
    [
        "lua/includes/",
        "lua/derma/",
        "lua/vgui/",
        "lua/autorun/properties/",
        "lua/autorun/properties.lua",
        "lua/autorun/base_npcs.lua",
        "lua/autorun/base_vehicles.lua",
        "lua/autorun/developer_functions.lua",
        "lua/autorun/game_hl2.lua",
        "lua/autorun/menubar.lua",
        "gamemodes/base/",
        "gamemodes/sandbox/",
        "__core__/",
        "__base__/",
        "src/pocketmine/",
        "pmsrc/src/",
    ]
    .iter()
    .any(|start| path.starts_with(start))
        || if path.rsplit('.').next() == Some("lua") {
            // The program's own folder, from where it was started, begins with two dots.
            ["inetest/builtin/", "luanti/builtin/", "/../builtin/"]
                .iter()
                .any(|folder| text::has(path, folder))
        } else {
            text::has(path, "/pocketmine-mp.phar/src/") || text::has(path, "/pmsrc/src/")
        }
}

/// What a language's own places tell: of Python and Perl, of what `RubyGems` makes to start a gem's program. Nobody can tell of
/// Lua's code that was stripped of its names: `?: in function '?'`.
fn by_language(frame: &Frame<'_>, path: &str, name: &str) -> Option<CodeOrigin> {
    match path {
        "?" | "=?" => Some(CodeOrigin::Unknown),
        _ if is_binstub(path, name) => Some(CodeOrigin::Runtime),
        _ => python(path, frame.file.unwrap_or_default()).or_else(|| perl(path, name)),
    }
}

/// A program that was installed with a gem, which only loads the gem's own: `/usr/local/bin/dock:22:in 'load'`. A project's own
/// `bin/dock` is of the project.
fn is_binstub(path: &str, name: &str) -> bool {
    if !matches!(name, "load" | "Kernel#load" | "<main>") || text::has(text::base_name(path), ".") {
        return false;
    }
    let path = path.trim_start_matches('/');
    let Some((folder, _)) = path.rsplit_once('/') else {
        return false;
    };
    matches!(
        folder,
        "usr/bin" | "usr/local/bin" | "usr/local/bundle/bin" | "usr/sbin"
    ) || folder.ends_with("/bin")
        && ["/gems/", "ruby/", ".rbenv/", ".rvm/", ".gem/", ".asdf/"]
            .iter()
            .any(|place| text::has(folder, place))
}

/// Files of Node's own library, which older ones print without a folder: `timers.js`, `_http_server.js`.
fn is_of_node(path: &str, name: &str) -> bool {
    match path {
        "timers.js" | "tls.js" | "module.js" | "bootstrap_node.js" | "net.js" | "dgram.js"
        | "domain.js" | "child_process.js" | "cluster.js" | "readline.js" | "repl.js" | "vm.js"
        | "fs.js" | "dns.js" | "zlib.js" | "tty.js" => true,
        "events.js" => {
            name.contains("emit") || name.contains("mitter.") || name.contains("onceWrapper")
        }
        _ => {
            path.starts_with("_http_") || path.starts_with("_stream_") || path.starts_with("_tls_")
        }
    }
}
