//! Rows that hosts of scripts print: Haxe's, Squirrel's and AngelScript's, and the modules that a host's own handler of crashes
//! lists.

use super::shared::named;
use crate::frame::{Frame, Language};
use crate::text;

/// A script's frame.
fn script<'a>(function: Option<&'a str>, file: Option<&'a str>, line: Option<u32>) -> Frame<'a> {
    Frame {
        function,
        file,
        line,
        language: Language::Script,
        ..Frame::default()
    }
}

/// Whether a file is a source of Haxe.
fn is_haxe(file: &str) -> bool {
    matches!(file.as_bytes(), [.., b'.', b'h', b'x'])
}

/// Haxe and HashLink: `Called from orbit.Ship.fire (orbit/Ship.hx line 31)`, `Called from $Main.fire(Main.hx:31)`,
/// `Called from fun$335(?:1)`.
pub(super) fn haxe(line: &str) -> Option<Frame<'_>> {
    let rest = line.strip_prefix("Called from ")?;
    let Some((name, place)) = text::last_group(rest, b'(', b')') else {
        return hxcpp(rest);
    };
    let (file, number) = text::split_once(place, " line ").or_else(|| {
        let (file, number) = place.rsplit_once(':')?;
        (file == "?" || is_haxe(file)).then_some((file, number))
    })?;
    let number = number.parse().ok()?;
    let known = file != "?";
    Some(script(
        named(name),
        Some(file).filter(|_| known),
        Some(number).filter(|_| known),
    ))
}

/// Of older programs that were compiled to C++, without brackets: `orbit.Ship::fire orbit/Ship.hx line 31`,
/// `hxcpp::__hxcpp_main`; of Neko the place alone, `orbit/Ship.hx line 31`, `? line 1`; and what is no Haxe, `a C function`.
fn hxcpp(rest: &str) -> Option<Frame<'_>> {
    if rest == "a C function" {
        return Some(script(Some(rest), None, None));
    }
    if let Some((file, number)) = text::split_once(rest, " line ")
        && (file == "?" || is_haxe(file) && !file.contains(' '))
    {
        let number: u32 = number.trim_end().parse().ok()?;
        let known = file != "?";
        return Some(script(
            None,
            Some(file).filter(|_| known),
            Some(number).filter(|_| known),
        ));
    }
    let Some((name, place)) = rest.split_once(' ') else {
        let outside = rest.starts_with("hxcpp::") || rest.starts_with("extern::");
        return outside.then(|| script(Some(rest), None, None));
    };
    let (file, number) = text::split_once(place, " line ")?;
    let number = number.trim_end().parse().ok()?;
    (is_haxe(file) && text::has(name, "::")).then(|| script(Some(name), Some(file), Some(number)))
}

/// What handlers in Haxe's games list, by the file, `states/Dock.hx (line 31)`, `Dock.hx(Line 31)`, or by the function:
/// `states/Dock.open() [line 31]`.
pub(super) fn haxe_row(line: &str) -> Option<Frame<'_>> {
    if let Some((name, place)) = text::last_group(line, b'[', b']') {
        let name = name.strip_suffix("() ")?;
        let fits = !name.contains(' ') && name.contains('.');
        let number = numbered(place).filter(|_| fits)?;
        return Some(script(Some(name), None, Some(number)));
    }
    // A row that somebody typed may have a bracket too many: `states/Dock.hx (line31))`.
    let line = match line.strip_suffix("))") {
        Some(front) if !front[front.rfind('(')?..].contains(')') => &line[..line.len() - 1],
        _ => line,
    };
    let (file, place) = text::last_group(line, b'(', b')')?;
    let file = file.trim_end();
    let file = file.strip_prefix("in ").unwrap_or(file);
    let number = numbered(place).filter(|_| is_haxe(file))?;
    Some(script(None, Some(file), Some(number)))
}

/// A handler that gives the line behind a hash: `in states/Dock.hx#31`, with a column `in states/Dock.hx#31:5`.
pub(super) fn haxe_numbered(line: &str) -> Option<Frame<'_>> {
    let (file, number) = text::split_once(line.strip_prefix("in ")?, ".hx#")?;
    let file = &line["in ".len()..][..file.len() + ".hx".len()];
    let (number, column) = text::digits(number)?;
    let ends = column.is_empty() || column.strip_prefix(':').and_then(text::digits).is_some();
    let number = number
        .parse()
        .ok()
        .filter(|_| ends && !file.contains(' '))?;
    Some(script(None, Some(file), Some(number)))
}

