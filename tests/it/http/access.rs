//! Locked by default: names, origins, tokens, and what may be bound at all.

use std::sync::Arc;

use crashsight_mcp::http::{self, Token};
use serde_json::json;

use super::harness::{READER, WRITER, call, get, list, options, post, raw, request, start, token};

#[tokio::test]
async fn unknown_hosts_and_origins_are_rejected_on_every_path() {
    let site = start(|options| {
        options.hosts = vec!["MCP.example.com:8443".to_owned()];
        options.tokens = vec![token("writer", WRITER)];
        options.origins = vec!["https://app.example.com".to_owned()];
    })
    .await;
    let at = site.running.address();
    for path in ["/mcp", "/sse", "/messages", "/metrics", "/nowhere"] {
        for header in [("Host", "evil.example"), ("Origin", "http://evil.example")] {
            let reply = get(at, path, &[header]).await;
            assert_eq!(reply.status, 403, "{path} {header:?}");
        }
    }
    let bearer = format!("Bearer {WRITER}");
    for (headers, status) in [
        (&[("Host", "mcp.example.com")][..], 200),
        (&[("Host", "mcp.example.com:8443")], 200),
        (
            &[("Host", "localhost:1"), ("Origin", "http://localhost:1")],
            200,
        ),
        (&[("Origin", "https://app.example.com")], 200),
        (&[("Origin", "null")], 403),
        (&[("Host", "localhost"), ("Host", "evil.example")], 400),
    ] {
        let headers = [headers, &[("Authorization", &*bearer)]].concat();
        let reply = post(at, &headers, &list()).await;
        assert_eq!(reply.status, status, "{headers:?}");
    }
    // Probes come by address.
    assert_eq!(
        get(at, "/healthz", &[("Host", "10.0.0.7")]).await.status,
        200
    );
    assert_eq!(
        get(at, "/readyz", &[("Host", "10.0.0.7")]).await.status,
        200
    );
}

#[tokio::test]
async fn only_allowed_origins_get_cors_headers() {
    let site = start(|options| options.origins = vec!["https://app.example.com".to_owned()]).await;
    let at = site.running.address();
    let named = [("Origin", "https://app.example.com")];
    let reply = raw(at, &request("OPTIONS", "/mcp", &named, "")).await;
    assert_eq!(reply.status, 204);
    assert!(
        reply
            .head
            .contains("access-control-allow-origin: https://app.example.com")
    );
    assert!(reply.head.to_lowercase().contains("x-getui-app-key"));
    let reply = post(at, &named, &list()).await;
    assert!(reply.head.contains("access-control-allow-origin"));
    let own = post(at, &[("Origin", "http://localhost")], &list()).await;
    assert!(own.status == 200 && !own.head.contains("access-control-allow-origin"));
    assert_eq!(
        raw(at, &request("OPTIONS", "/mcp", &[], "")).await.status,
        405
    );
}

fn limited(options: &mut http::Options) {
    let all = Arc::clone(options.toolbox.upstream().projects());
    options.tokens = vec![
        token("writer", WRITER),
        Token {
            read_only: true,
            projects: Some(Arc::new(
                all.restrict_to(&["starfall-ios".to_owned()]).unwrap(),
            )),
            ..token("reader", READER)
        },
    ];
}

#[tokio::test]
async fn requests_need_a_valid_token() {
    let site = start(limited).await;
    let at = site.running.address();
    let bearer = format!("Bearer {WRITER}");
    for path in ["/mcp", "/sse", "/messages", "/metrics"] {
        let reply = get(at, path, &[]).await;
        assert_eq!(reply.status, 401, "{path}");
        assert!(reply.head.contains("www-authenticate: bearer"), "{path}");
    }
    for (value, invalid) in [
        ("Bearer wrong-token-of-some-length", true),
        ("Bearer", false),
        ("Bearer ", false),
        ("Basic dXNlcjpwYXNz", false),
        (&format!("{bearer}x"), true),
    ] {
        let reply = post(at, &[("Authorization", value)], &list()).await;
        assert_eq!(reply.status, 401, "{value}");
        assert_eq!(reply.head.contains("invalid_token"), invalid, "{value}");
    }
    let twice = [("Authorization", &*bearer), ("Authorization", &*bearer)];
    assert_eq!(post(at, &twice, &list()).await.status, 401);
    let query = request("POST", &format!("/mcp?token={WRITER}"), &[], "{}");
    assert_eq!(
        raw(at, &query).await.status,
        401,
        "a token in the query is none"
    );
    let reply = post(at, &[("Authorization", &bearer)], &list()).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()["result"]["cacheScope"], "private");
    let lower = format!("bearer {WRITER}");
    assert_eq!(
        get(at, "/metrics", &[("Authorization", &lower)])
            .await
            .status,
        200
    );
    assert_eq!(get(at, "/healthz", &[]).await.status, 200);
}

