//! Function names for reading: demangled, without parameters, template arguments and return types.

mod shorten;
mod swift;
mod swift_old;

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use crate::language::Language;
use crate::text;

/// Longer names are left mangled: they cost time and nobody reads them.
const LONGEST_MANGLED: usize = 4 * 1024;
/// Substitutions can make a short mangled name explode; the writer stops here.
const LONGEST_DEMANGLED: usize = 16 * 1024;
/// A name for reading keeps this many bytes, from both ends.
const LONGEST_SHORT: usize = 140;

/// The name in full; what is not mangled or cannot be read comes back as it is.
pub(super) fn demangle(name: &str) -> Cow<'_, str> {
    let bytes = name.as_bytes();
    let mangled = match bytes {
        [b'_', b'_', b'_', b'Z', ..] => &name[2..],
        [b'_', b'_', b'Z' | b'R', ..] => &name[1..],
        [b'_', b'Z' | b'R', ..] => name,
        [b'$', b's' | b'S', ..] | [b'_', b'$', b's' | b'S', ..] | [b'_', b'T', b'0', ..] => {
            return swift::read(name).map_or(Cow::Borrowed(name), Cow::Owned);
        }
        [b'_', b'T', ..] | [b'_', b'_', b'T', ..] => {
            return swift_old::read(name).map_or(Cow::Borrowed(name), Cow::Owned);
        }
        [b'?', ..] => return microsoft(name).map_or(Cow::Borrowed(name), Cow::Owned),
        _ => return Cow::Borrowed(name),
    };
    if mangled.len() > LONGEST_MANGLED || mangled.contains(|c: char| c.is_whitespace()) {
        return Cow::Borrowed(name);
    }
    let mut out = Bounded(String::new());
    if let Ok(symbol) = rustc_demangle::try_demangle(mangled) {
        return match write!(out, "{symbol:#}") {
            Ok(()) => Cow::Owned(out.0),
            Err(_) => Cow::Borrowed(name),
        };
    }
    let parse = cpp_demangle::ParseOptions::default().recursion_limit(96);
    let options = cpp_demangle::DemangleOptions::new().recursion_limit(192);
    let symbol = cpp_demangle::Symbol::new_with_options(mangled, &parse);
    match symbol.and_then(|symbol| {
        symbol
            .structured_demangle(&mut out, &options)
            .map_err(|_| cpp_demangle::error::Error::UnexpectedText)
    }) {
        Ok(()) => Cow::Owned(out.0),
        Err(_) => Cow::Borrowed(name),
    }
}

/// A string that refuses to grow without end.
struct Bounded(String);

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > LONGEST_DEMANGLED {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

/// `?Tick@APawn@@QEAAXM@Z` is `public: void __cdecl APawn::Tick(float)`; only the name is printed.
fn microsoft(name: &str) -> Option<String> {
    if name.len() > LONGEST_MANGLED {
        return None;
    }
    let flags = msvc_demangler::DemangleFlags::NAME_ONLY;
    let full = msvc_demangler::demangle(name, flags).ok()?;
    (full.len() <= LONGEST_DEMANGLED && !full.is_empty()).then_some(full)
}

/// The name for reading.
pub(super) fn short(name: &str, language: Language) -> Cow<'_, str> {
    // What Swift puts in place of a function's name is a sentence.
    if name.starts_with("Swift runtime failure") {
        return Cow::Borrowed(name);
    }
    let short = match language {
        Language::Native => native(name),
        Language::CSharp => csharp(name),
        Language::Java => java(name),
        Language::Lua | Language::Script | Language::Go => Cow::Borrowed(name),
    };
    if short.len() <= LONGEST_SHORT {
        short
    } else {
        Cow::Owned(cut_middle(&short))
    }
}

/// Cuts the middle out: the class in front and the method at the end both tell.
fn cut_middle(name: &str) -> String {
    let mut tail = name.len() - 60;
    while !name.is_char_boundary(tail) {
        tail += 1;
    }
    format!("{}…{}", text::head(name, LONGEST_SHORT - 60), &name[tail..])
}

