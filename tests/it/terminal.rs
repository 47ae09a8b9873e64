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
