//! What standard output is: a terminal with colours and a width, or a file or pipe that gets plain text.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};

use anstream::AutoStream;
use clap::ValueEnum;

use super::output::print_line;
use crate::reply::is_hidden;

/// When to print for a person: with colours and tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// The choice for the whole process; `auto` follows the terminal, NO_COLOR, CLICOLOR and TERM.
pub(super) fn set_color(color: Color) {
    anstream::ColorChoice::from(color).write_global();
}

/// The choice for the help text, which is printed before the command line is understood.
pub(super) fn color_of_help() -> clap::ColorChoice {
    let words = crate::config::command_line();
    let joined = words.iter().find_map(|word| word.strip_prefix("--color="));
    let apart = words.iter().position(|word| word == "--color");
    let value = joined.or_else(|| words.get(apart? + 1).map(String::as_str));
    match value {
        Some("always") => clap::ColorChoice::Always,
        Some("never") => clap::ColorChoice::Never,
        _ => clap::ColorChoice::Auto,
    }
}

/// Prints text with styles, or without them where standard output has no colours.
pub(super) fn print_styled(text: &str) {
    let choice = AutoStream::choice(&std::io::stdout());
    if choice == anstream::ColorChoice::Never {
        print_line(&anstream::adapter::strip_str(text).to_string());
    } else {
        print_line(text);
    }
}

/// Whether standard output is read by a person: a terminal, or `--color always`.
pub(super) fn is_for_a_person() -> bool {
    std::io::stdout().is_terminal()
        || anstream::ColorChoice::global() == anstream::ColorChoice::Always
}

/// A text in which every character that a terminal obeys, or that is not seen or reorders what is read, is escaped as in
/// JSON.
pub(super) fn without_commands(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) && !matches!(c, '\n' | '\t') {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// A line on a terminal's standard error that says what is waited for, until it is cleared.
pub(super) struct ProgressLine {
    what: String,
    /// Characters on the screen; none where standard error is no terminal.
    width: AtomicUsize,
    visible: bool,
}

impl ProgressLine {
    pub(super) fn start(what: &str) -> Self {
        let line = Self {
            what: what.to_owned(),
            width: AtomicUsize::new(0),
            visible: std::io::stderr().is_terminal(),
        };
        line.write("waiting for the service");
        line
    }

    /// Shows how many responses have arrived.
    pub(super) fn received(&self, responses: usize) {
        self.write(&format!("{responses} received"));
    }

    /// Removes the line.
    pub(super) fn clear(&self) {
        let width = self.width.swap(0, Ordering::Relaxed);
        if width > 0 {
            let _ = write!(std::io::stderr(), "\r{:width$}\r", "");
        }
    }

    fn write(&self, state: &str) {
        if self.visible {
            let line = format!("{}: {state}", self.what);
            let width = line.chars().count();
            let before = self.width.swap(width, Ordering::Relaxed);
            let _ = write!(std::io::stderr(), "\r{line:<before$}");
        }
    }
}

/// Prints to standard error; a closed one is no error.
pub(super) fn print_error(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
