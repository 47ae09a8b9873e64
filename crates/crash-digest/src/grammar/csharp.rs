//! C# under Mono, IL2CPP and .NET: `Starfall.Battle.Update () (at Assets/Scripts/Battle.cs:12)`.

use memchr::{memchr, memmem};

use super::shared::path_of;
use crate::frame::{Frame, Language};
use crate::text;

/// Reads a frame; a line without `at` in front must look the part more closely.
pub(super) fn read(line: &str, after_at: bool) -> Option<Frame<'_>> {
    if line.starts_with("(wrapper ") {
        return wrapper(line);
    }
    // Behind an inner exception's last frame: `Vault.cs:line 41<---`.
    let line = line.strip_suffix("<---").unwrap_or(line);
    // Where IL2CPP's code called into a mod's: `(il2cpp -> managed) Fire(IntPtr , Single )`.
    let line = match line.strip_prefix("(il2cpp -> managed) ") {
        Some(crossed) if after_at => {
            let (name, _) = crossed.split_once('(')?;
            return (!name.is_empty() && !name.contains(' ')).then_some(Frame {
                function: Some(name),
                language: Language::CSharp,
                ..Frame::default()
            });
        }
        _ => line,
    };
    if after_at && let Some(name) = compiled_at_run_time(line) {
        return Some(Frame {
            function: Some(name),
            language: Language::CSharp,
            ..Frame::default()
        });
    }
    // .NET that was compiled ahead of time prints how far in it is: `Orbit.Program.Main() + 0x30`.
    if after_at
        && let Some((front, offset)) = text::rsplit_once(line, ") + 0x")
        && let Some(offset) = text::hex(offset)
    {
        let frame = read(&line[..=front.len()], true)?;
        return Some(Frame {
            offset: Some(offset),
            ..frame
        });
    }
    // Mono names the place in the intermediate code, or in the compiled one: `… (object) <IL 0x00002, 0x0004e>`.
    // App Center prints the module's hash right behind: `…ButtonDrawable.Dispose(bool disposing)<173f39d7>:0`.
    let coded = line.strip_suffix(":0").unwrap_or(line);
    let coded = coded
        .strip_suffix('>')
        .and_then(|line| text::rsplit_once(line, ") <").or_else(|| text::rsplit_once(line, ")<")))
        .filter(|(_, code)| {
            let hash = || code.len() == 32 && code.bytes().all(|byte| byte.is_ascii_hexdigit());
            code.starts_with("IL 0x") || text::hex(code).is_some() || hash()
        });
    let line = coded.map_or(line, |(front, _)| &line[..=front.len()]);
    // Unity's editor prints what a method returns in front: `bool Orbit.Ship.Fire() (at Assets/Ship.cs:42)`.
    let line = match line.as_bytes().first() {
        Some(b'v' | b'o' | b'b' | b'i' | b'f' | b's' | b'T') => RETURNED
            .iter()
            .find_map(|kind| line.strip_prefix(kind))
            .or_else(|| behind_type(line))
            .unwrap_or(line),
        Some(b'S') => behind_type(line).unwrap_or(line),
        _ => line,
    };
    if after_at && let Some(frame) = crash_reporter(line) {
        return Some(frame);
    }
    let bytes = line.as_bytes();
    let open = memchr(b'(', bytes)?;
    let name = line[..open].trim_end();
    // At most one blank stands between name and parameters.
    if name.is_empty() || open - name.len() > 1 || !is_name(without_types(name)) {
        return None;
    }
    let (signature, place) = split_place(&line[open..]);
    let (file, number) = place.map_or((None, None), source);
    let closed = signature.trim_end().ends_with(')');
    let plain = !after_at && place.is_none() && coded.is_none();
    if !closed || (plain && !is_parameters(signature)) {
        return None;
    }
    Some(Frame {
        function: Some(name),
        file,
        line: number,
        language: Language::CSharp,
        ..Frame::default()
    })
}

