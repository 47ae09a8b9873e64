//! The lines of a stack worth showing: the crash point, own code, folds with counts for the rest.

mod key;
mod line;

pub use line::Line;
pub(crate) use line::frame_text;

use std::collections::HashMap;
use std::rc::Rc;

use super::recursion;
use crate::code_tables;
use crate::frame::{Frame, Language};
use crate::model::{Exception, ExceptionFrames, Part, Stack};
use crate::ownership::{CodeOrigin, Ownership, OwnershipRules};
use crate::text;

/// A stack with more frames than this, repeated ones counted once.
const HUGE: usize = 4096;
/// Classes of so many functions are remembered.
const REMEMBERED: usize = 1 << 16;

/// A frame, or the first of many equal ones.
struct Item {
    index: usize,
    class: CodeOrigin,
    /// How many frames of the stack it stands for.
    weight: usize,
    section: usize,
    shown: bool,
    /// The run it belongs to, when that repeats; shared by the run's items.
    run: Option<Rc<recursion::Run>>,
}

/// What tells code of one author from another's beside it: the package, the namespace, else the module.
fn author(frame: &Frame<'_>) -> String {
    let name = frame.name();
    let parts = |mark: &str, count: usize| {
        let parts: Vec<&str> = name.split(mark).take(count).collect();
        parts.join(mark)
    };
    match frame.language {
        Language::Java | Language::CSharp => parts(".", 3),
        _ if text::has(&name, "::") => parts("::", 1),
        _ => frame.module_name().unwrap_or_default().to_owned(),
    }
}

