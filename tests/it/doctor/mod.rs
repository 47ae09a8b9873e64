//! `doctor` by the built binary against the simulator: what is well, what is not, and what it costs.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod url;

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use crashsight_simulator::{self as sim, Fault, Simulator};

struct Home {
    folder: PathBuf,
}

impl Home {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("doctor-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self { folder }
    }

    fn write(&self, inside: &str, text: &str) {
        let path = self.folder.join(inside);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    async fn doctor(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
        let mut command = Command::new(cargo_bin!("crashsight-mcp"));
        command
            .arg("doctor")
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("HOME", &self.folder)
            .env("USERPROFILE", &self.folder)
            .env("PATH", "")
            .envs(variables.iter().copied());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            !text.contains(sim::API_KEY),
            "the key is in the output: {text}"
        );
        (output.status.code().unwrap(), text)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The line of a check: `word what …`.
fn line<'a>(text: &'a str, word: &str, what: &str) -> &'a str {
    text.lines()
        .find(|line| {
            let mut parts = line.split_whitespace();
            parts.next() == Some(word) && parts.next() == Some(what)
        })
        .unwrap_or_default()
}

async fn simulator() -> (Simulator, String) {
    let simulator = Simulator::start(sim::Options::default()).await.unwrap();
    let base = simulator.base_url();
    (simulator, base)
}

fn variables<'a>(base: &'a str, key: &'a str, project: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("CRASHSIGHT_USER_ID", sim::USER_ID),
        ("CRASHSIGHT_API_KEY", key),
        ("CRASHSIGHT_SITE", base),
        ("CRASHSIGHT_PROJECT", project),
    ]
}

fn demo_project() -> String {
    format!("{}@android", sim::PROJECTS[0].app)
}

#[tokio::test]
async fn a_full_check_costs_one_call() {
    let home = Home::new("well");
    let (simulator, base) = simulator().await;
    home.write(
        ".cursor/mcp.json",
        &format!(
            "{{\"mcpServers\": {{\"crashsight\": {{\"command\": \"{}\"}}}}}}",
            cargo_bin!("crashsight-mcp").display()
        ),
    );
    let project = demo_project();
    let (code, text) = home
        .doctor(&[], &variables(&base, sim::API_KEY, &project))
        .await;
    assert_eq!(code, 0, "{text}");
    for what in [
        "config",
        "credentials",
        "reach",
        "clock",
        "project",
        "budget",
        "client",
    ] {
        assert!(!line(&text, "ok", what).is_empty(), "{what}: {text}");
    }
    assert!(line(&text, "ok", "config").contains("CRASHSIGHT_API_KEY"));
    assert!(line(&text, "ok", "budget").contains("of 25"), "{text}");
    assert!(text.trim_end().ends_with("checks passed"), "{text}");
    assert_eq!(simulator.calls(), 1);
}

#[tokio::test]
async fn demo_needs_no_configuration() {
    let home = Home::new("demo");
    let (code, text) = home.doctor(&["--demo"], &[]).await;
    assert_eq!(code, 0, "{text}");
    let projects = text
        .lines()
        .filter(|line| line.contains("CrashSight accepts the credentials"))
        .count();
    assert_eq!(projects, sim::PROJECTS.len(), "{text}");
    for service in ["Agora accepts", "Getui accepts"] {
        assert!(text.contains(service), "{service}: {text}");
    }
    assert!(
        line(&text, "warn", "client").contains("install --client"),
        "{text}"
    );
    let (code, text) = home
        .doctor(&["--demo", "--project", "starfall-ios"], &[])
        .await;
    assert!(
        code == 0 && text.matches("accepts the credentials").count() == 1,
        "{text}"
    );
}

#[tokio::test]
async fn a_wrong_key_and_a_missing_permission_are_distinguished() {
    let home = Home::new("key");
    let (_simulator, base) = simulator().await;
    let project = demo_project();
    let (code, text) = home
        .doctor(&[], &variables(&base, "another-key", &project))
        .await;
    assert_eq!(code, 1, "{text}");
    assert!(
        line(&text, "fail", "project").contains("do not match"),
        "{text}"
    );
    assert!(!line(&text, "ok", "reach").is_empty(), "{text}");
    let (code, text) = home
        .doctor(&[], &variables(&base, sim::API_KEY, "ffffffffff@android"))
        .await;
    assert_eq!(code, 1, "{text}");
    assert!(
        line(&text, "fail", "project").contains("no permission"),
        "{text}"
    );
}

