//! Whose code a Python file is: the interpreter's own library, a package that was installed, or else unknown.

use super::origin::CodeOrigin;

/// The interpreter's own modules and packages that stand in stacks.
#[rustfmt::skip]
const LIBRARY: [&str; 124] = [
    "__future__", "_bootstrap_external", "_collections_abc", "_pydecimal", "_pyrepl", "_strptime", "_weakrefset", "abc",
    "argparse", "ast", "asyncio", "asyncore", "asynchat", "base64", "bdb", "bisect", "bz2", "cgi", "cmd", "codecs",
    "collections", "compileall", "concurrent", "configparser", "ConfigParser", "contextlib", "contextvars", "copy",
    "copyreg", "copy_reg", "cProfile", "csv", "ctypes", "curses", "dataclasses", "datetime", "dbm", "decimal", "difflib",
    "dis", "distutils", "doctest", "email", "encodings", "ensurepip", "enum", "filecmp", "fileinput", "fnmatch",
    "fractions", "ftplib", "functools", "genericpath", "getpass", "gettext", "glob", "graphlib", "gzip", "hashlib",
    "heapq", "hmac", "html", "http", "httplib", "idlelib", "imaplib", "importlib", "inspect", "io", "ipaddress", "json",
    "linecache", "locale", "logging", "lzma", "mimetypes", "multiprocessing", "ntpath", "numbers", "opcode", "operator",
    "optparse", "os", "pathlib", "pdb", "pickle", "pkgutil", "platform", "plistlib", "poplib", "posixpath", "pprint",
    "profile", "pstats", "pydoc", "Queue", "re", "runpy", "sched", "selectors", "shelve", "shlex", "shutil", "site",
    "smtplib", "socket", "socketserver", "SocketServer", "sqlite3", "sre_compile", "sre_parse", "ssl", "statistics",
    "stringprep", "subprocess", "tarfile", "tempfile", "textwrap", "threading", "timeit", "tkinter", "tokenize",
    "traceback", "typing",
];

/// The rest of them, whose names a project may use for a folder of its own: they count as files alone.
const LIBRARY_FILES: [&str; 14] = [
    "code",
    "codeop",
    "queue",
    "random",
    "signal",
    "string",
    "struct",
    "types",
    "uuid",
    "warnings",
    "weakref",
    "zipfile",
    "zipimport",
    "stat",
];

/// Packages that programs with an interpreter of their own carry, beside their own.
#[rustfmt::skip]
const PACKAGES: [&str; 45] = [
    "aiohttp", "anyio", "asyncpg", "attr", "cassandra", "celery", "certifi", "charset_normalizer", "click",
    "confluent_kafka", "cryptography", "django", "eventlet", "fastapi", "flask", "gevent", "grpc", "h5py", "idna", "lxml",
    "msgpack", "pymssql", "scipy", "sklearn", "starlette", "uvloop", "zmq", "jinja2", "kivy", "numpy", "pandas", "pil", "pkg_resources", "pygame", "pyglet", "pyqt5",
    "redis", "requests", "setuptools", "sqlalchemy", "tornado", "twisted", "urllib3", "websockets", "yaml",
];

