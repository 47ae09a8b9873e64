//! How a report is printed.

use clap::ValueEnum;
use serde_json::{Value, json};

use super::parts::Part;
use super::thresholds::Met;
use crate::cli::call::error_data;
use crate::cli::exit::Exit;
use crate::cli::output::print_line;
use crate::error::Error;

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Markdown,
    Json,
}

/// Every part, in order; one that failed in its place.
pub(super) fn parts(parts: &[Part], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        let all: Vec<Value> = parts.iter().map(data).collect();
        print_line(&serde_json::to_string_pretty(&json!({"parts": all}))?);
        return Ok(());
    }
    let texts: Vec<String> = parts.iter().map(|part| text(part, format)).collect();
    print_line(texts.join("\n\n").trim_end());
    Ok(())
}

/// A report of which nothing is known.
#[expect(clippy::print_stderr, reason = "a failure goes to standard error")]
pub(super) fn failed(error: &Error, format: Format) -> anyhow::Result<Exit> {
    if format == Format::Json {
        print_line(&serde_json::to_string_pretty(&error_data(error))?);
    } else {
        eprintln!("{error}");
    }
    Ok(error.into())
}

/// Thresholds that are met, a line each.
#[expect(
    clippy::print_stderr,
    reason = "the report itself is on standard output"
)]
pub(super) fn thresholds(met: &[Met]) {
    for one in met {
        eprintln!("threshold: {one}");
    }
}

fn data(part: &Part) -> Value {
    match &part.result {
        Ok(answered) => answered.whole_data(),
        Err(error) => {
            let mut data = error_data(error);
            data["tool"] = json!(part.tool);
            data
        }
    }
}

fn text(part: &Part, format: Format) -> String {
    match (&part.result, format) {
        (Ok(answered), Format::Markdown) => answered.reply().markdown().trim_end().to_owned(),
        (Ok(answered), _) => answered.reply().whole_text(),
        (Err(error), _) => {
            let error = error.to_string();
            let first = error.lines().next().unwrap_or_default();
            format!("not included: {} ({first})", part.tool)
        }
    }
}
