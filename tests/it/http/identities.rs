//! Credentials in request headers: identities, caches and hints.

use crashsight_mcp::http::CredentialMode;
use crashsight_simulator::{self as sim, Simulator};
use serde_json::{Value, json};

use super::harness::{READER, WRITER, call, get, list, post, sites, start, token};

fn stats() -> Value {
    call(
        "crashsight_get_day_stats",
        &json!({"window": "yesterday", "project": "57a2fa1101@android"}),
    )
}

fn headers<'a>(user: &'a str, key: &'a str, site: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("X-CrashSight-User-Id", user),
        ("X-CrashSight-Api-Key", key),
        ("X-CrashSight-Site", site),
    ]
}

#[tokio::test]
async fn identities_share_no_cache() {
    let cn = Simulator::start(sim::Options::default()).await.unwrap();
    let global = Simulator::start(sim::Options {
        seed: 2,
        ..sim::Options::default()
    });
    let global = global.await.unwrap();
    let site =
        start(|options| options.credentials = CredentialMode::PerRequest(sites(&cn, &global)))
            .await;
    let at = site.running.address();
    let known = headers(sim::USER_ID, sim::API_KEY, "cn");
    let answer = post(at, &known, &stats()).await.text();
    assert!(answer.starts_with("Day totals"), "{answer}");
    assert_eq!(cn.calls(), 1);
    post(at, &known, &stats()).await;
    assert_eq!(cn.calls(), 1, "the same identity has its cache");
    // The same call with other credentials is sent again, and rejected by the service.
    let unknown = headers(sim::USER_ID, "11111111-demo-demo-demo-000000000000", "cn");
    let refused = post(at, &unknown, &stats()).await;
    assert_eq!(refused.json()["result"]["isError"], true, "{refused:?}");
    let hint = "the headers X-CrashSight-User-Id and X-CrashSight-Api-Key";
    assert!(refused.text().contains(hint), "{refused:?}");
    assert_eq!(cn.calls(), 2);
    let abroad = headers(sim::USER_ID, sim::API_KEY, "global");
    let other = post(at, &abroad, &stats()).await.text();
    assert!(
        other.starts_with("Day totals") && other != answer,
        "{other}"
    );
    assert_eq!((cn.calls(), global.calls()), (2, 1));
    let page = get(at, "/metrics", &[]).await.body;
    assert!(page.contains("crashsight_mcp_identities 3"), "{page}");
    assert!(!page.contains(sim::API_KEY) && !page.contains(sim::USER_ID));
    assert_eq!(
        site.simulator.calls(),
        0,
        "the server's own account is never used"
    );
}

#[tokio::test]
async fn without_credentials_errors_name_the_headers() {
    let simulator = Simulator::start(sim::Options::default()).await.unwrap();
    let site = start(|options| {
        options.credentials = CredentialMode::PerRequest(sites(&simulator, &simulator));
    })
    .await;
    let at = site.running.address();
    let listed = post(at, &[], &list()).await;
    assert_eq!(listed.json()["result"]["cacheScope"], "private");
    let reply = post(at, &[("X-CrashSight-User-Id", "1")], &stats()).await;
    assert!(reply.text().contains("X-CrashSight-Api-Key"), "{reply:?}");
    let projects = post(at, &[], &call("crashsight_list_projects", &json!({}))).await;
    assert!(!projects.text().contains("starfall"), "{projects:?}");
    assert_eq!(simulator.calls() + site.simulator.calls(), 0);
    let named = headers(sim::USER_ID, sim::API_KEY, "cn");
    let named = [
        &named[..],
        &[("X-CrashSight-Project", "57a2fa1101@android")],
    ]
    .concat();
    let reply = post(at, &named, &call("crashsight_get_day_stats", &json!({}))).await;
    assert!(reply.text().contains("57a2fa1101@android"), "{reply:?}");
}

