//! Java and Kotlin: `com.starfall.Battle.start(Battle.kt:42)`.

use memchr::{memchr, memchr2, memrchr};

use super::shared::named;
use crate::frame::{Frame, Language};
use crate::text;

/// Reads what stands behind `at`, or a whole plain line.
pub(super) fn read(line: &str) -> Option<Frame<'_>> {
    let bytes = line.as_bytes();
    let close = if bytes.last() == Some(&b')') {
        bytes.len() - 1
    } else {
        // Logging frameworks append the archive: `(Battle.java:42) ~[game.jar:?]`, Velocity's with its commit in round brackets.
        let archive = if bytes.last() == Some(&b']') {
            text::rfind(line, "[").unwrap_or(line.len())
        } else {
            line.len()
        };
        let close = memrchr(b')', &bytes[..archive])?;
        let tail = line[close + 1..].trim_start();
        if !(matches!(tail, "" | ";" | ",") || tail.starts_with('[') || tail.starts_with("~[")) {
            return None;
        }
        close
    };
    let open = memrchr(b'(', &bytes[..close])?;
    let place = &line[open + 1..close];
    // Some printers leave a blank before the bracket: `com.acme.Ship.fire (Ship.java:83);`.
    // ART marks intrinsics: `java.lang.reflect.Method.invoke!(Native method)`.
    let method = match bytes[..open].last() {
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9') => &line[..open],
        _ => line[..open].trim_end().trim_end_matches('!'),
    };
    let method = match memchr2(b' ', b'!', method.as_bytes()) {
        None => method,
        Some(_) if method.ends_with(')') => return native_with_types(method, place),
        Some(_) => before_offset(method, place)?,
    };
    if memchr(b'.', method.as_bytes()).is_none() || method.starts_with('.') {
        return None;
    }
    if let Some(frame) = native(method, place) {
        return Some(frame);
    }
    let (file, number) = source(place)?;
    // Stack elements of named modules: `java.base/java.lang.Thread.run`, `app//com.starfall.Main.main`.
    // Lambda classes carry a slash too, but with a number behind it: `Battle$$Lambda$12/0x0000.run`.
    let function = match memchr(b'/', method.as_bytes()) {
        Some(at) => {
            let rest = method[at..].trim_start_matches('/');
            if rest.starts_with(|c: char| c.is_ascii_digit()) {
                method
            } else {
                without_module(rest)
            }
        }
        None => method,
    };
    Some(Frame {
        function: Some(function),
        file,
        line: number,
        language: Language::Java,
        ..Frame::default()
    })
}

/// Behind the loader's name stands the module's, with its version: `TRANSFORMER/orbit@1.2.0/com.acme.orbit.Dock.open`.
fn without_module(method: &str) -> &str {
    match method.split_once('/') {
        Some((module, rest)) if memchr(b'@', module.as_bytes()).is_some() => rest,
        _ => method,
    }
}

/// .NET on Android puts the offset between method and place, `Acme.Dock.Open + 0x1c(Unknown Source)`, and an older Crashlytics the
/// line that the place says as well: `com.acme.Dock.open + 31(Dock.java:31)`.
fn before_offset<'a>(method: &'a str, place: &str) -> Option<&'a str> {
    let (name, offset) = text::split_once(method, " + ")?;
    let plain = memchr2(b' ', b'!', name.as_bytes()).is_none();
    let number = match offset.strip_prefix("0x") {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => place
            .rsplit_once(':')
            .is_some_and(|(_, line)| line == offset),
    };
    (plain && number).then_some(name)
}

/// `jstack -F`, which asks the machine from outside: `- com.acme.Dock.open(int) @bci=96, line=212 (Interpreted frame)`.
pub(super) fn of_agent(line: &str) -> Option<Frame<'_>> {
    let (method, place) = text::split_once(line.strip_prefix("- ")?, " @bci=")?;
    let (name, _) = method.split_once('(')?;
    let number = text::after(place, "line=", b" ").and_then(|number| number.parse().ok());
    (!name.contains(' ') && name.contains('.')).then_some(Frame {
        function: Some(name),
        line: number,
        language: Language::Java,
        ..Frame::default()
    })
}

/// A method alone behind `at`, as stores print frames without a place: `java.lang.reflect.Method.invoke`, and of what
/// compilers add, `com.acme.Dock.-$$Nest$mopen`.
pub(super) fn without_place(name: &str) -> Option<Frame<'_>> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._$<>-".contains(&byte);
    let mut parts = name.rsplit('.');
    let (method, class, package) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = name.len() <= 200
        && name.bytes().all(plain)
        && method.starts_with(|c: char| {
            // Compose calls its functions as types are called.
            let compose = class.ends_with("Kt") && c.is_ascii_uppercase();
            compose || c.is_ascii_lowercase() || matches!(c, '<' | '-' | '$' | '_')
        })
        && class.starts_with(|c: char| c.is_ascii_uppercase())
        && package.starts_with(|c: char| c.is_ascii_lowercase());
    fits.then_some(Frame {
        function: Some(name),
        language: Language::Java,
        ..Frame::default()
    })
}

