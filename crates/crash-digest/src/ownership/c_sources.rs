//! The C library and well-known libraries of C and C++, by their functions and by the names of their source files:
//! `fread (iofread.c:44)`, `stdio_read (SDL_rwops.c:412)`, `/usr/ports/pobj/smpeg2-2.0.0/MPEGstream.cpp`.
//!
//! Debug information of libraries names a file often without a folder, as it does for the program's own.

use super::origin::CodeOrigin;
use super::pascal;
use crate::name_table::NameTable;
use crate::text;

/// Functions of the C library: a program has none of its own by these names.
#[rustfmt::skip]
pub(super) static C_FUNCTIONS: NameTable = NameTable::new(&[
    "_IO_*", "_dl_*", "__libc_*", "__vfprintf*", "__vsnprintf*", "__vsprintf*", "__isoc99_*", "__isoc23_*", "__fread_chk",
    "__fgets_chk", "__printf_chk", "__fprintf_chk", "__sprintf_chk", "__snprintf_chk", "__strtol*", "__strtoul*", "__strtod*",
    "__libc_start_call_main", "____strtol*", "____strtod*", "fopen", "fopen64", "fclose", "fread", "fwrite", "fseek", "fseeko", "ftell", "fgets", "fputs",
    "fgetc", "fputc", "getc", "putc", "ungetc", "fflush", "setvbuf", "printf", "fprintf", "sprintf", "snprintf", "vprintf", "vfprintf", "vsprintf",
    "vsnprintf", "scanf", "sscanf", "fscanf", "vsscanf", "vfscanf", "puts", "putchar", "strtol", "strtoul", "strtoll", "strtoull", "strtod",
    "strtof", "atoi", "atol", "atof", "qsort", "qsort_r", "bsearch", "strcat", "strncat", "strchr", "strrchr", "strstr", "strtok", "strtok_r",
    "strcasecmp", "strncasecmp", "strcoll", "strftime", "strerror", "strspn", "strcspn", "strpbrk", "strnlen", "memchr", "memrchr", "localtime",
    "localtime_r", "gmtime", "gmtime_r", "mktime", "setlocale", "getenv", "setenv", "unsetenv", "longjmp", "siglongjmp", "opendir",
    "readdir", "closedir", "getaddrinfo", "gethostbyname", "dlopen", "dlsym", "dlclose",
    // Libgcc's unwinder, where it is built into the program.
    "uw_frame_state_for", "uw_update_context*", "uw_init_context*", "uw_advance_context", "uw_install_context*", "execute_cfa_program*",
    "x86_64_fallback_frame_state", "x86_fallback_frame_state", "aarch64_fallback_frame_state", "arm_fallback_frame_state",
]);

