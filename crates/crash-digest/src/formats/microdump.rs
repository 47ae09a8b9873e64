//! Breakpad's microdump, which a crashing process writes to its log, a line for each part: `V OrbitView:1.2`, `P browser`,
//! `R 0000000B SIGSEGV 00000010`. Its memory has to be walked by a tool: it has no frames.

use crate::model::Builder;
use crate::text;

/// Between the words that begin and end it and the marks around them, which a form may take off.
const NAME: &str = "BREAKPAD MICRODUMP";

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes() {
        [b'-' | b'B' | b'E', ..] if line.len() <= 40 && text::has(line, NAME) => bounds(out, line),
        [b'A'..=b'Z'] | [b'A'..=b'Z', b' ', ..] => part(out, line),
        _ => false,
    }
}

/// Its first and its last line.
fn bounds<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((word, name)) = line.trim_matches('-').split_once(' ') else {
        return false;
    };
    if name != NAME || !matches!(word, "BEGIN" | "END") {
        return false;
    }
    // Behind frames it is of another crash.
    if word == "BEGIN" && !out.has_frames() {
        out.drop_words();
        out.stack.facts.reason("report", name);
    }
    out.stack.unrecognized.push(line);
    out.cut();
    true
}

/// A part of it: product, system, process, reason, graphics, memory, processor, modules.
fn part<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let (letter, value) = text::word(line);
    let hex = |value: &str| text::hex(text::word(value).0).is_some();
    let fits = match letter {
        "V" => value.contains(':'),
        "O" => value.starts_with("A ") || value.starts_with("L "),
        "P" => !value.contains(' '),
        "G" => true,
        "R" | "H" | "S" | "C" | "M" => hex(value),
        _ => false,
    };
    let facts = &mut out.stack.facts;
    if !fits || !facts.reasons.iter().any(|reason| reason.text == NAME) {
        return false;
    }
    match letter {
        "V" => facts.reason("product", value),
        "P" => facts.reason("process type", value),
        "R" => {
            let (_, named) = text::word(value);
            let (name, address) = text::word(named);
            // `DUMP_REQUESTED` is no signal.
            if name.starts_with("SIG") {
                facts.signal = facts.signal.or(Some(name));
                facts.fault_address = Some(address).filter(|address| text::hex(address).is_some());
            } else {
                facts.reason("reason", name);
            }
        }
        _ => {}
    }
    out.stack.unrecognized.push(line);
    true
}
