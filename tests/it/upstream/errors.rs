//! What the service says no to: keys, clocks, permissions, paths, too many calls.

use crashsight_simulator::{API_KEY, Fault, Options, Simulator};
use jiff::ToSpan as _;
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_wrong_key_names_the_settings() {
    let simulator = simulator().await;
    let tools = Tools::new(&simulator.base_url(), "wrong", now(), CallLimits::default());
    insta::assert_snapshot!(tools.sentence().await, @"
    CrashSight: authentication failed (401): user id and API key do not match
    hint: check the simulator's own credentials
    ");
    assert_eq!(simulator.calls(), 1, "a second try would be refused too");
}

#[tokio::test]
async fn a_wrong_clock_is_told_from_a_wrong_key() {
    let simulator = simulator().await;
    for (hours, expected) in [(1, "60 min ahead of"), (-3, "180 min behind")] {
        let at = now() + hours.hours();
        let tools = Tools::new(&simulator.base_url(), API_KEY, at, CallLimits::default());
        assert_eq!(
            tools.sentence().await,
            format!(
                "CrashSight: system clock is {expected} the service's; correct it (requests are signed with the time)"
            )
        );
    }
}

#[tokio::test]
async fn an_app_of_others_is_a_matter_of_permission() {
    let simulator = simulator().await;
    let tools = Tools::over(&simulator.base_url());
    let outcome = tools
        .call(
            "crashsight_get_daily_trend",
            json!({"project": "0ther@android"}),
        )
        .await;
    insta::assert_snapshot!(told(outcome), @r"
    CrashSight: this user has no permission for the app (403)
    hint: check `project`, or ask the app's administrator to add the user of the simulator's own credentials
    ");
    assert_eq!(simulator.calls(), 1);
}

#[tokio::test]
async fn the_other_form_is_tried_once_and_remembered() {
    for status in [404, 405] {
        let simulator = simulator().await;
        let form = "/uniform/openapi/getSelectorDatas";
        simulator.faults().disable_form("POST", form, status);
        let tools = Tools::over(&simulator.base_url());
        assert!(tools.read().await.is_ok());
        assert_eq!(simulator.calls(), 2, "one form, then the other");
        assert!(tools.read().await.is_ok());
        assert_eq!(simulator.calls(), 3, "the form that worked comes first");
        // What is remembered is one operation's, not the account's.
        simulator
            .faults()
            .disable_form("POST", "/uniform/openapi/issueInfo", status);
        let issue = json!({"issue": "A0FD07100BE7F136ABD1E227D44E71ED"});
        let _ = tools.call("crashsight_get_issue", issue).await;
        assert_eq!(
            simulator.calls(),
            6,
            "both forms, then whether it is a crash's id"
        );
    }
}

#[tokio::test]
async fn without_any_form_the_operation_is_not_offered() {
    let simulator = simulator().await;
    for method in ["GET", "POST"] {
        simulator
            .faults()
            .disable_form(method, "/uniform/openapi/getSelectorDatas", 404);
    }
    let tools = Tools::over(&simulator.base_url());
    insta::assert_snapshot!(tools.sentence().await, @"not available for this app or site (HTTP 404)");
    assert_eq!(simulator.calls(), 2);
}

#[tokio::test]
async fn a_write_that_its_tool_does_not_declare_never_leaves() {
    let simulator = simulator().await;
    let tools = Tools::over(&simulator.base_url());
    let api = Api::new(&tools.run, rights(&[], |operation| operation == "test"));
    let sentence = told(api.send(request("nothing")).await);
    assert!(
        sentence.contains("does not declare that it writes"),
        "{sentence}"
    );
    let read_only = Rights {
        read_only: true,
        ..rights(&["test"], |_| true)
    };
    let sentence = told(
        Api::new(&tools.run, read_only)
            .send(request("nothing"))
            .await,
    );
    assert!(sentence.contains("read-only"), "{sentence}");
    let confirmed = Rights {
        confirm: Confirm::Always,
        ..rights(&["test"], |_| true)
    };
    let outcome = Api::new(&tools.run, confirmed)
        .send(request("nothing"))
        .await;
    assert!(matches!(outcome, Err(Error::ConfirmationRequired(_))));
    assert_eq!(simulator.calls(), 0);
}

#[tokio::test]
async fn a_write_has_one_form() {
    let simulator = simulator().await;
    let tools = Tools::over(&simulator.base_url());
    let write = request("nothing").with_fallback(request("nobody"));
    let api = Api::new(&tools.run, rights(&["test"], |_| true));
    let sentence = told(api.send(write).await);
    assert!(sentence.contains("(HTTP 404)"), "{sentence}");
    assert_eq!(simulator.calls(), 1);
}

#[tokio::test]
async fn too_many_calls_close_the_account_for_a_while() {
    for (told_wait, expected) in [(None, 60), (Some(35), 35)] {
        let (simulator, tools) = spoilt([Fault::TooManyRequests(told_wait)]).await;
        assert_eq!(
            tools.sentence().await,
            format!(
                "rate limit reached: retry in {expected} s\n\
                 hint: cached results remain available and do not count against the limit"
            )
        );
        let again = tools.sentence().await;
        assert!(again.contains("retry in"), "{again}");
        assert_eq!(simulator.calls(), 1, "no call leaves while it is closed");
    }
}

#[tokio::test]
async fn a_short_wait_is_waited() {
    let (simulator, tools) = spoilt([Fault::TooManyRequests(Some(1))]).await;
    assert!(soon(tools.read()).await.is_ok());
    assert_eq!(simulator.calls(), 2);
}

#[tokio::test]
async fn the_call_after_the_last_of_a_minute_learns_when() {
    let options = Options {
        now: Some(now()),
        ..Options::default()
    };
    let simulator = Simulator::start(options).await.unwrap();
    let impatient = CallLimits {
        max_wait: Duration::ZERO,
        ..CallLimits::default()
    };
    let tools = Tools::new(&simulator.base_url(), API_KEY, now(), impatient);
    // Days of other months: the latest are asked for together.
    let window = |day: i8| json!({"window": format!("2026-09-{day:02}")});
    for day in 1..=25 {
        let outcome = tools.call("crashsight_get_daily_trend", window(day)).await;
        assert!(outcome.is_ok(), "call {day}");
    }
    let sentence = tools.sentence().await;
    let seconds: u64 = sentence
        .split(' ')
        .find_map(|word| word.parse().ok())
        .unwrap();
    assert!((40..=61).contains(&seconds), "{sentence}");
    assert_eq!(simulator.calls(), 25);
    // Memory answers all the same.
    let known = tools.call("crashsight_get_daily_trend", window(7));
    assert!(known.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_call_counts_from_its_response() {
    let latency = Duration::from_millis(700);
    let options = Options {
        now: Some(now()),
        quota: None,
        latency,
        ..Options::default()
    };
    let simulator = Simulator::start(options).await.unwrap();
    let tools = Tools::over(&simulator.base_url());
    let burst = async |month: &str| {
        let calls = (1..=25).map(|day| {
            let window = json!({"window": format!("2026-{month}-{day:02}")});
            tools.call("crashsight_get_daily_trend", window)
        });
        for outcome in futures_util::future::join_all(calls).await {
            assert!(outcome.is_ok());
        }
        tokio::time::Instant::now()
    };
    let begun = tokio::time::Instant::now();
    let first = burst("09").await;
    tokio::time::sleep_until(begun + Duration::from_millis(60_500)).await;
    // The service may have counted the first calls just before it answered.
    let second = burst("10").await;
    assert_eq!(simulator.calls(), 50);
    assert!(
        second - first > Duration::from_secs(60) + latency,
        "{:?}",
        second - first
    );
}

#[tokio::test]
async fn a_service_in_trouble_is_asked_twice() {
    for status in [500, 502, 503, 504] {
        let fault = || Fault::Status {
            status,
            body: "upstream request timeout".to_owned(),
        };
        let (simulator, tools) = spoilt([fault()]).await;
        assert!(tools.read().await.is_ok(), "{status}");
        assert_eq!(simulator.calls(), 2);

        let (simulator, tools) = spoilt([fault(), fault()]).await;
        assert_eq!(
            tools.sentence().await,
            format!("upstream unavailable (HTTP {status}): retry in a minute")
        );
        assert_eq!(simulator.calls(), 2);
    }
}

#[tokio::test]
async fn a_write_is_sent_once() {
    for fault in [
        Fault::Status {
            status: 503,
            body: String::new(),
        },
        Fault::Dropped,
        Fault::Truncated,
        Fault::TooManyRequests(Some(1)),
    ] {
        let (simulator, tools) = spoilt([fault.clone()]).await;
        let tag = json!({"issue": "A0FD07100BE7F136ABD1E227D44E71ED", "tag": "seen"});
        told(tools.call("crashsight_add_issue_tag", tag).await);
        assert_eq!(simulator.calls(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let to = "https://login.example/?userSecret=abc&t=1".to_owned();
    let (simulator, tools) = spoilt([Fault::Redirect(to)]).await;
    insta::assert_snapshot!(tools.sentence().await, @r"
    the service answered with a redirect to login.example (HTTP 302), which is not followed
    hint: the account's `site` must be the final address
    ");
    assert_eq!(simulator.calls(), 1);
}