/// A method behind the full name of what it returns, as a host spells its own: `static System.Void Orbit.Dock.Open(System.Int32 bay)`.
fn behind_type(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("static ").unwrap_or(line);
    let (returned, method) = text::split_once(rest, " ")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._`[]<>,+".contains(&byte);
    let (name, _) = method.split_once('(')?;
    let fits = returned.starts_with("System.")
        && returned.bytes().all(plain)
        && name.contains('.')
        && !name.contains(' ');
    fits.then_some(method)
}

/// The name of a method without a class, which .NET compiled at run time: `lambda_method12(Closure , Object , Object[] )`,
/// ``Regex1_Scan(RegexRunner, ReadOnlySpan`1)``.
fn compiled_at_run_time(line: &str) -> Option<&str> {
    let (name, types) = line.strip_suffix(')')?.split_once('(')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.starts_with("lambda_method") {
        return Some(name);
    }
    // A type begins with a capital, and the name of its parameter may stand behind it.
    let is_type = |one: &str| {
        let (kind, named) = text::word(one.trim());
        let plain_type = |byte: u8| byte.is_ascii_alphanumeric() || b"_.`[]&*<>+".contains(&byte);
        kind.starts_with(|c: char| c.is_ascii_uppercase())
            && kind.bytes().all(plain_type)
            && named.bytes().all(plain)
    };
    let fits = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(plain)
        && types.split(',').all(is_type);
    fits.then_some(name)
}

/// What a method can return, as its source spells it.
const RETURNED: [&str; 9] = [
    "void ",
    "object ",
    "bool ",
    "int ",
    "float ",
    "string ",
    "T ",
    "object[] ",
    "static void ",
];

/// What .NET writes in the languages of Windows: before a frame, before its place, before its line.
const LANGUAGES: [(&str, &str, &str); 12] = [
    ("在 ", " 位置 ", ":行号 "),
    ("於 ", " 於 ", ": 行 "),
    ("場所 ", " 場所 ", ":行 "),
    ("위치: ", " 파일 ", ":줄 "),
    ("bei ", " in ", ":Zeile "),
    ("à ", " dans ", ":ligne "),
    ("в ", " в ", ":строка "),
    ("w ", " w ", ":wiersz "),
    ("em ", " na ", ":linha "),
    ("en ", " en ", ":línea "),
    ("in ", " in ", ":riga "),
    ("v ", " v ", ":řádek "),
];

/// A frame of a .NET that speaks another language: `在 Moonfort.Vault.Open(Int32 slot) 位置 D:\\ws\\Vault.cs:行号 60`.
pub(super) fn localised(line: &str) -> Option<Frame<'_>> {
    let (rest, place, number) = LANGUAGES
        .iter()
        .find_map(|(at, place, number)| Some((line.strip_prefix(at)?, *place, *number)))?;
    let (call, place) = rest.rsplit_once(place).unwrap_or((rest, ""));
    let open = memchr(b'(', call.as_bytes());
    let name = &call[..open.unwrap_or(call.len())];
    if !is_name(name) || !name.contains('.') {
        return None;
    }
    let closed = open.is_some() && call.trim_end().ends_with(')');
    if !closed && !is_cut(line, name) {
        return None;
    }
    let (file, number) = place.rsplit_once(number).unwrap_or((place, ""));
    Some(Frame {
        function: Some(name),
        file: path_of(file),
        line: number.trim_end_matches('.').trim().parse().ok(),
        language: Language::CSharp,
        ..Frame::default()
    })
}

/// Whether a row is one that the text ends inside of: `在 Orbit.Dock.Open`, `在 Orbit.Dock.Open(System.Str`. Words of Latin letters
/// stand in front of anything.
fn is_cut(line: &str, name: &str) -> bool {
    let method = name.rsplit('.').next().unwrap_or(name);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".,_+`&[]* (".contains(&byte);
    let behind = line.find(name).map_or("", |at| &line[at + name.len()..]);
    line.starts_with(|c: char| !c.is_ascii())
        && name.bytes().filter(|byte| *byte == b'.').count() >= 2
        && method.starts_with(|c: char| c.is_ascii_uppercase() || c == '<')
        && behind.bytes().all(plain)
}

/// Mono's native crash reporter: `Moonfort.World:Tick <0x0003c>`; `<unknown> <0xffffffff>` is a transition to native code.
fn crash_reporter(line: &str) -> Option<Frame<'_>> {
    let (name, offset) = text::rsplit_once(line, " <0x")?;
    let offset = text::hex(offset.strip_suffix('>')?)?;
    if name == "<unknown>" {
        return None;
    }
    let wrapped = wrapper(name).and_then(|frame| frame.function);
    let name = wrapped.unwrap_or_else(|| name.split(" (").next().unwrap_or(name));
    is_name(name).then_some(Frame {
        function: Some(name),
        offset: Some(offset),
        language: Language::CSharp,
        ..Frame::default()
    })
}

