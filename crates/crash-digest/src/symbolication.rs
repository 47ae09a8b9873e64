//! Whether a stack can be trusted: how many frames have names, and which modules lack symbols.

use std::collections::HashMap;
use std::fmt;

use super::frame::Dialect;
use super::ownership;
use super::stack::Stack;

/// What is known of a stack's symbols.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Symbolication<'a> {
    /// Frames with a name.
    pub resolved: usize,
    /// All frames.
    pub frames: usize,
    /// Frames with file and line.
    pub placed: usize,
    /// Modules in which no frame has a name, most frames first.
    pub missing: Vec<(&'a str, usize)>,
    /// Modules in which some frames have names and some have not: module, without, all.
    pub partial: Vec<(&'a str, usize, usize)>,
    /// Java frames whose names a shrinker replaced: the mapping file is missing.
    pub obfuscated: usize,
}

impl<'a> Stack<'a> {
    /// How many frames are resolved and which modules are not.
    pub fn verdict(&self) -> Symbolication<'a> {
        let mut verdict = Symbolication {
            frames: self.frames.len(),
            ..Symbolication::default()
        };
        let mut order: Vec<&'a str> = Vec::new();
        let mut modules: HashMap<&'a str, (usize, usize)> = HashMap::new();
        for frame in &self.frames {
            let named = frame.symbolicated();
            verdict.resolved += usize::from(named);
            verdict.placed += usize::from(named && frame.line.is_some());
            let shrunk =
                frame.dialect == Dialect::Java && frame.function.is_some_and(ownership::obfuscated);
            verdict.obfuscated += usize::from(shrunk);
            let managed = frame.dialect != Dialect::Native;
            let module = frame.module_name().unwrap_or("no module");
            if managed || (named && frame.module.is_none()) {
                continue;
            }
            let (without, all) = modules.entry(module).or_insert_with(|| {
                order.push(module);
                (0, 0)
            });
            *without += usize::from(!named);
            *all += 1;
        }
        for module in order {
            let (without, all) = modules[module];
            if without == all {
                verdict.missing.push((module, without));
            } else if without > 0 {
                verdict.partial.push((module, without, all));
            }
        }
        verdict
            .missing
            .sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        verdict
            .partial
            .sort_by_key(|&(_, without, _)| std::cmp::Reverse(without));
        verdict
    }
}

impl fmt::Display for Symbolication<'_> {
    /// `12 of 14 frames resolved; libfoo.so has no symbols (2)`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 4;
        if self.frames == 0 {
            return formatter.write_str("no frames");
        }
        if self.frames == 1 && self.resolved == 1 {
            formatter.write_str("the only frame is resolved")?;
        } else if self.resolved == self.frames {
            write!(formatter, "all {} frames resolved", self.frames)?;
        } else {
            write!(
                formatter,
                "{} of {} frames resolved",
                self.resolved, self.frames
            )?;
        }
        let named: Vec<&(&str, usize)> = self
            .missing
            .iter()
            .filter(|(module, _)| *module != "no module")
            .collect();
        for (at, (module, count)) in named.iter().take(MOST).enumerate() {
            write!(
                formatter,
                "{} {module} ({count})",
                if at == 0 { "; no symbols:" } else { "," }
            )?;
        }
        if named.len() > MOST {
            write!(formatter, " and {} more modules", named.len() - MOST)?;
        }
        for (module, without, all) in self.partial.iter().take(MOST) {
            write!(formatter, "; {without} of {all} in {module} without a name")?;
        }
        if let Some((_, count)) = self
            .missing
            .iter()
            .find(|(module, _)| *module == "no module")
        {
            write!(formatter, "; {count} in no module")?;
        }
        if self.obfuscated > 0 {
            write!(
                formatter,
                "; {} with shrunk names (mapping missing)",
                self.obfuscated
            )?;
        }
        Ok(())
    }
}
