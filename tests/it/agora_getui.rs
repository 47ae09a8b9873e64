//! Agora and Getui against the simulator: logins, limits, cached answers, what is listed, and every reply.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::sync::Arc;

use crashsight_mcp::{Budget, CallLimits, Caller, Clock, Policy, Toolbox, Upstream, testing};
use crashsight_simulator::{
    self as sim, Credentials, DemoAccount, DemoProject, Fault, Service, Simulator,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

const NOW: &str = "2026-11-22T16:08:30+08:00";

struct Peer {
    simulator: Simulator,
    toolbox: Toolbox,
}

/// What a test changes of the set-up.
struct Options {
    master_secret: &'static str,
    customer_secret: &'static str,
    services: &'static [Service],
    paced: bool,
}

const BOTH: Options = Options {
    master_secret: sim::GETUI_MASTER_SECRET,
    customer_secret: sim::AGORA_CUSTOMER_SECRET,
    services: &[Service::Agora, Service::Getui],
    paced: true,
};

impl Peer {
    async fn start(options: Options) -> Self {
        let now: Timestamp = NOW.parse().unwrap();
        let simulator = Simulator::start(sim::Options {
            now: Some(now),
            ..sim::Options::default()
        })
        .await
        .unwrap();
        let credentials = |service| match service {
            Service::CrashSight => sim::ACCOUNTS[0].credentials,
            Service::Agora => Credentials::Agora {
                customer_id: sim::AGORA_CUSTOMER_ID,
                customer_secret: options.customer_secret,
            },
            Service::Getui => Credentials::Getui {
                app_id: sim::GETUI_APP_ID,
                app_key: sim::GETUI_APP_KEY,
                master_secret: options.master_secret,
            },
        };
        let accounts: Vec<DemoAccount> = sim::ACCOUNTS
            .into_iter()
            .filter(|account| options.services.contains(&account.service()))
            .map(|account| DemoAccount {
                name: account.service().as_str(),
                credentials: credentials(account.service()),
                ..account
            })
            .collect();
        let project = DemoProject {
            alias: "starfall",
            aliases: &[],
            ..sim::PROJECTS[0]
        };
        let projects = testing::demo_projects(&simulator.base_url(), &accounts, &[project]);
        let limits = CallLimits {
            paced: options.paced,
            ..CallLimits::default()
        };
        let run = Upstream::new(Arc::new(projects), Clock::Fixed(now), limits);
        let zone = testing::zone("+08:00").unwrap();
        Self {
            simulator,
            toolbox: Toolbox::new(Arc::new(run), zone, Policy::default()),
        }
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<String, String> {
        let arguments: Map<String, Value> = arguments.as_object().unwrap().clone();
        let caller = Caller::named("test");
        let outcome = self.toolbox.call(&caller, tool, arguments).await;
        let outcome = outcome.map_err(|unknown| unknown.message)?;
        match outcome.result {
            Ok(answered) => Ok(answered.reply().text(Budget::DEFAULT)),
            Err(failure) => Err(failure.to_string()),
        }
    }
}

#[tokio::test]
async fn one_login_serves_all_and_a_revoked_token_one_more() {
    let peer = Peer::start(BOTH).await;
    let (a, b, c, d) = tokio::join!(
        peer.call("getui_get_push_quota", json!({})),
        peer.call("getui_get_online_users", json!({})),
        peer.call("getui_get_daily_push_report", json!({})),
        peer.call("getui_get_daily_user_report", json!({})),
    );
    for reply in [a, b, c, d] {
        reply.unwrap();
    }
    assert_eq!(peer.simulator.logins(), 1);
    peer.simulator.revoke_tokens();
    let fresh = json!({"fresh": true});
    let (a, b) = tokio::join!(
        peer.call("getui_get_push_quota", fresh.clone()),
        peer.call("getui_get_online_users", fresh),
    );
    a.unwrap();
    b.unwrap();
    assert_eq!(peer.simulator.logins(), 2);
}

#[tokio::test]
async fn a_token_rejected_twice_is_reported() {
    let peer = Peer::start(BOTH).await;
    peer.call("getui_get_push_quota", json!({})).await.unwrap();
    let refused = || Fault::Status {
        status: 401,
        body: r#"{"code":10001,"msg":"token error"}"#.to_owned(),
    };
    peer.simulator.faults().push(refused());
    // The login between the two is answered well.
    peer.simulator
        .faults()
        .push(Fault::Delay(std::time::Duration::ZERO));
    peer.simulator.faults().push(refused());
    let failure = peer
        .call("getui_get_push_quota", json!({"fresh": true}))
        .await
        .unwrap_err();
    assert!(failure.contains("rejected twice"), "{failure}");
    assert_eq!(peer.simulator.logins(), 2);
}

#[tokio::test]
async fn wrong_credentials_name_their_settings() {
    let peer = Peer::start(Options {
        master_secret: "another",
        customer_secret: "another",
        ..BOTH
    })
    .await;
    let pushes = peer.call("getui_get_push_quota", json!({})).await;
    let pushes = pushes.unwrap_err();
    assert!(
        pushes.contains("the simulator's own credentials"),
        "{pushes}"
    );
    let calls = peer.call("agora_get_usage", json!({})).await.unwrap_err();
    assert!(calls.contains("the simulator's own credentials"), "{calls}");
    for text in [&pushes, &calls] {
        assert!(!text.contains("another"), "{text}");
    }
}

#[tokio::test]
async fn a_used_slot_is_answered_from_the_cache() {
    let peer = Peer::start(BOTH).await;
    let first = peer.call("agora_get_live_scale", json!({})).await.unwrap();
    // The same minute: from memory, whatever part is asked for.
    let part = json!({"metrics": "channels", "window": "2026-11-22T15:20..2026-11-22T15:30"});
    let part = peer.call("agora_get_live_scale", part).await.unwrap();
    assert!(part.contains("15:20–15:30"), "{part}");
    assert_eq!(peer.simulator.calls(), 1);
    let again = peer
        .call("agora_get_live_scale", json!({"fresh": true}))
        .await
        .unwrap();
    assert!(again.contains("cached 0 s ago"), "{again}");
    assert!(again.contains("next refresh in"), "{again}");
    assert_eq!(again.lines().nth(2), first.lines().nth(2));
    assert_eq!(peer.simulator.calls(), 1);
    // Another endpoint has a slot of its own; another channel of the same one has not.
    let score = |channel| peer.call("agora_get_channel_score", json!({"channel": channel}));
    score("guild_hall_1").await.unwrap();
    let failure = score("guild_hall_2").await.unwrap_err();
    assert!(failure.contains("retry in 6"), "{failure}");
    assert_eq!(peer.simulator.calls(), 2);
}

#[tokio::test]
async fn the_services_own_limit_is_kept_to() {
    let peer = Peer::start(Options {
        paced: false,
        ..BOTH
    })
    .await;
    peer.call("agora_get_usage", json!({})).await.unwrap();
    let again = peer
        .call("agora_get_usage", json!({"fresh": true}))
        .await
        .unwrap();
    assert!(again.contains("next refresh in"), "{again}");
    assert_eq!(
        peer.simulator.calls(),
        2,
        "the service was asked and said no"
    );
    let other = json!({"window": "yesterday"});
    let failure = peer.call("agora_get_usage", other).await.unwrap_err();
    assert!(failure.contains("retry in"), "{failure}");
}

/// A retry that meets our own limit keeps the first cause.
#[tokio::test]
async fn a_failing_service_is_not_a_spent_budget() {
    for failure in [
        Fault::Status {
            status: 500,
            body: String::new(),
        },
        Fault::Html(503),
        Fault::Status {
            status: 200,
            body: r#"{"code":500,"message":"Unknown Error","data":null}"#.to_owned(),
        },
        Fault::Dropped,
    ] {
        let peer = Peer::start(BOTH).await;
        peer.simulator.faults().push(failure.clone());
        let error = peer.call("agora_get_live_scale", json!({})).await;
        let error = error.unwrap_err();
        assert!(!error.contains("rate limit"), "{failure:?}: {error}");
        assert_eq!(peer.simulator.calls(), 1, "{failure:?}");
    }
}

#[tokio::test]
async fn only_what_is_configured_is_listed() {
    let peer = Peer::start(Options {
        services: &[Service::Getui],
        ..BOTH
    })
    .await;
    let listed: Vec<&str> = peer
        .toolbox
        .list(&Caller::named("test"))
        .iter()
        .map(|tool| tool.name)
        .collect();
    let of = |provider: &str| {
        listed
            .iter()
            .filter(|name| name.starts_with(provider))
            .count()
    };
    assert_eq!((of("agora_"), of("getui_")), (0, 7));
    assert!(of("crashsight_") >= 25);
    let failure = peer.call("agora_get_usage", json!({})).await.unwrap_err();
    assert!(
        failure.contains("no Agora account is configured"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_report_is_sent_when_it_is_confirmed() {
    let peer = Peer::start(BOTH).await;
    let mut report = json!({
        "channel": "party_1", "teacher": 111, "student": "222", "affected": "student",
        "window": "2026-11-22T15:31", "problem": "complaint",
    });
    let asked = peer
        .call("agora_add_quality_report", report.clone())
        .await
        .unwrap();
    assert!(
        asked.contains("nothing is sent yet") && asked.contains("1795332660"),
        "{asked}"
    );
    assert_eq!(peer.simulator.calls(), 0);
    let value = asked.split("\"confirm\":\"").nth(1).unwrap();
    report["confirm"] = json!(value.split('"').next().unwrap());
    let sent = peer.call("agora_add_quality_report", report).await.unwrap();
    assert!(sent.starts_with("Report sent to Agora"), "{sent}");
    assert_eq!(peer.simulator.calls(), 1);
}

#[tokio::test]
async fn an_html_page_is_not_an_answer() {
    let peer = Peer::start(BOTH).await;
    for (fault, says) in [
        (Fault::Html(502), "upstream unavailable"),
        (
            Fault::Status {
                status: 200,
                body: "<html>".to_owned(),
            },
            "HTML page",
        ),
    ] {
        // A read is sent twice when the service is in trouble.
        peer.simulator.faults().push(fault.clone());
        peer.simulator.faults().push(fault);
        let failure = peer.call("agora_search_calls", json!({})).await;
        let failure = failure.unwrap_err();
        assert!(failure.contains(says), "{failure}");
        peer.simulator.faults().clear();
    }
}

/// Every tool of both services, one question each.
#[tokio::test]
async fn every_tool_answers_from_the_simulator() {
    let peer = Peer::start(BOTH).await;
    let calls = peer.call("agora_search_calls", json!({})).await.unwrap();
    let next = calls.split("agora_get_call ").nth(1).unwrap();
    let call: Value = serde_json::from_str(next.lines().next().unwrap()).unwrap();
    let report = json!({
        "channel": "party_1", "teacher": 111, "student": 222, "affected": "teacher",
        "window": "2026-11-22T15:31", "problem": "feedback",
    });
    let channel = json!({"channel": "season_stage"});
    let launch = json!({"tasks": sim::LAUNCH_TASK});
    let arguments = |tool: &str| match tool {
        "agora_get_call" => call.clone(),
        "agora_add_quality_report" => report.clone(),
        name if name.contains("_channel_") => channel.clone(),
        "getui_get_push_report" | "getui_get_push_losses" => launch.clone(),
        "getui_get_task_group_report" => json!({"group": "guild-war"}),
        _ => json!({}),
    };
    let mut count = 0;
    for tool in peer.toolbox.list(&Caller::named("test")) {
        if tool.name.starts_with("crashsight_") {
            continue;
        }
        let reply = peer.call(tool.name, arguments(tool.name)).await;
        let reply = reply.unwrap_or_else(|failure| panic!("{}: {failure}", tool.name));
        let cost = testing::estimate(&reply);
        assert!(cost <= 2_000, "{}: {cost} tokens", tool.name);
        assert!(reply.lines().count() >= 2, "{}: {reply}", tool.name);
        for token in ["null", "NaN", "no data", "no calls", "not recognised"] {
            assert!(!reply.contains(token), "{}: {reply}", tool.name);
        }
        let snapshot = format!("simulated_{}", tool.name);
        insta::assert_snapshot!(snapshot, reply);
        count += 1;
    }
    assert_eq!(count, 21);
}
