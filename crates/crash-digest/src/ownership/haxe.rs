//! Whose code a source file of Haxe is, which stacks name from the folder of its library on: `flixel/FlxGame.hx`,
//! `orbit/Ship.hx`.

use super::origin::CodeOrigin;

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
            ("Ship.hx", None),
            ("lime/Ship.cpp", None),
        ] {
            assert_eq!(haxe(file), origin, "{file}");
        }
    }
}