/// Source files of glibc, musl, what unwinds stacks in libgcc, and Valgrind's own functions, as their debug information names them.
#[rustfmt::skip]
static C_LIBRARY: NameTable = NameTable::new(&[
    "genops.c", "fileops.c", "wfileops.c", "wgenops.c", "strops.c", "iofread.c", "iofwrite.c", "iofopen.c", "iofclose.c", "iofgets.c", "iofputs.c",
    "iofflush.c", "ioftell.c", "ioseekoff.c", "iogetdelim.c", "iogetline.c", "ioputs.c", "iovsprintf.c", "iovsscanf.c", "iopadn.c", "iosetvbuf.c",
    "vfprintf.c", "vfprintf-internal.c", "vfprintf-process-arg.c", "vsnprintf.c", "vsprintf.c", "vprintf.c", "vfscanf.c", "vfscanf-internal.c",
    "vasprintf.c", "printf_chk.c", "fprintf_chk.c", "snprintf_chk.c", "sprintf_chk.c", "printf_fp.c", "printf_fphex.c", "isoc99_*scanf.c",
    "strtol_l.c", "strtod_l.c", "strtoul_l.c", "msort.c", "cxa_atexit.c", "cxa_thread_atexit_impl.c", "libc-start.c", "libc_start_call_main.h",
    "libc_fatal.c", "pt-raise.c", "pthread_create.c", "pthread_kill.c", "pthread_join.c", "pthread_join_common.c",
    "pthread_mutex_lock.c", "pthread_mutex_unlock.c", "pthread_cond_wait.c", "pthread_cond_timedwait.c", "lowlevellock.c", "futex-internal.c",
    "dl-open.c", "dl-close.c", "dl-init.c", "dl-fini.c", "dl-lookup.c", "dl-runtime.c", "dl-error.c", "dl-error-skeleton.c",
    "dl-catch.c", "dl-load.c", "dl-reloc.c", "dlopen.c", "dlsym.c", "dlerror.c", "strcasecmp_l.c", "mem*.S", "str*.S", "wcs*.S", "wmem*.S",
    "clone.S", "clone3.S", "cancellation.S", "sigaction.S", "syscall.S", "syscall-template.S", "syscall_cancel.S",
    "unwind-dw2*.c", "unwind-pe.h", "unwind-c.c", "unwind.inc", "md-unwind-support.h", "linux-unwind.h",
    "vg_replace_malloc.c", "vg_replace_strmem.c", "mc_replace_strmem.c", "hg_intercepts.c", "drd_pthread_intercepts.c",
]);

/// Source files of libraries that programs carry or link to. A name that a program's own file may have is none of them.
#[rustfmt::skip]
static LIBRARIES: NameTable = NameTable::new(&[
    // zlib, bzip2, zstd, LZ4, minizip, miniz, xxHash.
    "inflate.c", "deflate.c", "inffast.c", "inftrees.c", "infback.c", "adler32.c", "gzread.c", "gzwrite.c", "gzlib.c", "zutil.c", "uncompr.c",
    "bzlib.c", "zstd_decompress*.c", "zstd_compress*.c", "huf_decompress*.c", "lz4.c", "lz4hc.c", "miniz.c", "miniz_*.c", "minizip.c", "xxhash.c",
    // libpng, libjpeg, FreeType, HarfBuzz, stb and other readers of one file.
    "pngread.c", "pngrutil.c", "pngrtran.c", "pngwrite.c", "pngwutil.c", "pngerror.c", "pngget.c", "pngset.c", "pngmem.c", "pngpread.c", "pngrio.c",
    "jdapistd.c", "jdapimin.c", "jdhuff.c", "jdmaster.c", "jdcoefct.c", "jdmarker.c", "jmemmgr.c", "jcapistd.c", "jchuff.c",
    "ftobjs.c", "ftoutln.c", "ftstream.c", "ftraster.c", "ftsmooth.c", "ftglyph.c", "ftbitmap.c", "ttgload.c", "ttinterp.c", "ttload.c", "cffgload.c",
    "hb-*.cc", "hb-*.hh", "stb_*.h", "stb_*.c", "lodepng.cpp", "nanosvg.h", "nanovg.c", "dr_wav.h", "dr_mp3.h", "dr_flac.h", "miniaudio.h", "minimp3.h",
    // Vorbis, Opus, mpg123.
    "vorbisfile.c", "floor0.c", "floor1.c", "mapping0.c", "sharedbook.c", "opusfile.c", "libmpg123.c",
    // SQLite, cJSON, XML readers, Duktape, QuickJS, Mongoose, PhysicsFS, ENet, GLEW, glad.
    "sqlite3.c", "cJSON.c", "tinyxml.cpp", "tinyxml2.cpp", "tinyxmlparser.cpp", "pugixml.cpp", "xmltok.c", "duktape.c", "quickjs.c",
    "mongoose.c", "physfs.c", "physfs_*.c", "glew.c", "glad.c", "gl3w.c",
    // The Boehm collector; handlers and test frameworks of one header.
    "dbg_mlc.c", "gcj_mlc.c", "mark_rts.c", "ptr_chck.c", "thread_local_alloc.c", "backward.hpp", "doctest.h", "catch.hpp", "catch_amalgamated.cpp",
    "catch_amalgamated.hpp", "httplib.h", "sol.hpp", "cxxopts.hpp", "rapidxml.hpp", "tiny_obj_loader.h", "tiny_gltf.h", "cgltf.h",
    // ZooKeeper.
    "zk_hashtable.c", "zookeeper.c",
    // GLib.
    "gsignal.c", "gclosure.c", "gslice.c", "gmessages.c", "gtestutils.c", "gtkmain.c", "gtkwidget.c", "gdkevents*.c",
    // Dear ImGui, Box2D, Chipmunk, Bullet.
    "imgui.cpp", "imgui_draw.cpp", "imgui_widgets.cpp", "imgui_tables.cpp", "imgui_demo.cpp", "imgui_impl_*.cpp", "b2_world.cpp", "b2_body.cpp", "b2_contact*.cpp", "b2_island.cpp", "b2_fixture.cpp", "b2_dynamic_tree.cpp", "b2World.cpp", "b2Body.cpp", "b2Contact*.cpp", "b2Island.cpp", "b2Fixture.cpp", "b2DynamicTree.cpp",
    "cpSpace*.c", "cpBody.c", "cpArbiter.c", "cpShape.c", "cpBBTree.c", "btDiscreteDynamicsWorld.cpp", "btCollision*.cpp", "btDbvt*.cpp",
    "btSequentialImpulse*.cpp",
    // Lua and LuaJIT.
    "lapi.c", "ldo.c", "lvm.c", "lgc.c", "lauxlib.c", "ltable.c", "lstring.c", "lparser.c", "llex.c", "lobject.c", "ldebug.c", "lfunc.c", "lmem.c",
    "lstate.c", "lundump.c", "lbaselib.c", "lstrlib.c", "ltablib.c", "lmathlib.c", "liolib.c", "loslib.c", "ldblib.c", "lcorolib.c", "lj_*.c",
    // X11 and Wayland.
    "xcb_io.c", "xcb_in.c", "xcb_out.c", "xcb_conn.c", "XlibInt.c", "wayland-client.c", "wayland-server.c",
]);

