//! What Visual Studio says where a program stopped, in whatever language it speaks: the words stand in another order in each,
//! and place, program, code and what the code means do not.

use crate::model::{Builder, Exception};
use crate::text;
use crate::windows_exceptions::windows_exception;

/// Longer lines are another's.
const LONGEST: usize = 1000;
/// How the English ones begin.
const STARTS: [&str; 3] = [
    "Unhandled exception at 0x",
    "Exception thrown at 0x",
    "First-chance exception at 0x",
];
/// The word for an exception in others.
const EXCEPTION: [&str; 9] = [
    "异常",
    "例外",
    "예외",
    "usnahme",
    "xception",
    "xcepción",
    "ccezione",
    "сключени",
    "yjątek",
];

/// Takes such a line; `false` where it is none.
pub(super) fn line<'a>(out: &mut Builder<'a>, line: &'a str) -> bool {
    let Some(said) = read(line) else {
        return false;
    };
    // Somebody may have put it below the window of calls.
    if !out.is_fresh() {
        out.drop_words();
    }
    let sections = &out.stack.sections;
    let open = match &sections[..] {
        [] => true,
        [.., last] if out.is_fresh() => last.exception.name.is_none(),
        [one] => !out.is_beside() && one.exception.is_empty(),
        _ => false,
    };
    if !open {
        return false;
    }
    let (name, message) = (said.name, said.message);
    if out.is_fresh() {
        out.sure(Exception { name, message }, line);
    } else {
        out.section().exception = Exception { name, message };
    }
    let facts = &mut out.stack.facts;
    facts.process = facts.process.or(said.process);
    if let Some(module) = said.module {
        facts.reason("faulting module", module);
    }
    facts.fault_address = said.address.or(facts.fault_address);
    out.cut();
    true
}

/// What it says.
struct Said<'a> {
    name: Option<&'a str>,
    message: &'a str,
    process: Option<&'a str>,
    module: Option<&'a str>,
    /// That the program could not reach.
    address: Option<&'a str>,
}

/// `Unhandled exception at 0x00007FF6 (hull.dll) in orbit.exe: 0xC0000005: Access violation reading location 0x18.`,
/// `0x00007FF6A0B1C2D3 (hull.dll) (orbit.exe 中)处有未经处理的异常: 0xC0000374: 堆已损坏。`
fn read(line: &str) -> Option<Said<'_>> {
    let place = text::find(line, "0x").filter(|_| line.len() <= LONGEST)?;
    // Marks of a quotation.
    let marks = ['`', '"', '*', '>', ' '];
    let front = line[..place].trim_start_matches(marks);
    let line = line.trim_end_matches(marks);
    let (address, behind) = split_hex(line.get(place + 2..)?);
    let english = STARTS
        .iter()
        .any(|start| start.strip_suffix("0x") == Some(front));
    if !english && address.len() < 8 {
        return None;
    }
    let (head, what) = split_what(behind, english)?;
    let named = || {
        let has = |word: &str| text::has(front, word) || text::has(head, word);
        EXCEPTION.iter().any(|word| has(word))
    };
    if !english && !named() {
        return None;
    }
    let (module, rest) = match head
        .strip_prefix(" (")
        .and_then(|rest| rest.split_once(')'))
    {
        Some((module, rest)) if !module.contains(' ') && module.is_ascii() => (Some(module), rest),
        _ => (None, head),
    };
    // A person's words name no program between the place and the code.
    let program = match rest.strip_prefix(" in ").filter(|_| english) {
        Some(program) => Some(program),
        None => program_in(rest).or_else(|| program_in(front)),
    };
    let (module, program) = match program {
        Some(_) => (module, program),
        // `Unhandled exception at 0x00007FF6 (orbit.exe): …`
        None => (None, Some(module.filter(|module| is_program(module))?)),
    };
    let program = program?;
    // Mods' handlers name the module and put the offset behind it: `orbit.exe (+0x92f4)`, `hull.dll (+0x12c22)`.
    let placed = text::split_once(program, " (+0x").map(|(module, _)| module);
    let library = placed.is_some_and(|module| !is_program(module));
    let process = placed.unwrap_or(program);
    let (name, message, code) = what.parts();
    Some(Said {
        name,
        message,
        // A dump is no program.
        process: Some(process).filter(|name| !library && !text::has(name, ".dmp")),
        module: if library {
            Some(program)
        } else {
            module.filter(|_| placed.is_none())
        },
        address: unreached(message, code),
    })
}

