//! Engines and libraries in JavaScript and Lua by the files that they come in, wherever these lie: `three.module.js`,
//! `jquery-3.7.1.min.js`, `cocos2d-js-min.js`, `react-dom.production.min.js`, `chunk-vendors.8f3a91c2.js`.

use super::origin::CodeOrigin;
use crate::name_table::NameTable;
use crate::text;

/// Files of engines, in lower case, without what builds put behind the name.
#[rustfmt::skip]
static ENGINES: NameTable = NameTable::new(&[
    "cocos2d", "cocos2d-*", "cocos3d", "jsb_runtime", "laya.*", "layaair*", "egret", "egret.*", "playcanvas", "playcanvas-*", "melonjs", "c3runtime",
    "c2runtime", "crafty", "kaplay", "excalibur", "babylon", "babylon.max",
    "babylonjs*", "phaser", "phaser-ce", "phaser-arcade-physics", 
]);

/// Files of libraries, in the same form.
#[rustfmt::skip]
static LIBRARIES: NameTable = NameTable::new(&[
    "three", "three.core", "pixi", "pixi-legacy", "pixi-spine", "pixi-sound", "pixi-filters", "pixi.js", "jquery", "jquery.*", "jquery-ui", "jquery-migrate", "react", "react-dom", "react-dom-client", "react-jsx-runtime", "react-refresh", "react-router*", "react-redux", "vue", "vue-router", "vuex", "angular", "angular-route", "angular-resource", "angular-animate", 
    "lodash", "lodash.*", "underscore", "backbone", "zepto", "knockout", "ember", "mootools", "d3", "d3.*", "socket.io", "socket.io-*", "howler", "howler.*",
    "matter", "protobuf", "cannon", "cannon-es", "gsap", "tweenmax", "tweenlite", "tween.*", "moment", "createjs", "easeljs", "soundjs", "preloadjs", "tweenjs", "planck",
    "planck-*", "p2", "box2d", "ammo", "ammo.*", "oimo", "rapier*", "spine-core", "spine-webgl", "spine-player", "spine-pixi*", "spine-canvas", "dragonbones", "bootstrap", "bootstrap.*", "axios", "rxjs", "zone",
    "core-js", "polyfill", "polyfills", "polyfills-*", "puerts-runtime", "vendor", "vendors", "vendors~*", "chunk-vendors", "vendors-*", "preact",
    "preact.*", "hls", "dat.gui", "zepto.*", "almond", "systemjs", "signalr", "firebase-*", "cordova", "cordova_plugins", "phonegap", "crypto-js", "pako", "localforage",
    // React Native's own files, which its consoles name without their folders.
    "invariant", "warnonce", "rctlog", "debuggerworker", "batchedbridge", "exceptionsmanager", "reactnativerenderer-*",
    "reactfabric-*", "rctdeviceeventemitter", "jstimers", "initializecore", "appregistry", "renderapplication", "requirenativecomponent",
    "createanimatedcomponent", "nativeeventemitter", "nativemodules", "messagequeue", "turbomoduleregistry", "setuperrorhandling", "setupdevelopertools", "yellowbox", "logbox", "polyfillfunctions",
    // Angular's and those of what comes with it.
    "ng_zone", "ng_zone_impl", "application_ref", "dom_renderer", "core.es5", "core.umd",
    "core.umd.*", "core.es5.*", "common.es5", "platform-browser*", "ionic", "ionic.bundle", "ionic-angular", "innersubscriber", "outersubscriber",
    "tosubscriber", "subscribetoresult", "mergemap",
]);

/// Libraries of Lua that are one file, or whose first file it is.
#[rustfmt::skip]
const LUA: [&str; 19] = [
    "30log", "anim8", "ansicolors", "baton", "binser", "bitser", "dkjson", "gamera", "lovebird", "loveframes", "lume", "lurker",
    "middleclass", "moonshine", "penlight", "serpent", "tolua", "windfield", "xlua",
];

/// What builds put behind a name.
const BUILDS: [&str; 19] = [
    ".min",
    "-min",
    ".module",
    ".esm",
    ".production",
    ".development",
    ".core",
    ".prod",
    ".global",
    ".runtime",
    ".slim",
    ".bundle",
    ".umd",
    ".cjs",
    "-es5",
    "-es2015",
    "-es2017",
    "-es2018",
    "-legacy",
];

/// Whose code a script's file is; `None` where its name tells nothing.
pub(super) fn origin(path: &str) -> Option<CodeOrigin> {
    let file = text::base_name(path);
    let file = file.split('?').next().unwrap_or(file);
    let (stem, kind) = file.rsplit_once('.')?;
    if kind == "lua" {
        return LUA.contains(&stem).then_some(CodeOrigin::ThirdParty);
    }
    if !matches!(kind, "js" | "mjs" | "cjs") {
        return None;
    }
    known(stem).or_else(|| known(without_build(stem)))
}

fn known(stem: &str) -> Option<CodeOrigin> {
    if ENGINES.has(stem) {
        Some(CodeOrigin::Engine)
    } else {
        LIBRARIES.has(stem).then_some(CodeOrigin::ThirdParty)
    }
}

/// A name without version, kind of build and hash: of `jquery-3.7.1.min` it is `jquery`.
fn without_build(mut stem: &str) -> &str {
    // Each round takes a part off.
    loop {
        let before = stem;
        for end in BUILDS {
            stem = stem.strip_suffix(end).unwrap_or(stem);
        }
        stem = stem.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.'));
        if let Some((front, hash)) = stem.rsplit_once(['.', '-'])
            && is_hash(hash)
        {
            stem = front;
        }
        if stem == before {
            return stem;
        }
    }
}

/// What a bundler puts behind the name of what it wrote: `8f3a91c2`, `DkX3aB9q`.
fn is_hash(text: &str) -> bool {
    // A browser's console shortens it: `polyfills.8f3a91c….bundle.js`.
    let text = text.trim_end_matches('…');
    let has = |kind: fn(&u8) -> bool| text.as_bytes().iter().any(kind);
    let hexadecimal = text.len() >= 6
        && has(u8::is_ascii_digit)
        && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    hexadecimal
        || text.len() == 8
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && !text[1..].bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_a_file_is() {
        for (file, origin_of) in [
            ("src/cocos2d-runtime.js", Some(CodeOrigin::Engine)),
            (
                "http://h/cocos2d-js-min.1a2b3c.js",
                Some(CodeOrigin::Engine),
            ),
            ("three.module.min.js", Some(CodeOrigin::ThirdParty)),
            ("jquery-3.7.1.min.js?v=2", Some(CodeOrigin::ThirdParty)),
            ("react-dom.production.min.js", Some(CodeOrigin::ThirdParty)),
            (
                "static/js/chunk-vendors.8f3a91c2.js",
                Some(CodeOrigin::ThirdParty),
            ),
            ("assets/vue-DkX3aB9q.js", Some(CodeOrigin::ThirdParty)),
            ("polyfills.8f3a91c….bundle.js", Some(CodeOrigin::ThirdParty)),
            ("www/cordova.js", Some(CodeOrigin::ThirdParty)),
            ("main.8f3a91c….bundle.js", None),
            ("pixi-level12x.js", None),
            ("three-Spaceman.js", None),
            ("threefold.js", None),
            ("matter-room.js", None),
            ("main.8f3a91c2.js", None),
            ("orbit-vendor.js", None),
            ("three.ts", None),
        ] {
            assert_eq!(origin(file), origin_of, "{file}");
        }
    }
}
