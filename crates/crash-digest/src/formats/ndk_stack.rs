//! `ndk-stack` puts a frame's name and its place on lines of their own below it, inlined functions first; other tools of Android
//! those that a frame was inlined into.

use crate::frame::{Frame, Language, Note};
use crate::grammar;
use crate::model::Builder;
use crate::text;

/// What was read below a frame.
#[derive(Default)]
pub(super) struct NdkStack<'a> {
    /// A line that may be the inlined function of the frame above.
    inlined: Option<&'a str>,
    /// The frame stands right above, or what was said of it.
    near: bool,
    /// Functions with their places below a frame that named its own, which may follow.
    inside: Vec<Placed<'a>>,
}

/// A function and its place.
type Placed<'a> = (&'a str, (Option<&'a str>, Option<u32>));

/// More functions are not inlined into one.
const MOST_INSIDE: usize = 32;

impl<'a> NdkStack<'a> {
    /// A frame was read.
    pub(super) fn frame(&mut self) {
        (self.inlined, self.near) = (None, true);
        self.inside.clear();
    }

    /// A paragraph ends: what follows is of no frame.
    pub(super) fn blank(&mut self) {
        (self.inlined, self.near) = (None, false);
        self.inside.clear();
    }

    /// Takes such a line right below a frame; `false` where it is none.
    pub(super) fn line(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let near = std::mem::take(&mut self.near);
        let text = out.text;
        let Some(frame) = out.last_frame().filter(|_| near) else {
            return false;
        };
        if frame.language != Language::Native {
            return false;
        }
        let place = text::split_once(line, " (discriminator ").map_or(line, |(place, _)| place);
        if let Some((file, number)) = place_alone(place) {
            if !file.starts_with("??") {
                self.place(out, (Some(file), Some(number)));
            }
            self.near = true;
            return true;
        }
        let called = ["", " const", " const &", " const&", " &", " &&"]
            .iter()
            .any(|end| {
                line.strip_suffix(end)
                    .is_some_and(|line| line.ends_with(')'))
            });
        let code = ["if (", "for (", "while (", "switch (", "return "]
            .iter()
            .any(|word| line.starts_with(word));
        // A remark has a blank in front of its bracket: `(on all phones)`, `our own code (again)`.
        let touches = line
            .find('(')
            .is_some_and(|open| open > 0 && !line[..open].ends_with(' '))
            || line.starts_with("(anonymous namespace)::");
        let name = called
            && !code
            && touches
            && !text::has(line, ": ")
            && !text::has(line, "signal ")
            || line == "??"
            // A function of C has no brackets.
            || frame.function.is_none() && is_identifier(line)
            || frame.function.is_some_and(|own| own == line)
            || (!line.contains(' ') || line.starts_with("operator "))
                && is_above_place(text, line);
        if name {
            self.inlined = Some(line).filter(|_| line != "??");
            if frame.function.is_none() && called {
                frame.function = Some(line);
            }
        }
        self.near = name;
        name
    }

    /// A place of the frame above, or of a function that was inlined into it.
    fn place(&mut self, out: &mut Builder<'a>, place: (Option<&'a str>, Option<u32>)) {
        let Some(frame) = out.last_frame() else {
            return;
        };
        let printed = |function| text::place(frame.raw, function).is_some();
        let Some(name) = self.inlined.filter(|_| frame.function.is_some_and(printed)) else {
            if let Some(own) = placed(frame, self.inlined, place) {
                out.frame(own);
            }
            return;
        };
        if !same_function(frame, name) {
            // The nearest symbol of a library without others may be of another function: only its own behind them tells.
            if self.inside.len() < MOST_INSIDE {
                self.inside.push((name, place));
            }
            return;
        }
        let own = *frame;
        let mut inside = self.inside.drain(..).map(|(name, (file, line))| Frame {
            function: Some(name),
            file,
            line,
            note: Note::Inlined,
            ..own
        });
        let Some(innermost) = inside.next() else {
            placed(frame, Some(name), place);
            return;
        };
        *frame = innermost;
        for frame in inside {
            out.frame(frame);
        }
        let (file, line) = place;
        out.frame(Frame { file, line, ..own });
    }
}

