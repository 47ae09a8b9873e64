//! What is asked once, asked again, forgotten, given up; and a fault that stays in its call.

use crashsight_mcp::testing;
use crashsight_simulator::Fault;
use futures_util::future::join_all;
use serde_json::json;
use tokio::io::AsyncReadExt as _;

use super::*;

#[tokio::test]
async fn identical_calls_send_one_request() {
    let simulator = simulator().await;
    let tools = Tools::over(&simulator.base_url());
    let call = || tools.call("crashsight_get_daily_trend", json!({"window": "7d"}));
    let replies = join_all((0..20).map(|_| call())).await;
    assert!(replies.iter().all(Result::is_ok));
    assert_eq!(simulator.calls(), 1);
    assert!(call().await.is_ok());
    assert_eq!(simulator.calls(), 1, "memory answers");
    let fresh = json!({"window": "7d", "fresh": true});
    assert!(
        tools
            .call("crashsight_get_daily_trend", fresh)
            .await
            .is_ok()
    );
    assert_eq!(simulator.calls(), 2, "fresh asks again");
}

#[tokio::test]
async fn those_who_wait_share_a_failure_and_it_is_not_kept() {
    let (simulator, tools) = spoilt([Fault::Html(200)]).await;
    let call = || tools.call("crashsight_get_daily_trend", json!({}));
    for outcome in join_all((0..5).map(|_| call())).await {
        assert!(told(outcome).contains("an HTML page"));
    }
    assert_eq!(simulator.calls(), 1);
    assert!(call().await.is_ok());
    assert_eq!(simulator.calls(), 2);
}

#[tokio::test]
async fn a_call_given_up_closes_its_connection() {
    let (listener, base) = silent().await;
    let tools = Arc::new(Tools::over(&base));
    let asking = Arc::clone(&tools);
    let call = tokio::spawn(async move { asking.read().await });
    let (mut connection, _) = soon(listener.accept()).await.unwrap();
    let mut bytes = vec![0; 4096];
    assert!(soon(connection.read(&mut bytes)).await.unwrap() > 0);
    call.abort();
    // The peer reads on until the end of the stream.
    let end = soon(async {
        loop {
            match connection.read(&mut bytes).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
    });
    end.await;
}

#[tokio::test]
async fn a_call_that_another_waits_for_is_not_given_up() {
    let (listener, base) = silent().await;
    let tools = Arc::new(Tools::over(&base));
    let spawn = || {
        let asking = Arc::clone(&tools);
        tokio::spawn(async move {
            asking
                .call("crashsight_get_app_options", json!({}))
                .await
                .map(|reply| text(&reply))
        })
    };
    let first = spawn();
    let (mut connection, _) = soon(listener.accept()).await.unwrap();
    let second = spawn();
    // The second call runs up to where it waits for the first.
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.is_err());
    // The first call's own connection brings the answer.
    let answer = async {
        use tokio::io::AsyncWriteExt as _;
        let mut bytes = vec![0; 4096];
        let _ = connection.read(&mut bytes).await.unwrap();
        let body = json!({"code": 200, "data": {"channelList": ["play"]}}).to_string();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        let whole = format!("{head}{body}");
        connection.write_all(whole.as_bytes()).await.unwrap();
    };
    soon(answer).await;
    let reply = soon(second).await.unwrap().unwrap();
    assert!(reply.contains("channels play"), "{reply}");
}

#[tokio::test]
async fn a_tag_is_seen_at_once() {
    let simulator = simulator().await;
    let tools = Tools::over(&simulator.base_url());
    let top = tools.call("crashsight_list_top_issues", json!({})).await;
    let top = top.unwrap().data();
    let issue = &top["next"][0]["arguments"]["issue"];
    let look = || tools.call("crashsight_get_issue", json!({"issue": issue}));
    let before = text(&look().await.unwrap());
    assert!(!before.contains("seen-at-once"), "{before}");
    let kept = simulator.calls();
    look().await.unwrap();
    assert_eq!(simulator.calls(), kept, "the issue is in memory");
    let tag = json!({"issue": issue, "tag": "seen-at-once"});
    tools.call("crashsight_add_issue_tag", tag).await.unwrap();
    let after = text(&look().await.unwrap());
    assert!(after.contains("seen-at-once"), "{after}");
}

