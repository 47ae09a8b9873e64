//! Counters of one process, and their text for Prometheus. No label holds what a caller wrote.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of the latency histogram, in milliseconds.
const BUCKETS_MS: [u64; 9] = [25, 50, 100, 250, 500, 1000, 2500, 10_000, 30_000];

/// What happened so far.
#[derive(Debug, Default)]
pub struct Metrics {
    calls: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    tokens: Mutex<BTreeMap<&'static str, u64>>,
    upstream: Mutex<BTreeMap<(&'static str, u16), u64>>,
    latency: Mutex<BTreeMap<&'static str, Latency>>,
    served: Mutex<BTreeMap<(&'static str, u16), u64>>,
    remembered: AtomicU64,
    asked: AtomicU64,
}

#[derive(Debug, Default)]
struct Latency {
    buckets: [u64; BUCKETS_MS.len()],
    count: u64,
    sum: Duration,
}

impl Metrics {
    /// A call of a tool ended: `ok`, a failure's word, or `cancelled`.
    pub fn called(&self, tool: &'static str, outcome: &'static str) {
        add(&self.calls, (tool, outcome), 1);
    }

    /// A reply of so many tokens was given.
    pub fn told(&self, tool: &'static str, tokens: usize) {
        add(&self.tokens, tool, tokens as u64);
    }

    /// A service answered with this status; 0 is no answer at all.
    pub fn answered(&self, provider: &'static str, status: u16, took: Duration) {
        add(&self.upstream, (provider, status), 1);
        let mut latency = lock(&self.latency);
        let latency = latency.entry(provider).or_default();
        let milliseconds = took.as_millis();
        for (bucket, most) in latency.buckets.iter_mut().zip(BUCKETS_MS) {
            *bucket += u64::from(milliseconds <= u128::from(most));
        }
        latency.count += 1;
        latency.sum += took;
    }

    /// A request was answered from memory, or by the service.
    pub fn looked_up(&self, remembered: bool) {
        let counter = if remembered {
            &self.remembered
        } else {
            &self.asked
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// An HTTP request was answered with this status; 499 is a client that went away.
    pub fn served(&self, path: &'static str, status: u16) {
        add(&self.served, (path, status), 1);
    }

    /// All of it, in Prometheus's text format.
    pub fn text(&self) -> String {
        let mut page = Page::default();
        page.family("tool_calls_total", "counter", "Calls by tool and outcome.");
        for ((tool, outcome), count) in lock(&self.calls).iter() {
            page.row(&[("tool", tool), ("outcome", outcome)], *count);
        }
        page.family(
            "reply_tokens_total",
            "counter",
            "Tokens returned, estimated.",
        );
        for (tool, tokens) in lock(&self.tokens).iter() {
            page.row(&[("tool", tool)], *tokens);
        }
        page.family(
            "upstream_answers_total",
            "counter",
            "Answers of the services by HTTP status; 0 is none.",
        );
        for ((provider, status), count) in lock(&self.upstream).iter() {
            let labels = [("provider", *provider), ("status", &status.to_string())];
            page.row(&labels, *count);
        }
        page.family(
            "upstream_seconds",
            "histogram",
            "Time from sending a request to its whole answer.",
        );
        for (provider, latency) in lock(&self.latency).iter() {
            latency.write(&mut page, provider);
        }
        page.family(
            "lookups_total",
            "counter",
            "Requests answered from memory (hit) or by the service (miss).",
        );
        page.row(
            &[("result", "hit")],
            self.remembered.load(Ordering::Relaxed),
        );
        page.row(&[("result", "miss")], self.asked.load(Ordering::Relaxed));
        page.family(
            "http_requests_total",
            "counter",
            "HTTP requests by path and status; 499 is a client that went away.",
        );
        for ((path, status), count) in lock(&self.served).iter() {
            page.row(&[("path", path), ("status", &status.to_string())], *count);
        }
        page.text
    }
}

impl Latency {
    fn write(&self, page: &mut Page, provider: &str) {
        for (count, most) in self.buckets.iter().zip(BUCKETS_MS) {
            let most = Duration::from_millis(most).as_secs_f64().to_string();
            page.part("_bucket", &[("provider", provider), ("le", &most)], *count);
        }
        let every = [("provider", provider), ("le", "+Inf")];
        page.part("_bucket", &every, self.count);
        page.part("_sum", &[("provider", provider)], self.sum.as_secs_f64());
        page.part("_count", &[("provider", provider)], self.count);
    }
}

/// A page of families, as it is written.
#[derive(Debug, Default)]
pub struct Page {
    /// The page so far.
    pub text: String,
    name: String,
}

impl Page {
    /// Begins a family; rows after it belong to it.
    pub fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.name = format!("crashsight_mcp_{name}");
        let name = &self.name;
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A row of the family.
    pub fn row(&mut self, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        self.part("", labels, value);
    }

    fn part(&mut self, part: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
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
        let _ = writeln!(self.text, "{}{part}{labels} {value}", self.name);
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
    fn the_page_is_what_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.called("a_tool", "ok");
        metrics.called("a_tool", "ok");
        metrics.told("a_tool", 120);
        metrics.answered("crashsight", 200, Duration::from_millis(30));
        metrics.looked_up(false);
        metrics.served("mcp", 401);
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
        page.family("odd", "gauge", "A label with marks.");
        page.row(&[("name", "a\"b\\c\n")], 1);
        assert!(page.text.ends_with("{name=\"a\\\"b\\\\c\\n\"} 1\n"));
    }
}
