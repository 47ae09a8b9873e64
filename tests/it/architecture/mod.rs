//! The modules of `src`, enforced: which may use which, and which foreign crate lives where.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod cycles;
mod descriptions;
mod documents;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// A module may use any module of a later row, and none of its own row.
const LAYERS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["http"],
    &["mcp"],
    &["skills"],
    &["tools", "prompts"],
    &["upstream"],
];

/// Modules that use only each other, without cycles.
const VALUES: &[&str] = &[
    "app",
    "args",
    "clock",
    "error",
    "json",
    "metrics",
    "project",
    "reply",
    "request",
    "secret",
    "telemetry",
    "time_range",
    "token_estimate",
];

/// Modules outside the path of a call: they use only values, and only `cli` uses them.
const SETUP: &[&str] = &["config", "demo_projects"];

/// What tests, benches and examples need: it may use every module, and no module uses it.
const TESTING: &str = "testing";

/// External crates and the modules that may use them.
const FOREIGN: &[(&str, &[&str])] = &[
    ("rmcp", &["mcp", "http", "cli"]),
    ("axum", &["http"]),
    ("hyper", &["http"]),
    ("hyper_util", &["http"]),
    ("tokio_rustls", &["http"]),
    ("reqwest", &["upstream"]),
    ("rustls", &["upstream", "http"]),
    ("jsonwebtoken", &["http"]),
    ("prometheus_client", &["metrics"]),
    ("opentelemetry", &["telemetry", "upstream"]),
    ("opentelemetry_http", &["upstream"]),
    ("opentelemetry_otlp", &["upstream"]),
    ("opentelemetry_sdk", &["telemetry", "upstream"]),
    ("hmac", &["secret"]),
    ("sha2", &["secret"]),
    ("base64", &["secret"]),
    ("hex", &["secret"]),
    // Signatures of access tokens; keys and the encryption of the store.
    ("ring", &["http", "secret"]),
    ("secrecy", &["secret"]),
    ("subtle", &["secret"]),
    ("moka", &["upstream"]),
    ("rusqlite", &["upstream"]),
    ("redis", &["upstream"]),
    ("rustix", &["upstream"]),
    ("zstd", &["upstream"]),
    ("toml", &["config", "prompts"]),
    ("minijinja", &["prompts"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("anstream", &["cli"]),
    ("anstyle", &["cli"]),
    ("comfy_table", &["cli"]),
    ("tracing_subscriber", &["cli"]),
    ("jsonc_parser", &["cli"]),
    ("toml_edit", &["cli"]),
    ("crash_digest", &["cli", "tools"]),
    ("crashsight_simulator", &["cli", "demo_projects"]),
];

/// Modules with async functions.
const ASYNC: &[&str] = &["main", "cli", "http", "mcp", "tools", "upstream", TESTING];

struct Module {
    name: String,
    file: PathBuf,
    paths: BTreeSet<Vec<String>>,
    /// The same without inline test modules.
    code_paths: BTreeSet<Vec<String>>,
    is_async: bool,
}

/// Collects every path of a file, `use` trees resolved.
#[derive(Default)]
struct Paths {
    found: BTreeSet<Vec<String>>,
    found_in_code: BTreeSet<Vec<String>>,
    in_tests: bool,
    is_async: bool,
}

impl Paths {
    fn tree(&mut self, tree: &syn::UseTree, prefix: &[String]) {
        match tree {
            syn::UseTree::Path(path) => {
                let mut prefix = prefix.to_vec();
                prefix.push(path.ident.to_string());
                self.tree(&path.tree, &prefix);
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.tree(item, prefix));
            }
            syn::UseTree::Name(name) => self.add(prefix, name.ident.to_string()),
            syn::UseTree::Rename(rename) => self.add(prefix, rename.ident.to_string()),
            syn::UseTree::Glob(_) => self.add(prefix, "*".to_owned()),
        }
    }

    fn add(&mut self, prefix: &[String], last: String) {
        let mut path = prefix.to_vec();
        path.push(last);
        self.insert(path);
    }

    fn insert(&mut self, path: Vec<String>) {
        if !self.in_tests {
            self.found_in_code.insert(path.clone());
        }
        self.found.insert(path);
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.insert(
            path.segments
                .iter()
                .map(|segment| segment.ident.to_string())
                .collect(),
        );
        visit::visit_path(self, path);
    }

    /// The path in `pub(in crate::x)` is no use of `x`.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let outer = self.in_tests;
        self.in_tests |= item.attrs.iter().any(|attr| attr.path().is_ident("cfg"));
        visit::visit_item_mod(self, item);
        self.in_tests = outer;
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.is_async |= signature.asyncness.is_some();
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, expression: &'ast syn::ExprAsync) {
        self.is_async = true;
        visit::visit_expr_async(self, expression);
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn modules() -> Vec<Module> {
    modules_of("src")
}

/// The sources of every crate. In a package of this one the others are missing.
fn crates() -> impl Iterator<Item = &'static str> {
    const ALL: [&str; 3] = [
        "src",
        "crates/crash-digest/src",
        "crates/crashsight-simulator/src",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ALL.into_iter()
        .filter(move |folder| root.join(folder).is_dir())
}

/// The files of a crate, whose sources are in this folder of the workspace.
fn modules_of(folder: &str) -> Vec<Module> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files = Vec::new();
    sources(&root, &mut files);
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let inside = file.strip_prefix(&root).unwrap();
            let first = inside
                .components()
                .next()
                .unwrap()
                .as_os_str()
                .to_string_lossy();
            let name = first.trim_end_matches(".rs").to_owned();
            let tree = syn::parse_file(&std::fs::read_to_string(&file).unwrap())
                .unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            let mut paths = Paths::default();
            paths.visit_file(&tree);
            Module {
                name,
                file,
                paths: paths.found,
                code_paths: paths.found_in_code,
                is_async: paths.is_async,
            }
        })
        .filter(|module| module.name != "lib")
        .collect()
}

