//! Rollbar shows every runtime's stack in Python's words: `File "lib/dock.ex", line 44, in Orbit.Dock.open/1 (orbit)`. Elixir's
//! and Ruby's get their own again; the innermost frame stands first there.

use memchr::memmem;

use crate::text;

/// What Python's tracebacks begin with, and these here.
const HEADING: &str = "Traceback (most recent call last)";

/// The text in the runtime's own words; `None` where it is Python's, or nobody's.
pub(super) fn render(document: &str) -> Option<String> {
    memmem::find(document.as_bytes(), b".ex\", line ")
        .or_else(|| memmem::find(document.as_bytes(), b".rb\", line "))?;
    let rows = || text::lines(document).filter_map(row);
    let count = rows().count();
    let others = rows().filter(|row| row.kind() == Kind::Other).count();
    if count < 2 || others > 0 {
        return None;
    }
    let mut frames = String::with_capacity(document.len());
    let (mut before, mut behind) = (String::new(), String::new());
    for line in text::lines(document) {
        if let Some(row) = row(line) {
            row.write(&mut frames);
        } else if !text::trim(line).starts_with(HEADING) {
            let said = if frames.is_empty() {
                &mut before
            } else {
                &mut behind
            };
            write_words(line, said);
        }
    }
    // The exception may stand behind its frames.
    Some(if before.trim().is_empty() {
        behind + "\n" + &frames
    } else {
        before + &frames + &behind
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Elixir,
    Ruby,
    Other,
}

/// A row of the list.
struct Row<'a> {
    file: &'a str,
    line: &'a str,
    call: &'a str,
}

fn row(line: &str) -> Option<Row<'_>> {
    let rest = text::trim(line).strip_prefix("File \"")?;
    let (file, rest) = text::split_once(rest, "\", line ")?;
    let (line, call) = text::split_once(rest, ", in ")?;
    Some(Row { file, line, call })
}

impl Row<'_> {
    fn kind(&self) -> Kind {
        let end = self.file.rsplit('.').next().unwrap_or_default();
        match end {
            "ex" | "exs" | "erl" | "unknown" => Kind::Elixir,
            "rb" | "rake" | "erb" | "ru" => Kind::Ruby,
            // Programs of Ruby that are run have no ending: `bin/sidekiq`.
            _ if !end.contains('/') || text::has(self.file, ".py") => Kind::Other,
            _ => Kind::Ruby,
        }
    }

    fn write(&self, out: &mut String) {
        let Self { file, line, call } = *self;
        if self.kind() == Kind::Ruby {
            return out.extend(["    ", file, ":", line, ":in `", call, "'\n"]);
        }
        // `Orbit.Dock.open/1 (orbit)`: the application stands in front in Elixir's own words.
        let (call, application) = text::last_group(call, b'(', b')')
            .map_or((call, ""), |(call, application)| {
                (call.trim_end(), application)
            });
        out.push_str("    ");
        if !application.is_empty() {
            out.extend(["(", application, ") "]);
        }
        if line != "unknown" {
            out.extend([file, ":", line, ": "]);
        }
        out.extend([call, "\n"]);
    }
}

/// `GenServer terminating (ArgumentError): argument error` says what Elixir says in two lines.
fn write_words(line: &str, out: &mut String) {
    let named = text::split_once(line, "): ").and_then(|(front, message)| {
        let (said, name) = text::rsplit_once(front, " (")?;
        (name.ends_with("Error") && !name.contains(' ')).then_some((said, name, message))
    });
    match named {
        Some((said, name, message)) => out.extend([said, "\n** (", name, ") ", message, "\n"]),
        None => out.extend([line, "\n"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elixirs_rows_get_its_own_words() {
        let text = "Traceback (most recent call last):\n  File \"unknown\", line unknown, in :ets.lookup/2 (stdlib)\n  \
                    File \"lib/dock.ex\", line 44, in Orbit.Dock.open/1 (orbit)\nGenServer terminating (ArgumentError): no bay\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "GenServer terminating\n** (ArgumentError) no bay\n\n    (stdlib) :ets.lookup/2\n    \
                 (orbit) lib/dock.ex:44: Orbit.Dock.open/1\n"
            )
        );
        assert_eq!(
            render("File \"a.py\", line 3, in b\nFile \"c.rb\", line 1, in d\n"),
            None
        );
    }
}
