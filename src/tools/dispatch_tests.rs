//! The one list, and what each caller is offered of it.

use super::*;
use crate::tools::{self, workflow};

#[test]
fn patterns_name_tools() {
    for (pattern, name, expected) in [
        ("crashsight", "crashsight_get_issue", true),
        ("crashsight_get_issue", "crashsight_get_issue", true),
        ("crashsight_get_issue", "crashsight_get_issues", false),
        ("crashsight_get_*", "crashsight_get_issue", true),
        ("*_trend", "crashsight_get_daily_trend", true),
        ("*_trend", "crashsight_get_hourly_trend_basic", false),
        ("*trend*", "crashsight_get_hourly_trend_basic", true),
        ("agora", "crashsight_get_issue", false),
    ] {
        assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
    }
    let policy = Policy {
        without: vec!["crashsight_get_isue".to_owned()],
        ..Policy::default()
    };
    assert!(
        policy
            .check()
            .unwrap_err()
            .contains("did you mean crashsight_get_issue?")
    );
}

#[tokio::test]
async fn a_panic_answers_its_own_call() {
    let outcome = contained("crashsight_get_issue", async { panic!("a broken promise") }).await;
    let failure = outcome.reply.err().map(|failure| failure.to_string());
    assert!(failure.is_some_and(|text| text.contains("a fault inside crashsight_get_issue")));
}

#[test]
fn every_tool_has_its_place_in_the_order() {
    let listed: Vec<&str> = entries().map(Entry::name).collect();
    assert_eq!(listed, ORDER, "a name in ORDER has no tool");
    for name in tools::tools()
        .map(|tool| tool.name)
        .chain(workflow::TOOLS.iter().map(|tool| tool.name))
    {
        assert!(ORDER.contains(&name), "{name} is not in ORDER");
    }
}
