//! Swift's mangled names before Swift 4: `_TFC5Orbit10Controller4firefT_T_` is `Orbit.Controller.fire`,
//! `_TtC5Orbit10Controller` the class.

use crate::text;

/// The name for reading, or `None` where it has parts not known here.
pub(super) fn read(name: &str) -> Option<String> {
    let rest = name.strip_prefix("_T")?;
    if !rest.is_ascii() || rest.len() > 2000 {
        return None;
    }
    if let Some(rest) = rest.strip_prefix('t') {
        let (path, rest) = context(rest)?;
        return rest.is_empty().then(|| path.join("."));
    }
    // A thunk for Objective-C.
    let mut rest = rest.strip_prefix("To").unwrap_or(rest);
    let mut closure = "";
    rest = rest.strip_prefix('F')?;
    // A closure inside a function: `_TFFC5Orbit10Controller4firefT_T_U_FT_T_`.
    if let Some(inner) = rest.strip_prefix('F') {
        closure = "closure in ";
        rest = inner;
    }
    rest = rest.strip_prefix('Z').unwrap_or(rest);
    let (mut path, rest) = context(rest)?;
    let kinds = [('g', ".getter"), ('s', ".setter")];
    if let Some((kind, told)) = kinds.iter().find(|(kind, _)| rest.starts_with(*kind)) {
        let (member, _) = identifier(rest.strip_prefix(*kind)?)?;
        path.push(format!("{member}{told}"));
    } else if rest.starts_with("cf") || rest.starts_with("Cf") {
        path.push("init".to_owned());
    } else if matches!(rest, "D" | "d") {
        path.push("deinit".to_owned());
    } else {
        let (member, rest) = identifier(rest)?;
        // The type of a function follows.
        if !rest.starts_with(['f', 'F', 'u', 'U', 'q']) {
            return None;
        }
        path.push(member);
    }
    Some(format!("{closure}{}", path.join(".")))
}

/// Kinds of the types, outermost last, then the module and their names: `CC5Orbit10Controller4View`.
fn context(text: &str) -> Option<(Vec<String>, &str)> {
    let names = text.trim_start_matches(['C', 'V', 'O', 'P']);
    let kinds = text.len() - names.len();
    let mut rest = names;
    let mut path = Vec::new();
    for _ in 0..=kinds {
        // The standard library has a letter of its own.
        if path.is_empty()
            && let Some(behind) = rest.strip_prefix('s')
        {
            path.push("Swift".to_owned());
            rest = behind;
            continue;
        }
        let (name, behind) = identifier(rest)?;
        path.push(name);
        rest = behind;
    }
    Some((path, rest))
}

/// A length and as many characters.
fn identifier(text: &str) -> Option<(String, &str)> {
    let (digits, rest) = text::digits(text)?;
    let length: usize = digits.parse().ok()?;
    let name = rest.get(..length)?;
    (!name.is_empty()).then(|| (name.to_owned(), &rest[length..]))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn names_of_swift_two_and_three() {
        for (name, told) in [
            ("_TtC5Orbit10Controller", Some("Orbit.Controller")),
            ("_TtCC5Orbit4Ship4Hold", Some("Orbit.Ship.Hold")),
            (
                "_TFC5Orbit10Controller4firefT_T_",
                Some("Orbit.Controller.fire"),
            ),
            (
                "_TToFC5Orbit10Controller4firefT_T_",
                Some("Orbit.Controller.fire"),
            ),
            (
                "_TFFC5Orbit10Controller4firefT_T_U_FT_T_",
                Some("closure in Orbit.Controller.fire"),
            ),
            ("_TFC5Orbit4Shipg4holdSS", Some("Orbit.Ship.hold.getter")),
            ("_TFC5Orbit4ShipcfT_S0_", Some("Orbit.Ship.init")),
            ("_TFC5Orbit4ShipD", Some("Orbit.Ship.deinit")),
            ("_TFV5Orbit4Ship4sailfT_T_", Some("Orbit.Ship.sail")),
            ("_TF5Orbit4sailFT_T_", Some("Orbit.sail")),
            ("_T", None),
            ("_TF", None),
            ("_TFC5Orb", None),
            ("_TWPC5Orbit4Ship", None),
            ("_TFC99999999999999999999Orbit", None),
        ] {
            assert_eq!(read(name).as_deref(), told, "{name}");
        }
    }
}