/// `line 31`, `Line 31`, `line 31, column 5`.
fn numbered(place: &str) -> Option<u32> {
    let place = place
        .strip_prefix("line")
        .or_else(|| place.strip_prefix("Line"))?;
    let (number, rest) = text::digits(place.trim_start())?;
    let ends = rest.is_empty() || rest.starts_with(", column ");
    number.parse().ok().filter(|_| ends)
}

/// A handler of a game's own, behind a star: `open (dock.nut, line 31)`, of the host itself `acall (NATIVE, line -1)`.
pub(super) fn squirrel_row(rest: &str) -> Option<Frame<'_>> {
    let (name, place) = text::last_group(rest, b'(', b')')?;
    let (file, number) = text::rsplit_once(place, ", line ")?;
    let name = name.strip_suffix(' ')?;
    let native = file == "NATIVE";
    let digits = text::digits(number.strip_prefix('-').unwrap_or(number))?
        .1
        .is_empty();
    let fits = digits
        && !name.contains(' ')
        && (native || matches!(file.as_bytes(), [.., b'.', b'n', b'u', b't']));
    fits.then(|| Frame {
        module: native.then_some(file),
        ..script(
            named(name),
            Some(file).filter(|_| !native),
            number.parse().ok(),
        )
    })
}

/// Squirrel: `*FUNCTION [open()] dock.nut line [31]`, of the host itself `*FUNCTION [include()] NATIVE line [-1]`. OpenTTD leaves
/// the blanks out; what was given as a text is `unnamed`. A host that prints the signs of its own format names no place.
pub(super) fn squirrel(line: &str) -> Option<Frame<'_>> {
    let rest = line.strip_prefix("*FUNCTION")?.trim_start();
    let (name, rest) = text::split_once(rest.strip_prefix('[')?, "()]")?;
    let (file, number) = text::rsplit_once(rest.trim(), " line [")?;
    let number = number.split(']').next().unwrap_or(number);
    let counts = |byte: u8| byte.is_ascii_digit() || byte == b'-';
    if !number.bytes().all(counts) || text::has(file, "%s") {
        return None;
    }
    let native = file == "NATIVE";
    let frame = script(
        named(name),
        Some(file).filter(|file| !native && *file != "unnamed"),
        number.parse().ok(),
    );
    Some(Frame {
        module: native.then_some(file),
        ..frame
    })
}

/// AngelScript behind `#` and a number: `void Main() (Dock.as line 31)`.
pub(super) fn angel_script(rest: &str) -> Option<Frame<'_>> {
    let (declared, place) = text::last_group(rest, b'(', b')')?;
    let declared = declared.strip_suffix(' ')?;
    let (file, number) = text::split_once(place, ".as line ")?;
    let file = &place[..file.len() + ".as".len()];
    let fits = declared.ends_with([')', 't']);
    Some(script(
        declared_name(declared),
        Some(file),
        Some(number.parse().ok().filter(|_| fits)?),
    ))
}

/// AngelScript in Urho3D: `Scripts/Dock.as:void Open(int):31,5`.
pub(super) fn urho(line: &str) -> Option<Frame<'_>> {
    let (file, rest) = text::split_once(line, ".as:")?;
    let file = &line[..file.len() + ".as".len()];
    let (declared, place) = rest.rsplit_once(':')?;
    let (number, column) = place.split_once(',')?;
    let digits = column.bytes().all(|byte| byte.is_ascii_digit());
    let fits = digits && declared.ends_with([')', 't']);
    Some(script(
        declared_name(declared),
        Some(file),
        Some(number.parse().ok().filter(|_| fits)?),
    ))
}

/// Rows that begin with a bracket, of Papyrus' global functions with `<unknown self>.Dock.open() - "Dock.psc" Line 7`.
pub(super) fn bracketed(line: &str) -> Option<Frame<'_>> {
    papyrus(line).or_else(|| godot_row(line))
}

