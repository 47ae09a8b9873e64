//! `--url`: a server that is running already, in the form of each client, and no secret in any file.

use serde_json::{Value, json};

use super::harness::{Home, Outcome};

const URL: &str = "https://mcp.example.com/mcp";
const TOKEN: &str = "hush-0123456789";

/// Runs a command in a shell that has the token.
fn run(home: &Home, arguments: &[&str]) -> Outcome {
    home.run_as(
        &home.program(),
        arguments,
        &[("TEAM_TOKEN", TOKEN), ("TEAM", "hush-team")],
    )
}

fn install(home: &Home, client: &str, more: &[&str]) -> Outcome {
    let start = ["install", "--client", client];
    let arguments: Vec<&str> = start.iter().chain(more).copied().collect();
    run(home, &arguments)
}

/// The entry of a client and the place where it is.
fn entry(home: &Home, client: &str) -> Value {
    let of = |file: &str, key: &str| home.json(file)[key]["crashsight"].clone();
    match client {
        "claude-code" => of(".claude.json", "mcpServers"),
        "cursor" => of(".cursor/mcp.json", "mcpServers"),
        "vscode" => of(".config/Code/User/mcp.json", "servers"),
        "gemini" => of(".gemini/settings.json", "mcpServers"),
        "windsurf" => of(".codeium/windsurf/mcp_config.json", "mcpServers"),
        "copilot-cli" => of(".copilot/mcp-config.json", "mcpServers"),
        "kiro" => of(".kiro/settings/mcp.json", "mcpServers"),
        "zed" => of(".config/zed/settings.json", "context_servers"),
        "opencode" => of(".config/opencode/opencode.json", "mcp"),
        "codebuddy" => of(".codebuddy.json", "mcpServers"),
        "cline" => of(
            ".config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
            "mcpServers",
        ),
        "roo" => of(
            ".config/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json",
            "mcpServers",
        ),
        "codex" => {
            let text = home.read(".codex/config.toml");
            let file: toml::Value = toml::from_str(&text).unwrap();
            serde_json::to_value(&file["mcp_servers"]["crashsight"]).unwrap()
        }
        other => panic!("{other}"),
    }
}

/// The entries with a token and another header, by client.
fn with_headers() -> Vec<(&'static str, Value)> {
    let headers = |token: &str, team: &str| json!({"Authorization": token, "X-Team": team});
    let braces = headers("Bearer ${TEAM_TOKEN}", "${TEAM}");
    let env_braces = headers("Bearer ${env:TEAM_TOKEN}", "${env:TEAM}");
    vec![
        (
            "claude-code",
            json!({"type": "http", "url": URL, "headers": braces}),
        ),
        ("cursor", json!({"url": URL, "headers": env_braces})),
        (
            "vscode",
            json!({"type": "http", "url": URL, "headers": env_braces}),
        ),
        (
            "codex",
            json!({
                "url": URL, "bearer_token_env_var": "TEAM_TOKEN", "env_http_headers": {"X-Team": "TEAM"},
            }),
        ),
        ("gemini", json!({"httpUrl": URL, "headers": braces})),
        ("windsurf", json!({"serverUrl": URL, "headers": env_braces})),
        (
            "copilot-cli",
            json!({"type": "http", "url": URL, "headers": braces, "tools": ["*"]}),
        ),
        (
            "cline",
            json!({"type": "streamableHttp", "url": URL, "headers": env_braces}),
        ),
        (
            "roo",
            json!({"type": "streamable-http", "url": URL, "headers": env_braces}),
        ),
        ("kiro", json!({"url": URL, "headers": braces})),
        (
            "opencode",
            json!({
                "type": "remote", "url": URL, "oauth": false, "enabled": true,
                "headers": headers("Bearer {env:TEAM_TOKEN}", "{env:TEAM}"),
            }),
        ),
    ]
}

