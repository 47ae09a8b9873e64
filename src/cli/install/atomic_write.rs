//! Replaces a file atomically and keeps a backup next to it.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

/// Reads a file; `None` if it does not exist.
pub(in crate::cli) fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Replaces `before` by `after`, and returns the path of the backup if the file existed.
pub(super) fn replace(
    path: &Path,
    before: Option<&str>,
    after: &str,
) -> anyhow::Result<Option<PathBuf>> {
    let path = &resolve_links(path);
    let folder = path.parent().context("the path has no parent folder")?;
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot create the folder: {}", folder.display()))?;
    let fresh = sibling(path, &format!(".{}.new", std::process::id()));
    let replaced = write(path, &fresh, before, after)
        .with_context(|| format!("cannot write {}", path.display()))
        .and_then(|()| {
            // Only now: a failed change must not replace the backup of the last one.
            let backup = before.map(|_| back_up(path)).transpose()?;
            fs::rename(&fresh, path).with_context(|| format!("cannot write {}", path.display()))?;
            Ok(backup)
        });
    if replaced.is_err() {
        // The first error is reported.
        let _ = fs::remove_file(&fresh);
    }
    replaced
}

/// Resolves symbolic links, so that a link into a dotfiles folder stays a link, even a dangling one.
fn resolve_links(path: &Path) -> PathBuf {
    let mut end = path.to_path_buf();
    // The usual limit of operating systems.
    for _ in 0..40 {
        match fs::read_link(&end) {
            Ok(target) => end = end.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => break,
        }
    }
    fs::canonicalize(&end).unwrap_or(end)
}

fn write(path: &Path, fresh: &Path, before: Option<&str>, after: &str) -> anyhow::Result<()> {
    if before.is_some() {
        // Copying preserves permissions, so a private file stays private.
        fs::copy(path, fresh)?;
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(fresh)?;
    file.write_all(after.as_bytes())?;
    file.sync_all()?;
    drop(file);
    ensure!(
        read(path)?.as_deref() == before,
        "the file changed in the meantime: close the client and try again"
    );
    Ok(())
}

/// One backup: the file before the last change.
fn back_up(path: &Path) -> anyhow::Result<PathBuf> {
    let backup = sibling(path, ".backup");
    fs::copy(path, &backup)
        .with_context(|| format!("cannot write the backup: {}", backup.display()))?;
    Ok(backup)
}

fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// The lines that differ, without context.
pub(super) fn difference(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(old.len().min(new.len()) - start)
        .take_while(|(a, b)| a == b)
        .count();
    let part = |lines: &[&str], sign: char| -> Vec<String> {
        let changed = lines.get(start..lines.len() - end).unwrap_or_default();
        changed
            .iter()
            .map(|line| format!("{sign} {line}"))
            .collect()
    };
    [part(&old, '-'), part(&new, '+')].concat().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changed_lines_are_displayed() {
        let before = "{\n  \"key\": \"hush\",\n  \"a\": 1\n}\n";
        let after = "{\n  \"key\": \"hush\",\n  \"a\": 1,\n  \"b\": 2\n}\n";
        assert_eq!(
            difference(before, after),
            "-   \"a\": 1\n+   \"a\": 1,\n+   \"b\": 2"
        );
        assert_eq!(difference("", "x\n"), "+ x");
        assert_eq!(difference("a\na\n", "a\na\na\n"), "+ a");
    }
}