/// A compiled method in a list of Unity's handler, behind its number: `Orbit.Dock/Bay:Open<int> (Orbit.Ship&,bool) <0x4c>`.
pub(super) fn compiled(rest: &str) -> Option<Frame<'_>> {
    // Most of what stands behind a number ends in another way.
    let (front, code) = rest
        .strip_suffix('>')
        .and_then(|rest| text::rsplit_once(rest, ") <"))?;
    let offset = text::hex(code.strip_prefix("0x")?)?;
    if front.starts_with("(wrapper ") {
        return wrapper(&rest[..=front.len()]);
    }
    let (name, _) = text::split_once(front, " (")?;
    let parts = name.rsplit_once(':').filter(|_| !text::has(name, "::"));
    let fits = parts.is_some_and(|(class, method)| {
        !class.is_empty() && !method.is_empty() && !class.starts_with('/')
    });
    fits.then_some(Frame {
        function: Some(name),
        offset: Some(offset),
        language: Language::CSharp,
        ..Frame::default()
    })
}

/// `(wrapper managed-to-native) UnityEngine.Transform:get_position (intptr)`: glue that Mono generates.
pub(super) fn wrapper(line: &str) -> Option<Frame<'_>> {
    let rest = line.strip_prefix("(wrapper ")?;
    let (_, rest) = text::split_once(rest, ") ")?;
    // MonoMod numbers what it makes: `Trampoline<Orbit.Dock.Open>?819556352`, `Hook<Orbit.Dock::Open>?-1396754696`.
    let name = before_parameters(rest);
    let name = match name.rsplit_once('?') {
        Some((front, number))
            if text::digits(number.strip_prefix('-').unwrap_or(number))
                .is_some_and(|(_, rest)| rest.is_empty()) =>
        {
            front
        }
        _ => name,
    };
    // What it makes of what it made has the words of a wrapper inside: `Orbit.Method.DMD<DMD<(il2cpp -> managed) Update>?7::…>`.
    let nested = text::has(name, "<(il2cpp -> managed) ")
        && name.ends_with('>')
        && is_name(name.split('<').next().unwrap_or(name));
    (nested || is_name(name)).then(|| Frame {
        function: Some(name),
        language: Language::CSharp,
        ..Frame::default()
    })
}

/// A name up to its parameters: brackets between `<` and `>` are of the name itself.
fn before_parameters(call: &str) -> &str {
    let mut depth = 0_u32;
    let mut last = 0;
    for (at, byte) in call.bytes().enumerate() {
        match byte {
            b'<' => depth += 1,
            // The arrow of `(il2cpp -> managed)` closes nothing.
            b'>' if last != b'-' => depth = depth.saturating_sub(1),
            b'(' if depth == 0 => return call[..at].trim_end(),
            _ => {}
        }
        last = byte;
    }
    // Brackets that do not close: as far as the first parameter.
    let open = memchr(b'(', call.as_bytes()).filter(|_| depth > 0);
    call[..open.unwrap_or(call.len())].trim_end()
}

/// The name in front of the full names of its types: ``System.Lazy`1[[Orbit.Bay, Orbit, Version=1.0.0.0]].Value``.
fn without_types(name: &str) -> &str {
    match text::split_once(name, "[[") {
        Some((front, rest)) if text::has(rest, "]]") => front,
        _ => name,
    }
}

/// ``Starfall.Battle+<Run>d__5.MoveNext``, ``Pool`1[T]:Get``: qualified, and without blanks.
fn is_name(name: &str) -> bool {
    let qualified = name.bytes().any(|byte| byte == b'.' || byte == b':');
    let edges = !name.starts_with(['.', ':', '-', '"', '[', '/']) && !name.ends_with(['.', ':']);
    qualified
        && edges
        && name.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || byte >= 0x80 || b"_.:`<>+$/|,&*@[]-=".contains(&byte)
        })
}

