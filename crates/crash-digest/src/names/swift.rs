//! Swift's mangled names since Swift 4: module, types and function, without types of parameters.
//!
//! `$s8Moonfort5FleetC4sailyyF` is `Moonfort.Fleet.sail`. What is none of the usual kinds stays as it is.

use std::fmt::Write as _;

use crate::text;

/// The name for reading, or `None` where it has parts not known here.
pub(super) fn read(name: &str) -> Option<String> {
    let rest = ["$s", "_$s", "$S", "_$S", "_T0"]
        .iter()
        .find_map(|mark| name.strip_prefix(mark))?;
    if !rest.is_ascii() || rest.len() > 2000 {
        return None;
    }
    // LLVM's parts of a function: `….resume.0`, `….cold.1`.
    let rest = rest.split('.').next()?;
    let plain = without_thunks(rest);
    // Between two forms of a closure's arguments; no function is named.
    if plain.ends_with("TR") {
        return Some("reabstraction thunk helper".to_owned());
    }
    let mut reader = Reader {
        rest: plain,
        words: Vec::new(),
    };
    let mut path = reader.context()?;
    if let Some(requirement) = reader.rest.strip_suffix("TW") {
        reader.rest = requirement;
        return reader.witness(&path.parts.join("."));
    }
    if reader.rest == "Ma" {
        return Some(format!(
            "type metadata accessor for {}",
            path.parts.join(".")
        ));
    }
    let end = reader.rest;
    let (entity, closures) = match text::find(end, "fU") {
        Some(at) => (&end[..at], closures(&end[at..])),
        None => (end, Vec::new()),
    };
    let entity = entity.strip_suffix('Z').unwrap_or(entity);
    if entity.ends_with("fC") || entity.ends_with("fc") {
        path.name = Some("init".to_owned());
    } else if entity.ends_with("fD") || entity.ends_with("fd") {
        path.name = Some("deinit".to_owned());
    } else if let Some(accessor) = accessor(entity) {
        path.name.as_mut()?.push_str(accessor);
    } else if closures.is_empty() && !entity.ends_with('F') {
        return None;
    }
    path.parts.push(path.name?);
    let mut out = String::new();
    for number in closures.iter().rev() {
        let _ = write!(out, "closure #{number} in ");
    }
    out.push_str(&path.parts.join("."));
    Some(out)
}

/// What the compiler puts around a function, behind its name: thunks, parts of asynchronous functions, specialisations.
fn without_thunks(mut name: &str) -> &str {
    loop {
        if let Some(front) = ["To", "TA", "Tm", "Tu", "TD", "Tj"]
            .iter()
            .find_map(|mark| name.strip_suffix(mark))
        {
            name = front;
            continue;
        }
        let Some(front) = name.strip_suffix('_') else {
            break;
        };
        let front = front.trim_end_matches(|c: char| c.is_ascii_digit());
        match front
            .strip_suffix("TY")
            .or_else(|| front.strip_suffix("TQ"))
        {
            Some(front) => name = front,
            None => break,
        }
    }
    match text::rsplit_once(name, "Tf") {
        Some((front, how)) if how.ends_with("_n") => front,
        _ => name,
    }
}

/// The numbers of closures inside one another, the outermost first: `fU_` is the first, `fU0_` the second.
fn closures(text: &str) -> Vec<usize> {
    text.match_indices("fU")
        .filter_map(|(at, _)| {
            let rest = &text[at + 2..];
            let digits = &rest[..rest.find('_')?];
            if digits.is_empty() {
                return Some(1);
            }
            Some(digits.parse::<usize>().ok()?.saturating_add(2))
        })
        .collect()
}

fn accessor(entity: &str) -> Option<&'static str> {
    let kinds = [
        ("vg", ".getter"),
        ("vs", ".setter"),
        ("vM", ".modify"),
        ("vr", ".read"),
        ("vW", ".didset"),
        ("vw", ".willset"),
    ];
    kinds
        .iter()
        .find(|(end, _)| entity.ends_with(end))
        .map(|(_, told)| *told)
}

/// Module and types, then the name of what is in them.
struct Path {
    parts: Vec<String>,
    name: Option<String>,
}