impl<'a> Stack<'a> {
    /// At most about `most` lines, at least the crash point. Indices refer to [`Stack::frames`].
    pub fn select(&self, rules: &OwnershipRules, most: usize) -> Vec<Line<'a>> {
        self.select_of(&rules.of_stack(self), most)
    }

    /// The same for whoever has classified frames of this stack before.
    pub(crate) fn select_of(&self, ownership: &Ownership<'_>, most: usize) -> Vec<Line<'a>> {
        let mut items = self.items(ownership);
        let budget = most.max(1);
        let mut failed = 0;
        for at in self.wanted(&items, ownership) {
            // Short recursion reads as a whole: `a` calls `b` calls `a`.
            let together = items[at]
                .run
                .as_deref()
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
                failed += 1;
            }
            // Counting the lines of a huge stack for every candidate would cost its square.
            if items.len() > HUGE && failed > 4 {
                break;
            }
        }
        self.lines(&items, ownership.rules())
    }

    fn items(&self, rules: &Ownership<'_>) -> Vec<Item> {
        let frames = |part: &ExceptionFrames<'_>| part.frames.len();
        let mut items = Vec::with_capacity(self.sections.iter().map(frames).sum());
        // The same function of the same module is of the same class wherever it stands.
        let mut known: HashMap<u64, CodeOrigin> = HashMap::new();
        for (section, part) in self.sections.iter().enumerate() {
            let keys: Vec<u64> = self.frames[part.frames.clone()]
                .iter()
                .map(recursion::key)
                .collect();
            for run in recursion::cut(&keys) {
                let first = part.frames.start + run.first;
                let repeats = (run.times > 1).then(|| Rc::new(recursion::Run { first, ..run }));
                for index in first..first + run.period {
                    let frame = &self.frames[index];
                    let module = frame.module.unwrap_or_default();
                    let key =
                        recursion::hash_mix(keys[index - part.frames.start], module.as_bytes());
                    let class = if let Some(&class) = known.get(&key) {
                        class
                    } else {
                        let class = self.class_of(index, part.frames.start, rules);
                        // A reporter is plumbing beside plumbing only, evaluated code is of who made it, and Babel's name for
                        // methods of any class is nobody's.
                        if known.len() < REMEMBERED
                            && frame.file != Some("<anonymous>")
                            && frame.function != Some("value")
                            && !code_tables::may_report(frame.function)
                        {
                            known.insert(key, class);
                        }
                        class
                    };
                    items.push(Item {
                        index,
                        class,
                        weight: run.times,
                        section,
                        shown: false,
                        run: repeats.clone(),
                    });
                }
            }
        }
        items
    }

    /// Positions in `items`, most telling first.
    fn wanted(&self, items: &[Item], rules: &Ownership<'_>) -> Vec<usize> {
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
        let own = positions(&|item| item.class == CodeOrigin::Own && item.section == root);
        let telling =
            positions(&|item| item.class != CodeOrigin::Boilerplate && item.section == root);
        let key = self.key_frame_of(rules);
        let mut wanted: Vec<usize> = items
            .iter()
            .position(|item| Some(item.index) == key)
            .into_iter()
            .collect();
        wanted.extend(telling.first());
        wanted.extend(own.first());
        // Plumbing alone: its last frame names the library that called it.
        if telling.is_empty() {
            wanted.extend(items.iter().rposition(|item| item.section == root));
        }
        // Without own code where it began, the nearest own code around it.
        for section in self.nearest_sections(root).into_iter().take(8) {
            wanted.extend(
                items
                    .iter()
                    .position(|item| item.section == section && item.class == CodeOrigin::Own),
            );
        }
        // Of an outer stack whose head is cut off nobody knows what it was: where those began that are named.
        let headless = self.sections.get(root);
        if headless.is_some_and(|section| section.exception.is_empty()) {
            let named = |section: &usize| !self.sections[*section].exception.is_empty();
            let sections = self.nearest_sections(root).into_iter().filter(named);
            let begins = |section| items.iter().position(|item| item.section == section);
            wanted.extend(sections.take(4).filter_map(begins));
        }
        wanted.extend(own.iter().take(4));
        wanted.extend(
            items
                .iter()
                .rposition(|item| item.class == CodeOrigin::Own && item.section == root),
        );
        // How own code got to the crash point, or, without own code, whose code it was.
        wanted.extend(telling.iter().skip(1).take(2));
        if !items.iter().any(|item| item.class == CodeOrigin::Own) {
            let others = |at: &&usize| {
                matches!(
                    items[**at].class,
                    CodeOrigin::Engine | CodeOrigin::ThirdParty | CodeOrigin::Unknown
                )
            };
            // First where one's code calls another's: of a library's own calls between, any tells as much.
            let others: Vec<usize> = telling.iter().filter(others).copied().collect();
            let mut above = None;
            let hands = others.iter().filter(|&&at| {
                let whose = Some(author(&self.frames[items[at].index]));
                std::mem::replace(&mut above, whose.clone()) != whose
            });
            wanted.extend(hands.take(4));
            wanted.extend(others.iter().take(6));
            // The system's code alone: what it waits for or was asked for stands below the first calls.
            if others.is_empty() {
                wanted.extend(telling.iter().take(8));
            }
        }
        // Where nothing but the end is named, the frame that says what was found there tells most.
        let named_own = items
            .iter()
            .any(|item| item.class == CodeOrigin::Own && self.frames[item.index].symbolicated());
        if !named_own {
            let says = positions(&|item| {
                item.section == root
                    && item.class == CodeOrigin::Boilerplate
                    && code_tables::says_why(&self.frames[item.index].name())
            });
            wanted.extend(says.first());
        }
        wanted.extend(own.iter().skip(4));
        wanted.extend(positions(&|item| item.class == CodeOrigin::Own));
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
            // A frame that stands for a fold of one needs its heading, too.
            let alone = item.weight == 1 && items.get(at + 1).is_none_or(|next| next.shown);
            if several && section != Some(item.section) && (few || item.shown || alone) {
                section = Some(item.section);
                visit(Step::Heading(item.section));
            }
            if item.shown {
                visit(Step::Frame(at));
                if let Some(run) = item.run.as_deref().copied() {
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

    /// Lines of source that the further rounds of a run name and its first does not: `Dock.swift:407` below `Dock.swift:376`.
    fn lines_elsewhere(&self, run: recursion::Run) -> Vec<u32> {
        /// Of code that generated itself each round stands on a line of its own.
        const MOST: usize = 6;
        let end = run.first + run.period * run.times;
        let (shown, further) = self.frames[run.first..end].split_at(run.period);
        let mut found = Vec::new();
        for (at, frame) in further.iter().enumerate() {
            let Some(line) = frame.line.filter(|line| *line > 0) else {
                continue;
            };
            if shown[at % run.period].line != Some(line) && !found.contains(&line) {
                found.push(line);
            }
            if found.len() == MOST {
                break;
            }
        }
        found
    }

    /// The exception that a section is headed by. The text may end before the name of one that was raised while another was
    /// handled, as Python prints it: nobody knows it.
    fn heading(&self, section: usize) -> Exception<'a> {
        let ExceptionFrames {
            part, exception, ..
        } = self.sections[section];
        let beside = |part| matches!(part, Part::Cause | Part::Suppressed);
        let caused = || self.sections.iter().any(|other| beside(other.part));
        if part == Part::Main && exception.is_empty() && caused() {
            return Exception {
                name: None,
                message: "an exception that the text does not name",
            };
        }
        exception
    }

    fn lines(&self, items: &[Item], rules: &OwnershipRules) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        self.walk(items, |step| {
            lines.push(match step {
                Step::Heading(section) => Line::Heading {
                    section,
                    part: self.sections[section].part,
                    exception: self.heading(section),
                },
                Step::Frame(at) => {
                    let Item { index, class, .. } = items[at];
                    Line::Frame {
                        index,
                        text: frame_text(&self.frames[index], class, rules),
                        origin: class,
                    }
                }
                Step::Repeat(run, more) => Line::Repeat {
                    first: run.first,
                    period: run.period,
                    times: run.times,
                    more,
                    elsewhere: self.lines_elsewhere(run),
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
    Repeat(recursion::Run, usize),
    Fold(usize, usize),
}

fn fold<'a>(items: &[Item]) -> Line<'a> {
    let mut classes: Vec<(CodeOrigin, usize)> = Vec::new();
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
