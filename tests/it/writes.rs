//! Writes about an issue over the simulator: shown, confirmed, sent once, and seen in the next answers.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::Arc;
use std::time::Duration;

use crashsight_mcp::testing::{self, Confirm};
use crashsight_mcp::{
    Budget, CallLimits, Caller, Clock, Error, Outcome, Policy, Toolbox, Upstream,
};
use crashsight_simulator::{ACCOUNTS, Envelopes, Fault, Options, PROJECTS, Simulator};
use jiff::Timestamp;
use serde_json::{Value, json};

struct World {
    simulator: Simulator,
    toolbox: Toolbox,
}

impl World {
    async fn new(envelopes: Envelopes, policy: Policy) -> Self {
        let now: Timestamp = "2026-11-22T16:30:00+08:00".parse().unwrap();
        let options = Options {
            now: Some(now),
            quota: None,
            envelopes,
            ..Options::default()
        };
        let simulator = Simulator::start(options).await.unwrap();
        let projects =
            testing::demo_projects(&simulator.base_url(), &ACCOUNTS[..1], &PROJECTS[..1]);
        let limits = CallLimits {
            paced: false,
            ..CallLimits::default()
        };
        let upstream = Upstream::new(Arc::new(projects), Clock::Fixed(now), limits);
        let toolbox = Toolbox::new(Arc::new(upstream), testing::site_zone(), policy);
        Self { simulator, toolbox }
    }

    async fn call(&self, tool: &str, arguments: Value) -> Outcome {
        testing::call(&self.toolbox, tool, arguments).await
    }

    async fn data(&self, tool: &str, arguments: Value) -> Value {
        let outcome = self.call(tool, arguments).await;
        outcome.result.map(|answered| answered.data()).unwrap()
    }

    async fn text(&self, tool: &str, arguments: Value) -> String {
        let answered = self.call(tool, arguments).await.result.unwrap();
        answered.reply().text(Budget::DEFAULT)
    }

    /// Calls twice: what would be sent, then with its confirmation.
    async fn confirmed(&self, tool: &str, mut arguments: Value) -> Value {
        let shown = self.data(tool, arguments.clone()).await;
        assert!(shown.get("answer").is_none(), "{tool}: {shown}");
        arguments["confirm"] = shown["confirmation"]["confirm"].clone();
        let done = self.data(tool, arguments.clone()).await;
        // A second time the value is spent, or there is nothing left to send.
        match self.call(tool, arguments).await.result {
            Ok(answered) => assert_eq!(answered.data()["answer"]["sent"], false, "{tool}"),
            Err(error) => assert!(error.to_string().contains("`confirm`"), "{tool}: {error}"),
        }
        done
    }

    async fn top_issue(&self) -> String {
        let top = self.data("crashsight_list_top_issues", json!({"limit": 1}));
        let top = top.await;
        let issue = top["answer"]["issues"][0]["issue"].as_str();
        issue.unwrap().to_owned()
    }
}

const STATUS: &str = "crashsight_update_issue_status";

#[tokio::test]
async fn what_is_confirmed_is_seen_in_the_next_answers() {
    for envelopes in [Envelopes::Seed, Envelopes::Sdk] {
        let world = World::new(envelopes, Policy::default()).await;
        let issue = world.top_issue().await;
        let both = json!(["lin.yue", "5124"]);
        let status =
            json!({"issue": issue, "state": "in_progress", "assignees": both, "note": "on it"});
        let done = world.confirmed(STATUS, status).await;
        assert_eq!(done["answer"]["state_code"], 2);
        // Without `assignees` those there stay.
        let keep = json!({"issue": issue, "state": "processed"});
        let done = world.confirmed(STATUS, keep).await;
        assert_eq!(done["answer"]["assignees"][0]["name"], "lin.yue");
        assert_eq!(done["answer"]["assignees"][1]["name"], "m.okafor");
        let note = json!({"issue": issue, "note": "reproduced"});
        world.confirmed("crashsight_add_issue_note", note).await;
        let link = json!({"issue": issue, "bug": "77", "url": "https://tracker.example/77"});
        world.confirmed("crashsight_link_issue_bug", link).await;
        let bug = json!({"issue": issue, "title": "suspension"});
        world.confirmed("crashsight_add_issue_bug", bug).await;

        let seen = world.data("crashsight_get_issue", json!({"issue": issue}));
        let seen = seen.await;
        let details = &seen["answer"]["details"];
        assert_eq!(details["state"], "processed");
        assert_eq!(details["bugs"][0]["id"], "77");
        assert_eq!(details["bugs"][1]["title"], "suspension");
        let notes = world.text("crashsight_list_issue_notes", json!({"issue": issue}));
        let notes = notes.await;
        assert!(
            notes.contains("reproduced") && notes.contains("on it"),
            "{notes}"
        );
        let search = json!({"status": "processed", "limit": 100});
        let listed = world.data("crashsight_search_issues", search).await;
        assert!(listed.to_string().contains(&issue), "{envelopes:?}");
    }
}