struct Reader<'a> {
    rest: &'a str,
    /// The words of the identifiers so far; later ones repeat them by letter.
    words: Vec<String>,
}

impl Reader<'_> {
    fn context(&mut self) -> Option<Path> {
        let mut path = Path {
            parts: Vec::new(),
            name: None,
        };
        if self.take("So") {
            // Of Objective-C or C: no module is named.
        } else if self.take("s") {
            path.parts.push("Swift".to_owned());
        } else if let Some(standard) = self.standard() {
            path.parts.extend(["Swift".to_owned(), standard.to_owned()]);
        } else {
            let module = self.identifier()?;
            // A type that is called like its module repeats it.
            let repeats = ["AAC", "AAV", "AAO"].iter().any(|mark| self.take(mark));
            if repeats {
                path.parts.push(module.clone());
            }
            path.parts.push(module);
        }
        while self.rest.starts_with(|c: char| c.is_ascii_digit()) || self.rest.starts_with("AAE") {
            if self.take("AAE") {
                continue;
            }
            let mut name = self.identifier()?;
            // `33_0123…LL`: a private name's file.
            if self.rest.starts_with("33_") {
                self.identifier()?;
                if !self.take("LL") {
                    return None;
                }
            }
            if self.take("E") {
                // An extension in another module: its code is that module's.
                path.parts.insert(0, name);
            } else if ["V", "C", "O", "P", "a"].iter().any(|kind| self.take(kind)) {
                path.parts.push(name);
            } else {
                if self.take("oi") || self.take("op") || self.take("oP") {
                    name = operator(&name)?;
                }
                path.name = Some(name);
                break;
            }
        }
        Some(path)
    }

    /// What a protocol asks for, as a type has it: `…P4body4BodyQzvg` of a conformance.
    fn witness(&mut self, class: &str) -> Option<String> {
        let (at, _) = self
            .rest
            .match_indices('P')
            .find(|(at, _)| matches!(self.rest.as_bytes().get(at + 1), Some(b'1'..=b'9')))?;
        self.rest = &self.rest[at + 1..];
        let mut name = self.identifier()?;
        if let Some(accessor) = accessor(self.rest) {
            name.push_str(accessor);
        } else if self.rest.ends_with("fC") {
            "init".clone_into(&mut name);
        }
        Some(format!(
            "protocol witness for {name} in conformance {class}"
        ))
    }

    fn take(&mut self, mark: &str) -> bool {
        text::take(&mut self.rest, mark)
    }

    /// Types of the standard library with a letter of their own.
    fn standard(&mut self) -> Option<&'static str> {
        let kinds = [
            ("Sa", "Array"),
            ("Sb", "Bool"),
            ("SD", "Dictionary"),
            ("Sd", "Double"),
            ("Sf", "Float"),
            ("Sh", "Set"),
            ("Si", "Int"),
            ("SJ", "Character"),
            ("Sq", "Optional"),
            ("SS", "String"),
            ("Su", "UInt"),
        ];
        let (_, told) = kinds.iter().find(|(mark, _)| self.take(mark))?;
        Some(told)
    }

    /// `5Fleet`, or with words of earlier ones: `05closeB0` is `close` and the second word.
    fn identifier(&mut self) -> Option<String> {
        let mut out = String::new();
        if self.take("0") {
            // An upper case letter is the last word; at most one literal follows it.
            let mut more = true;
            while more {
                while more && let Some(byte) = self.rest.bytes().next() {
                    if !byte.is_ascii_alphabetic() {
                        break;
                    }
                    self.rest = &self.rest[1..];
                    more = byte.is_ascii_lowercase();
                    let at = usize::from(byte.to_ascii_lowercase() - b'a');
                    out.push_str(self.words.get(at)?);
                }
                if self.take("0") {
                    break;
                }
                out.push_str(&self.literal()?);
            }
        } else {
            out = self.literal()?;
        }
        (!out.is_empty()).then_some(out)
    }

    /// A length and as many characters; its words are kept.
    fn literal(&mut self) -> Option<String> {
        let (digits, rest) = text::digits(self.rest)?;
        let length: usize = digits.parse().ok()?;
        let literal = rest.get(..length)?;
        self.rest = &rest[length..];
        let mut start = 0;
        let bytes = literal.as_bytes();
        for at in 1..=bytes.len() {
            let ends = at == bytes.len()
                || bytes[at] == b'_'
                || bytes[at].is_ascii_uppercase() && !bytes[at - 1].is_ascii_uppercase();
            if !ends {
                continue;
            }
            let word = literal[start..at].trim_start_matches('_');
            let named = word.starts_with(|c: char| c.is_ascii_alphabetic());
            if named && word.len() >= 2 && self.words.len() < 26 {
                self.words.push(word.to_owned());
            }
            start = at;
        }
        Some(literal.to_owned())
    }
}

