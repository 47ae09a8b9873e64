//! A handler of many games on Windows: `hull.dll caused an Access Violation (0xc0000005)`, its place, who ran what on which
//! machine, the registers, and in some a list of calls.

use super::studio::is_program;
use crate::frame::Frame;
use crate::model::Builder;
use crate::text;

/// Takes what it says around its registers; `false` where the line is none of it.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    match line.as_bytes() {
        [b'm' | b'i', ..] if is_place(line) => placed(out, line),
        [b'E', ..] => called_in(out, line),
        [b'R' | b'W' | b'A', ..] => accessed(out, line) || sentence(out, line),
        _ => sentence(out, line),
    }
}

/// Its sentence, whatever a person or a log said before it, with the code, `(0xc0000005)`, and the place in the next line; of older
/// ones `ORBIT caused an Access Violation in module hull.dll at 0023:00401234.`, which may be broken in the middle.
fn sentence<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some((program, what)) = text::split_once(line, " caused a") else {
        return false;
    };
    let what = what.strip_prefix('n').unwrap_or(what);
    let coded = text::after(what, " (0x", b")").is_some_and(|code| text::hex(code).is_some());
    let placed = text::split_once(what, " in module ").is_some_and(|(_, place)| {
        text::split_once(place, " at ").is_some_and(|(_, address)| address.contains(':'))
    });
    let broken = what.ends_with(" in") || what.ends_with(" in module");
    let fits = what.starts_with(' ')
        && (coded || placed || broken)
        && (!program.contains(' ') || is_program(program))
        && out.is_fresh()
        && out.section().exception.name.is_none();
    if fits {
        out.drop_unnamed();
        // A person's sentences end in a point.
        out.words(line.trim_end_matches('.'));
        if placed {
            out.cut();
        }
    }
    fits
}

/// Whether a line is the rest of the sentence: `in module hull.dll at 0033:1b3c4d5e.`
fn is_place(line: &str) -> bool {
    let place = line.strip_prefix("in ").unwrap_or(line);
    let address = place
        .strip_prefix("module ")
        .and_then(|place| text::split_once(place, " at "))
        .and_then(|(_, address)| address.trim_end_matches('.').split_once(':'));
    address.is_some_and(|(segment, at)| {
        segment.len() == 4 && text::hex(segment).is_some() && text::hex(at).is_some()
    })
}

/// The rest of the sentence; what follows is of the machine.
fn placed<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let said = out.is_fresh() && text::has(out.section().exception.message, " caused a");
    if said {
        out.words(line);
        out.cut();
    }
    said
}

/// `Exception handler called in Main Thread. Time: …`; others name the program there.
fn called_in<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(rest) = line.strip_prefix("Exception handler called in ") else {
        return false;
    };
    let name = text::split_once(rest, ". ").map_or(rest, |(name, _)| name);
    let name = name.trim_end_matches('.');
    if name.len() <= 40 && text::has(name, "hread") {
        out.stack.facts.thread = out.stack.facts.thread.or(Some(name));
    }
    out.stack.unrecognized.push(line);
    true
}

/// How the memory was accessed, and where: `Read from location 0000000000000018 caused an access violation.`,
/// `Access violation: Illegal read, data address 0x00000018`.
fn accessed<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let place = line
        .strip_prefix("Read from location ")
        .or_else(|| line.strip_prefix("Write to location "))
        .or_else(|| {
            let rest = line.strip_prefix("Access violation: Illegal ")?;
            text::split_once(rest, ", data address ").map(|(_, address)| address)
        });
    let Some(place) = place else {
        return false;
    };
    out.stack.facts.fault_address = Some(text::word(place).0);
    out.stack.facts.reason("", line.trim_end_matches('.'));
    true
}

/// The list of calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Calls {
    /// Other lines.
    #[default]
    Outside,
    /// Its rows.
    Listed,
    /// The same once more: `Call stack (runtime translated):`.
    Again,
}

impl Calls {
    /// Whether a line may be of it.
    pub(super) fn may_take(self, line: &str) -> bool {
        self != Self::Outside || line.starts_with("Call stack")
    }

    /// Takes a row below its heading, `FFFF0BEB(Unknown)`, `00401234(hull.dll)`; `false` where the line is none.
    pub(super) fn line<'a>(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let heading = line.strip_prefix("Call stack").filter(|rest| {
            *rest == ":" || rest.starts_with(" (") && rest.ends_with("):") && out.has_frames()
        });
        if let Some(rest) = heading {
            let again = rest != ":";
            *self = if again { Self::Again } else { Self::Listed };
            return false;
        }
        let Some(frame) = row(line) else {
            *self = Self::Outside;
            return false;
        };
        if *self == Self::Listed {
            out.frame(frame);
        }
        true
    }
}

/// An address, and the file it is in.
fn row(line: &str) -> Option<Frame<'_>> {
    let (address, file) = line.strip_suffix(')')?.split_once('(')?;
    let address = text::hex(address).filter(|_| matches!(address.len(), 8 | 16))?;
    let image = |file: &&str| is_program(file) || text::has_in_any_case(file, ".dll");
    let module = Some(file).filter(image);
    (module.is_some() || file == "Unknown").then_some(Frame {
        raw: line,
        address: Some(address),
        module,
        ..Frame::default()
    })
}
