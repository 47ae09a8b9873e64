//! Counters and histograms of the process in the Prometheus text format. No label contains caller input.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// The `Content-Type` of the text.
pub(crate) use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;

/// What precedes every name.
const PREFIX: &str = "crashsight_mcp";

/// Upper bounds of the latency of the services, in seconds.
const UPSTREAM_BUCKETS: [f64; 9] = [0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// Upper bounds of the duration of a call, in seconds: a cached one takes a millisecond, the longest a minute.
const CALL_BUCKETS: [f64; 9] = [0.005, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0, 60.0];

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Tool {
    tool: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    tool: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Provider {
    provider: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct UpstreamResponse {
    provider: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Lookup {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct HttpRequest {
    path: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Account {
    account: String,
    provider: &'static str,
}

/// Counters and histograms of the process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    calls: Family<Call, Counter>,
    call_seconds: Histograms<Tool>,
    tokens: Family<Tool, Counter>,
    upstream: Family<UpstreamResponse, Counter>,
    upstream_seconds: Histograms<Provider>,
    lookups: Family<Lookup, Counter>,
    http: Family<HttpRequest, Counter>,
}

/// Values that are read when the text is written.
#[derive(Debug, Default)]
pub(crate) struct Gauges {
    /// Requests that an account could send now: account, provider, requests.
    pub budget_left: Vec<(Arc<str>, &'static str, usize)>,
    /// Identities from request headers.
    pub identities: usize,
    /// Open HTTP+SSE streams.
    pub sse_streams: usize,
    /// Whether the store answers.
    pub store_up: bool,
    /// How often the store became unavailable.
    pub store_outages: u64,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix(PREFIX),
            calls: Family::default(),
            call_seconds: Family::new_with_constructor(|| Histogram::new(CALL_BUCKETS)),
            tokens: Family::default(),
            upstream: Family::default(),
            upstream_seconds: Family::new_with_constructor(|| Histogram::new(UPSTREAM_BUCKETS)),
            lookups: Family::default(),
            http: Family::default(),
        };
        for result in ["hit", "miss"] {
            drop(metrics.lookups.get_or_create(&Lookup { result }));
        }
        metrics.registered()
    }
}

impl Metrics {
    /// Registers every metric. Names of counters are written with `_total`.
    fn registered(mut self) -> Self {
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        let all = &mut self.registry;
        all.register("build", "Version of the server", build);
        all.register(
            "tool_calls",
            "Calls by tool and outcome",
            self.calls.clone(),
        );
        let help = "Duration of calls by tool";
        all.register("tool_call_seconds", help, self.call_seconds.clone());
        let help = "Tokens returned, estimated";
        all.register("reply_tokens", help, self.tokens.clone());
        let help = "Upstream responses by HTTP status; 0 is no response";
        all.register("upstream_answers", help, self.upstream.clone());
        let help = "Time from sending a request to its complete response";
        all.register("upstream_seconds", help, self.upstream_seconds.clone());
        all.register("lookups", "Cache lookups by result", self.lookups.clone());
        let help = "HTTP requests by path and status; 499 is a disconnected client";
        all.register("http_requests", help, self.http.clone());
        self
    }

    /// Counts a tool call by outcome: `ok`, the kind of error, or `cancelled`.
    pub fn record_call(&self, tool: &'static str, outcome: &'static str, duration: Duration) {
        self.calls.get_or_create(&Call { tool, outcome }).inc();
        let histogram = self.call_seconds.get_or_create(&Tool { tool });
        histogram.observe(duration.as_secs_f64());
    }

    /// Adds the estimated tokens of a reply.
    pub fn record_reply_tokens(&self, tool: &'static str, tokens: usize) {
        self.tokens
            .get_or_create(&Tool { tool })
            .inc_by(tokens as u64);
    }

    /// Counts an upstream response by HTTP status; 0 is no response.
    pub fn record_upstream(&self, provider: &'static str, status: u16, latency: Duration) {
        let response = UpstreamResponse { provider, status };
        self.upstream.get_or_create(&response).inc();
        let histogram = self.upstream_seconds.get_or_create(&Provider { provider });
        histogram.observe(latency.as_secs_f64());
    }

    /// Counts a cache hit or miss.
    pub fn record_cache_lookup(&self, hit: bool) {
        let result = if hit { "hit" } else { "miss" };
        self.lookups.get_or_create(&Lookup { result }).inc();
    }

    /// Counts an HTTP request; status 499 is a disconnected client.
    pub fn record_http(&self, path: &'static str, status: u16) {
        self.http.get_or_create(&HttpRequest { path, status }).inc();
    }

    /// Everything in the Prometheus text format.
    pub(crate) fn text(&self, gauges: Gauges) -> String {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        let _ = encode(&mut text, &self.registry);
        let _ = encode(&mut text, &gauges.registry());
        text
    }
}

impl Gauges {
    fn registry(self) -> Registry {
        let budget = Family::<Account, Gauge>::default();
        for (account, provider, left) in self.budget_left {
            let account = account.to_string();
            let account = Account { account, provider };
            budget.get_or_create(&account).set(count(left));
        }
        let (identities, streams) = (Gauge::<i64>::default(), Gauge::<i64>::default());
        let store = Gauge::<i64>::default();
        let outages = Counter::<u64>::default();
        identities.set(count(self.identities));
        streams.set(count(self.sse_streams));
        store.set(i64::from(self.store_up));
        outages.inc_by(self.store_outages);
        let mut all = Registry::with_prefix(PREFIX);
        let help = "Requests that an account could send now without waiting";
        all.register("budget_left", help, budget);
        all.register("identities", "Identities from request headers", identities);
        all.register("sse_streams", "Open HTTP+SSE streams", streams);
        let help = "Whether the store answers; 0 is memory in its place";
        all.register("store_up", help, store);
        let help = "How often the store became unavailable";
        all.register("store_outages", help, outages);
        all
    }
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_in_the_prometheus_format() {
        let metrics = Metrics::default();
        for milliseconds in [1, 80] {
            metrics.record_call("a_tool", "ok", Duration::from_millis(milliseconds));
        }
        metrics.record_reply_tokens("a_tool", 120);
        metrics.record_upstream("crashsight", 200, Duration::from_millis(30));
        metrics.record_cache_lookup(false);
        metrics.record_http("mcp", 401);
        let text = metrics.text(Gauges {
            budget_left: vec![("a\"b\\c\n".into(), "crashsight", 25)],
            identities: 3,
            sse_streams: 0,
            store_up: true,
            store_outages: 2,
        });
        let build = concat!(
            "crashsight_mcp_build_info{version=\"",
            env!("CARGO_PKG_VERSION"),
            "\"} 1"
        );
        for line in [
            build,
            "# TYPE crashsight_mcp_tool_calls_total counter",
            "crashsight_mcp_tool_calls_total{tool=\"a_tool\",outcome=\"ok\"} 2",
            "crashsight_mcp_reply_tokens_total{tool=\"a_tool\"} 120",
            "crashsight_mcp_upstream_answers_total{provider=\"crashsight\",status=\"200\"} 1",
            "# TYPE crashsight_mcp_upstream_seconds histogram",
            "crashsight_mcp_upstream_seconds_count{provider=\"crashsight\"} 1",
            "crashsight_mcp_tool_call_seconds_count{tool=\"a_tool\"} 2",
            "crashsight_mcp_lookups_total{result=\"miss\"} 1",
            "crashsight_mcp_lookups_total{result=\"hit\"} 0",
            "crashsight_mcp_http_requests_total{path=\"mcp\",status=\"401\"} 1",
            "crashsight_mcp_identities 3",
            "crashsight_mcp_sse_streams 0",
            "crashsight_mcp_store_up 1",
            "# TYPE crashsight_mcp_store_outages_total counter",
            "crashsight_mcp_store_outages_total 2",
            "crashsight_mcp_budget_left{account=\"a\\\"b\\\\c\\n\",provider=\"crashsight\"} 25",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
        // The order of the labels of a bucket is the crate's.
        for (name, label, bound, count) in [
            ("upstream_seconds", "provider=\"crashsight\"", "0.025", 0),
            ("upstream_seconds", "provider=\"crashsight\"", "0.05", 1),
            ("tool_call_seconds", "tool=\"a_tool\"", "0.005", 1),
            ("tool_call_seconds", "tool=\"a_tool\"", "+Inf", 2),
        ] {
            let bucket = text.lines().find(|line| {
                line.starts_with(&format!("crashsight_mcp_{name}_bucket{{"))
                    && line.contains(label)
                    && line.contains(&format!("le=\"{bound}\""))
            });
            let bucket = bucket.unwrap_or_default();
            assert!(
                bucket.ends_with(&format!(" {count}")),
                "{name} {bound}: {text}"
            );
        }
    }
}
