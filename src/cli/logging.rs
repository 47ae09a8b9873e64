//! Logging to standard error or a file, because standard output is the protocol.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Default filter. rmcp is off: it logs a client that disconnected as an error.
const DEFAULT_LOG_FILTER: &str = "warn,rmcp=off";

/// How much is logged, where and in which form.
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the flags"
)]
#[derive(Args, Clone)]
pub(super) struct LogOptions {
    /// Log messages of this level and above [default: warn, or the filter in CRASHSIGHT_LOG].
    #[arg(long, global = true, value_enum, value_name = "LEVEL")]
    log_level: Option<Level>,
    /// Log as text, or as one JSON object per line.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    log_format: Format,
    /// Append the log to this file instead of standard error.
    #[arg(long, global = true, value_name = "FILE")]
    log_file: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl LogOptions {
    /// Starts logging for this process.
    pub(super) fn start(&self) -> anyhow::Result<()> {
        match &self.log_file {
            None => self.write_to(std::io::stderr),
            Some(path) => self.write_to(Mutex::new(open(path)?)),
        }
        Ok(())
    }

    fn write_to(&self, writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static) {
        let log = tracing_subscriber::fmt()
            .with_env_filter(self.filter())
            .with_writer(writer)
            .with_target(false);
        // A second subscriber in one process is refused; the first stays.
        let _ = match self.log_format {
            Format::Text => log.try_init(),
            Format::Json => log.json().flatten_event(true).try_init(),
        };
    }

    /// `--log-level`, or `CRASHSIGHT_LOG`, which is a filter such as `info`.
    fn filter(&self) -> EnvFilter {
        let level = self.log_level.map(|level| match level {
            Level::Off => "off",
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug => "debug",
            Level::Trace => "trace",
        });
        let filter = level.map(str::to_owned).or_else(crate::config::log_filter);
        let filter = filter.map_or_else(|| DEFAULT_LOG_FILTER.to_owned(), silence_rmcp);
        EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG_FILTER))
    }
}

/// Turns rmcp off unless the filter names it: it logs client input unescaped, line breaks included.
fn silence_rmcp(filter: String) -> String {
    if filter.contains("rmcp") {
        filter
    } else {
        format!("{filter},rmcp=off")
    }
}

/// A log has names and ids: a new file is readable by its owner only.
fn open(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .with_context(|| format!("cannot open the log file: {}", path.display()))
}
