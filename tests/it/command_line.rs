//! The command line as a person meets it: help, completions, the manual, addresses, refusals, logs.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(cargo_bin!("crashsight-mcp"))
        .args(arguments)
        .env_clear()
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn help_has_sections_examples_variables_and_exit_codes() {
    let long = text(&run(&["--help"], &[]).stdout);
    for part in [
        "\nShared options:",
        "\nExamples:",
        "\nEnvironment variables:",
        "\nExit codes:",
    ] {
        assert!(long.contains(part), "{part}: {long}");
    }
    for command in ["serve", "call", "tools", "install", "doctor", "digest"] {
        let help = text(&run(&[command, "--help"], &[]).stdout);
        let own = help.find("\nOptions:").unwrap();
        let shared = help.find("\nShared options:").unwrap();
        assert!(own < shared && help.contains("\nExamples:"), "{help}");
    }
}

#[test]
fn arguments_of_a_tool_are_printed_from_its_schema() {
    let tool = "crashsight_list_top_issues";
    let by_tools = text(&run(&["tools", tool], &[]).stdout);
    let by_call = text(&run(&["call", tool, "--help"], &[]).stdout);
    assert_eq!(by_tools, by_call);
    for part in [
        "limit  whole number, 1 to 100, default 10",
        "one of: crash, anr, error",
        "versions  list of text",
        "crashsight-mcp call crashsight_list_top_issues",
    ] {
        assert!(by_tools.contains(part), "{part}: {by_tools}");
    }
    assert!(!by_tools.contains('\u{1b}'));
    let colored = text(&run(&["tools", tool, "--color", "always"], &[]).stdout);
    assert!(colored.contains("\u{1b}[36mlimit"), "{colored:?}");
    let unknown = run(&["tools", "crashsight_list_top_isues"], &[]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("did you mean `crashsight_list_top_issues`?"));
}

#[test]
fn shells_complete_tools_and_their_arguments() {
    for (shell, word) in [
        ("bash", "complete"),
        ("zsh", "#compdef"),
        ("fish", "complete"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = text(&run(&["completions", shell], &[]).stdout);
        assert!(script.contains(word), "{script}");
    }
    for (words, index, expected) in [
        (
            &["call", "crashsight_list_top_i"][..],
            "2",
            "crashsight_list_top_issues",
        ),
        (&["call", "crashsight_list_top_issues", "ki"], "3", "kind="),
        (
            &["call", "crashsight_list_top_issues", "kind=a"],
            "3",
            "kind=anr",
        ),
        (&["tools", "getui_get_push_q"], "2", "getui_get_push_quota"),
        (&["doct"], "1", "doctor"),
    ] {
        let arguments: Vec<&str> = ["--", "crashsight-mcp"]
            .iter()
            .chain(words)
            .copied()
            .collect();
        let variables = [("COMPLETE", "bash"), ("_CLAP_COMPLETE_INDEX", index)];
        let output = run(&arguments, &variables);
        assert_eq!(text(&output.stdout), expected, "{words:?}");
    }
}

#[test]
fn manual_pages_are_roff() {
    let page = text(&run(&["man"], &[]).stdout);
    assert!(
        page.contains(".SH NAME") && page.contains("completions"),
        "{page}"
    );
    let page = text(&run(&["man", "serve"], &[]).stdout);
    assert!(
        page.contains("crashsight\\-mcp\\-serve") && page.contains("\\-\\-http"),
        "{page}"
    );
    assert_eq!(run(&["man", "no-such"], &[]).status.code(), Some(2));
}

#[test]
fn values_out_of_bounds_are_refused() {
    for (arguments, words) in [
        (&["tools", "--reply-tokens", "199"][..], "200 to 8000"),
        (&["tools", "--reply-tokens", "8001"], "200 to 8000"),
        (&["tools", "--max-response-mb", "0"], "1..=1024"),
        (&["serve", "--http", "example.com:80"], "on loopback"),
        (&["tools", "--log-level", "loud"], "possible values"),
    ] {
        let output = run(arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            text(&output.stderr).contains(words),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn logs_are_json_lines_in_a_file() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command-line.log");
    let _ = std::fs::remove_file(&file);
    let path = file.display().to_string();
    let output = run(
        &[
            "call",
            "--demo",
            "crashsight_get_day_stats",
            "--log-level",
            "trace",
            "--log-format",
            "json",
            "--log-file",
            &path,
        ],
        &[("CRASHSIGHT_LOG", "off")],
    );
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    let log = std::fs::read_to_string(&file).unwrap();
    let mut lines = 0;
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        assert!(event["level"].is_string(), "{event}");
        lines += 1;
    }
    assert!(lines > 0);
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
        assert_eq!(mode & 0o077, 0);
    }
    std::fs::remove_file(&file).unwrap();
    let output = run(&["tools", "--log-file", "/no/such/folder/x"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot open the log file"));
}
