//! What a virtual machine says of deadlocks in front of the stacks: who waits for which lock, and who holds it.

use crate::text;

/// A thread of such a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Declared<'a> {
    /// The thread's name.
    pub name: &'a str,
    /// The object of the lock that it waits for: `0x0000000788aaf318`.
    pub lock: &'a str,
    /// The name of the thread that holds it.
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
        } else if trimmed.starts_with("waiting to lock monitor ") {
            lock = text::after(trimmed, "(object ", b",)").filter(|_| open.is_some());
        } else if let Some(object) = trimmed.strip_prefix("waiting for ownable synchronizer ") {
            lock = object.split([',', ' ']).next().filter(|_| open.is_some());
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
    found
}

/// The lock that a thread of the list waits for, as its lines say it: its object and the object's type.
pub(super) fn wanted(text: &str) -> Option<(&str, Option<&str>)> {
    // Its lines hold nothing else.
    let line = text::lines(text).take(3).map(text::trim).find(|line| {
        line.starts_with("waiting to lock monitor ")
            || line.starts_with("waiting for ownable synchronizer ")
    })?;
    let object = match line.strip_prefix("waiting for ownable synchronizer ") {
        Some(object) => object.split([',', ' ']).next()?,
        None => text::after(line, "(object ", b",)")?,
    };
    Some((
        object,
        text::after(line, ", a ", b"),").or_else(|| text::after(line, "(a ", b")")),
    ))
}
