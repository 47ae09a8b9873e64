//! What comes back, or does not: silence, broken and strange bodies, too much of them.

use std::io::Write as _;

use crashsight_simulator::{API_KEY, Fault};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use super::*;

/// A peer with one answer.
async fn peer(answer: impl Respond + 'static) -> (MockServer, Tools) {
    let peer = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&peer).await;
    let tools = Tools::over(&peer.uri());
    (peer, tools)
}

fn page(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.as_bytes(), "text/html")
}

#[tokio::test]
async fn silence_ends() {
    let (listener, base) = silent().await;
    let tools = Tools::over(&base);
    let mut read = request("slow");
    read.timeout = Duration::from_secs(1);
    let api = Api::new(&tools.run, rights(&[], |_| false));
    let call = api.send(read);
    let accepted = async {
        // Both tries arrive; the connections are held until the call has given up.
        let first = listener.accept().await.unwrap();
        let second = listener.accept().await.unwrap();
        (first, second)
    };
    let both = Box::pin(async { tokio::join!(call, accepted) });
    let (outcome, _held) = soon(both).await;
    let sentence = told(outcome);
    assert!(
        sentence.ends_with("did not answer within 1 s: try again, or ask for less"),
        "{sentence}"
    );
}

#[tokio::test]
async fn the_whole_call_has_a_deadline() {
    let (_listener, base) = silent().await;
    let limits = CallLimits {
        deadline: Duration::from_secs(1),
        ..CallLimits::default()
    };
    let tools = Tools::new(&base, API_KEY, now(), limits);
    insta::assert_snapshot!(soon(tools.sentence()).await, @"no answer within 1 s: try again, or ask for less");
}

#[tokio::test]
async fn nobody_listens() {
    let (listener, base) = silent().await;
    drop(listener);
    let sentence = Tools::over(&base).sentence().await;
    assert!(sentence.contains("is not reachable"), "{sentence}");
    assert!(
        sentence.ends_with("hint: check the network, a proxy, and the account's `site`"),
        "{sentence}"
    );
}

#[tokio::test]
async fn a_dropped_connection_is_tried_again() {
    let (simulator, tools) = spoilt([Fault::Dropped]).await;
    assert!(tools.read().await.is_ok());
    assert_eq!(simulator.calls(), 2);
    let (_simulator, tools) = spoilt([Fault::Dropped, Fault::Dropped]).await;
    let sentence = tools.sentence().await;
    assert!(sentence.contains("closed the connection"), "{sentence}");
}

#[tokio::test]
async fn a_broken_body_is_tried_again() {
    let (simulator, tools) = spoilt([Fault::Truncated]).await;
    assert!(tools.read().await.is_ok());
    assert_eq!(simulator.calls(), 2);
    let (_simulator, tools) = spoilt([Fault::Truncated, Fault::Truncated]).await;
    let sentence = tools.sentence().await;
    assert!(
        sentence.contains("ended or was damaged after"),
        "{sentence}"
    );
}

