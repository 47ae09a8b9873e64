//! The lines of a stack worth showing: the crash point, own code, folds with counts for the rest.

use std::fmt;

use super::frame::{Dialect, Frame};
use super::frames::{Class, Rules};
use super::runs;
use super::scan;
use super::stack::{Exception, Part, Stack};

/// A line of a selection. `Display` writes it as a report would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line<'a> {
    /// Opens the frames of an exception, where a stack has several.
    Heading {
        /// Index into [`Stack::sections`].
        section: usize,
        /// What the section is.
        part: Part,
        /// Its exception.
        exception: Exception<'a>,
    },
    /// A frame.
    Frame {
        /// Index into [`Stack::frames`].
        index: usize,
        /// Name and place for reading.
        text: String,
        /// Whose code it is.
        class: Class,
    },
    /// The frames just shown stand there more than once.
    Repeat {
        /// Index of the first frame that repeats.
        first: usize,
        /// How many frames repeat.
        period: usize,
        /// How often they stand there.
        times: usize,
        /// How many frames this line stands for, those shown above it not counted.
        more: usize,
    },
    /// Frames that are not shown.
    Fold {
        /// Index of the first.
        first: usize,
        /// How many.
        count: usize,
        /// How many of each class, most first.
        classes: Vec<(Class, usize)>,
    },
}

impl Line<'_> {
    /// Whether this is a frame of the project's own code.
    pub const fn own(&self) -> bool {
        matches!(
            self,
            Self::Frame {
                class: Class::Own,
                ..
            }
        )
    }
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Heading {
                part, exception, ..
            } => {
                let word = match part {
                    Part::Main => "",
                    Part::Cause => "caused by ",
                    Part::Suppressed => "suppressed ",
                    Part::Raised => "raised at",
                };
                if *part == Part::Main && exception.is_empty() {
                    formatter.write_str("thread")
                } else {
                    write!(formatter, "{word}{exception}")
                }
            }
            Self::Frame { index, text, class } => {
                let mark = if *class == Class::Own { '>' } else { ' ' };
                write!(formatter, "{mark} {index:>2} {text}")
            }
            Self::Repeat {
                first,
                period: 1,
                times,
                ..
            } => write!(
                formatter,
                "     … {first} stands there {times} times in a row"
            ),
            Self::Repeat {
                first,
                period,
                times,
                ..
            } => {
                write!(
                    formatter,
                    "     … {first}-{} stand there {times} times in a row",
                    first + period - 1
                )
            }
            Self::Fold { count, classes, .. } => {
                let [(class, _)] = classes.as_slice() else {
                    write!(formatter, "     … {count} frames:")?;
                    for (at, (class, count)) in classes.iter().enumerate() {
                        write!(
                            formatter,
                            "{} {count} {class}",
                            if at == 0 { "" } else { "," }
                        )?;
                    }
                    return Ok(());
                };
                write!(formatter, "     … {count} {class}")
            }
        }
    }
}

/// A frame, or the first of many equal ones.
struct Item {
    index: usize,
    class: Class,
    /// How many frames of the stack it stands for.
    weight: usize,
    section: usize,
    shown: bool,
    /// The run it belongs to, when that repeats.
    run: Option<runs::Run>,
}