/// Lambda classes get a number and an address that change from run to run: `Packer$$Lambda$14/0x0800c0.run`.
fn java(name: &str) -> Cow<'_, str> {
    let Some((front, rest)) = text::split_once(name, "$$Lambda") else {
        return Cow::Borrowed(name);
    };
    let method = rest.rsplit('.').next().unwrap_or_default();
    Cow::Owned(format!("{front}$$Lambda.{method}"))
}

/// Mono writes ``Pool`1[T]:Get`` and `Battle:Update`; readers search for `Pool.Get` and `Battle.Update`.
fn csharp(name: &str) -> Cow<'_, str> {
    if !name.contains([':', '`', '[']) {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len());
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ':' => {
                if chars.peek() == Some(&':') {
                    chars.next();
                }
                out.push('.');
            }
            '`' => {
                while chars.peek().is_some_and(char::is_ascii_digit) {
                    chars.next();
                }
            }
            '[' => {
                let mut depth = 1_usize;
                while let Some(c) = chars.next_if(|_| depth > 0) {
                    depth = if c == '[' {
                        depth + 1
                    } else {
                        depth - usize::from(c == ']')
                    };
                }
            }
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn native(name: &str) -> Cow<'_, str> {
    let full = match demangle(name) {
        Cow::Borrowed(name) => rust_with_signs(without_hash(name)),
        full @ Cow::Owned(_) => full,
    };
    // Objective-C is short already; Swift's sentences (`closure #1 in Shop.open()`) lose their sense when cut.
    let plain = full
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b'~'));
    // Also its blocks: `__63-[ShipView fire:]_block_invoke`.
    let objective = full.starts_with("-[")
        || full.starts_with("+[")
        || full.starts_with("__") && (text::has(&full, "-[") || text::has(&full, "+["));
    let swift =
        !plain && !full.starts_with('<') && (text::has(&full, " in ") || text::has(&full, " -> "))
            || full.starts_with('@')
            || [
                "specialized ",
                "reabstraction thunk ",
                "protocol witness for ",
                "type metadata accessor ",
            ]
            .iter()
            .any(|start| full.starts_with(start));
    if objective {
        return match swift_old::classes(&full) {
            Cow::Borrowed(_) => full,
            Cow::Owned(read) => Cow::Owned(read),
        };
    }
    if swift {
        return full;
    }
    if plain && !text::has(&full, "std::__") {
        return match il2cpp(&full) {
            // `<` and `>` of generated classes are spelled out: `U3CAttackU3Ed__21_MoveNext`.
            Some(end) => Cow::Owned(full[..end].replace("U3C", "<").replace("U3E", ">")),
            None => full,
        };
    }
    let mut out = shorten::run(&full);
    if out.is_empty() {
        return full;
    }
    // The same with the parameters that a service adds, behind what IL2CPP appends to a delegate's call.
    if let Some(end) = il2cpp(&out).filter(|_| !text::has(&out, "::")) {
        out.truncate(end);
    }
    Cow::Owned(out)
}

/// Rust's names with the signs that symbols cannot have, where a printer of Rust's first years left them spelled out:
/// `_<orbit..Dock as core..ops..Drop>::drop`, `orbit::load::_$u7b$$u7b$closure$u7d$$u7d$`.
fn rust_with_signs(name: &str) -> Cow<'_, str> {
    const SPELLED: [(&str, &str); 16] = [
        ("$LT$", "<"),
        ("$GT$", ">"),
        ("$LP$", "("),
        ("$RP$", ")"),
        ("$RF$", "&"),
        ("$BP$", "*"),
        ("$C$", ","),
        ("$SP$", "@"),
        ("$u20$", " "),
        ("$u27$", "'"),
        ("$u5b$", "["),
        ("$u5d$", "]"),
        ("$u7b$", "{"),
        ("$u7d$", "}"),
        ("$u7e$", "~"),
        ("..", "::"),
    ];
    let spelled = name.starts_with("_<") || name.starts_with("_$") || text::has(name, "::_$");
    if !spelled || name.len() > LONGEST_MANGLED {
        return Cow::Borrowed(name);
    }
    let signs = |name: String, (spelled, sign): (&str, &str)| name.replace(spelled, sign);
    let read = SPELLED.into_iter().fold(name.replace("::_$", "::$"), signs);
    // Swift's old names begin so as well.
    let rust = read.starts_with("_<") || text::has(&read, "::{");
    if !rust {
        return Cow::Borrowed(name);
    }
    Cow::Owned(read.strip_prefix('_').map_or(read.clone(), str::to_owned))
}

