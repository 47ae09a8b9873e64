//! What a virtual machine says of deadlocks in front of the stacks: who waits for which lock, and who holds it.

use crate::text;

/// A thread of such a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Declared<'a> {
    /// The thread's name.
    pub name: &'a str,
    /// The object of the lock that it waits for: `0x0000000788aaf318`.
    pub lock: &'a str,
    /// The name of the thread that holds it; empty where the text ends before it.
    pub holder: &'a str,
    /// Its lines.
    pub text: &'a str,
}

/// How a holder is named.
const HELD: &str = "which is held by \"";

/// Reads `"name":`, `waiting to lock monitor 0x7f (object 0x78, a com.acme.Bag),`, `which is held by "other"`.
pub(super) fn read(text: &str) -> Vec<Declared<'_>> {
    let mut found: Vec<Declared<'_>> = Vec::new();
    if memchr::memmem::find(text.as_bytes(), HELD.as_bytes()).is_none() {
        return found;
    }
    let mut open: Option<(&str, &str)> = None;
    let mut lock = None;
    for line in text::lines(text) {
        let trimmed = text::trim(line);
        if let Some(name) = trimmed
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix("\":"))
        {
            (open, lock) = (Some((name, line)), None);
        } else if let Some((object, _)) = wait(trimmed) {
            lock = Some(object).filter(|_| open.is_some());
        } else if let Some(at) = text::find(trimmed, HELD)
            && let Some((name, first)) = open.take()
            && let Some(lock) = lock.take()
            && let Some((holder, _)) = trimmed[at + HELD.len()..].rsplit_once('"')
        {
            let from = first.as_ptr() as usize - text.as_ptr() as usize + first.len();
            let to = line.as_ptr() as usize - text.as_ptr() as usize + line.len();
            found.push(Declared {
                name,
                lock,
                holder,
                text: &text[from..to],
            });
        }
    }
    // The list ends inside of its last thread.
    if let (Some((name, first)), Some(lock)) = (open, lock) {
        let from = first.as_ptr() as usize - text.as_ptr() as usize + first.len();
        found.push(Declared {
            name,
            lock,
            holder: "",
            text: &text[from..],
        });
    }
    found
}

/// The lock that a thread of the list waits for, as its lines say it: its object and the object's type.
pub(super) fn wanted(text: &str) -> Option<(&str, Option<&str>)> {
    // Its lines hold nothing else.
    text::lines(text).take(3).map(text::trim).find_map(wait)
}

/// `waiting to lock monitor 0x7f (object 0x78, a com.acme.Bag),`, `waiting for ownable synchronizer 0x78, (a com.acme.Bag),`.
fn wait(line: &str) -> Option<(&str, Option<&str>)> {
    if let Some(object) = line.strip_prefix("waiting for ownable synchronizer ") {
        let id = object.split([',', ' ']).next()?;
        return Some((id, text::after(line, "(a ", b")")));
    }
    let monitor = line.strip_prefix("waiting to lock monitor ")?;
    let id = text::after(monitor, "(object ", b",)")?;
    Some((id, text::after(line, ", a ", b"),")))
}
