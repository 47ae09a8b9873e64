//! Whether two crashes are the same bug: a fingerprint to index by, and a similarity to judge by.
//!
//! Addresses, lines and build machines do not count, recursion counts once. The frame where it crashed counts most, own
//! code more than engines' pipelines, which unrelated crashes share. An abort is not a fault, and another type of
//! exception is another bug more often than not.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::Serialize;

use crate::frame::Frame;
use crate::model::Stack;
use crate::ownership::{CodeOrigin, OwnershipRules};
use crate::recursion;

/// Frames below these do not change what a crash is.
const DEEPEST: usize = 64;
/// Frames that make the fingerprint.
const PRINTED: usize = 4;
/// From this similarity on two crashes count as the same bug.
pub const SAME: f32 = 0.6;

/// A crash's fingerprint: equal for the same bug as far as names are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(u64);

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

/// What kind of end a crash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Nature {
    /// The processor refused: SIGSEGV, an access violation.
    Fault,
    /// The program ended itself: SIGABRT, an assertion.
    Abort,
    /// An exception that was thrown.
    Thrown,
    /// It stopped answering.
    Hang,
    /// Nothing known.
    Unknown,
}

/// How two crashes compare.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// From 0, nothing in common, to 1, the same.
    pub similarity: f32,
    /// Whether they count as the same bug.
    pub same: bool,
    /// Whether their fingerprints are equal.
    pub same_fingerprint: bool,
}

/// Compares two crashes.
pub fn compare(left: &Stack<'_>, right: &Stack<'_>, rules: &OwnershipRules) -> Comparison {
    let similarity = similarity(left, right, rules);
    let same_fingerprint =
        fingerprint(left, rules) == fingerprint(right, rules) && !left.frames.is_empty();
    Comparison {
        similarity,
        same: similarity >= SAME,
        same_fingerprint,
    }
}

/// The fingerprint of a stack: the nature of its end, and the first frames that tell.
pub fn fingerprint(stack: &Stack<'_>, rules: &OwnershipRules) -> Fingerprint {
    let weighed = weigh(stack, rules);
    let telling = |origins: &[CodeOrigin]| -> Vec<u64> {
        weighed
            .iter()
            .filter(|one| origins.contains(&one.origin))
            .map(|one| one.key)
            .take(PRINTED)
            .collect()
    };
    let mut keys = telling(&[CodeOrigin::Own]);
    if keys.is_empty() {
        keys = telling(&[
            CodeOrigin::Engine,
            CodeOrigin::ThirdParty,
            CodeOrigin::Unknown,
        ]);
    }
    if keys.is_empty() {
        keys = weighed.iter().map(|one| one.key).take(PRINTED).collect();
    }
    let mut hasher = DefaultHasher::new();
    nature(stack).hash(&mut hasher);
    thrown_type(stack).hash(&mut hasher);
    keys.hash(&mut hasher);
    Fingerprint(hasher.finish())
}

/// From 0, nothing in common, to 1, the same.
///
/// The weight of the longest common subsequence over that of the heavier stack, less where the ends differ in nature or
/// type, and where the frame of the crash itself is missing on the other side.
pub fn similarity(left: &Stack<'_>, right: &Stack<'_>, rules: &OwnershipRules) -> f32 {
    let (left_nature, right_nature) = (nature(left), nature(right));
    let (left_type, right_type) = (thrown_type(left), thrown_type(right));
    let (left, right) = (weigh(left, rules), weigh(right, rules));
    let common = common_share(&left, &right);
    let known = left_nature != Nature::Unknown && right_nature != Nature::Unknown;
    let mut factor = 1.0_f32;
    if known && left_nature != right_nature {
        factor *= 0.5;
    } else if known && left_type != right_type {
        factor *= 0.6;
    }
    if misses_point(&left, &right) || misses_point(&right, &left) {
        factor *= 0.6;
    }
    (common * factor).clamp(0.0, 1.0)
}

/// A frame as it counts.
struct Weighed {
    key: u64,
    weight: f32,
    origin: CodeOrigin,
}

