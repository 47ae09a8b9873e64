//! What a confirmation is worth after a write that failed: a second call with it tells what became of the first.

use std::sync::Arc;

use crashsight_mcp::testing::{self, Confirm};
use crashsight_mcp::{CallLimits, Clock, Policy, Toolbox, Upstream, definitions};
use crashsight_simulator as sim;
use serde_json::{Value, json};

use super::peer::{Behavior, Peer, Step};
use super::{NOW, matrix};
use crate::hostile::{Case, case};

fn toolbox(base: &str) -> Toolbox {
    let projects = testing::demo_projects(base, &sim::ACCOUNTS, sim::PROJECTS);
    let clock = Clock::Fixed(NOW.parse().unwrap());
    let limits = CallLimits::default();
    let upstream = Upstream::new(Arc::new(projects), clock, limits);
    let policy = Policy {
        confirm: Confirm::Always,
        ..Policy::default()
    };
    Toolbox::new(Arc::new(upstream), testing::site_zone(), policy)
}

const TOOL: &str = "crashsight_add_issue_tag";

/// Its documented call.
fn documented() -> Case {
    let tools = definitions();
    let tool = tools.iter().find(|tool| tool.name == TOOL).unwrap();
    case(tool).unwrap()
}

fn arguments(confirm: Option<&str>) -> Value {
    let mut arguments = documented().arguments;
    if let Some(value) = confirm {
        arguments["confirm"] = json!(value);
    }
    arguments
}

/// Asks for a value.
async fn value(toolbox: &Toolbox) -> String {
    let asked = testing::call(toolbox, TOOL, arguments(None)).await;
    asked.confirmation.unwrap().value
}

/// The sentence of the write with this value.
async fn sentence(toolbox: &Toolbox, value: &str) -> String {
    let outcome = testing::call(toolbox, TOOL, arguments(Some(value))).await;
    outcome.result.err().unwrap().to_string()
}

async fn peer(steps: Vec<Step>) -> (Peer, Toolbox) {
    let peer = Peer::start().await;
    let behavior = Behavior {
        steps,
        upstream: &["addTag"],
        answer: Arc::new(documented().answer),
        ..Behavior::default()
    };
    peer.behave("here", behavior);
    let toolbox = toolbox(&peer.base("here"));
    (peer, toolbox)
}

#[tokio::test]
async fn a_write_that_never_left_keeps_its_confirmation() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let toolbox = toolbox(&base);
    let value = value(&toolbox).await;
    for _ in 0..2 {
        let text = sentence(&toolbox, &value).await;
        assert!(text.contains("is not reachable"), "{text}");
        assert!(!text.contains("may have happened"), "{text}");
    }
}

#[tokio::test]
async fn a_write_that_the_rate_limit_refuses_keeps_its_confirmation() {
    let limited = b"HTTP/1.1 429 X\r\nRetry-After: 35\r\nContent-Length: 0\r\n\r\n".to_vec();
    let (_peer, toolbox) = peer(vec![Step::Bytes(limited)]).await;
    let value = value(&toolbox).await;
    // The service refuses the first, and this server the second.
    for _ in 0..2 {
        let text = sentence(&toolbox, &value).await;
        assert!(text.starts_with("rate limit reached"), "{text}");
    }
}

#[tokio::test]
async fn a_write_of_unknown_outcome_is_called_so() {
    for steps in [
        vec![Step::Reset],
        vec![Step::Bytes(
            b"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n".to_vec(),
        )],
    ] {
        let (_peer, toolbox) = peer(steps).await;
        let value = value(&toolbox).await;
        let first = sentence(&toolbox, &value).await;
        assert!(first.contains("it may have happened"), "{first}");
        let second = sentence(&toolbox, &value).await;
        assert!(second.contains("its outcome is not known"), "{second}");
    }
}

#[tokio::test]
async fn a_write_that_was_answered_is_called_so() {
    let (_peer, toolbox) = peer(vec![matrix::GOOD]).await;
    let value = value(&toolbox).await;
    let first = testing::call(&toolbox, TOOL, arguments(Some(&value))).await;
    assert!(first.result.is_ok(), "{:?}", first.result.err());
    let second = sentence(&toolbox, &value).await;
    assert!(second.contains("the service answered"), "{second}");
}
