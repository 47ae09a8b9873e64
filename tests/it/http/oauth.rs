//! Access tokens of an OAuth issuer: what is accepted, what is refused and how, and where clients are sent.

use std::sync::Arc;

use crashsight_mcp::http::{self, CredentialMode, OAuthSettings, Token};
use crashsight_simulator as sim;
use ring::hmac;
use serde_json::{Value, json};
use wiremock::MockServer;

use super::harness::{
    Answer, READER, Site, WRITER, call, get, list, post, projects, sites, start, token,
};
use super::issuer::{Key, RESOURCE, claims, encode, fetches, now, publish, respond};

const READ: &str = "crashsight:read";
const BOTH: &str = "crashsight:read crashsight:write";

fn settings(issuer: &MockServer) -> OAuthSettings {
    OAuthSettings {
        issuer: issuer.uri(),
        audiences: vec![RESOURCE.to_owned()],
        resource: RESOURCE.to_owned(),
        account_claim: None,
    }
}

async fn site(issuer: &MockServer) -> Site {
    let oauth = settings(issuer);
    start(|options| options.oauth = Some(oauth)).await
}

async fn send(site: &Site, token: &str, message: &Value) -> Answer {
    let bearer = format!("Bearer {token}");
    post(
        site.running.address(),
        &[("Authorization", &bearer)],
        message,
    )
    .await
}

fn stats(project: &str) -> Value {
    let arguments = json!({"window": "yesterday", "project": project});
    call("crashsight_get_day_stats", &arguments)
}

#[tokio::test]
async fn clients_are_sent_to_the_metadata() {
    let issuer = MockServer::start().await;
    let site = site(&issuer).await;
    let at = site.running.address();
    let url = "http://localhost/.well-known/oauth-protected-resource/mcp";
    for path in ["/mcp", "/sse", "/metrics", "/nowhere"] {
        let reply = get(at, path, &[]).await;
        assert_eq!(reply.status, 401, "{path}");
        let challenge = format!(
            "www-authenticate: bearer realm=\"crashsight-mcp\", resource_metadata=\"{url}\", scope=\"{BOTH}\""
        );
        assert!(reply.head.contains(&challenge), "{reply:?}");
    }
    for path in ["", "/mcp"] {
        let path = format!("/.well-known/oauth-protected-resource{path}");
        let reply = get(at, &path, &[]).await;
        assert_eq!(reply.status, 200, "{path}");
        let expected = json!({
            "resource": RESOURCE,
            "resource_name": "CrashSight",
            "authorization_servers": [issuer.uri()],
            "scopes_supported": ["crashsight:read", "crashsight:write"],
            "bearer_methods_supported": ["header"],
        });
        assert_eq!(reply.json(), expected);
        let evil = get(at, &path, &[("Host", "evil.example")]).await;
        assert_eq!(evil.status, 403);
    }
    let other = get(at, "/.well-known/oauth-protected-resource/x", &[]).await;
    assert_eq!(other.status, 401);
    let without = start(|_| {}).await;
    let path = "/.well-known/oauth-protected-resource";
    assert_eq!(get(without.running.address(), path, &[]).await.status, 404);
}

#[tokio::test]
async fn scopes_decide_which_tools_are_listed_and_called() {
    let issuer = MockServer::start().await;
    let (ed, ec) = (Key::ed("one"), Key::ec("two"));
    publish(&issuer, &[&ed, &ec]).await;
    let site = site(&issuer).await;
    let tag = call(
        "crashsight_add_issue_tag",
        &json!({"project": "starfall-android", "issue": "0", "tag": "t"}),
    );
    for key in [&ed, &ec] {
        let reader = key.token(&issuer.uri(), READ);
        let listed = send(&site, &reader, &list()).await;
        assert!(
            listed.body.contains("crashsight_get_day_stats"),
            "{listed:?}"
        );
        assert!(!listed.body.contains("crashsight_add_issue_tag"));
        assert_eq!(listed.json()["result"]["cacheScope"], "private");
        let reply = send(&site, &reader, &stats("starfall-android")).await;
        assert!(reply.text().starts_with("Day totals"), "{reply:?}");
        // A tool that writes is refused by status, so that the client can ask for the scope.
        let refused = send(&site, &reader, &tag).await;
        assert_eq!(refused.status, 403, "{refused:?}");
        let challenge = format!("error=\"insufficient_scope\", scope=\"{BOTH}\"");
        assert!(refused.head.contains(&challenge), "{refused:?}");
        let unknown = send(&site, &reader, &call("no_such_tool", &json!({}))).await;
        assert!(unknown.json()["error"].is_object());

        let writer = key.token(&issuer.uri(), BOTH);
        let listed = send(&site, &writer, &list()).await.body;
        assert!(listed.contains("crashsight_add_issue_tag"));
        assert_eq!(send(&site, &writer, &tag).await.status, 200);
    }
    for scope in ["", "openid profile", "crashsight:project:starfall-ios"] {
        let refused = send(&site, &ed.token(&issuer.uri(), scope), &list()).await;
        assert_eq!(refused.status, 403, "{scope}");
        let challenge = format!("error=\"insufficient_scope\", scope=\"{READ}\"");
        assert!(refused.head.contains(&challenge), "{refused:?}");
    }
}

