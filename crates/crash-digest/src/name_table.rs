//! A table of names and patterns, looked up by what they begin with.

use std::sync::OnceLock;

use crate::text;

/// Names, and patterns in which `*` stands for anything: at the end, and in the middle.
pub(crate) struct NameTable {
    entries: &'static [&'static str],
    tree: OnceLock<Tree>,
}

/// The entries of a table byte by byte: a name is compared only as far as some entry begins like it.
struct Tree {
    /// The root first; children are given by their place in this list.
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    /// The next bytes and their nodes, by byte.
    children: Vec<(u8, usize)>,
    /// An entry without `*` ends here.
    name: bool,
    /// What patterns whose first `*` stands here have behind it.
    patterns: Vec<Pattern>,
}

/// A pattern behind its first `*`.
struct Pattern {
    /// Names, and `*` between them.
    rest: &'static str,
    /// The letter of it that fewest names have.
    rare: Option<u8>,
}

impl Pattern {
    fn new(rest: &'static str) -> Self {
        let names = rest.bytes().filter(|byte| *byte != b'*');
        Self {
            rest,
            rare: names.min_by_key(|byte| match byte {
                b'A'..=b'Z' => 0,
                b'j' | b'k' | b'q' | b'v' | b'w' | b'x' | b'z' => 1,
                b'a'..=b'z' => 2,
                _ => 3,
            }),
        }
    }

    /// Whether it fits the name from this byte on.
    fn fits(&self, name: &str, at: usize) -> bool {
        let rest = &name.as_bytes()[at..];
        let possible = self
            .rare
            .is_none_or(|rare| memchr::memchr(rare, rest).is_some());
        possible && fits(self.rest, name, at)
    }
}

impl NameTable {
    /// A table of these entries.
    pub(crate) const fn new(entries: &'static [&'static str]) -> Self {
        Self {
            entries,
            tree: OnceLock::new(),
        }
    }

    /// Its entries as they are written.
    #[cfg(test)]
    pub(crate) const fn entries(&self) -> &'static [&'static str] {
        self.entries
    }

    /// Whether a name is in it.
    pub(crate) fn has(&self, name: &str) -> bool {
        let name = plain(name);
        !name.is_empty() && self.tree.get_or_init(|| Tree::of(self.entries)).has(name)
    }
}

impl Tree {
    fn of(entries: &[&'static str]) -> Self {
        let mut tree = Self {
            nodes: vec![Node::default()],
        };
        for entry in entries {
            match entry.split_once('*') {
                None => {
                    let at = tree.node(entry);
                    tree.nodes[at].name = true;
                }
                Some((front, rest)) => {
                    let at = tree.node(front);
                    tree.nodes[at].patterns.push(Pattern::new(rest));
                }
            }
        }
        tree
    }

    /// The node of a text; a new one where no entry went so far.
    fn node(&mut self, text: &str) -> usize {
        let mut at = 0;
        for byte in text.bytes() {
            let new = self.nodes.len();
            let children = &mut self.nodes[at].children;
            at = match children.binary_search_by_key(&byte, |child| child.0) {
                Ok(place) => children[place].1,
                Err(place) => {
                    children.insert(place, (byte, new));
                    self.nodes.push(Node::default());
                    new
                }
            };
        }
        at
    }

    fn has(&self, name: &str) -> bool {
        let mut node = &self.nodes[0];
        for (at, byte) in name.bytes().enumerate() {
            if node.patterns.iter().any(|pattern| pattern.fits(name, at)) {
                return true;
            }
            match node.children.binary_search_by_key(&byte, |child| child.0) {
                Ok(place) => node = &self.nodes[node.children[place].1],
                Err(_) => return false,
            }
        }
        node.name
            || node
                .patterns
                .iter()
                .any(|pattern| pattern.fits(name, name.len()))
    }
}

/// glibc's and others' internal names without their marks: `__GI_raise` is `raise`, `abort@plt` is `abort`.
fn plain(name: &str) -> &str {
    let name = match memchr::memchr(b'@', name.as_bytes()) {
        Some(_) => {
            let name = name.split("@plt").next().unwrap_or(name);
            name.split("@@").next().unwrap_or(name)
        }
        None => name,
    };
    name.strip_prefix("__GI_").unwrap_or(name)
}

/// Whether what a pattern has behind its first `*` fits the name from this byte on.
fn fits(mut rest: &str, name: &str, at: usize) -> bool {
    if rest.is_empty() {
        return true;
    }
    // The tree follows bytes: a pattern's front always ends where a character does.
    let Some(mut name) = name.get(at..) else {
        return false;
    };
    while let Some((middle, more)) = rest.split_once('*') {
        let Some(at) = (if middle.is_empty() {
            Some(0)
        } else {
            text::find(name, middle)
        }) else {
            return false;
        };
        name = &name[at + middle.len()..];
        rest = more;
    }
    rest.is_empty() || name.ends_with(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_starts_and_middles() {
        static TABLE: NameTable =
            NameTable::new(&["je_*", "abort", "Action_*_Invoke*", "*core-oj*", "x*y"]);
        for name in [
            "je_malloc",
            "je_",
            "abort",
            "abort@plt",
            "__GI_abort",
            "abort@@GLIBC_2.2.5",
            "Action_1_Invoke_m",
            "boot-core-oj.oat",
            "xy",
            "x1y",
        ] {
            assert!(TABLE.has(name), "{name}");
        }
        for name in ["", "a", "aborted", "Action_1", "je", "core", "x", "xyz"] {
            assert!(!TABLE.has(name), "{name}");
        }
    }
}
