//! A program that the kernel ended: one line of its log that names the program, why, and where it was.

use crate::code_tables::signal_name;
use crate::frame::Frame;
use crate::model::{Builder, Image};
use crate::text;

/// What x86 calls the trap, and the signal that the program gets.
const TRAPS: [(&str, &str); 6] = [
    ("general protection", "SIGSEGV"),
    ("trap invalid opcode", "SIGILL"),
    ("trap divide error", "SIGFPE"),
    ("trap int3", "SIGTRAP"),
    ("trap stack segment", "SIGBUS"),
    ("trap alignment check", "SIGBUS"),
];

/// Why, and where the processor was.
struct Fault<'a> {
    signal: &'static str,
    address: Option<&'a str>,
    counter: Option<u64>,
    /// What the signal does not say.
    why: Option<&'a str>,
    /// What the program did there.
    access: Option<&'static str>,
}

/// `orbit[57968]: segfault at 18 ip 0000… sp 0000… error 4 in liborbit.so[240edd,78f8bd8c4000+30e000]`,
/// `traps: Render[3587] general protection fault ip:7ef1 sp:7ef1 error:0 in libcef.so[7ef127ded000+a36d000]`, on other processors
/// `orbit[4711]: segfault (11) at 18 nip 7fff lr 7fff code 1 in orbit[10000+1000]`,
/// `orbit[4711]: unhandled level 2 translation fault (11) at 0x18, esr 0x92000006, in liborbit.so[7f10+1000]`.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let said = line.strip_prefix("traps: ").unwrap_or(line);
    let read = || {
        // A thread's name may have brackets as well: `IPMI[dock][7699]: segfault at 4 …`.
        let numbered = |(at, _): (usize, &str)| {
            let (id, rest) = text::digits(&said[at + 1..])?;
            Some((at, id, rest.strip_prefix(']')?))
        };
        let mut opened = said.match_indices('[').take(3);
        let (at, id, rest) = opened.find_map(numbered)?;
        Some((&said[..at], id, rest.trim_start_matches(':').trim_start()))
    };
    let Some((name, id, said)) = read() else {
        return on_mips(out, line);
    };
    let Some(fault) = on_x86(said).or_else(|| elsewhere(said)) else {
        return false;
    };
    let (module, bounds) = text::rsplit_once(said, " in ")
        .and_then(|(_, place)| place.split_once('['))
        .unwrap_or_default();
    let bounds = bounds.split(']').next().unwrap_or_default();
    // Newer kernels print the offset itself in front of the base.
    let (offset, range) = match bounds.split_once(',') {
        Some((offset, range)) => (text::hex(offset), range),
        None => (None, bounds),
    };
    let base = base(range);
    let offset = offset.or_else(|| fault.counter?.checked_sub(base?));
    // The kernel names what lies next where the address is in nothing: that is no place.
    let next = offset.is_none() && base.is_some() && fault.counter.is_some();
    // The journal told the same crash already, without the signal.
    let first = out.stack.frames.first();
    let same = fault.counter.is_some()
        && first.is_some_and(|frame| frame.address == fault.counter)
        && out.stack.facts.signal.is_none();
    if out.has_frames() && !same {
        out.further(line);
    } else {
        // What drivers logged before has ended no program.
        out.log_before();
        let facts = &mut out.stack.facts;
        facts.thread = Some(name);
        facts.thread_id = Some(id);
        facts.fault_address = fault.address;
        facts.signal = Some(fault.signal);
        if let Some(why) = fault.why {
            facts.reason("", why);
        }
        facts.reason("access", fault.access.unwrap_or_default());
        if next && let Some((_, place)) = text::rsplit_once(said, " in ") {
            facts.reason("in no module, next to", place);
        } else if let (Some(counter), Some(inside)) = (fault.counter, offset) {
            // The journal's row of the same address may have none.
            let image = Image {
                start: counter.saturating_sub(inside),
                end: counter,
                name: module,
                path: module,
            };
            facts.image(image, None);
        }
        if same {
            return true;
        }
    }
    out.frame(Frame {
        raw: line,
        module: Some(module).filter(|module| !module.is_empty() && !next),
        offset,
        address: fault.counter,
        ..Frame::default()
    });
    true
}

