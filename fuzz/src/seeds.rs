//! Inputs to begin with: the texts and responses of the tests' cases, so that no second copy of them is kept.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use crate::TARGETS;

/// Longer files are no seeds: a mutation of them takes long and is no better.
const LONGEST: u64 = 24 << 10;

/// Writes the seeds of every target: `FOLDER/TARGET/HASH`.
pub fn write(folder: &Path) -> io::Result<()> {
    for target in TARGETS {
        let folder = folder.join(target.name);
        std::fs::create_dir_all(&folder)?;
        for seed in (target.seeds)() {
            let mut hasher = DefaultHasher::new();
            seed.hash(&mut hasher);
            std::fs::write(folder.join(format!("{:016x}", hasher.finish())), seed)?;
        }
    }
    Ok(())
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The small files below a folder whose name is accepted, in a fixed order.
pub(crate) fn files(folder: &Path, accepts: fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .file_name()
                .and_then(|name| name.to_str())
                .is_some_and(accepts)
                && entry.metadata().is_ok_and(|file| file.len() <= LONGEST)
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Crash texts and logs of every kind.
pub(crate) fn crash_texts() -> Vec<Vec<u8>> {
    let folder = root().join("crates/crash-digest/tests");
    let is_text = |name: &str| {
        [".txt", ".log"].iter().any(|end| name.ends_with(end)) && !name.contains("expect")
    };
    files(&folder, is_text)
        .iter()
        .filter_map(|file| std::fs::read(file).ok())
        .collect()
}
