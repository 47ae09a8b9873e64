//! No cycles among the files of a crate, and folder modules are `mod.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Module, crates, modules, modules_of};

/// The module path of a file below its crate's sources: `cli/install/plan.rs` is `[cli, install, plan]`.
fn module_path(file: &Path, root: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
    let inside = file.strip_prefix(&root).unwrap().with_extension("");
    let mut path: Vec<String> = inside
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if path.last().is_some_and(|last| last == "mod") {
        path.pop();
    }
    path
}

/// The absolute form of a path used in a file: `super::x` and `self::x` are resolved.
fn absolute(own: &[String], path: &[String], children: &BTreeSet<Vec<String>>) -> Vec<String> {
    match path[0].as_str() {
        "crate" => path[1..].to_vec(),
        "self" => [own, &path[1..]].concat(),
        "super" => {
            let supers = path.iter().take_while(|part| *part == "super").count();
            let parent = own.len().saturating_sub(supers);
            [&own[..parent], &path[supers..]].concat()
        }
        // A path that starts with a child module.
        first => {
            let child = [own, &[first.to_owned()]].concat();
            if children.contains(&child) {
                [own, path].concat()
            } else {
                Vec::new()
            }
        }
    }
}

/// The files that each file uses, except in inline test modules.
fn uses(modules: &[Module], root: &str) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let files: BTreeSet<Vec<String>> = modules
        .iter()
        .map(|module| module_path(&module.file, root))
        .collect();
    let mut edges = BTreeMap::new();
    for module in modules {
        let own = module_path(&module.file, root);
        let used = module
            .code_paths
            .iter()
            .map(|path| absolute(&own, path, &files))
            .filter_map(|path| {
                // The longest prefix that is a file.
                (1..=path.len())
                    .rev()
                    .map(|length| path[..length].to_vec())
                    .find(|prefix| files.contains(prefix))
            })
            .filter(|used| *used != own)
            .collect();
        edges.insert(own, used);
    }
    edges
}

#[test]
fn files_have_no_cycle() {
    crates().for_each(no_cycle);
}

fn no_cycle(root: &str) {
    let modules: Vec<Module> = modules_of(root)
        .into_iter()
        .filter(|module| {
            !module
                .file
                .components()
                .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs")))
        })
        .collect();
    let mut edges = uses(&modules, root);
    while let Some(leaf) = edges
        .iter()
        .find(|(_, used)| used.iter().all(|file| !edges.contains_key(file)))
        .map(|(file, _)| file.clone())
    {
        edges.remove(&leaf);
    }
    let cycles: Vec<String> = edges
        .iter()
        .map(|(file, used)| {
            let used: Vec<String> = used
                .iter()
                .filter(|file| edges.contains_key(*file))
                .map(|file| file.join("::"))
                .collect();
            format!("{} uses {}", file.join("::"), used.join(", "))
        })
        .collect();
    assert!(
        cycles.is_empty(),
        "{root}: cycles among:\n{}",
        cycles.join("\n")
    );
}

#[test]
fn folder_modules_are_mod_rs() {
    for module in modules() {
        let folder = module.file.with_extension("");
        assert!(
            !folder.is_dir(),
            "{} stands beside a folder of that name: move it to mod.rs",
            module.file.display()
        );
    }
}
