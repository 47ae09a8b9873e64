//! Tables of names and patterns, looked up by what they begin with.

use std::ops::Range;
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
pub(crate) struct Listed(u16);

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
///
/// The nodes stand level by level, so that those below one node follow each other: a few thousand entries are 20,000 nodes.
struct Tree {
    /// The root first.
    nodes: Vec<Node>,
    /// The byte that leads to each node, in order below the same node.
    bytes: Vec<u8>,
    /// The patterns of all nodes, those of one together.
    patterns: Vec<Pattern>,
}

#[derive(Default)]
struct Node {
    /// Where the nodes below it begin, and how many they are.
    first: u32,
    below: u16,
    /// The tables of which an entry without `*` ends here.
    names: Listed,
    /// Where the patterns begin whose first `*` stands here, and how many they are.
    patterns: u32,
    pattern_count: u32,
}

/// An entry before it is put into the tree: what stands before its first `*`, what behind.
struct Entry {
    front: &'static str,
    rest: Option<&'static str>,
    of: Listed,
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
    /// These tables, sixteen at most.
    pub(crate) const fn new(tables: [&'static NameTable; N]) -> Self {
        assert!(N <= 16, "a bit for each");
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
        let mut entries = Vec::with_capacity(tables.iter().map(|table| table.len()).sum());
        for (table, names) in tables.iter().enumerate() {
            entries.extend(names.iter().map(|name| {
                let (front, rest) = match name.split_once('*') {
                    Some((front, rest)) => (front, Some(rest)),
                    None => (*name, None),
                };
                Entry {
                    front,
                    rest,
                    of: Listed::only(table),
                }
            }));
        }
        entries.sort_unstable_by_key(|entry| entry.front);
        let mut tree = Self {
            nodes: vec![Node::default()],
            bytes: vec![0],
            patterns: Vec::new(),
        };
        // The entries below each node of a level: sorted, they follow each other.
        let mut level: Vec<_> = std::iter::once(0..entries.len()).collect();
        let (mut at, mut depth) = (0, 0);
        while !level.is_empty() {
            let mut next = Vec::new();
            for range in level {
                tree.fill(at, &entries, range, depth, &mut next);
                at += 1;
            }
            level = next;
            depth += 1;
        }
        tree.nodes.shrink_to_fit();
        tree.bytes.shrink_to_fit();
        tree.patterns.shrink_to_fit();
        tree
    }

    /// Fills the node of these entries, which begin alike up to its depth, and makes the nodes below it.
    fn fill(
        &mut self,
        node: usize,
        entries: &[Entry],
        range: Range<usize>,
        depth: usize,
        below: &mut Vec<Range<usize>>,
    ) {
        let (first, patterns) = (place(self.nodes.len()), place(self.patterns.len()));
        let mut names = Listed::default();
        let mut from = range.start;
        // The shortest come first.
        while from < range.end && entries[from].front.len() == depth {
            let entry = &entries[from];
            match entry.rest {
                Some(rest) => self.patterns.push(Pattern::new(rest, entry.of)),
                None => names.add(entry.of),
            }
            from += 1;
        }
        let mut count = 0;
        while from < range.end {
            let byte = entries[from].front.as_bytes()[depth];
            let same = entries[from..range.end]
                .iter()
                .take_while(|entry| entry.front.as_bytes()[depth] == byte)
                .count();
            self.nodes.push(Node::default());
            self.bytes.push(byte);
            below.push(from..from + same);
            from += same;
            count += 1;
        }
        self.nodes[node] = Node {
            first,
            below: count,
            names,
            patterns,
            pattern_count: place(self.patterns.len()) - patterns,
        };
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
            self.add_patterns(node, name, bytes, at, &mut found);
            let first = node.first as usize;
            match self.bytes[first..first + usize::from(node.below)].binary_search(&byte) {
                Ok(place) => node = &self.nodes[first + place],
                Err(_) => return found,
            }
        }
        self.add_patterns(node, name, bytes, name.len(), &mut found);
        found.add(node.names);
        found
    }

    /// Adds the tables whose patterns fit from this byte of the name on.
    fn add_patterns(&self, node: &Node, name: &str, bytes: Bytes, at: usize, found: &mut Listed) {
        let first = node.patterns as usize;
        for pattern in &self.patterns[first..first + node.pattern_count as usize] {
            if pattern.fits(name, bytes, at) {
                found.add(pattern.of);
            }
        }
    }
}

/// A place in a list of the tree's: all entries together have some ten thousand bytes.
fn place(at: usize) -> u32 {
    u32::try_from(at).expect("tables are small")
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
