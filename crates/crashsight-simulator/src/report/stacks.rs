//! The stack of a crash, in the notation of its platform.

use super::base_frames;
use super::context::Context;
use super::notation::{csharp, java, javascript, lua, native};
use super::threads;
use crate::issues::{Nature, Quirk};
use crate::projects::Platform;

/// Repetitions of a frame that calls itself.
const OVERFLOW_DEPTH: usize = 34;
/// The stack with names, files and lines.
pub(crate) fn symbolicated(context: &Context<'_>) -> String {
    render(context, true)
}

/// The stack before symbolication.
pub(crate) fn raw(context: &Context<'_>) -> String {
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
        Nature::Anr if issue.project.platform() == Platform::Android => {
            threads::blocked_main(context)
        }
        _ => {
            let mut text = String::new();
            for (position, frame) in native_frames(context).into_iter().enumerate() {
                text += &native(context, position, frame, symbols);
                text.push('\n');
            }
            text
        }
    }
}

/// The first frame of the game's own code.
pub(crate) fn key_frame(context: &Context<'_>) -> String {
    let issue = context.issue;
    let Some(first) = issue.spec.frames.first() else {
        return String::new();
    };
    let only = [*first];
    let text = match issue.spec.nature {
        Nature::Java(_) => java(&only),
        Nature::Anr if issue.project.platform() == Platform::Android => java(&only),
        Nature::Lua => lua(&only),
        Nature::CSharp(_) => csharp(&only),
        Nature::Js(_) => javascript(&only),
        _ => native(context, 0, first, issue.spec.quirk != Quirk::NoSymbols),
    };
    text.trim().to_owned()
}

fn native_frames(context: &Context<'_>) -> Vec<&'static str> {
    let spec = context.issue.spec;
    let platform = context.issue.project.platform();
    let mut frames: Vec<&str> = Vec::new();
    match (spec.nature, platform) {
        (Nature::Abort, Platform::Android | Platform::Harmony) => {
            frames.extend(["abort|libc"]);
            frames.extend(base_frames::ASSERT);
        }
        (Nature::Abort, Platform::Ios) => {
            frames.extend([
                "__pthread_kill|libsystem_kernel.dylib",
                "pthread_kill|libsystem_pthread.dylib",
                "abort|libsystem_c.dylib",
            ]);
            frames.extend(base_frames::ASSERT);
        }
        (Nature::Abort, Platform::Pc) => frames.extend(base_frames::ASSERT),
        (Nature::Memory, _) => frames.extend(base_frames::OUT_OF_MEMORY),
        (Nature::Objc(_), _) => frames.extend(base_frames::OBJC_RAISE),
        (Nature::Bus, Platform::Android | Platform::Harmony) => {
            frames.push("__memcpy_aarch64_simd|libc");
        }
        (Nature::Bus, Platform::Ios) => frames.push("_platform_memmove|libsystem_platform.dylib"),
        (Nature::Bus, Platform::Pc) => frames.push("memcpy|vcruntime"),
        (Nature::Anr, Platform::Ios) => {
            frames.extend([
                "__psynch_mutexwait|libsystem_kernel.dylib",
                "_pthread_mutex_firstfit_lock_wait|libsystem_pthread.dylib",
            ]);
        }
        (Nature::Anr, Platform::Pc) => {
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
        frames.extend(match platform {
            Platform::Android | Platform::Harmony => base_frames::ANDROID_NATIVE,
            Platform::Ios => base_frames::IOS_NATIVE,
            Platform::Pc => base_frames::PC_NATIVE,
        });
    }
    // Short stacks are padded with callers.
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

/// The callers of the game's own frames.
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
