//! A user's folder of its own for a test.

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

/// A user's folder that goes away with its test, and a program in it that lies in no build folder.
pub(crate) struct Home {
    folder: PathBuf,
}

pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl Home {
    pub(crate) fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("install-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("opt")).unwrap();
        let home = Self { folder };
        let program = home.program();
        if std::fs::hard_link(cargo_bin!("crashsight-mcp"), &program).is_err() {
            std::fs::copy(cargo_bin!("crashsight-mcp"), &program).unwrap();
        }
        home
    }

    pub(crate) fn program(&self) -> PathBuf {
        self.folder.join("opt").join("crashsight-mcp")
    }

    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.folder.join(inside)
    }

    pub(crate) fn write(&self, inside: &str, text: &str) {
        let path = self.path(inside);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, inside: &str) -> String {
        std::fs::read_to_string(self.path(inside)).unwrap_or_else(|e| panic!("{inside}: {e}"))
    }

    pub(crate) fn json(&self, inside: &str) -> Value {
        serde_json::from_str(&self.read(inside)).unwrap()
    }

    /// Every file but the program, with its text.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("crashsight-mcp") {
                    let inside = path.strip_prefix(&self.folder).unwrap();
                    let text = std::fs::read_to_string(&path).unwrap();
                    found.push((inside.display().to_string(), text));
                }
            }
        }
        found.sort();
        found
    }

    pub(crate) fn run_as(
        &self,
        program: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Outcome {
        let output = Command::new(program)
            .env("CRASHSIGHT_STORE", "memory")
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("HOME", &self.folder)
            .env("USERPROFILE", &self.folder)
            .env("PATH", "")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Outcome {
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            error: text(output.stderr),
        }
    }

    pub(crate) fn install(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
        let arguments: Vec<&str> = ["install"].iter().chain(arguments).copied().collect();
        self.run_as(&self.program(), &arguments, variables)
    }

    pub(crate) fn done(&self, arguments: &[&str]) -> Outcome {
        let outcome = self.install(arguments, &[]);
        assert_eq!(
            outcome.code, 0,
            "{arguments:?}: {}{}",
            outcome.out, outcome.error
        );
        outcome
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
