//! `doctor --url`: a server that is running, as a client would reach it.

use std::net::SocketAddr;

use crashsight_mcp::http::{self, OAuthSettings};
use serde_json::json;
use wiremock::matchers::{body_partial_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{Home, line};
use crate::http::harness::{self, READER, WRITER, token};

const ONE: [&str; 2] = ["--token-env", "TEAM_TOKEN"];

async fn check(home: &Home, url: &str, more: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
    let arguments = [&["--url", url][..], more].concat();
    let (code, text) = home.doctor(&arguments, variables).await;
    for secret in [WRITER, READER] {
        assert!(!text.contains(secret), "{text}");
    }
    (code, text)
}

fn url_of(at: SocketAddr) -> String {
    format!("http://{at}/mcp")
}

#[tokio::test]
async fn a_server_with_tokens_is_checked_as_its_client() {
    let home = Home::new("url-tokens");
    let site = harness::start(|options| options.tokens = vec![token("mei", READER)]).await;
    let url = url_of(site.running.address());
    let (code, text) = check(&home, &url, &ONE, &[("TEAM_TOKEN", READER)]).await;
    assert_eq!(code, 0, "{text}");
    for (what, words) in [
        ("reach", "responded in"),
        ("clock", "within 1 s"),
        ("health", "alive"),
        ("ready", "ready for calls"),
        ("token", "accepted"),
        ("version", "crashsight-mcp 0.1.0, protocol 2025-11-25"),
        ("tools", " tools"),
    ] {
        assert!(line(&text, "ok", what).contains(words), "{what}: {text}");
    }
    assert!(text.trim_end().ends_with("all 7 checks passed"), "{text}");
    for (more, variables, words) in [
        (
            &ONE[..],
            &[("TEAM_TOKEN", WRITER)][..],
            "TEAM_TOKEN is not accepted (401)",
        ),
        (&[], &[], "requires a token (401)"),
        (&ONE, &[], "TEAM_TOKEN is not set"),
        (&ONE, &[("TEAM_TOKEN", "two\nlines")], "control character"),
    ] {
        let (code, text) = check(&home, &url, more, variables).await;
        assert_eq!(code, 1, "{text}");
        assert!(
            line(&text, "fail", "token").contains(words),
            "{words}: {text}"
        );
    }
    assert_eq!(site.simulator.calls(), 0);
}

#[tokio::test]
async fn a_wrong_address_is_explained() {
    let home = Home::new("url-wrong");
    let site = harness::start(|_| {}).await;
    let at = site.running.address();
    let (code, text) = check(&home, &format!("http://{at}"), &[], &[]).await;
    assert_eq!(code, 0, "without a path it is /mcp: {text}");
    assert!(
        line(&text, "ok", "token").contains("none is needed"),
        "{text}"
    );
    let (code, text) = check(&home, &format!("http://{at}/elsewhere"), &[], &[]).await;
    assert_eq!(code, 1, "{text}");
    assert!(
        line(&text, "fail", "initialize").contains("no MCP endpoint (404)"),
        "{text}"
    );
    let (code, text) = check(&home, &format!("https://{at}/mcp"), &[], &[]).await;
    assert_eq!(code, 1, "{text}");
    assert!(
        line(&text, "fail", "tls").contains("does it serve https?"),
        "{text}"
    );
    let (code, text) = check(&home, "http://127.0.0.1:9/mcp", &[], &[]).await;
    assert_eq!(code, 3, "{text}");
    assert!(
        line(&text, "fail", "reach").contains("not reachable"),
        "{text}"
    );
    let (code, text) = check(&home, "http://me:hush-pass@h/mcp", &[], &[]).await;
    assert!(code == 2 && text.is_empty(), "{text}");
}

#[tokio::test]
async fn oauth_metadata_is_shown_to_who_has_no_token() {
    let home = Home::new("url-oauth");
    let site = harness::start(|options| {
        options.oauth = Some(OAuthSettings {
            issuer: "http://127.0.0.1:9".to_owned(),
            audiences: vec!["http://localhost/mcp".to_owned()],
            resource: "http://localhost/mcp".to_owned(),
            account_claim: None,
        });
    })
    .await;
    let at = site.running.address();
    let (code, text) = check(&home, &url_of(at), &ONE, &[("TEAM_TOKEN", WRITER)]).await;
    assert_eq!(code, 1, "{text}");
    assert!(line(&text, "fail", "token").contains("401"), "{text}");
    let oauth = line(&text, "note", "oauth");
    assert!(
        oauth.contains("http://127.0.0.1:9") || oauth.contains("another server"),
        "{text}"
    );
}

#[tokio::test]
async fn a_certificate_of_a_private_ca_needs_its_file() {
    let home = Home::new("url-tls");
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    home.write("cert.pem", &made.cert.pem());
    home.write("key.pem", &made.signing_key.serialize_pem());
    let files = (home.folder.join("cert.pem"), home.folder.join("key.pem"));
    let site = harness::start(|options| options.tls = Some(files)).await;
    let url = format!("https://localhost:{}/mcp", site.running.address().port());
    let (code, text) = check(&home, &url, &[], &[]).await;
    assert_eq!(code, 1, "{text}");
    assert!(
        line(&text, "fail", "tls").contains("SSL_CERT_FILE"),
        "{text}"
    );
    let ca = home.folder.join("cert.pem").display().to_string();
    let (code, text) = check(&home, &url, &[], &[("SSL_CERT_FILE", &ca)]).await;
    assert_eq!(code, 0, "{text}");
    assert!(
        line(&text, "ok", "reach").contains("certificate is valid"),
        "{text}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_ready_says_why() {
    let home = Home::new("url-ready");
    let mut options = harness::options(harness::toolbox_without_projects());
    options.tokens = vec![token("mei", READER)];
    let running = http::serve(options).await.unwrap();
    let url = url_of(running.address());
    let (code, text) = check(&home, &url, &ONE, &[("TEAM_TOKEN", READER)]).await;
    assert_eq!(code, 1, "{text}");
    let ready = line(&text, "fail", "ready");
    assert!(ready.contains("no account has credentials"), "{text}");
}

/// A server that answers what a hostile or broken one could.
async fn imitation(initialize: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let health = ResponseTemplate::new(200).insert_header("Date", "Sun, 22 Nov 2020 08:08:30 GMT");
    Mock::given(method("GET"))
        .respond_with(health)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/mcp"))
        .and(body_partial_json(json!({"method": "initialize"})))
        .respond_with(initialize)
        .mount(&server)
        .await;
    let tools = json!({"jsonrpc": "2.0", "id": 2, "result": {"tools": []}});
    Mock::given(method("POST"))
        .and(path("/mcp"))
        .and(body_partial_json(json!({"method": "tools/list"})))
        .respond_with(ResponseTemplate::new(200).set_body_json(tools))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn what_a_server_says_is_not_trusted() {
    let home = Home::new("url-hostile");
    let greeting = |about: serde_json::Value| {
        let result =
            json!({"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": about});
        ResponseTemplate::new(200)
            .set_body_json(json!({"jsonrpc": "2.0", "id": 1, "result": result}))
    };
    let echo = format!(
        "Bearer error=\"e\", error_description=\"{READER} is wrong\", \
        resource_metadata=\"http://127.0.0.1:9/\u{9}x\""
    );
    let long_ago = "this machine is";
    for (initialize, code, word, what, words) in [
        (
            greeting(json!({"name": "other\u{1b}]0;x\u{7}", "version": "1"})),
            0,
            "warn",
            "version",
            "not this program",
        ),
        (
            ResponseTemplate::new(401).insert_header("WWW-Authenticate", &*echo),
            1,
            "fail",
            "token",
            "[secret] is wrong",
        ),
        (ResponseTemplate::new(200).set_body_string("<html>"), 1, "fail", "initialize", "not JSON-RPC"),
        (ResponseTemplate::new(502), 3, "fail", "initialize", "answers 502"),
        (
            ResponseTemplate::new(307).insert_header("Location", "https://else.example/mcp"),
            1,
            "fail",
            "initialize",
            "redirects to https://else.example/mcp",
        ),
        (
            ResponseTemplate::new(403)
                .insert_header("WWW-Authenticate", "Bearer scope=\"crashsight:read\""),
            1,
            "fail",
            "token",
            "the scope 'crashsight:read'",
        ),
        (
            ResponseTemplate::new(200).set_body_json(
                json!({"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": format!("no {READER}")}}),
            ),
            1,
            "fail",
            "initialize",
            "refused: no [secret]",
        ),
    ] {
        let server = imitation(initialize).await;
        let url = format!("{}/mcp", server.uri());
        let (found, text) = check(&home, &url, &ONE, &[("TEAM_TOKEN", READER)]).await;
        assert_eq!(found, code, "{text}");
        assert!(line(&text, word, what).contains(words), "{words}: {text}");
        assert!(line(&text, "warn", "clock").contains(long_ago), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{7}']), "{text:?}");
        for request in server.received_requests().await.unwrap() {
            let has_token = request.headers.contains_key("authorization");
            assert_eq!(has_token, request.method == "POST", "{request:?}");
        }
    }
}
