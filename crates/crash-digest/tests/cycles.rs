//! No cycle among the files of the crate, whatever folder they are in.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

type Name = Vec<String>;

/// Every path of a file outside of inline test modules, `use` trees resolved.
#[derive(Default)]
struct Paths(BTreeSet<Name>);

impl Paths {
    fn tree(&mut self, tree: &syn::UseTree, prefix: &[String]) {
        match tree {
            syn::UseTree::Path(path) => {
                let prefix = [prefix, &[path.ident.to_string()]].concat();
                self.tree(&path.tree, &prefix);
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.tree(item, prefix));
            }
            syn::UseTree::Name(name) => {
                self.0.insert([prefix, &[name.ident.to_string()]].concat());
            }
            syn::UseTree::Rename(rename) => {
                self.0
                    .insert([prefix, &[rename.ident.to_string()]].concat());
            }
            syn::UseTree::Glob(_) => {
                self.0.insert(prefix.to_vec());
            }
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts = path.segments.iter().map(|part| part.ident.to_string());
        self.0.insert(parts.collect());
        visit::visit_path(self, path);
    }

    /// The path in `pub(in crate::x)` is no use of `x`.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !item.attrs.iter().any(|attr| attr.path().is_ident("cfg")) {
            visit::visit_item_mod(self, item);
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// `formats/plain.rs` is `[formats, plain]`, `formats/mod.rs` is `[formats]`.
fn name(file: &Path, root: &Path) -> Name {
    let inside = file.strip_prefix(root).unwrap().with_extension("");
    let mut name: Name = inside
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    name.pop_if(|last| last == "mod");
    name
}

/// The file a path leads into, as far as it is one of this crate.
fn file(own: &Name, path: &Name, files: &BTreeSet<Name>) -> Option<Name> {
    let absolute = match path[0].as_str() {
        "crate" => path[1..].to_vec(),
        "self" => [own, &path[1..]].concat(),
        "super" => {
            let up = path.iter().take_while(|part| *part == "super").count();
            [&own[..own.len().saturating_sub(up)], &path[up..]].concat()
        }
        first if files.contains(&[own.clone(), vec![first.to_owned()]].concat()) => {
            [own.clone(), path.clone()].concat()
        }
        _ => return None,
    };
    (1..=absolute.len())
        .rev()
        .map(|length| absolute[..length].to_vec())
        .find(|prefix| files.contains(prefix))
        .filter(|found| found != own)
}

#[test]
fn files_have_no_cycle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found.retain(|path| path.file_name().is_some_and(|file| file != "lib.rs"));
    let files: BTreeSet<Name> = found.iter().map(|path| name(path, &root)).collect();
    assert!(files.len() > 50, "{} files", files.len());
    let mut edges: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
    for path in &found {
        let tree = syn::parse_file(&std::fs::read_to_string(path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut paths = Paths::default();
        paths.visit_file(&tree);
        let own = name(path, &root);
        let used = paths.0.iter().filter_map(|path| file(&own, path, &files));
        edges.insert(own.clone(), used.collect());
    }
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
    assert!(cycles.is_empty(), "cycles among:\n{}", cycles.join("\n"));
}

#[test]
fn files_are_short() {
    let mut found = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    for path in found {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 500, "{}: {lines} lines", path.display());
    }
}