#[tokio::test]
async fn half_a_json_is_no_answer() {
    let (_peer, tools) =
        peer(ResponseTemplate::new(200).set_body_string("{\"status\":200,\"re")).await;
    insta::assert_snapshot!(tools.sentence().await, @"
    unexpected response: the JSON ends after 17 bytes: call again
    hint: `crashsight-mcp call … --raw` prints it
    ");
}

#[tokio::test]
async fn a_page_is_no_answer() {
    let (simulator, tools) = spoilt([Fault::Html(200)]).await;
    let sentence = tools.sentence().await;
    assert!(
        sentence.contains(
            "an HTML page where JSON was expected; is a proxy or a login page in between?"
        ),
        "{sentence}"
    );
    assert_eq!(simulator.calls(), 1);
    let (_simulator, tools) = spoilt([Fault::Html(502), Fault::Html(502)]).await;
    insta::assert_snapshot!(tools.sentence().await, @"upstream unavailable (HTTP 502): retry in a minute");
}

#[tokio::test]
async fn a_page_that_repeats_the_address_shows_no_signature() {
    let (_peer, tools) = peer(|request: &wiremock::Request| {
        page(&format!(
            "<html>cannot fetch {} <b>now</b></html>",
            request.url
        ))
    })
    .await;
    let sentence = tools.sentence().await;
    assert!(
        sentence.contains("/getSelectorDatas?… <b>now</b>"),
        "{sentence}"
    );
    let (_peer, tools) = peer(|request: &wiremock::Request| {
        ResponseTemplate::new(200).set_body_json(json!({
            "code": 400, "errmsg": format!("bad address {}", request.url),
        }))
    })
    .await;
    let sentence = tools.sentence().await;
    assert!(sentence.contains("bad address"), "{sentence}");
}

#[tokio::test]
async fn an_error_page_inside_200_is_told_apart() {
    let spring = |status: u16| Fault::Status {
        status: 200,
        body: json!({
            "timestamp": "2026-11-22T08:30:00.000+0000", "status": status,
            "error": "Internal Server Error", "message": "boom", "path": "/uniform/openapi/x",
        })
        .to_string(),
    };
    let (simulator, tools) = spoilt([spring(500), spring(500)]).await;
    insta::assert_snapshot!(tools.sentence().await, @"upstream unavailable (an error page with status 500): retry in a minute");
    assert_eq!(simulator.calls(), 2);
    let (simulator, tools) = spoilt([spring(404)]).await;
    assert!(tools.read().await.is_ok(), "the other form answers");
    assert_eq!(simulator.calls(), 2);
    let (_simulator, tools) = spoilt([spring(400)]).await;
    insta::assert_snapshot!(tools.sentence().await, @"
    upstream error 400
    ```
    Internal Server Error boom
    ```
    ");
}

#[tokio::test]
async fn a_compressed_answer_is_read() {
    let (simulator, tools) = spoilt([Fault::Gzip]).await;
    let reply = tools.read().await.unwrap();
    assert!(text(&reply).contains("versions"), "{}", text(&reply));
    assert_eq!(simulator.calls(), 1);
}

#[tokio::test]
async fn an_unknown_compression_is_named() {
    let answer = ResponseTemplate::new(200)
        .insert_header("content-encoding", "compress")
        .set_body_bytes(vec![1, 2, 3]);
    let (_peer, tools) = peer(answer).await;
    let sentence = tools.sentence().await;
    assert!(
        sentence.contains("unsupported Content-Encoding `compress`"),
        "{sentence}"
    );
}

#[tokio::test]
async fn the_cap_counts_what_comes_out() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        packed.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 1 << 20, "the bomb is small on the wire");
    let bomb = ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_bytes(packed);
    let (peer, _) = peer(bomb).await;
    let (simulator, _) = spoilt([Fault::Flood(200)]).await;
    let limits = CallLimits {
        response_bytes: 1 << 20,
        ..CallLimits::default()
    };
    for base in [peer.uri(), simulator.base_url()] {
        let tools = Tools::new(&base, API_KEY, now(), limits);
        assert_eq!(
            soon(tools.sentence()).await,
            "the service sends more than 1 MB for this call, the most that is read\n\
             hint: ask for less (a shorter window, a smaller limit), or raise `--max-response-mb`"
        );
    }
    assert_eq!(simulator.calls(), 1);
}

#[tokio::test]
async fn an_empty_body_is_told() {
    let (_peer, tools) = peer(ResponseTemplate::new(200)).await;
    insta::assert_snapshot!(tools.sentence().await, @"
    unexpected response: the service sent nothing (HTTP 200)
    hint: `crashsight-mcp call … --raw` prints it
    ");
}

#[tokio::test]
async fn bytes_of_another_charset_are_named() {
    // `{"message":"成功"}` in GBK.
    let gbk = b"{\"message\":\"\xb3\xc9\xb9\xa6\"}".to_vec();
    let answer = ResponseTemplate::new(200).set_body_raw(gbk, "application/json;charset=GBK");
    let (_peer, tools) = peer(answer).await;
    insta::assert_snapshot!(tools.sentence().await, @"
    unexpected response: 18 bytes that are not UTF-8 text (application/json;charset=GBK) where JSON was expected
    hint: `crashsight-mcp call … --raw` prints it
    ");
}

#[tokio::test]
async fn a_mark_before_the_json_is_skipped() {
    let body = format!("\u{feff}{}", json!({"code": 200, "data": {"tagList": []}}));
    let (_peer, tools) = peer(ResponseTemplate::new(200).set_body_string(body)).await;
    assert!(tools.read().await.is_ok());
}

#[tokio::test]
async fn a_bare_word_is_no_empty_list() {
    let (_peer, tools) = peer(ResponseTemplate::new(200).set_body_json(json!("ok"))).await;
    let sentence = tools.sentence().await;
    assert!(
        sentence.contains("expected an object with a sign of success"),
        "{sentence}"
    );
}
