//! What a thread holds and waits for, as virtual machines print it under a frame.

use crate::text;

/// What a thread does with a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockKind {
    /// It holds the lock: `- locked <0x0d6c>`.
    Holds,
    /// It cannot go on without it: `- waiting to lock <0x0d6c>`, `- parking to wait for <0x0d6c>`.
    Wants,
    /// It waits to be told: `- waiting on <0x0d6c>`, `- sleeping on <0x0d6c>`.
    Waits,
}

/// A lock a thread holds or waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock<'a> {
    /// The frame above the line, as an index into the stack's frames.
    pub frame: usize,
    /// What the thread does with it.
    pub kind: LockKind,
    /// Its identity: `0x0d6c1e2f`; empty for `an unknown object`.
    pub id: &'a str,
    /// The type of the object: `com.starfall.SaveStore`.
    pub of: Option<&'a str>,
    /// The id of the thread that holds it, where the printer knows.
    pub holder: Option<&'a str>,
}

/// Reads `- waiting to lock <0x0d6c> (a com.starfall.SaveStore) held by thread 12`; `frame` is the index of the last frame.
pub(crate) fn read(line: &str, frame: usize) -> Option<Lock<'_>> {
    let Some(rest) = line.strip_prefix("- ") else {
        return in_words(line, frame);
    };
    let (kind, rest) = [
        ("waiting to lock ", LockKind::Wants),
        ("waiting to re-lock in wait() ", LockKind::Wants),
        ("parking to wait for ", LockKind::Wants),
        ("locked ", LockKind::Holds),
        ("waiting on ", LockKind::Waits),
        ("sleeping on ", LockKind::Waits),
    ]
    .into_iter()
    .find_map(|(words, kind)| rest.strip_prefix(words).map(|rest| (kind, rest)))?;
    let id = rest.strip_prefix('<').map_or("", |rest| {
        let end = memchr::memchr(b'>', rest.as_bytes());
        &rest[..end.unwrap_or(rest.len())]
    });
    let of = text::after(rest, "(a ", b")");
    // ART: `held by thread 12`; Dalvik: `held by tid=12 (Saver)`; a thread that is gone: `held by thread 0`.
    let holder = text::after(rest, "held by ", b"").and_then(|who| {
        let who = who
            .strip_prefix("thread ")
            .or_else(|| who.strip_prefix("tid="))
            .unwrap_or(who);
        text::digits(who.trim_start_matches('#')).map(|(id, _)| id)
    });
    Some(Lock {
        frame,
        kind,
        id,
        of,
        holder,
    })
}

/// Play Console's page says it in a sentence, in the reader's language, the lock first and the thread that holds it last:
/// `It is trying to acquire the lock 0x04bb (java.lang.Object), which is held by thread 44.`
fn in_words(line: &str, frame: usize) -> Option<Lock<'_>> {
    let sentence = line.strip_suffix('.')?;
    let holder = sentence.len()
        - sentence
            .bytes()
            .rev()
            .take_while(u8::is_ascii_digit)
            .count();
    let at = text::find(sentence, " 0x")? + 1;
    let (id, rest) = text::word(&sentence[at..]);
    let of = text::after(rest, "(", b")").filter(|of| !of.contains(' '))?;
    let fits = rest.starts_with('(') && holder < sentence.len() && text::hex(id).is_some();
    fits.then_some(Lock {
        frame,
        kind: LockKind::Wants,
        id,
        of: Some(of),
        holder: sentence.get(holder..),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_art_dalvik_and_hotspot() {
        let lock = read(
            "- waiting to lock <0x0d6c> (a com.starfall.SaveStore) held by thread 12",
            3,
        )
        .unwrap();
        assert_eq!(
            (lock.kind, lock.id, lock.of, lock.holder, lock.frame),
            (
                LockKind::Wants,
                "0x0d6c",
                Some("com.starfall.SaveStore"),
                Some("12"),
                3
            )
        );
        assert_eq!(
            read("- waiting to lock <0x0d6c> (a A) held by tid=9 (Saver)", 0)
                .unwrap()
                .holder,
            Some("9")
        );
        assert_eq!(
            read("- locked <0x01> (a A)", 0).unwrap().kind,
            LockKind::Holds
        );
        assert_eq!(read("- nothing", 0), None);
    }
}