/// Folders of sources that have a version behind the library's name: `smpeg2-2.0.0`, `libpng-1.6.37`, `mesa-23.1.0`.
#[rustfmt::skip]
const FOLDERS: [&str; 90] = [
    "sdl", "sdl1.2", "sdl2", "sdl3", "sdl12-compat", "sdl2-compat", "sdl_image", "sdl_mixer", "sdl_ttf", "sdl_net", "sdl_sound", "sdl_gfx", "sdl2_image",
    "sdl2_mixer", "sdl2_ttf", "sdl2_net", "sdl2_gfx", "smpeg", "smpeg2", "glib", "glib2", "glib2.0", "gtk+", "gtk", "gtk2", "gtk3", "gtk4", "pango", "cairo",
    "pixman", "png", "jpeg", "jpeg-turbo", "tiff", "webp", "zlib", "zlib-ng", "zstd", "lz4", "bzip2", "xz", "freetype", "fontconfig", "harfbuzz", "openal",
    "openal-soft", "alsa", "alsa-lib", "pulseaudio", "pipewire", "jack", "ogg", "vorbis", "opus", "flac", "mad", "mpg123", "mikmod", "modplug", "fluidsynth",
    "ffmpeg", "mesa", "drm", "x11", "xcb", "xext", "wayland", "glfw", "glew", "glvnd", "volk", "opencv", "curl", "openssl", "gnutls", "sqlite", "uv", "boost", "box2d",
    "bullet", "bullet3", "physfs", "enet", "luajit", "qt", "qtbase", "allegro", "sfml", "wxwidgets", "gcc",
];

