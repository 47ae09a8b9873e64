//! What standard output is: a terminal with colours and a width, or a file or pipe that gets plain text.

use std::io::Write as _;

use anstream::AutoStream;
use clap::ValueEnum;

use super::output::print_line;

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
    let words: Vec<String> = std::env::args_os()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
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

/// Prints to standard error; a closed one is no error.
pub(super) fn print_error(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
