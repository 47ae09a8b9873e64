//! Processes that share a store: several tools over one file, as several programs have it.

use crashsight_mcp::testing::{self, StoreKind};
use crashsight_simulator::Fault;
use futures_util::future::join_all;
use serde_json::json;

use super::*;

/// A file that several processes share.
struct Shared {
    simulator: Simulator,
    folder: tempfile::TempDir,
}

impl Shared {
    async fn new(quota: Option<u32>) -> Self {
        let options = Options {
            now: Some(now()),
            quota,
            ..Options::default()
        };
        Self {
            simulator: Simulator::start(options).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn process(&self) -> Process {
        self.process_with(API_KEY, CallLimits::default())
    }

    fn process_with(&self, key: &'static str, limits: CallLimits) -> Process {
        let store = StoreKind::Sqlite(self.folder.path().join("store.db"));
        let projects = projects(&self.simulator.base_url(), key);
        let clock = Clock::Fixed(now());
        let policy = Policy::default();
        Process(testing::process_of(projects, clock, &store, limits, policy))
    }
}

fn unavailable() -> Fault {
    Fault::Status {
        status: 503,
        body: "{}".to_owned(),
    }
}

struct Process(Toolbox);

impl Process {
    async fn call(&self, tool: &str, arguments: Value) -> Result<Answered, Error> {
        testing::call(&self.0, tool, arguments).await.result
    }

    async fn options(&self) -> Result<Answered, Error> {
        self.call("crashsight_get_app_options", json!({})).await
    }

    /// Until the others see what it stored.
    async fn stored(&self) {
        self.0.upstream().flush().await;
    }
}

#[tokio::test]
async fn identical_questions_of_several_processes_are_one_request() {
    let shared = Shared::new(None).await;
    let processes: Vec<Process> = (0..4).map(|_| shared.process()).collect();
    let answers = join_all(processes.iter().map(Process::options)).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(shared.simulator.calls(), 1);
}

#[tokio::test]
async fn a_restart_pays_for_nothing_twice() {
    let shared = Shared::new(None).await;
    let first = shared.process();
    let text_of = |answer: Result<Answered, Error>| text(&answer.unwrap());
    let before = text_of(first.options().await);
    first.stored().await;
    drop(first);
    assert_eq!(text_of(shared.process().options().await), before);
    assert_eq!(shared.simulator.calls(), 1);
}

#[tokio::test]
async fn processes_keep_the_limit_together() {
    let shared = Shared::new(Some(25)).await;
    let limits = CallLimits {
        max_wait: Duration::ZERO,
        ..CallLimits::default()
    };
    let processes: Vec<Process> = (0..4)
        .map(|_| shared.process_with(API_KEY, limits))
        .collect();
    let days = (0..40).map(|number| {
        let arguments = json!({"window": format!("{}d", number + 1)});
        processes[number % 4].call("crashsight_get_day_stats", arguments)
    });
    let answers = join_all(days).await;
    let failures: Vec<String> = answers
        .into_iter()
        .filter_map(Result::err)
        .map(|error| error.to_string())
        .collect();
    assert!(!failures.is_empty(), "there are more questions than calls");
    let ours = |text: &String| text.starts_with("rate limit reached") || text.contains("days");
    assert!(failures.iter().all(ours), "{failures:?}");
    assert!(
        shared.simulator.calls() <= 25,
        "{}",
        shared.simulator.calls()
    );
}

#[tokio::test]
async fn another_credential_sees_no_answer() {
    let shared = Shared::new(None).await;
    let own = shared.process();
    own.options().await.unwrap();
    own.stored().await;
    let other = shared.process_with("another-key", CallLimits::default());
    let refused = told(other.options().await);
    assert!(refused.contains("401"), "{refused}");
    assert_eq!(shared.simulator.calls(), 2);
}

#[tokio::test]
async fn an_answer_is_on_disk_and_cannot_be_read_there() {
    let shared = Shared::new(None).await;
    let process = shared.process();
    let top = process.call("crashsight_list_top_issues", json!({})).await;
    let issue = top.unwrap().data()["answer"]["issues"][0]["issue"].clone();
    process.stored().await;
    let mut bytes = Vec::new();
    for entry in shared.folder.path().read_dir().unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    assert!(bytes.len() > 4096);
    let base = shared.simulator.base_url();
    for secret in [
        API_KEY,
        USER_ID,
        "getTopIssue",
        base.as_str(),
        issue.as_str().unwrap(),
    ] {
        let found = bytes
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!found, "{secret}");
    }
}

#[tokio::test]
async fn of_two_processes_one_sends_a_write() {
    let shared = Shared::new(None).await;
    let (one, other) = (shared.process(), shared.process());
    let top = one.call("crashsight_list_top_issues", json!({})).await;
    let issue = top.unwrap().data()["answer"]["issues"][0]["issue"].clone();
    let before = shared.simulator.calls();
    let tag = |confirm: Option<&str>| json!({"issue": issue, "tag": "once", "confirm": confirm});
    let preview = one
        .call("crashsight_add_issue_tag", tag(None))
        .await
        .unwrap();
    let confirm = preview.data()["confirmation"]["confirm"]
        .as_str()
        .unwrap()
        .to_owned();
    let name = "crashsight_add_issue_tag";
    let first = one.call(name, tag(Some(&confirm))).await.map(|_| ());
    let second = other.call(name, tag(Some(&confirm))).await.map(|_| ());
    first.unwrap();
    let lost = second.unwrap_err().to_string();
    assert!(lost.contains("already sent by another process"), "{lost}");
    assert_eq!(shared.simulator.calls(), before + 1);
}

#[tokio::test]
async fn a_failure_is_answered_with_what_another_process_knew() {
    let shared = Shared::new(None).await;
    let simulator = &shared.simulator;
    let first = shared.process();
    let store = StoreKind::Sqlite(shared.folder.path().join("store.db"));
    first
        .call("crashsight_get_daily_trend", json!({"window": "7d"}))
        .await
        .unwrap();
    first.stored().await;
    // Five minutes later the service is down: a running day is not fresh any more, and good enough.
    let later = now()
        .checked_add(jiff::SignedDuration::from_mins(5))
        .unwrap();
    let at = |clock| {
        let projects = projects(&simulator.base_url(), API_KEY);
        let limits = CallLimits::default();
        let policy = Policy::default();
        Process(testing::process_of(
            projects,
            Clock::Fixed(clock),
            &store,
            limits,
            policy,
        ))
    };
    let trend = json!({"window": "7d"});
    for _ in 0..2 {
        simulator.faults().push(unavailable());
    }
    let stale = at(later)
        .call("crashsight_get_daily_trend", trend.clone())
        .await;
    let stale = text(&stale.unwrap());
    assert!(stale.contains("cached 5 min ago"), "{stale}");
    assert!(
        stale.contains("not refreshed: upstream unavailable (HTTP 503)"),
        "{stale}"
    );
    // Half an hour is too old for a running day.
    let late = now()
        .checked_add(jiff::SignedDuration::from_mins(31))
        .unwrap();
    for _ in 0..2 {
        simulator.faults().push(unavailable());
    }
    let refused = at(late)
        .call("crashsight_get_daily_trend", trend.clone())
        .await;
    assert!(told(refused).contains("HTTP 503"));
    for _ in 0..2 {
        simulator.faults().push(unavailable());
    }
    let fresh = json!({"window": "7d", "fresh": true});
    let refused = at(later).call("crashsight_get_daily_trend", fresh).await;
    assert!(
        told(refused).contains("HTTP 503"),
        "a new answer was asked for"
    );
}

#[tokio::test]
async fn pseudonyms_are_accepted_by_another_process() {
    let shared = Shared::new(None).await;
    let limits = CallLimits {
        redact: true,
        ..CallLimits::default()
    };
    let process = || shared.process_with(API_KEY, limits);
    let first = process();
    let users = json!({"window": "today"});
    let plain = shared
        .process()
        .call("crashsight_list_crash_users", users.clone())
        .await;
    let plain = plain.unwrap().data().to_string();
    let shown = first
        .call("crashsight_list_crash_users", users)
        .await
        .unwrap();
    let shown = shown.data();
    let user = shown["answer"]["users"][0].as_str().unwrap().to_owned();
    assert!(user.starts_with("user-"), "{shown}");
    assert!(!plain.contains(&user));
    first.stored().await;
    let crashes = json!({"user": [user], "window": "today"});
    let found = process()
        .call("crashsight_list_user_crashes", crashes)
        .await
        .unwrap();
    let found = found.data().to_string();
    assert!(found.contains(&user), "{found}");
}