#[tokio::test]
async fn project_scopes_restrict_a_token() {
    let issuer = MockServer::start().await;
    let key = Key::ed("one");
    publish(&issuer, &[&key]).await;
    let site = site(&issuer).await;
    let scope = "crashsight:read crashsight:project:starfall-ios crashsight:project:elsewhere";
    let token = key.token(&issuer.uri(), scope);
    let own = send(&site, &token, &stats("starfall-ios")).await;
    assert!(own.text().starts_with("Day totals"), "{own:?}");
    let other = send(&site, &token, &stats("starfall-android")).await;
    assert_eq!(other.json()["result"]["isError"], true, "{other:?}");
    let none = key.token(
        &issuer.uri(),
        "crashsight:read crashsight:project:elsewhere",
    );
    for project in ["starfall-ios", "57a2fa1101@android"] {
        let refused = send(&site, &none, &stats(project)).await;
        assert_eq!(refused.json()["result"]["isError"], true, "{refused:?}");
    }
}

/// Makes tokens that differ from a valid one in one thing.
struct Forger {
    key: Key,
    valid: Value,
}

impl Forger {
    fn new(key: Key, issuer: &MockServer) -> Self {
        let mut valid = claims(&issuer.uri());
        valid["scope"] = READ.into();
        Self { key, valid }
    }

    fn valid(&self) -> String {
        self.key.sign(&self.key.header(), &self.valid)
    }

    fn with(&self, name: &str, value: Value) -> String {
        let mut claims = self.valid.clone();
        claims[name] = value;
        self.key.sign(&self.key.header(), &claims)
    }

    fn without(&self, name: &str) -> String {
        let mut claims = self.valid.clone();
        claims.as_object_mut().unwrap().remove(name);
        self.key.sign(&self.key.header(), &claims)
    }

    fn in_header(&self, name: &str, value: Value) -> String {
        let mut header = self.key.header();
        header[name] = value;
        self.key.sign(&header, &self.valid)
    }

    fn unsigned(&self) -> String {
        let header = json!({"alg": "none", "typ": "at+jwt"}).to_string();
        format!("{}.{}.", encode(header), encode(self.valid.to_string()))
    }

    /// With an HMAC. The public key as its secret is the oldest trick.
    fn hmac(&self, secret: &[u8], id: &str) -> String {
        let header = json!({"alg": "HS256", "typ": "at+jwt", "kid": id}).to_string();
        let message = format!("{}.{}", encode(header), encode(self.valid.to_string()));
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let tag = hmac::sign(&secret, message.as_bytes());
        format!("{message}.{}", encode(tag.as_ref()))
    }
}

