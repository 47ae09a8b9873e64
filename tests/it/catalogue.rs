//! Rules for all tools at once, and the published definitions in `tools/`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crashsight_mcp::Definition;
use crashsight_mcp::testing::{self, Effect};
use crashsight_mcp::{definitions, mcp};
use serde_json::{Value, json};
use tiktoken_rs::CoreBPE;

/// The words a tool's name may begin with, after its provider.
const VERBS: &[&str] = &[
    "list",
    "get",
    "search",
    "count",
    "add",
    "update",
    "upload",
    "link",
    "report",
    "compare",
    "investigate",
    "find",
    "rank",
    "read",
];

/// Tokens of a definition: the mean, and the largest.
const MEAN: usize = 170;
const LARGEST: usize = 300;
/// Tokens of the 25 CrashSight operations together.
const CRASHSIGHT: usize = 4_250;

/// The manual's operations and their tools.
const OPERATIONS: &[(&str, &str)] = &[
    ("getTopIssueHourly", "crashsight_list_hourly_top_issues"),
    ("getTrendEx", "crashsight_get_daily_trend"),
    ("getRealTimeAppendStat", "crashsight_get_day_stats"),
    (
        "getAppRealTimeTrendAppend",
        "crashsight_get_cumulative_trend_basic",
    ),
    ("getRealTimeHourlyStat", "crashsight_get_hourly_trend_basic"),
    (
        "getAppRealTimeTrendAppendEx",
        "crashsight_get_cumulative_trend",
    ),
    ("getTopIssueEx", "crashsight_list_top_issues"),
    ("getRealTimeHourlyStatEx", "crashsight_get_hourly_trend"),
    ("queryAdvancedTrend", "crashsight_get_advanced_trend"),
    ("addTag", "crashsight_add_issue_tag"),
    ("getStackDeviceInfo", "crashsight_list_stack_devices"),
    ("getCrashUserList", "crashsight_list_crash_users"),
    ("getStackCrashStat", "crashsight_count_stack_crashes"),
    ("getCrashDeviceStat", "crashsight_list_device_crashes"),
    ("getCrashDeviceInfo", "crashsight_list_issue_devices"),
    ("getDeviceUserInfo", "crashsight_list_device_users"),
    ("noteList", "crashsight_list_issue_notes"),
    ("issueInfo", "crashsight_get_issue"),
    ("lastCrashInfo", "crashsight_get_last_crash"),
    ("crashList", "crashsight_list_issue_crashes"),
    ("appDetailCrash", "crashsight_get_crash_logs"),
    ("crashDoc", "crashsight_get_crash"),
    ("queryIssueList", "crashsight_search_issues"),
    ("getSelectorDatas", "crashsight_get_app_options"),
    ("getCrashUserInfo", "crashsight_list_user_crashes"),
];

/// Operations that the vendor's SDK of April 2026 has beyond the manual's, and their tools.
const LATER: &[(&str, &str)] = &[
    ("queryIssueTrend", "crashsight_get_issue_trend"),
    ("queryCrashList", "crashsight_search_crashes"),
    ("advancedSearchEx", "crashsight_search_stacks"),
    ("fetchDimensionTopStats", "crashsight_list_top_dimensions"),
    ("fetchDailySummary", "crashsight_get_daily_summary"),
    ("queryOomList", "crashsight_list_oom_crashes"),
    ("fetchCrashAttachments", "crashsight_get_crash_attachments"),
    ("getVersionDateList", "crashsight_list_versions"),
    ("getMinuteCrashData", "crashsight_get_minute_trend"),
    ("getMostReportUser", "crashsight_list_most_reporting_users"),
    ("queryAccessList", "crashsight_list_user_launches"),
    ("getNetworkDevices", "crashsight_list_active_devices"),
    (
        "getCrashDeviceInfoByExpUid",
        "crashsight_get_exception_device",
    ),
    ("queryBugs", "crashsight_get_bugs"),
    ("updateIssueStatus", "crashsight_update_issue_status"),
    ("addIssueNote", "crashsight_add_issue_note"),
    ("bindBugs", "crashsight_link_issue_bug"),
    ("upsertBugs", "crashsight_add_issue_bug"),
];

