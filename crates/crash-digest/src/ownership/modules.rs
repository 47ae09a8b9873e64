//! What tables, rules and the report's images say of a module: found once, for the many frames of it.

use super::apple_modules;
use super::origin::CodeOrigin;
use crate::model::is_host;
use crate::{code_tables, text};

/// A module, as far as its name tells.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an answer of another table"
)]
pub(super) struct Module {
    /// A language's runtime.
    pub runtime: bool,
    /// Compiled Java: `base.odex`.
    pub compiled_java: bool,
    /// The system's by its name or folder.
    pub system: bool,
    /// In a folder of the system's, by the report's own list.
    pub listed_system: bool,
    /// The app's own program, by the report's own list.
    pub listed_own: bool,
    /// Whose it is altogether, by its name.
    pub whole: Option<CodeOrigin>,
    /// Engine and game in one.
    pub monolith: bool,
    /// The game's, by its name.
    pub ours: bool,
    /// A program of Windows.
    pub program: bool,
    /// There is no name.
    pub nameless: bool,
    /// An app's package of Android, which holds its libraries: `split_config.arm64_v8a.apk`.
    pub package: bool,
}

/// The lists of a report and of a project's rules that a module is in.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is another list")]
pub(super) struct Listed {
    /// Images in a folder of the system's.
    pub system: bool,
    /// The app's own program.
    pub own: bool,
    /// A library in the folder of the app's own program.
    pub private: bool,
    /// Its name has a word of the bundle id.
    pub ours: bool,
}

impl Module {
    /// By its name without folders in lower case, as printed, and by the lists it is in.
    pub(super) fn read(module: &str, printed: &str, listed: Listed) -> Self {
        let known =
            code_tables::SYSTEM_MODULES.has(module) || !listed.own && apple_modules::has(module);
        let monolith = code_tables::MONOLITHS.has(module);
        let shipping = text::has(module, "-shipping")
            || text::has(module, "_shipping")
            || module.ends_with("-client.exe");
        let whole = if code_tables::ENGINE_MODULES.has(module) {
            Some(CodeOrigin::Engine)
        } else if matches!(module, "libentry.so" | "entry.so") {
            // The native module of a HarmonyOS app, by the name that its template gives it, or by its own where it is written in C#.
            Some(CodeOrigin::Own)
        } else if module.trim_start_matches('$').starts_with("__lldb_expr") {
            // What somebody wrote in a playground or in lldb itself: `$__lldb_expr2`.
            Some(CodeOrigin::Own)
        } else {
            let stem = module.trim_start_matches("lib");
            code_tables::THIRD_PARTY_MODULES
                .has(stem)
                .then_some(CodeOrigin::ThirdParty)
        };
        // A process of Windows has one program, whatever its libraries are.
        let program = module
            .strip_suffix(".exe")
            .or_else(|| is_program_path(module, printed).then_some(module))
            .is_some_and(|stem| !is_host(stem));
        Self {
            runtime: code_tables::RUNTIME_MODULES.has(module),
            compiled_java: [".oat", ".odex", ".vdex", ".jar", ".dex", ".art"]
                .iter()
                .any(|end| module.ends_with(end))
                || printed.starts_with("[anon:dalvik"),
            system: known || code_tables::is_system_path(printed),
            listed_system: listed.system,
            // Of Android's names one is a program's library as well: `libbase.so`.
            listed_own: if listed.private {
                whole.is_none() && !code_tables::RUNTIME_MODULES.has(module)
            } else {
                listed.own && !known && whole != Some(CodeOrigin::Engine)
            },
            whole,
            monolith,
            ours: monolith || shipping || program || listed.ours,
            program,
            nameless: module.is_empty(),
            package: module.strip_suffix(".apk").is_some(),
        }
    }
}

/// Whether a path of Linux is a program's: `/home/mf/orbit/orbit`, `/games/orbit.x86_64`. Libraries have an ending.
fn is_program_path(module: &str, printed: &str) -> bool {
    let kind = module.split_once('.').map_or("", |(_, kind)| kind);
    (printed.starts_with('/') || printed.starts_with("./"))
        && !module.is_empty()
        && matches!(
            kind,
            "" | "x86_64" | "x86" | "bin" | "bin.x86_64" | "bin.x86"
        )
        && !["/data/", "/dev/", "/memfd:", "/proc/", "/SYSV"]
            .iter()
            .any(|start| printed.starts_with(start))
        && !text::has(printed, "/Frameworks/")
        && !text::has(printed, ".framework/")
}