/// Each row changes one thing of a valid token.
#[tokio::test]
async fn every_flaw_of_a_token_is_refused() {
    let issuer = MockServer::start().await;
    let (unknown, curve) = (Key::ed("one"), Key::ec("two"));
    let forger = Forger::new(Key::ed("one"), &issuer);
    let (key, valid) = (&forger.key, &forger.valid);
    publish(&issuer, &[key, &curve]).await;
    let site = site(&issuer).await;
    let good = forger.valid();
    assert_eq!(send(&site, &good, &list()).await.status, 200);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let mut header_of_curve = curve.header();
    header_of_curve["kid"] = "one".into();
    let rows = [
        (forger.unsigned(), "not a jwt"),
        (
            forger.hmac(key.public(), "one"),
            "algorithm is not accepted",
        ),
        (
            forger.hmac(b"a shared secret", "shared"),
            "algorithm is not accepted",
        ),
        (
            unknown.sign(&key.header(), valid),
            "signature does not match",
        ),
        (
            format!("{message}.{}", encode(b"x")),
            "signature does not match",
        ),
        (format!("{message}."), "signature does not match"),
        (format!("x{message}.{signature}"), "not a jwt"),
        (curve.sign(&header_of_curve, valid), "no such key"),
        (forger.in_header("kid", "nine".into()), "no such key"),
        (
            forger.in_header("typ", "dpop+jwt".into()),
            "not an access token",
        ),
        (
            forger.in_header("typ", "logout+jwt".into()),
            "not an access token",
        ),
        (forger.in_header("crit", json!(["exp"])), "malformed"),
        (forger.in_header("alg", "RS256".into()), "no such key"),
        (forger.with("exp", json!(now() - 31)), "has expired"),
        (forger.with("exp", json!("soon")), "exp, iss, aud and sub"),
        (forger.with("nbf", json!(now() + 60)), "not valid yet"),
        (
            forger.with("iss", "https://evil.example".into()),
            "another issuer",
        ),
        (
            forger.with("iss", json!(format!("{}/", issuer.uri()))),
            "another issuer",
        ),
        (
            forger.with("aud", "https://evil.example/mcp".into()),
            "another audience",
        ),
        (forger.with("aud", json!([])), "another audience"),
        (forger.with("sub", json!(7)), "malformed"),
        (forger.with("cnf", json!({"jkt": "x"})), "bound to a key"),
        (forger.without("exp"), "exp, iss, aud and sub"),
        (forger.without("iss"), "exp, iss, aud and sub"),
        (forger.without("aud"), "exp, iss, aud and sub"),
        (forger.without("sub"), "malformed"),
        ("a.b".to_owned(), "not a jwt"),
        ("opaque-token-of-another-kind".to_owned(), "not a jwt"),
        ("a".repeat(17 << 10), "too long"),
    ];
    for (token, words) in rows {
        let refused = send(&site, &token, &list()).await;
        assert_eq!(refused.status, 401, "{words}: {refused:?}");
        assert!(
            refused.head.contains("error=\"invalid_token\""),
            "{refused:?}"
        );
        assert!(refused.head.contains(words), "{words}: {refused:?}");
        assert!(
            !refused.body.contains(&token[..8.min(token.len())]),
            "{refused:?}"
        );
    }
    let twice = format!("Bearer {good}");
    let twice = [("Authorization", &*twice), ("Authorization", &*twice)];
    assert_eq!(
        post(site.running.address(), &twice, &list()).await.status,
        401
    );
}

#[tokio::test]
async fn what_a_token_may_differ_in_is_accepted() {
    let issuer = MockServer::start().await;
    let forger = Forger::new(Key::ed("one"), &issuer);
    publish(&issuer, &[&forger.key]).await;
    let site = site(&issuer).await;
    for (token, what) in [
        (
            forger.with("exp", json!(now() - 10)),
            "the clocks may differ a little",
        ),
        (
            forger.with("nbf", json!(now() + 10)),
            "the clocks may differ a little",
        ),
        (
            forger.with("aud", json!(["https://other.example", RESOURCE])),
            "one audience of several",
        ),
        (
            forger.in_header("typ", "JWT".into()),
            "issuers older than RFC 9068",
        ),
        (
            forger.in_header("typ", "application/at+jwt".into()),
            "the long form of the type",
        ),
    ] {
        assert_eq!(send(&site, &token, &list()).await.status, 200, "{what}");
    }
}

#[tokio::test]
async fn an_unknown_key_is_looked_for_once_in_a_while() {
    let issuer = MockServer::start().await;
    let (old, new, unknown) = (Key::ed("old"), Key::ed("new"), Key::ed("unknown"));
    publish(&issuer, &[&old]).await;
    let site = site(&issuer).await;
    let by = |key: &Key| key.token(&issuer.uri(), READ);
    for _ in 0..3 {
        assert_eq!(send(&site, &by(&old), &list()).await.status, 200);
    }
    assert_eq!(fetches(&issuer).await, 1);
    publish(&issuer, &[&new]).await;
    assert_eq!(send(&site, &by(&new), &list()).await.status, 200);
    assert_eq!(fetches(&issuer).await, 1);
    assert_eq!(
        send(&site, &by(&old), &list()).await.status,
        401,
        "it was withdrawn"
    );
    for _ in 0..5 {
        assert_eq!(send(&site, &by(&unknown), &list()).await.status, 401);
    }
    assert_eq!(fetches(&issuer).await, 1, "anyone can name an unknown key");
}

#[tokio::test]
async fn without_its_keys_no_token_is_accepted() {
    let key = Key::ed("one");
    let evil = "http://evil.example/keys";
    for (jwks_uri, issuer_name) in [
        (None, None),
        (Some(evil), None),
        (None, Some("https://other.example")),
    ] {
        let issuer = MockServer::start().await;
        if jwks_uri.is_some() || issuer_name.is_some() {
            let own = format!("{}/keys", issuer.uri());
            let metadata = json!({
                "issuer": issuer_name.unwrap_or(&issuer.uri()),
                "jwks_uri": jwks_uri.unwrap_or(&own),
            });
            respond(
                &issuer,
                "/.well-known/oauth-authorization-server",
                &metadata,
            )
            .await;
            respond(&issuer, "/keys", &json!({"keys": [key.jwk()]})).await;
        }
        let site = site(&issuer).await;
        let refused = send(&site, &key.token(&issuer.uri(), READ), &list()).await;
        assert_eq!(refused.status, 503, "{refused:?}");
        assert!(refused.head.contains("retry-after: 30"));
        assert_eq!(fetches(&issuer).await, 0);
    }
}

