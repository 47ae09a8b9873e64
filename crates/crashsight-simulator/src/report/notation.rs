//! Frames in the notation of each platform and language.

use std::fmt::Write as _;

use super::context::Context;
use crate::hash_random::hash_text;
use crate::projects::Platform;

/// Bytes of code in the game's binaries, and in those of a system.
const CODE_SIZE: u64 = 0x0b00_0000;
const SYSTEM_SIZE: u64 = 0x000a_0000;

/// One native frame in the notation of the platform.
pub(crate) fn native(context: &Context<'_>, position: usize, frame: &str, symbols: bool) -> String {
    let (symbol, place) = frame.split_once('|').unwrap_or((frame, ""));
    let platform = context.issue.project.platform();
    let module = module(platform, place, symbol);
    // System libraries carry their own names; without symbols that is all there is.
    let own = place.contains(':') || place == "0";
    let size = if own || place == "unity" {
        CODE_SIZE
    } else {
        SYSTEM_SIZE
    };
    let offset = hash_text(frame) % size + 0x4_0000;
    let named = (symbols || !own) && place != "0";
    let file = source(platform, place);
    match platform {
        Platform::Android | Platform::Harmony => {
            let arch = context.cpu_type();
            if named {
                format!("#{position:02} pc {offset:016x} {module} {symbol}{file} [{arch}]")
            } else if platform == Platform::Harmony {
                format!(
                    "#{position:02} pc {offset:016x} /data/storage/el1/bundle/libs/arm64/{module} [{arch}]"
                )
            } else {
                let install = context.device_draw();
                format!(
                    "#{position:02} pc {offset:016x} /data/app/~~kQ{install:03}xVw==/com.starfall.game-r7{install:03}Zg==/lib/arm64/{module} [{arch}]"
                )
            }
        }
        Platform::Ios => {
            let address = 0x1_0000_0000 + context.device_draw() * 0x4000 + offset;
            if named {
                format!("{position:<3} {module:<28} 0x{address:016x} {symbol}{file}")
            } else {
                format!("{position:<3} {module:<28} 0x{address:016x} {module} + {offset}")
            }
        }
        Platform::Pc => {
            if named {
                format!("{position:02} {module}!{symbol}{file}")
            } else {
                format!("{position:02} {module} + 0x{offset:x}")
            }
        }
    }
}

/// The binary of a frame.
fn module(platform: Platform, place: &str, symbol: &str) -> String {
    let unity = place.starts_with("Il2Cpp") || place == "unity";
    let own = match (platform, unity, place == "unity") {
        _ if symbol.starts_with("anticheat") => match platform {
            Platform::Android | Platform::Harmony => "libstarshield.so",
            Platform::Ios => "StarShield",
            Platform::Pc => "StarShield64.dll",
        },
        (Platform::Android | Platform::Harmony, true, true) => "libunity.so",
        (Platform::Android | Platform::Harmony, true, false) => "libil2cpp.so",
        (Platform::Android | Platform::Harmony, false, _) => "libUE4.so",
        (Platform::Ios, true, _) => "UnityFramework",
        (Platform::Ios, false, _) => "Starfall",
        (Platform::Pc, true, true) => "UnityPlayer.dll",
        (Platform::Pc, true, false) => "GameAssembly.dll",
        (Platform::Pc, false, _) => "Starfall-Win64-Shipping.exe",
    };
    match place {
        "libc" => "/apex/com.android.runtime/lib64/bionic/libc.so",
        "driver" => "/vendor/lib64/egl/libGLES_mali.so",
        "vcruntime" => "VCRUNTIME140.dll",
        _ if place == "0" || place == "unity" || place.contains(':') => own,
        system => system,
    }
    .to_owned()
}

/// ` (file:line)` under the root of the build machine; empty without a file.
fn source(platform: Platform, place: &str) -> String {
    if !place.contains(':') {
        return String::new();
    }
    match platform {
        Platform::Android | Platform::Harmony => format!(" (D:/build/ws/{place})"),
        Platform::Ios => format!(" (/Users/build/ws/{place})"),
        Platform::Pc => format!(" [D:\\build\\ws\\{}]", place.replace('/', "\\")),
    }
}

/// `com.starfall.Foo.bar(Foo.java:12)`, one per line.
pub(crate) fn java(frames: &[&str]) -> String {
    let mut text = String::new();
    for frame in frames {
        let (symbol, place) = frame.split_once('|').unwrap_or((frame, "Unknown Source"));
        let _ = writeln!(text, "{symbol}({place})");
    }
    text
}

/// `Script/Foo.lua:12: in function 'bar'`, after a tab.
pub(crate) fn lua(frames: &[&str]) -> String {
    let mut text = String::new();
    for frame in frames {
        let (file, rest) = frame.split_once('|').unwrap_or((frame, ""));
        let (what, number) = rest.rsplit_once(':').unwrap_or((rest, "0"));
        let _ = match number {
            "0" => writeln!(text, "\t{file}: {what}"),
            _ => writeln!(text, "\t{file}:{number}: {what}"),
        };
    }
    text
}

/// `Starfall.Foo:Bar() (at Assets/Foo.cs:12)`.
pub(crate) fn csharp(frames: &[&str]) -> String {
    let mut text = String::new();
    for frame in frames {
        let (symbol, place) = frame.split_once('|').unwrap_or((frame, ""));
        let _ = writeln!(text, "{symbol} (at {place})");
    }
    text
}

/// `    at foo (webview/foo.js:12:9)`.
pub(crate) fn javascript(frames: &[&str]) -> String {
    let mut text = String::new();
    for frame in frames {
        let (symbol, place) = frame.split_once('|').unwrap_or((frame, ""));
        let _ = writeln!(
            text,
            "    at {symbol} ({place}:{})",
            5 + hash_text(frame) % 40
        );
    }
    text
}
