//! The built binary in a script: what is piped into it, what its subcommands print, how they exit.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::{Value, json};

fn pipe(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(cargo_bin!("crashsight-mcp"))
        .env("CRASHSIGHT_STORE", "memory")
        .args(arguments)
        .env_remove("CRASHSIGHT_USER_ID")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn end_of_input_exits_cleanly() {
    let output = pipe(&["serve"], "");
    assert!(output.status.success(), "{output:?}");
    assert!(
        output.stdout.is_empty() && output.stderr.is_empty(),
        "{output:?}"
    );
}

#[test]
fn stdout_contains_only_json_rpc() {
    let message = |value: Value| format!("{value}\n");
    let input = [
        message(json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "script", "version": "1"}}})),
        message(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})),
        message(json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
            "name": "crashsight_get_day_stats", "arguments": {}}})),
        "this is no JSON\n".to_owned(),
        message(json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": 7}})),
        message(json!({"jsonrpc": "2.0", "id": 4, "method": "no/such"})),
    ]
    .concat();
    let output = pipe(&["serve", "--demo"], &input);
    assert!(output.status.success(), "{output:?}");
    let replies: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect();
    let reply = |id: u64| {
        replies
            .iter()
            .find(|reply| reply["id"] == id)
            .unwrap_or_else(|| panic!("no reply to {id}"))
    };
    assert_eq!(reply(1)["result"]["protocolVersion"], "2025-06-18");
    let text = reply(2)["result"]["content"][0]["text"].as_str().unwrap();
    assert!(
        text.starts_with("Day totals"),
        "the input ended and the answer still came: {text}"
    );
    assert_eq!(reply(3)["error"]["code"], -32602);
    assert_eq!(reply(4)["error"]["code"], -32601);
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = pipe(arguments, "");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn call_prints_the_same_reply_as_the_server() {
    let (code, text, _) = run(&[
        "call",
        "--demo",
        "crashsight_get_day_stats",
        "window=yesterday",
    ]);
    assert_eq!(code, 0);
    assert!(text.starts_with("Day totals · starfall-android"), "{text}");
    let (code, text, _) = run(&[
        "call",
        "--demo",
        "crashsight_list_top_issues",
        "--args",
        "{\"limit\":2}",
        "--json",
    ]);
    let carried: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (code, carried["answer"]["issues"].as_array().unwrap().len()),
        (0, 2)
    );
    // Of a week: in the first hour of a day today's issues have not developed yet.
    let (code, text, _) = run(&[
        "call",
        "--demo",
        "crashsight_list_top_issues",
        "--raw",
        "window=7d",
    ]);
    let raw: Value = serde_json::from_str(&text).unwrap();
    // The list, the trend that it is compared with, and how its issues developed.
    assert_eq!((code, raw.as_array().unwrap().len()), (0, 3));
    assert_eq!(raw[0]["operation"], "getTopIssueEx");
    assert!(raw[0]["body"]["data"]["topIssueList"].is_array(), "{raw:#}");
}

#[test]
fn errors_have_the_documented_exit_codes() {
    for (arguments, expected, words) in [
        (
            &["call", "--demo", "no_such_tool"][..],
            2,
            "no tool is called",
        ),
        (
            &["call", "--demo", "crashsight_get_issue"],
            2,
            "`issue` is required",
        ),
        (
            &["call", "--demo", "crashsight_get_issue", "issue"],
            2,
            "NAME=VALUE",
        ),
        (
            &["call", "crashsight_list_top_issues", "project=a@android"],
            1,
            "CRASHSIGHT_API_KEY",
        ),
        (
            &[
                "call",
                "--demo",
                "--sim-quota",
                "0",
                "crashsight_get_day_stats",
            ],
            2,
            "sim-quota",
        ),
        (
            &[
                "call",
                "--demo",
                "crashsight_get_day_stats",
                "window=7d",
                "window=today",
            ],
            2,
            "`window` is given twice",
        ),
        (
            &[
                "call",
                "--demo",
                "--tools",
                "nonsense",
                "crashsight_get_day_stats",
            ],
            2,
            "no tool matches `nonsense`",
        ),
        (
            &["tools", "--exclude-tools", "nonsense"],
            2,
            "no tool matches",
        ),
        (
            &["doctor", "--demo", "--tools", "nonsense"],
            2,
            "no tool matches",
        ),
        (
            &["call", "--config", "none.toml", "crashsight_get_day_stats"],
            1,
            "none.toml",
        ),
        (&["frobnicate"], 2, "frobnicate"),
    ] {
        let (code, out, error) = run(arguments);
        assert_eq!(code, expected, "{arguments:?}: {error}");
        assert!(
            out.is_empty() && error.contains(words),
            "{arguments:?}: {error}"
        );
    }
}

