//! Both eras on one endpoint: rmcp's own client in every mode, and messages written by hand.

use crashsight_simulator::Fault;
use rmcp::ClientServiceExt as _;
use rmcp::model::{CallToolRequestParams, ProtocolVersion};
use rmcp::service::{ClientLifecycleMode, ServiceExt as _};
use rmcp::transport::StreamableHttpClientTransport;
use serde_json::{Value, json};

use super::harness::{call, list, post, raw, request, start};

#[tokio::test]
async fn one_endpoint_serves_all_protocol_versions() {
    let site = start(|_| {}).await;
    let url = format!("http://{}/mcp", site.running.address());
    let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
    let discover = ClientLifecycleMode::Discover { preferred_versions };
    let modern = ().serve_with_lifecycle(
        StreamableHttpClientTransport::from_uri(url.as_str()),
        discover,
    );
    let modern = modern.await.unwrap();
    let legacy = ().serve(StreamableHttpClientTransport::from_uri(url.as_str()));
    let legacy = legacy.await.unwrap();
    for client in [&modern, &legacy] {
        let tools = client.list_all_tools().await.unwrap();
        assert_eq!(tools[0].name, "crashsight_report_overview");
        let result = client
            .call_tool(CallToolRequestParams::new("crashsight_list_top_issues"))
            .await
            .unwrap();
        assert_ne!(result.is_error, Some(true), "{result:?}");
    }
    legacy.cancel().await.unwrap();
    modern.cancel().await.unwrap();
}

#[tokio::test]
async fn responses_are_json_or_sse_with_progress() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let reply = post(at, &[], &list()).await;
    assert_eq!(reply.status, 200);
    assert!(
        reply.head.contains("content-type: application/json"),
        "{}",
        reply.head
    );
    assert!(!reply.head.contains("mcp-session-id") && reply.head.contains("x-request-id"));
    let top = post(
        at,
        &[],
        &call("crashsight_list_top_issues", &json!({"limit": 1})),
    )
    .await;
    let issue = top.text().split("{\"issue\":\"").nth(1).unwrap()[..32].to_owned();
    let last = post(
        at,
        &[],
        &call("crashsight_get_last_crash", &json!({"issue": issue})),
    )
    .await;
    let text = last.text();
    let crash = text.split("\"crash\":\"").nth(1).unwrap();
    let crash = &crash[..crash.find('"').unwrap()];
    let mut asked = call(
        "crashsight_get_crash",
        &json!({"crash": crash, "fresh": true}),
    );
    let plain = post(at, &[], &asked).await;
    assert!(plain.head.contains("application/json"), "{plain:?}");
    // A document and its logs are two requests.
    let bare = json!({"status": 0, "ret": {"code": 0, "data": {"crashMap": {"crashId": crash}}}});
    site.simulator.faults().push(Fault::Status {
        status: 200,
        body: bare.to_string(),
    });
    asked["params"]["_meta"] = json!({"progressToken": "p"});
    let response = post(at, &[], &asked).await;
    let progress = response.body.contains("notifications/progress");
    assert!(
        progress && response.head.contains("text/event-stream"),
        "{response:?}"
    );
    assert!(response.body.contains("\"result\""), "{response:?}");
}

/// `curl` names no types; a stream to open or a session to delete does not exist.
#[tokio::test]
async fn calls_need_no_handshake() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let body = call("crashsight_get_day_stats", &json!({})).to_string();
    let headers = [("Content-Type", "application/json"), ("Accept", "*/*")];
    let reply = raw(at, &request("POST", "/mcp", &headers, &body)).await;
    assert!(reply.text().starts_with("Day totals"), "{reply:?}");
    for method in ["GET", "DELETE", "PUT"] {
        let reply = raw(at, &request(method, "/mcp", &[], "")).await;
        assert_eq!(reply.status, 405, "{method}");
        assert!(reply.head.contains("allow: post"), "{}", reply.head);
    }
}

fn modern(method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

#[tokio::test]
async fn protocol_2026_07_without_sdk() {
    let site = start(|_| {}).await;
    let at = site.running.address();
    let version = ("MCP-Protocol-Version", "2026-07-28");
    let ask = async |headers: &[(&str, &str)], message: Value| post(at, headers, &message).await;
    let found = ask(
        &[version, ("Mcp-Method", "server/discover")],
        modern("server/discover", json!({})),
    )
    .await;
    let result = &found.json()["result"];
    assert!(
        result["supportedVersions"]
            .as_array()
            .unwrap()
            .contains(&json!("2026-07-28"))
    );
    let listed = ask(
        &[version, ("Mcp-Method", "tools/list")],
        modern("tools/list", json!({})),
    )
    .await
    .json();
    assert_eq!(listed["result"]["resultType"], "complete");
    assert_eq!(listed["result"]["cacheScope"], "public");
    assert!(listed["result"]["ttlMs"].as_u64().unwrap() > 0);
    let called = |name: &str| modern("tools/call", json!({"name": name, "arguments": {}}));
    let tool = "crashsight_get_day_stats";
    let method = ("Mcp-Method", "tools/call");
    for (headers, message, status, code) in [
        (
            vec![version, method, ("Mcp-Name", tool)],
            called(tool),
            200,
            0,
        ),
        (vec![version, method], called(tool), 400, -32020),
        (vec![version, ("Mcp-Name", tool)], called(tool), 400, -32020),
        (
            vec![version, method, ("Mcp-Name", "other")],
            called(tool),
            400,
            -32020,
        ),
        (
            vec![
                ("MCP-Protocol-Version", "2025-11-25"),
                method,
                ("Mcp-Name", tool),
            ],
            called(tool),
            400,
            -32020,
        ),
        (
            vec![version, ("Mcp-Method", "no/such")],
            modern("no/such", json!({})),
            404,
            -32601,
        ),
        (
            vec![version, ("Mcp-Method", "tools/list")],
            list(),
            400,
            -32602,
        ),
    ] {
        let reply = ask(&headers, message).await;
        assert_eq!(reply.status, status, "{headers:?}: {reply:?}");
        if code != 0 {
            assert_eq!(
                reply.json()["error"]["code"],
                code,
                "{headers:?}: {reply:?}"
            );
        }
    }
}
