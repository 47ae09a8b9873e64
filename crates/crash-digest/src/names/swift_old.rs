//! Swift's mangled names up to Swift 3: `_TFC8Moonfort5Fleet4sailfT_T_` is `Moonfort.Fleet.sail`.

use std::fmt::Write as _;

use crate::text;

/// The name for reading, or `None` where it has parts not known here.
pub(super) fn read(name: &str) -> Option<String> {
    if !name.is_ascii() || name.len() > 2000 {
        return None;
    }
    // A specialisation names the function behind it: `_TTSf4g_n___TFC…`.
    let rest = match text::rsplit_once(name, "___TF") {
        Some((front, _)) if front.starts_with("_TTS") => &name[front.len() + 4..],
        _ => name.strip_prefix("_T")?,
    };
    if rest.starts_with("TR") {
        return Some("reabstraction thunk".to_owned());
    }
    if let Some(class) = rest.strip_prefix('t') {
        let mut reader = Reader(class);
        return Some(reader.context()?.join("."));
    }
    let rest = rest.strip_prefix("To").unwrap_or(rest);
    let rest = rest
        .strip_prefix('P')
        .filter(|_| name.starts_with("_TPA"))
        .map_or(rest, |rest| {
            rest.trim_start_matches(|c: char| c == 'A' || c == '_' || c.is_ascii_digit())
        });
    let rest = rest.strip_prefix("_T").unwrap_or(rest);
    let rest = rest.strip_prefix('Z').unwrap_or(rest);
    let function = rest.strip_prefix('F')?;
    let rest = function.trim_start_matches('F');
    let depth = function.len() - rest.len();
    let mut reader = Reader(rest);
    let mut path = reader.context()?;
    let called = reader.entity()?;
    path.push(called);
    let mut out = String::new();
    let closures = closures(reader.0);
    for number in closures.iter().take(depth).rev() {
        let _ = write!(out, "closure #{number} in ");
    }
    out.push_str(&path.join("."));
    Some(out)
}

/// An Objective-C method of a class whose name is mangled: `-[_TtC8Moonfort5Fleet sail]`.
pub(super) fn method(name: &str) -> Option<String> {
    let (class, rest) = name.get(2..)?.split_once(' ')?;
    Some(format!("{}{} {rest}", &name[..2], read(class)?))
}

/// The numbers of closures, the outermost first: `U_` is the first, `U0_` the second.
fn closures(text: &str) -> Vec<usize> {
    text.match_indices('U')
        .filter_map(|(at, _)| {
            let rest = &text[at + 1..];
            let digits = &rest[..rest.find('_')?];
            if digits.is_empty() {
                return Some(1);
            }
            Some(digits.parse::<usize>().ok()?.saturating_add(2))
        })
        .collect()
}

/// What is left to read.
struct Reader<'a>(&'a str);

impl Reader<'_> {
    /// Module and types, outermost first: `CV8Moonfort5Fleet4Ship` are three.
    fn context(&mut self) -> Option<Vec<String>> {
        // An extension in another module: its code is that module's.
        if let Some(rest) = self.0.strip_prefix('E') {
            self.0 = rest;
            let module = self.module()?;
            let mut path = self.context()?;
            if path.first() != Some(&module) {
                path.insert(0, module);
            }
            return Some(path);
        }
        let kinds = self.0.len() - self.0.trim_start_matches(['C', 'V', 'O', 'P']).len();
        self.0 = &self.0[kinds..];
        let module = self.module()?;
        let mut path = Vec::new();
        path.extend((!module.is_empty()).then_some(module));
        for _ in 0..kinds {
            path.push(self.identifier()?);
        }
        Some(path)
    }

    fn module(&mut self) -> Option<String> {
        for (mark, told) in [("So", ""), ("SC", ""), ("Ss", "Swift"), ("s", "Swift")] {
            if let Some(rest) = self.0.strip_prefix(mark) {
                self.0 = rest;
                return Some(told.to_owned());
            }
        }
        self.identifier()
    }

    /// A function, an accessor, `init` or `deinit`.
    fn entity(&mut self) -> Option<String> {
        let kinds = [
            ("g", ".getter"),
            ("s", ".setter"),
            ("w", ".willset"),
            ("W", ".didset"),
            ("m", ".modify"),
        ];
        for (mark, told) in kinds {
            if let Some(rest) = self.0.strip_prefix(mark) {
                self.0 = rest;
                return Some(format!("{}{told}", self.identifier()?));
            }
        }
        match self.0.as_bytes().first()? {
            b'C' | b'c' => Some("init".to_owned()),
            b'D' | b'd' => Some("deinit".to_owned()),
            _ => self.identifier(),
        }
    }

    /// `5Fleet`; of a private name its file first: `P33_0123…5Fleet`.
    fn identifier(&mut self) -> Option<String> {
        if let Some(rest) = self.0.strip_prefix('P') {
            self.0 = rest;
            self.identifier()?;
        }
        let (digits, rest) = text::digits(self.0)?;
        let length: usize = digits.parse().ok()?;
        let name = rest.get(..length).filter(|name| !name.is_empty())?;
        self.0 = &rest[length..];
        Some(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{method, read};

    #[test]
    fn functions_and_types_of_old_compilers() {
        let cases = [
            ("_TFC8Moonfort5Fleet4sailfT_T_", "Moonfort.Fleet.sail"),
            ("_TToFC8Moonfort5Fleet4sailfT_T_", "Moonfort.Fleet.sail"),
            (
                "_TTSf4g_n___TFC8Moonfort5Fleet4sailfT_T_",
                "Moonfort.Fleet.sail",
            ),
            ("_TZFC8Moonfort5Fleet4sailfT_T_", "Moonfort.Fleet.sail"),
            (
                "_TFVC8Moonfort5Fleet4Ship4sinkfT_T_",
                "Moonfort.Fleet.Ship.sink",
            ),
            (
                "_TFC8Moonfort5Fleetg5titleSS",
                "Moonfort.Fleet.title.getter",
            ),
            ("_TFC8Moonfort5FleetcfT_S0_", "Moonfort.Fleet.init"),
            ("_TFE8MoonfortCSo6UIView4hidefT_T_", "Moonfort.UIView.hide"),
            (
                "_TFC8MoonfortP33_0123456789ABCDEF0123456789ABCDEF5Fleet4sailfT_T_",
                "Moonfort.Fleet.sail",
            ),
            (
                "_TFFC8Moonfort5Fleet4sailFT_T_U0_FT_T_",
                "closure #2 in Moonfort.Fleet.sail",
            ),
            ("_TTRXFo__dT__XFdCb__dT__", "reabstraction thunk"),
            ("_TtC8Moonfort5Fleet", "Moonfort.Fleet"),
        ];
        for (name, told) in cases {
            assert_eq!(read(name).as_deref(), Some(told), "{name}");
        }
        assert_eq!(
            method("-[_TtC8Moonfort5Fleet sail:]").as_deref(),
            Some("-[Moonfort.Fleet sail:]")
        );
        for name in ["_T", "_TF", "_TFC8Moon", "_TFC99", "_Tabc", "_TtC", "_TFC0"] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