/// Takes the function that the frame above was inlined into, on a line of its own: `dock_open [src/dock.c:31 + 0xc]`.
pub(super) fn inlined_into<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(inlined) = out
        .last_frame()
        .filter(|frame| frame.note == Note::Inlined && line.ends_with(']'))
        .copied()
    else {
        return false;
    };
    let Some(outer) = grammar::symbolized(line) else {
        return false;
    };
    out.frame(Frame {
        raw: line,
        function: outer.function,
        file: outer.file,
        line: outer.line,
        note: Note::None,
        ..inlined
    });
    true
}

/// Whether the line below is a place of the source alone, as it stands below a function's name: `/src/orbit/dock.c:31:7`.
fn is_above_place(text: &str, line: &str) -> bool {
    let end = text::place(text, line).map(|at| at + line.len());
    let mut below = end
        .and_then(|end| text.get(end..))
        .into_iter()
        .flat_map(text::lines);
    // The end of the line itself.
    below.next();
    below
        .next()
        .and_then(|line| place_alone(text::trim(line)))
        .is_some_and(|(file, _)| !file.starts_with("??"))
}

/// A place of the source that has its line for itself, `/src/orbit/dock.c:31:7`, `??:0:0`; a whole path may have blanks.
fn place_alone(line: &str) -> Option<(&str, u32)> {
    let (file, number) = text::file_line(line);
    let whole = || {
        let root = matches!(file.as_bytes(), [b'/', ..] | [_, b':', b'\\' | b'/', ..]);
        let kind = file.rsplit('.').next().unwrap_or_default();
        let source = [
            "c", "cc", "cpp", "cxx", "h", "hpp", "hxx", "inl", "ipp", "rs", "m", "mm", "S",
        ];
        root && source.contains(&kind)
    };
    let fits = file.starts_with("??") || file.contains(['/', '\\']);
    (fits && (!file.contains(' ') || whole())).then_some((file, number?))
}

/// Whether a line is a name of C alone.
fn is_identifier(line: &str) -> bool {
    line.len() > 2
        && line.contains('_')
        && line
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A frame with a place of `ndk-stack`'s, the first of which is that of the innermost function; the frame's own comes last, and
/// is returned where the one before was inlined into it.
fn placed<'a>(
    frame: &mut Frame<'a>,
    name: Option<&'a str>,
    (file, line): (Option<&'a str>, Option<u32>),
) -> Option<Frame<'a>> {
    if name.is_none_or(|name| same_function(frame, name)) {
        let fits = name.is_some() || frame.file.is_none();
        if fits {
            frame.function = frame.function.or(name);
            (frame.file, frame.line) = (file, line);
        }
        return None;
    }
    let inlined = *frame;
    frame.note = Note::Inlined;
    Some(Frame {
        function: name,
        file,
        line,
        ..inlined
    })
}

/// A name without what a compiler put behind it of its own copies: `dock_open.cfi`, `dock_open.llvm.13794`.
fn without_suffix(name: &str) -> &str {
    const SUFFIXES: [&str; 6] = [".cfi", ".llvm.", ".cold", ".part.", ".constprop.", ".isra."];
    let ends = SUFFIXES
        .iter()
        .filter_map(|suffix| text::find(name, suffix));
    ends.min().map_or(name, |end| &name[..end])
}

/// Whether `ndk-stack`'s line names the frame's own function, and not one that was inlined into it.
fn same_function(frame: &Frame<'_>, name: &str) -> bool {
    let Some(own) = frame.full_name() else {
        return true;
    };
    let head = |name: &str| without_suffix(name.split('(').next().unwrap_or_default()).to_owned();
    head(&own) == head(name)
}
