//! Spans as a collector receives them: names, attributes, parents, and nothing of a call's content.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value as Any};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::http::harness;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

fn values(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &KeyValue| match value.value.as_ref().and_then(|any| any.value.as_ref()) {
        Some(Any::StringValue(text)) => text.clone(),
        Some(Any::IntValue(number)) => number.to_string(),
        other => panic!("{other:?}"),
    };
    let pairs = attributes.iter().map(|pair| (pair.key.clone(), text(pair)));
    pairs.collect()
}

fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

/// A conversation over standard input and output; the reply of each request is awaited.
fn converse(variables: &[(&str, &str)], requests: &[Value]) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crashsight-mcp"));
    command
        .args(["serve", "--demo"])
        .env_remove("CRASHSIGHT_LOG");
    let mut process = command
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut replies = Vec::new();
    for request in requests {
        writeln!(input, "{request}").unwrap();
        if request.get("id").is_some() {
            let line = output.next().unwrap().unwrap();
            replies.push(serde_json::from_str(&line).unwrap());
        }
    }
    drop(input);
    let ended = process.wait_with_output().unwrap();
    assert!(
        ended.status.success() && ended.stderr.is_empty(),
        "{ended:?}"
    );
    replies
}

fn conversation() -> Vec<Value> {
    let request = |id: Value, method: &str, params: Value| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
    let initialize = json!({
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"},
    });
    let call = |name: &str, arguments: Value| json!({"name": name, "arguments": arguments});
    let mut traced = call(
        "crashsight_get_day_stats",
        json!({"window": "yesterday", "project": "starfall-android"}),
    );
    traced["_meta"] = json!({"traceparent": format!("00-{TRACE}-{PARENT}-01")});
    let mut broken = call("crashsight_get_day_stats", json!({"project": "hunter2"}));
    broken["_meta"] = json!({"traceparent": "00-hunter2"});
    vec![
        request(json!(0), "initialize", initialize),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        request(json!("first"), "tools/call", traced),
        request(json!(2), "tools/call", broken),
        request(json!(3), "tools/call", call("hunter2", json!({}))),
        request(json!(4), "tools/list", json!({})),
        request(
            json!(5),
            "resources/read",
            json!({"uri": "crashsight://hunter2"}),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_receives_the_spans_of_a_conversation() {
    let collector = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/traces"))
        .and(header("content-type", "application/x-protobuf"))
        .and(header("x-collector-key", "k"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&collector)
        .await;
    let endpoint = collector.uri();
    let replies = tokio::task::spawn_blocking(move || {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-collector-key=k"),
            (
                "OTEL_RESOURCE_ATTRIBUTES",
                "deployment.environment.name=test",
            ),
        ];
        converse(&variables, &conversation())
    });
    assert_eq!(replies.await.unwrap().len(), 6);
    let mut spans: Vec<Span> = Vec::new();
    for request in collector.received_requests().await.unwrap() {
        assert!(!String::from_utf8_lossy(&request.body).contains("hunter2"));
        let exported = ExportTraceServiceRequest::decode(&*request.body).unwrap();
        for resource in exported.resource_spans {
            let about = values(&resource.resource.unwrap().attributes);
            assert_eq!(about["service.name"], "crashsight-mcp");
            assert_eq!(about["service.version"], env!("CARGO_PKG_VERSION"));
            assert_eq!(about["deployment.environment.name"], "test");
            for scope in resource.scope_spans {
                assert_eq!(scope.scope.unwrap().name, "crashsight-mcp");
                spans.extend(scope.spans);
            }
        }
    }
    let server = |id: &str| {
        let found = spans.iter().find(|span| {
            values(&span.attributes)
                .get("jsonrpc.request.id")
                .map(String::as_str)
                == Some(id)
        });
        found.unwrap_or_else(|| panic!("no span of request {id}: {spans:#?}"))
    };
    let call = server("first");
    assert_eq!(call.name, "tools/call crashsight_get_day_stats");
    assert_eq!(call.kind, 2, "SERVER");
    assert_eq!(
        (hex(&call.trace_id), hex(&call.parent_span_id)),
        (TRACE.to_owned(), PARENT.to_owned())
    );
    let expected = [
        ("gen_ai.operation.name", "execute_tool"),
        ("gen_ai.tool.name", "crashsight_get_day_stats"),
        ("jsonrpc.request.id", "first"),
        ("mcp.method.name", "tools/call"),
        ("mcp.protocol.version", "2025-11-25"),
        ("network.transport", "pipe"),
    ];
    let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(values(&call.attributes), BTreeMap::from(expected));
    assert_eq!(call.status.as_ref().map_or(0, |status| status.code), 0);
    // The request to the service is below it.
    let sent = spans
        .iter()
        .find(|span| span.parent_span_id == call.span_id);
    let sent = sent.unwrap_or_else(|| panic!("{spans:#?}"));
    assert_eq!(
        (&*sent.name, sent.kind, hex(&sent.trace_id)),
        ("GET", 3, TRACE.to_owned())
    );
    let about = values(&sent.attributes);
    assert_eq!(about["http.response.status_code"], "200");
    assert!(
        about["server.address"].starts_with("127.0.0.1"),
        "{about:?}"
    );
    let failed = server("2");
    assert_eq!(values(&failed.attributes)["error.type"], "tool_error");
    assert_eq!(failed.status.as_ref().map(|status| status.code), Some(2));
    assert!(
        failed.parent_span_id.is_empty(),
        "a malformed parent is none"
    );
    let unknown = server("3");
    assert_eq!(unknown.name, "tools/call");
    let about = values(&unknown.attributes);
    assert_eq!(
        (&*about["error.type"], &*about["rpc.response.status_code"]),
        ("-32602", "-32602")
    );
    assert_eq!(server("4").name, "tools/list");
    assert_eq!(server("5").name, "resources/read");
}

/// A collector that cannot be reached keeps no call from its answer.
#[test]
fn without_an_endpoint_nothing_is_exported() {
    for variables in [
        &[][..],
        &[
            ("OTEL_SDK_DISABLED", "true"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
        ],
    ] {
        assert_eq!(converse(variables, &conversation()).len(), 6);
    }
}

/// The service that a call asks, and the collector that receives the spans of it.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_request_header_names_the_parent_and_the_service_learns_of_the_span() {
    let collector = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&collector)
        .await;
    let service = MockServer::start().await;
    let refusal = json!({"status": 200, "ret": 403, "msg": "no"});
    Mock::given(wiremock::matchers::any())
        .respond_with(ResponseTemplate::new(200).set_body_json(refusal))
        .mount(&service)
        .await;
    let mut process = Command::new(env!("CARGO_BIN_EXE_crashsight-mcp"))
        .args(["serve", "--http", "127.0.0.1:0"])
        .env_clear()
        .envs([
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &*collector.uri()),
            ("CRASHSIGHT_SITE", &*service.uri()),
            ("CRASHSIGHT_USER_ID", "1"),
            ("CRASHSIGHT_API_KEY", "k"),
            ("CRASHSIGHT_PROJECT", "d98b9f7eec@android"),
        ])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(process.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("serving http://").unwrap();
    let at = url.trim_end_matches("/mcp").parse().unwrap();
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let headers = [("traceparent", &*parent), ("tracestate", "team=a")];
    let arguments = json!({"window": "yesterday"});
    let message = harness::call("crashsight_get_day_stats", &arguments);
    let answer = harness::post(at, &headers, &message).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    // What is not exported yet is exported at the end.
    let id = process.id().to_string();
    let ended = Command::new("sh")
        .args(["-c", &format!("kill {id}")])
        .status();
    assert!(ended.unwrap().success() && process.wait().unwrap().success());
    let mut spans: Vec<Span> = Vec::new();
    for request in collector.received_requests().await.unwrap() {
        let exported = ExportTraceServiceRequest::decode(&*request.body).unwrap();
        let scopes = exported.resource_spans.into_iter();
        let scopes = scopes.flat_map(|resource| resource.scope_spans);
        spans.extend(scopes.flat_map(|scope| scope.spans));
    }
    let call = spans.iter().find(|span| span.kind == 2).unwrap();
    assert_eq!(
        (hex(&call.trace_id), hex(&call.parent_span_id)),
        (TRACE.to_owned(), PARENT.to_owned())
    );
    assert_eq!(call.trace_state, "team=a");
    assert_eq!(values(&call.attributes)["network.transport"], "tcp");
    let sent = spans.iter().find(|span| span.kind == 3).unwrap();
    assert_eq!(
        (&sent.trace_id, &sent.parent_span_id),
        (&call.trace_id, &call.span_id)
    );
    let asked = service.received_requests().await.unwrap();
    assert!(!asked.is_empty());
    let sent: Vec<String> = spans
        .iter()
        .filter(|span| span.kind == 3)
        .map(|span| format!("00-{TRACE}-{}-01", hex(&span.span_id)))
        .collect();
    for request in asked {
        let traceparent = request.headers["traceparent"].to_str().unwrap();
        assert!(sent.iter().any(|sent| sent == traceparent), "{request:?}");
        for name in ["tracestate", "baggage"] {
            assert!(!request.headers.contains_key(name), "{request:?}");
        }
    }
}
