//! Threads as Java's own management prints them, in a dump that a program or Arthas asked for: the lock behind the state,
//! `"loader-4" Id=13 BLOCKED on com.acme.Bay@32a88bc2 owned by "loader-0" Id=9`, and below its frame `-  blocked on …`.

use crate::text;

/// Of which one is in a heading or in a row below a frame.
pub(super) const MARKS: [&str; 4] = ["\" Id=", BLOCKED, WAITING, LOCKED];
const BLOCKED: &str = "-  blocked on ";
const WAITING: &str = "-  waiting on ";
const LOCKED: &str = "-  locked ";

/// The text with locks in the words of a machine's dump; `None` where there are none.
pub(super) fn render(document: &str) -> Option<String> {
    MARKS.iter().find(|mark| text::has(document, mark))?;
    let mut lines = text::lines(document).peekable();
    let mut out = String::with_capacity(document.len() + 256);
    let mut heading: Option<Heading> = None;
    let mut changed = false;
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with('"')
            && let Some(mut found) = Heading::read(line)
        {
            out.push_str(line.trim_end());
            // A mail breaks it where the owner is named.
            if let Some(next) = lines.next_if(|next| found.goes_on(line, next)) {
                let next = next.trim();
                changed = true;
                out.extend([" ", next]);
                found.owner = owner(next).or(found.owner);
            }
            out.push('\n');
            heading = Some(found);
            continue;
        }
        let row = heading.as_mut().and_then(|heading| heading.row(line));
        changed |= row.is_some();
        out.push_str(row.as_deref().unwrap_or(line));
        out.push('\n');
    }
    changed.then_some(out)
}

/// What the first line of a thread says of locks.
#[derive(Default)]
struct Heading<'a> {
    /// The object that it waits for: `com.acme.Bay@32a88bc2`.
    lock: Option<&'a str>,
    /// The id of the thread that has it.
    owner: Option<&'a str>,
    /// What it holds is listed below its frames.
    listed: bool,
}

impl<'a> Heading<'a> {
    /// `"loader-4" Id=13 RUNNABLE (in native)`, of newer machines `"loader-4" daemon prio=5 Id=13 …`.
    fn read(line: &'a str) -> Option<Self> {
        const STATES: [&str; 6] = [
            "NEW",
            "RUNNABLE",
            "BLOCKED",
            "WAITING",
            "TIMED_WAITING",
            "TERMINATED",
        ];
        let (_, rest) = text::split_once(line, " Id=")?;
        let (_, rest) = text::digits(rest)?;
        let (state, rest) = text::word(rest.trim_start());
        STATES.contains(&state).then(|| Self {
            lock: rest.strip_prefix("on ").map(|rest| text::word(rest).0),
            owner: owner(rest),
            listed: false,
        })
    }

    /// Whether the next line is the rest of it: `owned by "loader-0" Id=9`, `Id=9`.
    fn goes_on(&self, line: &str, next: &str) -> bool {
        let next = next.trim_start();
        let named = line.trim_end().ends_with('"') && text::has(line, " owned by \"");
        self.lock.is_some()
            && self.owner.is_none()
            && (next.starts_with("owned by \"") || named && next.starts_with("Id="))
    }

    /// A row below a frame.
    fn row(&mut self, line: &str) -> Option<String> {
        let start = line.trim_start();
        if start.starts_with("Number of locked synchronizers") {
            self.listed = true;
            return None;
        }
        let rest = start.strip_prefix('-')?;
        let indent = &line[..line.len() - start.len()];
        let words = |words: &str| start.strip_prefix(words);
        let (said, object, wanted) = if let Some(object) = words(BLOCKED) {
            ("- waiting to lock <", object, true)
        } else if let Some(object) = words(WAITING) {
            // Of a lock that somebody has it is told when it is free.
            let owned = self.owner.is_some() && self.lock == Some(text::word(object).0);
            let said = if owned {
                "- parking to wait for <"
            } else {
                "- waiting on <"
            };
            (said, object, owned)
        } else if let Some(object) = words(LOCKED) {
            ("- locked <", object, false)
        } else {
            let object = Some(rest.trim_start()).filter(|_| self.listed)?;
            ("- locked <", object, false)
        };
        let object = text::word(object).0;
        let (class, hash) = object.rsplit_once('@')?;
        text::hex(hash)?;
        let mut row = [indent, said, hash, "> (a ", class, ")"].concat();
        if let Some(owner) = self.owner.filter(|_| wanted && self.lock == Some(object)) {
            row += " held by thread ";
            row += owner;
        }
        Some(row)
    }
}

/// The id of the thread that has the lock: `… owned by "loader-0" Id=9`.
fn owner(rest: &str) -> Option<&str> {
    let (front, id) = text::rsplit_once(rest, "Id=")?;
    let owned = front.is_empty() || front.trim_end().ends_with('"');
    text::digits(id).filter(|_| owned).map(|(id, _)| id)
}
