//! Clients with formats of their own, several at once, links, and removal.

use serde_json::{Value, json};

use super::harness::Home;

#[test]
fn clients_with_other_formats_get_their_own() {
    let home = Home::new("formats");
    home.done(&[
        "--client",
        "opencode,copilot-cli,codebuddy,kiro,junie,roo,cline",
        "--demo",
    ]);
    let program = home.program().display().to_string();
    assert_eq!(
        home.json(".config/opencode/opencode.json")["mcp"]["crashsight-demo"],
        json!({"type": "local", "command": [program, "serve", "--demo"], "enabled": true})
    );
    let copilot = &home.json(".copilot/mcp-config.json")["mcpServers"]["crashsight-demo"];
    assert_eq!(
        (&copilot["type"], &copilot["tools"]),
        (&json!("local"), &json!(["*"]))
    );
    let buddy = &home.json(".codebuddy.json")["mcpServers"]["crashsight-demo"];
    assert_eq!(buddy["type"], "stdio");
    for file in [
        ".kiro/settings/mcp.json",
        ".junie/mcp/mcp.json",
        ".config/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json",
        ".config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
    ] {
        let entry = &home.json(file)["mcpServers"]["crashsight-demo"];
        assert_eq!(entry["args"], json!(["serve", "--demo"]), "{file}");
    }
    let files = home.files();
    home.done(&[
        "--client",
        "opencode,copilot-cli,codebuddy,kiro,junie,roo,cline",
        "--demo",
    ]);
    assert_eq!(home.files(), files);
}

#[test]
fn all_are_those_that_are_found() {
    let home = Home::new("all");
    let none = home.install(&["--client", "all", "--demo"], &[]);
    assert_eq!(none.code, 1, "{}", none.out);
    assert!(none.error.contains("no client was found"), "{}", none.error);
    home.write(".cursor/readme", "");
    home.write(".kiro/settings/readme", "");
    let outcome = home.done(&["--client", "all", "--demo"]);
    assert!(home.path(".cursor/mcp.json").is_file(), "{}", outcome.out);
    assert!(home.path(".kiro/settings/mcp.json").is_file());
    assert!(!home.path(".codex/config.toml").exists());
}

#[test]
fn uninstall_removes_the_entry_and_nothing_else() {
    let home = Home::new("uninstall");
    let before = "{\n  // mine\n  \"mcpServers\": {\n    \"other\": {\"command\": \"x\"}\n  }\n}\n";
    home.write(".cursor/mcp.json", before);
    let toml = "# mine\n[mcp_servers.other]\ncommand = \"x\"\n";
    home.write(".codex/config.toml", toml);
    home.done(&["--client", "cursor,codex,opencode", "--demo"]);
    let uninstall = |arguments: &[&str]| {
        let arguments: Vec<&str> = ["uninstall"].iter().chain(arguments).copied().collect();
        let outcome = home.run_as(&home.program(), &arguments, &[]);
        assert_eq!(outcome.code, 0, "{}", outcome.error);
        outcome.out
    };
    let files = home.files();
    let out = uninstall(&["--dry-run"]);
    assert_eq!(
        out.matches("would remove `crashsight-demo`").count(),
        3,
        "{out}"
    );
    assert_eq!(home.files(), files);
    let out = uninstall(&["--name", "another"]);
    assert!(out.contains("no entry"), "{out}");
    uninstall(&[]);
    assert!(home.read(".cursor/mcp.json").contains("// mine"));
    let cursor = home.read(".cursor/mcp.json");
    assert!(
        cursor.contains("\"other\"") && !cursor.contains("crashsight"),
        "{cursor}"
    );
    assert_eq!(home.read(".codex/config.toml").trim_end(), toml.trim_end());
    assert_eq!(
        home.json(".config/opencode/opencode.json")["mcp"],
        json!({})
    );
    assert!(uninstall(&[]).contains("no entry"));
}

#[test]
fn a_file_has_one_backup() {
    let home = Home::new("backup");
    home.write(".cursor/mcp.json", "{}");
    home.done(&["--client", "cursor", "--demo"]);
    let between = home.read(".cursor/mcp.json");
    home.done(&["--client", "cursor", "--demo", "--read-only"]);
    let files = home.files();
    let backups: Vec<_> = files
        .iter()
        .filter(|(name, _)| name.contains("backup"))
        .collect();
    assert_eq!(backups.len(), 1, "{backups:?}");
    assert_eq!(home.read(".cursor/mcp.json.backup"), between);
}

#[test]
fn confirmation_follows_the_command_line() {
    let home = Home::new("confirm");
    let args =
        || home.json(".kiro/settings/mcp.json")["mcpServers"]["crashsight-demo"]["args"].clone();
    home.done(&[
        "--client",
        "kiro",
        "--demo",
        "--confirm-writes",
        "never",
        "--read-only",
    ]);
    assert_eq!(
        args(),
        json!([
            "serve",
            "--demo",
            "--read-only",
            "--confirm-writes",
            "never"
        ])
    );
    let outcome = home.done(&["--client", "kiro", "--demo"]);
    assert_eq!(args(), json!(["serve", "--demo", "--read-only"]));
    assert!(
        outcome
            .out
            .contains("`--confirm-writes` of the existing entry"),
        "{}",
        outcome.out
    );
    home.done(&["--client", "kiro", "--demo", "--reset"]);
    assert_eq!(args(), json!(["serve", "--demo"]));
}

#[test]
fn links_add_the_same_entry() {
    let home = Home::new("link");
    let link = home
        .done(&["--client", "cursor", "--demo", "--print-link"])
        .out;
    let start = "cursor://anysphere.cursor-deeplink/mcp/install?name=crashsight%2Ddemo&config=";
    assert!(link.starts_with(start), "{link}");
    let link = home
        .done(&["--client", "vscode", "--demo", "--print-link"])
        .out;
    let text = link.trim_end().strip_prefix("vscode:mcp/install?").unwrap();
    let text = percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .unwrap();
    let entry: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(entry["name"], "crashsight-demo");
    assert_eq!(entry["args"], json!(["serve", "--demo"]));
    assert_eq!(entry["type"], "stdio");
    let refused = home.install(&["--client", "zed", "--demo", "--print-link"], &[]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.error.contains("no install links"),
        "{}",
        refused.error
    );
    assert_eq!(home.files(), []);
}

#[test]
fn proxy_and_certificates_are_carried_without_passwords() {
    let home = Home::new("proxy");
    let variables = [
        ("HTTPS_PROXY", "http://me:hush@proxy:8080"),
        ("NO_PROXY", "10.0.0.0/8"),
        ("SSL_CERT_FILE", "ca.pem"),
    ];
    let outcome = home.install(&["--client", "kiro"], &variables);
    assert_eq!(outcome.code, 0, "{}", outcome.error);
    let text = home.read(".kiro/settings/mcp.json");
    assert!(!text.contains("hush"), "{text}");
    assert!(
        outcome.out.contains("HTTPS_PROXY contains a password"),
        "{}",
        outcome.out
    );
    let env = &home.json(".kiro/settings/mcp.json")["mcpServers"]["crashsight"]["env"];
    assert_eq!(env["NO_PROXY"], "10.0.0.0/8");
    assert_eq!(env["SSL_CERT_FILE"], json!(home.path("ca.pem")));
}
