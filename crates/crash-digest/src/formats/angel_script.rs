//! AngelScript: what a host says of an exception, where, and which calls led there. King Arthur's Gold prints the place once and
//! the calls by their declarations, Openplanet and Urho3D a place with each call.

use crate::frame::{Frame, Language};
use crate::grammar;
use crate::model::{Builder, Exception};
use crate::text;

/// How Snegopat, a host in Russian, ends the head of its report, and what it puts in front of the rows below.
const IN_RUSSIAN: &str = "Исключение AngelScript.";
const ROW: &str = "| .| ";

/// What Openplanet says first, and the most that stands in front of it.
const SAID: &str = "Script exception: ";
const FRONT: usize = 120;

/// Which list the rows behind `#` are of.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Listing {
    #[default]
    None,
    /// The calls of the script that failed.
    Calls,
    /// Scripts that ran each other.
    Scripts,
}

/// What is read of a report.
#[derive(Default)]
pub(super) struct AngelScript<'a> {
    /// A report has begun.
    begun: bool,
    /// The message is to come on the next line.
    awaits: bool,
    /// The place that failed, until its call is read.
    place: Option<Frame<'a>>,
    listing: Listing,
    /// The report stands beside the text's own.
    further: bool,
}

impl<'a> AngelScript<'a> {
    /// Whether the line may be of a report.
    pub(super) fn may_take(&self, line: &str) -> bool {
        self.begun
            || matches!(line.as_bytes().first(), Some(b'S' | b'E' | b'A' | b'['))
            || line.ends_with(IN_RUSSIAN)
    }

    /// Takes a line of a report; `false` where it is none.
    pub(super) fn line(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if self.begins(out, line) {
            return true;
        }
        if !self.begun {
            return false;
        }
        if std::mem::take(&mut self.awaits) {
            if !out.is_further() {
                out.section().exception.message = line;
            }
            return true;
        }
        if line.starts_with('#') && self.row(out, line) {
            return true;
        }
        if let Some(row) = line.strip_prefix(ROW)
            && let Some(place) = &mut self.place
        {
            if let Some(said) = labelled(place, row)
                && !self.further
            {
                out.section().exception.message = said;
            }
            return true;
        }
        let listed = std::mem::take(&mut self.listing);
        if line.starts_with("Callstack for current script") {
            self.listing = Listing::Calls;
        } else if line.starts_with("Script stack (nested") {
            self.listing = Listing::Scripts;
        } else if let Some(place) = place(line).filter(|_| self.place.is_none()) {
            self.place = Some(place);
        } else if !line.starts_with("PRINTING SCRIPT EXECUTION TRACE")
            && !line.starts_with("Tip: You can fetch callstack")
        {
            // Anything else ends the report.
            self.listing = listed;
            self.end(out);
            self.begun = false;
            return false;
        }
        out.cut();
        true
    }

    /// The place stands alone where no call followed it.
    pub(super) fn end(&mut self, out: &mut Builder<'a>) {
        let Some(place) = self.place.take() else {
            return;
        };
        // At the end of the text the crash's own frames would go on.
        let beside = out.is_beside();
        match out.stack.related.last_mut() {
            Some(last) if self.further && !beside => last.frames.push(place),
            _ => out.frame(place),
        }
    }

    /// `Script: Exception occurred while executing 'Dock.as'; Line 31 Column 5; in function: void Open()`, with the message below;
    /// `Script exception: Null pointer access`; `Exception 'Null pointer access' in 'void Open()'`.
    fn begins(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let mut place = None;
        let (mut message, mut awaits) = ("", false);
        if let Some(at) = text::find(text::head(line, FRONT), SAID) {
            message = &line[at + SAID.len()..];
        } else if let Some((_, rest)) =
            text::split_once(line, "Exception occurred while executing '")
        {
            place = executed(line, rest);
            awaits = true;
            if place.is_none() {
                return false;
            }
        } else if let Some(said) = line
            .strip_prefix("Exception '")
            .filter(|said| said.ends_with(")'"))
            .and_then(|said| text::split_once(said, "' in '"))
        {
            message = said.0;
        } else if line.ends_with(IN_RUSSIAN) {
            place = Some(Frame {
                raw: line,
                language: Language::Script,
                ..Frame::default()
            });
        } else {
            return line == "AngelScript callstack:" && self.begun;
        }
        self.end(out);
        self.further = out.has_frames();
        if self.further {
            out.further(line);
        } else {
            let name = None;
            out.sure(Exception { name, message }, line);
            out.cut();
        }
        (self.begun, self.awaits, self.place) = (true, awaits, place);
        self.listing = Listing::None;
        true
    }

    /// A call: `#1: bool open(Dock@ dock)`, `#0  void Main() (Dock.as line 31)`.
    fn row(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if self.listing == Listing::Scripts {
            return true;
        }
        if let Some(frame) = grammar::read(line) {
            self.place = None;
            out.frame(frame);
            return true;
        }
        let declared = text::digits(&line[1..]).and_then(|(_, rest)| rest.strip_prefix(": "));
        let Some(declared) = declared.filter(|_| self.listing == Listing::Calls) else {
            return false;
        };
        let place = self.place.take().unwrap_or_default();
        out.frame(Frame {
            raw: line,
            function: grammar::declared_name(declared).or(Some(declared)),
            language: Language::Script,
            ..place
        });
        true
    }
}

/// A row of the report in Russian, of which one says what failed: `Файл: C:\orbit\dock.as`, `Строка: 31`,
/// `Функция: Dock@ Harbour::open()`, `Описание: Null pointer access`.
fn labelled<'a>(place: &mut Frame<'a>, row: &'a str) -> Option<&'a str> {
    let (label, said) = text::split_once(row, ": ")?;
    match label {
        "Файл" => place.file = Some(said),
        "Строка" => place.line = said.trim().parse().ok(),
        "Функция" => place.function = grammar::declared_name(said).or(Some(said)),
        "Описание" => return Some(said),
        _ => {}
    }
    None
}

/// Behind the quote: `Dock.as'; Line 31 Column 5; in function: void Open()`.
fn executed<'a>(line: &'a str, rest: &'a str) -> Option<Frame<'a>> {
    let (file, rest) = rest.split_once('\'')?;
    let number = text::after(rest, "; Line ", b" ;")?;
    let declared = text::after(rest, "in function: ", b"");
    Some(Frame {
        raw: line,
        function: declared.and_then(grammar::declared_name),
        file: Some(file),
        line: Some(number.parse().ok()?),
        language: Language::Script,
        ..Frame::default()
    })
}

/// `Dock.as (line 31, column 5)`.
fn place(line: &str) -> Option<Frame<'_>> {
    let (file, place) = text::last_group(line, b'(', b')')?;
    let file = file.trim_end();
    let (number, rest) = text::digits(place.strip_prefix("line ")?)?;
    let fits = matches!(file.as_bytes(), [.., b'.', b'a', b's'])
        && (rest.is_empty() || rest.starts_with(','));
    Some(Frame {
        raw: line,
        file: Some(file).filter(|_| fits),
        line: Some(number.parse().ok().filter(|_| fits)?),
        language: Language::Script,
        ..Frame::default()
    })
}
