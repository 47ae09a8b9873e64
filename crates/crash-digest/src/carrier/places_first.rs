//! A tracker's rows of an iOS app as people copy them off its page, without numbers and the place before the name:
//! `Frameworks/UIKit.framework/UIKit UIApplicationMain`, `/usr/lib/libobjc.A.dylib objc_exception_throw`, of the app's own
//! `Quay/Models/Dock.m:145:27 -[Dock open]` or `Quay main`.

use std::fmt::Write as _;

use crate::text;

/// In the path of a library.
pub(super) const MARKS: [&str; 2] = [".framework/", ".dylib "];
/// Fewer rows are words.
const FEWEST: usize = 3;
/// Sources that such an app is built from.
const SOURCES: [&str; 7] = ["m", "mm", "swift", "c", "cc", "cpp", "h"];

/// The text with such rows in Apple's columns; `None` where there are none.
pub(super) fn render(document: &str) -> Option<String> {
    MARKS.iter().find(|mark| text::has(document, mark))?;
    let rows = text::lines(document).filter(|line| row(line).is_some());
    (rows.take(FEWEST).count() == FEWEST).then_some(())?;
    let lines: Vec<&str> = text::lines(document).collect();
    let mut out = String::with_capacity(document.len() + 64);
    let mut number = 0_usize;
    // The depth of the rows, so far as known: those of modules alone stand between them.
    let mut depth = first_depth(&lines);
    for line in &lines {
        let found = row(line);
        if found.is_some() {
            depth = indent(line);
        }
        let found = found.or_else(|| (depth > 0 && indent(line) == depth).then(|| alone(line))?);
        if let Some(row) = found {
            row.write(&mut out, number);
            number += 1;
        } else if let Some((name, message)) = thrown(line).filter(|_| number == 0) {
            let _ = writeln!(out, "{name}: {message}");
        } else {
            out.extend([line, "\n"]);
            if line.trim().is_empty() {
                number = 0;
            }
        }
    }
    Some(out)
}

/// How far in the first row stands.
fn first_depth(lines: &[&str]) -> usize {
    let first = lines.iter().find(|line| row(line).is_some());
    first.map_or(0, |line| indent(line))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A row of the list.
struct Row<'a> {
    module: &'a str,
    name: &'a str,
    place: Option<&'a str>,
}

/// A row whose place tells: the path of a library, or a file with its line.
fn row(line: &str) -> Option<Row<'_>> {
    let (place, name) = text::trim(line).split_once(' ')?;
    if !is_name(name) {
        return None;
    }
    let (file, number) = text::file_line(place);
    if number.is_some() {
        let source = file.rsplit_once('.');
        return source
            .is_some_and(|(_, end)| SOURCES.contains(&end))
            .then_some(Row {
                module: target(file),
                name,
                place: Some(place),
            });
    }
    let library = text::has(place, ".framework/")
        || place.starts_with('/') && place.rsplit('.').next() == Some("dylib");
    library.then(|| Row {
        module: text::base_name(place),
        name,
        place: None,
    })
}

/// What the sources are built into: their folder in the project is called like it, `Quay/Models/Dock.m`, those of others'
/// stand in one for all of them, `Pods/Crane/Crane/Lift.m`.
fn target(file: &str) -> &str {
    let path = file.strip_prefix("Pods/").unwrap_or(file);
    match path.split_once('/') {
        Some((folder, _)) if !folder.is_empty() && !folder.contains([' ', '.']) => folder,
        _ => "???",
    }
}

/// The name of an Objective-C exception with its message behind a blank: `NSRangeException index 3 beyond bounds`.
fn thrown(line: &str) -> Option<(&str, &str)> {
    let (name, message) = text::trim(line).split_once(' ')?;
    let fits = name.ends_with("Exception")
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then_some((name, message))
}

/// A row of a module by its name alone, `Quay main`: two words, as far in as the others. What was not found may have the
/// library that was linked in for a name.
fn alone(line: &str) -> Option<Row<'_>> {
    let (module, name) = text::trim(line).split_once(' ')?;
    let of_module = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let fits = module.bytes().all(of_module)
        && (!name.contains(' ') || name.starts_with(['-', '+']) && is_name(name));
    fits.then(|| Row {
        module,
        name: text::base_name(name),
        place: None,
    })
}

/// What a function is called: Objective-C's and C++'s names hold blanks, inside of brackets alone.
fn is_name(name: &str) -> bool {
    let method = name.starts_with(['-', '+']) && name[1..].starts_with('[') && name.ends_with(']');
    let called = name
        .find(['(', '<'])
        .is_some_and(|at| !name[..at].contains(' '));
    let of_swift = [
        "closure #",
        "specialized ",
        "@objc ",
        "protocol witness for ",
        "thunk for ",
    ];
    let called = called || of_swift.iter().any(|start| name.starts_with(start));
    let begins = |c: char| c.is_alphabetic() || "_$<?~@".contains(c);
    let word = name.starts_with(begins)
        && !name.contains(' ')
        && !name.starts_with("0x")
        && !name.ends_with([':', ',', '.']);
    method || called || word || name.starts_with("__") && name.ends_with("_block_invoke")
}

impl Row<'_> {
    fn write(&self, out: &mut String, number: usize) {
        let _ = match (self.place, self.name) {
            (None, "<redacted>") => writeln!(out, "{number}   {}   (Missing)", self.module),
            (None, name) => writeln!(out, "{number}   {}   {name} + 0", self.module),
            (Some(place), name) => writeln!(out, "{number}   {}   {name} ({place})", self.module),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn rows_are_apples() {
        let text = "NSRangeException no bay 3\n    quay main\n    quay /var/T/libdock.a(Types.o)\n    \
                    Frameworks/UIKit.framework/UIKit <redacted>\n    Quay/Dock.m:145:27 -[Dock open: and:]\n    \
                    /usr/lib/libobjc.A.dylib objc_throw\n\nquay main\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "NSRangeException: no bay 3\n0   quay   main + 0\n1   quay   libdock.a(Types.o) + 0\n\
                 2   UIKit   (Missing)\n3   Quay   -[Dock open: and:] (Quay/Dock.m:145:27)\n\
                 4   libobjc.A.dylib   objc_throw + 0\n\nquay main\n"
            )
        );
        let words = "See Frameworks/UIKit.framework/UIKit there is more\n0x1 - 0x2 UIKit arm64 <3> /S/UIKit.framework/UIKit\n";
        assert_eq!(render(&words.repeat(4)), None);
        // Go's runtime was written in C, and a report may name a library as well.
        let go = "runtime.park()\n\t/usr/local/go/src/runtime/proc.c:1369 +0x89\n";
        let beside = "loaded /usr/lib/libobjc.A.dylib twice\n";
        assert_eq!(render(&[&go.repeat(4), beside].concat()), None);
    }
}
