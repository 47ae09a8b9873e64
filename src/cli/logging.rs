//! Logs go to standard error.

/// What is logged unless told otherwise. To the protocol's library a client that went away is an error.
const LOGGED: &str = "warn,rmcp=off";

/// The protocol's library writes what a client sends as it came, line ends too: it is heard only when it is named.
fn quiet(filter: String) -> String {
    if filter.contains("rmcp") {
        filter
    } else {
        format!("{filter},rmcp=off")
    }
}

/// Standard output is the protocol. `CRASHSIGHT_LOG` holds a filter such as `info`.
pub(super) fn log_to_stderr() {
    let filter = crate::config::log_filter().map_or_else(|| LOGGED.to_owned(), quiet);
    let filter = tracing_subscriber::EnvFilter::try_new(filter)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(LOGGED));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .try_init();
}
