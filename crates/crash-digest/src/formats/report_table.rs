//! Exception reports that Windows programs write themselves: address, frame, function, file and line in columns.

use super::reader::{Line, Reader};
use super::{metadata, plain};
use crate::frame::Frame;
use crate::grammar::{self, Printers};
use crate::model::Builder;
use crate::text;

/// How much a line speaks for this format.
pub(super) fn score(line: &str) -> u32 {
    match line.as_bytes() {
        [b'A', ..] if line.starts_with("Address") && text::has(line, "Frame") => 8,
        // With the code's name behind it; Windows' event log has the code alone.
        [b'E', ..] if line.starts_with("Exception code: ") && line[16..].contains(' ') => 5,
        [b'F', ..] if line.starts_with("Fault address:") => 3,
        [b'C', ..] if line == "Calltrace:" => 6,
        _ => 0,
    }
}

/// Reads a report.
#[derive(Default)]
pub(super) struct ReportTable {
    stack: bool,
    skip: bool,
}

impl<'a> Reader<'a> for ReportTable {
    fn line(&mut self, out: &mut Builder<'a>, line: Line<'a>) {
        let line = line.text;
        if line.starts_with("Call stack:") || line.starts_with("Address ") || line == "Calltrace:" {
            self.stack = !out.has_frames();
            self.skip = false;
            // A logger's title and settings are no exception where its report names one.
            if self.stack && out.stack.facts.signal.is_some() {
                out.drop_unnamed();
            }
            return;
        }
        if line.starts_with("Registers:")
            || line.starts_with("Local Variables")
            || line == "Stack:"
            || line == "Registry:"
            || line == "Memory:"
            || line.starts_with("Global Variables")
        {
            (self.stack, self.skip) = (false, true);
            return;
        }
        if self.stack
            && let Some(frame) = grammar::read_as(Printers::ReportTable, line)
                .or_else(|| bars(line))
                .or_else(|| arrow(line))
        {
            return out.frame(frame);
        }
        if let Some(code) = line
            .strip_prefix("Exception ")
            .and_then(|rest| rest.strip_suffix(" caught!"))
        {
            out.stack.facts.signal = Some(code);
            return;
        }
        if let Some(name) = line.strip_prefix("Thread: ") {
            out.stack.facts.thread = Some(name.trim());
            return;
        }
        if let Some(rest) = line.strip_prefix("Exception code:").or_else(|| {
            line.strip_prefix("Exception: ")
                .filter(|rest| text::has(rest, "EXCEPTION"))
        }) {
            let (code, name) = text::word(rest.trim());
            let facts = &mut out.stack.facts;
            if text::hex(code).is_some() && !name.is_empty() {
                (facts.signal, facts.code) = (Some(name), Some(code));
            } else {
                facts.signal = Some(rest.trim());
            }
            return;
        }
        if let Some(rest) = line.strip_prefix("Fault address:") {
            out.stack.facts.program = rest.split_whitespace().last();
            // The instruction, and where it is in the program: `00007FF7F0EBC2FF 01:0000000000A8B2FF D:\srv\orbit.exe`.
            if !rest.trim_start().starts_with("0x") {
                out.stack.facts.reason("faulting instruction", rest);
            }
            return;
        }
        if let Some(place) = line.strip_prefix("Instruction pointer (EIP): ") {
            return out.stack.facts.reason("faulting instruction", place);
        }
        if self.skip || self.stack || line.starts_with("//==") || metadata::is_registers(line) {
            return out.stack.unrecognized.push(line);
        }
        plain::other(out, line);
    }

    fn end(&mut self, out: &mut Builder<'a>) {
        code_first(&mut out.stack.frames);
    }
}

/// What loggers of Bethesda's games write of a place in no module.
const NOWHERE: &str = "(Corrupt stack or heap?)";

/// `0x0016EB68 |  vault_tweaks (0x10054550) | mf::Vault::open+0x140 | C:\mf\vault.cpp:19`: frame, module, address, function
/// and place between bars.
fn bars(line: &str) -> Option<Frame<'_>> {
    let mut columns = line.split(" |").map(str::trim);
    text::hex(columns.next()?.strip_prefix("0x")?)?;
    let (module, address) = columns.next()?.split_once(" (0x")?;
    let address = text::hex(address.strip_suffix(')')?)?;
    let symbol = columns.next().filter(|symbol| *symbol != NOWHERE);
    let symbol = symbol.unwrap_or_default();
    let module = Some(module.trim_end()).filter(|module| !is_unknown(module));
    let (symbol, offset) = match text::rsplit_once(symbol, "+0x") {
        Some((symbol, offset)) => (symbol, text::hex(offset)),
        None => (symbol, None),
    };
    let (file, number) = columns.next().map_or((None, None), |place| {
        let (file, number) = text::file_line(place);
        (Some(file).filter(|file| !file.is_empty()), number)
    });
    let plausible = module != Some("") && !symbol.contains(' ');
    plausible.then_some(Frame {
        raw: line,
        module,
        function: Some(symbol).filter(|symbol| !symbol.is_empty()),
        file,
        line: number,
        address: Some(address),
        offset,
        ..Default::default()
    })
}