fn on_x86(said: &str) -> Option<Fault<'_>> {
    if let Some(rest) = said.strip_prefix("segfault at ") {
        // Older kernels have a word for 0: `segfault at (null) ip (null) sp 00007ffd error 14`.
        let known = |at| if at == "(null)" { "0" } else { at };
        return Some(Fault {
            signal: "SIGSEGV",
            address: Some(known(text::word(rest).0)),
            counter: Some(text::hex(known(text::after(rest, " ip ", b" ")?))?),
            why: None,
            access: text::after(rest, " error ", b" ").and_then(access),
        });
    }
    let (_, signal) = TRAPS.iter().find(|(trap, _)| said.starts_with(trap))?;
    let (why, rest) = text::split_once(said, " ip:")?;
    Some(Fault {
        signal,
        address: None,
        counter: Some(text::hex(text::word(rest).0)?),
        why: Some(why.strip_prefix("trap ").unwrap_or(why)),
        access: None,
    })
}

/// Where the module begins: `77e6a000+96000`.
fn base(range: &str) -> Option<u64> {
    range.split_once('+').and_then(|(base, _)| text::hex(base))
}

/// MIPS says it over three lines: `do_page_fault(): sending SIGSEGV to orbit for invalid read access from 77f14000`, and the places,
/// `epc = 77edbddc in libc.so[77e6a000+96000]`, `ra  = 77e56917 in orbit[77e54000+13000]`.
fn on_mips<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    if let Some((_, rest)) = text::split_once(line, "do_page_fault(): sending SIG") {
        let (signal, rest) = text::word(&line[line.len() - rest.len() - "SIG".len()..]);
        let Some((name, why)) = rest
            .strip_prefix("to ")
            .and_then(|rest| text::split_once(rest, " for "))
        else {
            return false;
        };
        if out.has_frames() {
            out.further(line);
            return true;
        }
        out.log_before();
        let facts = &mut out.stack.facts;
        (facts.signal, facts.process) = (Some(signal), Some(name));
        let (access, address) = text::rsplit_once(why, " from ").unwrap_or((why, ""));
        facts.fault_address =
            Some(address.trim_end_matches(':')).filter(|at| text::hex(at).is_some());
        facts.reason("", access);
        out.cut();
        return true;
    }
    let value = ["epc", "ra"].iter().find_map(|register| {
        let rest = line.strip_prefix(register)?.trim_start();
        Some(rest.strip_prefix('=')?.trim_start())
    });
    let Some((at, place)) = value.and_then(|value| text::split_once(value, " in ")) else {
        return false;
    };
    let (module, range) = place.split_once('[').unwrap_or((place, ""));
    let base = base(range);
    let (Some(address), true) = (text::hex(at), out.stack.facts.signal.is_some()) else {
        return false;
    };
    out.frame(Frame {
        raw: line,
        module: Some(module),
        offset: base.and_then(|base| address.checked_sub(base)),
        address: Some(address),
        ..Frame::default()
    });
    true
}

/// What the program did, by the bits of the processor's error, in hexadecimal.
fn access(error: &str) -> Option<&'static str> {
    let bits = text::hex(error)?;
    Some(match (bits & 0x10 != 0, bits & 2 != 0) {
        (true, _) => "instruction fetch",
        (_, true) => "write",
        _ => "read",
    })
}

/// PowerPC, ARM and RISC-V, which name the signal by its number: `unhandled signal 11 code 0x1 at 0x18 in orbit[2a+1000]`.
fn elsewhere(said: &str) -> Option<Fault<'_>> {
    let told = ["segfault (", "bus error (", "unhandled "]
        .iter()
        .any(|start| said.starts_with(start));
    let number = text::after(said, "unhandled signal ", b" ")
        .or_else(|| text::after(said, " (", b")"))
        .filter(|_| told)?;
    let address = text::after(said, " at ", b" ,");
    let hex = |at: &str| text::hex(at.strip_prefix("0x").unwrap_or(at));
    address.and_then(hex)?;
    let why = said
        .strip_prefix("unhandled level ")
        .and_then(|_| text::split_once(said, " ("))
        .map(|(why, _)| why);
    Some(Fault {
        signal: signal_name(number.parse().ok()?)?,
        address,
        counter: text::after(said, " nip ", b" ").and_then(hex),
        why,
        access: None,
    })
}
