//! Frames in the notation of each platform and language.

use std::fmt::Write as _;

use super::context::Context;
use crate::hash_random::hash_text;
use crate::projects::Project;

/// Bytes of code in the game's binaries, and in those of a system.
const CODE_SIZE: u64 = 0x0b00_0000;
const SYSTEM_SIZE: u64 = 0x000a_0000;

/// One native frame in the notation of the platform.
pub(crate) fn native(context: &Context<'_>, position: usize, frame: &str, symbols: bool) -> String {
    let (symbol, place) = frame.split_once('|').unwrap_or((frame, ""));
    let project = context.issue.project;
    let module = module(project, place, symbol);
    // System libraries carry their own names; without symbols that is all there is.
    let own = place.contains(':') || place == "0";
    let size = if own || place == "unity" {
        CODE_SIZE
    } else {
        SYSTEM_SIZE
    };
    let offset = hash_text(frame) % size + 0x4_0000;
    let named = (symbols || !own) && place != "0";
    let file = source(project, place);
    match project {
        Project::Android => {
            let arch = context.cpu_type();
            if named {
                format!("#{position:02} pc {offset:016x} {module} {symbol}{file} [{arch}]")
            } else {
                let install = context.device_draw();
                format!(
                    "#{position:02} pc {offset:016x} /data/app/~~kQ{install:03}xVw==/com.starfall.game-r7{install:03}Zg==/lib/arm64/{module} [{arch}]"
                )
            }
        }
        Project::Ios => {
            let address = 0x1_0000_0000 + context.device_draw() * 0x4000 + offset;
            if named {
                format!("{position:<3} {module:<28} 0x{address:016x} {symbol}{file}")
            } else {
                format!("{position:<3} {module:<28} 0x{address:016x} {module} + {offset}")
            }
        }
        Project::Pc => {
            if named {
                format!("{position:02} {module}!{symbol}{file}")
            } else {
                format!("{position:02} {module} + 0x{offset:x}")
            }
        }
    }
}

/// The binary of a frame.
fn module(project: Project, place: &str, symbol: &str) -> String {
    let unity = place.starts_with("Il2Cpp") || place == "unity";
    let own = match (project, unity, place == "unity") {
        _ if symbol.starts_with("anticheat") => match project {
            Project::Android => "libstarshield.so",
            Project::Ios => "StarShield",
            Project::Pc => "StarShield64.dll",
        },
        (Project::Android, true, true) => "libunity.so",
        (Project::Android, true, false) => "libil2cpp.so",
        (Project::Android, false, _) => "libUE4.so",
        (Project::Ios, true, _) => "UnityFramework",
        (Project::Ios, false, _) => "Starfall",
        (Project::Pc, true, true) => "UnityPlayer.dll",
        (Project::Pc, true, false) => "GameAssembly.dll",
        (Project::Pc, false, _) => "Starfall-Win64-Shipping.exe",
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

/// ` (file:line)`, under the root of the build machine; nothing for what has no file.
fn source(project: Project, place: &str) -> String {
    if !place.contains(':') {
        return String::new();
    }
    match project {
        Project::Android => format!(" (D:/build/ws/{place})"),
        Project::Ios => format!(" (/Users/build/ws/{place})"),
        Project::Pc => format!(" [D:\\build\\ws\\{}]", place.replace('/', "\\")),
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
