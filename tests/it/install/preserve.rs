//! What an entry takes along, what is never shown, and files that are not as one would like them.

use assert_cmd::cargo::cargo_bin;
use serde_json::json;

use super::harness::Home;

#[test]
fn an_entry_has_the_flags_of_the_command_line() {
    let home = Home::new("switches");
    home.write(
        ".cursor/mcp.json",
        "{\"mcpServers\": {\"crashsight\": {\"command\": \"crashsight-mcp\", \"args\": [\"serve\", \"--config\", \"team.toml\", \"--reply-tokens\", \"500\", \"--output=json\"]}}}",
    );
    let entry = |home: &Home| home.json(".cursor/mcp.json")["mcpServers"]["crashsight"].clone();
    home.done(&[
        "--client",
        "cursor",
        "--read-only",
        "--tools",
        "crashsight,getui",
        "--exclude-tools=*_tag",
        "--reply-tokens",
        "2000",
    ]);
    assert_eq!(
        entry(&home)["args"],
        json!([
            "serve",
            "--read-only",
            "--tools",
            "crashsight,getui",
            "--exclude-tools",
            "*_tag",
            "--reply-tokens",
            "2000",
            "--config",
            "team.toml",
            "--output=json",
        ])
    );
    let before = entry(&home);
    let outcome = home.done(&["--client", "cursor"]);
    assert!(outcome.out.contains("is up to date"), "{}", outcome.out);
    assert_eq!(entry(&home), before);
}

#[test]
fn arguments_of_another_program_are_dropped_with_a_note() {
    let home = Home::new("docker");
    home.write(
        ".cursor/mcp.json",
        "{\"mcpServers\": {\"crashsight\": {\"command\": \"docker\", \"args\": [\"run\", \"-i\", \"image\"]}}}",
    );
    let outcome = home.done(&["--client", "cursor"]);
    assert!(
        outcome
            .out
            .contains("replaces the existing `crashsight` entry (was: docker)"),
        "{}",
        outcome.out
    );
    let args = &home.json(".cursor/mcp.json")["mcpServers"]["crashsight"]["args"];
    assert_eq!(*args, json!(["serve", "--toolset", "questions"]));
}

#[test]
fn dry_run_prints_no_secret() {
    let home = Home::new("masked");
    for (file, text) in [
        (
            ".cursor/mcp.json",
            "{\"mcpServers\":{\"github\":{\"command\":\"x\",\"env\":{\"GITHUB_TOKEN\":\"hush\"}}}}",
        ),
        (
            ".gemini/settings.json",
            "{\"mcpServers\": {\"crashsight\": {\n\"command\": \"/old/crashsight-mcp\",\n\"env\": {\"CRASHSIGHT_API_KEY\": \"hush\"},\n\"args\": []}}}",
        ),
        (
            ".codex/config.toml",
            "mcp_servers = { crashsight = { command = \"docker\", args = [\"run\", \"-e\", \"API_KEY=hush\"], env = { API_KEY = \"hush\" } } }\n",
        ),
    ] {
        home.write(file, text);
    }
    for client in ["cursor", "gemini", "codex"] {
        let outcome = home.done(&["--client", client, "--dry-run"]);
        assert!(outcome.out.contains("would change"), "{}", outcome.out);
        assert!(outcome.out.contains("+ "), "{}", outcome.out);
        assert!(!outcome.out.contains("hush"), "{client}: {}", outcome.out);
    }
}

#[test]
#[cfg(unix)]
fn the_executable_in_a_snippet_exists() {
    let home = Home::new("snippet");
    home.write(".cursor/mcp.json", "[1]");
    let built = cargo_bin!("crashsight-mcp");
    let copy = home.path(".local/bin/crashsight-mcp");
    let arguments = ["install", "--client", "cursor", "--demo", "--dry-run"];
    let outcome = home.run_as(built, &arguments, &[]);
    assert!(outcome.code == 1 && !copy.exists(), "{}", outcome.out);
    let outcome = home.run_as(built, &arguments[..4], &[]);
    let named = copy.display().to_string();
    assert!(
        outcome.code == 1 && outcome.out.contains(&named),
        "{}",
        outcome.out
    );
    assert!(copy.is_file(), "{}", outcome.out);
}

