//! Windows' own record of a crash in whatever language it speaks: of the event log, of a problem report, by number
//! (`P1:` to `P8:`) or as XML (`<Data>`). What is told apart are the values, which stand in the same order everywhere;
//! written as the lines of the English event log.

use std::fmt::Write as _;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::grammar;
use crate::model;
use crate::text;

/// What a text with such a record has: the names of its events, how lists and XML begin, and codes behind a label.
pub(super) const MARKS: [&str; 14] = [
    "Module = ",
    "APPCRASH",
    "BEX",
    "CLR20r3",
    "P1: ",
    "<EventData>",
    ": 0xc000",
    ": 0xC000",
    ": 0xe0434352",
    ": 0x80000",
    ": 0x40000",
    "：0xc000",
    // Where a language has no colon there, and in a record of one line: a status has eight digits, other numbers are longer.
    " 0xc0000",
    " 0xe0434352",
];
/// Marks from here on need the end of the number behind them.
const WHOLE_NUMBERS: usize = 12;
/// All of them are looked for at once.
static MARKED: LazyLock<AhoCorasick> = LazyLock::new(|| text::searcher(&MARKS));

/// A line that is taken apart word by word is at most so long.
const LONGEST: usize = 2000;
/// A label is at most so long, in bytes of any language.
const LABEL: usize = 160;
/// Values of a problem report up to the offset.
const VALUES: usize = 8;
/// Lines of a record that stand before its values: event, answer, the header of a viewer.
const BEFORE: usize = 12;
/// Lines of a record that stand behind its values: system, files, keys.
const BEHIND: usize = 40;
/// What Windows calls a crash.
const EVENTS: [&str; 5] = ["APPCRASH", "MoAppCrash", "BEX", "BEX64", "CLR20r3"];
/// Records that are read.
const MOST: usize = 20;

/// A record, and how many lines its values take.
struct Record<'a> {
    application: &'a str,
    module: &'a str,
    code: &'a str,
    offset: &'a str,
    lines: usize,
    kind: Kind<'a>,
}

/// What the values say.
enum Kind<'a> {
    Fault,
    /// .NET's own signature ends with the exception: method and place are numbers that only its tools know.
    Managed(&'a str),
}

/// The text with its records in English; `None` where there is none, or where it is English already.
pub(super) fn render(document: &str) -> Option<String> {
    let marked = |found: aho_corasick::Match| {
        let number = document.get(found.start() + 1..found.start() + 11);
        let end = document.as_bytes().get(found.start() + 11);
        found.pattern().as_usize() < WHOLE_NUMBERS
            || number.is_some_and(is_code) && !end.is_some_and(u8::is_ascii_hexdigit)
    };
    MARKED.find_iter(document).find(|found| marked(*found))?;
    let lines: Vec<&str> = text::lines(document).collect();
    let mut out: Vec<std::borrow::Cow<'_, str>> = Vec::with_capacity(lines.len());
    let mut records = 0;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        // Nearly all lines end here: the first value is the name of a program.
        let record = if records == MOST {
            None
        } else if line.starts_with("Module = ") {
            written_by_a_game(&lines[at..])
        } else if text::has_in_any_case(line, ".exe") {
            logged(&lines[at..])
                .or_else(|| listed(&lines[at..]))
                .or_else(|| in_one_line(line))
                .or_else(|| in_words(&lines[at..]))
        } else {
            None
        };
        let Some(record) = record else {
            out.push((*line).into());
            at += 1;
            continue;
        };
        records += 1;
        let mut before = 0;
        let mut overrun = None;
        while before < BEFORE
            && let Some(line) = out.pop_if(|line| is_record(line))
        {
            overrun = overrun.or_else(|| event_of_buffer(&line));
            before += 1;
        }
        if let Some(event) = overrun {
            out.push(format!("Problem Event Name: {event}").into());
        }
        at += record.lines;
        // The same record again, as XML.
        let written = record.write();
        if !out.iter().any(|line| *line == written) {
            out.push(written.into());
        }
        let behind = lines[at..].iter().take(BEHIND);
        at += behind.take_while(|line| is_record(line)).count();
    }
    (records > 0).then(|| out.join("\n") + "\n")
}

impl Record<'_> {
    fn write(&self) -> String {
        let mut out = String::new();
        if !self.application.is_empty() {
            let _ = writeln!(out, "Faulting application name: {}", self.application);
        }
        match self.kind {
            Kind::Managed(exception) => {
                let _ = write!(out, "{exception}");
            }
            Kind::Fault => {
                let _ = write!(
                    out,
                    "Faulting module name: {}\nException code: {}\nFault offset: {}",
                    self.module,
                    self.code.trim_start_matches("0x"),
                    self.offset.trim_start_matches("0x")
                );
            }
        }
        out
    }
}

