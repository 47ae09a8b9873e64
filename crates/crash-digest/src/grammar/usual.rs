//! The fast path: the three forms that nearly all frames of phones, virtual machines and Lua have, read in one pass over the line:
//! `com.acme.orbit.Dock.open(Dock.kt:31)`, `00 pc 000000000004a1b8  /system/lib64/libc.so (abort+164)` and
//! `lib/dock.lua:31: in function 'open'`.
//!
//! A long dump is such lines by the million. Whatever is not exactly of the form is `None` here, and for the grammars of its
//! printers to read; what is read here they would read alike, which a test asks of every shape.

use memchr::{memchr, memchr2, memrchr};

use super::shared::named;
use crate::frame::{Frame, Language};
use crate::text;

/// One of them, as it stands on its line: behind `at`, behind `#`, or behind the `native:` of a machine's dump.
pub(super) fn read(line: &str) -> Option<Frame<'_>> {
    match line.as_bytes() {
        [b'a', b't', b' ', ..] => java(&line[3..]),
        [b'#', ..] => native(&line[1..]),
        [b'n', b'a', b't', b'i', b'v', b'e', b':', b' ', b'#', ..] => native(&line[9..]),
        [.., b'\''] => lua(line),
        _ => None,
    }
    .map(|frame| Frame { raw: line, ..frame })
}

/// Behind `at`: package, class and method, and a file of Java or Kotlin with its line.
pub(super) fn java(rest: &str) -> Option<Frame<'_>> {
    let bytes = rest.as_bytes();
    let open = run(bytes, DOTTED);
    let (function, place) = (&rest[..open], rest.get(open + 1..)?);
    let point = memrchr(b'.', function.as_bytes())?;
    let method = &function.as_bytes()[point + 1..];
    let stem = run(place.as_bytes(), WORD);
    let (end, number) = match &place.as_bytes()[stem..] {
        [b'.', b'j', b'a', b'v', b'a', b':', number @ .., b')'] => (stem + 5, number),
        [b'.', b'k', b't', b':', number @ .., b')'] => (stem + 3, number),
        _ => return None,
    };
    // A native frame in Java's form has its offset or its own name in the place: `libc.abort(abort)`.
    let may_be_native = || {
        place.as_bytes().starts_with(method)
            || method[0].is_ascii_hexdigit() && method.iter().all(u8::is_ascii_hexdigit)
    };
    let plain = bytes[open] == b'('
        && stem > 0
        && point > 0
        && bytes[0] != b'.'
        && matches!(method, [.., last] if last.is_ascii_alphanumeric())
        && !may_be_native();
    let line = small(number).filter(|_| plain)?;
    Some(Frame {
        function: Some(function),
        file: Some(&place[..end]),
        line: Some(line),
        language: Language::Java,
        ..Frame::default()
    })
}

/// A script and its line, and a function that has a name.
fn lua(line: &str) -> Option<Frame<'_>> {
    let end = run(line.as_bytes(), PATH);
    let (file, rest) = line.split_at(end);
    let rest = rest
        .strip_prefix(':')
        .filter(|_| matches!(file.as_bytes(), [.., b'.', b'l', b'u', b'a']))?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = rest.split_at(digits);
    let rest = rest.strip_prefix(": in ")?;
    let name = ["function '", "method '", "upvalue '", "field '", "local '"]
        .iter()
        .find_map(|kind| rest.strip_prefix(kind))?
        .strip_suffix('\'')?;
    let plain = name
        .bytes()
        .all(|byte| SIGNS[usize::from(byte)] & DOTTED != 0 || byte == b':');
    let number = small(number.as_bytes()).filter(|_| plain)?;
    Some(Frame {
        function: named(name),
        file: Some(file),
        line: Some(number),
        language: Language::Lua,
        ..Frame::default()
    })
}

/// Signs of a word; those, with the points between words; and those, with what stands between folders.
const WORD: u8 = 1;
const DOTTED: u8 = 2;
const PATH: u8 = 4;

/// Which of them each sign is.
const SIGNS: [u8; 256] = {
    let mut signs = [0; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' {
            signs[byte as usize] = WORD | DOTTED | PATH;
        }
        byte += 1;
    }
    signs[b'.' as usize] = DOTTED | PATH;
    signs[b'/' as usize] = PATH;
    signs[b'-' as usize] = PATH;
    signs
};

/// How many signs of this kind stand in front.
fn run(bytes: &[u8], kind: u8) -> usize {
    let other = bytes
        .iter()
        .position(|byte| SIGNS[usize::from(*byte)] & kind == 0);
    other.unwrap_or(bytes.len())
}

/// A decimal number without a sign, of at most nine digits.
fn small(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0_u32, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + u32::from(byte - b'0'))
    })
}

/// Behind `#`: number, `pc`, an address, a path, and a symbol with its offset, perhaps a build id.
pub(super) fn native(rest: &str) -> Option<Frame<'_>> {
    let rest = match rest.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9', b' ', b'p', b'c', b' ', ..] => &rest[6..],
        [
            b'0'..=b'9',
            b'0'..=b'9',
            b'0'..=b'9',
            b' ',
            b'p',
            b'c',
            b' ',
            ..,
        ] => &rest[7..],
        _ => return None,
    };
    let (address, rest) = rest.split_at(memchr(b' ', rest.as_bytes())?);
    let rest = rest.trim_start_matches(' ');
    if address.len() > 16 || !rest.starts_with('/') {
        return None;
    }
    let (module, symbol) = rest.split_at(memchr(b' ', rest.as_bytes())?);
    let (name, offset) =
        place_in_function(symbol).or_else(|| place_in_function(without_build_id(symbol)?))?;
    let bytes = name.as_bytes();
    let plain = memchr(b'(', module.as_bytes()).is_none()
        && !module.ends_with(':')
        && !name.ends_with("operator")
        && bytes
            .last()
            .is_some_and(|last| (b'!'..=b'~').contains(last))
        && is_balanced(bytes);
    let address = text::hex(address).filter(|_| plain)?;
    let function = named(name);
    Some(Frame {
        module: Some(module),
        address: Some(address),
        function,
        offset: function.map(|_| u64::from(offset)),
        ..Frame::default()
    })
}

/// ` (orbit::Dock::open(int)+168)` to the name and the offset.
fn place_in_function(symbol: &str) -> Option<(&str, u32)> {
    let inner = symbol.strip_prefix(" (")?.strip_suffix(')')?;
    let plus = memrchr(b'+', inner.as_bytes())?;
    Some((&inner[..plus], small(&inner.as_bytes()[plus + 1..])?))
}

/// What stands in front of ` (BuildId: 3a1f…)` at the end of the line.
fn without_build_id(symbol: &str) -> Option<&str> {
    let open = memrchr(b'(', symbol.as_bytes())?;
    let id = symbol[open..]
        .strip_prefix("(BuildId: ")?
        .strip_suffix(')')?;
    let hex = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    symbol[..open].strip_suffix(' ').filter(|_| hex)
}

/// Whether each bracket that closes was opened before it, and none is left open.
fn is_balanced(name: &[u8]) -> bool {
    let Some(first) = memchr2(b'(', b')', name) else {
        return true;
    };
    let mut depth = 0_usize;
    for byte in &name[first..] {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return false,
            b')' => depth -= 1,
            _ => {}
        }
    }
    depth == 0
}
