//! What is shipped for monitoring names only metrics that the server has.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::harness::{call, get, post, start};

const PREFIX: &str = "crashsight_mcp_";

/// Names of metrics in a text.
fn named(text: &str) -> BTreeSet<&str> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    text.match_indices(PREFIX)
        .map(|(at, _)| text[at..].split(ends).next().unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn dashboard_alerts_and_documentation_name_existing_metrics() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let stats = call("crashsight_get_day_stats", &json!({"window": "yesterday"}));
    post(at, &[], &stats).await;
    let page = get(at, "/metrics", &[]).await.body;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, at_least) in [
        ("packaging/monitoring/alerts.yml", 6),
        ("packaging/monitoring/dashboard.json", 10),
        ("docs/monitoring.md", 10),
    ] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let names = named(&text);
        assert!(names.len() >= at_least, "{file}: {names:?}");
        for name in names {
            let exists = page.lines().any(|line| {
                line.strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with(['{', ' ']))
                    || line.starts_with(&format!("# TYPE {name} "))
            });
            assert!(exists, "{file} names {name}: {page}");
        }
    }
}

#[test]
fn the_dashboard_has_a_query_in_every_panel() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/monitoring/dashboard.json");
    let dashboard: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64()).collect();
    assert_eq!(ids.len(), panels.len(), "every id is used once");
    for panel in panels {
        let queries = panel["targets"].as_array().unwrap();
        let asked = queries
            .iter()
            .all(|query| query["expr"].as_str().is_some_and(|e| e.contains(PREFIX)));
        assert!(asked && !queries.is_empty(), "{panel}");
        let place = &panel["gridPos"];
        let right = place["x"].as_u64().unwrap() + place["w"].as_u64().unwrap();
        assert!(right <= 24, "{panel}");
    }
}
