//! Libraries that programs carry but did not write, by what their functions are called, each language for itself.
//!
//! A namespace is listed whole, `Polly.*` and not `Polly*`: a game's own `PollyGame` is none of it. Where a vendor or a word
//! names apps and games as well, only the parts that are a library's stand here: `com.microsoft.appcenter.*`.

mod csharp;
mod flash;
mod java;
mod kits;
mod native;

pub(super) use csharp::CSHARP;
pub(super) use flash::FLASH;
pub(super) use java::JAVA;
pub(super) use kits::KITS;
pub(super) use native::NATIVE;

use crate::text;

/// Whether a name is of a plugin for apps in C#, which are named alike: `Dock.Forms.Plugin.iOS.DockView.Draw`,
/// `Dock.Plugin.Abstractions.DockException`.
pub(super) fn is_plugin(name: &str) -> bool {
    const PARTS: [&str; 6] = [
        "iOS.",
        "Droid.",
        "Android.",
        "Abstractions.",
        "UWP.",
        "Mac.",
    ];
    text::split_once(name, ".Plugin.").is_some_and(|(front, rest)| {
        front.ends_with(".Forms") || PARTS.iter().any(|part| rest.starts_with(part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_entry_stands_twice() {
        let tables = [&CSHARP, &FLASH, &JAVA, &KITS, &NATIVE];
        let mut entries: Vec<&str> = tables
            .iter()
            .flat_map(|table| table.entries().iter().copied())
            .collect();
        entries.sort_unstable();
        for pair in entries.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
    }
}
