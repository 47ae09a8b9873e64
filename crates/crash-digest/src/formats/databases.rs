//! What servers of data say of their end: Redis and its kin, Postgres of its processes, InnoDB of a deadlock.

use crate::code_tables;
use crate::model::{Builder, Exception};
use crate::text;
use crate::windows_exceptions;

/// The heading of InnoDB's report.
const DEADLOCK: &str = "LATEST DETECTED DEADLOCK";

/// What was read so far.
#[derive(Default)]
pub(super) struct Databases {
    deadlock: Part,
}

/// The part of a deadlock's report that is being read.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// None, in front of the report or behind it.
    #[default]
    Outside,
    /// In front of the first transaction.
    Head,
    Transaction,
    /// The statement, which may take several lines.
    Statement,
    /// The locks that a transaction holds, or waits for.
    Locks(&'static str),
}

impl Databases {
    /// Whether a line may be one of theirs.
    pub(super) fn may_take(&self, line: &str) -> bool {
        let inside = self.deadlock != Part::Outside;
        inside
            || match line.as_bytes() {
                [b'L', b'A', ..] => line == DEADLOCK,
                [b'#', b' ', ..] => true,
                [b'0'..=b'9' | b'[', ..] => {
                    text::has(line, " # ")
                        || text::has(line, " (PID ")
                        || text::has(line, "DETAIL:")
                }
                _ => text::has(line, " (PID ") || line.starts_with("DETAIL:"),
            }
    }

    /// Takes such a line; `false` where it is none.
    pub(super) fn line<'a>(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if out.has_frames() {
            return false;
        }
        // What an application threw for it may stand below, where the report was cut.
        let thrown = line.starts_with("at ") || crate::model::names_exception(line);
        if self.deadlock != Part::Outside && thrown {
            self.deadlock = Part::Outside;
            let heading = std::mem::take(&mut out.section().exception).message;
            out.stack.facts.reason("", heading);
            return false;
        }
        if self.deadlock != Part::Outside {
            self.of_deadlock(out, line);
            return true;
        }
        if line == DEADLOCK && out.section().exception.name.is_none() {
            let exception = Exception {
                name: None,
                message: line,
            };
            out.sure(exception, line);
            out.cut();
            self.deadlock = Part::Head;
            return true;
        }
        redis(out, line) || postgres(out, line)
    }

    /// A line of InnoDB's report: `*** (1) TRANSACTION:`, `TRANSACTION 31, ACTIVE 7 sec …`, `MySQL thread id 7, …` and the statement
    /// below it, `*** (1) WAITING FOR THIS LOCK TO BE GRANTED:`, `RECORD LOCKS …`, `*** WE ROLL BACK TRANSACTION (2)`.
    fn of_deadlock<'a>(&mut self, out: &mut Builder<'a>, line: &'a str) {
        let facts = &mut out.stack.facts;
        if let Some(said) = line.strip_prefix("*** ") {
            self.deadlock = if text::has(said, "TRANSACTION:") {
                Part::Transaction
            } else if text::has(said, "WAITING FOR ") {
                Part::Locks("waits for")
            } else if text::has(said, "HOLDS THE ") {
                Part::Locks("holds")
            } else if said.starts_with("WE ROLL BACK ") {
                facts.reason("", said);
                Part::Outside
            } else {
                facts.reason("", said);
                self.deadlock
            };
            return;
        }
        match self.deadlock {
            Part::Head => {}
            // The next part of the server's state.
            _ if line.starts_with("----") => self.deadlock = Part::Outside,
            Part::Transaction if line.starts_with("TRANSACTION ") => {
                facts.reason("transaction", &line[12..]);
            }
            Part::Transaction
                if line.starts_with("MySQL thread id ")
                    || line.starts_with("MariaDB thread id ") =>
            {
                self.deadlock = Part::Statement;
            }
            Part::Statement => {
                let goes_on = facts
                    .reasons
                    .last()
                    .filter(|last| last.label == "statement")
                    .map(|last| last.text);
                match goes_on {
                    Some(first) => {
                        let whole = out.span(first, line);
                        if whole.len() <= LONGEST
                            && let Some(last) = out.stack.facts.reasons.last_mut()
                        {
                            last.text = whole;
                        }
                    }
                    None => facts.reason("statement", line),
                }
            }
            Part::Locks(label)
                if line.starts_with("RECORD LOCKS ") || line.starts_with("TABLE LOCK ") =>
            {
                facts.reason(label, line);
            }
            _ => {}
        }
    }
}

