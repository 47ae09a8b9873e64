//! Visual Studio's window of calls, copied: `Orbit.exe!AShip::Fire(int Count) Line 31`, a tabulator, `C++`. A `>` stands in
//! front of the present call, `[Inline Frame]` in front of one that was inlined, and what is known of symbols may end the row.

use memchr::{memchr, memchr2};

use super::module_names;
use super::shared::named;
use crate::frame::{Frame, Language, Note};
use crate::text;

/// In front of an inlined call.
pub(super) const INLINE: &str = "[Inline Frame] ";

const LANGUAGES: [&str; 20] = [
    "C++",
    "C",
    "C#",
    "F#",
    "Basic",
    "JavaScript",
    "Script",
    "Python",
    "Unknown",
    "Annotated Frame",
    // `Unknown` as others call it.
    "未知",
    "不明",
    "알 수 없음",
    "Unbekannt",
    "Inconnu",
    "Desconocido",
    "Desconhecido",
    "Sconosciuto",
    "Неизвестно",
    "Nieznany",
];

/// What the last column says of symbols, where pasting made blanks of tabulators.
const SYMBOLS: [&str; 4] = [
    " Non-user code.",
    " No symbols loaded",
    " Symbols loaded",
    " Cannot find or open",
];

/// The word for a line, in the languages of the program.
const LINE: [&str; 12] = [
    "line",
    "行",
    "zeile",
    "ligne",
    "línea",
    "riga",
    "строка",
    "줄",
    "wiersz",
    "linha",
    "satır",
    "řádek",
];

/// Reads a row.
pub(super) fn read(line: &str) -> Option<Frame<'_>> {
    // A module or a column: most lines have neither.
    memchr2(b'!', b'\t', line.as_bytes())?;
    let row = line.strip_prefix('>').unwrap_or(line).trim_start();
    if row.starts_with("0x")
        && let Some(frame) = mono(row)
    {
        return Some(frame);
    }
    let (row, inlined) = match row.strip_prefix(INLINE).or_else(|| inlined_in(row)) {
        Some(row) => (row, true),
        None => (row, false),
    };
    let (front, in_column) = without_language(row);
    if !in_column && memchr(b'!', front.as_bytes()).is_none() {
        return None;
    }
    let placed = numbered(front);
    let (call, number) = placed.map_or((front, None), |(call, line)| (call, Some(line)));
    // A call in another printer's row has neither a line nor a language.
    let whole = call.ends_with(')') || number.is_some();
    if !in_column && !inlined && number.is_none() && without_name(call).is_none() {
        return None;
    }
    if let Some(address) = text::hex(call.strip_suffix("()").unwrap_or(""))
        && call.len() >= 10
    {
        return Some(Frame {
            address: Some(address),
            ..Frame::default()
        });
    }
    let frame = match module_names::module_function(call) {
        Some(frame) => frame,
        // The window may be told to leave the modules out.
        None if in_column && number.is_some() && !call.contains('!') => Frame {
            function: Some(named(call).filter(|_| call.ends_with(')'))?),
            ..Frame::default()
        },
        None => return None,
    };
    let address = without_name(call);
    Some(Frame {
        function: frame.function.filter(|_| address.is_none()),
        address: address.or(frame.address),
        line: number.or(frame.line),
        note: if inlined { Note::Inlined } else { frame.note },
        ..frame
    })
    .filter(|_| whole || in_column)
}

/// The row of an inlined call behind the words of another language: `[内联框架] orbit.exe!mf::Dock::open() 行 31`.
pub(super) fn inlined_in(row: &str) -> Option<&str> {
    const LONGEST: usize = 40;
    let (words, row) = text::split_once(row.strip_prefix('[')?, "] ")?;
    let fits = words.len() <= LONGEST
        && (!words.is_ascii() || words == "Inlineframe" || words == "Frame inline");
    fits.then_some(row)
}

/// The address that stands in place of a name where there are no symbols: `kernel32.dll!00007ffb12345678()`.
fn without_name(call: &str) -> Option<u64> {
    let (_, name) = call.split_once('!')?;
    let digits = name.strip_suffix("()")?;
    text::hex(digits).filter(|_| digits.len() >= 8)
}

/// The window of a program that Mono runs, with how far in each call is: `0x1A in Orbit.Ship.Fire at /src/Ship.cs:31,5`, a tabulator,
/// `C#`.
pub(super) fn mono(line: &str) -> Option<Frame<'_>> {
    let (offset, rest) = text::word(line);
    let (row, language) = rest.strip_prefix("in ")?.rsplit_once(['\t', ' '])?;
    if !matches!(language, "C#" | "F#" | "Basic") {
        return None;
    }
    let offset = text::hex(offset.strip_prefix("0x")?)?;
    let row = row.trim_end();
    let (name, place) = text::rsplit_once(row, " at ").unwrap_or((row, ""));
    // The column stands behind a comma.
    let place = place.rsplit_once(',').map_or(place, |(place, _)| place);
    let (file, line) = text::file_line(place);
    // A sentence about a language has no column.
    let column = rest.contains('\t') || line.is_some() || !name.contains(' ');
    column.then(|| Frame {
        function: named(name),
        file: line.map(|_| file),
        line,
        // All bits are set where it is not known.
        offset: Some(offset).filter(|offset| *offset != u64::MAX),
        language: Language::CSharp,
        ..Frame::default()
    })
}

