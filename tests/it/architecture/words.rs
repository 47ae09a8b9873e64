//! The field's words: coinages that must not come back, and citations that must exist.

use std::path::{Path, PathBuf};

/// Words that the code and the documents do not use, with the standard one.
///
/// Compared with whole words of identifiers (`is_told` has the word `told`), comments, strings and documents,
/// ignoring case. The list grows as the exempt paths shrink.
const COINAGES: &[(&str, &str)] = &[
    ("brought", "received, or the name of the value"),
    ("chapter", "module or group"),
    ("chapters", "modules or groups"),
    ("journey", "tool"),
    ("lacking", "missing"),
    ("mend", "fix"),
    ("mended", "fixed"),
    ("namesake", "duplicate"),
    ("nobody", "no client, no caller"),
    ("patience", "timeout or max_wait"),
    ("room", "module"),
    ("rooms", "modules"),
    ("seat", "permit"),
    ("somebody", "another client or caller"),
    ("stranger", "unknown"),
    ("told", "returned, reported, received"),
    ("twin", "duplicate"),
    ("twins", "duplicates"),
    ("unasked", "skipped"),
    ("whoever", "the caller, the client"),
];

fn files(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, extensions, found);
        } else if path
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| extensions.contains(&extension))
        {
            found.push(path);
        }
    }
}

/// The files with words for people: code, prompts and documents.
fn written() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<PathBuf> = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "AGENTS.md",
    ]
    .map(|name| root.join(name))
    .to_vec();
    for folder in [
        "src",
        "docs",
        "prompts",
        "tests/it/http",
        "tests/it/install",
    ] {
        files(&root.join(folder), &["rs", "md"], &mut found);
    }
    found
}

/// The words of a line, identifiers split at `_` and between cases.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut previous = ' ';
    for c in line.chars() {
        let boundary = !c.is_alphabetic() || c.is_uppercase() && previous.is_lowercase();
        if boundary && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        previous = c;
    }
    words.push(word);
    words
}

#[test]
fn coinages_do_not_come_back() {
    let mut found = Vec::new();
    for path in written() {
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            for word in words(line) {
                let coinage = COINAGES.iter().find(|(coinage, _)| *coinage == word);
                if let Some((word, standard)) = coinage {
                    let place = format!("{}:{}", path.display(), number + 1);
                    found.push(format!("{place}: `{word}`: write {standard}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn words_are_split_like_identifiers() {
    assert_eq!(
        words("fn turnAway(is_told) // X"),
        ["fn", "turn", "away", "is", "told", "x"]
    );
}

/// Sections that comments cite exist, and comments cite no document that is not in the repository.
#[test]
fn cited_documents_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in ["src", "crates", "tests/it", "examples", "benches"] {
        let folder = root.join(folder);
        // The other crates are not in the package of this one.
        if folder.is_dir() {
            files(&folder, &["rs"], &mut sources);
        }
    }
    let mut wrong = Vec::new();
    for path in &sources {
        let text = std::fs::read_to_string(path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let place = || format!("{}:{}", path.display(), number + 1);
            for citation in line.split("docs/vendor/").skip(1) {
                let Some((document, rest)) = citation.split_once(" §") else {
                    continue;
                };
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                let document = root.join("docs/vendor").join(document);
                let text = std::fs::read_to_string(&document).unwrap_or_default();
                if !text.contains(&format!("\n## §{digits} ")) {
                    wrong.push(format!(
                        "{}: no §{digits} in {}",
                        place(),
                        document.display()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
