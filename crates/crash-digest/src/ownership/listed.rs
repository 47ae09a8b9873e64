//! A function's name, looked up once in every table.

use super::c_sources;
use super::libraries;
use super::origin::CodeOrigin;
use crate::name_table::NameTables;
use crate::{code_tables, text};

/// A function's name, and what the tables know of it.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    pub text: &'a str,
    /// Whether it only raises, reports or copies.
    pub plumbing: bool,
    /// Whose code it is.
    pub listed: Option<CodeOrigin>,
}

impl<'a> Name<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        /// What goes before what where several tables have a name.
        const CLASSES: [CodeOrigin; 9] = [
            CodeOrigin::ThirdParty,
            CodeOrigin::ThirdParty,
            CodeOrigin::ThirdParty,
            CodeOrigin::ThirdParty,
            CodeOrigin::ThirdParty,
            CodeOrigin::Engine,
            CodeOrigin::Runtime,
            CodeOrigin::System,
            CodeOrigin::Runtime,
        ];
        static TABLES: NameTables<10> = NameTables::new([
            &libraries::CSHARP,
            &libraries::FLASH,
            &libraries::JAVA,
            &libraries::KITS,
            &libraries::NATIVE,
            &code_tables::ENGINE,
            &code_tables::RUNTIME,
            &code_tables::SYSTEM,
            &c_sources::C_FUNCTIONS,
            &code_tables::PLUMBING,
        ]);
        // Of a lambda the function that holds it decides: ``UE::Core::Open'::`2'::<lambda>::operator()`.
        let which = TABLES.which(text.trim_start_matches('`'));
        let mut classes = CLASSES.into_iter().enumerate();
        Self {
            text,
            plumbing: which.has(CLASSES.len()),
            // What SDL calls a program's own `main`.
            listed: classes
                .find_map(|(table, class)| which.has(table).then_some(class))
                // glibc's own names for what it exports.
                .or_else(|| text.starts_with("__GI_").then_some(CodeOrigin::Runtime))
                .filter(|_| text != "SDL_main"),
        }
    }

    /// The same where the source file is known: a `main` in a program's own source is the program's.
    pub(super) fn of_place(self, file: Option<&str>, line: Option<u32>) -> Self {
        // Visual Studio has the line alone.
        let placed = || file.map_or(line.is_some(), is_program_source);
        let own = matches!(self.text, "main" | "wWinMain") && placed();
        let listed = self.listed.filter(|_| !own);
        Self { listed, ..self }
    }
}

/// Whether a file in C, C++ or Swift that has a `main` is a program's own: not the start-up code of a C library, nor the `main` that
/// comes with a test runner, a fuzzer or Android. What Xcode writes into `main.m` only starts the app.
fn is_program_source(file: &str) -> bool {
    let Some((stem, kind)) = text::base_name(file).rsplit_once('.') else {
        return false;
    };
    let of_others = matches!(
        stem,
        "gtest_main" | "gmock_main" | "FuzzerMain" | "app_main" | "libc-start"
    ) || stem.starts_with("crt")
        || stem.starts_with("exe_");
    // A program in Swift begins in one file alone; in any other `main` is what starts the app.
    let swift = kind == "swift" && (stem == "main" || stem.starts_with("playground"));
    swift || matches!(kind, "c" | "cc" | "cpp" | "cxx" | "c++") && !of_others
}

/// Names such as `a.b.c` that R8 or `ProGuard` left: every part of the class at most two letters long.
pub(crate) fn obfuscated(name: &str) -> bool {
    let Some(at) = memchr::memrchr(b'.', name.as_bytes()) else {
        return false;
    };
    let (class, method) = (&name[..at], &name[at + 1..]);
    if method.len() > 3 {
        return false;
    }
    // A class without a package: `ip3.G0`.
    let bare = class.len() == 3
        && class.starts_with(|c: char| c.is_ascii_lowercase())
        && !class.contains('.');
    bare || class
        .split(['.', '$'])
        .all(|part| (1..=2).contains(&part.len()))
}