#[tokio::test]
async fn bearer_tokens_stay_valid_beside_an_issuer() {
    let issuer = MockServer::start().await;
    let key = Key::ed("one");
    publish(&issuer, &[&key]).await;
    let oauth = settings(&issuer);
    let site = start(|options| {
        options.oauth = Some(oauth);
        options.tokens = vec![token("writer", WRITER)];
    })
    .await;
    assert_eq!(send(&site, WRITER, &list()).await.status, 200);
    assert_eq!(
        send(&site, &key.token(&issuer.uri(), READ), &list())
            .await
            .status,
        200
    );
    assert_eq!(send(&site, READER, &list()).await.status, 401);
    // Replaced at once, for requests that begin later.
    site.running.reload(vec![token("reader", READER)], None);
    assert_eq!(send(&site, WRITER, &list()).await.status, 401);
    assert_eq!(send(&site, READER, &list()).await.status, 200);
}

#[tokio::test]
async fn a_claim_names_the_account_that_signs() {
    let issuer = MockServer::start().await;
    let key = Key::ed("one");
    publish(&issuer, &[&key]).await;
    let mut oauth = settings(&issuer);
    oauth.account_claim = Some("crashsight_account".to_owned());
    let simulator = sim::Simulator::start(sim::Options::default())
        .await
        .unwrap();
    let site = start(|options| {
        options.oauth = Some(oauth);
        options.credentials = CredentialMode::PerRequest(sites(&simulator, &simulator));
    })
    .await;
    let of = |account: Value| {
        let mut claims = claims(&issuer.uri());
        claims["scope"] = READ.into();
        claims["crashsight_account"] = account;
        key.sign(&key.header(), &claims)
    };
    let account = site.running.projects().accounts[0].name.to_string();
    let reply = send(&site, &of(json!(account)), &stats("starfall-android")).await;
    assert!(reply.text().starts_with("Day totals"), "{reply:?}");
    assert_eq!((site.simulator.calls(), simulator.calls()), (1, 0));
    for unknown in [
        json!("elsewhere"),
        json!([account, "elsewhere"]),
        json!(null),
        json!({}),
    ] {
        let refused = send(&site, &of(unknown), &list()).await;
        assert_eq!(refused.status, 403, "{refused:?}");
    }
}

/// Clients that cannot send `X-CrashSight-…` headers are given a token that names an account.
#[tokio::test]
async fn a_bearer_token_names_the_account_that_signs() {
    let simulator = sim::Simulator::start(sim::Options::default())
        .await
        .unwrap();
    let site = start(|options| {
        let all = projects("http://127.0.0.1:9");
        let account = all.accounts[0].name.to_string();
        let signed = options.toolbox.upstream().projects().signed_by(&[account]);
        options.credentials = CredentialMode::PerRequest(sites(&simulator, &simulator));
        options.tokens = vec![
            Token {
                projects: Some(Arc::new(signed.unwrap())),
                signs: true,
                ..token("signs", WRITER)
            },
            token("headers", READER),
        ];
    })
    .await;
    let signed = send(&site, WRITER, &stats("starfall-android")).await;
    assert!(signed.text().starts_with("Day totals"), "{signed:?}");
    let other = send(&site, READER, &stats("57a2fa1101@android")).await;
    assert!(other.text().contains("X-CrashSight-User-Id"), "{other:?}");
    assert_eq!((site.simulator.calls(), simulator.calls()), (1, 0));
}

#[tokio::test]
async fn unsafe_settings_are_rejected() {
    type Change = fn(&mut OAuthSettings);
    let site = start(|_| {}).await;
    let valid = OAuthSettings {
        issuer: "https://login.example.com".to_owned(),
        audiences: vec![RESOURCE.to_owned()],
        resource: RESOURCE.to_owned(),
        account_claim: None,
    };
    let rows: [(Change, &str); 3] = [
        (
            |oauth| oauth.issuer = "http://login.example.com".to_owned(),
            "issuer must be",
        ),
        (|oauth| oauth.audiences.clear(), "requires an audience"),
        (
            |oauth| oauth.resource = "api://crashsight".to_owned(),
            "resource must be",
        ),
    ];
    for (change, words) in rows {
        let mut oauth = valid.clone();
        change(&mut oauth);
        let toolbox = super::harness::toolbox(&site.simulator);
        let mut options = super::harness::options(toolbox);
        options.oauth = Some(oauth);
        let error = http::serve(options).await.err().unwrap().to_string();
        assert!(error.contains(words), "{error}");
    }
}
