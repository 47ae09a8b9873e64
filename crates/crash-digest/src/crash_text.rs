//! A crash text made ready for reading: what a log, a console or a bug form put around it is off, and reports that are
//! documents of another kind (JSON, XML) are written as the text they stand for.

use std::borrow::Cow;

use crate::carrier;
use crate::format::{Format, Platform};
use crate::formats;
use crate::model::Stack;
use crate::threads::ThreadDump;

/// A crash text, clean, and its format. Stacks and threads borrow from it.
///
/// ```
/// use crash_digest::CrashText;
///
/// let text = CrashText::new("01-02 03:04:05.678  4100  4100 E AndroidRuntime: java.lang.IllegalStateException: no ship\n\
///                            01-02 03:04:05.678  4100  4100 E AndroidRuntime: \tat com.acme.Ship.fire(Ship.kt:31)");
/// assert_eq!(text.stack().headline(), "java.lang.IllegalStateException: no ship");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrashText<'a> {
    text: Cow<'a, str>,
    format: Format,
    process: Option<String>,
    lines_before: usize,
    lines_around: usize,
    /// What else was logged as an error.
    errors: Vec<String>,
}

impl<'a> CrashText<'a> {
    /// Takes the carrier off and finds the format; costs one copy of the text where there is a carrier. Of a program's log
    /// the lines long before its first report are left out, see [`lines_before`](Self::lines_before), and so is what a
    /// person wrote above and below it.
    pub fn new(text: &'a str) -> Self {
        match carrier::with_plain_signs(text) {
            Cow::Borrowed(text) => Self::of(text),
            Cow::Owned(text) => {
                let of = CrashText::of(&text);
                Self {
                    text: Cow::Owned(of.text.into_owned()),
                    format: of.format,
                    process: of.process,
                    lines_before: of.lines_before,
                    lines_around: of.lines_around,
                    errors: of.errors,
                }
            }
        }
    }

    /// The same of a text with plain signs.
    fn of(pasted: &'a str) -> Self {
        let text = carrier::without_speech(pasted);
        let lines_around = lines(pasted) - lines(text);
        let report = carrier::first_report(text);
        let before = &text.as_bytes()[..text.len() - report.len()];
        let lines_before = memchr::memchr_iter(b'\n', before).count();
        let text = carrier::remove(report);
        let mut errors: Vec<String> = Vec::new();
        let beside = carrier::errors_beside(report);
        errors.extend(beside.into_iter().map(str::to_owned));
        let in_words = carrier::failures_in_words(&text);
        errors.extend(in_words.into_iter().map(str::to_owned));
        let format = formats::detect(&text);
        Self {
            text,
            format,
            process: None,
            lines_before,
            lines_around,
            errors,
        }
    }

    /// Names the app's process, for texts with the dumps of several.
    #[must_use]
    pub fn of_process(mut self, process: Option<&str>) -> Self {
        self.process = process.map(str::to_owned);
        self
    }

    /// Names the platform, which decides between formats that look alike: frames of `HarmonyOS` and of Android.
    ///
    /// ```
    /// use crash_digest::{CrashText, Format, Platform};
    ///
    /// let text = CrashText::new("#00 pc 00000000000a1c2c /data/el1/liborbit.so");
    /// assert_eq!(text.format(), Format::Plain);
    /// assert_eq!(text.on(Platform::Android).format(), Format::Android);
    /// ```
    #[must_use]
    pub fn on(mut self, platform: Platform) -> Self {
        self.format = formats::detect_on(&self.text, Some(platform));
        self
    }

    /// The text without its carrier.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Lines of a log that stood long before the report and are no part of [`text`](Self::text).
    pub const fn lines_before(&self) -> usize {
        self.lines_before
    }

    /// Lines that a person wrote above and below the report, which are no part of [`text`](Self::text) either.
    pub const fn lines_around(&self) -> usize {
        self.lines_around
    }

    /// Its format.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The crash's own stack, with the facts around it.
    pub fn stack(&self) -> Stack<'_> {
        let mut stack = formats::read(&self.text, self.format, self.process.as_deref());
        // A log without a stack is told by its lines.
        let named = |thrown: &crate::model::Exception<'_>| thrown.name.is_some();
        if !stack.frames.is_empty() || stack.exception().is_some_and(named) {
            for said in &self.errors {
                stack.also_logged(said);
            }
        }
        stack
    }

    /// The threads of the text; none where it has no headings of threads.
    pub fn threads(&self) -> ThreadDump<'_> {
        ThreadDump::read(&self.text, self.format, self.process.as_deref())
    }
}

/// How many lines end in a text.
fn lines(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count()
}
