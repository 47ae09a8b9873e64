//! Paths of source files: for comparing with tables and rules, and for reading.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::origin::CodeOrigin;
use crate::code_tables::{ENGINE_PATHS, SYSTEM_PATHS, THIRD_PARTY_PATHS};
use crate::text;

/// The folders that tables know, searched for at once.
struct Folders {
    words: AhoCorasick,
    /// Whose code each of them holds.
    origins: Vec<CodeOrigin>,
}

static FOLDERS: LazyLock<Folders> = LazyLock::new(|| {
    let tables = [
        (ENGINE_PATHS, CodeOrigin::Engine),
        (SYSTEM_PATHS, CodeOrigin::Runtime),
        (THIRD_PARTY_PATHS, CodeOrigin::ThirdParty),
    ];
    let all = || {
        tables
            .iter()
            .flat_map(|(table, origin)| table.iter().map(move |entry| (*entry, *origin)))
    };
    Folders {
        words: AhoCorasick::new(all().map(|(entry, _)| entry.trim_start_matches('/')))
            .expect("a hundred short words fit"),
        origins: all().map(|(_, origin)| origin).collect(),
    }
});

/// Flutter's own files, where a console left their packages out: `framework.dart`.
pub(super) fn is_flutter(path: &str) -> bool {
    const FILES: [&str; 24] = [
        "framework",
        "binding",
        "object",
        "box",
        "proxy_box",
        "hooks",
        "zone",
        "future_impl",
        "platform_channel",
        "message_codecs",
        "platform_dispatcher",
        "navigator",
        "routes",
        "overlay",
        "change_notifier",
        "ink_well",
        "recognizer",
        "animation_controller",
        "ticker",
        "scroll_position",
        "sliver_multi_box_adaptor",
        "layer",
        "stream_impl",
        "async_patch",
    ];
    path.strip_suffix(".dart")
        .is_some_and(|name| FILES.contains(&name))
}

/// Files of C++'s own library, as printers name them that leave their folders out.
#[rustfmt::skip]
const STANDARD: [&str; 27] = [
    "basic_string.h", "basic_string.tcc", "stl_vector.h", "vector.tcc", "stl_map.h", "stl_multimap.h", "stl_set.h", "stl_tree.h",
    "stl_list.h", "list.tcc", "stl_deque.h", "deque.tcc", "stl_algo.h", "stl_algobase.h", "stl_heap.h", "stl_construct.h",
    "stl_uninitialized.h", "stl_iterator.h", "stl_pair.h", "stl_function.h", "shared_ptr_base.h",
    "std_function.h", "std_thread.h", "std_mutex.h", "new_allocator.h", "alloc_traits.h", 
    "hashtable_policy.h", 
];

/// Files of .NET's own library that run what a program waits for, where a page names no folders.
#[rustfmt::skip]
const NET: [&str; 12] = [
    "task.cs", "future.cs", "taskcontinuation.cs", "awaittaskcontinuation.cs", "synchronizationcontextawaittaskcontinuation.cs",
    "taskawaiter.cs", "taskcompletionsource.cs", "asyncmethodbuilder.cs", "executioncontext.cs", "synchronizationcontext.cs",
    "threadpool.cs", "threadpoolworkqueue.cs",
];

/// Whose code a source file is by its folders, in lower case: an engine's, but for what it carries of others.
pub(super) fn by_path(path: &str) -> Option<CodeOrigin> {
    if is_crash_kit(path) {
        return Some(CodeOrigin::ThirdParty);
    }
    if STANDARD.contains(&path) || NET.contains(&path) || is_of_rust(path) {
        return Some(CodeOrigin::Runtime);
    }
    let folders = &*FOLDERS;
    let (mut engine, mut system, mut other, mut carried) = (false, false, false, false);
    for found in folders.words.find_overlapping_iter(path) {
        if !begins(path, found.start()) {
            continue;
        }
        match folders.origins[found.pattern().as_usize()] {
            CodeOrigin::Engine => {
                let (front, rest) = path.split_at(found.start());
                engine |= !(is_below_sources(front) && of_godot(rest));
            }
            CodeOrigin::Runtime => system = true,
            _ => {
                other = true;
                carried |= matches!(
                    &path[found.start()..found.end()],
                    "thirdparty/" | "third_party/" | "external/"
                );
            }
        }
    }
    if engine && !carried {
        Some(CodeOrigin::Engine)
    } else if system {
        Some(CodeOrigin::Runtime)
    } else {
        other.then_some(CodeOrigin::ThirdParty)
    }
}

/// Whether a file is of Rust's own libraries, whose first folders a printer left out: `../src/libcore/option.rs`,
/// `library/std/src/panicking.rs`; others call folders so as well.
fn is_of_rust(path: &str) -> bool {
    #[rustfmt::skip]
    const FOLDERS: [&str; 10] = [
        "src/libcore/", "src/libstd/", "src/liballoc/", "src/libcollections/", "src/librustrt/", "src/libpanic_unwind/",
        "src/libtest/", "library/core/src/", "library/std/src/", "library/alloc/src/",
    ];
    matches!(path.as_bytes(), [.., b'.', b'r', b's'])
        && FOLDERS.iter().any(|inner| folder(path, inner))
}

