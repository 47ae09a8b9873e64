//! Bugly's page of several threads, copied: `#GLThread 2273(2273)` over counted rows, behind the marks of a form's headings.

use crate::grammar;
use crate::text;

/// No thread's name is longer.
const LONGEST: usize = 60;

/// The text with headings that its other readers know, the crashed thread's first; `None` where no heading stands twice marked,
/// and no two stand in it.
pub(super) fn render(document: &str) -> Option<String> {
    text::has(document, "(").then_some(())?;
    // Headings alone begin so; what else does is looked at once.
    let marks = memchr::memmem::find_iter(document.as_bytes(), "\n#").map(|at| at + 1);
    let starts = document
        .starts_with('#')
        .then_some(0)
        .into_iter()
        .chain(marks);
    // Nearly all lines with the mark are frames.
    let marked = |at: &usize| !matches!(document.as_bytes()[at + 1..], [b'0'..=b'9', ..]);
    let headings = starts
        .filter(marked)
        .filter_map(|at| heading(text::lines(&document[at..]).next()?));
    let sure = headings.map(|heading| heading.twice);
    let (count, twice) = sure.fold((0, false), |(count, any), twice| (count + 1, any | twice));
    (count > 1 || twice).then_some(())?;
    let mut out = String::with_capacity(document.len() + 64);
    let mut first = true;
    for line in text::lines(document) {
        if let Some(Heading { name, id, .. }) = heading(line) {
            if std::mem::take(&mut first) {
                out.extend(["# ", name, "(", id, ")"]);
            } else {
                out.extend(["\nThread ", id, " \"", name, "\":"]);
            }
        } else {
            out.push_str(row(line));
        }
        out.push('\n');
    }
    Some(out)
}

/// A thread's heading, and whether a form's mark stands in front of the console's.
struct Heading<'a> {
    name: &'a str,
    id: &'a str,
    twice: bool,
}

fn heading(line: &str) -> Option<Heading<'_>> {
    let rest = line.trim_end().strip_prefix('#')?.trim_start_matches('#');
    let inner = rest.trim_start();
    let behind = inner.strip_prefix('#').map(str::trim_start);
    let (name, id) = text::last_group(behind.unwrap_or(inner), b'(', b')')?;
    let name = name.trim();
    let number = !id.is_empty() && id.len() <= 7 && id.bytes().all(|byte| byte.is_ascii_digit());
    // A frame has its number behind the mark.
    let plain = name.starts_with(|c: char| c.is_alphabetic())
        && name.len() <= LONGEST
        && !name.contains(['(', '"', '=', '/', '!']);
    (number && plain).then_some(Heading {
        name,
        id,
        twice: behind.is_some(),
    })
}

/// A row without its count: `1 #00 pc 008e75a4 …`, `2 java:`, `3 com.acme.Ship.fire(Ship.java:31)`.
fn row(line: &str) -> &str {
    let start = line.trim_start();
    text::digits(start)
        .and_then(|(_, rest)| rest.strip_prefix(' '))
        .filter(|rest| {
            let native = rest
                .strip_prefix('#')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            native || *rest == "java:" || grammar::read(rest).is_some()
        })
        .unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_threads_and_rows() {
        let text = "### #GL 73(273)\n  SIGABRT\n  1 #00 pc 01 /a.so\n\n### # main(1)\n  1 a.b.C.d(E.java:1)\n";
        assert_eq!(
            render(text).unwrap(),
            "# GL 73(273)\n  SIGABRT\n#00 pc 01 /a.so\n\n\nThread 1 \"main\":\na.b.C.d(E.java:1)\n"
        );
        for other in [
            "# main(1)\n1 a.b.C.d(E.java:1)\n",
            "#0 main(1)\n#1 start(2)\n",
            "## Notes (2)\n",
        ] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