/// Whose code it is by its path in lower case, with slashes; `None` where it is no Python file, or nobody's that is known.
pub(super) fn python(path: &str, printed: &str) -> Option<CodeOrigin> {
    if let Some(module) = printed.strip_prefix("<frozen ") {
        let first = module.split(['.', '>']).next().unwrap_or(module);
        return is_library(first, true).then_some(CodeOrigin::Runtime);
    }
    let (_, kind) = path.rsplit_once('.')?;
    if !matches!(kind, "py" | "pyc" | "pyx") {
        return None;
    }
    // What pip starts a program by on Windows: `c:/python38/scripts/orbit.exe/__main__.py`.
    if path.ends_with(".exe/__main__.py") {
        return Some(CodeOrigin::Runtime);
    }
    if ["site-packages/", "dist-packages/", "pyinstaller/loader/"]
        .iter()
        .any(|folder| path.contains(folder))
    {
        return Some(if path.contains("/loader/") {
            CodeOrigin::Runtime
        } else {
            CodeOrigin::ThirdParty
        });
    }
    // `/usr/lib/python3.12/asyncio/runners.py`, `python39.zip/socket.py`, `c:/python310/lib/socket.py`
    let installed = path.match_indices("python").any(|(at, _)| {
        let (folder, behind) = path[at..].split_once('/').unwrap_or_default();
        let version = folder.strip_prefix("python").unwrap_or_default();
        let zip = version.strip_suffix(".zip");
        let version = zip.unwrap_or(version);
        // `python36-32`, `python37_64`, `python-3.7.4.amd64`: of how many bits it is.
        let machine = ["amd64", "arm64"]
            .iter()
            .find_map(|machine| version.strip_suffix(machine));
        let versioned = machine
            .unwrap_or(version)
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_'));
        let lib = path[..at].ends_with("lib/") && !version.is_empty();
        // Whoever wrote it left the folders in front out: `.../python3.4/asyncio/tasks.py`.
        let first = || behind.split(['/', '.']).next().unwrap_or(behind);
        let inside = version.contains('.') && is_library(first(), !behind.contains('/'));
        versioned && (lib || zip.is_some() || behind.starts_with("lib/") || inside)
    });
    if installed || path.contains("conda3/lib/") || path.contains("stdlib.zip/") {
        return Some(CodeOrigin::Runtime);
    }
    let inside = match path.find("/_mei") {
        // Where PyInstaller unpacks a program: `/tmp/_MEIa1b2c3/socket.py`.
        Some(at) => path[at + 1..].split_once('/')?.1,
        None => path.strip_prefix("library.zip/").unwrap_or(path),
    };
    let inside = inside.strip_prefix("base_library.zip/").unwrap_or(inside);
    // A program that carries its interpreter prints its library's files without folders in front.
    if inside.starts_with('/') || inside.get(1..2) == Some(":") {
        return None;
    }
    let (first, file) = match inside.split_once('/') {
        Some((first, _)) => (first, false),
        None => (inside.rsplit_once('.')?.0, true),
    };
    if !file && PACKAGES.contains(&first) {
        return Some(CodeOrigin::ThirdParty);
    }
    (is_library(first, file) || first.starts_with("pyimod") || first.starts_with("pyi_rth"))
        .then_some(CodeOrigin::Runtime)
}

fn is_library(name: &str, file: bool) -> bool {
    let known = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(name));
    known(&LIBRARY)
        || file && known(&LIBRARY_FILES)
        || matches!(
            name,
            "unittest" | "urllib" | "urllib2" | "wsgiref" | "xml" | "xmlrpc" | "zoneinfo"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn library_packages_and_the_rest() {
        let cases = [
            (
                "/usr/lib/python3.12/asyncio/runners.py",
                Some(CodeOrigin::Runtime),
            ),
            (
                "/srv/.venv/lib/python3.12/site-packages/anyio/a.py",
                Some(CodeOrigin::ThirdParty),
            ),
            ("c:/python310/lib/socket.py", Some(CodeOrigin::Runtime)),
            (
                "c:/users/ann/appdata/local/programs/python/python310/lib/socket.py",
                Some(CodeOrigin::Runtime),
            ),
            (
                "c:/users/ann/python/python36-32/lib/asyncio/base_events.py",
                Some(CodeOrigin::Runtime),
            ),
            (
                "d:/winpython/python-3.7.4.amd64/lib/socket.py",
                Some(CodeOrigin::Runtime),
            ),
            ("/srv/python-dock/lib/socket.py", None),
            ("python39.zip/threading.py", Some(CodeOrigin::Runtime)),
            ("threading.py", Some(CodeOrigin::Runtime)),
            ("asyncio/runners.py", Some(CodeOrigin::Runtime)),
            ("/tmp/_meia1b2c3/socket.py", Some(CodeOrigin::Runtime)),
            (
                "site-packages/urllib3/connection.py",
                Some(CodeOrigin::ThirdParty),
            ),
            ("orbit/dock.py", None),
            ("types/ship.py", None),
            ("/srv/python/orbit/dock.py", None),
            (".../python3.4/asyncio/tasks.py", Some(CodeOrigin::Runtime)),
            ("/srv/python3/asyncio/tasks.py", None),
            ("/srv/python3.4/orbit/tasks.py", None),
            ("/srv/orbit/socket.py", None),
            ("game/harbour.rpy", None),
        ];
        for (path, origin) in cases {
            assert_eq!(python(path, path), origin, "{path}");
        }
        assert_eq!(
            python("<frozen runpy>", "<frozen runpy>"),
            Some(CodeOrigin::Runtime)
        );
    }
}