/// The weight of the longest common subsequence over that of the heavier side.
fn common_share(left: &[Weighed], right: &[Weighed]) -> f32 {
    let total = |side: &[Weighed]| side.iter().map(|one| one.weight).sum::<f32>();
    let whole = total(left).max(total(right));
    if whole <= 0.0 {
        return 0.0;
    }
    let mut above = vec![0.0_f32; right.len() + 1];
    for one in left {
        let mut row = vec![0.0_f32; right.len() + 1];
        for (at, other) in right.iter().enumerate() {
            let skipped = row[at].max(above[at + 1]);
            row[at + 1] = if one.key == other.key {
                skipped.max(above[at] + one.weight.min(other.weight))
            } else {
                skipped
            };
        }
        above = row;
    }
    above[right.len()] / whole
}

/// Whether the frame of the crash itself is nowhere near the top of the other stack.
fn misses_point(left: &[Weighed], right: &[Weighed]) -> bool {
    let telling = |one: &&Weighed| one.origin != CodeOrigin::Boilerplate;
    let Some(point) = left.iter().find(telling) else {
        return false;
    };
    !right
        .iter()
        .filter(telling)
        .take(3)
        .any(|other| other.key == point.key)
}

/// Keys and weights of the frames of the section that tells why.
fn weigh(stack: &Stack<'_>, rules: &OwnershipRules) -> Vec<Weighed> {
    let Some(section) = stack.root().and_then(|root| stack.sections.get(root)) else {
        return Vec::new();
    };
    let frames = &stack.frames[section.frames.clone()];
    let ownership = rules.of_stack(stack);
    // As printed first: names for reading are made of the few frames that are left.
    let printed: Vec<u64> = frames.iter().map(recursion::key).collect();
    let mut order: Vec<usize> = recursion::cut(&printed)
        .flat_map(|run| run.first..run.first + run.period)
        .take(4 * DEEPEST)
        .collect();
    let mut keys: Vec<u64> = order.iter().map(|&at| key(&frames[at])).collect();
    let runs: Vec<recursion::Run> = recursion::cut(&keys).collect();
    let kept = || {
        runs.iter()
            .flat_map(|run| run.first..run.first + run.period)
    };
    order = kept().map(|at| order[at]).collect();
    keys = kept().map(|at| keys[at]).collect();
    let mut depth = 0.0_f32;
    let mut weighed: Vec<Weighed> = Vec::with_capacity(order.len().min(DEEPEST));
    for (index, key) in order.into_iter().zip(keys) {
        // Twice in a row is recursion as well, if a shallow one.
        if weighed.last().is_some_and(|before| before.key == key) {
            continue;
        }
        if weighed.len() == DEEPEST {
            break;
        }
        let origin = ownership.origin(&frames[index]);
        let class = match origin {
            CodeOrigin::Own => 1.0,
            CodeOrigin::ThirdParty => 0.4,
            CodeOrigin::Engine | CodeOrigin::Unknown => 0.25,
            CodeOrigin::Runtime | CodeOrigin::System => 0.08,
            CodeOrigin::Boilerplate => 0.02,
        };
        // A module alone says little.
        let named = if frames[index].symbolicated() {
            1.0
        } else {
            0.5
        };
        weighed.push(Weighed {
            key,
            weight: class * named / (1.0 + 0.15 * depth),
            origin,
        });
        if origin != CodeOrigin::Boilerplate {
            depth += 1.0;
        }
    }
    weighed
}

