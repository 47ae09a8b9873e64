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
fn install_in_a_fresh_home_starts_the_server() {
    let home = Home::new("fresh");
    for (client, file, key) in CLIENTS {
        let outcome = home.done(&["--client", client, "--demo"]);
        let entry = &home.json(file)[key]["crashsight-demo"];
        assert_eq!(
            entry["command"],
            home.program().display().to_string(),
            "{client}"
        );
        // Cursor lists at most 40 tools.
        let expected = match *client {
            "cursor" => json!(["serve", "--demo", "--toolset", "questions"]),
            _ => json!(["serve", "--demo"]),
        };
        assert_eq!(entry["args"], expected, "{client}");
        assert_eq!(
            outcome.out.contains("lists few tools"),
            *client == "cursor",
            "{}",
            outcome.out
        );
        assert!(outcome.out.contains("next: "), "{}", outcome.out);
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
fn existing_entries_are_kept_and_reinstall_is_a_no_op() {
    let home = Home::new("keep");
    let before = "{\n    \"theme\": \"dark\",\n    \"big\": 12345678901234567890123,\n    \"mcpServers\": {\n        \"other\": {\"command\": \"npx\", \"env\": {\"TOKEN\": \"hush\"}}\n    },\n    \"last\": [1, 2]\n}\n";
    home.write(".cursor/mcp.json", before);
    let outcome = home.done(&["--client", "cursor", "--demo"]);
    let after = home.read(".cursor/mcp.json");
    let value: Value = serde_json::from_str(&after).unwrap();
    assert_eq!(value["mcpServers"]["other"]["env"]["TOKEN"], "hush");
    assert!(value["mcpServers"]["crashsight-demo"].is_object());
    for line in before.lines().filter(|line| !line.contains("\"other\"")) {
        assert!(after.contains(line), "{line} is gone: {after}");
    }
    assert_eq!(home.read(".cursor/mcp.json.backup"), before);
    assert!(outcome.out.contains("mcp.json.backup"), "{}", outcome.out);
    let files = home.files();
    let outcome = home.done(&["--client", "cursor", "--demo"]);
    assert!(outcome.out.contains("is up to date"), "{}", outcome.out);
    assert_eq!(home.files(), files);
}

#[test]
#[cfg(target_os = "linux")]
fn comments_are_preserved_in_json_and_toml() {
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
fn an_unparsable_file_is_not_changed() {
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
            "is not a table",
        ),
        ("codex", ".codex/config.toml", "a = 1\nb = \n", "line 2"),
    ] {
        home.write(file, text);
        let files = home.files();
        let outcome = home.install(&["--client", client], &[]);
        assert_eq!(outcome.code, 1, "{client}: {}", outcome.out);
        assert!(outcome.error.contains(words), "{client}: {}", outcome.error);
        assert!(
            outcome.error.contains("was not changed") && outcome.out.contains("crashsight-mcp"),
            "the snippet is printed: {}",
            outcome.out
        );
        assert_eq!(home.files(), files, "{client}");
    }
}

#[test]
fn dry_run_prints_the_change_without_writing() {
    let home = Home::new("dry");
    home.write(
        ".cursor/mcp.json",
        "{\n  \"token\": \"hush\",\n  \"mcpServers\": {}\n}\n",
    );
    let files = home.files();
    let outcome = home.done(&["--client", "cursor", "--demo", "--dry-run"]);
    assert!(
        outcome.out.contains("would change")
            && outcome.out.contains(
                "+       \"args\": [\"serve\", \"--demo\", \"--toolset\", \"questions\"]"
            ),
        "{}",
        outcome.out
    );
    assert!(!outcome.out.contains("hush"), "{}", outcome.out);
    assert_eq!(home.files(), files);
    let built = home.run_as(
        cargo_bin!("crashsight-mcp"),
        &["install", "--client", "codex", "--demo", "--dry-run"],
        &[],
    );
    assert!(
        built.out.contains("would copy this executable to") && built.out.contains("would write"),
        "{}{}",
        built.out,
        built.error
    );
    assert_eq!(home.files(), files);
    assert!(!home.path(".local").exists());
}

#[test]
#[cfg(unix)]
fn an_executable_in_a_build_folder_is_copied() {
    let home = Home::new("copy");
    let arguments = ["install", "--client", "cursor", "--demo"];
    let built = cargo_bin!("crashsight-mcp");
    let outcome = home.run_as(built, &arguments, &[]);
    assert_eq!(outcome.code, 0, "{}", outcome.error);
    let copy = home.path(".local/bin/crashsight-mcp");
    assert!(
        outcome.out.contains("copied this executable"),
        "{}",
        outcome.out
    );
    assert_eq!(
        home.json(".cursor/mcp.json")["mcpServers"]["crashsight-demo"]["command"],
        copy.display().to_string()
    );
    let version = home.run_as(&copy, &["--version"], &[]);
    assert_eq!(version.code, 0);
    let outcome = home.run_as(built, &arguments, &[]);
    assert!(!outcome.out.contains("copied"), "{}", outcome.out);
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
        let outcome = home.install(&["--client", client], &variables);
        assert_eq!(outcome.code, 0, "{}", outcome.error);
        assert!(
            outcome.out.contains("CRASHSIGHT_API_KEY is a secret"),
            "{}",
            outcome.out
        );
        assert!(!outcome.out.contains("hush-hush"));
        let outcome = home.install(&["--client", client, "--here"], &variables);
        assert_eq!(outcome.code, 0, "{}", outcome.error);
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
fn permissions_and_symlinks_are_preserved() {
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
    let outcome = home.install(
        &["--client", "claude-code", "--demo", "--name", "again"],
        &[],
    );
    std::fs::set_permissions(home.path("dotfiles"), PermissionsExt::from_mode(0o700)).unwrap();
    // Root writes anywhere; everyone else is outcome, and the file is what it was.
    if outcome.code != 0 {
        assert!(
            outcome.error.contains("cannot write the backup"),
            "{}",
            outcome.error
        );
        assert_eq!(home.read(".claude.json"), before);
    }
}

#[test]
fn key_file_paths_are_made_absolute() {
    let home = Home::new("keyfile");
    home.write("my.key", "hush-hush\n");
    let outcome = home.install(
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
    assert_eq!(outcome.code, 0, "{}", outcome.error);
    assert!(
        outcome.out.contains("aaa@ios is the default project"),
        "{}",
        outcome.out
    );
    let env = &home.json(".cursor/mcp.json")["mcpServers"]["crashsight"]["env"];
    assert_eq!(env["CRASHSIGHT_PROJECT"], "aaa@ios");
    assert_eq!(
        env["CRASHSIGHT_API_KEY_FILE"],
        home.path("my.key").display().to_string()
    );
}

#[test]
fn usage_errors_are_reported_before_writing() {
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
        (
            &["--client", "windsurf", "--scope", "project"],
            1,
            "--scope project",
        ),
        (&["--client", "windsurf", "--here"], 1, "--scope project"),
        (
            &["--client", "cursor", "--config", "none.toml"],
            1,
            "none.toml",
        ),
    ] {
        let outcome = home.install(arguments, &[]);
        assert_eq!(outcome.code, code, "{arguments:?}: {}", outcome.error);
        assert!(
            outcome.error.contains(words),
            "{arguments:?}: {}",
            outcome.error
        );
        assert_eq!(home.files(), []);
    }
    let outcome = home.done(&["--client", "cursor"]);
    assert!(
        outcome.out.contains("credentials are missing"),
        "{}",
        outcome.out
    );
}