/// The companions' operations and their tools: TOOLS.md, rows 26 to 46.
const COMPANIONS: &[(&str, &str)] = &[
    ("live/scale/by_time", "agora_get_live_scale"),
    ("live/experience/by_time", "agora_get_live_experience"),
    ("live/net/by_time", "agora_get_live_network"),
    (
        "live/quality/videofreeze/user_count",
        "agora_count_freeze_users",
    ),
    (
        "live/quality/slowjoining/user_count",
        "agora_count_slow_joins",
    ),
    (
        "live/quality/joiningtrial/user_count",
        "agora_count_join_attempts",
    ),
    ("bigchannel/live/quality/score", "agora_get_channel_score"),
    (
        "bigchannel/live/quality/videofreeze/user_count",
        "agora_count_channel_freeze_users",
    ),
    (
        "bigchannel/live/scale/user_count",
        "agora_count_channel_users",
    ),
    ("live/diagnosis", "agora_list_diagnoses"),
    ("insight/usage/by_time", "agora_get_usage"),
    ("analytics/call/lists", "agora_search_calls"),
    ("analytics/call/details", "agora_get_call"),
    ("analytics/feedback/reportV2", "agora_add_quality_report"),
    ("report/push/task", "getui_get_push_report"),
    ("report/push/task_group", "getui_get_task_group_report"),
    ("report/push/task/detail", "getui_get_push_losses"),
    ("report/push/date", "getui_get_daily_push_report"),
    ("report/push/count", "getui_get_push_quota"),
    ("report/user/date", "getui_get_daily_user_report"),
    ("report/online_user", "getui_get_online_users"),
];

/// What the index says of Agora's later documents (docs.agora.io, revisions of 2021 to 2026).
const GONE: &str = "
## Operations that later documents of Agora no longer list

Agora's document behind these tools is of 2020-10-29. Later ones list other endpoints; an account may still be
served these, and a 404 says so in words.

| Tool | In its place |
|---|---|
| agora_get_live_scale | GET /beta/realtime/usage/by_time_20sec |
| agora_get_live_experience, agora_get_live_network | GET /beta/realtime/quality/by_time_20sec |
| agora_count_freeze_users, agora_count_slow_joins, agora_count_join_attempts | none found |
| agora_get_channel_score, agora_count_channel_freeze_users, agora_count_channel_users | none found |
| agora_list_diagnoses | none found |
| agora_get_call | GET /beta/analytics/call/sessions and /beta/analytics/call/metrics |
| agora_add_quality_report | none found |

agora_get_usage and agora_search_calls are still listed; the first sends the later names of its parameters
beside the earlier ones. Getui still lists all seven of its reports.
";

/// A definition as the model sees it.
fn cost(vocabulary: &CoreBPE, definition: &Definition) -> usize {
    let seen = json!({
        "name": definition.name,
        "title": definition.title,
        "description": definition.description,
        "inputSchema": *definition.input,
    });
    vocabulary.encode_ordinary(&seen.to_string()).len()
}

#[test]
fn every_operation_is_a_tool() {
    let definitions = definitions();
    for (operation, name) in OPERATIONS.iter().chain(LATER).chain(COMPANIONS) {
        let definition = definitions
            .iter()
            .find(|definition| definition.name == *name);
        let definition = definition.unwrap_or_else(|| panic!("{name} is not listed"));
        assert!(
            definition.upstream.contains(operation),
            "{name}: {}",
            definition.upstream.join(", ")
        );
    }
}

#[test]
fn names_say_whose_and_what() {
    let mut seen = BTreeSet::new();
    for definition in definitions() {
        let name = definition.name;
        let mut words = name.split('_');
        assert!(
            ["crashsight", "agora", "getui"].contains(&words.next().unwrap()),
            "{name}"
        );
        assert!(
            VERBS.contains(&words.next().unwrap()),
            "{name}: a verb out of the set"
        );
        // `compare` is a verb that takes two of anything.
        let noun = words.next().is_some() || name == "crashsight_compare";
        assert!(name.len() <= 40 && noun, "{name}");
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{name}"
        );
        assert!(seen.insert(name), "{name} stands twice");
    }
}

#[test]
fn definitions_keep_their_budget() {
    let vocabulary = tiktoken_rs::o200k_base().unwrap();
    let definitions = definitions();
    let costs: Vec<(usize, &str)> = definitions
        .iter()
        .map(|definition| (cost(&vocabulary, definition), definition.name))
        .collect();
    let (largest, name) = costs.iter().max().unwrap();
    assert!(*largest <= LARGEST, "{name}: {largest} tokens");
    let sum: usize = costs.iter().map(|(cost, _)| cost).sum();
    assert!(
        sum <= MEAN * costs.len(),
        "{sum} tokens for {} tools",
        costs.len()
    );
    let operations: usize = costs
        .iter()
        .filter(|(_, name)| OPERATIONS.iter().any(|(_, tool)| tool == name))
        .map(|(cost, _)| cost)
        .sum();
    assert!(
        operations <= CRASHSIGHT,
        "{operations} tokens for the operations of CrashSight"
    );
}

