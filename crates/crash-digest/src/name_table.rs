//! Tables of names and patterns, looked up by what they begin with.

use std::sync::OnceLock;

use crate::text;

/// Names, and patterns in which `*` stands for anything: at the end, and in the middle.
pub(crate) struct NameTable {
    entries: &'static [&'static str],
    tree: OnceLock<Tree>,
}

/// Several tables that are looked up at once.
pub(crate) struct NameTables<const N: usize> {
    tables: [&'static NameTable; N],
    tree: OnceLock<Tree>,
}

/// The tables that have a name, the first in the lowest bit.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Listed(u8);

impl Listed {
    const fn only(table: usize) -> Self {
        Self(1 << table)
    }

    /// Whether this table has it.
    pub(crate) const fn has(self, table: usize) -> bool {
        self.0 & Self::only(table).0 != 0
    }

    fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// The entries of tables byte by byte: a name is compared only as far as some entry begins like it.
struct Tree {
    /// The root first; children are given by their place in this list.
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    /// The next bytes and their nodes, by byte.
    children: Vec<(u8, usize)>,
    /// The tables of which an entry without `*` ends here.
    names: Listed,
    /// What patterns whose first `*` stands here have behind it.
    patterns: Vec<Pattern>,
}

/// A pattern behind its first `*`.
struct Pattern {
    /// Names, and `*` between them.
    rest: &'static str,
    /// The bytes of it.
    bytes: Bytes,
    of: Listed,
}

impl Pattern {
    fn new(rest: &'static str, of: Listed) -> Self {
        let names = rest.bytes().filter(|byte| *byte != b'*');
        Self {
            rest,
            bytes: names.collect(),
            of,
        }
    }

    /// Whether it fits the name of these bytes from this byte on.
    fn fits(&self, name: &str, bytes: Bytes, at: usize) -> bool {
        bytes.holds(self.bytes) && fits(self.rest, name, at)
    }
}

/// Which bytes a text has, those that differ by 64 alone taken for one: enough to tell that it has no such part.
#[derive(Clone, Copy, Default)]
struct Bytes(u64);

impl Bytes {
    fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl FromIterator<u8> for Bytes {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        Self(
            bytes
                .into_iter()
                .fold(0, |all, byte| all | 1 << (byte & 63)),
        )
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
        let tree = self.tree.get_or_init(|| Tree::of(&[self.entries]));
        tree.tables(name) != Listed::default()
    }
}

impl<const N: usize> NameTables<N> {
    /// These tables, eight at most.
    pub(crate) const fn new(tables: [&'static NameTable; N]) -> Self {
        assert!(N <= 8, "a bit for each");
        Self {
            tables,
            tree: OnceLock::new(),
        }
    }

    /// Which of them have a name.
    pub(crate) fn which(&self, name: &str) -> Listed {
        let tree = self.tree.get_or_init(|| {
            let entries = self.tables.map(|table| table.entries);
            Tree::of(&entries)
        });
        tree.tables(name)
    }
}

impl Tree {
    fn of(tables: &[&[&'static str]]) -> Self {
        let mut tree = Self {
            nodes: vec![Node::default()],
        };
        for (table, entries) in tables.iter().enumerate() {
            for entry in *entries {
                tree.add(entry, Listed::only(table));
            }
        }
        tree
    }

    fn add(&mut self, entry: &'static str, of: Listed) {
        match entry.split_once('*') {
            None => {
                let at = self.node(entry);
                self.nodes[at].names.add(of);
            }
            Some((front, rest)) => {
                let at = self.node(front);
                self.nodes[at].patterns.push(Pattern::new(rest, of));
            }
        }
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

    /// The tables that have a name.
    fn tables(&self, name: &str) -> Listed {
        let name = plain(name);
        let mut found = Listed::default();
        if name.is_empty() {
            return found;
        }
        let bytes: Bytes = name.bytes().collect();
        let mut node = &self.nodes[0];
        for (at, byte) in name.bytes().enumerate() {
            node.add_patterns(name, bytes, at, &mut found);
            match node.children.binary_search_by_key(&byte, |child| child.0) {
                Ok(place) => node = &self.nodes[node.children[place].1],
                Err(_) => return found,
            }
        }
        node.add_patterns(name, bytes, name.len(), &mut found);
        found.add(node.names);
        found
    }
}

impl Node {
    /// Adds the tables whose patterns fit from this byte of the name on.
    fn add_patterns(&self, name: &str, bytes: Bytes, at: usize, found: &mut Listed) {
        for pattern in &self.patterns {
            if pattern.fits(name, bytes, at) {
                found.add(pattern.of);
            }
        }
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