#[tokio::test]
async fn a_write_without_an_answer_is_looked_up_again() {
    let simulator = simulator().await;
    let tools = Tools::over(&simulator.base_url());
    let look = || tools.call("crashsight_get_app_options", json!({}));
    look().await.unwrap();
    // The tag is stored, and the answer is lost on its way.
    simulator.faults().push(Fault::Truncated);
    let tag = json!({"issue": "A0FD07100BE7F136ABD1E227D44E71ED", "tag": "lost"});
    told(tools.call("crashsight_add_issue_tag", tag).await);
    let kept = simulator.calls();
    look().await.unwrap();
    assert_eq!(simulator.calls(), kept + 1, "memory is not trusted");
}

#[tokio::test]
async fn what_the_service_does_not_know_is_asked_once() {
    let simulator = simulator().await;
    let tools = Tools::over(&simulator.base_url());
    let issue = "0123456789ABCDEF0123456789ABCDEF";
    let outcome = tools
        .call("crashsight_get_issue", json!({"issue": issue}))
        .await;
    assert!(told(outcome).contains("404"), "the service says so");
    assert_eq!(
        simulator.calls(),
        2,
        "as an issue and as a crash; the other forms would say the same"
    );
}

#[tokio::test]
async fn a_credential_has_one_budget_whatever_its_account_is_called() {
    let simulator = simulator().await;
    let tools = Tools::over(&simulator.base_url());
    assert!(tools.read().await.is_ok());
    let left = |key: &'static str| {
        let account = DemoAccount {
            name: "another",
            ..account(key)
        };
        let renamed = testing::demo_projects(&simulator.base_url(), &[account], &PROJECTS[..1]);
        let beside = tools
            .toolbox
            .fork_for(Arc::new(renamed), CallLimits::default());
        let account = Arc::clone(&beside.upstream().projects().accounts[0]);
        beside
            .upstream()
            .remaining_calls(&account)
            .map(|(calls, _)| calls)
    };
    assert_eq!(left(API_KEY), Some(24), "the same credential");
    assert_eq!(left("another"), Some(25));
}

#[tokio::test]
async fn a_call_of_several_requests_ends_within_its_deadline() {
    let simulator = simulator().await;
    let found = json!({"status": "in_progress", "limit": 1});
    let tools = Tools::over(&simulator.base_url());
    let found = tools.call("crashsight_search_issues", found).await.unwrap();
    let issue = found.data()["next"][0]["arguments"]["issue"].clone();
    let slow = Simulator::start(Options {
        now: Some(now()),
        quota: None,
        latency: Duration::from_millis(700),
        ..Options::default()
    });
    let slow = slow.await.unwrap();
    let limits = CallLimits {
        deadline: Duration::from_secs(1),
        ..CallLimits::default()
    };
    let tools = Tools::new(&slow.base_url(), API_KEY, now(), limits);
    // One request is in time; the issue and the people on it together are not.
    assert!(tools.read().await.is_ok());
    let outcome = tools
        .call(
            "crashsight_get_issue",
            json!({"issue": issue, "fresh": true}),
        )
        .await;
    assert!(told(outcome).contains("no answer within 1 s"));
}

/// After the search two calls of the minute are left: names take neither.
#[tokio::test]
async fn no_answer_waits_for_the_names_of_people() {
    let simulator = simulator().await;
    let tools = Tools::over(&simulator.base_url());
    for days in 1..=22 {
        let day = now().checked_sub(jiff::SignedDuration::from_hours(24 * days));
        let day = day.unwrap().strftime("%F").to_string();
        let stats = json!({"window": day});
        tools.call("crashsight_get_day_stats", stats).await.unwrap();
    }
    assert_eq!(simulator.calls(), 22);
    let search = json!({"status": ["in_progress"]});
    let found = soon(tools.call("crashsight_search_issues", search)).await;
    let assignees = &found.unwrap().data()["answer"]["issues"][0]["assignees"];
    assert!(assignees[0]["id"].is_string(), "{assignees}");
    assert!(
        assignees[0].get("name").is_none_or(Value::is_null),
        "{assignees}"
    );
    assert_eq!(simulator.calls(), 23);
}
