//! Function names for reading: demangled, without parameters, template arguments and return types.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use super::frame::Dialect;
use super::scan;

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

/// `?Tick@APawn@@QEAAXM@Z` is `APawn::Tick`; templates and operators stay mangled.
fn microsoft(name: &str) -> Option<String> {
    let (path, _) = name.strip_prefix('?')?.split_once("@@")?;
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let parts: Vec<&str> = path.split('@').collect();
    if parts.len() > 16 || !parts.iter().all(|part| plain(part)) {
        return None;
    }
    Some(parts.into_iter().rev().collect::<Vec<_>>().join("::"))
}

/// The name for reading.
pub(super) fn short(name: &str, dialect: Dialect) -> Cow<'_, str> {
    let short = match dialect {
        Dialect::Native => native(name),
        Dialect::CSharp => csharp(name),
        Dialect::Java => java(name),
        Dialect::Lua | Dialect::Script => Cow::Borrowed(name),
    };
    if short.len() <= LONGEST_SHORT {
        short
    } else {
        Cow::Owned(elide(&short))
    }
}

/// Cuts the middle out: the class in front and the method at the end both tell.
fn elide(name: &str) -> String {
    let mut tail = name.len() - 60;
    while !name.is_char_boundary(tail) {
        tail += 1;
    }
    format!("{}…{}", scan::head(name, LONGEST_SHORT - 60), &name[tail..])
}

/// Lambda classes get a number and an address that change from run to run: `Packer$$Lambda$14/0x0800c0.run`.
fn java(name: &str) -> Cow<'_, str> {
    let Some((front, rest)) = name.split_once("$$Lambda") else {
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
    let full = demangle(name);
    // Objective-C is short already; Swift's sentences (`closure #1 in Shop.open()`) lose their sense when cut.
    let plain = full
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b'~'));
    let objective = full.starts_with("-[") || full.starts_with("+[");
    let swift = full.contains(" in ")
        || full.contains(" -> ")
        || full.starts_with('@')
        || full.starts_with("specialized ");
    if objective || swift {
        return full;
    }
    if plain && !full.contains("std::__") {
        return match il2cpp(&full) {
            // `<` and `>` of generated classes are spelled out: `U3CAttackU3Ed__21_MoveNext`.
            Some(end) => Cow::Owned(full[..end].replace("U3C", "<").replace("U3E", ">")),
            None => full,
        };
    }
    let out = Shortener::run(&full);
    if out.is_empty() {
        full
    } else {
        Cow::Owned(out)
    }
}

/// IL2CPP adds a hash to each method: `Battle_Update_m3F0A…` ends where the hash begins.
pub(super) fn il2cpp(name: &str) -> Option<usize> {
    let at = name.rfind("_m")?;
    let hash = name[at + 2..].split('_').next().unwrap_or_default();
    let hashed = hash.len() >= 8
        && hash
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_lowercase());
    (at > 0 && hashed).then_some(at)
}

/// One pass over a C++ or Rust name, copying what tells and skipping the rest.
struct Shortener<'a> {
    text: &'a str,
    at: usize,
    out: String,
}