/// A frame by its name for reading; without one by its place in its module, which holds for one build.
fn key(frame: &Frame<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    match frame.function {
        // A symbol server prints parameters, an unwinder the mangled name; numbers of lambdas change with each build.
        Some(_) => {
            let name = frame.name();
            for byte in name
                .bytes()
                .filter(|byte| !byte.is_ascii_digit() && *byte != b'$')
            {
                hasher.write_u8(byte.to_ascii_lowercase());
            }
            if name.bytes().all(|byte| byte.is_ascii_digit()) {
                name.hash(&mut hasher);
            }
        }
        None if frame.line.is_some() => (frame.file, frame.line).hash(&mut hasher),
        None => {
            frame.module_name().hash(&mut hasher);
            frame
                .offset
                .or(frame.address.filter(|address| address >> 32 == 0))
                .hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// The nature of the end, by the exception's name and the signal.
fn nature(stack: &Stack<'_>) -> Nature {
    let name = stack
        .exception()
        .and_then(|exception| exception.name)
        .unwrap_or_default();
    let signal = stack.facts.signal.unwrap_or_default();
    let any = |words: &[&str]| {
        words
            .iter()
            .any(|word| name.contains(word) || signal.contains(word))
    };
    if stack.facts.thread_state.is_some() && name.is_empty()
        || any(&[
            "ANR",
            "THREAD_BLOCK",
            "APP_INPUT_BLOCK",
            "Watchdog",
            "0x8badf00d",
        ])
    {
        Nature::Hang
    } else if any(&[
        "SIGABRT",
        "Assertion",
        "SIGTRAP",
        "BREAKPOINT",
        "Ensure",
        "panic",
        "Fatal error",
        "LowLevelFatalError",
        "SIGKILL",
    ]) {
        Nature::Abort
    } else if any(&[
        "SIGSEGV",
        "SIGBUS",
        "SIGILL",
        "SIGFPE",
        "ACCESS_VIOLATION",
        "Access violation",
        "EXC_BAD_ACCESS",
        "STACK_OVERFLOW",
        "AddressSanitizer",
    ]) {
        Nature::Fault
    } else if name.is_empty() {
        Nature::Unknown
    } else {
        Nature::Thrown
    }
}

/// The type of a thrown exception, by its last part; the root's, which the outer ones only wrap.
fn thrown_type(stack: &Stack<'_>) -> Option<String> {
    if nature(stack) != Nature::Thrown {
        return None;
    }
    let exception = stack.root_cause().or_else(|| stack.exception())?;
    let name = exception.name?;
    Some(name.rsplit('.').next().unwrap_or(name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::parse;

    fn alike(left: &str, right: &str) -> f32 {
        let rules = OwnershipRules {
            own: vec!["com.starfall.".into()],
            ..OwnershipRules::default()
        };
        similarity(&parse(left), &parse(right), &rules)
    }

    #[test]
    fn addresses_lines_and_depth_of_recursion_do_not_matter() {
        let once = "at com.starfall.A.b(A.kt:1)\nat com.starfall.A.c(A.kt:2)\nat java.lang.Thread.run(Thread.java:1)\n";
        for times in [2, 3, 900] {
            let deep = format!(
                "{}at com.starfall.A.c(A.kt:7)\nat java.lang.Thread.run(Thread.java:9)\n",
                "at com.starfall.A.b(A.kt:5)\n".repeat(times)
            );
            assert!((alike(once, &deep) - 1.0).abs() < 1e-6, "{times}");
        }
        let native = "#00 pc 0001 libUE4.so APawn::Tick(float)\n";
        assert!((alike(native, "#00 pc 0ff1 libUE4.so APawn::Tick(float)\n") - 1.0).abs() < 1e-6);
    }

    #[test]
    fn own_frames_weigh_most_and_order_counts() {
        let base = "at com.starfall.A.b(A.kt:1)\nat com.starfall.A.c(A.kt:2)\nat android.os.Handler.handle(H.java:1)\nat android.os.Looper.loop(L.java:1)\n";
        let other_own = base.replace("starfall.A", "starfall.Z");
        let other_system = base.replace("android.os", "android.app");
        assert!(alike(base, &other_system) > 0.8);
        assert!(alike(base, &other_own) < 0.3);
        assert!(alike(base, "").abs() < 1e-6);
    }

    #[test]
    fn the_nature_of_the_end_counts() {
        let stack = "backtrace:\n#00 pc 0001 /data/lib/libgame.so (Game::tick()+4)\n";
        let fault = format!("signal 11 (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x0\n{stack}");
        let abort = format!("signal 6 (SIGABRT), code -1 (SI_QUEUE), fault addr --------\n{stack}");
        assert!(alike(&fault, &fault) > 0.99 && alike(&fault, &abort) < SAME);
    }
}
