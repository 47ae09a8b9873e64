use super::*;
use crate::project::CredentialSource;
use crate::secret::Secret;
use serde_json::json;

fn account(name: &str) -> Account {
    Account {
        name: name.into(),
        provider: ProviderId::Agora,
        base: "https://api.agora.example".to_owned(),
        source: if name == "rtc" {
            CredentialSource::account_section(name, &["customer_id", "customer_secret_env"])
        } else {
            CredentialSource::env(&["AGORA_CUSTOMER_ID", "AGORA_CUSTOMER_SECRET"])
        },
        credentials: Ok(Credentials::Agora {
            customer_id: "Aladdin".to_owned(),
            customer_secret: Secret::new("open sesame"),
        }),
        zone: TimeZone::UTC,
    }
}

fn open(status: u16, body: &str) -> Result<Value, Error> {
    let mut answer = Response {
        status,
        content_type: Some("application/json".to_owned()),
        date: None,
        retry_after: None,
        body: body.as_bytes().to_vec(),
    };
    Agora.parse_response(
        &account("env-agora"),
        &mut answer,
        "2026-11-22T08:08:30Z".parse().unwrap(),
    )
}

#[test]
fn basic_is_the_rfcs_own_example_and_commas_stay() {
    let request = Request::get(
        "env-agora".into(),
        "live",
        "/beta/live/scale/by_time".to_owned(),
    )
    .query("metric", "pcu,pcc")
    .query("cname", "a b&c");
    let signed = Agora
        .sign(&account("env-agora"), &request, Timestamp::UNIX_EPOCH, "id")
        .unwrap();
    assert_eq!(
        signed.url,
        "https://api.agora.example/beta/live/scale/by_time?metric=pcu,pcc&cname=a%20b%26c"
    );
    // RFC 7617, section 2.
    assert!(signed.headers.contains(&(
        "Authorization",
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".to_owned()
    )));
    assert!(signed.body.is_none());
}

#[test]
fn data_and_calls_open() {
    assert_eq!(
        open(
            200,
            r#"{"code":200,"message":"success","data":[{"pcc":42}]}"#
        )
        .unwrap(),
        json!([{"pcc": 42}])
    );
    assert_eq!(
        open(
            200,
            r#"{"code":200,"message":"","has_more":false,"call_lists":[]}"#
        )
        .unwrap(),
        json!({"has_more": false, "call_lists": []})
    );
    assert_eq!(
        open(200, r#"{"code":"200","message":""}"#).unwrap(),
        json!({})
    );
}

#[test]
fn every_refusal_has_its_kind() {
    for (status, body, word, says) in [
        (
            401,
            r#"{"code":401,"message":"x"}"#,
            "credentials",
            "AGORA_CUSTOMER_SECRET",
        ),
        (401, "Unauthorized", "credentials", "AGORA_CUSTOMER_ID"),
        (
            200,
            r#"{"code":403,"message":"forbidden"}"#,
            "credentials",
            "may not use this endpoint",
        ),
        (
            200,
            r#"{"code":300,"message":"no auth"}"#,
            "credentials",
            "may not use this endpoint",
        ),
        (
            200,
            r#"{"code":300,"message":"qps limit error"}"#,
            "rate_limited",
            "retry in 60 s",
        ),
        (
            200,
            r#"{"code":300,"message":"qpd limit error"}"#,
            "rate_limited",
            "retry in 15 h",
        ),
        (429, "", "rate_limited", "retry in 60 s"),
        (
            200,
            r#"{"code":300,"message":"query time range limit error"}"#,
            "invalid_arguments",
            "shorter and later `window`",
        ),
        (
            200,
            r#"{"code":300,"message":"query latency limit error"}"#,
            "invalid_arguments",
            "some minutes late",
        ),
        (
            400,
            r#"{"code":400,"message":"parameter : startTs can not be null"}"#,
            "rejected",
            "startTs can not be null",
        ),
        (404, "<html>", "not_available", "not available"),
        (
            200,
            r#"{"code":500,"message":"Unknown Error","data":null}"#,
            "unreachable",
            "upstream unavailable",
        ),
        (502, "<html>", "unreachable", "upstream unavailable"),
        (200, "<html>", "unexpected_response", "HTML page"),
        (200, "[]", "unexpected_response", "expected an object"),
    ] {
        let failure = open(status, body).unwrap_err();
        assert_eq!(failure.kind(), word, "{body}");
        assert!(failure.to_string().contains(says), "{body}: {failure}");
    }
}

#[test]
fn an_account_of_the_file_is_named_by_its_table() {
    let mut answer = Response {
        status: 401,
        content_type: None,
        date: None,
        retry_after: None,
        body: Vec::new(),
    };
    let failure = Agora
        .parse_response(&account("rtc"), &mut answer, Timestamp::UNIX_EPOCH)
        .unwrap_err()
        .to_string();
    assert!(
        failure.contains("customer_id and customer_secret_env of [accounts.rtc]"),
        "{failure}"
    );
}
