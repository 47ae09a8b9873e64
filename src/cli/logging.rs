//! Logging to standard error, because standard output is the protocol.

/// Default filter. rmcp is off: it logs a client that disconnected as an error.
const DEFAULT_LOG_FILTER: &str = "warn,rmcp=off";

/// Turns rmcp off unless the filter names it: it logs client input unescaped, line breaks included.
fn silence_rmcp(filter: String) -> String {
    if filter.contains("rmcp") {
        filter
    } else {
        format!("{filter},rmcp=off")
    }
}

/// `CRASHSIGHT_LOG` is a filter such as `info`.
pub(super) fn log_to_stderr() {
    let filter =
        crate::config::log_filter().map_or_else(|| DEFAULT_LOG_FILTER.to_owned(), silence_rmcp);
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(DEFAULT_LOG_FILTER));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .try_init();
}