/// Godot's backtrace of a script: `[0] open_bay (res://docks/dock.gd:31)`, `[1] <anonymous lambda> (res://docks/pier.gd:7)`.
fn godot_row(line: &str) -> Option<Frame<'_>> {
    let (_, rest) = text::digits(line.strip_prefix('[')?)?;
    let (name, place) = text::last_group(rest.strip_prefix("] ")?, b'(', b')')?;
    let (file, number) = text::file_line(place);
    let fits = file.starts_with("res://") && number.is_some();
    fits.then(|| script(named(name), Some(file), number))
}

/// Papyrus: `[alias Dock on quest Orbit (77015161)].orbit_dock.open() - "orbit_dock.psc" Line 31`, of the game itself
/// `[ (0001348A)].OrbitScript.open() - "<native>" Line ?`.
fn papyrus(line: &str) -> Option<Frame<'_>> {
    let (call, place) = text::split_once(line, "() - \"")?;
    let (_, name) = text::rsplit_once(call, "].").or_else(|| text::rsplit_once(call, ">."))?;
    let (file, number) = text::split_once(place, "\" Line ")?;
    let native = file == "<native>";
    let fits = !name.contains(' ') && (native || text::has(file, ".psc"));
    let known = number.parse().ok();
    let frame = script(
        Some(name),
        Some(file).filter(|_| !native),
        known.filter(|_| !native),
    );
    (fits && (known.is_some() || number == "?")).then_some(Frame {
        module: native.then_some(file),
        ..frame
    })
}

/// Wren: `[./dock line 31] in open(_)`, `[main line 7] in (script)`.
pub(super) fn wren(line: &str) -> Option<Frame<'_>> {
    let (place, name) = text::split_once(line.strip_prefix('[')?, "] in ")?;
    let (file, number) = text::rsplit_once(place, " line ")?;
    let fits = !file.is_empty() && !file.contains(' ') && !name.is_empty();
    let number = number.parse().ok().filter(|_| fits)?;
    Some(script(named(name), Some(file), Some(number)))
}

/// Godot's debugger: `dock.gd:31 @ _ready()`, `Dock.cs:31 @ void Orbit.Dock.Open()`.
pub(super) fn godot(line: &str) -> Option<Frame<'_>> {
    let (place, declared) = text::split_once(line, " @ ")?;
    let (file, number) = text::file_line(place);
    let (name, end) = file.rsplit_once('.')?;
    let language = match end {
        "gd" => Language::Script,
        "cs" => Language::CSharp,
        _ => return None,
    };
    let fits = !name.is_empty() && declared.ends_with(')') && number.is_some();
    fits.then(|| Frame {
        language,
        ..script(declared_name(declared), Some(file), number)
    })
}

/// A handler in games of Haxe: `In file states/Dock.hx: CLS:Dock:open()  Line:31`.
pub(super) fn haxe_in_file(line: &str) -> Option<Frame<'_>> {
    let (file, rest) = text::split_once(line.strip_prefix("In file ")?, ".hx: ")?;
    let file = &line["In file ".len()..][..file.len() + ".hx".len()];
    let (call, number) = text::split_once(rest, "Line:")?;
    let name = call.trim_end().trim_end_matches("()");
    let name = name.strip_prefix("CLS:").unwrap_or(name);
    Some(script(named(name), Some(file), Some(number.parse().ok()?)))
}

/// The name in a declaration: `Open` of `bool Open(Dock@ dock, int bay = 3)`.
pub(crate) fn declared_name(declared: &str) -> Option<&str> {
    let (front, _) = declared.split_once('(')?;
    named(front.rsplit([' ', '&', '@']).next().unwrap_or(front))
}

/// The base of a module is even to so much, and an offset hardly ever is.
const EVEN: u64 = 0xffff;