/// A plain line's brackets must hold types and names, not a sentence: `(System.Int32 damage, Unit target)`.
fn is_parameters(signature: &str) -> bool {
    let Some(inner) = signature
        .trim()
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    else {
        return false;
    };
    inner.split(',').all(|one| {
        let one = one.trim();
        // A number is a value: somebody's words about a call, `FPlatformMisc::RequestExit(1)`.
        !one.starts_with(|c: char| c.is_ascii_digit())
            && !one.contains(['(', ')', ':', '"', '\'', '!', '='])
            && one.split(' ').count() <= 3
    })
}

/// Splits the place off the parameters: `() (at Assets/A.cs:12)`, `() [0x00012] in <hash>:0`, `() in D:\a.cs:line 12`.
fn split_place(rest: &str) -> (&str, Option<&str>) {
    let bytes = rest.as_bytes();
    if let Some(at) = memmem::rfind(bytes, b" (at ")
        && let Some(place) = rest[at + 5..].trim_end().strip_suffix(')')
    {
        return (&rest[..at], Some(place));
    }
    // .NET's own reporter puts the place into the assembly's brackets:
    // `(Moonfort, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null: /app/src/Vault.cs:257)`.
    if let Some(inner) = rest
        .trim_end()
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        && text::has(inner, ", Version=")
    {
        let place = inner
            .split_once(", PublicKeyToken=")
            .and_then(|(_, rest)| text::split_once(rest, ": "));
        return ("()", Some(place.map_or("", |(_, place)| place)));
    }
    if let Some(at) = memmem::find(bytes, b" in ") {
        let front = rest[..at].trim_end();
        let front = match text::last_group(front, b'[', b']') {
            Some((shorter, inner)) if inner.starts_with("0x") => shorter.trim_end(),
            _ => front,
        };
        // Without its intermediate code: `Vault:Open () <0x40a1b0 + 0x00173> in <hash>:0`.
        let front = match text::rsplit_once(front, " <0x") {
            Some((shorter, inner)) if inner.ends_with('>') => shorter.trim_end(),
            _ => front,
        };
        if front.ends_with(')') {
            return (front, Some(&rest[at + 4..]));
        }
    }
    match text::last_group(rest, b'[', b']') {
        Some((front, inner)) if inner.starts_with("0x") => (front.trim_end(), Some("")),
        _ => (rest, None),
    }
}

/// Builds without debug files print the module's hash or nothing: `<4f3c…>:0`, `<filename unknown>:0`.
fn source(place: &str) -> (Option<&str>, Option<u32>) {
    if place.is_empty() || place.starts_with('<') {
        return (None, None);
    }
    let (file, line) = text::file_line(place.trim());
    (path_of(file), line.filter(|&line| line > 0))
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn the_forms_of_unity_mono_and_dotnet() {
        let cases = [
            (
                "Starfall.Battle.Update () (at Assets/Scripts/Battle.cs:12)",
                "Starfall.Battle.Update",
                Some("Assets/Scripts/Battle.cs"),
                Some(12),
            ),
            (
                "  at Starfall.Battle.Hit (System.Int32 n) [0x00012] in <4f3cab>:0 ",
                "Starfall.Battle.Hit",
                None,
                None,
            ),
            (
                r"at Starfall.Net.Send(Packet p) in D:\ws\Net.cs:line 88",
                "Starfall.Net.Send",
                Some(r"D:\ws\Net.cs"),
                Some(88),
            ),
            (
                "UnityEngine.Debug:LogError(Object)",
                "UnityEngine.Debug:LogError",
                None,
                None,
            ),
            (
                "Starfall.Run+<Go>d__5.MoveNext ()",
                "Starfall.Run+<Go>d__5.MoveNext",
                None,
                None,
            ),
            (
                "(wrapper managed-to-native) UnityEngine.Transform:get_position (intptr)",
                "UnityEngine.Transform:get_position",
                None,
                None,
            ),
        ];
        for (line, function, file, number) in cases {
            let frame = read(line.trim()).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (frame.function, frame.file, frame.line),
                (Some(function), file, number),
                "{line}"
            );
        }
    }

    #[test]
    fn log_lines_are_not_frames() {
        for line in [
            "LogNet: Foo (bar)",
            "Battle.Update failed (at last)",
            "Save: wrote file (12 bytes in all)",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