/// Rust's names carry the hash of their build: `orbit::ship::fire::h2a1b2c3d4e5f6071`.
fn without_hash(name: &str) -> &str {
    const LENGTH: usize = "::h".len() + 16;
    let split = name
        .len()
        .checked_sub(LENGTH)
        .and_then(|at| name.split_at_checked(at));
    let hash = split.and_then(|(front, rest)| Some((front, rest.strip_prefix("::h")?)));
    match hash {
        Some((front, hash)) if hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => front,
        _ => name,
    }
}

/// IL2CPP adds a hash to each method: `Battle_Update_m3F0A…` ends where the hash begins.
pub(super) fn il2cpp(name: &str) -> Option<usize> {
    let at = text::rfind(name, "_m")?;
    let hash = name[at + 2..].split('_').next().unwrap_or_default();
    let hashed = hash.len() >= 8
        && hash
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_lowercase());
    (at > 0 && hashed).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_reading() {
        let cases = [
            ("_ZN5APawn4TickEf", "APawn::Tick"),
            ("__ZN5APawn4TickEf", "APawn::Tick"),
            (
                "_ZNSt6__ndk16vectorIiNS_9allocatorIiEEE9push_backEOi",
                "std::vector<…>::push_back",
            ),
            ("_RNvNtCs1234_8starfall4save5write", "starfall::save::write"),
            (
                "_ZN8starfall4save5write17h0123456789abcdefE",
                "starfall::save::write",
            ),
            ("?Tick@APawn@@QEAAXM@Z", "APawn::Tick"),
            (
                "TArray<int, FAlloc<(ESPMode)1>>::At(int) const",
                "TArray<…>::At",
            ),
            (
                "void std::__1::__invoke<Shop::open()::$_0&>(Shop::open()::$_0&)",
                "std::__invoke<…>",
            ),
            (
                "Shop::open()::{lambda(int)#1}::operator()(int) const",
                "Shop::open()::{lambda}::operator()",
            ),
            (
                "(anonymous namespace)::Save::write(char const*)",
                "(anonymous namespace)::Save::write",
            ),
            ("Vec::operator<(Vec const&)", "Vec::operator<"),
            (
                "<starfall::Save as core::fmt::Display>::fmt",
                "starfall::Save::fmt",
            ),
            (
                "_<starfall..Save as core..ops..Drop>::drop",
                "starfall::Save::drop",
            ),
            (
                "_<F as std..boxed..FnBox<A>>::call_box::h0123456789abcdef",
                "std::boxed::FnBox::call_box",
            ),
            (
                "_$LT$starfall..Save$u20$as$u20$core..fmt..Debug$GT$::fmt",
                "starfall::Save::fmt",
            ),
            (
                "starfall::load::_$u7b$$u7b$closure$u7d$$u7d$",
                "starfall::load::{{closure}}",
            ),
            (
                "Battle_Update_m3F0A11BBCC22DDEE33FF4455667788990011AABB",
                "Battle_Update",
            ),
            ("-[SFShop open:]", "-[SFShop open:]"),
            ("-[_TtC8Starfall4Shop open:]", "-[Starfall.Shop open:]"),
            ("$sIeg_IeyB_TR", "reabstraction thunk helper"),
            ("Shop::tick() [clone .cold]", "Shop::tick"),
            (
                "U3CAttackU3Ed__21_MoveNext_m0011223344556677889900AABBCCDDEEFF001122",
                "<Attack>d__21_MoveNext",
            ),
            ("main", "main"),
        ];
        for (name, expected) in cases {
            assert_eq!(short(name, Language::Native), expected, "{name}");
        }
        assert_eq!(short("Pool`1[T]:Get", Language::CSharp), "Pool.Get");
    }

    #[test]
    fn broken_names_come_back() {
        for name in [
            "_Z", "_ZN", "a<b", ">>>", "f(", "operator", "<>::", "((((", "{{{", "x)y", "<é",
        ] {
            let _ = short(name, Language::Native);
            let _ = short(name, Language::CSharp);
        }
    }
}