/// The last frame of a text that was cut: `com.acme.orbit.Dock.open(`, `com.acme.orbit.Dock.open(Dock.ja`. Where the cut went through
/// the number, `com.acme.orbit.Dock_android.open(Dock_android.kt:3`, nobody knows the line.
pub(super) fn cut(name: &str) -> Option<Frame<'_>> {
    let (method, place) = name.split_once('(')?;
    let plain = place
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'_' | b'-'));
    let frame = without_place(method).filter(|_| plain && place.len() <= 100)?;
    let file = place.split_once(':').map(|(file, _)| file);
    Some(Frame { file, ..frame })
}

/// One that a person points at among others: `>   at com.acme.orbit.Dock.open(Dock.kt:31)`.
pub(super) fn pointed_at(line: &str) -> Option<Frame<'_>> {
    let rest = line.strip_prefix('>')?.trim_start();
    let frame = read(rest.strip_prefix("at ")?)?;
    frame.line.is_some().then_some(frame)
}

/// A method and its file without brackets: `com.acme.Ship.fire Ship.java:83`, `java.lang.reflect.Method.invoke Method.java`.
pub(super) fn spaced(line: &str) -> Option<Frame<'_>> {
    let (method, place) = text::split_once(line, " ")?;
    let (file, number) = text::file_line(place);
    let named = [".java", ".kt"].iter().any(|end| file.ends_with(end)) && !file.contains(' ');
    (named && is_method(method)).then_some(Frame {
        function: Some(method),
        file: Some(file),
        line: number,
        language: Language::Java,
        ..Frame::default()
    })
}

/// ART's own dump of a stack, with types: `void com.acme.Ship.fire(android.os.Bundle, int[]) (Ship.kt:31)`.
pub(super) fn typed(line: &str) -> Option<Frame<'_>> {
    let (front, place) = text::last_group(line, b'(', b')')?;
    let (method, parameters) = text::last_group(front.strip_suffix(' ')?, b'(', b')')?;
    let (returned, method) = method.split_once(' ')?;
    let fits = !returned.contains(['(', ':'])
        && is_method(method)
        && (parameters.is_empty() || parameters.split(", ").all(|name| !name.contains(' ')));
    let (file, number) = source(place).filter(|_| fits)?;
    Some(Frame {
        function: Some(method),
        file,
        line: number,
        language: Language::Java,
        ..Frame::default()
    })
}

/// A file and a line alone behind `at`, as the console's short form has them: `at MainActivity.java:7`.
pub(super) fn place_alone(place: &str) -> Option<Frame<'_>> {
    let (file, number) = text::file_line(place);
    let stem = [".java", ".kt"]
        .iter()
        .find_map(|end| file.strip_suffix(end))?;
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    (number.is_some() && stem.bytes().all(word)).then_some(Frame {
        file: Some(file),
        line: number,
        language: Language::Java,
        ..Frame::default()
    })
}

/// Package, class and method: `com.acme.Ship.fire`.
fn is_method(name: &str) -> bool {
    name.bytes().filter(|byte| *byte == b'.').count() >= 2
        && !name.starts_with('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._$<>-".contains(&byte))
}

/// Bugsnag: `Dock.kt:28 - com.acme.orbit.Dock.open`, `Unknown:28 - android.app.Activity.recreate`.
pub(super) fn behind_place(line: &str) -> Option<Frame<'_>> {
    let (place, method) = text::split_once(line, " - ")?;
    let (file, number) = text::file_line(place);
    let named = file == "Unknown" || [".java", ".kt"].iter().any(|end| file.ends_with(end));
    let fits = number.is_some() && named && !file.contains(' ') && is_method(method);
    fits.then_some(Frame {
        function: Some(method),
        file: Some(file).filter(|file| *file != "Unknown"),
        line: number.filter(|_| file != "Unknown"),
        language: Language::Java,
        ..Frame::default()
    })
}

/// Native frames that a crash kit printed in Java's form: `libxlua.luaH_get(luaH_get:164)`,
/// `libil2cpp.0x3e7e728(Native Method)`, `[vdso].__kernel_rt_sigreturn(__kernel_rt_sigreturn:0)`.
fn native<'a>(method: &'a str, place: &str) -> Option<Frame<'a>> {
    let point = memrchr(b'.', method.as_bytes())?;
    let (module, symbol) = (&method[..point], &method[point + 1..]);
    // Of a handler that knows no library there: `Unknown.000083d8(Unknown Source)`.
    if module == "Unknown" && symbol.len() == 8 && place == "Unknown Source" {
        return Some(Frame {
            address: Some(text::hex(symbol)?),
            ..Frame::default()
        });
    }
    // Java's own frames have neither an offset there nor the method's name in the brackets.
    if !(place.starts_with(symbol)
        || symbol.starts_with("0x")
        || symbol.len() >= 7 && text::hex(symbol).is_some())
    {
        return None;
    }
    let library = module.starts_with("lib") || module.starts_with('[') || text::has(module, ".so");
    // Libraries that stay in the archive have its name, `base.0x4276c(Native Method)`; no method of Java's begins with a digit.
    if !(library || symbol.starts_with("0x") && place == "Native Method") {
        return None;
    }
    if let Some(offset) = symbol.strip_prefix("0x").and_then(text::hex) {
        return Some(Frame {
            module: Some(module),
            offset: Some(offset),
            ..Frame::default()
        });
    }
    // Older Unity: `libil2cpp.00f8ba00(Native Method)`, `libc.abort(abort)`.
    if symbol.len() >= 7
        && let Some(offset) = text::hex(symbol)
    {
        return Some(Frame {
            module: Some(module),
            offset: Some(offset),
            ..Frame::default()
        });
    }
    if place == symbol {
        return Some(Frame {
            module: Some(module),
            function: named(symbol),
            ..Frame::default()
        });
    }
    let (same, offset) = place.rsplit_once(':')?;
    (same == symbol).then(|| Frame {
        module: Some(module),
        function: named(symbol),
        offset: offset.parse().ok(),
        ..Frame::default()
    })
}

