use super::*;
use crate::project::{CredentialSource, Credentials};
use crate::request::ProviderId;
use crate::secret::Secret;
use serde_json::json;

fn account(key: &str) -> Account {
    Account {
        name: "cn".into(),
        provider: ProviderId::CrashSight,
        base: "http://localhost".to_owned(),
        source: CredentialSource::account_section("cn", &["user_id", "api_key"]),
        credentials: Ok(Credentials::CrashSight {
            user_id: "1".to_owned(),
            api_key: Secret::new(key),
        }),
        zone: jiff::tz::TimeZone::UTC,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn request(tag: &str) -> Request {
    Request::post(
        "cn".into(),
        "addTag",
        "/addTag".to_owned(),
        json!({"tag": tag}),
    )
}

/// A process with a store of its own, or of others.
fn process(store: &Arc<Store>, name: &str) -> Confirmations {
    let vault = Arc::new(Vault::new(&Secret::new("k"), "cn"));
    Confirmations::new(store, vault, name)
}

fn alone() -> Confirmations {
    process(&Arc::new(Store::memory()), "1-a")
}

async fn verify(
    used: &Confirmations,
    tag: &str,
    given: Option<&str>,
    second: i64,
) -> Result<Confirmed, Error> {
    let (account, request) = (account("k"), request(tag));
    let write = Write::Request(&request);
    used.verify(&account, "mei", write, given, at(second)).await
}

async fn value(used: &Confirmations, tag: &str, second: i64) -> String {
    match verify(used, tag, None, second).await {
        Err(Error::ConfirmationRequired(asked)) => asked.value,
        other => panic!("{:?}", other.err()),
    }
}

async fn refused(used: &Confirmations, given: &str, second: i64) -> String {
    let outcome = verify(used, "a", Some(given), second).await;
    outcome.err().unwrap().to_string()
}

#[tokio::test]
async fn a_value_confirms_one_request_for_ten_minutes() {
    let value = value(&alone(), "a", 6_000).await;
    let fits =
        async |tag, given: &str, second| verify(&alone(), tag, Some(given), second).await.is_ok();
    assert!(fits("a", &value, 6_000).await);
    assert!(fits("a", &value, 6_599 + 600).await);
    assert!(!fits("a", &value, 6_600 + 600).await, "too old");
    assert!(!fits("b", &value, 6_000).await, "another request");
    assert!(!fits("a", "0000", 6_000).await, "made up");
}

#[tokio::test]
async fn a_value_sends_once_and_the_next_is_another() {
    let used = alone();
    let first = value(&used, "a", 6_000).await;
    let write = verify(&used, "a", Some(&first), 6_001).await.unwrap();
    write.departs();
    write.ended(&Ok(())).await;
    drop(write);
    let again = refused(&used, &first, 6_002).await;
    assert!(again.contains("the service answered"), "{again}");
    let second = value(&used, "a", 6_003).await;
    assert_ne!(first, second);
    assert!(verify(&used, "a", Some(&second), 6_004).await.is_ok());
}

#[tokio::test]
async fn a_write_that_never_left_returns_its_value() {
    let used = alone();
    let first = value(&used, "a", 6_000).await;
    drop(verify(&used, "a", Some(&first), 6_001).await.unwrap());
    used.store.flush().await;
    let write = verify(&used, "a", Some(&first), 6_003).await;
    let write = write.expect("it was cancelled");
    write.departs();
    write
        .ended(&Err::<(), _>(Error::too_many_requests(None)))
        .await;
    drop(write);
    used.store.flush().await;
    assert!(
        verify(&used, "a", Some(&first), 6_004).await.is_ok(),
        "refused"
    );
}

#[tokio::test]
async fn an_unknown_outcome_is_called_unknown() {
    let used = alone();
    let first = value(&used, "a", 6_000).await;
    let write = verify(&used, "a", Some(&first), 6_001).await.unwrap();
    let meanwhile = refused(&used, &first, 6_001).await;
    assert!(meanwhile.contains("another call"), "{meanwhile}");
    write.departs();
    write
        .ended(&Err::<(), _>(Error::unreachable("reset")))
        .await;
    drop(write);
    used.store.flush().await;
    let again = refused(&used, &first, 6_002).await;
    assert!(again.contains("not known"), "{again}");
}

#[tokio::test]
async fn of_two_processes_one_sends() {
    let store = Arc::new(Store::memory());
    let (one, other) = (process(&store, "11-a"), process(&store, "22-b"));
    let shown = value(&one, "a", 6_000).await;
    assert_eq!(shown, value(&other, "a", 6_000).await);
    let write = verify(&other, "a", Some(&shown), 6_001).await.unwrap();
    let meanwhile = refused(&one, &shown, 6_002).await;
    assert!(
        meanwhile.contains("in use by another process (22)"),
        "{meanwhile}"
    );
    write.departs();
    write.ended(&Ok(())).await;
    let lost = refused(&one, &shown, 6_013).await;
    assert_eq!(
        lost,
        "this `confirm` was already sent by another process (22) 12 s ago, and the service answered\n\
         hint: a call without it returns a new value, for a second write"
    );
}

#[tokio::test]
async fn of_two_processes_one_runs_a_program() {
    let store = Arc::new(Store::memory());
    let (one, other) = (process(&store, "11-a"), process(&store, "22-b"));
    let account = account("k");
    let verify = |used: &'_ Confirmations, line: &'static str, given: Option<String>| {
        let (used, account) = (
            Confirmations::new(&used.store, Arc::clone(&used.vault), &used.process),
            account.clone(),
        );
        async move {
            let write = Write::Program(line);
            used.verify(&account, "mei", write, given.as_deref(), at(6_000))
                .await
        }
    };
    let Err(Error::ConfirmationRequired(asked)) = verify(&one, "upload a", None).await else {
        panic!("it is not confirmed");
    };
    assert_eq!((asked.action, &*asked.line), ("run", "upload a"));
    let shown = Some(asked.value);
    assert!(
        verify(&other, "upload b", shown.clone()).await.is_err(),
        "another program"
    );
    let run = verify(&other, "upload a", shown.clone()).await.unwrap();
    run.departs();
    run.ended(&Ok(())).await;
    let lost = verify(&one, "upload a", shown)
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(
        lost.contains("already sent by another process (22)"),
        "{lost}"
    );
}

#[tokio::test]
async fn many_at_once_send_once() {
    let store = Arc::new(Store::memory());
    let shown = value(&process(&store, "0-x"), "a", 6_000).await;
    let tries = (0..20).map(|number| {
        let used = process(&store, &format!("{number}-a"));
        let shown = shown.clone();
        async move {
            let write = verify(&used, "a", Some(&shown), 6_001).await.ok()?;
            write.departs();
            write.ended(&Ok(())).await;
            Some(())
        }
    });
    let sent = futures_util::future::join_all(tries).await;
    assert_eq!(sent.into_iter().flatten().count(), 1);
}

#[tokio::test]
async fn another_key_or_caller_gives_another_value() {
    let value = async |key, caller| {
        let used = alone();
        let (account, request) = (account(key), request("a"));
        let outcome = used.verify(&account, caller, Write::Request(&request), None, at(6_000));
        match outcome.await {
            Err(Error::ConfirmationRequired(asked)) => asked.value,
            other => panic!("{:?}", other.err()),
        }
    };
    assert_ne!(value("k", "mei").await, value("other", "mei").await);
    assert_ne!(value("k", "mei").await, value("k", "ci").await);
}
