//! A line of a selection, and how it reads.

use std::fmt;

use crate::frame::{Frame, Language, Note};
use crate::model::{Exception, Part};
use crate::ownership::{CodeOrigin, OwnershipRules};
use crate::{code_tables, text};

/// A line of a selection. `Display` writes it as a report would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line<'a> {
    /// Opens the frames of an exception, where a stack has several.
    Heading {
        /// Index into [`Stack::sections`](crate::model::Stack::sections).
        section: usize,
        /// What the section is.
        part: Part,
        /// Its exception.
        exception: Exception<'a>,
    },
    /// A frame.
    Frame {
        /// Index into [`Stack::frames`](crate::model::Stack::frames).
        index: usize,
        /// Name and place for reading.
        text: String,
        /// Whose code it is.
        origin: CodeOrigin,
    },
    /// The frames just shown stand there more than once.
    Repeat {
        /// Index of the first frame that repeats.
        first: usize,
        /// How many frames repeat.
        period: usize,
        /// How often they stand there.
        times: usize,
        /// How many frames this line stands for, those shown above it not counted.
        more: usize,
        /// Lines of source that the repeated frames name besides those shown, a few of them.
        elsewhere: Vec<u32>,
    },
    /// Frames that are not shown.
    Fold {
        /// Index of the first.
        first: usize,
        /// How many.
        count: usize,
        /// How many of each class, most first.
        classes: Vec<(CodeOrigin, usize)>,
    },
}

impl Line<'_> {
    /// Whether this is a frame of the project's own code.
    pub const fn own(&self) -> bool {
        matches!(
            self,
            Self::Frame {
                origin: CodeOrigin::Own,
                ..
            }
        )
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Heading {
                part, exception, ..
            } => {
                let word = match part {
                    Part::Main => "",
                    Part::Cause => "caused by ",
                    Part::Suppressed => "suppressed ",
                    Part::Original => "raised at",
                };
                if *part == Part::Main && exception.is_empty() {
                    formatter.write_str("thread")
                } else {
                    write!(formatter, "{word}{exception}")
                }
            }
            Self::Frame {
                index,
                text,
                origin,
            } => {
                let mark = if *origin == CodeOrigin::Own { '>' } else { ' ' };
                write!(formatter, "{mark} {index:>2} {text}")
            }
            Self::Repeat {
                first,
                period,
                times,
                elsewhere,
                ..
            } => {
                match period {
                    1 => write!(formatter, "     … {first} stands")?,
                    _ => write!(formatter, "     … {first}-{} stand", first + period - 1)?,
                }
                write!(formatter, " there {times} times in a row")?;
                for (at, line) in elsewhere.iter().enumerate() {
                    let before = if at == 0 { " (also at line " } else { ", " };
                    write!(formatter, "{before}{line}")?;
                }
                formatter.write_str(if elsewhere.is_empty() { "" } else { ")" })
            }
            Self::Fold { count, classes, .. } => {
                let [(class, _)] = classes.as_slice() else {
                    write!(formatter, "     … {count} frames:")?;
                    for (at, (class, count)) in classes.iter().enumerate() {
                        write!(
                            formatter,
                            "{} {count} {class}",
                            if at == 0 { "" } else { "," }
                        )?;
                    }
                    return Ok(());
                };
                write!(formatter, "     … {count} {class}")
            }
        }
    }
}

/// The column in a bundle's long lines, without which no source map finds the place: `:25607`.
fn column<'a>(frame: &Frame<'a>, line: u32) -> &'a str {
    /// Lines that people write are shorter.
    const LONG: u32 = 250;
    let place = |place: &'a str| {
        let (number, rest) = text::digits(place.strip_prefix(':')?)?;
        let (column, _) = text::digits(rest.strip_prefix(':')?)?;
        let far = column.parse::<u32>().is_ok_and(|column| column > LONG);
        (number.parse() == Ok(line) && far).then(|| &rest[..=column.len()])
    };
    let file = frame.file.filter(|_| frame.language == Language::Script);
    let behind = file.and_then(|file| {
        let at = crate::text::place(frame.raw, file)?;
        frame.raw.get(at + file.len()..)
    });
    behind.and_then(place).unwrap_or_default()
}

/// Name and place: own code with a path that opens, other code with the file or the module.
pub(crate) fn frame_text(frame: &Frame<'_>, class: CodeOrigin, rules: &OwnershipRules) -> String {
    let mut name = frame.name();
    match frame.note {
        Note::None => {}
        Note::Inlined => name = format!("{name} (inlined)").into(),
        Note::Contains(inner) => name = format!("{name} (inlined: {inner})").into(),
        Note::Samples(samples) => name = format!("{name} ({samples} samples)").into(),
    }
    let line = frame
        .line
        .map(|line| format!(":{line}{}", column(frame, line)))
        .unwrap_or_default();
    match (frame.file, frame.module_name()) {
        (Some(file), _) if class == CodeOrigin::Own && frame.language != Language::Java => {
            format!("{name}  {}{line}", rules.path(file))
        }
        (Some(file), _) => format!("{name}  {}{line}", text::base_name(file)),
        // A library beside the program is named, as an app has several; `main` is every program's.
        (None, Some(module))
            if frame.function.is_some()
                && (class != CodeOrigin::Own || is_library(module) || name == "main") =>
        {
            // What the compiler wrote itself stands in line 0.
            let line = frame.line.filter(|line| *line > 0).map(|_| line);
            format!("{name}  {module}{}", line.unwrap_or_default())
        }
        _ if line.is_empty() => name.into_owned(),
        _ => format!("{name}  {line}"),
    }
}

/// Whether a module is a library beside the app's program, and not the one that the whole game is linked into.
fn is_library(module: &str) -> bool {
    let ending = [".so", ".dll", ".dylib"]
        .iter()
        .any(|end| module.ends_with(end));
    ending && !code_tables::MONOLITHS.has(&module.to_ascii_lowercase())
}