/// The same of C++ with its parameters: `libOrbit-5.orbit::Log(orbit::Level, char const*)(Log:16)`.
fn native_with_types<'a>(method: &'a str, place: &str) -> Option<Frame<'a>> {
    let (module, symbol) = method.split_once('.')?;
    let (name, offset) = place.rsplit_once(':')?;
    let front = symbol.split('(').next().unwrap_or(symbol);
    let fits = module.starts_with("lib")
        && !module.contains([' ', '('])
        && !name.is_empty()
        && front.ends_with(name);
    fits.then_some(())?;
    Some(Frame {
        module: Some(module),
        function: named(symbol),
        offset: Some(offset.parse().ok()?),
        ..Frame::default()
    })
}

/// What stands in the brackets; `None` when it is no place a Java frame can be at.
fn source(place: &str) -> Option<(Option<&str>, Option<u32>)> {
    // The place of a named module carries its version: `java.base@17.0.9/Thread.java:833`.
    let place = match memchr(b'/', place.as_bytes()) {
        Some(at) if place[..at].contains('@') => &place[at + 1..],
        _ => place,
    };
    match place {
        // Desugared lambdas had a source of that name: `com.acme.-$$Lambda$Dock$7x.run(lambda)`.
        "Native Method" | "Native method" | "Unknown Source" | "<generated>" | ".dynamic"
        | "lambda" => {
            return Some((None, None));
        }
        _ => {}
    }
    if place.starts_with("Unknown Source:") {
        return Some((None, text::file_line(place).1.filter(|line| *line > 0)));
    }
    let colon = memrchr(b':', place.as_bytes());
    let (file, number) = match colon {
        // R8 can leave the file out: `a.b.c(:12)`.
        // `StackTraceElement` says -2 for native methods and -1 for unknown lines.
        Some(at) if matches!(&place[at + 1..], "-2" | "-1") => (&place[..at], None),
        Some(at) => (&place[..at], Some(place[at + 1..].parse::<u32>().ok()?)),
        None => (place, None),
    };
    let apart = |byte: u8| matches!(byte, b' ' | b'/' | b'\\' | b':');
    let plausible = (number.is_some() && !file.bytes().any(apart))
        || matches!(
            file,
            "SourceFile" | "ProGuard" | "D8$$SyntheticClass" | "R8$$SyntheticClass" | "Proxy"
        )
        || [".java", ".kt", ".scala", ".groovy", ".kts", ".aj"]
            .iter()
            .any(|end| file.ends_with(end))
        || matches!(place, "Native" | "native");
    // JavaScript and Dart places are `main.js:1:2`; their columns were cut off above, the rest has a colon.
    let known = !file.is_empty() && file != "(null)";
    (plausible || file == "(null)").then_some((known.then_some(file), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_a_runtime_prints() {
        let cases = [
            (
                "android.os.Looper.loop(Looper.java:123)",
                "android.os.Looper.loop",
                Some("Looper.java"),
                Some(123),
            ),
            (
                "dalvik.system.NativeStart.run(Native Method)",
                "dalvik.system.NativeStart.run",
                None,
                None,
            ),
            ("a.b.c.d(Unknown Source:4)", "a.b.c.d", None, Some(4)),
            ("a.b.c(SourceFile:9)", "a.b.c", Some("SourceFile"), Some(9)),
            (
                "java.base/java.lang.Thread.run(Thread.java:833)",
                "java.lang.Thread.run",
                Some("Thread.java"),
                Some(833),
            ),
            (
                "c.s.A$$Lambda$12/0x0007.run(Unknown Source)",
                "c.s.A$$Lambda$12/0x0007.run",
                None,
                None,
            ),
            (
                "c.s.A.b(A.kt:3) ~[game.jar:1.0]",
                "c.s.A.b",
                Some("A.kt"),
                Some(3),
            ),
        ];
        for (line, function, file, number) in cases {
            let frame = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.file, frame.line),
                (Some(function), file, number),
                "{line}"
            );
        }
    }

    #[test]
    fn sentences_are_not_frames() {
        for line in [
            "failed (code 3)",
            "Foo.bar(int)",
            "see docs (page.html)",
            "x(y)",
            "update (main.js:1:2)",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
