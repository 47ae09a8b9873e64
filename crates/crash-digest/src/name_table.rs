//! A table of names and patterns, looked up by what they begin with.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// Names, and patterns in which `*` stands for anything: at the end, and in the middle.
pub(crate) struct NameTable {
    entries: &'static [&'static str],
    index: OnceLock<Index>,
}

/// The entries of a table by what they begin with.
struct Index {
    names: HashSet<&'static str>,
    /// Patterns by their first two bytes.
    patterns: HashMap<[u8; 2], Vec<&'static str>>,
    /// Patterns whose `*` stands before that.
    open: Vec<&'static str>,
}

impl NameTable {
    /// A table of these entries.
    pub(crate) const fn new(entries: &'static [&'static str]) -> Self {
        Self {
            entries,
            index: OnceLock::new(),
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
        let index = self.index.get_or_init(|| Index::of(self.entries));
        let begun = name
            .as_bytes()
            .first_chunk()
            .and_then(|first| index.patterns.get(first));
        !name.is_empty()
            && (index.names.contains(name)
                || begun
                    .into_iter()
                    .flatten()
                    .chain(&index.open)
                    .any(|pattern| matches(pattern, name)))
    }
}

impl Index {
    fn of(entries: &[&'static str]) -> Self {
        let mut index = Self {
            names: HashSet::new(),
            patterns: HashMap::new(),
            open: Vec::new(),
        };
        for entry in entries {
            match entry.find('*') {
                None => {
                    index.names.insert(entry);
                }
                Some(0 | 1) => index.open.push(entry),
                Some(_) => {
                    if let Some(first) = entry.as_bytes().first_chunk() {
                        index.patterns.entry(*first).or_default().push(entry);
                    }
                }
            }
        }
        index
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

fn matches(pattern: &str, name: &str) -> bool {
    let Some((front, mut rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(front) else {
        return false;
    };
    while let Some((middle, more)) = rest.split_once('*') {
        let Some(at) = name.find(middle) else {
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
