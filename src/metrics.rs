//! Counters of the process in the Prometheus text format. No label contains caller input.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of the latency histogram, in milliseconds.
const BUCKETS_MS: [u64; 9] = [25, 50, 100, 250, 500, 1000, 2500, 10_000, 30_000];

/// Counters of the process.
#[derive(Debug, Default)]
pub struct Metrics {
    calls: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    tokens: Mutex<BTreeMap<&'static str, u64>>,
    upstream: Mutex<BTreeMap<(&'static str, u16), u64>>,
    latency: Mutex<BTreeMap<&'static str, Latency>>,
    served: Mutex<BTreeMap<(&'static str, u16), u64>>,
    cache_hits: AtomicU64,
    cache_misses: AtomicU64,
}

#[derive(Debug, Default)]
struct Latency {
    buckets: [u64; BUCKETS_MS.len()],
    count: u64,
    sum: Duration,
}

impl Metrics {
    /// Counts a tool call by outcome: `ok`, the kind of error, or `cancelled`.
    pub fn record_call(&self, tool: &'static str, outcome: &'static str) {
        add(&self.calls, (tool, outcome), 1);
    }

    /// Adds the estimated tokens of a reply.
    pub fn record_reply_tokens(&self, tool: &'static str, tokens: usize) {
        add(&self.tokens, tool, tokens as u64);
    }

    /// Counts an upstream response by HTTP status; 0 is no response.
    pub fn record_upstream(&self, provider: &'static str, status: u16, latency: Duration) {
        add(&self.upstream, (provider, status), 1);
        let mut latencies = lock(&self.latency);
        let histogram = latencies.entry(provider).or_default();
        let milliseconds = latency.as_millis();
        for (bucket, bound) in histogram.buckets.iter_mut().zip(BUCKETS_MS) {
            *bucket += u64::from(milliseconds <= u128::from(bound));
        }
        histogram.count += 1;
        histogram.sum += latency;
    }

    /// Counts a cache hit or miss.
    pub fn record_cache_lookup(&self, hit: bool) {
        let counter = if hit {
            &self.cache_hits
        } else {
            &self.cache_misses
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an HTTP request; status 499 is a disconnected client.
    pub fn record_http(&self, path: &'static str, status: u16) {
        add(&self.served, (path, status), 1);
    }

    /// All counters in the Prometheus text format.
    pub fn text(&self) -> String {
        let mut page = Page::default();
        page.header("tool_calls_total", "counter", "Calls by tool and outcome.");
        for ((tool, outcome), count) in lock(&self.calls).iter() {
            page.sample(&[("tool", tool), ("outcome", outcome)], *count);
        }
        page.header(
            "reply_tokens_total",
            "counter",
            "Tokens returned, estimated.",
        );
        for (tool, tokens) in lock(&self.tokens).iter() {
            page.sample(&[("tool", tool)], *tokens);
        }
        page.header(
            "upstream_answers_total",
            "counter",
            "Upstream responses by HTTP status; 0 is no response.",
        );
        for ((provider, status), count) in lock(&self.upstream).iter() {
            let labels = [("provider", *provider), ("status", &status.to_string())];
            page.sample(&labels, *count);
        }
        page.header(
            "upstream_seconds",
            "histogram",
            "Time from sending a request to its complete response.",
        );
        for (provider, latency) in lock(&self.latency).iter() {
            latency.write(&mut page, provider);
        }
        page.header("lookups_total", "counter", "Cache lookups by result.");
        page.sample(
            &[("result", "hit")],
            self.cache_hits.load(Ordering::Relaxed),
        );
        page.sample(
            &[("result", "miss")],
            self.cache_misses.load(Ordering::Relaxed),
        );
        page.header(
            "http_requests_total",
            "counter",
            "HTTP requests by path and status; 499 is a disconnected client.",
        );
        for ((path, status), count) in lock(&self.served).iter() {
            page.sample(&[("path", path), ("status", &status.to_string())], *count);
        }
        page.text
    }
}

impl Latency {
    fn write(&self, page: &mut Page, provider: &str) {
        for (count, bound) in self.buckets.iter().zip(BUCKETS_MS) {
            let bound = Duration::from_millis(bound).as_secs_f64().to_string();
            page.write_sample("_bucket", &[("provider", provider), ("le", &bound)], *count);
        }
        let total = [("provider", provider), ("le", "+Inf")];
        page.write_sample("_bucket", &total, self.count);
        page.write_sample("_sum", &[("provider", provider)], self.sum.as_secs_f64());
        page.write_sample("_count", &[("provider", provider)], self.count);
    }
}

/// A page in the Prometheus text format.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The page so far.
    pub text: String,
    name: String,
}

impl Page {
    /// Starts a metric; following samples belong to it.
    pub(crate) fn header(&mut self, name: &str, kind: &str, help: &str) {
        self.name = format!("crashsight_mcp_{name}");
        let name = &self.name;
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A sample of the metric.
    pub(crate) fn sample(&mut self, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        self.write_sample("", labels, value);
    }

    fn write_sample(
        &mut self,
        suffix: &str,
        labels: &[(&str, &str)],
        value: impl std::fmt::Display,
    ) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| {
                let value = value.replace('\\', "\\\\").replace('"', "\\\"");
                format!("{name}=\"{}\"", value.replace('\n', "\\n"))
            })
            .collect();
        let labels = match labels.as_slice() {
            [] => String::new(),
            labels => format!("{{{}}}", labels.join(",")),
        };
        let _ = writeln!(self.text, "{}{suffix}{labels} {value}", self.name);
    }
}

fn add<K: Ord>(counters: &Mutex<BTreeMap<K, u64>>, key: K, by: u64) {
    *lock(counters).entry(key).or_default() += by;
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_in_the_prometheus_format() {
        let metrics = Metrics::default();
        metrics.record_call("a_tool", "ok");
        metrics.record_call("a_tool", "ok");
        metrics.record_reply_tokens("a_tool", 120);
        metrics.record_upstream("crashsight", 200, Duration::from_millis(30));
        metrics.record_cache_lookup(false);
        metrics.record_http("mcp", 401);
        let text = metrics.text();
        for line in [
            "# TYPE crashsight_mcp_tool_calls_total counter",
            "crashsight_mcp_tool_calls_total{tool=\"a_tool\",outcome=\"ok\"} 2",
            "crashsight_mcp_reply_tokens_total{tool=\"a_tool\"} 120",
            "crashsight_mcp_upstream_answers_total{provider=\"crashsight\",status=\"200\"} 1",
            "crashsight_mcp_upstream_seconds_bucket{provider=\"crashsight\",le=\"0.025\"} 0",
            "crashsight_mcp_upstream_seconds_bucket{provider=\"crashsight\",le=\"0.05\"} 1",
            "crashsight_mcp_upstream_seconds_count{provider=\"crashsight\"} 1",
            "crashsight_mcp_lookups_total{result=\"miss\"} 1",
            "crashsight_mcp_http_requests_total{path=\"mcp\",status=\"401\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
        let mut page = Page::default();
        page.header("odd", "gauge", "A label with marks.");
        page.sample(&[("name", "a\"b\\c\n")], 1);
        assert!(page.text.ends_with("{name=\"a\\\"b\\\\c\\n\"} 1\n"));
    }
}
