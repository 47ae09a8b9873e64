//! Swift's mangled names before Swift 4, and the names of its classes for Objective-C, which are still spelled so.
//!
//! `_TFC8Moonfort5Fleet4sailfT_T_` is `Moonfort.Fleet.sail`, `_TtC8Moonfort5Fleet` is `Moonfort.Fleet`.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::text;

/// A name of more parts is left as it is: each part is kept with all in front of it.
const MOST_PARTS: usize = 64;

/// The name for reading, or `None` where it has parts not known here.
pub(super) fn read(name: &str) -> Option<String> {
    let name = name.strip_prefix("__T").or(name.strip_prefix("_T"))?;
    if !name.is_ascii() || name.len() > 2000 {
        return None;
    }
    if let Some(class) = name.strip_prefix('t') {
        let mut reader = Reader::new(class);
        let class = reader.context()?;
        return (!class.is_empty()).then_some(class);
    }
    if let Some(class) = name.strip_prefix("Ma") {
        let class = Reader::new(class).context()?;
        return Some(format!("type metadata accessor for {class}"));
    }
    if name.starts_with("TR") {
        return Some("reabstraction thunk helper".to_owned());
    }
    if let Some(conformance) = name.strip_prefix("TW") {
        return witness(conformance);
    }
    // What the compiler put around a function names it at the end: `_TTSf4g_n___TFC…`, `_TPA__TFC…`.
    if (name.starts_with("TS") || name.starts_with("PA"))
        && let Some(at) = text::find(name, "__T")
    {
        return read(&name[at + 1..]);
    }
    let entity = name.strip_prefix("To").unwrap_or(name);
    let entity = entity.strip_prefix('Z').unwrap_or(entity);
    function(&mut Reader::new(entity))
}

/// The names of classes in an Objective-C frame or a sentence: `-[_TtC8Moonfort5Fleet sail]`.
pub(super) fn classes(text: &str) -> Cow<'_, str> {
    let Some(at) = text::find(text, "_Tt") else {
        return Cow::Borrowed(text);
    };
    let rest = &text[at..];
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    match read(&rest[..end]) {
        Some(class) => Cow::Owned(format!("{}{class}{}", &text[..at], &rest[end..])),
        None => Cow::Borrowed(text),
    }
}

/// A conformance, then the requirement that is called: `C8Moonfort5FleetS_7DrawingS_FS1_4drawfT_T_`.
fn witness(conformance: &str) -> Option<String> {
    let mut reader = Reader::new(conformance);
    let class = reader.context()?;
    let at = text::find(reader.rest, "_F")?;
    let function = reader.rest[at + 2..].trim_start_matches(|c: char| !c.is_ascii_digit());
    // Behind the protocol's place comes its requirement: `S1_4draw`.
    let named = match text::digits(function)?.1.strip_prefix('_') {
        Some(named) => named,
        None => function,
    };
    reader.rest = named;
    let name = reader.entity()?;
    Some(format!(
        "protocol witness for {name} in conformance {class}"
    ))
}

/// `FC8Moonfort5Fleet4sailfT_T_`; another `F` in front is a function's closure.
fn function(reader: &mut Reader<'_>) -> Option<String> {
    let mut depth = 0;
    while reader.take("F") {
        depth += 1;
    }
    if depth == 0 {
        return None;
    }
    let context = reader.context()?;
    let name = reader.entity()?;
    let mut out = String::new();
    let mut rest = reader.rest;
    let mut numbers = Vec::new();
    for _ in 1..depth {
        let (number, behind) = closure(rest)?;
        numbers.push(number);
        rest = behind;
    }
    for number in numbers.iter().rev() {
        let _ = write!(out, "closure #{number} in ");
    }
    let _ = write!(out, "{context}.{name}");
    Some(out)
}

/// The next closure's number and what stands behind it: `U_` is the first, `U0_` the second.
fn closure(mut rest: &str) -> Option<(usize, &str)> {
    while let Some(at) = rest.find('U') {
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('_') {
            return Some((1, behind));
        }
        if let Some((digits, behind)) = text::digits(rest)
            && let Some(behind) = behind.strip_prefix('_')
        {
            return Some((digits.parse::<usize>().ok()?.saturating_add(2), behind));
        }
    }
    None
}

