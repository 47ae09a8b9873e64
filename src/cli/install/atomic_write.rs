//! A file changed all at once or not at all, with a backup of what it was beside it.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

/// The text of a file; `None` where there is no file.
pub(in crate::cli) fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("not readable: {}", path.display())),
    }
}

/// Puts `after` where `before` was read from, and returns the backup's path where there was something.
pub(super) fn replace(
    path: &Path,
    before: Option<&str>,
    after: &str,
) -> anyhow::Result<Option<PathBuf>> {
    let path = &end_of_links(path);
    let folder = path.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder)
        .with_context(|| format!("the folder cannot be made: {}", folder.display()))?;
    let backup = match before {
        Some(_) => Some(back_up(path)?),
        None => None,
    };
    let fresh = beside(path, &format!(".{}.new", std::process::id()));
    let swapped = write(path, &fresh, before, after);
    if swapped.is_err() {
        // What went wrong is told; leftovers would only add to it.
        for leftover in std::iter::once(&fresh).chain(&backup) {
            let _ = fs::remove_file(leftover);
        }
    }
    swapped.with_context(|| format!("not written: {}", path.display()))?;
    Ok(backup)
}

/// A link into a folder of dotfiles stays a link, even one whose end is not there yet.
fn end_of_links(path: &Path) -> PathBuf {
    let mut end = path.to_path_buf();
    // As many as systems follow.
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
        // The copy takes the permissions along; a file for its owner alone is never wider.
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
        "the client wrote to it meanwhile: close the client and try again"
    );
    fs::rename(fresh, path)?;
    Ok(())
}

/// The first free name; an earlier backup is not overwritten.
fn back_up(path: &Path) -> anyhow::Result<PathBuf> {
    let backup = (1..=1000)
        .map(|number| match number {
            1 => beside(path, ".backup"),
            _ => beside(path, &format!(".backup-{number}")),
        })
        .find(|backup| !backup.exists())
        .unwrap_or_else(|| beside(path, ".backup"));
    fs::copy(path, &backup).with_context(|| format!("no backup: {}", backup.display()))?;
    Ok(backup)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// The lines that differ. Lines around them are left out.
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
    fn only_what_changes_is_shown() {
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
