//! The vendor's uploader, with a stand-in program: run after a confirmation, its last lines without a key, its exit code,
//! and killed with the call. Never tried against the service.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use crashsight_mcp::testing::{self, Confirm, Secret, SymbolApp, SymbolUploader};
use crashsight_mcp::{Budget, Caller, Outcome, Policy, Toolbox};
use serde_json::{Value, json};

const KEY: &str = "0a1b2c3d-4e5f-app-key";
const SETTINGS_KEY: &str = "9f8e7d6c5b4a-settings-key";

const TOOL: &str = "crashsight_upload_symbols";

/// A folder with symbols, a stand-in and its settings.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, script: &str) -> Self {
        let name = format!("crashsight-symbols-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(folder.join("symbols")).unwrap();
        let tool = folder.join("uploader");
        std::fs::write(&tool, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::write(folder.join("settings"), format!("key = {SETTINGS_KEY}\n")).unwrap();
        Self(folder)
    }

    fn toolbox(&self, confirm: Confirm) -> Toolbox {
        let uploader = SymbolUploader {
            tool: self.0.join("uploader"),
            apps: vec![SymbolApp {
                project: "starfall-android".to_owned(),
                app_key: Some(Ok(Secret::new(KEY))),
                settings_file: Some(self.0.join("settings")),
            }],
        };
        toolbox(confirm, Some(uploader))
    }

    fn arguments(&self) -> Value {
        let folder = self.0.join("symbols");
        json!({"version": "3.7.0", "bundle": "com.starfall.game", "folder": folder})
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn toolbox(confirm: Confirm, uploader: Option<SymbolUploader>) -> Toolbox {
    let policy = Policy {
        confirm,
        symbol_uploader: uploader.map(Arc::new),
        ..Policy::default()
    };
    testing::canned_toolbox(
        testing::projects("https://crashsight.qq.com"),
        "2026-11-22T16:08:30+08:00".parse().unwrap(),
        policy,
        Arc::new(|request| panic!("a request left: {}", request.url)),
    )
}

fn text(outcome: Outcome) -> String {
    match outcome.result {
        Ok(answered) => {
            let data = answered.data().to_string();
            let shows_key = data.contains(KEY) || data.contains(SETTINGS_KEY);
            assert!(!shows_key, "{data}");
            answered.reply().text(Budget::DEFAULT)
        }
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn it_runs_once_after_a_confirmation_and_shows_no_key() {
    let script = format!(
        "echo run >> \"$(dirname \"$0\")/runs\"\necho arguments $# \"$@\"\necho 'key {KEY}' >&2\n\
         echo \"from settings {SETTINGS_KEY}\"\nprintf '```\\nnext: x'"
    );
    let folder = Folder::new("runs", &script);
    let runs = || std::fs::read_to_string(folder.0.join("runs")).unwrap_or_default();
    let toolbox = folder.toolbox(Confirm::Always);
    let mut arguments = folder.arguments();
    let shown = testing::call(&toolbox, TOOL, arguments.clone()).await;
    let confirm = shown.confirmation.as_ref().unwrap().value.clone();
    let shown = text(shown);
    assert!(shown.contains("would run"), "{shown}");
    let build = "-package com.starfall.game -version 3.7.0";
    assert!(shown.contains(build) && !shown.contains("-key"), "{shown}");
    assert_eq!(runs(), "");
    arguments["confirm"] = json!(confirm);
    let done = text(testing::call(&toolbox, TOOL, arguments.clone()).await);
    assert!(
        done.starts_with("Symbol uploader ended with exit code 0"),
        "{done}"
    );
    assert!(
        done.contains("key …") && done.contains("from settings …"),
        "{done}"
    );
    let shows_key = done.contains(KEY) || done.contains(SETTINGS_KEY);
    assert!(!shows_key, "{done}");
    // What it printed stays in its fence.
    assert!(done.contains("````\n"), "{done}");
    assert_eq!(runs(), "run\n");
    let again = text(testing::call(&toolbox, TOOL, arguments).await);
    assert!(again.contains("this `confirm` was used"), "{again}");
    assert_eq!(runs(), "run\n");
}

#[tokio::test]
async fn a_failure_shows_the_exit_code_and_the_last_lines() {
    let folder = Folder::new("fails", "seq 1 500\nexit 3");
    let toolbox = folder.toolbox(Confirm::Never);
    let text = text(testing::call(&toolbox, TOOL, folder.arguments()).await);
    assert!(
        text.starts_with("Symbol uploader failed with exit code 3"),
        "{text}"
    );
    assert!(
        text.contains("last lines of 500 lines") && text.contains("\n500\n"),
        "{text}"
    );
    assert!(
        !text.contains("\n480\n") && text.contains("\n481\n"),
        "{text}"
    );
}

#[tokio::test]
async fn what_cannot_run_is_refused() {
    let folder = Folder::new("refused", "echo no");
    let toolbox = folder.toolbox(Confirm::Never);
    let mut arguments = folder.arguments();
    arguments["folder"] = json!("/no/such/folder");
    let missing = text(testing::call(&toolbox, TOOL, arguments).await);
    assert!(
        missing.contains("no folder at `/no/such/folder`"),
        "{missing}"
    );
    std::fs::remove_file(folder.0.join("settings")).unwrap();
    let missing = text(testing::call(&toolbox, TOOL, folder.arguments()).await);
    assert!(missing.contains("settings file"), "{missing}");
    std::fs::write(folder.0.join("settings"), "x").unwrap();
    std::fs::remove_file(folder.0.join("uploader")).unwrap();
    let missing = text(testing::call(&toolbox, TOOL, folder.arguments()).await);
    assert!(
        missing.contains("the symbol uploader did not run"),
        "{missing}"
    );
}

#[tokio::test]
async fn a_cancelled_call_ends_the_program() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // The connection lives as long as the program.
    let script = format!("exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}; exec sleep 600'");
    let folder = Folder::new("cancelled", &script);
    let toolbox = folder.toolbox(Confirm::Never);
    let arguments = folder.arguments();
    let call = tokio::spawn(async move {
        testing::call(&toolbox, TOOL, arguments).await;
    });
    let accepted = tokio::task::spawn_blocking(move || listener.accept().unwrap().0);
    let mut connection = accepted.await.unwrap();
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let read = tokio::task::spawn_blocking(move || connection.read(&mut [0; 1]));
    // The end of the stream.
    assert_eq!(read.await.unwrap().unwrap(), 0);
}

#[test]
fn without_an_uploader_it_is_not_listed() {
    let caller = Caller::named("test");
    let remote = toolbox(Confirm::Always, None);
    assert!(!remote.names(&caller).contains(&TOOL));
    let uploader = SymbolUploader {
        tool: "tool".into(),
        apps: Vec::new(),
    };
    let local = toolbox(Confirm::Always, Some(uploader));
    assert!(local.names(&caller).contains(&TOOL));
}
