//! What is written, what is kept, what is refused.

use std::path::Path;

use assert_cmd::cargo::cargo_bin;
use serde_json::{Value, json};

use super::harness::Home;

#[cfg(target_os = "linux")]
const CLIENTS: &[(&str, &str, &str)] = &[
    (
        "claude-desktop",
        ".config/Claude/claude_desktop_config.json",
        "mcpServers",
    ),
    ("claude-code", ".claude.json", "mcpServers"),
    ("cursor", ".cursor/mcp.json", "mcpServers"),
    ("vscode", ".config/Code/User/mcp.json", "servers"),
    ("gemini", ".gemini/settings.json", "mcpServers"),
    (
        "windsurf",
        ".codeium/windsurf/mcp_config.json",
        "mcpServers",
    ),
    ("zed", ".config/zed/settings.json", "context_servers"),
];

#[test]
#[cfg(target_os = "linux")]
fn a_fresh_home_gets_an_entry_that_starts() {
    let home = Home::new("fresh");
    for (client, file, key) in CLIENTS {
        let told = home.done(&["--client", client, "--demo"]);
        let entry = &home.json(file)[key]["crashsight-demo"];
        assert_eq!(
            entry["command"],
            home.program().display().to_string(),
            "{client}"
        );
        assert_eq!(entry["args"], json!(["serve", "--demo"]), "{client}");
        assert!(told.out.contains("next: "), "{}", told.out);
    }
    let entry = &home.json(".cursor/mcp.json")["mcpServers"]["crashsight-demo"];
    let arguments: Vec<&str> = entry["args"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let started = home.run_as(
        Path::new(entry["command"].as_str().unwrap()),
        &arguments,
        &[],
    );
    assert_eq!(
        started.code, 0,
        "it serves until its input ends: {}",
        started.error
    );
    home.done(&["--client", "codex", "--demo"]);
    let codex = home.read(".codex/config.toml");
    assert!(
        codex.starts_with("[mcp_servers.crashsight-demo]\ncommand = "),
        "{codex}"
    );
    assert!(codex.contains("args = [\"serve\", \"--demo\"]"), "{codex}");
    let zed = &home.json(".config/zed/settings.json")["context_servers"]["crashsight-demo"];
    assert_eq!(zed["source"], "custom");
    let code = &home.json(".config/Code/User/mcp.json")["servers"]["crashsight-demo"];
    assert_eq!(code["type"], "stdio");
}

#[test]
fn what_is_there_stays_and_a_second_run_changes_nothing() {
    let home = Home::new("keep");
    let before = "{\n    \"theme\": \"dark\",\n    \"big\": 12345678901234567890123,\n    \"mcpServers\": {\n        \"other\": {\"command\": \"npx\", \"env\": {\"TOKEN\": \"hush\"}}\n    },\n    \"last\": [1, 2]\n}\n";
    home.write(".cursor/mcp.json", before);
    let told = home.done(&["--client", "cursor", "--demo"]);
    let after = home.read(".cursor/mcp.json");
    let value: Value = serde_json::from_str(&after).unwrap();
    assert_eq!(value["mcpServers"]["other"]["env"]["TOKEN"], "hush");
    assert!(value["mcpServers"]["crashsight-demo"].is_object());
    for line in before.lines().filter(|line| !line.contains("\"other\"")) {
        assert!(after.contains(line), "{line} is gone: {after}");
    }
    assert_eq!(home.read(".cursor/mcp.json.backup"), before);
    assert!(told.out.contains("mcp.json.backup"), "{}", told.out);
    let files = home.files();
    let told = home.done(&["--client", "cursor", "--demo"]);
    assert!(told.out.contains("nothing changed"), "{}", told.out);
    assert_eq!(home.files(), files);
}

#[test]
#[cfg(target_os = "linux")]
fn comments_survive_in_both_forms() {
    let home = Home::new("comments");
    home.write(
        ".config/zed/settings.json",
        "// my settings\n{\n  // big\n  \"buffer_font_size\": 16,\n  \"context_servers\": {\n    /* mine */\n    \"crashsight\": {\n      \"command\": \"/old/crashsight-mcp\", // was here\n      \"args\": [\"serve\", \"--read-only\"],\n      \"enabled\": false,\n    },\n  },\n}\n",
    );
    home.done(&["--client", "zed"]);
    let zed = home.read(".config/zed/settings.json");
    for kept in [
        "// my settings",
        "// big",
        "/* mine */",
        "// was here",
        "[\"serve\", \"--read-only\"]",
        "\"enabled\": false",
        "\"source\": \"custom\"",
    ] {
        assert!(zed.contains(kept), "{kept} is gone: {zed}");
    }
    assert!(!zed.contains("/old/"), "{zed}");
    let codex = "# mine\nmodel = \"o\" # the best\n\n[mcp_servers.other] # theirs\ncommand = \"npx\"\n\n[mcp_servers.crashsight]\ncommand = \"/old/crashsight-mcp\" # ours\nstartup_timeout_sec = 20\n\n[tui]\nnotifications = true\n";
    home.write(".codex/config.toml", codex);
    home.done(&["--client", "codex", "--project", "d98b9f7eec@android"]);
    let after = home.read(".codex/config.toml");
    for line in codex.lines().filter(|line| !line.contains("/old/")) {
        assert!(after.contains(line), "{line} is gone: {after}");
    }
    assert!(
        after.contains("# ours") && !after.contains("/old/"),
        "{after}"
    );
    assert!(
        after.contains("CRASHSIGHT_PROJECT = \"d98b9f7eec@android\""),
        "{after}"
    );
}

#[test]
fn a_file_that_is_not_understood_is_left_alone() {
    let home = Home::new("broken");
    for (client, file, text, words) in [
        (
            "cursor",
            ".cursor/mcp.json",
            "{\"mcpServers\": {\n  \"a\": 1\n  \"b\": 2}}",
            "line 2",
        ),
        ("gemini", ".gemini/settings.json", "[1]", "at the top"),
        (
            "windsurf",
            ".codeium/windsurf/mcp_config.json",
            "{\"mcpServers\": []}",
            "no servers by name",
        ),
        (
            "claude-code",
            ".claude.json",
            "{\"mcpServers\": {\"crashsight\": {\"url\": \"http://h/mcp\"}}}",
            "--name",
        ),
        ("codex", ".codex/config.toml", "a = 1\nb = \n", "line 2"),
    ] {
        home.write(file, text);
        let files = home.files();
        let told = home.install(&["--client", client], &[]);
        assert_eq!(told.code, 1, "{client}: {}", told.out);
        assert!(told.error.contains(words), "{client}: {}", told.error);
        assert!(
            told.error.contains("left as it is") && told.out.contains("crashsight-mcp"),
            "the snippet is printed: {}",
            told.out
        );
        assert_eq!(home.files(), files, "{client}");
    }
}

#[test]
fn a_dry_run_shows_the_change_and_writes_nothing() {
    let home = Home::new("dry");
    home.write(
        ".cursor/mcp.json",
        "{\n  \"token\": \"hush\",\n  \"mcpServers\": {}\n}\n",
    );
    let files = home.files();
    let told = home.done(&["--client", "cursor", "--demo", "--dry-run"]);
    assert!(
        told.out.contains("would change")
            && told
                .out
                .contains("+       \"args\": [\"serve\", \"--demo\"]"),
        "{}",
        told.out
    );
    assert!(!told.out.contains("hush"), "{}", told.out);
    assert_eq!(home.files(), files);
    let built = home.run_as(
        cargo_bin!("crashsight-mcp"),
        &["install", "--client", "codex", "--demo", "--dry-run"],
        &[],
    );
    assert!(
        built.out.contains("would copy this program to") && built.out.contains("would write"),
        "{}{}",
        built.out,
        built.error
    );
    assert_eq!(home.files(), files);
    assert!(!home.path(".local").exists());
}

#[test]
#[cfg(unix)]
fn a_program_from_a_build_folder_is_copied() {
    let home = Home::new("copy");
    let arguments = ["install", "--client", "cursor", "--demo"];
    let built = cargo_bin!("crashsight-mcp");
    let told = home.run_as(built, &arguments, &[]);
    assert_eq!(told.code, 0, "{}", told.error);
    let copy = home.path(".local/bin/crashsight-mcp");
    assert!(told.out.contains("copied this program"), "{}", told.out);
    assert_eq!(
        home.json(".cursor/mcp.json")["mcpServers"]["crashsight-demo"]["command"],
        copy.display().to_string()
    );
    let version = home.run_as(&copy, &["--version"], &[]);
    assert_eq!(version.code, 0);
    let told = home.run_as(built, &arguments, &[]);
    assert!(!told.out.contains("copied"), "{}", told.out);
}

#[test]
fn no_secret_is_written() {
    let home = Home::new("secret");
    let variables = [
        ("CRASHSIGHT_USER_ID", "12453"),
        ("CRASHSIGHT_API_KEY", "hush-hush"),
        ("CRASHSIGHT_PROJECT", "d98b9f7eec@android"),
    ];
    for client in ["claude-code", "codex"] {
        let told = home.install(&["--client", client], &variables);
        assert_eq!(told.code, 0, "{}", told.error);
        assert!(
            told.out.contains("CRASHSIGHT_API_KEY is a secret"),
            "{}",
            told.out
        );
        assert!(!told.out.contains("hush-hush"));
        let told = home.install(&["--client", client, "--here"], &variables);
        assert_eq!(told.code, 0, "{}", told.error);
    }
    for (file, text) in home.files() {
        assert!(!text.contains("hush-hush"), "{file}: {text}");
    }
    let own = &home.json(".claude.json")["mcpServers"]["crashsight"];
    assert_eq!(own["env"]["CRASHSIGHT_USER_ID"], "12453");
    assert!(
        own["env"]["CRASHSIGHT_API_KEY_FILE"]
            .as_str()
            .unwrap()
            .contains("crashsight-api-key")
    );
    let shared = &home.json(".mcp.json")["mcpServers"]["crashsight"];
    assert_eq!(shared["command"], "crashsight-mcp");
    assert_eq!(
        shared["env"],
        json!({"CRASHSIGHT_PROJECT": "d98b9f7eec@android"}),
        "neither the user nor this machine is in a shared file"
    );
}

#[test]
#[cfg(unix)]
fn permissions_and_links_stay() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new("links");
    home.write("dotfiles/claude.json", "{}");
    let real = home.path("dotfiles/claude.json");
    std::fs::set_permissions(&real, PermissionsExt::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink(&real, home.path(".claude.json")).unwrap();
    home.done(&["--client", "claude-code", "--demo"]);
    assert!(home.path(".claude.json").is_symlink());
    for file in ["dotfiles/claude.json", "dotfiles/claude.json.backup"] {
        let mode = std::fs::metadata(home.path(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert!(home.read(".claude.json").contains("crashsight-demo"));
    let left: Vec<String> = home.files().into_iter().map(|(file, _)| file).collect();
    assert_eq!(left.len(), 3, "nothing half-written stays: {left:?}");
    std::fs::set_permissions(home.path("dotfiles"), PermissionsExt::from_mode(0o500)).unwrap();
    let before = home.read(".claude.json");
    let told = home.install(
        &["--client", "claude-code", "--demo", "--name", "again"],
        &[],
    );
    std::fs::set_permissions(home.path("dotfiles"), PermissionsExt::from_mode(0o700)).unwrap();
    // Root writes anywhere; everyone else is told, and the file is what it was.
    if told.code != 0 {
        assert!(told.error.contains("no backup"), "{}", told.error);
        assert_eq!(home.read(".claude.json"), before);
    }
}

#[test]
fn a_key_file_is_named_from_everywhere() {
    let home = Home::new("keyfile");
    home.write("my.key", "hush-hush\n");
    let told = home.install(
        &[
            "--client",
            "cursor",
            "--project",
            "aaa@ios",
            "--project",
            "bbb@pc",
        ],
        &[
            ("CRASHSIGHT_USER_ID", "12453"),
            ("CRASHSIGHT_API_KEY_FILE", "my.key"),
        ],
    );
    assert_eq!(told.code, 0, "{}", told.error);
    assert!(
        told.out
            .contains("aaa@ios is meant when no project is named"),
        "{}",
        told.out
    );
    let env = &home.json(".cursor/mcp.json")["mcpServers"]["crashsight"]["env"];
    assert_eq!(env["CRASHSIGHT_PROJECT"], "aaa@ios");
    assert_eq!(
        env["CRASHSIGHT_API_KEY_FILE"],
        home.path("my.key").display().to_string()
    );
}

#[test]
fn wrong_use_is_told_before_anything_is_written() {
    let home = Home::new("usage");
    for (arguments, code, words) in [
        (&["--client", "emacs"][..], 2, "possible values"),
        (
            &["--client", "cursor", "--project", "nowhere"],
            2,
            "nowhere",
        ),
        (
            &["--client", "cursor", "--demo", "--project", "a@ios"],
            2,
            "--demo",
        ),
        (&["--client", "cursor", "--name", "a b"], 2, "hyphens"),
        (&["--client", "cursor", "--project", " "], 2, "--project"),
        (
            &["--client", "cursor", "--tools", "nonsense"],
            2,
            "nonsense",
        ),
        (&["--client", "windsurf", "--here"], 1, "--here"),
        (
            &["--client", "cursor", "--config", "none.toml"],
            1,
            "none.toml",
        ),
    ] {
        let told = home.install(arguments, &[]);
        assert_eq!(told.code, code, "{arguments:?}: {}", told.error);
        assert!(told.error.contains(words), "{arguments:?}: {}", told.error);
        assert_eq!(home.files(), []);
    }
    let told = home.done(&["--client", "cursor"]);
    assert!(told.out.contains("credentials are missing"), "{}", told.out);
}