#[test]
fn descriptions_are_two_or_three_sentences() {
    for definition in definitions() {
        let text = &definition.description;
        let sentences = text
            .split_inclusive(['.', '?'])
            .filter(|s| s.trim().len() > 3)
            .count();
        assert!(
            (1..=4).contains(&sentences) && text.len() >= 40,
            "{}: {text}",
            definition.name
        );
        assert!(text.ends_with(['.', '?']), "{}: {text}", definition.name);
        for order in ["IMPORTANT", "MUST", "ALWAYS", "NEVER"] {
            assert!(
                !text.contains(order),
                "{} gives orders: {text}",
                definition.name
            );
        }
    }
}

#[test]
fn next_calls_name_tools_that_exist() {
    let names: BTreeSet<&str> = definitions()
        .iter()
        .map(|definition| definition.name)
        .collect();
    for definition in definitions() {
        let words = definition
            .description
            .split(|c: char| !c.is_ascii_lowercase() && c != '_');
        let tool = |word: &&str| {
            ["crashsight_", "agora_", "getui_"]
                .iter()
                .any(|provider| word.starts_with(provider))
        };
        for word in words.filter(tool) {
            assert!(names.contains(word), "{} names {word}", definition.name);
        }
    }
}

/// What makes one client or another drop a tool.
fn lint(name: &str, schema: &Value, at: &str) {
    match schema {
        Value::Object(fields) => {
            for banned in [
                "$ref", "$schema", "$defs", "title", "format", "allOf", "oneOf", "anyOf", "not",
                "nullable",
            ] {
                assert!(!fields.contains_key(banned), "{name}{at}: {banned}");
            }
            if let Some(kind) = fields.get("type") {
                assert!(kind.is_string(), "{name}{at}: a union of types");
            }
            for (key, value) in fields {
                match key.as_str() {
                    "properties" => {
                        for (property, schema) in value.as_object().unwrap() {
                            assert!(
                                schema["type"].is_string(),
                                "{name}{at}.{property} has no type"
                            );
                            lint(name, schema, &format!("{at}.{property}"));
                        }
                    }
                    "items" => lint(name, value, &format!("{at}[]")),
                    "additionalProperties" => assert_eq!(value, &json!(false), "{name}{at}"),
                    _ => assert!(!value.is_boolean(), "{name}{at}: {key} is a boolean"),
                }
            }
        }
        other => panic!("{name}{at}: {other} is no schema"),
    }
}

#[test]
fn schemas_hold_nothing_that_a_client_drops() {
    for definition in definitions() {
        let schema = Value::Object((*definition.input).clone());
        assert_eq!(schema["type"], "object", "{}", definition.name);
        assert_eq!(
            schema["additionalProperties"],
            json!(false),
            "{}",
            definition.name
        );
        assert!(
            !schema.to_string().contains("\"fresh\""),
            "{} publishes `fresh`",
            definition.name
        );
        lint(definition.name, &schema, "");
    }
}

#[test]
fn one_word_means_one_thing() {
    // The same argument has the same type wherever it stands.
    let mut types: Vec<(String, Value, &str)> = Vec::new();
    for definition in definitions() {
        for (argument, schema) in definition.input["properties"].as_object().unwrap() {
            // A service has metrics of its own.
            let kind = if argument == "metrics" {
                json!([schema["type"], schema["items"]["type"]])
            } else {
                json!([schema["type"], schema["enum"], schema["items"]])
            };
            match types.iter().find(|(known, ..)| known == argument) {
                // Devices of a user's question are a list; one device has its users.
                Some(_) if argument == "device" => {}
                Some((_, known, first)) => {
                    assert_eq!(
                        known, &kind,
                        "`{argument}` of {} and {first}",
                        definition.name
                    );
                }
                None => types.push((argument.clone(), kind, definition.name)),
            }
        }
    }
}

