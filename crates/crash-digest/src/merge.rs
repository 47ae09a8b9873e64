//! What a text says and what the service says of the same crash, merged: the service's name leads, and no fact of the
//! text is dropped because of it.

use crate::model::{Exception, Stack};
use crate::text;

/// What the service says of a crash; every field may be missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reported<'a> {
    /// The exception's name: `SIGSEGV(SEGV_MAPERR)`.
    pub name: Option<&'a str>,
    /// Its message.
    pub message: Option<&'a str>,
    /// The crashed thread, by name or `name(id)`.
    pub thread: Option<&'a str>,
}

/// How a crash died: one exception, and what else the text says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Death {
    /// The exception's name; empty without one.
    pub name: String,
    /// Its message; empty without one.
    pub message: String,
    /// Causes, the innermost last, each as `Name: message`.
    pub causes: Vec<String>,
    /// Signal, fault address, abort message, termination: what name and message do not say already.
    pub facts: Vec<String>,
}

impl Death {
    /// Merges a stack with what the service says.
    pub fn of(stack: &Stack<'_>, reported: &Reported<'_>) -> Self {
        let own = stack.exception().copied().unwrap_or_default();
        let given = |text: Option<&str>| {
            text.map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let mut facts = stack.facts.parts();
        // The service knows which signal it was; frames only suggest one.
        if stack.facts.signal_by_frames && given(reported.name).is_some() {
            facts.retain(|fact| Some(&**fact) != stack.facts.signal);
        }
        let mut death = Self::default();
        if let Some(name) = given(reported.name) {
            death.name = name;
            death.message = given(reported.message).unwrap_or_default();
            // The text's own exception says more than a signal's name, or another name.
            let mut said = own.to_string();
            if let Some(rest) = own
                .name
                .filter(|own| *own == death.name)
                .and_then(|name| said.strip_prefix(name))
            {
                said = String::from(rest.trim_start_matches(": "));
            }
            if death.message.is_empty() && own.name.is_some_and(|own| own == death.name) {
                death.message = std::mem::take(&mut said);
            }
            // Words without frames and without a type may be anything: the text itself is shown.
            let telling = own.name.is_some() || !stack.frames.is_empty();
            if !said.is_empty() && telling {
                facts.insert(0, said);
            }
        } else {
            death.name = String::from(own.name.unwrap_or_default());
            death.message = given(reported.message).unwrap_or_default();
            if death.message.is_empty() {
                death.message = String::from(own.message);
            } else if !own.message.is_empty() {
                facts.insert(0, own.message.to_owned());
            }
            let signal = facts.iter().position(|fact| !is_beside(fact));
            if death.name.is_empty()
                && death.message.is_empty()
                && let Some(signal) = signal
            {
                // Without an exception the signal is its name.
                death.name = facts.remove(signal);
            } else if repeats(&death.name, &death.message, facts.first()) {
                death.name = facts.remove(0);
            }
        }
        death.causes = causes(stack, &own);
        let known = [bare(&death.name), bare(&death.message)];
        for fact in facts {
            let plain = bare(&fact);
            let told = |text: &str| !plain.is_empty() && bare(text).contains(&plain);
            let known = !plain.is_empty() && known.iter().any(|text| text.contains(&plain));
            if !known
                && !death.facts.iter().any(|text| told(text))
                && !death.causes.iter().any(|text| told(text))
            {
                death.facts.push(fact);
            }
        }
        death
    }

    /// `NAME · message`, or whichever there is.
    pub fn exception(&self) -> String {
        match (self.name.is_empty(), self.message.is_empty()) {
            (false, false) => format!("{} · {}", self.name, self.message),
            (true, _) => self.message.clone(),
            (_, true) => self.name.clone(),
        }
    }
}

/// Whether a fact stands beside what went wrong: it is no name of it.
fn is_beside(fact: &str) -> bool {
    [
        "build id: ",
        "warning: ",
        "in: ",
        "the stack had: ",
        "also logged: ",
        "also in this text: ",
        "logged as: ",
        "logged as a warning: ",
        "plugin: ",
        "request: ",
        "last message: ",
        "task: ",
        "coroutine: ",
        "hook: ",
    ]
    .iter()
    .any(|label| fact.starts_with(label))
}

/// Whether the exception is only the signal's name, which the facts say in full.
fn repeats(name: &str, message: &str, signal: Option<&String>) -> bool {
    let Some(signal) = signal else {
        return false;
    };
    let word = name.split(['(', ' ']).next().unwrap_or_default();
    message.is_empty() && name.starts_with("SIG") && signal.starts_with(word)
}

/// Letters and digits alone, in lower case: two wordings of one fact are told apart by these.
fn bare(text: &str) -> String {
    text::head(text, 600)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The chain behind the outermost exception: what each was caused by, the root last.
fn causes(stack: &Stack<'_>, own: &Exception<'_>) -> Vec<String> {
    use crate::model::Part;
    const MOST: usize = 8;
    let inner = |part: Part| matches!(part, Part::Cause | Part::Main);
    let mut causes: Vec<String> = stack
        .sections
        .iter()
        .filter(|section| {
            inner(section.part) && !section.exception.is_empty() && section.exception != *own
        })
        .map(|section| section.exception.to_string())
        .collect();
    // Mono and .NET print the innermost first.
    if stack
        .sections
        .first()
        .is_some_and(|section| section.part == Part::Cause)
    {
        causes.reverse();
    }
    if causes.len() > MOST {
        let root = causes.pop();
        causes.truncate(MOST - 1);
        causes.extend(root);
    }
    causes
}