struct Reader<'a> {
    rest: &'a str,
    /// Modules and types so far; `S_` is the first, `S0_` the second.
    seen: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(rest: &'a str) -> Self {
        Self {
            rest,
            seen: Vec::new(),
        }
    }

    fn take(&mut self, mark: &str) -> bool {
        text::take(&mut self.rest, mark)
    }

    /// A module, or a type with what it is in: `C8Moonfort5Fleet`, `CC8Moonfort5Fleet4Ship`, `CSo6UIView`.
    fn context(&mut self) -> Option<String> {
        let mut depth = 0;
        self.take("G");
        while ["C", "V", "O", "P"].iter().any(|kind| self.take(kind)) {
            depth += 1;
        }
        if depth + self.seen.len() > MOST_PARTS {
            return None;
        }
        let mut path = if self.take("E") {
            // An extension: its code is that module's.
            let module = self.identifier()?;
            self.seen.push(module.clone());
            let class = self.context()?;
            return Some(format!("{module}.{class}"));
        } else if self.take("So") || self.take("SC") {
            String::new()
        } else if self.take("Ss") || self.rest.starts_with('s') {
            self.take("s");
            "Swift".to_owned()
        } else if self.take("S") {
            self.substitution()?
        } else {
            let module = self.identifier()?;
            self.seen.push(module.clone());
            module
        };
        for _ in 0..depth {
            let name = self.identifier()?;
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(&name);
            self.seen.push(path.clone());
        }
        Some(path)
    }

    fn substitution(&mut self) -> Option<String> {
        let at = if self.take("_") {
            0
        } else {
            let (digits, rest) = text::digits(self.rest)?;
            self.rest = rest.strip_prefix('_')?;
            digits.parse::<usize>().ok()?.checked_add(1)?
        };
        self.seen.get(at).cloned()
    }

    /// `5Fleet`; a private one has its file in front: `P33_0123…5Fleet`.
    fn identifier(&mut self) -> Option<String> {
        if self.take("P") {
            self.literal()?;
        }
        self.literal()
    }

    fn literal(&mut self) -> Option<String> {
        let (digits, rest) = text::digits(self.rest)?;
        let length: usize = digits.parse().ok()?;
        let literal = rest.get(..length).filter(|literal| !literal.is_empty())?;
        self.rest = &rest[length..];
        Some(literal.to_owned())
    }

    /// What is called: a function's name, an initializer, an accessor.
    fn entity(&mut self) -> Option<String> {
        if self.take("C") || self.take("c") {
            return Some("init".to_owned());
        }
        if self.take("D") || self.take("d") {
            return Some("deinit".to_owned());
        }
        if ["oi", "op", "oP"].iter().any(|mark| self.take(mark)) {
            return super::swift::operator(&self.literal()?);
        }
        let kinds = [
            ("g", ".getter"),
            ("s", ".setter"),
            ("m", ".modify"),
            ("W", ".didset"),
            ("w", ".willset"),
            ("au", ".addressor"),
        ];
        let kind = kinds.iter().find(|(mark, _)| self.take(mark));
        if self.take("L") {
            let local = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
            self.rest = local.strip_prefix('_')?;
        }
        let mut name = self.identifier()?;
        if let Some((_, told)) = kind {
            name.push_str(told);
        }
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::{classes, read};

    #[test]
    fn functions_and_classes() {
        let cases = [
            ("_TF8Moonfort4bootFT_T_", "Moonfort.boot"),
            (
                "_TFC8Moonfort5Fleet4sailfT5knotsSi_T_",
                "Moonfort.Fleet.sail",
            ),
            ("_TToFC8Moonfort5Fleet4sailfT_T_", "Moonfort.Fleet.sail"),
            ("_TZFC8Moonfort5Fleet4sailfT_T_", "Moonfort.Fleet.sail"),
            ("_TFC8Moonfort5FleetcfT_S0_", "Moonfort.Fleet.init"),
            ("_TFC8Moonfort5FleetD", "Moonfort.Fleet.deinit"),
            ("_TFC8Moonfort5Fleetg4nameSS", "Moonfort.Fleet.name.getter"),
            ("_TFE8MoonfortCSo6UIView4hidefT_T_", "Moonfort.UIView.hide"),
            (
                "_TFFC8Moonfort5Fleet4sailFT_T_U0_FT_T_",
                "closure #2 in Moonfort.Fleet.sail",
            ),
            (
                "_TFFFC8Moonfort5Fleet4sailFT_T_U_FT_T_U0_FT_T_",
                "closure #2 in closure #1 in Moonfort.Fleet.sail",
            ),
            (
                "_TFC8Moonfort5FleetP33_0123456789ABCDEF0123456789ABCDEF4sailfT_T_",
                "Moonfort.Fleet.sail",
            ),
            (
                "_TTWC8Moonfort5FleetS_7DrawingS_FS1_4drawfT_T_",
                "protocol witness for draw in conformance Moonfort.Fleet",
            ),
            ("_TTRXdT__XdT__", "reabstraction thunk helper"),
            (
                "_TTSf4g_n___TFC8Moonfort5Fleet4sailfT_T_",
                "Moonfort.Fleet.sail",
            ),
            ("_TtC8Moonfort5Fleet", "Moonfort.Fleet"),
            ("_TtCC8Moonfort5Fleet4Ship", "Moonfort.Fleet.Ship"),
            (
                "_TMaC8Moonfort5Fleet",
                "type metadata accessor for Moonfort.Fleet",
            ),
        ];
        for (name, told) in cases {
            assert_eq!(read(name).as_deref(), Some(told), "{name}");
        }
        assert_eq!(
            classes("-[_TtC8Moonfort5Fleet sail:]"),
            "-[Moonfort.Fleet sail:]"
        );
    }

    #[test]
    fn names_of_many_parts_stay() {
        let nested = |depth: usize| format!("_Tt{}1M{}", "C".repeat(depth), "1A".repeat(depth));
        assert_eq!(read(&nested(3)).as_deref(), Some("M.A.A.A"));
        assert_eq!(read(&nested(600)), None);
        // Extensions of extensions.
        assert_eq!(
            read(&format!("_TF{}C1M1A4sailfT_T_", "E1M".repeat(600))),
            None
        );
    }

    #[test]
    fn what_is_not_known_stays() {
        for name in [
            "_T",
            "_Tt",
            "_TF",
            "_TtC",
            "_TtC9Moon",
            "_TFS9_4sail",
            "_TTW",
            "_TTWC1A1B_F",
            "_TFCé",
            "_TtC99999999999999999999Moon",
            "_TFFC1A1B1c",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
