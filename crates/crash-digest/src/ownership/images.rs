//! What images of a process tell of whose they are.

use super::modules::{Listed, Module};
use super::swift;
use crate::format::Format;
use crate::frame::Frame;
use crate::model::{Stack, is_host};
use crate::text;

/// The image that holds `main` in an Apple stack or a sanitizer's: the program's, in lower case. A sanitizer prints the place in it
/// instead of an address: `#0 main <null> (orbit+0xea978)`.
pub(super) fn main_image(stack: &Stack<'_>) -> Option<String> {
    let known = matches!(
        stack.format,
        Format::Apple | Format::Microstackshots | Format::Plain | Format::Sanitizer
    );
    let main = stack.frames.iter().rev().take(4).find(|frame| {
        frame.function == Some("main")
            && (frame.address.is_some() || frame.offset.is_some())
            && frame.module.is_some()
    });
    let module = main.filter(|_| known)?.module_name()?;
    let program = !is_host(module)
        && !module.contains(".dylib")
        && !module.contains(".so")
        && !module.starts_with("com.apple.");
    program.then(|| module.to_ascii_lowercase())
}

/// The program of an Apple report or of an lldb session that names no process, in lower case: the module of most frames that no
/// table knows, which lies below all other such modules, as a program does below the libraries that it brings.
pub(super) fn of_most_frames(stack: &Stack<'_>) -> Option<String> {
    /// Programs of 64 bits begin here.
    const LOWEST: u64 = 0x1_0000_0000;
    const MOST_MODULES: usize = 32;
    let facts = &stack.facts;
    let lldb = stack.format == Format::Debugger
        && stack
            .frames
            .iter()
            .all(|frame| text::has(frame.raw, "frame #"));
    let named = facts.process.or(facts.program).is_some();
    let apple = matches!(stack.format, Format::Apple | Format::Microstackshots);
    if named || !apple && !lldb {
        return None;
    }
    // So many frames are no chance.
    let enough = if lldb { 2 } else { 3 };
    let mut modules: Vec<(&str, usize, u64)> = Vec::new();
    for frame in &stack.frames {
        let (Some(module), Some(address)) = (frame.module, frame.address) else {
            continue;
        };
        if let Some(known) = modules.iter_mut().find(|(name, ..)| *name == module) {
            (known.1, known.2) = (known.1 + 1, known.2.min(address));
        } else if modules.len() < MOST_MODULES {
            modules.push((module, 1, address));
        }
    }
    // A library's frames alone look the same.
    if modules.len() < 2 {
        return None;
    }
    modules.retain(|(printed, ..)| {
        let name = text::base_name(printed).to_ascii_lowercase();
        let module = Module::read(&name, printed, Listed::default());
        let known = module.system || module.runtime || module.whole.is_some();
        let library = name.contains(".dylib") || lldb && name.contains('.');
        !(known || library || is_numbered(printed) || *printed == "???")
    });
    let (name, count, lowest) = *modules.iter().max_by_key(|(_, count, _)| *count)?;
    let below = modules
        .iter()
        .all(|(other, _, address)| *other == name || *address > lowest);
    let fits = count >= enough && lowest >= LOWEST && below;
    fits.then(|| text::base_name(name).to_ascii_lowercase())
}

/// Libraries of which a frame on top has no name or was written by Swift's compiler, and whose frames with a source are all the app's own: a mod's, a plugin's.
pub(super) fn of_own_sources<'a>(
    stack: &Stack<'a>,
    is_own: impl Fn(&Frame<'a>) -> bool,
) -> Vec<&'a str> {
    const FRAMES: usize = 64;
    const MOST: usize = 4;
    let frames = || stack.frames.iter().take(FRAMES);
    let mut modules: Vec<&str> = Vec::new();
    let alone = |frame: &&Frame<'_>| frame.function.is_none() || swift::is_generated(frame);
    for frame in frames().filter(alone) {
        if let Some(module) = frame.module
            && modules.len() < MOST
            && !modules.contains(&module)
        {
            modules.push(module);
        }
    }
    modules.retain(|&module| {
        let of_module = |frame: &&Frame<'_>| frame.module == Some(module) && frame.file.is_some();
        let mut sources = frames().filter(of_module).take(MOST).peekable();
        sources.peek().is_some() && sources.all(&is_own)
    });
    modules
}

/// Whether the program is Unity's, which starts its player in a library.
pub(super) fn has_player(stack: &Stack<'_>) -> bool {
    let outermost = stack.frames.iter().rev().take(16);
    outermost
        .filter_map(Frame::module_name)
        .any(|module| module.starts_with("UnityPlayer"))
}

/// Whether all that is known of a frame is an app's archive, which holds libraries of many makers, `split_config.arm64_v8a.apk`,
/// or what Flutter compiled of an app and its packages.
pub(super) fn is_archive(frame: &Frame<'_>) -> bool {
    frame.module.is_some_and(|module| {
        module.as_bytes().ends_with(b".apk")
            || text::base_name(module) == "libapp.so"
            || module.starts_with("_kDart")
    })
}

/// An image that only its number tells: `image 14`.
pub(super) fn is_numbered(module: &str) -> bool {
    let number = module.strip_prefix("image ");
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a program lies where apps are installed.
pub(super) fn is_app_path(path: &str) -> bool {
    text::has(path, ".app/")
        && !path.starts_with("/System/")
        && !path.starts_with("/Applications/Xcode")
}

/// The program of a Windows or Linux process, in lower case, by where its frames lie: linkers put a program at an address of
/// its own, and no library. `0x004d9204 in orbit (+0xd9204)` begins at `400000`.
pub(super) fn at_its_base(stack: &Stack<'_>) -> Option<String> {
    const BASES: [u64; 2] = [0x40_0000, 0x1_4000_0000];
    // Loggers of Bethesda's games print where it lies in memory, below all libraries: `MoonNV (0x009611EA)`.
    const LIBRARIES: u64 = 0x200_0000;
    let logged = |frame: &Frame<'_>| {
        stack.format == Format::ReportTable
            && frame.function.is_none()
            && frame
                .address
                .is_some_and(|at| (BASES[0]..LIBRARIES).contains(&at))
            && frame.raw.starts_with("0x")
    };
    let program = stack.frames.iter().find(|frame| {
        let base = frame
            .address
            .zip(frame.offset)
            .and_then(|(address, offset)| address.checked_sub(offset));
        base.is_some_and(|base| BASES.contains(&base)) || logged(frame)
    });
    let module = program?.module_name()?.to_ascii_lowercase();
    let library = [".dll", ".so", ".dylib", ".drv", ".asi"]
        .iter()
        .any(|kind| text::has(&module, kind));
    (!library && !module.is_empty()).then_some(module)
}
