//! Whose code a source file of Haxe is, which stacks name from the folder of its library on: `flixel/FlxGame.hx`,
//! `orbit/Ship.hx`.

use super::origin::CodeOrigin;
use crate::text;

/// Folders of engines.
#[rustfmt::skip]
const ENGINES: [&str; 16] = [
    "flixel", "openfl", "lime", "hxd", "h2d", "h3d", "hxsl", "kha", "armory", "haxepunk", "ceramic", "luxe", "snow", "starling", "heaps", "nme",
];

/// Folders of Haxe's own library.
const RUNTIME: [&str; 7] = ["haxe", "cpp", "eval", "hl", "hxcpp", "neko", "sys"];

/// Folders of libraries that games take.
#[rustfmt::skip]
const LIBRARIES: [&str; 31] = [
    "feathers", "away3d", "dragonbones", "nape", "box2d", "motion", "spine", "polymod", "hscript", "hxcodec", "hxvlc", "vlc", "flxanimate",
    "flxgif", "animateatlas", "discord_rpc", "hxdiscord_rpc", "hxluajit", "llua", "tink", "thx", "promhx", "massive", "utest", "buddy", "ldtk", "colyseus",
    "systools", "webm", "moonchart", "grig",
];

/// By the first folder of a path in lower case; `None` where it is nobody's that is known.
pub(super) fn haxe(file: &str) -> Option<CodeOrigin> {
    let path = file.strip_suffix(".hx")?;
    let path = path.trim_start_matches("./");
    // Haxe's own library, and what its manager installed: `…/haxe/std/flash/Boot.hx`, `…/haxe/lib/lime/8,0,1/lime/ui/Window.hx`.
    if text::has(path, "/haxe/std/") {
        return Some(CodeOrigin::Runtime);
    }
    let installed = text::split_once(path, "/haxe/lib/")
        .or_else(|| text::split_once(path, "/.haxelib/"))
        .map(|(_, library)| library.split('/').next().unwrap_or(library));
    if let Some(library) = installed {
        let engine = ENGINES.contains(&library) || library.starts_with("flixel-");
        return Some(if engine {
            CodeOrigin::Engine
        } else {
            CodeOrigin::ThirdParty
        });
    }
    let (first, rest) = path.split_once(['/', '\\'])?;
    if first == "haxe" && rest.starts_with("ui") {
        return Some(CodeOrigin::ThirdParty);
    }
    if ENGINES.contains(&first) {
        Some(CodeOrigin::Engine)
    } else if RUNTIME.contains(&first) {
        Some(CodeOrigin::Runtime)
    } else {
        LIBRARIES.contains(&first).then_some(CodeOrigin::ThirdParty)
    }
}

/// By the package of a method that was compiled to `ActionScript`: `lime.ui` of `lime.ui::Window/create`.
pub(super) fn of_package(package: &str) -> Option<CodeOrigin> {
    let first = package.split('.').next().unwrap_or(package);
    if ENGINES.contains(&first) {
        Some(CodeOrigin::Engine)
    } else {
        RUNTIME.contains(&first).then_some(CodeOrigin::Runtime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_a_file_is() {
        for (file, origin) in [
            ("flixel/util/FlxTimer.hx", Some(CodeOrigin::Engine)),
            ("openfl/display/DisplayObject.hx", Some(CodeOrigin::Engine)),
            ("haxe/ds/ObjectMap.hx", Some(CodeOrigin::Runtime)),
            ("haxe/ui/core/Component.hx", Some(CodeOrigin::ThirdParty)),
            ("hscript/Interp.hx", Some(CodeOrigin::ThirdParty)),
            ("states/DockState.hx", None),
            ("flixelgame/Ship.hx", None),
            ("/usr/lib/haxe/std/flash/boot.hx", Some(CodeOrigin::Runtime)),
            (
                "c:/haxetoolkit/haxe/lib/lime/8,0,1/lime/ui/window.hx",
                Some(CodeOrigin::Engine),
            ),
            (
                "/home/a/orbit/.haxelib/orbital/git/dock.hx",
                Some(CodeOrigin::ThirdParty),
            ),
            ("Ship.hx", None),
            ("lime/Ship.cpp", None),
        ] {
            assert_eq!(haxe(file), origin, "{file}");
        }
    }
}
