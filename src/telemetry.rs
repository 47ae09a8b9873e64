//! Spans of MCP requests and of the requests they send, by OpenTelemetry's conventions for MCP and HTTP clients.
//!
//! Nothing is created unless an exporter is started. No attribute has an argument, a reply, a header or a URL.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::context::FutureExt as _;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{SpanKind, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, InstrumentationScope, KeyValue, global};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;

const TRACEPARENT: &str = "traceparent";

static STARTED: AtomicBool = AtomicBool::new(false);
static PROPAGATES: AtomicBool = AtomicBool::new(false);

/// Sends spans to this provider from now on. `propagates` is whether traces go on from callers to services.
pub(crate) fn start(provider: SdkTracerProvider, propagates: bool) {
    PROPAGATES.store(propagates, Ordering::Release);
    global::set_tracer_provider(provider);
    STARTED.store(true, Ordering::Release);
}

/// Whether spans are exported.
pub(crate) fn is_started() -> bool {
    STARTED.load(Ordering::Acquire)
}

fn propagates() -> bool {
    is_started() && PROPAGATES.load(Ordering::Acquire)
}

/// The span of the caller that a request belongs to, if it names one (W3C Trace Context).
#[derive(Debug, Clone, Default)]
pub(crate) struct Parent(Option<Context>);

impl Parent {
    /// From `traceparent` and `tracestate`. What is malformed is no parent.
    pub(crate) fn parse(traceparent: Option<&str>, tracestate: Option<&str>) -> Self {
        let Some(traceparent) = traceparent.filter(|_| propagates()) else {
            return Self(None);
        };
        let mut carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
        if let Some(tracestate) = tracestate {
            carrier.insert("tracestate".to_owned(), tracestate.to_owned());
        }
        let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
        let valid = context.span().span_context().is_valid();
        Self(valid.then_some(context))
    }

    /// This one, or else the other.
    pub(crate) fn or(self, other: &Self) -> Self {
        Self(self.0.or_else(|| other.0.clone()))
    }
}

/// A span, which ends when it is dropped.
pub(crate) struct Span(Option<Context>);

impl Span {
    /// The span of an MCP request; its name is the method with the tool or the prompt.
    pub(crate) fn server(
        name: String,
        parent: Parent,
        attributes: Vec<(&'static str, String)>,
    ) -> Self {
        Self::new(
            name,
            SpanKind::Server,
            &parent.0.unwrap_or_default(),
            attributes,
        )
    }

    /// The span of a request to a service, below the span that this task is in.
    pub(crate) fn client(name: &str, attributes: Vec<(&'static str, String)>) -> Self {
        if !is_started() {
            return Self(None);
        }
        Self::new(
            name.to_owned(),
            SpanKind::Client,
            &Context::current(),
            attributes,
        )
    }

    fn new(
        name: String,
        kind: SpanKind,
        parent: &Context,
        attributes: Vec<(&'static str, String)>,
    ) -> Self {
        if !is_started() {
            return Self(None);
        }
        let scope = InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
            .with_version(env!("CARGO_PKG_VERSION"))
            .build();
        let tracer = global::tracer_with_scope(scope);
        let attributes = attributes.into_iter();
        let span = tracer
            .span_builder(name)
            .with_kind(kind)
            .with_attributes(attributes.map(|(key, value)| KeyValue::new(key, value)))
            .start_with_context(&tracer, parent);
        Self(Some(parent.with_span(span)))
    }

    /// Runs a future in this span.
    pub(crate) fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> {
        future.with_context(self.0.clone().unwrap_or_else(Context::current))
    }

    /// The header by which a service learns of the span. It has two random ids; `tracestate`, which others fill, stays.
    pub(crate) fn header(&self) -> Option<(&'static str, String)> {
        let context = self.0.as_ref().filter(|_| propagates())?;
        let mut carrier = HashMap::new();
        TraceContextPropagator::new().inject_context(context, &mut carrier);
        Some((TRACEPARENT, carrier.remove(TRACEPARENT)?))
    }

    /// Adds an attribute.
    pub(crate) fn set(&self, key: &'static str, value: impl Into<opentelemetry::Value>) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(key, value));
        }
    }

    /// Marks it as failed with this `error.type`.
    pub(crate) fn fail(&self, kind: impl Into<String>) {
        if let Some(context) = &self.0 {
            let span = context.span();
            span.set_attribute(KeyValue::new("error.type", kind.into()));
            span.set_status(Status::error(""));
        }
    }
}