/// The modules of this crate that a file uses.
fn uses(module: &Module) -> BTreeSet<String> {
    let tests = module.paths.difference(&module.code_paths);
    let tests = tests.filter(|path| path.get(1).is_none_or(|name| name != TESTING));
    module
        .code_paths
        .iter()
        .chain(tests)
        .filter(|path| matches!(path[0].as_str(), "crate" | "crashsight_mcp"))
        .filter_map(|path| path.get(1).cloned())
        .filter(|name| *name != module.name && name.chars().all(|c| c.is_lowercase() || c == '_'))
        .collect()
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&name))
}

fn may_use(from: &str, to: &str) -> bool {
    if from == TESTING {
        return true;
    }
    if VALUES.contains(&to) {
        return true;
    }
    if SETUP.contains(&to) {
        return from == "cli";
    }
    match (layer(from), layer(to)) {
        (Some(from), Some(to)) => from < to,
        _ => false,
    }
}

#[test]
fn every_module_is_known() {
    let known: BTreeSet<&str> = LAYERS
        .iter()
        .flat_map(|modules| modules.iter())
        .chain(VALUES)
        .chain(SETUP)
        .copied()
        .chain([TESTING])
        .collect();
    for module in modules() {
        assert!(
            known.contains(module.name.as_str()),
            "unknown module {}: {}",
            module.name,
            module.file.display()
        );
    }
}

#[test]
fn modules_use_only_later_rows() {
    for module in modules() {
        for used in uses(&module) {
            assert!(
                may_use(&module.name, &used),
                "{} may not use `{used}`",
                module.file.display()
            );
        }
    }
}

#[test]
fn values_have_no_cycle() {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for module in modules()
        .iter()
        .filter(|module| VALUES.contains(&module.name.as_str()))
    {
        edges
            .entry(module.name.clone())
            .or_default()
            .extend(uses(module));
    }
    while !edges.is_empty() {
        let leaf = edges
            .iter()
            .find(|(_, to)| to.iter().all(|name| !edges.contains_key(name)))
            .map(|(name, _)| name.clone());
        let Some(leaf) = leaf else {
            panic!("a cycle among {:?}", edges.keys());
        };
        edges.remove(&leaf);
    }
}

#[test]
fn foreign_crates_are_confined() {
    for module in modules() {
        for (name, homes) in FOREIGN {
            let used = module
                .paths
                .iter()
                .any(|path| path[0] == *name && path.len() > 1);
            assert!(
                !used || homes.contains(&module.name.as_str()),
                "{} uses `{name}`",
                module.file.display()
            );
        }
        let env = module
            .paths
            .iter()
            .any(|path| path.starts_with(&["std".to_owned(), "env".to_owned()]));
        assert!(
            !env || module.name == "config",
            "{} reads the environment",
            module.file.display()
        );
    }
}

#[test]
fn only_some_modules_are_async() {
    for module in modules() {
        let test_file = module
            .file
            .file_name()
            .is_some_and(|name| name == "tests.rs");
        assert!(
            !module.is_async || test_file || ASYNC.contains(&module.name.as_str()),
            "{} has an async function",
            module.file.display()
        );
    }
}

#[test]
fn providers_are_independent() {
    let providers = ["crashsight", "agora", "getui"];
    for module in modules()
        .iter()
        .filter(|module| matches!(module.name.as_str(), "upstream" | "tools"))
    {
        let own = providers.iter().find(|word| {
            module
                .file
                .components()
                .any(|part| part.as_os_str().to_string_lossy().trim_end_matches(".rs") == **word)
        });
        let Some(own) = own else { continue };
        for path in &module.paths {
            for other in providers.iter().filter(|word| *word != own) {
                assert!(
                    !path.iter().any(|part| part == other),
                    "{} uses {other}",
                    module.file.display()
                );
            }
        }
    }
}

#[test]
fn the_map_names_every_module() {
    let map =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let map: String = map.lines().filter(|line| line.starts_with("//!")).collect();
    for module in modules() {
        assert!(
            map.contains(&format!("`{}`", module.name))
                || map.contains(&format!("[`{}`]", module.name)),
            "the map in src/lib.rs lacks `{}`",
            module.name
        );
    }
}

#[test]
fn files_are_short_and_documented() {
    for module in crates().flat_map(modules_of) {
        let text = std::fs::read_to_string(&module.file).unwrap();
        let lines = text.lines().count();
        assert!(
            lines <= 500,
            "{} has {lines} lines: split it by job",
            module.file.display()
        );
        assert!(
            text.starts_with("//!") || module.file.ends_with("tests.rs"),
            "{} has no `//!` comment",
            module.file.display()
        );
    }
}