/// Windows' word for a buffer that was overrun, behind a label of any language.
fn event_of_buffer(line: &str) -> Option<&'static str> {
    let value = line.rsplit([':', '：', ' ', '\t']).next()?.trim();
    ["BEX", "BEX64"].into_iter().find(|event| *event == value)
}

/// The event log: program and module with version and time on a line each, then code and offset.
fn logged<'a>(lines: &[&'a str]) -> Option<Record<'a>> {
    let application = versioned(lines.first()?)?;
    let second = lines.get(1)?;
    let module = versioned(second)?;
    if second.trim_start().starts_with("Faulting module name:") {
        return None;
    }
    // Without a colon a name's first words are not told from the label; the module is often the program itself.
    let application = Some(module)
        .filter(|module| module.ends_with(application))
        .unwrap_or(application);
    let code = value(lines.get(2)?).filter(|code| is_code(code))?;
    let last = lines.get(3)?;
    // Some languages have no colon there: `Offset errore 0x000d54be`.
    let offset = value(last)
        .or_else(|| last.split_whitespace().next_back())
        .filter(|offset| is_offset(offset))?;
    Some(Record {
        application,
        module,
        code,
        offset,
        lines: 4,
        kind: Kind::Fault,
    })
}

/// The same values in one line: of Vista, `Faulting application quay.exe, version 1.2.3.0, time stamp 0x538e9f1f, faulting
/// module …`, and of a form that joined the lines.
fn in_one_line(line: &str) -> Option<Record<'_>> {
    (line.len() <= LONGEST).then(|| of_values(words(line), 1))?
}

/// The same over four lines whose marks somebody lost: `Error application name: quay.exe Version: 1.2.3.0, timestamp: …`.
fn in_words<'a>(lines: &[&'a str]) -> Option<Record<'a>> {
    let lines = lines.get(..4)?;
    let fits = lines.iter().all(|line| line.len() <= LONGEST)
        && !lines[1].trim_start().starts_with("Faulting module name:")
        && words(lines[0]).any(text::is_version)
        && words(lines[2]).any(is_code);
    fits.then(|| of_values(lines.iter().flat_map(|line| words(line)), 4))?
}

/// The words of a line without the marks around them.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c.is_whitespace() || matches!(c, '，' | '、' | '：'))
        .map(|word| word.trim_matches([',', '.', ';', '"', ':']))
        .filter(|word| !word.is_empty())
}

/// The values of a record among other words, in their order.
fn of_values<'a>(mut words: impl Iterator<Item = &'a str>, lines: usize) -> Option<Record<'a>> {
    /// Words between one value and the next.
    const NEAR: usize = 10;
    let mut next = |fits: fn(&str) -> bool| words.by_ref().take(NEAR).find(|word| fits(word));
    let is_module = |word: &str| {
        word == "unknown"
            || word.starts_with("StackHash_")
            || word
                .rsplit_once('.')
                .is_some_and(|(_, kind)| kind.len() == 3)
                && !text::is_version(word)
    };
    let application = next(|word| text::has_in_any_case(word, ".exe"))?;
    next(text::is_version)?;
    next(is_time)?;
    let module = next(is_module)?;
    next(text::is_version)?;
    next(is_time)?;
    let code = next(|word| word.starts_with("0x") && is_code(word))?;
    let offset = next(|word| word.starts_with("0x") && is_offset(word))?;
    Some(Record {
        application,
        module,
        code,
        offset,
        lines,
        kind: Kind::Fault,
    })
}

/// A game's own handler with the same values: `Module = C:\\Windows\\ntdll.dll`, `Code = 0xC0000005`, `Offset = 0x0002E4F3`.
fn written_by_a_game<'a>(lines: &[&'a str]) -> Option<Record<'a>> {
    let of = |at: usize, label: &str| lines.get(at)?.strip_prefix(label).map(str::trim);
    let module = text::base_name(of(0, "Module = ")?);
    let code = of(1, "Code = ").filter(|code| is_code(code))?;
    let offset = of(2, "Offset = ").filter(|offset| is_offset(offset))?;
    is_name(module).then_some(Record {
        application: "",
        module,
        code,
        offset,
        lines: 3,
        kind: Kind::Fault,
    })
}

/// `Name der …: orbit.exe, Version: 1.2.3.0, Zeitstempel: 0x538e9f1f`, `…: orbit.exe，版本: 0.0.0.0，时间戳: 0x6285d148`.
fn versioned<'a>(line: &'a str) -> Option<&'a str> {
    let line = line.trim().trim_end_matches('"');
    let mut parts = line.split([',', '，', '、']);
    let (Some(name), Some(version), Some(time), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    // Some languages have no colon there: `Nom de l’application défaillante quay.exe`.
    let behind = |text: &'a str| match text.rfind([':', '：']) {
        Some(at) => Some(text[at..].trim_start_matches([':', '：']).trim()),
        None => text.split_whitespace().next_back(),
    };
    let (name, version, time) = (behind(name)?, behind(version)?, behind(time)?);
    (text::is_version(version) && is_time(time) && is_name(name)).then_some(name)
}