const HEADERS: [&str; 4] = ["--token-env", "TEAM_TOKEN", "--header-env", "X-Team=TEAM"];

#[test]
fn each_client_reads_headers_from_its_environment() {
    let home = Home::new("url");
    for (client, expected) in with_headers() {
        let arguments = [&["--url", "https://mcp.example.com"][..], &HEADERS].concat();
        let outcome = install(&home, client, &arguments);
        assert_eq!(outcome.code, 0, "{client}: {}", outcome.error);
        assert_eq!(entry(&home, client), expected, "{client}");
        for words in [
            "TEAM_TOKEN and TEAM from its environment",
            "doctor --url https://mcp.example.com/mcp --token-env TEAM_TOKEN --header-env X-Team=TEAM`",
        ] {
            assert!(outcome.out.contains(words), "{words}: {}", outcome.out);
        }
        let files = home.files();
        let again = install(&home, client, &arguments);
        assert!(again.out.contains("is up to date"), "{}", again.out);
        assert_eq!(home.files(), files);
    }
    for (file, text) in home.files() {
        assert!(!text.contains("hush"), "{file}: {text}");
    }
}

#[test]
fn a_command_and_a_url_leave_nothing_of_each_other() {
    let home = Home::new("switch");
    let program = home.program().display().to_string();
    for (client, with_url) in with_headers() {
        let command = ["--demo", "--name", "crashsight", "--toolset", "all"];
        let outcome = install(&home, client, &command);
        assert_eq!(outcome.code, 0, "{client}: {}", outcome.error);
        let with_command = entry(&home, client);
        let arguments = [&["--url", URL][..], &HEADERS].concat();
        let outcome = install(&home, client, &arguments);
        let words = format!("replaces the existing `crashsight` entry (was: {program})");
        assert!(outcome.out.contains(&words), "{client}: {}", outcome.out);
        assert_eq!(entry(&home, client), with_url, "{client}");
        let outcome = install(&home, client, &command);
        let words = format!("replaces the existing `crashsight` entry (was: {URL})");
        assert!(outcome.out.contains(&words), "{client}: {}", outcome.out);
        assert_eq!(entry(&home, client), with_command, "{client}");
    }
}

#[test]
fn a_client_without_a_way_is_refused_in_words() {
    let home = Home::new("url-refused");
    for (client, more, words) in [
        ("claude-desktop", &[][..], "custom connector"),
        ("junie", &[], "servers that it starts itself"),
        (
            "zed",
            &["--token-env", "TEAM_TOKEN"],
            "no way to read a header",
        ),
        (
            "codebuddy",
            &["--header-env", "X-Team=TEAM"],
            "no way to read a header",
        ),
    ] {
        let outcome = install(&home, client, &[&["--url", URL][..], more].concat());
        assert_eq!(outcome.code, 1, "{client}: {}", outcome.out);
        assert!(outcome.error.contains(words), "{}", outcome.error);
    }
    for (arguments, words) in [
        (
            &["--url", URL, "--demo"][..],
            "--demo is an option of the server",
        ),
        (&["--url", URL, "--read-only"], "--read-only is an option"),
        (&["--url", URL, "--config", "x"], "--config is an option"),
        (&["--url", URL, "--project", "x"], "cannot be used with"),
        (
            &["--url", URL, "--name", "team"],
            "must contain `crashsight`",
        ),
        (
            &["--url", URL, "--token-env", TOKEN],
            "not the value itself",
        ),
        (&["--url", URL, "--header-env", "X-Team"], "HEADER=NAME"),
        (&["--url", "https://a:hush-pass@h/mcp"], "a password"),
        (&["--url", "mcp.example.com"], "expected a URL"),
        (&["--token-env", "TEAM_TOKEN"], "--url <URL>"),
    ] {
        let outcome = install(&home, "cursor", arguments);
        assert_eq!(outcome.code, 2, "{arguments:?}: {}", outcome.out);
        assert!(outcome.error.contains(words), "{}", outcome.error);
        assert!(!outcome.error.contains("hush"), "{}", outcome.error);
    }
    assert_eq!(home.files(), []);
    for client in ["zed", "codebuddy"] {
        let outcome = install(&home, client, &["--url", URL]);
        assert_eq!(outcome.code, 0, "{}", outcome.error);
    }
    assert_eq!(entry(&home, "zed"), json!({"url": URL}));
    assert_eq!(
        entry(&home, "codebuddy"),
        json!({"type": "http", "url": URL})
    );
}