/// Whether a file, in lower case, is of a kit that reports crashes, which is linked into the app: `SentryCrashReport.c`.
pub(super) fn is_crash_kit(path: &str) -> bool {
    let file = text::base_name(path);
    [
        "sentrycrash",
        "kscrash",
        "bsg_kscrash",
        "plcrash",
        "firclsc",
    ]
    .iter()
    .any(|kit| file.starts_with(kit))
}

/// Whether a folder lies below one that many programs call their sources' so.
fn is_below_sources(path: &str) -> bool {
    folder(path, "source/") || folder(path, "src/")
}

/// Whether a folder is one of Godot's, which stand at the top of it and are called like anybody's.
fn of_godot(path: &str) -> bool {
    ["main/", "core/", "scene/", "servers/", "platform/"]
        .iter()
        .any(|start| path.starts_with(start))
}

/// Whether a folder begins there.
fn begins(path: &str, at: usize) -> bool {
    at == 0 || path.as_bytes()[at - 1] == b'/'
}

/// A path for reading: slashes one way, the build machine's part taken off.
///
/// Without a `strip` rule that fits, the part from a folder engines and projects are known to have
/// (`Engine/Source/`, `Source/`, `Assets/`), else the last four folders.
pub(super) fn readable<'a>(strip: &[String], file: &'a str) -> Cow<'a, str> {
    let path = slashed(file);
    for rule in strip {
        let rule = slashed(rule.trim());
        let head = path.get(..rule.len());
        if !rule.is_empty() && head.is_some_and(|head| head.eq_ignore_ascii_case(&rule)) {
            return Cow::Owned(path[rule.len()..].trim_start_matches('/').to_owned());
        }
    }
    let absolute = path.starts_with('/') || path.get(1..3) == Some(":/");
    if !absolute {
        return path;
    }
    let anchors = [
        "/Engine/Source/",
        "/Engine/Plugins/",
        "/Source/",
        "/Plugins/",
        "/Assets/",
        "/Packages/",
        "/src/",
    ];
    let from = anchors
        .iter()
        .find_map(|anchor| path.find(anchor))
        .map_or_else(|| fourth_last(&path), |at| at + 1);
    Cow::Owned(path[from..].to_owned())
}

/// Where the last four parts of a path begin.
fn fourth_last(path: &str) -> usize {
    path.bytes()
        .enumerate()
        .rev()
        .filter(|&(_, byte)| byte == b'/')
        .nth(3)
        .map_or(0, |(at, _)| at + 1)
}

/// One kind of slash, none twice: `D:/SF\Source\\Private/a.cpp` is `D:/SF/Source/Private/a.cpp`.
pub(super) fn slashed(path: &str) -> Cow<'_, str> {
    if !path.contains('\\') && !path.contains("//") {
        return Cow::Borrowed(path);
    }
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        let c = if c == '\\' { '/' } else { c };
        // `http://` keeps both, `file:///` all three.
        if c != '/' || !out.ends_with('/') || out.ends_with(":/") || out.ends_with("file://") {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The part of a script's path inside its source folder: a project may live below a folder called like its engine.
pub(super) fn script_path(path: &str) -> &str {
    if path.starts_with("package:") {
        return path;
    }
    let (mut start, mut inside, mut outer) = (0, None, "");
    for at in memchr::memchr_iter(b'/', path.as_bytes()) {
        let (folder, first) = (&path[start..at], start == 0);
        // Other people's folders say so in front of the source folders.
        let others = match folder {
            "vendor" => !first,
            "plugins" => outer == "engine",
            "lua" => outer == "share",
            _ => [
                "node_modules",
                "oh_modules",
                "ets-loader",
                "hvigor",
                "datas",
                "citizen:",
            ]
            .iter()
            .any(|end| folder.ends_with(end)),
        };
        if others {
            return path;
        }
        if matches!(folder, "src" | "scripts" | "lua" | "assets") && !first {
            inside = Some(at + 1);
        }
        // The first folder has no slash in front.
        outer = if first { "" } else { folder };
        start = at + 1;
    }
    inside.map_or(path, |at| &path[at..])
}

/// Whether a place is one in React Native's bundle: `index.android.bundle`, or a module of it by its number, `1798:1356`.
pub(crate) fn is_bundled(path: &str) -> bool {
    !path.is_empty()
        && path
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b':')
        || path.ends_with(".bundle")
        || path.ends_with(".jsbundle")
}

/// Whether `path` starts with `folder` or has it behind a slash; both in lower case.
pub(super) fn folder(path: &str, folder: &str) -> bool {
    let inner = folder.trim_start_matches('/');
    path.match_indices(inner).any(|(at, _)| begins(path, at))
}