/// A module and an offset, `orbit.dll + 0x53eb`, with the address behind it, `orbit.dll + 0x53eb (0x7ffdace553eb)`, or in columns:
/// `orbit.dll      0x53eb  0x7ffdace553eb`.
pub(super) fn module_offset(line: &str) -> Option<Frame<'_>> {
    let (module, rest) = line.split_once(' ')?;
    let (_, end) = module.rsplit_once('.')?;
    let library = ["dll", "exe", "so", "dylib", "asi"];
    if !library.iter().any(|known| end.eq_ignore_ascii_case(known)) {
        return None;
    }
    let rest = rest.trim_start();
    let plus = rest.strip_prefix("+ ");
    let (offset, behind) = text::word(plus.unwrap_or(rest));
    let offset = text::hex(offset.strip_prefix("0x")?)?;
    let behind = behind.trim();
    let address = match behind
        .strip_prefix('(')
        .and_then(|behind| behind.strip_suffix(')'))
        .unwrap_or(behind)
    {
        "" => None,
        address => Some(text::hex(address.strip_prefix("0x")?)?),
    };
    // A list of modules has base and size in such columns.
    let placed = || {
        let base = address.and_then(|address| address.checked_sub(offset));
        base.is_some_and(|base| base & EVEN == 0 && base > 0) && offset & EVEN != 0
    };
    (plus.is_some() || placed()).then_some(Frame {
        module: Some(module),
        offset: Some(offset),
        address,
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn rows_of_hosts() {
        let cases = [
            (
                "[alias Dock on quest Orbit (77015161)].orbit_dock.open() - \"orbit_dock.psc\" Line 31",
                Some("orbit_dock.open"),
                Some("orbit_dock.psc"),
                Some(31),
            ),
            (
                "[ (0001348A)].OrbitScript.open() - \"<native>\" Line ?",
                Some("OrbitScript.open"),
                None,
                None,
            ),
            (
                "[./dock line 31] in open(_)",
                Some("open(_)"),
                Some("./dock"),
                Some(31),
            ),
            (
                "dock.gd:31 @ _ready()",
                Some("_ready"),
                Some("dock.gd"),
                Some(31),
            ),
            (
                "Dock.cs:31 @ void Orbit.Dock.Open(int)",
                Some("Orbit.Dock.Open"),
                Some("Dock.cs"),
                Some(31),
            ),
            (
                "In file states/Dock.hx: CLS:Dock:open()  Line:31",
                Some("Dock:open"),
                Some("states/Dock.hx"),
                Some(31),
            ),
            (
                "*FUNCTION[open()]Orbit.3.tar\\orbit.3\\dock bay.nut line [31]",
                Some("open"),
                Some("Orbit.3.tar\\orbit.3\\dock bay.nut"),
                Some(31),
            ),
            (
                "*FUNCTION [include()] NATIVE line [-1]",
                Some("include"),
                None,
                None,
            ),
            (
                "*FUNCTION [include()] unnamed line [83]",
                Some("include"),
                None,
                Some(83),
            ),
            (
                "states/Dock.hx (line 31)",
                None,
                Some("states/Dock.hx"),
                Some(31),
            ),
            ("Dock.hx(Line 31)", None, Some("Dock.hx"), Some(31)),
            (
                "states/Dock.open() [line 31]",
                Some("states/Dock.open"),
                None,
                Some(31),
            ),
            (
                "Called from $Dock.open(Dock.hx:31)",
                Some("$Dock.open"),
                Some("Dock.hx"),
                Some(31),
            ),
            (
                "#0  void Main() (Dock.as line 31)",
                Some("Main"),
                Some("Dock.as"),
                Some(31),
            ),
            (
                "Scripts/Dock.as:void Dock::Open(int):31,5",
                Some("Dock::Open"),
                Some("Scripts/Dock.as"),
                Some(31),
            ),
        ];
        for (line, function, file, number) in cases {
            let frame = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.file, frame.line),
                (function, file, number),
                "{line}"
            );
        }
        let frame = read("orbit.DLL + 0x53eb (0x7ffdace553eb)").unwrap();
        assert_eq!(
            (frame.module, frame.offset, frame.address),
            (Some("orbit.DLL"), Some(0x53eb), Some(0x7ffd_ace5_53eb))
        );
    }

    #[test]
    fn words_are_no_rows() {
        for line in [
            "orbit.dll 0x53eb",
            "see Dock.hx (line of thirty)",
            "loaded orbit.dll + mods",
            "Dock.as: no bay",
            "#0 in Dock.as line 31",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
        for listed in [
            "orbit.dll  0x7ff94df50000  0x00020000",
            "orbit.dll  0x7ff94df50000  0x7ff94df80000",
        ] {
            assert_eq!(super::module_offset(listed), None, "{listed}");
        }
    }
}
