//! Signature, quota, refusals and faults.

use std::io::Read as _;
use std::time::Duration;

use flate2::read::GzDecoder;
use serde_json::json;

use super::*;
use crate::Fault;

async fn status_of(simulator: &Simulator, signed: &str) -> u16 {
    let target = format!("{BASE}/getSelectorDatas?appId={APP}&pid=1&{signed}");
    send(simulator, "GET", &target, "").await.unwrap().status
}

#[tokio::test]
async fn only_the_right_signature_passes() {
    let simulator = simulator().await;
    for (user, key, skew, status) in [
        (USER_ID, API_KEY, 0, 200),
        (USER_ID, API_KEY, 300, 200),
        (USER_ID, API_KEY, -301, 401),
        (USER_ID, API_KEY, 301, 401),
        (USER_ID, "another key", 0, 401),
        ("10002", API_KEY, 0, 401),
    ] {
        let signed = signature(key, user, NOW + skew);
        assert_eq!(
            status_of(&simulator, &signed).await,
            status,
            "{user} {key} {skew}"
        );
    }
    assert_eq!(status_of(&simulator, "").await, 401);
    assert_eq!(simulator.calls(), 7);
}

#[tokio::test]
async fn the_answer_tells_the_time() {
    let simulator = simulator().await;
    let reply = send(&simulator, "GET", "/", "").await.unwrap();
    assert_eq!(reply.status, 401);
    assert_eq!(reply.header("date"), Some("Sun, 22 Nov 2026 08:08:00 GMT"));
    simulator.faults().push(Fault::DateSkew(-3600));
    let reply = send(&simulator, "GET", "/", "").await.unwrap();
    assert_eq!(reply.header("date"), Some("Sun, 22 Nov 2026 07:08:00 GMT"));
}

#[tokio::test]
async fn the_quota_is_over_all_operations() {
    let limited = Options {
        quota: Some(3),
        ..options()
    };
    let simulator = Simulator::start(limited).await.unwrap();
    let options = json!({"appId": APP, "pid": "1"});
    for path in ["getSelectorDatas", "getSelectorDatas", "issueInfo"] {
        assert_eq!(call(&simulator, "POST", path, &options).await.status, 200);
    }
    assert_eq!(
        call(&simulator, "POST", "getSelectorDatas", &options)
            .await
            .status,
        429
    );
}

#[tokio::test]
async fn refusals_come_in_the_services_own_forms() {
    let simulator = simulator().await;
    let stranger = json!({"appId": "0000000000", "platformId": 1, "issueId": "x"});
    assert_eq!(
        call(&simulator, "POST", "issueInfo", &stranger)
            .await
            .status,
        403
    );
    for (method, path, status) in [("GET", "nothing", 404), ("GET", "getTopIssueEx", 405)] {
        let reply = call(&simulator, method, path, &json!({})).await;
        let page = reply.json();
        assert_eq!((reply.status, &page["status"]), (status, &json!(status)));
        assert_eq!(page["path"], format!("{BASE}/{path}"));
        assert!(page["timestamp"].is_string() && page["error"].is_string());
    }
    let signed = signature(API_KEY, USER_ID, NOW);
    let target = format!("{BASE}/issueInfo?{signed}");
    let reply = send(&simulator, "POST", &target, "{").await.unwrap();
    assert_eq!((reply.status, &reply.json()["status"]), (400, &json!(400)));
}

