use super::*;
use crate::secret::{Secret, base64};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::io::Write as _;

fn redactor(store: &Arc<Store>) -> Redactor {
    Redactor::new(store, Arc::new(Vault::new(&Secret::new("k"), "cn")))
}

fn text(text: &str) -> String {
    let redactor = redactor(&Arc::new(Store::memory()));
    redactor.text(text, None, &mut Originals::new())
}

#[test]
fn addresses_and_numbers_are_found_and_nothing_else() {
    for personal in [
        "mei.lin+game@example.com.cn",
        "192.0.2.77",
        "2001:db8:0:0:8:800:200c:417a",
        "2001:db8:7::417a",
        "13812345678",
        "+86 138 1234 5678",
        "+4915112345678",
    ] {
        let line = format!("login {personal}, again ({personal}): {personal}.");
        let redacted = text(&line);
        assert!(!redacted.contains(personal), "{redacted}");
        assert!(
            redacted.starts_with("login ") && redacted.ends_with('.'),
            "{redacted}"
        );
    }
    for harmless in [
        "libUE4.so 3.7.0.1.2 at 0x72a91f4c08",
        "A0:FD:07:10:0B:E7:F1:36:AB:D1:E2:27:D4:4E:71:ED",
        "2026-11-22 10:00:00.123 3020 3061",
        "std::chrono::abc::de",
        "FBase::Add::Dec",
        "1795334880123",
        "127.0.0.1:8080",
        "300.400.500.600",
        "size 138123456789",
    ] {
        assert_eq!(text(harmless), harmless);
    }
    assert!(text("10.0.0.7:8080").ends_with(":8080"));
}

#[tokio::test]
async fn ids_are_replaced_everywhere_and_accepted_back() {
    let store = Arc::new(Store::memory());
    let redactor = redactor(&store);
    let data = json!({
        "rows": [{"userId": "10237642255502364", "deviceId": "a1b2c3d4e5", "version": "1.2.3.4"}],
        "log": "player 10237642255502364 on a1b2c3d4e5",
        "uid": 3_000_000_001_u64,
        "count": 12,
        "data": {"columns": ["time", "user"], "values": [["2026-11-22", "10237642255502364"], ["x", "Unknown"]]},
        "user": 14,
        "empty": {"userId": "-", "device_id": ""},
    });
    let redacted = redactor.redact(&data, 100).await.unwrap();
    let shown = redacted.to_string();
    for original in ["10237642255502364", "a1b2c3d4e5", "3000000001"] {
        assert!(!shown.contains(original), "{shown}");
    }
    assert!(
        shown.contains("1.2.3.4") && shown.contains(r#""userId":"-""#),
        "{shown}"
    );
    assert_eq!(redacted["count"], 12);
    assert_eq!(redacted["user"], 14, "a count of users");
    assert_eq!(
        redacted["data"]["values"][0][1],
        redacted["rows"][0]["userId"]
    );
    assert_eq!(redacted["data"]["values"][1][1], "Unknown");
    let (user, uid) = (
        redacted["rows"][0]["userId"].clone(),
        redacted["uid"].clone(),
    );
    assert_eq!(
        redacted["log"].as_str().unwrap().split(' ').nth(1),
        user.as_str()
    );
    assert_eq!(
        redactor.redact(&data, 100).await.unwrap(),
        redacted,
        "stable"
    );
    let body = json!({"userIdList": [user], "uid": uid, "other": "user-0123456789"});
    let request = Request::post("cn".into(), "x", "/x".to_owned(), body)
        .query("uid", uid.to_string())
        .with_fallback(Request::get(
            "cn".into(),
            "x",
            format!("/of/{}", user.as_str().unwrap()),
        ));
    let restored = redactor.restore(request).await;
    let body = restored.body.unwrap();
    assert_eq!(body["userIdList"][0], "10237642255502364");
    assert_eq!(body["uid"], 3_000_000_001_u64);
    assert_eq!(body["other"], "user-0123456789", "an unknown one stays");
    assert_eq!(restored.query[0].1, "3000000001");
    assert_eq!(restored.fallback.unwrap().path, "/of/10237642255502364");
}

#[tokio::test]
async fn lists_and_counts_by_user_name_people() {
    let redactor = redactor(&Arc::new(Store::memory()));
    let data = json!({
        "processors": "1041;2077",
        "assigned": {"processors": ["1041", "2077"]},
        "processorList": [{"userId": "1041", "name": "Mei"}],
        "userIdList": ["10237642", "-"],
        "customFields": [
            {"name": "userId", "bucketList": [{"key": "10237642", "docCount": 7}, {"key": "-", "docCount": 1}]},
            {"name": "version", "bucketList": [{"key": "1.2.3", "docCount": 7}]},
        ],
        "expUid": "A0FD07100BE7F136ABD1E227D44E71ED",
    });
    let redacted = redactor.redact(&data, 100).await.unwrap();
    let shown = redacted.to_string();
    for original in ["1041", "2077", "10237642"] {
        assert!(!shown.contains(original), "{shown}");
    }
    let mei = redacted["processorList"][0]["userId"].as_str().unwrap();
    let both = redacted["processors"].as_str().unwrap();
    assert_eq!(both.split(';').next(), Some(mei));
    assert_eq!(redacted["assigned"]["processors"][0], mei);
    let counts = &redacted["customFields"];
    assert_eq!(counts[0]["bucketList"][0]["key"], redacted["userIdList"][0]);
    assert_eq!(counts[0]["bucketList"][1]["key"], "-");
    assert_eq!(counts[1], data["customFields"][1]);
    assert_eq!(redacted["expUid"], data["expUid"], "the id of a report");
    let body = json!({"processors": both});
    let request = Request::post("cn".into(), "x", "/x".to_owned(), body);
    let restored = redactor.restore(request).await.body.unwrap();
    assert_eq!(restored["processors"], "1041;2077");
}

#[tokio::test]
async fn an_encoded_file_is_searched_too() {
    let redactor = redactor(&Arc::new(Store::memory()));
    let zipped = |text: &str| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        base64(&gzip.finish().unwrap())
    };
    let harmless = zipped("frame 12");
    let data = json!({
        "userId": "10237642255502364",
        "files": [
            {"content": base64("login mei@example.com")},
            {"content": zipped("player 10237642255502364 on 192.0.2.77")},
            {"content": harmless},
            {"content": "crashCount"},
            {"content": zipped(&"mei@example.com ".repeat(2 << 20))},
        ],
    });
    let redacted = redactor.redact(&data, 100).await.unwrap();
    let content = |index: usize| redacted["files"][index]["content"].as_str().unwrap();
    assert!(content(0).starts_with("login mail-"), "{}", content(0));
    let user = redacted["userId"].as_str().unwrap();
    assert!(
        content(1).starts_with(&format!("player {user} on ip-")),
        "{}",
        content(1)
    );
    assert_eq!(content(2), harmless);
    assert_eq!(content(3), "crashCount");
    assert_eq!(content(4), NOT_SEARCHED);
}

#[test]
fn words_of_the_service_name_no_person() {
    let redactor = redactor(&Arc::new(Store::memory()));
    let error = redactor.redact_error(Error::Rejected {
        code: Some(1),
        message: "no rights for mei@example.com".to_owned(),
        trace: None,
    });
    assert!(!error.to_string().contains("mei@"), "{error}");
}