/// What was thrown.
enum What<'a> {
    Coded(&'a str, &'a str),
    Thrown(&'a str),
    Said(&'a str),
}

impl<'a> What<'a> {
    /// Name, message and code.
    fn parts(self) -> (Option<&'a str>, &'a str, &'a str) {
        let whole = |message: &'a str| message.trim().trim_end_matches(['.', '。', '`', ' ']);
        match self {
            Self::Coded(code, message) => (
                Some(windows_exception(code).unwrap_or(code)),
                whole(message),
                code,
            ),
            Self::Thrown(name) => (Some(name), "", ""),
            Self::Said(message) => (None, whole(message), ""),
        }
    }
}

/// Splits before what was thrown: `: 0xC0000005: …`, `: Microsoft C++ exception: std::bad_alloc at …`; without a code words.
fn split_what(behind: &str, english: bool) -> Option<(&str, What<'_>)> {
    const DIGITS: usize = 8;
    let mut from = 0;
    while let Some(at) = text::find(&behind[from..], "0x").map(|at| from + at) {
        let (code, rest) = split_hex(&behind[at + 2..]);
        let front = behind[..at].trim_end();
        let message = rest.trim_start().strip_prefix([':', '：']);
        if code.len() == DIGITS
            && let Some(head) = front.strip_suffix([':', '：', '.'])
            && let Some(message) = message
        {
            let code = &behind[at..at + 2 + DIGITS];
            return Some((head.trim_end(), What::Coded(code, message)));
        }
        from = at + 2;
    }
    // The type is the same in all languages: `Microsoft C++ 异常: std::bad_alloc，位于内存位置 0x0…`.
    if let Some((head, thrown)) = text::split_once(behind, "Microsoft C++") {
        let (_, thrown) = thrown.split_once([':', '：'])?;
        let thrown = thrown.trim_start();
        let end = text::find(thrown, " at memory location ")
            .or_else(|| thrown.find(|c: char| !c.is_ascii() || matches!(c, ',' | ' ')));
        let name = &thrown[..end.unwrap_or(thrown.len())];
        let head = head.trim_end().trim_end_matches([':', '：']);
        return (!name.is_empty()).then_some((head, What::Thrown(name)));
    }
    // `…: Stack cookie instrumentation code detected a stack-based buffer overrun.`
    let (head, said) = behind.split_once(": ").filter(|_| english)?;
    (!said.is_empty()).then_some((head, What::Said(said)))
}

/// Digits of an address and what follows.
fn split_hex(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_hexdigit());
    text.split_at(end.unwrap_or(text.len()))
}

/// The program in words of any language: ` (orbit.exe 中)处有…`, `位于 orbit.exe 中`.
fn program_in(words: &str) -> Option<&str> {
    let end = [".exe", ".EXE", ".dmp"]
        .iter()
        .find_map(|kind| text::find(words, kind).map(|at| at + kind.len()))?;
    let name = &words[..end];
    let from = name.rfind(['(', '（', ' ', ':', '：', '"', '\'', '`']);
    let name = from.map_or(name, |from| {
        name[from..].trim_start_matches(|c: char| !c.is_alphanumeric())
    });
    (name.len() > ".exe".len()).then_some(name)
}

/// The address in the message: ` reading location 0x18.`, in other languages the only one of an access violation.
fn unreached<'a>(message: &'a str, code: &str) -> Option<&'a str> {
    if let Some(address) = text::after(message, " location ", b" .,") {
        return Some(address);
    }
    let access = matches!(text::hex(code), Some(0xc000_0005 | 0xc000_0006));
    let at = text::find(message, "0x").filter(|_| access)?;
    let (digits, _) = split_hex(&message[at + 2..]);
    (digits.len() >= 8).then(|| &message[at..at + 2 + digits.len()])
}

/// Whether Windows starts what is called so.
pub(super) fn is_program(module: &str) -> bool {
    text::has_in_any_case(module, ".exe")
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn in_any_language() {
        for (line, name, process, module, address) in [
            (
                "Unhandled exception at 0x00007FF612345678 (hull.dll) in orbit.exe: 0xC0000005: Access violation reading location 0x0000000000000018.",
                "EXCEPTION_ACCESS_VIOLATION",
                "orbit.exe",
                Some("hull.dll"),
                Some("0x0000000000000018"),
            ),
            (
                "`Unhandled exception at 0x00007FF612345678 (orbit.exe): 0xC0000005: Access violation writing location 0xFFFFFFFFFFFFFFF8`.",
                "EXCEPTION_ACCESS_VIOLATION",
                "orbit.exe",
                None,
                Some("0xFFFFFFFFFFFFFFF8"),
            ),
            (
                "0x00007FF612345678 (hull.dll) (orbit.exe 中)处有未经处理的异常: 0xC0000374: 堆已损坏。 (参数: 0x00007FF6123497F0)。",
                "STATUS_HEAP_CORRUPTION",
                "orbit.exe",
                Some("hull.dll"),
                None,
            ),
            (
                "0x00007FF612345678 处(位于 orbit.exe 中)引发的异常: 0xC0000005: 读取位置 0x0000000000000000 时发生访问冲突。",
                "EXCEPTION_ACCESS_VIOLATION",
                "orbit.exe",
                None,
                Some("0x0000000000000000"),
            ),
            (
                "Unbehandelte Ausnahme bei 0x00F312C1 in Orbit.exe: 0xC0000005: Zugriffsverletzung beim Lesen an Position 0x00000018.",
                "EXCEPTION_ACCESS_VIOLATION",
                "Orbit.exe",
                None,
                Some("0x00000018"),
            ),
            (
                "Exception levée à 0x00007FF612345678 (hull.dll) dans orbit.exe : Microsoft C++ exception : std::bad_alloc à l’emplacement de mémoire 0x000000E36B2FE8C8.",
                "std::bad_alloc",
                "orbit.exe",
                Some("hull.dll"),
                None,
            ),
        ] {
            let said = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (said.name, said.process, said.module, said.address),
                (Some(name), Some(process), module, address),
                "{line}"
            );
        }
        for line in [
            "We see exception 0xC0000005: it fails at 0x00007FF612345678 in the dock",
            "0x00007FF612345678 (hull.dll): 0xC0000005: no",
            "Unhandled exception at 0x00007FF612345678",
        ] {
            assert!(read(line).is_none(), "{line}");
        }
    }
}