#[tokio::test]
async fn clock_skew_is_detected() {
    let home = Home::new("clock");
    let (simulator, base) = simulator().await;
    let project = demo_project();
    simulator.faults().push(Fault::DateSkew(-3600));
    let (code, text) = home
        .doctor(&[], &variables(&base, sim::API_KEY, &project))
        .await;
    assert_eq!(code, 0, "the call was answered all the same: {text}");
    assert!(
        line(&text, "warn", "clock").contains("ahead of the service"),
        "{text}"
    );
    // A service whose clock stands years ago refuses the signature.
    let options = sim::Options {
        now: Some("2020-01-01T00:00:00Z".parse().unwrap()),
        ..sim::Options::default()
    };
    let simulator = Simulator::start(options).await.unwrap();
    let base = simulator.base_url();
    simulator.faults().push(Fault::DateSkew(-100_000));
    let (code, text) = home
        .doctor(&[], &variables(&base, sim::API_KEY, &project))
        .await;
    assert_eq!(code, 1, "{text}");
    assert!(
        line(&text, "fail", "clock").contains("correct it"),
        "{text}"
    );
}

#[tokio::test]
async fn temporary_failures_exit_with_3() {
    let home = Home::new("later");
    let project = demo_project();
    let (code, text) = home
        .doctor(
            &[],
            &variables("http://127.0.0.1:9", sim::API_KEY, &project),
        )
        .await;
    assert_eq!(code, 3, "{text}");
    assert!(
        line(&text, "fail", "reach").contains("not reachable"),
        "{text}"
    );
    assert!(text.contains("try again later"), "{text}");
    let (simulator, base) = simulator().await;
    simulator.faults().push(Fault::TooManyRequests(Some(60)));
    let (code, text) = home
        .doctor(&[], &variables(&base, sim::API_KEY, &project))
        .await;
    assert_eq!(code, 3, "{text}");
    assert!(line(&text, "fail", "project").contains("60 s"), "{text}");
}

#[tokio::test]
async fn config_errors_give_file_and_line() {
    let home = Home::new("config");
    home.write(
        "bad.toml",
        "[accounts.cn]\nprovider = \"crashsight\"\nuser = \"7\"\n",
    );
    let (code, text) = home.doctor(&["--config", "bad.toml"], &[]).await;
    assert_eq!(code, 1, "{text}");
    let outcome = line(&text, "fail", "config");
    assert!(outcome.contains("bad.toml, line"), "{text}");
    let (_simulator, base) = simulator().await;
    let (code, text) = home.doctor(&[], &[("CRASHSIGHT_SITE", &base)]).await;
    assert_eq!(code, 1, "{text}");
    assert!(
        line(&text, "fail", "credentials").contains("CRASHSIGHT_USER_ID"),
        "{text}"
    );
    assert!(!line(&text, "ok", "reach").is_empty(), "{text}");
}

#[tokio::test]
async fn client_configurations_are_checked() {
    let home = Home::new("clients");
    home.write(
        ".cursor/mcp.json",
        "{\"mcpServers\": {\"crashsight\": {\"command\": \"/gone/crashsight-mcp\", \"env\": {\"CRASHSIGHT_API_KEY\": \"hush\"}}}}",
    );
    home.write(".gemini/settings.json", "{ not json");
    home.write(".codex/config.toml", "model = \"o\"\n");
    home.write(
        ".mcp.json",
        "{\"mcpServers\": {\"crashsight-http\": {\"url\": \"http://127.0.0.1:8800/mcp\"}}}",
    );
    let (code, text) = home.doctor(&["--demo"], &[]).await;
    assert_eq!(code, 1, "{text}");
    assert!(
        line(&text, "fail", "client").contains("/gone/crashsight-mcp"),
        "{text}"
    );
    for words in [
        "Gemini CLI",
        "contains the value of CRASHSIGHT_API_KEY",
        "not configured in codex",
        "8800/mcp (not checked)",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("hush"), "{text}");
}

