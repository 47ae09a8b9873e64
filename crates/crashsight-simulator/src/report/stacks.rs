//! The stack of a crash, in the notation of its platform.

use std::fmt::Write as _;

use super::Context;
use super::base_frames;
use super::threads;
use crate::hash_random::hash_text;
use crate::issues::{Nature, Quirk};
use crate::projects::Project;

/// Repetitions of a frame that calls itself.
const OVERFLOW_DEPTH: usize = 34;
/// Bytes of code in the game's binaries, and in those of a system.
const CODE_SIZE: u64 = 0x0b00_0000;
const SYSTEM_SIZE: u64 = 0x000a_0000;

/// The stack with names, files and lines.
pub(super) fn symbolicated(context: &Context<'_>) -> String {
    render(context, true)
}

/// The stack as it came from the device.
pub(super) fn raw(context: &Context<'_>) -> String {
    render(context, false)
}

fn render(context: &Context<'_>, symbols: bool) -> String {
    let issue = context.issue;
    match issue.spec.nature {
        Nature::Java(_) => {
            let head = format!("{}: {}\n", issue.exception(), issue.message());
            head + &java(issue.spec.frames) + &java(java_base(issue.spec.thread))
        }
        Nature::Lua => {
            let head = format!(
                "{}\nstack traceback:\n\t[C]: in function 'error'\n",
                issue.message()
            );
            head + &lua(issue.spec.frames) + &lua(base_frames::LUA)
        }
        Nature::CSharp(_) => {
            let head = format!("{}: {}\n", issue.exception(), issue.message());
            head + &csharp(issue.spec.frames) + &csharp(base_frames::CSHARP)
        }
        Nature::Js(_) => {
            let head = format!("{}: {}\n", issue.exception(), issue.message());
            head + &javascript(issue.spec.frames) + &javascript(base_frames::JAVASCRIPT)
        }
        Nature::Anr if issue.project == Project::Android => threads::blocked_main(context),
        _ => {
            let mut text = String::new();
            for (position, frame) in native_frames(context).into_iter().enumerate() {
                text += &line(context, position, frame, symbols);
                text.push('\n');
            }
            text
        }
    }
}

/// The first frame of the game's own, by itself.
pub(super) fn key_frame(context: &Context<'_>) -> String {
    let issue = context.issue;
    let Some(first) = issue.spec.frames.first() else {
        return String::new();
    };
    let only = [*first];
    let text = match issue.spec.nature {
        Nature::Java(_) => java(&only),
        Nature::Anr if issue.project == Project::Android => java(&only),
        Nature::Lua => lua(&only),
        Nature::CSharp(_) => csharp(&only),
        Nature::Js(_) => javascript(&only),
        _ => line(context, 0, first, issue.spec.quirk != Quirk::NoSymbols),
    };
    text.trim().to_owned()
}

fn native_frames(context: &Context<'_>) -> Vec<&'static str> {
    let spec = context.issue.spec;
    let project = context.issue.project;
    let mut frames: Vec<&str> = Vec::new();
    match (spec.nature, project) {
        (Nature::Abort, Project::Android) => {
            frames.extend(["abort|libc"]);
            frames.extend(base_frames::ASSERT);
        }
        (Nature::Abort, Project::Ios) => {
            frames.extend([
                "__pthread_kill|libsystem_kernel.dylib",
                "pthread_kill|libsystem_pthread.dylib",
                "abort|libsystem_c.dylib",
            ]);
            frames.extend(base_frames::ASSERT);
        }
        (Nature::Abort, Project::Pc) => frames.extend(base_frames::ASSERT),
        (Nature::Memory, _) => frames.extend(base_frames::OUT_OF_MEMORY),
        (Nature::Objc(_), _) => frames.extend(base_frames::OBJC_RAISE),
        (Nature::Bus, Project::Android) => frames.push("__memcpy_aarch64_simd|libc"),
        (Nature::Bus, Project::Ios) => frames.push("_platform_memmove|libsystem_platform.dylib"),
        (Nature::Bus, Project::Pc) => frames.push("memcpy|vcruntime"),
        (Nature::Anr, Project::Ios) => {
            frames.extend([
                "__psynch_mutexwait|libsystem_kernel.dylib",
                "_pthread_mutex_firstfit_lock_wait|libsystem_pthread.dylib",
            ]);
        }
        (Nature::Anr, Project::Pc) => {
            frames.extend([
                "ZwWaitForSingleObject|ntdll.dll",
                "WaitForSingleObjectEx|KERNELBASE.dll",
            ]);
        }
        _ => {}
    }
    if spec.slug.starts_with("driver-") {
        frames.extend(["glDrawElements+412|driver", "eglSwapBuffers+96|driver"]);
    }
    if spec.nature == Nature::Overflow {
        frames.extend(
            spec.frames
                .first()
                .iter()
                .cycle()
                .take(OVERFLOW_DEPTH)
                .copied(),
        );
    }
    frames.extend(spec.frames);
    frames.extend(thread_base(spec.thread));
    if !matches!(spec.thread, "com.apple.main-thread") {
        frames.extend(match project {
            Project::Android => base_frames::ANDROID_NATIVE,
            Project::Ios => base_frames::IOS_NATIVE,
            Project::Pc => base_frames::PC_NATIVE,
        });
    }
    // Short threads are padded by what they were called from.
    if frames.len() < 20 {
        let missing = 20 - frames.len();
        let at = frames.len().saturating_sub(4);
        let filler = base_frames::GAME_THREAD
            .iter()
            .skip(2)
            .take(missing)
            .copied();
        frames.splice(at..at, filler);
    }
    frames
}

/// What the game's own frames were called from.
fn thread_base(thread: &str) -> &'static [&'static str] {
    match thread {
        "GameThread" => base_frames::GAME_THREAD,
        "UnityMain" => base_frames::UNITY_MAIN,
        "com.apple.main-thread" => base_frames::APPLE_MAIN,
        _ if thread.starts_with("Render") || thread.starts_with("RHI") => {
            base_frames::RENDER_THREAD
        }
        _ => base_frames::WORKER_THREAD,
    }
}

fn java_base(thread: &str) -> &'static [&'static str] {
    if thread == "main" {
        base_frames::JAVA_MAIN
    } else {
        base_frames::JAVA_WORKER
    }
}

/// One native frame in the notation of the platform.
pub(super) fn line(context: &Context<'_>, position: usize, frame: &str, symbols: bool) -> String {
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

/// The binary that holds a frame.
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
pub(super) fn java(frames: &[&str]) -> String {
    let mut text = String::new();
    for frame in frames {
        let (symbol, place) = frame.split_once('|').unwrap_or((frame, "Unknown Source"));
        let _ = writeln!(text, "{symbol}({place})");
    }
    text
}

/// `Script/Foo.lua:12: in function 'bar'`, after a tab.
fn lua(frames: &[&str]) -> String {
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
fn csharp(frames: &[&str]) -> String {
    let mut text = String::new();
    for frame in frames {
        let (symbol, place) = frame.split_once('|').unwrap_or((frame, ""));
        let _ = writeln!(text, "{symbol} (at {place})");
    }
    text
}

/// `    at foo (webview/foo.js:12:9)`.
fn javascript(frames: &[&str]) -> String {
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