/// Whether a module's column only says that there is none: `???`, and a shrug.
fn is_unknown(module: &str) -> bool {
    module == "???" || module.ends_with("(°_o)/¯") || module.ends_with("(°_o)/-")
}

/// `0x0019F8D0 ==>            MoonNV (0x00A7309E) : Game::Main+0x1E`: frame, module, address, function.
fn arrow(line: &str) -> Option<Frame<'_>> {
    let (first, rest) = line.strip_prefix("0x")?.split_once(" ==> ")?;
    let rest = rest.trim();
    if let Some(frame) = named_first(rest) {
        return Some(Frame {
            raw: line,
            address: Some(text::hex(first)?),
            ..frame
        });
    }
    let (module, rest) = rest.split_once(" (0x")?;
    let (address, rest) = rest.split_once(')')?;
    let symbol = rest
        .trim_start()
        .strip_prefix(':')
        .unwrap_or_default()
        .trim();
    let (symbol, offset) = symbol
        .rsplit_once("+0x")
        .map_or((symbol, None), |(symbol, at)| (symbol, text::hex(at)));
    // The whole module stands in for a function that is not known.
    let function = Some(symbol).filter(|symbol| !matches!(*symbol, "" | "EntryPoint" | NOWHERE));
    Some(Frame {
        raw: line,
        module: Some(module).filter(|module| !is_unknown(module)),
        address: Some(text::hex(address)?),
        function,
        // Of a function that is not known the offset counts from where the module begins to run.
        offset: offset.filter(|_| function.is_some()),
        ..Frame::default()
    })
}

/// The rows of older loggers, whose code stands in front of the arrow and whose frame in brackets at the end:
/// `mf::Vault::open+0x41 in vault_tweaks (0x0019F8D0)`, `open  (C:\mf\vault.dll) (0x00000000)`, and of a place in no module a
/// shrug with `(Corrupt stack or heap?)`, perhaps without a frame.
fn named_first(rest: &str) -> Option<Frame<'_>> {
    let front = match text::last_group(rest, b'(', b')') {
        Some((front, frame)) if frame.starts_with("0x") => front.trim_end(),
        _ => rest,
    };
    if let Some(mark) = front.strip_suffix(NOWHERE)
        && is_unknown(mark.trim_end())
    {
        return Some(Frame::default());
    }
    if front.len() == rest.len() {
        return None;
    }
    let known = |module: &&str| *module != "No Module";
    if let Some((symbol, module)) = text::rsplit_once(front, " in ") {
        let (function, offset) = symbol.rsplit_once("+0x")?;
        return Some(Frame {
            function: Some(function),
            offset: Some(text::hex(offset)?),
            module: Some(module).filter(known),
            ..Frame::default()
        });
    }
    let (function, module) = text::last_group(front, b'(', b')')?;
    let function = function.trim_end();
    (!function.is_empty()).then_some(Frame {
        function: Some(function),
        module: Some(module).filter(known),
        ..Frame::default()
    })
}

/// Some loggers write the code in front of the arrow and the frame in brackets. Frames lie one above the other, code does not.
fn code_first(frames: &mut [Frame<'_>]) {
    let columns = |frame: &Frame<'_>| {
        let (first, rest) = frame.raw.strip_prefix("0x")?.split_once(" ==> ")?;
        let (_, second) = rest.split_once(" (0x")?;
        Some((text::hex(first)?, text::hex(second.split_once(')')?.0)?))
    };
    let (mut last, mut rows) = ((0, 0), 0_usize);
    let (mut first_rises, mut second_rises) = (true, true);
    for (first, second) in frames.iter().filter_map(columns) {
        first_rises &= first >= last.0;
        second_rises &= second >= last.1;
        (last, rows) = ((first, second), rows + 1);
    }
    if rows < 2 || first_rises || !second_rises {
        return;
    }
    for frame in frames {
        if let Some((first, _)) = columns(frame) {
            frame.address = Some(first);
        }
    }
}
