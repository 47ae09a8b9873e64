//! `simulate` by the built binary: what it prints is enough for another process to call it.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use crashsight_simulator::operations;

/// A running simulator and the environment that it printed.
struct Simulator {
    process: Child,
    environment: Vec<(String, String)>,
}

impl Simulator {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(cargo_bin!("crashsight-mcp"))
            .env("CRASHSIGHT_STORE", "memory")
            .arg("simulate")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut environment = Vec::new();
        for line in lines.map(Result::unwrap) {
            if let Some(setting) = line.strip_prefix("export ") {
                let (name, value) = setting.split_once('=').unwrap();
                environment.push((name.to_owned(), value.trim_matches('\'').to_owned()));
            }
            // The last setting.
            if line.starts_with("export AGORA_APP_ID") {
                break;
            }
        }
        Self {
            process,
            environment,
        }
    }

    /// The exit code and the output of one tool's call with nothing but the printed environment.
    fn call(&self, tool: &str) -> (i32, String) {
        let output = Command::new(cargo_bin!("crashsight-mcp"))
            .env("CRASHSIGHT_STORE", "memory")
            .args(["call", tool])
            .env_clear()
            .envs(self.environment.iter().cloned())
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8(text).unwrap(),
        )
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[test]
fn the_printed_environment_serves_all_three_services() {
    for arguments in [
        &[][..],
        &[
            "--envelopes",
            "sdk",
            "--date",
            "2026-11-22",
            "--quota",
            "off",
        ],
    ] {
        let simulator = Simulator::start(arguments);
        for tool in [
            "crashsight_get_app_options",
            "agora_get_live_scale",
            "getui_get_push_quota",
        ] {
            let (code, text) = simulator.call(tool);
            assert_eq!(code, 0, "{arguments:?} {tool}: {text}");
        }
    }
}

#[test]
fn faults_are_injected_only_where_asked_for() {
    let simulator = Simulator::start(&["--faults", "status:503"]);
    let (code, text) = simulator.call("crashsight_get_app_options");
    assert_ne!(code, 0, "{text}");
    assert!(text.contains("503"), "{text}");
}

#[test]
fn an_operation_can_be_left_out() {
    let simulator = Simulator::start(&["--without", "getSelectorDatas"]);
    let (code, text) = simulator.call("crashsight_get_app_options");
    assert_ne!(code, 0, "{text}");
    assert!(text.contains("404"), "{text}");
}

#[test]
fn the_simulator_serves_every_operation_of_the_tools() {
    let output = Command::new(cargo_bin!("crashsight-mcp"))
        .env("CRASHSIGHT_STORE", "memory")
        .args(["tools", "--demo"])
        .output()
        .unwrap();
    let served: Vec<&str> = operations().map(|(_, name)| name).collect();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut called = 0;
    for line in text.lines() {
        // Name, operations, effect, tokens.
        let columns: Vec<&str> = line.split_whitespace().collect();
        let [tool, names @ .., "read" | "write", _] = columns.as_slice() else {
            continue;
        };
        for name in names.iter().map(|name| name.trim_end_matches(',')) {
            assert!(served.contains(&name), "{tool} calls {name}");
            called += 1;
        }
    }
    assert!(called > 40, "{called} operations in:\n{text}");
}

#[test]
fn bad_options_are_usage_errors() {
    for arguments in [
        ["--date", "tomorrow"],
        ["--quota", "0"],
        ["--faults", "nonsense"],
        ["--envelopes", "other"],
        ["--port", "70000"],
        ["--without", "getNothing"],
    ] {
        let output = Command::new(cargo_bin!("crashsight-mcp"))
            .env("CRASHSIGHT_STORE", "memory")
            .arg("simulate")
            .args(arguments)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