/// A problem report: each value on a line of its own.
fn listed<'a>(lines: &[&'a str]) -> Option<Record<'a>> {
    let mut values = [""; VALUES + 1];
    let mut count = 0;
    for (into, line) in values.iter_mut().zip(lines) {
        let Some(value) = value(line) else {
            break;
        };
        // The English labels are read as they are.
        if ["Fault Module Name:", "Faulting module name:"]
            .iter()
            .any(|label| line.trim_start().starts_with(label))
        {
            return None;
        }
        *into = value;
        count += 1;
    }
    let [
        application,
        version,
        time,
        module,
        module_version,
        module_time,
        seventh,
        eighth,
        ninth,
    ] = values;
    let fits = count >= VALUES
        && is_name(application)
        && text::is_version(version)
        && is_time(time)
        && !module.is_empty()
        && text::is_version(module_version)
        && is_time(module_time);
    if !fits {
        return None;
    }
    let (code, offset, kind, lines) = if is_code(seventh) && is_offset(eighth) {
        (seventh, eighth, Kind::Fault, VALUES)
    } else if is_code(eighth) && is_offset(seventh) {
        // A record of a stack that was overrun has them the other way round.
        (eighth, seventh, Kind::Fault, VALUES)
    } else if ninth.contains('.') && text::hex(seventh).is_some() && text::hex(eighth).is_some() {
        ("", "", Kind::Managed(ninth), VALUES + 1)
    } else {
        return None;
    };
    Some(Record {
        application,
        module,
        code,
        offset,
        lines,
        kind,
    })
}

/// What stands behind a label, or between the marks of XML.
fn value(line: &str) -> Option<&str> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("<Data") {
        let (_, rest) = rest.split_once('>')?;
        return Some(rest.split_once("</Data>")?.0.trim());
    }
    let at = line.find([':', '：']).filter(|at| *at <= LABEL)?;
    Some(line[at..].trim_start_matches([':', '：']).trim())
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 120
}

/// When the file was built: eight digits.
fn is_time(time: &str) -> bool {
    let digits = time.trim_start_matches("0x");
    digits.len() == 8 && text::hex(digits).is_some()
}

/// A status of Windows: eight digits of which the first says that it is an error.
fn is_code(code: &str) -> bool {
    let digits = code.trim_start_matches("0x");
    digits.len() == 8
        && digits.starts_with(['c', 'C', 'e', 'E', '8', '4'])
        && text::hex(digits).is_some()
}

fn is_offset(offset: &str) -> bool {
    let digits = offset.trim_start_matches("0x");
    digits.len() >= 8 && text::hex(digits).is_some()
}

/// What belongs to the record around its values: labels, files, marks of XML; no line that tells of a crash itself.
fn is_record(line: &str) -> bool {
    let line = line.trim();
    if line.is_empty() || value(line).is_some_and(|value| EVENTS.contains(&value)) {
        return true;
    }
    let known = value(line).is_some()
        || line.starts_with('<')
        || line.starts_with("- <")
        || line.starts_with("\\\\?\\")
        || line.get(1..3) == Some(":\\")
        || line.starts_with("Fault bucket")
        || line.starts_with("Version = ")
        || line.starts_with("Time = ");
    known
        && !line.starts_with("Faulting ")
        && !line.starts_with("Application:")
        && grammar::read(line).is_none()
        && (!model::tells_of_crash(line) || line.starts_with("\\\\?\\"))
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn a_record_in_any_language() {
        assert_eq!(
            render("Name der fehlerhaften Anwendung: quay.exe, Version: 1.2.3.0, Zeitstempel: 0x538e9f1f\n\
                    Name des fehlerhaften Moduls: hull.dll, Version: 1.2.3.0, Zeitstempel: 0x538e9f1f\n\
                    Ausnahmecode: 0xc0000005\nFehleroffset: 0x009ecff1\nBerichtskennung: 89dd\n")
            .as_deref(),
            Some("Faulting application name: quay.exe\nFaulting module name: hull.dll\nException code: c0000005\nFault offset: 009ecff1\n")
        );
        for other in [
            "P1: ",
            "APPCRASH\nP1: a.exe\nP2: 1.0.0.0\n",
            "code: 0xc0000005, see a.exe\n",
            "Faulting application name: a.exe, version: 1.0.0.0, time stamp: 0x60c8ec2a\n\
             Faulting module name: b.dll, version: 5.0.621.22011, time stamp: 0x607f4c79\n\
             Exception code: 0xc0000005\nFault offset: 0x00000000001ca037\n",
        ] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
