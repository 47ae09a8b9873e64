//! The built binary as a process, ended when dropped.

use std::process::{Child, Command, Stdio};

pub(crate) struct Process(pub(crate) Child);

impl Process {
    /// Starts it with its input and output at hand; what it says beside goes to `stderr`.
    pub(crate) fn start(arguments: &[&str], stderr: Stdio) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_crashsight-mcp"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn();
        Self(child.unwrap())
    }

    /// Resident memory in KB, where the system tells.
    pub(crate) fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