#[tokio::test]
async fn headers_cannot_set_a_base_url() {
    let simulator = Simulator::start(sim::Options::default()).await.unwrap();
    let site = start(|options| {
        options.credentials = CredentialMode::PerRequest(sites(&simulator, &simulator));
    })
    .await;
    let at = site.running.address();
    let long = "k".repeat(300);
    for (name, value) in [
        ("X-CrashSight-Site", "https://evil.example"),
        ("X-CrashSight-Site", &*simulator.base_url()),
        ("X-CrashSight-Site", "CN"),
        ("X-CrashSight-Project", "../x@pc"),
        ("X-CrashSight-Project", "a@amiga"),
        ("X-CrashSight-Api-Key", &long),
        ("X-Getui-App-Id", "../../auth"),
        ("X-Agora-App-Id", "a&b=c"),
        ("X-Agora-Customer-Secret", &long),
    ] {
        let reply = post(at, &[(name, value)], &list()).await;
        assert_eq!(reply.status, 400, "{name}: {value}");
        assert!(!reply.body.contains("evil") && !reply.body.contains(&long));
    }
    let twice = [("X-CrashSight-User-Id", "1"), ("X-CrashSight-User-Id", "2")];
    assert_eq!(post(at, &twice, &list()).await.status, 400);
    assert_eq!(simulator.calls(), 0);
}

/// The token says who may call; the headers say who signs. One key under two tokens is one budget.
#[tokio::test]
async fn tokens_and_credential_headers_combine() {
    let simulator = Simulator::start(sim::Options::default()).await.unwrap();
    let site = start(|options| {
        options.credentials = CredentialMode::PerRequest(sites(&simulator, &simulator));
        options.tokens = vec![token("one", WRITER), token("two", READER)];
    })
    .await;
    let at = site.running.address();
    let credentials = headers(sim::USER_ID, sim::API_KEY, "cn");
    assert_eq!(post(at, &credentials, &stats()).await.status, 401);
    for text in [WRITER, READER] {
        let bearer = format!("Bearer {text}");
        let all = [&credentials[..], &[("Authorization", &*bearer)]].concat();
        assert!(
            post(at, &all, &stats())
                .await
                .text()
                .starts_with("Day totals")
        );
    }
    assert_eq!(simulator.calls(), 1);
}

#[tokio::test]
async fn agora_and_getui_use_their_own_headers() {
    let simulator = Simulator::start(sim::Options::default()).await.unwrap();
    let site = start(|options| {
        options.credentials = CredentialMode::PerRequest(sites(&simulator, &simulator));
    })
    .await;
    let at = site.running.address();
    let agora = [
        ("X-Agora-Customer-Id", sim::AGORA_CUSTOMER_ID),
        ("X-Agora-Customer-Secret", sim::AGORA_CUSTOMER_SECRET),
        ("X-Agora-App-Id", sim::AGORA_APP),
    ];
    let getui = [
        ("X-Getui-App-Id", sim::GETUI_APP_ID),
        ("X-Getui-App-Key", sim::GETUI_APP_KEY),
        ("X-Getui-Master-Secret", sim::GETUI_MASTER_SECRET),
    ];
    let diagnoses = call("agora_list_diagnoses", &json!({}));
    let push = call("getui_get_push_report", &json!({"tasks": sim::LAUNCH_TASK}));
    let listed = post(at, &agora, &list()).await.body;
    assert!(listed.contains("agora_list_diagnoses") && !listed.contains("getui_"));
    let reply = post(at, &agora, &diagnoses).await.text();
    assert!(reply.starts_with("Diagnosed problems"), "{reply}");
    let both = [&agora[..], &getui[..]].concat();
    let reply = post(at, &both, &push).await.text();
    assert!(reply.starts_with("Push RASL_"), "{reply}");
    // Without Getui's headers its tools are unknown to this caller.
    assert!(post(at, &agora, &push).await.json()["error"].is_object());
    let partly = post(at, &agora[..2], &diagnoses).await.text();
    assert!(partly.contains("send X-Agora-App-Id"), "{partly}");
    let unknown = [
        ("X-Agora-Customer-Id", sim::AGORA_CUSTOMER_ID),
        ("X-Agora-Customer-Secret", "another"),
        ("X-Agora-App-Id", sim::AGORA_APP),
    ];
    let refused = post(at, &unknown, &diagnoses).await;
    assert_eq!(refused.json()["result"]["isError"], true, "{refused:?}");
    let hint = "the headers X-Agora-Customer-Id and X-Agora-Customer-Secret";
    assert!(refused.text().contains(hint), "{refused:?}");
    let unknown = [&getui[..2], &[("X-Getui-Master-Secret", "another")]].concat();
    let refused = post(at, &unknown, &push).await;
    let hint = "the headers X-Getui-App-Id, X-Getui-App-Key and X-Getui-Master-Secret";
    assert!(refused.text().contains(hint), "{refused:?}");
    assert_eq!(
        site.simulator.calls(),
        0,
        "the server's own accounts are never used"
    );
}
