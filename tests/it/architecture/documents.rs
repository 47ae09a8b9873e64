//! The documents: README's length, its Chinese counterpart, and the messages that troubleshooting explains.

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

/// The lines of the fenced blocks, without comments.
fn commands(document: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in document.lines() {
        if line.starts_with("```") {
            inside = !inside;
            found.push(line.to_owned());
        } else if inside {
            let command = line.split("   #").next().unwrap_or_default();
            found.push(command.trim_end().to_owned());
        }
    }
    found
}

/// The texts between backticks in the first column of tables: names of variables.
fn variables(document: &str) -> Vec<String> {
    document
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|row| row.split(" | ").next())
        .flat_map(|cell| cell.split('`').map(str::to_owned).collect::<Vec<_>>())
        .filter(|name| name.contains('_'))
        .collect()
}

/// What the links of a document lead to.
fn links(document: &str) -> Vec<String> {
    document
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.starts_with("README"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn readme_is_one_page() {
    assert!(read("README.md").lines().count() <= 150);
}

#[test]
fn both_readmes_say_the_same() {
    let (english, chinese) = (read("README.md"), read("README.zh-CN.md"));
    assert_eq!(commands(&english), commands(&chinese));
    assert_eq!(variables(&english), variables(&chinese));
    assert_eq!(links(&english), links(&chinese));
    let headings = |text: &str| text.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(headings(&english), headings(&chinese));
    assert!(variables(&english).len() > 10);
}

/// Every message that troubleshooting explains is one of the code.
#[test]
fn explained_messages_exist() {
    let mut sources = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let text = read("docs/troubleshooting.md");
    let explained: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'))
        .collect();
    assert!(explained.len() > 10);
    let missing: Vec<&&str> = explained
        .iter()
        .filter(|message| !sources.iter().any(|source| source.contains(**message)))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