/// Writes, and how many reads each needs first.
fn writes(issue: &str) -> [(&'static str, Value, u64); 4] {
    let link = json!({"issue": issue, "bug": "78", "url": "https://tracker.example/78"});
    [
        (STATUS, json!({"issue": issue, "state": "processed"}), 1),
        (
            "crashsight_add_issue_note",
            json!({"issue": issue, "note": "once"}),
            2,
        ),
        ("crashsight_link_issue_bug", link, 1),
        ("crashsight_add_issue_bug", json!({"issue": issue}), 1),
    ]
}

#[tokio::test]
async fn a_write_whose_outcome_is_unknown_is_not_repeated() {
    let policy = Policy {
        confirm: Confirm::Never,
        ..Policy::default()
    };
    let world = World::new(Envelopes::Seed, policy).await;
    let issue = world.top_issue().await;
    for (tool, arguments, reads) in writes(&issue) {
        // The last is a cut answer to a write that happened.
        for fault in [Fault::Dropped, Fault::Html(502), Fault::Truncated] {
            let before = world.simulator.calls();
            for _ in 0..reads {
                world.simulator.faults().push(Fault::Delay(Duration::ZERO));
            }
            world.simulator.faults().push(fault.clone());
            let outcome = world.call(tool, arguments.clone()).await;
            let error = outcome.result.err().unwrap();
            assert!(
                matches!(error, Error::OutcomeUnknown { .. }),
                "{tool} {fault:?}: {error}"
            );
            let text = error.to_string();
            assert!(text.contains("hint: look with crashsight_"), "{text}");
            let sent = world.simulator.calls() - before;
            assert_eq!(sent, reads + 1, "{tool} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_read_only_server_has_no_writes() {
    let policy = Policy {
        read_only: true,
        ..Policy::default()
    };
    let world = World::new(Envelopes::Seed, policy).await;
    let caller = Caller::named("test");
    let listed = world.toolbox.names(&caller);
    for (tool, arguments, _) in writes("A0FD07100BE7F136ABD1E227D44E71ED") {
        assert!(!listed.contains(&tool), "{tool}");
        let arguments = arguments.as_object().cloned().unwrap();
        let unknown = world.toolbox.call(&caller, tool, arguments).await.err();
        assert!(unknown.unwrap().message.contains("disabled"), "{tool}");
    }
    assert_eq!(world.simulator.calls(), 0);
}

#[tokio::test]
async fn assignees_who_changed_meanwhile_are_shown_again() {
    let world = World::new(Envelopes::Seed, Policy::default()).await;
    let issue = world.top_issue().await;
    let mut arguments = json!({"issue": issue, "state": "processed"});
    let shown = world.data(STATUS, arguments.clone()).await;
    let other = json!({"issue": issue, "state": "in_progress", "assignees": "zhao.min"});
    world.confirmed(STATUS, other).await;
    arguments["confirm"] = shown["confirmation"]["confirm"].clone();
    let outcome = world.call(STATUS, arguments).await;
    let error = outcome.result.err().unwrap().to_string();
    assert!(
        error.contains("`confirm` does not belong to this request"),
        "{error}"
    );
}
