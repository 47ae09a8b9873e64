//! Exports spans with OTLP over HTTP, as the standard `OTEL_…` variables say, through the client of the other requests.

use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::KeyValue;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;

use super::http_client;

/// The longest wait for a collector.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest wait for the last spans when the process ends.
const LAST_TIMEOUT: Duration = Duration::from_secs(3);
/// The most that is read of a collector's response.
const MAX_BYTES: usize = 64 << 10;

/// An exporter of spans; [`Exporter::stop`] sends the last ones.
pub(crate) struct Exporter(SdkTracerProvider);

impl Exporter {
    /// Starts to export. Called inside the runtime. `named` is whether the environment names the service, `propagates`
    /// whether traces go on from callers to services.
    pub(crate) fn start(named: bool, propagates: bool) -> anyhow::Result<Self> {
        let sender = Sender {
            client: http_client::build().map_err(anyhow::Error::msg)?,
            runtime: Handle::current(),
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(sender)
            .build()?;
        let mut resource = Resource::builder()
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        if !named {
            resource = resource.with_service_name(env!("CARGO_PKG_NAME"));
        }
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_batch_exporter(exporter)
            .build();
        crate::telemetry::start(provider.clone(), propagates);
        Ok(Self(provider))
    }

    /// Sends the last spans.
    pub(crate) async fn stop(self) {
        let stopped =
            tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(LAST_TIMEOUT));
        if let Ok(Err(error)) = stopped.await {
            tracing::warn!(%error, "the last spans were not exported");
        }
    }
}

/// Sends from the thread of the exporter, which is outside the runtime.
#[derive(Debug)]
struct Sender {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self
            .runtime
            .spawn(async move { send(&client, request).await });
        sent.await?
    }
}

async fn send(
    client: &reqwest::Client,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, HttpError> {
    let mut request = reqwest::Request::try_from(request)?;
    *request.timeout_mut() = Some(TIMEOUT);
    let mut received = client
        .execute(request)
        .await
        .map_err(reqwest::Error::without_url)?;
    let mut response = Response::builder().status(received.status());
    if let Some(headers) = response.headers_mut() {
        headers.extend(std::mem::take(received.headers_mut()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = received.chunk().await? {
        if body.len() + chunk.len() > MAX_BYTES {
            return Err("the response of the collector is too large".into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(response.body(body.into())?)
}