#[test]
fn all_skips_clients_without_a_way() {
    let home = Home::new("url-all");
    home.write(".cursor/readme", "");
    home.write(".config/zed/readme", "");
    let outcome = install(&home, "all", &["--url", URL, "--token-env", "TEAM_TOKEN"]);
    assert_eq!(outcome.code, 0, "{}", outcome.error);
    assert!(outcome.out.contains("skipped: Zed"), "{}", outcome.out);
    assert_eq!(entry(&home, "cursor")["url"], URL);
}

#[test]
fn plain_http_is_warned_of_beyond_this_machine() {
    let home = Home::new("url-http");
    for (url, exposed) in [
        ("http://mcp.example.com/mcp", true),
        ("http://127.0.0.1:8800/mcp", false),
        ("http://localhost:8800/mcp", false),
        (URL, false),
    ] {
        let outcome = install(&home, "cursor", &["--url", url]);
        assert_eq!(
            outcome.out.contains("plain HTTP"),
            exposed,
            "{}",
            outcome.out
        );
    }
}

#[test]
fn links_and_shared_files_have_the_url() {
    let home = Home::new("url-link");
    let arguments = ["--url", URL, "--token-env", "TEAM_TOKEN"];
    let link = |client| install(&home, client, &[&arguments[..], &["--print-link"]].concat()).out;
    let text = link("vscode");
    let text = text.trim_end().strip_prefix("vscode:mcp/install?").unwrap();
    let text = percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        json!({
            "name": "crashsight", "type": "http", "url": URL,
            "headers": {"Authorization": "Bearer ${env:TEAM_TOKEN}"},
        })
    );
    let text = link("cursor");
    assert!(
        text.starts_with("cursor://") && text.contains("name=crashsight&config="),
        "{text}"
    );
    assert_eq!(home.files(), []);
    let shared = [&arguments[..], &["--scope", "project"]].concat();
    assert_eq!(install(&home, "claude-code", &shared).code, 0);
    let entry = &home.json(".mcp.json")["mcpServers"]["crashsight"];
    assert_eq!(entry["headers"]["Authorization"], "Bearer ${TEAM_TOKEN}");
}

#[test]
fn uninstall_and_doctor_find_the_entry() {
    let home = Home::new("url-found");
    home.write(
        ".gemini/settings.json",
        "{\"mcpServers\": {\"crashsight\": {\"httpUrl\": \"https://ann:hush-pass@mcp.example.com/mcp\", \
         \"headers\": {\"Authorization\": \"Bearer hush-token\"}}}}",
    );
    install(
        &home,
        "cursor",
        &["--url", URL, "--name", "crashsight-team"],
    );
    let checked = run(&home, &["doctor", "--demo"]).out;
    for words in [
        "mcp.example.com/mcp (not checked)",
        "contains the value of the header Authorization",
    ] {
        assert!(checked.contains(words), "{words}: {checked}");
    }
    assert!(!checked.contains("hush"), "{checked}");
    let outcome = run(&home, &["uninstall", "--name", "crashsight-team"]);
    assert_eq!(outcome.code, 0, "{}", outcome.error);
    assert_eq!(home.json(".cursor/mcp.json"), json!({"mcpServers": {}}));
    run(&home, &["uninstall"]);
    assert_eq!(
        home.json(".gemini/settings.json"),
        json!({"mcpServers": {}})
    );
}
