//! C++ and Rust names cut to what tells: one pass, bounded by the length of the name.

use crate::text;

/// One pass over a C++ or Rust name, copying what tells and skipping the rest.
struct Shortener<'a> {
    text: &'a str,
    at: usize,
    out: String,
}

/// The name without return type, template arguments and parameters.
pub(super) fn run(text: &str) -> String {
    Shortener::run(text)
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
                    // The compiler keeps the sign apart from what it is of: `std::operator<< <std::char_traits<char> >`.
                    if this.rest().starts_with(" <") && this.is_behind_operator() {
                        this.at += 1;
                        continue;
                    }
                    // What stood before is a return type or a word such as `virtual`; `[clone .cold]` ends the name.
                    if this.rest().starts_with(" [clone") || this.rest().starts_with(" const") {
                        break;
                    }
                    this.out.clear();
                    this.at += 1;
                }
                b'*' | b'&' if this.out.is_empty() => this.at += 1,
                _ => this.copy(this.plain()),
            }
        }
        let mut out = this.out;
        if !text::has(&out, "__") {
            return out;
        }
        // HarmonyOS's are `__n1` and `__h`.
        for inner in ["std::__n1::", "std::__h::"] {
            while let Some(at) = out.find(inner) {
                out.replace_range(at + "std::".len()..at + inner.len(), "");
            }
        }
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

    /// How many bytes can be copied at once, the present one included.
    fn plain(&self) -> usize {
        let special = |byte: &u8| {
            matches!(
                byte,
                b'o' | b'<' | b'(' | b'{' | b'`' | b'[' | b' ' | b'*' | b'&'
            )
        };
        let behind = self.bytes().iter().skip(self.at + 1).position(special);
        behind.map_or(self.text.len() - self.at, |at| at + 1)
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
        let (inner, of) = match outer_as(inner) {
            Some(at) => (&inner[..at], &inner[at + 4..]),
            None => (inner, ""),
        };
        let inner = inner.trim_start_matches(['&', '*']);
        // A parameter's name says nothing: `<Func as bevy_ecs::SystemParamFunction<…>>::run` is of the trait.
        let parameter = !of.is_empty() && inner.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let inner = if parameter { of } else { inner };
        if inner.starts_with('<') {
            self.out.push_str(&Self::run(inner));
        } else {
            let inner = inner.split('<').next().unwrap_or(inner);
            self.out.push_str(inner);
        }
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

    /// Whether an operator's sign was copied last that a bracket would be taken for more of.
    fn is_behind_operator(&self) -> bool {
        let last = self.out.rsplit("::").next().unwrap_or_default();
        let sign = last.strip_prefix("operator");
        sign.is_some_and(|sign| sign.ends_with(['<', '-', '>']))
    }

    fn template(&mut self) {
        let end = self.close(b'<', b'>');
        let inner = self
            .text
            .get(self.at + 1..end.saturating_sub(1))
            .unwrap_or_default();
        // Microsoft's lambdas are called `<lambda_7f3c…>`, constructors of Kotlin/Native `<init>`.
        self.out.push_str(match inner {
            "init" => "<init>",
            "clinit" => "<clinit>",
            _ if inner.starts_with("lambda") => "<lambda>",
            _ => "<…>",
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
        // A type written as an expression, in front of the name: `decltype(f()) orbit::Dock::open(int)`.
        if matches!(
            self.out.as_str(),
            "decltype" | "typeof" | "__typeof__" | "__underlying_type"
        ) && end < self.text.len()
        {
            self.out.clear();
            self.at = end;
            return true;
        }
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
            self.out.push_str(text::head(inner, 40));
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
                && !(open == b'<' && (round > 0 || matches!(self.bytes()[at - 1], b'-' | b'.')))
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

/// Where ` as ` stands outside of brackets of its own.
fn outer_as(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'<' | b'(' => depth += 1,
            b'>' if at > 0 && matches!(bytes[at - 1], b'-' | b'.') => {}
            b'>' | b')' => depth = depth.saturating_sub(1),
            b' ' if depth == 0 && bytes[at..].starts_with(b" as ") => return Some(at),
            _ => {}
        }
    }
    None
}