impl<'a> Shortener<'a> {
    fn run(text: &'a str) -> String {
        let mut this = Self {
            text,
            at: 0,
            out: String::with_capacity(text.len().min(256)),
        };
        this.leading_type();
        while let Some(&byte) = this.bytes().get(this.at) {
            match byte {
                b'o' if this.operator() => {}
                b'<' => this.template(),
                b'(' => {
                    if !this.brackets() {
                        break;
                    }
                }
                b'{' => this.braces(),
                // Microsoft's `anonymous namespace' and `scalar deleting destructor' are quoted.
                b'`' => this.copy(this.rest().find('\'').map_or(1, |end| end + 1)),
                b'[' => this.at = this.close(b'[', b']'),
                b' ' => {
                    // What stood before is a return type or a word such as `virtual`; `[clone .cold]` ends the name.
                    if this.rest().starts_with(" [clone") || this.rest().starts_with(" const") {
                        break;
                    }
                    this.out.clear();
                    this.at += 1;
                }
                b'*' | b'&' if this.out.is_empty() => this.at += 1,
                _ => this.copy(1),
            }
        }
        let mut out = this.out;
        for inner in ["__1::", "__ndk1::", "__cxx11::", "__fs::"] {
            while let Some(at) = out.find(inner) {
                out.replace_range(at..at + inner.len(), "");
            }
        }
        out
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Copies up to `count` bytes, and on to the end of a character.
    fn copy(&mut self, count: usize) {
        let mut end = (self.at + count).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.out.push_str(&self.text[self.at..end]);
        self.at = end;
    }

    /// Rust puts a type in front: `<starfall::Save as core::fmt::Display>::fmt` is `starfall::Save::fmt`.
    fn leading_type(&mut self) {
        if self.bytes().first() != Some(&b'<') {
            return;
        }
        let end = self.close(b'<', b'>');
        if end <= 2 || !self.text[end..].starts_with("::") {
            return;
        }
        let inner = &self.text[1..end - 1];
        let inner = inner.split(" as ").next().unwrap_or(inner);
        let inner = inner.split('<').next().unwrap_or(inner);
        self.out.push_str(inner.trim_start_matches(['&', '*']));
        self.at = end;
    }

    /// `operator<<`, `operator()`, `operator new`: their brackets are part of the name.
    fn operator(&mut self) -> bool {
        const SYMBOLS: [&str; 16] = [
            "()", "[]", "->*", "->", "<<=", ">>=", "<=>", "<<", ">>", "<=", ">=", "<", ">", " new",
            " delete", " ",
        ];
        let Some(symbol) = self.rest().strip_prefix("operator") else {
            return false;
        };
        if self.at > 0 && !matches!(self.bytes()[self.at - 1], b':' | b' ') {
            return false;
        }
        let symbol = SYMBOLS
            .into_iter()
            .find(|known| symbol.starts_with(known))
            .unwrap_or_default();
        self.copy("operator".len() + symbol.len());
        if symbol == " " {
            // A conversion: the type up to the parameters is its name.
            let end = self.rest().find('(').unwrap_or(self.rest().len());
            self.copy(end);
        }
        true
    }

    fn template(&mut self) {
        let end = self.close(b'<', b'>');
        let inner = self
            .text
            .get(self.at + 1..end.saturating_sub(1))
            .unwrap_or_default();
        // Microsoft's lambdas are called `<lambda_7f3c…>`.
        self.out.push_str(if inner.starts_with("lambda") {
            "<lambda>"
        } else {
            "<…>"
        });
        self.at = end;
    }

    /// Parameters end the name, unless a part of it follows: `Shop::open()::{lambda(int)#1}::operator()`.
    fn brackets(&mut self) -> bool {
        if self.rest().starts_with("(anonymous namespace)") {
            self.copy("(anonymous namespace)".len());
            return true;
        }
        let end = self.close(b'(', b')');
        let mut behind = end;
        for word in [" const", "&", " &"] {
            if self.text[behind..].starts_with(word) {
                behind += word.len();
            }
        }
        if !self.text[behind..].starts_with("::") {
            return self.out.is_empty() && end < self.text.len() && {
                self.at = end;
                true
            };
        }
        self.out.push_str("()");
        self.at = behind;
        true
    }

    fn braces(&mut self) {
        let end = self.close(b'{', b'}');
        let inner = &self.text[self.at..end];
        if inner.starts_with("{lambda") {
            self.out.push_str("{lambda}");
        } else {
            self.out.push_str(scan::head(inner, 40));
        }
        self.at = end;
    }

    /// Where the bracket that opens here closes; the end of the text when it does not.
    fn close(&self, open: u8, close: u8) -> usize {
        let (mut depth, mut round) = (0_usize, 0_usize);
        for (at, &byte) in self.bytes().iter().enumerate().skip(self.at) {
            if byte == open {
                depth += usize::from(open != b'<' || round == 0);
            } else if byte == close
                && !(open == b'<' && (round > 0 || self.bytes()[at - 1] == b'-'))
            {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            } else if open == b'<' && byte == b'(' {
                round += 1;
            } else if open == b'<' && byte == b')' {
                round = round.saturating_sub(1);
            }
        }
        self.text.len()
    }
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
                "Battle_Update_m3F0A11BBCC22DDEE33FF4455667788990011AABB",
                "Battle_Update",
            ),
            ("-[SFShop open:]", "-[SFShop open:]"),
            ("Shop::tick() [clone .cold]", "Shop::tick"),
            (
                "U3CAttackU3Ed__21_MoveNext_m0011223344556677889900AABBCCDDEEFF001122",
                "<Attack>d__21_MoveNext",
            ),
            ("main", "main"),
        ];
        for (name, expected) in cases {
            assert_eq!(short(name, Dialect::Native), expected, "{name}");
        }
        assert_eq!(short("Pool`1[T]:Get", Dialect::CSharp), "Pool.Get");
    }

    #[test]
    fn broken_names_come_back() {
        for name in [
            "_Z", "_ZN", "a<b", ">>>", "f(", "operator", "<>::", "((((", "{{{", "x)y", "<é",
        ] {
            let _ = short(name, Dialect::Native);
            let _ = short(name, Dialect::CSharp);
        }
    }
}
