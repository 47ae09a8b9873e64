//! Whether a stack can be trusted: how many frames have names, and which modules lack symbols.

use std::collections::HashMap;
use std::fmt;

use super::frame::{Frame, Language};
use super::ownership;
use crate::model::Stack;
use crate::text;

/// What is known of a stack's symbols.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Symbolication<'a> {
    /// Frames with a name.
    pub named: usize,
    /// All frames.
    pub frames: usize,
    /// Frames with file and line.
    pub with_line: usize,
    /// Modules in which no frame has a name, most frames first.
    pub modules_without: Vec<(&'a str, usize)>,
    /// Modules in which some frames have names and some have not: module, without, all.
    pub modules_partly: Vec<(&'a str, usize, usize)>,
    /// Java frames whose names a shrinker replaced: the mapping file is missing.
    pub obfuscated: usize,
    /// Script frames whose place is one of a bundle's: the source map is missing.
    pub bundled: usize,
    /// The number that the first frame is printed with, where the stack's top was cut off: `#78`.
    pub begins_at: Option<u32>,
    /// The first printed numbers that no frame has, where somebody left lines out: `#7` to `#246`.
    pub gap: Option<(u32, u32)>,
}

impl<'a> Stack<'a> {
    /// How many frames are resolved and which modules are not.
    pub fn symbolication(&self) -> Symbolication<'a> {
        let mut symbolication = Symbolication {
            frames: self.frames.len(),
            begins_at: self.frames.first().and_then(begins_at),
            gap: gap(self),
            ..Symbolication::default()
        };
        let mut order: Vec<&'a str> = Vec::new();
        let mut modules: HashMap<&'a str, (usize, usize)> = HashMap::new();
        let mut last: Option<(&'a str, &'a str)> = None;
        for frame in &self.frames {
            let named = frame.symbolicated();
            symbolication.named += usize::from(named);
            symbolication.with_line += usize::from(named && frame.line.is_some());
            let shrunk = frame.language == Language::Java
                && (frame.function.is_some_and(ownership::obfuscated)
                    || frame
                        .file
                        .is_some_and(|file| file.starts_with("r8-map-id-")));
            symbolication.obfuscated += usize::from(shrunk);
            let bundled =
                frame.language == Language::Script && frame.file.is_some_and(ownership::is_bundled);
            symbolication.bundled += usize::from(bundled);
            let managed = frame.language != Language::Native;
            if managed || (named && frame.module.is_none()) {
                continue;
            }
            // Frames of one module follow each other.
            let raw = frame.module.unwrap_or_default();
            let module = match last {
                Some((known, name)) if known == raw => name,
                _ => frame.module_name().unwrap_or("no module"),
            };
            last = Some((raw, module));
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
                symbolication.modules_without.push((module, without));
            } else if without > 0 {
                symbolication.modules_partly.push((module, without, all));
            }
        }
        symbolication
            .modules_without
            .sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        symbolication
            .modules_partly
            .sort_by_key(|&(_, without, _)| std::cmp::Reverse(without));
        symbolication
    }
}

/// The number of a first frame that is not among the first: `#78 pc 000a0ae9 …`, `native: #20 pc 013d4dfc …`.
fn begins_at(first: &Frame<'_>) -> Option<u32> {
    // Who prints two digits begins with `#00`.
    let padded = first.raw.starts_with("#01 ");
    number(first).filter(|&number| number > 1 || padded)
}

/// Kotlin/Native has its number behind `at`: `at 3   orbit   0x000000010b02e216 kfun:com.acme.Dock#open(){} + 70`.
fn of_kotlin(raw: &str) -> Option<&str> {
    let rest = raw.strip_prefix("at ")?;
    rest.starts_with(|c: char| c.is_ascii_digit())
        .then_some(rest)
}

/// The number that a frame is printed with.
fn number(frame: &Frame<'_>) -> Option<u32> {
    // Most begin with it.
    let behind = frame.raw.strip_prefix('#').or_else(|| {
        let raw = frame.raw.trim_start();
        // lldb: `* frame #0: 0x… orbit`dock_open`.
        raw.strip_prefix("native: ")
            .or_else(|| raw.trim_start_matches(['*', ' ']).strip_prefix("frame "))
            .unwrap_or(raw)
            .strip_prefix('#')
            .or_else(|| of_kotlin(raw))
    });
    let (number, _) = text::digits(behind?)?;
    number.parse().ok()
}

/// Numbers that are missing between two frames. What was left out of a longer stack here is told elsewhere.
fn gap(stack: &Stack<'_>) -> Option<(u32, u32)> {
    if stack.omitted > 0 {
        return None;
    }
    let mut numbers = stack.frames.iter().map(number);
    let mut before = numbers.next()??;
    let mut gap = None;
    for number in numbers {
        let Some(number) = number else {
            break;
        };
        // Rows of two lists that somebody wove together: what the one leaves out the other has.
        if number < before && number > 0 {
            return None;
        }
        if number > before.saturating_add(1) {
            gap = gap.or(Some((before + 1, number - 1)));
        }
        before = number;
    }
    gap
}

impl fmt::Display for Symbolication<'_> {
    /// `12 of 14 frames resolved; libfoo.so has no symbols (2)`
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 4;
        if self.frames == 0 {
            return formatter.write_str("no frames");
        }
        if self.frames == 1 && self.named == 1 {
            formatter.write_str("the only frame is resolved")?;
        } else if self.named == self.frames {
            write!(formatter, "all {} frames resolved", self.frames)?;
        } else {
            write!(
                formatter,
                "{} of {} frames resolved",
                self.named, self.frames
            )?;
        }
        let modules: Vec<&(&str, usize)> = self
            .modules_without
            .iter()
            .filter(|(module, _)| *module != "no module")
            .collect();
        for (at, (module, count)) in modules.iter().take(MOST).enumerate() {
            write!(
                formatter,
                "{} {module} ({count})",
                if at == 0 { "; no symbols:" } else { "," }
            )?;
        }
        if modules.len() > MOST {
            write!(formatter, " and {} more modules", modules.len() - MOST)?;
        }
        for (module, without, all) in self.modules_partly.iter().take(MOST) {
            write!(formatter, "; {without} of {all} in {module} without a name")?;
        }
        if let Some((_, count)) = self
            .modules_without
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
        if self.bundled > 0 {
            write!(
                formatter,
                "; {} at places of a bundle (source map missing)",
                self.bundled
            )?;
        }
        if let Some(number) = self.begins_at {
            write!(formatter, "; printed from #{number}: the top is missing")?;
        }
        match self.gap {
            Some((first, last)) if first == last => {
                write!(formatter, "; #{first} is not among them")?;
            }
            Some((first, last)) => write!(formatter, "; #{first} to #{last} are not among them")?,
            None => {}
        }
        Ok(())
    }
}