/// An operator's characters are spelled as letters: `eeoi` is `==`.
pub(super) fn operator(name: &str) -> Option<String> {
    name.chars()
        .map(|c| {
            let at = "acdeglmnopqrstxz".find(c)?;
            "&@/=><*!|+?%-~^.".chars().nth(at)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn modules_types_and_functions() {
        let cases = [
            (
                "$s8Moonfort9VaultViewC4openyySi_SbtF",
                "Moonfort.VaultView.open",
            ),
            ("_T08Moonfort5FleetC4sailyyF", "Moonfort.Fleet.sail"),
            ("_$s8Moonfort5FleetV4sailyyFZTf4d_n", "Moonfort.Fleet.sail"),
            (
                "$s8Moonfort9VaultViewC05closeB0yyF",
                "Moonfort.VaultView.closeVault",
            ),
            (
                "$s8Moonfort9VaultViewC5titleSSvg",
                "Moonfort.VaultView.title.getter",
            ),
            (
                "$s8Moonfort9VaultViewC5frameACSo6CGRectV_tcfc",
                "Moonfort.VaultView.init",
            ),
            ("$s8Moonfort5FleetCfD", "Moonfort.Fleet.deinit"),
            (
                "$s8Moonfort5FleetC4sailyyFyycfU_yyXEfU0_TA",
                "closure #2 in closure #1 in Moonfort.Fleet.sail",
            ),
            ("$sSo6UIViewC8MoonfortE4hideyyFTo", "Moonfort.UIView.hide"),
            (
                "$ss17_assertionFailure__4file4line5flagss5NeverOs12StaticStringV_SSAHSus6UInt32VtF",
                "Swift._assertionFailure",
            ),
            ("$s8Moonfort5FleetV2eeoiySbAC_ACtFZ", "Moonfort.Fleet.=="),
            ("$s8Moonfort5FleetC4sailyyYaFTY1_", "Moonfort.Fleet.sail"),
            (
                "$s8Moonfort9VaultViewV7SwiftUI0C0AadEP4body4BodyQzvgTW",
                "protocol witness for body.getter in conformance Moonfort.VaultView",
            ),
            (
                "$s8Moonfort5FleetC7DrawingA2aDP4drawyyFTW",
                "protocol witness for draw in conformance Moonfort.Fleet",
            ),
            (
                "$s9NorthPort06SharedB10DispatcherC4pushyyAA0cB5QueueCF",
                "NorthPort.SharedPortDispatcher.push",
            ),
            ("$sIeg_IeyB_TR", "reabstraction thunk helper"),
            ("$sIeg_IeyB_TRTA", "reabstraction thunk helper"),
            (
                "$s8Moonfort5FleetCMa",
                "type metadata accessor for Moonfort.Fleet",
            ),
            (
                "$s8Moonfort5FleetC4sailyyFyyYacfU_TATQ0_",
                "closure #1 in Moonfort.Fleet.sail",
            ),
        ];
        for (name, told) in cases {
            assert_eq!(read(name).as_deref(), Some(told), "{name}");
        }
    }

    #[test]
    fn what_is_not_known_stays() {
        for name in [
            "$s",
            "$s8Moon",
            "$s8Moonfort5FleetCMn",
            "$s8Moonfort5FleetCTW",
            "$s99",
            "$s0A",
            "$s00",
            "$s01",
            "_T0",
            "$sSaSé",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
