use super::*;
use crate::project::CredentialSource;
use jiff::tz::TimeZone;

fn account() -> Account {
    Account {
        name: "env-getui".into(),
        provider: ProviderId::Getui,
        base: "https://restapi.getui.example".to_owned(),
        source: CredentialSource::env(&[
            "GETUI_APP_ID",
            "GETUI_APP_KEY",
            "GETUI_MASTER_SECRET_FILE",
        ]),
        credentials: Ok(Credentials::Getui {
            app_id: "app".to_owned(),
            app_key: Secret::new("k"),
            master_secret: Secret::new("s"),
        }),
        zone: TimeZone::UTC,
    }
}

fn now() -> Timestamp {
    Timestamp::from_millisecond(1_600_000_000_000).unwrap()
}

fn answer(status: u16, body: &Value) -> Response {
    Response {
        status,
        content_type: Some("application/json".to_owned()),
        date: None,
        retry_after: None,
        body: body.to_string().into_bytes(),
    }
}

fn open(status: u16, body: &Value) -> Result<Value, Error> {
    Getui.parse_response(&account(), &mut answer(status, body), now())
}

#[test]
fn the_signature_matches_the_vector() {
    // docs/vendor/getui.md §1: sha256("k" + "1600000000000" + "s"), made with another tool.
    assert_eq!(
        signature(&Secret::new("k"), 1_600_000_000_000, &Secret::new("s")),
        "f9f9cf6520ae7b3421b9c9d205771cf2ec9c7c45aa31ca406907b638b8dee8b6"
    );
}

#[test]
fn a_login_sends_three_texts() {
    let signed = Getui.request(&account(), now()).unwrap();
    assert_eq!(signed.method, Method::Post);
    assert_eq!(signed.url, "https://restapi.getui.example/v2/app/auth");
    let body: Value = serde_json::from_slice(&signed.body.unwrap()).unwrap();
    assert_eq!(
        body,
        json!({
            "sign": "f9f9cf6520ae7b3421b9c9d205771cf2ec9c7c45aa31ca406907b638b8dee8b6",
            "timestamp": "1600000000000",
            "appkey": "k",
        })
    );
}

#[test]
fn a_token_is_read_with_its_end_and_not_shown() {
    let body =
        json!({"code": 0, "msg": "", "data": {"expire_time": "1600086400000", "token": "t0k"}});
    let token = Login::parse(&Getui, &account(), &mut answer(200, &body), now()).unwrap();
    assert_eq!(token.value.expose(), "t0k");
    assert_eq!(token.until.as_millisecond(), 1_600_086_400_000);
    assert!(!format!("{token:?}").contains("t0k"));
    let request = Request::get("env-getui".into(), "count", "/report/push/count".to_owned());
    let mut signed = Getui.sign(&account(), &request, now(), "id").unwrap();
    Getui.apply(&mut signed, &token.value);
    assert_eq!(
        signed.url,
        "https://restapi.getui.example/v2/app/report/push/count"
    );
    assert!(signed.headers.contains(&("token", "t0k".to_owned())));
}

#[test]
fn a_refused_login_names_the_settings() {
    let body = json!({"code": 20001, "msg": "sign is invalid"});
    let failure = Login::parse(&Getui, &account(), &mut answer(400, &body), now()).unwrap_err();
    assert_eq!(failure.kind(), "credentials");
    assert!(
        failure
            .to_string()
            .contains("GETUI_APP_ID, GETUI_APP_KEY and GETUI_MASTER_SECRET_FILE"),
        "{failure}"
    );
    let body = json!({"code": 10003, "msg": ""});
    let failure = Login::parse(&Getui, &account(), &mut answer(401, &body), now()).unwrap_err();
    assert_eq!(failure.kind(), "rate_limited");
}

#[test]
fn success_is_zero_in_either_type() {
    for code in [json!(0), json!("0")] {
        assert_eq!(
            open(
                200,
                &json!({"code": code, "msg": "success", "data": {"a": 1}})
            )
            .unwrap(),
            json!({"a": 1})
        );
    }
}

#[test]
fn the_code_decides_and_not_the_status() {
    for (status, code, word, says) in [
        (200, 1, "rejected", "upstream error 1"),
        (200, 2, "unreachable", "starting up"),
        (200, 301, "credentials", "GETUI_BASE_URL"),
        (401, 10001, "credentials", "rejected twice"),
        (401, 10002, "credentials", "blocked"),
        (401, 10003, "rate_limited", "retry in 60 s"),
        (401, 10004, "credentials", "message details"),
        (401, 10005, "rate_limited", "retry in 60 s"),
        (400, 20001, "rejected", "upstream error 20001"),
        (404, 404, "rejected", "404"),
    ] {
        let body = json!({"code": code, "msg": "no"});
        let failure = open(status, &body).unwrap_err();
        assert_eq!(failure.kind(), word, "{code}");
        assert!(failure.to_string().contains(says), "{code}: {failure}");
        assert_eq!(
            Getui.is_token_rejected(&answer(status, &body)),
            code == 10001
        );
    }
    let mut page = Response {
        body: b"<html>".to_vec(),
        ..answer(503, &Value::Null)
    };
    let failure = Getui
        .parse_response(&account(), &mut page, now())
        .unwrap_err();
    assert_eq!(failure.kind(), "unreachable");
}