#[tokio::test]
async fn tokens_can_be_restricted() {
    let site = start(limited).await;
    let at = site.running.address();
    let (writer, reader) = (format!("Bearer {WRITER}"), format!("Bearer {READER}"));
    let (writer, reader) = ([("Authorization", &*writer)], [("Authorization", &*reader)]);
    let names = async |headers: &[(&str, &str)]| post(at, headers, &list()).await.body;
    assert!(names(&writer).await.contains("crashsight_add_issue_tag"));
    assert!(!names(&reader).await.contains("crashsight_add_issue_tag"));
    let write = call(
        "crashsight_add_issue_tag",
        &json!({"issue": "A", "tag": "b"}),
    );
    let refused = post(at, &reader, &write).await.json();
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
    let stats = |arguments| call("crashsight_get_day_stats", &arguments);
    let own = post(at, &reader, &stats(json!({}))).await.text();
    assert!(own.contains("starfall-ios"), "{own}");
    for project in ["starfall-android", "57a2fa1101@android", "other@pc"] {
        let reply = post(at, &reader, &stats(json!({"project": project}))).await;
        assert_eq!(reply.json()["result"]["isError"], true, "{reply:?}");
        assert!(!reply.text().contains("Day totals"), "{reply:?}");
        let listed = reply.text();
        assert!(listed.contains("starfall-ios"), "{listed}");
    }
    let listed = post(at, &reader, &call("crashsight_list_projects", &json!({}))).await;
    assert!(!listed.text().contains("starfall-android"), "{listed:?}");
    let budget = "crashsight_mcp_budget_left{";
    assert!(get(at, "/metrics", &writer).await.body.contains(budget));
    assert!(!get(at, "/metrics", &reader).await.body.contains(budget));
    let free = post(at, &writer, &stats(json!({"project": "starfall-android"}))).await;
    assert!(free.text().contains("Day totals"), "{free:?}");
}

#[tokio::test]
async fn unsafe_exposure_is_rejected() {
    let site = start(|_| {}).await;
    let run = crashsight_mcp::Upstream::new(
        Arc::default(),
        crashsight_mcp::Clock::System,
        crashsight_mcp::CallLimits::default(),
    );
    let zone = jiff::tz::TimeZone::UTC;
    let policy = crashsight_mcp::Policy::default();
    let toolbox = Arc::new(crashsight_mcp::Toolbox::new(Arc::new(run), zone, policy));
    let everywhere = || {
        let mut options = options(Arc::clone(&toolbox));
        options.address = ([0, 0, 0, 0], 0).into();
        options
    };
    let refusal = async |options| match http::serve(options).await {
        Ok(running) => panic!("bound: {}", running.address()),
        Err(error) => error.to_string(),
    };
    let nearby = || super::harness::options(Arc::clone(&toolbox));
    let mut options = nearby();
    options.behind_proxy = true;
    assert!(
        refusal(options).await.contains("--tokens"),
        "a proxy opens loopback"
    );
    options = nearby();
    options.origins = vec!["app.example.com".to_owned()];
    assert!(refusal(options).await.contains("is not an origin"));
    options = everywhere();
    assert!(refusal(options).await.contains("--tokens"));
    options = everywhere();
    options.tokens = vec![token("writer", WRITER)];
    assert!(refusal(options).await.contains("--behind-proxy"));
    options = everywhere();
    options.tokens = vec![token("writer", WRITER)];
    options.behind_proxy = true;
    assert!(refusal(options).await.contains("--allow-host"));
    options = everywhere();
    options.tokens = vec![token("writer", WRITER)];
    options.behind_proxy = true;
    options.hosts = vec!["mcp.example.com".to_owned()];
    let running = http::serve(options).await.unwrap();
    running.stop().await;
    site.running.stop().await;
}