/// A statement is told to here, in bytes.
const LONGEST: usize = 1000;

/// Redis, and servers made of it: `Redis 4.0.11 crashed by signal: 11`, `Accessing address: 0x18`, `Failed assertion: bay != NULL
/// (dock.c:31)`, `==> dock.c:31 'bay != NULL' is not true`, `Guru Meditation: no bay #dock.c:31`.
fn redis<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(said) = of_redis(line) else {
        return false;
    };
    let facts = &mut out.stack.facts;
    if let Some((_, number)) = text::split_once(said, " crashed by signal: ") {
        let name = text::digits(number).and_then(|(number, _)| number.parse().ok());
        facts.signal = name.and_then(code_tables::signal_name).or(facts.signal);
        facts.reason("", said);
        out.drop_unnamed();
        out.cut();
        return true;
    }
    if let Some(address) = said.strip_prefix("Accessing address: ") {
        facts.fault_address = Some(address.trim());
    } else if let Some(address) = said.strip_prefix("Crashed running the instruction at: ") {
        facts.pc = Some(address.trim());
    } else if let Some(assertion) = said.strip_prefix("Failed assertion: ") {
        let known = !assertion.starts_with("<no assertion failed>");
        facts.reason("failed assertion", if known { assertion } else { "" });
    } else if let Some(what) = said
        .strip_prefix("==> ")
        .filter(|what| what.ends_with(" is not true"))
    {
        failed(out, line, "assertion failed", what);
    } else if let Some(what) = said.strip_prefix("Guru Meditation: ") {
        failed(out, line, "Guru Meditation", what);
    } else {
        return false;
    }
    out.cut();
    true
}

fn failed<'a>(out: &mut Builder<'a>, line: &'a str, name: &'static str, message: &'a str) {
    if out.section().exception.name.is_none() {
        let exception = Exception {
            name: Some(name),
            message,
        };
        out.sure(exception, line);
    }
}

/// Behind a stamp of Redis: `31:M 22 Nov 08:10:11.123 # `, in older versions `[31] 22 Nov 08:10:11.123 # `, without it `# `.
fn of_redis(line: &str) -> Option<&str> {
    if let Some(said) = line.strip_prefix("# ") {
        return Some(said);
    }
    let (stamp, said) = text::split_once(line, " # ")?;
    text::digits(stamp.trim_start_matches('['))?;
    let timed =
        stamp.len() <= 48 && stamp.contains(':') && stamp.ends_with(|c: char| c.is_ascii_digit());
    timed.then_some(said)
}

/// Postgres: `LOG:  server process (PID 31) was terminated by signal 11: Segmentation fault`, on Windows `… by exception
/// 0xC0000005`, and `DETAIL:  Failed process was running: SELECT …`.
fn postgres<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let facts = &mut out.stack.facts;
    if let Some((_, statement)) = text::split_once(line, "DETAIL:  Failed process was running: ") {
        facts.reason("was running", statement);
        return true;
    }
    let Some((front, ended)) = text::split_once(line, ") was terminated by ") else {
        return false;
    };
    let signal = ended
        .strip_prefix("signal ")
        .and_then(text::digits)
        .and_then(|(number, _)| code_tables::signal_name(number.parse().ok()?))
        .or_else(|| windows_exceptions::windows_exception(ended.strip_prefix("exception 0x")?));
    let Some(signal) = signal.filter(|_| text::has(front, " (PID ")) else {
        return false;
    };
    facts.signal = facts.signal.or(Some(signal));
    let from = text::find(line, "LOG:  ").map_or(0, |at| at + "LOG:  ".len());
    facts.reason("", &line[from..]);
    out.drop_unnamed();
    out.cut();
    true
}
