//! Issues that crash services file in a tracker, as App Center, HockeyApp and BugSnag do: frames under a heading, their
//! parts behind semicolons or dashes, the reason apart; written as a report in Apple's columns.

use std::fmt::Write as _;

use memchr::memmem;

use crate::frame::Language;
use crate::grammar;
use crate::text;

/// Lines above the heading that are looked at for what was thrown.
const HEAD: usize = 40;
/// The label of the place that a title names.
pub(crate) const CONTEXT: &str = "Bugsnag context: ";
/// Rows that are read.
const MOST: usize = 400;

/// The issue as a report; `None` where the text is none.
pub(super) fn render(document: &str) -> Option<String> {
    let at = memmem::find(document.as_bytes(), b"## Stacktrace")?;
    let (head, body) = document.split_at(at);
    let mut rows = String::new();
    let mut count = 0;
    let mut lines = text::lines(body).skip(1);
    for line in lines.by_ref() {
        let line = text::trim(line);
        let line = line.strip_prefix("<pre>").unwrap_or(line);
        let line = line.strip_suffix("</pre>").unwrap_or(line);
        if line.starts_with('#') || line.starts_with("[View full") || count == MOST {
            break;
        }
        let read = row(&mut rows, count, line);
        count += usize::from(read);
        // What is of no known form stays as it is among rows that are.
        if !read && count > 0 && !line.is_empty() {
            let _ = writeln!(rows, "{line}");
        }
    }
    if count == 0 {
        return None;
    }
    let mut below = text::lines(body)
        .skip_while(|line| !is_reason(line))
        .skip(1)
        .map(text::trim);
    let reason = below
        .find(|line| !line.is_empty())
        .filter(|reason| !reason.starts_with("No reason found"))
        .filter(|reason| !reason.starts_with('#'));
    let mut out = String::new();
    if let Some(reason) = reason {
        // A tracker's Markdown keeps the stars as they are: `**\* Terminating app`.
        let _ = writeln!(out, "{}", reason.replace("\\*", "*"));
        // The calls of React Native's script go on below it, to the quote that ends the reason.
        if reason.ends_with(", stack:") {
            for call in below.take_while(|call| call.contains('@')).take(MOST) {
                let _ = writeln!(out, "{call}");
            }
            out.push_str("'\n");
        }
    } else if let Some((name, message)) = thrown(head) {
        let _ = writeln!(out, "{name}: {message}");
    }
    // Where it happened, which is no frame: a screen, a route.
    let called = |context: &&str| {
        let last = context.rsplit(['.', ':', '#', '/']).next();
        last.is_some_and(|last| rows.contains(last))
    };
    if let Some(context) = context(head).filter(|context| !called(context)) {
        let _ = writeln!(out, "{CONTEXT}{context}");
    }
    if rows.starts_with('0') {
        // Which thread it was no tracker says.
        out.push_str("Thread : Crashed:\n");
    }
    out.push_str(&rows);
    Some(out)
}

/// The heading above the reason, on two levels or three.
fn is_reason(line: &str) -> bool {
    let level = line.strip_prefix("##");
    level.is_some_and(|rest| rest.trim_start_matches('#').starts_with(" Reason"))
}

/// `**EXC_BAD_INSTRUCTION** in **orbit.Ship.fire()**`, and the message on the next line.
fn thrown(head: &str) -> Option<(&str, &str)> {
    let mut lines = text::lines(head).map(text::trim).take(HEAD);
    let name = lines.find_map(|line| {
        let (name, rest) = line.strip_prefix("**")?.split_once("**")?;
        rest.trim_start().starts_with("in ").then_some(name)
    })?;
    let message = lines
        .next()
        .filter(|line| !line.starts_with('[') && !line.starts_with("${"))
        .unwrap_or_default();
    Some((name, message))
}

/// What the title says of the place, `**SIGABRT** in **DockActivity**`, where it is one name.
fn context(head: &str) -> Option<&str> {
    let mut lines = text::lines(head).map(text::trim).take(HEAD);
    let context = lines.find_map(|line| {
        let (_, rest) = line.strip_prefix("**")?.split_once("**")?;
        rest.trim_start().strip_prefix("in **")?.strip_suffix("**")
    })?;
    let context = context.trim_end_matches("()");
    (!context.is_empty() && !context.contains(' ')).then_some(context)
}

/// Writes one row; `false` where the line is none.
fn row(out: &mut String, number: usize, line: &str) -> bool {
    written_by_hockey(out, number, line)
        || written_by_managed(out, line)
        || written_by_app_center(out, number, line)
        || written_by_bugsnag(out, number, line)
}

/// `-;orbit::Ship::fire(int);ship.cpp;31`, `ShipView;load:;ShipView.mm;24`: class, method, file, line.
fn written_by_hockey(out: &mut String, number: usize, line: &str) -> bool {
    let parts: Vec<&str> = line.split(';').collect();
    let [class, method, file, at] = parts[..] else {
        return false;
    };
    if method.is_empty() || !at.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    // Of Android: `com.acme.orbit.Dock$1;run;Dock.java;324`.
    let source = file.rsplit('.').next().unwrap_or_default();
    let package = class.starts_with(|c: char| c.is_ascii_lowercase())
        && class.bytes().filter(|byte| *byte == b'.').count() >= 2
        && !method.contains([':', '(']);
    if matches!(source, "java" | "kt") || file.is_empty() && package {
        let place = match (file, at) {
            ("", _) => "Unknown Source".to_owned(),
            (file, "") => file.to_owned(),
            (file, at) => [file, ":", at].concat(),
        };
        let _ = writeln!(out, "    at {class}.{method}({place})");
        return true;
    }
    let _ = write!(out, "{number}   ???   ");
    match class {
        "-" | "" => out.push_str(method),
        _ => {
            let _ = write!(out, "-[{class} {method}]");
        }
    }
    place(out, file, at);
    true
}

