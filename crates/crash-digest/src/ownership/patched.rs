//! Whose code a method is that a library for patching made of another one: MonoMod, which the loaders of mods build on.

use super::listed::Name;

/// What MonoMod calls what it makes, in front of the method that it made it of.
const MADE: [&str; 5] = ["DMD<", "Trampoline<", "Hook<", "SyncProxy<", "Chain<"];

/// The method itself: of `DMD<Orbit.Dock::Open>` and `Orbit.Dock.DMD<Orbit.Dock::Open>` it is `Orbit.Dock.Open`. Any other
/// name stays as it is.
pub(super) fn original(name: Name<'_>) -> Name<'_> {
    let Some(front) = name
        .text
        .strip_suffix('>')
        .filter(|_| name.listed.is_none())
    else {
        return name;
    };
    let inner = MADE.iter().find_map(|word| {
        let (outer, inner) = front.split_once(word)?;
        (outer.is_empty() || outer.ends_with('.')).then_some(inner)
    });
    match inner {
        // One without a type is named by what stands in front.
        Some(inner) if inner.contains(['.', ':']) && !inner.contains('<') => Name::of(inner),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_of_a_method_is_whose_the_method_is() {
        for (made, method) in [
            ("DMD<Orbit.Dock.Open>", "Orbit.Dock.Open"),
            ("Orbit.Dock.DMD<Orbit.Dock.Open>", "Orbit.Dock.Open"),
            ("Trampoline<Orbit.Dock.Open>", "Orbit.Dock.Open"),
            ("DMD<Open>", "DMD<Open>"),
            (
                "Orbit.Dock.OpenDMD<Orbit.Bay>",
                "Orbit.Dock.OpenDMD<Orbit.Bay>",
            ),
            ("Orbit.Dock.Open", "Orbit.Dock.Open"),
        ] {
            assert_eq!(original(Name::of(made)).text, method, "{made}");
        }
    }
}
