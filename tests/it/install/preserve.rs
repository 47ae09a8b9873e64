//! What an entry takes along, what is never shown, and files that are not as one would like them.

use assert_cmd::cargo::cargo_bin;
use serde_json::json;

use super::harness::Home;

#[test]
fn an_entry_starts_the_server_as_this_command_line_would() {
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
    let told = home.done(&["--client", "cursor"]);
    assert!(told.out.contains("nothing changed"), "{}", told.out);
    assert_eq!(entry(&home), before);
}

#[test]
fn another_programs_arguments_are_left_out_with_a_word() {
    let home = Home::new("docker");
    home.write(
        ".cursor/mcp.json",
        "{\"mcpServers\": {\"crashsight\": {\"command\": \"docker\", \"args\": [\"run\", \"-i\", \"image\"]}}}",
    );
    let told = home.done(&["--client", "cursor"]);
    assert!(
        told.out.contains("`crashsight` started docker until now"),
        "{}",
        told.out
    );
    let args = &home.json(".cursor/mcp.json")["mcpServers"]["crashsight"]["args"];
    assert_eq!(*args, json!(["serve"]));
}

#[test]
fn a_dry_run_shows_no_secret_of_a_line() {
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
        let told = home.done(&["--client", client, "--dry-run"]);
        assert!(told.out.contains("would change"), "{}", told.out);
        assert!(told.out.contains("+ "), "{}", told.out);
        assert!(!told.out.contains("hush"), "{client}: {}", told.out);
    }
}

#[test]
#[cfg(unix)]
fn the_program_of_a_snippet_is_there() {
    let home = Home::new("snippet");
    home.write(".cursor/mcp.json", "[1]");
    let built = cargo_bin!("crashsight-mcp");
    let copy = home.path(".local/bin/crashsight-mcp");
    let arguments = ["install", "--client", "cursor", "--demo", "--dry-run"];
    let told = home.run_as(built, &arguments, &[]);
    assert!(told.code == 1 && !copy.exists(), "{}", told.out);
    let told = home.run_as(built, &arguments[..4], &[]);
    let named = copy.display().to_string();
    assert!(told.code == 1 && told.out.contains(&named), "{}", told.out);
    assert!(copy.is_file(), "{}", told.out);
}

#[test]
#[cfg(unix)]
fn a_link_without_an_end_stays_a_link() {
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
fn a_refused_try_leaves_nothing_behind() {
    let home = Home::new("refused");
    // A name that a backup's ending still fits, and that of the new file does not.
    let long = "n".repeat(248);
    home.write(&long, "{}");
    home.write(".cursor/readme", "");
    std::os::unix::fs::symlink(home.path(&long), home.path(".cursor/mcp.json")).unwrap();
    let files = home.files();
    let told = home.install(&["--client", "cursor", "--demo"], &[]);
    assert!(
        told.code == 1 && told.error.contains("not written"),
        "{}",
        told.error
    );
    assert_eq!(home.files(), files);
}

#[test]
fn a_key_file_that_is_not_there_yet_is_told_and_no_obstacle() {
    let home = Home::new("later");
    let told = home.install(
        &["--client", "cursor"],
        &[
            ("CRASHSIGHT_USER_ID", "12453"),
            ("CRASHSIGHT_API_KEY_FILE", "gone.key"),
            ("CRASHSIGHT_PROJECT", "aaa@ios"),
        ],
    );
    assert_eq!(told.code, 0, "{}", told.error);
    assert!(told.out.contains("gone.key"), "{}", told.out);
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
fn the_example_says_what_claude_code_wants_to_hear() {
    let example: serde_json::Value =
        serde_json::from_str(include_str!("../../../mcp.json.example")).unwrap();
    let http = &example["mcpServers"]["crashsight-http"];
    assert!(http["url"].is_string() && http["type"] == "http", "{http}");
}

const TEAM: &str = "[accounts.cn]\nprovider = \"crashsight\"\nuser_id = 12453\napi_key_env = \"CN_KEY\"\n\
    [projects.star]\naliases = [\"mine\"]\ncrashsight = { account = \"cn\", app = \"aaa\", platform = \"ios\" }\n";

#[test]
fn what_the_clients_process_will_lack_is_told_or_written() {
    let home = Home::new("lacks");
    home.write("moved/crashsight-mcp/config.toml", TEAM);
    let moved = home.path("moved").display().to_string();
    let told = home.install(&["--client", "cursor"], &[("XDG_CONFIG_HOME", &moved)]);
    assert_eq!(told.code, 0, "{}", told.error);
    assert!(
        told.out
            .contains("accounts.cn.api_key_env names a variable"),
        "{}",
        told.out
    );
    let file = home
        .path("moved/crashsight-mcp/config.toml")
        .display()
        .to_string();
    let args = &home.json(".cursor/mcp.json")["mcpServers"]["crashsight"]["args"];
    assert_eq!(*args, json!(["serve", "--config", file]));
}

#[test]
fn a_shared_file_names_what_everyone_knows() {
    let home = Home::new("shared");
    home.write("team.toml", TEAM);
    let told = home.done(&[
        "--client",
        "cursor",
        "--here",
        "--config",
        "team.toml",
        "--project",
        "mine",
    ]);
    assert!(told.out.contains("team.toml is yours"), "{}", told.out);
    let entry = &home.json(".cursor/mcp.json")["mcpServers"]["crashsight"];
    assert_eq!(entry["env"], json!({"CRASHSIGHT_PROJECT": "aaa@ios"}));
    assert_eq!(entry["args"], json!(["serve"]));
}