impl<'a> Stack<'a> {
    /// At most about `most` lines, at least the crash point. Indices refer to [`Stack::frames`].
    pub fn select(&self, rules: &Rules, most: usize) -> Vec<Line<'a>> {
        let mut items = self.items(rules);
        let budget = most.max(1);
        for at in self.wanted(&items) {
            // Short recursion reads as a whole: `a` calls `b` calls `a`.
            let together = items[at]
                .run
                .filter(|run| run.period <= 4)
                .map_or(at..at + 1, |run| {
                    let first = at - (items[at].index - run.first);
                    first..first + run.period
                });
            let choices = [together, at..at + 1];
            for choice in choices {
                if items[choice.clone()].iter().all(|item| item.shown) {
                    break;
                }
                let before: Vec<bool> = items[choice.clone()]
                    .iter()
                    .map(|item| item.shown)
                    .collect();
                // The first is the key frame: shown whatever the budget.
                let first = !items.iter().any(|item| item.shown);
                items[choice.clone()]
                    .iter_mut()
                    .for_each(|item| item.shown = true);
                if self.count(&items) <= budget || (first && choice.len() == 1) {
                    break;
                }
                for (item, shown) in items[choice].iter_mut().zip(before) {
                    item.shown = shown;
                }
            }
        }
        self.lines(&items, rules)
    }

    /// The frame an engineer looks at first: the first resolved own frame of what tells why, else the first own one,
    /// else the first that is not plumbing, else the first.
    pub fn key_frame(&self, rules: &Rules) -> Option<usize> {
        let root = self.root()?;
        let others = (0..self.sections.len()).filter(|&section| section != root);
        let mut first_other = None;
        let mut unresolved = None;
        for section in std::iter::once(root).chain(others) {
            for index in self.sections[section].frames.clone() {
                let frame = &self.frames[index];
                match rules.class(frame) {
                    Class::Own if frame.symbolicated() => return Some(index),
                    Class::Own => unresolved = unresolved.or(Some(index)),
                    Class::Plumbing => {}
                    _ => first_other = first_other.or(Some(index)),
                }
            }
        }
        unresolved.or(first_other).or_else(|| {
            Some(self.sections[root].frames.start).filter(|&index| index < self.frames.len())
        })
    }

    fn items(&self, rules: &Rules) -> Vec<Item> {
        let mut items = Vec::new();
        for (section, part) in self.sections.iter().enumerate() {
            let keys: Vec<u64> = self.frames[part.frames.clone()]
                .iter()
                .map(runs::key)
                .collect();
            for run in runs::cut(&keys) {
                let first = part.frames.start + run.first;
                let repeats = (run.times > 1).then_some(runs::Run { first, ..run });
                for index in first..first + run.period {
                    let class = rules.class(&self.frames[index]);
                    items.push(Item {
                        index,
                        class,
                        weight: run.times,
                        section,
                        shown: false,
                        run: repeats,
                    });
                }
            }
        }
        items
    }

    /// Positions in `items`, most telling first.
    fn wanted(&self, items: &[Item]) -> Vec<usize> {
        const MOST: usize = 96;
        let root = self.root().unwrap_or_default();
        let positions = |test: &dyn Fn(&Item) -> bool| {
            items
                .iter()
                .enumerate()
                .filter(|(_, item)| test(item))
                .map(|(at, _)| at)
                .take(MOST)
                .collect::<Vec<_>>()
        };
        let own = positions(&|item| item.class == Class::Own && item.section == root);
        let telling = positions(&|item| item.class != Class::Plumbing && item.section == root);
        let mut wanted = Vec::new();
        wanted.extend(
            own.iter()
                .find(|&&at| self.frames[items[at].index].symbolicated())
                .or(own.first()),
        );
        wanted.extend(telling.first());
        // Where the outer exception came to light: a frame of its own, else its first.
        for section in (0..self.sections.len())
            .filter(|&section| section != root)
            .take(8)
        {
            let first_own = items
                .iter()
                .position(|item| item.section == section && item.class == Class::Own);
            wanted.extend(
                first_own
                    .or_else(|| {
                        items.iter().position(|item| {
                            item.section == section && item.class != Class::Plumbing
                        })
                    })
                    .filter(|_| own.is_empty() || first_own.is_some()),
            );
        }
        wanted.extend(own.iter().take(4));
        wanted.extend(
            items
                .iter()
                .rposition(|item| item.class == Class::Own && item.section == root),
        );
        // How own code got to the crash point, or, without own code, whatever there is.
        wanted.extend(
            telling
                .iter()
                .skip(1)
                .take(if own.is_empty() { 7 } else { 2 }),
        );
        wanted.extend(own.iter().skip(4));
        wanted.extend(positions(&|item| item.class == Class::Own));
        wanted.extend(items.iter().position(|_| true));
        wanted
    }

    /// How many lines the present choice makes.
    fn count(&self, items: &[Item]) -> usize {
        let mut count = 0;
        self.walk(items, |_| count += 1);
        count
    }

    /// Visits the lines of the present choice, from item to item.
    fn walk(&self, items: &[Item], mut visit: impl FnMut(Step)) {
        let several = self.sections.len() > 1;
        let mut at = 0;
        let mut section = None;
        while at < items.len() {
            let item = &items[at];
            let few = self.sections.len() <= 4;
            if several && section != Some(item.section) && (few || item.shown) {
                section = Some(item.section);
                visit(Step::Heading(item.section));
            }
            if item.shown {
                visit(Step::Frame(at));
                if let Some(run) = item.run {
                    let place = item.index - run.first;
                    let first = at - place;
                    let last = items[at + 1..first + run.period]
                        .iter()
                        .all(|mate| !mate.shown);
                    let shown = items[first..=at].iter().filter(|mate| mate.shown).count();
                    if last {
                        visit(Step::Repeat(run, shown * (run.times - 1)));
                    }
                }
                at += 1;
                continue;
            }
            let end = items[at..]
                .iter()
                .position(|next| next.shown || (few && next.section != item.section))
                .map_or(items.len(), |more| at + more);
            // A fold of one would take the place of the frame itself.
            visit(if end == at + 1 && item.weight == 1 {
                Step::Frame(at)
            } else {
                Step::Fold(at, end)
            });
            at = end;
        }
    }

    fn lines(&self, items: &[Item], rules: &Rules) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        self.walk(items, |step| {
            lines.push(match step {
                Step::Heading(section) => Line::Heading {
                    section,
                    part: self.sections[section].part,
                    exception: self.sections[section].exception,
                },
                Step::Frame(at) => {
                    let Item { index, class, .. } = items[at];
                    Line::Frame {
                        index,
                        text: text(&self.frames[index], class, rules),
                        class,
                    }
                }
                Step::Repeat(run, more) => Line::Repeat {
                    first: run.first,
                    period: run.period,
                    times: run.times,
                    more,
                },
                Step::Fold(from, to) => fold(&items[from..to]),
            });
        });
        lines
    }
}