#[test]
fn the_arguments_of_a_next_line_can_be_pasted() {
    let issue = "4394305AA48FCFF21A3E836EF0D51C5B";
    let tool = "crashsight_get_issue";
    let pasted = json!({"issue": issue, "project": "starfall-android"}).to_string();
    let (code, text, error) = run(&["call", "--demo", tool, &pasted]);
    assert!(code == 0 && text.contains(issue), "{text}{error}");
    let (code, text, error) = run(&["call", "--demo", tool, "{\"issue\":"]);
    assert!(code == 2 && text.is_empty(), "{text}");
    assert!(error.contains("not one JSON object"), "{error}");
}

#[test]
fn raw_and_json_always_print_output() {
    let (code, text, _) = run(&["call", "--demo", "crashsight_list_projects", "--raw"]);
    assert!(code == 0 && text.contains("starfall-android"), "{text}");
    let issue = "issue=4394305AA48FCFF21A3E836EF0D51C5B";
    let write = [
        "call",
        "--demo",
        "crashsight_add_issue_tag",
        issue,
        "tag=seen",
        "--raw",
    ];
    let (code, text, error) = run(&write);
    assert!(code == 0 && text.contains("confirm"), "{text}{error}");
    let (code, text, _) = run(&[
        "call",
        "--demo",
        "crashsight_get_day_stats",
        "--output",
        "json",
    ]);
    let carried: Value = serde_json::from_str(&text).unwrap();
    assert!(code == 0 && carried["answer"].is_object(), "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn an_unwritable_stdout_is_a_failure() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = Command::new(cargo_bin!("crashsight-mcp"))
        .env("CRASHSIGHT_STORE", "memory")
        .args(["call", "--demo", "crashsight_list_projects"])
        .stdin(Stdio::null())
        .stdout(full)
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("cannot write to stdout"), "{error}");
}

#[test]
fn tools_json_matches_tools_list() {
    let listed = |arguments: &[&str]| -> Vec<Value> {
        let all = [
            &[
                "tools",
                "--json",
                "--tools",
                "crashsight_list_projects, *_add_issue_tag",
            ],
            arguments,
        ]
        .concat();
        let (code, text, error) = run(&all);
        assert_eq!(code, 0, "{error}");
        serde_json::from_str(&text).unwrap()
    };
    let write = |tools: &[Value]| {
        tools
            .iter()
            .find(|tool| tool["name"] == "crashsight_add_issue_tag")
            .unwrap()
            .clone()
    };
    let plain = listed(&[]);
    assert_eq!(plain.len(), 2);
    assert!(write(&plain)["inputSchema"]["properties"]["confirm"].is_object());
    assert!(write(&plain)["outputSchema"].is_null());
    let other = listed(&["--confirm-writes", "never", "--output", "json"]);
    assert!(write(&other)["inputSchema"]["properties"]["confirm"].is_null());
    assert!(write(&other)["outputSchema"].is_object());
}

#[test]
fn tools_are_listed_with_their_token_counts() {
    let (code, text, _) = run(&["tools"]);
    assert!(
        code == 0 && text.contains("getTopIssueEx") && text.contains("tokens in total"),
        "{text}"
    );
    let (_, text, _) = run(&["tools", "--json", "--read-only"]);
    let tools: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(
        tools
            .iter()
            .all(|tool| tool["annotations"]["readOnlyHint"] == json!(true))
    );
}

