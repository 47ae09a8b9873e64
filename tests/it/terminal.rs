//! The built binary on a pseudo-terminal: tables, colours, bars, and no escape sequence of a service.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::io::Read as _;

use assert_cmd::cargo::cargo_bin;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// What a terminal of 120 columns receives.
fn screen(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let size = PtySize {
        rows: 50,
        cols: 120,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pty = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(cargo_bin!("crashsight-mcp"));
    command.args(arguments);
    command.env_clear();
    command.env("HOME", env!("CARGO_TARGET_TMPDIR"));
    command.env("TERM", "xterm");
    for (name, value) in variables {
        command.env(name, value);
    }
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let mut reader = pty.master.try_clone_reader().unwrap();
    let mut bytes = Vec::new();
    // Linux reports the end of the other side as an error.
    let _ = reader.read_to_end(&mut bytes);
    child.wait().unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Removes the styles that this program prints: sequences of digits that end in `m`.
fn without_styles(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find('m').unwrap();
        let codes = &part[..end];
        assert!(
            codes.bytes().all(|b| b.is_ascii_digit() || b == b';'),
            "{part:?}"
        );
        plain.push_str(&part[end + 1..]);
    }
    plain
}

#[test]
fn a_trend_has_aligned_columns_and_bars() {
    let arguments = ["call", "--demo", "crashsight_get_daily_trend", "window=7d"];
    let colored = screen(&arguments, &[]);
    assert!(
        colored.contains("\u{1b}[1mDaily crash trend"),
        "{colored:?}"
    );
    let plain = without_styles(&colored);
    assert!(
        plain.lines().filter(|line| line.contains('█')).count() >= 7,
        "{plain}"
    );
    assert!(!plain.contains(" | "), "{plain}");
    assert!(plain.contains("waiting for the service"), "{plain}");
    let uncolored = screen(&arguments, &[("NO_COLOR", "1")]);
    assert!(
        !uncolored.contains('\u{1b}') && uncolored.contains('█'),
        "{uncolored:?}"
    );
}

#[test]
fn ids_are_not_split() {
    let arguments = ["call", "--demo", "crashsight_list_top_issues", "limit=3"];
    let plain = without_styles(&screen(&arguments, &[]));
    let ids = plain
        .split_whitespace()
        .filter(|word| word.len() == 32 && word.bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(ids.count(), 3, "{plain}");
}

#[test]
fn tools_and_checks_are_readable() {
    let tools = without_styles(&screen(&["tools", "--toolset", "getui"], &[]));
    assert!(
        tools.contains("tools,") && tools.contains("tokens in total"),
        "{tools}"
    );
    let doctor = screen(&["doctor", "--demo"], &[]);
    assert!(doctor.contains("\u{1b}[32mok"), "{doctor:?}");
}

/// Text that a device could upload: a window title, a link, a cleared screen, a copied text, colours, an overwritten line.
const HOSTILE: &str = "EVIL\u{1b}]0;title\u{7}\u{1b}]8;;https://evil.example\u{1b}\\\u{1b}[2J\u{1b}]52;c;RVZJTA==\u{7}\
    \u{1b}[7m\u{9b}31m\u{9d}0;x\u{9c}\u{8}\u{202e}\rok";

/// What no text of a service may do on a terminal.
fn assert_harmless(screen: &str) {
    assert!(screen.contains("EVIL"), "{screen:?}");
    assert!(
        !screen.contains("\u{1b}[7m"),
        "a style of the service: {screen:?}"
    );
    let plain = without_styles(screen);
    let allowed = |c: char| matches!(c, '\n' | '\r' | '\t');
    let bad = plain
        .chars()
        .find(|c| c.is_control() && !allowed(*c) || *c == '\u{202e}');
    assert_eq!(bad, None, "{:?}", plain.get(..600).unwrap_or(&plain));
    assert!(!plain.contains("\rok"), "{:?}", plain.get(..600));
}

#[tokio::test(flavor = "multi_thread")]
async fn text_of_a_service_does_nothing_on_a_terminal() {
    let text = include_str!("../cases/crashsight_list_top_issues/ten-rows/answer.json");
    let case: serde_json::Value = serde_json::from_str(text).unwrap();
    let mut answer = case["getTopIssueEx"].clone();
    for issue in answer["data"]["topIssueList"].as_array_mut().unwrap() {
        for field in [
            "exceptionName",
            "exceptionMessage",
            "keyStack",
            "processors",
        ] {
            issue[field] = HOSTILE.into();
        }
        issue["issueVersions"][0]["version"] = HOSTILE.into();
    }
    // Neither is JSON: the bytes are on the wire as they are.
    let broken = format!("<html>{HOSTILE}");
    let refused = serde_json::json!({"status": 200, "ret": 500, "msg": HOSTILE, "errmsg": HOSTILE});
    for (body, arguments) in [
        (answer.to_string(), &[][..]),
        (answer.to_string(), &["--json"]),
        (answer.to_string(), &["--raw"]),
        (refused.to_string(), &[]),
        (broken.clone(), &[]),
        (broken, &["--raw"]),
    ] {
        let service = wiremock::MockServer::start().await;
        wiremock::Mock::given(wiremock::matchers::any())
            .respond_with(wiremock::ResponseTemplate::new(200).set_body_string(body))
            .mount(&service)
            .await;
        let site = service.uri();
        let arguments = [&["call", "crashsight_list_top_issues"][..], arguments].concat();
        let screen = tokio::task::spawn_blocking(move || {
            screen(
                &arguments,
                &[
                    ("CRASHSIGHT_SITE", &*site),
                    ("CRASHSIGHT_USER_ID", "1"),
                    ("CRASHSIGHT_API_KEY", "k"),
                    ("CRASHSIGHT_PROJECT", "d98b9f7eec@android"),
                    ("CRASHSIGHT_STORE", "memory"),
                ],
            )
        });
        assert_harmless(&screen.await.unwrap());
    }
}

#[test]
fn text_of_a_pasted_crash_does_nothing_on_a_terminal() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-crash.txt");
    let crash = format!(
        "java.lang.IllegalStateException: {HOSTILE}\n\tat com.a.B.{HOSTILE}(B.java:1)\n\tat com.a.C.d(C.java:2)\n"
    );
    std::fs::write(&file, crash).unwrap();
    assert_harmless(&screen(&["digest", file.to_str().unwrap()], &[]));
}