enum Step {
    Heading(usize),
    Frame(usize),
    Repeat(runs::Run, usize),
    Fold(usize, usize),
}

fn fold<'a>(items: &[Item]) -> Line<'a> {
    let mut classes: Vec<(Class, usize)> = Vec::new();
    for item in items {
        match classes.iter_mut().find(|(class, _)| *class == item.class) {
            Some((_, count)) => *count += item.weight,
            None => classes.push((item.class, item.weight)),
        }
    }
    classes.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    Line::Fold {
        first: items.first().map_or(0, |item| item.index),
        count: items.iter().map(|item| item.weight).sum(),
        classes,
    }
}

/// Name and place: own code with a path that opens, other code with the file or the module.
fn text(frame: &Frame<'_>, class: Class, rules: &Rules) -> String {
    let name = frame.name();
    let line = frame
        .line
        .map(|line| format!(":{line}"))
        .unwrap_or_default();
    match (frame.file, frame.module_name()) {
        (Some(file), _) if class == Class::Own && frame.dialect != Dialect::Java => {
            format!("{name}  {}{line}", rules.path(file))
        }
        (Some(file), _) => format!("{name}  {}{line}", scan::base_name(file)),
        (None, Some(module)) if frame.symbolicated() && class != Class::Own => {
            format!("{name}  {module}")
        }
        _ if line.is_empty() => name.into_owned(),
        _ => format!("{name}  {line}"),
    }
}
