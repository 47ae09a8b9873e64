//! A function's name, looked up once in every table.

use super::c_sources;
use super::origin::CodeOrigin;
use crate::code_tables;
use crate::name_table::NameTables;

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
        const CLASSES: [CodeOrigin; 5] = [
            CodeOrigin::ThirdParty,
            CodeOrigin::Engine,
            CodeOrigin::Runtime,
            CodeOrigin::System,
            CodeOrigin::Runtime,
        ];
        static TABLES: NameTables<6> = NameTables::new([
            &code_tables::THIRD_PARTY,
            &code_tables::ENGINE,
            &code_tables::RUNTIME,
            &code_tables::SYSTEM,
            &c_sources::C_FUNCTIONS,
            &code_tables::PLUMBING,
        ]);
        let which = TABLES.which(text);
        let mut classes = CLASSES.into_iter().enumerate();
        Self {
            text,
            plumbing: which.has(CLASSES.len()),
            // What SDL calls a program's own `main`.
            listed: classes
                .find_map(|(table, class)| which.has(table).then_some(class))
                .filter(|_| text != "SDL_main"),
        }
    }
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