/// Whose code a file is; `None` where nothing tells.
pub(super) fn origin(file: &str) -> Option<CodeOrigin> {
    let name = text::base_name(file);
    let Some((stem, kind)) = name.rsplit_once('.') else {
        return pascal::origin(file);
    };
    if !matches!(
        kind,
        "c" | "h" | "S" | "s" | "m" | "mm" | "cc" | "cpp" | "hh" | "hpp"
    ) {
        return pascal::origin(file);
    }
    if C_LIBRARY.has(name) && in_c_library(file, name) {
        return Some(CodeOrigin::Runtime);
    }
    (is_sdl(stem) || LIBRARIES.has(name) || in_release(file)).then_some(CodeOrigin::ThirdParty)
}

/// Whether a file of that name is the C library's: a program may have its own `src/fileops.c`.
fn in_c_library(file: &str, name: &str) -> bool {
    #[rustfmt::skip]
    const PARTS: [&str; 23] = [
        "libio", "stdio-common", "stdlib", "string", "malloc", "nptl", "elf", "csu", "debug", "posix", "signal", "dlfcn", "linux", "x86_64",
        "i386", "aarch64", "multiarch", "stdio", "thread", "memcheck", "helgrind", "coregrind",
        "libgcc",
    ];
    let folder = file[..file.len() - name.len()].trim_end_matches(['/', '\\']);
    folder.is_empty() || folder == "." || PARTS.contains(&text::base_name(folder))
}

/// SDL's files and those of the libraries beside it: `SDL_rwops`, `SDL_x11events`, `IMG_png`. A program's own are written in
/// other ways: `sdl_input`, `SDLMain`, `SDL_Window`.
fn is_sdl(stem: &str) -> bool {
    ["SDL_", "IMG_", "SDLnet"].iter().any(|start| {
        stem.strip_prefix(start).is_some_and(|rest| {
            !rest.is_empty()
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        })
    })
}

/// Whether a file lies in the sources of a library's release.
fn in_release(file: &str) -> bool {
    let mut parts = file.rsplit(['/', '\\']).skip(1);
    parts.any(|part| {
        let Some((name, _)) = part.match_indices('-').find_map(|(at, _)| {
            let (name, version) = (&part[..at], &part[at + 1..]);
            let version = version.strip_prefix('v').unwrap_or(version);
            version
                .starts_with(|c: char| c.is_ascii_digit())
                .then_some((name, version))
        }) else {
            return false;
        };
        let name = name.to_ascii_lowercase();
        FOLDERS.contains(&name.as_str())
            || name
                .strip_prefix("lib")
                .is_some_and(|name| FOLDERS.contains(&name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_a_file_is() {
        let cases = [
            ("genops.c", Some(CodeOrigin::Runtime)),
            ("./libio/iofread.c", Some(CodeOrigin::Runtime)),
            ("SDL_rwops.c", Some(CodeOrigin::ThirdParty)),
            (
                "/usr/ports/pobj/sdl2-2.0.3/SDL2-2.0.3/src/thread/pthread/SDL_systhread.c",
                Some(CodeOrigin::ThirdParty),
            ),
            (
                "/build/libpng1-abc/libpng-1.6.37/example.c",
                Some(CodeOrigin::ThirdParty),
            ),
            ("inflate.c", Some(CodeOrigin::ThirdParty)),
            ("sdl_input.c", None),
            ("src/fileops.c", None),
            ("imgui_console.cpp", None),
            ("SDL_Window.cpp", None),
            ("/build/orbit-1.2.0/src/ship.c", None),
            ("src/zlib.rs", None),
            ("ship.c", None),
        ];
        for (file, origin_of) in cases {
            assert_eq!(origin(file), origin_of, "{file}");
        }
    }

    #[test]
    fn no_entry_stands_twice() {
        for table in [&C_FUNCTIONS, &C_LIBRARY, &LIBRARIES] {
            let entries = table.entries();
            for (at, entry) in entries.iter().enumerate() {
                assert!(!entries[..at].contains(entry), "{entry}");
            }
        }
    }
}