#[tokio::test]
async fn broken_and_disabled_client_entries_are_reported() {
    let home = Home::new("starts");
    home.write("opt/crashsight-mcp", "no program");
    let plain = home.folder.join("opt/crashsight-mcp").display().to_string();
    home.write(
        ".cursor/mcp.json",
        &format!("{{\"mcpServers\": {{\"cs\": {{\"command\": \"{plain}\"}}}}}}"),
    );
    home.write(
        ".gemini/settings.json",
        "{\"mcpServers\": {\"crashsight-notes\": {\"command\": \"true\"}}}",
    );
    home.write(
        ".codeium/windsurf/mcp_config.json",
        "{\"mcpServers\": {\"cs\": {\"command\": \"crashsight-mcp\", \"disabled\": true}}}",
    );
    let (_, text) = home.doctor(&["--demo"], &[]).await;
    if cfg!(unix) {
        assert!(
            line(&text, "fail", "client").contains("opt/crashsight-mcp"),
            "{text}"
        );
    }
    assert!(
        line(&text, "warn", "client").contains("is disabled"),
        "{text}"
    );
    assert!(
        !text.contains("crashsight-notes") && text.contains("gemini"),
        "{text}"
    );
}

#[tokio::test]
async fn projects_beyond_the_rate_limit_are_skipped() {
    use std::fmt::Write as _;
    let home = Home::new("many");
    let (_simulator, base) = simulator().await;
    let mut text = format!(
        "[accounts.cn]\nprovider = \"crashsight\"\nsite = \"{base}\"\nuser_id = \"{}\"\napi_key_env = \"K\"\n",
        sim::USER_ID
    );
    for number in 1..=30 {
        let app = sim::PROJECTS[0].app;
        writeln!(
            text,
            "[projects.p{number}]\ncrashsight = {{ account = \"cn\", app = \"{app}\", platform = \"android\" }}"
        )
        .unwrap();
    }
    home.write("many.toml", &text);
    let (code, text) = home
        .doctor(&["--config", "many.toml"], &[("K", sim::API_KEY)])
        .await;
    assert_eq!(code, 0, "{text}");
    let outcome = line(&text, "warn", "project");
    assert!(
        outcome.contains("p26, p27, p28, p29, p30: skipped"),
        "{text}"
    );
}

#[tokio::test]
async fn an_unknown_project_is_a_usage_error() {
    let home = Home::new("nope");
    let (code, text) = home.doctor(&["--demo", "--project", "nope"], &[]).await;
    assert_eq!(code, 2, "{text}");
    assert!(line(&text, "fail", "project").contains("nope"), "{text}");
}

#[tokio::test]
async fn doubtful_settings_are_warned_of() {
    let home = Home::new("settings");
    home.write("key", sim::API_KEY);
    #[cfg(unix)]
    std::fs::set_permissions(
        home.folder.join("key"),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    let (_simulator, base) = simulator().await;
    let project = demo_project();
    let mut variables = variables(&base, sim::API_KEY, &project);
    variables.extend([
        ("CRASHSIGHT_API_KEY_FILE", "key"),
        ("CRASHSIGHT_APIKEY", "x"),
    ]);
    let (code, text) = home.doctor(&[], &variables).await;
    assert_eq!(code, 0, "{text}");
    for words in [
        "CRASHSIGHT_API_KEY and CRASHSIGHT_API_KEY_FILE are both set",
        "CRASHSIGHT_APIKEY is not a variable of this server: did you mean CRASHSIGHT_API_KEY?",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    #[cfg(unix)]
    assert!(line(&text, "warn", "key").contains("chmod 600"), "{text}");
    let printed = |word: &str| text.lines().filter(|line| line.starts_with(word)).count();
    let summary = text.trim_end().lines().last().unwrap();
    let expected = format!("{} passed, {} warnings", printed("ok "), printed("warn "));
    assert_eq!(summary, expected, "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn files_with_a_secret_that_others_can_read_are_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new("readable");
    let (_simulator, base) = simulator().await;
    let account = format!(
        "provider = \"crashsight\"\nsite = \"{base}\"\nuser_id = \"{}\"\n",
        sim::USER_ID
    );
    home.write("cn.key", sim::API_KEY);
    home.write(
        "config.toml",
        &format!(
            "[accounts.cn]\n{account}api_key_file = \"cn.key\"\n[accounts.a]\n{account}api_key = \"{key}\"\n\
             [accounts.b]\n{account}api_key = \"{key}\"\n",
            key = sim::API_KEY
        ),
    );
    for (mode, expected) in [(0o644, 2), (0o600, 0)] {
        for file in ["cn.key", "config.toml"] {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(home.folder.join(file), permissions).unwrap();
        }
        let (code, text) = home.doctor(&["--config", "config.toml"], &[]).await;
        assert_eq!(code, 0, "{text}");
        assert_eq!(text.matches("chmod 600").count(), expected, "{text}");
        let named = text.contains("accounts.cn.api_key_file: other users can read it: chmod 600");
        assert_eq!(named, expected > 0, "{text}");
    }
}