#[test]
fn all_four_annotations_are_explicit() {
    for (tool, definition) in mcp::published().iter().zip(definitions()) {
        for hint in [
            "readOnlyHint",
            "destructiveHint",
            "idempotentHint",
            "openWorldHint",
        ] {
            assert!(
                tool["annotations"][hint].is_boolean(),
                "{}: {hint}",
                definition.name
            );
        }
        let write = definition.effect == Effect::Write;
        assert_eq!(
            tool["annotations"]["readOnlyHint"],
            json!(!write),
            "{}",
            definition.name
        );
        let confirm = tool["inputSchema"]["properties"].get("confirm").is_some();
        assert_eq!(
            confirm, write,
            "{}: confirm belongs to writes",
            definition.name
        );
        if !definition.upstream.is_empty() {
            assert_eq!(
                tool["_meta"]["crashsight/operation"],
                definition.upstream.join(", "),
                "{}",
                definition.name
            );
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a published file with what the code says; with `UPDATE_PUBLISHED=1` writes it.
fn publish(path: &Path, text: &str, stale: &mut Vec<String>) {
    if std::fs::read_to_string(path).is_ok_and(|found| found == text) {
        return;
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is told to write by the environment"
    )]
    if std::env::var("UPDATE_PUBLISHED").is_ok() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    } else {
        stale.push(path.strip_prefix(root()).unwrap().display().to_string());
    }
}

#[test]
fn published_definitions_are_fresh() {
    let vocabulary = tiktoken_rs::o200k_base().unwrap();
    let folder = root().join("tools");
    let mut stale = Vec::new();
    let mut index = String::from(
        "# Tools\n\n\
         What a client is told, one file per tool. Written from the code by\n\
         `UPDATE_PUBLISHED=1 cargo test --test it catalogue`; read by nobody at run time.\n\
         Tokens count name, title, description and input schema in the o200k vocabulary.\n\n\
         | Tool | Operation | Effect | Tokens |\n|---|---|---|---:|\n",
    );
    let mut expected = BTreeSet::new();
    let mut sum = 0;
    for (tool, definition) in mcp::published().iter().zip(definitions()) {
        let provider = definition.name.split('_').next().unwrap();
        let path = folder
            .join(provider)
            .join(format!("{}.json", definition.name));
        publish(
            &path,
            &format!("{}\n", serde_json::to_string_pretty(tool).unwrap()),
            &mut stale,
        );
        expected.insert(path);
        let tokens = cost(&vocabulary, &definition);
        sum += tokens;
        let effect = match definition.effect {
            Effect::Read => "read",
            Effect::Write => "write",
        };
        writeln!(
            index,
            "| [{0}]({provider}/{0}.json) | {1} | {effect} | {tokens} |",
            definition.name,
            if definition.upstream.is_empty() {
                "–".to_owned()
            } else {
                definition.upstream.join(", ")
            },
        )
        .unwrap();
    }
    writeln!(index, "| {} tools | | | {sum} |", expected.len()).unwrap();
    index.push_str(GONE);
    publish(&folder.join("README.md"), &index, &mut stale);
    for provider in std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|p| p.is_dir())
    {
        for file in std::fs::read_dir(provider)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            assert!(
                expected.contains(&file),
                "{} belongs to no tool",
                file.display()
            );
        }
    }
    assert!(
        stale.is_empty(),
        "stale: {}; run `UPDATE_PUBLISHED=1 cargo test --test it catalogue` and read the diff",
        stale.join(", ")
    );
}

#[test]
fn published_skills_are_fresh() {
    let folder = root().join("skills");
    let mut stale = Vec::new();
    let mut expected = BTreeSet::new();
    for (path, text) in testing::skills() {
        let path = folder.join(path);
        publish(&path, &text, &mut stale);
        expected.insert(path);
    }
    for skill in std::fs::read_dir(&folder).unwrap() {
        let file = skill.unwrap().path().join("SKILL.md");
        assert!(
            expected.contains(&file),
            "{} is of no prompt",
            file.display()
        );
    }
    assert!(
        stale.is_empty(),
        "stale: {}; run `UPDATE_PUBLISHED=1 cargo test --test it catalogue` and read the diff",
        stale.join(", ")
    );
}

#[test]
fn the_example_configuration_is_one_that_works() {
    let text = std::fs::read_to_string(root().join("mcp.json.example")).unwrap();
    let example: Value = serde_json::from_str(&text).unwrap();
    let servers = example["mcpServers"].as_object().unwrap();
    assert!(servers.contains_key("crashsight") && servers.contains_key("crashsight-demo"));
    let real = servers["crashsight"]["env"].as_object().unwrap();
    let key_file =
        std::env::temp_dir().join(format!("crashsight-example-key-{}", std::process::id()));
    std::fs::write(&key_file, "a key\n").unwrap();
    let settings = crashsight_mcp::Config::read(None, &|name| match name {
        "CRASHSIGHT_API_KEY_FILE" => {
            assert!(real.contains_key(name), "the example names no key file");
            Some(key_file.display().to_string())
        }
        name => real.get(name).and_then(Value::as_str).map(str::to_owned),
    })
    .unwrap();
    std::fs::remove_file(&key_file).unwrap();
    assert!(
        settings.projects.crashsight(None).is_ok(),
        "the example's project does not resolve"
    );
    let url = servers["crashsight-http"]["url"].as_str().unwrap();
    assert!(
        url.starts_with("http://127.0.0.1:") && url.ends_with("/mcp"),
        "{url}"
    );
    for (name, server) in servers {
        if server.get("url").is_none() {
            assert_eq!(server["command"], "crashsight-mcp", "{name}");
        }
        assert!(
            !server.to_string().contains("CRASHSIGHT_API_KEY\":"),
            "{name} holds a secret"
        );
    }
}
