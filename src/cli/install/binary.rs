//! The executable for a client: this one, or a copy in the user's bin folder if this one is in a build folder, which
//! `cargo clean` would empty.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::UserDirs;

/// The path of the executable, and whether it must be copied there first.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// The source of the copy, if one is needed.
    pub(super) from: Option<PathBuf>,
}

impl Program {
    /// The executable to use in a client's config.
    pub(super) fn locate(own: &Path, dirs: &UserDirs) -> anyhow::Result<Self> {
        if !is_built(own) {
            return Ok(Self {
                path: own.to_path_buf(),
                from: None,
            });
        }
        let path = dirs.bin.join(dirs.file_name("crashsight-mcp"));
        let stale = !same(own, &path)?;
        Ok(Self {
            from: stale.then(|| own.to_path_buf()),
            path,
        })
    }

    /// Copies it if needed, atomically.
    pub(super) fn copy(&self) -> anyhow::Result<()> {
        let Some(from) = &self.from else {
            return Ok(());
        };
        let folder = self
            .path
            .parent()
            .context("the path has no parent folder")?;
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder: {}", folder.display()))?;
        let fresh = self
            .path
            .with_extension(format!("{}.new", std::process::id()));
        let copied = fs::copy(from, &fresh).and_then(|_| fs::rename(&fresh, &self.path));
        if copied.is_err() {
            // The first error is reported.
            let _ = fs::remove_file(&fresh);
        }
        copied.with_context(|| {
            format!(
                "cannot copy the executable to {} (if it is running, close its clients first)",
                self.path.display()
            )
        })
    }
}

/// Whether this is in a cargo build folder: `target/debug`, `target/<triple>/release` or a custom one.
fn is_built(program: &Path) -> bool {
    let Some(folder) = program.parent() else {
        return false;
    };
    let profile = folder.file_name().unwrap_or_default();
    (profile == "debug" || profile == "release")
        && (folder.join(".fingerprint").is_dir()
            || folder
                .ancestors()
                .skip(1)
                .take(2)
                .any(|above| above.file_name().is_some_and(|name| name == "target")))
}

fn same(one: &Path, other: &Path) -> anyhow::Result<bool> {
    let length = |path: &Path| fs::metadata(path).map(|about| about.len()).ok();
    if length(other).is_none() || length(one) != length(other) {
        return Ok(false);
    }
    let read =
        |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    Ok(read(one)? == read(other)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_folders_are_detected() {
        for (path, expected) in [
            ("/w/target/debug/crashsight-mcp", true),
            ("/w/target/release/crashsight-mcp", true),
            (
                "/w/target/x86_64-unknown-linux-musl/release/crashsight-mcp",
                true,
            ),
            ("/home/a/.cargo/bin/crashsight-mcp", false),
            ("/opt/release/crashsight-mcp", false),
        ] {
            assert_eq!(is_built(Path::new(path)), expected, "{path}");
        }
    }
}
