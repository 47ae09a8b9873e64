//! Rows of Airbrake and its kin, whose folders have names in brackets: `[GEM_ROOT]/gems/rack-2.0/lib/rack.rb:31:in `call'`;
//! Errbit's issues in a tracker: `# NoMethodError: no bay #`, and rows `31:  app/dock.rb -> **open**` with the line in front; and
//! the rows of its page, `app/dock.rb:31→ open`, which shows gems without their folder.

use crate::text;

/// What every row of an issue has, and folders.
pub(super) const MARKS: [&str; 4] = [ROW, PROJECT, GEMS, ARROW];
/// Behind the place in a row of the page.
const ARROW: &str = "\u{2192}";
const ROW: &str = " -> **";
const PROJECT: &str = "[PROJECT_ROOT]/";
const GEMS: &str = "[GEM_ROOT]/";
/// Marks of XML that its template leaves in the message.
const ENTITIES: [(&str, &str); 6] = [
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&quot;", "\""),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
];

/// The text with the error and its rows in the runtime's own words; `None` where there are no such rows.
pub(super) fn render(document: &str) -> Option<String> {
    let folders = text::has(document, PROJECT) || text::has(document, GEMS);
    if text::has(document, ARROW) {
        let rows = text::lines(document).filter(|line| of_page(line).is_some());
        if rows.take(2).count() == 2 {
            return Some(page(&without_folders(document)));
        }
    }
    if !text::has(document, ROW) || !text::lines(document).any(|line| row(line).is_some()) {
        return folders.then(|| without_folders(document));
    }
    let document = without_folders(document);
    let mut out = String::with_capacity(document.len());
    let mut titled = false;
    for line in text::lines(&document) {
        if let Some(row) = row(line) {
            row.write(&mut out);
        } else if let Some(title) = title(line).filter(|_| !titled) {
            titled = true;
            let plain = |title: String, (mark, plain): (&str, &str)| title.replace(mark, plain);
            let title = ENTITIES.into_iter().fold(title.to_owned(), plain);
            out.extend([&title, "\n"]);
        } else if !line.starts_with("## ") {
            out.extend([line, "\n"]);
        }
    }
    Some(out)
}

/// The project's folder is where paths begin; that of gems gets a name without marks.
///
/// A form may have lost the marks around the method, which the runtime writes: `app/models/dock.rb:31:in open`.
fn without_folders(document: &str) -> String {
    let plain = document.replace(PROJECT, "").replace(GEMS, "/GEM_ROOT/");
    if !text::lines(document).any(|line| bare(line).is_some()) {
        return plain;
    }
    let mut out = String::with_capacity(plain.len() + 256);
    for line in text::lines(&plain) {
        match bare(line) {
            Some((place, method)) => out.extend([place, ":in `", method, "'\n"]),
            None => out.extend([line, "\n"]),
        }
    }
    out
}

/// Place and method of a row without marks around the method.
fn bare(line: &str) -> Option<(&str, &str)> {
    let (place, method) = text::split_once(text::trim(line), ":in ")?;
    let (file, number) = text::file_line(place);
    let ruby = [".rb", ".erb", ".rake", ".ru"]
        .iter()
        .any(|end| file.ends_with(end));
    let marked = method.starts_with(['`', '\'']) || method.is_empty();
    (ruby && number.is_some() && !file.contains(' ') && !marked).then_some((place, method))
}

/// The rows of a page in the words of the runtime, without what a page draws between them.
fn page(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        match of_page(line) {
            Some(row) => row.write(&mut out),
            None if matches!(text::trim(line), "--" | "\u{2026}" | "...") => {}
            None => out.extend([line, "\n"]),
        }
    }
    out
}

/// A row of a page: `app/models/dock.rb:31→ open`.
fn of_page(line: &str) -> Option<Row<'_>> {
    let line = text::trim(line);
    let (place, method) = text::split_once(line, ARROW)?;
    let (file, number) = text::file_line(place.trim_end());
    number?;
    let named = file.rsplit('/').next().is_some_and(|name| {
        name.rsplit_once('.')
            .is_some_and(|(stem, end)| !stem.is_empty() && !end.is_empty())
    });
    let method = method.trim_start();
    (named && !file.contains(' ') && !method.is_empty()).then_some(Row {
        line: place.trim_end().get(file.len() + 1..)?,
        file,
        method,
    })
}

/// Whether the first folder of a path is that of a gem, which its version ends: `rack-2.0.7/lib/rack.rb`.
fn is_gem(file: &str) -> bool {
    file.split_once('/')
        .and_then(|(folder, _)| folder.rsplit_once('-'))
        .is_some_and(|(name, version)| {
            let number = version.starts_with(|c: char| c.is_ascii_digit());
            !name.is_empty() && number && version.contains('.')
        })
}

fn title(line: &str) -> Option<&str> {
    let title = text::trim(line).strip_prefix("# ")?.strip_suffix(" #")?;
    crate::model::names_exception(title).then_some(title)
}

/// A row of the list.
struct Row<'a> {
    line: &'a str,
    file: &'a str,
    method: &'a str,
}

fn row(line: &str) -> Option<Row<'_>> {
    let (line, rest) = text::digits(text::trim(line))?;
    let (file, method) = text::split_once(rest.strip_prefix(": ")?, ROW)?;
    let file = file.trim();
    let fits = !file.is_empty() && !file.contains(' ');
    fits.then_some(Row {
        line,
        file,
        method: method.strip_suffix("**")?,
    })
}

impl Row<'_> {
    fn write(&self, out: &mut String) {
        let Self { line, file, method } = *self;
        let end = file.rsplit('.').next().unwrap_or_default();
        if matches!(end, "js" | "mjs" | "jsx" | "ts" | "tsx" | "php") {
            out.extend(["    at ", method, " (", file, ":", line, ":1)\n"]);
        } else {
            let folder = if is_gem(file) { "/GEM_ROOT/gems/" } else { "" };
            out.extend(["    ", folder, file, ":", line, ":in `", method, "'\n"]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn rows_get_the_words_of_the_runtime() {
        let text = "# NameError: no &#39;bay&#39; #\n## Backtrace ##\n31:  app/dock.rb -> **open**\n7:  app.js -> **run**\n";
        assert_eq!(
            render(text).as_deref(),
            Some("NameError: no 'bay'\n    app/dock.rb:31:in `open'\n    at run (app.js:7:1)\n")
        );
        assert_eq!(render("3: a -> **b\n"), None);
    }
}
