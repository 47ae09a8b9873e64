//! What a word or a pair of brackets in front of a message can be.

use crate::text;

/// A part is at most so long.
pub(super) const LONGEST: usize = 80;

/// The place in the source that wrote the line: `src/dock.rs:77:`, `dock.go:77`; of languages whose errors do not begin like that.
pub(super) fn is_place(text: &str) -> bool {
    let (word, _) = text::word(text);
    let word = word.trim_end_matches([':', ']']);
    word.rsplit_once(':').is_some_and(|(file, line)| {
        line.bytes().all(|byte| byte.is_ascii_digit())
            && !line.is_empty()
            && [".go", ".rs", ".cpp", ".cc", ".py"]
                .iter()
                .any(|end| file.ends_with(end))
    })
}

/// The text in the brackets at the beginning, pairs within included, and what stands behind.
pub(super) fn matching(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    if !text.starts_with(open) {
        return None;
    }
    let mut depth = 0_usize;
    for (at, c) in text::head(text, 2 * LONGEST).char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some((&text[1..at], &text[at + 1..]));
            }
        }
    }
    // Tomcat names its logger `C.[.[.[/].[dispatcher]`: the pairs do not close.
    text[1..].split_once(close)
}

/// What a stack's own line begins with.
pub(super) fn is_frame_mark(text: &str) -> bool {
    text == "C"
        || text.starts_with("string ")
        || text.starts_with("0x")
        || text.starts_with("Callstack")
        || text.starts_with("native")
        || text.starts_with("frame ")
        || text.starts_with("Inline")
        || text == "LUA ERROR"
        || text
            .bytes()
            .all(|byte| byte == b' ' || byte == b'.' || byte.is_ascii_digit())
            && text.contains(['.', ' '])
}

/// Whether brackets behind a level hold a logger, a thread, a request.
pub(super) fn behind_level(text: &str) -> bool {
    let plain =
        |c: char| c.is_alphanumeric() || " ._-/:$#@,=+()<>".contains(c) || c == '[' || c == ']';
    !is_frame_mark(text)
        && !text.bytes().all(|byte| byte.is_ascii_digit())
        && text.chars().all(plain)
        && text.split(' ').count() <= 4
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// The name of a thread, where it is none of a logger, a number or a place.
pub(super) fn named_thread(text: &str) -> Option<&str> {
    let name = text.chars().any(char::is_alphabetic)
        && !text.starts_with(['#', '-', '{'])
        && !text.contains(['=', ',', '{'])
        && !is_place(text);
    name.then_some(text)
}

/// Whether a column's word is the name of a thread rather than that of a logger: `main`, `pool-3-thread-1`, `NettyWorker_5`.
pub(super) fn is_thread(text: &str) -> bool {
    let counted = text
        .rsplit_once(['-', '_', '#'])
        .is_some_and(|(_, number)| text::digits(number).is_some_and(|(_, rest)| rest.is_empty()));
    !text.contains('.') && (text == "main" || counted || text.contains("hread"))
}

/// One word of letters.
pub(super) fn is_single(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$')
}

/// A name with parts: `com.acme.Dock`, `orbit::dock`, `src/dock.rs:77`.
pub(super) fn is_path(text: &str) -> bool {
    let dotted = || {
        memchr::memchr(b'.', text.as_bytes()).is_some()
            && (text::has(text, ".[") || !text::has(text, "..") && !text.ends_with('.'))
    };
    text::has(text, "::") || is_place(text) || dotted()
}

pub(super) fn is_name(text: &str) -> bool {
    // Tomcat's container: `o.a.c.c.C.[.[.[/].[dock]`.
    let in_pairs = text::has(text, ".[");
    !text.is_empty()
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric()
                || b"._-$:/@#()".contains(&byte)
                || in_pairs && matches!(byte, b'[' | b']')
        })
}

/// A process of a host of programs: `app/web.1`, `heroku/router`.
pub(super) fn is_dyno(text: &str) -> bool {
    let name = text
        .strip_prefix("app/")
        .or_else(|| text.strip_prefix("heroku/"));
    name.is_some_and(|name| !name.contains(':') && !name.contains('/') && is_name(name))
}

/// A method as the compiler of C# names it: `Orbit.Dock+<>c.<Open>b__13_0`.
pub(super) fn is_member(text: &str) -> bool {
    text.contains('.')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._+<>`|[],".contains(&byte))
}

/// Whether a word is the type of what was thrown, or begins what is said of it.
pub(super) fn is_thrown(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "Uncaught",
        "Unhandled",
        "Exception",
        "Caused",
        "Traceback",
        "Assertion",
        "Fatal",
        "panic",
        "panicked",
        "error",
        "fatal",
        "runtime",
        "exception",
        "at",
        "in",
        "SIGSEGV",
    ];
    let last = text.rsplit(['.', ':', '/']).next().unwrap_or(text);
    WORDS.contains(&text)
        || [
            "Error",
            "Exception",
            "Fault",
            "Failure",
            "Panic",
            "Interrupt",
            "Throwable",
            "Exit",
        ]
        .iter()
        .any(|end| last.ends_with(end))
}
