//! Which thread `WinDbg` looks at: its prompts have the number, `0:035> k`, what it stopped at has the system's,
//! `(7f18.3c8c): Access violation - …`, and commands may ask for another's stack, `~3kpn`.

use crate::model::Facts;
use crate::text;

/// What was told of threads so far.
#[derive(Default)]
pub(super) struct Threads<'a> {
    /// The thread whose stack follows, or has been read.
    number: Option<&'a str>,
    /// The system's id of the one that stopped, and the number that it has at the next prompt.
    stopped: Option<&'a str>,
    /// The system's id of the one whose stack was asked for.
    system: Option<&'a str>,
    stopped_as: Option<&'a str>,
}

impl<'a> Threads<'a> {
    /// The debugger stopped in a thread, by the system's id; behind frames it tells whose they were only where nothing else did.
    pub(super) const fn stopped(&mut self, id: &'a str, has_frames: bool) {
        if !has_frames || self.stopped.is_none() && self.number.is_none() {
            (self.stopped, self.stopped_as) = (Some(id), None);
        }
    }

    /// A prompt; `false` where the line is none. Behind frames it tells whose they were only where nothing else did.
    pub(super) fn line(&mut self, line: &'a str, has_frames: bool) -> bool {
        let Some((number, command)) = prompt(line) else {
            return is_of_kernel(line);
        };
        if self.stopped.is_some() {
            self.stopped_as = self.stopped_as.or(Some(number));
        }
        if has_frames {
            self.number = self.number.or(Some(number));
        } else {
            self.system = None;
            self.number = match asked(command) {
                Asked::Here => Some(number),
                Asked::Of(other) => Some(other),
                Asked::OfSystem(id) => {
                    self.system = Some(id);
                    None
                }
                Asked::Stopped | Asked::All => None,
            };
        }
        true
    }

    /// What is known, where the analysis did not name the thread.
    pub(super) fn end(&self, facts: &mut Facts<'a>) {
        if facts.thread_id.is_some() || facts.thread.is_some() {
            return;
        }
        if self.system.is_some() {
            facts.thread_system_id = facts.thread_system_id.or(self.system);
            return;
        }
        facts.thread_id = self.number;
        // The stack may be another thread's.
        if self.number.is_none() || self.number == self.stopped_as {
            facts.thread_system_id = facts.thread_system_id.or(self.stopped);
        }
    }
}

/// Whose stack a command prints.
enum Asked<'a> {
    Here,
    Of(&'a str),
    /// By the system's id: `~~[549c]k`.
    OfSystem(&'a str),
    /// The one that the debugger stopped in: `~#k`.
    Stopped,
    All,
}

fn asked(command: &str) -> Asked<'_> {
    let Some(rest) = command.strip_prefix('~') else {
        return Asked::Here;
    };
    match rest.as_bytes().first() {
        Some(b'*') => return Asked::All,
        Some(b'#') => return Asked::Stopped,
        _ => {}
    }
    let system = rest
        .strip_prefix("~[")
        .and_then(|rest| rest.split_once(']'));
    if let Some((id, _)) = system.filter(|(id, _)| text::hex(id).is_some()) {
        return Asked::OfSystem(id);
    }
    let of = text::digits(rest).filter(|(_, command)| command.trim_start().starts_with(['k', 'e']));
    of.map_or(Asked::Here, |(number, _)| Asked::Of(without_zeros(number)))
}

/// Whether a kernel's debugger asks, which numbers processors: `0: kd> k`, `kd> g`, `lkd> !process`.
fn is_of_kernel(line: &str) -> bool {
    let processor = text::digits(line).and_then(|(_, rest)| rest.strip_prefix(": "));
    let rest = processor.unwrap_or(line);
    rest.starts_with("kd>") || processor.is_none() && rest.starts_with("lkd>")
}

/// Whether the debugger asks, with a command behind it.
pub(super) fn is_prompt(line: &str) -> bool {
    prompt(line).is_some_and(|(_, command)| !command.is_empty())
}

/// Number and command behind `0:035> k`, `0:003:x86> kb`.
fn prompt(line: &str) -> Option<(&str, &str)> {
    if !line.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (_, rest) = text::digits(line)?;
    let (number, rest) = text::digits(rest.strip_prefix(':')?)?;
    if number.len() != 3 && number.len() != 4 {
        return None;
    }
    let machine = |name: &&str| matches!(*name, "x86" | "arm" | "arm64" | "amd64" | "x64");
    let rest = match rest.strip_prefix(':') {
        Some(behind) => {
            let (name, rest) = behind.split_once('>')?;
            Some(name).filter(machine)?;
            rest
        }
        None => rest.strip_prefix('>')?,
    };
    Some((without_zeros(number), rest.trim()))
}

fn without_zeros(number: &str) -> &str {
    let short = number.trim_start_matches('0');
    if short.is_empty() { "0" } else { short }
}
