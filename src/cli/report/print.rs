//! How a report is printed.

use std::fs::OpenOptions;
use std::io::Write as _;

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::{Value, json};

use super::parts::Part;
use super::thresholds::Met;
use crate::app;
use crate::cli::call::error_data;
use crate::cli::exit::Exit;
use crate::cli::output::print_line;
use crate::config;
use crate::error::Error;

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Markdown,
    Json,
    /// One file with charts, to attach, to print, or to open from disk.
    Html,
}

/// Every part, in order; one that failed in its place.
pub(super) fn parts(parts: &[Part], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        let all: Vec<Value> = parts.iter().map(data).collect();
        print_line(&serde_json::to_string_pretty(&json!({"parts": all}))?);
        return Ok(());
    }
    if format == Format::Html {
        print_line(&page(parts));
        return Ok(());
    }
    let texts: Vec<String> = parts.iter().map(|part| text(part, format)).collect();
    print_line(texts.join("\n\n").trim_end());
    Ok(())
}

/// Writes the page to a file of its own and opens it.
#[expect(clippy::print_stderr, reason = "the path goes to standard error")]
pub(super) fn open(parts: &[Part]) -> anyhow::Result<()> {
    let name = format!("crashsight-report-{}.html", uuid::Uuid::new_v4());
    let path = config::temporary_folder().join(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // Crash data is for the one who asked.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(&path)
        .and_then(|mut file| file.write_all(page(parts).as_bytes()));
    written.with_context(|| format!("cannot write {}", path.display()))?;
    eprintln!("{}", path.display());
    open::that_detached(&path).with_context(|| format!("cannot open {}", path.display()))
}

/// The page with every part inside; one that failed says so in its place.
fn page(parts: &[Part]) -> String {
    let answers: Vec<Value> = parts
        .iter()
        .map(|part| match &part.result {
            Ok(answered) => answered.whole_data(),
            Err(_) => json!({"tool": part.tool, "notes": [text(part, Format::Html)]}),
        })
        .collect();
    app::html(&answers, None)
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
