//! The frame an engineer looks at first.

use crate::code_tables;
use crate::frame::Language;
use crate::model::{ExceptionFrames, Stack};
use crate::ownership::{CodeOrigin, Ownership, OwnershipRules};

impl Stack<'_> {
    /// The frame an engineer looks at first: the first resolved own frame of what tells why, else of what was caught
    /// next; else the first own one without a name; else the first that is not plumbing; else the first.
    pub fn key_frame(&self, rules: &OwnershipRules) -> Option<usize> {
        self.key_frame_of(&rules.of_stack(self))
    }

    pub(crate) fn key_frame_of(&self, rules: &Ownership<'_>) -> Option<usize> {
        let root = self.root()?;
        let mut first_other = None;
        let mut unresolved = None;
        // Who waits tells more than the system's call it waits in.
        let mut waiter = None;
        for section in std::iter::once(root).chain(self.nearest_sections(root)) {
            let section = &self.sections[section];
            if let Some(told) = self.lua_message_frame(section, rules) {
                return Some(told);
            }
            for index in section.frames.clone() {
                match self.class_of(index, section.frames.start, rules) {
                    CodeOrigin::Own if self.frames[index].symbolicated() => return Some(index),
                    CodeOrigin::Own => unresolved = unresolved.or(Some(index)),
                    CodeOrigin::Boilerplate => {}
                    CodeOrigin::ThirdParty | CodeOrigin::Engine
                        if self.frames[index].symbolicated() =>
                    {
                        waiter = waiter.or(Some(index));
                        first_other = first_other.or(Some(index));
                    }
                    _ => first_other = first_other.or(Some(index)),
                }
            }
        }
        let first = self.sections[root].frames.start;
        let waits = first_other
            .is_some_and(|index: usize| code_tables::WAITS.has(&self.frames[index].name()));
        unresolved
            .or(waiter.filter(|_| waits))
            .or(first_other)
            .or((first < self.frames.len()).then_some(first))
    }

    /// Lua's messages begin with the place: `hero.lua:212: attempt to …`, while the first frames are wrappers that
    /// caught it and passed it on.
    fn lua_message_frame(
        &self,
        section: &ExceptionFrames<'_>,
        rules: &Ownership<'_>,
    ) -> Option<usize> {
        let message = section.exception.message;
        if message.is_empty() || self.frames.get(section.frames.start)?.language != Language::Lua {
            return None;
        }
        section.frames.clone().take(64).find(|&index| {
            let frame = &self.frames[index];
            let (Some(file), Some(line)) = (frame.file, frame.line) else {
                return false;
            };
            let line = format!(":{line}:");
            let place = message
                .split_once(file)
                .map(|(_, rest)| rest.trim_start_matches(['"', ']']));
            place.is_some_and(|rest| rest.starts_with(&line))
                && rules.origin(frame) == CodeOrigin::Own
        })
    }

    /// The other sections, nearest to the root first: what was caught before what was made of it.
    pub(super) fn nearest_sections(&self, root: usize) -> Vec<usize> {
        let mut others: Vec<usize> = (0..self.sections.len())
            .filter(|&section| section != root)
            .collect();
        others.sort_by_key(|section| section.abs_diff(root));
        others
    }

    /// Whose code a frame is, where it stands in its stack.
    pub(crate) fn origin_of(&self, index: usize, ownership: &Ownership<'_>) -> CodeOrigin {
        let section = self
            .sections
            .iter()
            .find(|section| section.frames.contains(&index));
        self.class_of(
            index,
            section.map_or(0, |section| section.frames.start),
            ownership,
        )
    }

    /// A frame's class where it stands: own code that only reports what plumbing raises is plumbing, too.
    pub(super) fn class_of(&self, index: usize, first: usize, rules: &Ownership<'_>) -> CodeOrigin {
        // What a handler of signals did then tells nothing of why.
        if index < rules.handled {
            return CodeOrigin::Boilerplate;
        }
        let class = rules.origin(&self.frames[index]);
        // The frame above was the last that was classified: to ask for it again costs less than a name.
        let reports = class == CodeOrigin::Own
            && index > first
            && rules.origin(&self.frames[index - 1]) == CodeOrigin::Boilerplate
            && code_tables::reports(&self.frames[index].name());
        if reports {
            CodeOrigin::Boilerplate
        } else {
            class
        }
    }
}