/// Java's with nothing behind its mark, `com.acme.orbit.Dock$1.<init>;`, `com.acme.orbit.Dock.open(Dock.kt:31);`, and Mono's with its assembly,
/// `Orbit.Dock.Open (System.Int32 bay) [0x0001b] in <4f3c…>:0;Orbit`, which the method's name says as well.
fn written_by_managed(out: &mut String, line: &str) -> bool {
    let Some((symbol, module)) = line.rsplit_once(';') else {
        return false;
    };
    let called = || grammar::read(&["at ", symbol].concat()).map(|frame| frame.language);
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._$<>-".contains(&byte);
    let java = module.is_empty()
        && symbol.starts_with(|c: char| c.is_ascii_lowercase())
        && symbol.bytes().all(in_name)
        && symbol.bytes().filter(|byte| *byte == b'.').count() >= 2;
    let managed = !java
        && match called() {
            Some(Language::Java) => module.is_empty() && is_java(symbol),
            Some(Language::CSharp) => [") [0x", ") in ", ")<"]
                .iter()
                .any(|mark| text::has(symbol, mark)),
            _ => false,
        };
    if java {
        let _ = writeln!(out, "    at {symbol}(Unknown Source)");
    } else if managed {
        let _ = writeln!(out, "    at {symbol}");
    }
    java || managed
}

/// Whether the place in brackets is one of Java's or Kotlin's, perhaps without a line: `Dock.java`.
fn is_java(symbol: &str) -> bool {
    text::last_group(symbol, b'(', b')').is_some_and(|(_, place)| {
        let file = text::file_line(place).0;
        matches!(
            file.rsplit('.').next(),
            Some("java" | "kt" | "scala" | "groovy")
        ) || matches!(
            file,
            "SourceFile" | "Unknown Source" | "Native Method" | "ProGuard"
        )
    })
}

/// `orbit.Ship.fire() -> () (Ship.swift:31);Orbit`, `hull_load + 156;Hull`.
fn written_by_app_center(out: &mut String, number: usize, line: &str) -> bool {
    let Some((symbol, module)) = line.rsplit_once(';') else {
        return false;
    };
    let known = !module.is_empty() && !symbol.is_empty() && !module.contains([' ', '(', ')', '=']);
    if known {
        let _ = writeln!(out, "{number}   {module}   {symbol}");
    }
    known
}

/// `orbit/Ship.swift:27 - fire`, `Frameworks/libHull.dylib:0 - load`, `app/ship.rb:12 - fire`.
fn written_by_bugsnag(out: &mut String, number: usize, line: &str) -> bool {
    let Some((front, symbol)) = line.split_once(" - ") else {
        return false;
    };
    let Some((file, at)) = front.rsplit_once(':') else {
        return false;
    };
    if file.contains(' ') || symbol.is_empty() || at.parse::<u32>().is_err() {
        return false;
    }
    let base = text::base_name(file);
    match base.rsplit_once('.').map(|(_, ending)| ending) {
        Some("java" | "kt") => {
            let _ = writeln!(out, "    at {symbol}({base}:{at})");
        }
        // Of a script engine on phones: `index.android.bundle:31`, `main.jsbundle:31`.
        Some("rb" | "js" | "jsx" | "ts" | "tsx" | "php" | "py" | "bundle" | "jsbundle" | "hbc") => {
            let _ = writeln!(out, "    at {symbol} ({file}:{at})");
        }
        Some("swift" | "m" | "mm" | "c" | "cc" | "cpp" | "h" | "hpp" | "rs") => {
            // Line 0 is what the compiler wrote for that file.
            let _ = writeln!(out, "{number}   ???   {symbol} ({file}:{at})");
        }
        // Java without its file.
        None if file == "Unknown" && symbol.matches('.').count() >= 2 => {
            let _ = writeln!(out, "    at {symbol}(Unknown Source)");
        }
        // The program or a library, where the place is not known.
        _ => {
            let _ = writeln!(out, "{number}   {base}   {symbol}");
        }
    }
    true
}

fn place(out: &mut String, file: &str, line: &str) {
    if !file.is_empty() && !line.is_empty() && line != "0" {
        let _ = write!(out, " ({file}:{line})");
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn rows_come_into_columns() {
        let text = "## Error in Quay\n\n**EXC_BAD_ACCESS** in **quay.dock()**\nno rope\n\n## Stacktrace\n\n    \
                    quay/Dock.swift:27 - dock\n    quay:0 - main\n\n[View full stacktrace](https://x)\n";
        assert_eq!(
            render(text).unwrap(),
            "EXC_BAD_ACCESS: no rope\nThread : Crashed:\n0   ???   dock (quay/Dock.swift:27)\n1   quay   main\n"
        );
        let text = "### Stacktrace ###\n\nquay_load + 156;Quay\n\nmain (Quay.swift:28);Quay\n\n### Reason ###\n\nSIGILL\n";
        assert_eq!(
            render(text).unwrap(),
            "SIGILL\nThread : Crashed:\n0   Quay   quay_load + 156\n1   Quay   main (Quay.swift:28)\n"
        );
        let text =
            "### Stacktrace ###\n<pre>-;quay_load(int);quay.cpp;4273\nQuayView;load:;;</pre>\n";
        assert_eq!(
            render(text).unwrap(),
            "Thread : Crashed:\n0   ???   quay_load(int) (quay.cpp:4273)\n1   ???   -[QuayView load:]\n"
        );
        for other in ["## Stacktrace", "## Stacktrace\nat a.b(C.java:1)\n"] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
