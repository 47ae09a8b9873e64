//! Starts and ends the export of spans, where the environment asks for it.

use crate::config::TelemetrySettings;
use crate::upstream::otlp::Exporter;

/// Starts the exporter if an endpoint is set. A failure is logged: it must not keep the server from answering.
pub(super) fn start() -> Option<Exporter> {
    let settings = TelemetrySettings::of_process()?;
    match Exporter::start(settings.names_service, settings.propagates) {
        Ok(exporter) => Some(exporter),
        Err(error) => {
            let error = format!("{error:#}");
            tracing::warn!(error, "spans are not exported");
            None
        }
    }
}