#[test]
fn demo_runs_typical_queries() {
    let (code, text, error) = run(&["demo"]);
    assert_eq!(code, 0, "{error}");
    for words in [
        "What are today's top crashes?",
        "→ crashsight_get_crash ",
        "tokens",
        "mcpServers",
    ] {
        assert!(text.contains(words), "{words} is missing: {text}");
    }
}

fn report(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(cargo_bin!("crashsight-mcp"))
        .arg("report")
        .args(arguments)
        .arg("--demo")
        .env_remove("CRASHSIGHT_USER_ID")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_report_has_the_overview_the_ranked_issues_and_their_crashes() {
    let (code, text, _) = report(&["--window", "yesterday"]);
    assert_eq!(code, Some(0));
    let heads = ["Overview of crashes", "What to fix first", "\nCrash "];
    let at: Vec<usize> = heads.iter().map(|head| text.find(head).unwrap()).collect();
    assert!(at.is_sorted(), "{text}");
    assert_eq!(text.matches("\nCrash ").count(), 3, "{text}");
    assert!(!text.contains("next:"), "{text}");

    let (code, markdown, _) = report(&["--window", "yesterday", "--format", "markdown"]);
    assert_eq!(code, Some(0));
    assert!(markdown.starts_with("**Overview of crashes"), "{markdown}");
    assert!(markdown.contains("\n- why "), "{markdown}");
    let table = |line: &str| line.starts_with('|') || line.starts_with('#');
    assert!(!markdown.lines().any(table), "{markdown}");

    let (code, data, _) = report(&["--window", "yesterday", "--format", "json"]);
    assert_eq!(code, Some(0));
    let data: Value = serde_json::from_str(&data).unwrap();
    let parts = data["parts"].as_array().unwrap();
    let tools: Vec<&str> = parts
        .iter()
        .map(|part| part["tool"].as_str().unwrap())
        .collect();
    assert_eq!(
        tools,
        [
            "crashsight_report_overview",
            "crashsight_rank_issues",
            "crashsight_get_crash",
            "crashsight_get_crash",
            "crashsight_get_crash"
        ]
    );
}

#[test]
fn a_threshold_that_is_met_ends_a_report_with_exit_code_4() {
    let (code, text, problems) = report(&["--fail-above", "0.1%", "--fail-on", "new"]);
    assert_eq!(code, Some(4), "{problems}");
    assert!(
        problems.contains("threshold: starfall-android: 0."),
        "{problems}"
    );
    assert!(text.starts_with("Overview of crashes"), "{text}");
    let (code, ..) = report(&["--fail-above", "99%"]);
    assert_eq!(code, Some(0));
    let (code, _, problems) = report(&["--fail-above", "lots"]);
    assert_eq!(code, Some(2), "{problems}");
    let (code, text, problems) = report(&["--project", "no-such-project", "--fail-above", "99%"]);
    assert_eq!(code, Some(2), "{text}{problems}");
    assert!(text.is_empty(), "{text}");
}

#[test]
fn an_inspection_is_printed_whole() {
    let (code, data, _) = report(&["--inspection", "--format", "json"]);
    assert_eq!(code, Some(0));
    let data: Value = serde_json::from_str(&data).unwrap();
    let answer = &data["parts"][0]["answer"];
    let rows = |name: &str| answer[name].as_array().unwrap().len() as u64;
    let total = answer["total_rows"].as_u64().unwrap();
    assert_eq!(rows("missed") + rows("filed"), total);
    assert!(total > 200, "{total}");
    let of = |field: &str| -> u64 {
        let projects = answer["projects"].as_array().unwrap();
        projects
            .iter()
            .map(|one| one[field].as_u64().unwrap())
            .sum()
    };
    assert_eq!((of("missed"), of("filed")), (rows("missed"), rows("filed")));
    assert!(answer["cost"]["upstream_calls"].as_u64().unwrap() <= 25);
    let (code, text, _) = report(&[
        "--inspection",
        "--project",
        "starfall-pc",
        "--format",
        "markdown",
    ]);
    assert_eq!(code, Some(0));
    assert!(text.matches("\n- project ").count() > 50, "{text}");
    assert!(!text.contains("offset="), "{text}");
}