#[tokio::test]
async fn faults_spoil_one_answer_each() {
    let simulator = simulator().await;
    let good = call(
        &simulator,
        "GET",
        &format!("getSelectorDatas?appId={APP}&pid=1"),
        &json!({}),
    )
    .await;
    let next = async |fault: Fault| {
        simulator.faults().push(fault);
        let signed = signature(API_KEY, USER_ID, NOW);
        let target = format!("{BASE}/getSelectorDatas?appId={APP}&pid=1&{signed}");
        send(&simulator, "GET", &target, "").await
    };
    let reply = next(Fault::Status {
        status: 502,
        body: "{}".to_owned(),
    })
    .await
    .unwrap();
    assert_eq!((reply.status, reply.text().as_str()), (502, "{}"));
    let reply = next(Fault::Html(503)).await.unwrap();
    assert!(reply.status == 503 && reply.text().starts_with("<html>"));
    let reply = next(Fault::Spring(500)).await.unwrap();
    assert_eq!(reply.json()["error"], "Internal Server Error");
    let reply = next(Fault::Redirect("https://example.com/".to_owned()))
        .await
        .unwrap();
    assert_eq!(
        (reply.status, reply.header("location")),
        (302, Some("https://example.com/"))
    );
    let reply = next(Fault::TooManyRequests(Some(7))).await.unwrap();
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (429, Some("7"))
    );
    let reply = next(Fault::TooManyRequests(None)).await.unwrap();
    assert_eq!((reply.status, reply.header("retry-after")), (429, None));
    let reply = next(Fault::Flood(2)).await.unwrap();
    assert_eq!(reply.bytes.len(), 2 << 20);
    assert!(next(Fault::Dropped).await.is_none());
    let reply = next(Fault::Truncated).await.unwrap();
    let declared: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert_eq!(declared, good.bytes.len());
    assert_eq!(reply.bytes, good.bytes[..declared / 2]);
    let reply = next(Fault::Gzip).await.unwrap();
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    GzDecoder::new(reply.bytes.as_slice())
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, good.bytes);
    let asked = std::time::Instant::now();
    let reply = next(Fault::Delay(Duration::from_millis(30))).await.unwrap();
    assert!(asked.elapsed() >= Duration::from_millis(30) && reply.bytes == good.bytes);
    let reply = call(
        &simulator,
        "GET",
        &format!("getSelectorDatas?appId={APP}&pid=1"),
        &json!({}),
    )
    .await;
    assert_eq!(reply.bytes, good.bytes);
}

#[tokio::test]
async fn a_closed_form_leaves_the_fallback() {
    let simulator = simulator().await;
    simulator
        .faults()
        .disable_form("POST", "/uniform/openapi/getSelectorDatas", 405);
    let body = json!({"appId": APP, "pid": "1"});
    assert_eq!(
        call(&simulator, "POST", "getSelectorDatas", &body)
            .await
            .status,
        405
    );
    let query = format!("getSelectorDatas?appId={APP}&pid=1");
    assert_eq!(call(&simulator, "GET", &query, &body).await.status, 200);
    simulator.faults().clear();
    assert_eq!(
        call(&simulator, "POST", "getSelectorDatas", &body)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn dropping_it_closes_the_port() {
    let simulator = simulator().await;
    let address = simulator
        .base_url()
        .trim_start_matches("http://")
        .to_owned();
    drop(simulator);
    let closed = async {
        while TcpStream::connect(&address).is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), closed)
        .await
        .expect("the port to close");
}

#[tokio::test]
async fn an_operation_that_is_not_offered_is_not_found() {
    let simulator = Simulator::start(Options {
        without: vec!["getVersionDateList".to_owned()],
        ..options()
    })
    .await
    .unwrap();
    let body = json!({"appId": APP});
    let reply = call(&simulator, "POST", "getVersionDateList", &body).await;
    assert_eq!(
        (reply.status, reply.json()["status"].clone()),
        (404, json!(404))
    );
    let reply = call(&simulator, "POST", "getSelectorDatas", &body).await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_accept_it() {
    let address = |simulator: &Simulator| {
        simulator
            .base_url()
            .trim_start_matches("http://")
            .to_owned()
    };
    for (compression, compressed) in [(true, true), (false, false)] {
        let simulator = Simulator::start(Options {
            compression,
            ..options()
        })
        .await
        .unwrap();
        let target = format!(
            "{BASE}/getSelectorDatas?appId={APP}&{}",
            signature(API_KEY, USER_ID, NOW)
        );
        let host = format!("{}\r\nAccept-Encoding: *", address(&simulator));
        let reply = send_with(&simulator, "GET", &target, "", &host)
            .await
            .unwrap();
        let is_gzip = reply.header("content-encoding") == Some("gzip");
        assert_eq!(is_gzip, compressed);
        let mut text = String::new();
        if compressed {
            GzDecoder::new(&*reply.bytes)
                .read_to_string(&mut text)
                .unwrap();
        } else {
            text = reply.text();
        }
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert!(answer["ret"]["data"]["versionList"].is_array());
    }
}
