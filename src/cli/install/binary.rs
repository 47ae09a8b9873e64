//! The program a client will start: this one, or its copy in the user's bin folder where this one lies
//! in a build folder that the next `cargo clean` empties.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::config::UserDirs;

/// Where the program lies, and whether it has yet to be copied there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// Copied from here.
    pub(super) from: Option<PathBuf>,
}

impl Program {
    /// The program to name, for this one.
    pub(super) fn of(own: &Path, places: &UserDirs) -> anyhow::Result<Self> {
        if !is_built(own) {
            return Ok(Self {
                path: own.to_path_buf(),
                from: None,
            });
        }
        let path = places.bin.join(places.file_name("crashsight-mcp"));
        let stale = !same(own, &path)?;
        Ok(Self {
            from: stale.then(|| own.to_path_buf()),
            path,
        })
    }

    /// Copies it where that is due: to a name beside, then over.
    pub(super) fn settle(&self) -> anyhow::Result<()> {
        let Some(from) = &self.from else {
            return Ok(());
        };
        let folder = self.path.parent().context("a file lies in a folder")?;
        fs::create_dir_all(folder)
            .with_context(|| format!("the folder cannot be made: {}", folder.display()))?;
        let fresh = self
            .path
            .with_extension(format!("{}.new", std::process::id()));
        let copied = fs::copy(from, &fresh).and_then(|_| fs::rename(&fresh, &self.path));
        if copied.is_err() {
            // What went wrong is told; a leftover would only add to it.
            let _ = fs::remove_file(&fresh);
        }
        copied.with_context(|| {
            format!(
                "the program cannot be copied to {} (is it running? close its clients first)",
                self.path.display()
            )
        })
    }
}

/// `target/debug`, `target/release`, `target/<triple>/release`, or another folder that cargo built into.
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
        |path: &Path| fs::read(path).with_context(|| format!("not readable: {}", path.display()));
    Ok(read(one)? == read(other)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_folders_are_known() {
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