/// The row without its last columns, and whether there was a language.
fn without_language(row: &str) -> (&str, bool) {
    if let Some((front, columns)) = row.split_once('\t') {
        let mut columns = columns.split('\t').map(str::trim);
        let language = columns.find(|column| !column.is_empty());
        return (
            front.trim_end(),
            language.is_some_and(|language| LANGUAGES.contains(&language)),
        );
    }
    let end = SYMBOLS.iter().find_map(|said| text::find(row, said));
    let row = row[..end.unwrap_or(row.len())].trim_end();
    let language = LANGUAGES.iter().find_map(|name| {
        let front = row.strip_suffix(name)?.strip_suffix(' ')?.trim_end();
        // A blank alone is no column: a line or the call's bracket stands before the language.
        (front.ends_with(')') || numbered(front).is_some()).then_some(front)
    });
    (language.unwrap_or(row), language.is_some())
}

/// The call, and the line behind it; older versions add how far in it is: `Line 31 + 0x12 bytes`.
fn numbered(front: &str) -> Option<(&str, u32)> {
    let end = text::rsplit_once(front, " + 0x").and_then(|(front, offset)| {
        let (digits, unit) = text::word(offset);
        (text::hex(digits).is_some() && !unit.is_empty() && !unit.contains(' ')).then_some(front)
    });
    let (rest, number) = text::rsplit_once(end.unwrap_or(front).trim_end(), " ")?;
    let (call, word) = text::rsplit_once(rest, " ")?;
    let number = number.parse().ok()?;
    // A person writes `line 31` in small letters.
    let lower = word.chars().flat_map(char::to_lowercase);
    let known = word != "line" && LINE.iter().any(|known| lower.clone().eq(known.chars()));
    known.then_some((call.trim_end(), number))
}

#[cfg(test)]
mod tests {
    use super::super::read as any_frame;
    use crate::frame::Note;

    #[test]
    fn rows_of_the_window() {
        for (row, module, function, line) in [
            (
                ">\tOrbit.exe!AShip::Fire(int n) Line 31\tC++",
                Some("Orbit.exe"),
                Some("AShip::Fire(int n)"),
                Some(31),
            ),
            (
                "> Orbit.Dock.dll!Orbit.Dock.Open() Line 31 C#",
                Some("Orbit.Dock.dll"),
                Some("Orbit.Dock.Open()"),
                Some(31),
            ),
            (
                "Orbit.exe!AShip::Fire(int n=3)  Line 31 + 0x12 bytes\tC++",
                Some("Orbit.exe"),
                Some("AShip::Fire(int n=3)"),
                Some(31),
            ),
            (
                "Orbit.dll!Orbit.Dock.Open() Unknown Non-user code. Skipped loading symbols.",
                Some("Orbit.dll"),
                Some("Orbit.Dock.Open()"),
                None,
            ),
            (
                "Orbit.dll!Orbit.Dock.Open()\tC#\tSymbols loaded.",
                Some("Orbit.dll"),
                Some("Orbit.Dock.Open()"),
                None,
            ),
            (
                "Orbit.exe!AShip::Fire(int n) Line 31",
                Some("Orbit.exe"),
                Some("AShip::Fire(int n)"),
                Some(31),
            ),
            (
                "AShip::Fire(int n) Line 31\tC++",
                None,
                Some("AShip::Fire(int n)"),
                Some(31),
            ),
            (
                "kernel32.dll!00007ffb12345678()\tUnknown",
                Some("kernel32.dll"),
                None,
                None,
            ),
            ("00007ffb12345678()\tUnknown", None, None, None),
            ("kernel32.dll!7c817067()", Some("kernel32.dll"), None, None),
        ] {
            let frame = any_frame(row).unwrap_or_else(|| panic!("{row}"));
            assert_eq!(
                (frame.module, frame.function, frame.line),
                (module, function, line),
                "{row}"
            );
        }
        let inlined = any_frame("[Inline Frame] Orbit.exe!std::move(int &) Line 7\tC++");
        assert!(inlined.is_some_and(|frame| frame.note == Note::Inlined && frame.line == Some(7)));
    }

    #[test]
    fn words_are_no_rows() {
        for line in [
            "[External Code]",
            "[Native to Managed Transition]\t\tAnnotated Frame",
            "see Line 31 C++",
            "> it fails on Line 31",
            "written in C++ (Unknown)",
            "0x10 in my program v1.2 that is C#",
        ] {
            assert_eq!(any_frame(line), None, "{line}");
        }
    }
}