#[test]
#[cfg(unix)]
fn a_dangling_symlink_stays_a_symlink() {
    let home = Home::new("dangling");
    home.write("dotfiles/readme", "");
    std::os::unix::fs::symlink("dotfiles/mcp/claude.json", home.path(".claude.json")).unwrap();
    home.done(&["--client", "claude-code", "--demo"]);
    assert!(home.path(".claude.json").is_symlink());
    assert!(
        home.read("dotfiles/mcp/claude.json")
            .contains("crashsight-demo")
    );
}

#[test]
#[cfg(unix)]
fn a_failed_install_leaves_no_files() {
    let home = Home::new("refused");
    // A name that a backup's ending still fits, and that of the new file does not.
    let long = "n".repeat(248);
    home.write(&long, "{}");
    home.write(".cursor/readme", "");
    std::os::unix::fs::symlink(home.path(&long), home.path(".cursor/mcp.json")).unwrap();
    let files = home.files();
    let outcome = home.install(&["--client", "cursor", "--demo"], &[]);
    assert!(
        outcome.code == 1 && outcome.error.contains("cannot write"),
        "{}",
        outcome.error
    );
    assert_eq!(home.files(), files);
}

#[test]
fn a_missing_key_file_is_noted_and_does_not_stop_the_install() {
    let home = Home::new("later");
    let outcome = home.install(
        &["--client", "cursor"],
        &[
            ("CRASHSIGHT_USER_ID", "12453"),
            ("CRASHSIGHT_API_KEY_FILE", "gone.key"),
            ("CRASHSIGHT_PROJECT", "aaa@ios"),
        ],
    );
    assert_eq!(outcome.code, 0, "{}", outcome.error);
    assert!(outcome.out.contains("gone.key"), "{}", outcome.out);
    let entry = &home.json(".cursor/mcp.json")["mcpServers"]["crashsight"];
    let arguments: Vec<&str> = entry["args"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|arg| arg.as_str())
        .collect();
    let key_file = entry["env"]["CRASHSIGHT_API_KEY_FILE"].as_str().unwrap();
    let started = home.run_as(
        &home.program(),
        &arguments,
        &[("CRASHSIGHT_API_KEY_FILE", key_file)],
    );
    assert_eq!(started.code, 0, "it serves all the same: {}", started.error);
}

#[test]
fn the_example_matches_the_claude_code_format() {
    let example: serde_json::Value =
        serde_json::from_str(include_str!("../../../mcp.json.example")).unwrap();
    let http = &example["mcpServers"]["crashsight-http"];
    assert!(http["url"].is_string() && http["type"] == "http", "{http}");
}

const TEAM: &str = "[accounts.cn]\nprovider = \"crashsight\"\nuser_id = 12453\napi_key_env = \"CN_KEY\"\n\
    [projects.star]\naliases = [\"mine\"]\ncrashsight = { account = \"cn\", app = \"aaa\", platform = \"ios\" }\n";

#[test]
fn variables_missing_in_desktop_clients_are_written_or_noted() {
    let home = Home::new("lacks");
    home.write("moved/crashsight-mcp/config.toml", TEAM);
    let moved = home.path("moved").display().to_string();
    let outcome = home.install(&["--client", "cursor"], &[("XDG_CONFIG_HOME", &moved)]);
    assert_eq!(outcome.code, 0, "{}", outcome.error);
    assert!(
        outcome
            .out
            .contains("accounts.cn.api_key_env uses an environment variable"),
        "{}",
        outcome.out
    );
    let file = home
        .path("moved/crashsight-mcp/config.toml")
        .display()
        .to_string();
    let args = &home.json(".cursor/mcp.json")["mcpServers"]["crashsight"]["args"];
    assert_eq!(
        *args,
        json!(["serve", "--config", file, "--toolset", "questions"])
    );
}

#[test]
fn a_shared_file_has_no_personal_settings() {
    let home = Home::new("shared");
    home.write("team.toml", TEAM);
    let outcome = home.done(&[
        "--client",
        "cursor",
        "--here",
        "--config",
        "team.toml",
        "--project",
        "mine",
    ]);
    assert!(
        outcome.out.contains("team.toml is personal"),
        "{}",
        outcome.out
    );
    let entry = &home.json(".cursor/mcp.json")["mcpServers"]["crashsight"];
    assert_eq!(entry["env"], json!({"CRASHSIGHT_PROJECT": "aaa@ios"}));
    assert_eq!(entry["args"], json!(["serve", "--toolset", "questions"]));
}
